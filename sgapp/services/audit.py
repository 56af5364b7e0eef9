"""Verifying the chain, and that each record is as the chain last saw it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

from sqlmodel import col, exists, func, select

from sgapp.domain.errors import Unreadable
from sgapp.domain.permissions import SEES_RESTRICTED
from sgapp.services.guard import public
from sgapp.services.house import SYSTEM, House
from sgapp.store import accounts, disposal
from sgapp.store.audit_log import RecordDigest, digests_on_chain
from sgapp.store.checkpoints import check_all
from sgapp.store.kinds import KINDS
from sgapp.store.secrets import decrypt
from sgapp.store.tables import AccessRow, BarRow, CaseRow
from sgapp.store.unit_of_work import LISTED, UnitOfWork

_AT_A_TIME = 100
_NOBODY = frozenset[str]()
#: Records that were let go of, by kind and id.
Gone = frozenset[tuple[str, str]]
_KINDS = {kind.name: kind for kind in KINDS.values()}
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
        stones = house.audit.last_digests(uow.session, "tombstone")
        vouched = {number: (version, mac) for _, number, version, mac in stones}
        seen, (gone, wrong) = 0, disposal.check(uow.session, uow.ring, vouched)
        if not wrong:
            seen, wrong = _first_wrong(uow, house.audit.last_digests(uow.session), gone)
        wrong = wrong or _stray(uow) or check_all(uow.session, uow.ring)
        return AuditResult(not wrong, chain.events, chain.streams, seen, wrong)


def _first_wrong(uow: UnitOfWork, digests: Iterator[RecordDigest], gone: Gone) -> tuple[int, str]:
    """How many records were looked at, and the first that is not as the chain last saw it.

    A few of them in memory at a time; keys that were opened for those are let go of with them.
    """
    seen = dict.fromkeys(_KINDS, 0)
    for name, known in groupby(digests, key=itemgetter(0)):
        if name == "tombstone":
            continue  # looked at already
        if name not in _KINDS:
            return sum(seen.values()), f"{name}: the chain tells of a kind of record that there is not"
        while few := tuple(islice(known, _AT_A_TIME)):
            with uow.ring.for_a_while():
                there, wrong = _compared(uow, _KINDS[name], few, gone)
            seen[name] += there
            if wrong:
                return sum(seen.values()), wrong
    return sum(seen.values()), next(filter(None, (_put_there(uow, _KINDS[name], n) for name, n in seen.items())), "")


def _compared(uow: UnitOfWork, kind: Any, few: Sequence[RecordDigest], gone: Gone) -> tuple[int, str]:
    """How many of these are there, and the first that is not as the chain says."""
    rows: dict[str, Any] = {}
    try:
        ids = [record_id for _, record_id, _, _ in few]
        rows = {row.id: row for row in uow.session.exec(select(kind.table).where(col(kind.table.id).in_(ids)))}
        bars = _accounts(uow, BarRow, ids)
        lists = _accounts(uow, AccessRow, ids, col(AccessRow.until).is_(None)) if issubclass(kind.entity, LISTED) else {}
        for name, record_id, version, mac in few:
            row = rows.get(record_id)
            if ((name, record_id) in gone) is (row is not None):
                return len(rows), f"{name} {record_id}: {'removed without an event' if row is None else 'back after disposal'}"
            if row is not None and (version, mac) != (
                    row.version, _digest(uow, kind, row, bars.get(record_id, _NOBODY), lists.get(record_id, _NOBODY))):
                return len(rows), f"{name} {record_id}: changed, or put there, without an event"
    except _NOT_OURS:
        return len(rows), f"{kind.name}: something stands in one that cannot be read"
    return len(rows), ""


def _accounts(uow: UnitOfWork, table: Any, ids: Sequence[str], *conditions: Any) -> dict[str, frozenset[str]]:
    """Which accounts a clear table of such names beside each of these records."""
    query = select(table.record_id, table.account_id).where(col(table.record_id).in_(ids), *conditions)
    found: dict[str, set[str]] = defaultdict(set)
    for record_id, account_id in uow.session.exec(query):
        found[record_id].add(account_id)
    return {record_id: frozenset(accounts_) for record_id, accounts_ in found.items()}


def _put_there(uow: UnitOfWork, kind: Any, known: int) -> str:
    """A record of which the chain says nothing, if there are more than those it knows."""
    if uow.session.exec(select(func.count()).select_from(kind.table)).one() == known:
        return ""
    told = digests_on_chain(uow.session, kind.name).subquery()
    record_id = uow.session.exec(select(kind.table.id).where(col(kind.table.id).not_in(select(told.c.record_id)))).first()
    return f"{kind.name} {record_id}: changed, or put there, without an event"


def _stray(uow: UnitOfWork) -> str:
    """Who is said to know, or not, of a record that is not there; or was let in for a while without a word on the file."""
    for table, words in ((AccessRow, "a list"), (BarRow, "a bar")):
        nowhere = (~exists().where(col(kind.table.id) == col(table.record_id)) for kind in KINDS.values())
        record_id = uow.session.exec(select(table.record_id).where(*nowhere).limit(1)).first()
        if record_id is not None:
            return f"{record_id}: {words} of a record that is not there"
    let_in = uow.session.exec(select(AccessRow).where(col(AccessRow.until).is_not(None))).all()
    opened = uow.session.exec(select(CaseRow).where(col(CaseRow.id).in_({row.record_id for row in let_in})))
    known = {(record_id, o.account_id, o.until) for case in map(uow.cases.opened, opened)
             for o in case.openings for record_id in (case.id, *case.note_ids)}
    return next((f"{row.record_id}: opened to somebody without a word of it on the file" for row in let_in
                 if (row.record_id, row.account_id, row.until) not in known), "")


def _digest(uow: UnitOfWork, kind: Any, row: Any, bars: frozenset[str], listed: frozenset[str]) -> str:
    """The digest of what the row really holds, with its clear columns and the clear bars and list checked against the sealed
    content.
    """
    try:
        plain = decrypt(uow.ring.open(uow.session, row.key_id), row.sealed, place=kind.place(row.id))
    except Unreadable:
        return "unreadable"
    record = kind.read(plain)
    digest = uow.ring.record_mac(kind.name, row.id, plain)
    if any(getattr(row, name) != value for name, value in kind.clear(record).items()):
        return "clear columns disagree"
    if bars != frozenset(getattr(record, "barred", ())):
        return "bars disagree"
    if isinstance(record, LISTED) and not _list_agrees(uow, record, listed):
        return "lists disagree"
    return digest if row.mac == digest else "digests disagree"


def _list_agrees(uow: UnitOfWork, record: Any, there: frozenset[str]) -> bool:
    """Whether the clear list says what the sealed one says. One from before there were lists names those whose role it was."""
    if record.listed or not record.restricted:
        return there == frozenset(record.listed)
    return not there or all(a is not None and a.role in SEES_RESTRICTED and a.id not in record.barred
                            for a in (accounts.by_id(uow, account_id) for account_id in there))
