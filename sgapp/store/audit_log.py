"""The append-only chain: one per stream, keyed, each event naming the digest of the record it changed.

What it shows: without the key nobody can change, remove or insert an event unseen; a tail cut off shows against
the stream's head. What it does not: someone with both the database and the key. Source: DESIGN, audit.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from sgapp.domain.audit import AuditEvent, Outcome
from sgapp.domain.permissions import Actor
from sgapp.store.engine import insert_if_missing
from sgapp.store.secrets import KeyRing
from sgapp.store.tables import AuditEventRow, AuditHeadRow, RefusalRow

GENESIS = "0" * 64
#: Kind, id, version and keyed digest of a record as an event left it.
RecordDigest = tuple[str, str, int, str]


class AuditLog:
    """Writes events inside the caller's transaction and verifies the chain."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    def append(self, session: Session, actor: Actor, event: AuditEvent, records: Sequence[RecordDigest],
               at: datetime) -> None:
        """Add one event at the end of its stream. The head row is locked, so writers of a stream take turns."""
        stream = event.stream or f"account:{actor.account_id}"
        head = session.get(AuditHeadRow, stream, with_for_update=True)
        if head is None:
            insert_if_missing(session, AuditHeadRow, stream=stream, seq=0, last=GENESIS, mac="")
            head = session.get_one(AuditHeadRow, stream, with_for_update=True)
        row = AuditEventRow(
            stream=stream, seq=head.seq + 1, at=at, actor_id=actor.account_id,
            actor_role=str(actor.role), action=event.action, outcome=str(event.outcome),
            subject_kind=event.subject_kind, subject_id=event.subject_id, detail=event.detail, count=event.count,
            records=json.dumps(records), previous=head.last, mac="")
        row.mac = self._event_mac(row)
        session.add(row)
        head.seq, head.last = row.seq, row.mac
        head.mac = self._head_mac(head)
        session.flush()

    def refused(self, session: Session, actor: Actor, action: str, subject_id: str, at: datetime) -> None:
        """Record a refusal. The 1st, 2nd, 4th, 8th… of the same kind enter the chain, each with its count."""
        insert_if_missing(session, RefusalRow, actor_id=actor.account_id, action=action, subject_id=subject_id, count=0,
                          first_at=at, last_at=at)
        tally = session.get_one(RefusalRow, (actor.account_id, action, subject_id), with_for_update=True)
        tally.count, tally.last_at = tally.count + 1, at
        if tally.count & (tally.count - 1) == 0:
            event = AuditEvent(action, "refusal", subject_id, outcome=Outcome.REFUSED, count=tally.count)
            self.append(session, actor, event, (), at)

    def _event_mac(self, row: AuditEventRow) -> str:
        fields = [row.stream, row.seq, row.at.isoformat(), row.actor_id, row.actor_role, row.action, row.outcome,
                  row.subject_kind, row.subject_id, row.detail, row.count, row.records, row.previous]
        return self._digest("event", fields)

    def _head_mac(self, head: AuditHeadRow) -> str:
        return self._digest("head", [head.stream, head.seq, head.last])

    def _digest(self, kind: str, fields: Iterable[object]) -> str:
        return hmac.new(self._ring.audit_key, json.dumps([kind, *fields]).encode(), hashlib.sha256).hexdigest()

    def verify(self, session: Session) -> "Verification":
        """Walk every stream in order and stop at the first event that is not as it was written."""
        events = heads = 0
        for stream in _streams(session):
            previous, expected = GENESIS, 1
            for row in _events(session, stream):
                events += 1
                if row.seq != expected:
                    return Verification(False, events, heads, f"{stream} #{expected}: removed (next is #{row.seq})")
                if row.previous != previous or not hmac.compare_digest(row.mac, self._event_mac(row)):
                    return Verification(False, events, heads, f"{stream} #{row.seq}: changed or inserted")
                previous, expected = row.mac, row.seq + 1
            head = session.get(AuditHeadRow, stream)
            if head is None or not hmac.compare_digest(head.mac, self._head_mac(head)):
                return Verification(False, events, heads, f"{stream}: its head was removed or changed")
            if head.seq != expected - 1 or head.last != previous:
                return Verification(False, events, heads, f"{stream} #{expected}: removed (the head stands at #{head.seq})"
                                    if head.seq >= expected else f"{stream} #{head.seq + 1}: inserted after the head")
            heads += 1
        return Verification(True, events, heads, "")

    def last_digests(self, session: Session) -> dict[tuple[str, str], tuple[int, str]]:
        """The highest version that the chain holds for each record, with its digest.

        Versions and not times decide which is the latest: a record's events may lie in several streams, and two
        writers may finish in another order than they began.
        """
        latest: dict[tuple[str, str], tuple[int, str]] = {}
        for records in session.exec(select(AuditEventRow.records)):
            for kind, record_id, version, mac in json.loads(records):
                latest[kind, record_id] = max(latest.get((kind, record_id), (0, "")), (version, mac))
        return latest


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of a walk over the chain. `first_bad` names stream and number of the first bad event."""

    sound: bool
    events: int
    streams: int
    first_bad: str


def _streams(session: Session) -> list[str]:
    named = set(session.exec(select(AuditHeadRow.stream))) | set(session.exec(select(AuditEventRow.stream).distinct()))
    return sorted(named)


def _events(session: Session, stream: str) -> Iterator[AuditEventRow]:
    query = select(AuditEventRow).where(AuditEventRow.stream == stream).order_by(col(AuditEventRow.seq))
    yield from session.exec(query)
