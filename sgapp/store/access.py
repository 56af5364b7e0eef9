"""Who may know of a restricted record: a list of named accounts, and for how long. Source: DOMAIN annex §6, §8.

The list is sealed with the record and repeated in the clear table `access`, by which every query is narrowed; `sgapp audit
verify` compares the two. Decisions, referrals and actions are under the list of their case.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import ColumnElement, bindparam, exists, literal, union_all
from sqlmodel import Session, col, delete, or_, select

from sgapp.domain.clock_book import ClockBook
from sgapp.domain.investigation import Investigation
from sgapp.domain.permissions import SEES_RESERVED, SEES_RESTRICTED, Permission, Role, roles_with
from sgapp.domain.rota import MAY_TAKE, Duty, Rota
from sgapp.domain.ties import Ties
from sgapp.store import documents
from sgapp.store.engine import insert_rows
from sgapp.store.shared import beneath
from sgapp.store.standing import standing
from sgapp.store.tables import AccessRow, AccountRow, BarRow

if TYPE_CHECKING:
    from sgapp.store.unit_of_work import UnitOfWork

R = TypeVar("R")


def rota_of(uow: "UnitOfWork", branch: str) -> Rota:
    """A branch's rota. Until one was saved, the first account of each role there stands in: there is never nobody."""
    return documents.latest(uow, Rota, branch) or _by_role(_roles(uow, branch))


def rota_as_it_holds(uow: "UnitOfWork", branch: str, changed: tuple[str, Role | None] | None = None) -> Rota:
    """The same without whoever has left or may not have the duty. `changed`: as if an account had that role, or none."""
    roles = _roles(uow, branch)
    if changed is not None:
        account_id, role = changed
        roles = {i: r for i, r in ({**roles, account_id: role}).items() if r is not None}
    able = {duty: frozenset(i for i, role in roles.items() if str(role) in MAY_TAKE[duty]) for duty in Duty}
    return (documents.latest(uow, Rota, branch) or _by_role(roles)).held_by(able)


@standing
def _roles(uow: "UnitOfWork", branch: str) -> Mapping[str, Role]:
    """Who works in a branch and in what role, the longest there first."""
    here = select(AccountRow.id, AccountRow.role).where(col(AccountRow.disabled_at).is_(None), or_(
        col(AccountRow.branch) == branch, col(AccountRow.branch).is_(None)))
    rows = uow.session.exec(here.order_by(col(AccountRow.created_at), col(AccountRow.username)))
    return MappingProxyType({i: Role(role) for i, role in rows})


def _by_role(roles: Mapping[str, Role]) -> Rota:
    def first(*wanted: Role) -> str:
        return next((i for w in wanted for i, role in roles.items() if role is w), "")

    lead, deputy = first(Role.LEAD, Role.MANAGER), first(Role.DEPUTY, Role.MANAGER)
    return Rota(((Duty.LEAD, lead), (Duty.DEPUTY, deputy), (Duty.ON_CALL, first(Role.ON_CALL) or lead)))


@standing
def readers(uow: "UnitOfWork", branch: str | None, *, reserved: bool = False) -> frozenset[str]:
    """Accounts whose role is to know of restricted matters of a branch: whom a list begins with, less those barred."""
    roles = [str(role) for role in (SEES_RESERVED if reserved else SEES_RESTRICTED)]
    return frozenset(uow.session.exec(select(AccountRow.id).where(
        col(AccountRow.role).in_(roles), col(AccountRow.disabled_at).is_(None),
        or_(col(AccountRow.branch).is_(None), col(AccountRow.branch) == branch))))


def with_list(uow: "UnitOfWork", record: R, book: ClockBook) -> R:
    """The record with its list: nobody while it is open to all; the first names as soon as it is restricted; never one barred.

    Outside office hours the first names include whoever is on call: nobody else would read it before the morning.
    """
    fields: Any = record
    if not fields.restricted:
        return replace(fields, listed=())
    names = set(fields.listed)
    if not names:
        reserved = getattr(record, "reserved", False)
        names = set(readers(uow, fields.branch, reserved=reserved))
        if isinstance(record, Investigation):
            names &= _may_work_on_it(uow.session)
        elif not reserved and book.calendar().open_from(uow.now) != uow.now:
            names |= {rota_of(uow, fields.branch).holder(Duty.ON_CALL, uow.now) or ""} - {""}
    return replace(fields, listed=tuple(sorted(names - set(fields.barred))))


def barred_by(uow: "UnitOfWork", involved: Iterable[str]) -> frozenset[str]:
    """Those whom a matter is about, and those who are close to them as recorded: none of them may learn of it."""
    involved = frozenset(involved)
    return involved | (documents.latest(uow, Ties) or Ties()).close_to(involved)


def open_until(session: Session, record_ids: Iterable[str], account_id: str, until: datetime) -> None:
    """Open some records to an account for so long. Where it is on the list it stays on the list."""
    for record_id in record_ids:
        row = session.get(AccessRow, (record_id, account_id)) or AccessRow(
            record_id=record_id, account_id=account_id, until=until)
        if row.until is not None:
            row.until = until
        session.add(row)
    session.flush()


def open_until_when(uow: "UnitOfWork", record_id: str) -> datetime | None:
    """Until when the actor reads it only because the glass was broken; None if she may read it anyway, or not at all."""
    row = uow.session.get(AccessRow, (record_id, uow.actor.account_id))
    return row.until if row is not None and row.until is not None and row.until > uow.now else None


def opened_since(session: Session, since: datetime) -> frozenset[str]:
    """Ids of what was opened for a while, and whose while ended after a moment or has not ended."""
    return frozenset(session.exec(select(AccessRow.record_id).where(col(AccessRow.until) > since)))


def _may_work_on_it(session: Session) -> frozenset[str]:
    roles = roles_with(Permission.OPEN_INVESTIGATION)
    return frozenset(session.exec(select(AccountRow.id).where(col(AccountRow.role).in_(roles))))


def write_list(session: Session, record_id: str, listed: Iterable[str], *, new: bool) -> None:
    """Make the clear list say what the sealed one says. What was opened for an hour stays until the hour is over.

    `new`: there is none yet.
    """
    if new:
        insert_rows(session, AccessRow, [{"record_id": record_id, "account_id": a, "until": None} for a in listed])
        return
    session.exec(delete(AccessRow).where(col(AccessRow.record_id) == record_id, col(AccessRow.until).is_(None)))
    session.flush()
    for account_id in listed:
        session.merge(AccessRow(record_id=record_id, account_id=account_id, until=None))


def kept_and_open(session: Session, record_id: str, case_id: str | None) -> tuple[frozenset[str], frozenset[str]]:
    """Whom a record, or its case, is barred from, and who is on the list of either, leaving out what was opened for an hour."""
    rows = beneath(session).execute(_BARS_AND_LIST, {"record": record_id, "case": case_id}).all()
    return (frozenset(account_id for is_bar, account_id in rows if is_bar),
            frozenset(account_id for is_bar, account_id in rows if not is_bar))


def _of_record_or_case(table: type[BarRow | AccessRow]) -> ColumnElement[bool]:
    return or_(col(table.record_id) == bindparam("record"), col(table.record_id) == bindparam("case"))


#: Put together once: it is asked for each clock that begins.
_BARS_AND_LIST = union_all(
    select(literal(1), col(BarRow.account_id)).where(_of_record_or_case(BarRow)),
    select(literal(0), col(AccessRow.account_id)).where(_of_record_or_case(AccessRow), col(AccessRow.until).is_(None)))


def listed_on(session: Session, *record_ids: str | None) -> frozenset[str]:
    """Accounts on the list of any of these records, leaving out what was opened for an hour."""
    ids = [i for i in record_ids if i]
    return frozenset(session.exec(select(AccessRow.account_id).where(
        col(AccessRow.record_id).in_(ids), col(AccessRow.until).is_(None))))


def on_list(account_id: Any, now: Any, *record_ids: Any) -> ColumnElement[bool]:
    """Whether an account may know now of a record whose id, or whose case's id, stands in one of these columns."""
    return exists().where(col(AccessRow.record_id).in_(record_ids), col(AccessRow.account_id) == account_id,
                          or_(col(AccessRow.until).is_(None), col(AccessRow.until) > now))
