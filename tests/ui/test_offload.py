"""One call of a service for all who ask at the same time."""

import asyncio
import threading

import pytest

from sgapp.ui.offload import OneCall


def test_those_who_ask_at_the_same_time_are_answered_by_one_call_each_in_its_place() -> None:
    calls: list[list[int]] = []

    def doubled(numbers: list[int]) -> list[int]:
        calls.append(numbers)
        return [2 * n for n in numbers]

    async def ask() -> list[int]:
        one_call = OneCall(doubled)
        return await asyncio.gather(*(one_call.ask(n) for n in range(50)))

    assert asyncio.run(ask()) == [2 * n for n in range(50)]
    assert calls == [list(range(50))]


def test_whoever_asks_while_a_call_is_under_way_is_answered_by_the_next() -> None:
    begun, go_on, now = threading.Event(), threading.Event(), ["before"]

    def look(questions: list[str]) -> list[str]:
        seen = now[0]
        begun.set()
        assert go_on.wait(20)
        return [seen for _ in questions]

    async def ask() -> tuple[str, str]:
        one_call = OneCall(look)
        first = asyncio.create_task(one_call.ask("first"))
        await asyncio.to_thread(begun.wait, 20)
        now[0] = "after"
        second = asyncio.create_task(one_call.ask("second"))
        await asyncio.sleep(0)
        go_on.set()
        return await first, await second

    assert asyncio.run(ask()) == ("before", "after")


def test_what_goes_wrong_reaches_everybody_who_asked_and_nobody_after_them() -> None:
    def refuse_first(numbers: list[int]) -> list[int]:
        if 0 in numbers:
            raise LookupError("no such thing")
        return numbers

    async def ask() -> None:
        one_call = OneCall(refuse_first)
        for answer in await asyncio.gather(one_call.ask(0), one_call.ask(1), return_exceptions=True):
            with pytest.raises(LookupError):
                raise answer
        assert await one_call.ask(2) == 2

    asyncio.run(ask())
