"""Weekly windows by England's wall clock: read as people write them, and right on the nights when the clocks change."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgapp.domain.errors import Invalid
from sgapp.domain.time import from_london
from sgapp.domain.windows import Span, Window, holding, next_good, parsed

TUESDAYS = parsed("Tue 10:00-11:00\nFri 10:00-11:00", "windows")


def london(text: str) -> datetime:
    return from_london(datetime.fromisoformat(text))


@pytest.mark.parametrize(
    "line", ["Tue 10:00-11:00", "tuesday 10.00 – 11.00", " TUE, 10:00 to 11:00 ", "Tues 10:00 until 11:00"])
def test_a_window_is_understood_however_it_is_written(line: str) -> None:
    assert parsed(line, "windows") == (Window(1, time(10), time(11)),)


@pytest.mark.parametrize(
    "line", ["Tuesday", "Tue 25:00-26:00", "Tue 11:00-10:00", "Tuk 10:00-11:00", "Tue 10-11", "Tue 10:00-10:00"])
def test_a_line_that_is_no_window_is_named(line: str) -> None:
    with pytest.raises(Invalid) as refused:
        parsed(f"Mon 09:00-10:00\n{line}", "windows")
    assert line in refused.value.errors[0].message


def test_a_window_may_end_at_midnight() -> None:
    [late] = parsed("Sun 22:00-24:00", "windows")
    assert parsed(late.in_words(), "windows") == (late,)
    assert holding((late,), london("2026-10-11T23:59")) == Span(london("2026-10-11T22:00"), london("2026-10-12T00:00"))
    assert holding((late,), london("2026-10-12T00:00")) is None


def test_a_window_holds_its_first_minute_and_not_its_last() -> None:
    assert holding(TUESDAYS, london("2026-10-13T10:00")) is not None
    assert holding(TUESDAYS, london("2026-10-13T11:00")) is None


def test_the_next_window_is_this_one_from_now_on_while_it_lasts() -> None:
    found = next_good(TUESDAYS, (), london("2026-10-13T10:40"))
    assert found == Span(london("2026-10-13T10:40"), london("2026-10-13T11:00"))


def test_the_next_window_after_the_last_of_the_week_is_next_week() -> None:
    found = next_good(TUESDAYS, (), london("2026-10-16T11:00"))
    assert found is not None
    assert found.in_words(london("2026-10-16T11:00")) == "Tue 20 Oct, 10:00–11:00"


def test_what_a_never_window_takes_away_is_not_offered() -> None:
    never = parsed("Tue 09:30-10:30", "never_windows")
    found = next_good(TUESDAYS, never, london("2026-10-12T09:00"))
    assert found == Span(london("2026-10-13T10:30"), london("2026-10-13T11:00"))
    assert next_good(parsed("Tue 10:00-11:00", "w"), parsed("Tue 00:00-24:00", "n"), london("2026-10-12T09:00")) is None


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 1), ("2026-10-25", 3)])
def test_a_window_over_the_night_of_the_clocks_is_as_long_as_the_wall_makes_it(day: str, hours: int) -> None:
    [night] = parsed("Sun 00:30-02:30", "windows")
    span = night.on(datetime.fromisoformat(day).date())
    assert span is not None
    assert span.ends_at - span.starts_at == timedelta(hours=hours)


def test_an_hour_that_spring_skips_begins_when_the_wall_goes_on() -> None:
    [skipped] = parsed("Sun 01:15-03:00", "windows")
    span = skipped.on(datetime(2026, 3, 29, tzinfo=UTC).date())
    assert span == Span(london("2026-03-29T02:00"), london("2026-03-29T03:00"))


def _wall(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


_WINDOWS = st.lists(st.builds(
    lambda day, start, length: Window(day, _wall(start), _wall(start + length)),
    st.integers(0, 6), st.integers(0, 22 * 60), st.integers(15, 90)), max_size=6)
_MOMENTS = st.datetimes(datetime(2026, 3, 1), datetime(2026, 11, 30)).map(lambda m: m.replace(tzinfo=UTC))


@given(_WINDOWS, _WINDOWS, _MOMENTS)
def test_whatever_is_offered_lies_in_a_safe_window_and_in_no_never_window(
        safe: list[Window], never: list[Window], after: datetime) -> None:
    found = next_good(safe, never, after)
    if found is None:
        return
    assert after <= found.starts_at < found.ends_at
    for moment in (found.starts_at, found.starts_at + (found.ends_at - found.starts_at) / 2,
                   found.ends_at - timedelta(microseconds=1)):
        assert holding(safe, moment) is not None
        assert holding(never, moment) is None
