"""Runs plain, blocking services beside the event loop, on a bounded pool."""

import asyncio
import contextvars
import functools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
K = TypeVar("K")

#: As many as can wait for SQLite or PostgreSQL without crowding out the loop; services are short.
_pool = ThreadPoolExecutor(max_workers=min(16, 4 + 2 * (os.cpu_count() or 2)), thread_name_prefix="service")


async def run(fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a service off the event loop and await its answer. Raises whatever it raises."""
    context = contextvars.copy_context()
    call = functools.partial(context.run, fn, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(_pool, call)


class OneCall(Generic[K, T]):
    """One call of a service for all who ask at the same time. It is given their questions, and answers them in their order.

    Whoever asks while a call is under way waits for the next one: no answer is older than its question.
    """

    def __init__(self, service: Callable[[list[K]], list[T]]) -> None:
        self._service = service
        self._waiting: list[tuple[K, asyncio.Future[T]]] = []
        self._calling: asyncio.Task[None] | None = None

    async def ask(self, question: K) -> T:
        """The answer to one question. Raises whatever the service raises."""
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, answer))
        if self._calling is None or self._calling.done():
            self._calling = asyncio.create_task(self._answer_all())
        return await answer

    async def _answer_all(self) -> None:
        while self._waiting:
            asked, self._waiting = self._waiting, []
            open_ = [answer for _, answer in asked]
            try:
                answers = await run(self._service, [question for question, _ in asked])
                for answer, found in zip(open_, answers, strict=True):
                    if not answer.done():  # else whoever asked has gone
                        answer.set_result(found)
            except Exception as error:
                for answer in open_:
                    if not answer.done():
                        answer.set_exception(error)
