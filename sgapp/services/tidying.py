"""What lies under the organisation's key and is needed for a while only goes by itself: drafts, and answers to forms.

Else a disposal would not reach it: destroying an adult's key opens nothing of it and closes nothing of it.
"""

from datetime import datetime, timedelta

from sqlmodel import col, delete

from sgapp.domain.time import to_london
from sgapp.services.backups import expire_backup_keys
from sgapp.services.checkpoints import time_is_borne_out
from sgapp.services.drafts import KEEP
from sgapp.services.guard import public
from sgapp.services.house import SYSTEM, House
from sgapp.store import search, standing
from sgapp.store.tables import CareVisitRow, DraftRow, HandOverRow, IntentRow

#: A form is sent again within minutes, when its answer got lost on the way; what one left for the next is read the same day.
KEEP_ANSWERS, KEEP_VISITS, KEEP_HAND_OVERS = timedelta(days=30), timedelta(days=31), timedelta(days=365)


@public("run by the server itself; it removes what is over, and reads nothing")
def tidy(house: House, *, now: datetime) -> int:
    """Remove what is over. Opened keys and names in this process's memory go, too. Returns how many rows went."""
    with house.begin(SYSTEM, now) as uow:
        over = (delete(DraftRow).where(col(DraftRow.saved_at) < now - KEEP),
                delete(IntentRow).where(col(IntentRow.done_at) < now - KEEP_ANSWERS),
                delete(CareVisitRow).where(col(CareVisitRow.day) < (to_london(now).date() - KEEP_VISITS).isoformat()),
                delete(HandOverRow).where(col(HandOverRow.at) < now - KEEP_HAND_OVERS))
        gone = sum(uow.session.exec(statement).rowcount for statement in over)
    if time_is_borne_out(house, now=now):  # they go for good, and every backup of their month with them
        expire_backup_keys(house.settings, now=now)
    house.ring.forget()
    search.forget(house.ring)
    standing.forget(house.ring)
    return gone
