"""What was noted about the same adult before stands beside the new note, as far as this reader may know of it."""

from datetime import timedelta

from sgapp.services.views.note import NoteView, note_view
from tests.people import START, Cast


def viewed(cast: Cast, who: str, note_id: str, days: int = 0) -> NoteView:
    return note_view(cast.house, cast.actors[who], START + timedelta(days=days), note_id)


def notes(cast: Cast, *days: int, **content: object) -> list[str]:
    return [cast.writes(at=START + timedelta(days=day), **content) for day in days]


def test_the_third_note_within_thirty_days_is_said_out_loud(cast: Cast) -> None:
    ids = notes(cast, 0, 15, 30)
    assert [viewed(cast, "lena", i, 30).often for i in ids] == ["", "", "3 notes about this person in 30 days."]


def test_what_lies_further_back_than_thirty_days_is_not_counted(cast: Cast) -> None:
    assert viewed(cast, "lena", notes(cast, 0, 15, 31)[-1], 31).often == ""


def test_an_addition_to_a_note_is_not_counted(cast: Cast) -> None:
    [first, second] = notes(cast, 0, 1)
    notes(cast, 2, corrects=first)
    assert viewed(cast, "lena", second, 3).often == ""


def test_notes_about_another_adult_are_not_counted(cast: Cast) -> None:
    notes(cast, 0, 1)
    other = cast.writes(about="ola", at=START + timedelta(days=2))
    assert viewed(cast, "lena", other, 2).often == ""


def test_an_earlier_case_stands_beside_the_new_note(cast: Cast) -> None:
    case_id = cast.opened_case(about="dennis")
    [line] = viewed(cast, "lena", cast.writes(), 1).earlier_cases
    assert (line.href, line.state) == (f"/case?id={case_id}", "open, financial or material")


def test_what_one_may_not_know_is_neither_counted_nor_listed(cast: Cast) -> None:
    notes(cast, 0, 1, staff_involved="yes")
    third = cast.writes(at=START + timedelta(days=2))
    view = viewed(cast, "joy", third, 2)
    assert (view.often, view.earlier, view.earlier_cases) == ("", (), ())
    assert viewed(cast, "lena", third, 2).often != ""
