"""The registers as the desk shows them, and as a table that leaves. An auditor reads who did it as a role, not as a name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sgapp.domain.audit import AuditEvent, Outcome
from sgapp.domain.errors import NotFound
from sgapp.domain.permissions import Permission
from sgapp.domain.registers import REGISTERS, Entry, in_order
from sgapp.domain.time import show, show_day, to_london
from sgapp.integrations.tables import csv_lines
from sgapp.services.guard import query
from sgapp.services.registers import entries, open_to
from sgapp.services.views.masked import staff_stand_ins
from sgapp.services.walking import Walk
from sgapp.store.unit_of_work import UnitOfWork

#: More than anybody reads on a page; the table that is taken along holds all.
_MOST = 200
COLUMNS = ("Reference", "What", "Owed since", "Owed by", "Done", "By", "Outcome", "How it stands")


@dataclass(frozen=True, slots=True)
class RegisterRow:
    reference: str
    href: str
    what: str
    since: str
    owed_by: str
    done: str
    by: str
    outcome: str
    stands: str
    overdue: bool


@dataclass(frozen=True, slots=True)
class RegisterTab:
    code: str
    label: str
    count: str
    overdue: str


@dataclass(frozen=True, slots=True)
class RegistersView:
    tabs: tuple[RegisterTab, ...]
    chosen: str
    title: str
    rows: tuple[RegisterRow, ...]
    more: str
    left_out: str
    broken: str


@query(Permission.SEE_MEASURES)
def registers_view(uow: UnitOfWork, chosen: str = "") -> RegistersView:
    """Each register with how many rows are overdue, and one of them whole: the chosen one, else the first that holds any."""
    walk, there = Walk(uow), open_to(uow)
    found = [e for e in without_names(uow, entries(walk)) if e.register in there]
    if chosen not in there:
        late = [e.register for e in found if e.overdue(uow.now)] or [e.register for e in found]
        chosen = min(late or there, key=there.index)
    mine = in_order((e for e in found if e.register == chosen), uow.now)
    words = "Files under a list that you are not on are not here"
    if len(there) < len(REGISTERS):
        words += ", nor are the registers of matters about staff"
    return RegistersView(
        tabs=tuple(_tab(code, [e for e in found if e.register == code], uow.now) for code in there), chosen=chosen,
        title=REGISTERS[chosen], rows=tuple(row(e, uow.now) for e in mine[:_MOST]),
        more=f"and {len(mine) - _MOST} more in the table" if len(mine) > _MOST else "", left_out=f"{words}.",
        broken=f"{walk.broken} records could not be opened and are not here." if walk.broken else "")


def _tab(code: str, found: list[Entry], now: datetime) -> RegisterTab:
    late = sum(e.overdue(now) for e in found)
    return RegisterTab(code, REGISTERS[code], str(len(found)), f"{late} overdue" if late else "none overdue")


@query(Permission.SEE_MEASURES)
def register_table(uow: UnitOfWork, code: str) -> tuple[str, Iterator[bytes]]:
    """A register as a file name and the lines of a table. Taking it along is recorded. Raises NotFound for none of theirs."""
    if code not in open_to(uow):
        raise NotFound(code)
    uow.note_event(AuditEvent("register-exported", "register", code, "system", Outcome.READ))
    found = in_order((e for e in without_names(uow, entries(Walk(uow))) if e.register == code), uow.now)
    return f"register-{code}-{to_london(uow.now):%Y-%m-%d}.csv", csv_lines(COLUMNS, [cells(e, uow.now) for e in found])


def without_names(uow: UnitOfWork, found: Iterable[Entry]) -> Iterator[Entry]:
    """The rows as they are; for whoever reads without names, with roles in the place of who did it."""
    if uow.actor.may(Permission.READ_CASE):
        yield from found
        return
    roles = staff_stand_ins(uow)
    for entry in found:
        yield replace(entry, by=roles.get(entry.by, "Somebody") if entry.by else "")


def row(entry: Entry, now: datetime) -> RegisterRow:
    """A row as it is read."""
    href = f"/matter?id={entry.matter_id}" if entry.matter_id else f"/case?id={entry.case_id}"
    said = cells(entry, now)
    return RegisterRow(entry.reference, href, *said[1:], entry.overdue(now))


def cells(entry: Entry, now: datetime) -> tuple[str, str, str, str, str, str, str, str]:
    """A row as the cells of a table. A notice to CQC goes by the hour, all else by the day."""
    def when(moment: datetime | None) -> str:
        if moment is None:
            return ""
        return show(moment) if entry.register == "cqc" else show_day(to_london(moment).date())

    return (entry.reference, entry.what, when(entry.since), when(entry.owed_by), when(entry.done_at), entry.by, entry.outcome,
            entry.stands(now))
