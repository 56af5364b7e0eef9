"""Work on an allegation against staff, apart from the protection of the adult. Source: DOMAIN annex §6."""

import uuid
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import col, select

from sgapp.domain.audit import AuditEvent
from sgapp.domain.case import Case, ListChange
from sgapp.domain.errors import FieldError, Invalid, NotFound
from sgapp.domain.investigation import (
    LOOK_AGAIN_AFTER,
    AskedFor,
    CandourStep,
    Clearance,
    DbsConsidered,
    Investigation,
    InvestigationState,
    Measure,
    MeasureReview,
    Milestone,
    Outcome,
)
from sgapp.domain.observation import NoteState, Observation, Route
from sgapp.domain.permissions import GRANTS, Permission
from sgapp.domain.time import show_date, to_london
from sgapp.domain.vocabulary import (
    AGENCIES,
    CANDOUR_STEPS,
    CLEARANCES,
    DBS_DECISIONS,
    DBS_GROUNDS,
    DBS_REMOVED,
    INTERIM_MEASURES,
    MATTER_OUTCOMES,
    MILESTONES,
    PARTS_OF_DAY,
)
from sgapp.services.availability import colleague, not_available
from sgapp.services.cases import known, written
from sgapp.services.guard import Done, intention, query
from sgapp.services.strictness import as_strict
from sgapp.store.access import barred_by
from sgapp.store.kinds import Record
from sgapp.store.tables import InvestigationRow, ObservationRow
from sgapp.store.unit_of_work import UnitOfWork

_WORK, _DECIDE = Permission.WORK_INVESTIGATION, Permission.DECIDE_INVESTIGATION


def _saved(uow: UnitOfWork, matter: Investigation, action: str, message: str, *more: Record, detail: str = "") -> Done:
    after = replace(matter, touched_at=uow.now)
    uow.save(after, *more, because=AuditEvent(action, "investigation", matter.id, f"investigation:{matter.id}", detail=detail))
    return Done(matter.id, message, f"/matter?id={matter.id}")


@dataclass(frozen=True, slots=True)
class OpenInvestigation:
    """`about_id`: who of the staff; or `about_name`, for somebody who has no account here, such as from an agency."""

    case_id: str
    about_id: str = ""
    about_name: str = ""


@intention("open-investigation", Permission.OPEN_INVESTIGATION, OpenInvestigation)
def open_investigation(uow: UnitOfWork, form: OpenInvestigation) -> Done:
    """Begin the record of an allegation beside a case. It waits until police or the local authority agree that we begin.

    The case, its notes and all that hangs on it are kept from whoever it is about, and from their friends, from now on.
    """
    case = uow.cases.get(form.case_id)
    case.must_be_live()
    account = colleague(uow, form.about_id) if form.about_id else None
    if account is None and not form.about_name.strip():
        raise Invalid(FieldError("about_id", "Choose whom it is about, or write the name of somebody who has no account here."))
    if account is not None and account.id == uow.actor.account_id:
        raise Invalid(FieldError("about_id", "It is about you. Hand it to somebody else at once."))
    barred = barred_by(uow, [account.id]) if account else frozenset[str]()
    strict = case.as_strict(True, barred, at=uow.now)
    notes = [uow.regardless(Observation, note_id).as_strict(True, barred) for note_id in case.note_ids]
    matter = Investigation(
        id=str(uuid.uuid4()), reference=f"{case.reference}-S{uow.next_number(f'investigation-{case.reference}')}",
        concerns_case=case.id, person_id=case.person_id, about_id=account.id if account else "",
        about_name=account.name if account else form.about_name.strip(), opened_at=uow.now, opened_by=uow.actor.name,
        barred=tuple(sorted({*case.barred, *barred})), branch=case.branch)
    return _saved(uow, matter, "investigation-opened", f"{matter.reference} is open. Ask police or the council whether you "
                  "may begin.", strict, *notes, *as_strict(uow, strict))


@dataclass(frozen=True, slots=True)
class RecordClearance:
    investigation_id: str
    agency: str = ""
    person: str = ""
    answer: str = ""
    words: str = ""
    ask_again_on: date | None = None


@intention("record-clearance", _WORK, RecordClearance)
def record_clearance(uow: UnitOfWork, form: RecordClearance) -> Done:
    """What police or the local authority said about our beginning."""
    known(AGENCIES, form.agency, "agency", "Choose whom you asked.")
    known(CLEARANCES, form.answer, "answer", "Choose what they said.")
    matter = uow.investigations.get(form.investigation_id).cleared(Clearance(
        form.agency, form.person.strip(), form.answer, form.words.strip(), form.ask_again_on, uow.now, uow.actor.name))
    return _saved(uow, matter, "clearance-recorded", f"Recorded: {CLEARANCES.label(form.answer).lower()}.", detail=form.answer)


@dataclass(frozen=True, slots=True)
class SetMeasure:
    """`review_on` empty: in a week. `off_rota`: “yes” shows the rota “not available”."""

    investigation_id: str
    kind: str = ""
    reasons: str = ""
    alternatives: str = ""
    review_on: date | None = None
    off_rota: str = ""


@intention("set-measure", _DECIDE, SetMeasure)
def set_measure(uow: UnitOfWork, form: SetMeasure) -> Done:
    """Take an interim measure, with its reasons and what else was thought of."""
    known(INTERIM_MEASURES, form.kind, "kind", "Choose the measure.")
    matter = uow.investigations.get(form.investigation_id)
    review_on = form.review_on or to_london(uow.now).date() + LOOK_AGAIN_AFTER
    matter = matter.with_measure(Measure(str(uuid.uuid4()), form.kind, form.reasons.strip(), form.alternatives.strip(),
                                         review_on, uow.now, uow.actor.name))
    if form.off_rota == "yes" and matter.about_id:
        not_available(uow, colleague(uow, matter.about_id), uow.now, None)
    return _saved(uow, matter, "measure-set", f"{INTERIM_MEASURES.label(form.kind)}. Look at it again on "
                  f"{show_date(review_on, to_london(uow.now).date())}.", detail=form.kind)


@dataclass(frozen=True, slots=True)
class ReviewMeasure:
    """`next_on` empty: the measure is over."""

    investigation_id: str
    measure_id: str = ""
    found: str = ""
    next_on: date | None = None


@intention("review-measure", _DECIDE, ReviewMeasure)
def review_measure(uow: UnitOfWork, form: ReviewMeasure) -> Done:
    """Look at a measure again: it goes on until another day, or it is over."""
    matter = uow.investigations.get(form.investigation_id).looked_at(
        MeasureReview(form.measure_id, form.found.strip(), form.next_on, uow.now, uow.actor.name))
    return _saved(uow, matter, "measure-reviewed", "It goes on." if form.next_on else "It is over. End “not available” on the "
                  "page of the rota, if that was set.", detail="goes-on" if form.next_on else "over")


@dataclass(frozen=True, slots=True)
class PlanMilestone:
    investigation_id: str
    kind: str = ""
    what: str = ""
    owner: str = ""
    due_on: date | None = None


@intention("plan-milestone", _WORK, PlanMilestone)
def plan_milestone(uow: UnitOfWork, form: PlanMilestone) -> Done:
    """Plan a step: what, whose, by when."""
    known(MILESTONES, form.kind, "kind", "Choose the step.")
    if form.due_on is None:
        raise Invalid(FieldError("due_on", "Choose the day by which it is done."))
    matter = uow.investigations.get(form.investigation_id).with_milestone(Milestone(
        str(uuid.uuid4()), form.kind, form.what.strip(), form.due_on, form.owner.strip(), uow.now, uow.actor.name))
    return _saved(uow, matter, "milestone-planned", f"{MILESTONES.label(form.kind)}: planned.", detail=form.kind)


@dataclass(frozen=True, slots=True)
class ReachMilestone:
    """`done_on` empty: today."""

    investigation_id: str
    milestone_id: str = ""
    done_on: date | None = None
    evidence: str = ""


@intention("reach-milestone", _WORK, ReachMilestone)
def reach_milestone(uow: UnitOfWork, form: ReachMilestone) -> Done:
    """A planned step is done, with what shows it."""
    matter = uow.investigations.get(form.investigation_id).reached(
        form.milestone_id, form.done_on or to_london(uow.now).date(), form.evidence.strip(), at=uow.now)
    return _saved(uow, matter, "milestone-reached", "Done, with what shows it.")


@dataclass(frozen=True, slots=True)
class ConsiderDbs:
    investigation_id: str
    decision: str = ""
    removed: str = ""
    ground: str = ""
    reason: str = ""
    look_again_on: date | None = None


@intention("consider-dbs", _DECIDE, ConsiderDbs)
def consider_dbs(uow: UnitOfWork, form: ConsiderDbs) -> Done:
    """Whether the duty to refer to the Disclosure and Barring Service is there. Not referring is recorded as fully."""
    known(DBS_DECISIONS, form.decision, "decision", "Choose what you decide.")
    known(DBS_REMOVED, form.removed, "removed", "Say whether they were removed from regulated activity.")
    if form.ground:
        known(DBS_GROUNDS, form.ground, "ground", "Choose the ground.")
    matter = uow.investigations.get(form.investigation_id).dbs_considered(DbsConsidered(
        form.decision, form.removed, form.ground, form.reason.strip(), form.look_again_on, uow.now, uow.actor.name))
    return _saved(uow, matter, "dbs-considered", f"Recorded. {DBS_DECISIONS.label(form.decision)}.", detail=form.decision)


@dataclass(frozen=True, slots=True)
class RecordDbsSent:
    """`sent_on` empty: today."""

    investigation_id: str
    sent_on: date | None = None
    sent_reference: str = ""


@intention("record-dbs-sent", _DECIDE, RecordDbsSent)
def record_dbs_sent(uow: UnitOfWork, form: RecordDbsSent) -> Done:
    """The referral to the Disclosure and Barring Service went out."""
    matter = uow.investigations.get(form.investigation_id).dbs_sent(
        form.sent_on or to_london(uow.now).date(), form.sent_reference.strip(), at=uow.now)
    return _saved(uow, matter, "dbs-sent", "Recorded that it went out.")


@dataclass(frozen=True, slots=True)
class RecordCandour:
    """`on` empty: today."""

    investigation_id: str
    kind: str = ""
    words: str = ""
    on: date | None = None


@intention("record-candour", _WORK, RecordCandour)
def record_candour(uow: UnitOfWork, form: RecordCandour) -> Done:
    """A step of openness towards the adult, or why the incident is not a notifiable one."""
    known(CANDOUR_STEPS, form.kind, "kind", "Choose the step.")
    matter = uow.investigations.get(form.investigation_id).with_candour(CandourStep(
        form.kind, form.words.strip(), form.on or to_london(uow.now).date(), uow.now, uow.actor.name))
    return _saved(uow, matter, "candour-recorded", f"{CANDOUR_STEPS.label(form.kind)}: recorded.", detail=form.kind)


@dataclass(frozen=True, slots=True)
class AskForAccount:
    """She is shown the day and the part of it, and who asks. Nothing else, so there is no field for anything else."""

    investigation_id: str
    witness_id: str = ""
    on: date | None = None
    part: str = ""


@intention("ask-for-account", _WORK, AskForAccount)
def ask_for_account(uow: UnitOfWork, form: AskForAccount) -> Done:
    """Ask a colleague for her own account. Each witness is kept from what the others wrote, also from what is here already."""
    witness = colleague(uow, form.witness_id)
    if Permission.RECORD_OBSERVATION not in GRANTS[witness.role]:
        raise Invalid(FieldError("witness_id", "Their role writes no notes. Take their account down in an interview."))
    known(PARTS_OF_DAY, form.part, "part", "Choose the part of the day.")
    if form.on is None or form.on > to_london(uow.now).date():
        raise Invalid(FieldError("on", "Choose the day it is about."))
    asked = AskedFor(str(uuid.uuid4()), witness.id, witness.name, form.on, form.part, uow.now, uow.actor.name)
    matter = uow.investigations.get(form.investigation_id).asking(asked)
    others = [uow.regardless(Observation, a.note_id) for a in matter.asked if a.note_id and a.witness_id != witness.id]
    firm = [replace(note, barred=tuple(sorted({*note.barred, witness.id}))) for note in others]
    return _saved(uow, matter, "account-asked-for", f"{witness.name} finds the request under “My notes”.", *firm)


@dataclass(frozen=True, slots=True)
class KeepAccount:
    """An account that came has been read, and stays with the investigation."""

    investigation_id: str
    note_id: str = ""


@intention("keep-account", _WORK, KeepAccount)
def keep_account(uow: UnitOfWork, form: KeepAccount) -> Done:
    """The account was read. Its writer sees “in hand”, and nothing of it goes into any queue."""
    matter, note = uow.investigations.get(form.investigation_id), uow.notes.get(form.note_id)
    if note.investigation_id != matter.id:
        raise NotFound(form.note_id)
    return _saved(uow, matter, "account-kept", "Kept word for word with this record, apart from the others.",
                  note.kept_as_account(at=uow.now, by=uow.actor.name))


@dataclass(frozen=True, slots=True)
class PickAccount:
    investigation_id: str
    asked_id: str = ""
    why: str = ""


@intention("pick-account", _DECIDE, PickAccount)
def pick_account(uow: UnitOfWork, form: PickAccount) -> Done:
    """Let single facts of one account be chosen for a referral, by whoever may read that account."""
    matter = uow.investigations.get(form.investigation_id).account_picked(
        form.asked_id, form.why.strip(), at=uow.now, by=uow.actor.name)
    return _saved(uow, matter, "account-picked", "Its facts can be chosen for a referral now, one by one.")


@dataclass(frozen=True, slots=True)
class DecideOutcome:
    investigation_id: str
    code: str = ""
    reason: str = ""


@intention("decide-outcome", _DECIDE, DecideOutcome)
def decide_outcome(uow: UnitOfWork, form: DecideOutcome) -> Done:
    """What was found, and on what it rests."""
    known(MATTER_OUTCOMES, form.code, "code", "Choose the outcome.")
    matter = uow.investigations.get(form.investigation_id).decided(
        Outcome(form.code, form.reason.strip(), uow.now, uow.actor.name))
    return _saved(uow, matter, "outcome-decided", f"Outcome: {MATTER_OUTCOMES.label(form.code).lower()}.", detail=form.code)


@dataclass(frozen=True, slots=True)
class ReopenInvestigation:
    investigation_id: str
    reason: str = ""


@intention("reopen-investigation", _DECIDE, ReopenInvestigation)
def reopen_investigation(uow: UnitOfWork, form: ReopenInvestigation) -> Done:
    """An appeal, or something new, after the outcome: it runs again, and the earlier outcome stays on the record."""
    written(form, reason="Say why it begins again.")
    matter = uow.investigations.get(form.investigation_id).reopened()
    step = Milestone(str(uuid.uuid4()), "appeal", form.reason.strip(), to_london(uow.now).date(), uow.actor.name, uow.now,
                     uow.actor.name, done_on=to_london(uow.now).date(), evidence="Reopened")
    return _saved(uow, matter.with_milestone(step), "investigation-reopened", "It runs again.")


@dataclass(frozen=True, slots=True)
class CloseInvestigation:
    investigation_id: str
    debrief: str = ""


@intention("close-investigation", _DECIDE, CloseInvestigation)
def close_investigation(uow: UnitOfWork, form: CloseInvestigation) -> Done:
    """End it with what was learned, once nothing of it is owed."""
    matter = uow.investigations.get(form.investigation_id).closed(form.debrief.strip())
    return _saved(uow, matter, "investigation-closed", f"{matter.reference} is closed.")


@dataclass(frozen=True, slots=True)
class ChangeInvestigators:
    """`let_in`: “yes” puts somebody on the list, anything else keeps it from them."""

    investigation_id: str
    account_id: str = ""
    let_in: str = ""
    reason: str = ""


@intention("change-investigators", Permission.SET_ACCESS, ChangeInvestigators)
def change_investigators(uow: UnitOfWork, form: ChangeInvestigators) -> Done:
    """Name somebody who may work on this record, such as Human resources, or keep it from somebody."""
    matter, account = uow.investigations.get(form.investigation_id), colleague(uow, form.account_id)
    entering = form.let_in == "yes"
    if entering and _WORK not in GRANTS[account.role]:
        raise Invalid(FieldError("account_id", "Their role works on no such records."))
    if not entering and account.id == uow.actor.account_id:
        raise Invalid(FieldError("account_id", "Ask somebody else on the list to keep it from you."))
    matter = matter.with_list_change(
        ListChange(account.id, account.name, entering, form.reason.strip(), uow.now, uow.actor.name))
    notes = [uow.regardless(Observation, a.note_id) for a in matter.asked if a.note_id]
    follow = [replace(n, listed=tuple(sorted({*n.listed, account.id}))) if entering else
              n.as_strict(True, [account.id]) for n in notes]
    return _saved(uow, matter, "investigators-changed", f"{account.name} may work on this." if entering else
                  f"This does not exist for {account.name} any more.", *follow, detail=account.id)


# What a witness sees of it, and what becomes of what she writes.

@dataclass(frozen=True, slots=True)
class AccountAsked:
    """All that a witness learns: the day, the part of it (a code of PARTS_OF_DAY), who asked, and since when."""

    on: date
    part: str
    asked_by: str
    asked_at: str


@query(Permission.SEE_OWN_NOTES)
def accounts_asked(uow: UnitOfWork) -> tuple[AccountAsked, ...]:
    """The accounts that somebody was asked for and has not written yet."""
    found = [(m, a) for m in _open(uow) if (a := m.awaited_from(uow.actor.account_id)) is not None]
    return tuple(AccountAsked(a.on, a.part, a.by, a.at.isoformat()) for _, a in found)


def _open(uow: UnitOfWork) -> list[Investigation]:
    """Every investigation that is not over, whoever asks: nothing of one leaves here but a request to the witness herself."""
    ids = uow.session.exec(select(InvestigationRow.id).where(
        InvestigationRow.state != str(InvestigationState.CLOSED)).order_by(col(InvestigationRow.id))).all()
    return [uow.regardless(Investigation, i) for i in ids]


def joined(uow: UnitOfWork, note: Observation) -> tuple[Observation, tuple[Record, ...]]:
    """A note as it is kept, and what changes with it: an account joins the investigation that its writer was asked for.

    It is then under that list alone, and closed to the other witnesses and to whoever wrote the first notes.
    """
    if note.content.route is not Route.ACCOUNT or not note.author_id:
        return note, ()
    for matter in _open(uow):
        asked = matter.awaited_from(note.author_id)
        if asked is not None:
            others = (matter.witnesses | _writers(uow, matter)) - {note.author_id}
            kept = note.joined_to(matter.id, matter.listed, {*matter.barred, *others})
            return kept, (replace(matter.account_came(asked.id, note.id, at=note.received_at), touched_at=note.received_at),)
    return note, ()


def _writers(uow: UnitOfWork, matter: Investigation) -> frozenset[str]:
    """Who wrote the notes of the case: they are witnesses, too."""
    case = uow.regardless(Case, matter.concerns_case)
    rows = select(ObservationRow.author_id).where(col(ObservationRow.id).in_(case.note_ids))
    return frozenset(uow.session.exec(rows)) - {""}


def picked_accounts(uow: UnitOfWork, case: Case) -> tuple[Observation, ...]:
    """Accounts whose facts may be chosen for a referral of a case, as far as the actor may read them."""
    beside = uow.investigations.where(InvestigationRow.concerns_case == case.id)
    ids = [a.note_id for matter in beside for a in matter.asked if a.picked and a.note_id]
    found = uow.notes.those(ids)
    return tuple(found[i] for i in ids if i in found and found[i].state is not NoteState.DELIVERED)
