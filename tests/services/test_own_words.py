"""The letter's own words, checked like its facts before it is frozen; and what is told in an emergency."""

import pytest

from sgapp.domain.errors import Invalid
from sgapp.services import composing, directory, partner, referrals
from sgapp.services.views.referral import referral_view
from tests.people import Cast
from tests.services.story import Story, at

NOW = at("2026-10-05T13:50")
WHY = "They must know whom to keep away from the door."


@pytest.fixture
def story(cast: Cast) -> Story:
    return Story(cast).noted().seen().opened().decided().reviewed()


def _prepare(story: Story, **other: object) -> str:
    form: dict[str, object] = {"agency": "LA_ASC", "recipient": "Duty team", "method": "secure_email", "purpose": "To advise.",
                               "asked_for": "Advice.", "facts": ("person:name=who",)}
    prepared = composing.PrepareReferral(story.case_id, **(form | other))  # type: ignore[arg-type]
    return composing.prepare_referral(story.house, story.cast.lena, prepared, now=NOW).id


def _drafted(story: Story, **other: object) -> composing.Drafted:
    form = composing.LetterDraft(story.case_id, "LA_ASC", "Duty team", facts=("person:name=who",), **other)  # type: ignore[arg-type]
    return composing.draft_letter(story.house, story.cast.lena, NOW, form)


@pytest.mark.parametrize(("field", "text", "said"), [
    ("purpose", "To keep Kevin away.", "names somebody else: Kevin"),
    ("asked_for", "Ring Maud Ellery.", "names somebody else: Maud Ellery"),
    ("purpose", "There was one tin of soup.", "says what is left out"),
    ("details", ("protect_themselves=Kevin speaks for him.",), "“Can they protect themselves?” names somebody else: Kevin")])
def test_what_slips_into_the_writers_own_words_is_said_while_she_writes_and_needs_a_reason(
        story: Story, field: str, text: object, said: str) -> None:
    assert said in " ".join(_drafted(story, **{field: text}).slipped_in)
    with pytest.raises(Invalid, match="say here why they need it") as refused:
        _prepare(story, **{field: text})
    [error] = refused.value.errors
    assert (error.field, said in error.message) == ("kept_because", True)
    view = referral_view(story.house, story.cast.lena, NOW, _prepare(story, **{field: text}, kept_because=WHY))
    assert said in " ".join(view.slipped_in)
    assert view.kept_because == WHY


def test_a_letter_into_which_nothing_slipped_asks_for_no_reason_and_keeps_none(story: Story) -> None:
    assert _drafted(story, purpose="To advise.", asked_for="Advice.").slipped_in == ()
    view = referral_view(story.house, story.cast.lena, NOW, _prepare(story, kept_because="typed and not needed"))
    assert (view.slipped_in, view.kept_because) == ((), "")


@pytest.mark.parametrize("field", ["purpose", "asked_for"])
def test_an_account_in_the_place_of_a_purpose_is_refused_beside_its_field(story: Story, field: str) -> None:
    with pytest.raises(Invalid, match="At most 500 characters; these are 501") as refused:
        _prepare(story, **{field: "x" * 501})
    assert [e.field for e in refused.value.errors] == [field]


def _emergency(story: Story, facts: str = "He is hurt.", **other: str) -> str:
    form = referrals.SendEmergency(story.case_id, "LA_ASC", "Duty team", facts=facts, **other)
    return referrals.send_emergency(story.house, story.cast.joy, form, now=NOW).id


@pytest.mark.parametrize("facts", ["He is hurt.\nKevin is at the door.", "He had a fall in 2023."])
def test_in_an_emergency_too_a_name_or_old_illness_stays_only_with_a_reason(story: Story, facts: str) -> None:
    with pytest.raises(Invalid, match="say here why they need it"):
        _emergency(story, facts)
    view = referral_view(story.house, story.cast.lena, NOW, _emergency(story, facts, kept_because=WHY))
    assert (len(view.slipped_in), view.kept_because) == (1, WHY)


def test_in_an_emergency_what_the_notes_say_may_be_told_for_nothing_was_left_out(story: Story) -> None:
    assert _emergency(story, "The food cupboard had one tin of soup and half a loaf.")


def test_a_line_told_in_an_emergency_is_no_whole_note(story: Story) -> None:
    with pytest.raises(Invalid, match="At most 300 characters; these are 301"):
        _emergency(story, "He is hurt.\n" + "x" * 301)


def test_danger_now_is_told_by_a_voice_and_a_link_is_given_after(story: Story) -> None:
    with pytest.raises(Invalid, match="Ring them and tell them; give them the link afterwards"):
        _emergency(story, method="link")
    sent = _emergency(story)
    lead = story.cast.lena
    directory.set_desk(story.house, lead, directory.SetDesk("", "LA_ASC", "Duty team", "01632 960 100", "d@x.example"), now=NOW)
    [desk] = referral_view(story.house, lead, NOW, sent).desks
    partner.open_a_link(story.house, lead, partner.OpenLink(sent, desk.id), now=NOW)
    assert referral_view(story.house, lead, NOW, sent).link.live
