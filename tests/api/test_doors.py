"""Every route for every role and for nobody; what may not be known looks like what is not there."""

import base64
import re
from collections.abc import Iterator
from dataclasses import MISSING, fields
from typing import Any, get_type_hints
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi.routing import APIRoute
from httpx import Response

from sgapp.api.app import create_api
from sgapp.domain.permissions import GRANTS, Permission, Role
from sgapp.domain.referral import ActionState
from sgapp.services.guard import REGISTER, Intention
from tests.api.conftest import Phone, SignIn, TestClient
from tests.people import PASSWORD, ROLES, Cast

SQLITE = pytest.mark.parametrize("house", ["sqlite"], indirect=True)  # what is asked here is the same on either database
UNKNOWN = "00000000-0000-4000-8000-000000000000"
PUBLIC_KEY = base64.b64encode(ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(
    serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)).decode()
#: Routes for whoever comes, and why.
OPEN = {
    ("POST", "/api/session"): "this is how one signs in", ("DELETE", "/api/session"): "one may always sign out",
    ("GET", "/api/session/passkey"): "this is how one signs in; it tells of no account",
    ("POST", "/api/session/passkey"): "this is how one signs in",
    ("POST", "/api/new-password"): "the two halves of a code are the permission",
    ("POST", "/api/set-up"): "the one-time token is the permission", ("GET", "/api/demo/accounts"): "shown on the sign-in page",
    ("GET", "/api/intake/key"): "the public half of a key", ("GET", "/healthz"): "says that it lives",
    ("GET", "/readyz"): "asked by a load balancer",
    ("GET", "/metrics"): "counts of its own works, by token or on this machine alone",
    **{(method, f"/r/{{token}}{place}"): "a token, and a code read out on the telephone, are the permission"
       for method, place in (("GET", ""), ("POST", ""), ("GET", "/letter.pdf"), ("POST", "/receipt"), ("POST", "/question"),
                             ("POST", "/outcome"), ("POST", "/action"), ("POST", "/leave"))},
}
#: What each other route outside /api/intents asks for. `None`: to be signed in, as anyone.
NEEDS: dict[tuple[str, str], Permission | None] = {
    ("GET", "/api/session"): None, ("POST", "/api/observations"): Permission.RECORD_OBSERVATION,
    ("GET", "/api/observations/mine"): Permission.SEE_OWN_NOTES, ("GET", "/api/people/mine"): Permission.SEE_ALLOCATED_PEOPLE,
    ("PUT", "/api/drafts/{form_key}"): Permission.KEEP_DRAFT, ("GET", "/api/drafts/{form_key}"): Permission.KEEP_DRAFT,
    ("DELETE", "/api/drafts/{form_key}"): Permission.KEEP_DRAFT, ("POST", "/api/devices"): Permission.RECORD_OBSERVATION,
    ("GET", "/api/devices"): Permission.RECORD_OBSERVATION,
    ("DELETE", "/api/devices/{device_id}"): Permission.RECORD_OBSERVATION,
    ("GET", "/api/observations/mine/{note_id}"): Permission.SEE_OWN_NOTES,
    ("POST", "/api/account/recovery-codes"): Permission.KEEP_OWN_SIGN_IN,
    ("POST", "/api/account/passkey"): Permission.KEEP_OWN_SIGN_IN,
    ("GET", "/api/accounts/asked"): Permission.SEE_OWN_NOTES,
    ("GET", "/api/card"): Permission.SEE_CARD, ("POST", "/api/card/find"): Permission.SEE_CARD,
    ("POST", "/api/card/look"): Permission.SEE_CARD, ("POST", "/api/card/along"): Permission.SEE_CARD,
    ("POST", "/api/letters/preview"): Permission.REFER,
    ("GET", "/api/referrals/{referral_id}/letter.pdf"): Permission.READ_CASE,
    ("GET", "/api/disposals/{disposal_id}/certificate.pdf"): Permission.KEEP_RECORDS,
    ("GET", "/api/registers/{register_id}.csv"): Permission.SEE_MEASURES,
    ("GET", "/api/sac/{year_id}.csv"): Permission.SEE_MEASURES,
    ("GET", "/api/learning/{learning_id}/note.pdf"): Permission.READ_CASE,
    ("GET", "/api/evidence/{evidence_id}/making"): Permission.MAKE_EVIDENCE,
    **{(method, f"/api/tables/{kind}{end}"): permission
       for kind, permission in (("people", Permission.KEEP_PEOPLE), ("visits", Permission.KEEP_PEOPLE),
                                ("staff", Permission.MANAGE_ACCOUNTS))
       for method, end in (("POST", ""), ("POST", "/preview"), ("GET", ".csv"))},
}


def _routes() -> Iterator[tuple[str, str]]:
    for router in (r for r in _all(create_api().routes) if isinstance(r, APIRoute)):
        yield from ((method, router.path) for method in sorted(router.methods or ()))


def _all(routes: Any) -> Iterator[Any]:
    for route in routes:
        inner = getattr(route, "original_router", None) or getattr(route, "router", None)
        if inner is not None and not isinstance(route, APIRoute):
            yield from _all(inner.routes)
        else:
            yield route


def _rule(route: tuple[str, str]) -> Permission | None:
    name = route[1].removeprefix("/api/intents/")
    return NEEDS[route] if route in NEEDS else REGISTER[name].permission


def _body(method: str, path: str) -> dict[str, Any]:
    """A body in which nothing is missing, with an unknown id wherever one is asked for."""
    name = path.removeprefix("/api/intents/")
    if path.startswith("/api/account/"):
        return {"json": {"password": PASSWORD}}
    if path == "/api/letters/preview":
        return {"json": {"case_id": UNKNOWN}}
    if path in ("/api/card/find", "/api/card/look"):
        return {"json": {"reference": "P-0", "person": UNKNOWN, "code": "K1"}}
    if path == "/api/observations":
        return {"json": {"id": str(uuid4()), "key_id": "gone", "sealed": "QUJD" * 40}}
    if (method, path) == ("POST", "/api/devices"):
        return {"json": {"name": "Phone", "public_key": PUBLIC_KEY}}
    if path.startswith("/api/tables/"):
        return {"content": b"reference,name,username,role,person,worker\n"}
    if method == "PUT":
        return {"json": {"fields": {"why": "x"}}}
    if name == path:
        return {}
    intention = REGISTER[name].function
    assert isinstance(intention, Intention)
    hints = get_type_hints(intention.form)
    given = {f.name: next(iter(h)) if (h := hints[f.name]) in (Role, ActionState) or hasattr(h, "__members__") else UNKNOWN
             for f in fields(intention.form) if f.default is MISSING}
    return {"json": {**given, "intent_id": str(uuid4())}}


def _knock(client: TestClient, route: tuple[str, str]) -> Response:
    method, path = route
    place = re.sub(r"\{\w+_id\}", UNKNOWN, path).replace("{form_key}", "form")
    return client.request(method, place, **_body(method, path))


GUARDED = sorted(set(_routes()) - set(OPEN))


def test_every_route_is_open_by_name_or_has_a_rule() -> None:
    assert len(GUARDED) > 25
    assert set(OPEN) | set(NEEDS) <= set(_routes())
    for route in GUARDED:
        assert route in NEEDS or route[1].startswith("/api/intents/"), route


@SQLITE
@pytest.mark.parametrize("route", GUARDED, ids=" ".join)
def test_nobody_is_let_in(phone: Phone, route: tuple[str, str]) -> None:
    answer = _knock(phone(), route)
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:sgapp:problem:signed-out")


@SQLITE
@pytest.mark.parametrize("who", sorted(ROLES))
def test_each_role_gets_exactly_what_it_holds(as_: SignIn, who: str) -> None:
    """Where a route asks for a record, even those who may ask find none here: tests/services walks those again."""
    client, role = as_(who), ROLES[who][0]
    for route in GUARDED:
        permission, answer = _rule(route), _knock(client, route)
        if permission is not None and permission not in GRANTS[role]:
            assert answer.status_code == 404, (route, answer.text)
        elif route in NEEDS and "_id}" not in route[1] and not route[1].endswith(("/preview", "/find", "/look")):
            assert answer.status_code in (200, 201, 204), (route, answer.text)


def _told(answer: Response) -> tuple[int, list[tuple[str, str]], str]:
    return answer.status_code, sorted(answer.headers.items()), answer.text


@pytest.mark.parametrize("name", ["set-risk", "acknowledge-note", "open-case", "record-receipt"])
def test_a_wrong_id_a_forbidden_one_and_a_forbidden_act_look_the_same_to_the_last_byte(
        as_: SignIn, cast: Cast, name: str) -> None:
    """Unknown to all; of another branch; and by a role that may not do such a thing at all."""
    case_id, note_id = cast.opened_case(), cast.writes()
    existing = {"set-risk": ("case_id", case_id), "acknowledge-note": ("note_id", note_id), "open-case": ("note_id", note_id),
                "record-receipt": ("referral_id", UNKNOWN)}[name]
    extra = {"types": ["neglect"]} if name == "open-case" else {}

    def ask(client: TestClient, record_id: str) -> tuple[int, list[tuple[str, str]], str]:
        body = {existing[0]: record_id, "intent_id": str(uuid4()), **extra}
        return _told(client.post(f"/api/intents/{name}", json=body))

    farid, amina = as_("farid"), as_("amina")
    told = [ask(farid, UNKNOWN), ask(farid, existing[1]), ask(amina, existing[1]), ask(farid, "no id at all")]
    assert told[0][0] == 404
    assert all(t == told[0] for t in told)


def test_an_address_that_does_not_exist_and_a_method_that_does_not_look_the_same(as_: SignIn) -> None:
    client = as_("lena")
    told = [_told(client.get(path)) for path in ("/api/nothing", "/api/intents/set-risk", "/api/set-up")]
    assert told[0][0] == 404
    assert all(t == told[0] for t in told)
