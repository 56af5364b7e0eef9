"""Intake: a sealed note comes in once, is opened, stored and never refused for what it says.

A well-formed, authenticated envelope is always kept: what cannot be opened goes to quarantine and into the queue.
Exactly once: the phone makes the id, the id is the primary key. Source: DESIGN, "Intake keeps everything".
"""

import base64
import binascii
import hashlib
import json
import re
import uuid
from asyncio import get_running_loop
from collections.abc import Mapping
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass, replace
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import ValidationError
from sqlmodel import col, select

from sgapp.domain.audit import AuditEvent
from sgapp.domain.errors import Conflict, FieldError, Invalid, SignedOut, Unreadable
from sgapp.domain.kept import Because, KeptUpload
from sgapp.domain.observation import NoteContent, Observation, PriorityChange, Route, priority_at_intake
from sgapp.domain.permissions import Actor, Permission
from sgapp.domain.reference import note_reference
from sgapp.domain.staff_names import named_as_involved, named_in_passing
from sgapp.services.cards import OfflineLooks, is_looks, keep_looks, looks_from
from sgapp.services.devices import has_signed, sender
from sgapp.services.guard import Done, intention, public
from sgapp.services.house import NAMELESS, NOBODY, SYSTEM, House
from sgapp.services.investigations import joined
from sgapp.services.note_schema import AS_BEFORE, NotePayload, as_it_came, speaks_up
from sgapp.services.sessions import actor_for, asking, seen
from sgapp.services.strictness import stricter_for
from sgapp.services.together import Apart
from sgapp.store import accounts, devices
from sgapp.store.access import barred_by
from sgapp.store.access import readers as readers_of
from sgapp.store.accounts import Account
from sgapp.store.devices import Device
from sgapp.store.engine import insert_row, is_there
from sgapp.store.standing import standing
from sgapp.store.tables import EnvelopeConflictRow, EnvelopeRow, ObservationRow, SealingKeyRow
from sgapp.store.unit_of_work import UnitOfWork

SUITE_NAME = "DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM"
SCHEMA = 1
MAX_SEALED_BYTES = 256 * 1024
_KEY_ID = re.compile(r"[0-9A-Za-z_.:-]{1,64}")
_SUITE = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


@dataclass(frozen=True, slots=True)
class IntakeKey:
    """What a phone needs to seal a note. `public_key` is the uncompressed point, base64."""

    key_id: str
    public_key: str
    suite: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """A sealed note as it arrives. `sealed` is base64 of the encapsulated key followed by the ciphertext.

    `device` and `signature` say which phone signed it; both empty when it comes with a session alone.
    """

    id: str
    key_id: str
    sealed: str
    device: str = ""
    signature: str = ""

    @property
    def signed(self) -> bool:
        """Whether it says that a phone signed it, and which."""
        return bool(self.device and self.signature)


def seal_info(organisation: str, key_id: str, note_id: str) -> bytes:
    """What binds a sealed note to its organisation, key, schema and id."""
    return f"sgapp/note/{SCHEMA}|{organisation}|{key_id}|{note_id}".encode()


def seal_note(key: IntakeKey, note_id: str, payload: Mapping[str, object]) -> Envelope:
    """Seal the plaintext of a note as a phone does. Source of `payload`: docs/note-schema.md; its `id` is `note_id` again."""
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), base64.b64decode(key.public_key))
    sealed = _SUITE.encrypt(json.dumps(payload).encode(), point, seal_info(key.organisation, key.key_id, note_id))
    return Envelope(note_id, key.key_id, base64.b64encode(sealed).decode())


def _private_place(key_id: str) -> str:
    return f"sealing_key/{key_id}"


@public("the public half of a key; without it no phone could seal")
def intake_key(house: House, *, now: datetime) -> IntakeKey:
    """The key that phones seal to now; made on first use."""
    with house.begin(SYSTEM, now) as uow:
        query_ = select(SealingKeyRow).where(col(SealingKeyRow.retired_at).is_(None)).order_by(col(SealingKeyRow.created_at))
        row = uow.session.exec(query_).first()
        if row is None:
            row = make_sealing_key(uow)
            uow.note_event(AuditEvent("sealing-key-made", "sealing_key", row.id, "system"))
        public = base64.b64encode(row.public_key).decode()
        return IntakeKey(row.id, public, SUITE_NAME, _bound_to(uow, row))


def _bound_to(uow: UnitOfWork, row: SealingKeyRow) -> str:
    return row.organisation or uow.organisation


def make_sealing_key(uow: UnitOfWork) -> SealingKeyRow:
    """A new key pair to seal to, its private half under the organisation's key. The caller records why."""
    private = ec.generate_private_key(ec.SECP256R1())
    key_id = str(uuid.uuid4())
    earlier = uow.session.exec(select(SealingKeyRow.organisation).where(SealingKeyRow.organisation != "")).first()
    point = private.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    der = private.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8,
                                serialization.NoEncryption())
    row = SealingKeyRow(id=key_id, organisation=earlier or str(uuid.uuid4()), public_key=point,
                        sealed_private_key=uow.sealed(der, place=_private_place(key_id)), created_at=uow.now)
    uow.session.add(row)
    uow.session.flush()
    return row


@intention("deliver-note", Permission.RECORD_OBSERVATION, Envelope)
def deliver_note(uow: UnitOfWork, form: Envelope) -> Done:
    """Take a sealed note in. Raises Invalid for a malformed envelope.

    The answer's `id` is the reference, its `message` the time of receipt, its `next` `fresh`, `conflict` or empty.
    """
    note_id, sealed = _well_formed(form)
    reference, digest = note_reference(note_id), hashlib.sha256(sealed).hexdigest()
    if is_there(uow.session, EnvelopeRow, note_id):
        return _again(uow, uow.session.get_one(EnvelopeRow, note_id), digest, sealed, form.key_id)
    device = _device_of(uow, form, note_id, sealed)
    note, because = _read(uow, form.key_id, note_id, reference, sealed, device)
    looks = note if isinstance(note, OfflineLooks) else None
    note = note if isinstance(note, Observation) else None
    unread = note is None and looks is None
    spoken_up = _spoken_up(uow, form.key_id, note_id, sealed) if unread else {}
    if spoken_up.get("nameless") or (note is not None and not note.author_id):
        # She asked not to be named. Who may deliver is checked; from here on nothing is written that says who it was.
        uow.actor, device = NAMELESS, None
    insert_row(uow.session, EnvelopeRow, id=note_id, sha256=digest, reference=reference, author_id=_writer(uow),
               key_id=form.key_id, received_at=uow.now, device_id=device.id if device else None,
               quarantined_because=str(because) if unread else None, kept=sealed if unread else None)
    uow.fresh.add(note_id)  # whatever is kept under it has an envelope
    if device is not None:
        devices.used(uow, device.id)
    if looks is not None:
        keep_looks(uow, looks, note_id)
    elif note is None:
        upload = _kept(uow, uow.session.get_one(EnvelopeRow, note_id), because, reserved=bool(spoken_up))
        uow.save(upload, because=AuditEvent("note-quarantined", "observation", note_id, "system", detail=str(because)))
    else:
        event = AuditEvent("note-delivered", "observation", note_id, detail=str(note.priority))
        note, also = joined(uow, note)
        uow.save(note, *also, *stricter_for(uow, note), because=event)
    return Done(reference, uow.now.isoformat(), "fresh")


#: What a sealed message may raise that breaks whoever reads it: it is kept, whatever it holds.
_BREAKS = (Unreadable, ValueError, KeyError, TypeError, RecursionError, OverflowError)


def _read(uow: UnitOfWork, key_id: str, note_id: str, reference: str, sealed: bytes,
          device: Device | None) -> tuple[Observation | OfflineLooks | None, Because]:
    """The note in an envelope, or the looks at cards; or None, and why it is kept for somebody to look at instead."""
    author = accounts.by_id(uow, uow.actor.account_id)
    key = _sealing_key(uow, key_id)
    if device is not None and device.revoked_at is not None:
        return None, Because.REVOKED_PHONE
    if author is None or author.disabled or not author.as_actor().may(Permission.RECORD_OBSERVATION):
        return None, Because.DISABLED_AUTHOR
    if key is not None and key.retired:
        return None, Because.RETIRED_KEY
    plain = b""
    try:
        plain = opened(uow, key_id, note_id, sealed)
        if is_looks(plain):
            return looks_from(plain, note_id), Because.UNREADABLE
        return note_from(uow, author, note_id, reference, plain, uow.now), Because.UNREADABLE
    except ValidationError:
        if speaks_up(plain):  # kept for a look, it would stand in the queue of those whom it goes past, with her name
            return note_of(uow, author, note_id, reference, as_it_came(note_id, plain, uow.now), uow.now), Because.INCOMPLETE
        return None, Because.INCOMPLETE
    except _BREAKS:
        return None, Because.UNREADABLE


def _spoken_up(uow: UnitOfWork, key_id: str, note_id: str, sealed: bytes) -> dict[str, object]:
    """Of what is kept for a look and can be opened: whether it goes past the managers, and without a name. It stands where
    whom it goes past would read who wrote it.
    """
    try:
        return speaks_up(opened(uow, key_id, note_id, sealed))
    except _BREAKS:
        return {}


def _device_of(uow: UnitOfWork, form: Envelope, note_id: str, sealed: bytes) -> Device | None:
    """The author's own phone, if it signed this."""
    device = devices.by_id(uow, form.device) if form.signed else None
    if device is None or device.account_id != uow.actor.account_id:
        return None
    return device if has_signed(device, note_id, sealed, form.signature) else None


def _writer(uow: UnitOfWork) -> str:
    """Whose upload this is, as it is kept: empty where she gave no name."""
    return "" if uow.actor is NAMELESS else uow.actor.account_id


def kept_id(upload_id: str, sha256: str) -> str:
    """The id of what is kept of an upload: the note that it may become has the upload's."""
    return str(uuid.uuid5(uuid.UUID(upload_id), sha256))


def _kept(uow: UnitOfWork, row: EnvelopeRow, because: Because, sha256: str = "", *, reserved: bool = False) -> KeptUpload:
    """The record of it, under an id of its own.

    What comes under the number of a reserved note is as reserved as that.
    """
    sha256 = sha256 or row.sha256
    note = uow.session.get(ObservationRow, row.id)
    return KeptUpload(
        id=kept_id(row.id, sha256), upload_id=row.id, sha256=sha256, reference=row.reference,
        device_id=row.device_id,
        author_id=_writer(uow), author_name=uow.actor.name, received_at=uow.now, because=because,
        branch=uow.actor.branch or "main", reserved=reserved or (note is not None and note.reserved))


def _again(uow: UnitOfWork, earlier: EnvelopeRow, digest: str, sealed: bytes, key_id: str) -> Done:
    """The same bytes get the same answer; other bytes under the same id are kept aside and told as a conflict."""
    if not earlier.author_id:
        uow.actor = NAMELESS  # whoever has the id of a note without a name wrote it: that is not kept either
    if earlier.sha256 == digest:
        uow.note_event(AuditEvent("note-delivered-again", "observation", earlier.id))
        return Done(earlier.reference, earlier.received_at.isoformat(), "")
    event = AuditEvent("note-conflict-kept", "observation", earlier.id, "system")
    if uow.session.get(EnvelopeConflictRow, (earlier.id, digest)) is None:
        uow.session.add(EnvelopeConflictRow(id=earlier.id, sha256=digest, author_id=_writer(uow), key_id=key_id,
                                            received_at=uow.now, kept=sealed))
        uow.save(_kept(uow, earlier, Because.OTHER_BYTES, digest), because=event)
    else:
        uow.note_event(event)
    return Done(earlier.reference, "", "conflict")


@public("asks the guarded deliver_note, and turns its answer into a receipt")
def receive(house: House, actor: Actor | None, envelope: Envelope, *, now: datetime) -> tuple[str, str, bool]:
    """Deliver an envelope: (reference, time of receipt, whether it was new). Raises Conflict after keeping it.

    The phone that signed it says whose it is; without a good signature, the session does. Raises SignedOut if neither.
    """
    signer = None
    if envelope.signed:
        with house.reading(NOBODY, now) as look:
            signer = _signer(look, envelope)
    return _receipt(deliver_note(house, _whose(signer, actor), envelope, now=now))


@public("asks who the bearer of a cookie is, and then the guarded deliver_note")
async def receive_with_others(house: House, token: str | None, envelope: Envelope, *, now: datetime) -> tuple[str, str, bool]:
    """The same for the bearer of a cookie, who waits without a thread: in a commit with whatever else arrives meanwhile."""
    unnoted = False

    def who(look: UnitOfWork) -> Actor:
        nonlocal unnoted
        actor, unnoted = asking(look, token) if token else (None, False)
        return _whose(_signer(look, envelope) if envelope.signed else None, actor)

    def note(uow: UnitOfWork) -> None:
        if token and unnoted:
            seen(uow, token)

    try:
        done = await deliver_note.with_others(house, who, envelope, now=now, fit=_well_formed, also=note)
    except Apart:
        def by_itself() -> tuple[str, str, bool]:
            return receive(house, actor_for(house, token, now=now), envelope, now=now)

        return await get_running_loop().run_in_executor(house.aside, copy_context().run, by_itself)
    return _receipt(done)


def _signer(look: UnitOfWork, envelope: Envelope) -> Actor | None:
    return sender(look, envelope.device, *_well_formed(envelope), envelope.signature)


def _whose(signer: Actor | None, actor: Actor | None) -> Actor:
    found = signer or actor
    if found is None:
        raise SignedOut("neither a session nor the signature of a phone we know")
    return found


def _receipt(done: Done) -> tuple[str, str, bool]:
    if done.next == "conflict":
        raise Conflict("Another note came under this id. Both are kept; please ring the office.")
    return done.id, done.message, done.next == "fresh"


def _well_formed(form: Envelope) -> tuple[str, bytes]:
    errors = []
    note_id, sealed = form.id.lower(), b""
    try:
        if str(uuid.UUID(note_id)) != note_id:
            raise ValueError(note_id)
    except ValueError:
        errors.append(FieldError("id", "The id is not a UUID."))
    try:
        sealed = base64.b64decode(form.sealed, validate=True)
    except (binascii.Error, ValueError):
        errors.append(FieldError("sealed", "The sealed note is not base64."))
    if not errors and len(sealed) < 65 + 16:
        errors.append(FieldError("sealed", "The sealed note is too short to be one."))
    if not _KEY_ID.fullmatch(form.key_id):
        errors.append(FieldError("key_id", "The key id is missing or is not one of ours."))
    if errors:
        raise Invalid(*errors)
    return note_id, sealed


def opened(uow: UnitOfWork, key_id: str, note_id: str, sealed: bytes) -> bytes:
    """What was sealed to a key of ours under this note's id. Raises Unreadable."""
    key = _sealing_key(uow, key_id)
    if key is None or key.private is None:
        raise Unreadable(key_id)
    try:
        return _SUITE.decrypt(sealed, key.private, seal_info(key.organisation, key_id, note_id))
    except InvalidTag as error:
        raise Unreadable(note_id) from error


@dataclass(frozen=True, slots=True)
class _SealingKey:
    """What notes were sealed to. `private` is None once it was destroyed, or where it does not open any more."""

    organisation: str
    retired: bool
    private: ec.EllipticCurvePrivateKey | None


@standing
def _sealing_key(uow: UnitOfWork, key_id: str) -> _SealingKey | None:
    row = uow.session.get(SealingKeyRow, key_id, populate_existing=True)
    if row is None:
        return None
    private = None
    if row.sealed_private_key is not None:
        with suppress(Unreadable, ValueError):
            private = serialization.load_der_private_key(
                uow.opened(row.sealed_private_key, place=_private_place(key_id)), None)
    return _SealingKey(_bound_to(uow, row), row.retired_at is not None,
                       private if isinstance(private, ec.EllipticCurvePrivateKey) else None)


def note_from(uow: UnitOfWork, author: Account | None, note_id: str, reference: str, plain: bytes,
              received_at: datetime, *, reserved: bool = False) -> Observation:
    """The note that an account wrote. Raises ValidationError for a plaintext that is no note, Unreadable for another's."""
    payload = NotePayload.model_validate_json(plain)
    if payload.id.lower() != note_id:
        raise Unreadable("the sealed note names another id")
    return note_of(uow, author, note_id, reference, payload, received_at, reserved=reserved)


def note_of(uow: UnitOfWork, author: Account | None, note_id: str, reference: str, payload: NotePayload,
            received_at: datetime, *, reserved: bool = False) -> Observation:
    """The same from a plaintext that was read: with its person, its first priority, its restriction and its bars.

    `author` None: whose upload it is was not kept. `reserved`: it is for the nominated individual, whatever it says.
    """
    content = payload.content()
    if content.nameless:
        # Nothing in it may hang on who she is: not whom she may know of, which notes are hers, or how her clock runs.
        author, content = None, replace(content, captured_at=received_at, when_seen=received_at)
    person_id = _person(uow, payload.person.id, visit=content.route is Route.VISIT) if author else None
    if payload.person.id and person_id is None:
        # Not on the writer's list (any more): kept as it came, for somebody to match.
        content = replace(content, person_text=content.person_text or payload.person.id)
    corrects = _corrected(uow, author, payload.corrects) if author and content.route is Route.VISIT else None
    reserved = reserved or content.route is Route.SPEAK_UP or bool(corrects and corrects.reserved)
    involved, in_passing = _named(uow, content, author, reserved=reserved)
    priority, reason = priority_at_intake(content, staff_named=bool(in_passing))
    barred = barred_by(uow, involved) | in_passing
    if corrects is not None:
        person_id = person_id or corrects.person_id
        if content.person_text == AS_BEFORE:
            content = replace(content, person_text=corrects.content.person_text)
        barred |= set(corrects.barred)
    return Observation(
        id=note_id, reference=reference, author_id=author.id if author else "",
        author_name=author.name if author else NAMELESS.name,
        received_at=received_at, content=content, priority_history=(PriorityChange(priority, reason, received_at, ""),),
        person_id=person_id, corrects_id=corrects.id if corrects else None,
        restricted=content.names_staff or bool(in_passing) or bool(corrects and corrects.restricted) or reserved
        or content.route is not Route.VISIT,
        barred=tuple(sorted(barred)), branch=(author.branch if author else NAMELESS.branch) or "main",
        named=tuple(sorted(in_passing)), reserved=reserved)


def _id(text: str | None) -> str | None:
    """An id as the store writes it; None for anything that cannot be one."""
    try:
        return str(uuid.UUID(text)) if text else None
    except ValueError:
        return None


def _person(uow: UnitOfWork, text: str, *, visit: bool) -> str | None:
    """The adult that the writer chose, if she may know of them. Raises Unreadable where nothing can be kept under their key;
    but what is for few eyes is not kept for a look, which is for more: it goes to those few without the adult.
    """
    person_id = _id(text)
    if person_id is None or not uow.knows_of(person_id):
        return None
    try:
        uow.key_of(person_id)
    except Unreadable:
        if visit:
            raise
        return None
    return person_id


def _corrected(uow: UnitOfWork, author: Account, text: str | None) -> Observation | None:
    """The author's own earlier note; anything else is treated as a note of its own, so that nothing is lost."""
    note_id = _id(text)
    row = uow.session.get(ObservationRow, note_id) if note_id else None
    return uow.regardless(Observation, row.id) if row is not None and row.author_id == author.id else None


def _named(uow: UnitOfWork, content: NoteContent, author: Account | None, *,
           reserved: bool) -> tuple[frozenset[str], frozenset[str]]:
    """Accounts that must not learn of the note: named as involved, and named in passing. Restrict first, ask after.

    Somebody has to be left who can: names in passing shut nobody out where none of those who see such notes would remain;
    with a reserved note, none of those who see it. A writer without a name is named like anybody else, or her absence from
    the list would name her.
    """
    staff = accounts.staff(uow)
    involved = named_as_involved(content, staff)
    in_passing = named_in_passing(content, staff) - involved - ({author.id} if author else set())
    branch = author.branch if author else NAMELESS.branch
    readers = readers_of(uow, branch, reserved=reserved)
    if readers - involved - in_passing:
        return involved, in_passing
    return involved, in_passing - readers if reserved else frozenset()
