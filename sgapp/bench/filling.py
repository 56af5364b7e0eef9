"""A house full of notes, written far quicker than anybody could deliver them, in the rows that the product would have.

Every note has its row, and a key of its own under the key of its person. One that is open also has its clock, and opens as any
note does. One that is closed is never opened here: it has the sealed bytes of another closed note of the same person, so that
its rows take as much room as in life. The audit chain is left out, which nothing that is measured here reads.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Table, text
from sqlmodel import SQLModel

from sgapp.domain.audit import AuditEvent
from sgapp.domain.observation import NoteContent, NoteState, Observation, Priority, PriorityChange
from sgapp.domain.permissions import Actor, Role
from sgapp.domain.person import Person
from sgapp.domain.reference import note_reference
from sgapp.services.house import SYSTEM, House, now
from sgapp.services.passwords import hashed
from sgapp.store import accounts
from sgapp.store.accounts import Account
from sgapp.store.secrets import encrypt
from sgapp.store.tables import ClockRow, DataKeyRow, ObservationRow, PersonRow
from sgapp.store.unit_of_work import UnitOfWork

#: One in so many notes is open.
OPEN_IN = 10
_PEOPLE, _BATCH = 200, 20_000
#: What SQLite may hold in memory while it is filled, in KiB. As it comes it has 2 MiB and would go to the disk for most rows.
_SQLITE_CACHE_KIB = 400_000
_SEEN = "The cupboard was empty and the card was gone. " * 4
_TABLES = (DataKeyRow, ObservationRow, ClockRow)
_NOTE: TypeAdapter[Observation] = TypeAdapter(Observation)
_Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Made:
    """A note sealed in full: its row, and that of its key."""

    note: _Row
    key: _Row


@dataclass(frozen=True, slots=True)
class _Filling:
    """What is being filled: how many notes in all, from when they count back, whose they are, and one closed note of each."""

    house: House
    notes: int
    at: datetime
    lead: Account
    people: tuple[Person, ...]
    keys: dict[str, str]
    closed: dict[str, _Made] = field(default_factory=dict)
    references: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Filled:
    """The lead of the house, and the reference of its first open note."""

    lead: Actor
    reference: str


def fill(house: House, notes: int, told: Callable[[int], None]) -> Filled:
    """Fill an empty house with so many notes. `told` hears after each batch how many it was."""
    house.prepare()
    at = now()
    with house.begin(SYSTEM, at) as uow:
        filling = _begun(house, uow, notes, at)
    with house.engine.begin() as connection:
        for table in map(table_of, _TABLES):
            for index in table.indexes:
                index.drop(connection)
    for first in range(0, notes, _BATCH):
        batch = range(first, min(first + _BATCH, notes))
        with house.begin(SYSTEM, at) as uow:
            _write(uow, filling, batch)
        told(len(batch))
    with house.engine.begin() as connection:
        _roomy(connection)
        for table in map(table_of, _TABLES):
            for index in table.indexes:
                index.create(connection)
    settled(house)
    return Filled(filling.lead.as_actor(), filling.references[0])


def _begun(house: House, uow: UnitOfWork, notes: int, at: datetime) -> _Filling:
    lead = Account(str(uuid.uuid4()), "lead", Role.LEAD, "Lead", hashed("copper-lantern-orchard"), "main", False)
    accounts.add(uow, lead)
    people = tuple(Person(str(uuid.uuid4()), f"P-{n}", f"Person {n}", "Own home") for n in range(_PEOPLE))
    for person in people:
        uow.save(person, because=AuditEvent("person-added", "person", person.id))
    keys = {person.id: uow.session.get_one(PersonRow, person.id).key_id for person in people}
    return _Filling(house, notes, at, lead, people, keys)


def _write(uow: UnitOfWork, filling: _Filling, batch: Iterable[int]) -> None:
    """These notes, by their number, in the order of time as they would have come."""
    keys, notes, clocks = [], [], []
    for n in batch:
        person_id = filling.people[n // OPEN_IN % _PEOPLE].id
        if n % OPEN_IN == 0:
            made = _made(uow, filling, person_id, NoteState.DELIVERED, filling.at - timedelta(days=6))
            clocks.append(_clock(filling, made.note, n))
            filling.references.append(made.note["reference"])
        else:
            made = _another(filling.closed.get(person_id) or _first_closed(uow, filling, person_id),
                            filling.at - timedelta(days=1010 - 1000 * n / filling.notes))
        keys.append(made.key)
        notes.append(made.note)
    connection = uow.session.connection()
    _roomy(connection)
    for table, rows in zip(_TABLES, (keys, notes, clocks), strict=True):
        if rows:
            connection.execute(table_of(table).insert(), rows)


def _made(uow: UnitOfWork, filling: _Filling, person_id: str, state: NoteState, received: datetime) -> _Made:
    """A note sealed as the product seals it, under a key of its own."""
    note_id = str(uuid.uuid4())
    content = NoteContent(received, received, seen=_SEEN)
    note = Observation(note_id, note_reference(note_id), "author", "Author", received, content,
                       (PriorityChange(Priority.OTHER, "", received, ""),), state, person_id)
    ring = filling.house.ring
    row, key = ring.made(uow.session, "note", parent_id=filling.keys[person_id], now=received)
    plain = _NOTE.dump_json(note)
    return _Made({"id": note_id, "key_id": row["id"], "sealed": encrypt(key, plain, place=f"observation/{note_id}"),
                  "mac": ring.record_mac("observation", note_id, plain), "version": 1, "branch": "main", "restricted": False,
                  "reserved": False, "reference": note.reference, "author_id": "author", "person_id": person_id,
                  "state": str(state), "priority": "other", "received_at": received}, row)


def _first_closed(uow: UnitOfWork, filling: _Filling, person_id: str) -> _Made:
    filling.closed[person_id] = _made(uow, filling, person_id, NoteState.FINISHED, filling.at)
    return filling.closed[person_id]


def _another(made: _Made, received: datetime) -> _Made:
    """A closed note like this one, under ids of its own; its bytes are those of the other, and open nowhere."""
    note_id, key_id = str(uuid.uuid4()), str(uuid.uuid4())
    return _Made({**made.note, "id": note_id, "key_id": key_id, "reference": note_reference(note_id), "received_at": received},
                 {**made.key, "id": key_id, "created_at": received})


def _clock(filling: _Filling, note: _Row, n: int) -> _Row:
    """The lead is asked for it; the clocks are due evenly within five days before now and after."""
    due = filling.at + timedelta(days=10 * n / filling.notes - 5)
    return {"record_kind": "observation", "record_id": note["id"], "kind": "acknowledge", "started_at": note["received_at"],
            "due_at": due, "priority": "other", "restricted": False, "reserved": False, "branch": "main", "stage": 0,
            "holder_id": filling.lead.id, "book": 0}


def table_of(table: type[SQLModel]) -> Table:
    return SQLModel.metadata.tables[str(table.__tablename__)]


def _roomy(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA cache_size=-{_SQLITE_CACHE_KIB}")


def settled(house: House) -> None:
    """What PostgreSQL does by itself after a while, done now; and connections with the settings of the product."""
    house.engine.dispose()
    if house.engine.dialect.name == "postgresql":
        with house.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
