"""Runs plain, blocking services beside the event loop, on a bounded pool."""

import asyncio
import contextvars
import functools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

#: As many as can wait for SQLite or PostgreSQL without crowding out the loop; services are short.
_pool = ThreadPoolExecutor(max_workers=min(16, 4 + 2 * (os.cpu_count() or 2)), thread_name_prefix="service")


async def run(fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a service off the event loop and await its answer. Raises whatever it raises."""
    context = contextvars.copy_context()
    call = functools.partial(context.run, fn, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(_pool, call)
