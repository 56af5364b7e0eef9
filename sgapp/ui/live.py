"""Waking the screens of this process when something was committed, here or, by the echo, in another process."""

import asyncio
from collections.abc import Callable

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

    async def wait(self) -> None:
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            house().on_change(self._from_any_thread)
        await self._event.wait()

    def _from_any_thread(self) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._ring)

    def _ring(self) -> None:
        self._event.set()
        self._event = asyncio.Event()


_bell = _Bell()


async def wait_for_change() -> None:
    """Return when something was committed, or after a while at the latest."""
    try:
        await asyncio.wait_for(_bell.wait(), LOOK_EVERY_SECONDS)
    except TimeoutError:
        return


async def connected(state: rx.State) -> bool:
    """Whether the screen behind a State still has its socket."""
    return _has_socket(state.router.session.client_token)


def sockets_of(app: rx.App) -> None:
    """Say whose sockets count; called once, where the app is made."""
    def has_socket(token: str) -> bool:
        namespace = app.event_namespace
        return namespace is not None and token in namespace._token_manager.token_to_socket

    global _has_socket
    _has_socket = has_socket
