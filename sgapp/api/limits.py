"""How much may be brought in at once: what is more is never held in memory."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sgapp.api.problems import problem

#: Above the largest sealed note in base64 and the longest form; far below what would hurt.
MAX_BODY_BYTES = 1024 * 1024
#: So much of a refused body is read and dropped. A sender whose body is left unread loses the connection before it has read
#: the answer: a phone would take that for a missing signal, and try the same note again for ever.
DROPPED_BYTES = 8 * MAX_BODY_BYTES


class BodyLimit:
    """Answers 413 to a body that is, or turns out to be, too large."""

    def __init__(self, app: ASGIApp, max_bytes: int = MAX_BODY_BYTES) -> None:
        self.app, self.max_bytes = app, max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > self.max_bytes:
            await _drop(receive)
            await problem(413)(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.max_bytes:  # sent in pieces, without saying how many
                raise HTTPException(413)
            return message

        await self.app(scope, counted, send)


async def _drop(receive: Receive) -> None:
    dropped, more = 0, True
    while more and dropped < DROPPED_BYTES:
        message = await receive()
        dropped += len(message.get("body", b""))
        more = message["type"] == "http.request" and message.get("more_body", False)
