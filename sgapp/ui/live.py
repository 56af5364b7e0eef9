"""After each change, here or, by the echo, in another process, one round for all screens of this process: whose session is
over, and what else they are told. What a round costs hardly depends on how many screens there are.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import reflex as rx
from reflex.state import StateUpdate
from reflex_base.constants.state import FIELD_MARKER

from sgapp.domain.permissions import Actor
from sgapp.services.house import house, now
from sgapp.services.sessions import actors_watching
from sgapp.ui import offload
from sgapp.ui.session import fingerprint_of, sessions_here

#: Where nothing is heard there is a round this often, so that ends of sessions show, and changes elsewhere if the echo was cut
#: off.
LOOK_EVERY_SECONDS = 20

#: Who is there, by the fingerprint of the session.
Actors = Mapping[str, Actor | None]
_log = logging.getLogger("sgapp.ui")
_app: rx.App | None = None


class _Bell:
    """Rings from whichever thread committed."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._event = asyncio.Event()
        self._hears = False

    def next(self) -> asyncio.Event:
        """What is set with the next change from now on."""
        if self._loop is not (loop := asyncio.get_running_loop()):
            self._loop, self._event = loop, asyncio.Event()
        if not self._hears:
            house().on_change(self.ring)
            self._hears = True
        return self._event

    def ring(self) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._event.set()
        self._event = asyncio.Event()


@dataclass(frozen=True, slots=True, eq=False)
class _Open:
    """A screen whose session is watched, until it ends with whether that session is over."""

    fingerprint: str
    role: str
    #: The round that was under way when it began to be watched; who is there was asked before that.
    since: int
    over: asyncio.Future[bool]

    def ends(self, over: bool) -> None:
        if not self.over.done():
            self.over.set_result(over)


_bell = _Bell()
_rounds: list[Callable[[Actors], Awaitable[None]]] = []
_going: asyncio.Task[None] | None = None
_open: dict[str, _Open] = {}
_number = 0


def each_round(look: Callable[[Actors], Awaitable[None]]) -> Callable[[Actors], Awaitable[None]]:
    """Call this in each round, too."""
    _rounds.append(look)
    return look


def go_round() -> None:
    """Begin a round soon: there is a screen more, or one that sees something else."""
    global _going
    if _going is None or _going.done() or _going.get_loop() is not asyncio.get_running_loop():
        _going = asyncio.create_task(_go_on())
    _bell.ring()


async def stop() -> None:
    """No more rounds: this process ends."""
    if _going is not None:
        _going.cancel()
        await asyncio.wait([_going])


async def _go_on() -> None:
    global _number
    while True:
        _number += 1
        # Asked for before one looks, it misses nothing.
        changed, held = _bell.next(), sessions_here()
        try:
            there = await offload.run(actors_watching, house(), list(held.values()), now=now()) if held else []
            actors = dict(zip(held, there, strict=True))
            for look in _rounds:
                await look(actors)
        except Exception as error:  # the next round is not lost with this one
            _log.error("round failed: %s", type(error).__name__)  # a trace may quote what was on its way
        try:
            await asyncio.wait_for(changed.wait(), LOOK_EVERY_SECONDS)
        except TimeoutError:
            continue


def screen_of(state: rx.State) -> str:
    """The screen behind a State, as long as its socket is open. Whoever connects anew has another, and begins anew."""
    return state.router.session.session_id


def is_open(screen: str) -> bool:
    """Whether a screen still has its socket."""
    sockets = _app.event_namespace if _app else None
    return sockets is not None and screen in sockets.sid_to_token


async def tell(screens: Collection[str], state: type[rx.State], **values: Any) -> None:
    """Let many screens show the same values of vars of a State, in one message. Their States are not held for it and do not
    learn of it: a page that is loaded anew has what its State has, until it is told more.
    """
    told = {name + FIELD_MARKER: value for name, value in values.items()}
    still = [screen for screen in screens if is_open(screen)]
    if _app and _app.event_namespace and still:
        await _app.event_namespace.emit("event", StateUpdate(delta={state.get_full_name(): told}), to=still)


async def session_over(state: rx.State, role: str) -> bool:
    """Wait until the session of a screen has ended, or its role is another. False: nobody waits for that any more, since the
    screen is gone or waits anew.
    """
    screen = screen_of(state)
    waiting = _Open(fingerprint_of(state), role, _number, asyncio.get_running_loop().create_future())
    if before := _open.get(screen):
        before.ends(False)
    _open[screen] = waiting
    go_round()
    try:
        return await waiting.over
    finally:
        if _open.get(screen) is waiting:
            del _open[screen]


@each_round
async def _sessions(actors: Actors) -> None:
    for screen, waiting in _open.items():
        actor = actors.get(waiting.fingerprint)
        if not is_open(screen):
            waiting.ends(False)
        elif waiting.since < _number and (actor is None or str(actor.role) != waiting.role):
            waiting.ends(True)


def sockets_of(app: rx.App) -> None:
    """Say whose sockets count; called once, where the app is made."""
    global _app
    _app = app
