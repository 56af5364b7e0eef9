"""What the OpenAPI document and the README say of signing in is what the door answers, word for word."""

import re
from pathlib import Path
from typing import Any

import pytest
from httpx import Response

from sgapp.api.app import create_api
from sgapp.services import staff
from sgapp.services.house import now
from tests.api.conftest import Phone
from tests.people import PASSWORD, Cast

pytestmark = pytest.mark.parametrize("house", ["sqlite"], indirect=True)
ROOT = Path(__file__).resolve().parents[2]
DOCUMENT: dict[str, Any] = create_api().openapi()
#: How each answer of the door comes about: who types what, how often.
CAUSES: dict[str, tuple[dict[str, str], int]] = {
    "urn:sgapp:problem:wrong-name-or-password": ({"username": "lena", "password": "wrong"}, 1),
    "urn:sgapp:problem:sign-in/second-factor-needed": ({"username": "lena", "password": PASSWORD}, 1),
    "urn:sgapp:problem:sign-in/wrong-code": ({"username": "lena", "password": PASSWORD, "otp": "000000"}, 1),
    "urn:sgapp:problem:too-many-tries": ({"username": "lena", "password": "wrong"}, 7),
    "urn:sgapp:problem:sign-in/wrong-passkey": ({"credential": "{}"}, 1)}


def _documented(path: str) -> dict[str, dict[str, Any]]:
    """Every problem that the document shows for a POST there, by its type."""
    found: dict[str, dict[str, Any]] = {}
    for status, answer in DOCUMENT["paths"][path]["post"]["responses"].items():
        for example in answer.get("content", {}).get("application/problem+json", {}).get("examples", {}).values():
            assert status == str(example["value"]["status"])
            found[example["value"]["type"]] = example["value"]
    return found


def _answers(phone: Phone, path: str, kind: str) -> Response:
    form, times = CAUSES[kind]
    if path.endswith("passkey"):
        form = {"credential": "{}"}
    client = phone()
    return [client.post(path, json=form) for _ in range(times)][-1]


@pytest.mark.usefixtures("waits_are_long")
@pytest.mark.parametrize(("path", "kind"), [(path, kind) for path in ("/api/session", "/api/session/passkey")
                                            for kind in _documented(path)])
def test_what_is_documented_is_answered_word_for_word(phone: Phone, cast: Cast, path: str, kind: str) -> None:
    answer = _answers(phone, path, kind)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == _documented(path)[kind]
    assert ("retry-after" in answer.headers) is (answer.status_code == 429)


def test_the_document_shows_each_answer_of_the_door(cast: Cast) -> None:
    assert set(_documented("/api/session")) == set(CAUSES) - {"urn:sgapp:problem:sign-in/wrong-passkey"}
    assert set(_documented("/api/session/passkey")) == {"urn:sgapp:problem:sign-in/wrong-passkey",
                                                        "urn:sgapp:problem:too-many-tries"}
    headers = DOCUMENT["paths"]["/api/session"]["post"]["responses"]["429"]["headers"]
    assert headers["Retry-After"]["schema"] == {"type": "integer"}


def test_a_disabled_account_gets_the_documented_answer_of_a_wrong_password(phone: Phone, cast: Cast) -> None:
    staff.disable_account(cast.house, cast.alun, staff.DisableAccount("carla"), now=now())
    answer = phone().post("/api/session", json={"username": "carla", "password": PASSWORD})
    assert answer.json() == _documented("/api/session")["urn:sgapp:problem:wrong-name-or-password"]


def test_the_readme_names_them_with_their_status(cast: Cast) -> None:
    section = (ROOT / "README.md").read_text().partition("### Signing in over HTTP")[2].partition("\n## ")[0]
    told = dict(re.findall(r"\| `(urn:sgapp:problem:[a-z/-]+)` \| (\d+) \|", section))
    every = _documented("/api/session") | _documented("/api/session/passkey")
    assert told == {kind: str(example["status"]) for kind, example in every.items()}
