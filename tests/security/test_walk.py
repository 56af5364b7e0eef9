"""Every door, for every role and for nobody: generated from the code, over the real HTTP and the real websocket.

What is expected stands in two tables here. A route or a State without its line fails the walk.
"""

import json
import re
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from reflex_base.registry import RegistrationContext
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from sgapp.api.app import create_api
from sgapp.domain.permissions import GRANTS, Permission, Role
from sgapp.services.guard import REGISTER
from sgapp.ui import pages
from sgapp.ui.build import client_folder
from tests.serving import PASSWORD, Server, otp

P = Permission
ACCOUNTS = {Role.WORKER: "worker.a", Role.SENIOR: "senior", Role.ON_CALL: "oncall", Role.LEAD: "lead", Role.DEPUTY: "deputy",
            Role.MANAGER: "manager", Role.NOMINATED: "nominated", Role.AUDITOR: "auditor", Role.HR: "hr", Role.ROTA: "rota",
            Role.ADMIN: "admin"}
ANYONE, SIGNED_IN = "anyone", "signed in"

#: Who may use each route that is no intention. Intentions take their rule from the register of services.
ROUTES: dict[tuple[str, str], Permission | str] = {
    ("post", "/api/session"): ANYONE, ("get", "/api/session"): SIGNED_IN, ("delete", "/api/session"): ANYONE,
    ("post", "/api/account/recovery-codes"): P.KEEP_OWN_SIGN_IN, ("post", "/api/new-password"): ANYONE,
    ("post", "/api/account/passkey"): P.KEEP_OWN_SIGN_IN, ("get", "/api/session/passkey"): ANYONE,
    ("post", "/api/session/passkey"): ANYONE,
    ("post", "/api/set-up"): ANYONE, ("get", "/api/demo/accounts"): ANYONE, ("get", "/api/intake/key"): ANYONE,
    ("post", "/api/observations"): P.RECORD_OBSERVATION, ("get", "/api/observations/mine"): P.SEE_OWN_NOTES,
    ("get", "/api/people/mine"): P.SEE_ALLOCATED_PEOPLE, ("put", "/api/drafts/{form_key}"): P.KEEP_DRAFT,
    ("get", "/api/drafts/{form_key}"): P.KEEP_DRAFT, ("delete", "/api/drafts/{form_key}"): P.KEEP_DRAFT,
    ("post", "/api/devices"): P.RECORD_OBSERVATION, ("get", "/api/devices"): P.RECORD_OBSERVATION,
    ("get", "/api/observations/mine/{note_id}"): P.SEE_OWN_NOTES,
    ("delete", "/api/devices/{device_id}"): P.RECORD_OBSERVATION, ("get", "/healthz"): ANYONE, ("get", "/readyz"): ANYONE,
    ("get", "/metrics"): ANYONE,
    ("get", "/api/accounts/asked"): P.SEE_OWN_NOTES,
    ("get", "/api/card"): P.SEE_CARD, ("post", "/api/card/find"): P.SEE_CARD, ("post", "/api/card/look"): P.SEE_CARD,
    ("post", "/api/card/along"): P.SEE_CARD,
    ("post", "/api/letters/preview"): P.REFER, ("get", "/api/referrals/{referral_id}/letter.pdf"): P.READ_CASE,
    ("get", "/api/disposals/{disposal_id}/certificate.pdf"): P.KEEP_RECORDS,
    ("get", "/api/registers/{register_id}.csv"): P.SEE_MEASURES, ("get", "/api/sac/{year_id}.csv"): P.SEE_MEASURES,
    ("get", "/api/learning/{learning_id}/note.pdf"): P.READ_CASE,
    ("get", "/api/evidence/{evidence_id}/making"): P.MAKE_EVIDENCE,
    **{(method, f"/api/tables/{kind}{end}"): permission
       for kind, permission in (("people", P.KEEP_PEOPLE), ("visits", P.KEEP_PEOPLE), ("staff", P.MANAGE_ACCOUNTS))
       for method, end in (("post", ""), ("post", "/preview"), ("get", ".csv"))},
}
#: Who may call the handlers of each State of ours.
STATES: dict[str, Permission | str | tuple[Permission, ...]] = {
    "MattersState": P.WORK_INVESTIGATION, "MatterState": P.WORK_INVESTIGATION, "AvailableState": P.SEE_AVAILABILITY,
    "RecordsState": P.KEEP_RECORDS, "RecordState": P.KEEP_RECORDS,
    "ColleaguesState": P.KEEP_TIES, "AccountState": P.KEEP_OWN_SIGN_IN, "AccountsState": P.SEE_ACCOUNTS,
    "SessionState": ANYONE, "DeskState": P.SEE_QUEUE,
    "CasesState": (P.READ_CASE, P.READ_MASKED), "NoteState": P.READ_NOTE,
    "RotaState": P.SEE_QUEUE, "ClocksState": P.SEE_QUEUE, "ToldState": P.BE_TOLD,
    "PhonesState": P.MANAGE_PHONES, "KeptPageState": P.SEE_QUEUE,
    "AgenciesState": P.READ_CASE, "ActionsState": P.READ_CASE, "CaseState": (P.READ_CASE, P.READ_MASKED),
    "MeasuresState": P.SEE_MEASURES, "RegistersState": P.SEE_MEASURES, "EvidenceState": P.MAKE_EVIDENCE,
    "LearningState": P.READ_CASE, "MinutesState": P.KEEP_MINUTES, "PatternsState": P.SEE_MEASURES,
    "TablesState": (P.KEEP_PEOPLE, P.MANAGE_ACCOUNTS), "SampleState": P.SCORE_SAMPLE, "ScoreState": P.SCORE_SAMPLE,
    "PlanState": P.MAKE_CONTACT, "ContactState": P.MAKE_CONTACT,
    "ReferState": P.REFER, "ReferralState": P.READ_CASE,
}
#: What a handler is called with, where it asks for something.
PAYLOADS: dict[str, dict[str, Any]] = {"show_only": {"show": "overdue"}, "search": {"form": {"text": "nobody"}},
                                       "show_measure": {"code": "decide"}, "set_period": {"form": {"months": "3"}},
                                       "choose_sample": {"sample_id": "x"}, "choose_register": {"code": "marac"}}
OPENAPI: dict[str, Any] = create_api().openapi()
DOORS = [(method, path) for path, methods in OPENAPI["paths"].items() for method in methods]


def allowed(rule: Permission | str | tuple[Permission, ...], role: Role | None) -> bool:
    """Whether a role passes a rule; of several permissions one is enough."""
    if isinstance(rule, tuple):
        return any(allowed(one, role) for one in rule)
    if rule == ANYONE:
        return True
    return role is not None and (rule == SIGNED_IN or rule in GRANTS[role])


def rule_of(method: str, path: str) -> Permission | str:
    if path.startswith("/api/intents/"):
        permission = REGISTER[path.rpartition("/")[2]].permission
        assert permission is not None
        return permission
    return ROUTES[method, path]


def filled_in(schema: dict[str, Any], name: str = "") -> Any:
    """A body that passes validation and names nothing that exists."""
    if "$ref" in schema:
        return filled_in(OPENAPI["components"]["schemas"][schema["$ref"].rpartition("/")[2]], name)
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return filled_in(schema["anyOf"][0], name)
    match schema.get("type"):
        case "object":
            return {key: filled_in(schema["properties"][key], key) for key in schema.get("required", ())}
        case "array":
            return []
        case _:
            return str(uuid.uuid4()) if name == "id" or name.endswith("_id") else "x"


@pytest.fixture(scope="module", params=[*ACCOUNTS, None], ids=lambda role: str(role) if role else "nobody")
def caller(request: pytest.FixtureRequest, server: Server) -> Iterator[tuple[Role | None, httpx.Client]]:
    role = request.param
    with httpx.Client(base_url=server.url, headers={"X-Requested-With": "sgapp"}, timeout=20) as client:
        if role is not None:
            answer = client.post("/api/session", json={"username": ACCOUNTS[role], "password": PASSWORD,
                                                       "otp": otp(server.url, ACCOUNTS[role])})
            assert answer.status_code == 200, answer.text
        yield role, client


def test_every_route_has_a_rule() -> None:
    assert [door for door in DOORS if not door[1].startswith("/api/intents/") and door not in ROUTES] == []


def test_every_state_of_ours_has_a_rule() -> None:
    assert {name for name, _ in our_handlers()} == set(STATES)


def test_every_route_answers_only_whom_it_may(caller: tuple[Role | None, httpx.Client]) -> None:
    role, client = caller
    wrong = []
    for method, path in DOORS:
        if path == "/api/session" and method == "delete":
            continue  # it would end the walk; signing out is tested by itself
        operation = OPENAPI["paths"][path][method]
        content = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        body = filled_in(content) if content else None
        answer = client.request(method, path.replace("{form_key}", "walk:x"), json=body)
        may = allowed(rule_of(method, path), role)
        shut = 401 if role is None else 404
        if answer.status_code >= 500 or (not may and answer.status_code != shut) or (may and _shut_out(answer, path)):
            wrong.append(f"{method} {path}: {answer.status_code} {answer.text[:120]}")
    assert not wrong, "\n".join(wrong)


def _shut_out(answer: httpx.Response, path: str) -> bool:
    """401 where one may; signing in with a wrong password or passkey is an answer, not a refusal."""
    return answer.status_code == 401 and path not in ("/api/session", "/api/session/passkey")


#: What every answer carries, to the letter. Nothing in it says what serves it.
OF_DATA = {
    "server": "notes",
    "x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin", "x-frame-options": "DENY", "cache-control": "no-store",
    "permissions-policy": "geolocation=(), camera=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'"}
OF_PARTNERS = {**OF_DATA, "content-security-policy": (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")}
OF_PAGES = {**OF_DATA, "cache-control": "no-cache", "content-security-policy": (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'")}
#: What else an answer may carry: it says how the answer is to be read, and nothing of whom or what it is about.
PLAIN = {"content-type", "content-length", "date", "vary", "etag", "accept-ranges", "last-modified", "content-encoding",
         "transfer-encoding", "content-disposition", "set-cookie", "retry-after", "location"}


def _headers(answer: httpx.Response) -> dict[str, str]:
    """The headers of an answer without those of `PLAIN`, and without the hashes of a page's own scripts."""
    found = {name: value for name, value in answer.headers.items() if name not in PLAIN}
    return {**found, "content-security-policy": re.sub(r" 'sha256-[A-Za-z0-9+/=]{44}'", "", found["content-security-policy"])}


def test_every_answer_of_a_door_carries_exactly_the_headers_of_data(caller: tuple[Role | None, httpx.Client]) -> None:
    _role, client = caller
    looks = [path.replace("{form_key}", "walk:x") for method, path in DOORS if method == "get"]
    places = (*looks, "/api/nowhere", "/api/openapi.json")
    assert {place: found for place in places if (found := _headers(client.get(place))) != OF_DATA} == {}
    assert [_headers(client.get(f"/r/{'A' * 22}{rest}")) for rest in ("", "/letter.pdf", "/nowhere")] == [OF_PARTNERS] * 3


def test_every_page_carries_exactly_the_headers_of_a_page(server: Server) -> None:
    built = client_folder(Path(__file__).resolve().parents[2])
    places = [f"/{page.parent.relative_to(built).as_posix()}/".replace("/./", "/") for page in built.rglob("index.html")]
    assert len(places) > 20
    assert {place: found for place in places if (found := _headers(httpx.get(server.url + place))) != OF_PAGES} == {}


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_what_reflex_answers_by_itself_carries_the_headers_too_and_gives_no_leave(server: Server, method: str) -> None:
    asked = {"Origin": server.url, "Access-Control-Request-Method": "POST"}
    answer = httpx.request(method, f"{server.url}/a%0Ab", headers=asked)
    assert _headers(answer) == {**OF_PAGES, "cache-control": "no-store" if answer.is_error else "no-cache"}


def test_what_is_no_door_is_refused_like_one(caller: tuple[Role | None, httpx.Client]) -> None:
    _role, client = caller
    doors = (("GET", "/api/nowhere"), ("POST", "/api/intents/nowhere"), ("PATCH", "/api/session"), ("GET", "/api/card/a/b"))
    answers = [client.request(method, path) for method, path in doors]
    assert [(a.status_code, a.headers["content-type"]) for a in answers] == [(404, "application/problem+json")] * len(doors)


def our_handlers() -> list[tuple[str, str]]:
    """State and full name of every handler that our code registered, `setvar` included."""
    pages.load_pages()
    found = []
    for name, known in RegistrationContext.get().event_handlers.items():
        for state in known.states:
            module = sys.modules.get(state.__module__)  # States that other tests invent have no module of their own
            if state.__module__.startswith("sgapp.ui.") and getattr(module, state.__name__, None) is state:
                found.append((state.__name__, name))
    return found


class Socket:
    """A raw client of the pages' websocket."""

    def __init__(self, ws: ClientConnection) -> None:
        self.ws = ws

    def send(self, name: str) -> None:
        where = {"pathname": "/", "asPath": "/"}
        payload = PAYLOADS.get(name.rpartition(".")[2], {})
        self.ws.send("42/_event," + json.dumps(["event", {"name": name, "payload": payload, "router_data": where}]))

    def deltas(self) -> Iterator[dict[str, Any]]:
        """Deltas as they arrive, for ever; pings are answered."""
        while True:
            message = self.ws.recv(timeout=10)
            if message == "2":
                self.ws.send("3")
            elif isinstance(message, str) and message.startswith("42/_event,"):
                yield json.loads(message[10:])[1].get("delta") or {}

    def until_hydrated(self) -> None:
        for delta in self.deltas():
            if any(values.get("is_hydrated_rx_state_") for values in delta.values()):
                return

    def deltas_until(self, state: str) -> list[dict[str, Any]]:
        """Everything that arrives up to the next delta of a State."""
        found: list[dict[str, Any]] = []
        for delta in self.deltas():
            found.append(delta)
            if state in delta:
                break
        return found


@contextmanager
def opened(server: Server, client: httpx.Client) -> Iterator[Socket]:
    """A page's websocket, with the caller's cookie, after its first event."""
    url = f"{server.url.replace('http', 'ws')}/_event/?token={uuid.uuid4()}&EIO=4&transport=websocket"
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    boot = {"event": {"name": "reflex___state____state.hydrate_and_load", "payload": {},
                      "router_data": {"pathname": "/sign-in", "asPath": "/sign-in"}}}
    with connect(url, origin=Origin(server.url), additional_headers={"Cookie": cookie} if cookie else {}) as ws:
        ws.recv(timeout=10)
        ws.send("40/_event," + json.dumps(boot))
        yield Socket(ws)


def test_every_handler_serves_only_whom_it_may(caller: tuple[Role | None, httpx.Client], server: Server) -> None:
    role, client = caller
    fence = next(name for state, name in our_handlers() if name.endswith(".load_session"))
    session = fence.rpartition(".")[0]
    wrong = []
    with opened(server, client) as socket:
        socket.until_hydrated()
        for state, name in our_handlers():
            if state == "SessionState":
                continue  # the fence itself
            socket.send(name)
            socket.send(fence)
            deltas = socket.deltas_until(session)
            served = any(key == name.rpartition(".")[0] for delta in deltas for key in delta)
            if served != (allowed(STATES[state], role) and not name.endswith(".setvar")):
                wrong.append(f"{name}: {'served' if served else 'refused'}")
    assert not wrong, "\n".join(wrong)
