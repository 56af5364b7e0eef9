"""`queue`: the lead's list among few notes and among many. What is asked of it should not take longer because there is more.

In one process, through the services themselves: the time of the server without the line and without the drawing. Rounds among
few and among many take turns, so that whatever else the machine does hits both alike.
"""

import contextlib
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import TypeAdapter
from sqlalchemy import insert

from sgapp.bench.databases import fresh_database
from sgapp.bench.results import Bench, Check, Cost, Plan, Spread
from sgapp.domain.audit import AuditEvent
from sgapp.domain.observation import NoteContent, NoteState, Observation, Priority, PriorityChange
from sgapp.domain.permissions import Actor, Role
from sgapp.domain.person import Person
from sgapp.domain.reference import note_reference
from sgapp.services.house import SYSTEM, House, now
from sgapp.services.sessions import hashed
from sgapp.services.views.queue import PAGE, queue, queue_keys
from sgapp.settings import Settings
from sgapp.store import accounts
from sgapp.store.accounts import Account
from sgapp.store.secrets import encrypt
from sgapp.store.tables import ClockRow, ObservationRow

GOAL = 1.3
#: One in so many notes is open.
_OPEN_IN = 10
_PEOPLE = 200
_BATCH = 5_000
_NOTE: TypeAdapter[Observation] = TypeAdapter(Observation)


@dataclass(frozen=True, slots=True)
class _Size:
    sizes: tuple[int, ...]
    rounds: int
    tries: int


_WHOLE, _QUICK = _Size((10_000, 100_000, 1_000_000), 7, 20), _Size((200, 400), 1, 2)


@dataclass(frozen=True, slots=True)
class _Full:
    """A house with so many notes, its lead, and how long each thing took, by what was asked, round by round."""

    house: House
    lead: Actor
    notes: int
    took: dict[str, list[float]] = field(default_factory=dict)


def run(plan: Plan) -> tuple[Cost, ...]:
    """Measure on SQLite, and on PostgreSQL where SGAPP_DATABASE_URL names one on this machine."""
    results = list(_on(plan, "SQLite", ""))
    if plan.database_url:
        results += _on(plan, "PostgreSQL", plan.database_url)
    return tuple(results)


_ASKED: dict[str, Callable[[House, Actor, datetime], object]] = {
    "first page": lambda house, lead, at: queue(house, lead, at),
    "overdue only": lambda house, lead, at: queue(house, lead, at, PAGE, "overdue"),
    "third page": lambda house, lead, at: queue(house, lead, at, 3 * PAGE),
    "a name": lambda house, lead, at: queue(house, lead, at, PAGE, "", "person 7"),
    "what is new": lambda house, lead, at: queue_keys(house, lead, at, at),
}


def _on(plan: Plan, setting: str, address: str) -> Iterator[Cost]:
    size = _QUICK if plan.quick else _WHOLE
    task = plan.progress.add_task(f"queue on {setting}", total=sum(size.sizes) + 1)
    with tempfile.TemporaryDirectory(prefix="sgapp-bench-") as place, contextlib.ExitStack() as stack:
        houses = []
        for notes in size.sizes:
            plan.progress.update(task, description=f"queue on {setting}: writing {notes:,} notes")
            url = stack.enter_context(fresh_database(address)) if address else ""
            house = House(Settings(data=Path(place) / str(notes), keys=Path(place) / "keys", database_url=url, master_key=""))
            stack.callback(house.engine.dispose)
            houses.append(_filled(house, notes, lambda n: plan.progress.advance(task, n)))
        plan.progress.update(task, description=f"queue on {setting}: measuring")
        for n in range(size.rounds + 1):
            for full in houses if n % 2 else reversed(houses):
                _round(full, size.tries, kept=n > 0)
        plan.progress.advance(task, 1)
        few, *many = houses
        rows = [len(queue(h.house, h.lead, now()).rows) for h in houses]
        for full, shown in zip(many, rows[1:], strict=True):
            for asked in _ASKED:
                ours, base = full.took[asked], few.took[asked]
                yield Cost("queue", f"{setting}, {full.notes:,} notes: {asked}, 95 % within", "ms",
                           round(statistics.median(o / b for o, b in zip(ours, base, strict=True)), 2), GOAL, _spread(ours),
                           _spread(base), f"the same among {few.notes:,} notes", size.rounds,
                           (Check("rows on the first page", min(PAGE, full.notes // _OPEN_IN), shown),))


def _spread(values: list[float]) -> Spread:
    return Spread(round(statistics.median(values), 1), round(min(values), 1), round(max(values), 1))


def _round(full: _Full, tries: int, *, kept: bool) -> None:
    for asked, ask in _ASKED.items():
        took = []
        for _ in range(tries):
            began = time.perf_counter()
            ask(full.house, full.lead, now())
            took.append((time.perf_counter() - began) * 1000)
        if kept:
            full.took.setdefault(asked, []).append(sorted(took)[int(len(took) * 0.95)])


def _filled(house: House, notes: int, told: Callable[[int], None]) -> _Full:
    """Invented notes, sealed as the product seals them, but all under one key: that is how a note is read in any case."""
    house.prepare()
    at = now()
    lead = Account(str(uuid.uuid4()), "lead", Role.LEAD, "Lead", hashed("copper-lantern-orchard"), "main", False)
    with house.begin(SYSTEM, at) as uow:
        accounts.add(uow, lead)
        people = [Person(str(uuid.uuid4()), f"P-{n}", f"Person {n}", "Own home", (), ()) for n in range(_PEOPLE)]
        for person in people:
            uow.save(person, because=AuditEvent("person-added", "person", person.id))
        key_id = house.ring.create(uow.session, "note", parent_id=house.ring.organisation_key(uow.session, at), now=at)
        key = house.ring.open(uow.session, key_id)
    content = NoteContent(at, at, seen="The cupboard was empty and the card was gone. " * 4)
    for first in range(0, notes, _BATCH):
        batch = range(first, min(first + _BATCH, notes))
        made = [_note(house, key_id, key, content, people[n % _PEOPLE].id, at, n, notes) for n in batch]
        with house.begin(SYSTEM, at) as uow:
            uow.session.execute(insert(ObservationRow), [note for note, _ in made])
            uow.session.execute(insert(ClockRow), [clock for _, clock in made if clock])
        told(len(batch))
    return _Full(house, lead.as_actor(), notes)


def _note(house: House, key_id: str, key: bytes, content: NoteContent, person_id: str, at: datetime, n: int,
          of: int) -> tuple[dict[str, object], dict[str, object] | None]:
    """The n-th of so many notes as its rows: closed ones over three years, open ones due within five days before and after."""
    note_id = str(uuid.uuid4())
    is_open = n % _OPEN_IN == 0
    received = at - timedelta(days=10 + 1000 * n / of) if not is_open else at - timedelta(days=6)
    state = NoteState.DELIVERED if is_open else NoteState.FINISHED
    note = Observation(note_id, note_reference(note_id), "author", "Author", received, content,
                       (PriorityChange(Priority.OTHER, "", received, ""),), state, person_id)
    plain = _NOTE.dump_json(note)
    row: dict[str, object] = {
        "id": note_id, "key_id": key_id, "sealed": encrypt(key, plain, place=f"observation/{note_id}"),
        "mac": house.ring.record_mac("observation", note_id, plain), "version": 1, "branch": "main", "restricted": False,
        "reference": note.reference, "author_id": "author", "person_id": person_id, "state": str(state), "priority": "other",
        "received_at": received}
    if not is_open:
        return row, None
    due = at + timedelta(days=10 * n / of - 5)
    return row, {"record_kind": "observation", "record_id": note_id, "kind": "acknowledge", "started_at": received,
                 "due_at": due, "priority": "other", "restricted": False, "branch": "main", "stage": 0, "holder_id": "",
                 "book": 0}


BENCH = Bench("queue", "the lead's list among few notes and among many", run)
