"""Two people for a new password or a role that reads cases: neither of them can take an account over alone."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from sgapp.cli import app
from sgapp.domain.errors import Invalid, NotFound, NotPermitted, TooManyTries
from sgapp.domain.permissions import Actor, Role
from sgapp.services import second_factor, sessions, staff
from sgapp.services.audit import verify_audit
from sgapp.services.house import SYSTEM, House, now
from sgapp.services.staff import AddAccount, AskForReset, ChangeRole, ResetAlone, SettleChange
from sgapp.services.views.account import account_view
from sgapp.services.views.staff import staff_lines
from sgapp.store import accounts, factors
from sgapp.store.tables import AccountChangeRow, MessageRow
from tests.people import PASSWORD, START, Cast, code

NOW = START + timedelta(minutes=30)
GOOD = "walnut-harbour-thimble"
HALF = re.compile(r"[0-9A-Z]{5}-[0-9A-Z]{5}")


def _asks(cast: Cast, username: str = "lena", **given: Any) -> staff.Done:
    form = AskForReset(username, **({"reason": "She forgot it."} | given))
    return staff.ask_for_reset(cast.house, cast.alun, form, now=NOW)


def _settles(cast: Cast, change_id: str, who: str = "maud", agrees: str = "yes", at: Any = NOW) -> staff.Done:
    return staff.settle_change(cast.house, cast.actors[who], SettleChange(change_id, agrees), now=at)


def _chooses(cast: Cast, first: str, second: str, username: str = "lena", at: Any = NOW, password: str = GOOD) -> None:
    staff.choose_password(cast.house, username, first, second, password, address="here", now=at)


def _halves(cast: Cast, **given: Any) -> tuple[str, str]:
    asked = _asks(cast, **given)
    return HALF.findall(asked.message)[0], HALF.findall(_settles(cast, asked.id).message)[0]


def _enters(cast: Cast, password: str, username: str = "lena") -> bool:
    try:
        return sessions.sign_in(cast.house, username, password, address="here", now=NOW,
                                code=code(cast.house, username, NOW)) is not None
    except sessions.WrongCode:
        return False


def test_with_both_halves_she_chooses_a_password_that_nobody_else_knows(cast: Cast) -> None:
    _chooses(cast, *_halves(cast))
    assert _enters(cast, GOOD)
    assert not _enters(cast, PASSWORD)
    assert verify_audit(cast.house, now=NOW).sound


def test_the_administrators_half_alone_opens_nothing(cast: Cast) -> None:
    first = HALF.findall(_asks(cast).message)
    assert len(first) == 1
    for second in ("", first[0], "AAAAA-AAAAA"):
        with pytest.raises(NotFound):
            _chooses(cast, first[0], second)


def test_the_second_persons_half_alone_opens_nothing(cast: Cast) -> None:
    _, second = _halves(cast)
    with pytest.raises(NotFound):
        _chooses(cast, second, second)


def test_a_code_works_once(cast: Cast) -> None:
    halves = _halves(cast)
    _chooses(cast, *halves)
    with pytest.raises(NotFound):
        _chooses(cast, *halves, password="another-good-passphrase")


def test_a_code_runs_out_after_a_day(cast: Cast) -> None:
    halves = _halves(cast)
    with pytest.raises(NotFound):
        _chooses(cast, *halves, at=NOW + timedelta(hours=24))


def test_what_nobody_agreed_to_lapses_after_three_days(cast: Cast) -> None:
    asked = _asks(cast)
    with pytest.raises(NotFound):
        _settles(cast, asked.id, at=NOW + timedelta(hours=72))


def test_a_code_is_read_as_it_was_heard(cast: Cast) -> None:
    first, second = _halves(cast)
    _chooses(cast, first.lower().replace("-", " ").replace("0", "o").replace("1", "l"), second)
    assert _enters(cast, GOOD)


def test_the_code_of_one_account_opens_no_other(cast: Cast) -> None:
    halves = _halves(cast)
    with pytest.raises(NotFound):
        _chooses(cast, *halves, username="devan")


def test_a_weak_password_is_refused_and_the_code_still_counts(cast: Cast) -> None:
    halves = _halves(cast)
    with pytest.raises(Invalid):
        _chooses(cast, *halves, password="short")
    _chooses(cast, *halves)


def test_every_session_ends_with_the_new_password(cast: Cast) -> None:
    found = sessions.sign_in(cast.house, "lena", PASSWORD, address="here", now=NOW, code=code(cast.house, "lena", NOW))
    assert found is not None
    _chooses(cast, *_halves(cast))
    assert sessions.actor_for(cast.house, found.token, now=NOW) is None


def test_her_authenticator_stays_unless_it_is_said_to_be_lost(cast: Cast) -> None:
    def has_factor() -> bool:
        with cast.house.begin(SYSTEM, NOW) as uow:
            return bool(factors.of(uow, cast.lena.account_id))

    _chooses(cast, *_halves(cast))
    assert has_factor()
    _chooses(cast, *_halves(cast, factor_too="yes"), password="another-good-passphrase")
    assert not has_factor()


@pytest.mark.parametrize("who", ["alun", "lena", "devan", "hugh"])
def test_neither_who_asked_nor_whom_it_is_about_nor_just_anybody_agrees(cast: Cast, who: str) -> None:
    asked = _asks(cast)
    with pytest.raises((NotFound, NotPermitted)):
        _settles(cast, asked.id, who)


def test_a_manager_does_not_agree_to_her_own_reset(cast: Cast) -> None:
    asked = _asks(cast, "maud")
    with pytest.raises(NotFound):
        _settles(cast, asked.id, "maud")
    assert HALF.search(_settles(cast, asked.id, "noel").message)


def test_what_was_refused_opens_nothing_and_is_settled(cast: Cast) -> None:
    asked = _asks(cast)
    assert not HALF.search(_settles(cast, asked.id, agrees="no").message)
    with pytest.raises(NotFound):
        _settles(cast, asked.id)


def _told(cast: Cast, who: str) -> int:
    """How often somebody was told of accounts, as she sees it on her own page."""
    return len(account_view(cast.house, cast.actors[who], NOW).told)


@pytest.mark.parametrize("agrees", ["yes", "no"])
def test_whoever_asked_sees_on_her_own_page_that_it_is_settled(cast: Cast, agrees: str) -> None:
    asked = _asks(cast)
    before = _told(cast, "alun")
    _settles(cast, asked.id, agrees=agrees)
    assert _told(cast, "alun") == before + 1


def test_a_refusal_says_who_is_told_of_it(cast: Cast) -> None:
    said = [_settles(cast, asked.id, agrees="no").message for asked in (
        _asks(cast), staff.ask_for_reset(cast.house, SYSTEM, AskForReset("devan", "She forgot it."), now=NOW))]
    assert [words.split("told to ")[1] for words in said] == [
        "whoever asked, whom it is about, and the managers.", "whom it is about, and the managers."]


@pytest.mark.parametrize("username", ["amina", "rhona", "hugh", "ada"])
def test_every_role_sees_on_its_own_page_that_something_was_done_about_the_account(cast: Cast, username: str) -> None:
    staff.reset_alone(cast.house, SYSTEM, ResetAlone(username, "Nobody else is here."), now=NOW)
    assert [notice.words for notice in account_view(cast.house, cast.actors[username], NOW).told] == [
        "Something needs you today."]


def test_nothing_of_a_case_stands_among_what_one_was_told_of_accounts(cast: Cast) -> None:
    cast.writes(danger_now="yes")
    assert _told(cast, "lena") == 0


def test_nobody_is_said_to_be_told_who_cannot_sign_in_yet(cast: Cast) -> None:
    form = AddAccount("nia", "Nia Vane", Role.LEAD, reason="New lead.")
    assert "Those who can agree are told now." in staff.add_account(cast.house, cast.alun, form, now=NOW).message


def test_its_owner_and_the_manager_are_told_when_it_is_asked_for_agreed_to_and_used(cast: Cast) -> None:
    def told() -> list[str]:
        with cast.house.begin(SYSTEM, NOW) as uow:
            ids = list(uow.session.exec(select(MessageRow.account_id)))
        return sorted(name for name, actor in cast.actors.items() for i in ids if i == actor.account_id)

    asked = _asks(cast)
    assert {"lena", "maud", "noel"} <= set(told())
    before = len(told())
    first, second = HALF.findall(asked.message)[0], HALF.findall(_settles(cast, asked.id).message)[0]
    agreed = len(told())
    _chooses(cast, first, second)
    assert before < agreed < len(told())


def test_for_somebody_who_reads_no_cases_one_person_is_enough(cast: Cast) -> None:
    halves = HALF.findall(_asks(cast, "carla").message)
    _chooses(cast, *halves, username="carla")
    assert _enters(cast, GOOD, "carla")


def test_what_waits_says_who_asked_and_why_and_who_may_agree(cast: Cast) -> None:
    _asks(cast)
    [seen] = staff_lines(cast.house, cast.maud, NOW).waiting
    assert (seen.what, seen.why, seen.may_settle) == ("Lena Hart: a new password", "She forgot it.", True)
    assert staff_lines(cast.house, cast.alun, NOW).waiting[0].may_settle is False


def _waits(cast: Cast, number: int) -> bool:
    """Whether a guess has to wait."""
    try:
        _chooses(cast, f"AAAAA-AAA{number:02d}", "AAAAA-AAAAA")
    except NotFound:
        return False
    except TooManyTries:
        return True
    raise AssertionError("a guess was right")


@pytest.mark.usefixtures("waits_are_long")
def test_guessing_halves_is_slowed(cast: Cast) -> None:
    assert [_waits(cast, number) for number in range(8)] == [False] * 6 + [True] * 2


def test_the_database_holds_no_half_of_a_code(cast: Cast) -> None:
    halves = _halves(cast)
    with cast.house.begin(SYSTEM, NOW) as uow:
        row = uow.session.exec(select(AccountChangeRow)).one()
    assert not any(half.replace("-", "") in repr(row) for half in halves)


# Roles and joining

def test_a_role_that_reads_cases_counts_once_a_second_person_has_agreed(cast: Cast) -> None:
    asked = staff.change_role(cast.house, cast.alun, ChangeRole("carla", Role.LEAD, "She leads from Monday."), now=NOW)
    assert _role(cast, "carla") is Role.WORKER
    _settles(cast, asked.id)
    assert _role(cast, "carla") is Role.LEAD


def _role(cast: Cast, username: str) -> Role:
    with cast.house.begin(SYSTEM, NOW) as uow:
        found = accounts.by_username(uow, username)
    assert found is not None
    return found.role


def test_a_role_that_reads_none_counts_at_once(cast: Cast) -> None:
    staff.change_role(cast.house, cast.alun, ChangeRole("devan", Role.WORKER), now=NOW)
    assert _role(cast, "devan") is Role.WORKER


def test_nobody_raises_herself(cast: Cast) -> None:
    with pytest.raises(Invalid):
        staff.change_role(cast.house, cast.alun, ChangeRole("alun", Role.LEAD, "Why not."), now=NOW)


def test_whoever_joins_to_read_cases_needs_both_halves_too(cast: Cast) -> None:
    form = AddAccount("nia", "Nia Vane", Role.LEAD, reason="New lead.")
    added = staff.add_account(cast.house, cast.alun, form, now=NOW)
    first = HALF.findall(added.message)
    assert len(first) == 1
    with cast.house.begin(SYSTEM, NOW) as uow:
        change = uow.session.exec(select(AccountChangeRow)).one()
    second = HALF.findall(_settles(cast, change.id).message)
    _chooses(cast, first[0], second[0], username="nia")
    found = sessions.sign_in(cast.house, "nia", GOOD, address="here", now=NOW)
    assert found is not None
    assert found.actor.limited


def _added_at_the_machine(cast: Cast, monkeypatch: pytest.MonkeyPatch, role: Role, *more: str) -> str:
    monkeypatch.setattr("sgapp.cli.house", lambda: cast.house)
    added = CliRunner().invoke(app, ["user", "add", "nia", "--name", "Nia Vane", "--role", str(role), *more])
    assert added.exit_code == 0, added.output
    return added.output


def test_at_the_machine_whoever_adds_her_is_asked_for_no_password_and_given_a_code(
        cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = HALF.findall(_added_at_the_machine(cast, monkeypatch, Role.WORKER))
    staff.choose_password(cast.house, "nia", first, second, GOOD, address="here", now=now())
    assert sessions.sign_in(cast.house, "nia", GOOD, address="here", now=now()) is not None


def test_at_the_machine_too_whoever_joins_to_read_cases_waits_for_a_second_person(
        cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(HALF.findall(_added_at_the_machine(cast, monkeypatch, Role.LEAD))) == 1
    assert [change.why for change in staff_lines(cast.house, cast.maud, now()).waiting] == ["asked for at the machine"]


def test_at_the_machine_a_password_can_be_set_for_somebody(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert HALF.findall(_added_at_the_machine(cast, monkeypatch, Role.WORKER, "--password", GOOD)) == []
    assert sessions.sign_in(cast.house, "nia", GOOD, address="here", now=now()) is not None


def test_an_administrator_chooses_nobodys_password(cast: Cast) -> None:
    with pytest.raises(Invalid):
        staff.add_account(cast.house, cast.alun, AddAccount("nia", "Nia Vane", Role.WORKER, GOOD), now=NOW)


@pytest.mark.parametrize("username", ["alun"])
def test_the_last_who_keeps_the_accounts_is_not_taken_away(cast: Cast, username: str) -> None:
    with pytest.raises(Invalid):
        staff.disable_account(cast.house, cast.alun, staff.DisableAccount(username), now=NOW)


def test_alone_a_code_comes_only_at_the_machine_and_everybody_concerned_is_told(cast: Cast) -> None:
    with pytest.raises(NotFound):
        staff.reset_alone(cast.house, cast.alun, ResetAlone("lena", "I am in a hurry."), now=NOW)
    done = staff.reset_alone(cast.house, SYSTEM, ResetAlone("lena", "The manager has left and nobody else may agree."), now=NOW)
    assert len(HALF.findall(done.message)) == 2
    with cast.house.begin(SYSTEM, NOW) as uow:
        assert {cast.lena.account_id, cast.maud.account_id} <= set(uow.session.exec(select(MessageRow.account_id)))


@pytest.fixture
def empty(house: House) -> Actor:
    """A house that is only being set up: its first administrator, and nobody else."""
    token = staff.make_set_up_token(house, now=NOW)
    assert token is not None
    staff.set_up_administrator(house, token, username="ann", name="Ann Bell", password=GOOD, now=NOW)
    with house.begin(SYSTEM, NOW) as uow:
        found = accounts.by_username(uow, "ann")
    assert found is not None
    return found.as_actor()


def test_where_nobody_could_ever_agree_yet_one_person_is_enough(house: House, empty: Actor) -> None:
    added = staff.add_account(house, empty, AddAccount("nia", "Nia Vane", Role.MANAGER), now=NOW)
    assert len(HALF.findall(added.message)) == 2


# What somebody who keeps the accounts might try alone

def test_the_only_manager_is_not_reset_by_one_person(house: House, empty: Actor) -> None:
    staff.add_account(house, empty, AddAccount("nia", "Nia Vane", Role.MANAGER), now=NOW)
    with pytest.raises(Invalid, match="Nobody else is left who could agree"):
        staff.ask_for_reset(house, empty, AskForReset("nia", "She forgot it."), now=NOW)


def test_a_code_given_by_one_person_counts_no_more_once_its_owner_reads_cases(cast: Cast) -> None:
    halves = HALF.findall(_asks(cast, "carla").message)
    _settles(cast, _raises(cast, "carla").id)
    with pytest.raises(NotFound):
        _chooses(cast, *halves, username="carla")


def _raises(cast: Cast, username: str, role: Role = Role.LEAD) -> staff.Done:
    return staff.change_role(cast.house, cast.alun, ChangeRole(username, role, "She leads from Monday."), now=NOW)


def test_lowering_a_role_resetting_and_raising_it_again_opens_no_case(cast: Cast) -> None:
    """Each of the three looks harmless; the second person agrees to the last, and gives the second half to its owner alone."""
    staff.change_role(cast.house, cast.alun, ChangeRole("lena", Role.WORKER), now=NOW)
    _chooses(cast, *HALF.findall(_asks(cast, factor_too="yes").message))
    _settles(cast, _raises(cast, "lena").id)
    assert sessions.sign_in(cast.house, "lena", GOOD, address="here", now=NOW) is None


def test_whoever_comes_to_read_cases_chooses_a_password_with_both_halves(cast: Cast) -> None:
    asked = _raises(cast, "carla")
    first, second = HALF.findall(asked.message)[0], HALF.findall(_settles(cast, asked.id).message)[0]
    _chooses(cast, first, second, username="carla")
    found = sessions.sign_in(cast.house, "carla", GOOD, address="here", now=NOW)
    assert found is not None
    assert found.actor.limited


def test_from_one_role_that_reads_cases_to_another_the_password_stays(cast: Cast) -> None:
    asked = _raises(cast, "lena", Role.DEPUTY)
    assert not HALF.search(asked.message)
    _settles(cast, asked.id)
    assert _enters(cast, PASSWORD)


def test_an_authenticator_from_before_a_role_that_reads_cases_counts_no_more(cast: Cast) -> None:
    with cast.house.begin(SYSTEM, NOW) as uow:
        factors.add(uow, cast.carla.account_id, b"x" * 20, confirmed=True)
    _settles(cast, _raises(cast, "carla").id)
    with cast.house.begin(SYSTEM, NOW) as uow:
        assert factors.of(uow, cast.carla.account_id) == []


def test_a_manager_nobody_agreed_to_does_not_count_as_one_who_is_left(cast: Cast) -> None:
    staff.add_account(cast.house, cast.alun, AddAccount("nia", "Nia Vane", Role.MANAGER, reason="Our new manager."), now=NOW)
    staff.disable_account(cast.house, cast.alun, staff.DisableAccount("noel"), now=NOW)
    with pytest.raises(Invalid):
        staff.disable_account(cast.house, cast.alun, staff.DisableAccount("maud"), now=NOW)


def test_whoever_was_refused_stays_outside(cast: Cast) -> None:
    staff.add_account(cast.house, cast.alun, AddAccount("nia", "Nia Vane", Role.LEAD, reason="New lead."), now=NOW)
    with cast.house.begin(SYSTEM, NOW) as uow:
        change = uow.session.exec(select(AccountChangeRow)).one()
    _settles(cast, change.id, agrees="no")
    with cast.house.begin(SYSTEM, NOW) as uow:
        found = accounts.by_username(uow, "nia")
    assert found is not None
    assert found.disabled


def test_whoever_left_comes_back_with_both_halves_and_a_new_authenticator(cast: Cast) -> None:
    staff.disable_account(cast.house, cast.alun, staff.DisableAccount("lena"), now=NOW)
    _chooses(cast, *_halves(cast))
    found = sessions.sign_in(cast.house, "lena", GOOD, address="here", now=NOW)
    assert found is not None
    assert found.actor.limited


def test_a_code_counts_no_more_after_its_account_is_disabled(cast: Cast) -> None:
    first, second = _halves(cast)
    staff.disable_account(cast.house, cast.alun, staff.DisableAccount("lena"), now=NOW)
    _settles(cast, _asks(cast).id)
    with pytest.raises(NotFound):
        _chooses(cast, first, second)


def test_a_code_counts_no_more_once_she_changed_her_password_herself(cast: Cast) -> None:
    halves = _halves(cast)
    second_factor.change_password(cast.house, cast.lena, second_factor.ChangePassword(PASSWORD, GOOD), now=NOW)
    with pytest.raises(NotFound):
        _chooses(cast, *halves, password="another-good-passphrase")


@pytest.mark.parametrize("act", ["disable", "lower", "add"])
def test_managers_are_told_of_what_one_person_did_alone(cast: Cast, act: str) -> None:
    match act:
        case "disable":
            staff.disable_account(cast.house, cast.alun, staff.DisableAccount("carla"), now=NOW)
        case "lower":
            staff.change_role(cast.house, cast.alun, ChangeRole("devan", Role.WORKER), now=NOW)
        case _:
            staff.add_account(cast.house, SYSTEM, AddAccount("nia", "Nia Vane", Role.LEAD, GOOD), now=NOW)
    with cast.house.begin(SYSTEM, NOW) as uow:
        assert cast.maud.account_id in set(uow.session.exec(select(MessageRow.account_id)))
