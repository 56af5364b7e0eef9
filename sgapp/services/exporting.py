"""Adults, colleagues and who visits whom as a table, in the form in which it can be taken in again."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import true
from sqlmodel import select

from sgapp.domain.audit import AuditEvent
from sgapp.domain.time import to_london
from sgapp.integrations.tables import write_table
from sgapp.services.guard import public
from sgapp.services.house import SYSTEM, House
from sgapp.services.importing import KINDS, adults_of
from sgapp.services.safety_plans import arrangements
from sgapp.store import accounts
from sgapp.store.tables import AccountRow, AllocationRow, CareVisitRow, PersonRow
from sgapp.store.unit_of_work import UnitOfWork


@public("run from the command line, by whoever looks after the machine; that it was done stands on the chain")
def export_table(house: House, kind: str, to: Path, *, now: datetime) -> int:
    """The same as a table, in the form in which it can be taken in again. Returns how many rows. Raises OSError."""
    with house.reading(SYSTEM, now) as uow:
        written = write_table(to, columns_of(kind), rows_of(uow, kind))
    with house.begin(SYSTEM, now) as uow:
        uow.note_event(AuditEvent("exported", kind, "", "system", count=written))
    return written


def columns_of(kind: str) -> list[str]:
    """The names of the columns of a table that goes out."""
    return [column.name for column in KINDS[kind]]


def rows_of(uow: UnitOfWork, kind: str) -> Iterator[tuple[str, ...]]:
    """The rows of a table that goes out: what the actor may know; from the command line, all."""
    return {"people": _people_out, "staff": _staff_out, "visits": _visits_out}[kind](uow)


def _people_out(uow: UnitOfWork) -> Iterator[tuple[str, ...]]:
    theirs = true() if uow.actor is SYSTEM else uow.may_see(PersonRow)
    for row in uow.session.exec(select(PersonRow).where(theirs)).yield_per(200):
        person = uow.people.opened(row)
        ended = person.retention.care_ended
        yield (person.reference, person.name, person.born.isoformat() if person.born else "", person.address, person.lives,
               "; ".join(person.needs), "; ".join(person.health), person.branch, ended.isoformat() if ended else "")


def _staff_out(uow: UnitOfWork) -> Iterator[tuple[str, ...]]:
    for account in accounts.everyone(uow):
        if not account.disabled:
            yield account.username, account.name, str(account.role), account.branch or ""


def _visits_out(uow: UnitOfWork) -> Iterator[tuple[str, ...]]:
    known, theirs = adults_of(uow)
    people = {p.id: p.reference for p in known.values() if p.id in theirs}
    names = {row.id: row.username for row in uow.session.exec(select(AccountRow))}
    arranged = arrangements(uow)
    for row in uow.session.exec(select(AllocationRow)):
        if row.person_id in people:
            yield people[row.person_id], names[row.account_id], "", arranged.get(row.person_id, "")
    today = to_london(uow.now).date().isoformat()
    for row in uow.session.exec(select(CareVisitRow).where(CareVisitRow.day >= today)):
        if row.person_id in people:
            yield people[row.person_id], names[row.account_id], row.day, arranged.get(row.person_id, "")
