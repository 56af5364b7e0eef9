"""Checkpoints of the chain: one signed number that stands for where every stream ended at a moment.

It is the root of a Merkle tree over all streams. Once it has left this machine, nobody who holds the machine, its database and
its keys can change what came before without showing. Source: RFC 9162 for the tree.
"""

import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from sgapp.store import signed
from sgapp.store.secrets import KeyRing
from sgapp.store.tables import AuditEventRow, AuditHeadRow, CheckpointRow

FORMAT = "sgapp checkpoint 1"
#: Where a stream stood: the number of its last event, and that event's digest.
Heads = dict[str, tuple[int, str]]
_FIELDS = frozenset({"number", "at", "streams", "events", "root", "previous"})


class NoCheckpoint(ValueError):
    """What was given is no checkpoint of this installation. The text says why."""


def merkle_root(heads: Mapping[str, tuple[int, str]]) -> str:
    """The root over all streams in the order of their names. Leaves and knots are hashed apart: none passes for another."""
    level = [hashlib.sha256(b"\0" + json.dumps([stream, *heads[stream]]).encode()).digest() for stream in sorted(heads)]
    if not level:
        return hashlib.sha256(b"").hexdigest()
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\1" + one + other).digest() for one, other in zip(level[::2], level[1::2], strict=False)]
        level = pairs + level[len(level) - len(level) % 2:]
    return level[0].hex()


def heads_now(session: Session) -> Heads:
    """Where every stream stands, in one look."""
    rows = session.exec(select(AuditHeadRow.stream, AuditHeadRow.seq, AuditHeadRow.last))
    return {stream: (seq, last) for stream, seq, last in rows}


def heads_at(session: Session, number: int) -> Heads:
    """Where every stream stood at a checkpoint. Each keeps what had changed since the one before."""
    heads: Heads = {}
    query = select(CheckpointRow.heads).where(CheckpointRow.number <= number).order_by(col(CheckpointRow.number))
    for packed in session.exec(query):
        heads |= _unpacked(packed)
    return heads


def _packed(heads: Mapping[str, tuple[int, str]]) -> bytes:
    return zlib.compress(json.dumps([[stream, *at] for stream, at in sorted(heads.items())]).encode())


def _unpacked(packed: bytes) -> Heads:
    """Raises NoCheckpoint for what is none."""
    try:
        return {stream: (seq, last) for stream, seq, last in json.loads(zlib.decompress(packed))}
    except (zlib.error, ValueError, TypeError) as error:
        raise NoCheckpoint("its list of streams was changed") from error


def newest(session: Session) -> CheckpointRow | None:
    return session.exec(select(CheckpointRow).order_by(col(CheckpointRow.number).desc()).limit(1)).first()


def make(session: Session, ring: KeyRing, at: datetime, *, places: int) -> CheckpointRow:
    """Sign where every stream stands. `places`: to how many it is meant to go."""
    before, heads = newest(session), heads_now(session)
    known = heads_at(session, before.number) if before is not None else {}
    document = signed.signed({
        "format": FORMAT, "number": before.number + 1 if before is not None else 1, "at": at.isoformat(), "streams": len(heads),
        "events": session.exec(select(func.coalesce(func.sum(AuditHeadRow.seq), 0))).one(), "root": merkle_root(heads),
        "previous": hashlib.sha256(before.document.encode()).hexdigest() if before is not None else ""}, ring)
    row = CheckpointRow(number=document["number"], at=at, document=json.dumps(document), places=places,
                        heads=_packed({stream: head for stream, head in heads.items() if known.get(stream) != head}))
    session.add(row)
    session.flush()
    return row


def parsed(text: str, ring: KeyRing) -> dict[str, Any]:
    """A checkpoint as it left. Raises NoCheckpoint unless this installation signed it."""
    try:
        return signed.parsed(text, ring, form=FORMAT, fields=_FIELDS)
    except signed.NotOurs as error:
        raise NoCheckpoint(str(error) or "this is no checkpoint") from error


def first_change(session: Session, ring: KeyRing, document: Mapping[str, Any]) -> str:
    """What of the chain is not as it was at a checkpoint, in words; empty if all is. The chain itself must hold already."""
    number = document["number"]
    row = session.get(CheckpointRow, number)
    if row is None:
        return f"checkpoint {number}: removed here"
    try:
        here, heads = parsed(row.document, ring), heads_at(session, number)
    except NoCheckpoint as error:
        return f"checkpoint {number}: {error}"
    if here != document or merkle_root(heads) != document["root"]:
        return f"checkpoint {number}: changed here"
    return next(_moved(session, heads), "")


def _moved(session: Session, heads: Heads) -> Iterator[str]:
    for stream, (seq, mac) in heads.items():
        found = session.get(AuditEventRow, (stream, seq))
        if found is None or found.mac != mac:
            yield f"{stream} #{seq}: {'removed' if found is None else 'changed'} since the checkpoint"


def check_all(session: Session, ring: KeyRing) -> str:
    """The same of every checkpoint that is kept here, and that each follows on the one before."""
    previous, heads = "", Heads()
    for expected, row in enumerate(session.exec(select(CheckpointRow).order_by(col(CheckpointRow.number))), start=1):
        try:
            document = parsed(row.document, ring)
            heads |= _unpacked(row.heads)
        except NoCheckpoint as error:
            return f"checkpoint {row.number}: {error}"
        if (row.number, document["number"], document["previous"]) != (expected, expected, previous):
            return f"checkpoint {expected}: removed or changed here"
        if merkle_root(heads) != document["root"]:
            return f"checkpoint {expected}: its list of streams was changed"
        previous = hashlib.sha256(row.document.encode()).hexdigest()
    return next(_moved(session, heads), "")
