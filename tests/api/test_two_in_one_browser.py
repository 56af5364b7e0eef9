"""Two people in one browser: the page of one acts for nobody else, and what she typed stays hers."""

from uuid import uuid4

import pytest

from sgapp.services import drafts
from sgapp.services.house import now
from sgapp.services.views.case import case_view
from tests.api.conftest import Phone, SignIn, TestClient
from tests.people import PASSWORD, Cast, code

#: What is asked here does not depend on the database; the same services run on both in tests/services.
pytestmark = pytest.mark.parametrize("house", ["sqlite"], indirect=True)
#: As a browser marks what a page of its own site sends.
FROM_A_PAGE = {"sec-fetch-site": "same-origin"}
SOMEBODY_ELSE = "urn:sgapp:problem:somebody-else"
DRAFT = "/api/drafts/set-risk:1"


def _signs_in(client: TestClient, cast: Cast, username: str) -> dict[str, str]:
    """In this browser, whoever was there before. What her page sends along from then on."""
    answer = client.post("/api/session", json={"username": username, "password": PASSWORD,
                                               "otp": code(cast.house, username, now())})
    assert answer.status_code == 200, answer.text
    return FROM_A_PAGE | {"x-session": client.get("/api/session").json()["page"]}


def _risk(case_id: str) -> dict[str, str]:
    return {"intent_id": str(uuid4()), "case_id": case_id, "level": "high", "reason": "why"}


def test_a_form_on_her_own_page_is_taken(phone: Phone, cast: Cast) -> None:
    lenas = _signs_in(client := phone(), cast, "lena")
    assert client.post("/api/intents/set-risk", json=_risk(cast.opened_case()), headers=lenas).status_code == 200


def test_a_form_on_the_page_of_whoever_was_here_before_is_refused_and_changes_nothing(phone: Phone, cast: Cast) -> None:
    client, case_id = phone(), cast.opened_case()
    lenas = _signs_in(client, cast, "lena")
    _signs_in(client, cast, "maud")
    answer = client.post("/api/intents/set-risk", json=_risk(case_id), headers=lenas)
    assert (answer.status_code, answer.json()["type"]) == (409, SOMEBODY_ELSE)
    assert "Somebody else signed in here since" in answer.json()["detail"]
    assert not case_view(cast.house, cast.lena, now(), case_id).risk


@pytest.mark.parametrize(("method", "address", "body"), [
    ("PUT", DRAFT, {"fields": {"reason": "his words"}}), ("GET", DRAFT, None), ("DELETE", DRAFT, None),
    ("POST", "/api/letters/preview", {"case_id": "x"}), ("POST", "/api/card/find", {"reference": "x"}),
    ("POST", "/api/account/recovery-codes", {"password": PASSWORD}),
    ("DELETE", "/api/devices/38f6c094-56ea-4317-8ff8-ec23e847b4a7", None),
    ("POST", "/api/devices", {"name": "n", "public_key": "k"})])
def test_nothing_else_that_such_a_page_asks_is_answered(
        phone: Phone, cast: Cast, method: str, address: str, body: dict[str, object] | None) -> None:
    lenas = _signs_in(client := phone(), cast, "lena")
    _signs_in(client, cast, "maud")
    answer = client.request(method, address, json=body, headers=lenas)
    assert (answer.status_code, answer.json()["type"]) == (409, SOMEBODY_ELSE)


def test_what_she_typed_is_kept_for_her_alone(phone: Phone, cast: Cast) -> None:
    lenas = _signs_in(client := phone(), cast, "lena")
    assert client.put(DRAFT, json={"fields": {"reason": "typed by Lena"}}, headers=lenas).status_code == 204
    mauds = _signs_in(client, cast, "maud")
    client.put(DRAFT, json={"fields": {"reason": "typed by Lena later"}}, headers=lenas)
    assert client.get(DRAFT, headers=mauds).status_code == 204
    assert drafts.load_draft(cast.house, cast.lena, now(), "set-risk:1") == {"reason": "typed by Lena"}


@pytest.mark.parametrize("mark", ["", "made-up", None])
def test_a_page_without_the_right_mark_changes_nothing(phone: Phone, cast: Cast, mark: str | None) -> None:
    client, case_id = phone(), cast.opened_case()
    _signs_in(client, cast, "lena")
    headers = FROM_A_PAGE | ({} if mark is None else {"x-session": mark})
    assert client.post("/api/intents/set-risk", json=_risk(case_id), headers=headers).json()["type"] == SOMEBODY_ELSE


def test_a_page_of_hers_from_before_she_signed_in_anew_is_still_hers(phone: Phone, cast: Cast) -> None:
    client, case_id = phone(), cast.opened_case()
    before = _signs_in(client, cast, "lena")
    _signs_in(client, cast, "lena")
    assert client.post("/api/intents/set-risk", json=_risk(case_id), headers=before).status_code == 200


def test_signing_in_ends_the_session_that_the_browser_had(phone: Phone, cast: Cast) -> None:
    client = phone()
    _signs_in(client, cast, "lena")
    hers = client.cookies["sgapp_session"]
    _signs_in(client, cast, "maud")
    other = phone()
    other.cookies.set("sgapp_session", hers)
    assert other.get("/api/session").status_code == 401


def test_a_wrong_password_ends_nobodys_session(phone: Phone, cast: Cast) -> None:
    _signs_in(client := phone(), cast, "lena")
    assert client.post("/api/session", json={"username": "maud", "password": "wrong"}).status_code == 401
    assert client.get("/api/session").json()["username"] == "lena"


def test_signing_out_on_an_earlier_page_ends_nobody_elses_session(phone: Phone, cast: Cast) -> None:
    lenas = _signs_in(client := phone(), cast, "lena")
    _signs_in(client, cast, "maud")
    assert client.delete("/api/session", headers=lenas).status_code == 204
    assert client.get("/api/session").json()["username"] == "maud"


def test_the_mark_of_a_page_opens_nothing(as_: SignIn, phone: Phone, cast: Cast) -> None:
    mark = as_("lena").get("/api/session").json()["page"]
    thief = phone()
    thief.cookies.set("sgapp_session", mark)
    assert mark
    assert thief.get("/api/session", headers={"x-session": mark}).status_code == 401
