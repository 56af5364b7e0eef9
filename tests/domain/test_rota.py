"""The rota: always one lead, one other deputy and one on call; who is asked next, and who is passed over."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgapp.domain.clocks import DEFAULT_CALENDAR, REMINDED, ClockKind, stages_of
from sgapp.domain.errors import Invalid
from sgapp.domain.permissions import Role
from sgapp.domain.rota import Absence, Duty, Member, Post, Rota, Turn, next_person, post_of
from sgapp.domain.time import from_london

STANDING = Rota(((Duty.LEAD, "lena"), (Duty.DEPUTY, "devan"), (Duty.ON_CALL, "joy")))
ROLES = {"lena": Role.LEAD, "devan": Role.DEPUTY, "joy": Role.ON_CALL, "maud": Role.MANAGER, "noel": Role.NOMINATED}


def at(text: str) -> datetime:
    return from_london(datetime.fromisoformat(text))


OFFICE, NIGHT = at("2026-10-05T11:00"), at("2026-10-05T23:00")


def members(*, unknowing: frozenset[str] = frozenset()) -> list[Member]:
    return [Member(name, role, name not in unknowing) for name, role in ROLES.items()]


def asked(post: Post, when: datetime = OFFICE, *, rota: Rota = STANDING, unknowing: frozenset[str] = frozenset()) -> str | None:
    return next_person(post, rota, members(unknowing=unknowing), when, DEFAULT_CALENDAR)


def test_the_lead_is_asked_in_office_hours_and_whoever_is_on_call_outside_them() -> None:
    assert (asked(Post.ON_DUTY), asked(Post.ON_DUTY, NIGHT)) == ("lena", "joy")


def test_a_turn_stands_before_whoever_stands_in_and_ends_when_it_ends() -> None:
    rota = STANDING.with_turn(Turn("t", Duty.LEAD, "maud", at("2026-10-05T09:00"), at("2026-10-05T17:00")))
    assert [rota.holder(Duty.LEAD, at(f"2026-10-05T{hour}")) for hour in ("08:59", "09:00", "16:59", "17:00")] == [
        "lena", "maud", "maud", "lena"]


def test_whoever_is_away_is_passed_over_for_the_next_rung_up() -> None:
    away = STANDING.with_absence(Absence("a", "lena", at("2026-10-05T00:00"), at("2026-10-06T00:00")))
    assert asked(Post.ON_DUTY, rota=away) == "devan"


def test_whoever_may_not_know_of_it_is_never_asked() -> None:
    assert asked(Post.DEPUTY, unknowing=frozenset({"devan"})) == "maud"
    assert asked(Post.DEPUTY, unknowing=frozenset({"devan", "maud"})) == "noel"


def test_the_rungs_below_are_asked_when_nobody_above_may_know() -> None:
    assert asked(Post.MANAGER, unknowing=frozenset({"maud", "noel"})) == "lena"


def test_nobody_is_asked_only_when_nobody_at_all_may_know() -> None:
    assert asked(Post.ON_DUTY, unknowing=frozenset(ROLES)) is None
    assert asked(Post.ON_DUTY, unknowing=frozenset(set(ROLES) - {"noel"})) == "noel"


def test_a_missed_acknowledgement_goes_to_the_deputy_then_the_manager_then_the_nominated_individual() -> None:
    rungs = [post_of(ClockKind.ACKNOWLEDGE, stage) for stage in range(4)]
    assert rungs == [Post.ON_DUTY, Post.DEPUTY, Post.MANAGER, Post.NOMINATED]


def test_an_agency_that_does_not_answer_is_chased_by_the_lead_then_the_manager_then_the_nominated_individual() -> None:
    rungs = [post_of(ClockKind.RECEIPT, stage) for stage in range(1, 5)]
    assert rungs == [Post.ON_DUTY, Post.MANAGER, Post.NOMINATED, Post.NOMINATED]


@pytest.mark.parametrize("kind", sorted(REMINDED))
def test_what_is_not_late_yet_stays_with_whoever_is_on_duty(kind: ClockKind) -> None:
    assert [post_of(kind, stage) for stage in range(1, stages_of(kind) + 1)] == [
        Post.ON_DUTY, Post.DEPUTY, Post.MANAGER, Post.NOMINATED]


def test_a_gap_is_refused_and_says_what_would_be_missing_and_from_when() -> None:
    away = STANDING.with_absence(Absence("a", "joy", at("2026-10-09T17:00"), at("2026-10-12T09:00")))
    with pytest.raises(Invalid, match="nobody would be on call from 9 Oct 2026, 17:00"):
        away.checked(OFFICE)


def test_an_absence_that_somebody_covers_is_saved() -> None:
    covered = STANDING.with_turn(Turn("t", Duty.ON_CALL, "devan", at("2026-10-09T17:00"), at("2026-10-12T09:00"))).with_absence(
        Absence("a", "joy", at("2026-10-09T17:00"), at("2026-10-12T09:00")))
    assert covered.checked(OFFICE) is covered


def test_cover_that_ends_too_early_is_a_gap() -> None:
    short = STANDING.with_turn(Turn("t", Duty.ON_CALL, "devan", at("2026-10-09T17:00"), at("2026-10-12T08:00"))).with_absence(
        Absence("a", "joy", at("2026-10-09T17:00"), at("2026-10-12T09:00")))
    with pytest.raises(Invalid, match="on call from 12 Oct 2026, 08:00"):
        short.checked(OFFICE)


def test_a_deputy_who_is_the_lead_herself_is_nobody() -> None:
    alone = STANDING.with_turn(Turn("t", Duty.LEAD, "devan", at("2026-10-06T09:00"), at("2026-10-06T17:00")))
    with pytest.raises(Invalid, match="nobody would be deputy from 6 Oct 2026, 09:00"):
        alone.checked(OFFICE)


def test_what_is_over_already_holds_nothing_up() -> None:
    past = STANDING.with_absence(Absence("a", "joy", at("2026-09-01T17:00"), at("2026-09-02T09:00")))
    assert past.checked(OFFICE) is past


def test_a_turn_has_to_end_after_it_begins() -> None:
    with pytest.raises(Invalid, match="end after it begins"):
        STANDING.with_turn(Turn("t", Duty.LEAD, "maud", OFFICE, OFFICE))


_TIMES = st.datetimes(datetime(2026, 10, 5), datetime(2026, 10, 9)).map(from_london)
_SPANS = st.tuples(_TIMES, _TIMES).filter(lambda pair: pair[0] < pair[1])


@given(st.lists(st.tuples(st.sampled_from(Duty), st.sampled_from(["lena", "devan", "maud"]), _SPANS), max_size=5),
       st.lists(st.tuples(st.sampled_from(["lena", "devan", "joy"]), _SPANS), max_size=4), _TIMES)
def test_a_rota_without_gaps_has_somebody_at_every_moment(turns: list, absences: list, moment: datetime) -> None:
    rota = STANDING
    for n, (duty, who, (start, end)) in enumerate(turns):
        rota = rota.with_turn(Turn(f"t{n}", duty, who, start, end))
    for n, (who, (start, end)) in enumerate(absences):
        rota = rota.with_absence(Absence(f"a{n}", who, start, end))
    held = {duty: rota.holder(duty, moment) for duty in Duty}
    missing = None in held.values() or held[Duty.LEAD] == held[Duty.DEPUTY]
    assert not missing or rota.gaps(min(moment, at("2026-10-05T00:00"))), "a moment without anybody is found"
