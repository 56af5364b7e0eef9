"""Closing where an agency never answers: every stage gone through, and the manager's own signature. Never by time."""

import pytest

from sgapp.domain.errors import Invalid, NotPermitted
from sgapp.domain.permissions import Actor
from sgapp.domain.referral import ReferralState
from sgapp.services import cases, referrals
from sgapp.services.sweep import sweep
from sgapp.services.views.case import CaseView, case_view
from sgapp.services.views.referral import ReferralView, referral_view
from tests.people import Cast
from tests.services.story import Story, at

LONG_AFTER = at("2027-06-01T10:00")


@pytest.fixture
def story(cast: Cast) -> Story:
    return Story(cast).noted().seen().opened().decided().reviewed().sent()


def swept(story: Story, when: str) -> None:
    sweep(story.house, now=at(when), holder="one")


def rung(story: Story, when: str) -> None:
    form = referrals.RecordChase(story.referral_id, "nobody", "nothing")
    referrals.record_chase(story.house, story.cast.maud, form, now=at(when))


def closes(story: Story, by: Actor, *, signing: bool = True) -> None:
    form = cases.CloseCase(story.case_id, "No answer in four stages; the card is with Dennis now.", "reduced",
                           "asked_expressed", "partially")
    (cases.sign_off_case if signing else cases.close_case)(story.house, by, form, now=LONG_AFTER)


def viewed(story: Story, by: Actor) -> CaseView:
    return case_view(story.house, by, LONG_AFTER, story.case_id)


def referral(story: Story, when: str) -> ReferralView:
    return referral_view(story.house, story.cast.maud, at(when), story.referral_id)


def gone_through(story: Story) -> Story:
    for when in ("2026-10-06T16:01", "2026-10-07T17:01", "2026-10-08T17:01", "2026-10-09T17:01"):
        swept(story, when)
    rung(story, "2026-10-12T10:00")
    return story


def test_no_time_closes_a_case_that_an_agency_has_not_answered(story: Story) -> None:
    with pytest.raises(Invalid, match="outcome is still awaited"):
        closes(story, story.cast.maud)


def test_a_stage_that_nobody_has_rung_at_is_not_gone_through(story: Story) -> None:
    rung(story, "2026-10-05T16:00")
    swept(story, "2026-10-09T17:01")
    assert not viewed(story, story.cast.maud).may_sign_off
    with pytest.raises(Invalid, match="outcome is still awaited"):
        closes(story, story.cast.maud)


def test_the_managers_signature_closes_it_once_every_stage_was_gone_through(story: Story) -> None:
    gone_through(story)
    assert viewed(story, story.cast.maud).may_sign_off
    closes(story, story.cast.maud)
    closing = story.case().closing
    assert closing is not None and closing.basis == "escalation_exhausted"
    assert story.referral().state is ReferralState.UNANSWERED


def test_nobody_else_can_sign_and_the_manager_has_to(story: Story) -> None:
    gone_through(story)
    assert not viewed(story, story.cast.lena).may_sign_off
    for by in (story.cast.lena, story.cast.devan, story.cast.joy):
        with pytest.raises(NotPermitted):
            closes(story, by)
    with pytest.raises(Invalid, match="outcome is still awaited"):
        closes(story, story.cast.maud, signing=False)


def test_nothing_runs_on_a_case_that_was_signed_off(story: Story) -> None:
    gone_through(story)
    closes(story, story.cast.maud)
    assert sweep(story.house, now=LONG_AFTER, holder="one").steps == 0


def test_a_call_keeps_the_stage_at_which_it_was_made(story: Story) -> None:
    gone_through(story)
    assert [c.stage for c in story.referral().chases] == [4]


def test_the_referral_says_what_its_stage_asks_for(story: Story) -> None:
    swept(story, "2026-10-07T17:01")
    assert referral(story, "2026-10-07T17:05").stage == (
        "Stage 2 of 4: Registered manager to team manager. Then record the call.")
    story.received().answered()
    assert referral(story, "2026-10-12T16:00").stage == ""


def test_every_step_up_stands_in_the_course_of_the_case(story: Story) -> None:
    swept(story, "2026-10-06T16:01")
    swept(story, "2026-10-07T17:01")
    told = [(m.what, m.detail) for m in viewed(story, story.cast.maud).moments if m.who == "The clocks" and "receipt" in m.what]
    assert told == [("Late: receipt, step 2 of 4 up", "Maud Ellery was asked"),
                    ("Late: receipt, step 1 of 4 up", "Lena Hart was asked")]


def test_both_clocks_are_said_where_they_differ(cast: Cast) -> None:
    case_id = cast.opened_case(at=at("2026-10-09T16:00"))
    form = referrals.SendEmergency(case_id, "LA_ASC", "Duty team", "telephone", "He is hurt.")
    made = referrals.send_emergency(cast.house, cast.lena, form, now=at("2026-10-09T16:55"))
    view = referral_view(cast.house, cast.lena, at("2026-10-09T16:56"), made.id)
    assert view.stopwatch == "By the stopwatch 10 Oct 2026, 16:55; by their working days 12 Oct 2026, 17:00"
