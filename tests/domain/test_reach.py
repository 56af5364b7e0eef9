"""How staff are told: addresses that can work, and hours in which nothing is sent unless it must be."""

from datetime import datetime, time

import pytest

from sgapp.domain.errors import Invalid
from sgapp.domain.reach import WORDS, Channel, Reach, retry_after
from sgapp.domain.time import from_london, show

NIGHTS = Reach(quiet_from=time(22), quiet_until=time(7))


def at(text: str) -> datetime:
    return from_london(datetime.fromisoformat(text))


@pytest.mark.parametrize(("when", "goes"), [
    ("2026-10-05T21:59", "5 Oct 2026, 21:59"), ("2026-10-05T22:00", "6 Oct 2026, 07:00"),
    ("2026-10-06T06:59", "6 Oct 2026, 07:00"), ("2026-10-06T07:00", "6 Oct 2026, 07:00"),
    ("2026-10-24T23:00", "25 Oct 2026, 07:00"), ("2027-03-27T23:00", "28 Mar 2027, 07:00")])
def test_what_comes_in_quiet_hours_waits_until_they_are_over_on_englands_clock(when: str, goes: str) -> None:
    assert show(NIGHTS.not_before(at(when), awake=False)) == goes


def test_quiet_hours_within_a_day_end_the_same_day() -> None:
    rest = Reach(quiet_from=time(13), quiet_until=time(15))
    assert show(rest.not_before(at("2026-10-05T13:30"), awake=False)) == "5 Oct 2026, 15:00"
    assert rest.not_before(at("2026-10-05T16:00"), awake=False) == at("2026-10-05T16:00")


def test_quiet_hours_that_end_in_the_hour_that_spring_skips_end_an_hour_later() -> None:
    odd = Reach(quiet_from=time(22), quiet_until=time(1, 30))
    assert show(odd.not_before(at("2027-03-27T23:00"), awake=False)) == "28 Mar 2027, 02:30"


def test_an_emergency_waits_for_no_quiet_hours() -> None:
    assert NIGHTS.not_before(at("2026-10-06T02:00"), awake=True) == at("2026-10-06T02:00")


@pytest.mark.parametrize("wrong", [
    Reach(by_email=True), Reach(by_email=True, email="maud"), Reach(by_email=True, email="ma ud@example.org"),
    Reach(by_email=True, email="maud@example.org\r\nBcc: x@example.org"), Reach(by_text=True, phone="12"),
    Reach(by_text=True, phone="ring me at home"), Reach(quiet_from=time(22)), Reach(rung=True)])
def test_a_choice_that_cannot_work_is_refused(wrong: Reach) -> None:
    with pytest.raises(Invalid):
        wrong.checked()


def test_the_channels_are_those_chosen() -> None:
    chosen = Reach(email="maud@example.org", phone="07700 900123", by_email=True, by_text=True).checked()
    assert chosen.channels() == (Channel.EMAIL, Channel.TEXT)


def test_the_two_sentences_say_nothing_of_what_it_is_about() -> None:
    assert set(WORDS.values()) == {"Something needs you now.", "Something needs you today."}


def test_attempts_come_after_a_minute_then_rarer_and_at_least_once_an_hour() -> None:
    assert [retry_after(n).total_seconds() / 60 for n in (1, 2, 3, 6, 7, 20)] == [1, 2, 4, 32, 60, 60]
