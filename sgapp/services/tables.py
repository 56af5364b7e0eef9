"""Tables by the page: tried, taken in with one intention, given out. Who may depends on what the table holds.

Adults and who visits them are the manager's, within her branch; accounts are the administrator's. DOMAIN annex §8.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sgapp.domain.audit import AuditEvent, Outcome
from sgapp.domain.permissions import Actor, Permission
from sgapp.domain.time import to_london
from sgapp.integrations.tables import Table, csv_lines
from sgapp.services.exporting import columns_of, rows_of
from sgapp.services.guard import Done, Intention, intention, query
from sgapp.services.house import House
from sgapp.services.importing import KINDS, Progress, Ready, Refused, made_ready, matched, take_in
from sgapp.store.unit_of_work import UnitOfWork

KEEPS: Mapping[str, Permission] = {
    "people": Permission.KEEP_PEOPLE, "visits": Permission.KEEP_PEOPLE, "staff": Permission.MANAGE_ACCOUNTS}
_EMPTY = Table((), ())


@dataclass(frozen=True, slots=True)
class TakeIn:
    """A table, and which of its columns were chosen for what. `digest`: of its bytes, by which a repeat is known."""

    digest: str = ""
    columns: tuple[tuple[str, str], ...] = ()
    table: Table = field(default=_EMPTY, repr=False)
    progress: Progress = field(default=lambda _done, _of: None, repr=False)
    ready: Ready | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Tried:
    """What a table would do. `mapping`: what is read from which column; `missing`: what is needed, and no column tells."""

    rows: int
    columns: tuple[str, ...]
    mapping: dict[str, str]
    missing: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()
    new: int = 0
    changed: int = 0
    same: int = 0


def _take_in(kind: str) -> Intention[TakeIn]:
    def prepare(uow: UnitOfWork, form: TakeIn) -> TakeIn:
        return replace(form, ready=made_ready(uow, kind, form.table, dict(form.columns), form.progress))

    def work(uow: UnitOfWork, form: TakeIn) -> Done:
        done = take_in(uow, form.ready or made_ready(uow, kind, form.table, dict(form.columns), form.progress))
        said = f"{done.new} new, {done.changed} changed, {done.same} as they were."
        return Done("", said, codes=tuple(done.codes))

    return intention(f"import-{kind}", KEEPS[kind], TakeIn, many=True, prepare=prepare)(work)


Trying = Callable[[House, Actor, datetime, Table, Mapping[str, str], Progress], Tried]


def _try_out(kind: str) -> Trying:
    def work(uow: UnitOfWork, table: Table, chosen: Mapping[str, str], progress: Progress) -> Tried:
        mapping = matched(KINDS[kind], table, chosen)
        missing = tuple(column.name for column in KINDS[kind] if column.needed and column.name not in mapping)
        there = Tried(len(table.rows), table.columns, mapping, missing)
        if missing:
            return there
        ready = made_ready(uow, kind, table, chosen, progress, sealed=False)
        done = ready.done
        return Tried(there.rows, there.columns, mapping, (), tuple(ready.refused), done.new, done.changed, done.same)

    work.__name__ = f"try_{kind}"
    return query(KEEPS[kind], long=True)(work)


Leaving = Callable[[House, Actor, datetime], tuple[str, Iterator[bytes]]]


def _give_out(kind: str) -> Leaving:
    def work(uow: UnitOfWork) -> tuple[str, Iterator[bytes]]:
        rows = list(rows_of(uow, kind))
        uow.note_event(AuditEvent("exported", kind, "", "system", Outcome.READ, count=len(rows)))
        return f"{kind}-{to_london(uow.now):%Y-%m-%d}.csv", csv_lines(columns_of(kind), rows)

    work.__name__ = f"{kind}_table"
    return query(KEEPS[kind])(work)


#: Take every row of a table in, or none. Raises CannotImport.
TAKE_IN: Mapping[str, Intention[TakeIn]] = {kind: _take_in(kind) for kind in KEEPS}
#: Look at every row, and write nothing. Raises CannotImport for a choice of columns that there is not.
TRY_OUT: Mapping[str, Trying] = {kind: _try_out(kind) for kind in KEEPS}
#: A file name, and the lines of the same table as the command writes. That it leaves stands on the chain.
GIVE_OUT: Mapping[str, Leaving] = {kind: _give_out(kind) for kind in KEEPS}
