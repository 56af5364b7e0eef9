"""Anything at all, sent to every door that changes something: never an error of ours, never a word about the inside.

Bodies are made from the OpenAPI document: mostly of the right shape, with ids that exist, so that they get far in; some
with one thing wrong, some nothing but noise. Reproduce a failure with the blob that hypothesis prints.
"""

import base64
import json
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import h11
import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from sgapp.api.app import create_api
from sgapp.domain import vocabulary as v
from sgapp.services.house import SYSTEM, House, now
from sgapp.services.intake import Envelope, IntakeKey, intake_key, receive, seal_note
from sgapp.settings import Settings
from sgapp.store import accounts
from sgapp.store.kinds import KINDS
from tests.conftest import new_database
from tests.one_of_each import keep_one_of_each
from tests.people import note_payload
from tests.serving import PASSWORD, Server, otp, start_server, stop_server

pytestmark = pytest.mark.long

OPENAPI: dict[str, Any] = create_api().openapi()
#: A table that comes in is no form: tests/api/test_tables.py.
POSTS = sorted(path for path, methods in OPENAPI["paths"].items() if path.startswith("/api/")
               and "application/json" in methods.get("post", {}).get("requestBody", {}).get("content", {}))
#: Who sends it: somebody who may, so that it gets past the door.
SENDERS = {"/api/session": None, "/api/session/passkey": None, "/api/new-password": None, "/api/set-up": None,
           "/api/observations": "worker.a"}
ACCOUNTS_ONLY = ("add-account", "disable-account", "change-role", "ask-for-reset")
NASTY = ("", " ", "\0", "a\0b", "\ud800", "\udfff\ud800", "\u202e", "\ufeff", "x" * 20_001, "' OR 1=1 --", "../../etc/passwd",
         "%s%n%d", "{{7*7}}", "<script>", "9999-12-31", "0000-00-00", "2026-13-40", "0001-01-01T00:00:00+14:00",
         "9999-12-31T23:59:59-14:00", "2026-10-25T01:30", "2026-03-29T01:30:00", "1e999", "-1", "null", "true", "é" * 300,
         str(uuid.UUID(int=0)), "00000000-0000-0000-0000-00000000000g")
CHOICES: dict[str, tuple[v.CodeList, ...]] = {
    "level": (v.RISK_LEVELS,), "risk": (v.RISK_OUTCOMES,), "code": (v.TRIAGE_DECISIONS, v.LA_OUTCOMES), "agency": (v.AGENCIES,),
    "method": (v.SEND_METHODS,), "types": (v.ABUSE_TYPES,), "outcome": (v.CAPACITY_OUTCOMES,), "msp_asked": (v.MSP_ASKED,),
    "msp_achieved": (v.MSP_ACHIEVED,), "adult_agrees": (v.ADULT_AGREEMENT,), "consent": (v.CONSENT_STATES,),
    "understand": (v.ANSWERS,), "retain": (v.ANSWERS,), "weigh": (v.ANSWERS,), "communicate": (v.ANSWERS,)}
AN_INTENT = str(uuid.uuid4())


#: How often each database's server gave each status.
ANSWERED: Counter[tuple[str, int]] = Counter()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def fuzzed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A demo of its own, on each database; in the end it is still well, its chain holds, and its log shows no inside."""
    url = request.getfixturevalue("fuzzed_database") if request.param == "postgresql" else ""
    server, process = start_server(tmp_path_factory.mktemp("fuzz"), SGAPP_DATABASE_URL=url)
    yield server
    well = httpx.get(f"{server.url}/readyz")
    stop_server(process)
    assert well.status_code == 200, well.text
    answered = {code: ANSWERED[request.param, code] for code in (200, 201, 401, 404, 409, 422)}
    assert all(answered.values()), f"it did not get to every kind of answer, so it tried too little: {answered}"
    verified = server.command("audit", "verify")
    assert verified.returncode == 0, verified.stdout
    log = server.log.read_text()
    assert "Traceback" not in log and "unexpected" not in log, log[-3000:]


@pytest.fixture(scope="module")
def fuzzed_database(postgres: str) -> str:
    return new_database(postgres)


@pytest.fixture(scope="module")
def clients(fuzzed: Server) -> Iterator[dict[str | None, httpx.Client]]:
    made: dict[str | None, httpx.Client] = {}
    for username in (None, "worker.a", "lead", "manager", "admin"):
        made[username] = httpx.Client(base_url=fuzzed.url, timeout=30)
        if username:
            answer = made[username].post("/api/session", json={"username": username, "password": PASSWORD,
                                                                     "otp": otp(fuzzed.url, username)})
            assert answer.status_code == 200, answer.text
    yield made
    for client in made.values():
        client.close()


NOISE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.integers(10**30, 10**40) | st.floats() | st.text(max_size=30)
    | st.sampled_from(NASTY),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4), max_leaves=8)


@dataclass(frozen=True)
class Maker:
    """Makes bodies. `ids` are those of the demo's records, by the field that names them; `key` seals notes."""

    ids: dict[str, list[str]]
    key: IntakeKey

    def form(self, schema: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
        """Half of them as the pages would send it; half with anything that the schema allows, or with one thing wrong."""
        good = st.fixed_dictionaries({n: self.good(part, n) for n, part in schema["properties"].items()})
        mixed = st.fixed_dictionaries({}, optional={n: self.good(part, n) | st.text(max_size=60) | st.sampled_from(NASTY)
                                                    for n, part in schema["properties"].items()})
        names = list(schema["properties"])
        one_wrong = st.builds(lambda form, name, bad: {**form, name: bad}, good, st.sampled_from([*names, "stray"]), NOISE)
        one_less = st.builds(lambda form, name: {n: v for n, v in form.items() if n != name}, good, st.sampled_from(names))
        return st.one_of(good, good, good, mixed, one_wrong, one_less)

    def good(self, schema: dict[str, Any], name: str) -> st.SearchStrategy[Any]:
        """Something that the field is meant for."""
        if "$ref" in schema:
            return self.good(_resolved(schema), name)
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        if "anyOf" in schema:
            return st.one_of(*(self.good(option, name) for option in schema["anyOf"]))
        if schema.get("type") == "array":
            return st.lists(self.good(schema["items"], name), min_size=1, max_size=3)
        if schema.get("type") == "null":
            return st.none()
        if schema.get("format") == "date":
            return st.integers(-3, 90).map(lambda days: str(now().date() + timedelta(days=days)))
        if schema.get("format") == "date-time":
            return st.integers(-90, 3).map(lambda days: (now() + timedelta(days=days)).isoformat())
        return self._text(name)

    def _text(self, name: str) -> st.SearchStrategy[str]:
        if name in ("intent_id", "id"):
            return st.uuids().map(str) if name == "id" else st.uuids().map(str) | st.just(AN_INTENT)
        if name in self.ids:
            return st.sampled_from(self.ids[name])
        if name in CHOICES:
            return st.sampled_from([code.code for codes in CHOICES[name] for code in codes])
        if name == "sealed":
            return st.binary(min_size=81, max_size=400).map(lambda sealed: base64.b64encode(sealed).decode())
        return st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)

    def sealed_noise(self) -> st.SearchStrategy[dict[str, str]]:
        """A note that opens, with something in it that no phone of ours would write."""
        plain = note_payload(self.ids["person_id"][0], "", now())
        names = st.sampled_from([*plain, "staff_names", "corrects", "picker", "safety_codes", "injury_now", "stray"])
        return st.builds(self._sealed, st.uuids().map(str), st.just(plain), names, NOISE)

    def _sealed(self, note_id: str, plain: dict[str, Any], name: str, noise: Any) -> dict[str, str]:
        return asdict(seal_note(self.key, note_id, {**plain, "id": note_id, name: noise}))


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    return OPENAPI["components"]["schemas"][schema["$ref"].rpartition("/")[2]]


def _send_what_cannot_be_opened(house: House) -> None:
    """The demo has no upload that waits for a look."""
    with house.begin(SYSTEM, now()) as uow:
        worker = accounts.by_username(uow, "worker.a")
    assert worker
    sealed = base64.b64encode(bytes(100)).decode()
    receive(house, worker.as_actor(), Envelope(str(uuid.uuid4()), "gone", sealed), now=now())


@pytest.fixture(scope="module")
def maker(fuzzed: Server) -> Maker:
    """Knows the ids of every record of the demo, of one upload that is kept, and of one of whatever the demo has none of."""
    house = House(Settings(data=fuzzed.data, keys=Path(fuzzed.env["SGAPP_KEYS"]), redis_url="", master_key="",
                           database_url=fuzzed.env["SGAPP_DATABASE_URL"]))
    _send_what_cannot_be_opened(house)
    keep_one_of_each(house)
    with house.begin(SYSTEM, now()) as uow:
        found = {kind.name: list(uow.session.exec(select(col(kind.table.id)))) for kind in KINDS.values()}
    key = intake_key(house, now=now())
    house.engine.dispose()
    assert all(found.values()), "there are records of every kind"
    by_field = {f"{name}_id": ids for name, ids in found.items()}
    return Maker(by_field | {"note_id": found["observation"], "note_ids": found["observation"]}, key)


def bodies(path: str, maker: Maker) -> st.SearchStrategy[bytes]:
    """A body for a door: a form, noise in JSON, or bytes that are no JSON at all."""
    schema = OPENAPI["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    form = maker.form(_resolved(schema))
    if path == "/api/observations":
        form = form | maker.sealed_noise()
    whole = form.map(lambda made: json.dumps(made).encode())
    deep = st.integers(1, 60_000).map(lambda n: b"[" * n) | st.integers(1, 60_000).map(lambda n: b'{"a":' * n)
    noise = NOISE.map(lambda made: json.dumps(made).encode())
    return st.one_of(*[whole] * 8, noise, st.binary(max_size=200), deep)


OTHER_TYPES = ("text/plain", "application/json; charset=utf-16", "multipart/form-data", "x")
TYPES = st.sampled_from(("application/json",) * 36 + OTHER_TYPES)


def _is_plain(answer: httpx.Response) -> bool:
    """Whether an answer is what the contract says: JSON, or problem details of the same status, and nothing of the inside."""
    if any(word in answer.text for word in ("Traceback", "sqlalchemy", 'File "', "psycopg", "sqlite3")):
        return False
    if answer.status_code < 400:
        return answer.status_code in (200, 201) and isinstance(answer.json(), dict)
    body = answer.json()
    return (answer.status_code < 500 and answer.headers["content-type"] == "application/problem+json"
            and {"type", "title", "status", "detail"} <= set(body) and body["status"] == answer.status_code)


@pytest.mark.parametrize("path", POSTS)
@settings(max_examples=40, deadline=None, database=None, print_blob=True,
          suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_whatever_is_sent_is_answered_in_plain_words(
        fuzzed: Server, clients: dict[str | None, httpx.Client], maker: Maker, path: str, data: st.DataObject) -> None:
    senders = ["admin"] if path.endswith(ACCOUNTS_ONLY) else [SENDERS[path]] if path in SENDERS else ["lead", "lead", "manager"]
    sender, body = data.draw(st.sampled_from(senders)), data.draw(bodies(path, maker))
    answer = clients[sender].post(path, content=body, headers={"content-type": data.draw(TYPES)})
    ANSWERED["postgresql" if fuzzed.env["SGAPP_DATABASE_URL"] else "sqlite", answer.status_code] += 1
    assert _is_plain(answer), f"{answer.status_code} {answer.headers.get('content-type')} {answer.text[:500]}"


@settings(max_examples=60, deadline=None, database=None, print_blob=True)
@given(method=st.sampled_from(["GET", "DELETE", "POST"]), cookie=st.text(st.characters(codec="latin-1"), max_size=120),
       name=st.sampled_from(["cookie", "origin", "sec-fetch-site", "content-length", "accept", "x-forwarded-for"]))
@example(method="POST", cookie="1", name="content-length")
def test_whatever_stands_in_a_header_is_answered_in_plain_words(fuzzed: Server, method: str, cookie: str, name: str) -> None:
    line = cookie.translate(dict.fromkeys(range(32))).encode("latin-1")
    headers = [(name.encode(), b"sgapp_session=" + line if name == "cookie" else line)]
    try:
        answer = httpx.request(method, f"{fuzzed.url}/api/session", headers=headers, timeout=30)
    except (httpx.TransportError, h11.LocalProtocolError, UnicodeError):
        return  # not HTTP any more: refused below us, or by the client, whose body is not as long as it says
    assert not answer.content or answer.status_code == 400 or _is_plain(answer), f"{answer.status_code} {answer.text[:500]}"


@pytest.mark.parametrize("answer", [
    httpx.Response(500, json={"type": "t", "title": "t", "status": 500, "detail": "d"}),
    httpx.Response(422, json={"detail": "no problem details"}),
    httpx.Response(200, json={"x": "Traceback (most recent call last)"}),
    httpx.Response(404, json={"type": "t", "title": "t", "status": 400, "detail": "d"},
                   headers={"content-type": "application/problem+json"})])
def test_the_judge_of_answers_would_see_a_bad_one(answer: httpx.Response) -> None:
    """The control of the tests above."""
    assert not _is_plain(answer)
