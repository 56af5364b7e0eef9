"""The agency's page over HTTP: a look changes nothing and shows nothing, and no door tells a right token from a wrong one."""

import random
import re
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from httpx import Response
from sqlalchemy.exc import OperationalError
from sqlmodel import SQLModel, select

from sgapp.api.partner import COOKIE
from sgapp.domain.access_code import FREE_TRIES
from sgapp.services.house import House, now
from sgapp.store.tables import AuditEventRow, LinkRow, VisitRow
from tests.api.conftest import Phone, TestClient
from tests.people import Cast
from tests.security.test_fuzz import NASTY
from tests.services.test_partner import Given

pytestmark = pytest.mark.parametrize("house", ["sqlite"], indirect=True)  # what is asked here is the same on either database
FORM = {"sec-fetch-site": "same-origin", "origin": "null"}  # as a form without scripts sends it
NAMES = ("Dennis", "Marlow", "Kevin", "P-104", "card")
UNKNOWN = "A" * 22


@pytest.fixture
def given(cast: Cast) -> Given:
    return Given(cast)


def _rows(given: Given) -> list[str]:
    tables: tuple[type[SQLModel], ...] = (AuditEventRow, LinkRow, VisitRow)
    return [str(row.model_dump()) for table in tables for row in given.rows(table)]


def _told(answer: Response, token: str) -> tuple[int, list[tuple[str, str]], str]:
    return answer.status_code, sorted(answer.headers.items()), answer.text.replace(token, "TOKEN")


def _enter(client: TestClient, given: Given) -> Response:
    code = given.code(now())
    return client.post(f"/r/{given.token}", data={"code": code}, headers=FORM)


def test_before_a_code_nothing_of_the_letter_is_shown(given: Given, phone: Phone) -> None:
    page = phone().get(f"/r/{given.token}")
    assert page.status_code == 200
    assert "<title>Visit notes</title>" in page.text
    assert [name for name in (*NAMES, "safeguarding", "Referral") if name.lower() in page.text.lower()] == []


def test_an_unknown_link_looks_like_a_known_one_to_the_last_byte(given: Given, phone: Phone) -> None:
    client = phone()
    assert _told(client.get(f"/r/{given.token}"), given.token) == _told(client.get(f"/r/{UNKNOWN}"), UNKNOWN)
    wrong = {"code": "0000 0000"}
    first = _told(client.post(f"/r/{given.token}", data=wrong, headers=FORM), given.token)
    assert first == _told(client.post(f"/r/{UNKNOWN}", data=wrong, headers=FORM), UNKNOWN)
    assert first[0] == 403


@pytest.mark.parametrize("place", ["", "/letter.pdf", "?said=receipt"])
def test_however_often_a_scanner_looks_nothing_changes(given: Given, phone: Phone, place: str) -> None:
    given.code(now())
    before = _rows(given)
    for _ in range(3):
        phone().get(f"/r/{given.token}{place}")
    assert _rows(given) == before


def test_a_code_opens_the_page_and_the_letter_is_on_it(given: Given, phone: Phone) -> None:
    client = phone()
    page = _enter(client, given)
    assert page.status_code == 200, page.text
    assert f"Referral {given.view().reference}" in page.text
    assert "Dennis Marlow, P-104" in page.text


def test_the_visit_belongs_to_one_browser(given: Given, phone: Phone) -> None:
    _enter(phone(), given)
    assert "Dennis" not in phone().get(f"/r/{given.token}").text


def test_the_cookie_of_a_visit_is_for_this_page_alone_and_no_script_reads_it(given: Given, phone: Phone) -> None:
    code = given.code(now())
    answer = phone().post(f"/r/{given.token}", data={"code": code}, headers=FORM, follow_redirects=False)
    cookie = answer.headers["set-cookie"].lower()
    assert answer.status_code == 303
    for part in ("httponly", "samesite=lax", f"path=/r/{given.token}".lower(), "max-age=3600"):
        assert part in cookie


def test_the_pdf_comes_as_a_file_under_a_name_that_says_nothing(given: Given, phone: Phone) -> None:
    client = phone()
    _enter(client, given)
    answer = client.get(f"/r/{given.token}/letter.pdf")
    assert answer.content.startswith(b"%PDF")
    assert answer.headers["content-disposition"] == f'attachment; filename="{given.view().reference}.pdf"'


@pytest.mark.parametrize("place", ["", "/receipt", "/question", "/outcome", "/action", "/leave"])
@pytest.mark.parametrize("headers", [
    {"origin": "https://evil.example"}, {"origin": "null"}, {"origin": "null", "sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "cross-site"}])
def test_another_site_can_send_no_form_of_the_page(given: Given, phone: Phone, place: str, headers: dict[str, str]) -> None:
    client = phone()
    _enter(client, given)
    before = given.referral()
    answer = client.post(f"/r/{given.token}{place}", data={"name": "T. Osei", "question": "x"}, headers=headers)
    assert answer.status_code == 404
    assert given.referral() == before


def test_without_a_visit_no_form_does_anything_and_what_was_typed_comes_back(given: Given, phone: Phone) -> None:
    before = given.referral()
    client = phone()
    for place in ("receipt", "question", "outcome", "action"):
        form = {"name": "T. Osei", "question": "Is there a <key> safe?", "what": "Visit", "due_on": "2031-01-10",
                "code": "advice_only"}
        answer = client.post(f"/r/{given.token}/{place}", data=form, headers=FORM)
        assert answer.status_code == 403
        assert "T. Osei" in answer.text
        assert [name for name in NAMES if name in answer.text] == []
    assert given.referral() == before


def test_what_is_typed_is_shown_as_words_and_never_as_markup(given: Given, phone: Phone) -> None:
    client = phone()
    _enter(client, given)
    sent = {"name": '"><script>alert(1)</script>', "question": "<b>bold</b> {{ 7*7 }}", "form_id": "q"}
    page = client.post(f"/r/{given.token}/question", data=sent, headers=FORM).text
    assert "&lt;b&gt;bold&lt;/b&gt; {{ 7*7 }}" in page
    assert "<script" not in page
    assert "<b>bold" not in page


def test_too_many_wrong_codes_have_to_wait_and_are_told_how_long(given: Given, phone: Phone) -> None:
    client = phone()
    for _ in range(FREE_TRIES + 1):
        client.post(f"/r/{given.token}", data={"code": "wrong"}, headers=FORM)
    answer = client.post(f"/r/{given.token}", data={"code": "wrong"}, headers=FORM)
    assert answer.status_code == 429
    assert re.search(rf"Wait {answer.headers['retry-after']} seconds", answer.text)


def test_closing_the_page_ends_the_visit_in_this_browser(given: Given, phone: Phone) -> None:
    client = phone()
    _enter(client, given)
    client.post(f"/r/{given.token}/leave", headers=FORM)
    assert "Dennis" not in client.get(f"/r/{given.token}").text


def test_the_page_says_when_the_referral_is_settled_already(given: Given, phone: Phone) -> None:
    client = phone()
    _enter(client, given)
    report = {"name": "T. Osei", "code": "advice_only"}
    assert "on our file" in client.post(f"/r/{given.token}/outcome", data=report, headers=FORM).text
    again = client.post(f"/r/{given.token}/receipt", data={"name": "T. Osei"}, headers=FORM)
    assert again.status_code == 200
    assert given.referral().receipt is None


@pytest.mark.parametrize(("place", "form", "shown"), [
    ("/receipt", {"name": "T. Osei", "reference": "SA-<1>"}, ["T. Osei", "SA-&lt;1&gt;", "We may not have it"]),
    ("/question", {"name": "T. Osei", "question": "Since when?"}, ["Since when?", "the same sent twice counts once"]),
    ("", {"code": "7KQ4 M2XD"}, ["load it anew"]),
    ("/leave", {}, ["load it anew"])])
def test_while_the_database_is_away_the_page_says_so_and_shows_what_was_typed(
        given: Given, phone: Phone, monkeypatch: pytest.MonkeyPatch, place: str, form: dict[str, str],
        shown: list[str]) -> None:
    client = phone()
    _enter(client, given)

    def away(*_args: object) -> None:
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr(House, "begin", away)
    answer = client.post(f"/r/{given.token}{place}", data=form, headers=FORM)
    assert (answer.status_code, answer.headers["content-type"]) == (503, "text/html; charset=utf-8")
    assert [words for words in shown if words not in answer.text] == []
    assert "7KQ4" not in answer.text


@pytest.mark.parametrize("junk", ["%00", "x" * 500, "../../etc", "%2e%2e", "é" * 30])
def test_junk_for_a_token_is_one_more_unknown_link(given: Given, phone: Phone, junk: str) -> None:
    answer = phone().get(f"/r/{junk}")
    assert answer.status_code in (200, 404, 422)
    assert "Dennis" not in answer.text
    assert given.view(now() - timedelta(seconds=1)).link.live


def test_a_first_look_holds_no_token_in_what_others_could_see(given: Given, phone: Phone) -> None:
    page = phone().get(f"/r/{given.token}").text
    assert re.findall(r'(?:href|src)="(https?:)?//', page) == []
    with given.house.begin(given.cast.lena, now()) as uow:
        assert given.token not in " ".join(str(e.model_dump()) for e in uow.session.exec(select(AuditEventRow)))


def _anything(chance: random.Random, token: str) -> dict[str, Any]:
    """A request to the page or near it: its own doors and others, any method, and forms with anything in them."""
    door = chance.choice(["", "/receipt", "/question", "/outcome", "/action", "/letter.pdf", "/nowhere", "/%00", "/..%2f..",
                          "//"])
    fields = ["code", "name", "role", "reference", "question", "detail", "what", "due_on", "form_id", "said", "stray"]
    form = {name: chance.choice([*NASTY, "Mo", "2026-12-01"]) for name in chance.sample(fields, chance.randrange(6))}
    form = {name: text.encode("utf-8", "replace").decode() for name, text in form.items()}
    sent: dict[str, Any] = {"data": form} if chance.random() < 0.8 else {"content": chance.randbytes(chance.randrange(300))}
    kinds = ["application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x", "application/json"]
    kind = {"content-type": chance.choice(kinds)} if "content" in sent or chance.random() < 0.2 else {}
    visit = chance.choice(["", "x" * 43, chance.randbytes(20).hex()])
    secret = {"cookie": f"{COOKIE}={visit}"} if chance.random() < 0.3 else {}
    return {"method": chance.choice(["GET", "POST", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"]),
            "url": f"/r/{chance.choice([token, token, UNKNOWN, 'x' * 300, '%ff%fe', 'a b'])}{door}",
            "headers": {**FORM, **kind, **secret}, **sent}


def test_whatever_a_stranger_sends_is_answered_and_shows_nothing(given: Given, phone: Phone) -> None:
    seed = random.SystemRandom().randrange(2**32)
    chance, client = random.Random(seed), phone()
    told, before = Counter[int](), given.rows(VisitRow)
    for _ in range(500):
        request = _anything(chance, given.token)
        answer = client.request(**request)
        told[answer.status_code] += 1
        assert answer.status_code < 500, f"seed {seed}: {request}"
        assert [name for name in (*NAMES, "Traceback") if name in answer.text] == [], f"seed {seed}: {request}"
    assert {200, 403, 404, 429} <= set(told), f"seed {seed}: {told}"
    assert given.rows(VisitRow) == before, f"seed {seed}"


def test_whatever_a_visitor_sends_is_answered_and_the_letter_stays_what_it_was(given: Given, phone: Phone) -> None:
    seed = random.SystemRandom().randrange(2**32)
    chance, client = random.Random(seed), phone()
    assert _enter(client, given).status_code == 200
    letter = client.get(f"/r/{given.token}/letter.pdf").content
    for _ in range(300):
        request = _anything(chance, given.token)
        request["headers"].pop("cookie", None)
        answer = client.request(**request)
        assert answer.status_code < 500, f"seed {seed}: {request}"
        assert "Traceback" not in answer.text, f"seed {seed}: {request}"
    assert client.get(f"/r/{given.token}/letter.pdf").content == letter


@pytest.mark.parametrize(("form", "field", "most"), [
    ("receipt", "reference", 400), ("question", "question", 5_000), ("outcome", "detail", 5_000), ("action", "what", 5_000)])
def test_what_is_too_long_comes_back_whole_with_how_long_it_may_be(given: Given, phone: Phone, form: str, field: str,
                                                                 most: int) -> None:
    client = phone()
    _enter(client, given)
    typed = "y" * (most + 1)
    answer = client.post(f"/r/{given.token}/{form}", data={"name": "T. Osei", field: typed}, headers=FORM)
    assert answer.status_code == 422
    assert f"at most {most} characters; these are {most + 1}" in answer.text
    assert typed in answer.text
    assert "T. Osei" in answer.text
