"""The monthly sample: anybody can repeat the draw, nobody can choose, and what must be in it is in it."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgapp.domain.errors import Invalid
from sgapp.domain.sampling import (
    QUESTIONS,
    Candidate,
    CaseAudit,
    Scored,
    agreement,
    answers_in,
    checked_month,
    draw,
    fingerprint,
)

FULL = tuple(f"{q.number}=2" for q in QUESTIONS)
CANDIDATES = st.lists(st.builds(Candidate, st.uuids().map(str), st.text("ABCDEFG0123456789", min_size=4, max_size=8),
                                st.booleans(), st.booleans(), st.booleans()), unique_by=lambda c: c.reference, max_size=80)


def _case(number: int, *, referred: bool = True, domestic: bool = False, staff: bool = False) -> Candidate:
    return Candidate(f"id-{number}", f"2026-{number:04}", referred, domestic, staff)


def test_the_draw_is_the_one_that_was_worked_out_by_hand_with_another_tool() -> None:
    """For each N of 0 to 8: `printf '%s' "42|2026-10|2026-000N" | sha256sum`, then sorted."""
    assert [d.reference for d in draw("42", "2026-10", map(_case, range(9)))] == [f"2026-000{n}" for n in (6, 5, 2, 3, 1)]


def test_the_order_in_which_cases_are_given_changes_nothing() -> None:
    cases = [_case(n, referred=n % 3 > 0, domestic=n % 7 == 0, staff=n % 11 == 0) for n in range(40)]
    assert draw("s", "2026-10", cases) == draw("s", "2026-10", reversed(cases))
    assert fingerprint(cases) == fingerprint(reversed(cases))


def test_another_seed_or_another_month_draws_others() -> None:
    cases = [_case(n) for n in range(60)]
    drawn = {tuple(d.reference for d in draw(seed, month, cases)) for seed in ("1", "2") for month in ("2026-09", "2026-10")}
    assert len(drawn) == 4


@pytest.mark.parametrize(("there", "drawn", "twice"), [
    (0, 0, 0), (1, 1, 1), (4, 4, 1), (5, 5, 1), (50, 5, 1), (54, 5, 1), (55, 6, 1), (149, 15, 2), (600, 60, 6)])
def test_five_or_a_tenth_and_of_those_a_tenth_twice(there: int, drawn: int, twice: int) -> None:
    found = draw("s", "2026-10", map(_case, range(there)))
    assert (len(found), sum(d.twice for d in found)) == (drawn, twice)


@given(CANDIDATES, st.text(max_size=10))
def test_one_not_referred_one_domestic_and_one_about_staff_are_always_in_it(cases: list[Candidate], seed: str) -> None:
    drawn = {d.case_id for d in draw(seed, "2026-10", cases)}
    for fits in (lambda c: not c.referred, lambda c: c.domestic, lambda c: c.staff):
        ids = {c.case_id for c in cases if fits(c)}
        assert not ids or ids & drawn
    assert len(drawn) == min(len(cases), max(5, (len(cases) + 5) // 10))


def test_it_is_said_why_a_case_had_to_be_in_it() -> None:
    cases = [*map(_case, range(30)), _case(90, referred=False), _case(91, domestic=True), _case(92, staff=True, domestic=True)]
    because = {d.reference: d.because for d in draw("s", "2026-10", cases)}
    assert because["2026-0090"] == ("not referred",)
    assert because.get("2026-0092") in (None, ("domestic abuse", "staff may be involved")) and "2026-0092" in because


def test_there_are_twenty_questions_and_the_starred_ones_are_critical() -> None:
    assert [q.number for q in QUESTIONS] == list(range(1, 21))
    assert [q.number for q in QUESTIONS if q.critical] == [1, 6, 12, 16] and not any("*" in q.text for q in QUESTIONS)


def test_each_question_without_an_answer_is_named() -> None:
    with pytest.raises(Invalid) as caught:
        answers_in(("1=2", "2=3", *FULL[3:]))
    assert [e.field for e in caught.value.errors] == ["answers:2", "answers:3"]


def _audit(*scores: str) -> CaseAudit:
    answers = tuple(Scored(q.number, score) for q, score in zip(QUESTIONS, scores + ("2",) * 20, strict=False))
    return CaseAudit("a", "c", "s", "2026-10", answers, "", datetime(2026, 11, 2, tzinfo=UTC), "Ada Wren", "ada")


def test_what_does_not_apply_counts_in_neither_points_nor_what_was_possible() -> None:
    assert (_audit().points, _audit("na", "1", "0").points) == ((40, 40), (35, 38))


def test_a_critical_question_that_is_not_met_is_told_from_one_in_part_and_from_one_that_is_not_critical() -> None:
    assert [q.number for q in _audit("0", "0", "2", "2", "2", "1").failed] == [1]


def test_agreement_counts_the_same_answer_to_the_same_question() -> None:
    assert agreement(_audit("2", "1", "na"), replace(_audit("2", "0", "na"), id="b")) == (19, 20)


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2027-01", "10-2026"])
def test_a_month_that_is_none_or_has_not_begun_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        checked_month(text, date(2026, 12, 31))
