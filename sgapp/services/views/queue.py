"""The queue: what is due, the soonest first, each with its one next step."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import func, select

from sgapp.domain.case import Case
from sgapp.domain.clocks import DueState, due_state, in_words
from sgapp.domain.decision import SharingDecision
from sgapp.domain.kept import KeptState, KeptUpload
from sgapp.domain.observation import Observation
from sgapp.domain.permissions import Permission
from sgapp.domain.referral import Action, Referral
from sgapp.domain.time import show_short, to_london
from sgapp.domain.vocabulary import AGENCIES, SAFETY_CODES, TRIAGE_DECISIONS
from sgapp.services.guard import query
from sgapp.store.kinds import Record
from sgapp.store.tables import ClockRow, KeptRow
from sgapp.store.unit_of_work import Repository, UnitOfWork, running_clocks

PAGE = 60
#: What is counted at most; a queue longer than this has other troubles than its length.
_COUNTED = 5_000


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One thing that is due. `key` is stable; `tone` is overdue, soon or later; `primary` marks the urgent button."""

    key: str
    due: str
    step: str
    tone: str
    title: str
    detail: str
    badge: str
    button: str
    href: str
    intent: str = ""
    subject_id: str = ""


@dataclass(frozen=True, slots=True)
class Queue:
    rows: tuple[QueueRow, ...]
    more: int
    overdue: int
    due_today: int
    with_agencies: int
    reviews_this_week: int
    quarantined: int
    as_of: str


STEPS = {
    "acknowledge": "acknowledge", "decide": "decide", "send": "send", "second_review": "second review",
    "receipt": "receipt", "agency_decision": "their decision", "review": "look again", "action": "action",
    "emergency_record": "record the decision", "notify_cqc": "notify CQC", "next_step": "next step",
}
_TONES = {DueState.OVERDUE: "overdue", DueState.DUE_TODAY: "soon", DueState.LATER: "later"}


@query(Permission.SEE_QUEUE)
def queue(uow: UnitOfWork, shown: int = PAGE) -> Queue:
    """What is due for this actor, soonest first; `shown` rows of it, and how many more there are."""
    clocks = _one_per_record(running_clocks(uow, limit=_COUNTED))
    states = [due_state(c.due_at, uow.now) for c in clocks]
    week = uow.now + timedelta(days=7)
    return Queue(
        rows=_rows(uow, clocks[:shown]), more=max(0, len(clocks) - shown),
        overdue=sum(s is DueState.OVERDUE for s in states), due_today=sum(s is DueState.DUE_TODAY for s in states),
        with_agencies=len({c.record_id for c in clocks if c.record_kind == "referral" and c.kind != "send"}),
        reviews_this_week=sum(c.kind == "review" and c.due_at <= week for c in clocks),
        quarantined=_quarantined(uow), as_of=to_london(uow.now).strftime("%A %-d %B, %H:%M"))


@query(Permission.SEE_QUEUE)
def queue_keys(uow: UnitOfWork) -> tuple[str, ...]:
    """The keys of what stands in the queue now, for telling how much is new without moving anything."""
    return tuple(_key(c) for c in _one_per_record(running_clocks(uow, limit=_COUNTED)))


def _key(clock: ClockRow) -> str:
    return f"{clock.record_kind}:{clock.record_id}:{clock.kind}"


def _one_per_record(clocks: tuple[ClockRow, ...]) -> list[ClockRow]:
    """The soonest clock of each record; a case whose record is due shows that, not each clock it has."""
    first: dict[tuple[str, str], ClockRow] = {}
    elsewhere = {c.case_id for c in clocks if c.kind != "next_step"}
    for clock in clocks:
        if clock.kind == "next_step" and clock.case_id in elsewhere:
            continue  # something else of this case is running, and says more
        first.setdefault((clock.record_kind, clock.record_id), clock)
    return list(first.values())


def _quarantined(uow: UnitOfWork) -> int:
    """Uploads of this actor's branch that were kept and that nobody has looked at yet."""
    waiting = select(func.count()).select_from(KeptRow).where(
        KeptRow.state == str(KeptState.WAITING), uow.may_see(KeptRow))
    return uow.session.exec(waiting).one()


def _rows(uow: UnitOfWork, clocks: list[ClockRow]) -> tuple[QueueRow, ...]:
    def ids(kind: str) -> list[str]:
        return [c.record_id for c in clocks if c.record_kind == kind]

    notes = uow.notes.those(ids("observation"))
    decisions = Repository(uow, SharingDecision).those(ids("decision"))
    referrals = Repository(uow, Referral).those(ids("referral"))
    actions = Repository(uow, Action).those(ids("action"))
    cases = uow.cases.those({*ids("case"), *(c.case_id for c in clocks if c.case_id)})
    people = uow.people.those({c.person_id for c in cases.values()} | {n.person_id for n in notes.values() if n.person_id})
    names = {key: f"{p.short} · {p.reference}" for key, p in people.items()}
    kept = uow.kept.those(ids("kept"))
    records = {**kept, **notes, **decisions, **referrals, **actions, **cases}
    found = []
    for clock in clocks:
        record = records.get(clock.record_id)
        case = cases.get(clock.case_id or "")
        if isinstance(record, Observation):
            found.append(_note_row(uow, clock, record, names))
        elif isinstance(record, KeptUpload):
            found.append(_kept_row(uow, clock, record))
        elif record is not None and case is not None:
            found.append(_case_row(uow, clock, record, case, names))
    return tuple(found)


def _when(uow: UnitOfWork, clock: ClockRow) -> dict[str, str]:
    return {"key": _key(clock), "due": in_words(clock.due_at, uow.now), "step": STEPS.get(clock.kind, clock.kind),
            "tone": _TONES[due_state(clock.due_at, uow.now)]}


def _note_row(uow: UnitOfWork, clock: ClockRow, note: Observation, names: dict[str, str]) -> QueueRow:
    known = names.get(note.person_id or "", note.content.person_text or "Person not matched yet")
    title = f"Note {note.reference}" if note.restricted else known
    waiting = clock.kind == "acknowledge"
    return QueueRow(**_when(uow, clock), title=title, detail=_note_detail(uow, note),
                    badge="restricted" if note.restricted else "", button="Acknowledge" if waiting else "Open",
                    href=f"/note?id={note.id}", intent="acknowledge-note" if waiting else "", subject_id=note.id)


def _kept_row(uow: UnitOfWork, clock: ClockRow, upload: KeptUpload) -> QueueRow:
    when = _when(uow, clock) | {"step": "look at it"}
    return QueueRow(**when, title=f"Note {upload.reference}", badge="kept", button="Open", href=f"/kept?id={upload.id}",
                    detail=f"Arrived from {upload.author_name}, {show_short(upload.received_at, uow.now)}; needs a look "
                           "before it can be read")


def _case_row(uow: UnitOfWork, clock: ClockRow, record: Record, case: Case, names: dict[str, str]) -> QueueRow:
    person = "" if case.restricted else names.get(case.person_id, "")
    href = f"/referral?id={record.id}" if isinstance(record, Referral) else f"/case?id={case.id}"
    return QueueRow(**_when(uow, clock), title=person or f"Case {case.reference}", detail=_detail(record, uow.now),
                    badge="restricted" if case.restricted else "", button="Open", href=href)


def _note_detail(uow: UnitOfWork, note: Observation) -> str:
    has = [name for name in ("seen", "heard", "said") if getattr(note.content, name)]
    codes = " ".join(SAFETY_CODES[c].short for c in note.content.safety_codes if c in SAFETY_CODES)
    why = note.priority_history[-1].reason
    parts = [note.reference, ", ".join(has), f"{note.priority}: {why}" if note.priority != "other" else "", codes,
             f"from {note.author_name}, {show_short(note.received_at, uow.now)}"]
    return " · ".join(p for p in parts if p)


def _detail(record: object, now: datetime) -> str:
    if isinstance(record, Referral):
        sent = f"sent {show_short(record.sending.at, now)}" if record.sending else "not sent yet"
        got = "receipt confirmed" if record.receipt else "no receipt yet"
        return f"{record.reference} to {AGENCIES.label(record.agency)}, {sent}" + (f" · {got}" if record.sending else "")
    if isinstance(record, SharingDecision):
        return f"Sharing decision by {record.decided_by} · {' and '.join(record.review_because)}"
    if isinstance(record, Action):
        return f"{record.what} · {record.owner}"
    if isinstance(record, Case):
        if record.emergency_record_from:
            return f"Case {record.reference} · sent first as an emergency, record of the decision is due"
        if record.next_review_on:
            return f"Case {record.reference} · reasons recorded, look again on {record.next_review_on:%-d %B}"
        if record.decision is not None:
            return f"Case {record.reference} · {TRIAGE_DECISIONS.label(record.decision.code).lower()}; waits for you"
        return f"Case {record.reference} · opened, not decided yet"
    return ""
