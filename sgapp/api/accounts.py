"""Signing in and out, the first administrator, and the demo's accounts."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, StringConstraints

from sgapp.api.door import MARK, Changes, ItsPage, Plain, SignedIn, TheHouse, address_of, browser_of, token_of
from sgapp.api.problems import TOO_MANY, Told, documented
from sgapp.domain.errors import SecondFactorNeeded, WrongCode
from sgapp.services import passkeys, second_factor, sessions, staff, tries
from sgapp.services.demo import demo_accounts
from sgapp.services.house import House, now

router = APIRouter(prefix="/api")
Short = Annotated[str, StringConstraints(max_length=300), Plain]


class Credentials(BaseModel):
    username: Short
    password: Short
    otp: Short = ""


class Session(BaseModel):
    """`id` is opaque: the phone marks with it whose a waiting note is. `set_up`: she has to set up a second factor first.

    `page`: what a page that is opened now sends in X-Session from then on.
    """

    role: str
    id: str = ""
    username: str = ""
    name: str = ""
    set_up: bool = False
    page: str = ""


class FirstAdministrator(BaseModel):
    token: Short
    username: Short
    name: Short
    password: Short


class DemoAccount(BaseModel):
    username: str
    password: str
    role: str
    name: str
    device: str
    code: str = ""


_WRONG_PAIR = Told(401, "wrong-name-or-password", "That user name and password do not go together. Nothing was changed. Check "
                   "both, or ask the office for a new password.")
_CODE_NEEDED = Told(401, "sign-in/second-factor-needed", "Write the six digits that your authenticator shows, or a recovery "
                    "code. Nothing was changed.")
_WRONG_CODE = Told(401, "sign-in/wrong-code", "That code is wrong, or was used already. Wait for the next six digits, or use a "
                   "recovery code. Nothing was changed.")
_WRONG_PASSKEY = Told(401, "sign-in/wrong-passkey", "That passkey is not known here, or counts no more. Nothing was changed. "
                      "Try again, or use your password.")


@router.post("/session", dependencies=[Changes], response_model=Session,
             responses=documented(_WRONG_PAIR, _CODE_NEEDED, _WRONG_CODE, TOO_MANY))
def begin(credentials: Credentials, request: Request, house: TheHouse) -> Response:
    """Sign in. The session's token is in an HttpOnly cookie; a wrong name and a wrong password look the same.

    401 with the type `…/second-factor-needed` where both are right and `otp` is missing, `…/wrong-code` for a wrong or used
    one. `otp` takes the six digits of an authenticator, or a recovery code. 429 says in Retry-After how long to wait.
    """
    try:
        found = sessions.sign_in(house, credentials.username, credentials.password, address=address_of(request, house),
                                 now=now(), code=credentials.otp, browser=browser_of(request))
    except SecondFactorNeeded:
        return _CODE_NEEDED.answer()
    except WrongCode:
        return _WRONG_CODE.answer()
    if found is None:
        return _WRONG_PAIR.answer()
    return _begun(found, house, request)


def _begun(found: sessions.SignedIn, house: House, request: Request) -> Response:
    """Whoever was signed in on this browser is so no more: no two people at once."""
    sessions.sign_out(house, token_of(request, house), now=now())
    actor = found.actor
    answer = JSONResponse({"role": str(actor.role), "id": actor.account_id, "username": actor.username, "name": actor.name,
                           "set_up": actor.limited})
    answer.set_cookie(house.settings.session_cookie, found.token, httponly=True, samesite="strict", secure=house.settings.https,
                      path="/", expires=found.ends_at)
    return answer


@router.get("/session/passkey")
def passkey_challenge(house: TheHouse) -> Response:
    """What the browser hands to the device of whoever signs in with a passkey: the options of a request, as JSON."""
    return Response(sessions.passkey_challenge(house, now=now()), media_type="application/json")


class Answered(BaseModel):
    credential: Annotated[str, StringConstraints(max_length=20_000), Plain]


@router.post("/session/passkey", dependencies=[Changes], response_model=Session,
             responses=documented(_WRONG_PASSKEY, TOO_MANY))
def begin_with_passkey(answered: Answered, request: Request, house: TheHouse) -> Response:
    """Sign in with the device's answer. 401 with the type `…/wrong-passkey` for any that does not count."""
    found = sessions.sign_in_with_passkey(house, answered.credential, address=address_of(request, house), now=now(),
                                          browser=browser_of(request))
    if found is None:
        return _WRONG_PASSKEY.answer()
    return _begun(found, house, request)


@router.get("/session")
def current(actor: SignedIn, request: Request, house: TheHouse) -> Session:
    """Who is signed in."""
    return Session(role=str(actor.role), id=actor.account_id, username=actor.username, name=actor.name, set_up=actor.limited,
                   page=sessions.page_mark(token_of(request, house)))


@router.delete("/session", dependencies=[Changes], status_code=204)
def end(request: Request, house: TheHouse) -> Response:
    """Sign out. Always succeeds; on the page of whoever was here before, her session has ended already."""
    token, answer = token_of(request, house), Response(status_code=204)
    actor, mark = sessions.actor_for(house, token, now=now()), request.headers.get(MARK)
    if actor is not None and mark and not sessions.fits(house, actor, token, mark, now=now()):
        return answer
    sessions.sign_out(house, token, now=now())
    answer.delete_cookie(house.settings.session_cookie, path="/", httponly=True, samesite="strict",
                         secure=house.settings.https)
    return answer


class NewPassword(BaseModel):
    username: Short
    first: Short
    second: Short
    password: Short


@router.post("/new-password", dependencies=[Changes], status_code=204)
def new_password(form: NewPassword, request: Request, house: TheHouse) -> Response:
    """Choose a password with the two halves of a code. 404 for a wrong, used or late one; 429 after too many."""
    staff.choose_password(house, form.username, form.first, form.second, form.password, address=address_of(request, house),
                          now=now())
    return Response(status_code=204)


class OwnPassword(BaseModel):
    password: Short


@router.post("/account/passkey", dependencies=[Changes, ItsPage])
def ask_for_passkey(form: OwnPassword, actor: SignedIn, house: TheHouse) -> Response:
    """What the browser hands to the device so that it makes a passkey, as JSON. Then send its answer to `add-passkey`."""
    with tries.own_password(house, actor):
        return Response(passkeys.ask_for_passkey(house, actor, now(), form.password), media_type="application/json")


@router.post("/account/recovery-codes", dependencies=[Changes, ItsPage])
def recovery_codes(form: OwnPassword, actor: SignedIn, house: TheHouse) -> dict[str, list[str]]:
    """Ten new recovery codes, shown in this answer alone: not kept with an intent either."""
    with tries.own_password(house, actor):
        made = second_factor.make_recovery_codes(house, actor, second_factor.MakeRecoveryCodes(form.password), now=now())
    return {"codes": made.message.splitlines()}


@router.post("/set-up", dependencies=[Changes], status_code=201)
def set_up(form: FirstAdministrator, house: TheHouse) -> dict[str, bool]:
    """Make the first administrator with the one-time link's token."""
    staff.set_up_administrator(house, form.token, username=form.username, name=form.name, password=form.password,
                                  now=now())
    return {"ok": True}


@router.get("/demo/accounts")
def list_demo_accounts(house: TheHouse) -> dict[str, list[DemoAccount]]:
    """The demo's accounts for the sign-in page; none in a real organisation."""
    found = demo_accounts(house, now=now())
    return {"accounts": [DemoAccount(username=a.username, password=a.password, role=a.role, name=a.name, device=a.device,
                                     code=a.code)
                         for a in found]}
