"""Clocks: dates worked out by hand on a paper calendar, then properties that hold on every day."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sgapp.domain.clocks import (
    DEFAULT_CALENDAR,
    DEFAULT_RULES,
    AgencyHours,
    Calendar,
    Clock,
    ClockKind,
    DueState,
    How,
    NoRule,
    NoWorkingDay,
    Rule,
    Span,
    bank_holidays,
    clock,
    due_state,
    elapsed_hours,
    in_words,
    rule_for,
)
from sgapp.domain.time import NotUtc, from_london, show, to_london
from sgapp.domain.vocabulary import PRIORITIES, UnknownCode

properties = settings(database=None, deadline=None, max_examples=100)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC))
EARLY_FRIDAYS = Calendar(AgencyHours.weekdays(time(8, 30), time(17), friday_closes=time(16, 30)))
CALENDARS = st.sampled_from(
    [
        DEFAULT_CALENDAR,
        EARLY_FRIDAYS,
        Calendar(closures=frozenset(date(2026, 12, 24) + timedelta(days=i) for i in range(14))),
    ]
)
BY_DATE = {ClockKind.REVIEW, ClockKind.ACTION, ClockKind.MEASURE_REVIEW, ClockKind.MILESTONE, ClockKind.PLAN_REVIEW}


def at(text: str) -> datetime:
    """England's wall clock, as UTC."""
    return from_london(datetime.fromisoformat(text))


@pytest.mark.parametrize(
    ("why", "start", "days", "end"),
    [
        ("an ordinary Monday", "2026-10-05T13:50", 1, "6 Oct 2026, 17:00"),
        ("the start day is day 0", "2026-10-05T09:00", 0, "5 Oct 2026, 17:00"),
        ("two days", "2026-10-05T13:50", 2, "7 Oct 2026, 17:00"),
        ("five days pass over a weekend", "2026-10-07T09:15", 5, "14 Oct 2026, 17:00"),
        ("Friday 16:55 is still Friday", "2026-10-09T16:55", 1, "12 Oct 2026, 17:00"),
        ("Friday 17:00 is Monday", "2026-10-09T17:00", 1, "13 Oct 2026, 17:00"),
        ("Saturday is Monday", "2026-10-10T11:00", 1, "13 Oct 2026, 17:00"),
        ("before opening is the same day", "2026-10-06T07:10", 1, "7 Oct 2026, 17:00"),
        ("after closing is the next day", "2026-10-06T22:10", 1, "8 Oct 2026, 17:00"),
        ("over the end of summer time", "2026-10-23T10:00", 1, "26 Oct 2026, 17:00"),
        ("in the repeated hour", "2026-10-25T01:30", 1, "27 Oct 2026, 17:00"),
        ("Christmas 2026, Boxing Day on a Saturday", "2026-12-24T12:00", 1, "29 Dec 2026, 17:00"),
        ("Easter 2027 and the start of summer time", "2027-03-25T10:00", 1, "30 Mar 2027, 17:00"),
        ("on Good Friday 2027", "2027-03-26T10:00", 1, "31 Mar 2027, 17:00"),
        ("early May 2027", "2027-04-30T10:00", 1, "4 May 2027, 17:00"),
        ("Christmas 2027 with two substitute days", "2027-12-24T10:00", 1, "29 Dec 2027, 17:00"),
        ("the substitute day itself", "2027-12-28T10:00", 1, "30 Dec 2027, 17:00"),
        ("New Year 2028, a Saturday", "2027-12-31T10:00", 1, "4 Jan 2028, 17:00"),
    ],
)
def test_working_days_worked_out_by_hand(why: str, start: str, days: int, end: str) -> None:
    assert show(DEFAULT_CALENDAR.working_days_after(at(start), days)) == end, why


def test_closing_time_is_england_s_in_winter_and_in_summer() -> None:
    assert DEFAULT_CALENDAR.working_days_after(at("2026-10-23T10:00"), 1) == datetime(
        2026, 10, 26, 17, tzinfo=UTC
    )
    assert DEFAULT_CALENDAR.working_days_after(at("2027-03-25T10:00"), 1) == datetime(
        2027, 3, 30, 16, tzinfo=UTC
    )


def test_an_agency_that_closes_early_on_friday_takes_friday_16_55_on_monday() -> None:
    assert show(EARLY_FRIDAYS.working_days_after(at("2026-10-09T16:29"), 1)) == "12 Oct 2026, 17:00"
    assert show(EARLY_FRIDAYS.working_days_after(at("2026-10-09T16:55"), 1)) == "13 Oct 2026, 17:00"
    assert show(EARLY_FRIDAYS.working_days_after(at("2026-10-08T10:00"), 1)) == "9 Oct 2026, 16:30"


def test_a_local_closure_is_no_working_day() -> None:
    closed_tuesday = Calendar(closures=frozenset({date(2026, 10, 6)}))
    assert show(closed_tuesday.working_days_after(at("2026-10-05T13:50"), 1)) == "7 Oct 2026, 17:00"


def test_an_office_closed_for_ever_is_said_so_and_not_searched_for_ever() -> None:
    closed = Calendar(closures=frozenset(date(2026, 10, 1) + timedelta(days=i) for i in range(800)))
    with pytest.raises(NoWorkingDay):
        closed.working_days_after(at("2026-10-05T10:00"), 1)


def test_bank_holidays_are_england_s_and_not_scotland_s() -> None:
    in_2027 = bank_holidays(2027)
    assert {
        date(2027, 3, 26),
        date(2027, 3, 29),
        date(2027, 8, 30),
        date(2027, 12, 27),
        date(2027, 12, 28),
    } <= in_2027
    assert not {date(2027, 1, 4), date(2027, 8, 2), date(2027, 11, 30)} & in_2027


def test_hours_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="before it closes"):
        AgencyHours.weekdays(time(17), time(9))
    with pytest.raises(ValueError, match="Monday to Friday"):
        AgencyHours(((time(9), time(17)),))


def test_working_days_are_not_counted_backwards() -> None:
    with pytest.raises(ValueError, match="forwards"):
        DEFAULT_CALENDAR.working_days_after(at("2026-10-05T10:00"), -1)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-10-24T21:00", "25 Oct 2026, 20:00"),
        ("2027-03-27T21:00", "28 Mar 2027, 22:00"),
    ],
)
def test_elapsed_hours_run_by_the_stopwatch_when_the_clocks_change(start: str, end: str) -> None:
    assert show(elapsed_hours(at(start), 24)) == end


@pytest.mark.parametrize(
    ("priority", "shown"), [("emergency", "02:40"), ("high", "02:40"), ("other", "04:10")]
)
def test_acknowledging_never_waits_for_an_office_to_open(priority: str, shown: str) -> None:
    running = clock(ClockKind.ACKNOWLEDGE, at("2026-12-25T02:10"), priority=priority)
    assert show(running.due_at) == f"25 Dec 2026, {shown}"
    assert running.escalate_at == running.due_at


def test_an_emergency_s_record_is_due_on_a_bank_holiday_too() -> None:
    assert show(clock(ClockKind.EMERGENCY_RECORD, at("2026-12-25T22:00")).due_at) == "25 Dec 2026, 23:59"


def test_high_priority_is_decided_by_midnight_and_the_rest_within_a_working_day() -> None:
    friday_evening = at("2026-10-09T19:10")
    assert show(clock(ClockKind.DECIDE, friday_evening, priority="high").due_at) == "9 Oct 2026, 23:59"
    assert show(clock(ClockKind.DECIDE, friday_evening).due_at) == "13 Oct 2026, 17:00"


def test_the_same_day_ends_at_closing_or_at_midnight_for_high_priority() -> None:
    assert show(DEFAULT_CALENDAR.same_day_end(at("2026-10-05T12:45"), high=False)) == "5 Oct 2026, 17:00"
    assert show(DEFAULT_CALENDAR.same_day_end(at("2026-10-05T12:45"), high=True)) == "5 Oct 2026, 23:59"
    assert show(DEFAULT_CALENDAR.same_day_end(at("2026-10-09T18:00"), high=False)) == "12 Oct 2026, 17:00"
    assert show(DEFAULT_CALENDAR.same_day_end(at("2026-10-10T18:00"), high=True)) == "10 Oct 2026, 23:59"


def test_receipt_is_chased_within_a_working_day_and_goes_up_after_two() -> None:
    running = clock(ClockKind.RECEIPT, at("2026-10-05T13:50"))
    assert running.chase_at is not None and running.escalate_at is not None
    assert show(running.chase_at) == "6 Oct 2026, 16:00"
    assert show(running.due_at) == "6 Oct 2026, 17:00"
    assert show(running.escalate_at) == "7 Oct 2026, 17:00"


def test_receipt_after_cut_off_starts_at_the_next_opening() -> None:
    running = clock(ClockKind.AGENCY_DECISION, at("2026-10-07T17:20"))
    assert show(running.due_at) == "9 Oct 2026, 17:00"


def test_the_agency_s_decision_is_chased_after_one_working_day_and_goes_up_after_five() -> None:
    running = clock(ClockKind.AGENCY_DECISION, at("2026-10-07T09:15"))
    assert running.chase_at is not None and running.escalate_at is not None
    assert show(running.due_at) == show(running.chase_at) == "8 Oct 2026, 17:00"
    assert show(running.escalate_at) == "14 Oct 2026, 17:00"


def test_a_chase_is_never_brought_forward_to_before_opening_or_before_the_start() -> None:
    one_hour = Calendar(AgencyHours.weekdays(time(10), time(11)))
    early = Span(How.WORKING, 1, minutes_before_closing=300)
    assert show(early.end(at("2026-10-05T10:30"), one_hour)) == "6 Oct 2026, 10:00"
    same_day = Span(How.WORKING, 0, minutes_before_closing=60)
    assert show(same_day.end(at("2026-10-05T16:50"), DEFAULT_CALENDAR)) == "5 Oct 2026, 16:50"


def test_the_regulator_s_notice_is_due_the_same_day_and_alarms_after_24_hours() -> None:
    running = clock(ClockKind.NOTIFY_CQC, at("2026-10-10T20:00"))
    assert show(running.due_at) == "10 Oct 2026, 23:59"
    assert running.escalate_at == at("2026-10-11T20:00")


def test_a_review_is_due_at_the_end_of_its_day() -> None:
    assert (
        show(clock(ClockKind.REVIEW, at("2026-10-20T15:00"), on=date(2026, 10, 27)).due_at)
        == "27 Oct 2026, 23:59"
    )


def test_a_review_without_a_day_has_no_due_time() -> None:
    with pytest.raises(NoRule, match="date"):
        clock(ClockKind.REVIEW, at("2026-10-20T15:00"))


def test_a_local_rule_stands_before_the_general_one() -> None:
    quick = Rule(ClockKind.RECEIPT, "high", Span(How.ELAPSED, 60), "local policy")
    rules = (*DEFAULT_RULES, quick)
    assert rule_for(ClockKind.RECEIPT, "high", rules) is quick
    assert rule_for(ClockKind.RECEIPT, "other", rules) is not quick


def test_a_priority_nobody_knows_is_refused() -> None:
    with pytest.raises(UnknownCode, match="urgent-ish"):
        clock(ClockKind.DECIDE, at("2026-10-05T10:00"), priority="urgent-ish")


def test_no_rule_at_all_is_said_so() -> None:
    with pytest.raises(NoRule, match="decide"):
        clock(ClockKind.DECIDE, at("2026-10-05T10:00"), rules=())


@pytest.mark.parametrize("kind", [k for k in ClockKind if k not in BY_DATE])
@pytest.mark.parametrize("priority", PRIORITIES.codes())
def test_there_is_a_default_rule_with_a_source_for_every_kind_and_priority(
    kind: ClockKind, priority: str
) -> None:
    assert rule_for(kind, priority).source
    with pytest.raises(NotUtc):
        clock(kind, datetime(2026, 10, 5, 10), priority=priority)


def test_a_clock_cannot_hold_a_time_without_a_zone() -> None:
    with pytest.raises(NotUtc):
        Clock(ClockKind.ACTION, at("2026-10-05T10:00"), datetime(2026, 10, 6))


@pytest.mark.parametrize(
    ("due", "state", "words"),
    [
        ("2026-10-09T19:30", DueState.OVERDUE, "Overdue 34 min"),
        ("2026-10-09T17:00", DueState.OVERDUE, "Overdue 3 h"),
        ("2026-10-08T17:00", DueState.OVERDUE, "Overdue 1 day"),
        ("2026-10-02T17:00", DueState.OVERDUE, "Overdue 7 days"),
        ("2026-10-09T20:04", DueState.DUE_TODAY, "Due 20:04"),
        ("2026-10-09T23:59", DueState.DUE_TODAY, "Due 23:59"),
        ("2026-10-10T00:00", DueState.LATER, "Sat 00:00"),
        ("2026-10-12T13:50", DueState.LATER, "Mon 13:50"),
        ("2026-10-15T17:00", DueState.LATER, "Thu 17:00"),
        ("2026-10-16T17:00", DueState.LATER, "16 Oct"),
        ("2026-10-27T23:59", DueState.LATER, "27 Oct"),
        ("2027-01-08T17:00", DueState.LATER, "8 Jan 2027"),
    ],
)
def test_what_is_due_is_said_in_words(due: str, state: DueState, words: str) -> None:
    now = at("2026-10-09T20:04")
    assert due_state(at(due), now) is state
    assert in_words(at(due), now) == words


def test_a_few_seconds_late_is_a_minute_late() -> None:
    assert in_words(at("2026-10-09T20:04"), at("2026-10-09T20:04:20")) == "Overdue 1 min"


@given(
    st.sampled_from([k for k in ClockKind if k not in BY_DATE]),
    st.sampled_from(PRIORITIES.codes()),
    MOMENTS,
    CALENDARS,
)
@properties
def test_nothing_is_due_chased_or_escalated_before_it_starts(
    kind: ClockKind, priority: str, start: datetime, calendar: Calendar
) -> None:
    running = clock(kind, start, priority=priority, calendar=calendar)
    assert all(moment >= start for moment in (running.due_at, running.chase_at or start))
    if running.escalate_at is not None and kind is not ClockKind.NOTIFY_CQC:
        assert running.escalate_at >= running.due_at


@given(MOMENTS, st.integers(0, 12), CALENDARS)
@properties
def test_one_working_day_more_is_always_later(start: datetime, days: int, calendar: Calendar) -> None:
    assert calendar.working_days_after(start, days) < calendar.working_days_after(start, days + 1)


@given(MOMENTS, MOMENTS, st.integers(0, 5), CALENDARS)
@properties
def test_what_starts_later_never_ends_sooner(
    one: datetime, other: datetime, days: int, calendar: Calendar
) -> None:
    first, second = sorted((one, other))
    assert calendar.working_days_after(first, days) <= calendar.working_days_after(second, days)


@given(MOMENTS, st.integers(0, 12), CALENDARS)
@properties
def test_working_days_end_at_closing_time_of_an_open_day(
    start: datetime, days: int, calendar: Calendar
) -> None:
    end = to_london(calendar.working_days_after(start, days))
    assert calendar.is_working_day(end.date())
    assert end.time() == calendar.hours.days[end.weekday()][1]


@given(MOMENTS, st.integers(1, 12), CALENDARS)
@properties
def test_exactly_n_open_days_follow_the_day_of_opening(
    start: datetime, days: int, calendar: Calendar
) -> None:
    first = to_london(calendar.open_from(start)).date()
    last = to_london(calendar.working_days_after(start, days)).date()
    between = (first + timedelta(days=i) for i in range(1, (last - first).days + 1))
    assert sum(calendar.is_working_day(day) for day in between) == days


@given(MOMENTS)
@properties
def test_the_same_day_at_high_priority_ends_on_that_day(start: datetime) -> None:
    end = DEFAULT_CALENDAR.same_day_end(start, high=True)
    assert end >= start
    assert to_london(end).date() == to_london(start).date()
