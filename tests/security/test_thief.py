"""A thief with data folder, database, backup, logs and Redis, and without the master key: every key that lies there is tried.

Whatever could be one, in hexadecimal, base64 or bare, is tried as the master key, as what wraps, and as the key of a record.
Each search has its control: the same attack opens every record as soon as the key lies there.
"""

import base64
import contextlib
import os
import pickletools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import httpx
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from redis import Redis
from sqlalchemy import Engine, text
from sqlmodel import Session, select

from sgapp.domain.errors import Unreadable
from sgapp.store import sealed_file
from sgapp.store.kinds import KINDS
from sgapp.store.secrets import NONCE_BYTES, derived
from sgapp.store.tables import DataKeyRow
from tests.security.test_nothing_readable_at_rest import cells_of, database_of, running, values_in_redis, what_is_kept
from tests.security.test_walk import opened, our_handlers
from tests.serving import PASSWORD, Server, otp

__all__ = ["running"]  # a fixture

_HEX = re.compile(rb"(?<![0-9a-fA-F])[0-9a-fA-F]{64}(?![0-9a-fA-F])")
_BASE64 = re.compile(rb"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{43}=?(?![A-Za-z0-9+/_-])")


#: Of a value this long at most every 32 bytes in a row are tried; of a longer one what is written in it as a key.
SHORT = 64


def keys_in(kept: dict[str, bytes], values: Iterable[bytes] = ()) -> set[bytes]:
    """Everything of 32 bytes that is written somewhere: in files as text, in values of a database or of Redis anywhere."""
    found: set[bytes] = set()
    for content in kept.values():
        found |= {bytes.fromhex(match.decode()) for match in _HEX.findall(content)}
        found |= {base64.urlsafe_b64decode(match.translate(bytes.maketrans(b"+/", b"-_")).rstrip(b"=") + b"=")
                  for match in _BASE64.findall(content)}
        found |= {part for part in re.split(rb"[\n\0]", content) if len(part) == 32}
    for value in values:
        found |= {short[n:n + 32] for short in _short(value) for n in range(len(short) - 31)}
    return found


def _short(value: bytes) -> Iterator[bytes]:
    """A value that is short and no text; of the pickle of a page's state, such values in it."""
    if len(value) <= SHORT:
        if not value.isascii():
            yield value
    elif value.startswith(b"\x80"):
        with contextlib.suppress(ValueError):  # it only began like one
            yield from (part for _, part, _ in pickletools.genops(value) if isinstance(part, bytes) and len(part) <= SHORT)


def _stolen(server: Server, redis_url: str) -> set[bytes]:
    values = [value for held in (cells_of(server), values_in_redis(redis_url)) for part in held.values() for value in part]
    return keys_in(what_is_kept(server, redis_url), values)


def _tried(keys: Iterable[bytes], locks: list[tuple[bytes | None, str]]) -> Iterator[bytes]:
    """What any of the keys opens of these, each bound to its place."""
    for key in keys:
        cipher = AESGCM(key)
        for sealed, place in locks:
            with contextlib.suppress(InvalidTag, ValueError):
                yield cipher.decrypt((sealed or b"")[:NONCE_BYTES], (sealed or b"")[NONCE_BYTES:], place.encode())


def opened_with(engine: Engine, keys: set[bytes]) -> list[bytes]:
    """The records that any of these keys opens, directly or through keys that it unwraps."""
    with Session(engine) as session:
        wrapped = [(row.wrapped, f"data_key/{row.id}/{row.purpose}/{row.parent_id}")
                   for row in session.exec(select(DataKeyRow))]
        records = [(row.sealed, kind.place(row.id)) for kind in KINDS.values() for row in session.exec(select(kind.table))]
    held, more = set(keys), keys | {derived(key, "sgapp wrapping") for key in keys}
    while more:
        fresh = {key for key in _tried(more, wrapped) if len(key) == 32} - held
        held, more = held | fresh, fresh
    return list(_tried(held, records))


def _master(server: Server) -> bytes:
    return (Path(server.env["SGAPP_KEYS"]) / "master.key").read_bytes()


def _a_page_is_open(server: Server, redis_url: str) -> None:
    """The lead's queue, loaded, so that its state is where states are kept."""
    # Before the socket is there: it takes a while, and whoever does not answer for so long is let go.
    load = next(name for _, name in our_handlers() if name.endswith("desk_state.load_queue"))
    with httpx.Client(base_url=server.url, headers={"X-Requested-With": "sgapp"}, timeout=20) as client:
        body = {"username": "lead", "password": PASSWORD, "otp": otp(server.url, "lead")}
        assert client.post("/api/session", json=body).status_code == 200
        with opened(server, client) as socket:
            socket.until_hydrated()
            socket.send(load)
            socket.deltas_until(load.rpartition(".")[0])
    assert bool(values_in_redis(redis_url)) is bool(redis_url), "the state of the page is there to be searched"


def _bare(server: Server) -> bytes:
    """The key in the middle of something else, as a careless programmer would leave it."""
    return os.urandom(5) + bytes.fromhex(_master(server).decode().strip()) + os.urandom(7)


@contextlib.contextmanager
def _planted(server: Server, redis_url: str, where: str) -> Iterator[None]:
    """The master key lies there, until the block ends."""
    engine, size = database_of(server), server.log.stat().st_size
    with contextlib.ExitStack() as after:
        after.callback(engine.dispose)
        if where == "in a log":
            after.callback(os.truncate, server.log, size)
            with server.log.open("ab") as log:
                log.write(b"\nkey=" + _master(server) + b"\n")
        elif where == "bare in a cell":
            with engine.begin() as connection:
                connection.execute(text(f"CREATE TABLE planted (value {'BYTEA' if redis_url else 'BLOB'})"))
                connection.execute(text("INSERT INTO planted VALUES (:value)"), {"value": _bare(server)})
            after.callback(_taken_out, engine)
        elif where == "bare in Redis":
            client = after.enter_context(Redis.from_url(redis_url))
            client.set("planted", _bare(server))
            after.callback(client.delete, "planted")
        yield


def _taken_out(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE planted"))


@pytest.mark.parametrize("where", ["nowhere", "in a log", "bare in a cell", "bare in Redis"])
def test_no_key_that_lies_with_the_data_opens_a_record(running: tuple[Server, str], where: str) -> None:
    """All but the first are controls: a key that is planted there is found."""
    server, redis_url = running
    if "Redis" in where and not redis_url:
        pytest.skip("this server keeps its states in memory")
    _a_page_is_open(server, redis_url)
    with _planted(server, redis_url, where):
        keys = _stolen(server, redis_url)
    assert len(keys) > 50, "there is enough to try"
    engine = database_of(server)
    found = opened_with(engine, keys)
    engine.dispose()
    planted = where != "nowhere"
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
    stolen = (tmp_path / "stolen.backup").read_bytes()
    keys = _stolen(server, redis_url) | keys_in({"backup": stolen})
    if planted:
        [key] = (Path(server.env["SGAPP_KEYS"]) / "backups").glob("*.key")
        keys |= keys_in({"server.log": b"\nkey=" + key.read_bytes() + b"\n"})
    assert _backup_opened_with(tmp_path / "stolen.backup", keys) is planted
    assert not any(word in stolen for word in (b"Linden", b"worker.a", b"P-117"))
