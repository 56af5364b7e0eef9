"""Answers every HTTP request with the headers that keep a page from being framed, sniffed, cached or scripted."""

import base64
import hashlib
import re
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_INLINE = re.compile(rb"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)
_REPLACED = frozenset(
    {
        b"cache-control", b"content-security-policy", b"x-content-type-options", b"referrer-policy", b"permissions-policy",
        b"cross-origin-opener-policy", b"cross-origin-resource-policy", b"x-frame-options", b"strict-transport-security",
        b"server",
    }
)
_NO_STORE = ("/api/", "/r/", "/healthz", "/readyz", "/metrics")


def inline_hashes(static: Path) -> list[str]:
    """CSP hashes of the inline scripts in the built pages, which Reflex's hydration needs."""
    bodies = {m.group(1) for page in static.rglob("*.html") for m in _INLINE.finditer(page.read_bytes())}
    return sorted(f"'sha256-{base64.b64encode(hashlib.sha256(body).digest()).decode()}'" for body in bodies)


def content_policy(static: Path) -> str:
    """The content security policy: our own scripts and styles, the pages' hashed inline scripts, nothing else."""
    scripts = " ".join(["'self'", *inline_hashes(static)])
    return "; ".join(
        (
            "default-src 'none'", f"script-src {scripts}", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
            "connect-src 'self'", "manifest-src 'self'", "worker-src 'self'", "base-uri 'none'", "form-action 'self'",
            "frame-ancestors 'none'", "object-src 'none'",
        )
    )


class SecurityHeaders:
    """Outermost but one: wraps the pages and the API alike. `https` adds Strict-Transport-Security."""

    def __init__(self, app: ASGIApp, static: Path, *, https: bool) -> None:
        self.app = app
        fixed = {
            "content-security-policy": content_policy(static),
            "x-content-type-options": "nosniff",
            "referrer-policy": "no-referrer",
            "permissions-policy": "geolocation=(), camera=(), microphone=(), payment=(), usb=(), browsing-topics=()",
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
            "x-frame-options": "DENY",
        }
        if https:
            fixed["strict-transport-security"] = "max-age=63072000; includeSubDomains"
        self._fixed = [(name.encode(), value.encode()) for name, value in fixed.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [(k, v) for k, v in message.get("headers", []) if k.lower() not in _REPLACED]
                caching = cache_rule(path, message["status"]).encode()
                message = {**message, "headers": [*kept, *self._fixed, (b"cache-control", caching)]}
            await send(message)

        await self.app(scope, receive, send_with_headers)


def cache_rule(path: str, status: int) -> str:
    """How long an answer may be kept: content-named files for ever, pages only after asking, the rest never."""
    if path.startswith(_NO_STORE) or path.startswith("/_") or status >= 400:
        return "no-store"
    return "public, max-age=31536000, immutable" if path.startswith("/assets/") else "no-cache"
