"""Accounts and sessions as the store keeps them."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from sgapp.domain.permissions import Actor, Role
from sgapp.store.tables import AccountRow, AllocationRow, SessionRow
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

    def as_actor(self, session_id: str = "") -> Actor:
        return Actor(self.id, self.role, self.name, self.username, self.branch, session_id)


def _place(account_id: str) -> str:
    return f"account/{account_id}/name"


def _account(uow: UnitOfWork, row: AccountRow) -> Account:
    name = uow.opened(row.sealed_name, place=_place(row.id)).decode()
    return Account(row.id, row.username, Role(row.role), name, row.password_hash, row.branch,
                   row.disabled_at is not None, row.demo)


def by_username(uow: UnitOfWork, username: str) -> Account | None:
    row = uow.session.exec(select(AccountRow).where(AccountRow.username == username.strip().lower())).one_or_none()
    return _account(uow, row) if row else None


def by_id(uow: UnitOfWork, account_id: str) -> Account | None:
    row = uow.session.get(AccountRow, account_id)
    return _account(uow, row) if row else None


def everyone(uow: UnitOfWork) -> tuple[Account, ...]:
    return tuple(_account(uow, row) for row in uow.session.exec(select(AccountRow).order_by(col(AccountRow.username))))


def add(uow: UnitOfWork, account: Account) -> None:
    uow.session.add(AccountRow(
        id=account.id, username=account.username, role=str(account.role), branch=account.branch,
        password_hash=account.password_hash, demo=account.demo, created_at=uow.now,
        sealed_name=uow.sealed(account.name.encode(), place=_place(account.id))))
    uow.session.flush()


def set_password(uow: UnitOfWork, account_id: str, password_hash: str) -> None:
    uow.session.get_one(AccountRow, account_id).password_hash = password_hash


def disable(uow: UnitOfWork, account_id: str) -> None:
    uow.session.get_one(AccountRow, account_id).disabled_at = uow.now


def count(session: Session) -> int:
    return session.exec(select(func.count()).select_from(AccountRow)).one()


def count_not_demo(session: Session) -> int:
    return session.exec(select(func.count()).select_from(AccountRow).where(col(AccountRow.demo).is_(False))).one()


def is_demo(session: Session) -> bool:
    """Whether every account of this database is a demo account, and there is one. An account added to a demo is one too."""
    return count(session) > 0 and count_not_demo(session) == 0


def allocate(uow: UnitOfWork, person_id: str, account_id: str) -> None:
    uow.session.add(AllocationRow(person_id=person_id, account_id=account_id))


def begin_session(uow: UnitOfWork, *, token_sha256: str, session_id: str, account_id: str, ends_at: datetime) -> None:
    uow.session.add(SessionRow(token_sha256=token_sha256, id=session_id, account_id=account_id, created_at=uow.now,
                               last_seen_at=uow.now, ends_at=ends_at))


def session_row(session: Session, token_sha256: str) -> SessionRow | None:
    return session.get(SessionRow, token_sha256)


def end_sessions(uow: UnitOfWork, account_id: str, *, but: str = "") -> None:
    """End every session of an account, but the one with the id `but`: its password changed, or a phone is lost."""
    query = select(SessionRow).where(SessionRow.account_id == account_id, col(SessionRow.ended_at).is_(None),
                                     SessionRow.id != but)
    for row in uow.session.exec(query):
        row.ended_at = uow.now
