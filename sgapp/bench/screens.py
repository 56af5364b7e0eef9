"""A lead's open queue without a browser: the websocket of the pages (Engine.IO 4, Socket.IO 5), read by a thread of its own."""

import contextlib
import json
import queue
import threading
import time
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sgapp.bench.results import CannotMeasure

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

#: Longer than any screen waits before it looks by itself: what comes after that was not told.
_PATIENCE_SECONDS = 15
_STATE = "reflex___state____state"
QUEUE = "/desk"


class Screen:
    """What an open queue has been told: how many are new, and when that arrived. Of another page: that it stands there.

    `wire_bytes`: what went over its socket in both directions, without the frames' own few.
    """

    def __init__(self, connection: "ClientConnection", page: str = QUEUE) -> None:
        self._connection, self._page = connection, page
        self.wire_bytes = 0
        self._told: queue.Queue[tuple[int, float]] = queue.Queue()
        self._loaded = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)

    def open(self) -> None:
        """Show the queue as a browser does. Raises CannotMeasure if it never stands there."""
        self._thread.start()
        where = {"pathname": self._page, "asPath": self._page}
        boot = {"event": {"name": f"{_STATE}.hydrate_and_load", "payload": {}, "router_data": where}}
        self._connection.send("40/_event," + json.dumps(boot))
        if not self._loaded.wait(_PATIENCE_SECONDS):
            raise CannotMeasure(f"{self._page} did not open on a screen of the bench.")

    def told(self, number: int) -> float | None:
        """When so many were said to be new, by `time.perf_counter`; None if it was not said in time."""
        with contextlib.suppress(queue.Empty):
            while True:
                new, at = self._told.get(timeout=_PATIENCE_SECONDS)
                if new >= number:
                    return at
        return None

    def _read(self) -> None:
        from websockets.exceptions import ConnectionClosed

        with contextlib.suppress(ConnectionClosed):
            while True:
                message, at = str(self._connection.recv()), time.perf_counter()
                self.wire_bytes += len(message.encode())
                if message == "2":
                    self._connection.send("3")
                    self.wire_bytes += 1
                elif message.startswith("42/_event,"):
                    kind, update = json.loads(message.removeprefix("42/_event,"))
                    if kind == "event":
                        self._note(update, at)

    def _note(self, update: dict[str, Any], at: float) -> None:
        if self._page != QUEUE:
            self._loaded.set()
        for name, values in (update.get("delta") or {}).items():
            if name.endswith("desk_state"):
                if values.get("loaded_rx_state_"):
                    self._loaded.set()
                if (new := values.get("new_rx_state_")) is not None:
                    self._told.put((int(new), at))


@contextlib.contextmanager
def watching(port: int, cookie: str, page: str = QUEUE) -> Iterator[Screen]:
    """The queue, or another page, open on the screen of whoever has this cookie. Raises CannotMeasure without the library."""
    try:
        from websockets.sync.client import connect
        from websockets.typing import Origin
    except ImportError as error:
        raise CannotMeasure("This bench speaks through the library websockets, which is not installed here. It comes with "
                            "`make setup` in a checkout.") from error
    address = f"ws://127.0.0.1:{port}/_event/?token={uuid.uuid4()}&EIO=4&transport=websocket"
    with connect(address, additional_headers={"Cookie": cookie} if cookie else {}, origin=Origin(f"http://127.0.0.1:{port}"),
                 max_size=None, proxy=None) as connection:
        screen = Screen(connection, page)
        screen.open()
        yield screen
