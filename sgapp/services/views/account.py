"""How somebody signs in, as she sees it herself: passkeys, authenticator, recovery codes, and where she is signed in."""

from dataclasses import dataclass

import segno

from sgapp.domain.permissions import Permission, needs_second_factor, session_limits
from sgapp.domain.time import show
from sgapp.services.guard import query
from sgapp.services.passkeys import name_of
from sgapp.services.second_factor import base32
from sgapp.services.views.messages import Told, told_of_accounts
from sgapp.store import accounts, factors
from sgapp.store.tables import FactorRow
from sgapp.store.unit_of_work import UnitOfWork

#: Light squares around a QR code, as its standard asks for.
_BORDER = 4


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One place where she is signed in. `here`: the one that asks."""

    id: str
    browser: str
    since: str
    seen: str
    here: bool


@dataclass(frozen=True, slots=True)
class PasskeyLine:
    id: str
    name: str
    told: str


@dataclass(frozen=True, slots=True)
class AccountView:
    """`key` and `picture` belong to an authenticator that is being set up: the key in groups of four, and an SVG path of
    dark squares on a grid of `size` by `size`. Both are empty otherwise.
    """

    username: str
    name: str
    must: bool
    has: str
    key: str
    picture: str
    size: int
    recovery_left: int
    passkeys: tuple[PasskeyLine, ...]
    sessions: tuple[SessionLine, ...]
    limits: str
    limited: bool
    told: tuple[Told, ...]


@query(Permission.KEEP_OWN_SIGN_IN)
def account_view(uow: UnitOfWork) -> AccountView:
    """Everything about one's own signing in."""
    actor = uow.actor
    known = factors.of(uow, actor.account_id, confirmed=False)
    confirmed = [row for row in known if row.kind == factors.TOTP and row.confirmed_at is not None]
    begun = next((row for row in known if row.confirmed_at is None), None)
    key = base32(factors.secret_of(uow, begun)) if begun is not None else ""
    picture, size = _picture(actor.username, key) if key else ("", 0)
    limits = session_limits(actor.role)
    lines = tuple(
        SessionLine(row.id, accounts.browser_of(uow, row) or "Another program", show(row.created_at), show(row.last_seen_at),
                    row.id == actor.session_id)
        for row in accounts.live_sessions(uow, actor.account_id) if uow.now - row.last_seen_at < limits.idle)
    since = confirmed[-1].confirmed_at if confirmed else None
    return AccountView(
        actor.username, actor.name, needs_second_factor(actor.role), f"since {show(since)}" if since else "",
        " ".join(key[i:i + 4] for i in range(0, len(key), 4)), picture, size, factors.recovery_left(uow, actor.account_id),
        tuple(PasskeyLine(row.id, name_of(uow, row), _used(row)) for row in known if row.kind == factors.PASSKEY),
        lines,
        f"You are signed out after {limits.idle.seconds // 60} minutes without doing anything, and after "
        f"{limits.absolute.seconds // 3600} hours in any case.", actor.limited, told_of_accounts(uow))


def _used(row: FactorRow) -> str:
    used = f"last used {show(row.last_used_at)}" if row.last_used_at else "not used yet"
    return f"Set up {show(row.created_at)} · {used}"


def _picture(username: str, key: str) -> tuple[str, int]:
    """A QR code for an authenticator as an SVG path of one square per dark module, and the length of its side."""
    text = f"otpauth://totp/Visit%20notes:{username}?secret={key}&issuer=Visit%20notes"
    rows = list(segno.make(text, micro=False).matrix_iter(border=_BORDER))
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return path, len(rows)
