"""The keeper: one thread of each serving process that sweeps the clocks and takes out the post, and is woken by changes."""

import logging
import os
import socket
import threading
import time
import uuid
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
_log = logging.getLogger(__name__)


class Keeper:
    """Runs until it is told to stop. What goes wrong in one round is logged by its name and tried again in the next."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)
        self._ways: dict[Channel, WayOut] | None = None
        #: When each was last done, by a clock that nobody sets.
        self._done: dict[str, float] = {}

    def start(self) -> None:
        self._unlisten = self._house.on_change(self._wake.set)
        self._thread.start()

    def stop(self) -> None:
        """Let the present round end, and no further one begin."""
        self._unlisten()
        self._stopping.set()
        self._wake.set()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        while not self._stopping.wait(_AT_LEAST_SECONDS):
            self._wake.clear()
            self._round()
            self._wake.wait(EVERY.total_seconds())

    def _round(self) -> None:
        try:
            if self._due("sweep", EVERY):
                sweep(self._house, now=now(), holder=self._holder)
                self._done["sweep"] = time.monotonic()
            if self._ways is None:
                self._ways = ways_out(self._house, now=now())
            if deliver_due(self._house, self._ways, now=now(), clock=now).more:
                self._wake.set()
            if self._due("look", _LOOK_EVERY):
                self._done["look"] = time.monotonic()
                check_daily(self._house, self._ways, now=now(), holder=self._holder)
            if self._due("tidy", _TIDY_EVERY):
                self._done["tidy"] = time.monotonic()
                tidy(self._house, now=now())
        except Exception as error:
            # Readiness and the queue say by themselves that the clocks were not looked at.
            _log.warning("the clocks and the post will be tried again: %s", type(error).__name__)

    def _due(self, what: str, every: timedelta) -> bool:
        done = self._done.get(what)
        return done is None or time.monotonic() - done >= every.total_seconds()


@public("started once by each serving process")
def keep(house: House) -> Keeper:
    """Start the keeper of this process."""
    keeper = Keeper(house)
    keeper.start()
    return keeper
