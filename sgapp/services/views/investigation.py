"""An allegation against staff as those see it who are named on its list; and the register of all of them."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col

from sgapp.domain.clocks import LABELS, ClockKind, in_words
from sgapp.domain.due import clocks_of
from sgapp.domain.investigation import Investigation, InvestigationState, Measure
from sgapp.domain.permissions import GRANTS, Permission
from sgapp.domain.time import show, show_date, to_london
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
from sgapp.services.guard import query
from sgapp.services.views.course import tone
from sgapp.services.views.note import Line, Option, note_lines
from sgapp.store import accounts
from sgapp.store.tables import InvestigationRow
from sgapp.store.unit_of_work import UnitOfWork

STATES = {
    InvestigationState.WAITING: "Waiting: may we begin?", InvestigationState.RUNNING: "Being looked into",
    InvestigationState.DECIDED: "Outcome known", InvestigationState.CLOSED: "Closed",
}


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that is owed, and when."""

    what: str
    due: str
    tone: str


@dataclass(frozen=True, slots=True)
class MatterRow:
    id: str
    reference: str
    state: str
    opened: str
    due: tuple[Due, ...]


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One line of a register: of which matter, what, and how it stands."""

    reference: str
    href: str
    what: str
    stands: str


@dataclass(frozen=True, slots=True)
class Register:
    heading: str
    lines: tuple[RegisterLine, ...]


@dataclass(frozen=True, slots=True)
class MattersView:
    """What is open first. `registers`: clearances, measures, steps, DBS, candour; over all of them."""

    matters: tuple[MatterRow, ...]
    registers: tuple[Register, ...]


@dataclass(frozen=True, slots=True)
class MeasureLine:
    id: str
    kind: str
    reasons: str
    alternatives: str
    stands: str
    running: bool


@dataclass(frozen=True, slots=True)
class StepLine:
    id: str
    what: str
    owner: str
    stands: str
    open: bool


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account that somebody was asked for. `lines` are her words, for whoever may read them; `closed`: it is not for you."""

    id: str
    witness: str
    asked: str
    stands: str
    note_id: str
    unread: bool
    lines: tuple[Line, ...]
    may_pick: bool


@dataclass(frozen=True, slots=True)
class MatterMoment:
    when: str
    who: str
    what: str
    detail: str


@dataclass(frozen=True, slots=True)
class MatterView:
    id: str
    reference: str
    state: str
    about: str
    case_href: str
    case_reference: str
    due: tuple[Due, ...]
    clearances: tuple[Line, ...]
    measures: tuple[MeasureLine, ...]
    steps: tuple[StepLine, ...]
    dbs: tuple[Line, ...]
    dbs_to_send: bool
    candour: tuple[Line, ...]
    accounts: tuple[AccountLine, ...]
    outcomes: tuple[Line, ...]
    debrief: str
    listed: tuple[Option, ...]
    witnesses: tuple[Option, ...]
    investigators: tuple[Option, ...]
    moments: tuple[MatterMoment, ...]
    waiting: bool
    running: bool
    decided: bool
    open: bool
    may_decide: bool
    may_list: bool
    about_account: bool


@query(Permission.WORK_INVESTIGATION)
def matters(uow: UnitOfWork) -> MattersView:
    """The matters this actor is named on, the open ones first, and the registers made of them."""
    found = sorted(uow.investigations.where(order_by=[col(InvestigationRow.reference)], limit=500), key=lambda m: m.ended)
    rows = tuple(MatterRow(m.id, m.reference, STATES[m.state], show(m.opened_at), _due(uow, m)) for m in found)
    return MattersView(rows, tuple(_registers(uow, found)))


def _due(uow: UnitOfWork, matter: Investigation) -> tuple[Due, ...]:
    clocks = sorted(clocks_of(matter, uow.book), key=lambda c: c.due_at)
    return tuple(Due(_capital(LABELS[ClockKind(c.kind)]), in_words(c.due_at, uow.now), tone(c.due_at, uow.now)) for c in clocks)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _day(uow: UnitOfWork, day: date | None) -> str:
    return show_date(day, to_london(uow.now).date()) if day else ""


def _registers(uow: UnitOfWork, found: list[Investigation]) -> list[Register]:
    def line(matter: Investigation, what: str, stands: str) -> RegisterLine:
        return RegisterLine(matter.reference, f"/matter?id={matter.id}", what, stands)

    return [
        Register("Whether we may begin", tuple(
            line(m, f"{AGENCIES.label_or_code(c.agency)}: {c.person}", _clearance(uow, c.answer, c.ask_again_on, c.at))
            for m in found for c in m.clearances[-1:]) + tuple(
            line(m, "Nobody was asked yet", "") for m in found if not m.clearances and not m.ended)),
        Register("Interim measures", tuple(
            line(m, INTERIM_MEASURES.label(measure.kind), _measure(uow, measure)) for m in found for measure in m.measures)),
        Register("Steps", tuple(
            line(m, _step(s.kind, s.what), f"Done {_day(uow, s.done_on)}" if s.done_on else
                 f"{s.owner}, by {_day(uow, s.due_on)}") for m in found for s in m.milestones)),
        Register("DBS duty", tuple(
            line(m, DBS_DECISIONS.label(d.decision), f"Sent {_day(uow, d.sent_on)}, {d.sent_reference}" if d.sent_on else
                 f"Look again {_day(uow, d.look_again_on)}" if d.look_again_on else "Not sent yet" if d.decision == "refer" else
                 f"Decided {show(d.at)}") for m in found for d in m.dbs[-1:]) + tuple(
            line(m, "Not considered yet", "") for m in found if not m.dbs and not m.ended)),
        Register("Candour", tuple(
            line(m, ", ".join(CANDOUR_STEPS.label(c.kind).lower() for c in m.candour).capitalize() or "Nothing yet",
                 "Owed" if m.candour_owed else "Done") for m in found)),
    ]


def _clearance(uow: UnitOfWork, answer: str, again: date | None, at: datetime) -> str:
    return f"{CLEARANCES.label(answer)}, {show(at)}" + (f"; ask again {_day(uow, again)}" if again else "")


def _measure(uow: UnitOfWork, measure: Measure) -> str:
    return f"Over since {show(measure.ended_at)}" if measure.ended_at else f"Look again by {_day(uow, measure.review_on)}"


def _step(kind: str, what: str) -> str:
    return f"{MILESTONES.label(kind)}: {what}" if what else MILESTONES.label(kind)


@query(Permission.WORK_INVESTIGATION)
def matter_view(uow: UnitOfWork, investigation_id: str) -> MatterView:
    """One matter, whole. Accounts that the actor may not read are named and not shown. Reading it is recorded."""
    matter = uow.investigations.get(investigation_id)
    uow.was_read(matter, action="investigation-read")
    case = uow.cases.those([matter.concerns_case]).get(matter.concerns_case) if uow.actor.may(Permission.READ_CASE) else None
    staff = [a for a in accounts.everyone(uow) if not a.disabled and a.branch in (None, matter.branch)]
    names = {a.id: a.name for a in staff}
    may = uow.actor.may
    return MatterView(
        id=matter.id, reference=matter.reference, state=STATES[matter.state], about=matter.about_name,
        case_href=f"/case?id={case.id}" if case else "", case_reference=case.reference if case else "", due=_due(uow, matter),
        clearances=tuple(Line(f"{AGENCIES.label_or_code(c.agency)}, {c.person}",
                              _clearance(uow, c.answer, c.ask_again_on, c.at) + (f". {c.words}" if c.words else ""))
                         for c in matter.clearances),
        measures=tuple(MeasureLine(m.id, INTERIM_MEASURES.label(m.kind), m.reasons, m.alternatives, _measure(uow, m),
                                   m.ended_at is None) for m in matter.measures),
        steps=tuple(StepLine(s.id, _step(s.kind, s.what), s.owner, f"Done {_day(uow, s.done_on)}: {s.evidence}" if s.done_on
                             else f"By {_day(uow, s.due_on)}", s.done_on is None) for s in matter.milestones),
        dbs=tuple(Line(DBS_DECISIONS.label(d.decision), ". ".join(filter(None, (
            DBS_REMOVED.label_or_code(d.removed), DBS_GROUNDS.label_or_code(d.ground), d.reason, f"{d.by}, {show(d.at)}",
            f"Sent {_day(uow, d.sent_on)}, {d.sent_reference}" if d.sent_on else "")))) for d in matter.dbs),
        dbs_to_send=bool(matter.dbs) and matter.dbs[-1].decision == "refer" and matter.dbs[-1].sent_on is None,
        candour=tuple(Line(f"{CANDOUR_STEPS.label(c.kind)}, {_day(uow, c.on)}", c.words) for c in matter.candour),
        accounts=_accounts(uow, matter),
        outcomes=tuple(Line(MATTER_OUTCOMES.label(o.code), f"{o.reason} ({o.by}, {show(o.at)})") for o in matter.outcomes),
        debrief=matter.debrief, listed=tuple(Option(i, names.get(i, "Somebody who has left")) for i in matter.listed),
        witnesses=tuple(Option(a.id, a.name) for a in staff
                        if a.id != matter.about_id and Permission.RECORD_OBSERVATION in GRANTS[a.role]),
        investigators=tuple(Option(a.id, a.name) for a in staff if Permission.WORK_INVESTIGATION in GRANTS[a.role]),
        moments=_moments(matter), waiting=matter.state is InvestigationState.WAITING,
        running=matter.state is InvestigationState.RUNNING, decided=matter.state is InvestigationState.DECIDED,
        open=not matter.ended, may_decide=may(Permission.DECIDE_INVESTIGATION), may_list=may(Permission.SET_ACCESS),
        about_account=bool(matter.about_id))


def _accounts(uow: UnitOfWork, matter: Investigation) -> tuple[AccountLine, ...]:
    readable = uow.notes.those([a.note_id for a in matter.asked if a.note_id])
    found = []
    for asked in matter.asked:
        note = readable.get(asked.note_id or "")
        stands = "Not written yet"
        if asked.received_at:
            signed = note is not None and note.content.own_words_signed
            stands = f"Came {show(asked.received_at)}{', signed' if signed else ''}{'' if note else '; not for you to read'}"
        picked = f". May be chosen for a referral: {asked.picked} ({asked.picked_by})" if asked.picked else ""
        found.append(AccountLine(
            asked.id, asked.witness_name, f"Asked {show(asked.at)} about {PARTS_OF_DAY.label(asked.part)} of "
            f"{_day(uow, asked.on)}", stands + picked, asked.note_id or "",
            note is not None and note.acknowledged_at is None,
            note_lines(note.content, adds_to_another=False) if note else (),
            note is not None and not asked.picked and uow.actor.may(Permission.DECIDE_INVESTIGATION)))
    return tuple(found)


def _moments(matter: Investigation) -> tuple[MatterMoment, ...]:
    """Everything in order, the newest first. What witnesses wrote is not repeated here."""
    found: list[tuple[datetime, str, str, str]] = [(matter.opened_at, matter.opened_by, "Opened the record", matter.reference)]
    found += [(c.at, c.by, f"Asked {AGENCIES.label_or_code(c.agency)} whether we may begin", CLEARANCES.label(c.answer))
              for c in matter.clearances]
    found += [(m.at, m.by, f"Took a measure: {INTERIM_MEASURES.label(m.kind).lower()}", m.reasons) for m in matter.measures]
    found += [(look.at, look.by, "Looked at a measure again", look.found) for look in matter.looks]
    found += [(s.at, s.by, f"Planned: {_step(s.kind, s.what)}", s.owner) for s in matter.milestones]
    found += [(d.at, d.by, "Considered the DBS duty", DBS_DECISIONS.label(d.decision)) for d in matter.dbs]
    found += [(c.at, c.by, f"Candour: {CANDOUR_STEPS.label(c.kind).lower()}", c.words) for c in matter.candour]
    found += [(a.at, a.by, f"Asked {a.witness_name} for her own account", "") for a in matter.asked]
    found += [(a.received_at, a.witness_name, "Wrote her own account", "") for a in matter.asked if a.received_at]
    found += [(a.picked_at, a.picked_by, f"Picked the account of {a.witness_name} for a referral", a.picked)
              for a in matter.asked if a.picked_at]
    found += [(o.at, o.by, f"Outcome: {MATTER_OUTCOMES.label(o.code).lower()}", o.reason) for o in matter.outcomes]
    found += [(c.at, c.by, f"Let {c.name} in" if c.let_in else f"Keeps it from {c.name}", c.reason)
              for c in matter.list_changes]
    return tuple(MatterMoment(show(at), who, what, detail) for at, who, what, detail in sorted(found, key=lambda f: f[0],
                                                                                              reverse=True))
