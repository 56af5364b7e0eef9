"""`chain`: whether the whole chain of who did what holds, against reading and hashing the same rows bare.

The baseline asks the driver for the rows in the same order and puts each through SHA-256: no key, no order, no heads, no
objects. Both in one process, in turns. What it takes of memory is measured in processes of their own, for few events and for
four times as many: the chain alone, and all that `sgapp audit verify` does, which opens every record.
"""

import contextlib
import hashlib
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sgapp.bench.alone import Taken, alone
from sgapp.bench.crowd import crowd
from sgapp.bench.databases import each_database
from sgapp.bench.results import Bench, Check, Cost, Line, Plan, Result, Speed, compared, within_95
from sgapp.services.house import SYSTEM, House, now
from sgapp.settings import Settings

GOAL, FLAT = 0.5, 1.1
_EVENTS_EACH, _TIMES = 5, 4
_BARE = "SELECT * FROM audit_event ORDER BY stream, seq"


@dataclass(frozen=True, slots=True)
class _Size:
    events: int
    rounds: int
    walks: int


_WHOLE, _QUICK = _Size(10_000, 7, 3), _Size(100, 1, 1)


def run(plan: Plan) -> tuple[Line, ...]:
    """Measure on SQLite, and on PostgreSQL where SGAPP_DATABASE_URL names one on this machine."""
    return tuple(line for setting, address in each_database(plan, of_each=2) for line in _on(plan, setting, *address))


def _on(plan: Plan, setting: str, *addresses: str) -> Iterator[Line]:
    size = _QUICK if plan.quick else _WHOLE
    sizes = (size.events, _TIMES * size.events)
    task = plan.progress.add_task(f"chain on {setting}: writing events", total=sum(sizes) // _EVENTS_EACH)
    measuring = plan.progress.add_task(f"chain on {setting}: measuring", total=size.rounds + 1 + 4 * size.walks)
    with tempfile.TemporaryDirectory(prefix="sgapp-bench-") as place, contextlib.ExitStack() as stack:
        houses = []
        for events, address in zip(sizes, addresses, strict=True):
            folder = Path(place) / str(events)
            house = House(Settings(data=folder / "data", keys=folder / "keys", database_url=address, master_key=""))
            stack.callback(house.engine.dispose)
            crowd(house, events // _EVENTS_EACH, lambda n: plan.progress.advance(task, n), events=_EVENTS_EACH)
            houses.append(house)
        rounds = []
        for n in range(size.rounds + 1):
            rounds += [_round(houses[-1], product_first=bool(n % 2))]
            plan.progress.advance(measuring)
        yield _ratio(setting, sizes[-1], rounds[1:])
        for what, words in (("chain", "the chain alone"), ("verify", "chain and records")):
            took: tuple[list[Taken], list[Taken]] = ([], [])
            for _ in range(size.walks):
                for house, taken in zip(houses, took, strict=True):
                    taken.append(alone(what, house.settings))
                    plan.progress.advance(measuring)
            yield from _memory(setting, words, sizes, took)


@dataclass(frozen=True, slots=True)
class _Round:
    """Seconds of either side, and what either went through."""

    ours: float
    bare: float
    events: int
    rows: int
    size: int


def _round(house: House, *, product_first: bool) -> _Round:
    if product_first:
        ours, events = _verified(house)
        bare, rows, size = _read(house)
    else:
        bare, rows, size = _read(house)
        ours, events = _verified(house)
    return _Round(ours, bare, events, rows, size)


def _verified(house: House) -> tuple[float, int]:
    began = time.perf_counter()
    with house.reading(SYSTEM, now()) as uow:
        found = house.audit.verify(uow.session)
    return time.perf_counter() - began, found.events if found.sound else 0


def _read(house: House) -> tuple[float, int, int]:
    """The rows as the driver gives them, each hashed: seconds, how many, and their bytes."""
    rows = size = 0
    began = time.perf_counter()
    connection = house.engine.raw_connection()
    try:
        cursor: Any = connection.cursor()
        cursor.execute(_BARE)
        for row in cursor:
            text = "\0".join(map(str, row)).encode()
            hashlib.sha256(text).digest()
            rows += 1
            size += len(text)
    finally:
        connection.close()
    return time.perf_counter() - began, rows, size


def _ratio(setting: str, events: int, rounds: list[_Round]) -> Result:
    def speed(seconds: list[float]) -> Speed:
        return Speed(round(events / statistics.median(seconds), 1), round(statistics.median(seconds) * 1000, 2),
                     round(within_95(seconds) * 1000, 2))

    return Result("chain", setting, "events", round(statistics.median(r.bare / r.ours for r in rounds), 3), GOAL,
                  speed([r.ours for r in rounds]), speed([r.bare for r in rounds]),
                  "the same rows read by the driver and put through SHA-256", len(rounds), 1, rounds[0].size // events,
                  (Check("events that hold", events, rounds[-1].events), Check("rows read bare", events, rounds[-1].rows)))


def _memory(setting: str, words: str, sizes: tuple[int, int], took: tuple[list[Taken], list[Taken]]) -> Iterator[Cost]:
    few, many = took
    baseline_is = f"the same of {sizes[0]:,} events"
    checks = tuple(Check(f"events that hold of {of:,}", of, taken[-1].found) for of, taken in zip(sizes, took, strict=True))
    yield compared("chain", f"{setting}, {sizes[1]:,} events: peak memory, {words}", FLAT, [t.peak_mib for t in many],
                   [t.peak_mib for t in few], baseline_is, checks, unit="MiB")
    yield compared("chain", f"{setting}, {sizes[1]:,} events: time, {words}", None, [t.seconds * 1000 for t in many],
                   [t.seconds * 1000 for t in few], baseline_is, checks)


BENCH = Bench("chain", "whether the whole chain holds, against reading and hashing its rows bare", run)
