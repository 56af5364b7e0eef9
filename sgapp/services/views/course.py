"""The picture of a case's course, who knows which fact, and whom the case waits for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sgapp.domain.clock_book import ClockBook
from sgapp.domain.clocks import LABELS, DueState, due_state, in_words
from sgapp.domain.course import Lane
from sgapp.domain.due import clocks_of
from sgapp.domain.referral import Action, Referral
from sgapp.domain.time import show_short
from sgapp.domain.vocabulary import AGENCIES

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
    """Which agency was told which fact: one column for each agency, in the order in which they were first told."""
    sent = [r for r in referrals if r.sending]
    agencies = tuple(dict.fromkeys(AGENCIES.label(r.agency) for r in sent))
    told: dict[str, dict[str, str]] = {}
    for referral in sent:
        if referral.sending is not None:
            when = show_short(referral.sending.at, now)
            for fact in referral.facts:
                told.setdefault(fact.text, {}).setdefault(AGENCIES.label(referral.agency), when)
    return GridView(agencies, tuple(GridRow(fact, tuple(by.get(a, "") for a in agencies)) for fact, by in told.items()))


def waiting_for(referrals: Sequence[Referral], actions: Sequence[Action], book: ClockBook, now: datetime,
                here: str) -> tuple[WaitingFor, ...]:
    """Everybody the case waits for, the soonest first."""
    found: list[tuple[datetime, WaitingFor]] = []
    for referral in referrals:
        for running in clocks_of(referral, book)[:1]:
            us = running.kind in ("send", "question")
            who = "Us" if us else AGENCIES.label(referral.agency)
            what = f"{LABELS[running.kind]}, {referral.reference}"
            found.append((running.due_at, WaitingFor(who, what, in_words(running.due_at, now), tone(running.due_at, now),
                                                     f"/referral?id={referral.id}")))
    for action in actions:
        for running in clocks_of(action, book):
            found.append((running.due_at, WaitingFor(action.owner, action.what, in_words(running.due_at, now),
                                                     tone(running.due_at, now), f"{here}#actions")))
    return tuple(line for _, line in sorted(found, key=lambda pair: pair[0]))


def tone(due_at: datetime, now: datetime) -> str:
    """The colour of a due time: overdue, soon or later."""
    return {DueState.OVERDUE: "overdue", DueState.DUE_TODAY: "soon", DueState.LATER: "later"}[due_state(due_at, now)]
