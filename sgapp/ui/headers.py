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
_ASSETS = "/assets/"
#: A worker is no part: it runs by the policy that it comes with itself.
_WORKER = "/sw.js"
_PARTS = (".svg", ".png", ".js")
#: For what is no page. A script, a style or a picture runs by the policy of its page; opened by itself it may do nothing,
#: and neither may the data that the API answers with.
_PART_POLICY = "default-src 'none'; frame-ancestors 'none'"
#: The page of an agency has no script, so none may run there.
_PARTNER = "/r/"
_PARTNER_POLICY = ("default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
                   "frame-ancestors 'none'")
#: Said of pages only: on every one of their files they would cost a slow line more than the small files themselves.
_OF_PAGES_ONLY = frozenset({"referrer-policy", "permissions-policy", "cross-origin-opener-policy", "x-frame-options"})
#: Whoever is of another origin is allowed nothing, and who is of ours needs no leave.
_LEAVE = b"access-control-"
#: An entity tag says the same, and more exactly; no page asks for a piece of them.
_DROPPED_OF_PARTS = _REPLACED | {b"last-modified", b"accept-ranges"}
_NO_STORE = ("/api/", "/r/", "/healthz", "/readyz", "/metrics")


def inline_hashes(page: Path) -> list[str]:
    """CSP hashes of one built page's inline scripts, which Reflex's hydration needs."""
    bodies = {m.group(1) for m in _INLINE.finditer(page.read_bytes())}
    return sorted(f"'sha256-{base64.b64encode(hashlib.sha256(body).digest()).decode()}'" for body in bodies)


def page_policies(static: Path) -> dict[str, str]:
    """The content policy of every built page by its path, with and without the closing slash."""
    found: dict[str, str] = {}
    for page in static.rglob("*.html"):
        name = page.relative_to(static).as_posix().removesuffix(".html").removesuffix("index").rstrip("/")
        found[f"/{name}"] = found[f"/{name}/".replace("//", "/")] = content_policy(inline_hashes(page))
    return found


def content_policy(hashes: list[str]) -> str:
    """Our own scripts and styles, the page's hashed inline scripts, nothing else."""
    return "; ".join(
        (
            "default-src 'none'", " ".join(["script-src 'self'", *hashes]), "style-src 'self'",
            "img-src 'self' data:", "font-src 'self'", "connect-src 'self'", "manifest-src 'self'", "worker-src 'self'",
            "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'", "object-src 'none'",
        )
    )


class SecurityHeaders:
    """Outermost: wraps the pages, the API and all that Reflex puts around them. `https` adds Strict-Transport-Security."""

    def __init__(self, app: ASGIApp, static: Path, *, https: bool) -> None:
        self.app = app
        self._policies = page_policies(static)
        #: What is not a page of ours is at most the page that says so.
        self._otherwise = self._policies.get("/404", content_policy([]))
        fixed = {
            "x-content-type-options": "nosniff",
            "referrer-policy": "no-referrer",
            "permissions-policy": "geolocation=(), camera=(), microphone=(), payment=(), usb=(), browsing-topics=()",
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
            "x-frame-options": "DENY",
            "server": "notes",  # or the server would name itself
        }
        if https:
            fixed["strict-transport-security"] = "max-age=63072000; includeSubDomains"
        self._fixed = [(name.encode(), value.encode()) for name, value in fixed.items()]
        self._fixed_of_parts = [(name.encode(), value.encode()) for name, value in fixed.items() if name not in _OF_PAGES_ONLY]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                dropped, fixed = (_DROPPED_OF_PARTS, self._fixed_of_parts) if _is_part(path) else (_REPLACED, self._fixed)
                found = ((k.lower(), v) for k, v in message.get("headers", []))
                kept = [(k, _tidy(k, v, scope)) for k, v in found if k not in dropped and not k.startswith(_LEAVE)]
                caching = cache_rule(path, message["status"]).encode()
                more = [(b"content-security-policy", self._policy(path).encode()), (b"cache-control", caching)]
                message = {**message, "headers": [*kept, *fixed, *more]}
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def _policy(self, path: str) -> str:
        if path.startswith(_PARTNER):
            return _PARTNER_POLICY
        return _PART_POLICY if _is_part(path) or path.startswith(_NO_STORE) else self._policies.get(path, self._otherwise)


def _is_part(path: str) -> bool:
    """Whether this is a file of pages and no page."""
    return path != _WORKER and (path.startswith(_ASSETS) or path.endswith(_PARTS))


def _tidy(name: bytes, value: bytes, scope: Scope) -> bytes:
    """No answer varies by the origin of who asks, since none is allowed more. A redirect is made to stay near."""
    if name == b"vary":
        return b", ".join(word for word in map(bytes.strip, value.split(b",")) if word != b"Origin")
    return _near(value, scope) if name == b"location" else value


def _near(value: bytes, scope: Scope) -> bytes:
    """A redirect to this host loses scheme and host: behind a proxy we would name the wrong scheme."""
    host = dict(scope["headers"]).get(b"host", b"")
    for scheme in (b"http://", b"https://"):
        value = value.removeprefix(scheme + host) if host else value
    return value or b"/"


def cache_rule(path: str, status: int) -> str:
    """How long an answer may be kept: content-named files for ever, pages only after asking, the rest never."""
    if path.startswith(_NO_STORE) or path.startswith("/_") or status >= 400:
        return "no-store"
    return "public, max-age=31536000, immutable" if path.startswith(_ASSETS) else "no-cache"
