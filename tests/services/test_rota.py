"""The rota through its services: set by leads, never with a gap, handed over between two people and nobody else."""

from datetime import timedelta

import pytest

from sgapp.domain.errors import Invalid, NotFound
from sgapp.domain.permissions import Actor, Role
from sgapp.domain.rota import Duty
from sgapp.services import reach, rota
from sgapp.services.guard import Done
from sgapp.services.house import SYSTEM
from sgapp.services.staff import ChangeRole, DisableAccount, SettleChange, change_role, disable_account, settle_change
from sgapp.services.views.duty import RotaView, rota_view
from sgapp.services.views.queue import queue
from sgapp.store import accounts
from tests.people import START, Cast


def days(n: float) -> object:
    return START + timedelta(days=n)


def view(cast: Cast, who: Actor, n: float = 0) -> RotaView:
    return rota_view(cast.house, who, START + timedelta(days=n))


def on_now(cast: Cast, n: float = 0) -> dict[str, str]:
    return {d.duty: d.name for d in view(cast, cast.lena, n).now}


def away(cast: Cast, who: Actor, start: float, end: float, *, by: Actor | None = None) -> Done:
    form = rota.AddAbsence(who.account_id, START + timedelta(days=start), START + timedelta(days=end))
    return rota.add_absence(cast.house, by or cast.lena, form, now=START)


def sends_no_more(cast: Cast, **set_up: str) -> None:
    """The installation sends no mails and no texts but for what is set up."""
    none = {"smtp_url": "", "notify_key": "", "notify_template": ""}
    cast.house.settings = cast.house.settings.model_copy(update=none | set_up)


def told(cast: Cast, who: Actor, **choice: str) -> str:
    form = reach.SetReach(phone="07700 900123", email="someone@example.org", **choice)
    return reach.set_reach(cast.house, who, form, now=START).message


def test_whoever_chooses_a_way_that_is_not_set_up_here_is_told_so(cast: Cast) -> None:
    sends_no_more(cast)
    assert told(cast, cast.lena, by_text="yes").startswith("Kept. But nothing goes out by text: that is not set up here.")
    assert told(cast, cast.lena) == "Kept. This is how you are told from now on."
    sends_no_more(cast, smtp_url="smtp://127.0.0.1:25")
    assert told(cast, cast.lena, by_email="yes") == "Kept. This is how you are told from now on."


def test_the_queue_names_who_is_on_duty_and_has_chosen_no_way_that_there_is(cast: Cast) -> None:
    def alarms() -> list[bool]:
        return [alarm.startswith("Lena Hart is on duty and told nothing outside this list")
                for alarm in queue(cast.house, cast.devan, START).alarms]

    sends_no_more(cast)
    found = [alarms()]
    told(cast, cast.lena, by_email="yes", by_text="yes")
    found.append(alarms())
    lead, = (now.reach for now in view(cast, cast.devan).now if now.duty == "lead")
    sends_no_more(cast, smtp_url="smtp://127.0.0.1:25")
    assert ([*found, alarms()], lead) == ([[], [True], []], "not told outside this desk; e-mail, text not set up here")


def turn(cast: Cast, duty: Duty, who: Actor, start: float, end: float) -> Done:
    form = rota.AddTurn(duty, who.account_id, START + timedelta(days=start), START + timedelta(days=end))
    return rota.add_turn(cast.house, cast.lena, form, now=START)


def until(cast: Cast, n: float = 0) -> str:
    """Until when the desk says that whoever leads now does so."""
    [found] = [d.until for d in view(cast, cast.lena, n).now if d.duty == Duty.LEAD]
    return found


def test_whoever_stands_in_is_on_until_a_turn_begins(cast: Cast) -> None:
    turn(cast, Duty.LEAD, cast.maud, 0.25, 1)
    assert [until(cast), until(cast, 1)] == ["until 5 Oct 2026, 16:40", "until further notice"]


def test_whoever_has_a_turn_is_on_until_she_is_away(cast: Cast) -> None:
    turn(cast, Duty.LEAD, cast.maud, 0, 1)
    away(cast, cast.maud, 0.25, 0.5)
    assert [until(cast, n) for n in (0, 0.25, 0.5)] == [
        "until 5 Oct 2026, 16:40", "until 5 Oct 2026, 22:40", "until 6 Oct 2026, 10:40"]


def test_what_changes_nothing_for_a_duty_ends_it_not(cast: Cast) -> None:
    turn(cast, Duty.LEAD, cast.maud, 0, 1)
    turn(cast, Duty.ON_CALL, cast.devan, 0.1, 0.2)
    turn(cast, Duty.LEAD, cast.maud, 1, 2)
    assert until(cast) == "until 7 Oct 2026, 10:40"


def test_before_anybody_has_set_it_the_first_of_each_role_is_on(cast: Cast) -> None:
    assert on_now(cast) == {"lead": "Lena Hart", "deputy": "Devan Rao", "on_call": "Joy Okafor"}


def test_a_turn_is_on_while_it_lasts_and_no_longer(cast: Cast) -> None:
    turn(cast, Duty.LEAD, cast.maud, 1, 2)
    assert [on_now(cast, n)["lead"] for n in (0, 1.5, 2)] == ["Lena Hart", "Maud Ellery", "Lena Hart"]


def test_an_absence_that_leaves_nobody_is_refused_and_nothing_is_changed(cast: Cast) -> None:
    with pytest.raises(Invalid, match="nobody would be on call"):
        away(cast, cast.joy, 1, 2)
    assert view(cast, cast.lena).absences == ()


def test_an_absence_that_somebody_covers_is_kept(cast: Cast) -> None:
    turn(cast, Duty.ON_CALL, cast.devan, 1, 2)
    away(cast, cast.joy, 1, 2)
    assert on_now(cast, 1.5)["on_call"] == "Devan Rao"


def test_a_turn_that_somebody_needs_cannot_be_taken_out(cast: Cast) -> None:
    turn(cast, Duty.ON_CALL, cast.devan, 1, 2)
    away(cast, cast.joy, 1, 2)
    [entry] = view(cast, cast.lena).turns
    with pytest.raises(Invalid, match="nobody would be on call"):
        rota.remove_rota_entry(cast.house, cast.lena, rota.RemoveRotaEntry(entry.id), now=START)


def test_a_turn_that_nobody_needs_can_be_taken_out(cast: Cast) -> None:
    turn(cast, Duty.LEAD, cast.maud, 1, 2)
    [entry] = view(cast, cast.lena).turns
    rota.remove_rota_entry(cast.house, cast.lena, rota.RemoveRotaEntry(entry.id), now=START)
    assert view(cast, cast.lena).turns == ()


def test_nobody_is_put_down_for_what_she_may_not_do(cast: Cast) -> None:
    for duty, who in ((Duty.LEAD, cast.joy), (Duty.ON_CALL, cast.amina), (Duty.DEPUTY, cast.farid)):
        with pytest.raises(Invalid, match="Choose somebody"):
            turn(cast, duty, who, 1, 2)


def test_the_manager_can_stand_in_for_the_lead_for_good(cast: Cast) -> None:
    rota.set_standing(cast.house, cast.lena, rota.SetStanding(Duty.LEAD, cast.maud.account_id), now=START)
    assert on_now(cast)["lead"] == "Maud Ellery"


def test_each_branch_has_a_rota_of_its_own(cast: Cast) -> None:
    turn(cast, Duty.LEAD, cast.maud, 0, 2)
    assert [d.name for d in view(cast, cast.farid, 1).now if d.duty == "lead"] == ["Farid Noor"]


def test_what_was_handed_over_is_read_by_the_two_and_by_nobody_else(cast: Cast) -> None:
    words = "P-104: ring the daughter before ten."
    rota.hand_over(cast.house, cast.lena, rota.HandOver(cast.joy.account_id, words), now=START)
    read = {name: [h.words for h in view(cast, actor).hand_overs]
            for name, actor in (("lena", cast.lena), ("joy", cast.joy), ("devan", cast.devan), ("maud", cast.maud))}
    assert read == {"lena": [words], "joy": [words], "devan": [], "maud": []}


def test_only_the_next_person_can_take_over_and_the_writer_sees_when(cast: Cast) -> None:
    made = rota.hand_over(cast.house, cast.lena, rota.HandOver(cast.joy.account_id, "Nothing open."), now=START).id
    with pytest.raises(NotFound):
        rota.take_over(cast.house, cast.devan, rota.TakeOver(made), now=START)
    assert view(cast, cast.lena).hand_overs[0].taken == "Not taken over yet"
    rota.take_over(cast.house, cast.joy, rota.TakeOver(made), now=START)
    assert view(cast, cast.lena).hand_overs[0].taken == "Taken over 5 Oct 2026, 10:40"


def test_a_hand_over_stands_there_until_it_is_taken_and_a_week_longer(cast: Cast) -> None:
    made = rota.hand_over(cast.house, cast.lena, rota.HandOver(cast.joy.account_id, "Nothing open."), now=START).id
    rota.set_standing(cast.house, cast.lena, rota.SetStanding(Duty.ON_CALL, cast.joy.account_id), now=START)
    assert [h.taken for h in view(cast, cast.lena, 30).hand_overs] == ["Not taken over yet"]
    assert [h.may_take for h in view(cast, cast.joy, 30).hand_overs] == [True]
    rota.take_over(cast.house, cast.joy, rota.TakeOver(made), now=START + timedelta(days=30))
    assert [[h.taken for h in view(cast, cast.lena, n).hand_overs] for n in (36, 38)] == [
        ["Taken over 4 Nov 2026, 09:40"], []]


def test_a_hand_over_says_something_to_somebody_else(cast: Cast) -> None:
    for form in (rota.HandOver(cast.joy.account_id, "  "), rota.HandOver(cast.lena.account_id, "x"),
                 rota.HandOver(cast.amina.account_id, "x")):
        with pytest.raises(Invalid):
            rota.hand_over(cast.house, cast.lena, form, now=START)


def lets_ring(cast: Cast, who: Actor, number: str, *, rung: str = "yes") -> None:
    form = reach.SetReach(phone=number, by_text="yes", rung=rung)
    reach.set_reach(cast.house, who, form, now=START)


def test_the_number_of_whoever_is_on_call_is_given_only_if_she_says_so(cast: Cast) -> None:
    lets_ring(cast, cast.joy, "07700 900001", rung="")
    assert rota.whom_to_ring(cast.house, cast.amina, START) is None
    lets_ring(cast, cast.joy, "07700 900001")
    lets_ring(cast, cast.devan, "07700 900002")
    found = rota.whom_to_ring(cast.house, cast.amina, START)
    assert found is not None and found.number == "07700 900001"
    turn(cast, Duty.ON_CALL, cast.devan, 1, 2)
    found = rota.whom_to_ring(cast.house, cast.amina, START + timedelta(days=1.5))
    assert found is not None and found.number == "07700 900002"


def test_a_number_is_good_until_the_rota_changes_and_for_half_a_day_at_most(cast: Cast) -> None:
    lets_ring(cast, cast.joy, "07700 900001")
    turn(cast, Duty.ON_CALL, cast.devan, 1, 2)
    until = [found.until - START for hours in (0, 20) if (found := rota.whom_to_ring(
        cast.house, cast.amina, START + timedelta(hours=hours)))]
    assert until == [timedelta(hours=12), timedelta(hours=24)]


def test_an_account_that_is_stopped_is_rung_by_nobody(cast: Cast) -> None:
    lets_ring(cast, cast.joy, "07700 900001")
    turn(cast, Duty.ON_CALL, cast.joy, 0, 1)
    with cast.house.begin(SYSTEM, START) as uow:
        accounts.disable(uow, cast.joy.account_id)
    assert rota.whom_to_ring(cast.house, cast.amina, START) is None


def test_whoever_the_rota_needs_is_not_disabled_before_somebody_else_is_put_down(cast: Cast) -> None:
    rota.set_standing(cast.house, cast.lena, rota.SetStanding(Duty.ON_CALL, cast.joy.account_id), now=START)
    with pytest.raises(Invalid, match="by the rota nobody would be on call from 5 Oct 2026, 10:40"):
        disable_account(cast.house, cast.alun, DisableAccount("joy"), now=START)
    assert on_now(cast)["on_call"] == "Joy Okafor"
    rota.set_standing(cast.house, cast.lena, rota.SetStanding(Duty.ON_CALL, cast.devan.account_id), now=START)
    disable_account(cast.house, cast.alun, DisableAccount("joy"), now=START)


def test_nor_is_she_given_a_role_that_cannot_have_the_duty_neither_when_asked_nor_when_agreed_to(cast: Cast) -> None:
    to_hr = ChangeRole("joy", Role.HR, "She moves.")
    asked = change_role(cast.house, cast.alun, to_hr, now=START)
    rota.set_standing(cast.house, cast.lena, rota.SetStanding(Duty.ON_CALL, cast.joy.account_id), now=START)
    with pytest.raises(Invalid, match="nobody would be on call"):
        settle_change(cast.house, cast.maud, SettleChange(asked.id, "yes"), now=START)
    with pytest.raises(Invalid, match="nobody would be on call"):
        change_role(cast.house, cast.alun, to_hr, now=START)
    change_role(cast.house, cast.alun, ChangeRole("joy", Role.LEAD, "She leads."), now=START)


def test_a_gap_that_came_about_all_the_same_is_an_alarm_in_the_queue(cast: Cast) -> None:
    rota.set_standing(cast.house, cast.lena, rota.SetStanding(Duty.ON_CALL, cast.joy.account_id), now=START)
    assert queue(cast.house, cast.lena, START).alarms == ()
    with cast.house.begin(SYSTEM, START) as uow:
        accounts.disable(uow, cast.joy.account_id)
    assert queue(cast.house, cast.lena, START).alarms == (
        "By the rota nobody would be on call from 5 Oct 2026, 10:40. Put somebody down on the page On duty.",)
