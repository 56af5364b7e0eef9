"""What kind of harm it may be: said when it is known, kept as it was said, and owed before a matter of safeguarding ends."""

import pytest

from sgapp.domain.errors import Invalid
from sgapp.services import cases, sharing, triage
from sgapp.services.views.case import CaseView, case_view
from tests.people import Cast
from tests.services.story import Story, at, not_sharing_form, sharing_form

NOW, LATER = at("2026-10-05T13:00"), at("2026-10-05T14:00")


def _opened(cast: Cast, *types: str) -> Story:
    story = Story(cast).noted().seen()
    story.case_id = triage.open_case(cast.house, cast.lena, triage.OpenCase(story.note_id, (), types), now=NOW).id
    return story


def _triaged(story: Story, code: str) -> None:
    cases.triage_case(story.house, story.cast.lena, cases.TriageCase(story.case_id, code, "As it looks now."), now=NOW)


def _says(story: Story, *types: str, reason: str = "What he told us.") -> str:
    return cases.set_types(story.house, story.cast.lena, cases.SetTypes(story.case_id, types, reason), now=LATER).message


def _view(story: Story) -> CaseView:
    return case_view(story.house, story.cast.lena, LATER, story.case_id)


def _not_shared(story: Story) -> None:
    """Decided, and looked at again."""
    form = not_sharing_form(story.case_id, NOW.date())
    sharing.record_sharing_decision(story.house, story.cast.lena, form, now=NOW)
    cases.review_case(story.house, story.cast.lena, cases.ReviewCase(story.case_id, "A misunderstanding."), now=NOW)


def _closes(story: Story) -> None:
    form = cases.CloseCase(story.case_id, "Nothing is left to do.", "removed", "asked_not_expressed")
    cases.close_case(story.house, story.cast.lena, form, now=LATER)


def test_a_case_opens_while_nobody_can_tell_what_kind_of_harm_it_is(cast: Cast) -> None:
    assert _view(_opened(cast)).types == "kind of harm not said yet"


def test_what_is_said_later_takes_the_place_of_what_was_said_and_both_stand_in_the_course(cast: Cast) -> None:
    story = _opened(cast, "neglect")
    _says(story, "neglect", "physical")
    _says(story, "physical", reason="The surgery looked at it.")
    view = _view(story)
    assert (view.types, view.type_codes) == ("physical", ("physical",))
    assert [(m.what, m.detail) for m in view.moments if "kind of harm" in m.what] == [
        ("Said what kind of harm it may be: physical", "The surgery looked at it."),
        ("Said what kind of harm it may be: physical, neglect and acts of omission", "What he told us.")]


@pytest.mark.parametrize(("types", "reason", "field"), [
    ((), "why", "types"), (("neglect", "gossip"), "why", "types"), (("neglect",), " ", "reason")],
    ids=["none", "one that is not on the list", "without a reason"])
def test_what_says_nothing_is_refused_beside_its_field(cast: Cast, types: tuple[str, ...], reason: str, field: str) -> None:
    story = _opened(cast, "neglect")
    with pytest.raises(Invalid) as refused:
        _says(story, *types, reason=reason)
    assert [e.field for e in refused.value.errors] == [field]


def test_domestic_abuse_that_shows_later_calls_for_a_second_look_at_the_decision(cast: Cast) -> None:
    story = _opened(cast, "neglect")
    sharing.record_sharing_decision(cast.house, cast.lena, sharing_form(story.case_id, consent="given", override_reasons=()),
                                    now=NOW)
    cases.set_risk(cast.house, cast.lena, cases.SetRisk(story.case_id, "high", "He is afraid."), now=NOW)
    assert "A second person is asked to look at the sharing decision today." in _says(story, "neglect", "domestic")


def test_before_it_ends_somebody_says_what_kind_of_harm_it_was(cast: Cast) -> None:
    story = _opened(cast)
    _triaged(story, "refer")
    with pytest.raises(Invalid, match="nobody has said what kind of harm it was"):
        _closes(story)
    _says(story, "neglect")
    with pytest.raises(Invalid) as refused:
        _closes(story)
    assert "kind of harm" not in str(refused.value)


def test_what_is_no_matter_of_safeguarding_ends_without_a_kind_of_harm(cast: Cast) -> None:
    story = _opened(cast)
    _triaged(story, "not_safeguarding")
    _not_shared(story)
    _closes(story)
    assert _view(story).is_open is False


def test_the_next_step_asks_for_it_before_the_case_can_be_closed(cast: Cast) -> None:
    story = _opened(cast)
    _triaged(story, "not_safeguarding")
    _not_shared(story)
    before = _view(story).next_step.text
    _triaged(story, "refer_elsewhere")
    assert (before, _view(story).next_step.text) == ("Close the case", "Say what kind of harm it was")
