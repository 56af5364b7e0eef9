"""The picture of a case's course, who knows which fact, and whom the case waits for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sgapp.domain.case import Case
from sgapp.domain.clocks import LABELS, Clock, ClockKind, DueState, due_state, in_words
from sgapp.domain.course import Lane
from sgapp.domain.decision import SharingDecision
from sgapp.domain.disclosure import ADDRESS, BORN
from sgapp.domain.due import clocks_of
from sgapp.domain.observation import NoteState, Observation
from sgapp.domain.referral import Action, Fact, Referral
from sgapp.domain.time import show_short
from sgapp.domain.vocabulary import AGENCIES
from sgapp.store import accounts
from sgapp.store.tables import ClockRow
from sgapp.store.unit_of_work import UnitOfWork

#: The picture is so many units wide; the page stretches them.
WIDE = 1000


@dataclass(frozen=True, slots=True)
class StrokeView:
    look: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class LaneView:
    label: str
    words: str
    strokes: tuple[StrokeView, ...]


@dataclass(frozen=True, slots=True)
class PictureView:
    """`starts` and `ends` are said in words below the lanes."""

    lanes: tuple[LaneView, ...]
    starts: str
    ends: str


@dataclass(frozen=True, slots=True)
class GridRow:
    """One fact, and for each agency of the grid when it was told; empty where it was not."""

    fact: str
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GridView:
    agencies: tuple[str, ...]
    rows: tuple[GridRow, ...]


@dataclass(frozen=True, slots=True)
class WaitingFor:
    """Somebody the case waits for, for what, and until when."""

    who: str
    what: str
    due: str
    tone: str
    href: str


def picture(lanes: Sequence[Lane], now: datetime) -> PictureView:
    """The lanes scaled to one width, from the first thing that happened to the last."""
    times = [at for lane in lanes for s in lane.strokes for at in (s.start, s.end)]
    if not times:
        return PictureView((), "", "")
    first, last = min(times), max(times)
    whole = max((last - first).total_seconds(), 1.0)

    def place(at: datetime) -> int:
        return round(10 + (at - first).total_seconds() / whole * (WIDE - 20))

    drawn = tuple(LaneView(lane.label, lane.words, tuple(StrokeView(str(s.look), place(s.start), place(s.end))
                                                         for s in lane.strokes)) for lane in lanes)
    return PictureView(drawn, show_short(first, now), show_short(last, now))


def grid(referrals: Sequence[Referral], now: datetime) -> GridView:
    """Which agency was told which fact: one column for each agency, in the order in which they were first told.

    What went out in answer to a question of theirs stands among the facts, as it was put on the file.
    """
    sent = [r for r in referrals if r.sending]
    agencies = tuple(dict.fromkeys(AGENCIES.label(r.agency) for r in sent))
    told: dict[str, dict[str, str]] = {}
    for referral in sent:
        if referral.sending is not None:
            when = show_short(referral.sending.at, now)
            for fact in referral.facts:
                told.setdefault(_named(fact), {}).setdefault(AGENCIES.label(referral.agency), when)
            for asked in referral.questions:
                if asked.answered_at is not None:
                    answer = f"In answer to “{asked.text}”: {asked.answer}"
                    at = show_short(asked.answered_at, now)
                    told.setdefault(answer, {}).setdefault(AGENCIES.label(referral.agency), at)
    return GridView(agencies, tuple(GridRow(fact, tuple(by.get(a, "") for a in agencies)) for fact, by in told.items()))


def _named(fact: Fact) -> str:
    """A fact as it stands where it is only told who knows it: of what the adult is found by, the kind alone."""
    return fact.text.partition(":")[0] if fact.source in (BORN, ADDRESS) else fact.text


def waiting_for(uow: UnitOfWork, case: Case, notes: Sequence[Observation], decisions: Sequence[SharingDecision],
                referrals: Sequence[Referral], actions: Sequence[Action]) -> tuple[WaitingFor, ...]:
    """Everybody the case waits for, the soonest first: agencies, owners of actions, and whoever of ours owes a step.

    Before them whoever wrote a note and was asked to ring: no clock runs for that, so it stands where it is seen.
    """
    here, book = f"/case?id={case.id}", uow.book
    found: list[tuple[Clock, str, str, str]] = []
    for running in clocks_of(case, book):
        if running.kind is not ClockKind.NEXT_STEP:  # that says only that nothing else runs
            who = holder_of(uow, "case", case.id, running.kind) or "Us"
            found.append((running, who, LABELS[running.kind], here))
    for decision in decisions:
        for running in clocks_of(decision, book):
            who = holder_of(uow, "decision", decision.id, running.kind) or "Nobody is left here who may look"
            about = f"sharing with {AGENCIES.label_or_code(decision.answers.agency)}" if decision.shares else "not sharing"
            found.append((running, who, f"{LABELS[running.kind]} of {about}", f"{here}#decisions"))
    for referral in referrals:
        for running in clocks_of(referral, book)[:1]:
            who = "Us" if running.kind in ("send", "question") else AGENCIES.label(referral.agency)
            found.append((running, who, f"{LABELS[running.kind]}, {referral.reference}", f"/referral?id={referral.id}"))
    for action in actions:
        found += [(running, action.owner, action.what, f"{here}#actions") for running in clocks_of(action, book)]
    asked = tuple(WaitingFor(note.author_name, f"To ring: {note.more_needed}",
                             f"asked {show_short(note.more_asked_at, uow.now)}" if note.more_asked_at else "asked to ring",
                             "soon", f"/note?id={note.id}") for note in notes if note.state is NoteState.MORE_NEEDED)
    return asked + tuple(WaitingFor(who, what, in_words(c.due_at, uow.now), tone(c.due_at, uow.now), href)
                         for c, who, what, href in sorted(found, key=lambda line: line[0].due_at))


def holder_of(uow: UnitOfWork, record_kind: str, record_id: str, clock: ClockKind) -> str:
    """Who of ours is asked by a running clock; empty if nobody is."""
    row = uow.session.get(ClockRow, (record_kind, record_id, str(clock)))
    holder = accounts.by_id(uow, row.holder_id) if row is not None and row.holder_id else None
    return holder.name if holder else ""


def tone(due_at: datetime, now: datetime) -> str:
    """The colour of a due time: overdue, soon or later."""
    return {DueState.OVERDUE: "overdue", DueState.DUE_TODAY: "soon", DueState.LATER: "later"}[due_state(due_at, now)]
