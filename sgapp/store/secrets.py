"""Field encryption and the ring of keys: master → organisation and person → note and case.

AES-256-GCM; every ciphertext is bound to its place (table, row, key), so that it opens nowhere else. Destroying a
key is disposal: what lay under it is gone. Source: DESIGN, data at rest.
"""

import contextlib
import hashlib
import hmac
import os
import secrets
import shlex
import subprocess
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection, Engine, inspect, text
from sqlmodel import Session, col, func, select

from sgapp.domain.errors import Unreadable
from sgapp.settings import Settings
from sgapp.store.engine import insert_row
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


def there_is_a_key(settings: Settings) -> bool:
    """Asked first where none may be made: whoever reads a key file that is not there makes one."""
    return bool(settings.master_key or settings.master_key_command) or key_file(settings).exists()


def load_master_keys(settings: Settings) -> tuple[bytes, ...]:
    """The 32-byte master keys, the one that counts first; behind it, while it is being replaced, the one before.

    From the environment, from what a command prints, or from the key file, which is made on first use.
    """
    if settings.master_key:
        return _keys_in(settings.master_key, "SGAPP_MASTER_KEY")
    if settings.master_key_command:
        return _keys_in(_printed_by(settings.master_key_command), "what SGAPP_MASTER_KEY_COMMAND prints")
    path = key_file(settings)
    settings.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        write_once(path, secrets.token_hex(32))
    return _keys_in(path.read_text(), str(path))


def key_file(settings: Settings) -> Path:
    """Where the master key lies, unless it comes from elsewhere. Raises ValueError for a place that a backup carries along."""
    if _lies_inside(settings.keys, settings.data):
        raise ValueError("SGAPP_KEYS lies inside SGAPP_DATA: a backup would carry the key with the lock. Move it out.")
    return settings.keys / "master.key"


def _printed_by(command: str) -> str:
    try:
        # Whoever may set our environment may run anything here anyway.
        return subprocess.run(shlex.split(command), capture_output=True, text=True, check=True, timeout=60).stdout  # noqa: S603
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise ValueError(f"SGAPP_MASTER_KEY_COMMAND did not print a key: {type(error).__name__}") from None


def write_once(path: Path, text: str) -> None:
    """Whole or not at all, for its owner alone: of several processes that start together one makes it, and all read that."""
    draft = _draft(path, text)
    try:
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()


def write_anew(path: Path, text: str) -> None:
    """The same in the place of what is there: whoever reads finds the one or the other, after a power cut, too."""
    _draft(path, text).replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _draft(path: Path, text: str) -> Path:
    draft = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _keys_in(text: str, where: str) -> tuple[bytes, ...]:
    found = tuple(_from_hex(word, where) for word in text.replace(",", " ").split())
    if not found:
        raise ValueError(f"{where} does not hold a key: 64 hexadecimal digits are wanted")
    return found


def key_in(path: Path) -> bytes:
    """The 32-byte key of a file. Raises ValueError for anything else."""
    return _keys_in(path.read_text(), str(path))[0]


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


def mark_of(master: bytes) -> str:
    """What tells one master key from another, and nothing of either."""
    return derived(master, "sgapp mark of a master key")[:8].hex()


def derived(master: bytes, purpose: str) -> bytes:
    """A key for one purpose, from another."""
    return HKDF(hashes.SHA256(), 32, None, purpose.encode()).derive(master)


#: Keys of this process that wrap nothing, by their purpose: of digests of records, of the chain, of its checkpoints, and of the
#: demo's passwords. They hang under the master key like every other, so that it can be replaced. In databases from before
#: that they were derived from it, with these words.
_OWN = {"digests": "sgapp record digests", "audit": "sgapp audit chain", "demo": "sgapp page state",
        "signing": "sgapp signing of checkpoints"}


def holds_keys(engine: Engine) -> bool:
    """Whether a database, of whichever version, holds keys that a master key was made for."""
    with engine.connect() as connection:
        return _organisations_own(connection) is not None


def _organisations_own(connection: Connection) -> DataKeyRow | None:
    """The organisation's key as it lies in a database of whichever version: an earlier one may lack columns, or all of it."""
    if not inspect(connection).has_table(str(DataKeyRow.__tablename__)):
        return None
    found = connection.execute(text("SELECT * FROM data_key WHERE id = :id"), {"id": ORGANISATION_KEY}).mappings().first()
    if found is None:
        return None
    return DataKeyRow(id=found["id"], purpose=found["purpose"], parent_id=found["parent_id"], wrapped=found["wrapped"],
                      wrapped_by=found.get("wrapped_by", ""), created_at=found["created_at"])


class KeyRing:
    """Opens and makes data keys. Opened keys stay in this process's memory only.

    `masters` are asked for where one is needed first, and again where a key was wrapped by one that is not known here: it may
    have been replaced meanwhile.
    """

    def __init__(self, masters: Callable[[], tuple[bytes, ...]]) -> None:
        self._ask, self._known = masters, tuple[bytes, ...]()
        self._opened: dict[str, bytes] = {}
        self._own: dict[str, bytes] = {}

    @property
    def _masters(self) -> tuple[bytes, ...]:
        self._known = self._known or self._ask()
        return self._known

    @property
    def audit_key(self) -> bytes:
        return self._own["audit"]

    @property
    def signing_key(self) -> bytes:
        """The seed of the Ed25519 key that signs checkpoints."""
        return self._own["signing"]

    @property
    def demo_key(self) -> bytes:
        return self._own["demo"]

    @property
    def master_mark(self) -> str:
        """Of the master key that counts."""
        return mark_of(self._masters[0])

    def load(self, session: Session) -> None:
        """Open this process's own keys, once. Raises Unreadable under another master key."""
        if self._own:
            return
        rows = {purpose: session.get(DataKeyRow, purpose) for purpose in _OWN}
        self._own = {purpose: self.open(session, purpose) if row is not None else derived(self._masters[-1], _OWN[purpose])
                     for purpose, row in rows.items()}

    def check(self, connection: Connection) -> None:
        """Try the key that everything hangs under, and change nothing. Raises Unreadable under another master key."""
        row = _organisations_own(connection)
        if row is not None:
            self._unwrapped(row)

    def prepare(self, session: Session, now: datetime) -> None:
        """Make the organisation's keys where there are none. Raises Unreadable under another master key."""
        new = session.get(DataKeyRow, ORGANISATION_KEY) is None
        if new:
            self.create(session, ORGANISATION_KEY, parent_id=None, now=now, key_id=ORGANISATION_KEY)
        self.open(session, ORGANISATION_KEY)
        for purpose, words in _OWN.items():
            if session.get(DataKeyRow, purpose) is None:
                key = AESGCM.generate_key(256) if new else derived(self._masters[-1], words)
                row = DataKeyRow(id=purpose, purpose=purpose, parent_id=None, wrapped=None, created_at=now)
                self._put_under(session, row, key)
                session.add(row)
                session.flush()
        self._own = {purpose: self.open(session, purpose) for purpose in _OWN}

    def create(self, session: Session, purpose: str, *, parent_id: str | None, now: datetime, key_id: str = "") -> str:
        """Make a key, wrapped by its parent (None: the master key). Returns its id."""
        row, key = self.made(session, purpose, parent_id=parent_id, now=now, key_id=key_id)
        insert_row(session, DataKeyRow, **row)
        self._opened[row["id"]] = key
        return row["id"]

    def made(self, session: Session, purpose: str, *, parent_id: str | None, now: datetime,
             key_id: str = "") -> tuple[dict[str, Any], bytes]:
        """The row of a new key, wrapped by its parent, and the key itself. Nothing is stored."""
        key_id, key = key_id or str(uuid.uuid4()), AESGCM.generate_key(256)
        wrapped, wrapped_by = self._wrapped(session, key, parent_id, place=_place(key_id, purpose, parent_id))
        return {"id": key_id, "purpose": purpose, "parent_id": parent_id, "wrapped": wrapped, "wrapped_by": wrapped_by,
                "created_at": now, "destroyed_at": None}, key

    def made_roots(self, session: Session, purpose: str, count: int, *,
                   now: datetime) -> tuple[str, list[tuple[DataKeyRow, bytes]]]:
        """So many new keys under the master key, in their rows. Nothing is stored, and nothing held.

        Also returns the mark of that master key: `counting_mark` has to be the same when they are stored.
        """
        master = self._counting(session, held=False)
        wrapping, found = self._wrapping(master), list[tuple[DataKeyRow, bytes]]()
        for _ in range(count):
            key, row = AESGCM.generate_key(256), DataKeyRow(
                id=str(uuid.uuid4()), purpose=purpose, parent_id=None, wrapped=None, wrapped_by=mark_of(master), created_at=now)
            row.wrapped = encrypt(wrapping, key, place=_place_of(row))
            found.append((row, key))
        return mark_of(master), found

    def counting_mark(self, session: Session) -> str:
        """The mark of the master key that counts, until this transaction ends."""
        return mark_of(self._counting(session))

    def rewrap(self, session: Session, key_id: str, *, parent_id: str) -> None:
        """Hang a key under another parent: a note whose person becomes known, or was the wrong one."""
        key, row = self.open(session, key_id), session.get_one(DataKeyRow, key_id)
        row.parent_id = parent_id
        self._put_under(session, row, key)

    def rewrap_roots(self, session: Session, *, most: int) -> int:
        """Put keys that an earlier master key wraps under the one that counts, at most so many. Returns how many.

        The organisation's own goes first: from then on nobody wraps anything with the earlier one.
        """
        self._known = self._ask()
        if session.get_one(DataKeyRow, ORGANISATION_KEY).wrapped_by != self.master_mark:
            rows = [session.get_one(DataKeyRow, ORGANISATION_KEY, with_for_update=True)]
        else:
            rows = list(session.exec(select(DataKeyRow).where(
                col(DataKeyRow.parent_id).is_(None), col(DataKeyRow.wrapped).is_not(None),
                DataKeyRow.wrapped_by != self.master_mark).limit(most).with_for_update()))
        for row in rows:
            row.wrapped = encrypt(self._wrapping(self._masters[0]), self._unwrapped(row), place=_place_of(row))
            row.wrapped_by = self.master_mark
        session.flush()
        return len(rows)

    def roots_left(self, session: Session) -> int:
        """How many keys an earlier master key still wraps."""
        return session.exec(select(func.count()).select_from(DataKeyRow).where(
            col(DataKeyRow.parent_id).is_(None), col(DataKeyRow.wrapped).is_not(None),
            DataKeyRow.wrapped_by != self.master_mark)).one()

    def open(self, session: Session, key_id: str) -> bytes:
        """The key itself. Raises Unreadable if it was destroyed or its wrapping does not open."""
        key = self._opened.get(key_id)
        if key is None:
            row = session.get(DataKeyRow, key_id)
            if row is None or row.wrapped is None:
                raise Unreadable(f"key {key_id} is gone")
            key = self._unwrapped(row) if row.parent_id is None else decrypt(
                self.open(session, row.parent_id), row.wrapped, place=_place_of(row))
            self._opened[key_id] = key
        return key

    def forget(self, key_ids: Iterable[str] | None = None) -> None:
        """Let go of opened keys, these or all: what was destroyed must not go on opening here."""
        for key_id in list(self._opened) if key_ids is None else key_ids:
            self._opened.pop(key_id, None)

    @contextmanager
    def for_a_while(self) -> Iterator[None]:
        """What is opened within is let go of at its end: whoever walks through all records holds the keys of a few."""
        before = frozenset(self._opened)
        try:
            yield
        finally:
            self.forget(key_id for key_id in list(self._opened) if key_id not in before)

    def record_mac(self, kind: str, record_id: str, canonical: bytes) -> str:
        """A keyed digest of a record's exact content, repeated in the audit event of the change."""
        message = f"{kind}\0{record_id}\0".encode() + canonical
        return hmac.new(self._own["digests"], message, hashlib.sha256).hexdigest()

    def _put_under(self, session: Session, row: DataKeyRow, key: bytes) -> None:
        row.wrapped, row.wrapped_by = self._wrapped(session, key, row.parent_id, place=_place_of(row))

    def _wrapped(self, session: Session, key: bytes, parent_id: str | None, *, place: str) -> tuple[bytes, str]:
        """A key wrapped by its parent, None: by the master key that counts; and the mark of that."""
        if parent_id is not None:
            return encrypt(self.open(session, parent_id), key, place=place), ""
        master = self._counting(session)
        return encrypt(self._wrapping(master), key, place=place), mark_of(master)

    def _counting(self, session: Session, *, held: bool = True) -> bytes:
        """The master key that counts in this transaction: the one that wraps the organisation's own, held until it ends."""
        lock = {"read": True} if held else None
        row = session.get(DataKeyRow, ORGANISATION_KEY, with_for_update=lock, populate_existing=True)
        if row is None:
            return self._masters[0]
        return self._master(row.wrapped_by) if row.wrapped_by else self._masters[-1]

    def _master(self, mark: str) -> bytes:
        """A master key by its mark. Raises Unreadable for one that is not known here, even after asking again."""
        for again in (False, True):
            if again:
                self._known = self._ask()
            for master in self._masters:
                if mark_of(master) == mark:
                    return master
        raise Unreadable("a master key that is not known here")

    def _unwrapped(self, row: DataKeyRow) -> bytes:
        """A key that a master key wraps. Those from before they were told apart are under the oldest that is known."""
        master = self._master(row.wrapped_by) if row.wrapped_by else self._masters[-1]
        return decrypt(self._wrapping(master), row.wrapped or b"", place=_place_of(row))

    @staticmethod
    def _wrapping(master: bytes) -> bytes:
        return derived(master, "sgapp wrapping")


def _place(key_id: str, purpose: str, parent_id: str | None) -> str:
    return f"data_key/{key_id}/{purpose}/{parent_id}"


def _place_of(row: DataKeyRow) -> str:
    return _place(row.id, row.purpose, row.parent_id)
