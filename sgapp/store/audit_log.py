"""The append-only chain: one per stream, keyed, each event naming the digest of the record it changed.

What it shows: without the key nobody can change, remove or insert an event unseen; a tail cut off shows against
the stream's head. What it does not: someone with both the database and the key. Source: DESIGN, audit.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby
from json.encoder import encode_basestring_ascii as quoted
from operator import itemgetter
from typing import Any

from sqlalchemy import JSON, Select, bindparam, cast, func, true, type_coerce, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from sgapp.domain.audit import AuditEvent, Outcome
from sgapp.domain.permissions import Actor
from sgapp.store.engine import insert_if_missing, keep_rows
from sgapp.store.secrets import KeyRing
from sgapp.store.shared import Shared, ask, change
from sgapp.store.tables import AuditEventRow, AuditHeadRow, RefusalRow
from sgapp.store.tables._types import UtcText

GENESIS = "0" * 64
#: Kind, id, version and keyed digest of a record as an event left it.
RecordDigest = tuple[str, str, int, str]
#: Rows in memory of a walk.
_AT_A_TIME = 200


class AuditLog:
    """Writes events inside the caller's transaction and verifies the chain."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    def append(self, session: Session, actor: Actor, event: AuditEvent, records: Sequence[RecordDigest],
               at: datetime) -> None:
        """Add one event at the end of its stream. The head row is locked, so writers of a stream take turns."""
        self._add(session, event.stream or f"account:{actor.account_id}", actor, [(event, records)], at)

    def append_all(self, session: Session, actor: Actor, events: Sequence[AuditEvent], at: datetime) -> None:
        """Add many events, about no records, at the end of the actor's own stream."""
        self._add(session, f"account:{actor.account_id}", actor, [(event, ()) for event in events], at)

    def _add(self, session: Session, stream: str, actor: Actor, events: Sequence[tuple[AuditEvent, Sequence[RecordDigest]]],
             at: datetime) -> None:
        shared = session if isinstance(session, Shared) else None
        head = shared.heads.get(stream) if shared else None
        head = head or _head_of(session, stream)
        keep_rows(session, AuditEventRow, [self.following(head, actor, event, records, at) for event, records in events])
        moved_on = {"named": stream, "seq": head.seq, "last": head.last, "mac": head.mac}
        change(session, _MOVED_ON, stream, moved_on)
        if shared:
            shared.heads[stream] = head
        session.flush()

    def following(self, head: "Head", actor: Actor, event: AuditEvent, records: Sequence[RecordDigest],
                  at: datetime) -> dict[str, Any]:
        """The row of the event that comes after the head of its stream, and the head moved on to it. Nothing is stored."""
        head.seq += 1
        row: dict[str, Any] = {
            "stream": head.stream, "seq": head.seq, "at": at, "actor_id": actor.account_id, "actor_role": str(actor.role),
            "action": event.action, "outcome": str(event.outcome), "subject_kind": event.subject_kind,
            "subject_id": event.subject_id, "detail": event.detail, "count": event.count, "records": json.dumps(records),
            "previous": head.last}
        head.last = self._digest(_event_text(**{**row, "at": at.isoformat()}))
        head.mac = self._head_mac(head)
        return {**row, "mac": head.last}

    def refused(self, session: Session, actor: Actor, action: str, subject_id: str, at: datetime) -> None:
        """Record a refusal. The 1st, 2nd, 4th, 8th… of the same kind enter the chain, each with its count."""
        insert_if_missing(session, RefusalRow, actor_id=actor.account_id, action=action, subject_id=subject_id, count=0,
                          first_at=at, last_at=at)
        tally = session.get_one(RefusalRow, (actor.account_id, action, subject_id), with_for_update=True)
        tally.count, tally.last_at = tally.count + 1, at
        if tally.count & (tally.count - 1) == 0:
            event = AuditEvent(action, "refusal", subject_id, outcome=Outcome.REFUSED, count=tally.count)
            self.append(session, actor, event, (), at)

    def _head_mac(self, head: Any) -> str:
        return self._digest(f'["head", {quoted(head.stream)}, {head.seq}, {quoted(head.last)}]')

    def _digest(self, text: str) -> str:
        keyed = self._keyed.copy()
        keyed.update(text.encode())
        return keyed.hexdigest()

    @cached_property
    def _keyed(self) -> hmac.HMAC:
        """Begun with the key once, and copied for each digest."""
        return hmac.new(self._ring.audit_key, digestmod=hashlib.sha256)

    def verify(self, session: Session) -> "Verification":
        """Walk every stream in order and stop at the first event that is not as it was written.

        Events and heads are read as they come, in the same order: a few of each in memory, however many there are.
        """
        in_order = select_columns(*_EVENT).order_by(*_EVENT[:2]), select_columns(*_HEAD).order_by(_HEAD[0])
        with _as_they_come(session, in_order[0]) as events, _as_they_come(session, in_order[1]) as heads:
            return self._verified(session, events, heads)

    def _verified(self, session: Session, found: Any, heads: Any) -> "Verification":
        events = streams = 0
        head = heads.fetchone()
        for stream, rows in groupby(found, key=itemgetter(0)):
            while head is not None and head.stream != stream and session.get(AuditHeadRow, stream) is not None:
                if wrong := self._wrong_head(head.stream, head, 0, GENESIS):
                    return Verification(False, events, streams, wrong)
                head, streams = heads.fetchone(), streams + 1
            previous, seq = GENESIS, 0
            for *event, mac in rows:
                seq += 1
                if event[1] != seq:
                    return Verification(False, events + seq, streams, f"{stream} #{seq}: removed (next is #{event[1]})")
                digest = self._digest(_event_text(*event))
                if event[-1] != previous or mac != digest:
                    return Verification(False, events + seq, streams, f"{stream} #{seq}: changed or inserted")
                previous = digest
            events += seq
            if wrong := self._wrong_head(stream, head if head is not None and head.stream == stream else None, seq, previous):
                return Verification(False, events, streams, wrong)
            head, streams = heads.fetchone(), streams + 1
        while head is not None:
            if wrong := self._wrong_head(head.stream, head, 0, GENESIS):
                return Verification(False, events, streams, wrong)
            head, streams = heads.fetchone(), streams + 1
        return Verification(True, events, streams, "")

    def _wrong_head(self, stream: str, head: Any, seq: int, last: str) -> str:
        """What is wrong with the head of a stream whose last event is this one, in words; empty if nothing is."""
        if head is None or not hmac.compare_digest(head.mac, self._head_mac(head)):
            return f"{stream}: its head was removed or changed"
        if (head.seq, head.last) == (seq, last):
            return ""
        return (f"{stream} #{seq + 1}: removed (the head stands at #{head.seq})" if head.seq > seq
                else f"{stream} #{head.seq + 1}: inserted after the head")

    def last_digests(self, session: Session, only: str = "") -> Iterator[RecordDigest]:
        """The highest version that the chain holds for each record, with its digest, by kind and id; of one kind if named.

        The database puts them in order, so that few of them are in memory. Versions and not times decide which is the latest: a
        record's events may lie in several streams, and two writers may finish in another order than they began.
        """
        query = digests_on_chain(session, only)
        with closing(_as_they_come(session, query.order_by(*query.selected_columns[:2]))) as found:
            for (kind, record_id), changes in groupby(found, key=itemgetter(0, 1)):
                yield kind, record_id, *max((version, mac) for _, _, version, mac in changes)


def _head_of(session: Session, stream: str) -> "Head":
    """Where a stream stands; nobody else adds to it until this transaction ends."""
    asked = {"named": stream}
    found = ask(session, _HEAD_OF, asked)
    if found is None:
        insert_if_missing(session, AuditHeadRow, stream=stream, seq=0, last=GENESIS, mac="")
        found = session.connection().execute(_HEAD_OF, asked).one()
    return Head(*found)


def heads_in_order(session: Session) -> Any:
    """Stream, number and digest of its last event, and the head's own digest, of every stream, as they come. To be closed.

    In the order in which Python has the names, whatever the database's own is.
    """
    plain = "C" if session.get_bind().dialect.name == "postgresql" else "BINARY"
    return _as_they_come(session, select_columns(*_HEAD).order_by(_HEAD[0].collate(plain)))


def digests_on_chain(session: Session, only: str = "") -> Select[*tuple[Any, ...]]:
    """Kind, id, version and digest of each change of a record, as the events have them: a question, not yet asked."""
    column = col(AuditEventRow.records)
    each = (func.json_array_elements(cast(column, JSON)) if session.get_bind().dialect.name == "postgresql"
            else func.json_each(column)).table_valued("value")
    change = type_coerce(each.c.value, JSON)
    kind = change[0].as_string().label("kind")
    query = select_columns(kind, change[1].as_string().label("record_id"), change[2].as_integer().label("version"),
                           change[3].as_string().label("mac")).select_from(AuditEventRow).join(each, true())
    return query.where(kind == only) if only else query


@dataclass(slots=True)
class Head:
    """Where a stream stands: its last event, and the head's own digest."""

    stream: str
    seq: int
    last: str
    mac: str


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of a walk over the chain. `first_bad` names stream and number of the first bad event."""

    sound: bool
    events: int
    streams: int
    first_bad: str


def _event_text(stream: str, seq: int, at: str, actor_id: str, actor_role: str, action: str, outcome: str, subject_kind: str,
                subject_id: str, detail: str, count: int, records: str, previous: str) -> str:
    """What of an event is digested: the text of a JSON list."""
    return (f'["event", {quoted(stream)}, {seq}, {quoted(at)}, {quoted(actor_id)}, {quoted(actor_role)}, {quoted(action)}, '
            f"{quoted(outcome)}, {quoted(subject_kind)}, {quoted(subject_id)}, {quoted(detail)}, {count}, {quoted(records)}, "
            f"{quoted(previous)}]")


#: In the order in which they stand in the digest.
_EVENT = (
    col(AuditEventRow.stream), col(AuditEventRow.seq), type_coerce(AuditEventRow.at, UtcText), col(AuditEventRow.actor_id),
    col(AuditEventRow.actor_role), col(AuditEventRow.action), col(AuditEventRow.outcome), col(AuditEventRow.subject_kind),
    col(AuditEventRow.subject_id), col(AuditEventRow.detail), col(AuditEventRow.count), col(AuditEventRow.records),
    col(AuditEventRow.previous), col(AuditEventRow.mac))
_HEAD = (col(AuditHeadRow.stream), col(AuditHeadRow.seq), col(AuditHeadRow.last), col(AuditHeadRow.mac))
_HEAD_OF = select_columns(*_HEAD).where(col(AuditHeadRow.stream) == bindparam("named")).with_for_update()
_MOVED_ON = update(AuditHeadRow).where(col(AuditHeadRow.stream) == bindparam("named"))


def _as_they_come(session: Session, query: Select[*tuple[Any, ...]]) -> Any:
    """Its rows as they come, without making an object of each. To be closed."""
    return session.connection().execute(query, execution_options={"yield_per": _AT_A_TIME})
