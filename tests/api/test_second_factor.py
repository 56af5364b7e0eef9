"""Signing in with more than a password: what the door asks for, what counts once, and what a session without it may do."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response
from sqlmodel import select

from sgapp.domain.errors import NotPermitted, TooManyTries
from sgapp.domain.permissions import Role
from sgapp.services import second_factor, sessions
from sgapp.services.house import SYSTEM, House, now
from sgapp.services.passwords import hashed, sha256
from sgapp.services.second_factor import code_now
from sgapp.services.tries import PAIR
from sgapp.store import accounts, factors
from sgapp.store.accounts import Account
from sgapp.store.tables import AccountRow, AuditEventRow, FactorRow, IntentRow, MessageRow, RecoveryRow, SessionRow
from tests.api.conftest import Phone, SignIn, TestClient
from tests.people import PASSWORD, SECRET, Cast, code

GOOD = "walnut-harbour-thimble"
NEEDED, WRONG = "/second-factor-needed", "/wrong-code"


def _tries(client: TestClient, username: str = "lena", otp: str = "", password: str = PASSWORD) -> Response:
    return client.post("/api/session", json={"username": username, "password": password, "otp": otp})


def _does(client: TestClient, intent: str, form: dict[str, Any]) -> Response:
    return client.post(f"/api/intents/{intent}", json={**form, "intent_id": str(uuid4())})


@pytest.mark.parametrize("who", ["joy", "lena", "devan", "maud", "noel", "ada", "hugh", "alun"])
def test_whoever_reads_cases_or_keeps_accounts_is_asked_for_a_code(phone: Phone, cast: Cast, who: str) -> None:
    answer = _tries(phone(), who)
    assert (answer.status_code, answer.json()["type"].endswith(NEEDED)) == (401, True)
    assert "sgapp_session" not in answer.cookies


@pytest.mark.parametrize("who", ["amina", "sana", "rhona"])
def test_whoever_only_writes_or_plans_visits_is_not(phone: Phone, cast: Cast, who: str) -> None:
    assert _tries(phone(), who).status_code == 200


def test_with_the_right_code_she_is_in(phone: Phone, cast: Cast) -> None:
    client = phone()
    assert _tries(client, otp=code(cast.house, "lena", now())).status_code == 200
    assert client.get("/api/session").json()["set_up"] is False


@pytest.mark.parametrize("otp", ["000000", "12345", "abcdef", "0" * 16])
def test_a_wrong_code_is_told_as_such_and_lets_nobody_in(phone: Phone, cast: Cast, otp: str) -> None:
    client = phone()
    answer = _tries(client, otp=otp)
    assert (answer.status_code, answer.json()["type"].endswith(WRONG)) == (401, True)
    assert client.get("/api/session").status_code == 401


def test_a_wrong_password_is_told_alike_with_and_without_a_code(phone: Phone, cast: Cast) -> None:
    answers = [_tries(phone(), otp=otp, password="wrong") for otp in ("", code(cast.house, "lena", now()))]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["type"].endswith("wrong-name-or-password")


def test_a_code_counts_once(phone: Phone, cast: Cast) -> None:
    shown = code(cast.house, "lena", now())
    assert _tries(phone(), otp=shown).status_code == 200
    assert _tries(phone(), otp=shown).json()["type"].endswith(WRONG)


def test_an_earlier_code_counts_no_more_once_a_later_one_was_used(phone: Phone, cast: Cast) -> None:
    at = now()
    later, earlier = (code_now(SECRET, (at + timedelta(seconds=s)).timestamp()) for s in (30, 0))
    assert _tries(phone(), otp=later).status_code == 200
    assert _tries(phone(), otp=earlier).status_code == 401


def test_the_authenticator_of_another_does_not_count(phone: Phone, cast: Cast) -> None:
    with cast.house.begin(SYSTEM, now()) as uow:
        factors.forget(uow, cast.maud.account_id)
        factors.add(uow, cast.maud.account_id, b"another-secret-00000", confirmed=True)
    assert _tries(phone(), "maud", otp=code_now(SECRET, now().timestamp())).status_code == 401


@pytest.mark.usefixtures("waits_are_long")
def test_codes_that_are_guessed_are_slowed_like_passwords(phone: Phone, cast: Cast) -> None:
    client = phone()
    answers = [_tries(client, otp=f"{number:06d}") for number in range(12)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert _tries(client, otp=code(cast.house, "lena", now())).status_code == 429


# Recovery codes

def _recovery(cast: Cast, who: str = "lena") -> list[str]:
    form = second_factor.MakeRecoveryCodes(PASSWORD)
    return second_factor.make_recovery_codes(cast.house, cast.actors[who], form, now=now()).message.splitlines()


def test_ten_recovery_codes_each_let_her_in_once(phone: Phone, cast: Cast) -> None:
    codes = _recovery(cast)
    assert (len(codes), len(set(codes))) == (10, 10)
    assert _tries(phone(), otp=codes[0].lower()).status_code == 200
    assert _tries(phone(), otp=codes[0]).status_code == 401
    assert _tries(phone(), otp=codes[1]).status_code == 200


def test_the_recovery_code_of_another_does_not_count(phone: Phone, cast: Cast) -> None:
    assert _tries(phone(), "maud", otp=_recovery(cast)[0]).status_code == 401


def test_new_recovery_codes_make_the_earlier_ones_void(phone: Phone, cast: Cast) -> None:
    earlier = _recovery(cast)
    later = _recovery(cast)
    assert _tries(phone(), otp=earlier[0]).status_code == 401
    assert _tries(phone(), otp=later[0]).status_code == 200


def test_its_owner_is_told_when_a_recovery_code_was_used(phone: Phone, cast: Cast) -> None:
    _tries(phone(), otp=_recovery(cast)[0])
    with cast.house.begin(SYSTEM, now()) as uow:
        assert [m.account_id for m in uow.session.exec(select(MessageRow))] == [cast.lena.account_id]


def test_recovery_codes_are_kept_as_digests_and_with_no_intent(as_: SignIn, cast: Cast) -> None:
    answer = as_("lena").post("/api/account/recovery-codes", json={"password": PASSWORD})
    made = answer.json()["codes"]
    with cast.house.begin(SYSTEM, now()) as uow:
        digests = {r.digest for r in uow.session.exec(select(RecoveryRow))}
        assert (len(digests), uow.session.exec(select(IntentRow)).all()) == (10, [])
    assert not {c.replace("-", "") for c in made} & digests


def test_recovery_codes_are_made_for_whoever_knows_the_password(as_: SignIn, cast: Cast) -> None:
    assert as_("lena").post("/api/account/recovery-codes", json={"password": "wrong"}).status_code == 422


# Nobody without one

@pytest.fixture
def newcomer(house: House, cast: Cast) -> Account:
    """A lead who has not set up an authenticator."""
    made = Account("newcomer-id", "nia", Role.LEAD, "Nia Vane", hashed(GOOD), "main", False)
    with house.begin(SYSTEM, now()) as uow:
        accounts.add(uow, made)
    return made


def test_whoever_has_none_yet_may_set_one_up_and_nothing_else(phone: Phone, cast: Cast, newcomer: Account) -> None:
    client = phone()
    assert _tries(client, "nia", password=GOOD).json()["set_up"] is True
    note_id = cast.writes()
    refused = _does(client, "acknowledge-note", {"note_id": note_id})
    assert refused.status_code == 404
    assert client.get("/api/people/mine").status_code == 404
    assert _does(client, "begin-factor", {"password": GOOD}).status_code == 200


def test_once_it_is_confirmed_the_same_session_may_work(phone: Phone, cast: Cast, newcomer: Account) -> None:
    client = phone()
    _tries(client, "nia", password=GOOD)
    _does(client, "begin-factor", {"password": GOOD})
    with cast.house.begin(SYSTEM, now()) as uow:
        secret = factors.secret_of(uow, uow.session.exec(select(FactorRow).where(FactorRow.account_id == newcomer.id)).one())
    wrong = _does(client, "confirm-factor", {"code": "000000"})
    assert wrong.status_code == 422
    assert client.get("/api/people/mine").status_code == 404
    right = _does(client, "confirm-factor", {"code": code_now(secret, now().timestamp())})
    assert right.status_code == 200
    assert client.get("/api/people/mine").status_code == 200
    assert _tries(phone(), "nia", password=GOOD).json()["type"].endswith(NEEDED)


def _sets_up(client: TestClient, cast: Cast, account: Account) -> Response:
    _does(client, "begin-factor", {"password": GOOD})
    with cast.house.begin(SYSTEM, now()) as uow:
        begun = factors.of(uow, account.id, confirmed=False)
        secret = factors.secret_of(uow, begun[-1])
    return _does(client, "confirm-factor", {"code": code_now(secret, now().timestamp())})


def test_a_session_from_before_the_authenticator_takes_its_place_with_no_other(
        phone: Phone, cast: Cast, newcomer: Account) -> None:
    """Somebody else who knows the password signed in first, and waits until its owner has set hers up."""
    waiting, owner = phone(), phone()
    for client in (waiting, owner):
        assert _tries(client, "nia", password=GOOD).status_code == 200
    assert _sets_up(owner, cast, newcomer).status_code == 200
    assert _sets_up(waiting, cast, newcomer).status_code == 401
    assert owner.get("/api/session").json()["set_up"] is False


@pytest.mark.parametrize(
    "intent", [second_factor.begin_factor, second_factor.confirm_factor, second_factor.make_recovery_codes])
def test_nor_does_one_that_was_asked_for_in_the_same_instant(cast: Cast, intent: Any) -> None:
    limited = replace(cast.lena, limited=True)
    form = intent.form() if intent is second_factor.confirm_factor else intent.form(PASSWORD)
    with pytest.raises(NotPermitted):
        intent(cast.house, limited, form, now=now())


def test_an_authenticator_that_was_never_confirmed_is_not_asked_for(phone: Phone, cast: Cast, newcomer: Account) -> None:
    client = phone()
    _tries(client, "nia", password=GOOD)
    _does(client, "begin-factor", {"password": GOOD})
    assert _tries(phone(), "nia", password=GOOD).json()["set_up"] is True


def test_a_new_authenticator_takes_the_place_of_the_earlier_one(as_: SignIn, phone: Phone, cast: Cast) -> None:
    client = as_("lena")
    _does(client, "begin-factor", {"password": PASSWORD})
    with cast.house.begin(SYSTEM, now()) as uow:
        begun = [r for r in factors.of(uow, cast.lena.account_id, confirmed=False) if r.confirmed_at is None]
        secret = factors.secret_of(uow, begun[0])
    assert _tries(phone(), otp=code(cast.house, "lena", now())).status_code == 200  # until then the earlier one counts
    _does(client, "confirm-factor", {"code": code_now(secret, now().timestamp())})
    assert _tries(phone(), otp=code_now(SECRET, now().timestamp())).status_code == 401


def test_whoever_is_given_a_role_that_reads_cases_may_do_nothing_before_she_has_one(as_: SignIn, cast: Cast) -> None:
    client = as_("amina")
    with cast.house.begin(SYSTEM, now()) as uow:
        uow.session.get_one(AccountRow, cast.amina.account_id).role = "lead"
    assert client.get("/api/session").json()["set_up"] is True
    assert client.get("/api/people/mine").status_code == 404


# Her own account

def test_her_own_password_is_changed_with_the_old_one_and_ends_all_other_sessions(
        as_: SignIn, phone: Phone, cast: Cast) -> None:
    here, there = as_("lena"), as_("lena")
    wrong = _does(here, "change-password", {"password": "wrong", "new_password": GOOD})
    assert [e["field"] for e in wrong.json()["errors"]] == ["password"]
    right = _does(here, "change-password", {"password": PASSWORD, "new_password": GOOD})
    assert right.status_code == 200
    assert (here.get("/api/session").status_code, there.get("/api/session").status_code) == (200, 401)
    assert _tries(phone(), password=GOOD, otp=code(cast.house, "lena", now())).status_code == 200


@pytest.mark.parametrize("address", ["/api/intents/begin-factor", "/api/intents/change-password",
                                     "/api/account/recovery-codes"])
@pytest.mark.usefixtures("waits_are_long")
def test_guessing_her_password_at_an_unlocked_tablet_is_slowed(as_: SignIn, address: str) -> None:
    client = as_("lena")
    answers = [client.post(address, json={"password": f"guess {n}", "new_password": GOOD, "intent_id": str(uuid4())})
               for n in range(8)]
    assert [a.status_code for a in answers] == [422] * 6 + [429] * 2
    assert _does(client, "begin-factor", {"password": PASSWORD}).status_code == 429


@pytest.mark.usefixtures("waits_are_long")
def test_while_that_wait_runs_everything_else_goes_on(as_: SignIn) -> None:
    client = as_("lena")
    for number in range(8):
        _does(client, "begin-factor", {"password": f"guess {number}"})
    assert _does(client, "end-session", {}).status_code == 200


def test_a_password_that_is_changed_while_it_is_typed_elsewhere_lets_nobody_in(
        cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old one was right when it was looked at; the new one, and the end of every session, came before this one began."""
    looked_at = sessions.matches

    def slowly(password: str, password_hash: str | None) -> bool:
        right = looked_at(password, password_hash)
        form = second_factor.ChangePassword(PASSWORD, GOOD)
        second_factor.change_password(cast.house, cast.lena, form, now=now())
        return right

    monkeypatch.setattr(sessions, "matches", slowly)
    at = now()
    assert sessions.sign_in(cast.house, "lena", PASSWORD, address="here", now=at, code=code(cast.house, "lena", at)) is None


def test_a_weak_new_password_is_refused_beside_its_field(as_: SignIn, cast: Cast) -> None:
    answer = _does(as_("lena"), "change-password", {"password": PASSWORD, "new_password": "short"})
    assert [e["field"] for e in answer.json()["errors"]] == ["new_password"]


@pytest.mark.parametrize("everywhere", [True, False])
def test_she_signs_out_elsewhere_and_stays_here(as_: SignIn, cast: Cast, everywhere: bool) -> None:
    here, there, third = as_("lena"), as_("lena"), as_("lena")
    with cast.house.begin(SYSTEM, now()) as uow:
        token = sha256(there.cookies["sgapp_session"])
        session_id = uow.session.get_one(SessionRow, token).id
    _does(here, "end-session", {} if everywhere else {"session_id": session_id})
    found = [client.get("/api/session").status_code for client in (here, there, third)]
    assert found == ([200, 401, 401] if everywhere else [200, 401, 200])


def test_nobody_signs_another_out(as_: SignIn, cast: Cast) -> None:
    hers, other = as_("lena"), as_("maud")
    with cast.house.begin(SYSTEM, now()) as uow:
        session_id = uow.session.get_one(SessionRow, sha256(hers.cookies["sgapp_session"])).id
    _does(other, "end-session", {"session_id": session_id})
    assert hers.get("/api/session").status_code == 200


# How fast one may guess

@pytest.mark.usefixtures("waits_are_long")
def test_no_stranger_locks_somebody_out_where_she_has_signed_in_before(cast: Cast, house: House) -> None:
    at = now()

    def tries(address: str, **given: Any) -> Any:
        return sessions.sign_in(house, "amina", given.get("password", PASSWORD), address=address, now=at)

    assert tries("home") is not None
    for number in range(60):
        try:
            tries(f"strange-{number}", password="wrong")
        except TooManyTries:
            break
    else:
        pytest.fail("sixty addresses guessed and nobody was slowed")
    with pytest.raises(TooManyTries):
        tries("one-more-stranger")
    assert tries("home") is not None


def test_the_wait_grows_with_each_failure_and_has_an_end() -> None:
    waits = [PAIR.wait_after(failures) for failures in range(20)]
    assert waits[:6] == [0] * 6
    assert waits[6:10] == [2, 4, 8, 16]
    assert waits[-1] == PAIR.longest


def test_failures_are_counted_on_the_chain_and_not_one_by_one(cast: Cast, phone: Phone) -> None:
    client = phone()
    for _ in range(5):
        _tries(client, "amina", password="wrong")
    with cast.house.begin(SYSTEM, now()) as uow:
        found = [e.count for e in uow.session.exec(select(AuditEventRow).where(AuditEventRow.action == "refused:sign-in"))]
    assert sorted(found) == [1, 2, 4]
