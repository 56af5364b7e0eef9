"""Patterns in the house: whom they point at is for those who work on the files."""

from datetime import timedelta

import pytest

from sgapp.domain.errors import NotPermitted
from sgapp.services.views.patterns import PatternsView, patterns_view
from tests.people import START, Cast

LATER = START + timedelta(days=30)


def _view(cast: Cast, who: str) -> PatternsView:
    return patterns_view(cast.house, cast.actors[who], LATER)


def _lines(view: PatternsView, code: str) -> list[tuple[str, str]]:
    return [(line.what, line.count) for group in view.groups if group.code == code for line in group.lines]


def test_three_notes_about_one_adult_are_a_question_for_those_who_work_on_her_file(cast: Cast) -> None:
    for day in range(3):
        cast.writes(at=START + timedelta(days=day))
    assert _lines(_view(cast, "lena"), "person") == [("D. Marlow · P-104", "3 notes within 90 days, 3 in the year")]
    assert "Marlow" not in repr(_view(cast, "ada"))
    assert _lines(_view(cast, "ada"), "time")


def test_what_is_kept_from_somebody_is_in_no_pattern_of_hers(cast: Cast) -> None:
    for day in range(3):
        cast.writes(at=START + timedelta(days=day), staff_involved="yes", staff_names="Devan Rao")
    assert _lines(_view(cast, "lena"), "source") == [("Somebody who works for us", "3 of 3 notes")]
    assert not any(group.lines for group in _view(cast, "devan").groups)


def test_colleagues_are_for_those_who_could_be_named_on_a_matter(cast: Cast) -> None:
    assert "staff" not in [group.code for group in _view(cast, "lena").groups]
    assert "staff" in [group.code for group in _view(cast, "maud").groups]


@pytest.mark.parametrize("who", ["amina", "hugh", "rhona", "alun", "joy"])
def test_nobody_else_sees_patterns(cast: Cast, who: str) -> None:
    with pytest.raises(NotPermitted):
        _view(cast, who)
