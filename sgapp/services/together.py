"""What arrives together shares one commit: one transaction, and in it a savepoint for each, so that a bad one falls out alone.

On SQLite everybody has to wait while somebody writes; the first of those who waited then takes all of them along. Nobody is
answered before the commit, and whoever comes alone has a transaction of her own. PostgreSQL lets several write at a time: there
nobody waits for another's commit, and locks held for several could lie across each other's way.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy.exc import DBAPIError

from sgapp.domain.permissions import Actor, Role
from sgapp.store.engine import within_transaction
from sgapp.store.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from sgapp.services.house import House

T = TypeVar("T")
#: As many as one commit carries: who comes later waits for no more than these.
_MOST = 32
#: Whose transaction it is that several share: nobody's. Each acts for herself within.
_ALL = Actor("together", Role.ROTA, "several", known=False)


@dataclass(slots=True)
class _One:
    """Something to be done, and once it is settled what came of it. `alone`: nothing did, so it is done by itself."""

    actor: Actor
    at: datetime
    work: Callable[[UnitOfWork], Any]
    answer: Any = None
    error: Exception | None = None
    settled: bool = False
    alone: bool = True


class Together:
    """Those of one house in one process."""

    def __init__(self, house: "House") -> None:
        self._house = house
        self._queue: list[_One] = []
        self._entry, self._front = threading.Lock(), threading.Lock()

    def do(self, actor: Actor, at: datetime, work: Callable[[UnitOfWork], T]) -> T:
        """Do it; it is committed when this returns. Raises what the work raises, and then nothing of it is kept."""
        mine = _One(actor, at, work)
        with self._entry:
            self._queue.append(mine)
        with self._front:
            while not mine.settled:
                with self._entry:
                    some, self._queue = self._queue[:_MOST], self._queue[_MOST:]
                self._settle(some)
        if mine.error is not None:
            raise mine.error
        return self._alone(mine) if mine.alone else mine.answer

    def _alone(self, one: _One) -> Any:
        with self._house.begin(one.actor, one.at) as uow:
            return one.work(uow)

    def _settle(self, some: list[_One]) -> None:
        """What a transaction that several share cannot bring to an end is left to each to do by herself, as if alone."""
        try:
            if len(some) == 1:
                some[0].answer, some[0].alone = self._alone(some[0]), False
            else:
                self._share(some)
        except Exception as error:
            for one in some:
                one.error, one.alone = (error, False) if len(some) == 1 else (None, True)
        finally:
            for one in some:
                one.settled = True

    def _share(self, some: list[_One]) -> None:
        """Nothing counts as done before the commit. Whatever the database objects to ends the sharing: where the disk is full,
        SQLite undoes the whole transaction by itself, and what came after would be kept as if it stood alone.
        """
        with self._house.begin(_ALL, some[0].at) as shared:
            connection = shared.session.connection()
            for one in some:
                try:
                    with self._house.within(connection, one.actor, one.at) as uow:
                        one.answer = one.work(uow)
                except DBAPIError:
                    raise
                except Exception as error:
                    one.error = error
            if not within_transaction(connection):
                raise RuntimeError("the transaction that several shared was undone in between")
        for one in some:
            one.alone = False
