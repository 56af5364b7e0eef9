"""The keeper: the threads of each serving process that sweep the clocks and take out the post, woken by changes."""

import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable
from datetime import timedelta

from sgapp.domain.reach import Channel
from sgapp.integrations.outgoing import WayOut
from sgapp.services.checkpoints import check_daily
from sgapp.services.guard import public
from sgapp.services.house import House, now
from sgapp.services.post import deliver_due, ways_out
from sgapp.services.sweep import EVERY, sweep
from sgapp.services.tidying import tidy

#: A burst of changes makes one round, not one each.
_AT_LEAST_SECONDS = 0.5
#: How often it is asked whether the chain has to be verified, and what could not leave the machine is tried again.
_LOOK_EVERY = timedelta(minutes=10)
_TIDY_EVERY = timedelta(hours=1)
_ENDS_WITHIN_SECONDS = 30
_log = logging.getLogger(__name__)


class Keeper:
    """Runs until it is told to stop. What goes wrong in one round is logged by its name and tried again in the next.

    Each kind of work has a thread of its own: a mail server that hangs holds up neither the clocks nor the look at the chain.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._stopping = threading.Event()
        #: Set by every change, and by the post itself while there may be more of it.
        self._mail_waits = threading.Event()
        self._ways: dict[Channel, WayOut] | None = None
        self._threads = [self._thread(self._clocks, EVERY), self._thread(self._post, EVERY, self._mail_waits),
                         self._thread(self._look, _LOOK_EVERY), self._thread(self._tidy, _TIDY_EVERY)]

    def start(self) -> None:
        self._unlisten = self._house.on_change(self._mail_waits.set)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let the present rounds end, and no further one begin. What hangs is left behind."""
        self._unlisten()
        self._stopping.set()
        self._mail_waits.set()
        ends = time.monotonic() + _ENDS_WITHIN_SECONDS
        for thread in self._threads:
            thread.join(timeout=max(0, ends - time.monotonic()))

    def _thread(self, work: Callable[[], None], every: timedelta, woken: threading.Event | None = None) -> threading.Thread:
        def run() -> None:
            while not self._stopping.wait(_AT_LEAST_SECONDS):
                if woken is not None:
                    woken.clear()
                try:
                    work()
                except Exception as error:
                    # Readiness and the queue say by themselves that the clocks were not looked at, or that messages wait.
                    _log.warning("%s will be tried again: %s", name, type(error).__name__)
                if not self._stopping.is_set():  # set just before the other was cleared, it would not wake
                    (woken or self._stopping).wait(every.total_seconds())

        name = f"keeper: {work.__name__.strip('_')}"
        return threading.Thread(target=run, name=name, daemon=True)

    def _clocks(self) -> None:
        sweep(self._house, now=now(), holder=self._holder)

    def _post(self) -> None:
        self._ways = self._ways or ways_out(self._house, now=now())
        if deliver_due(self._house, self._ways, now=now(), clock=now).more:
            self._mail_waits.set()

    def _look(self) -> None:
        check_daily(self._house, ways_out(self._house, now=now()), now=now(), holder=self._holder)

    def _tidy(self) -> None:
        tidy(self._house, now=now())


@public("started once by each serving process")
def keep(house: House) -> Keeper:
    """Start the keeper of this process."""
    keeper = Keeper(house)
    keeper.start()
    return keeper
