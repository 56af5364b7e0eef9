"""A link between browser and server, on loopback, that breaks as real ones do: refused, silent, cut in the middle, flapping."""

import asyncio
import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.serving import free_port

#: What befalls a new connection while the link is rough. Dealt like cards, so that every kind turns up again and again.
DECK = ("through",) * 9 + ("cut while asking",) * 4 + ("cut while answering",) * 5 + ("silent", "answer lost")
FAULTS = frozenset(DECK) - {"through"} | {"refused"}
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER without waiting: the other side sees a reset


@dataclass(frozen=True)
class Fate:
    kind: str
    after_bytes: int
    reset: bool


class RoughNetwork:
    """Listens on `port` and passes on to the server's, or to its socket file. Calm at first; `storm` and `calm` change it.

    `met` counts what broke while bytes were under way, not what was only planned.
    """

    def __init__(self, to: int | Path, moments: random.Random) -> None:
        self.port, self.to, self.met, self.delay_seconds = free_port(), to, Counter[str](), 0.0
        self._moments, self._deck, self._rough = moments, list[str](), False
        self._live: set[asyncio.StreamWriter] = set()
        self._listener: asyncio.Server | None = None
        self._flapping: asyncio.Task[None] | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._do(self._listen)

    def storm(self) -> None:
        self._do(self._begin)

    def calm(self) -> None:
        """Up, and nothing breaks any more. What was open is cut."""
        self._do(self._end)

    def down(self) -> None:
        """No connection is taken until `calm` or `storm`."""
        self._do(self._unlisten)

    def close(self) -> None:
        self._do(self._end)
        self._do(self._unlisten)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _do(self, what: Callable[[], Awaitable[None]]) -> None:
        async def done() -> None:
            await what()

        asyncio.run_coroutine_threadsafe(done(), self._loop).result(10)

    async def _begin(self) -> None:
        self._rough = True
        await self._listen()
        if self._flapping is None:
            self._flapping = self._loop.create_task(self._flap())

    async def _end(self) -> None:
        self._rough = False
        if self._flapping is not None:
            self._flapping.cancel()
            self._flapping = None
        self._cut_all()
        await self._listen()

    async def _flap(self) -> None:
        while True:
            await asyncio.sleep(self._moments.uniform(0.1, 0.7))
            await self._unlisten()
            await asyncio.sleep(self._moments.uniform(0.03, 0.25))
            await self._listen()

    async def _listen(self) -> None:
        if self._listener is None:
            self._listener = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def _unlisten(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
            self.met["refused"] += 1
        self._cut_all()

    def _cut_all(self) -> None:
        for writer in list(self._live):
            self._cut(writer, reset=bool(self._moments.getrandbits(1)))

    def _cut(self, writer: asyncio.StreamWriter, *, reset: bool) -> None:
        self._live.discard(writer)
        found = writer.get_extra_info("socket")
        if reset and found is not None:
            with suppress(OSError):
                found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        writer.transport.abort()

    def _fate(self) -> Fate:
        if not self._rough:
            return Fate("through", 0, reset=False)
        if not self._deck:
            self._deck = list(DECK)
            self._moments.shuffle(self._deck)
        kind = self._deck.pop()
        # A note is asked for in some 2,500 bytes and answered in some 500; several go over one connection.
        most = 6_000 if kind == "cut while asking" else 1_500
        after = 0 if self._moments.random() < 0.3 and kind == "cut while answering" else self._moments.randrange(1, most)
        return Fate(kind, after, reset=bool(self._moments.getrandbits(1)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        fate = self._fate()
        self._live.add(writer)
        upstream = None
        with suppress(OSError):
            if fate.kind == "silent":
                await self._pass_on(reader, None, fate, "silent")
            else:
                try:
                    answers, upstream = await self._reach()
                except OSError:
                    self._deck.append(fate.kind)  # nobody is there to break with: kept for the next connection
                    raise
                self._live.add(upstream)
                ways = (self._loop.create_task(self._pass_on(reader, upstream, fate, "cut while asking")),
                        self._loop.create_task(self._pass_on(
                            answers, None if fate.kind == "answer lost" else writer, fate, "cut while answering")))
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        for end in (writer, upstream):
            if end is not None:
                self._cut(end, reset=fate.reset)

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self.to, Path):
            return await asyncio.open_unix_connection(self.to)
        return await asyncio.open_connection("127.0.0.1", self.to)

    async def _pass_on(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter | None, fate: Fate, breaks: str) -> None:
        """One direction, until it ends or its fate is met. Without a sink everything is swallowed."""
        left = fate.after_bytes if fate.kind == breaks else None
        while data := await source.read(65536):
            if sink is None:
                self.met[fate.kind] += 1
                continue
            if breaks == "cut while answering" and self.delay_seconds:
                await asyncio.sleep(self.delay_seconds)
            whole = left is None or len(data) < left
            sink.write(data if whole else data[:left])
            await sink.drain()
            if not whole:
                self.met[fate.kind] += 1
                return
            left = None if left is None else left - len(data)
