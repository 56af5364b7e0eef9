"""Verifying the chain, and that each record is as the chain last saw it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from sgapp.domain.errors import Unreadable
from sgapp.domain.permissions import SEES_RESTRICTED
from sgapp.services.guard import public
from sgapp.services.house import SYSTEM, House
from sgapp.store import accounts, disposal
from sgapp.store.access import listed_on
from sgapp.store.checkpoints import check_all
from sgapp.store.kinds import KINDS
from sgapp.store.secrets import decrypt
from sgapp.store.tables import AccessRow, BarRow, CaseRow
from sgapp.store.unit_of_work import LISTED, UnitOfWork, bars_on

_AT_A_TIME = 500
#: What reading a cell raises that holds what we never write: SQLite keeps anything in any column.
_NOT_OURS = (AttributeError, TypeError, ValueError)


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
    """Walk every stream, compare each record with the digest in its last event, and look through the checkpoints kept here."""
    with house.reading(SYSTEM, now) as uow:
        try:
            chain = house.audit.verify(uow.session)
        except _NOT_OURS:
            return AuditResult(False, 0, 0, 0, "the chain: something stands in it that cannot be read")
        if not chain.sound:
            return AuditResult(False, chain.events, chain.streams, 0, chain.first_bad)
        known, seen = house.audit.last_digests(uow.session), 0
        gone, wrong = disposal.check(uow.session, uow.ring, known)
        if wrong:
            return AuditResult(False, chain.events, chain.streams, seen, wrong)
        for kind in KINDS.values():
            rows, wrong = _first_wrong(uow, kind, known, gone)
            seen += rows
            if wrong:
                return AuditResult(False, chain.events, chain.streams, seen, wrong)
        missing = next((record for record in known if record not in gone), None)
        if missing is not None:
            name, record_id = missing
            return AuditResult(False, chain.events, chain.streams, seen, f"{name} {record_id}: removed without an event")
        wrong = _stray(uow) or check_all(uow.session, uow.ring)
        return AuditResult(not wrong, chain.events, chain.streams, seen, wrong)


def _first_wrong(uow: UnitOfWork, kind: Any, known: dict[tuple[str, str], tuple[int, str]],
                 gone: frozenset[tuple[str, str]]) -> tuple[int, str]:
    """How many records of a kind were looked at, and the first that is not as it should be. Takes them out of `known`.

    A few of them in memory at a time; keys that were opened for those are let go of with them.
    """
    seen = 0
    try:
        with uow.session.exec(select(kind.table), execution_options={"yield_per": _AT_A_TIME}) as found:
            for few in found.partitions():
                with uow.ring.for_a_while():
                    for row in few:
                        seen += 1
                        if (kind.name, row.id) in gone:
                            return seen, f"{kind.name} {row.id}: back after disposal"
                        if known.pop((kind.name, row.id), None) != (row.version, _digest(uow, kind, row)):
                            return seen, f"{kind.name} {row.id}: changed, or put there, without an event"
    except _NOT_OURS:
        return seen, f"{kind.name}: something stands in one that cannot be read"
    return seen, ""


def _stray(uow: UnitOfWork) -> str:
    """Who is said to know, or not, of a record that is not there; or was let in for a while without a word on the file."""
    there = {record_id for kind in KINDS.values() for record_id in uow.session.exec(select(col(kind.table.id)))}
    for table, words in ((AccessRow, "a list"), (BarRow, "a bar")):
        for record_id in uow.session.exec(select(table.record_id).distinct()):
            if record_id not in there:
                return f"{record_id}: {words} of a record that is not there"
    let_in = uow.session.exec(select(AccessRow).where(col(AccessRow.until).is_not(None))).all()
    opened = uow.session.exec(select(CaseRow).where(col(CaseRow.id).in_({row.record_id for row in let_in})))
    known = {(record_id, o.account_id, o.until) for case in map(uow.cases.opened, opened)
             for o in case.openings for record_id in (case.id, *case.note_ids)}
    return next((f"{row.record_id}: opened to somebody without a word of it on the file" for row in let_in
                 if (row.record_id, row.account_id, row.until) not in known), "")


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
    if isinstance(record, LISTED) and not _list_agrees(uow, record):
        return "lists disagree"
    return digest if row.mac == digest else "digests disagree"


def _list_agrees(uow: UnitOfWork, record: Any) -> bool:
    """Whether the clear list says what the sealed one says. One from before there were lists names those whose role it was."""
    there = listed_on(uow.session, record.id)
    if record.listed or not record.restricted:
        return there == frozenset(record.listed)
    return not there or all(a is not None and a.role in SEES_RESTRICTED and a.id not in record.barred
                            for a in (accounts.by_id(uow, account_id) for account_id in there))
