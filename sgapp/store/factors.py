"""Second factors and passkeys as the store keeps them: secrets sealed, recovery codes as keyed digests."""

import uuid
from collections.abc import Iterable

from sqlmodel import col, delete, func, select

from sgapp.store.tables import FactorRow, RecoveryRow
from sgapp.store.unit_of_work import UnitOfWork

TOTP, PASSKEY = "totp", "passkey"


def _place(factor_id: str) -> str:
    return f"factor/{factor_id}"


def of(uow: UnitOfWork, account_id: str, *, confirmed: bool = True, kind: str = "") -> list[FactorRow]:
    """The factors of an account, of one kind or all, the oldest first; `confirmed`: only those that were tried and work."""
    query = select(FactorRow).where(FactorRow.account_id == account_id)
    if kind:
        query = query.where(FactorRow.kind == kind)
    if confirmed:
        query = query.where(col(FactorRow.confirmed_at).is_not(None))
    return list(uow.session.exec(query.order_by(col(FactorRow.created_at), col(FactorRow.id)).with_for_update()))


def add(uow: UnitOfWork, account_id: str, secret: bytes, *, confirmed: bool, kind: str = TOTP) -> FactorRow:
    """Keep the secret of a new factor. One that was begun and never confirmed gives way to it."""
    uow.session.exec(delete(FactorRow).where(
        col(FactorRow.account_id) == account_id, col(FactorRow.confirmed_at).is_(None)))
    made = str(uuid.uuid4())
    row = FactorRow(id=made, account_id=account_id, kind=kind, sealed=uow.sealed(secret, place=_place(made)),
                    created_at=uow.now, confirmed_at=uow.now if confirmed else None)
    uow.session.add(row)
    uow.session.flush()
    return row


def reseal(uow: UnitOfWork, row: FactorRow, secret: bytes) -> None:
    """Keep something else in the place of a factor's secret."""
    row.sealed = uow.sealed(secret, place=_place(row.id))


def secret_of(uow: UnitOfWork, row: FactorRow) -> bytes:
    return uow.opened(row.sealed, place=_place(row.id))


def forget(uow: UnitOfWork, account_id: str) -> None:
    """Take every factor and recovery code of an account away: she sets them up anew when she signs in."""
    uow.session.exec(delete(FactorRow).where(col(FactorRow.account_id) == account_id))
    uow.session.exec(delete(RecoveryRow).where(col(RecoveryRow.account_id) == account_id))
    uow.session.flush()


def set_recovery(uow: UnitOfWork, account_id: str, codes: Iterable[str]) -> None:
    """New recovery codes in the place of all earlier ones."""
    uow.session.exec(delete(RecoveryRow).where(col(RecoveryRow.account_id) == account_id))
    for code in codes:
        uow.session.add(RecoveryRow(digest=_digest(uow, account_id, code), account_id=account_id, created_at=uow.now))
    uow.session.flush()


def take_recovery(uow: UnitOfWork, account_id: str, code: str) -> bool:
    """Use up a recovery code. Whether it was one that had not been used."""
    row = uow.session.get(RecoveryRow, _digest(uow, account_id, code), with_for_update=True)
    if row is None or row.account_id != account_id or row.used_at is not None:
        return False
    row.used_at = uow.now
    return True


def recovery_left(uow: UnitOfWork, account_id: str) -> int:
    """How many recovery codes have not been used."""
    query = select(func.count()).select_from(RecoveryRow).where(
        RecoveryRow.account_id == account_id, col(RecoveryRow.used_at).is_(None))
    return uow.session.exec(query).one()


def _digest(uow: UnitOfWork, account_id: str, code: str) -> str:
    return uow.ring.record_mac("recovery", account_id, code.encode())
