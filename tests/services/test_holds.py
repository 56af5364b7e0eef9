"""What a case says holds: it does not end over what is owed to the adult, and nothing leaves that was sent back."""

from datetime import timedelta

import pytest

from sgapp.domain.contact import Contact, ContactState
from sgapp.domain.errors import Invalid, NotFound
from sgapp.domain.observation import Answer
from sgapp.domain.ties import TieKind
from sgapp.services import cases, checklists, composing, contacts, directory, learning, referrals, sharing, triage, who_may_know
from sgapp.services.views.case import case_view
from sgapp.services.views.note import note_view
from sgapp.services.views.safety_plan import contact_view
from tests.people import Cast
from tests.services.story import Story, at, sharing_form
from tests.services.test_safety_plan import DOOR, Plan

NOW = at("2026-10-12T16:00")


@pytest.fixture
def answered(cast: Cast) -> Story:
    return Story(cast).noted().seen().opened().decided().reviewed().sent().received().answered()


def _closing(story: Story) -> str:
    """Why it may not be closed; empty once it was."""
    form = cases.CloseCase(story.case_id, "The card is with Dennis.", "reduced", "asked_not_expressed")
    try:
        cases.close_case(story.house, story.cast.lena, form, now=NOW)
    except Invalid as refused:
        return str(refused)
    return ""


def _route_to_marac(story: Story) -> None:
    form = checklists.RecordChecklist(
        story.case_id, tool="dash_safelives", version="2026", completed_by="Lena Hart", with_whom="Nobody yet",
        told_score="15", judgement="high", judgement_why="As it stands.", repeat="no")
    checklists.record_checklist(story.house, story.cast.lena, form, now=NOW)


def test_a_case_does_not_end_while_a_route_to_marac_is_met_and_nobody_says_why_not(answered: Story) -> None:
    _route_to_marac(answered)
    refused = _closing(answered)
    checklists.explain_no_marac(answered.house, answered.cast.lena,
                                checklists.ExplainNoMarac(answered.case_id, "The police took it there."), now=NOW)
    assert ("neither referred to MARAC" in refused, _closing(answered)) == (True, "")


def test_what_is_tried_again_months_after_a_debrief_keeps_no_case_open(answered: Story) -> None:
    form = learning.WriteDebrief(answered.case_id, "On the day.", "The note.", "Nothing.", "Glad.", "A talk.")
    learning.write_debrief(answered.house, answered.cast.lena, form, now=NOW)
    assert _closing(answered) == ""


def _sent_back(story: Story) -> None:
    form = sharing.ReviewSharingDecision(story.decision_id, "no", "The bank would do.")
    sharing.review_sharing_decision(story.house, story.cast.maud, form, now=at("2026-10-05T13:30"))


def _letter(story: Story) -> str:
    form = composing.PrepareReferral(story.case_id, "LA_ASC", "Duty team", "secure_email", "To advise.", "Advice.",
                                     story.picked())
    return composing.prepare_referral(story.house, story.cast.lena, form, now=at("2026-10-05T13:00")).id


def test_a_letter_whose_decision_was_sent_back_since_does_not_leave(cast: Cast) -> None:
    story = Story(cast).noted().seen().opened().decided()
    letter = referrals.SendReferral(_letter(story))
    _sent_back(story)
    with pytest.raises(Invalid, match="The second reviewer sent this decision back"):
        referrals.send_referral(cast.house, cast.lena, letter, now=at("2026-10-05T14:00"))
    sharing.record_sharing_decision(cast.house, cast.lena, sharing_form(story.case_id), now=at("2026-10-05T14:10"))
    referrals.send_referral(cast.house, cast.lena, letter, now=at("2026-10-05T14:20"))


def test_a_decision_that_was_sent_back_is_the_next_step_with_what_was_said_of_it(cast: Cast) -> None:
    story = Story(cast).noted().seen().opened().decided()
    _sent_back(story)
    step = case_view(cast.house, cast.lena, NOW, story.case_id).next_step
    assert (step.text, step.hint) == ("Record the sharing decision again", "The second look sent it back: The bank would do.")


def test_where_the_only_letter_was_withdrawn_the_next_step_is_another_and_not_to_close(cast: Cast) -> None:
    story = Story(cast).noted().seen().opened().decided().reviewed()
    form = referrals.WithdrawReferral(_letter(story), "The wrong team.")
    referrals.withdraw_referral(cast.house, cast.lena, form, now=at("2026-10-05T14:00"))
    assert case_view(cast.house, cast.lena, NOW, story.case_id).next_step.text == "Prepare the referral"


def test_whoever_is_close_to_a_colleague_whom_it_is_about_is_kept_from_the_case_as_well(cast: Cast) -> None:
    carla, devan = cast.carla.account_id, cast.devan.account_id
    tie = who_may_know.AddTie(carla, devan, str(TieKind.FRIEND))
    who_may_know.add_tie(cast.house, cast.maud, tie, now=at("2026-10-05T09:00"))
    story = Story(cast)
    story.note_id = cast.writes(seen="Carla Denny had the key.", at=at("2026-10-05T10:40"))
    story.seen().opened()
    form = triage.SettleName(story.note_id, carla, Answer.YES, "Amina told us.")
    triage.settle_name(cast.house, cast.lena, form, now=NOW)
    for read, record_id in ((note_view, story.note_id), (case_view, story.case_id)):
        with pytest.raises(NotFound):
            read(cast.house, cast.devan, NOW + timedelta(minutes=1), record_id)


def _call(story: Story) -> str:
    form = contacts.PlanContact(story.case_id, "in_visit", when=NOW + timedelta(days=1), purpose="To ask how he is",
                                anyway="He asked for it.")
    return contacts.plan_contact(story.house, story.cast.lena, form, now=NOW).id


def test_a_case_does_not_end_while_nobody_has_checked_on_whoever_said_the_words_for_help(answered: Story) -> None:
    form = contacts.RecordContact(_call(answered), "adult", "yes", "yes", "yes", heard="help_phrase")
    contacts.record_contact(answered.house, answered.cast.lena, form, now=NOW)
    refused = _closing(answered)
    checked = contacts.RecordWelfareCheck(answered.case_id, "He is well; Kevin has gone.")
    contacts.record_welfare_check(answered.house, answered.cast.lena, checked, now=NOW)
    assert ("nobody has checked on the adult" in refused, _closing(answered)) == (True, "")


def test_what_was_planned_with_the_adult_is_called_off_when_the_case_is_closed(answered: Story) -> None:
    contact = _call(answered)
    assert _closing(answered) == ""
    with answered.house.begin(answered.cast.lena, NOW) as uow:
        found, _ = uow.child(Contact, contact)
        assert (found.state, found.note) == (ContactState.CANCELLED, "The case was closed.")


def _sends_nothing(story: Story) -> None:
    none = {"smtp_url": "", "notify_key": "", "notify_template": ""}
    story.house.settings = story.house.settings.model_copy(update=none)


def test_a_link_is_not_promised_where_no_mail_goes_out(cast: Cast) -> None:
    story = Story(cast).noted().seen().opened().decided().reviewed()
    team = directory.SetDesk("", "LA_ASC", "Duty team", "01632 960 050", "duty@example.org")
    directory.set_desk(cast.house, cast.lena, team, now=NOW)
    with cast.house.begin(cast.lena, NOW) as uow:
        desk = directory.directory_of(uow).desks[0].id
    form = referrals.SendReferral(_letter(story), method="link", desk_id=desk)
    _sends_nothing(story)
    with pytest.raises(Invalid, match="Nothing goes out by e-mail here"):
        referrals.send_referral(cast.house, cast.lena, form, now=NOW)
    assert case_view(cast.house, cast.lena, NOW, story.case_id).referrals[0].state == "prepared, not sent"


def test_a_text_is_not_promised_to_the_adult_where_no_text_goes_out(cast: Cast) -> None:
    plan = Plan(cast)
    plan.write()
    cast.house.settings = cast.house.settings.model_copy(update={"notify_key": ""})
    with pytest.raises(Invalid, match="Nothing goes out by text here"):
        plan.contact("2026-10-13T10:15", kind="text")


@pytest.mark.parametrize(("whom", "said"), [("adult", (True, False)), ("trusted", (False, True))])
def test_of_a_text_it_is_said_whether_the_product_sends_it_or_somebody_has_to(
        cast: Cast, whom: str, said: tuple[bool, bool]) -> None:
    plan = Plan(cast)
    plan.write(trusted="Her sister Ines", channels=("SAFE_CALL", "SAFE_SMS", "VIA_TRUSTED"))
    made = plan.contact("2026-10-13T10:15", kind="text", whom=whom, anyway="As agreed.")
    view = contact_view(cast.house, cast.lena, DOOR, made)
    assert (view.sends, view.by_hand) == said


def test_whoever_is_on_call_is_led_to_no_step_that_is_the_leads(cast: Cast) -> None:
    story = Story(cast).noted().seen().opened().decided()
    _sent_back(story)
    step = case_view(cast.house, cast.joy, at("2026-10-05T19:00"), story.case_id).next_step
    assert (step.button, step.href, step.hint[-19:]) == ("", "", "The lead does this.")


def test_999_is_said_again_only_until_somebody_has_checked_on_whoever_asked_for_help(answered: Story) -> None:
    contact = _call(answered)
    form = contacts.RecordContact(contact, "adult", "yes", "yes", "yes", heard="help_phrase")
    contacts.record_contact(answered.house, answered.cast.lena, form, now=NOW)

    def says() -> bool:
        return contact_view(answered.house, answered.cast.lena, NOW, contact).help_asked

    before = says()
    checked = contacts.RecordWelfareCheck(answered.case_id, "He is well.")
    contacts.record_welfare_check(answered.house, answered.cast.lena, checked, now=NOW)
    assert (before, says()) == (True, False)
