"""Checkpoints of the chain: one signed number that stands for where every stream ended at a moment.

It is the root of a Merkle tree over all streams. Once it has left this machine, nobody who holds the machine, its database and
its keys can change what came before without showing. Source: RFC 9162 for the tree.
"""

import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from sgapp.store import signed
from sgapp.store.audit_log import heads_in_order
from sgapp.store.secrets import KeyRing
from sgapp.store.tables import AuditEventRow, CheckpointRow

FORMAT = "sgapp checkpoint 1"
#: Where each stream stood, as the line that is hashed and packed: its name, the number of its last event, that event's digest.
Heads = dict[str, bytes]
_FIELDS = frozenset({"number", "at", "streams", "events", "root", "previous"})


class NoCheckpoint(ValueError):
    """What was given is no checkpoint of this installation. The text says why."""


@dataclass(slots=True)
class Tree:
    """A Merkle tree that grows leaf by leaf and holds as many knots as it is high.

    Leaves and knots are hashed apart: none passes for another.
    """

    #: How many leaves are below each, and its digest; from the left, each larger than the next.
    _knots: list[tuple[int, bytes]] = field(default_factory=list)

    def add(self, line: bytes) -> None:
        """The next stream in the order of the names."""
        self._knots.append((1, hashlib.sha256(b"\0" + line).digest()))
        while len(self._knots) > 1 and self._knots[-1][0] == self._knots[-2][0]:
            self._join()

    def root(self) -> str:
        """Over all that were added. None are added after it."""
        while len(self._knots) > 1:
            self._join()
        return self._knots[0][1].hex() if self._knots else hashlib.sha256(b"").hexdigest()

    def _join(self) -> None:
        below, right = self._knots.pop()
        more, left = self._knots.pop()
        self._knots.append((below + more, hashlib.sha256(b"\1" + left + right).digest()))


def _root(heads: Heads) -> str:
    tree = Tree()
    for stream in sorted(heads):
        tree.add(heads[stream])
    return tree.root()


def _line(stream: str, seq: int, last: str) -> bytes:
    return json.dumps([stream, seq, last]).encode()


def heads_at(session: Session, number: int) -> Heads:
    """Where every stream stood at a checkpoint. Each keeps what had changed since the one before."""
    heads: Heads = {}
    query = select(CheckpointRow.heads).where(CheckpointRow.number <= number).order_by(col(CheckpointRow.number))
    for packed in session.exec(query):
        heads.update(_unpacked(packed))
    return heads


def _unpacked(packed: bytes) -> Iterator[tuple[str, bytes]]:
    """Line by line; what begins as zlib does was packed whole, as it was at first. Raises NoCheckpoint for what is none."""
    try:
        whole = packed[:1] == b"x"
        rows = json.loads(zlib.decompress(packed)) if whole else map(json.loads, gzip.GzipFile(fileobj=io.BytesIO(packed)))
        for stream, seq, last in rows:
            if not isinstance(stream, str):
                raise TypeError(stream)
            yield stream, _line(stream, seq, last)
    except (zlib.error, OSError, EOFError, ValueError, TypeError) as error:
        raise NoCheckpoint("its list of streams was changed") from error


def newest(session: Session) -> CheckpointRow | None:
    return session.exec(select(CheckpointRow).order_by(col(CheckpointRow.number).desc()).limit(1)).first()


def make(session: Session, ring: KeyRing, at: datetime, *, places: int) -> CheckpointRow:
    """Sign where every stream stands. `places`: to how many it is meant to go."""
    before = newest(session)
    known = heads_at(session, before.number) if before is not None else {}
    tree, streams, events, packed = Tree(), 0, 0, io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as changed, heads_in_order(session) as heads:
        for stream, seq, last, _ in heads:
            line = _line(stream, seq, last)
            tree.add(line)
            streams, events = streams + 1, events + seq
            if known.get(stream) != line:
                changed.write(line + b"\n")
    document = signed.signed({
        "format": FORMAT, "number": before.number + 1 if before is not None else 1, "at": at.isoformat(), "streams": streams,
        "events": events, "root": tree.root(),
        "previous": hashlib.sha256(before.document.encode()).hexdigest() if before is not None else ""}, ring)
    row = CheckpointRow(number=document["number"], at=at, document=json.dumps(document), places=places, heads=packed.getvalue())
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
    if here != document or _root(heads) != document["root"]:
        return f"checkpoint {number}: changed here"
    return next(_moved(session, heads), "")


def _moved(session: Session, heads: Heads) -> Iterator[str]:
    for line in heads.values():
        stream, seq, mac = json.loads(line)
        found = session.get(AuditEventRow, (stream, seq))
        if found is None or found.mac != mac:
            yield f"{stream} #{seq}: {'removed' if found is None else 'changed'} since the checkpoint"


def check_all(session: Session, ring: KeyRing) -> str:
    """The same of every checkpoint that is kept here, and that each follows on the one before."""
    previous, heads = "", Heads()
    for expected, row in enumerate(session.exec(select(CheckpointRow).order_by(col(CheckpointRow.number))), start=1):
        try:
            document = parsed(row.document, ring)
            heads.update(_unpacked(row.heads))
        except NoCheckpoint as error:
            return f"checkpoint {row.number}: {error}"
        if (row.number, document["number"], document["previous"]) != (expected, expected, previous):
            return f"checkpoint {expected}: removed or changed here"
        if _root(heads) != document["root"]:
            return f"checkpoint {expected}: its list of streams was changed"
        previous = hashlib.sha256(row.document.encode()).hexdigest()
    return next(_moved(session, heads), "")
