"""The note: its first priority, its corrections, what may happen to it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sgapp.domain.errors import IllegalTransition, Invalid
from sgapp.domain.observation import (
    Answer,
    NoteContent,
    NoteState,
    Observation,
    Priority,
    PriorityChange,
    fastest,
    priority_at_intake,
)

T0 = datetime(2026, 10, 5, 9, 40, tzinfo=UTC)
CONTENT = NoteContent(T0, T0)
NOTE = Observation("n", "VN-1", "a", "Amina", T0, CONTENT, (PriorityChange(Priority.OTHER, "first", T0, ""),), person_id="p")


@pytest.mark.parametrize(("answers", "expected"), [
    ({}, Priority.OTHER),
    ({"danger_now": Answer.YES}, Priority.EMERGENCY),
    ({"danger_now": Answer.YES, "injury": Answer.YES, "staff_involved": Answer.YES}, Priority.EMERGENCY),
    ({"injury": Answer.YES}, Priority.HIGH),
    ({"staff_involved": Answer.YES}, Priority.HIGH),
    ({"staff_involved": Answer.NOT_SURE}, Priority.HIGH),
    ({"staff_names": "Sana"}, Priority.HIGH),
    ({"staff_names": "  "}, Priority.OTHER),
    ({"danger_now": Answer.NOT_SURE}, Priority.HIGH),
    ({"injury": Answer.NOT_SURE}, Priority.HIGH),
])
def test_in_doubt_the_faster_clock(answers: dict[str, object], expected: Priority) -> None:
    priority, reason = priority_at_intake(replace(CONTENT, **answers))
    assert priority is expected
    assert reason


def test_fastest_is_the_most_urgent_of_several() -> None:
    assert fastest([Priority.OTHER, Priority.EMERGENCY, Priority.HIGH]) is Priority.EMERGENCY


def test_a_priority_changes_only_with_a_reason_and_keeps_its_history() -> None:
    with pytest.raises(Invalid):
        NOTE.with_priority(Priority.HIGH, "  ", at=T0, by="Lena")
    changed = NOTE.with_priority(Priority.HIGH, " hurt ", at=T0, by="Lena")
    assert changed.priority is Priority.HIGH
    assert [(c.priority, c.reason) for c in changed.priority_history] == [("other", "first"), ("high", "hurt")]


def test_the_first_acknowledgement_stands_after_a_second() -> None:
    first = NOTE.acknowledged(at=T0, by="Lena").needing_more("which card", at=T0, by="Lena")
    again = first.acknowledged(at=T0 + timedelta(hours=1), by="Maud")
    assert (again.acknowledged_at, again.acknowledged_by) == (T0, "Lena")


def test_a_note_joins_only_a_case_of_its_own_person() -> None:
    seen = NOTE.acknowledged(at=T0, by="Lena")
    with pytest.raises(Invalid, match="not matched"):
        seen.taken_into("c", "somebody else", at=T0)


def test_a_note_in_a_case_keeps_its_person() -> None:
    taken = NOTE.acknowledged(at=T0, by="Lena").taken_into("c", "p", at=T0)
    with pytest.raises(Invalid, match="cannot change"):
        taken.matched("q")


def test_an_answered_note_goes_back_to_where_it_was() -> None:
    asked = NOTE.acknowledged(at=T0, by="Lena").needing_more("which card", at=T0, by="Lena")
    assert asked.answered().state is NoteState.ACKNOWLEDGED
    in_case = NOTE.acknowledged(at=T0, by="Lena").taken_into("c", "p", at=T0).needing_more("which card", at=T0, by="Lena")
    assert in_case.answered().state is NoteState.IN_HAND


def test_a_note_of_which_nothing_was_asked_is_not_answered() -> None:
    with pytest.raises(IllegalTransition):
        NOTE.answered()


def test_silence_is_told_from_no() -> None:
    asked = replace(CONTENT, danger_now=Answer.NO, injury=Answer.NO)
    assert priority_at_intake(asked)[1] == "no danger, injury or staff named"
    assert "not every question was answered" in priority_at_intake(CONTENT)[1]
    assert not CONTENT.names_staff


def test_a_note_never_becomes_less_strict() -> None:
    firm = NOTE.as_strict(True, ("devan",)).as_strict(False, ("maud",))
    assert (firm.restricted, firm.barred) == (True, ("devan", "maud"))
