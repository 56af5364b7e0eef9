"""The page of an agency: plain HTML and forms, so that it works on any machine of any office, without scripts.

A look changes nothing: mail scanners follow every link. Before a code all links look alike, the unknown ones too.
"""

import uuid
from collections.abc import Callable
from datetime import date
from functools import cache, wraps
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, Template
from pydantic import StringConstraints

from sgapp.api.door import Changes, Plain, TheHouse, address_of
from sgapp.api.letters import pdf_answer
from sgapp.api.problems import AWAY, log_away
from sgapp.domain.errors import FieldError, IllegalTransition, Invalid, SignedOut, TooManyTries
from sgapp.domain.referral import ReferralState
from sgapp.domain.time import show
from sgapp.services import partner
from sgapp.services.house import House, now

router = APIRouter(prefix="/r", include_in_schema=False)
COOKIE = "visit"

Token = Annotated[str, StringConstraints(max_length=200), Plain]
#: How long a line, and some lines, may be. What is longer comes back to be shortened: nothing typed is cut or lost.
LINE, WORDS = 400, 5_000
_Typed = Annotated[str, Form(), Plain]
_Short = Annotated[str, Form(max_length=LINE), Plain]


_LABELS = {"name": "Name", "role": "Role", "reference": "Reference", "question": "Question", "code": "Decision",
           "detail": "Detail", "what": "Action", "due_on": "By"}


@cache
def _template() -> Template:
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True,
                              lstrip_blocks=True)
    return environment.get_template("partner_page.html")


def _secret(request: Request) -> str:
    return request.cookies.get(COOKIE, "")


Secret = Annotated[str, Depends(_secret)]


def _page(house: House, status: int = 200, **values: Any) -> HTMLResponse:
    known = {"organisation": house.settings.organisation, "ring": house.settings.ring, "error": "", "typed": {},
             "visit": None, "said": "", "away": False, "kept": (), "form": "", "words_most": WORDS}
    return HTMLResponse(_template().render(known | values), status_code=status)


def _at_the_door(house: House, token: str, status: int = 200, *, error: str = "") -> HTMLResponse:
    return _page(house, status, token=token, error=error)


def _answers_anyway(endpoint: Callable[..., Response]) -> Callable[..., Response]:
    """Answer with a page while the database is away, and with everything on it that was typed."""

    @wraps(endpoint)
    def answer(**given: Any) -> Response:
        try:
            return endpoint(**given)
        except AWAY as error:
            log_away(error)
            return _page(given["house"], 503, token=given["token"], away=True, kept=_labelled(given) if "name" in given else ())

    return answer


def _labelled(typed: dict[str, Any]) -> list[tuple[str, str]]:
    return [(label, typed[name]) for name, label in _LABELS.items() if typed.get(name)]


@router.get("/{token}")
@_answers_anyway
def look(token: Token, secret: Secret, house: TheHouse, said: str = "") -> HTMLResponse:
    """The letter during a visit; else a field for the code and nothing more."""
    try:
        return _visited(house, token, secret, said=_SAID.get(said, ""))
    except SignedOut:
        return _at_the_door(house, token)


@router.post("/{token}", dependencies=[Changes])
@_answers_anyway
def enter(token: Token, request: Request, house: TheHouse, code: _Short = "") -> Response:
    """Open a visit with a code. The answer to a wrong one is the same whatever was wrong."""
    try:
        secret = partner.begin_visit(house, token, code, address=address_of(request, house), now=now())
    except TooManyTries as error:
        wait = error.retry_after_seconds
        told = f"Wait {wait} seconds, then try again. Nothing is locked. If the code does not work, ring us for a new one."
        answer = _at_the_door(house, token, 429, error=told)
        answer.headers["Retry-After"] = str(wait)
        return answer
    if secret is None:
        return _at_the_door(house, token, 403, error="That code does not open this page. Each code is good for one visit and "
                                                     "for an hour. Check it, or ring us for a new one.")
    answer = RedirectResponse(f"/r/{token}", 303)
    answer.set_cookie(COOKIE, secret, path=f"/r/{token}", httponly=True, samesite="lax", secure=house.settings.https,
                      max_age=3600)
    return answer


@router.get("/{token}/letter.pdf")
@_answers_anyway
def letter(token: Token, secret: Secret, house: TheHouse) -> Response:
    """The letter as PDF."""
    try:
        return pdf_answer(*partner.visited_pdf(house, token, secret, now=now()))
    except SignedOut:
        return RedirectResponse(f"/r/{token}", 303)


_SEVERAL_LINES = frozenset({"question", "detail", "what"})
_SAID = {"receipt": "Thank you. We know now that you have it.", "question": "We have your question. Somebody will ring you.",
         "outcome": "Thank you. Your decision is on our file.", "action": "Thank you. It is on our file, with its date."}


@router.post("/{token}/receipt", dependencies=[Changes])
@_answers_anyway
def receipt(token: Token, secret: Secret, house: TheHouse, name: _Typed = "", role: _Typed = "",
            reference: _Typed = "") -> Response:
    def work() -> None:
        partner.confirm_receipt(house, token, secret, partner.Visitor(name, role), reference, now=now())

    return _done(house, token, secret, "receipt", work, {"name": name, "role": role, "reference": reference})


@router.post("/{token}/question", dependencies=[Changes])
@_answers_anyway
def question(token: Token, secret: Secret, house: TheHouse, name: _Typed = "", role: _Typed = "", question: _Typed = "",
             form_id: _Short = "") -> Response:
    def work() -> None:
        partner.ask(house, token, secret, partner.Visitor(name, role), question, form_id=form_id or str(uuid.uuid4()),
                    now=now())

    return _done(house, token, secret, "question", work, {"name": name, "role": role, "question": question})


@router.post("/{token}/outcome", dependencies=[Changes])
@_answers_anyway
def outcome(token: Token, secret: Secret, house: TheHouse, name: _Typed = "", role: _Typed = "", code: _Typed = "",
            detail: _Typed = "") -> Response:
    def work() -> None:
        partner.report_outcome(house, token, secret, partner.Visitor(name, role), code, detail, now=now())

    return _done(house, token, secret, "outcome", work, {"name": name, "role": role, "code": code, "detail": detail})


@router.post("/{token}/action", dependencies=[Changes])
@_answers_anyway
def action(token: Token, secret: Secret, house: TheHouse, name: _Typed = "", role: _Typed = "", what: _Typed = "",
           due_on: _Typed = "", form_id: _Short = "") -> Response:
    def work() -> None:
        partner.report_action(house, token, secret, partner.Visitor(name, role), what, _day(due_on),
                              form_id=form_id or str(uuid.uuid4()), now=now())

    return _done(house, token, secret, "action", work, {"name": name, "role": role, "what": what, "due_on": due_on})


@router.post("/{token}/leave", dependencies=[Changes])
@_answers_anyway
def leave(token: Token, secret: Secret, house: TheHouse) -> Response:
    """End the visit on this machine. Without a visit it changes nothing."""
    partner.end_visit(house, token, secret, now=now())
    answer = RedirectResponse(f"/r/{token}", 303)
    answer.delete_cookie(COOKIE, path=f"/r/{token}", httponly=True, samesite="lax", secure=house.settings.https)
    return answer


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _fits(typed: dict[str, str]) -> None:
    """Raise Invalid for the first thing that is too long."""
    for name, text in typed.items():
        most = WORDS if name in _SEVERAL_LINES else LINE
        if len(text) > most:
            raise Invalid(FieldError(name, f"{_LABELS[name]}: at most {most} characters; these are {len(text)}. Shorten it, or "
                                           "ring us."))


def _done(house: House, token: str, secret: str, what: str, work: Any, typed: dict[str, str]) -> Response:
    """Do it and show the page anew; what cannot be taken comes back with everything that was typed."""
    try:
        try:
            _fits(typed)
            work()
        except (Invalid, IllegalTransition) as error:
            settled = "That has been settled already. Nothing was changed."
            told = error.errors[0].message if isinstance(error, Invalid) else settled
            return _visited(house, token, secret, status=422, error=told, form=what, typed=typed)
    except SignedOut:
        return _page(house, 403, token=token, kept=_labelled(typed),
                     error="Your visit is over. Ring us.")
    return RedirectResponse(f"/r/{token}?said={what}", 303)


def _visited(house: House, token: str, secret: str, status: int = 200, **values: Any) -> HTMLResponse:
    visit = partner.visited(house, token, secret, now=now())
    referral, taken = visit.referral, visit.referral.receipt
    shown = {"name": taken.person if taken else "", "role": taken.role if taken else ""}
    labels = dict(visit.outcomes)
    values["typed"] = shown | values.get("typed", {})
    return _page(
        house, status, token=token, visit=visit, referral=referral, form_id=str(uuid.uuid4()),
        received=f"{taken.person}{f', {taken.role}' if taken.role else ''}, {show(taken.at)}" if taken else "",
        awaits_receipt=referral.state is ReferralState.SENT,
        answered=[(labels.get(o.code, o.code), o.detail, show(o.at)) for o in referral.outcomes],
        asked=[(q.text, show(q.at), q.open) for q in referral.questions], **values)
