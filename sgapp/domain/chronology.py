"""One timeline per case: when, who, what, in order; read off the records, so it can never tell another story."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sgapp.domain.agency_kinds import outcome_label
from sgapp.domain.case import Case, harm_in_words
from sgapp.domain.clocks import LABELS, ClockKind, is_reminder, step_up
from sgapp.domain.contact import Contact, ContactState
from sgapp.domain.decision import ReviewState, SharingDecision
from sgapp.domain.marks import mark_as_fact
from sgapp.domain.observation import Observation
from sgapp.domain.referral import THROUGH_LINK, Action, Chase, LinkEvent, Referral
from sgapp.domain.safety_plan import PlanState, SafetyPlan
from sgapp.domain.time import show, show_day
from sgapp.domain.vocabulary import (
    AGENCIES,
    CALL_BACK_OUTCOMES,
    CAPACITY_OUTCOMES,
    CONTACT_KINDS,
    ENQUIRY_STEPS,
    RISK_LEVELS,
    RISK_TOOLS,
    TRIAGE_DECISIONS,
)


@dataclass(frozen=True, slots=True)
class StepUp:
    """A clock went up a stage. `asked` names who was asked; empty where nobody was, or where a later stage came at once."""

    at: datetime
    kind: ClockKind
    stage: int
    asked: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline. `quote` holds somebody's exact words, shown as such. `bare` takes the place of a detail that is
    in somebody's words, where nobody's leave; None where the detail is our own.
    """

    at: datetime
    who: str
    what: str
    detail: str = ""
    quote: str = ""
    kind: str = "case"
    bare: str | None = None


def chronology(
    case: Case,
    notes: Iterable[Observation],
    decisions: Iterable[SharingDecision],
    referrals: Iterable[Referral],
    actions: Iterable[Action],
    steps: Iterable[StepUp] = (),
    plans: Iterable[SafetyPlan] = (),
    contacts: Iterable[Contact] = (),
) -> tuple[Entry, ...]:
    """Everything that happened on a case, oldest first."""
    found: list[Entry] = []
    for note in notes:
        found += _note(note)
    found += _case(case)
    for decision in decisions:
        found += _decision(decision)
    for referral in referrals:
        found += of_referral(referral)
    for action in actions:
        found += of_action(action)
    for plan in plans:
        found += _plan(plan)
    for contact in contacts:
        found += _contact(contact)
    found += [_step(s) for s in steps]
    return tuple(sorted(found, key=lambda e: e.at))


def _plan(plan: SafetyPlan) -> list[Entry]:
    found = [Entry(plan.written_at, plan.written_by, "Wrote the safety plan", f"Version {plan.version}", kind="plan")]
    if plan.state is PlanState.ENDED and plan.ended_at:
        found.append(Entry(plan.ended_at, plan.ended_by, "Ended the safety plan", plan.ended_why, kind="plan"))
    found += [Entry(x.at, x.by, "Looked at the card", x.reason, kind="plan") for x in plan.looks]
    return found


def _contact(contact: Contact) -> list[Entry]:
    kind = CONTACT_KINDS.label(contact.kind).lower()
    planned = f"{show(contact.at)}. {contact.purpose}" + (f" Although: {' '.join(contact.shown)}" if contact.shown else "")
    found = [Entry(contact.planned_at, contact.planned_by, f"Planned {kind}", planned, kind="contact")]
    if contact.done_at and contact.outcome:
        found.append(Entry(contact.done_at, contact.done_by, f"{CALL_BACK_OUTCOMES.label(contact.outcome)}, {kind}",
                           contact.note, kind="contact", bare=""))
    elif contact.done_at:
        found.append(Entry(contact.done_at, contact.done_by, f"Called off {kind}", contact.note, kind="contact"))
    elif contact.state is ContactState.LAPSED:
        found.append(Entry(contact.until, "The clocks", f"Its time went by: {kind}", show(contact.at), kind="contact"))
    return found


def _step(step: StepUp) -> Entry:
    reminder = is_reminder(step.kind, step.stage)
    what = f"Due soon: {LABELS[step.kind]}" if reminder else f"Late: {LABELS[step.kind]}, {step_up(step.kind, step.stage)}"
    return Entry(step.at, "The clocks", what, f"{step.asked} was {'reminded' if reminder else 'asked'}" if step.asked else "",
                 kind="clock")


def _note(note: Observation) -> list[Entry]:
    words = note.content.said[0].words if note.content.said else ""
    what = "Added to an earlier note" if note.corrects_id else "Wrote a note"
    seen = " ".join(part for part in (note.content.seen, *(mark_as_fact(m) for m in note.content.marks)) if part)
    found = [Entry(note.content.written_at, note.author_name, what, f"{note.reference}. {seen}".strip(), words, "note",
                   note.reference)]
    if note.acknowledged_at:
        found.append(Entry(note.acknowledged_at, note.acknowledged_by, "Saw the note", note.reference, kind="note"))
    if note.more_asked_at:
        found.append(Entry(note.more_asked_at, note.more_asked_by, f"Asked {note.author_name} to ring", note.more_needed,
                           kind="note"))
    found += [Entry(c.at, c.by, f"Set the priority to {c.priority}", c.reason, kind="note")
              for c in note.priority_history[1:]]
    return found


def _case(case: Case) -> list[Entry]:
    found = [Entry(case.opened_at, case.opened_by, "Opened the case", case.reference)]
    found += [Entry(t.at, t.by, f"Decided: {TRIAGE_DECISIONS.label(t.code)}", t.reason, kind="decision")
              for t in case.triage]
    found += [Entry(s.at, s.by, f"Said what kind of harm it may be: {harm_in_words(s.types)}", s.reason)
              for s in case.types_said]
    found += [Entry(r.at, r.by, f"Set the risk to {RISK_LEVELS.label(r.level).lower()}", r.reason) for r in case.risk]
    found += [Entry(c.at, c.by, f"Took advice from {c.who}", c.advice) for c in case.consultations]
    found += [Entry(c.at, c.by, f"Assessed capacity for “{c.decision}”", CAPACITY_OUTCOMES.label(c.outcome))
              for c in case.capacity]
    found += [Entry(p.at, p.by, "Put protection in place", p.what) for p in case.protection]
    found += [Entry(r.at, r.by, "Looked again", r.found, kind="decision") for r in case.reviews]
    found += [Entry(c.at, c.by, f"Let {c.name} in to the file" if c.let_in else f"Keeps the file from {c.name}", c.reason,
                    kind="list") for c in case.list_changes]
    found += [Entry(o.at, o.name, f"Opened the file without being on its list, until {show(o.until)}", o.reason, kind="list")
              for o in case.openings]
    for c in case.checklists:
        score = f", {c.score} “yes”" if c.score is not None else ""
        found.append(Entry(c.at, c.by, f"Recorded a checklist of risk{score}", f"{RISK_TOOLS.label(c.tool)}, {c.version}. "
                           f"Judgement {c.judgement}: {c.judgement_why}", kind="decision"))
    found += [Entry(n.at, n.by, "Not referred to MARAC", n.reason, kind="decision") for n in case.not_to_marac]
    for check in case.welfare_checks:
        found.append(Entry(check.since, "The plan", "Somebody has to check on the adult", check.why, kind="contact"))
        if check.done_at:
            found.append(Entry(check.done_at, check.by, "Checked on the adult", check.found, kind="contact"))
    found += [Entry(w.at, w.by or "The rules", _CQC[w.code], w.reason, kind="decision") for w in case.cqc]
    if case.closing:
        found.append(Entry(case.closing.at, case.closing.by, "Closed the case", case.closing.reason, kind="decision"))
    return found


_CQC = {"owed": "CQC is to be told", "not_owed": "Said why CQC is not told", "told": "CQC was told"}


def _decision(decision: SharingDecision) -> list[Entry]:
    answers = decision.answers
    what = f"Decided to share with {AGENCIES.label(answers.agency)}" if decision.shares else "Decided not to share"
    found = [Entry(decision.decided_at, decision.decided_by, what, answers.why, kind="decision")]
    found += [_review(r.agreed, r.at, r.by, r.comment) for r in decision.earlier_reviews]
    if decision.reviewed_at:
        agreed = decision.review is ReviewState.AGREED
        found.append(_review(agreed, decision.reviewed_at, decision.reviewed_by, decision.review_comment))
    return found


def _review(agreed: bool, at: datetime, by: str, comment: str) -> Entry:
    return Entry(at, by, "Agreed the decision" if agreed else "Sent the decision back", comment, kind="decision")


_ON_THEIR_PAGE = "Reported through link."
_LINK = {LinkEvent.MADE: "Gave {} a page of their own", LinkEvent.CODE_GIVEN: "Made a code to be read out to {}",
         LinkEvent.OPENED: "{} opened the letter on their page", LinkEvent.SWITCHED_OFF: "Switched off the page of {}"}


def of_referral(referral: Referral) -> list[Entry]:
    """What happened to one referral, on the agency's own page too, group by group."""
    agency = AGENCIES.label(referral.agency)
    found = [Entry(referral.prepared_at, referral.prepared_by, f"Prepared a referral to {agency}",
                   f"{referral.reference}, {len(referral.facts)} facts", kind="referral")]
    if referral.withdrawn_at:
        found.append(Entry(referral.withdrawn_at, referral.withdrawn_by, f"Withdrew the referral to {agency}",
                           f"{referral.reference}. {referral.withdrawn_reason}", kind="referral"))
    if referral.sending:
        found.append(Entry(referral.sending.at, referral.sending.by, f"Sent to {agency}",
                           f"{referral.reference} to {referral.sending.to}", kind="referral"))
    found += [Entry(c.at, c.by, f"Chased {agency}", _chase(c), kind="referral")
              for c in referral.chases]
    if referral.receipt:
        r = referral.receipt
        told = ", ".join(x for x in (r.person, r.role, r.reference) if x)
        found.append(Entry(r.at, r.person if r.through_link else r.recorded_by, f"{agency} confirmed receipt",
                           f"{told}. {_ON_THEIR_PAGE}" if r.through_link else told, kind="referral"))
    found += [Entry(o.at, o.recorded_by.removesuffix(f", {THROUGH_LINK}"), f"{agency} answered: {outcome_label(o.code)}",
                    f"{o.detail} {_ON_THEIR_PAGE}".strip() if o.through_link else o.detail, kind="referral", bare="")
              for o in referral.outcomes]
    found += [Entry(s.at, s.by, _LINK[s.event].format(agency), f"{referral.reference}. {s.to}", kind="referral")
              for s in referral.link]
    for q in referral.questions:
        found.append(Entry(q.at, q.asked_by, f"{agency} asked", _ON_THEIR_PAGE, q.text, "referral"))
        if q.answered_at:
            found.append(Entry(q.answered_at, q.answered_by, f"Answered the question of {agency}", q.answer, kind="referral",
                               bare=""))
    found += [Entry(e.at, e.by, f"{agency}: {ENQUIRY_STEPS.label(e.code).lower()}", e.detail, kind="referral", bare="")
              for e in referral.enquiry]
    return found


def _chase(chase: Chase) -> str:
    stage = f"Stage {chase.stage}. " if chase.stage else ""
    return f"{stage}Spoke to {chase.spoke_to}. {chase.promised}".strip()


def of_action(action: Action) -> list[Entry]:
    """What happened to one action. One that an agency reported on its page is theirs, not ours."""
    if action.reported_on_id:
        found = [Entry(action.recorded_at, action.owner, f"{AGENCIES.label(action.agency)} will do something",
                       f"{action.what}, by {show_day(action.due_on)}. {_ON_THEIR_PAGE}", kind="action")]
    else:
        found = [Entry(action.recorded_at, action.recorded_by, "Agreed an action", f"{action.what} ({action.owner})",
                       kind="action")]
    found += [Entry(s.at, s.by, f"Action {s.state.replace('_', ' ')}", f"{action.what}. {s.note}".strip(), kind="action")
              for s in action.steps]
    return found
