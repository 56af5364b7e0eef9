"""Whoever brings too much is answered, and not cut off: what is left of it is read and dropped first."""

import asyncio
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sgapp.api.limits import DROPPED_BYTES, BodyLimit

_PIECE = b"x" * 1_000


async def _reads(request: Request) -> Response:
    return Response(str(len(await request.body())))


def _sent(pieces: int, *, announced: bool, most: int = 3 * len(_PIECE)) -> tuple[int, int]:
    """The status that a body of so many pieces is answered with, and how many of them were read by then."""
    app = BodyLimit(Starlette(routes=[Route("/", _reads, methods=["POST"])]), most)
    read, status, by_then = 0, 0, 0

    async def receive() -> Any:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": _PIECE, "more_body": read < pieces}

    async def send(message: Any) -> None:
        nonlocal status, by_then
        if message["type"] == "http.response.start":
            status, by_then = message["status"], read

    size = (b"content-length", str(pieces * len(_PIECE)).encode()) if announced else (b"transfer-encoding", b"chunked")
    scope = {"type": "http", "method": "POST", "path": "/", "raw_path": b"/", "query_string": b"", "headers": [size],
             "http_version": "1.1", "scheme": "http", "server": ("localhost", 80), "client": ("localhost", 1)}
    asyncio.run(app(scope, receive, send))
    return status, by_then


@pytest.mark.parametrize("announced", [True, False])
def test_too_much_is_read_to_its_end_before_it_is_refused(announced: bool) -> None:
    assert _sent(50, announced=announced) == (413, 50)


@pytest.mark.parametrize("announced", [True, False])
def test_far_too_much_is_refused_without_reading_it_to_its_end(announced: bool) -> None:
    status, by_then = _sent(4 * DROPPED_BYTES // len(_PIECE), announced=announced)
    assert status == 413
    assert by_then <= 2 * DROPPED_BYTES // len(_PIECE)


def test_what_is_not_too_much_is_read_once_and_answered() -> None:
    assert _sent(3, announced=False) == (200, 3)
