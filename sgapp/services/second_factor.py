"""The second factor: codes of an authenticator, recovery codes, and setting both up. Source: RFC 6238; NCSC on multi-factor."""

import re
import secrets
from dataclasses import dataclass

from passlib.exc import TokenError
from passlib.totp import TOTP

from sgapp.domain.audit import AuditEvent
from sgapp.domain.errors import FieldError, Invalid, NotHerPassword, NotPermitted
from sgapp.domain.permissions import Permission
from sgapp.domain.reach import Urgency
from sgapp.domain.reference import ALPHABET
from sgapp.services.duty import tell
from sgapp.services.guard import Done, intention
from sgapp.services.passwords import check_password, hashed, matches
from sgapp.store import account_changes, accounts, factors
from sgapp.store.tables import FactorRow, SessionRow
from sgapp.store.unit_of_work import UnitOfWork

_MINE = Permission.KEEP_OWN_SIGN_IN
#: Recovery codes at a time, and symbols of each: 16 of 32 make 80 bits.
CODES, SYMBOLS = 10, 16
_TOTP_CODE = re.compile(r"\d{6}")


def is_right(uow: UnitOfWork, account: accounts.Account, code: str) -> str:
    """By what a code is right: `totp` or `recovery`; empty if it is wrong, or was used before.

    A code of an authenticator counts once. In a demo it counts as often as it is shown on the sign-in page.
    """
    typed = re.sub(r"[\s-]+", "", code).upper()
    if _TOTP_CODE.fullmatch(typed):
        known = factors.of(uow, account.id, kind=factors.TOTP)
        return factors.TOTP if any(_matches(uow, row, typed, again=account.demo) for row in known) else ""
    if len(typed) == SYMBOLS and factors.take_recovery(uow, account.id, typed):
        return "recovery"
    return ""


def _matches(uow: UnitOfWork, row: FactorRow, typed: str, *, again: bool) -> bool:
    totp = TOTP(key=factors.secret_of(uow, row), format="raw")
    try:
        found = totp.match(typed, time=int(uow.now.timestamp()), last_counter=None if again else row.counter)
    except TokenError:
        return False
    row.counter, row.last_used_at = found.counter, uow.now
    return True


def code_now(secret: bytes, at: float) -> str:
    """The code that an authenticator with this secret shows at a moment."""
    return TOTP(key=secret, format="raw").generate(int(at)).token or ""


def base32(secret: bytes) -> str:
    """A secret as one types it into an authenticator."""
    return str(TOTP(key=secret, format="raw").base32_key)


@dataclass(frozen=True, slots=True)
class BeginFactor:
    """`password`: her own, once more, so that an unlocked tablet is not enough."""

    password: str = ""


@intention("begin-factor", _MINE, BeginFactor)
def begin_factor(uow: UnitOfWork, form: BeginFactor) -> Done:
    """Make the secret for an authenticator. It counts once a code of it was typed. The answer's message is the secret."""
    not_set_up_meanwhile(uow)
    own_password(uow, form.password)
    row = factors.add(uow, uow.actor.account_id, secrets.token_bytes(20), confirmed=False)
    uow.note_event(AuditEvent("factor-begun", "account", uow.actor.account_id))
    return Done(row.id, "Scan it, or type the key, then write the six digits that your authenticator shows.", "/account")


@dataclass(frozen=True, slots=True)
class ConfirmFactor:
    code: str = ""


@intention("confirm-factor", _MINE, ConfirmFactor)
def confirm_factor(uow: UnitOfWork, form: ConfirmFactor) -> Done:
    """The authenticator shows the right code: from now on it is asked for. An earlier authenticator counts no more.

    Every other session ends: it was begun without this authenticator.
    """
    not_set_up_meanwhile(uow)
    begun = [row for row in factors.of(uow, uow.actor.account_id, confirmed=False) if row.confirmed_at is None]
    if not begun or not _matches(uow, begun[-1], re.sub(r"\s+", "", form.code), again=False):
        raise Invalid(FieldError("code", "That is not what it shows now. Wait for the next six digits and write those."))
    for row in factors.of(uow, uow.actor.account_id, kind=factors.TOTP):
        uow.session.delete(row)
    begun[-1].confirmed_at = uow.now
    session = own_session(uow)
    if session is not None:
        session.factor = factors.TOTP
    accounts.end_sessions(uow, uow.actor.account_id, but=uow.actor.session_id)
    uow.note_event(AuditEvent("factor-confirmed", "account", uow.actor.account_id))
    return Done(begun[-1].id, "Your authenticator is asked for from now on. Make recovery codes next.", "/account")


@dataclass(frozen=True, slots=True)
class MakeRecoveryCodes:
    password: str = ""


@intention("make-recovery-codes", _MINE, MakeRecoveryCodes)
def make_recovery_codes(uow: UnitOfWork, form: MakeRecoveryCodes) -> Done:
    """Ten codes, each for one time without the authenticator. Shown in the answer and never again; earlier ones are void."""
    not_set_up_meanwhile(uow)
    own_password(uow, form.password)
    made = ["".join(secrets.choice(ALPHABET) for _ in range(SYMBOLS)) for _ in range(CODES)]
    factors.set_recovery(uow, uow.actor.account_id, made)
    uow.note_event(AuditEvent("recovery-codes-made", "account", uow.actor.account_id))
    return Done(uow.actor.account_id, "\n".join("-".join(code[i:i + 4] for i in range(0, SYMBOLS, 4)) for code in made))


@dataclass(frozen=True, slots=True)
class ChangePassword:
    password: str = ""
    new_password: str = ""


@intention("change-password", _MINE, ChangePassword)
def change_password(uow: UnitOfWork, form: ChangePassword) -> Done:
    """Choose another password. Every other session of hers ends with the old one."""
    account = own_password(uow, form.password)
    try:
        check_password(form.new_password, account.username, account.name)
    except Invalid as error:
        raise Invalid(*(FieldError("new_password", e.message) for e in error.errors)) from None
    accounts.set_password(uow, account.id, hashed(form.new_password))
    accounts.end_sessions(uow, account.id, but=uow.actor.session_id)
    account_changes.lapse(uow, account.id)
    uow.note_event(AuditEvent("password-changed", "account", account.id))
    return Done(account.id, "Your password is changed. Everywhere else you are signed out.", "/account")


@dataclass(frozen=True, slots=True)
class EndSession:
    """`session_id` empty: everywhere else."""

    session_id: str = ""


@intention("end-session", _MINE, EndSession)
def end_session(uow: UnitOfWork, form: EndSession) -> Done:
    """Sign out somewhere else. Pages that are open there go to the sign-in page by themselves."""
    ended = [row for row in accounts.live_sessions(uow, uow.actor.account_id)
             if row.id != uow.actor.session_id and form.session_id in ("", row.id)]
    for row in ended:
        row.ended_at = uow.now
    uow.note_event(AuditEvent("sessions-ended", "account", uow.actor.account_id, count=max(1, len(ended))))
    return Done(uow.actor.account_id, "Signed out there." if ended else "You are signed in nowhere else.", "/account")


def tell_of_recovery(uow: UnitOfWork, account_id: str) -> None:
    """A recovery code was used: its owner is told by every channel, because it may not have been her."""
    tell(uow, account_id, Urgency.NOW, reference="", at=uow.now, awake=True)


def own_password(uow: UnitOfWork, password: str) -> accounts.Account:
    """The actor's account. Raises NotHerPassword for a wrong one."""
    account = accounts.by_id(uow, uow.actor.account_id)
    if account is None or not matches(password, account.password_hash):
        raise NotHerPassword(FieldError("password", "That is not your password. Nothing was changed."))
    return account


def not_set_up_meanwhile(uow: UnitOfWork) -> None:
    """Raise NotPermitted in a session that was begun with a password alone, once there is an authenticator: sign in with it."""
    if uow.actor.limited and factors.of(uow, uow.actor.account_id):
        raise NotPermitted("set up meanwhile")


def own_session(uow: UnitOfWork) -> SessionRow | None:
    return next((row for row in accounts.live_sessions(uow, uow.actor.account_id) if row.id == uow.actor.session_id), None)
