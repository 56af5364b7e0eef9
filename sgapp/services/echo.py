"""The echo: one thread of each serving process by which a change in one process is heard in all.

It says that something changed, and nothing of what. Who hears nothing, because the database is away, looks for itself after a
while (`ui/live.py`).
"""

import logging
import threading
from contextlib import closing

from sgapp.services.guard import public
from sgapp.services.house import House
from sgapp.store.elsewhere import Elsewhere, elsewhere

#: How long a change may stay unheard, in seconds. A burst of changes is told once.
_LOOK = 0.05
#: After how long, in seconds, a lost connection is made anew, first and at most.
_AGAIN, _AGAIN_AT_MOST = 0.5, 30.0
_log = logging.getLogger(__name__)


class Echo:
    """Runs until it is told to stop."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._ours, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="echo", daemon=True)
        self._pause = _AGAIN
        self._tell = self._ours.set

    def start(self) -> None:
        self._unlisten = self._house.on_change(self._tell)
        self._thread.start()

    def stop(self) -> None:
        """End within a moment; a connection that hangs is left to end with the process."""
        self._unlisten()
        self._stopping.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listen()
            except Exception as error:
                _log.warning("other processes are not heard at present: %s", type(error).__name__)
                self._stopping.wait(self._pause)
                self._pause = min(2 * self._pause, _AGAIN_AT_MOST)

    def _listen(self) -> None:
        with closing(elsewhere(self._house.engine)) as others:
            # What happened before anybody listened, or while the connection was lost, is found by looking.
            self._house.changed(but=self._tell)
            while not self._stopping.is_set():
                self._pass_on(others)
                if others.heard(_LOOK):
                    self._house.changed(but=self._tell)
                self._pause = _AGAIN

    def _pass_on(self, others: Elsewhere) -> None:
        """Tell of what was committed here. If the connection is lost over it, the next one tells."""
        if not self._ours.is_set():
            return
        self._ours.clear()
        try:
            others.tell()
        except Exception:
            self._ours.set()
            raise


@public("carries no content; the command line ends before an echo would have begun")
def tell_others(house: House) -> None:
    """Let the serving processes know that something was committed here."""
    with closing(elsewhere(house.engine)) as others:
        others.tell()


@public("started once by each serving process; it carries no content")
def echo(house: House) -> Echo:
    """Start the echo of this process."""
    made = Echo(house)
    made.start()
    return made
