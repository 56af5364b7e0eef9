"""A lead's open queue without a browser: the websocket of the pages (Engine.IO 4, Socket.IO 5). One thread reads them all, and
does little more than note when something came.
"""

import asyncio
import contextlib
import json
import queue
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from sgapp.bench.results import CannotMeasure

if TYPE_CHECKING:
    from websockets.client import ClientProtocol

#: Longer than any screen waits before it looks by itself: what comes after that was not told.
_PATIENCE_SECONDS = 15
_STATE = "reflex___state____state"
_AT_ONCE = 1 << 16
QUEUE = "/desk"


class Screen:
    """What an open queue has been told: how many are new, and when that arrived. Of another page: that it stands there.

    `wire_bytes`: what went over its socket in both directions, without the frames' own few.
    """

    def __init__(self, wire: socket.socket, protocol: "ClientProtocol", page: str = QUEUE) -> None:
        self._wire, self._protocol, self._page = wire, protocol, page
        self.wire_bytes = 0
        self._message = b""
        self._heard: queue.SimpleQueue[tuple[str, float]] = queue.SimpleQueue()

    def ask(self) -> None:
        """Ask for the page as a browser does; before anybody reads what comes."""
        where = {"pathname": self._page, "asPath": self._page}
        boot = {"event": {"name": f"{_STATE}.hydrate_and_load", "payload": {}, "router_data": where}}
        self._protocol.send_text(b"40/_event," + json.dumps(boot).encode())
        self._send()

    def stands(self) -> None:
        """Wait until the page stands there. Raises CannotMeasure if it never does."""
        if not any(self._page != QUEUE or values.get("loaded_rx_state_") for values, _ in self._updates()):
            raise CannotMeasure(f"{self._page} did not open on a screen of the bench.")

    def told(self, number: int) -> float | None:
        """When so many were said to be new, by `time.perf_counter`; None if it was not said in time."""
        return next((at for values, at in self._updates() if int(values.get("new_rx_state_") or 0) >= number), None)

    def read(self) -> bool:
        """Take what has come. False: nothing will come any more."""
        data, at = self._wire.recv(_AT_ONCE), time.perf_counter()
        self._protocol.receive_data(data) if data else self._protocol.receive_eof()
        for frame in self._protocol.events_received():
            self._message += bytes(getattr(frame, "data", b""))
            if getattr(frame, "fin", False):
                self._take(self._message.decode(), at)
                self._message = b""
        self._send()
        return bool(data)

    def _take(self, message: str, at: float) -> None:
        self.wire_bytes += len(message.encode())
        if message == "2":
            self.wire_bytes += 1
            self._protocol.send_text(b"3")
        elif message.startswith("42/_event,"):
            self._heard.put((message.removeprefix("42/_event,"), at))

    def _updates(self) -> Iterator[tuple[dict[str, Any], float]]:
        """What the page's State is said to be, and when that came, until nothing more comes for long."""
        with contextlib.suppress(queue.Empty):
            while True:
                message, at = self._heard.get(timeout=_PATIENCE_SECONDS)
                kind, update = json.loads(message)
                delta = (update.get("delta") or {}) if kind == "event" else {}
                yield next((values for name, values in delta.items() if name.endswith("desk_state")), {}), at

    def _send(self) -> None:
        for data in self._protocol.data_to_send():
            self._wire.sendall(data)


class _Ear:
    """The thread that reads."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    @contextlib.contextmanager
    def listening(self, wire: socket.socket, read: Callable[[], bool]) -> Iterator[None]:
        def heard() -> None:
            if not read():
                self._loop.remove_reader(wire)

        self._loop.call_soon_threadsafe(self._loop.add_reader, wire, heard)
        try:
            yield
        finally:
            asyncio.run_coroutine_threadsafe(self._leave(wire), self._loop).result()

    async def _leave(self, wire: socket.socket) -> None:
        self._loop.remove_reader(wire)


@cache
def _ear() -> _Ear:
    return _Ear()


@contextlib.contextmanager
def watching(port: int, cookie: str, page: str = QUEUE) -> Iterator[Screen]:
    """The queue, or another page, open on the screen of whoever has this cookie. Raises CannotMeasure without the library."""
    try:
        from websockets.client import ClientProtocol
        from websockets.typing import Origin
        from websockets.uri import parse_uri
    except ImportError as error:
        raise CannotMeasure("This bench speaks through the library websockets, which is not installed here. It comes with "
                            "`make setup` in a checkout.") from error
    address = f"ws://127.0.0.1:{port}/_event/?token={uuid.uuid4()}&EIO=4&transport=websocket"
    protocol = ClientProtocol(parse_uri(address), origin=Origin(f"http://127.0.0.1:{port}"), max_size=None)
    asks = protocol.connect()
    if cookie:
        asks.headers["Cookie"] = cookie
    with socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE_SECONDS) as wire:
        protocol.send_request(asks)
        for data in protocol.data_to_send():
            wire.sendall(data)
        while protocol.state.name == "CONNECTING" and (data := wire.recv(_AT_ONCE)):
            protocol.receive_data(data)
        if protocol.state.name != "OPEN":
            raise CannotMeasure("The server did not take in a screen of the bench.")
        screen = Screen(wire, protocol, page)
        screen.ask()
        with _ear().listening(wire, screen.read):
            screen.stands()
            yield screen
