"""Phones that deliver by themselves: enrolled by their owner, able to hand in sealed notes and to do nothing else.

A phone makes an ECDSA key pair (P-256) that cannot leave it; only the public half comes here. Each envelope is signed
over its id and the SHA-256 of what is sealed in it. Source: DESIGN, "On the phone".
"""

import base64
import binascii
import hashlib
import uuid
from dataclasses import dataclass, replace

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from sgapp.domain.audit import AuditEvent
from sgapp.domain.errors import FieldError, Invalid, NotFound
from sgapp.domain.permissions import Actor, Permission, Role
from sgapp.services.guard import Done, intention, query
from sgapp.store import accounts, devices
from sgapp.store.accounts import Account
from sgapp.store.devices import Device
from sgapp.store.unit_of_work import UnitOfWork

MAX_PER_ACCOUNT = 20
_HALF = 32


@dataclass(frozen=True, slots=True)
class EnrolDevice:
    """`public_key`: base64 of the uncompressed point (65 bytes) or of its SubjectPublicKeyInfo."""

    name: str
    public_key: str


@intention("enrol-device", Permission.RECORD_OBSERVATION, EnrolDevice)
def enrol_device(uow: UnitOfWork, form: EnrolDevice) -> Done:
    """Let this phone deliver notes of its owner from now on. Raises Invalid for a key that is none."""
    point = _point(form.public_key)
    live = [d for d in devices.of_account(uow, uow.actor.account_id) if d.revoked_at is None]
    if len(live) >= MAX_PER_ACCOUNT:
        raise Invalid(FieldError("name", f"You have {MAX_PER_ACCOUNT} phones here already. Switch one off first."))
    device = Device(str(uuid.uuid4()), uow.actor.account_id, form.name.strip()[:80] or "Phone", point, uow.now)
    devices.add(uow, device)
    uow.note_event(AuditEvent("device-enrolled", "device", device.id))
    return Done(device.id, "This phone can deliver your notes now.")


@dataclass(frozen=True, slots=True)
class RevokeDevice:
    device_id: str


@intention("revoke-own-device", Permission.RECORD_OBSERVATION, RevokeDevice)
def revoke_own_device(uow: UnitOfWork, form: RevokeDevice) -> Done:
    """Switch one of one's own phones off and sign out everywhere but here. What it still delivers is kept for a look."""
    device = devices.by_id(uow, form.device_id)
    if device is None or device.account_id != uow.actor.account_id:
        raise NotFound(form.device_id)
    return _revoked(uow, device)


@intention("revoke-device", Permission.MANAGE_PHONES, RevokeDevice)
def revoke_device(uow: UnitOfWork, form: RevokeDevice) -> Done:
    """Switch a colleague's phone off and sign its owner out, because it was lost or she left."""
    device = devices.by_id(uow, form.device_id)
    if device is None or device.account_id not in {a.id for a in colleagues(uow)}:
        raise NotFound(form.device_id)
    return _revoked(uow, device)


def _revoked(uow: UnitOfWork, device: Device) -> Done:
    if device.revoked_at is None:
        devices.revoke(uow, device.id)
        # Which session is that phone's nobody knows. One that is still signed in would enrol itself anew at its next contact.
        accounts.end_sessions(uow, device.account_id, but=uow.actor.session_id)
    uow.note_event(AuditEvent("device-revoked", "device", device.id, f"account:{device.account_id}"))
    return Done(device.id, "This phone is switched off. What it still sends is kept for you to look at.")


def colleagues(uow: UnitOfWork) -> tuple[Account, ...]:
    """The accounts whose phones this actor may look after: those of the actor's branch."""
    return tuple(a for a in accounts.everyone(uow) if uow.actor.branch in (None, a.branch))


@query(Permission.RECORD_OBSERVATION)
def own_devices(uow: UnitOfWork) -> tuple[Device, ...]:
    """The actor's own phones, the newest first."""
    return devices.of_account(uow, uow.actor.account_id)


def signed_text(upload_id: str, sealed: bytes) -> bytes:
    """What a phone signs: the id of the note and the digest of what is sealed."""
    return f"sgapp/envelope/1|{upload_id}|{hashlib.sha256(sealed).hexdigest()}".encode()


def has_signed(device: Device, upload_id: str, sealed: bytes, signature: str) -> bool:
    """Whether this phone signed exactly this envelope. `signature`: base64 of r‖s (64 bytes) or of its DER form."""
    try:
        raw = base64.b64decode(signature, validate=True)
        if len(raw) == 2 * _HALF:
            raw = encode_dss_signature(int.from_bytes(raw[:_HALF]), int.from_bytes(raw[_HALF:]))
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), device.public_key)
        key.verify(raw, signed_text(upload_id, sealed), ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def sender(look: UnitOfWork, device_id: str, upload_id: str, sealed: bytes, signature: str) -> Actor | None:
    """The owner of the phone that signed this envelope, as somebody who may deliver; None if it did not.

    The signature is the permission; it opens the way in for notes and no other door. A phone that was switched off, or whose
    owner's account was, is told apart later: its note is kept all the same.
    """
    device = devices.by_id(look, device_id)
    if device is None or not has_signed(device, upload_id, sealed, signature):
        return None
    account = accounts.by_id(look, device.account_id)
    return replace(account.as_actor(), role=Role.WORKER) if account else None


def _point(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
        if len(raw) == 1 + 2 * _HALF:
            key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
        else:
            key = serialization.load_der_public_key(raw)
    except (binascii.Error, ValueError, TypeError) as error:
        raise Invalid(FieldError("public_key", "This is not a public key on the curve P-256.")) from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
        raise Invalid(FieldError("public_key", "This is not a public key on the curve P-256."))
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
