"""Once a day the whole chain is verified, signed, and the signature taken off this machine; what does not hold alarms."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import col, func, select

from sgapp.domain.audit import AuditEvent
from sgapp.domain.permissions import Permission, roles_with
from sgapp.domain.reach import Channel, Urgency
from sgapp.domain.time import show
from sgapp.integrations.leaving import leave, places_of
from sgapp.integrations.outgoing import Undelivered, WayOut
from sgapp.services.audit import AuditResult, verify_audit
from sgapp.services.duty import tell
from sgapp.services.guard import public
from sgapp.services.house import SYSTEM, House
from sgapp.settings import Settings
from sgapp.store import accounts, checkpoints
from sgapp.store.engine import insert_if_missing
from sgapp.store.secrets import write_once
from sgapp.store.tables import (
    AccountRow,
    ChainCheckRow,
    CheckpointLeftRow,
    CheckpointRow,
    LeaseRow,
    TombstoneLeftRow,
    TombstoneRow,
)
from sgapp.store.unit_of_work import UnitOfWork

#: How often; for how long a process that stopped in the middle keeps others out; and after how long without one that left
#: somebody has to be told.
EVERY, LEASE, ALARM_AFTER = timedelta(hours=24), timedelta(hours=2), timedelta(hours=48)
_NAME = "chain"


@dataclass(frozen=True, slots=True)
class Checked:
    """What a daily round did. `result` None: it was not time, or another process is at it. `left`: to how many places one
    went.
    """

    result: AuditResult | None = None
    left: int = 0


@public("run from the command line and by the server; a number, and nobody's words")
def make_checkpoint(house: House, *, now: datetime) -> str:
    """Sign where every stream stands. Returns the document that is to leave this machine, as JSON."""
    places = places_of(house.settings.checkpoints_to, data=house.settings.data)
    with house.begin(SYSTEM, now) as uow:
        row = checkpoints.make(uow.session, uow.ring, now, places=len(places))
        uow.note_event(AuditEvent("checkpoint-made", "checkpoint", str(row.number), "system"))
        return row.document


@public("run from the command line; it reads digests, and shows nobody's words")
def verify_against(house: House, text: str, *, now: datetime) -> AuditResult:
    """Verify the chain, and that all of it is as it was when a checkpoint left. Raises NoCheckpoint for none of ours."""
    with house.reading(SYSTEM, now) as uow:
        document = checkpoints.parsed(text, uow.ring)
    result = verify_audit(house, now=now)
    if not result.sound:
        return result
    with house.reading(SYSTEM, now) as uow:
        changed = checkpoints.first_change(uow.session, uow.ring, document)
    return AuditResult(not changed, result.events, result.streams, result.records, changed)


@public("run by the server itself, once a day")
def check_daily(house: House, ways: Mapping[Channel, WayOut], *, now: datetime, holder: str) -> Checked:
    """Verify, sign and take off the machine, if it is time; and take along what could not leave before."""
    if not _due(house, now, holder):
        if _looked_and_not_signed(house, now):
            make_checkpoint(house, now=now)
        return Checked(left=_leave(house, ways, now))
    result = verify_audit(house, now=now)
    with house.begin(SYSTEM, now) as uow:
        uow.session.add(ChainCheckRow(at=now, events=result.events, records=result.records, first_bad=result.first_bad))
        uow.note_event(AuditEvent("chain-verified" if result.sound else "chain-broken", "chain", "", "system"))
        if not result.sound:
            for account_id in _who_is_told(uow):
                tell(uow, account_id, Urgency.NOW, reference="", at=now, awake=True)
        uow.session.get_one(LeaseRow, _NAME).until = None
    if result.sound:
        make_checkpoint(house, now=now)
    house.changed()
    return Checked(result, _leave(house, ways, now))


@public("run by the server itself; it opens no record")
def time_is_borne_out(house: House, *, now: datetime) -> bool:
    """Whether looks on two days in a row have found it to be about this time: a clock may stand wrong for a while."""
    with house.reading(SYSTEM, now) as uow:
        lately = select(ChainCheckRow.at).where(ChainCheckRow.at > now - 3 * EVERY, ChainCheckRow.at <= now)
        found = uow.session.exec(lately).all()
    return bool(found) and max(found) - min(found) >= EVERY / 2


def _looked_and_not_signed(house: House, now: datetime) -> bool:
    """Whether the last look found all well and was broken off before its checkpoint was made."""
    with house.reading(SYSTEM, now) as uow:
        last = uow.session.exec(select(ChainCheckRow).where(ChainCheckRow.at <= now).order_by(
            col(ChainCheckRow.at).desc()).limit(1)).first()
        newest = checkpoints.newest(uow.session)
    return last is not None and not last.first_bad and (newest is None or newest.at < last.at)


def _due(house: House, now: datetime, holder: str) -> bool:
    """Whether it is time and nobody else is at it; then it is ours until we are done."""
    with house.begin(SYSTEM, now) as uow:
        begun = _begun(uow)
        # What says that it is of a time to come was written while the machine's clock stood wrong.
        last = uow.session.exec(select(func.max(ChainCheckRow.at)).where(ChainCheckRow.at <= now)).one() or begun
        if last is None or now - last < EVERY:
            return False
        insert_if_missing(uow.session, LeaseRow, name=_NAME, holder="")
        lease = uow.session.get_one(LeaseRow, _NAME, with_for_update=True)
        if lease.until is not None and now < lease.until <= now + 2 * LEASE and lease.holder != holder:
            return False
        lease.holder, lease.until = holder, now + LEASE
        return True


def _who_is_told(uow: UnitOfWork) -> list[str]:
    may = roles_with(Permission.SIGN_OFF)
    return [a.id for a in accounts.everyone(uow) if str(a.role) in may and not a.disabled]


def _leave(house: House, ways: Mapping[Channel, WayOut], now: datetime) -> int:
    """Take the newest checkpoint wherever it has not gone yet, and every tombstone. Checkpoints before it need not go: it
    stands for them, too.
    """
    with house.begin(SYSTEM, now) as uow:
        newest = checkpoints.newest(uow.session)
        tombs = uow.session.exec(select(TombstoneRow).order_by(col(TombstoneRow.number))).all()
    left = _take(house, ways, now, newest.number, newest.document, CheckpointLeftRow, "checkpoint") if newest is not None else 0
    for tomb in tombs:
        keep_apart(house, tomb)
        _take(house, ways, now, tomb.number, tomb.document, TombstoneLeftRow, "disposal")
    return left


def _take(house: House, ways: Mapping[Channel, WayOut], now: datetime, number: int, document: str,
          told: type[CheckpointLeftRow | TombstoneLeftRow], what: str) -> int:
    """Take one document to every place where it has not gone yet. Returns to how many it went."""
    with house.begin(SYSTEM, now) as uow:
        gone = frozenset(uow.session.exec(select(told.place).where(col(told.number) == number)))
    left = 0
    for place in places_of(house.settings.checkpoints_to, data=house.settings.data):
        if _mark(place) in gone:
            continue
        message_id = f"<{what}-{number}-{_mark(place)[:12]}@{house.settings.host}>"
        try:
            leave(place, _name_of(what, number, document), document, mail=ways.get(Channel.EMAIL), message_id=message_id)
        except Undelivered:
            continue  # it stands among the alarms, and is tried again
        with house.begin(SYSTEM, now) as uow:
            insert_if_missing(uow.session, told, number=number, place=_mark(place), at=now)
        left += 1
    return left


def _name_of(what: str, number: int, document: str) -> str:
    """Tombstones go on from where they were after a restore; checkpoints begin again at an earlier number, and are others."""
    return f"{what}-{number:06d}{f'-{_mark(document)[:8]}' if what == 'checkpoint' else ''}.json"


def keep_apart(house: House, tomb: TombstoneRow) -> None:
    """Beside the keys, never with the data: a backup from before must not bring back what is gone."""
    folder = tombstones_folder(house.settings)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"disposal-{tomb.number:06d}.json"
    if not path.exists():
        write_once(path, tomb.document)


def tombstones_folder(settings: Settings) -> Path:
    """Where tombstones lie for a restore."""
    return settings.keys / "disposals"


def _mark(place: str) -> str:
    return hashlib.sha256(place.encode()).hexdigest()


def chain_in_words(uow: UnitOfWork) -> tuple[str, ...]:
    """What is wrong with the chain, in words; nothing of any record. Empty if all is well."""
    last = uow.session.exec(select(ChainCheckRow).order_by(col(ChainCheckRow.at).desc()).limit(1)).first()
    found = []
    if last is not None and last.first_bad:
        found.append(f"The record of who did what did not hold on {show(last.at)}. Change nothing on the machine, and tell "
                     "whoever looks after this installation now.")
    elif last is None and uow.now - (_begun(uow) or uow.now) > ALARM_AFTER:
        found.append("The record of who did what has not been verified yet. Tell whoever looks after this installation.")
    elif last is not None and uow.now - last.at > ALARM_AFTER:
        found.append(f"The record of who did what was last verified on {show(last.at)}. Tell whoever looks after this "
                     "installation.")
    row = checkpoints.newest(uow.session)
    if row is not None and row.places:
        since = _all_left_at(uow) or _first_meant_to(uow)
        if since is not None and uow.now - since > ALARM_AFTER:
            found.append("No checkpoint of the record has left this machine for two days. Tell whoever looks after this "
                         "installation.")
    return tuple(found)


def _begun(uow: UnitOfWork) -> datetime | None:
    """When the first account was made."""
    return uow.session.exec(select(func.min(AccountRow.created_at))).one()


def _all_left_at(uow: UnitOfWork) -> datetime | None:
    """When the newest checkpoint was made that has gone everywhere it was meant to."""
    gone = select(func.count()).where(CheckpointLeftRow.number == CheckpointRow.number).scalar_subquery()
    return uow.session.exec(select(func.max(CheckpointRow.at)).where(gone >= CheckpointRow.places)).one()


def _first_meant_to(uow: UnitOfWork) -> datetime | None:
    return uow.session.exec(select(func.min(CheckpointRow.at)).where(CheckpointRow.places > 0)).one()
