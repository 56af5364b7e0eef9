"""No page waits for a lock that nobody holds any more.

With Redis, Reflex locks the State of a tab for each event. A page that is left while it still loads has its event cancelled;
if that happens in the very moment in which the lock is taken or let go, the lock stays until it runs out, ten seconds later,
and the next page of the tab waits that long. Here a cancelled event lets its lock go in any case.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from reflex.istate.manager.redis import OplockFound, StateManagerRedis

_wait_lock, _lock = StateManagerRedis._wait_lock, StateManagerRedis._lock


async def _let_go(manager: StateManagerRedis, lock_key: bytes, lock_id: bytes) -> None:
    """Give a lock back if it is still this event's."""
    if await manager.redis.get(lock_key) == lock_id:  # type: ignore[misc]  # its client is an asynchronous one
        await manager.redis.delete(lock_key)
        manager._notify_next_waiter(lock_key)


async def _take(self: StateManagerRedis, lock_key: bytes, lock_id: bytes) -> None:
    taking = asyncio.ensure_future(_wait_lock(self, lock_key, lock_id))
    try:
        await asyncio.shield(taking)
    except asyncio.CancelledError:
        taking.cancel()
        with contextlib.suppress(asyncio.CancelledError, OplockFound):
            await taking
        await _let_go(self, lock_key, lock_id)
        raise


@contextlib.asynccontextmanager
async def _hold(self: StateManagerRedis, token: Any, event_name: str | None = None) -> AsyncIterator[bytes]:
    lock_id = b""
    try:
        async with _lock(self, token, event_name=event_name) as lock_id:
            yield lock_id
    except asyncio.CancelledError:
        if lock_id:
            await _let_go(self, self._lock_key(token), lock_id)
        raise


def let_locks_go() -> None:
    """Called once, where the app is made."""
    StateManagerRedis._wait_lock, StateManagerRedis._lock = _take, _hold  # type: ignore[method-assign]
