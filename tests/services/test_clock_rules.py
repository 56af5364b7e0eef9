"""The clock book through its services: set by the manager with its history, and followed by what runs already."""

from dataclasses import replace
from datetime import date, datetime, time

import pytest
from sqlmodel import select

from sgapp.domain.clocks import BY_A_DAY, ClockKind
from sgapp.domain.errors import Invalid, NotPermitted
from sgapp.domain.time import show
from sgapp.services import clock_rules
from sgapp.services.house import SYSTEM
from sgapp.services.sweep import sweep
from sgapp.services.views.duty import clocks_view
from sgapp.store.tables import ClockRow
from tests.people import START, Cast
from tests.services.story import Story, at

HOUR = clock_rules.SetClockRule(ClockKind.ACKNOWLEDGE, "elapsed", 60, "other", "", "Policy 7, March 2026")


def due(cast: Cast, record_id: str, kind: str) -> str:
    with cast.house.begin(SYSTEM, START) as uow:
        return show(uow.session.exec(select(ClockRow.due_at).where(
            ClockRow.record_id == record_id, ClockRow.kind == kind)).one())


def test_a_rule_of_our_own_counts_for_what_comes_next(cast: Cast) -> None:
    clock_rules.set_clock_rule(cast.house, cast.maud, HOUR, now=START)
    assert due(cast, cast.writes(), "acknowledge") == "5 Oct 2026, 11:40"


def test_what_runs_already_is_worked_out_anew_by_the_next_sweep(cast: Cast) -> None:
    note_id = cast.writes()
    clock_rules.set_clock_rule(cast.house, cast.maud, HOUR, now=START)
    assert due(cast, note_id, "acknowledge") == "5 Oct 2026, 12:40"
    assert sweep(cast.house, now=START, holder="one").retimed == 1
    assert due(cast, note_id, "acknowledge") == "5 Oct 2026, 11:40"


def test_an_agencys_own_hours_and_closures_move_its_clocks_alone(cast: Cast) -> None:
    hours = clock_rules.SetHours("LA_ASC", time(8, 30), time(17), time(16, 30))
    clock_rules.set_hours(cast.house, cast.maud, hours, now=START)
    clock_rules.add_closure(cast.house, cast.maud, clock_rules.AddClosure(date(2026, 10, 6), "Staff day", "LA_ASC"), now=START)
    story = Story(cast).noted().seen().opened().decided().reviewed().sent()
    assert due(cast, story.referral_id, "receipt") == "7 Oct 2026, 17:00"


def test_a_rule_that_was_taken_back_leaves_the_default(cast: Cast) -> None:
    clock_rules.set_clock_rule(cast.house, cast.maud, HOUR, now=START)
    back = clock_rules.DropClockRule(ClockKind.ACKNOWLEDGE, "other")
    clock_rules.drop_clock_rule(cast.house, cast.maud, back, now=START)
    assert due(cast, cast.writes(), "acknowledge") == "5 Oct 2026, 12:40"


def test_the_history_says_who_changed_what_when_in_words(cast: Cast) -> None:
    manager, house = cast.maud, cast.house
    clock_rules.set_clock_rule(house, manager, HOUR, now=START)
    clock_rules.set_clock_rule(house, manager, replace(HOUR, amount=90, source="Policy 8"), now=at("2026-10-06T09:00"))
    closure = clock_rules.AddClosure(date(2026, 12, 24), "Office closed")
    clock_rules.add_closure(house, manager, closure, now=at("2026-10-07T09:00"))
    clock_rules.drop_clock_rule(house, manager, clock_rules.DropClockRule(ClockKind.ACKNOWLEDGE, "other"),
                                now=at("2026-10-08T09:00"))
    gone = clock_rules.RemoveClosure(date(2026, 12, 24))
    clock_rules.remove_closure(house, manager, gone, now=at("2026-10-09T09:00"))
    hours = clock_rules.SetHours("", time(8), time(16))
    clock_rules.set_hours(house, manager, hours, now=at("2026-10-12T09:00"))
    one, two = ("acknowledge (Other) 1 h, escalate 2 h, by Policy 7, March 2026",
                "acknowledge (Other) 90 min, escalate 2 h, by Policy 8")
    shut = "closed on 24 December 2026, our own office: Office closed"
    assert clocks_view(house, cast.lena, START).history == (
        "12 Oct 2026, 09:00, Maud Ellery: our own office 08:00 to 16:00 (was: our own office 09:00 to 17:00)",
        f"9 Oct 2026, 09:00, Maud Ellery: open after all: {shut}",
        f"8 Oct 2026, 09:00, Maud Ellery: back to the default, was {two}",
        f"7 Oct 2026, 09:00, Maud Ellery: {shut}",
        f"6 Oct 2026, 09:00, Maud Ellery: {two} (was: {one})",
        f"5 Oct 2026, 10:40, Maud Ellery: {one}")


@pytest.mark.parametrize("kind", sorted(BY_A_DAY))
def test_what_is_due_on_a_chosen_day_cannot_be_given_a_length(cast: Cast, kind: ClockKind) -> None:
    with pytest.raises(Invalid):
        clock_rules.set_clock_rule(cast.house, cast.maud, clock_rules.SetClockRule(kind, "elapsed", 60, source="P"), now=START)


def test_a_local_rule_for_an_agencys_decision_is_still_chased_and_then_goes_up_in_its_order(cast: Cast) -> None:
    two_days = clock_rules.SetClockRule(ClockKind.AGENCY_DECISION, "working", 2, "", "LA_ASC", "Local policy")
    clock_rules.set_clock_rule(cast.house, cast.maud, two_days, now=START)
    with cast.house.begin(SYSTEM, START) as uow:
        running = uow.book.clock(ClockKind.AGENCY_DECISION, START, agency="LA_ASC")
    assert [show(step) for step in running.steps] == [
        "7 Oct 2026, 17:00", "12 Oct 2026, 17:00", "13 Oct 2026, 17:00", "14 Oct 2026, 17:00"]


def test_a_local_rule_may_say_itself_when_it_is_chased_and_when_it_goes_up(cast: Cast) -> None:
    form = clock_rules.SetClockRule(ClockKind.AGENCY_DECISION, "working", 4, "", "LA_ASC", "Local policy", 2, 6)
    clock_rules.set_clock_rule(cast.house, cast.maud, form, now=START)
    with cast.house.begin(SYSTEM, START) as uow:
        running = uow.book.clock(ClockKind.AGENCY_DECISION, START, agency="LA_ASC")
    assert (show(running.due_at), [show(step) for step in running.steps[:2]]) == (
        "9 Oct 2026, 17:00", ["7 Oct 2026, 17:00", "13 Oct 2026, 17:00"])


@pytest.mark.parametrize(("how", "due_at"), [("same_day", "5 Oct 2026, 17:00"), ("same_day_midnight", "5 Oct 2026, 23:59")])
def test_the_same_day_can_be_chosen(cast: Cast, how: str, due_at: str) -> None:
    form = clock_rules.SetClockRule(ClockKind.ACKNOWLEDGE, how, None, "other", "", "Local policy")
    clock_rules.set_clock_rule(cast.house, cast.maud, form, now=START)
    assert due(cast, cast.writes(), "acknowledge") == due_at


def test_only_the_manager_sets_the_clocks(cast: Cast) -> None:
    for actor in (cast.lena, cast.devan, cast.joy, cast.noel, cast.alun):
        with pytest.raises(NotPermitted):
            clock_rules.set_clock_rule(cast.house, actor, HOUR, now=START)


@pytest.mark.parametrize("wrong", [
    clock_rules.SetClockRule(ClockKind.ACKNOWLEDGE, "elapsed", 60), clock_rules.SetClockRule(ClockKind.ACKNOWLEDGE, "", 60,
                                                                                            source="P"),
    clock_rules.SetClockRule(ClockKind.RECEIPT, "working", 2, source="P", chase=3),
    clock_rules.SetClockRule(ClockKind.RECEIPT, "working", 2, source="P", escalate=2),
    clock_rules.SetClockRule(ClockKind.RECEIPT, "same_day", source="P", escalate=2),
    clock_rules.SetClockRule(ClockKind.ACKNOWLEDGE, "elapsed", 0, source="P"),
    clock_rules.SetClockRule(ClockKind.RECEIPT, "working", 2, agency="NOBODY", source="P")])
def test_a_rule_without_a_length_a_measure_or_a_source_is_refused(cast: Cast, wrong: clock_rules.SetClockRule) -> None:
    with pytest.raises(Invalid):
        clock_rules.set_clock_rule(cast.house, cast.maud, wrong, now=START)


def test_hours_that_close_before_they_open_are_refused(cast: Cast) -> None:
    with pytest.raises(Invalid, match="close after it opens"):
        clock_rules.set_hours(cast.house, cast.maud, clock_rules.SetHours("", time(17), time(9)), now=START)


def test_the_same_day_on_which_the_clocks_go_back_is_not_lost_by_a_rule_in_minutes(cast: Cast) -> None:
    clock_rules.set_clock_rule(cast.house, cast.maud, HOUR, now=START)
    note_id = cast.writes(at=at("2026-10-25T01:30"))
    with cast.house.begin(SYSTEM, START) as uow:
        row = uow.session.exec(select(ClockRow).where(ClockRow.record_id == note_id)).one()
        assert (row.due_at - row.started_at).total_seconds() == 3600
        assert isinstance(row.due_at, datetime)
