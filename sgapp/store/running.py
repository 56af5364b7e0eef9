"""The clocks that run, as one actor may see them: a page of them, counts up to a limit, and what began lately.

Nothing here takes longer because there is more of it: each query follows an index in the order it is asked for, and stops.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, exists
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import col, func, or_, select

from sgapp.store.kinds import KINDS
from sgapp.store.tables import PRESSING, BarRow, ClockRow
from sgapp.store.unit_of_work import UnitOfWork, scope

#: Nobody needs to know whether it is two hundred or three; and counting further takes longer the more there is.
COUNTED = 200
#: As many as are ever listed at once.
LISTED = 1_000
_KIND_NAMES = [kind.name for kind in KINDS.values()]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which clocks: due before or after a moment, of some kinds, held by somebody, of some records or cases. None: any."""

    due_before: datetime | None = None
    due_after: datetime | None = None
    kinds: tuple[str, ...] | None = None
    holder_id: str | None = None
    records: frozenset[str] | None = None


ANY = Wanted()


def page(uow: UnitOfWork, wanted: Wanted = ANY, *, limit: int) -> Sequence[ClockRow]:
    """One clock for each record, its soonest. What is pressing comes first, then the rest, both the soonest due first."""
    in_turn = select(ClockRow).order_by(col(ClockRow.due_at), col(ClockRow.record_id)).limit(limit)
    # Whoever wishes for some kinds wishes for none that can be pressing.
    before = in_turn.where(PRESSING, *_conditions(uow, wanted, pressing=True))
    first = uow.session.exec(before).all() if wanted.kinds is None else ()
    known = {(clock.record_kind, clock.record_id) for clock in first}
    rest = uow.session.exec(in_turn.where(*_conditions(uow, wanted))).all()
    return [*first, *(clock for clock in rest if (clock.record_kind, clock.record_id) not in known)][:limit]


def count(uow: UnitOfWork, wanted: Wanted = ANY) -> int:
    """How many rows such a page would have, counted up to COUNTED."""
    found = select(ClockRow.record_id).where(*_conditions(uow, wanted)).limit(COUNTED).subquery()
    return uow.session.exec(select(func.count()).select_from(found)).one()


class Begun(NamedTuple):
    """A clock that began, as far as it is counted."""

    record_kind: str
    record_id: str
    kind: str
    started_at: datetime


_BEGUN: tuple[Any, ...] = tuple(col(getattr(ClockRow, name)) for name in Begun._fields)


def begun_since(uow: UnitOfWork, since: datetime) -> Sequence[Begun]:
    """Clocks that began after a moment, the latest first, up to LISTED."""
    query = select_columns(*_BEGUN).where(visible(uow), _soonest(), col(ClockRow.started_at) > since)
    rows = uow.session.connection().execute(query.order_by(col(ClockRow.started_at).desc()).limit(LISTED))
    return [Begun(*row) for row in rows]


def named_since(uow: UnitOfWork, since: datetime) -> bool:
    """Whether among all clocks that began after a moment there is one that not everybody of a role and branch sees alike: one
    on which somebody is named, as who may know of it or as who may not.
    """
    barred = exists().where(or_(col(BarRow.record_id) == ClockRow.record_id, col(BarRow.record_id) == ClockRow.case_id))
    query = select(ClockRow.record_id).where(col(ClockRow.started_at) > since, or_(col(ClockRow.restricted), barred))
    return uow.session.exec(query.limit(1)).first() is not None


def _conditions(uow: UnitOfWork, wanted: Wanted, *, pressing: bool = False) -> list[ColumnElement[bool]]:
    """The branch's own index is in the order of a page; any narrower wish has a better one, and what is pressing the best."""
    by_time = wanted.kinds is None and wanted.holder_id is None and wanted.records is None
    return [visible(uow, along_branch=by_time and not pressing), _soonest(), *_wanted(wanted, along_holder=not pressing)]


def visible(uow: UnitOfWork, *, along_branch: bool = False) -> ColumnElement[bool]:
    """A record's bars and its case's bars both hide a clock. `along_branch`: whether to look by the index of the branch."""
    branch = col(ClockRow.branch) if along_branch else _off_index(ClockRow.branch)
    own = scope(uow, id_column=col(ClockRow.record_id), case_column=col(ClockRow.case_id), branch=branch,
                restricted=col(ClockRow.restricted), reserved=col(ClockRow.reserved))
    barred_case = exists().where(col(BarRow.record_id) == ClockRow.case_id, col(BarRow.account_id) == uow.actor.account_id)
    return and_(own, or_(col(ClockRow.case_id).is_(None), ~barred_case))


def _soonest() -> ColumnElement[bool]:
    """No other clock of the same record is due earlier; and a case's “next step” only where nothing else of it runs."""
    other, elsewhere = aliased(ClockRow), aliased(ClockRow)
    earlier = exists().where(
        col(other.record_kind) == ClockRow.record_kind, col(other.record_id) == ClockRow.record_id,
        or_(col(other.due_at) < ClockRow.due_at, and_(col(other.due_at) == ClockRow.due_at, col(other.kind) > ClockRow.kind)))
    says_more = exists().where(col(elsewhere.case_id) == ClockRow.case_id, col(elsewhere.kind) != "next_step")
    return and_(~earlier, or_(col(ClockRow.kind) != "next_step", ~says_more))


def _off_index(column: Any) -> ColumnElement[str]:
    """SQLite keeps no count of rows and takes an index with a “=” for a narrow one. Behind an expression it leaves it alone."""
    return col(column).concat("")


def _wanted(wanted: Wanted, *, along_holder: bool = True) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.due_before is not None:
        found.append(col(ClockRow.due_at) < wanted.due_before)
    if wanted.due_after is not None:
        found.append(col(ClockRow.due_at) >= wanted.due_after)
    if wanted.kinds is not None:
        found.append(col(ClockRow.kind).in_(wanted.kinds))
    if wanted.holder_id is not None:
        holder = col(ClockRow.holder_id) if along_holder else _off_index(ClockRow.holder_id)
        found.append(holder == wanted.holder_id)
    if wanted.records is not None:
        # The kinds are said because the key of a clock begins with them: by it a few ids are found among any number.
        ours = and_(col(ClockRow.record_kind).in_(_KIND_NAMES), col(ClockRow.record_id).in_(wanted.records))
        found.append(or_(ours, col(ClockRow.case_id).in_(wanted.records)))
    return found
