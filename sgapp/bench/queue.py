"""`queue`: the lead's list among few notes and among many. What is asked of it should not take longer because there is more.

In one process, through the services themselves: the time of the server without the line and without the drawing. Every single
question is put to all houses in turn, so that whatever else the machine does hits few and many alike.
"""

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sgapp.bench.databases import fresh_database
from sgapp.bench.filling import OPEN_IN, fill
from sgapp.bench.results import Bench, Check, Cost, Plan, compared, within_95
from sgapp.domain.permissions import Actor
from sgapp.memory import settle
from sgapp.services.house import House, now
from sgapp.services.views.queue import PAGE, queue, queue_keys
from sgapp.settings import Settings

GOAL = 1.3


@dataclass(frozen=True, slots=True)
class _Size:
    sizes: tuple[int, ...]
    rounds: int
    tries: int


_WHOLE, _QUICK = _Size((10_000, 100_000, 1_000_000), 7, 40), _Size((200, 400), 1, 2)


@dataclass(frozen=True, slots=True)
class _Full:
    """A house with so many notes, its lead, one reference, and how long each thing took, by what was asked, round by round."""

    house: House
    lead: Actor
    reference: str
    notes: int
    took: dict[str, list[float]] = field(default_factory=dict)


def run(plan: Plan) -> tuple[Cost, ...]:
    """Measure on SQLite, and on PostgreSQL where SGAPP_DATABASE_URL names one on this machine."""
    results = list(_on(plan, "SQLite", ""))
    if plan.database_url:
        results += _on(plan, "PostgreSQL", plan.database_url)
    return tuple(results)


#: Every house has as much to answer, so that what is compared is the way there. The name is one that everybody bears.
_ASKED: dict[str, Callable[[_Full, datetime], object]] = {
    "first page": lambda full, at: queue(full.house, full.lead, at),
    "overdue only": lambda full, at: queue(full.house, full.lead, at, PAGE, "overdue"),
    "third page": lambda full, at: queue(full.house, full.lead, at, 3 * PAGE),
    "a name": lambda full, at: queue(full.house, full.lead, at, PAGE, "", "person"),
    "a reference": lambda full, at: queue(full.house, full.lead, at, PAGE, "", full.reference),
    "what is new": lambda full, at: queue_keys(full.house, full.lead, at, at),
}


def _on(plan: Plan, setting: str, address: str) -> Iterator[Cost]:
    size = _QUICK if plan.quick else _WHOLE
    filling = plan.progress.add_task(f"queue on {setting}: writing notes", total=sum(size.sizes))
    measuring = plan.progress.add_task(f"queue on {setting}: measuring", total=size.rounds + 1)
    with tempfile.TemporaryDirectory(prefix="sgapp-bench-") as place, contextlib.ExitStack() as stack:
        houses = []
        for notes in size.sizes:
            url = stack.enter_context(fresh_database(address)) if address else ""
            house = House(Settings(data=Path(place) / str(notes), keys=Path(place) / "keys", database_url=url, master_key=""))
            stack.callback(house.engine.dispose)
            filled = fill(house, notes, lambda n: plan.progress.advance(filling, n))
            houses.append(_Full(house, filled.lead, filled.reference, notes))
        settle()  # as a server does once it has started
        for n in range(size.rounds + 1):
            _round(houses, size.tries, kept=n > 0)
            plan.progress.advance(measuring, 1)
        few, *many = houses
        for full in many:
            shown = len(queue(full.house, full.lead, now()).rows)
            for asked in _ASKED:
                ours, base = full.took[asked], few.took[asked]
                yield compared("queue", f"{setting}, {full.notes:,} notes: {asked}, 95 % within", GOAL, ours, base,
                               f"the same among {few.notes:,} notes",
                               (Check("rows on the first page", min(PAGE, full.notes // OPEN_IN), shown),))


def _round(houses: list[_Full], tries: int, *, kept: bool) -> None:
    """Ask everything of every house as often; the first round only warms them."""
    for asked, ask in _ASKED.items():
        took: list[list[float]] = [[] for _ in houses]
        for n in range(tries):
            for full, times in list(zip(houses, took, strict=True))[::1 if n % 2 else -1]:
                began = time.perf_counter()
                ask(full, now())
                times.append((time.perf_counter() - began) * 1000)
        for full, times in zip(houses, took, strict=True):
            if kept:
                full.took.setdefault(asked, []).append(within_95(times))


BENCH = Bench("queue", "the lead's list among few notes and among many", run)
