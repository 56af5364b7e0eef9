"""A thief with data folder, database, backup, logs and Redis, and without the master key: every key that lies there is tried.

Whatever could be one, in hexadecimal, base64 or bare, is tried as the master key, as what wraps, and as the key of a record.
"""

import base64
import contextlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url
from sqlmodel import Session, select

from sgapp.domain.errors import Unreadable
from sgapp.store import sealed_file
from sgapp.store.kinds import KINDS
from sgapp.store.secrets import decrypt, derived
from sgapp.store.tables import DataKeyRow
from tests.security.test_nothing_readable_at_rest import running, what_is_kept
from tests.serving import Server

__all__ = ["running"]  # a fixture

_HEX = re.compile(rb"(?<![0-9a-fA-F])[0-9a-fA-F]{64}(?![0-9a-fA-F])")
_BASE64 = re.compile(rb"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{43}=?(?![A-Za-z0-9+/_-])")


def keys_in(kept: dict[str, bytes]) -> set[bytes]:
    """Everything of 32 bytes that is written somewhere."""
    found: set[bytes] = set()
    for content in kept.values():
        found |= {bytes.fromhex(match.decode()) for match in _HEX.findall(content)}
        found |= {base64.urlsafe_b64decode(match.translate(bytes.maketrans(b"+/", b"-_")).rstrip(b"=") + b"=")
                  for match in _BASE64.findall(content)}
        found |= {part for part in re.split(rb"[\n\0]", content) if len(part) == 32}
    return found


def _tried(keys: Iterable[bytes], sealed: bytes | None, place: str) -> Iterator[bytes]:
    for key in keys:
        try:
            yield decrypt(key, sealed or b"", place=place)
        except Unreadable:
            continue


def opened_with(engine: Engine, keys: set[bytes]) -> list[bytes]:
    """The records that any of these keys opens, directly or through keys that it unwraps."""
    with Session(engine) as session:
        wrapped = list(session.exec(select(DataKeyRow)))
        held, more = set(keys), keys | {derived(key, "sgapp wrapping") for key in keys}
        while more:
            fresh = {key for row in wrapped for key in _tried(
                more, row.wrapped, f"data_key/{row.id}/{row.purpose}/{row.parent_id}")} - held
            held, more = held | fresh, fresh
        return [plain for kind in KINDS.values() for row in session.exec(select(kind.table))
                for plain in _tried(held, row.sealed, kind.place(row.id))]


def _database(server: Server) -> Engine:
    url = server.env.get("SGAPP_DATABASE_URL")
    return create_engine(make_url(url).set(drivername="postgresql+psycopg") if url else f"sqlite:///{server.data / 'sgapp.db'}")


def _master(server: Server) -> bytes:
    return (Path(server.env["SGAPP_KEYS"]) / "master.key").read_bytes()


@pytest.mark.parametrize("planted", [False, True], ids=["as it is", "with the master key in a log"])
def test_no_key_that_lies_with_the_data_opens_a_record(running: tuple[Server, str], planted: bool) -> None:
    """The second is the control: the same attack opens every record as soon as the key lies there."""
    server, redis_url = running
    kept = what_is_kept(server, redis_url)
    if planted:
        kept["server.log"] += b"\nkey=" + _master(server) + b"\n"
    engine = _database(server)
    keys = keys_in(kept)
    assert len(keys) > 50, "there is enough to try"
    found = opened_with(engine, keys)
    engine.dispose()
    assert bool(found) is planted
    assert any(b"Linden" in plain for plain in found) is planted


def _backup_opened_with(path: Path, keys: set[bytes]) -> bool:
    with path.open("rb") as file:
        head = file.readline() + file.readline()
        start = file.tell()
        for key in keys:
            file.seek(start)
            with contextlib.suppress(Unreadable):
                return bool(next(sealed_file.opened(file, key, head=head)))
    return False


@pytest.mark.parametrize("planted", [False, True], ids=["as it is", "with its own key in a log"])
def test_no_key_that_lies_with_the_data_opens_a_backup(running: tuple[Server, str], tmp_path: Path, planted: bool) -> None:
    """Made while the server serves. The second is the control."""
    server, redis_url = running
    made = server.command("backup", str(tmp_path / "stolen.backup"))
    assert made.returncode == 0, made.stdout
    kept = {**what_is_kept(server, redis_url), "backup": (tmp_path / "stolen.backup").read_bytes()}
    if planted:
        [key] = (Path(server.env["SGAPP_KEYS"]) / "backups").glob("*.key")
        kept["server.log"] += b"\nkey=" + key.read_bytes() + b"\n"
    assert _backup_opened_with(tmp_path / "stolen.backup", keys_in(kept)) is planted
    assert not any(word in kept["backup"] for word in (b"Linden", b"worker.a", b"P-117"))
