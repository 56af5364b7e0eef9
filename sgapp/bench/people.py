"""`people`: looking for a name among few adults and among many. It may take longer among many, but not by as much.

In one process: the lead's list as its page asks for it, and the search alone. Every question is put to the few and to the
many in turn. Beside them: the first search after an adult was added; and the first one of a process, with the memory it needs,
each in a process of its own.
"""

import contextlib
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sgapp.bench.alone import Taken, alone
from sgapp.bench.crowd import crowd, name_of
from sgapp.bench.databases import each_database
from sgapp.bench.results import Bench, Check, Cost, Plan, compared, within_95
from sgapp.domain.audit import AuditEvent
from sgapp.domain.permissions import Actor, Role
from sgapp.domain.person import Person
from sgapp.memory import settle
from sgapp.services.house import SYSTEM, House, now
from sgapp.services.views.queue import PAGE, queue
from sgapp.settings import Settings
from sgapp.store import accounts
from sgapp.store.accounts import Account
from sgapp.store.search import people_like

GOAL = 5.0


@dataclass(frozen=True, slots=True)
class _Size:
    few: int
    many: int
    rounds: int
    tries: int
    starts: int


_WHOLE, _QUICK = _Size(1_000, 100_000, 7, 30, 3), _Size(600, 1_200, 1, 2, 1)


@dataclass(frozen=True, slots=True)
class _Full:
    """A house with so many adults, its lead, and how long each thing took, by what was asked, round by round."""

    house: House
    lead: Actor
    people: int
    took: dict[str, list[float]] = field(default_factory=dict)

    def found(self, text: str) -> int:
        with self.house.reading(self.lead, now()) as uow:
            return len(people_like(uow, text))


def _one(number: int) -> str:
    """The words of a name that only one adult bears."""
    return " ".join(name_of(number).split()[1:])


def _common(number: int) -> str:
    """A first name and the beginning of a last one: one in five hundred bears it."""
    first, last, _ = name_of(number).split()
    return f"{first} {last[:3]}"


#: What is asked, with the text that is looked for.
_ASKED: dict[str, tuple[Callable[[_Full, str], object], Callable[[int], str]]] = {
    "one adult, on the lead's list": (lambda full, text: queue(full.house, full.lead, now(), PAGE, "", text), _one),
    "a common name, on the lead's list": (lambda full, text: queue(full.house, full.lead, now(), PAGE, "", text), _common),
    "one adult, the search alone": (_Full.found, _one),
    "a common name, the search alone": (_Full.found, _common),
}


def run(plan: Plan) -> tuple[Cost, ...]:
    """Measure on SQLite, and on PostgreSQL where SGAPP_DATABASE_URL names one on this machine."""
    return tuple(cost for setting, found in each_database(plan, of_each=2) for cost in _on(plan, setting, *found))


def _on(plan: Plan, setting: str, *addresses: str) -> Iterator[Cost]:
    size = _QUICK if plan.quick else _WHOLE
    filling = plan.progress.add_task(f"people on {setting}: writing adults", total=size.few + size.many)
    measuring = plan.progress.add_task(f"people on {setting}: measuring", total=size.rounds + 1 + size.starts)
    with tempfile.TemporaryDirectory(prefix="sgapp-bench-") as place, contextlib.ExitStack() as stack:
        both = [_filled(Path(place) / str(people), address, people, lambda n: plan.progress.advance(filling, n))
                for people, address in zip((size.few, size.many), addresses, strict=True)]
        for full in both:
            stack.callback(full.house.engine.dispose)
        starts: tuple[list[Taken], list[Taken]] = ([], [])
        for _ in range(size.starts):
            for full, taken in zip(both, starts, strict=True):
                taken.append(alone("names", full.house.settings, SGAPP_BENCH_NAME=name_of(full.people - 1)))
            plan.progress.advance(measuring)
        settle()  # as a server does once it has started
        for n in range(size.rounds + 1):
            _round(both, size.tries, n)
            plan.progress.advance(measuring)
        few, many = both
        yield from _costs(setting, few, many, starts)


def _filled(folder: Path, address: str, people: int, told: Callable[[int], None]) -> _Full:
    house = House(Settings(data=folder / "data", keys=folder / "keys", database_url=address, master_key=""))
    crowd(house, people, told, events=0)
    lead = Account(str(uuid.uuid4()), "lead", Role.LEAD, "Lou Birch", "", "main", False)
    with house.begin(SYSTEM, now()) as uow:
        accounts.add(uow, lead)
    return _Full(house, lead.as_actor(), people)


def _round(both: list[_Full], tries: int, number: int) -> None:
    """Ask both as often, each try with another name; the first round only warms them."""
    for asked, (ask, text) in _ASKED.items():
        took: list[list[float]] = [[] for _ in both]
        for n in range(tries):
            for full, times in list(zip(both, took, strict=True))[::1 if n % 2 else -1]:
                times.append(_timed(partial(ask, full, text((number * tries + n) * 7919 % full.people))))
        for full, times in zip(both, took, strict=True):
            _keep(full, number, asked, within_95(times))
    for full in both[::1 if number % 2 else -1]:
        person = Person(str(uuid.uuid4()), f"N-{number:06}", f"Newly Come {number:06x}", "Own home")
        with full.house.begin(SYSTEM, now()) as uow:
            uow.save(person, because=AuditEvent("person-added", "person", person.id))
        _keep(full, number, "after an adult was added", _timed(partial(full.found, person.name)))


def _keep(full: _Full, number: int, asked: str, took: float) -> None:
    if number:
        full.took.setdefault(asked, []).append(took)


def _timed(ask: Callable[[], object]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    ask()
    return (time.perf_counter() - began) * 1000


def _costs(setting: str, few: _Full, many: _Full, starts: tuple[list[Taken], list[Taken]]) -> Iterator[Cost]:
    baseline_is = f"the same among {few.people:,} adults"
    checks = tuple(Check(f"adults found by a name that one of {full.people:,} bears", 1, full.found(name_of(full.people - 1)))
                   for full in (few, many))
    of = f"{setting}, {many.people:,} adults"
    for asked in _ASKED:
        yield compared("people", f"{of}: {asked}, 95 % within", GOAL, many.took[asked], few.took[asked], baseline_is, checks)
    added = "after an adult was added"
    found = tuple(Check("adults found that were just added", len(full.took[added]), full.found("newly come") - 1)
                  for full in (few, many))
    yield compared("people", f"{of}: the first search {added}", None, many.took[added], few.took[added], baseline_is, found)
    first, second = starts
    there = tuple(Check("adults found at once", len(taken), sum(t.found for t in taken)) for taken in starts)
    yield compared("people", f"{of}: the first search of a process", None, [t.seconds * 1000 for t in second],
                   [t.seconds * 1000 for t in first], baseline_is, there)
    yield compared("people", f"{of}: the memory that it takes", None, [t.more_mib for t in second],
                   [t.more_mib for t in first], baseline_is, there, unit="MiB")


BENCH = Bench("people", "looking for a name among few adults and among many", run)
