"""Backups while the product serves: one sealed file, tried before it counts; and the way back, through every disposal since.

Each month has a key of its own for them, away from the data. When its days are over it is destroyed, and with it what those
backups still held of records that were let go meanwhile.
"""

import json
import os
import re
import secrets
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from sgapp.domain.audit import AuditEvent
from sgapp.domain.errors import SgappError, Unreadable
from sgapp.domain.reach import MessageState
from sgapp.services.audit import AuditResult, verify_audit
from sgapp.services.checkpoints import keep_apart, tombstones_folder
from sgapp.services.guard import public
from sgapp.services.house import SYSTEM, House, WrongMasterKey
from sgapp.settings import Settings
from sgapp.store import disposal, dump, sealed_file
from sgapp.store.disposal import NoTombstone
from sgapp.store.migrations import known, revision_of, upgrade
from sgapp.store.secrets import key_in, mark_of, write_once
from sgapp.store.tables import AuditEventRow, MessageRow, SessionRow, TombstoneRow

_FIRST_LINE = b"sgapp backup 1\n"
#: The head of a backup is one short line; whatever has a longer one is something else.
_LONGEST_HEAD = 4096
_AS_IT_WAS = "Nothing was restored, and what is here is as it was."
Progress = Callable[[int, int], None]


def _silent(_done: int, _of: int) -> None:
    """Tell nobody how far it is."""


class CannotBackUp(SgappError):
    """No backup was made, or it did not prove whole. Nothing was left behind."""


class CannotRestore(SgappError):
    """Nothing was restored, and what is here is as it was."""


@dataclass(frozen=True, slots=True)
class BackedUp:
    """`key` is the file without which this backup cannot be opened."""

    path: Path
    rows: int
    key: Path


@dataclass(frozen=True, slots=True)
class Restored:
    """`made_at`: as of when; what came in since is not in it. `disposed`: how many disposals since were carried out again."""

    made_at: datetime
    rows: int
    disposed: int
    audit: AuditResult


@public("run from the command line, by whoever looks after the machine; all of it stays sealed")
def back_up(house: House, to: Path, *, now: datetime, progress: Progress = _silent, check: Progress = _silent) -> BackedUp:
    """Write one sealed file while everything goes on, restore it on the side and verify that, and only then give it its name.

    Raises CannotBackUp.
    """
    path = to / f"sgapp-{now:%Y%m%d-%H%M%S}.backup" if to.is_dir() else to
    if path.exists():
        raise CannotBackUp(f"{path} is there already, and no backup is written over another. Name another file.")
    if path.resolve().is_relative_to(house.settings.keys.resolve()):
        raise CannotBackUp("A backup beside the keys is an open one. Name a place away from SGAPP_KEYS.")
    draft = path.with_name(f"{path.name}.unfinished")
    try:
        with draft.open("xb") as file:
            rows, found = _written(house, file, now, progress)
        _tried(house, draft, rows, found, check)
        draft.replace(path)
    except OSError as error:
        raise CannotBackUp(f"{path} could not be written ({error.strerror}). There is no backup.") from error
    except Unreadable as error:
        raise CannotBackUp(f"What was written did not prove whole ({error}). There is no backup; try another disk.") from error
    except DBAPIError as error:
        raise CannotBackUp(f"It could not be written and tried ({error.orig}). There is no backup. Look at the database, and "
                           "at how much room SGAPP_DATA has: what was written is tried there.") from error
    finally:
        draft.unlink(missing_ok=True)
    try:
        with house.begin(SYSTEM, now) as uow:
            uow.note_event(AuditEvent("backup-made", "backup", f"{now:%Y%m%dT%H%M%SZ}", "system"))
    except DBAPIError as error:
        raise CannotBackUp(f"{path} is whole and can be kept. That it was made could not be noted ({error.orig}): look at the "
                           "database.") from error
    return BackedUp(path, rows, _key_path(house.settings, f"{now:%Y-%m}"))


def _written(house: House, file: IO[bytes], now: datetime, progress: Progress) -> tuple[int, AuditResult]:
    """Rows and what the chain looks like, both at the one moment that is written."""
    month = f"{now:%Y-%m}"
    key = _key_of_month(house.settings, month)
    found = verify_audit(house, now=now)
    with house.reading(SYSTEM, now) as uow:
        head = {"made_at": now.isoformat(), "month": month, "key": mark_of(key), "revision": revision_of(house.engine),
                "rows": dump.count(uow.session)}
        first = _FIRST_LINE + json.dumps(head).encode() + b"\n"
        file.write(first)
        sink = sealed_file.Sealing(file, key, head=first)
        rows = dump.write(uow.session, sink, progress=progress)
    sink.close()
    file.flush()
    os.fsync(file.fileno())
    return rows, found


def _tried(house: House, path: Path, rows: int, before: AuditResult, progress: Progress) -> None:
    """Restore it into a database that is thrown away, and verify that."""
    with _aside(house.settings) as trial:
        head = _filled(trial, path, progress)
        if head["rows"] != rows:
            raise Unreadable("it holds fewer rows than were written")
        trial.prepare()
        after = verify_audit(trial, now=datetime.fromisoformat(head["made_at"]))
    if before.sound and not after.sound:
        raise Unreadable(f"its chain breaks at {after.first_bad}")


@contextmanager
def _aside(settings: Settings) -> Iterator[House]:
    """A house with the same keys and an empty SQLite database of its own, beside the data, where the same lies anyway."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix="aside-", dir=settings.data) as folder:
        aside = House(Settings(**(settings.model_dump() | {"data": Path(folder), "database_url": ""})))
        try:
            yield aside
        finally:
            aside.engine.dispose()


def _filled(house: House, path: Path, progress: Progress) -> dict[str, Any]:
    """Put a backup's rows into an empty database, and bring that to this version. Returns the backup's head."""
    head = _head_of(path)
    key = _key_for(house.settings, head)
    if not known(head["revision"]):
        raise Unreadable("a newer version of this product made it")
    upgrade(house.engine, head["revision"])
    with path.open("rb") as file:
        first = file.readline() + file.readline()
        dump.read(house.engine, sealed_file.opened(file, key, head=first), progress=progress, rows=head["rows"])
    upgrade(house.engine)
    return head


def _head_of(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        if file.readline(_LONGEST_HEAD) != _FIRST_LINE:
            raise Unreadable("it is no backup of this product")
        try:
            head = json.loads(file.readline(_LONGEST_HEAD))
            return {"made_at": str(head["made_at"]), "month": str(head["month"]), "key": str(head["key"]),
                    "revision": str(head["revision"]), "rows": int(head["rows"])}
        except (ValueError, KeyError, TypeError) as error:
            raise Unreadable("it is no backup of this product") from error


@public("run from the command line, by whoever looks after the machine; all of it stays sealed")
def restore(house: House, path: Path, *, now: datetime, disposals: Path | None = None, none_disposed: bool = False,
            progress: Progress = _silent) -> Restored:
    """Put a backup into an empty database and carry out again what was disposed of since.

    `disposals`: the folder where tombstones were taken; else the one beside the keys. `none_disposed`: there never was one.
    Every session ends, and what must not go out twice waits for a person. It is tried on the side first. Raises CannotRestore.
    """
    texts = _tombstones(house.settings, disposals, none_disposed=none_disposed)
    try:
        if not dump.is_empty(house.engine):
            raise CannotRestore("There is something in this database, and a backup is never restored over it. Name an empty "
                                "SGAPP_DATA, or an empty database.")
        with _aside(house.settings) as aside:
            done = _restored(aside, path, texts, now, progress)
            if house.engine.dialect.name == "sqlite":
                _into_one_file(aside)
                house.engine.dispose()
                for name in ("sgapp.db-wal", "sgapp.db-shm"):
                    (house.settings.data / name).unlink(missing_ok=True)
                (aside.settings.data / "sgapp.db").replace(house.settings.data / "sgapp.db")
                return done
        return _restored(house, path, texts, now, progress)
    except WrongMasterKey as error:
        raise CannotRestore("The master key here does not open it. Put the one of its time back; if it was replaced since, add "
                            "the earlier key (before-….key) as a second line of master.key.") from error
    except (Unreadable, NoTombstone) as error:
        raise CannotRestore(f"{path}: {error}. Nothing was restored.") from error
    except OSError as error:
        raise CannotRestore(f"{path} could not be read ({error.strerror}). Nothing was restored.") from error
    except DBAPIError as error:
        there = _AS_IT_WAS if house.engine.dialect.name == "sqlite" else (
            "What is in this database is not to be used: begin again with an empty one.")
        raise CannotRestore(f"The database gave up ({error.orig}). Is there room? {there}") from error


@public("run by whoever starts the product; it opens no record")
def restore_unfinished(house: House) -> bool:
    """Whether a restore into this database broke off: sessions of then, what must not go out twice, and what was disposed of
    since stand in it as they were.
    """
    with house.engine.connect() as connection:
        return dump.unfinished(connection)


def _into_one_file(house: House) -> None:
    """Bring what lies in the log of a SQLite database into its file, and look at that. Raises CannotRestore.

    Closing it does so too, and says nothing where it could not.
    """
    house.engine.dispose()
    try:
        with closing(sqlite3.connect(house.settings.data / "sgapp.db")) as database:
            kept_back = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            sound = database.execute("PRAGMA quick_check").fetchone()[0] == "ok"
    except sqlite3.Error as error:
        raise CannotRestore(f"What was restored could not be written whole ({error}). Is there room? {_AS_IT_WAS}") from error
    if kept_back or not sound:
        raise CannotRestore(f"What was restored could not be written whole. {_AS_IT_WAS}")


def _restored(house: House, path: Path, texts: list[str], now: datetime, progress: Progress) -> Restored:
    head = _filled(house, path, progress)
    house.prepare()
    with house.begin(SYSTEM, now) as uow:
        disposed = disposal.replay(uow, texts)
        for session in uow.session.exec(select(SessionRow).where(col(SessionRow.ended_at).is_(None))):
            session.ended_at = now
        for message in uow.session.exec(select(MessageRow).where(col(MessageRow.once).is_(True), col(MessageRow.state).in_(
                [str(MessageState.WAITING), str(MessageState.SENDING)]))):
            message.state = str(MessageState.DOUBTFUL)
        uow.note_event(AuditEvent("restored", "backup", head["made_at"], "system"))
        dump.finished(uow.session.connection())
        tombs = uow.session.exec(select(TombstoneRow)).all()
    for tomb in tombs:
        keep_apart(house, tomb)
    return Restored(datetime.fromisoformat(head["made_at"]), head["rows"], disposed, verify_audit(house, now=now))


def _tombstones(settings: Settings, folder: Path | None, *, none_disposed: bool) -> list[str]:
    found = folder or tombstones_folder(settings)
    if none_disposed:
        return []
    if not found.is_dir():
        raise CannotRestore("What was disposed of since must not come back. Name the folder where disposals were taken "
                            "(--disposals), or say that there never was one (--none-disposed). Nothing was restored.")
    return [path.read_text() for path in sorted(found.glob("disposal-*.json"))]


def _folder(settings: Settings) -> Path:
    return settings.backup_keys or settings.keys / "backups"


def _key_path(settings: Settings, month: str) -> Path:
    return _folder(settings) / f"{month}.key"


def _key_of_month(settings: Settings, month: str) -> bytes:
    """The key of backups of this month, made on first use."""
    path = _key_path(settings, month)
    if path.resolve().is_relative_to(settings.data.resolve()):
        raise CannotBackUp("SGAPP_BACKUP_KEYS lies inside SGAPP_DATA. Move it out.")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        write_once(path, secrets.token_hex(32))
    return key_in(path)


def _key_for(settings: Settings, head: dict[str, Any]) -> bytes:
    path = _key_path(settings, head["month"]) if re.fullmatch(r"\d{4}-\d{2}", head["month"]) else None
    if path is None or not path.exists():
        raise Unreadable(f"the key of backups of {head['month'][:20]} is not here: it has expired, or lies elsewhere "
                         "(SGAPP_BACKUP_KEYS)")
    if mark_of(key := key_in(path)) != head["key"]:
        raise Unreadable(f"{path.name} is the key of another installation")
    return key


@public("run by the server itself; it destroys keys whose days are over, and reads nothing")
def expire_backup_keys(settings: Settings, *, now: datetime) -> tuple[str, ...]:
    """Destroy the keys of backups whose days are over. Returns their months."""
    gone = []
    for path, month in _keys(settings):
        if now >= _ends(month) + timedelta(days=settings.backup_days):
            path.write_text("0" * 64)
            path.unlink()
            gone.append(month)
    return tuple(gone)


def _keys(settings: Settings) -> Iterator[tuple[Path, str]]:
    for path in sorted(_folder(settings).glob("*.key")):
        if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", path.stem):
            yield path, path.stem


def _ends(month: str) -> datetime:
    """The first moment after a month, in UTC."""
    year, number = map(int, month.split("-"))
    return datetime.fromisoformat(f"{year + number // 12:04d}-{number % 12 + 1:02d}-01T00:00:00+00:00")


@public("run from the command line; a time, and nobody's words")
def last_backup(house: House, *, now: datetime) -> datetime | None:
    """When the newest backup was made; None if there never was one."""
    with house.begin(SYSTEM, now) as uow:
        return uow.session.exec(select(AuditEventRow.at).where(
            AuditEventRow.stream == "system", AuditEventRow.action == "backup-made").order_by(
            col(AuditEventRow.at).desc()).limit(1)).first()
