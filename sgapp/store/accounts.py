"""Accounts and sessions as the store keeps them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, func, select

from sgapp.domain.permissions import Actor, Role
from sgapp.domain.staff_names import Staff
from sgapp.store.engine import insert_missing, insert_rows
from sgapp.store.shared import ask, change
from sgapp.store.standing import raised, standing
from sgapp.store.tables import AccountRow, AllocationRow, CareVisitRow, SessionRow
from sgapp.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in."""

    id: str
    username: str
    role: Role
    name: str
    password_hash: str
    branch: str | None
    disabled: bool
    demo: bool = False

    def as_actor(self, session_id: str = "", *, limited: bool = False) -> Actor:
        return Actor(self.id, self.role, self.name, self.username, self.branch, session_id, limited=limited)


def _place(account_id: str) -> str:
    return f"account/{account_id}/name"


def _account(uow: UnitOfWork, row: AccountRow) -> Account:
    name = uow.opened(row.sealed_name, place=_place(row.id)).decode()
    return Account(row.id, row.username, Role(row.role), name, row.password_hash, row.branch,
                   row.disabled_at is not None, row.demo)


def by_username(uow: UnitOfWork, username: str) -> Account | None:
    row = uow.session.exec(select(AccountRow).where(AccountRow.username == username.strip().lower())).one_or_none()
    return _account(uow, row) if row else None


@standing
def by_id(uow: UnitOfWork, account_id: str) -> Account | None:
    row = uow.session.get(AccountRow, account_id, populate_existing=True)
    return _account(uow, row) if row else None


def still(uow: UnitOfWork, account: Account) -> bool:
    """Whether an account is as it was read: same password, same role, not disabled. It stays so until the transaction ends."""
    row = uow.session.get_one(AccountRow, account.id, with_for_update=True)
    return (row.password_hash, row.role, row.disabled_at is not None) == (
        account.password_hash, str(account.role), account.disabled)


def everyone(uow: UnitOfWork) -> tuple[Account, ...]:
    return tuple(_account(uow, row) for row in uow.session.exec(select(AccountRow).order_by(col(AccountRow.username))))


@standing
def staff(uow: UnitOfWork) -> tuple[Staff, ...]:
    """Everybody who is not disabled, as others may write of them."""
    query = select(AccountRow.id, AccountRow.sealed_name, AccountRow.username).where(col(AccountRow.disabled_at).is_(None))
    return tuple(Staff(i, uow.opened(sealed, place=_place(i)).decode(), username)
                 for i, sealed, username in uow.session.exec(query.order_by(col(AccountRow.username))))


def add(uow: UnitOfWork, account: Account) -> None:
    uow.session.add(row_of(uow, account))
    uow.session.flush()


def row_of(uow: UnitOfWork, account: Account) -> AccountRow:
    """A new account as it lies in its table. Nothing is stored."""
    return AccountRow(
        id=account.id, username=account.username, role=str(account.role), branch=account.branch,
        password_hash=account.password_hash, demo=account.demo, created_at=uow.now,
        sealed_name=uow.sealed(account.name.encode(), place=_place(account.id)))


def as_they_stand(uow: UnitOfWork, *, held: bool = False) -> frozenset[tuple[object, ...]]:
    """What tells whether an account was added, renamed, moved, disabled or given another role meanwhile; nothing is opened.

    `held`: they stay so until this transaction ends.
    """
    query = select_columns(col(AccountRow.id), col(AccountRow.role), col(AccountRow.branch), col(AccountRow.sealed_name),
                           col(AccountRow.disabled_at))
    asked = query.with_for_update(read=True) if held else query
    return frozenset(tuple(row) for row in uow.session.connection().execute(asked))


def add_all(uow: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add many at once, as what their columns hold."""
    if rows:
        insert_rows(uow.session, AccountRow, rows)
        raised(uow.session)


def describe(uow: UnitOfWork, account: Account) -> None:
    """Give an account the name and the branch that it has here."""
    row = uow.session.get_one(AccountRow, account.id)
    row.sealed_name, row.branch = uow.sealed(account.name.encode(), place=_place(account.id)), account.branch


def set_password(uow: UnitOfWork, account_id: str, password_hash: str) -> None:
    uow.session.get_one(AccountRow, account_id).password_hash = password_hash


def disable(uow: UnitOfWork, account_id: str) -> None:
    uow.session.get_one(AccountRow, account_id).disabled_at = uow.now


def enable(uow: UnitOfWork, account_id: str) -> None:
    uow.session.get_one(AccountRow, account_id).disabled_at = None


def count(session: Session) -> int:
    return session.exec(select(func.count()).select_from(AccountRow)).one()


def count_not_demo(session: Session) -> int:
    return session.exec(select(func.count()).select_from(AccountRow).where(col(AccountRow.demo).is_(False))).one()


def is_demo(session: Session) -> bool:
    """Whether every account of this database is a demo account, and there is one. An account added to a demo is one too."""
    return count(session) > 0 and count_not_demo(session) == 0


def allocate(uow: UnitOfWork, person_id: str, account_id: str) -> None:
    uow.session.add(AllocationRow(person_id=person_id, account_id=account_id))


def visits(uow: UnitOfWork, person_id: str, account_id: str, day: date) -> bool:
    """Put somebody down for a visit on a day; nothing happens where she is. Whether it is new."""
    key = (person_id, account_id, day.isoformat())
    if uow.session.get(CareVisitRow, key) is not None:
        return False
    uow.session.add(CareVisitRow(person_id=person_id, account_id=account_id, day=day.isoformat(), set_by=uow.actor.account_id))
    uow.session.flush()
    return True


#: Adult, account, and the day as 2026-10-13; empty: at all.
Visit = tuple[str, str, str]


def all_visits(uow: UnitOfWork) -> set[Visit]:
    """Who visits whom, at all and on which days."""
    at_all = uow.session.exec(select(AllocationRow.person_id, AllocationRow.account_id))
    dated = uow.session.exec(select(CareVisitRow.person_id, CareVisitRow.account_id, CareVisitRow.day))
    return {(person, account, "") for person, account in at_all} | {(person, account, day) for person, account, day in dated}


def put_down(uow: UnitOfWork, visits: Iterable[Visit]) -> None:
    """Put many down at once, as a table tells. Nothing happens where one is."""
    at_all, dated = [], []
    for person_id, account_id, day in visits:
        row = {"person_id": person_id, "account_id": account_id}
        dated.append(row | {"day": day, "set_by": ""}) if day else at_all.append(row)
    insert_missing(uow.session, AllocationRow, at_all)
    insert_missing(uow.session, CareVisitRow, dated)


def begin_session(uow: UnitOfWork, *, token_sha256: str, session_id: str, account_id: str, ends_at: datetime,
                  factor: str = "", browser: str = "", address: str = "") -> None:
    """`factor` is what was shown beside the password; `browser` what it says of itself, sealed; `address` as a keyed digest."""
    uow.session.add(SessionRow(token_sha256=token_sha256, id=session_id, account_id=account_id, created_at=uow.now,
                               last_seen_at=uow.now, ends_at=ends_at, factor=factor,
                               address_mac=_address_mac(uow, account_id, address),
                               sealed_browser=uow.sealed(browser.encode(), place=f"session/{session_id}")))


def _address_mac(uow: UnitOfWork, account_id: str, address: str) -> str:
    return uow.ring.record_mac("address", account_id, address.encode())


def knows_address(uow: UnitOfWork, account_id: str, address: str, *, since: datetime) -> bool:
    """Whether an account has signed in properly from an address lately."""
    query = select(SessionRow.id).where(SessionRow.account_id == account_id, col(SessionRow.created_at) >= since,
                                        SessionRow.address_mac == _address_mac(uow, account_id, address))
    return uow.session.exec(query.limit(1)).first() is not None


def live_sessions(uow: UnitOfWork, account_id: str) -> list[SessionRow]:
    """Where an account is signed in, the latest first; those that sat idle too long are left for whoever asks to drop."""
    query = select(SessionRow).where(SessionRow.account_id == account_id, col(SessionRow.ended_at).is_(None),
                                     col(SessionRow.ends_at) > uow.now)
    return list(uow.session.exec(query.order_by(col(SessionRow.last_seen_at).desc())))


def browser_of(uow: UnitOfWork, row: SessionRow) -> str:
    return uow.opened(row.sealed_browser, place=f"session/{row.id}").decode() if row.sealed_browser else ""


def tokens_of(uow: UnitOfWork, account_id: str) -> list[str]:
    """The hashes of the tokens of every session that an account ever had here."""
    return list(uow.session.exec(select(SessionRow.token_sha256).where(SessionRow.account_id == account_id)))


def session_row(session: Session, token_sha256: str) -> SessionRow | None:
    return session.get(SessionRow, token_sha256)


class Bearer(NamedTuple):
    """What a session says of whoever shows its token."""

    id: str
    account_id: str
    created_at: datetime
    last_seen_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    factor: str


_OF_A_BEARER: tuple[Any, ...] = tuple(col(column) for column in (
    SessionRow.id, SessionRow.account_id, SessionRow.created_at, SessionRow.last_seen_at, SessionRow.ends_at,
    SessionRow.ended_at, SessionRow.factor))
_BEARER = select_columns(*_OF_A_BEARER).where(col(SessionRow.token_sha256) == bindparam("token"))
_SEEN = update(SessionRow).where(col(SessionRow.token_sha256) == bindparam("token"))


def bearer(session: Session, token_sha256: str) -> Bearer | None:
    """The session of a token, for a look at it alone."""
    row = ask(session, _BEARER, {"token": token_sha256})
    return Bearer(*row) if row is not None else None


def bearers(session: Session, tokens_sha256: Collection[str]) -> dict[str, Bearer]:
    """The sessions of many tokens, in one question."""
    token = col(SessionRow.token_sha256)
    rows = session.connection().execute(select_columns(token, *_OF_A_BEARER).where(token.in_(tokens_sha256)))
    return {found: Bearer(*rest) for found, *rest in rows}


def touch(uow: UnitOfWork, token_sha256: str, at: datetime) -> None:
    """Note that somebody did something in a session."""
    change(uow.session, _SEEN, token_sha256, {"token": token_sha256, "last_seen_at": at})


def end_sessions(uow: UnitOfWork, account_id: str, *, but: str = "") -> None:
    """End every session of an account, but the one with the id `but`: its password changed, or a phone is lost."""
    query = select(SessionRow).where(SessionRow.account_id == account_id, col(SessionRow.ended_at).is_(None),
                                     SessionRow.id != but)
    for row in uow.session.exec(query):
        row.ended_at = uow.now
