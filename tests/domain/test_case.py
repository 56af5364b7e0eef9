"""The case: triage with its reasons, the days to look again, what a further note brings, and the end."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from sgapp.domain.case import Case, Closing, Review, RiskEntry, TriageDecision
from sgapp.domain.errors import Invalid
from sgapp.domain.observation import NoteContent, Observation, Priority, PriorityChange
from sgapp.domain.vocabulary import TRIAGE_DECISIONS
from sgapp.domain.vocabulary.triage import NEEDS_REVIEW_DATE

T0 = datetime(2026, 10, 5, 11, 20, tzinfo=UTC)
DAY = timedelta(days=1)
CASE = Case("c", "2026-001", "p", ("n",), T0, "Lena", T0, T0, Priority.OTHER)
CLOSING = Closing("agency_outcome", "reason", "reduced", "asked_expressed", "fully", T0, "Lena")
WATCHED = TriageDecision("internal_action", "why", T0, "Lena", date(2026, 10, 12))


def _note(**other: object) -> Observation:
    values: dict[str, object] = {"priority_history": (PriorityChange(Priority.OTHER, "", T0, ""),), "person_id": "p"}
    return Observation("m", "VN-2", "a", "Amina", T0, NoteContent(T0 - DAY, T0), **(values | other))  # type: ignore[arg-type]


@pytest.mark.parametrize("code", TRIAGE_DECISIONS.codes())
def test_every_triage_decision_needs_its_reason(code: str) -> None:
    on = date(2026, 10, 12) if code in NEEDS_REVIEW_DATE else None
    with pytest.raises(Invalid) as refused:
        CASE.triaged(TriageDecision(code, " ", T0, "Lena", on))
    assert [e.field for e in refused.value.errors] == ["reason"]
    assert CASE.triaged(TriageDecision(code, "why", T0, "Lena", on)).decision is not None


@pytest.mark.parametrize("code", sorted(NEEDS_REVIEW_DATE))
def test_what_waits_needs_a_day_to_look_again(code: str) -> None:
    with pytest.raises(Invalid) as refused:
        CASE.triaged(TriageDecision(code, "why", T0, "Lena"))
    assert [e.field for e in refused.value.errors] == ["review_on"]


def test_a_later_triage_decision_stands_beside_the_earlier() -> None:
    again = CASE.triaged(WATCHED).triaged(TriageDecision("refer", "more came", T0 + DAY, "Lena"))
    assert [t.code for t in again.triage] == ["internal_action", "refer"]
    assert again.next_review_on is None


def test_the_earlier_of_two_promised_days_is_the_one_to_look_again() -> None:
    both = CASE.triaged(WATCHED).watched(date(2026, 10, 9), at=T0 + DAY)
    assert both.look_again == (T0 + DAY, date(2026, 10, 9))


def test_looking_again_answers_every_promise_made_before_it() -> None:
    both = CASE.triaged(WATCHED).watched(date(2026, 10, 9), at=T0 + DAY)
    seen = both.reviewed(Review("found", T0 + 2 * DAY, "Lena"))
    assert (seen.look_again, seen.unreviewed) == (None, None)


def test_a_review_can_promise_the_next_day_and_that_alone_does_not_hold_the_case_open() -> None:
    seen = CASE.triaged(WATCHED).reviewed(Review("found", T0 + DAY, "Lena", date(2026, 11, 2)))
    assert seen.next_review_on == date(2026, 11, 2)
    assert seen.unreviewed is None


def test_a_promise_made_after_a_review_stands() -> None:
    seen = CASE.triaged(WATCHED).reviewed(Review("found", T0 + DAY, "Lena"))
    assert seen.watched(date(2026, 11, 2), at=T0 + 2 * DAY).unreviewed == (T0 + 2 * DAY, date(2026, 11, 2))


def test_a_closed_case_is_looked_at_no_more() -> None:
    assert CASE.triaged(WATCHED).closed(CLOSING).look_again is None


def test_a_further_note_brings_the_faster_priority_and_the_stricter_restriction() -> None:
    note = _note(priority_history=(PriorityChange(Priority.EMERGENCY, "", T0, ""),), restricted=True, barred=("devan",))
    joined = replace(CASE, barred=("anna",)).with_note(note)
    assert (joined.note_ids, joined.priority, joined.restricted, joined.barred) == (
        ("n", "m"), Priority.EMERGENCY, True, ("anna", "devan"))
    assert joined.first_noted_at == T0 - DAY


def test_a_further_note_never_makes_a_case_slower_or_more_open() -> None:
    strict = replace(CASE, priority=Priority.HIGH, restricted=True, barred=("devan",))
    joined = strict.with_note(_note())
    assert (joined.priority, joined.restricted, joined.barred) == (Priority.HIGH, True, ("devan",))


def test_earlier_risk_levels_stay_on_the_file() -> None:
    risen = CASE.with_risk(RiskEntry("low", "why", T0, "Lena")).with_risk(RiskEntry("high", "worse", T0 + DAY, "Lena"))
    assert (risen.risk_level, len(risen.risk)) == ("high", 2)


def test_nothing_is_added_after_the_end() -> None:
    ended = CASE.triaged(WATCHED).closed(CLOSING)
    for add in (lambda: ended.with_note(_note()), lambda: ended.with_risk(RiskEntry("low", "why", T0, "Lena")),
                lambda: ended.reviewed(Review("found", T0, "Lena")), lambda: ended.watched(None, at=T0)):
        with pytest.raises(Invalid, match="closed"):
            add()
