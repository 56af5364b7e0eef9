"""Errors in plain words, once: RFC 9457 problem details. What may not be known looks like what does not exist."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from sgapp.domain.errors import (
    Conflict,
    FieldError,
    IllegalTransition,
    Invalid,
    NotFound,
    NotPermitted,
    SgappError,
    SignedOut,
    SomebodyElse,
    TooManyTries,
    Unreadable,
)

log = logging.getLogger("sgapp.api")
#: What is raised while the database is away, full or overrun. Whether the last statement was kept is then not certain.
AWAY = (OperationalError, InterfaceError, PoolTimeout)
MEDIA_TYPE = "application/problem+json"

_TITLES = {
    400: ("bad-request", "This could not be read", "Nothing was changed. Reload the page and try again."),
    401: ("signed-out", "You are signed out", "Nothing was changed and nothing typed was lost. Sign in and try again."),
    404: ("not-found", "There is no such thing here", "Nothing was changed. Go back and choose again."),
    405: ("not-found", "There is no such thing here", "Nothing was changed. Go back and choose again."),
    409: ("conflict", "Something else came first", "Both versions are kept. Reload the page and look before you go on."),
    413: ("too-large", "This is too large", "Nothing was stored. Please ring the office."),
    422: ("invalid", "Something needs mending", "Nothing was changed; what you typed is still here."),
    429: ("too-many-tries", "Too many tries", "Wait a little, then try again."),
    503: ("unavailable", "The office cannot keep it just now",
          "What you typed is still here. Try again in a few minutes: the same sent twice counts once. If it is urgent, ring."),
    500: ("our-fault", "Something went wrong on our side", "Nothing was changed. Try again; if it stays, ring the office."),
}

_TEXT = {"type": "string"}
_FIELD = {"type": "object", "properties": {"field": _TEXT, "message": _TEXT}, "required": ["field", "message"]}
#: `type` says which one it is, `detail` what to do; `errors` name fields of the form that was sent.
_SCHEMA = {"type": "object", "required": ["type", "title", "status", "detail"],
           "properties": {"type": {"type": "string", "pattern": "^urn:sgapp:problem:"}, "title": _TEXT,
                          "status": {"enum": sorted(_TITLES)}, "detail": _TEXT, "errors": {"type": "array", "items": _FIELD}}}
#: How the OpenAPI document puts it: whatever is no success looks like this.
RESPONSES: dict[int | str, dict[str, Any]] = {"default": {
    "description": "What happened, what was kept, and what to do next (RFC 9457)",
    "content": {MEDIA_TYPE: {"schema": _SCHEMA}}}}


def problem(status: int, *, detail: str = "", errors: tuple[FieldError, ...] = (), kind: str = "", title: str = "",
            headers: dict[str, str] | None = None) -> JSONResponse:
    """A problem detail. `errors` name fields of the form that was sent."""
    name, usual_title, usual = _TITLES.get(status, _TITLES[400])
    body: dict[str, object] = {"type": f"urn:sgapp:problem:{kind or name}", "title": title or usual_title, "status": status,
                               "detail": detail or usual}
    if errors:
        body["errors"] = [{"field": e.field, "message": e.message} for e in errors]
    return JSONResponse(body, status, headers=headers, media_type=MEDIA_TYPE)


@dataclass(frozen=True, slots=True)
class Told:
    """One way in which a door refuses: the same for the one who asks and for the document."""

    status: int
    kind: str = ""
    detail: str = ""

    def answer(self, *, headers: dict[str, str] | None = None) -> JSONResponse:
        return problem(self.status, kind=self.kind, detail=self.detail, headers=headers)


TOO_MANY = Told(429)


def documented(*told: Told) -> dict[int | str, dict[str, Any]]:
    """What the OpenAPI document says of them: an example of each, word for word."""
    found: dict[int | str, dict[str, Any]] = {}
    for one in told:
        value = json.loads(bytes(one.answer().body))
        entry = found.setdefault(one.status, {"description": value["title"],
                                              "content": {MEDIA_TYPE: {"schema": _SCHEMA, "examples": {}}}})
        entry["content"][MEDIA_TYPE]["examples"][value["type"].rpartition(":")[2]] = {"value": value}
        if one.status == 429:
            entry["headers"] = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
    return found


def install(app: FastAPI) -> None:
    """Let every error of ours, and every other, leave as a problem detail."""

    @app.exception_handler(SgappError)
    def ours(_request: Request, error: SgappError) -> JSONResponse:
        match error:
            case Invalid():
                return problem(422, errors=error.errors)
            case NotFound() | NotPermitted():
                return problem(404)
            case SignedOut():
                return problem(401)
            case SomebodyElse():
                return problem(409, kind="somebody-else", title="This page is somebody else's",
                               detail="Somebody else signed in here since. Nothing was changed; what you typed until then is "
                                      "kept for you alone.")
            case TooManyTries():
                return TOO_MANY.answer(headers={"Retry-After": str(error.retry_after_seconds)})
            case Conflict():
                return problem(409, detail=str(error))
            case IllegalTransition():
                return problem(409, detail="This was already moved on by someone, or by an earlier tap. Reload and look.")
            case Unreadable():
                log.error("unreadable record: %s", error)
                return problem(500)
        return problem(400)

    def away(_request: Request, error: Exception) -> JSONResponse:
        log_away(error)
        return problem(503, headers={"Retry-After": "10"})

    for kind in AWAY:
        app.add_exception_handler(kind, away)

    @app.exception_handler(RequestValidationError)
    def malformed(_request: Request, error: RequestValidationError) -> JSONResponse:
        return problem(422, errors=tuple(FieldError(_field(e["loc"]), _plain(e)) for e in error.errors()))

    @app.exception_handler(HTTPException)
    def http(_request: Request, error: HTTPException) -> JSONResponse:
        status = 404 if error.status_code in (403, 405) else error.status_code
        return problem(status, headers=dict(error.headers) if error.headers and status == 429 else None)

    @app.exception_handler(Exception)
    def unexpected(_request: Request, error: Exception) -> JSONResponse:
        log.error("unexpected %s", type(error).__name__)
        return problem(500)


def log_away(error: Exception) -> None:
    log.error("the database is away, full or overrun: %s", type(error).__name__)


def _field(place: tuple[int | str, ...]) -> str:
    """The form's field that an error is about; `form` if it is about the whole."""
    return place[1] if len(place) > 1 and isinstance(place[1], str) else "form"


def _plain(error: Mapping[str, Any]) -> str:
    kind, reason = error["type"], error.get("ctx", {}).get("error")
    if isinstance(reason, ValueError):
        return str(reason)  # one of ours, in plain words already
    if kind == "missing":
        return "This is missing."
    if kind.startswith(("date", "datetime")):
        return "Write it as a day and, where asked, a time."
    if kind in ("enum", "literal_error"):
        return "Choose one of the answers."
    if kind == "string_too_long":
        return "This is too long."
    return "This could not be read."
