"""What to do with an upload that was kept: try again and take it in, or set it aside with a reason."""

import json
import uuid
from dataclasses import dataclass

from pydantic import ValidationError

from sgapp.domain.audit import AuditEvent
from sgapp.domain.errors import FieldError, Invalid, Unreadable
from sgapp.domain.kept import Because, KeptUpload
from sgapp.domain.observation import Observation
from sgapp.domain.permissions import SEES_RESERVED, Permission
from sgapp.domain.reference import note_reference
from sgapp.services.guard import Done, intention
from sgapp.services.house import NAMELESS
from sgapp.services.intake import note_from, note_of, opened
from sgapp.services.note_schema import as_it_came
from sgapp.services.strictness import stricter_for
from sgapp.store import accounts
from sgapp.store.tables import EnvelopeConflictRow, EnvelopeRow
from sgapp.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class TakeInKept:
    kept_id: str


@intention("take-in-kept", Permission.LOOK_AT_KEPT, TakeInKept)
def take_in_kept(uow: UnitOfWork, form: TakeInKept) -> Done:
    """Make the kept upload a note after all, as its writer's. Raises Invalid if it still cannot be opened.

    If it turns out to go past the managers, it goes, and whoever took it in sees no more of it.
    """
    upload = uow.kept.get(form.kept_id)
    note = _note(uow, upload)
    after = upload.taken_in(at=uow.now, by=uow.actor.name, reserved=note.reserved)
    _let_go(uow, upload, nameless=not note.author_id)
    if not note.author_id:
        after = after.without_writer(NAMELESS.name)
    event = AuditEvent("kept-taken-in", "observation", note.id, "system", detail=str(upload.because))
    uow.save(note, *stricter_for(uow, note), after, because=event)
    if note.reserved and uow.actor.role not in SEES_RESERVED:
        return Done(upload.id, "It is taken in. It is for somebody else to read, and you will not see it here.", "/desk")
    return Done(note.id, f"It is note {note.reference} now, and stands in the queue.", "/desk")


@dataclass(frozen=True, slots=True)
class SetKeptAside:
    kept_id: str
    reason: str = ""


@intention("set-kept-aside", Permission.LOOK_AT_KEPT, SetKeptAside)
def set_kept_aside(uow: UnitOfWork, form: SetKeptAside) -> Done:
    """Leave it sealed and kept, with the reason; it alarms no more."""
    upload = uow.kept.get(form.kept_id).set_aside(form.reason, at=uow.now, by=uow.actor.name)
    uow.save(upload, because=AuditEvent("kept-set-aside", "observation", upload.upload_id, "system"))
    return Done(upload.id, "Set aside. It stays sealed and kept.", "/desk")


def _note(uow: UnitOfWork, upload: KeptUpload) -> Observation:
    key_id, sealed = sealed_of(uow, upload)
    author = accounts.by_id(uow, upload.author_id) if upload.author_id else None
    if (author is None and upload.author_id) or not sealed:
        raise Invalid(FieldError("kept_id", "There is nothing left to open here."))
    # Two notes under one id: the second gets another, or it would take the place of the first.
    note_id = str(uuid.uuid5(uuid.UUID(upload.id), "note")) if upload.because is Because.OTHER_BYTES else upload.upload_id
    try:
        plain = opened(uow, key_id, upload.upload_id, sealed)
        try:
            return note_from(uow, author, note_id, note_reference(note_id), _renamed(plain, note_id), upload.received_at,
                             reserved=upload.reserved)
        except (ValidationError, ValueError):
            return note_of(uow, author, note_id, note_reference(note_id), as_it_came(note_id, plain, upload.received_at),
                           upload.received_at, reserved=upload.reserved)
    except Unreadable as error:
        raise Invalid(FieldError("kept_id", "It still cannot be opened; it stays kept. Ask the writer to ring and write it "
                                            "again, then set this one aside.")) from error


def _renamed(plain: bytes, note_id: str) -> bytes:
    """The plaintext under the id it is kept by."""
    content = json.loads(plain)
    return json.dumps({**content, "id": note_id}).encode() if isinstance(content, dict) else plain


def sealed_of(uow: UnitOfWork, upload: KeptUpload) -> tuple[str, bytes | None]:
    """The id of the key that an upload was sealed to, and its sealed bytes if they are still there."""
    first = uow.session.get_one(EnvelopeRow, upload.upload_id)
    if upload.because is not Because.OTHER_BYTES:
        return first.key_id, first.kept
    other = uow.session.get_one(EnvelopeConflictRow, (upload.upload_id, upload.sha256))
    return other.key_id or first.key_id, other.kept


def _let_go(uow: UnitOfWork, upload: KeptUpload, *, nameless: bool) -> None:
    """Of what has become a note only the digest stays, and whose it was; of one without a name not that either."""
    if upload.because is Because.OTHER_BYTES:
        other = uow.session.get_one(EnvelopeConflictRow, (upload.upload_id, upload.sha256))
        other.kept, other.author_id = b"", "" if nameless else other.author_id
        return
    row = uow.session.get_one(EnvelopeRow, upload.upload_id)
    row.kept, row.quarantined_because = None, None
    if nameless:
        row.author_id, row.device_id = "", None
