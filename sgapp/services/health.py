"""Whether this process can do its work: the database answers, is of the right version, and the keys open it."""

from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from sgapp.domain.errors import Unreadable
from sgapp.services.guard import public
from sgapp.services.house import SYSTEM, House
from sgapp.services.house import now as present
from sgapp.services.sweep import late_in_words
from sgapp.store.migrations import at_head


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
