"""Every request counted, timed and logged by its door, never by its address: ids and tokens stand in addresses."""

import logging
import secrets
import time

from prometheus_client import Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sgapp.logs import request_id

log = logging.getLogger("sgapp.requests")

_COUNTED = Counter("sgapp_requests", "Requests answered, by door and status.", ["door", "method", "status"])
_TIMED = Histogram("sgapp_request_seconds", "How long an answer took, by door.", ["door"],
                   buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10))
_SOCKETS = Gauge("sgapp_open_sockets", "Pages that are open at present.", multiprocess_mode="livesum")
#: Whoever writes another word for a method makes no label of it.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
#: Asked again and again by whatever watches: counted, and not written down.
_NOT_LOGGED = frozenset({"/healthz", "/readyz", "/metrics", "pages"})


class Watched:
    """Outside every door and page, inside the headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            with _SOCKETS.track_inprogress():
                await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await self._watched(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _watched(self, scope: Scope, receive: Receive, send: Send) -> None:
        began, status = time.perf_counter(), 500
        token = request_id.set(secrets.token_hex(8))

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            took = time.perf_counter() - began
            door = getattr(scope.get("route"), "path", "") or "pages"
            method = scope["method"] if scope["method"] in _METHODS else "other"
            _COUNTED.labels(door, method, str(status)).inc()
            _TIMED.labels(door).observe(took)
            if door not in _NOT_LOGGED or status >= 500:
                log.info("%s %s %d in %.0f ms", method, door, status, took * 1000)
            request_id.reset(token)
