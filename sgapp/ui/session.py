"""Who is looking, and the States that forget what they showed.

Two promises, kept here and proved in tests/ui/test_confidential_state.py: no state store ever holds confidential
text, and none ever holds a session token. Why and at what cost: docs/decisions/0003.
"""

import hashlib
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any, ClassVar
from urllib.parse import quote

import reflex as rx
from reflex.state import BaseState, _override_base_method
from starlette.types import ASGIApp, Receive, Scope, Send

from sgapp.domain.permissions import Actor, Permission
from sgapp.settings import Settings
from sgapp.ui import offload

#: Under this name the fingerprint of a session stands in State, whatever the browser calls the cookie.
COOKIE = "sgapp_session"
#: A State class whose `_allowed` holds this word answers people who have not signed in too.
ANYONE = "anyone"

#: Role codes as people say them.
ROLE_LABELS = {
    "worker": "Care worker",
    "senior": "Senior care worker",
    "on_call": "On call",
    "lead": "Lead",
    "deputy": "Deputy lead",
    "manager": "Registered manager",
    "nominated": "Nominated individual",
    "auditor": "Auditor",
    "hr": "Human resources",
    "rota": "Rota",
    "admin": "Administrator",
}

#: What one must be able to do for each entry of the desk's menu.
PLACES: dict[str, tuple[Permission, ...]] = {
    "/desk": (Permission.SEE_QUEUE,),
    "/cases": (Permission.READ_CASE, Permission.READ_MASKED),
    "/matters": (Permission.WORK_INVESTIGATION,),
    "/actions": (Permission.READ_CASE,),
    "/learning": (Permission.READ_CASE,),
    "/measures": (Permission.SEE_MEASURES,),
    "/sample": (Permission.SCORE_SAMPLE,),
    "/registers": (Permission.SEE_MEASURES,),
    "/minutes": (Permission.KEEP_MINUTES,),
    "/evidence": (Permission.MAKE_EVIDENCE,),
    "/agencies": (Permission.READ_CASE,),
    "/rota": (Permission.SEE_QUEUE,),
    "/available": (Permission.SEE_AVAILABILITY,),
    "/colleagues": (Permission.KEEP_TIES,),
    "/records": (Permission.KEEP_RECORDS,),
    "/file": (Permission.BREAK_GLASS,),
    "/told": (Permission.BE_TOLD,),
    "/phones": (Permission.MANAGE_PHONES,),
    "/tables": (Permission.KEEP_PEOPLE, Permission.MANAGE_ACCOUNTS),
    "/accounts": (Permission.SEE_ACCOUNTS,),
}
_SECRET_HEADERS = frozenset({b"cookie", b"authorization", b"proxy-authorization"})


def _token_in(header: str, name: str = COOKIE) -> str:
    try:
        found = SimpleCookie(header).get(name)
    except CookieError:
        return ""
    return found.value if found else ""


@dataclass(slots=True)
class _Held:
    token: str
    sockets: int


class CookieKeeper:
    """Keeps session tokens out of State: the websocket's cookie is replaced by a fingerprint before Reflex sees it.

    Reflex copies the headers of the handshake into State, and from there into Redis. The fingerprint (SHA-256 of a
    random token) opens nothing; the token itself stays in this process for as long as the socket is open.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._name = Settings().session_cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not scope.get("path", "").startswith("/_event") or scope["type"] not in ("websocket", "http"):
            await self.app(scope, receive, send)
            return
        cookie = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
        token = _token_in(cookie.decode("latin-1"), self._name)
        headers = [(name, value) for name, value in scope["headers"] if name not in _SECRET_HEADERS]
        # Salted by its use, so that it is not the session table's key either.
        fingerprint = hashlib.sha256(b"socket|" + token.encode()).hexdigest() if token else ""
        if fingerprint:
            headers.append((b"cookie", f"{COOKIE}={fingerprint}".encode()))
        with _holding(fingerprint, token):
            await self.app({**scope, "headers": headers}, receive, send)


_held: dict[str, _Held] = {}


class _holding:  # noqa: N801 - reads as a verb where it is used
    def __init__(self, fingerprint: str, token: str) -> None:
        self.fingerprint, self.token = fingerprint, token

    def __enter__(self) -> None:
        if self.fingerprint:
            _held.setdefault(self.fingerprint, _Held(self.token, 0)).sockets += 1

    def __exit__(self, *_: object) -> None:
        if self.fingerprint:
            held = _held[self.fingerprint]
            held.sockets -= 1
            if not held.sockets:
                del _held[self.fingerprint]


def fingerprint_of(state: BaseState) -> str:
    """What stands for the session in State; empty when signed out."""
    return _token_in(state.router.headers.cookie)


def session_token(state: BaseState) -> str | None:
    """The session token behind this socket; None when signed out or when the socket is gone."""
    held = _held.get(fingerprint_of(state))
    return held.token if held else None


def sessions_here() -> dict[str, str]:
    """The tokens of all sessions whose sockets are open in this process, by their fingerprints."""
    return {fingerprint: held.token for fingerprint, held in _held.items()}


async def current_actor(state: BaseState) -> Actor | None:
    """Who sits behind this State now, asked afresh from the session table."""
    # Here and nowhere else: pages and their build must not need a database.
    from sgapp.services.house import house, now
    from sgapp.services.sessions import actor_for

    return await offload.run(actor_for, house(), session_token(state), now=now())


class ConfidentialState(rx.State, mixin=True):
    """A State that shows confidential text without keeping it.

    The vars named in `_confidential` go back to their defaults as soon as their delta was sent. A handler therefore
    sets them whole, from the service, each time; it must never read them back or change them in place. So do
    the vars `shown` and `missing`, which say what they are about and whether there is no such thing.
    Write `class QueueState(ConfidentialState, rx.State)`.
    """

    _allowed: ClassVar[frozenset[str]] = frozenset()
    _confidential: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def __init_subclass__(cls, mixin: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(mixin=mixin, **kwargs)
        if cls._mixin:
            raise TypeError(f"write `class {cls.__name__}(ConfidentialState, rx.State)`: a mixin alone makes no State")
        cls._confidential |= {"shown", "missing"} & set(cls.base_vars)
        if unknown := cls._confidential - set(cls.base_vars):
            raise TypeError(f"{cls.__name__} has no vars called {', '.join(sorted(unknown))}")
        if cls.computed_vars:
            # A computed var would be cached beside what it was made of, and sent to everybody on hydration.
            raise TypeError(f"{cls.__name__} is confidential and may have no computed vars")

    def _forget(self) -> None:
        """Put the confidential vars back to their defaults without telling the page, which keeps what it shows."""
        values = vars(self)
        for name in self._confidential:
            values.pop(name, None)  # absent means default; nothing is marked dirty, so nothing is sent

    @_override_base_method
    def _clean(self) -> None:
        super()._clean()
        self._forget()

    @_override_base_method
    def __getstate__(self) -> dict[str, Any]:
        # Reached with text still in it only when a handler failed before its delta was sent.
        self._forget()
        return super().__getstate__()


def forget_all(state: BaseState) -> None:
    """Let every confidential State in this tree forget what was not sent, after a handler failed half-way."""
    if isinstance(state, ConfidentialState):
        state._forget()
        state.dirty_vars -= state._confidential
    for child in state.substates.values():
        forget_all(child)


class SessionState(ConfidentialState, rx.State):
    """Role and name of whoever is signed in, for greeting and for menus. Protects nothing: the gate and services do."""

    _allowed: ClassVar[frozenset[str]] = frozenset({ANYONE})
    _confidential: ClassVar[frozenset[str]] = frozenset({"name"})

    role: str = ""
    role_label: str = ""
    name: str = ""
    minds_phones: bool = False
    #: Addresses of the desk that her role has something on; for the menu.
    places: tuple[str, ...] = ()
    #: Sent by the gate, and kept here never: this socket is not in the session in which the page was opened.
    not_hers: bool = False
    #: The fingerprint this State tree belongs to; "-" for nobody; empty before the first event.
    _bound: str = ""

    @rx.event
    async def load_session(self) -> None:
        """Learn who is signed in."""
        actor = await current_actor(self)
        self.role, self.name = (str(actor.role), actor.name) if actor else ("", "")
        self.role_label = ROLE_LABELS.get(self.role, self.role)
        self.minds_phones = actor is not None and actor.may(Permission.MANAGE_PHONES)
        self.places = tuple(place for place, may in PLACES.items() if actor is not None and any(actor.may(p) for p in may))

    @rx.event(background=True)
    async def watch_session(self) -> Any:
        """Lead to the sign-in page as soon as the session has ended, wherever that was done, or a role was taken away."""
        from sgapp.ui.live import session_over

        async with self:
            role = self.role
        # Waited for without holding the State: with Redis, whoever holds it keeps every other event of this screen waiting.
        return rx.redirect("/sign-in") if await session_over(self, role) else None

    @rx.event
    async def load_or_sign_in(self) -> Any:
        """Learn who is signed in, and lead to the sign-in page when nobody is."""
        actor = await current_actor(self)
        await self.load_session()
        url = self.router.url
        if actor is not None:
            return rx.redirect("/account") if actor.limited and url.path.rstrip("/") != "/account" else None
        return rx.redirect("/sign-in?back=" + quote(f"{url.path}?{url.query}" if url.query else url.path, safe=""))
