"""How much may be brought in at once: what is more is never held in memory."""

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sgapp.api.problems import problem

#: Above the largest sealed note in base64 and the longest form; far below what would hurt.
MAX_BODY_BYTES = 1024 * 1024
#: So much of a refused body is read and dropped. A sender whose body is left unread loses the connection before it has read
#: the answer: a phone would take that for a missing signal, and try the same note again for ever.
DROPPED_BYTES = 8 * MAX_BODY_BYTES


class BodyLimit:
    """Answers 413 to a body that is, or turns out to be, too large. `larger`: what begins with this address may be so large;
    whoever reads it there holds nothing of it before it is known who sends it.
    """

    def __init__(self, app: ASGIApp, max_bytes: int = MAX_BODY_BYTES, larger: Mapping[str, int] | None = None) -> None:
        self.app, self.max_bytes, self.larger = app, max_bytes, larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = next((most for begins, most in self.larger.items() if scope["path"].startswith(begins)), self.max_bytes)
        headers = dict(scope["headers"])
        announced = headers.get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > most:
            await _drop(receive)
            await problem(413)(scope, receive, send)
            return
        seen = 0
        more = announced != b"0" or b"transfer-encoding" in headers  # who sends no body would be waited for in vain

        async def counted() -> Message:
            nonlocal seen, more
            message = await receive()
            seen += len(message.get("body", b""))
            more = message["type"] == "http.request" and message.get("more_body", False)
            if seen > most:  # sent in pieces, without saying how many
                raise HTTPException(413)
            return message

        async def read_to_its_end(message: Message) -> None:
            if more and message["type"] == "http.response.start" and (seen > most or most > self.max_bytes):
                await _drop(receive, max(most, DROPPED_BYTES))
            await send(message)

        await self.app(scope, counted, read_to_its_end)


async def _drop(receive: Receive, most: int = DROPPED_BYTES) -> None:
    dropped, more = 0, True
    while more and dropped < most:
        message = await receive()
        dropped += len(message.get("body", b""))
        more = message["type"] == "http.request" and message.get("more_body", False)
