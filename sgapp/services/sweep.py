"""The sweep: looks at the clocks and takes the next step where one is due. One at a time across all processes.

What was interrupted is done by the next sweep, once: each step is a transaction of its own, and its key makes a second time
impossible. Source: DOMAIN annex §2 (chase, escalation in four stages) and §8 (deputy on a missed acknowledgement).
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm.exc import ObjectDeletedError
from sqlmodel import col, func, select

from sgapp.domain.audit import AuditEvent
from sgapp.domain.clocks import ClockKind
from sgapp.domain.due import clocks_of
from sgapp.domain.errors import SgappError
from sgapp.domain.time import show
from sgapp.services.contacts import lapse_missed
from sgapp.services.duty import hand_to
from sgapp.services.guard import public
from sgapp.services.house import SYSTEM, House
from sgapp.services.partner import expire_links
from sgapp.services.who_may_know import name_anew
from sgapp.store import accounts
from sgapp.store.engine import insert_if_missing, is_held, wait_at_most
from sgapp.store.kinds import KINDS, Record, stream_of
from sgapp.store.tables import AccountRow, ClockRow, LeaseRow, StepUpRow
from sgapp.store.unit_of_work import UnitOfWork

#: How often the server sweeps, for how long a process that stopped in the middle keeps others out, and how long after the
#: last whole sweep somebody has to be told.
EVERY, LEASE, ALARM_AFTER = timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=5)
_NAME = "sweep"
#: For how long it waits for a record that somebody holds.
_PATIENCE_SECONDS = 5
#: When a clock is tried again whose record could not be opened.
_SET_ASIDE = timedelta(minutes=10)
_Key = tuple[str, str, str]
_log = logging.getLogger(__name__)


class OnlyInADemo(SgappError):
    """The clocks of a real organisation run by the real time and by no other."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did: clocks that went up a stage, those worked out anew by a changed book, those that could not, links
    of agencies that have ended, lists on which nobody was left and somebody stands now, and contacts whose time went by.

    `busy`: another process was at it.
    """

    steps: int = 0
    retimed: int = 0
    failed: int = 0
    expired: int = 0
    named: int = 0
    missed: int = 0
    busy: bool = False

    def __add__(self, other: "Swept") -> "Swept":
        return Swept(self.steps + other.steps, self.retimed + other.retimed, self.failed + other.failed,
                     self.expired + other.expired, self.named + other.named, self.missed + other.missed)


@public("run by the server and by whoever holds the machine; it takes no content and gives none")
def sweep(house: House, *, now: datetime, holder: str, at: datetime | None = None) -> Swept:
    """Take every step that is due now. `at`: as if it were that moment, in a demo only. Raises OnlyInADemo."""
    moment = at or now
    with house.begin(SYSTEM, now) as uow:
        if at is not None and not accounts.is_demo(uow.session):
            raise OnlyInADemo("Only a demo can be swept at another time. Nothing was changed.")
        if not _taken(uow, holder, now):
            return Swept(busy=True)
    swept = Swept(missed=lapse_missed(house, at=moment))
    while found := _some(house, holder, moment, now):
        swept += found
    with house.begin(SYSTEM, moment) as uow:
        swept += Swept(expired=expire_links(uow))
    with house.begin(SYSTEM, now) as uow:
        swept += Swept(named=name_anew(uow))
        lease = uow.session.get_one(LeaseRow, _NAME, with_for_update=True)
        if lease.holder == holder:
            lease.until = None
            lease.done_at = now if at is None else lease.done_at
    if swept != Swept():
        house.changed()
    return swept


@public("says only when the clocks were last looked at")
def sweep_is_late(house: House, *, now: datetime) -> str:
    """Since when the clocks were not looked at, in words, if that is too long ago; empty if all is well."""
    with house.begin(SYSTEM, now) as uow:
        return late_in_words(uow)


def late_in_words(uow: UnitOfWork) -> str:
    """The same within a transaction. It does not look at what runs: that would tell that there is something."""
    lease = uow.session.get(LeaseRow, _NAME)
    if lease is not None and lease.done_at is not None:
        late = abs(uow.now - lease.done_at) > ALARM_AFTER  # ahead: the machine's clock stood wrong
        return f"The clocks were last looked at on {show(lease.done_at)}." if late else ""
    begun = uow.session.exec(select(func.min(AccountRow.created_at))).one()
    return "The clocks have not been looked at yet." if begun is not None and uow.now - begun > ALARM_AFTER else ""


def _taken(uow: UnitOfWork, holder: str, now: datetime) -> bool:
    insert_if_missing(uow.session, LeaseRow, name=_NAME, holder="")
    lease = uow.session.get_one(LeaseRow, _NAME, with_for_update=True)
    if lease.until is not None and now < lease.until <= now + 2 * LEASE and lease.holder != holder:
        return False
    lease.holder, lease.until = holder, now + LEASE
    return True


def _some(house: House, holder: str, moment: datetime, now: datetime) -> Swept | None:
    """One transaction of the sweep: one clock; None when there is nothing left or it is not ours.

    One, because whoever works on a record locks it before its clocks: two records locked here in another order than there
    would wait for each other. A clock that cannot go up, because its record cannot be opened or somebody holds it, holds up no
    other.
    """
    tried: list[_Key] = []
    try:
        with house.begin(SYSTEM, moment) as uow:
            return _one(uow, holder, now, tried)
    except Exception as error:
        if not tried or (isinstance(error, OperationalError | InterfaceError) and not is_held(error)):
            raise  # the database is away: so is every other clock
        _log.warning("a clock could not go up and is tried again later: %s", type(error).__name__)
    with house.begin(SYSTEM, moment) as uow:
        wait_at_most(uow.session.connection(), _PATIENCE_SECONDS)
        row = uow.session.get(ClockRow, tried[0])
        if row is not None:
            row.book = uow.book.version
            row.next_step_at = moment + _SET_ASIDE if row.next_step_at is not None else None
            uow.note_event(AuditEvent("clock-set-aside", row.record_kind, row.record_id, "system", detail=row.kind))
    return Swept(failed=1)


def _one(uow: UnitOfWork, holder: str, now: datetime, tried: list[_Key]) -> Swept | None:
    lease = uow.session.get_one(LeaseRow, _NAME, with_for_update=True)
    if lease.holder != holder:
        return None  # we were slow, and another process went on
    lease.until = now + LEASE
    wait_at_most(uow.session.connection(), _PATIENCE_SECONDS)  # other processes wait for the lease meanwhile
    stale = _first(uow, col(ClockRow.book) != uow.book.version, col(ClockRow.book))
    if stale is not None:
        tried.append(_key(stale))
        uow.retimed(stale)
        return Swept(retimed=1)
    due = _first(uow, col(ClockRow.next_step_at) <= uow.now, col(ClockRow.next_step_at))
    if due is not None:
        tried.append(_key(due))
        if due.kind == ClockKind.NEXT_STEP and _says_more(uow, due):
            due.next_step_at = None  # it begins anew when the last of those stops
            return Swept(retimed=1)
        return Swept(steps=int(_gone_up(uow, due)))
    return None


def _says_more(uow: UnitOfWork, row: ClockRow) -> bool:
    """Whether something else of the case runs, by which its work is followed already."""
    others = select(ClockRow.kind).where(ClockRow.case_id == row.case_id, ClockRow.kind != row.kind)
    return uow.session.exec(others.limit(1)).first() is not None


def _key(row: ClockRow) -> _Key:
    return row.record_kind, row.record_id, row.kind


def _first(uow: UnitOfWork, condition: ColumnElement[bool], order: Any) -> ClockRow | None:
    return uow.session.exec(select(ClockRow).where(condition).order_by(order).limit(1)).first()


def _gone_up(uow: UnitOfWork, row: ClockRow) -> bool:
    """Up to the stage that is due by now. Each stage on the way is kept; the person of the last one is told."""
    kind = next(k for k in KINDS.values() if k.name == row.record_kind)
    record: Record = uow.regardless(kind.entity, row.record_id)
    uow.session.expire(row)  # whoever held the record before us may have moved its clocks
    try:
        waiting = row.next_step_at is not None and row.next_step_at <= uow.now
    except ObjectDeletedError:
        return False
    if not waiting:
        return False
    steps = next(c.steps for c in clocks_of(record, uow.book) if c.kind == row.kind)
    first = row.stage + 1
    row.stage = max(first, sum(step <= uow.now for step in steps))
    row.next_step_at = steps[row.stage] if row.stage < len(steps) else None
    holder = hand_to(uow, row, record, at=uow.now)
    for stage in range(first, row.stage + 1):
        # A clock that was laid aside for another begins again where it began: what it did then is done.
        insert_if_missing(
            uow.session, StepUpRow, record_kind=row.record_kind, record_id=row.record_id, kind=row.kind,
            started_at=row.started_at, stage=stage, case_id=row.case_id, at=uow.now,
            holder_id=holder if stage == row.stage else "")
    detail = f"{row.kind}:{row.stage}" + ("" if holder else ":nobody-left")
    uow.note_event(AuditEvent("clock-went-up", row.record_kind, row.record_id, stream_of(record), detail=detail))
    return True
