"""Verifying the chain, and that each record is as the chain last saw it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import select

from sgapp.domain.errors import Unreadable
from sgapp.services.guard import public
from sgapp.services.house import SYSTEM, House
from sgapp.store.kinds import KINDS
from sgapp.store.secrets import decrypt
from sgapp.store.unit_of_work import UnitOfWork, bars_on


@dataclass(frozen=True, slots=True)
class AuditResult:
    """`first_bad` names the first bad event, or the first record that is not as its last event left it."""

    sound: bool
    events: int
    streams: int
    records: int
    first_bad: str


@public("run from the command line; it reads digests, and shows nobody's words")
def verify_audit(house: House, *, now: datetime) -> AuditResult:
    """Walk every stream, then compare each record with the digest in its last event."""
    with house.begin(SYSTEM, now) as uow:
        chain = house.audit.verify(uow.session)
        if not chain.sound:
            return AuditResult(False, chain.events, chain.streams, 0, chain.first_bad)
        known = house.audit.last_digests(uow.session)
        seen = 0
        for kind in KINDS.values():
            for row in uow.session.exec(select(kind.table)):
                seen += 1
                if known.pop((kind.name, row.id), None) != (row.version, _digest(uow, kind, row)):
                    return AuditResult(False, chain.events, chain.streams, seen,
                                       f"{kind.name} {row.id}: changed, or put there, without an event")
        if known:
            name, record_id = next(iter(known))
            return AuditResult(False, chain.events, chain.streams, seen, f"{name} {record_id}: removed without an event")
        return AuditResult(True, chain.events, chain.streams, seen, "")


def _digest(uow: UnitOfWork, kind: Any, row: Any) -> str:
    """The digest of what the row really holds, with its clear columns and bars checked against the sealed content."""
    try:
        plain = decrypt(uow.ring.open(uow.session, row.key_id), row.sealed, place=kind.place(row.id))
    except Unreadable:
        return "unreadable"
    record = kind.adapter.validate_json(plain)
    digest = uow.ring.record_mac(kind.name, row.id, plain)
    if any(getattr(row, name) != value for name, value in kind.clear(record).items()):
        return "clear columns disagree"
    if bars_on(uow, row.id) != frozenset(getattr(record, "barred", ())):
        return "bars disagree"
    return digest if row.mac == digest else "digests disagree"
