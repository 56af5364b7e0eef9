"""Signing in and out over HTTP, passwords, set-up, and what ends a session."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from httpx import Response
from sqlalchemy import text

from sgapp.services import passwords, sessions, staff
from sgapp.services.demo import load_demo
from sgapp.services.house import House, now
from tests.api.conftest import Phone, SignIn, TestClient
from tests.people import PASSWORD, Cast

GOOD = "walnut-harbour-thimble"


def _tries(client: TestClient, username: str, password: str) -> Response:
    return client.post("/api/session", json={"username": username, "password": password})


def test_signing_in_says_who_one_is_and_sets_one_strict_cookie(phone: Phone, cast: Cast) -> None:
    answer = _tries(phone(), "Amina ", PASSWORD)  # as typed on a tablet
    assert (answer.status_code, answer.json()) == (200, {
        "role": "worker", "id": cast.amina.account_id, "username": "amina", "name": "Amina Yusuf", "set_up": False})
    [cookie] = answer.headers.get_list("set-cookie")
    flags = {part.strip().lower().partition("=")[0] for part in cookie.split(";")[1:]}
    assert cookie.startswith("sgapp_session=")
    assert {"httponly", "samesite", "path", "expires"} == flags
    assert "samesite=strict" in cookie.lower()


def _behind_https(cast: Cast) -> None:
    cast.house.settings = cast.house.settings.model_copy(update={"public_url": "https://notes.example"})


def test_behind_https_the_cookie_is_secure_and_bound_to_this_very_host(phone: Phone, cast: Cast) -> None:
    _behind_https(cast)
    [cookie] = _tries(phone(), "amina", PASSWORD).headers.get_list("set-cookie")
    assert cookie.startswith("__Host-sgapp_session=")
    assert "; Secure" in cookie and "; Path=/" in cookie and "domain" not in cookie.lower()


def test_behind_https_a_cookie_that_a_neighbour_could_lay_over_it_opens_nothing(phone: Phone, cast: Cast) -> None:
    _behind_https(cast)
    token = _tries(phone(), "amina", PASSWORD).headers["set-cookie"].partition("=")[2].partition(";")[0]
    laid_over, hers = phone(), phone()
    laid_over.cookies.set("sgapp_session", token)
    hers.cookies.set("__Host-sgapp_session", token)
    assert [client.get("/api/session").status_code for client in (laid_over, hers)] == [401, 200]


def test_the_token_of_the_cookie_is_kept_nowhere_but_as_its_hash(phone: Phone, cast: Cast) -> None:
    client = phone()
    _tries(client, "amina", PASSWORD)
    with cast.house.engine.connect() as connection:
        stored = connection.execute(text("SELECT token_sha256 FROM session")).scalars().all()
    assert stored == [passwords.sha256(client.cookies["sgapp_session"])]


def test_an_unknown_name_a_wrong_password_and_a_disabled_account_look_the_same(phone: Phone, cast: Cast) -> None:
    staff.disable_account(cast.house, cast.alun, staff.DisableAccount("carla"), now=now())
    answers = [_tries(phone(), *pair) for pair in (("nobody", PASSWORD), ("lena", "wrong"), ("carla", PASSWORD))]
    assert {a.status_code for a in answers} == {401}
    assert len({a.text for a in answers}) == 1
    assert len({str(sorted(a.headers.items())) for a in answers}) == 1
    assert answers[0].json()["type"] == "urn:sgapp:problem:wrong-name-or-password"


@pytest.mark.usefixtures("waits_are_long")
def test_after_six_failures_one_waits_even_with_the_right_password(phone: Phone, cast: Cast) -> None:
    client = phone()
    for _ in range(6):
        assert _tries(client, "amina", "wrong").status_code == 401
    answer = _tries(client, "amina", PASSWORD)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert _tries(client, "carla", PASSWORD).status_code == 200  # others are not kept out


def test_a_failed_try_is_on_the_chain_without_what_was_typed(phone: Phone, cast: Cast) -> None:
    _tries(phone(), "typed-by-mistake", "wrong")
    with cast.house.engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM audit_event WHERE action = 'refused:sign-in'")).all()
    assert len(rows) == 1
    assert "typed-by-mistake" not in str(rows)


def test_after_signing_out_the_cookie_opens_nothing(as_: SignIn) -> None:
    client = as_("lena")
    token = client.cookies["sgapp_session"]
    assert client.delete("/api/session").status_code == 204
    client.cookies.set("sgapp_session", token)
    assert client.get("/api/session").status_code == 401


def test_signing_out_does_not_ask_the_browser_to_clear_what_it_keeps(as_: SignIn) -> None:
    """It would take the notes that wait along."""
    assert "clear-site-data" not in as_("amina").delete("/api/session").headers


def test_signing_out_without_a_session_succeeds(phone: Phone) -> None:
    assert phone().delete("/api/session").status_code == 204


@pytest.mark.parametrize("how", ["disabled", "new password"])
def test_a_disabled_account_or_a_new_password_ends_its_sessions_at_once(as_: SignIn, cast: Cast, how: str) -> None:
    client = as_("lena")
    assert client.get("/api/session").status_code == 200
    if how == "disabled":
        staff.disable_account(cast.house, cast.alun, staff.DisableAccount("lena"), now=now())
    else:
        code = _code(cast)
        staff.choose_password(cast.house, "lena", *code, GOOD, address="", now=now())
    assert client.get("/api/session").status_code == 401


def test_a_disabled_account_has_no_session_even_if_one_was_left_open(as_: SignIn, cast: Cast) -> None:
    """As when somebody signs in at the very moment in which the account is disabled."""
    client = as_("lena")
    with cast.house.engine.begin() as connection:
        connection.execute(text("UPDATE account SET disabled_at = created_at WHERE username = 'lena'"))
    assert client.get("/api/session").status_code == 401


@pytest.mark.parametrize(("who", "idle_minutes", "lives"), [
    ("amina", 59, True), ("amina", 61, False), ("lena", 29, True), ("lena", 31, False), ("alun", 14, True),
    ("alun", 16, False)])
def test_a_session_ends_when_it_sat_idle_as_long_as_its_role_may(
        as_: SignIn, cast: Cast, who: str, idle_minutes: int, lives: bool) -> None:
    token = as_(who).cookies["sgapp_session"]
    later = now() + timedelta(minutes=idle_minutes)
    assert (sessions.actor_for(cast.house, token, now=later) is not None) is lives


@pytest.mark.parametrize(("who", "hours"), [("amina", 12), ("lena", 10), ("alun", 4)])
def test_a_session_ends_however_busy_after_the_hours_of_its_role(as_: SignIn, cast: Cast, who: str, hours: int) -> None:
    token, start = as_(who).cookies["sgapp_session"], now()
    for minutes in range(0, hours * 60, 10):
        assert sessions.actor_for(cast.house, token, now=start + timedelta(minutes=minutes)) is not None
    assert sessions.actor_for(cast.house, token, now=start + timedelta(hours=hours, seconds=5)) is None


@pytest.mark.parametrize("cookie", ["", "made-up", "a" * 500])
def test_a_cookie_that_nobody_was_given_opens_nothing(phone: Phone, cast: Cast, cookie: str) -> None:
    client = phone()
    client.cookies.set("sgapp_session", cookie)
    assert client.get("/api/session").status_code == 401


def _code(cast: Cast) -> list[str]:
    """Both halves of a code with which Lena chooses a password."""
    asked = staff.ask_for_reset(cast.house, cast.alun, staff.AskForReset("lena", "She forgot it."), now=now())
    agreed = staff.settle_change(cast.house, cast.maud, staff.SettleChange(asked.id, "yes"), now=now())
    return [found[0] for done in (asked, agreed) if (found := re.findall(r"[0-9A-Z]{5}-[0-9A-Z]{5}", done.message))]


def _sets_up(client: TestClient, token: str, **other: str) -> Response:
    form = {"token": token, "username": "first.admin", "name": "Ada First", "password": GOOD, **other}
    return client.post("/api/set-up", json=form)


def test_the_set_up_link_makes_one_administrator_and_then_no_more(phone: Phone, house: House) -> None:
    token = staff.make_set_up_token(house, now=now())
    assert token is not None
    assert _sets_up(phone(), token).status_code == 201
    assert _sets_up(phone(), token, username="second.admin").status_code == 404
    assert _tries(phone(), "first.admin", GOOD).json()["role"] == "admin"
    assert staff.make_set_up_token(house, now=now()) is None


def test_a_link_made_before_the_first_administrator_is_dead_afterwards(phone: Phone, house: House) -> None:
    older, newer = (staff.make_set_up_token(house, now=now()) for _ in range(2))
    assert older
    assert newer
    assert _sets_up(phone(), newer).status_code == 201
    assert _sets_up(phone(), older, username="second.admin").status_code == 404


def test_a_wrong_and_an_expired_link_look_the_same(phone: Phone, house: House) -> None:
    stale = staff.make_set_up_token(house, now=now() - timedelta(hours=25))
    assert stale
    answers = [_sets_up(phone(), token) for token in (stale, "made-up")]
    assert [a.status_code for a in answers] == [404, 404]
    assert answers[0].text == answers[1].text


@pytest.mark.parametrize(("other", "field"), [
    ({"password": "short-one"}, "password"), ({"password": "password1234"}, "password"),
    ({"password": "first.admin123"}, "password"), ({"password": "aaaaaaaaaaaaaaaa"}, "password"), ({"name": "  "}, "name"),
    ({"username": "a b"}, "username"), ({"username": "x"}, "username"), ({"password": "long-" * 41}, "password")])
def test_a_weak_password_or_a_blank_name_is_refused_and_the_link_still_works(
        phone: Phone, house: House, other: dict[str, str], field: str) -> None:
    token = staff.make_set_up_token(house, now=now())
    assert token
    answer = _sets_up(phone(), token, **other)
    assert (answer.status_code, [e["field"] for e in answer.json()["errors"]]) == (422, [field])
    assert _sets_up(phone(), token).status_code == 201


def test_only_an_administrator_makes_accounts_and_a_taken_name_is_refused(as_: SignIn) -> None:
    form = {"username": "carla", "name": "C", "role": "worker"}
    assert as_("lena").post("/api/intents/add-account", json={**form, "intent_id": str(uuid4())}).status_code == 404
    admin = as_("alun")
    taken = admin.post("/api/intents/add-account", json={**form, "intent_id": str(uuid4())})
    assert [e["field"] for e in taken.json()["errors"]] == ["username"]
    form["username"] = "new.worker"
    assert admin.post("/api/intents/add-account", json={**form, "intent_id": str(uuid4())}).status_code == 200


def test_a_real_organisation_shows_no_demo_accounts(phone: Phone, cast: Cast) -> None:
    answer = phone().get("/api/demo/accounts")
    assert (answer.status_code, answer.json()) == (200, {"accounts": []})


def test_the_demo_shows_its_accounts_and_they_open(phone: Phone, house: House) -> None:
    load_demo(house, now=now())
    shown = phone().get("/api/demo/accounts").json()["accounts"]
    assert len(shown) == 14
    assert _tries(phone(), shown[0]["username"], shown[0]["password"]).status_code == 200
