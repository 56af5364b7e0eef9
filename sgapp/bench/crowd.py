"""Many adults, written far quicker than anybody could add them, in the rows that the product would have: the adult under her
own key, and a chain that holds, with so many events for each of them.
"""

import uuid
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter

from sgapp.bench.filling import settled, table_of
from sgapp.domain.audit import AuditEvent
from sgapp.domain.person import Person
from sgapp.services.house import SYSTEM, House, now
from sgapp.store.audit_log import GENESIS, Head
from sgapp.store.secrets import encrypt
from sgapp.store.tables import AuditEventRow, AuditHeadRow, DataKeyRow, PersonRow
from sgapp.store.unit_of_work import UnitOfWork

_BATCH = 5_000
_TABLES = (DataKeyRow, PersonRow, AuditHeadRow, AuditEventRow)
_PERSON: TypeAdapter[Person] = TypeAdapter(Person)
_FIRST = ("Ada", "Bryn", "Cora", "Dennis", "Edith", "Frank", "Gwen", "Hari", "Ines", "Jun", "Kofi", "Lena", "Maud", "Noor",
          "Ola", "Percy", "Rosa", "Stan", "Thea", "Winnie")
_LAST = ("Abbot", "Birch", "Calder", "Dunn", "Ellery", "Ferris", "Gale", "Hart", "Ives", "Judd", "Keel", "Linden", "Marlow",
         "Nash", "Orr", "Pell", "Quill", "Rowan", "Shaw", "Tate", "Usher", "Vane", "Weir", "Yusuf", "Zeller")


def name_of(number: int) -> str:
    """One of 500 names in turn, with a third word that only some two in a thousand share."""
    return f"{_FIRST[number % len(_FIRST)]} {_LAST[number // len(_FIRST) % len(_LAST)]} {number:06x}"


def crowd(house: House, people: int, told: Callable[[int], None], *, events: int = 1) -> None:
    """Fill an empty house with so many adults, each changed so many times; none: without a chain.

    `told` hears after each batch how many it was.
    """
    house.prepare()
    at = now() - timedelta(days=30)
    for first in range(0, people, _BATCH):
        batch = range(first, min(first + _BATCH, people))
        with house.begin(SYSTEM, at) as uow:
            made = [_made(house, uow, number, events, at) for number in batch]
            connection = uow.session.connection()
            for place, table in enumerate(_TABLES):
                if found := [row for rows in made for row in rows[place]]:
                    connection.execute(table_of(table).insert(), found)
        told(len(batch))
    settled(house)


def _made(house: House, uow: UnitOfWork, number: int, events: int, at: datetime) -> tuple[list[dict[str, Any]], ...]:
    """One adult: the rows of each table."""
    person = Person(str(uuid.uuid4()), f"P-{number:06}", name_of(number), "Own home")
    row, key = house.ring.made(uow.session, "person", parent_id=None, now=at)
    plain = _PERSON.dump_json(person)
    mac = house.ring.record_mac("person", person.id, plain)
    kept = PersonRow(id=person.id, key_id=row["id"], sealed=encrypt(key, plain, place=f"person/{person.id}"), mac=mac,
                     version=max(events, 1))
    head = Head(f"person:{person.id}", 0, GENESIS, "")
    event = AuditEvent("person-changed", "person", person.id)
    written = [house.audit.following(head, SYSTEM, event, [("person", person.id, version, mac)], at)
               for version in range(1, events + 1)]
    heads = [asdict(head)] if events else []
    return [row], [kept.model_dump()], heads, written
