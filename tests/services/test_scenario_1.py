"""Scenario 1 whole, through the services, with its own dates. Times are England's; due times were worked out by hand."""

from datetime import timedelta

import pytest

from sgapp.domain.due import clocks_of
from sgapp.domain.errors import Invalid, NotFound
from sgapp.domain.letter import sha256
from sgapp.domain.reference import is_well_formed, note_reference
from sgapp.domain.time import end_of_day
from sgapp.services import cases, composing, referrals, sharing, triage
from sgapp.services.own_notes import own_notes
from sgapp.services.views.case import case_view
from sgapp.services.views.note import note_view
from sgapp.services.views.queue import QueueRow, queue
from sgapp.services.views.referral import referral_view
from tests.people import Cast
from tests.services.story import HEALTH, Story, at, due_times


@pytest.fixture
def story(cast: Cast) -> Story:
    return Story(cast)


def _row(story: Story, record_id: str, when: str) -> QueueRow:
    rows = queue(story.house, story.cast.lena, at(when)).rows
    return next(r for r in rows if r.key.split(":")[1] == record_id)


def _not_in_queue(story: Story, record_id: str, when: str) -> bool:
    return all(r.key.split(":")[1] != record_id for r in queue(story.house, story.cast.lena, at(when)).rows)


def test_the_worker_is_given_a_neutral_reference_and_the_time(story: Story) -> None:
    story.noted()
    [own] = own_notes(story.house, story.cast.amina, at("2026-10-05T10:41"))
    assert own.reference == note_reference(story.note_id)
    assert is_well_formed(own.reference)
    assert own.delivered_at == at("2026-10-05T10:40")


def test_the_note_stands_in_the_queue_due_the_same_day(story: Story) -> None:
    story.noted()
    row = _row(story, story.note_id, "2026-10-05T10:41")
    assert (row.due, row.step, row.tone) == ("Due 12:40", "acknowledge", "soon")  # other priority: two hours


def test_the_worker_sees_only_that_it_was_seen(story: Story) -> None:
    story.noted().seen()
    [own] = own_notes(story.house, story.cast.amina, at("2026-10-05T11:06"))
    assert (own.state, own.seen_at, own.in_hand_at) == ("seen", at("2026-10-05T11:05"), None)


def test_the_worker_cannot_open_the_note_or_the_case_she_began(story: Story) -> None:
    story.noted().seen().opened()
    with pytest.raises(Exception, match="worker may not"):
        note_view(story.house, story.cast.amina, at("2026-10-05T12:30"), story.note_id)
    with pytest.raises(Exception, match="worker may not"):
        case_view(story.house, story.cast.amina, at("2026-10-05T12:30"), story.case_id)


def test_after_acknowledging_the_decision_is_due_by_the_close_of_the_next_working_day(story: Story) -> None:
    story.noted().seen()
    row = _row(story, story.note_id, "2026-10-05T11:06")
    assert (row.step, row.due) == ("decide", "Tue 17:00")


def test_opening_a_case_takes_the_note_out_of_the_queue_and_tells_the_worker_it_is_in_hand(story: Story) -> None:
    story.noted().seen().opened()
    assert _not_in_queue(story, story.note_id, "2026-10-05T12:21")
    assert own_notes(story.house, story.cast.amina, at("2026-10-05T12:21"))[0].state == "in_hand"


def test_opening_a_case_late_does_not_start_the_decision_clock_again(story: Story) -> None:
    story.noted().seen()
    form = triage.OpenCase(story.note_id, (), ("financial_material",))
    case_id = triage.open_case(story.house, story.cast.lena, form, now=at("2026-10-06T16:50")).id
    assert _row(story, case_id, "2026-10-06T16:51").due == "Due 17:00"


def test_a_second_review_is_asked_because_consent_is_overridden(story: Story) -> None:
    story.noted().seen().opened().decided()
    [line] = case_view(story.house, story.cast.maud, at("2026-10-05T12:50"), story.case_id).decisions
    assert line.asks_review
    assert line.review_because == "consent is overridden"
    assert _row(story, story.decision_id, "2026-10-05T12:50").due == "Due 23:59"


def test_the_lead_cannot_review_her_own_decision(story: Story) -> None:
    story.noted().seen().opened().decided()
    with pytest.raises(Invalid, match="somebody else"):
        story.reviewed(by=story.cast.lena)
    [line] = case_view(story.house, story.cast.lena, at("2026-10-05T13:00"), story.case_id).decisions
    assert (line.asks_review, line.may_review) == (True, False)


def test_the_manager_agrees_the_same_day_and_the_review_clock_stops(story: Story) -> None:
    story.noted().seen().opened().decided().reviewed()
    [line] = case_view(story.house, story.cast.lena, at("2026-10-05T13:31"), story.case_id).decisions
    assert line.review == "Agreed by Maud Ellery"
    assert _not_in_queue(story, story.decision_id, "2026-10-05T13:31")


def test_what_leaves_holds_the_chosen_facts_and_nothing_else(story: Story) -> None:
    story.noted().seen().opened().decided().reviewed().sent()
    view = referral_view(story.house, story.cast.lena, at("2026-10-05T13:51"), story.referral_id)
    facts = [line.removeprefix("- ") for line in view.letter.splitlines() if line.startswith("- ")]
    assert facts == [
        "Only face to face, at a visit", "Must not learn of this: Kevin Marlow", "Dennis Marlow, P-104", "Frailty",
        "Seen on 5 Oct 2026, 10:10, kitchen",
        "Kevin took the bank card out of Dennis's wallet and put it in his own coat.",
        "Heard: Kevin: “You'll get it back when you've been to the machine with me.”",
        "Dennis said to the care worker, after Kevin left: “Don't tell anyone. He gets cross.”",
        "Capacity for “to manage his bank card and cash this week”, 5 Oct 2026, 12:20: Lacks capacity for this decision at "
        "this time",
        "A private conversation at each visit"]
    for kept_back in (HEALTH, "one tin", "Stayed until", "nephew", "Amina", "Lena", "Does not want anyone told"):
        assert kept_back not in view.letter


def test_the_hash_on_the_file_is_that_of_the_letter_as_it_left(story: Story) -> None:
    story.noted().seen().opened().decided().reviewed().sent()
    sending = story.referral().sending
    assert sending is not None
    assert sending.letter_sha256 == sha256(sending.letter)


def test_the_letter_shown_later_is_the_one_that_left_even_if_the_provider_is_renamed(story: Story) -> None:
    story.noted().seen().opened().decided().reviewed().sent()
    story.house.settings = story.house.settings.model_copy(update={"organisation": "Renamed Care", "ring": "000"})
    view = referral_view(story.house, story.cast.lena, at("2026-10-05T13:51"), story.referral_id)
    assert sha256(view.letter) == view.sha256
    assert "Renamed Care" not in view.letter


def test_a_fact_of_another_case_cannot_be_picked(story: Story) -> None:
    story.noted().seen().opened().decided().reviewed()
    other = story.cast.writes("carla", "iris")
    form = composing.PrepareReferral(story.case_id, "LA_ASC", "Duty team", "secure_email", "p", "a",
                                     (f"note:{other}:seen:0=shows_risk",))
    with pytest.raises(Invalid, match="not part of this case"):
        composing.prepare_referral(story.house, story.cast.lena, form, now=at("2026-10-05T13:50"))


def test_no_referral_goes_to_an_agency_that_no_decision_names(story: Story) -> None:
    story.noted().seen().opened().decided()
    form = composing.PrepareReferral(story.case_id, "BANK", "Fraud team", "telephone", "p", "a", ("person:name=who",))
    with pytest.raises(Invalid, match="no decision to share with this agency"):
        composing.prepare_referral(story.house, story.cast.lena, form, now=at("2026-10-05T13:50"))


def test_a_decision_that_was_sent_back_carries_no_referral_until_it_is_made_again(story: Story) -> None:
    story.noted().seen().opened().decided()
    back = sharing.ReviewSharingDecision(story.decision_id, "no", "Think about an advocate first.")
    sharing.review_sharing_decision(story.house, story.cast.maud, back, now=at("2026-10-05T13:30"))
    with pytest.raises(Invalid, match="sent this decision back"):
        story.sent()
    story.decided().sent()


def test_the_receipt_clock_chases_within_one_working_day_and_escalates_after_two(story: Story) -> None:
    story.noted().seen().opened().decided().reviewed().sent()
    assert due_times(story.referral()) == {
        "receipt": (at("2026-10-06T17:00"), at("2026-10-06T16:00"), at("2026-10-07T17:00")),
        "agency_decision": (at("2026-10-06T17:00"), at("2026-10-06T17:00"), at("2026-10-12T17:00"))}


def test_without_a_receipt_the_referral_is_overdue_in_the_queue_after_the_next_working_day(story: Story) -> None:
    story.noted().seen().opened().decided().reviewed().sent()
    assert _row(story, story.referral_id, "2026-10-06T16:00").tone == "soon"
    assert _row(story, story.referral_id, "2026-10-06T17:35").due == "Overdue 35 min"


def test_a_delivery_report_is_no_receipt(story: Story) -> None:
    story.noted().seen().opened().decided().reviewed().sent()
    with pytest.raises(Invalid, match="delivery report is no receipt"):
        referrals.record_receipt(story.house, story.cast.lena,
                                 referrals.RecordReceipt(story.referral_id, role="mail server"), now=at("2026-10-06T09:00"))


def test_a_chase_is_on_the_file_and_stops_no_clock(story: Story) -> None:
    story.noted().seen().opened().decided().reviewed().sent()
    before = due_times(story.referral())
    referrals.record_chase(story.house, story.cast.lena, referrals.RecordChase(story.referral_id, "nobody"),
                           now=at("2026-10-06T16:00"))
    assert due_times(story.referral()) == before
    assert [c.spoke_to for c in story.referral().chases] == ["nobody"]


def test_the_receipt_stops_its_clock_and_starts_the_one_for_their_decision(story: Story) -> None:
    story.noted().seen().opened().decided().reviewed().sent().received()
    receipt = story.referral().receipt
    assert receipt is not None
    assert (receipt.person, receipt.role, receipt.reference) == ("T. Osei", "duty social worker", "SA-88213")
    assert due_times(story.referral()) == {  # received Wednesday 09:15: due Thursday's close, overdue in earnest a week on
        "agency_decision": (at("2026-10-08T17:00"), at("2026-10-08T17:00"), at("2026-10-14T17:00"))}


def test_on_friday_morning_the_agencys_decision_is_overdue(story: Story) -> None:
    story.noted().seen().opened().decided().reviewed().sent().received()
    row = _row(story, story.referral_id, "2026-10-09T09:05")
    assert (row.step, row.tone, row.due) == ("their decision", "overdue", "Overdue 16 h")


def test_the_outcome_stops_what_was_waited_for_and_their_plan_is_waited_for_next(story: Story) -> None:
    story.noted().seen().opened().decided().reviewed().sent().received().answered()
    assert due_times(story.referral()).keys() == {"planning"}


def test_each_action_runs_to_the_end_of_its_day(story: Story) -> None:
    story.noted().seen().opened().decided().reviewed().sent().received().answered().planned()
    due = sorted(clock.due_at for a in story.actions() for clock in clocks_of(a))
    assert due == [end_of_day(at(day).date()) for day in ("2026-10-13", "2026-10-16", "2026-10-19", "2026-10-26")]
    assert due[3] == at("2026-10-27T00:00") - timedelta(microseconds=1)  # the day after the clocks went back


def test_it_cannot_be_closed_while_an_outcome_is_awaited_or_an_action_is_open(story: Story) -> None:
    story.noted().seen().opened().decided().reviewed().sent().received()
    with pytest.raises(Invalid, match="outcome is still awaited"):
        story.closed()
    story.answered().planned()
    with pytest.raises(Invalid, match="neither done nor declined"):
        story.closed()


def test_closed_on_the_agencys_outcome_nothing_is_due_any_more(story: Story) -> None:
    story.whole()
    closing = story.case().closing
    assert closing is not None
    assert (closing.basis, closing.risk, closing.msp_asked, closing.msp_achieved) == (
        "agency_outcome", "reduced", "asked_expressed", "partially")
    assert queue(story.house, story.cast.lena, at("2026-11-16T11:01")).rows == ()
    assert story.referral().state == "concluded"


def test_closing_asks_for_answers_from_the_lists(story: Story) -> None:
    story.noted().seen().opened().decided().reviewed().sent().received().answered()
    for wrong in ({"risk": "fine"}, {"msp_asked": "perhaps"}, {"msp_achieved": ""}):
        answers = {"risk": "reduced", "msp_asked": "asked_expressed", "msp_achieved": "fully", **wrong}
        with pytest.raises(Invalid) as refused:
            cases.close_case(story.house, story.cast.lena, cases.CloseCase(story.case_id, "reason", **answers),
                             now=at("2026-11-16T11:00"))
        assert [e.field for e in refused.value.errors] == list(wrong)


def test_the_chronology_tells_it_all_in_order(story: Story) -> None:
    story.whole()
    moments = case_view(story.house, story.cast.lena, at("2026-11-17T09:00"), story.case_id).moments
    told = [(m.when, m.who, m.what) for m in reversed(moments)]
    assert told[:3] == [
        ("5 Oct 2026, 10:40", "Amina Yusuf", "Wrote a note"), ("5 Oct 2026, 11:05", "Lena Hart", "Saw the note"),
        ("5 Oct 2026, 12:20", "Lena Hart", "Opened the case")]
    assert [t for t in told if t[0] in ("5 Oct 2026, 13:30", "7 Oct 2026, 09:15", "12 Oct 2026, 15:00")] == [
        ("5 Oct 2026, 13:30", "Maud Ellery", "Agreed the decision"),
        ("7 Oct 2026, 09:15", "Lena Hart", "Adult social care confirmed receipt"),
        ("12 Oct 2026, 15:00", "Lena Hart", "Adult social care answered: Section 42(2) enquiry")]
    assert told[-1] == ("16 Nov 2026, 11:00", "Lena Hart", "Closed the case")
    assert len(told) == 21  # 3 to open, 3 on the case, 2 of the decision, 4 of the referral, 8 of the actions, 1 to close


def test_nothing_can_be_added_to_a_closed_case(story: Story) -> None:
    story.whole()
    later = at("2026-11-17T09:00")
    attempts = (
        (cases.set_risk, cases.SetRisk(story.case_id, "high", "reason")),
        (cases.add_protection, cases.AddProtection(story.case_id, "step")),
        (referrals.add_action, referrals.AddAction(story.case_id, "w", "o", "", later.date(), "agrees")),
        (composing.prepare_referral, composing.PrepareReferral(story.case_id, "LA_ASC", "Duty", "portal", "p", "a",
                                                               ("person:name=who",))),
        (referrals.send_emergency, referrals.SendEmergency(story.case_id, "POL999", "999", "telephone", "He is hurt.")),
    )
    for service, form in attempts:
        with pytest.raises(Invalid, match="closed"):
            service(story.house, story.cast.lena, form, now=later)  # type: ignore[operator]
    with pytest.raises(Invalid, match="closed"):
        story.decided()


def test_a_lead_of_another_branch_finds_none_of_it(story: Story) -> None:
    story.noted().seen().opened().decided().reviewed().sent()
    now, farid = at("2026-10-05T14:00"), story.cast.farid
    assert queue(story.house, farid, now).rows == ()
    with pytest.raises(NotFound):
        case_view(story.house, farid, now, story.case_id)
    with pytest.raises(NotFound):
        note_view(story.house, farid, now, story.note_id)
    with pytest.raises(NotFound):
        referral_view(story.house, farid, now, story.referral_id)
