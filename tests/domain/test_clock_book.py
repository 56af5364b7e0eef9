"""The provider's own rules, hours and closures; and the steps up, worked out by hand."""

from datetime import date, datetime, time

import pytest

from sgapp.domain.clock_book import DEFAULT_BOOK, ClockBook, Closure, by_the_stopwatch
from sgapp.domain.clocks import THEIR_DECISION, AgencyHours, ClockKind, How, Rule, Span
from sgapp.domain.errors import Invalid
from sgapp.domain.time import from_london, show
from sgapp.domain.vocabulary import AGENCIES

K = ClockKind


def at(text: str) -> datetime:
    return from_london(datetime.fromisoformat(text))


def steps(kind: ClockKind, start: str, *, book: ClockBook = DEFAULT_BOOK, **how: str) -> list[str]:
    return [show(step) for step in book.clock(kind, at(start), **how).steps]  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "priority", "start", "up"), [
    (K.ACKNOWLEDGE, "high", "2026-10-05T10:40", ["5 Oct 2026, 11:10", "5 Oct 2026, 11:40", "5 Oct 2026, 12:10"]),
    (K.ACKNOWLEDGE, "other", "2026-10-05T10:40", ["5 Oct 2026, 12:40", "5 Oct 2026, 14:40", "5 Oct 2026, 16:40"]),
    # The night the clocks go back: two hours by the stopwatch are one by the wall.
    (K.ACKNOWLEDGE, "other", "2026-10-25T00:30", ["25 Oct 2026, 01:30", "25 Oct 2026, 03:30", "25 Oct 2026, 05:30"]),
    # The night they go forward: 00:30 and two hours are 03:30.
    (K.ACKNOWLEDGE, "other", "2027-03-28T00:30", ["28 Mar 2027, 03:30", "28 Mar 2027, 05:30", "28 Mar 2027, 07:30"]),
    # Reminded of as the day opens on which it is due; what began that day, an hour before closing, or half way.
    (K.DECIDE, "other", "2026-10-05T11:05",
     ["6 Oct 2026, 09:00", "6 Oct 2026, 17:00", "7 Oct 2026, 17:00", "8 Oct 2026, 17:00"]),
    (K.DECIDE, "high", "2026-10-05T11:05",
     ["5 Oct 2026, 16:00", "5 Oct 2026, 23:59", "6 Oct 2026, 11:59", "6 Oct 2026, 23:59"]),
    (K.SEND, "high", "2026-10-05T11:00",
     ["5 Oct 2026, 11:15", "5 Oct 2026, 11:30", "5 Oct 2026, 12:00", "5 Oct 2026, 12:30"]),
    # A minute before midnight, due at twenty past: the office opens too late for a reminder.
    (K.SEND, "high", "2026-10-05T23:50",
     ["6 Oct 2026, 00:05", "6 Oct 2026, 00:20", "6 Oct 2026, 00:50", "6 Oct 2026, 01:20"]),
    (K.RECEIPT, "other", "2026-10-05T13:50",
     ["6 Oct 2026, 16:00", "7 Oct 2026, 17:00", "8 Oct 2026, 17:00", "9 Oct 2026, 17:00"]),
    # Friday 16:55 lies within the hours: day 0 is the Friday, and the weekend does not count.
    (K.RECEIPT, "other", "2026-10-09T16:55",
     ["12 Oct 2026, 16:00", "13 Oct 2026, 17:00", "14 Oct 2026, 17:00", "15 Oct 2026, 17:00"]),
    # Received after closing: the count begins on the next working day.
    (K.AGENCY_DECISION, "other", "2026-10-09T17:00",
     ["13 Oct 2026, 17:00", "19 Oct 2026, 17:00", "20 Oct 2026, 17:00", "21 Oct 2026, 17:00"]),
    # Christmas Day 2027 is a Saturday, Boxing Day a Sunday: Monday 27 and Tuesday 28 are given instead.
    (K.RECEIPT, "other", "2027-12-24T10:00",
     ["29 Dec 2027, 16:00", "30 Dec 2027, 17:00", "31 Dec 2027, 17:00", "4 Jan 2028, 17:00"]),
    # Maundy Thursday 2027: Good Friday 26 March, Easter Monday 29 March, and the clocks go forward between them.
    (K.RECEIPT, "other", "2027-03-25T10:00",
     ["30 Mar 2027, 16:00", "31 Mar 2027, 17:00", "1 Apr 2027, 17:00", "2 Apr 2027, 17:00"]),
    (K.NOTIFY_CQC, "other", "2026-10-05T10:00",
     ["5 Oct 2026, 16:00", "5 Oct 2026, 23:59", "6 Oct 2026, 10:00", "6 Oct 2026, 22:00"]),
])
def test_the_steps_up_come_at_the_times_worked_out_by_hand(kind: ClockKind, priority: str, start: str, up: list[str]) -> None:
    assert steps(kind, start, priority=priority) == up


@pytest.mark.parametrize(("start", "day", "first"), [
    ("2026-10-05T10:00", date(2026, 10, 9), "9 Oct 2026, 09:00"),
    # A Sunday, and a bank holiday: it is that day all the same.
    ("2026-10-05T10:00", date(2026, 10, 11), "11 Oct 2026, 09:00"),
    ("2026-12-01T10:00", date(2026, 12, 25), "25 Dec 2026, 09:00"),
    ("2026-10-09T10:00", date(2026, 10, 9), "9 Oct 2026, 16:00"),
])
def test_a_day_that_was_chosen_wakes_somebody_as_it_opens(start: str, day: date, first: str) -> None:
    assert show(DEFAULT_BOOK.clock(K.REVIEW, at(start), on=day).steps[0]) == first


def test_a_day_that_was_chosen_is_over_at_midnight_and_goes_up_at_the_close_of_the_next_working_days() -> None:
    running = DEFAULT_BOOK.clock(K.REVIEW, at("2026-10-05T10:00"), on=date(2026, 10, 9))
    assert [show(step) for step in running.steps[1:]] == ["9 Oct 2026, 23:59", "12 Oct 2026, 17:00", "13 Oct 2026, 17:00"]


def test_one_agencys_own_hours_move_its_working_days_and_no_others() -> None:
    early = DEFAULT_BOOK.with_hours(AgencyHours.weekdays(time(8, 30), time(17), friday_closes=time(16, 30)), "LA_ASC")
    sent = "2026-10-09T16:45"  # a Friday, after that agency's cut-off
    assert steps(K.RECEIPT, sent, book=early, agency="LA_ASC")[0] == "13 Oct 2026, 16:00"
    assert steps(K.RECEIPT, sent, book=early, agency="GP")[0] == "12 Oct 2026, 16:00"


def test_a_local_closure_is_no_working_day_for_whom_it_was_made() -> None:
    book = DEFAULT_BOOK.with_closure(Closure(date(2026, 10, 6), "Staff day", "LA_ASC"))
    assert steps(K.RECEIPT, "2026-10-05T13:50", book=book, agency="LA_ASC")[0] == "7 Oct 2026, 16:00"
    assert steps(K.DECIDE, "2026-10-05T13:50", book=book)[1] == "6 Oct 2026, 17:00"


def test_a_rule_for_one_agency_replaces_the_default_there_alone() -> None:
    slow = Rule(K.RECEIPT, "", Span(How.WORKING, 3), "Local policy", agency="MARAC")
    book = DEFAULT_BOOK.with_rule(slow)
    assert show(book.clock(K.RECEIPT, at("2026-10-05T13:50"), agency="MARAC").due_at) == "8 Oct 2026, 17:00"
    assert show(book.clock(K.RECEIPT, at("2026-10-05T13:50"), agency="LA_ASC").due_at) == "6 Oct 2026, 17:00"


def test_a_rule_of_our_own_for_every_priority_gives_way_to_the_default_for_one() -> None:
    book = DEFAULT_BOOK.with_rule(Rule(K.ACKNOWLEDGE, "", Span(How.ELAPSED, 240), "Local policy"))
    assert show(book.clock(K.ACKNOWLEDGE, at("2026-10-05T10:00"), priority="high").due_at) == "5 Oct 2026, 10:30"


def test_a_rule_set_again_replaces_the_earlier_one_and_taken_out_leaves_the_default() -> None:
    first = Rule(K.ACKNOWLEDGE, "other", Span(How.ELAPSED, 60), "Local policy")
    book = DEFAULT_BOOK.with_rule(first).with_rule(Rule(K.ACKNOWLEDGE, "other", Span(How.ELAPSED, 90), "Local policy"))
    assert [r.due.amount for r in book.rules] == [90]
    assert book.without_rule(K.ACKNOWLEDGE, "other", "").rules == ()


@pytest.mark.parametrize("span", [Span(How.ELAPSED, 0), Span(How.ELAPSED, 60 * 24 * 61), Span(How.WORKING, 61)])
def test_a_rule_that_would_let_a_thing_rest_is_refused(span: Span) -> None:
    with pytest.raises(Invalid):
        DEFAULT_BOOK.with_rule(Rule(K.ACKNOWLEDGE, "other", span, "Local policy"))


def test_both_clocks_are_shown_where_they_differ_and_only_there() -> None:
    rule = DEFAULT_BOOK.rule(K.RECEIPT, "other")
    friday = DEFAULT_BOOK.clock(K.RECEIPT, at("2026-10-09T16:55"))
    monday = DEFAULT_BOOK.clock(K.RECEIPT, at("2026-10-05T13:50"))
    stopwatch = by_the_stopwatch(friday, rule)
    assert stopwatch is not None and show(stopwatch) == "10 Oct 2026, 16:55"
    assert by_the_stopwatch(monday, rule) is None


#: The local authority itself, and those that keep its time.
AS_THE_LOCAL_AUTHORITY = {"LA_ASC", "EDT", "CHILD", "LADO", "PIPOT", "ADVOCATE"}


@pytest.mark.parametrize("agency", AGENCIES.codes())
def test_each_agency_has_a_time_of_its_own_for_its_decision_or_keeps_the_local_authoritys(agency: str) -> None:
    own = DEFAULT_BOOK.rule(K.AGENCY_DECISION, "other", agency).agency == agency
    assert own is (agency not in AS_THE_LOCAL_AUTHORITY)


@pytest.mark.parametrize(("kind", "agency", "up"), [
    # A voice answers at once, at any hour; the steps come by the stopwatch.
    (K.RECEIPT, "POL999", ["9 Oct 2026, 22:30", "9 Oct 2026, 23:00", "10 Oct 2026, 00:00", "10 Oct 2026, 01:00"]),
    (K.RECEIPT, "EDT", ["9 Oct 2026, 22:30", "9 Oct 2026, 23:00", "10 Oct 2026, 00:00", "10 Oct 2026, 01:00"]),
    (K.AGENCY_DECISION, "AMB", ["10 Oct 2026, 10:00", "10 Oct 2026, 22:00", "11 Oct 2026, 10:00", "11 Oct 2026, 22:00"]),
    # Friday at ten in the evening counts from Monday on.
    (K.AGENCY_DECISION, "EDT", ["13 Oct 2026, 17:00", "19 Oct 2026, 17:00", "20 Oct 2026, 17:00", "21 Oct 2026, 17:00"]),
    (K.AGENCY_DECISION, "BANK", ["14 Oct 2026, 17:00", "19 Oct 2026, 17:00", "20 Oct 2026, 17:00", "21 Oct 2026, 17:00"]),
    (K.AGENCY_DECISION, "MARAC", ["26 Oct 2026, 17:00", "9 Nov 2026, 17:00", "10 Nov 2026, 17:00", "11 Nov 2026, 17:00"])])
def test_what_an_agency_owes_goes_up_by_its_own_time(kind: ClockKind, agency: str, up: list[str]) -> None:
    assert steps(kind, "2026-10-09T22:00", agency=agency) == up


@pytest.mark.parametrize("agency", sorted(THEIR_DECISION))
def test_each_default_of_an_agency_could_be_set_by_a_manager_too(agency: str) -> None:
    DEFAULT_BOOK.with_rule(DEFAULT_BOOK.rule(K.AGENCY_DECISION, "other", agency))
