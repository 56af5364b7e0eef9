"""The clock book through its services: set by the manager with its history, and followed by what runs already."""

from datetime import date, datetime, time

import pytest
from sqlmodel import select

from sgapp.domain.clocks import ClockKind
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


def test_the_history_says_who_set_what_when(cast: Cast) -> None:
    clock_rules.set_clock_rule(cast.house, cast.maud, HOUR, now=START)
    closure = clock_rules.AddClosure(date(2026, 12, 24), "Office closed")
    clock_rules.add_closure(cast.house, cast.maud, closure, now=at("2026-10-06T09:00"))
    assert clocks_view(cast.house, cast.lena, START).history == (
        "6 Oct 2026, 09:00: Maud Ellery set version 2 (rules of our own: 1, closures: 1)",
        "5 Oct 2026, 10:40: Maud Ellery set version 1 (rules of our own: 1, closures: 0)")


def test_only_the_manager_sets_the_clocks(cast: Cast) -> None:
    for actor in (cast.lena, cast.devan, cast.joy, cast.noel, cast.alun):
        with pytest.raises(NotPermitted):
            clock_rules.set_clock_rule(cast.house, actor, HOUR, now=START)


@pytest.mark.parametrize("wrong", [
    clock_rules.SetClockRule(ClockKind.ACKNOWLEDGE, "elapsed", 60), clock_rules.SetClockRule(ClockKind.ACKNOWLEDGE, "", 60,
                                                                                            source="P"),
    clock_rules.SetClockRule(ClockKind.REVIEW, "elapsed", 60, source="P"),
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
