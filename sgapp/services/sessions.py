"""Signing in and out, and who is asking."""

import secrets
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sgapp.domain.audit import AuditEvent
from sgapp.domain.errors import SecondFactorNeeded, Unreadable, WrongCode
from sgapp.domain.permissions import Actor, Role, needs_second_factor, session_limits
from sgapp.services import passkeys
from sgapp.services.guard import public, record_refusal
from sgapp.services.house import NOBODY, House
from sgapp.services.passwords import matches, sha256
from sgapp.services.second_factor import is_right, tell_of_recovery
from sgapp.services.tries import check_tries, note_failure, note_success
from sgapp.store import accounts, factors
from sgapp.store.accounts import Account, Bearer
from sgapp.store.unit_of_work import UnitOfWork

#: Under what name tries with a passkey are counted: it says itself whose it is.
_PASSKEY = "passkey:"
TOUCH_EVERY = timedelta(seconds=30)
#: From where half minutes are counted.
_BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
#: By what a session was begun whose owner has to set up a second factor first.
SETTING_UP = "setting_up"
#: For how long an address at which somebody signed in properly counts as known.
KNOWN_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session. The token goes into the cookie and nowhere else."""

    token: str
    actor: Actor
    ends_at: datetime


@public("this is how a person becomes known")
def sign_in(house: House, username: str, password: str, *, address: str, now: datetime, code: str = "",
            browser: str = "") -> SignedIn | None:
    """A session for the right name, password and code; None for any wrong pair of name and password.

    Raises SecondFactorNeeded if they are right and a code is missing, WrongCode for a wrong or used one, TooManyTries while a
    wait runs. Whoever needs a second factor and has none yet gets a session in which she can set one up, and nothing else.
    """
    username = username.strip().lower()
    with house.begin(NOBODY, now) as uow:
        account = accounts.by_username(uow, username)
        # Asked for an unknown name, too: it must not be answered sooner than a known one.
        strange = not accounts.knows_address(uow, account.id if account else "", address, since=now - KNOWN_FOR)
    check_tries(house, username, address, strange=strange)
    right = matches(password, account.password_hash if account else None)  # first, and for nobody, too: it takes as long
    if account is None or account.disabled or not right:
        return _refused(house, username, address, account, strange=strange, now=now)
    begun = _Begun(account)
    with house.begin(begun.actor, now) as uow:
        # A new password or another role that came while this one was looked at: whoever typed the old one stays outside.
        current = accounts.still(uow, account)
        factor = _second_factor(uow, account, code) if current else ""
        if factor:
            begun.keep(uow, factor, browser=browser, address=address)
    if not current:
        return _refused(house, username, address, account, strange=strange, now=now)
    if not factor:
        note_failure(house, username, address, strange=strange)
        record_refusal(house, account.as_actor(), "sign-in-code", "", now)
        raise WrongCode(username)
    note_success(house, username, address)
    return begun.signed_in(now, limited=factor == SETTING_UP)


@public("this is how a person becomes known")
def passkey_challenge(house: House, *, now: datetime) -> str:
    """What the browser hands to the device of whoever wants to sign in with a passkey, as JSON. Tells of no account."""
    with house.begin(NOBODY, now) as uow:
        return passkeys.options(uow)


@public("this is how a person becomes known")
def sign_in_with_passkey(house: House, credential: str, *, address: str, now: datetime, browser: str = "") -> SignedIn | None:
    """A session for whoever's passkey answered; None for any answer that does not count. Raises TooManyTries."""
    check_tries(house, _PASSKEY, address, strange=False)
    with house.begin(NOBODY, now) as uow:
        account = passkeys.account_of(uow, credential)
    if account is None or account.disabled:
        return _refused(house, _PASSKEY, address, account, strange=False, now=now)
    begun = _Begun(account)
    with house.begin(begun.actor, now) as uow:
        current = accounts.still(uow, account)
        if current:
            begun.keep(uow, factors.PASSKEY, browser=browser, address=address)
    if not current:
        return _refused(house, _PASSKEY, address, account, strange=False, now=now)
    note_success(house, _PASSKEY, address)
    return begun.signed_in(now, limited=False)


class _Begun:
    """A session that begins: its token, its id, and whose it is."""

    def __init__(self, account: Account) -> None:
        self.token, self._account, self._id = secrets.token_urlsafe(32), account, str(uuid.uuid4())
        self.actor = account.as_actor(self._id)

    def keep(self, uow: UnitOfWork, factor: str, *, browser: str, address: str) -> None:
        accounts.begin_session(uow, token_sha256=sha256(self.token), session_id=self._id, account_id=self._account.id,
                               ends_at=self._ends(uow.now), factor=factor, browser=browser, address=address)
        uow.note_event(AuditEvent("signed-in", "session", self._id, detail=factor))

    def signed_in(self, now: datetime, *, limited: bool) -> SignedIn:
        return SignedIn(self.token, self._account.as_actor(self._id, limited=limited), self._ends(now))

    def _ends(self, now: datetime) -> datetime:
        return now + session_limits(self._account.role).absolute


def _refused(house: House, username: str, address: str, account: Account | None, *, strange: bool, now: datetime) -> None:
    note_failure(house, username, address, strange=strange)
    record_refusal(house, account.as_actor() if account else NOBODY, "sign-in", "", now)


def _second_factor(uow: UnitOfWork, account: Account, code: str) -> str:
    """What was shown beside the password; `setting_up` where it is needed and there is none, empty where it is wrong.

    Raises SecondFactorNeeded where there is one and nothing was typed.
    """
    if not needs_second_factor(account.role):
        return "not_needed"
    if not factors.of(uow, account.id):
        return SETTING_UP
    if not code.strip():
        raise SecondFactorNeeded(account.username)
    found = is_right(uow, account, code)
    if found == "recovery":
        tell_of_recovery(uow, account.id)
    return found


@public("asks who the bearer of a cookie is")
def actor_for(house: House, token: str | None, *, now: datetime) -> Actor | None:
    """The person behind a session cookie; None if it is unknown, ended, idle too long, or the account is disabled."""
    if not token:
        return None
    with house.reading(NOBODY, now) as look:  # asked before everything else: it must wait for nobody who writes
        actor, unnoted = asking(look, token)
    if unnoted:
        with house.begin(NOBODY, now) as uow:
            seen(uow, token)
    return actor


def asking(look: UnitOfWork, token: str) -> tuple[Actor | None, bool]:
    """The same in a look of the caller's; and whether it is to be noted that she did something: not each time."""
    row = accounts.bearer(look.session, sha256(token))
    actor = _actor(look, row) if row is not None else None
    return actor, actor is not None and row is not None and look.now - row.last_seen_at > TOUCH_EVERY


def seen(uow: UnitOfWork, token: str) -> None:
    """Note that somebody did something in the session of this cookie, to the half minute.

    The moment itself would tell whose a note without a name is that she brought in it.
    """
    accounts.touch(uow, sha256(token), uow.now - (uow.now - _BEGINNING) % TOUCH_EVERY)


@public("asks who the bearers of cookies are")
def actors_watching(house: House, tokens: Sequence[str], *, now: datetime) -> list[Actor | None]:
    """The same for screens, answered in their order with one question for all. They only look: nobody did anything, and no
    session is kept alive by it.
    """
    asked = [sha256(token) for token in tokens]
    with house.reading(NOBODY, now) as uow:
        rows = accounts.bearers(uow.session, set(asked))
        found = {}
        for token, row in rows.items():
            with suppress(Unreadable):  # then she is nobody, and the others go on
                found[token] = _actor(uow, row)
    return [found.get(token) for token in asked]


def _actor(uow: UnitOfWork, row: Bearer) -> Actor | None:
    """Whose session it is, if it still is one."""
    account = accounts.by_id(uow, row.account_id)
    if account is None or account.disabled or not _live(row, account.role, uow.now):
        return None
    proven = row.factor not in ("", "not_needed", SETTING_UP)
    return account.as_actor(row.id, limited=needs_second_factor(account.role) and not proven)


def _live(row: Bearer, role: Role, now: datetime) -> bool:
    """By the limits of the role she has now: whoever came to more rights meanwhile has the shorter time."""
    limits = session_limits(role)
    ends_at = min(row.ends_at, row.created_at + limits.absolute)
    return row.ended_at is None and now < ends_at and now - row.last_seen_at < limits.idle


@public("tells of a session without opening it")
def page_mark(token: str | None) -> str:
    """What a page sends along, so that it acts for nobody but whoever opened it. Opens nothing; empty when signed out."""
    return _mark(sha256(token)) if token else ""


def _mark(token_sha256: str) -> str:
    """Under a label of its own, so that it is neither the session table's key nor what stands for a socket."""
    return sha256(f"page|{token_sha256}")


@public("asks whose page something comes from")
def fits(house: House, actor: Actor, token: str | None, mark: str, *, now: datetime) -> bool:
    """Whether a page with this mark is hers: opened in this session, or in an earlier one of the same person."""
    if mark == page_mark(token):
        return True
    with house.begin(NOBODY, now) as uow:
        return mark in map(_mark, accounts.tokens_of(uow, actor.account_id))


@public("one may always sign out")
def sign_out(house: House, token: str | None, *, now: datetime) -> None:
    """End the session of this cookie, if there is one."""
    actor = actor_for(house, token, now=now)
    if actor is None or token is None:
        return
    with house.begin(actor, now) as uow:
        row = accounts.session_row(uow.session, sha256(token))
        if row is not None:
            row.ended_at = now
        uow.note_event(AuditEvent("signed-out", "session", actor.session_id))
    house.changed()
