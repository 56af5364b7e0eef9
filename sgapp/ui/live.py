"""Waking the screens of this process when something was committed, here or, by the echo, in another process."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import reflex as rx

from sgapp.services.house import house

#: A screen that hears nothing looks for itself this often, so that ends of sessions show, and changes elsewhere if the
#: echo was cut off.
LOOK_EVERY_SECONDS = 20


_has_socket: Callable[[str], bool] = bool


class _Bell:
    """Rings for everyone who waits, from whichever thread committed."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._event = asyncio.Event()

    def next(self) -> asyncio.Event:
        """What is set with the next change from now on."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            house().on_change(self._from_any_thread)
        return self._event

    def _from_any_thread(self) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._ring)

    def _ring(self) -> None:
        self._event.set()
        self._event = asyncio.Event()


_bell = _Bell()


def next_change() -> Callable[[], Awaitable[None]]:
    """A way to wait for the next change from now on, or for a while at most. Asked for before one looks, it misses nothing."""
    event = _bell.next()

    async def heard() -> None:
        try:
            await asyncio.wait_for(event.wait(), LOOK_EVERY_SECONDS)
        except TimeoutError:
            return

    return heard


async def connected(state: rx.State) -> bool:
    """Whether the screen behind a State still has its socket."""
    return _has_socket(state.router.session.client_token)


_latest: dict[tuple[str, str], object] = {}


@contextmanager
def watching(state: rx.State, what: str) -> Iterator[Callable[[], Awaitable[bool]]]:
    """Watch something for one screen. Gives what to ask before each look: whether this is still the screen's watcher.

    The latest is. Whoever goes on to another page of ours leaves one behind that Reflex cancels, or that ends by itself, in
    whichever order; what a State remembered of it would stand in the way of the next.
    """
    me, screen = object(), (state.router.session.client_token, what)
    _latest[screen] = me

    async def goes_on() -> bool:
        return _latest.get(screen) is me and await connected(state)

    try:
        yield goes_on
    finally:
        if _latest.get(screen) is me:
            del _latest[screen]


def sockets_of(app: rx.App) -> None:
    """Say whose sockets count; called once, where the app is made."""
    def has_socket(token: str) -> bool:
        namespace = app.event_namespace
        return namespace is not None and token in namespace._token_manager.token_to_socket

    global _has_socket
    _has_socket = has_socket
