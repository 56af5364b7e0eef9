"""Many adults made ready before the transaction that writes them begins: others wait for the writing alone.

What is ready rests on the adults and on the master key as they were looked at. Writing it checks that both still are.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, update
from sqlmodel import col, select

from sgapp.domain.errors import Stale
from sgapp.domain.person import Person
from sgapp.store.audit_log import RecordDigest
from sgapp.store.engine import insert_rows
from sgapp.store.kinds import KINDS
from sgapp.store.secrets import encrypt
from sgapp.store.tables import DataKeyRow, PersonRow
from sgapp.store.unit_of_work import UnitOfWork

_KIND = KINDS[Person]
#: So many are sealed before it is said how far it is.
_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Prepared:
    """Adults as they will lie in their table. `as_of`: how often adults had changed; `mark`: of the master key around keys."""

    as_of: int
    mark: str = ""
    keys: list[dict[str, Any]] = field(default_factory=list)
    new: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    digests: list[RecordDigest] = field(default_factory=list)


def prepare(uow: UnitOfWork, people: Sequence[Person], progress: Callable[[int, int], None]) -> Prepared:
    """Seal adults, known ones as new, in any transaction. Nothing is stored. Those that are known were opened in it before."""
    fresh = [person.id for person in people if ("person", person.id) not in uow.loaded]
    mark, made = uow.ring.made_roots(uow.session, "person", len(fresh), now=uow.now)
    ready = Prepared(uow.changes_of_people(), mark, [row.model_dump() for row, _key in made])
    keys = {person_id: (row.id, key) for person_id, (row, key) in zip(fresh, made, strict=True)}
    known: dict[str, str] = {}
    if len(fresh) < len(people):
        known.update((person_id, key_id) for person_id, key_id in uow.session.exec(select(PersonRow.id, PersonRow.key_id)))
    for number, person in enumerate(people, 1):
        key_id, key = keys.get(person.id) or (known[person.id], uow.ring.open(uow.session, known[person.id]))
        canonical = _KIND.adapter.dump_json(person)
        before = uow.loaded.get(("person", person.id), 0)
        row = {"sealed": encrypt(key, canonical, place=_KIND.place(person.id)), "version": before + 1,
               "mac": uow.ring.record_mac(_KIND.name, person.id, canonical), **_KIND.clear(person)}
        if before:
            ready.changed.append({"of": person.id, "before": before, **row})
        else:
            ready.new.append({"id": person.id, "key_id": key_id, **row})
        ready.digests.append((_KIND.name, person.id, before + 1, row["mac"]))
        if number % _AT_A_TIME == 0 or number == len(people):
            progress(number, len(people))
    return ready


def write(uow: UnitOfWork, ready: Prepared) -> None:
    """Store them, in as few statements as there are kinds of rows. The caller says why, with their digests.

    Raises Stale where adults, or the master key that counts, have changed since they were made ready.
    """
    uow.people_change(since=ready.as_of)
    if ready.keys and uow.ring.counting_mark(uow.session) != ready.mark:
        raise Stale("the master key was replaced")
    insert_rows(uow.session, DataKeyRow, ready.keys)
    insert_rows(uow.session, PersonRow, ready.new)
    if ready.changed:
        named = {name: bindparam(name) for name in ready.changed[0] if name not in ("of", "before")}
        uow.session.connection().execute(update(PersonRow).where(
            col(PersonRow.id) == bindparam("of"), col(PersonRow.version) == bindparam("before")).values(named), ready.changed)
