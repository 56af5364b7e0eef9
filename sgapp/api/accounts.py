"""Signing in and out, the first administrator, and the demo's accounts."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, StringConstraints

from sgapp.api.door import COOKIE, Changes, Plain, SignedIn, TheHouse, address_of
from sgapp.api.problems import problem
from sgapp.services import sessions
from sgapp.services.demo import demo_accounts
from sgapp.services.house import now

router = APIRouter(prefix="/api")
Short = Annotated[str, StringConstraints(max_length=300), Plain]


class Credentials(BaseModel):
    username: Short
    password: Short
    otp: Short = ""


class Session(BaseModel):
    """`id` is opaque: the phone marks with it whose a waiting note is."""

    role: str
    id: str = ""
    username: str = ""
    name: str = ""


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


@router.post("/session", dependencies=[Changes], response_model=Session)
def begin(credentials: Credentials, request: Request, house: TheHouse) -> Response:
    """Sign in. The session's token is in an HttpOnly cookie; a wrong name and a wrong password look the same."""
    found = sessions.sign_in(house, credentials.username, credentials.password, address=address_of(request), now=now())
    if found is None:
        return problem(401, kind="wrong-name-or-password", detail="That user name and password do not go together. "
                       "Nothing was changed. Check both, or ask the office for a new password.")
    actor = found.actor
    answer = JSONResponse({"role": str(actor.role), "id": actor.account_id, "username": actor.username, "name": actor.name})
    answer.set_cookie(COOKIE, found.token, httponly=True, samesite="strict", secure=house.settings.https, path="/",
                      expires=found.ends_at)
    return answer


@router.get("/session")
def current(actor: SignedIn) -> Session:
    """Who is signed in."""
    return Session(role=str(actor.role), id=actor.account_id, username=actor.username, name=actor.name)


@router.delete("/session", dependencies=[Changes], status_code=204)
def end(request: Request, house: TheHouse) -> Response:
    """Sign out. Always succeeds."""
    sessions.sign_out(house, request.cookies.get(COOKIE), now=now())
    answer = Response(status_code=204)
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict", secure=house.settings.https)
    return answer


@router.post("/set-up", dependencies=[Changes], status_code=201)
def set_up(form: FirstAdministrator, house: TheHouse) -> dict[str, bool]:
    """Make the first administrator with the one-time link's token."""
    sessions.set_up_administrator(house, form.token, username=form.username, name=form.name, password=form.password,
                                  now=now())
    return {"ok": True}


@router.get("/demo/accounts")
def list_demo_accounts(house: TheHouse) -> dict[str, list[DemoAccount]]:
    """The demo's accounts for the sign-in page; none in a real organisation."""
    found = demo_accounts(house, now=now())
    return {"accounts": [DemoAccount(username=a.username, password=a.password, role=a.role, name=a.name, device=a.device)
                         for a in found]}
