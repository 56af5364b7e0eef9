"""What arrives together shares one commit: one thread takes all that has arrived along in one transaction, in that order.

Nobody is answered before the commit. Where anything at all goes wrong, nothing of that transaction is kept, and each of those
in it does it again by herself, the usual way: so a bad one blocks no other, and what it is refused for is told as ever.

On SQLite, where only one may write at a time. On PostgreSQL each writes by herself: locks held for several would lie across
each other's way, and one adult whose file is held would keep everybody's notes waiting.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sgapp.domain.errors import SgappError
from sgapp.domain.permissions import Actor, Role
from sgapp.store.straight import held_elsewhere
from sgapp.store.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from sgapp.services.house import House

T = TypeVar("T")
_log = logging.getLogger(__name__)
#: As many as one commit carries: who comes later waits for no more than these.
_MOST = 32
#: Seconds in which somebody else arrives, or the others need not wait for her.
_A_MOMENT = 0.0003
#: Whose transaction it is that several share: nobody's. Each acts for herself within.
_ALL = Actor("together", Role.ROTA, "several", known=False)


class Apart(Exception):
    """Nothing was kept and nothing refused: it is to be done by itself."""


@dataclass(slots=True, eq=False)
class _One:
    """Something to be done, and once it is settled what came of it."""

    who: Callable[[UnitOfWork], Actor]
    at: datetime
    work: Callable[[UnitOfWork], Any]
    told: "asyncio.Future[Any]"
    context: Context = field(default_factory=copy_context)
    answer: Any = None
    settled: bool = False


class Together:
    """Those of one house in one process."""

    def __init__(self, house: "House") -> None:
        self._house = house
        self._queue: list[_One] = []
        self._entry, self._taking = threading.Lock(), False
        self._taker = ThreadPoolExecutor(1, thread_name_prefix="together")

    async def do(self, who: Callable[[UnitOfWork], Actor], at: datetime, work: Callable[[UnitOfWork], T]) -> T:
        """Do it; it is committed when this returns. `who` says in a look of its own whose it is. Raises Apart, or what it was
        where the database was held elsewhere for too long.
        """
        mine = _One(who, at, work, asyncio.get_running_loop().create_future())
        with self._entry:
            self._queue.append(mine)
            begins, self._taking = not self._taking, True
        if begins:
            try:
                self._taker.submit(self._take)
            except RuntimeError:  # no thread can be had: whoever waits does not wait for it
                while some := self._next():
                    _tell(some, Apart())
        return await mine.told

    def _take(self) -> None:
        while some := self._arrived():
            otherwise: BaseException = Apart()
            try:
                self._settle(some)
            except BaseException as error:  # whatever it was: each meets it again by herself, or does not
                _log.warning("what %d shared was undone: %s", len(some), type(error).__name__)
                if held_elsewhere(error):  # it was waited for; each would wait as long again, one after the other
                    otherwise = error
            _tell(some, otherwise)
            try:
                if any(one.settled for one in some):
                    self._house.changed()
            except Exception as error:  # whoever brought something is answered by now
                _log.warning("a change could not be told to all screens: %s", type(error).__name__)

    def _arrived(self) -> list[_One]:
        """The next of them, once no more come: whoever is just arriving needs the lock of Python that working on these would
        take away again and again, and shares their commit.
        """
        before = 0
        while before < (waiting := len(self._queue)) < _MOST:
            before = waiting
            time.sleep(_A_MOMENT)
        return self._next()

    def _next(self) -> list[_One]:
        """The next of those who wait. Nobody is taking any more once there is none."""
        with self._entry:
            some, self._queue = self._queue[:_MOST], self._queue[_MOST:]
            self._taking = bool(some)
        return some

    def _settle(self, some: list[_One]) -> None:
        """Nothing counts as done before the commit."""
        house, theirs = self._house, list[tuple[_One, Actor]]()
        with house.reading(_ALL, some[0].at) as look:
            for one in some:
                with suppress(SgappError):
                    asking = house.beside(look, _ALL, one.at)
                    theirs.append((one, one.who(asking)))
                    look.standing = asking.standing
        if not theirs:
            return
        with house.shared(_ALL, some[0].at) as shared:
            for one, actor in theirs:
                uow = house.beside(shared, actor, one.at)
                one.answer = one.context.run(one.work, uow)
                shared.standing = uow.standing
        for one, _ in theirs:
            one.settled = True


def _tell(some: list[_One], otherwise: BaseException) -> None:
    """Wake whoever waits, each loop once. Who is not settled is told `otherwise`."""
    for loop in {one.told.get_loop() for one in some}:
        with suppress(Exception):  # closed, mostly: nobody waits there any more
            loop.call_soon_threadsafe(_answer, [one for one in some if one.told.get_loop() is loop], otherwise)


def _answer(some: list[_One], otherwise: BaseException) -> None:
    for one in some:
        if one.told.done():
            continue  # whoever waited has gone
        if one.settled:
            one.told.set_result(one.answer)
        else:
            one.told.set_exception(otherwise)
