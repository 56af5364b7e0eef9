"""Passkeys: a face, a finger or a key instead of a password and a code. Source: W3C Web Authentication, level 3.

A challenge is kept nowhere: it carries when it was made and a keyed digest that only we can make. It counts for five minutes,
and a passkey that answered one answers no earlier one, nor the same again.
"""

import base64
import json
import re
from dataclasses import dataclass
from datetime import timedelta
from secrets import compare_digest, token_urlsafe
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from sgapp.domain.audit import AuditEvent
from sgapp.domain.errors import FieldError, Invalid, NotFound
from sgapp.domain.permissions import Permission, needs_second_factor
from sgapp.services.guard import Done, intention, query
from sgapp.services.second_factor import not_set_up_meanwhile, own_password, own_session
from sgapp.store import accounts, factors
from sgapp.store.accounts import Account
from sgapp.store.tables import FactorRow
from sgapp.store.unit_of_work import UnitOfWork

_MINE = Permission.KEEP_OWN_SIGN_IN
CHALLENGE_LASTS = timedelta(minutes=5)
#: Passkeys of one account at most, and characters of what one is called.
MOST, NAME_LENGTH = 10, 60
_SIGNING_IN = "sign-in"
#: What the device shows beside the user name: never more than the product's outward name.
_NAME = "Visit notes"
_REFUSED = "The device's answer could not be taken. Nothing was changed. Begin again."


def _site(uow: UnitOfWork) -> str:
    """The host that passkeys are bound to: that of the address people type."""
    return urlsplit(uow.public_url).hostname or "localhost"


def _made_at(uow: UnitOfWork) -> int:
    return int(uow.now.timestamp() * 1000)


def _challenge(uow: UnitOfWork, purpose: str) -> bytes:
    made = f"{_made_at(uow)}.{token_urlsafe(16)}"
    return f"{made}.{_mac(uow, purpose, made)}".encode()


def _mac(uow: UnitOfWork, purpose: str, made: str) -> str:
    return uow.ring.record_mac("passkey-challenge", purpose, made.encode())


def _answered(uow: UnitOfWork, purpose: str, credential: dict[str, Any]) -> tuple[bytes, int]:
    """The challenge that a device answered, and when it was made, in milliseconds. Raises ValueError unless it is ours."""
    challenge = _bytes(json.loads(_bytes(credential["response"]["clientDataJSON"]))["challenge"])
    made, _, mac = challenge.decode().rpartition(".")
    at = int(made.partition(".")[0])
    if not compare_digest(mac, _mac(uow, purpose, made)):
        raise ValueError("not a challenge of ours")
    if not 0 <= _made_at(uow) - at <= CHALLENGE_LASTS.total_seconds() * 1000:
        raise ValueError("too late")
    return challenge, at


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _parsed(credential: str) -> dict[str, Any]:
    found = json.loads(credential)
    if not isinstance(found, dict):
        raise TypeError("not an object")
    return found


#: What a device's answer may raise when it is none: of the library's, and of what stands before it.
_UNREADABLE = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, RecursionError)


@query(_MINE)
def ask_for_passkey(uow: UnitOfWork, password: str) -> str:
    """What the browser hands to the device so that it makes a passkey, as JSON. Raises NotHerPassword for a wrong password."""
    not_set_up_meanwhile(uow)
    account = own_password(uow, password)
    known = [PublicKeyCredentialDescriptor(id=_bytes(_content(uow, row)["credential"])) for row in of(uow, account.id)]
    if len(known) >= MOST:
        raise Invalid(FieldError("password", f"There are {MOST} already. Take one away first."))
    return options_to_json(generate_registration_options(
        rp_id=_site(uow), rp_name=_NAME, user_name=account.username, user_id=account.id.encode(),
        user_display_name=account.username, challenge=_challenge(uow, account.id), exclude_credentials=known,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED)))


@dataclass(frozen=True, slots=True)
class AddPasskey:
    """`credential`: the device's answer as JSON. `name`: what she calls it."""

    credential: str = ""
    name: str = ""


@intention("add-passkey", _MINE, AddPasskey)
def add_passkey(uow: UnitOfWork, form: AddPasskey) -> Done:
    """Keep a passkey that a device made for a challenge given to this account after its password. Other sessions end."""
    not_set_up_meanwhile(uow)
    account_id = uow.actor.account_id
    try:
        answer = _parsed(form.credential)
        challenge, _ = _answered(uow, account_id, answer)
        made = verify_registration_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=_site(uow), expected_origin=uow.public_url,
            require_user_verification=True)
    except _UNREADABLE:
        raise Invalid(FieldError("credential", _REFUSED)) from None
    mine = of(uow, account_id)
    if len(mine) >= MOST or any(_content(uow, row)["credential"] == _text(made.credential_id) for row in mine):
        raise Invalid(FieldError("credential", _REFUSED))
    name = re.sub(r"\s+", " ", form.name).strip()[:NAME_LENGTH] or f"Passkey {len(mine) + 1}"
    content = {"credential": _text(made.credential_id), "public_key": _text(made.credential_public_key),
               "signed": made.sign_count, "name": name}
    row = factors.add(uow, account_id, json.dumps(content).encode(), confirmed=True, kind=factors.PASSKEY)
    session = own_session(uow)
    if session is not None:
        session.factor = factors.PASSKEY
    accounts.end_sessions(uow, account_id, but=uow.actor.session_id)
    uow.note_event(AuditEvent("passkey-added", "account", account_id))
    return Done(row.id, "From now on you can sign in with it. Make recovery codes, too, if you have none.", "/account")


@dataclass(frozen=True, slots=True)
class RemovePasskey:
    factor_id: str = ""
    password: str = ""


@intention("remove-passkey", _MINE, RemovePasskey)
def remove_passkey(uow: UnitOfWork, form: RemovePasskey) -> Done:
    """Take a passkey of one's own away. Raises Invalid for the last of somebody who needs more than a password."""
    mine = factors.of(uow, uow.actor.account_id)
    row = next((r for r in mine if (r.id, r.kind) == (form.factor_id, factors.PASSKEY)), None)
    if row is None:
        raise NotFound(form.factor_id)
    account = own_password(uow, form.password)
    if needs_second_factor(account.role) and len(mine) == 1:
        raise Invalid(FieldError("password", "This is your only one, and a password alone is not enough. Add another first."))
    uow.session.delete(row)
    uow.note_event(AuditEvent("passkey-removed", "account", account.id))
    return Done(row.id, "That passkey lets nobody in any more.", "/account")


def of(uow: UnitOfWork, account_id: str) -> list[FactorRow]:
    """The passkeys of an account, the oldest first."""
    return factors.of(uow, account_id, kind=factors.PASSKEY)


def name_of(uow: UnitOfWork, row: FactorRow) -> str:
    """What its owner calls a passkey."""
    return str(_content(uow, row)["name"])


def _content(uow: UnitOfWork, row: FactorRow) -> dict[str, Any]:
    return json.loads(factors.secret_of(uow, row))


def options(uow: UnitOfWork) -> str:
    """What the browser hands to the device so that somebody, not said who, signs in, as JSON."""
    return options_to_json(generate_authentication_options(
        rp_id=_site(uow), challenge=_challenge(uow, _SIGNING_IN), user_verification=UserVerificationRequirement.REQUIRED))


def account_of(uow: UnitOfWork, credential: str) -> Account | None:
    """Whose passkey answered; None if it is nobody's, late, answered before, or not unlocked by its owner."""
    try:
        answer = _parsed(credential)
        challenge, at = _answered(uow, _SIGNING_IN, answer)
        account = accounts.by_id(uow, str(UUID(_bytes(answer["response"]["userHandle"]).decode())))
        known = of(uow, account.id) if account is not None else []
        row = next((r for r in known if _content(uow, r)["credential"] == answer["id"]), None)
        if row is None or at <= (row.counter or 0):
            return None
        content = _content(uow, row)
        found = verify_authentication_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=_site(uow), expected_origin=uow.public_url,
            credential_public_key=_bytes(content["public_key"]), credential_current_sign_count=content["signed"],
            require_user_verification=True)
    except _UNREADABLE:
        return None
    factors.reseal(uow, row, json.dumps({**content, "signed": found.new_sign_count}).encode())
    row.counter, row.last_used_at = at, uow.now
    return account
