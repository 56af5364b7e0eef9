"""Passkeys at the door: what lets somebody in, what counts once, and what a device may not say."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from sgapp.domain.errors import Invalid
from sgapp.domain.permissions import Role
from sgapp.services import passkeys, second_factor, sessions, staff
from sgapp.services.audit import verify_audit
from sgapp.services.house import SYSTEM, House, now
from sgapp.services.passwords import hashed
from sgapp.services.second_factor import code_now
from sgapp.store import accounts, factors
from sgapp.store.accounts import Account
from sgapp.store.tables import FactorRow, SessionRow
from tests.api.conftest import Phone, SignIn, TestClient
from tests.device import Device, b64, unb64
from tests.people import PASSWORD, SECRET, Cast

GOOD = "walnut-harbour-thimble"


def _asks(client: TestClient, password: str = PASSWORD) -> Response:
    return client.post("/api/account/passkey", json={"password": password})


def _adds(client: TestClient, credential: str, name: str = "Office tablet") -> Response:
    return client.post("/api/intents/add-passkey", json={"credential": credential, "name": name, "intent_id": str(uuid4())})


def _removes(client: TestClient, factor_id: str, password: str = PASSWORD) -> Response:
    return client.post("/api/intents/remove-passkey",
                       json={"factor_id": factor_id, "password": password, "intent_id": str(uuid4())})


def _has(client: TestClient, device: Device, password: str = PASSWORD) -> str:
    """Set one up; its id."""
    answer = _adds(client, device.makes(_asks(client, password).json()))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def _options(client: TestClient) -> dict[str, Any]:
    return client.get("/api/session/passkey").json()


def _enters(client: TestClient, credential: str) -> Response:
    return client.post("/api/session/passkey", json={"credential": credential})


@pytest.fixture
def device(as_: SignIn) -> Device:
    """Lena's, set up."""
    made = Device()
    _has(as_("lena"), made)
    return made


def test_with_a_passkey_she_is_in_without_a_password_or_a_code(phone: Phone, cast: Cast, device: Device) -> None:
    client = phone()
    answer = _enters(client, device.answers(_options(client)))
    assert (answer.status_code, answer.json()["username"], answer.json()["set_up"]) == (200, "lena", False)
    assert client.get("/api/session").json()["username"] == "lena"
    assert verify_audit(cast.house, now=now()).sound


def test_a_care_worker_may_have_one_too(as_: SignIn, phone: Phone) -> None:
    made = Device()
    _has(as_("amina"), made)
    assert _enters(phone(), made.answers(_options(phone()))).json()["username"] == "amina"


def test_what_the_device_is_asked_tells_of_no_account_and_names_the_product_as_outsiders_may_see_it(
        as_: SignIn, phone: Phone, device: Device) -> None:
    asked = _options(phone())
    assert not asked.get("allowCredentials")
    assert (asked["rpId"], asked["userVerification"]) == ("localhost", "required")
    made = _asks(as_("maud")).json()
    assert (made["rp"]["name"], made["user"]["name"], made["user"]["displayName"]) == ("Visit notes", "maud", "maud")


def test_an_answer_counts_once(phone: Phone, device: Device) -> None:
    answer = device.answers(_options(phone()))
    assert [_enters(phone(), answer).status_code for _ in range(2)] == [200, 401]


def test_an_earlier_challenge_counts_no_more_once_a_later_one_was_answered(phone: Phone, device: Device) -> None:
    client = phone()
    earlier, later = _options(client), _options(client)
    assert _enters(client, device.answers(later)).status_code == 200
    assert _enters(phone(), device.answers(earlier)).status_code == 401


def test_a_challenge_counts_for_five_minutes(cast: Cast, device: Device) -> None:
    at = now()
    options = json.loads(sessions.passkey_challenge(cast.house, now=at))
    late = at + timedelta(minutes=5, seconds=1)
    assert sessions.sign_in_with_passkey(cast.house, device.answers(options), address="here", now=late) is None


def test_a_challenge_of_somebody_elses_making_does_not_count(phone: Phone, device: Device) -> None:
    options = _options(phone())
    made = unb64(options["challenge"]).decode().rpartition(".")[0]
    forged = {**options, "challenge": b64(f"{made}.{'0' * 64}".encode())}
    assert _enters(phone(), device.answers(forged)).status_code == 401


def test_a_challenge_given_for_setting_one_up_signs_nobody_in(as_: SignIn, phone: Phone, device: Device) -> None:
    assert _enters(phone(), device.answers(_asks(as_("lena")).json())).status_code == 401


def test_a_challenge_given_for_signing_in_sets_none_up(as_: SignIn, phone: Phone) -> None:
    client = as_("lena")
    options = {**_asks(client).json(), "challenge": _options(phone())["challenge"]}
    assert _adds(client, Device().makes(options)).status_code == 422


def test_a_challenge_given_to_somebody_else_sets_none_up(as_: SignIn) -> None:
    assert _adds(as_("devan"), Device().makes(_asks(as_("lena")).json())).status_code == 422


@pytest.mark.parametrize(
    "changed", [{"verifies": False}, {"origin": "https://elsewhere.example"}, {"site": "elsewhere.example"}])
def test_a_device_that_asked_nobody_or_answers_another_site_sets_none_up(as_: SignIn, changed: dict[str, Any]) -> None:
    client = as_("lena")
    assert _adds(client, Device(**changed).makes(_asks(client).json())).status_code == 422


@pytest.mark.parametrize(("field", "value"), [
    ("verifies", False), ("origin", "https://elsewhere.example"), ("site", "elsewhere.example"), ("signed", -1)])
def test_a_device_that_asked_nobody_answers_another_site_or_was_copied_lets_nobody_in(
        phone: Phone, device: Device, field: str, value: Any) -> None:
    assert _enters(phone(), device.answers(_options(phone()))).status_code == 200
    setattr(device, field, value if field != "signed" else 0)
    assert _enters(phone(), device.answers(_options(phone()))).status_code == 401


def test_another_device_does_not_answer_in_its_name(phone: Phone, device: Device) -> None:
    other = Device()
    other.id, other.user = device.id, device.user
    assert _enters(phone(), other.answers(_options(phone()))).status_code == 401


def test_a_passkey_under_another_account_opens_neither(as_: SignIn, cast: Cast, phone: Phone, device: Device) -> None:
    _has(as_("devan"), Device())
    device.user = cast.devan.account_id.encode()
    assert _enters(phone(), device.answers(_options(phone()))).status_code == 401


def test_a_disabled_account_stays_outside(cast: Cast, phone: Phone, device: Device) -> None:
    staff.disable_account(cast.house, cast.alun, staff.DisableAccount("lena"), now=now())
    assert _enters(phone(), device.answers(_options(phone()))).status_code == 401


@pytest.mark.usefixtures("waits_are_long")
def test_guessing_is_slowed(phone: Phone) -> None:
    client = phone()
    assert [_enters(client, "{}").status_code for _ in range(8)] == [401] * 6 + [429] * 2


def test_it_is_set_up_by_whoever_knows_the_password(as_: SignIn) -> None:
    assert _asks(as_("lena"), "wrong").status_code == 422


def test_setting_one_up_ends_every_other_session(as_: SignIn) -> None:
    here, there = as_("lena"), as_("lena")
    _has(here, Device())
    assert (here.get("/api/session").status_code, there.get("/api/session").status_code) == (200, 401)


def test_the_same_device_is_not_kept_twice(as_: SignIn) -> None:
    client, made = as_("lena"), Device()
    _has(client, made)
    assert _asks(client).json()["excludeCredentials"][0]["id"] == b64(made.id)
    assert _adds(client, made.makes(_asks(client).json())).status_code == 422


def test_a_removed_one_lets_nobody_in(as_: SignIn, phone: Phone) -> None:
    client, made = as_("lena"), Device()
    factor_id = _has(client, made)
    assert _removes(client, factor_id, "wrong").status_code == 422
    assert _removes(client, factor_id).status_code == 200
    assert _enters(phone(), made.answers(_options(phone()))).status_code == 401


def test_nobody_removes_anothers(as_: SignIn) -> None:
    factor_id = _has(as_("lena"), Device())
    assert _removes(as_("devan"), factor_id).status_code == 404


def test_an_authenticator_is_not_removed_as_a_passkey(as_: SignIn, cast: Cast) -> None:
    client = as_("lena")
    _has(client, Device())
    with cast.house.begin(SYSTEM, now()) as uow:
        [authenticator] = factors.of(uow, cast.lena.account_id, kind=factors.TOTP)
    assert _removes(client, authenticator.id).status_code == 404


@pytest.fixture
def newcomer(house: House, cast: Cast) -> Account:
    """A lead who has not set up anything yet."""
    made = Account(str(uuid4()), "nia", Role.LEAD, "Nia Vane", hashed(GOOD), "main", False)
    with house.begin(SYSTEM, now()) as uow:
        accounts.add(uow, made)
    return made


def test_a_passkey_is_second_factor_enough_and_the_same_session_may_work(phone: Phone, newcomer: Account) -> None:
    client = phone()
    client.post("/api/session", json={"username": "nia", "password": GOOD})
    assert client.get("/api/session").json()["set_up"] is True
    _has(client, Device(), GOOD)
    assert client.get("/api/session").json()["set_up"] is False


def test_her_only_one_is_not_taken_away(phone: Phone, newcomer: Account) -> None:
    client = phone()
    client.post("/api/session", json={"username": "nia", "password": GOOD})
    factor_id = _has(client, Device(), GOOD)
    assert _removes(client, factor_id, GOOD).status_code == 422


def test_whoever_has_a_passkey_and_no_authenticator_is_not_let_in_by_a_password_alone(phone: Phone, newcomer: Account) -> None:
    client = phone()
    client.post("/api/session", json={"username": "nia", "password": GOOD})
    _has(client, Device(), GOOD)
    answer = phone().post("/api/session", json={"username": "nia", "password": GOOD})
    assert (answer.status_code, answer.json()["type"].endswith("second-factor-needed")) == (401, True)


def test_setting_up_an_authenticator_keeps_the_passkeys(as_: SignIn, cast: Cast, phone: Phone, device: Device) -> None:
    second_factor.begin_factor(cast.house, cast.lena, second_factor.BeginFactor(PASSWORD), now=now())
    with cast.house.begin(SYSTEM, now()) as uow:
        [begun] = [row for row in factors.of(uow, cast.lena.account_id, confirmed=False) if row.confirmed_at is None]
        secret = factors.secret_of(uow, begun)
    second_factor.confirm_factor(
        cast.house, cast.lena, second_factor.ConfirmFactor(code_now(secret, now().timestamp())), now=now())
    assert secret != SECRET
    assert _enters(phone(), device.answers(_options(phone()))).status_code == 200


def test_what_is_kept_of_it_is_sealed(cast: Cast, device: Device) -> None:
    with cast.house.begin(SYSTEM, now()) as uow:
        [row] = uow.session.exec(select(FactorRow).where(FactorRow.kind == factors.PASSKEY)).all()
        assert b64(device.id).encode() not in row.sealed
        assert passkeys.name_of(uow, row) == "Office tablet"


def test_a_session_says_by_what_it_was_begun(cast: Cast, phone: Phone, device: Device) -> None:
    _enters(phone(), device.answers(_options(phone())))
    with cast.house.begin(SYSTEM, now()) as uow:
        assert factors.PASSKEY in set(uow.session.exec(select(SessionRow.factor)))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=6)
_SAID = _JSON | st.binary(max_size=80).map(b64)
_RANDOMLY = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _with(answer: str, place: str, value: Any) -> str:
    """A device's answer with one part changed."""
    said = json.loads(answer)
    where = said if place in said else said["response"]
    assume(where[place] != value)
    where[place] = value
    return json.dumps(said)


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
@_RANDOMLY
@given(place=st.sampled_from(["id", "response", "clientDataJSON", "authenticatorData", "signature", "userHandle"]), value=_SAID)
def test_an_answer_with_any_part_changed_lets_nobody_in(cast: Cast, device: Device, place: str, value: Any) -> None:
    answer = _with(device.answers(json.loads(sessions.passkey_challenge(cast.house, now=now()))), place, value)
    with cast.house.begin(SYSTEM, now()) as uow:
        assert passkeys.account_of(uow, answer) is None


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
@_RANDOMLY
@given(place=st.sampled_from(["id", "rawId", "type", "response", "clientDataJSON", "attestationObject"]), value=_SAID)
def test_a_passkey_with_any_part_changed_is_refused_in_plain_words(cast: Cast, place: str, value: Any) -> None:
    options = json.loads(passkeys.ask_for_passkey(cast.house, cast.lena, now(), PASSWORD))
    form = passkeys.AddPasskey(_with(Device().makes(options), place, value))
    with pytest.raises(Invalid, match="Begin again"):
        passkeys.add_passkey(cast.house, cast.lena, form, now=now())
