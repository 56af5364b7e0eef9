"""Patterns on paper: what comes several times is asked about, once or twice never."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sgapp.domain.investigation import Investigation
from sgapp.domain.measures import Material
from sgapp.domain.observation import Answer, NoteContent, Observation, Priority, PriorityChange, Route
from sgapp.domain.patterns import KINDS, patterns
from tests.governance_year import NOW, make_year

MONDAY = datetime(2026, 10, 5, 19, 0, tzinfo=UTC)


def _note(number: int, at: datetime, person: str = "p", **content: object) -> Observation:
    made = NoteContent(at, at, **content)  # type: ignore[arg-type]
    return Observation(f"n{number}", f"VN-{number}", "a", "Amina Yusuf", at, made,
                       (PriorityChange(Priority.OTHER, "", at, ""),), person_id=person)


def _found(*notes: Observation, **more: object) -> dict[tuple[str, str], tuple[int, int]]:
    material = Material(notes, now=NOW, **more)  # type: ignore[arg-type]
    return {(p.kind, p.key): (p.count, p.of) for p in patterns(material)}


def test_once_or_twice_is_chance_and_three_times_is_a_question() -> None:
    two = [_note(n, MONDAY + timedelta(days=n)) for n in range(2)]
    assert _found(*two) == {}
    found = _found(*two, _note(3, MONDAY + timedelta(days=2)))
    assert found["person", "p"] == (3, 3)
    assert found["time", "Weekday, evening"] == (3, 3)
    assert found["source", "Not said"] == (3, 3)


def test_three_about_one_adult_count_when_they_lie_within_ninety_days() -> None:
    far = [_note(n, MONDAY + timedelta(days=60 * n)) for n in range(3)]
    assert ("person", "p") not in _found(*far)
    near = [_note(n, MONDAY + timedelta(days=45 * n)) for n in range(3)]
    assert _found(*near)["person", "p"] == (3, 3)


def test_the_hour_is_englands_and_a_saturday_is_a_weekend() -> None:
    saturday = datetime(2026, 7, 4, 21, 30, tzinfo=UTC)  # 22:30 in England
    assert ("time", "Weekend, night") in _found(*(_note(n, saturday + timedelta(days=7 * n)) for n in range(3)))


def test_speaking_up_and_accounts_are_in_no_pattern() -> None:
    notes = [_note(n, MONDAY, route=Route.SPEAK_UP) for n in range(4)]
    assert _found(*notes) == {}


def test_a_colleague_is_asked_about_from_the_second_matter_on() -> None:
    matter = Investigation("m", "S1", "c", "p", "carla", "Carla Denny", MONDAY, "Maud Ellery")
    assert _found(matters=(matter,)) == {}
    assert _found(matters=(matter, replace(matter, id="n"))) == {("staff", "carla"): (2, 2)}


def test_what_an_agency_left_unanswered_is_what_the_year_was_made_to_leave() -> None:
    year = make_year(7, cases=60, notes=60)
    found = {p.key: (p.count, p.of) for p in patterns(year.material) if p.kind == "agency"}
    truth = year.truth["outcome"]
    late = {agency: truth.of_of[f"agency:{agency}"] - truth.met_of[f"agency:{agency}"] for agency in ("LA_ASC", "CQC")}
    assert found["Adult social care"] == (late["LA_ASC"], truth.of_of["agency:LA_ASC"])
    assert found["Care Quality Commission"] == (late["CQC"], truth.of_of["agency:CQC"])


def test_each_kind_is_a_question_and_blames_nobody() -> None:
    assert all(question.endswith("?") for _, question in KINDS.values())
    found = _found(*(_note(n, MONDAY, staff_involved=Answer.YES) for n in range(3)))
    assert found["source", "Somebody who works for us"] == (3, 3)
