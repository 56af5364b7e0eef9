"""Whether this process can do its work: the database answers, is of the right version, and the keys open it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from sgapp.domain.errors import Unreadable
from sgapp.domain.kept import KeptState
from sgapp.domain.reach import MessageState
from sgapp.services.guard import public
from sgapp.services.house import SYSTEM, House
from sgapp.services.house import now as present
from sgapp.services.post import failing
from sgapp.services.sweep import late_in_words
from sgapp.store.migrations import at_head
from sgapp.store.tables import AuditEventRow, ChainCheckRow, KeptRow, LeaseRow, MessageRow, SessionRow
from sgapp.store.unit_of_work import UnitOfWork


@public("says nothing of any record; a load balancer asks it")
def readiness(house: House, *, now: datetime | None = None) -> tuple[str, ...]:
    """Reasons why not, in plain words; none when ready."""
    now = now or present()
    try:
        if not at_head(house.engine):
            return ("the database is of another version; run `sgapp migrate`",)
        with house.begin(SYSTEM, now) as uow:
            uow.opened(uow.sealed(b"ready", place="readiness"), place="readiness")
            late = late_in_words(uow)
    except SQLAlchemyError:
        return ("the database does not answer",)
    except Unreadable:
        return ("the master key does not open this database",)
    return (late,) if late else ()


@dataclass(frozen=True, slots=True)
class VitalSign:
    """A figure for a monitor. `value` is a count, seconds, or 1 for yes and 0 for no."""

    name: str
    meaning: str
    value: float


@public("counts of this installation's own works; whoever may read them is asked at the door")
def vital_signs(house: House, *, now: datetime) -> tuple[VitalSign, ...]:
    """How it is going, without a word on any record: nothing here moves because of one case or one person alone.

    Empty but for `ready` while the database does not answer.
    """
    ready = VitalSign("ready", "1 if it can do its work; /readyz says what is wrong.", not readiness(house, now=now))
    try:
        with house.begin(SYSTEM, now) as uow:
            return (ready, *_signs(uow))
    except (SQLAlchemyError, Unreadable):
        return (ready,)


def _signs(uow: UnitOfWork) -> Iterator[VitalSign]:
    def count(column: Any, *such: Any) -> int:
        return uow.session.exec(select(func.count(column)).where(*such)).one()

    def since(moment: datetime | None) -> float:
        return (uow.now - moment).total_seconds() if moment else -1

    def newest(column: Any, *such: Any) -> float:
        return since(uow.session.exec(select(func.max(column)).where(*such)).one())

    yield VitalSign("messages_waiting", "Messages that are to go out.",
                    count(MessageRow.id, col(MessageRow.state) == str(MessageState.WAITING)))
    yield VitalSign("messages_stuck", "Messages that did not go out, or perhaps did; a person is asked.",
                    failing(uow, of_all=True))
    yield VitalSign("uploads_kept", "Uploads that could not be taken in and wait for a look.",
                    count(KeptRow.id, col(KeptRow.state) == str(KeptState.WAITING)))
    yield VitalSign("sessions", "Sessions that have not ended.", count(
        SessionRow.id, col(SessionRow.ended_at).is_(None), col(SessionRow.ends_at) > uow.now))
    yield VitalSign("seconds_since_clocks", "Since the clocks were last looked at; -1: never.", newest(LeaseRow.done_at))
    yield VitalSign("seconds_since_chain_check", "Since the chain was last verified; -1: never.", newest(ChainCheckRow.at))
    yield VitalSign("seconds_since_backup", "Since the newest backup; -1: there is none.",
                    newest(AuditEventRow.at, AuditEventRow.stream == "system", AuditEventRow.action == "backup-made"))
