"""Accounts of those who work here: the first administrator, joining, leaving, roles, and new passwords.

Nobody chooses a password for somebody else, unless it is set at the machine. A code lets its owner choose her own; for
whoever reads cases it comes in two halves, one for the administrator who asks and one for a second person who agrees, so that
neither can take an account over alone. Giving somebody a role that reads cases takes the same two people, and whoever read
none before comes to it with such a code, so that a password that one person alone could have had made opens no case.
Source: NCSC on separating duties.
"""

import json
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sgapp.domain.audit import AuditEvent
from sgapp.domain.errors import FieldError, Invalid, NotFound
from sgapp.domain.permissions import GRANTS, Permission, Role, needs_second_factor, roles_with
from sgapp.domain.reach import Urgency
from sgapp.domain.reference import ALPHABET
from sgapp.domain.rota import Rota
from sgapp.services.duty import tell
from sgapp.services.guard import Done, intention, public
from sgapp.services.house import SYSTEM, House
from sgapp.services.passwords import check_password, hashed, sha256
from sgapp.services.tries import check_tries, note_failure, note_success
from sgapp.store import account_changes, accounts, documents, factors
from sgapp.store.access import rota_as_it_holds
from sgapp.store.accounts import Account
from sgapp.store.tables import AccountChangeRow, AccountRow, SetUpRow
from sgapp.store.unit_of_work import UnitOfWork

SET_UP_LASTS = timedelta(hours=24)
#: How long a second person has to agree, and then how long the code counts.
ASKED_FOR, CODE_LASTS = timedelta(hours=72), timedelta(hours=24)
#: Symbols of each half of a code, of 32: 50 bits a half.
_HALF = 10


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
    username = checked_username(username)
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


def checked_username(username: str) -> str:
    username = username.strip().lower()
    if not (2 <= len(username) <= 60) or not username.replace(".", "").replace("-", "").isalnum():
        raise Invalid(FieldError("username", "Use 2 to 60 letters, digits, dots or dashes."))
    return username


@dataclass(frozen=True, slots=True)
class AddAccount:
    """`password` is for the command line alone: whoever joins without one chooses her own, with a code."""

    username: str
    name: str
    role: Role
    password: str = ""
    branch: str = "main"
    reason: str = ""


@intention("add-account", Permission.MANAGE_ACCOUNTS, AddAccount)
def add_account(uow: UnitOfWork, form: AddAccount) -> Done:
    """Make an account. Raises Invalid for a taken name, or for a password that somebody else than its owner would know."""
    username = checked_username(form.username)
    if not form.name.strip():
        raise Invalid(FieldError("name", "Write the person's name."))
    if accounts.by_username(uow, username):
        raise Invalid(FieldError("username", "This user name is taken."))
    if form.password and uow.actor is not SYSTEM:
        raise Invalid(FieldError("password", "Nobody chooses a password for somebody else. Leave it empty: she gets a code."))
    if form.password:
        check_password(form.password, username, form.name)
    alone = _nobody_agrees_yet(uow)
    account = Account(str(uuid.uuid4()), username, form.role, form.name.strip(),
                      hashed(form.password) if form.password else no_password(), form.branch or None, False,
                      demo=accounts.is_demo(uow.session))
    accounts.add(uow, account)
    uow.note_event(AuditEvent("account-added", "account", account.id, detail=str(form.role)))
    if form.password:
        _tell_all(uow, account)
        return Done(account.id, f"{username} can sign in now.")
    return _asked(uow, account, "join", form.reason, alone=alone)


def no_password() -> str:
    """The hash of a password that nobody knows: what opens nothing until its owner has chosen hers."""
    return hashed(secrets.token_urlsafe(24))


def with_code(uow: UnitOfWork, account: Account, *, lasts: timedelta) -> "tuple[AccountRow, AccountChangeRow, str]":
    """A new account for somebody who reads no cases, with the code by which she chooses her password: the only way in.

    Nothing is stored. Its hash has to be one of `no_password`; a table's new accounts share one, because making it is slow on
    purpose.
    """
    change = _change_of(uow, account, "join", "", factor_too=False)
    first, second = _agreed(uow, change)
    change.ends_at = uow.now + lasts
    return accounts.row_of(uow, account), change, f"{_shown(first)} {_shown(second)}"


@dataclass(frozen=True, slots=True)
class DisableAccount:
    username: str


@intention("disable-account", Permission.MANAGE_ACCOUNTS, DisableAccount)
def disable_account(uow: UnitOfWork, form: DisableAccount) -> Done:
    """Stop an account from signing in and end its sessions. What it wrote stays."""
    account = _known(uow, form.username)
    _somebody_is_left(uow, account, None)
    accounts.disable(uow, account.id)
    accounts.end_sessions(uow, account.id)
    account_changes.lapse(uow, account.id)
    _tell_all(uow, account)
    uow.note_event(AuditEvent("account-disabled", "account", account.id))
    return Done(account.id, f"{account.username} can no longer sign in.", "/accounts")


@dataclass(frozen=True, slots=True)
class ChangeRole:
    username: str
    role: Role
    reason: str = ""


@intention("change-role", Permission.MANAGE_ACCOUNTS, ChangeRole)
def change_role(uow: UnitOfWork, form: ChangeRole) -> Done:
    """Give somebody another role. One that reads cases counts once a second person has agreed; any other counts at once."""
    account = _known(uow, form.username)
    if account.id == uow.actor.account_id:
        raise Invalid(FieldError("role", "Nobody changes her own role."))
    if account.disabled:
        raise Invalid(FieldError("username", "This account is disabled. Let her back in first."))
    if account.role is form.role:
        raise Invalid(FieldError("role", "She has this role already."))
    _somebody_is_left(uow, account, form.role)
    if needs_second_factor(form.role) and not _nobody_agrees_yet(uow):
        uow.note_event(AuditEvent("role-asked-for", "account", account.id, detail=str(form.role)))
        return _waiting(uow, account, "role", form.reason, role=form.role)
    _set_role(uow, account, form.role)
    _tell_all(uow, account)
    uow.note_event(AuditEvent("role-changed", "account", account.id, detail=f"{account.role}>{form.role}"))
    return Done(account.id, f"{account.name} has another role from now on, and signs in anew.", "/accounts")


@dataclass(frozen=True, slots=True)
class AskForReset:
    """`factor_too`: “yes” takes her authenticator away as well, because the telephone is lost."""

    username: str
    reason: str = ""
    factor_too: str = ""


@intention("ask-for-reset", Permission.MANAGE_ACCOUNTS, AskForReset)
def ask_for_reset(uow: UnitOfWork, form: AskForReset) -> Done:
    """A code with which somebody chooses a new password. For whoever reads cases, half of one, and a second person's yes.

    With it a disabled account is let back in, too.
    """
    account = _known(uow, form.username)
    if account.id == uow.actor.account_id:
        raise Invalid(FieldError("username", "Change your own password under your name, or ask another administrator."))
    factor_too = form.factor_too == "yes"
    uow.note_event(AuditEvent("reset-asked-for", "account", account.id, detail="factor-too" if factor_too else ""))
    return _asked(uow, account, "join" if account.disabled else "reset", form.reason, factor_too=factor_too,
                  alone=_nobody_agrees_yet(uow))


@dataclass(frozen=True, slots=True)
class SettleChange:
    """`agrees`: “yes” or “no”."""

    change_id: str
    agrees: str = ""


@intention("settle-change", Permission.APPROVE_ACCOUNTS, SettleChange)
def settle_change(uow: UnitOfWork, form: SettleChange) -> Done:
    """The second person agrees, or refuses. Never whoever asked, and never whom it is about."""
    row = uow.session.get(AccountChangeRow, form.change_id, with_for_update=True)
    account = accounts.by_id(uow, row.account_id) if row is not None else None
    if (row is None or account is None or row.settled_at is not None or row.ends_at <= uow.now
            or uow.actor.account_id in (row.asked_by, row.account_id)):
        raise NotFound(form.change_id)
    if form.agrees not in ("yes", "no"):
        raise Invalid(FieldError("agrees", "Say yes or no."))
    row.settled_by, row.settled_at, row.agreed = uow.actor.account_id, uow.now, form.agrees == "yes"
    uow.note_event(AuditEvent("change-agreed" if row.agreed else "change-refused", "account", account.id, detail=row.kind))
    _tell_all(uow, account, row.asked_by)
    if not row.agreed:
        asked = "" if row.asked_by == SYSTEM.account_id else "whoever asked, "
        return Done(row.id, f"Refused. Nothing was changed. This is told to {asked}whom it is about, and the managers.",
                    "/accounts")
    if row.kind == "role":
        _set_role(uow, account, Role(_content(uow, row)["role"]), but=row)
    if not row.first_mac:
        return Done(row.id, f"{account.name} has the new role, and signs in anew.", "/accounts")
    _made_ready(uow, account, row)
    half = _new_half()
    row.second_mac, row.ends_at = _mac(uow, row.id, half), uow.now + CODE_LASTS
    return Done(row.id, f"The second half of the code is {_shown(half)}. Give it to {account.name} yourself, by voice. It "
                        "counts for 24 hours, with the first half.", "/accounts")


@public("the two halves of the code are the permission, work once, and are slowed like passwords")
def choose_password(house: House, username: str, first: str, second: str, password: str, *, address: str,
                    now: datetime) -> None:
    """Choose a new password with a code. Raises NotFound for a wrong, used or late one, Invalid for a weak password."""
    username = username.strip().lower()
    with house.begin(SYSTEM, now) as uow:
        known = accounts.by_username(uow, username)
    check_tries(house, f"code:{username}", address, strange=True)
    actor = known.as_actor(limited=True) if known is not None else SYSTEM
    with house.begin(actor, now) as uow:
        row = _change_for(uow, known, first, second)
        if row is not None and known is not None:
            check_password(password, username, known.name)
            row.used_at = now
            accounts.set_password(uow, known.id, hashed(password))
            accounts.end_sessions(uow, known.id)
            account_changes.lapse(uow, known.id)
            if _content(uow, row)["factor_too"] == "yes":
                factors.forget(uow, known.id)
            uow.note_event(AuditEvent("password-chosen", "account", known.id, detail=row.kind))
            _tell_all(uow, known)
    if row is None:
        note_failure(house, f"code:{username}", address, strange=True)
        raise NotFound("code")
    note_success(house, f"code:{username}", address)
    house.changed()


@dataclass(frozen=True, slots=True)
class ResetAlone:
    username: str
    reason: str = ""


@intention("reset-alone", Permission.MANAGE_ACCOUNTS, ResetAlone)
def reset_alone(uow: UnitOfWork, form: ResetAlone) -> Done:
    """A whole code, from the command line, where nobody is left who could agree. Its owner and the managers are told."""
    if uow.actor is not SYSTEM:
        raise NotFound(form.username)
    account = _known(uow, form.username)
    if not form.reason.strip():
        raise Invalid(FieldError("reason", "Say why nobody else can agree. That it was done alone stays on the chain."))
    uow.note_event(AuditEvent("reset-alone", "account", account.id))
    _tell_all(uow, account)
    return _whole_code(uow, account, "reset", form.reason, factor_too=True)


def _asked(uow: UnitOfWork, account: Account, kind: str, reason: str, *, alone: bool, factor_too: bool = False) -> Done:
    """A whole code for whoever reads no cases, or where nobody could agree yet; else the first half, and the rest waits."""
    if alone or not needs_second_factor(account.role):
        return _whole_code(uow, account, kind, reason, factor_too=factor_too)
    return _waiting(uow, account, kind, reason, factor_too=factor_too)


def _waiting(uow: UnitOfWork, account: Account, kind: str, reason: str, *, factor_too: bool = False,
             role: Role | None = None) -> Done:
    if not reason.strip():
        raise Invalid(FieldError("reason", "Say why, for whoever has to agree."))
    if not _approvers(uow, account):
        raise Invalid(FieldError("username", "Nobody else is left who could agree. Whoever keeps the machine it runs on can do "
                                             "it there, and its owner and the managers are told."))
    if kind == "join":
        accounts.disable(uow, account.id)  # until somebody agreed: nobody counts on her before
    row = _change(uow, account, kind, reason, factor_too=factor_too, role=role)
    told = "Those who can agree are told now" + ("." if kind == "join" else f", and so is {account.name}.")
    told = f"A second person has to agree. {told}"
    if kind != "role" or not needs_second_factor(account.role):
        half = _new_half()
        row.first_mac = _mac(uow, row.id, half)
        told = f"The first half of the code is {_shown(half)}. Give it to {account.name} yourself, by voice. {told}"
    for account_id in _approvers(uow, account):
        tell(uow, account_id, Urgency.TODAY, reference="", at=uow.now, awake=False)
    _tell_all(uow, account)
    return Done(row.id, told, "/accounts")


def _whole_code(uow: UnitOfWork, account: Account, kind: str, reason: str, *, factor_too: bool) -> Done:
    row, first, second = _with_both_halves(uow, account, kind, reason, factor_too=factor_too)
    _made_ready(uow, account, row)
    return Done(row.id, f"The code is {_shown(first)} and {_shown(second)}. Give it to {account.name} yourself. It counts "
                        "once, for 24 hours, at /new-password.", "/accounts")


def _with_both_halves(uow: UnitOfWork, account: Account, kind: str, reason: str, *,
                      factor_too: bool = False) -> tuple[AccountChangeRow, str, str]:
    """A change that nobody else has to agree to, and both halves of its code."""
    row = _change(uow, account, kind, reason, factor_too=factor_too)
    return row, *_agreed(uow, row)


def _agreed(uow: UnitOfWork, row: AccountChangeRow) -> tuple[str, str]:
    """Let a change count. Both halves of its code."""
    first, second = _new_half(), _new_half()
    row.first_mac, row.second_mac = _mac(uow, row.id, first), _mac(uow, row.id, second)
    row.settled_by, row.settled_at, row.agreed = uow.actor.account_id, uow.now, True
    row.ends_at = uow.now + CODE_LASTS
    return first, second


def _made_ready(uow: UnitOfWork, account: Account, row: AccountChangeRow) -> None:
    """Whoever joins, comes back or comes to a role that reads cases begins anew: nothing opens the account but the code."""
    if row.kind != "reset":
        accounts.enable(uow, account.id)
        accounts.set_password(uow, account.id, no_password())
        factors.forget(uow, account.id)


def _change(uow: UnitOfWork, account: Account, kind: str, reason: str, *, factor_too: bool,
            role: Role | None = None) -> AccountChangeRow:
    """A change that waits. An earlier one of its kind for the same account counts no more."""
    account_changes.lapse(uow, account.id, kind=kind)
    row = _change_of(uow, account, kind, reason, factor_too=factor_too, role=role)
    uow.session.add(row)
    uow.session.flush()
    return row


def _change_of(uow: UnitOfWork, account: Account, kind: str, reason: str, *, factor_too: bool,
               role: Role | None = None) -> AccountChangeRow:
    made = str(uuid.uuid4())
    content = {"reason": reason.strip(), "factor_too": "yes" if factor_too else "", "role": str(role or account.role)}
    return AccountChangeRow(id=made, account_id=account.id, kind=kind, asked_by=uow.actor.account_id, asked_at=uow.now,
                            sealed=uow.sealed(json.dumps(content).encode(), place=f"account_change/{made}"),
                            ends_at=uow.now + ASKED_FOR)


def _content(uow: UnitOfWork, row: AccountChangeRow) -> dict[str, str]:
    return json.loads(uow.opened(row.sealed, place=f"account_change/{row.id}"))


def reason_of(uow: UnitOfWork, row: AccountChangeRow) -> tuple[str, str, bool]:
    """Why a change was asked for, the role it is about, and whether the authenticator goes, too."""
    found = _content(uow, row)
    return found["reason"], found["role"], found["factor_too"] == "yes"


def _change_for(uow: UnitOfWork, account: Account | None, first: str, second: str) -> AccountChangeRow | None:
    """The change of an account that both halves belong to and that a second person agreed to."""
    halves = [_typed(half) for half in (first, second)]
    waiting = account_changes.waiting(uow, account.id if account is not None else "nobody")  # no sooner for an unknown name
    if account is None or account.disabled or not all(halves):
        return None
    for row in waiting:
        if row.agreed and row.second_mac and [_mac(uow, row.id, half) for half in halves] == [row.first_mac, row.second_mac]:
            return row
    return None


def _new_half() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(_HALF))


def _shown(half: str) -> str:
    return f"{half[:5]}-{half[5:]}"


def _typed(half: str) -> str:
    """A half as it was heard or read: O is a nought, I and L are ones. Empty if it can be none."""
    plain = half.upper().translate(str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": ""}))
    return plain if len(plain) == _HALF else ""


def _mac(uow: UnitOfWork, change_id: str, half: str) -> str:
    return uow.ring.record_mac("account-code", change_id, half.encode())


def _approvers(uow: UnitOfWork, account: Account) -> list[str]:
    """Who could agree to a change of an account: not its owner, and not whoever asks."""
    may = roles_with(Permission.APPROVE_ACCOUNTS)
    return [a.id for a in accounts.everyone(uow) if str(a.role) in may and not a.disabled
            and a.id not in (account.id, uow.actor.account_id)]


def _nobody_agrees_yet(uow: UnitOfWork) -> bool:
    """Whether a house is only being set up: nobody was ever given the right to agree."""
    may = roles_with(Permission.APPROVE_ACCOUNTS)
    return not any(str(a.role) in may for a in accounts.everyone(uow))


def _tell_all(uow: UnitOfWork, account: Account, asked_by: str = "") -> None:
    """The account's owner, the managers, and whoever asked for it are told that something happened to it, on the page Account;
    what, stands on the page Accounts.
    """
    working = [a for a in accounts.everyone(uow) if not a.disabled]
    told = {a.id for a in working if a.role is Role.MANAGER or a.id == asked_by}
    for account_id in sorted({account.id, *told}):
        tell(uow, account_id, Urgency.TODAY, reference="", at=uow.now, awake=False)


def _set_role(uow: UnitOfWork, account: Account, role: Role, *, but: AccountChangeRow | None = None) -> None:
    _somebody_is_left(uow, account, role)
    uow.session.get_one(AccountRow, account.id).role = str(role)
    accounts.end_sessions(uow, account.id)
    account_changes.lapse(uow, account.id, but=but)


#: What somebody who is not disabled has to be able to do.
_NEVER_WITHOUT = ((Permission.TRIAGE, "nobody would be left who leads"),
                  (Permission.SIGN_OFF, "nobody would be left who manages"),
                  (Permission.MANAGE_ACCOUNTS, "nobody would be left who keeps the accounts"))


def _somebody_is_left(uow: UnitOfWork, account: Account, role: Role | None) -> None:
    """Raise Invalid if, once this account has that role, or none, something could be done by nobody, or a duty had nobody."""
    others = [a for a in accounts.everyone(uow) if not a.disabled and a.id != account.id]
    for permission, words in _NEVER_WITHOUT:
        held = permission in GRANTS[account.role] and not (role is not None and permission in GRANTS[role])
        if held and not any(permission in GRANTS[a.role] for a in others):
            raise Invalid(FieldError("username", f"This cannot be done: {words}. Give somebody else that role first."))
    for branch in (account.branch,) if account.branch else documents.branches(uow, Rota):
        known = rota_as_it_holds(uow, branch).gaps(uow.now)
        gap = next((g for g in rota_as_it_holds(uow, branch, (account.id, role)).gaps(uow.now) if g not in known), None)
        if gap is not None:
            raise Invalid(FieldError("username", f"This cannot be done: by the rota {gap.in_words()}. Put somebody else down "
                                                 "there first."))


def _known(uow: UnitOfWork, username: str) -> Account:
    account = accounts.by_username(uow, username)
    if account is None:
        raise NotFound(username)
    return account
