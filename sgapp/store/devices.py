"""Phones that may deliver, as the store keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy import select as select_columns
from sqlmodel import col

from sgapp.store.shared import ask, change
from sgapp.store.tables import DeviceRow
from sgapp.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Device:
    """A phone enrolled by one account. `public_key` is the uncompressed P-256 point, 65 bytes."""

    id: str
    account_id: str
    name: str
    public_key: bytes
    created_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


def _place(device_id: str) -> str:
    return f"device/{device_id}/name"


_PHONES = select_columns(
    col(DeviceRow.id), col(DeviceRow.account_id), col(DeviceRow.sealed_name), col(DeviceRow.public_key),
    col(DeviceRow.created_at), col(DeviceRow.last_used_at), col(DeviceRow.revoked_at))
_BY_ID = _PHONES.where(col(DeviceRow.id) == bindparam("device"))
_NEWEST_FIRST = _PHONES.order_by(col(DeviceRow.created_at).desc())
_USED = update(DeviceRow).where(col(DeviceRow.id) == bindparam("device"))


def _device(uow: UnitOfWork, row: Sequence[Any]) -> Device:
    device_id, account_id, sealed_name, *rest = row
    return Device(device_id, account_id, uow.opened(sealed_name, place=_place(device_id)).decode(), *rest)


def add(uow: UnitOfWork, device: Device) -> None:
    uow.session.add(DeviceRow(
        id=device.id, account_id=device.account_id, public_key=device.public_key, created_at=device.created_at,
        sealed_name=uow.sealed(device.name.encode(), place=_place(device.id))))
    uow.session.flush()


def by_id(uow: UnitOfWork, device_id: str) -> Device | None:
    row = ask(uow.session, _BY_ID, {"device": device_id})
    return _device(uow, row) if row else None


def of_account(uow: UnitOfWork, account_id: str) -> tuple[Device, ...]:
    """The phones of one account, the newest first."""
    found = uow.session.execute(_NEWEST_FIRST.where(col(DeviceRow.account_id) == account_id))
    return tuple(_device(uow, row) for row in found)


def everyone_s(uow: UnitOfWork) -> tuple[Device, ...]:
    """Every phone of the organisation, the newest first."""
    return tuple(_device(uow, row) for row in uow.session.execute(_NEWEST_FIRST))


def used(uow: UnitOfWork, device_id: str) -> None:
    change(uow.session, _USED, device_id, {"device": device_id, "last_used_at": uow.now})


def revoke(uow: UnitOfWork, device_id: str) -> None:
    uow.session.get_one(DeviceRow, device_id).revoked_at = uow.now
