"""Adults, colleagues and who visits whom, from a table: all of it or nothing, and the same again changes nothing.

Each row that cannot be taken is named with its reason. Absent rows are left as they are. What takes long, reading, checking and
sealing, is made ready before the transaction begins that writes; see `House.in_two_steps`.
"""

import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import true
from sqlmodel import select

from sgapp.domain.audit import AuditEvent
from sgapp.domain.errors import FieldError, Invalid, SgappError, Stale
from sgapp.domain.permissions import Role, needs_second_factor
from sgapp.domain.person import Person
from sgapp.domain.retention import Retention
from sgapp.domain.time import to_london
from sgapp.integrations.tables import Row, Table
from sgapp.services import staff
from sgapp.services.guard import public
from sgapp.services.house import SYSTEM, House
from sgapp.store import accounts
from sgapp.store.accounts import Account
from sgapp.store.engine import insert_rows
from sgapp.store.prepared import Prepared, prepare, write
from sgapp.store.tables import AccountChangeRow, PersonRow
from sgapp.store.unit_of_work import UnitOfWork

#: Records that one event vouches for.
_AT_ONCE = 500
#: How long a code lasts that comes out of an import: whoever starts with two hundred colleagues sees them within the week.
CODES_LAST = timedelta(days=7)
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Column:
    """One thing that a table may tell. `called`: other names by which a column is known for it."""

    name: str
    called: tuple[str, ...] = ()
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that cannot be taken, and what to do about it."""

    line: int
    why: str


class CannotImport(SgappError):
    """The table lacks something, or rows cannot be taken. Nothing was changed."""

    def __init__(self, why: str, refused: Sequence[Refused] = ()) -> None:
        super().__init__(why)
        self.refused = tuple(refused)


@dataclass(slots=True)
class Imported:
    """How many rows were new, changed something, or were known already. `codes`: user name, name and code of new accounts."""

    new: int = 0
    changed: int = 0
    same: int = 0
    mapping: dict[str, str] = field(default_factory=dict)
    codes: list[tuple[str, str, str]] = field(default_factory=list)


PEOPLE = (Column("reference", ("ref", "id", "client id", "client reference", "person id"), needed=True),
          Column("name", ("full name", "client", "client name"), needed=True),
          Column("date of birth", ("dob", "born", "birth date", "birthday")),
          Column("address", ("home address", "full address")),
          Column("lives", ("home", "living situation", "setting")), Column("needs", ("care needs",)),
          Column("health", ("health conditions", "conditions")), Column("branch"),
          Column("care ended", ("end of care", "ended", "ended on")))
STAFF = (Column("username", ("user name", "login"), needed=True), Column("name", ("full name",), needed=True),
         Column("role", ("job",), needed=True), Column("branch"))
VISITS = (Column("person", ("reference", "client", "client id", "person reference"), needed=True),
          Column("worker", ("username", "user name", "carer"), needed=True),
          Column("day", ("date", "visit date", "on")), Column("arrangement"))
KINDS: Mapping[str, tuple[Column, ...]] = {"people": PEOPLE, "staff": STAFF, "visits": VISITS}


def matched(columns: Sequence[Column], table: Table, chosen: Mapping[str, str]) -> dict[str, str]:
    """Which column of the table tells what: as chosen, else by its name. Chosen as "": none does, whatever its name.

    Raises CannotImport for a choice that there is not.
    """
    known = {_plain(name): name for name in table.columns if name}
    names = {column.name for column in columns}
    for told, name in chosen.items():
        if told not in names:
            raise CannotImport(f"“{told}” is nothing that can be told here. There is: {', '.join(c.name for c in columns)}.")
        if name and name not in table.columns:
            raise CannotImport(f"The table has no column “{name}”. It has: {', '.join(table.columns)[:300]}.")
    found = {}
    for column in columns:
        by_name = (known[_plain(name)] for name in (column.name, *column.called) if _plain(name) in known)
        if name := chosen.get(column.name, next(by_name, "")):
            found[column.name] = name
    return found


def mapped(columns: Sequence[Column], table: Table, chosen: Mapping[str, str]) -> dict[str, str]:
    """The same. Raises CannotImport for one that is needed and missing, too."""
    found = matched(columns, table, chosen)
    for column in columns:
        if column.needed and column.name not in found:
            raise CannotImport(f"No column tells the {column.name}. Say which: --column \"{column.name}=NAME OF THE COLUMN\". "
                               f"The table has: {', '.join(table.columns)[:300]}.")
    return found


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name.casefold()).strip()


@public("run from the command line, by whoever looks after the machine; it takes in, and gives nothing of anybody back")
def import_table(house: House, kind: str, table: Table, *, now: datetime, columns: Mapping[str, str] | None = None,
                 preview: bool = False, progress: Progress = lambda _done, _of: None) -> Imported:
    """Take all rows in, or none. With `preview` everything is tried and nothing kept. Raises CannotImport."""
    def ready(look: UnitOfWork) -> Ready:
        return made_ready(look, kind, table, columns or {}, progress, sealed=not preview)

    if preview:
        with house.reading(SYSTEM, now) as look:
            return none_refused(ready(look)).done
    done = house.in_two_steps(SYSTEM, now, ready, take_in)
    house.changed()
    return done


@dataclass(slots=True)
class Ready:
    """What the rows of a table would do, and those that cannot be taken; and, sealed where that takes long, what to write."""

    done: Imported
    rows: int
    as_of: int
    of_accounts: frozenset[tuple[object, ...]]
    refused: list[Refused] = field(default_factory=list)
    adults: Prepared | None = None
    joining: list[Account] = field(default_factory=list)
    described: list[Account] = field(default_factory=list)
    new_accounts: list[dict[str, Any]] = field(default_factory=list)
    their_codes: list[dict[str, Any]] = field(default_factory=list)
    visits: list[accounts.Visit] = field(default_factory=list)


def made_ready(uow: UnitOfWork, kind: str, table: Table, columns: Mapping[str, str], progress: Progress, *,
               sealed: bool = True) -> Ready:
    """Look at every row, and write nothing. `sealed`: it is written afterwards. Raises CannotImport for a missing column."""
    mapping = mapped(KINDS[kind], table, columns)
    rows = [Row(row.line, {told: row.cells[name] for told, name in mapping.items()}) for row in table.rows]
    ready = Ready(Imported(mapping=mapping), len(rows), uow.changes_of_people(), accounts.as_they_stand(uow))
    taking = _Taking(uow, rows, progress, ready)
    with uow.ring.for_a_while():
        changed = {"people": _people, "staff": _staff, "visits": _visits}[kind](taking)
        if sealed and not ready.refused:
            ready.adults = prepare(uow, changed, progress)
            _with_codes(uow, ready)
    return ready


def none_refused(ready: Ready) -> Ready:
    """The same. Raises CannotImport where a row cannot be taken."""
    if ready.refused:
        said = f"{len(ready.refused)} of {ready.rows} rows cannot be taken as they are. Nothing was changed."
        raise CannotImport(said, ready.refused)
    return ready


def take_in(uow: UnitOfWork, ready: Ready) -> Imported:
    """Write every row, or none. Raises CannotImport; Stale where what it rests on has changed since it was made ready."""
    none_refused(ready)
    if ready.adults is not None and ready.adults.digests:
        write(uow, ready.adults)
        for at in range(0, len(ready.adults.digests), _AT_ONCE):
            some = ready.adults.digests[at:at + _AT_ONCE]
            uow.note_event(AuditEvent("people-imported", "person", "", "system", count=len(some)), *some)
    if (ready.new_accounts or ready.described or ready.visits) and (
            accounts.as_they_stand(uow, held=True) != ready.of_accounts):
        raise Stale("accounts have changed")
    accounts.add_all(uow, ready.new_accounts)
    insert_rows(uow.session, AccountChangeRow, ready.their_codes)
    for account in ready.described:
        accounts.describe(uow, account)
    uow.note_events([*(AuditEvent("account-added", "account", row["id"], detail=row["role"]) for row in ready.new_accounts),
                     *(AuditEvent("account-described", "account", account.id) for account in ready.described)])
    if ready.visits:
        uow.people_change(since=ready.as_of)  # nobody is let go of before this is written
        accounts.put_down(uow, ready.visits)
        uow.note_event(AuditEvent("visits-imported", "allocation", "", "system", count=len(ready.visits)))
    return ready.done


@dataclass(slots=True)
class _Taking:
    """One table on its way in."""

    uow: UnitOfWork
    rows: Sequence[Row]
    progress: Progress
    ready: Ready

    def watched(self) -> Iterator[Row]:
        for number, row in enumerate(self.rows, 1):
            yield row
            self.progress(number, len(self.rows))

    def refuse(self, row: Row, error: Invalid) -> None:
        self.ready.refused.append(Refused(row.line, " ".join(e.message for e in error.errors)))


def adults_of(uow: UnitOfWork) -> tuple[dict[str, Person], frozenset[str]]:
    """All adults by reference, and the ids of those whom the actor may know; from the command line, of all."""
    theirs = true() if uow.actor is SYSTEM else uow.may_see(PersonRow)
    everybody = map(uow.people.opened, uow.session.exec(select(PersonRow)))
    return {p.reference.upper(): p for p in everybody}, frozenset(uow.session.exec(select(PersonRow.id).where(theirs)))


def _people(taking: _Taking) -> list[Person]:
    """The adults that are to be written."""
    uow, done = taking.uow, taking.ready.done
    known, theirs = adults_of(uow)
    seen: dict[str, int] = {}
    changed: list[Person] = []
    for row in taking.watched():
        reference = row.cells["reference"].strip()
        before = known.get(reference.upper())
        try:
            _once(seen, reference, row.line, "reference")
            if before is not None and before.id not in theirs:
                raise Invalid(FieldError("reference", f"“{reference[:60]}” is in use and not on your list. Ask whoever looks "
                                                      "after the machine."))
            person = _person(uow, row.cells, before)
        except Invalid as error:
            taking.refuse(row, error)
            continue
        if before is None:
            done.new += 1
        elif person == before:
            done.same += 1
            continue
        else:
            done.changed += 1
        changed.append(person)
    return changed


def _once(seen: dict[str, int], key: str, line: int, what: str) -> None:
    """Raise Invalid for a row that has no key, or one that stood there before."""
    if not key:
        raise Invalid(FieldError(what, f"There is no {what}."))
    if key.upper() in seen:
        raise Invalid(FieldError(what, f"“{key[:60]}” stands in line {seen[key.upper()]} already."))
    seen[key.upper()] = line


def _person(uow: UnitOfWork, cells: Mapping[str, str], before: Person | None) -> Person:
    """The adult as the row tells. What it does not tell, because it has no such column, stays as it was."""
    name = cells["name"].strip()
    if not name:
        raise Invalid(FieldError("name", "There is no name."))
    person = before or Person(str(uuid.uuid4()), cells["reference"].strip(), name, branch=uow.actor.branch or "main")
    branch = cells.get("branch") or person.branch
    if uow.actor.branch is not None and cells.get("branch") and branch != uow.actor.branch:
        raise Invalid(FieldError("branch", f"You take in adults of the branch “{uow.actor.branch}” alone."))
    lists = {what: _listed(cells[what]) for what in ("needs", "health") if what in cells}
    ended = _ended(uow, cells["care ended"], person.retention) if "care ended" in cells else person.retention
    born = day_in(cells["date of birth"], "date of birth") if "date of birth" in cells else person.born
    person = person.described(name, born, cells.get("address", person.address), cells.get("lives", person.lives),
                              today=to_london(uow.now).date())
    return replace(person, branch=branch, retention=ended, **lists)


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split(r"[;\n]", cell) if part.strip())


def _ended(uow: UnitOfWork, cell: str, retention: Retention) -> Retention:
    day = day_in(cell, "care ended")
    return replace(retention, care_ended=None) if day is None else retention.care_ended_on(day, today=to_london(uow.now).date())


def day_in(cell: str, what: str) -> date | None:
    """The day that a cell holds; None for an empty one. Raises Invalid."""
    if not cell.strip():
        return None
    for pattern, order in ((r"(\d{4})-(\d{1,2})-(\d{1,2})", (1, 2, 3)), (r"(\d{1,2})/(\d{1,2})/(\d{4})", (3, 2, 1))):
        if found := re.fullmatch(pattern, cell.strip()):
            try:
                return date(*(int(found.group(n)) for n in order))
            except ValueError:
                break
    raise Invalid(FieldError(what, f"“{cell[:40]}” is no day. Write 2026-11-23 or 23/11/2026."))


def _staff(taking: _Taking) -> list[Person]:
    uow, done = taking.uow, taking.ready.done
    known = {account.username: account for account in accounts.everyone(uow)}
    seen: dict[str, int] = {}
    for row in taking.watched():
        try:
            _once(seen, row.cells["username"], row.line, "username")
            account = _account(row.cells, known)
        except Invalid as error:
            taking.refuse(row, error)
            continue
        before = known.get(account.username)
        if before is None:
            done.new += 1
            taking.ready.joining.append(account)
        elif (before.name, before.branch) == (account.name, account.branch):
            done.same += 1
        else:
            done.changed += 1
            taking.ready.described.append(account)
    return []


def _with_codes(uow: UnitOfWork, ready: Ready) -> None:
    """New accounts as they are written, each with a code of its own; what a password would be is hashed once for all."""
    if not ready.joining:
        return
    no_password, demo = staff.no_password(), accounts.is_demo(uow.session)
    for joining in ready.joining:
        row, change, code = staff.with_code(uow, replace(joining, password_hash=no_password, demo=demo), lasts=CODES_LAST)
        ready.new_accounts.append(row.model_dump())
        ready.their_codes.append(change.model_dump())
        ready.done.codes.append((joining.username, joining.name, code))


def _account(cells: Mapping[str, str], known: Mapping[str, Account]) -> Account:
    username, name = staff.checked_username(cells["username"]), cells["name"].strip()
    before = known.get(username)
    role = _role(cells["role"])
    if not name:
        raise Invalid(FieldError("name", "There is no name."))
    if before is not None and before.role is not role:
        raise Invalid(FieldError("role", f"{username} has another role. Change it on the page Accounts."))
    if before is None and needs_second_factor(role):
        raise Invalid(FieldError("role", f"{username}: whoever reads cases or keeps accounts joins on the page Accounts, where "
                                         "a second person agrees."))
    branch = cells.get("branch") or (before.branch if before is not None else "main")
    if before is not None:
        return replace(before, name=name, branch=branch)
    return Account(str(uuid.uuid4()), username, role, name, "", branch, False)


def _role(cell: str) -> Role:
    wanted = _plain(cell)
    names = {_plain(str(role)): role for role in Role} | {
        "care worker": Role.WORKER, "carer": Role.WORKER, "senior care worker": Role.SENIOR, "human resources": Role.HR}
    if wanted not in names:
        raise Invalid(FieldError("role", f"“{cell[:40]}” is no role. There is: {', '.join(map(str, Role))}."))
    return names[wanted]


def _visits(taking: _Taking) -> list[Person]:
    uow, done = taking.uow, taking.ready.done
    known, theirs = adults_of(uow)
    workers = {account.username: account for account in accounts.everyone(uow)}
    known_visits = accounts.all_visits(uow)
    for row in taking.watched():
        person = known.get(row.cells["person"].strip().upper())
        worker = workers.get(row.cells["worker"].strip().lower())
        try:
            if person is None or person.id not in theirs:
                raise Invalid(FieldError("person", f"Nobody has the reference “{row.cells['person'][:60]}”."))
            if worker is None or worker.disabled:
                why = f"“{row.cells['worker'][:60]}” has no account, or one that is disabled."
                raise Invalid(FieldError("worker", why))
            day = day_in(row.cells.get("day", ""), "day")
        except Invalid as error:
            taking.refuse(row, error)
            continue
        visit = (person.id, worker.id, day.isoformat() if day is not None else "")
        done.new, done.same = done.new + (visit not in known_visits), done.same + (visit in known_visits)
        if visit not in known_visits:
            known_visits.add(visit)
            taking.ready.visits.append(visit)
    return []
