"""The keys that phones seal to: rolled over while phones are away, destroyed only with open eyes."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from sgapp.domain.audit import AuditEvent
from sgapp.domain.errors import FieldError, Invalid, NotFound
from sgapp.domain.kept import KeptState, KeptUpload
from sgapp.domain.permissions import Permission
from sgapp.services.guard import Done, intention
from sgapp.services.intake import make_sealing_key
from sgapp.services.kept import sealed_of
from sgapp.store import devices
from sgapp.store.devices import Device
from sgapp.store.tables import EnvelopeRow, KeptRow, SealingKeyRow
from sgapp.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class RetireSealingKey:
    key_id: str


@intention("retire-sealing-key", Permission.MANAGE_SEALING_KEYS, RetireSealingKey)
def retire_sealing_key(uow: UnitOfWork, form: RetireSealingKey) -> Done:
    """Begin a new key. Phones that sealed to this one are still read: their notes are kept for somebody to look at."""
    row = _known(uow, form.key_id)
    if row.retired_at is not None:
        raise Invalid(FieldError("key_id", "This key was replaced already."))
    row.retired_at = uow.now
    new = make_sealing_key(uow)
    uow.note_event(AuditEvent("sealing-key-replaced", "sealing_key", new.id, "system", detail=row.id))
    return Done(new.id, "Phones seal to a new key from their next contact on. The old one still opens what is on its way.")


@dataclass(frozen=True, slots=True)
class DestroySealingKey:
    """`accepted`: the ids of the phones not heard from, each ticked by name."""

    key_id: str
    accepted: tuple[str, ...] = ()


@intention("destroy-sealing-key", Permission.MANAGE_SEALING_KEYS, DestroySealingKey)
def destroy_sealing_key(uow: UnitOfWork, form: DestroySealingKey) -> Done:
    """Make sure that nothing sealed to a replaced key can ever be opened. Raises Invalid naming what stands against it."""
    row = _known(uow, form.key_id)
    if row.retired_at is None:
        raise Invalid(FieldError("key_id", "Phones still seal to this key. Replace it first."))
    if row.sealed_private_key is None:
        raise Invalid(FieldError("key_id", "This key was destroyed already."))
    if _waiting_under(uow, row.id):
        raise Invalid(FieldError("key_id", "A kept note sealed to this key still waits to be looked at. Do that first."))
    silent = not_heard_from(uow, row.retired_at)
    missing = [d.name for d in silent if d.id not in form.accepted]
    if missing:
        raise Invalid(FieldError("accepted", f"Nothing sealed to a newer key has come from: {', '.join(missing)}. What lies on "
                                             "them would be lost. Tick each one to accept that, or wait."))
    row.sealed_private_key = None
    uow.note_event(AuditEvent("sealing-key-destroyed", "sealing_key", row.id, "system", detail=f"{len(silent)} silent phones"))
    return Done(row.id, "The key is destroyed. Nothing sealed to it can be opened any more.")


def not_heard_from(uow: UnitOfWork, since: datetime) -> tuple[Device, ...]:
    """Phones that have sealed nothing to a newer key since one was replaced: they may hold notes sealed to that one.

    What they deliver sealed to the old key shows the opposite of having none of it left. One that was switched off
    delivers all the same, and its notes are kept.
    """
    newer = select(SealingKeyRow.id).where(SealingKeyRow.created_at >= since)
    heard = set(uow.session.exec(select(EnvelopeRow.device_id).where(col(EnvelopeRow.key_id).in_(newer)).distinct()))
    return tuple(d for d in devices.everyone_s(uow) if d.created_at < since and d.id not in heard)


def _waiting_under(uow: UnitOfWork, key_id: str) -> bool:
    waiting = uow.session.exec(select(KeptRow.id).where(KeptRow.state == str(KeptState.WAITING)))
    return any(sealed_of(uow, uow.regardless(KeptUpload, kept_id))[0] == key_id for kept_id in waiting)


def _known(uow: UnitOfWork, key_id: str) -> SealingKeyRow:
    row = uow.session.get(SealingKeyRow, key_id, with_for_update=True)
    if row is None:
        raise NotFound(key_id)
    return row
