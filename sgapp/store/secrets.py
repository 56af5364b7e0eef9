"""Field encryption and the ring of keys: master → organisation and person → note and case.

AES-256-GCM; every ciphertext is bound to its place (table, row, key), so that it opens nowhere else. Destroying a
key is disposal: what lay under it is gone. Source: DESIGN, data at rest.
"""

import contextlib
import hashlib
import hmac
import os
import secrets
import uuid
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlmodel import Session

from sgapp.domain.errors import Unreadable
from sgapp.settings import Settings
from sgapp.store.tables import DataKeyRow

NONCE_BYTES = 12
ORGANISATION_KEY = "organisation"


def encrypt(key: bytes, plaintext: bytes, *, place: str) -> bytes:
    """Seal bytes under a 32-byte key, bound to the place they lie in."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, place.encode())


def decrypt(key: bytes, sealed: bytes, *, place: str) -> bytes:
    """Open what `encrypt` sealed for the same place. Raises Unreadable for anything else."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError) as error:
        raise Unreadable(place) from error


def load_master_key(settings: Settings) -> bytes:
    """The 32-byte master key: from the environment, or from the key file, which is made on first use."""
    if settings.master_key:
        return _from_hex(settings.master_key, "SGAPP_MASTER_KEY")
    if _lies_inside(settings.keys, settings.data):
        raise ValueError("SGAPP_KEYS lies inside SGAPP_DATA: a backup would carry the key with the lock. Move it out.")
    settings.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = settings.keys / "master.key"
    if not path.exists():
        _make_key_file(path)
    return _from_hex(path.read_text(), str(path))


def _make_key_file(path: Path) -> None:
    """Whole or not at all: of several processes that start together one makes it, and all read that one."""
    draft = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    try:
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()


def _lies_inside(inner: Path, outer: Path) -> bool:
    return inner.resolve().is_relative_to(outer.resolve())


def _from_hex(text: str, where: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError as error:
        raise ValueError(f"{where} does not hold a key: 64 hexadecimal digits are wanted") from error
    if len(key) != 32:
        raise ValueError(f"{where} holds {len(key)} bytes; the master key has 32")
    return key


class KeyRing:
    """Opens and makes data keys. Opened keys stay in this process's memory only."""

    def __init__(self, master: bytes) -> None:
        self._master = self.derived(master, "sgapp wrapping")
        self._mac = self.derived(master, "sgapp record digests")
        self.audit_mac_key = self.derived(master, "sgapp audit chain")
        self.state_key = self.derived(master, "sgapp page state")
        self._opened: dict[str, bytes] = {}

    @staticmethod
    def derived(master: bytes, purpose: str) -> bytes:
        return HKDF(hashes.SHA256(), 32, None, purpose.encode()).derive(master)

    def create(self, session: Session, purpose: str, *, parent_id: str | None, now: datetime, key_id: str = "") -> str:
        """Make a key, wrapped by its parent (None: the master key). Returns its id."""
        row, key = self.made(session, purpose, parent_id=parent_id, now=now, key_id=key_id)
        session.add(row)
        session.flush()
        self._opened[row.id] = key
        return row.id

    def made(self, session: Session, purpose: str, *, parent_id: str | None, now: datetime,
             key_id: str = "") -> tuple[DataKeyRow, bytes]:
        """A new key in its row, wrapped by its parent, and the key itself. Nothing is stored."""
        row = DataKeyRow(id=key_id or str(uuid.uuid4()), purpose=purpose, parent_id=parent_id, wrapped=None, created_at=now)
        key = AESGCM.generate_key(256)
        row.wrapped = self._wrap(session, key, row)
        return row, key

    def organisation_key(self, session: Session, now: datetime) -> str:
        if session.get(DataKeyRow, ORGANISATION_KEY) is None:
            self.create(session, "organisation", parent_id=None, now=now, key_id=ORGANISATION_KEY)
        return ORGANISATION_KEY

    def rewrap(self, session: Session, key_id: str, *, parent_id: str) -> None:
        """Hang a key under another parent: a note whose person becomes known, or was the wrong one."""
        key, row = self.open(session, key_id), session.get_one(DataKeyRow, key_id)
        row.parent_id = parent_id
        row.wrapped = self._wrap(session, key, row)

    def open(self, session: Session, key_id: str) -> bytes:
        """The key itself. Raises Unreadable if it was destroyed or its wrapping does not open."""
        if key_id not in self._opened:
            row = session.get(DataKeyRow, key_id)
            if row is None or row.wrapped is None:
                raise Unreadable(f"key {key_id} is gone")
            parent = self._master if row.parent_id is None else self.open(session, row.parent_id)
            self._opened[key_id] = decrypt(parent, row.wrapped, place=self._place(row))
        return self._opened[key_id]

    def record_mac(self, kind: str, record_id: str, canonical: bytes) -> str:
        """A keyed digest of a record's exact content, repeated in the audit event of the change."""
        message = f"{kind}\0{record_id}\0".encode() + canonical
        return hmac.new(self._mac, message, hashlib.sha256).hexdigest()

    def _wrap(self, session: Session, key: bytes, row: DataKeyRow) -> bytes:
        parent = self._master if row.parent_id is None else self.open(session, row.parent_id)
        return encrypt(parent, key, place=self._place(row))

    @staticmethod
    def _place(row: DataKeyRow) -> str:
        return f"data_key/{row.id}/{row.purpose}/{row.parent_id}"
