"""Problem details: one shape for every error, in plain words, with the field to mend and nothing about the inside."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from sgapp.api.limits import MAX_BODY_BYTES
from sgapp.services import cases
from sgapp.services.house import now
from tests.api.conftest import Phone, SignIn
from tests.people import Cast

#: What is asked here does not depend on the database; the same services run on both in tests/services.
pytestmark = pytest.mark.parametrize("house", ["sqlite"], indirect=True)


def test_an_intention_answers_with_what_to_say_and_where_to_go(as_: SignIn, cast: Cast) -> None:
    case_id, intent_id = cast.opened_case(), str(uuid4())
    body = {"intent_id": intent_id, "case_id": case_id, "level": "high", "reason": "why"}
    client = as_("lena")
    answer = client.post("/api/intents/set-risk", json=body)
    assert answer.json() == {"ok": True, "id": case_id, "message": "The risk is set to high.", "next": f"/case?id={case_id}"}
    assert client.post("/api/intents/set-risk", json=body).json() == answer.json()


def test_a_field_to_mend_is_named_with_what_to_do(as_: SignIn, cast: Cast) -> None:
    case_id = cast.opened_case()
    answer = as_("lena").post("/api/intents/set-risk", json={
        "intent_id": str(uuid4()), "case_id": case_id, "level": "high", "reason": " "})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.json() == {
        "type": "urn:sgapp:problem:invalid", "title": "Something needs mending", "status": 422,
        "detail": "Nothing was changed; what you typed is still here.",
        "errors": [{"field": "reason", "message": "Say what the level rests on."}]}


@pytest.mark.parametrize(("fields", "field", "message"), [
    ({"case_id": None}, "case_id", "This could not be read."),
    ({"reason": "x" * 20_001}, "reason", "This is too long."),
    ({"reason": "a\0b"}, "reason", "This holds a character that cannot be kept."),
    ({"intent_id": "tap"}, "intent_id", "This could not be read."),
])
def test_what_has_the_wrong_shape_is_named_by_its_field(
        as_: SignIn, fields: dict[str, object], field: str, message: str) -> None:
    body = {"intent_id": str(uuid4()), "case_id": str(uuid4()), "level": "high", "reason": "why", **fields}
    answer = as_("lena").post("/api/intents/set-risk", json=body)
    assert (answer.status_code, answer.json()["errors"]) == (422, [{"field": field, "message": message}])


def test_a_missing_field_a_wrong_choice_and_a_wrong_item_of_a_list_are_named(as_: SignIn) -> None:
    client = as_("lena")
    answers = [
        client.post("/api/intents/set-risk", json={"intent_id": str(uuid4())}),
        client.post("/api/intents/change-priority", json={
            "intent_id": str(uuid4()), "note_id": str(uuid4()), "priority": "soonish"}),
        client.post("/api/intents/open-case", json={
            "intent_id": str(uuid4()), "note_id": str(uuid4()), "types": ["neglect", 7]}),
        client.post("/api/intents/review-case", json={
            "intent_id": str(uuid4()), "case_id": str(uuid4()), "found": "f", "next_review_on": "tomorrow"})]
    assert [a.json()["errors"] for a in answers] == [
        [{"field": "case_id", "message": "This is missing."}],
        [{"field": "priority", "message": "Choose one of the answers."}],
        [{"field": "types", "message": "This could not be read."}],
        [{"field": "next_review_on", "message": "Write it as a day and, where asked, a time."}]]


@pytest.mark.parametrize("body", [b"", b"{", b"[1, 2", b"\xff\xfe", b"null", b'"text"', b"[]"])
def test_what_is_no_form_at_all_is_refused_in_plain_words(as_: SignIn, body: bytes) -> None:
    answer = as_("lena").post("/api/intents/set-risk", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert all(not e["field"].isdigit() for e in answer.json().get("errors", []))


def test_what_somebody_moved_on_already_is_a_conflict(as_: SignIn, cast: Cast) -> None:
    note_id = cast.writes()
    answer = as_("lena").post("/api/intents/ask-for-more", json={
        "intent_id": str(uuid4()), "note_id": note_id, "what": "Which card?"})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:sgapp:problem:conflict")


def test_an_intent_sent_again_with_other_content_is_a_conflict(as_: SignIn, cast: Cast) -> None:
    client, body = as_("lena"), {"intent_id": str(uuid4()), "case_id": cast.opened_case(), "level": "high", "reason": "why"}
    assert client.post("/api/intents/set-risk", json=body).status_code == 200
    answer = client.post("/api/intents/set-risk", json={**body, "level": "low"})
    assert (answer.status_code, answer.json()["detail"]) == (409, "This form was already sent with other content.")


def _chunks(count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield b"x" * 65_536


@pytest.mark.parametrize("path", ["/api/intents/set-risk", "/api/observations", "/api/session"])
@pytest.mark.parametrize("announced", [True, False])
def test_too_large_a_body_is_refused_whether_or_not_it_says_its_size(as_: SignIn, path: str, announced: bool) -> None:
    content = b"x" * (MAX_BODY_BYTES + 1) if announced else _chunks(MAX_BODY_BYTES // 65_536 + 1)
    answer = as_("lena").post(path, content=content, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:sgapp:problem:too-large")


@pytest.mark.parametrize("headers", [
    {"origin": "https://evil.example"}, {"origin": "null"}, {"origin": "http://testserver.evil.example"},
    {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}])
def test_a_change_that_another_site_sends_is_refused_and_changes_nothing(
        as_: SignIn, cast: Cast, headers: dict[str, str]) -> None:
    case_id = cast.opened_case()
    body = {"intent_id": str(uuid4()), "case_id": case_id, "level": "high", "reason": "why"}
    client = as_("lena")
    assert client.post("/api/intents/set-risk", json=body, headers=headers).status_code == 404
    assert client.delete("/api/session", headers=headers).status_code == 404
    assert client.get("/api/session").status_code == 200
    with cast.house.begin(cast.lena, now()) as uow:
        assert uow.cases.get(case_id).risk == ()


@pytest.mark.parametrize("headers", [
    {}, {"origin": "http://testserver", "sec-fetch-site": "same-origin"}, {"origin": "http://notes.example"}])
def test_the_pages_own_address_and_the_public_one_are_let_in(as_: SignIn, cast: Cast, headers: dict[str, str]) -> None:
    cast.house.settings = cast.house.settings.model_copy(update={"public_url": "http://notes.example/"})
    client = as_("lena")
    mark = {"x-session": client.get("/api/session").json()["page"]}
    assert client.put("/api/drafts/form", json={"fields": {}}, headers=headers | mark).status_code == 204


def test_an_unexpected_error_says_nothing_of_the_inside(as_: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    client = as_("lena")

    def breaks(*_: object) -> None:
        raise RuntimeError("Kevin Marlow in row 7")

    monkeypatch.setattr(cases, "written", breaks)
    answer = client.post("/api/intents/review-case", json={"intent_id": str(uuid4()), "case_id": str(uuid4())})
    assert answer.status_code == 404  # the case comes first
    monkeypatch.setattr("sgapp.services.drafts.load_draft", breaks)
    answer = client.get("/api/drafts/form")
    assert (answer.status_code, answer.json()["type"]) == (500, "urn:sgapp:problem:our-fault")
    assert "Kevin" not in answer.text


def test_the_openapi_document_lists_every_intention(phone: Phone) -> None:
    document = phone().get("/api/openapi.json").json()
    assert {"/api/session", "/api/observations", "/api/intents/close-case", "/api/drafts/{form_key}"} <= set(document["paths"])
    form = document["components"]["schemas"]["SetRisk"]
    assert form["required"] == ["intent_id", "case_id"]
    assert document["paths"]["/api/intents/close-case"]["post"]["operationId"] == "close_case"


def test_the_process_lives_and_is_ready(phone: Phone) -> None:
    client = phone()
    assert client.get("/healthz").json() == {"status": "alive"}
    assert client.get("/readyz").json() == {"ready": True, "reasons": []}
