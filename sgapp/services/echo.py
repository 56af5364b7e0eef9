"""The echo: two threads of each serving process by which a change in one process is heard in all.

It says that something changed, and nothing of what. Who hears nothing, because the database is away, looks for itself after a
while (`ui/live.py`).
"""

import logging
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing

from sgapp.services.guard import public
from sgapp.services.house import House
from sgapp.store.elsewhere import hearing, telling

#: After how long, in seconds, a lost connection is made anew, first and at most.
_AGAIN, _AGAIN_AT_MOST = 0.5, 30.0
_log = logging.getLogger(__name__)


class Echo:
    """Runs until it is told to stop: one thread hears the others, one tells them."""

    def __init__(self, house: House) -> None:
        self._house, self._me = house, uuid.uuid4().hex
        self._ours, self._stopping = threading.Event(), threading.Event()
        self._ring = self._ours.set
        self._threads = [threading.Thread(target=self._run, args=part, name="echo", daemon=True)
                         for part in ((self._hear, "heard"), (self._tell, "told"))]

    def start(self) -> None:
        self._unlisten = self._house.on_change(self._ring)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End within a moment; a connection that hangs is left to end with the process."""
        self._unlisten()
        self._stopping.set()
        self._ring()
        for thread in self._threads:
            thread.join(timeout=5)

    def _run(self, part: Callable[[], Iterator[None]], done: str) -> None:
        """Do one part, step by step. Where its connection is lost, it begins anew."""
        pause = _AGAIN
        while not self._stopping.is_set():
            try:
                for _ in part():
                    pause = _AGAIN
                    if self._stopping.is_set():
                        return
            except Exception as error:
                _log.warning("other processes are not %s at present: %s", done, type(error).__name__)
                self._stopping.wait(pause)
                pause = min(2 * pause, _AGAIN_AT_MOST)

    def _hear(self) -> Iterator[None]:
        with closing(hearing(self._house.engine, self._me)) as others:
            # What happened before anybody listened, or while the connection was lost, is found by looking.
            news = True
            while True:
                if news:
                    self._house.changed(but=self._ring)
                yield
                news = others.heard()

    def _tell(self) -> Iterator[None]:
        """What was not told because the connection was lost is told by the next one."""
        with closing(telling(self._house.engine, self._me)) as others:
            while True:
                self._ours.wait()
                yield
                self._ours.clear()
                try:
                    others.tell()
                except Exception:  # whatever it was: it goes on up, and what was not told is still to be told
                    self._ours.set()
                    raise


@public("carries no content; the command line ends before an echo would have begun")
def tell_others(house: House) -> None:
    """Let the serving processes know that something was committed here."""
    with closing(telling(house.engine, "")) as others:
        others.tell()


@public("started once by each serving process; it carries no content")
def echo(house: House) -> Echo:
    """Start the echo of this process."""
    made = Echo(house)
    made.start()
    return made
