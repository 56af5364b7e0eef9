"""Signing in and out, who is asking, and the first administrator. Source: for passwords, the NCSC's guidance."""

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from limits import RateLimitItemPerMinute
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter
from passlib.context import CryptContext
from zxcvbn import zxcvbn

from sgapp.domain.audit import AuditEvent
from sgapp.domain.errors import FieldError, Invalid, NotFound, TooManyTries
from sgapp.domain.permissions import Actor, Permission, Role
from sgapp.services.guard import Done, intention, public, record_refusal
from sgapp.services.house import NOBODY, SYSTEM, House
from sgapp.store import accounts
from sgapp.store.accounts import Account
from sgapp.store.tables import SessionRow, SetUpRow
from sgapp.store.unit_of_work import UnitOfWork

PASSWORD_LENGTH = 12
IDLE = timedelta(minutes=60)
ABSOLUTE = timedelta(hours=12)
SET_UP_LASTS = timedelta(hours=24)
TOUCH_EVERY = timedelta(seconds=30)

_hasher = CryptContext(schemes=["argon2"], argon2__type="ID")
_tries = RateLimitItemPerMinute(10)
_limiters: WeakKeyDictionary[House, MovingWindowRateLimiter] = WeakKeyDictionary()


def sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def check_password(password: str, *known: str) -> None:
    """Raise Invalid for a password that is short, common, or made of the words in `known`."""
    if len(password) < PASSWORD_LENGTH:
        raise Invalid(FieldError("password", f"Use at least {PASSWORD_LENGTH} characters; three words in a row work well."))
    if len(password) > 200:
        raise Invalid(FieldError("password", "Use at most 200 characters."))
    if zxcvbn(password[:72], user_inputs=[k for k in known if k])["score"] < 3:
        raise Invalid(FieldError("password", "This one is easy to guess. Three unrelated words in a row work well."))


def hashed(password: str) -> str:
    return _hasher.hash(password)


#: Compared against when the account does not exist, so that the answer takes as long.
_NO_ACCOUNT = hashed(secrets.token_urlsafe(24))


def _limiter(house: House) -> MovingWindowRateLimiter:
    if house not in _limiters:
        _limiters[house] = MovingWindowRateLimiter(storage_from_string(house.settings.redis_url or "memory://"))
    return _limiters[house]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session. The token goes into the cookie and nowhere else."""

    token: str
    actor: Actor
    ends_at: datetime


@public("this is how a person becomes known")
def sign_in(house: House, username: str, password: str, *, address: str, now: datetime) -> SignedIn | None:
    """A session for the right name and password, None for any wrong pair. Raises TooManyTries after ten a minute."""
    username = username.strip().lower()
    limiter, key = _limiter(house), f"{username[:80]}|{address}"
    if not limiter.hit(_tries, key):
        wait = int(limiter.get_window_stats(_tries, key).reset_time - now.timestamp())
        raise TooManyTries(max(1, min(60, wait)))
    with house.begin(NOBODY, now) as uow:
        account = accounts.by_username(uow, username)
    right = _hasher.verify(password[:200], account.password_hash if account else _NO_ACCOUNT)
    if account is None or account.disabled or not right:
        record_refusal(house, account.as_actor() if account else NOBODY, "sign-in", "", now)
        return None
    token, session_id = secrets.token_urlsafe(32), str(uuid.uuid4())
    actor = account.as_actor(session_id)
    with house.begin(actor, now) as uow:
        ends_at = now + ABSOLUTE
        accounts.begin_session(uow, token_sha256=sha256(token), session_id=session_id, account_id=account.id,
                               ends_at=ends_at)
        uow.note_event(AuditEvent("signed-in", "session", session_id))
    return SignedIn(token, actor, ends_at)


@public("asks who the bearer of a cookie is")
def actor_for(house: House, token: str | None, *, now: datetime, watching: bool = False) -> Actor | None:
    """The person behind a session cookie; None if it is unknown, ended, idle too long, or the account is disabled.

    `watching`: nobody did anything, a screen only looks; that keeps no session alive.
    """
    if not token:
        return None
    with house.begin(NOBODY, now) as uow:
        row = accounts.session_row(uow.session, sha256(token))
        if row is None or not _live(row, now):
            return None
        account = accounts.by_id(uow, row.account_id)
        if account is None or account.disabled:
            return None
        if not watching and now - row.last_seen_at > TOUCH_EVERY:
            row.last_seen_at = now
        return account.as_actor(row.id)


def _live(row: SessionRow, now: datetime) -> bool:
    return row.ended_at is None and now < row.ends_at and now - row.last_seen_at < IDLE


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


@public("only makes the link; it is printed where the server was started")
def make_set_up_token(house: House, *, now: datetime) -> str | None:
    """A one-time token for the first administrator, or None if there are accounts already."""
    with house.begin(SYSTEM, now) as uow:
        if accounts.count(uow.session):
            return None
        token = secrets.token_urlsafe(24)
        uow.session.add(SetUpRow(token_sha256=sha256(token), ends_at=now + SET_UP_LASTS))
        uow.note_event(AuditEvent("set-up-link-made", "account", ""))
        return token


@public("the token itself is the permission, and works once")
def set_up_administrator(house: House, token: str, *, username: str, name: str, password: str, now: datetime) -> None:
    """Make the first administrator. Raises NotFound for a used or wrong token, Invalid for a weak password."""
    username = _checked_username(username)
    if not name.strip():
        raise Invalid(FieldError("name", "Write your name."))
    check_password(password, username, name)
    with house.begin(SYSTEM, now) as uow:
        row = uow.session.get(SetUpRow, sha256(token), with_for_update=True)
        if row is None or row.used_at is not None or now >= row.ends_at or accounts.count(uow.session):
            raise NotFound("set-up")
        row.used_at = now
        account = Account(str(uuid.uuid4()), username, Role.ADMIN, name.strip(), hashed(password), None, False)
        accounts.add(uow, account)
        uow.note_event(AuditEvent("account-added", "account", account.id, detail=str(Role.ADMIN)))


def _checked_username(username: str) -> str:
    username = username.strip().lower()
    if not (2 <= len(username) <= 60) or not username.replace(".", "").replace("-", "").isalnum():
        raise Invalid(FieldError("username", "Use 2 to 60 letters, digits, dots or dashes."))
    return username


@dataclass(frozen=True, slots=True)
class AddAccount:
    username: str
    name: str
    role: Role
    password: str
    branch: str = "main"


@intention("add-account", Permission.MANAGE_ACCOUNTS, AddAccount)
def add_account(uow: UnitOfWork, form: AddAccount) -> Done:
    """Make an account that can sign in. Raises Invalid for a taken name or a weak password."""
    username = _checked_username(form.username)
    if not form.name.strip():
        raise Invalid(FieldError("name", "Write the person's name."))
    check_password(form.password, username, form.name)
    if accounts.by_username(uow, username):
        raise Invalid(FieldError("username", "This user name is taken."))
    account = Account(str(uuid.uuid4()), username, form.role, form.name.strip(), hashed(form.password), form.branch, False,
                      demo=accounts.is_demo(uow.session))
    accounts.add(uow, account)
    uow.note_event(AuditEvent("account-added", "account", account.id, detail=str(form.role)))
    return Done(account.id, f"{username} can sign in now.")


@dataclass(frozen=True, slots=True)
class DisableAccount:
    username: str


@intention("disable-account", Permission.MANAGE_ACCOUNTS, DisableAccount)
def disable_account(uow: UnitOfWork, form: DisableAccount) -> Done:
    """Stop an account from signing in and end its sessions. What it wrote stays."""
    account = _known(uow, form.username)
    accounts.disable(uow, account.id)
    accounts.end_sessions(uow, account.id)
    uow.note_event(AuditEvent("account-disabled", "account", account.id))
    return Done(account.id, f"{account.username} can no longer sign in.")


@dataclass(frozen=True, slots=True)
class ResetPassword:
    username: str
    password: str


@intention("reset-password", Permission.MANAGE_ACCOUNTS, ResetPassword)
def reset_password(uow: UnitOfWork, form: ResetPassword) -> Done:
    """Give an account a new password and end its sessions."""
    account = _known(uow, form.username)
    check_password(form.password, account.username, account.name)
    accounts.set_password(uow, account.id, hashed(form.password))
    accounts.end_sessions(uow, account.id)
    uow.note_event(AuditEvent("password-reset", "account", account.id))
    return Done(account.id, f"{account.username} has a new password.")


def _known(uow: UnitOfWork, username: str) -> Account:
    account = accounts.by_username(uow, username)
    if account is None:
        raise NotFound(username)
    return account
