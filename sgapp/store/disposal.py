"""Letting records go: their keys are destroyed, their rows removed, and a signed tombstone says which, by opaque ids.

Whoever restores an older backup is led through the tombstones made since, or what was let go would be back.
Source: DESIGN, "Destroying a key is disposal; signed tombstones are replayed on restore".
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, or_
from sqlmodel import Session, SQLModel, col, exists, select

from sgapp.domain.audit import AuditEvent
from sgapp.domain.case import Case, CaseState
from sgapp.domain.investigation import Investigation, InvestigationState
from sgapp.domain.kept import KeptState, KeptUpload
from sgapp.domain.observation import NoteState, Observation
from sgapp.domain.person import Person
from sgapp.domain.retention import Life
from sgapp.domain.time import to_london
from sgapp.store import signed
from sgapp.store.audit_log import RecordDigest
from sgapp.store.kinds import KINDS
from sgapp.store.secrets import ORGANISATION_KEY, KeyRing
from sgapp.store.tables import (
    AccessRow,
    AllocationRow,
    BarRow,
    CareVisitRow,
    CaseRow,
    ClockRow,
    DataKeyRow,
    DraftRow,
    EnvelopeConflictRow,
    EnvelopeRow,
    FileRow,
    InvestigationRow,
    KeptRow,
    LinkRow,
    MessageRow,
    ObservationRow,
    PersonRow,
    StepUpRow,
    TombstoneRow,
    VisitRow,
)
from sgapp.store.unit_of_work import Repository, UnitOfWork

FORMAT = "sgapp disposal 1"
_FIELDS = frozenset({"number", "at", "what", "records", "keys", "previous"})
#: Ids in one statement: SQLite takes some ten thousand, and nobody reads more at a time.
_AT_ONCE = 500


class NoTombstone(ValueError):
    """What was given is no tombstone of this installation. The text says why."""


@dataclass(frozen=True, slots=True)
class Doomed:
    """What one disposal takes: records as pairs of kind and id, and the keys they lie under."""

    records: tuple[tuple[str, str], ...]
    keys: tuple[str, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many of each kind."""
        kinds = [kind for kind, _ in self.records]
        return {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}


def life_of(uow: UnitOfWork, person_id: str) -> Life:
    """What an adult's records say of when she was last heard of: of all of them, whoever asks."""
    session = uow.session
    key = session.get_one(DataKeyRow, session.get_one(PersonRow, person_id).key_id)
    notes = session.exec(select(ObservationRow.received_at, ObservationRow.state, ObservationRow.restricted).where(
        ObservationRow.person_id == person_id)).all()
    cases = [Repository(uow, Case).opened(row) for row in session.exec(select(CaseRow).where(CaseRow.person_id == person_id))]
    matters = [Repository(uow, Investigation).opened(row) for row in session.exec(
        select(InvestigationRow).where(col(InvestigationRow.concerns_case).in_([c.id for c in cases])))]
    ends = [c.closing.at if c.closing else c.opened_at for c in cases]
    about_staff = [at for at, _, restricted in notes if restricted]
    about_staff += [end for case, end in zip(cases, ends, strict=True) if case.restricted]
    about_staff += [m.touched_at or m.opened_at for m in matters]
    return Life(
        last_seen=_day(max([key.created_at, *(at for at, _, _ in notes), *ends])),
        staff_until=_day(max(about_staff)) if about_staff else None,
        goes_on=any(state != NoteState.FINISHED for _, state, _ in notes) or any(c.state is not CaseState.CLOSED for c in cases)
        or any(m.state is not InvestigationState.CLOSED for m in matters),
        visited=session.exec(select(AllocationRow).where(AllocationRow.person_id == person_id).limit(1)).first() is not None)


def _day(moment: datetime) -> date:
    return to_london(moment).date()


def untouched_since(uow: UnitOfWork, moment: datetime) -> tuple[Person, ...]:
    """The adults of whom nothing is open and nothing was written since a moment: those to look at more closely."""
    id_ = col(PersonRow.id)
    notes = exists().where(col(ObservationRow.person_id) == id_, or_(
        col(ObservationRow.received_at) >= moment, col(ObservationRow.state) != str(NoteState.FINISHED)))
    cases = exists().where(col(CaseRow.person_id) == id_, or_(
        col(CaseRow.opened_at) >= moment, col(CaseRow.state) != str(CaseState.CLOSED)))
    old = exists().where(col(DataKeyRow.id) == col(PersonRow.key_id), col(DataKeyRow.created_at) < moment)
    return uow.people.where(old, ~notes, ~cases)


def of_person(session: Session, person_id: str) -> Doomed:
    """Everything under an adult's key, whoever may see it."""
    root = session.get_one(PersonRow, person_id, with_for_update=True).key_id
    keys, found = [root], [root]
    while found:
        found = [key for some in _some(found) for key in session.exec(
            select(DataKeyRow.id).where(col(DataKeyRow.parent_id).in_(some)))]
        keys += found
    return Doomed(tuple(_under(session, keys)), tuple(keys))


def about_nobody(uow: UnitOfWork, before: datetime, staff_before: datetime | None) -> Doomed:
    """Notes that are finished and were matched to nobody, and uploads that were looked at, from before a moment; what is
    restricted, from before another, or not at all. Only what whoever asks may see.
    """
    notes = uow.session.exec(select(ObservationRow).where(
        uow.may_see(ObservationRow), col(ObservationRow.person_id).is_(None),
        ObservationRow.state == str(NoteState.FINISHED), _from_before(ObservationRow, before, staff_before)))
    looked_at = uow.session.exec(select(KeptRow).where(uow.may_see(KeptRow), KeptRow.state != str(KeptState.WAITING)))
    uploads = [row for row in looked_at if (until := staff_before if row.restricted else before) is not None
               and Repository(uow, KeptUpload).opened(row).received_at < until]
    rows = [*(("observation", row) for row in notes), *(("kept", row) for row in uploads)]
    return Doomed(tuple((kind, row.id) for kind, row in rows), tuple(row.key_id for _, row in rows))


def _from_before(table: type[ObservationRow], before: datetime, staff_before: datetime | None) -> ColumnElement[bool]:
    open_to_all = col(table.restricted).is_(False) & (col(table.received_at) < before)
    if staff_before is None:
        return open_to_all
    return open_to_all | (col(table.restricted).is_(True) & (col(table.received_at) < staff_before))


def _under(session: Session, keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    for kind in KINDS.values():
        for some in _some(keys):
            for record_id in session.exec(select(kind.table.id).where(col(kind.table.key_id).in_(some))):
                yield kind.name, record_id


def dispose(uow: UnitOfWork, what: str, doomed: Doomed) -> tuple[int, RecordDigest]:
    """Let it go, and leave a tombstone. Returns its number, and the digest that the chain is to vouch for."""
    before = newest(uow.session)
    doomed = replace(doomed, records=(*doomed.records, *_uploads_of(uow, doomed), *_envelopes_of(uow, doomed)))
    document = signed.signed({
        "format": FORMAT, "number": before.number + 1 if before is not None else 1, "at": uow.now.isoformat(), "what": what,
        "records": [list(record) for record in doomed.records], "keys": list(doomed.keys),
        "previous": _digest(before) if before is not None else ""}, uow.ring)
    row = TombstoneRow(number=document["number"], at=uow.now, document=json.dumps(document))
    uow.session.add(row)
    _bury(uow, doomed)
    return row.number, _vouched(uow.ring, row)


def _uploads_of(uow: UnitOfWork, doomed: Doomed) -> list[tuple[str, str]]:
    """What was kept for a look and became one of these notes: it says who wrote it, and when."""
    notes = {record_id for kind, record_id in doomed.records if kind == "observation"}
    there = {record_id for kind, record_id in doomed.records if kind == "kept"}
    rows = uow.session.exec(select(KeptRow).where(KeptRow.state == str(KeptState.TAKEN_IN))) if notes else ()
    return [("kept", row.id) for row in rows
            if row.id not in there and Repository(uow, KeptUpload).opened(row).upload_id in notes]


def _envelopes_of(uow: UnitOfWork, doomed: Doomed) -> list[tuple[str, str]]:
    """As what the uploads came: who sent them, and when. A note's envelope has the note's own id."""
    kept = [record_id for kind, record_id in doomed.records if kind == "kept"]
    return [("envelope", Repository(uow, KeptUpload).opened(row).upload_id) for some in _some(kept)
            for row in uow.session.exec(select(KeptRow).where(col(KeptRow.id).in_(some)))]


def _vouched(ring: KeyRing, row: TombstoneRow) -> RecordDigest:
    return "tombstone", str(row.number), 1, ring.record_mac("tombstone", str(row.number), row.document.encode())


def _digest(row: TombstoneRow) -> str:
    return hashlib.sha256(row.document.encode()).hexdigest()


def newest(session: Session) -> TombstoneRow | None:
    return session.exec(select(TombstoneRow).order_by(col(TombstoneRow.number).desc()).limit(1)).first()


def parsed(text: str, ring: KeyRing) -> dict[str, Any]:
    """A tombstone as it left. Raises NoTombstone unless this installation signed it."""
    try:
        return signed.parsed(text, ring, form=FORMAT, fields=_FIELDS)
    except signed.NotOurs as error:
        raise NoTombstone(str(error) or "this is no tombstone") from error


def replay(uow: UnitOfWork, texts: Iterable[str]) -> int:
    """Let go again of what was let go after a backup was made. Returns how many tombstones were new here.

    Raises NoTombstone for one that is not ours, or where one is missing in between; then nothing of it must be kept.
    """
    documents = {document["number"]: (document, text) for text in texts if (document := parsed(text, uow.ring))}
    last, done = newest(uow.session), 0
    for number in sorted(documents):
        document, text = documents[number]
        known = uow.session.get(TombstoneRow, number)
        if known is not None:
            if json.loads(known.document) != document:
                raise NoTombstone(f"number {number} says something else than the one in this database")
            continue
        if (number, document["previous"]) != (last.number + 1 if last else 1, _digest(last) if last else ""):
            raise NoTombstone(f"the one before number {number} is missing")
        last = TombstoneRow(number=number, at=datetime.fromisoformat(document["at"]), document=text)
        uow.session.add(last)
        doomed = Doomed(tuple((kind, record_id) for kind, record_id in document["records"]), tuple(document["keys"]))
        _spare_what_moved(uow, doomed)
        _bury(uow, doomed)
        uow.note_event(AuditEvent("disposed-again", "tombstone", str(number), "system"), _vouched(uow.ring, last))
        done += 1
    return done


def _spare_what_moved(uow: UnitOfWork, doomed: Doomed) -> None:
    """A note that was matched to somebody else between backup and disposal lies in the backup under a key that goes: it stays,
    and waits to be matched once more.
    """
    gone = set(doomed.keys)
    kind = KINDS[Observation]
    moved = [row for some in _some(doomed.keys) for row in uow.session.exec(select(ObservationRow).join(
        DataKeyRow, col(DataKeyRow.id) == col(ObservationRow.key_id)).where(col(DataKeyRow.parent_id).in_(some)))
        if row.key_id not in gone]
    for row in moved:
        note = uow.regardless(Observation, row.id)
        uow.ring.rewrap(uow.session, row.key_id, parent_id=ORGANISATION_KEY)
        uow.save(replace(note, person_id=None), because=AuditEvent("person-unmatched", kind.name, note.id, "system"))


def _bury(uow: UnitOfWork, doomed: Doomed) -> None:
    """Remove rows and keys, and whatever hangs on them by an id."""
    session = uow.session
    ids = [record_id for _, record_id in doomed.records]
    if any(kind == "person" for kind, _ in doomed.records):
        uow.people_change()
    for some in _some(ids):
        links = select(LinkRow.id).where(or_(col(LinkRow.referral_id).in_(some), col(LinkRow.case_id).in_(some)))
        _remove(session, VisitRow, col(VisitRow.link_id).in_(links))
        _remove(session, LinkRow, or_(col(LinkRow.referral_id).in_(some), col(LinkRow.case_id).in_(some)))
        for table in (ClockRow, StepUpRow):
            _remove(session, table, or_(col(table.record_id).in_(some), col(table.case_id).in_(some)))
        for table in (FileRow, MessageRow, AccessRow, BarRow):
            _remove(session, table, col(table.record_id).in_(some))
        for table in (EnvelopeRow, EnvelopeConflictRow):
            _remove(session, table, col(table.id).in_(some))
        for visited in (AllocationRow, CareVisitRow):
            _remove(session, visited, col(visited.person_id).in_(some))
        for kind in KINDS.values():
            _remove(session, kind.table, col(kind.table.id).in_(some))
    _forget_drafts(session, frozenset(ids))
    for some in _some(doomed.keys):
        _remove(session, DataKeyRow, col(DataKeyRow.id).in_(some))
    uow.ring.forget(doomed.keys)
    session.flush()
    session.expire_all()


def _some(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """As many ids as go into one statement, and then the next."""
    return (ids[at:at + _AT_ONCE] for at in range(0, len(ids), _AT_ONCE))


def _remove(session: Session, table: type[SQLModel], condition: ColumnElement[bool]) -> None:
    session.execute(delete(table).where(condition).execution_options(synchronize_session=False))


def _forget_drafts(session: Session, ids: frozenset[str]) -> None:
    """What somebody had begun to type about it."""
    for row in session.exec(select(DraftRow)):
        if any(part in ids for part in row.form_key.split(":")):
            session.delete(row)


def check(session: Session, ring: KeyRing, vouched: dict[str, tuple[int, str]]) -> tuple[frozenset[tuple[str, str]], str]:
    """The records that are rightly gone, and what is wrong with the tombstones, in words; empty if nothing is.

    `vouched`: version and digest that the chain has of each tombstone, by its number.
    """
    gone: set[tuple[str, str]] = set()
    previous, there = "", 0
    for there, row in enumerate(session.exec(select(TombstoneRow).order_by(col(TombstoneRow.number))), start=1):
        try:
            document = parsed(row.document, ring)
        except NoTombstone as error:
            return frozenset(gone), f"tombstone {row.number}: {error}"
        if vouched.get(str(row.number)) != _vouched(ring, row)[2:]:
            return frozenset(gone), f"tombstone {row.number}: changed, or put there, without an event"
        if (row.number, document["number"], document["previous"]) != (there, there, previous):
            return frozenset(gone), f"tombstone {there}: removed"
        previous = _digest(row)
        gone |= {(kind, record_id) for kind, record_id in document["records"]}
    return frozenset(gone), "" if len(vouched) == there else f"tombstone {there + 1}: removed without an event"
