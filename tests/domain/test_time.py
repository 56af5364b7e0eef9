"""Time: UTC inside, England's clock outside, and the two nights on which they part."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sgapp.domain.time import (
    LONDON,
    NoSuchLocalTime,
    NotUtc,
    end_of_day,
    from_london,
    require_utc,
    show,
    show_short,
    to_london,
)

properties = settings(database=None, deadline=None, max_examples=100)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC))


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(NotUtc, match="no zone"):
        require_utc(datetime(2026, 10, 5, 9, 40))


@pytest.mark.parametrize("month", [1, 7])
def test_england_s_own_zone_is_refused_in_winter_as_in_summer(month: int) -> None:
    with pytest.raises(NotUtc, match="not in UTC"):
        require_utc(datetime(2026, month, 5, 9, 40, tzinfo=LONDON))


def test_an_offset_that_is_not_nought_is_refused() -> None:
    with pytest.raises(NotUtc):
        require_utc(datetime(2026, 7, 5, tzinfo=timezone(timedelta(hours=1))))


@pytest.mark.parametrize("zone", [UTC, ZoneInfo("UTC"), ZoneInfo("Etc/UTC"), timezone(timedelta(0))])
def test_utc_by_any_of_its_names_is_accepted(zone: ZoneInfo) -> None:
    moment = require_utc(datetime(2026, 7, 5, 9, tzinfo=zone))
    assert moment == datetime(2026, 7, 5, 9, tzinfo=UTC)
    assert moment.tzinfo is UTC


@pytest.mark.parametrize(
    ("wall", "utc"),
    [
        (datetime(2026, 10, 5, 10, 40), datetime(2026, 10, 5, 9, 40, tzinfo=UTC)),
        (datetime(2026, 12, 5, 10, 40), datetime(2026, 12, 5, 10, 40, tzinfo=UTC)),
        (datetime(2027, 3, 28, 0, 59), datetime(2027, 3, 28, 0, 59, tzinfo=UTC)),
        (datetime(2027, 3, 28, 2, 0), datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
    ],
)
def test_a_wall_clock_time_becomes_utc(wall: datetime, utc: datetime) -> None:
    assert from_london(wall) == utc
    assert from_london(wall.date(), wall.time()) == utc


@pytest.mark.parametrize("minute", [0, 30, 59])
def test_the_hour_that_spring_skips_is_refused(minute: int) -> None:
    with pytest.raises(NoSuchLocalTime, match="28 Mar 2027, 01"):
        from_london(datetime(2027, 3, 28, 1, minute))


def test_the_hour_that_autumn_repeats_means_the_first_unless_told_otherwise() -> None:
    wall = datetime(2026, 10, 25, 1, 30)
    assert from_london(wall) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert from_london(wall, fold=1) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_a_time_that_has_a_zone_is_no_wall_clock_time() -> None:
    with pytest.raises(NotUtc, match="already has a zone"):
        from_london(datetime(2026, 10, 5, tzinfo=UTC))


def test_a_day_ends_on_that_day_also_when_the_clocks_change() -> None:
    assert show(end_of_day(date(2026, 10, 5))) == "5 Oct 2026, 23:59"
    assert end_of_day(date(2026, 10, 24)) < datetime(2026, 10, 24, 23, tzinfo=UTC)
    long_day = end_of_day(date(2026, 10, 25)) - from_london(date(2026, 10, 25))
    short_day = end_of_day(date(2027, 3, 28)) - from_london(date(2027, 3, 28))
    assert (long_day, short_day) == (
        timedelta(hours=25) - timedelta.resolution,
        timedelta(hours=23) - timedelta.resolution,
    )


def test_times_are_shown_in_england_s_time_on_the_24_hour_clock() -> None:
    assert show(datetime(2026, 10, 5, 9, 40, tzinfo=UTC)) == "5 Oct 2026, 10:40"
    assert show(datetime(2027, 1, 5, 19, 5, tzinfo=UTC)) == "5 Jan 2027, 19:05"


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2026, 10, 5, 9, 40, tzinfo=UTC), "10:40"),
        (datetime(2026, 10, 4, 22, 59, tzinfo=UTC), "4 Oct 23:59"),
        (datetime(2026, 10, 4, 23, 1, tzinfo=UTC), "00:01"),
        (datetime(2025, 12, 31, 10, 0, tzinfo=UTC), "31 Dec 2025 10:00"),
    ],
)
def test_today_is_shown_by_the_hour_and_other_days_by_their_date(moment: datetime, shown: str) -> None:
    assert show_short(moment, datetime(2026, 10, 5, 12, tzinfo=UTC)) == shown


@given(MOMENTS)
@properties
def test_england_s_time_and_back_is_the_same_moment(moment: datetime) -> None:
    wall = to_london(moment)
    assert from_london(wall.replace(tzinfo=None, fold=0), fold=wall.fold) == moment


@given(st.dates(date(2026, 1, 1), date(2029, 12, 31)), st.times())
@properties
def test_every_wall_clock_time_either_exists_or_is_refused_by_name(day: date, at: time) -> None:
    try:
        moment = from_london(day, at)
    except NoSuchLocalTime:
        assert (day.month, day.weekday(), at.hour) == (3, 6, 1)
    else:
        assert to_london(moment).replace(tzinfo=None, fold=0) == datetime.combine(day, at)
