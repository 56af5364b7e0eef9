"""`pack`: making the evidence of a month, for few cases and for many. Time should grow with the cases and no faster, memory
hardly at all.

In one process, through the service that the page and the command call. The command's pack has the whole chain verified in it; a
manager's rests on the look at it of the same day. Time is that of the command's. Memory is told twice: what the code holds,
followed apart because following takes time, and what a process of its own needs in all, as for the chain (chain.py). Every
pack is checked as whoever receives it would.
"""

import contextlib
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.progress import TaskID

from sgapp.bench.alone import alone
from sgapp.bench.databases import each_database
from sgapp.bench.results import Bench, Check, Cost, Plan, Spread, compared
from sgapp.bench.year import year
from sgapp.domain.permissions import Actor, Role
from sgapp.services.checkpoints import check_daily
from sgapp.services.evidence import AskForEvidence, ask_at_the_machine, check_pack, evidence_zip
from sgapp.services.house import SYSTEM, House
from sgapp.settings import Settings

#: Twice the cases take at most twice as long, and the most memory that is held is as good as the same.
TWICE, FLAT = 2.0, 1.1
_MANAGER = Actor("maud", Role.MANAGER, "Maud Ellery", branch="main")
_AT, _MONTH = datetime(2026, 9, 30, 12, tzinfo=UTC), "2026-08"


@dataclass(frozen=True, slots=True)
class _Size:
    cases: tuple[int, ...]
    rounds: int


_WHOLE, _QUICK = _Size((75, 150, 300, 600), 5), _Size((6, 12), 1)


def run(plan: Plan) -> tuple[Cost, ...]:
    """Measure on SQLite, and on PostgreSQL where SGAPP_DATABASE_URL names one on this machine."""
    size = _QUICK if plan.quick else _WHOLE
    return tuple(cost for setting, addresses in each_database(plan, of_each=len(size.cases))
                 for cost in _on(plan, size, setting, addresses))


def _on(plan: Plan, size: _Size, setting: str, addresses: tuple[str, ...]) -> Iterator[Cost]:
    filling = plan.progress.add_task(f"pack on {setting}: writing cases", total=sum(size.cases))
    measuring = plan.progress.add_task(f"pack on {setting}: measuring", total=(size.rounds + 1) * len(size.cases) + 2)
    with tempfile.TemporaryDirectory(prefix="sgapp-bench-") as place, contextlib.ExitStack() as stack:
        houses = []
        for cases, address in zip(size.cases, addresses, strict=True):
            folder = Path(place) / str(cases)
            house = House(Settings(data=folder / "data", keys=folder / "keys", database_url=address, master_key=""))
            stack.callback(house.engine.dispose)
            year(house, cases, _AT, lambda n: plan.progress.advance(filling, n))
            houses.append(house)
        made = _Made(Path(place) / "pack.zip")
        took = _timed(plan, measuring, size, houses, made)
        peaks = {whose: [_peak(house, actor, made) for house in (houses[0], houses[-1])]
                 for whose, actor in (("the command's", SYSTEM), ("a manager's", _MANAGER))}
        plan.progress.advance(measuring)
        whole = [alone("pack", house.settings, SGAPP_BENCH_MONTH=_MONTH) for house in (houses[0], houses[-1])]
        plan.progress.advance(measuring)
    checks = (Check("packs as they left, with a chain that holds", made.all, made.sound),)
    yield from _times(setting, size.cases, took, checks)
    few, many = size.cases[0], size.cases[-1]
    for whose, (little, much) in peaks.items():
        yield compared("pack", f"{setting}, {many} cases: the most memory held, {whose}", FLAT, [much], [little],
                       f"the same of {few} cases", checks, unit="MiB")
    little, much = whole
    written = Check("packs that were written whole", 2, sum(taken.found > 0 for taken in whole))
    yield compared("pack", f"{setting}, {many} cases: the most memory of a process, the command's", FLAT, [much.peak_mib],
                   [little.peak_mib], f"the same of {few} cases", (written,), unit="MiB")


@dataclass
class _Made:
    """Where a pack goes, how many were made, and how many of them were as they left."""

    file: Path
    all: int = 0
    sound: int = 0

    def make(self, house: House, actor: Actor) -> None:
        asked = ask_at_the_machine(house, AskForEvidence(_MONTH, "The yearly meeting", "The commissioner"), now=_AT)
        with self.file.open("wb") as out:
            for piece in evidence_zip(house, actor, asked, now=_AT):
                out.write(piece)

    def check(self) -> None:
        self.all += 1
        self.sound += check_pack(self.file)["chain"]["sound"]


def _timed(plan: Plan, task: TaskID, size: _Size, houses: list[House], made: _Made) -> list[list[float]]:
    """Seconds of each size, round by round. The first round only warms up."""
    took: list[list[float]] = [[] for _ in houses]
    for n in range(size.rounds + 1):
        for house, times in list(zip(houses, took, strict=True))[::1 if n % 2 else -1]:
            began = time.perf_counter()
            made.make(house, SYSTEM)
            times.append(time.perf_counter() - began)
            made.check()
            plan.progress.advance(task)
    return [times[1:] for times in took]


def _peak(house: House, actor: Actor, made: _Made) -> float:
    """MiB that were held at the most."""
    check_daily(house, {}, now=_AT, holder="bench")
    tracemalloc.start()
    try:
        made.make(house, actor)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    made.check()
    return peak / (1 << 20)


def _times(setting: str, cases: tuple[int, ...], took: list[list[float]], checks: tuple[Check, ...]) -> Iterator[Cost]:
    """Each size against the one before it, and the straight line through all."""
    for place in range(1, len(cases)):
        yield compared("pack", f"{setting}, {cases[place]} cases: time", TWICE,
                       [s * 1000 for s in took[place]], [s * 1000 for s in took[place - 1]],
                       f"the same of {cases[place - 1]} cases", checks)
    lines = [statistics.linear_regression(cases, times) for times in zip(*took, strict=True)]
    rounds = len(lines)
    yield Cost("pack", f"{setting}: each case more", "ms", None, None, Spread.of(line.slope * 1000 for line in lines), None, "",
               rounds)
    yield Cost("pack", f"{setting}: however few cases", "ms", None, None, Spread.of(line.intercept * 1000 for line in lines),
               None, "", rounds)
    off = [max(abs(line.intercept + line.slope * n - s) / s for n, s in zip(cases, times, strict=True)) * 100
           for line, times in zip(lines, zip(*took, strict=True), strict=True)]
    yield Cost("pack", f"{setting}: furthest from a straight line", "%", None, None, Spread.of(off), None, "", rounds)


BENCH = Bench("pack", "making the evidence of a month for few cases and for many", run)
