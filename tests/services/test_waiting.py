"""Whom a case waits for, for what and until when; and what was told in answer to a question."""

import pytest

from sgapp.services import checklists, partner, referrals, sharing, triage
from sgapp.services.views.case import CaseView, case_view
from sgapp.services.views.masked import masked_case
from tests.people import Cast
from tests.services.story import Story, at, not_sharing_form, sharing_form
from tests.services.test_partner import LATER, OSEI, Given

NOW = at("2026-10-05T13:00")


def _view(cast: Cast, case_id: str) -> CaseView:
    return case_view(cast.house, cast.lena, NOW, case_id)


def _waits(view: CaseView) -> list[tuple[str, str, str]]:
    return [(w.who, w.what, w.due) for w in view.waiting]


@pytest.fixture
def story(cast: Cast) -> Story:
    return Story(cast).noted().seen().opened()


def test_the_second_reviewer_who_is_asked_is_waited_for_by_name(story: Story) -> None:
    sharing.record_sharing_decision(story.house, story.cast.lena, sharing_form(story.case_id), now=NOW)
    assert _waits(_view(story.cast, story.case_id)) == [
        ("Devan Rao", "second review of sharing with Adult social care", "Due 23:59")]


def test_the_day_to_look_again_is_waited_for(story: Story) -> None:
    form = not_sharing_form(story.case_id, at("2026-10-12T09:00").date())
    sharing.record_sharing_decision(story.house, story.cast.lena, form, now=NOW)
    [(who, what, due)] = _waits(_view(story.cast, story.case_id))
    assert (who, what, due) == ("Us", "look again", "12 Oct")


def test_the_record_that_an_emergency_owes_is_waited_for_beside_the_agency(story: Story) -> None:
    form = referrals.SendEmergency(story.case_id, "POL999", "Police", "telephone", "He is hurt.")
    referrals.send_emergency(story.house, story.cast.joy, form, now=NOW)
    found = _waits(_view(story.cast, story.case_id))
    assert found == [("Police, 999", f"receipt, {story.case().reference}-R1", "Due 13:30"),
                     ("Us", "record the decision", "Due 23:59")]


def test_a_marac_referral_that_is_owed_is_waited_for(story: Story) -> None:
    form = checklists.RecordChecklist(
        story.case_id, tool="dash_safelives", version="2026", completed_by="Lena Hart", with_whom="Nobody yet",
        told_score="15", judgement="high", judgement_why="As it stands.", repeat="no")
    checklists.record_checklist(story.house, story.cast.lena, form, now=NOW)
    assert ("Us", "refer to MARAC", "Tue 17:00") in _waits(_view(story.cast, story.case_id))


def test_a_writer_who_was_asked_to_ring_is_waited_for_until_she_has(story: Story) -> None:
    lena = story.cast.lena
    triage.ask_for_more(story.house, lena, triage.AskForMore(story.note_id, "Which card?"), now=NOW)
    asked = _view(story.cast, story.case_id)
    triage.more_received(story.house, lena, triage.MoreReceived(story.note_id), now=NOW)
    rung = _view(story.cast, story.case_id)
    assert (_waits(asked), _waits(rung)) == ([("Amina Yusuf", "To ring: Which card?", "asked 13:00")], [])
    assert [(m.who, m.what, m.detail) for m in rung.moments if "to ring" in m.what] == [
        ("Lena Hart", "Asked Amina Yusuf to ring", "Which card?")]


def test_whoever_reads_without_names_is_led_to_nothing_she_may_not_open(story: Story) -> None:
    triage.ask_for_more(story.house, story.cast.lena, triage.AskForMore(story.note_id, "Which card?"), now=NOW)
    view = masked_case(story.house, story.cast.ada, NOW, story.case_id)
    assert [(w.who, w.href) for w in view.waiting] == [("Care worker 1", "")]


def test_where_nothing_is_owed_nobody_is_waited_for(story: Story) -> None:
    assert _waits(_view(story.cast, story.case_id)) == []


def test_what_was_told_in_answer_to_a_question_stands_among_what_the_agency_knows(cast: Cast) -> None:
    given = Given(cast)
    partner.ask(given.house, given.token, given.secret(), OSEI, "Is he in on Fridays?", form_id="q", now=LATER)
    assert not [row for row in _view(cast, given.story.case_id).knows.rows if "Fridays" in row.fact]
    [question] = given.referral().questions
    answer = partner.AnswerQuestion(given.id, question.id, "Rang T. Osei: yes, until noon.")
    partner.answer_question(given.house, cast.lena, answer, now=LATER)
    knows = case_view(cast.house, cast.lena, LATER, given.story.case_id).knows
    assert knows.agencies == ("Adult social care",)
    assert [row.told for row in knows.rows if row.fact == (
        "In answer to “Is he in on Fridays?”: Rang T. Osei: yes, until noon.")] == [("14:10",)]
