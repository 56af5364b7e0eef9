"""Which clocks run on which record, read off the record. Times worked out by hand; England is at UTC+1 on 5 October."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from sgapp.domain.case import Case, Closing, CqcWord, TriageDecision
from sgapp.domain.decision import ReviewState, SharingAnswers, SharingDecision
from sgapp.domain.due import clocks_of
from sgapp.domain.observation import NoteContent, NoteState, Observation, Priority, PriorityChange
from sgapp.domain.person import Person
from sgapp.domain.referral import (
    Action,
    ActionState,
    AgencyOutcome,
    EnquiryStep,
    Fact,
    Receipt,
    Referral,
    ReferralState,
    Sending,
)

MONDAY = datetime(2026, 10, 5, 9, 40, tzinfo=UTC)
MIDNIGHT = datetime(2026, 10, 5, 22, 59, 59, 999999, tzinfo=UTC)
TUESDAY_CLOSE = datetime(2026, 10, 6, 16, 0, tzinfo=UTC)
CASE = Case("c", "2026-001", "p", ("n",), MONDAY + timedelta(hours=5), "Lena", MONDAY, MONDAY, Priority.OTHER)
REFERRAL = Referral("r", "c", "2026-001-R1", "LA_ASC", "Duty", "portal", "p", "a", (Fact("s", "t"),), MONDAY, "Lena")
SENT = REFERRAL.sent(Sending(MONDAY, "Lena", "Duty", "portal", "text", "sha"))


def _note(priority: Priority = Priority.OTHER, **other: object) -> Observation:
    first = (PriorityChange(priority, "", MONDAY, ""),)
    return Observation("n", "VN-1", "a", "Amina", MONDAY, NoteContent(MONDAY, MONDAY), first, **other)  # type: ignore[arg-type]


def _due(record: object) -> dict[str, datetime]:
    return {str(c.kind): c.due_at for c in clocks_of(record)}


@pytest.mark.parametrize(("priority", "minutes"), [(Priority.EMERGENCY, 30), (Priority.HIGH, 30), (Priority.OTHER, 120)])
def test_a_delivered_note_is_to_be_acknowledged(priority: Priority, minutes: int) -> None:
    assert _due(_note(priority)) == {"acknowledge": MONDAY + timedelta(minutes=minutes)}


@pytest.mark.parametrize("state", [NoteState.ACKNOWLEDGED, NoteState.MORE_NEEDED])
def test_an_acknowledged_note_is_to_be_decided_from_when_it_was_seen(state: NoteState) -> None:
    seen = MONDAY + timedelta(minutes=25)
    assert _due(_note(state=state, acknowledged_at=seen)) == {"decide": TUESDAY_CLOSE}
    assert _due(_note(Priority.HIGH, state=state, acknowledged_at=seen)) == {"decide": MIDNIGHT}


@pytest.mark.parametrize("state", [NoteState.IN_HAND, NoteState.FINISHED])
def test_a_note_in_a_case_has_no_clock_of_its_own(state: NoteState) -> None:
    assert _due(_note(state=state)) == {}


def test_a_new_case_is_decided_from_when_its_note_was_seen_not_from_when_it_was_opened() -> None:
    late = replace(CASE, opened_at=MONDAY + timedelta(days=2))
    assert _due(late) == {"decide": TUESDAY_CLOSE}


def test_a_triaged_case_waits_for_its_review_day() -> None:
    case = CASE.triaged(TriageDecision("internal_action", "why", MONDAY, "Lena", date(2026, 10, 27)))
    assert _due(case) == {"review": datetime(2026, 10, 27, 23, 59, 59, 999999, tzinfo=UTC)}  # winter time by then


def test_a_decision_not_to_share_waits_for_its_review_day_too() -> None:
    case = CASE.triaged(TriageDecision("not_safeguarding", "why", MONDAY, "Lena")).watched(date(2026, 10, 5), at=MONDAY)
    assert _due(case) == {"review": MIDNIGHT}


@pytest.mark.parametrize(("priority", "due"), [(Priority.OTHER, TUESDAY_CLOSE), (Priority.HIGH, MIDNIGHT)])
def test_a_decided_case_on_which_nothing_else_runs_still_has_a_next_step(priority: Priority, due: datetime) -> None:
    case = replace(CASE, priority=priority).triaged(TriageDecision("refer", "why", MONDAY, "Lena"))
    assert _due(case) == {"next_step": due}


def test_after_an_emergency_its_record_is_due_the_same_day_beside_the_decision() -> None:
    assert _due(replace(CASE, emergency_record_from=MONDAY)) == {"decide": TUESDAY_CLOSE, "emergency_record": MIDNIGHT}


def test_a_closed_case_has_no_clock() -> None:
    case = CASE.triaged(TriageDecision("internal_action", "why", MONDAY, "Lena", date(2026, 10, 27)))
    assert _due(case.closed(Closing("nothing_shared_reviewed", "r", "removed", "not_asked", "", MONDAY, "Lena"))) == {}


@pytest.mark.parametrize("agency", ["POL999", "AMB", "EDT"])
def test_whoever_is_for_danger_now_is_told_at_once_at_any_priority(agency: str) -> None:
    assert _due(replace(REFERRAL, agency=agency)) == {"send": MONDAY + timedelta(minutes=30)}


def test_cqc_is_told_the_same_day_and_an_alarm_follows_after_a_day() -> None:
    [clock] = clocks_of(replace(REFERRAL, agency="CQC"))
    assert (clock.due_at, clock.steps[1:3]) == (MIDNIGHT, (MIDNIGHT, MONDAY + timedelta(hours=24)))


def test_an_urgent_notice_to_cqc_waits_no_longer_than_any_other_urgent_referral() -> None:
    assert _due(replace(REFERRAL, agency="CQC", priority=Priority.HIGH)) == {"send": MONDAY + timedelta(minutes=30)}


def test_a_second_review_is_due_the_same_day() -> None:
    decision = SharingDecision("d", "c", 1, SharingAnswers("share"), (), MONDAY, "Lena", "lena", review=ReviewState.ASKED)
    assert _due(decision) == {"second_review": MIDNIGHT}
    for state in set(ReviewState) - {ReviewState.ASKED}:
        assert _due(replace(decision, review=state)) == {}


def test_a_prepared_referral_is_to_be_sent() -> None:
    assert _due(REFERRAL) == {"send": TUESDAY_CLOSE}
    assert _due(replace(REFERRAL, priority=Priority.HIGH)) == {"send": MONDAY + timedelta(minutes=30)}


def test_a_sent_referral_waits_for_receipt_and_for_the_decision() -> None:
    assert _due(SENT) == {"receipt": TUESDAY_CLOSE, "agency_decision": TUESDAY_CLOSE}


def test_the_decision_clock_starts_again_at_the_receipt() -> None:
    received = SENT.received(Receipt(MONDAY + timedelta(days=2), "T. Osei", "", "", "Lena"))
    assert _due(received) == {"agency_decision": datetime(2026, 10, 8, 16, 0, tzinfo=UTC)}


def test_an_agency_that_wants_more_is_waited_for_from_then_on() -> None:
    asked = SENT.answered(AgencyOutcome("more_information_wanted", "dates", MONDAY + timedelta(days=1), "Lena"))
    assert _due(asked) == {"agency_decision": datetime(2026, 10, 7, 16, 0, tzinfo=UTC)}


@pytest.mark.parametrize(("came", "due"), [
    ((), {"planning": datetime(2026, 10, 12, 16, 0, tzinfo=UTC)}),
    (("plan",), {"assessment": datetime(2026, 11, 2, 9, 40, tzinfo=UTC)}),
    (("assessment",), {"enquiry_review": datetime(2026, 11, 16, 9, 40, tzinfo=UTC)}),
    (("plan", "review"), {}), (("otherwise",), {})])
def test_after_an_enquiry_began_plan_assessment_and_review_are_waited_for_until_each_came(
        came: tuple[str, ...], due: dict[str, datetime]) -> None:
    """Five working days, four weeks and six weeks, each from the day on which it began."""
    enquiry = SENT.answered(AgencyOutcome("s42_2_enquiry", "", MONDAY, "Lena"))
    for code in came:
        enquiry = enquiry.enquiry_went_on(EnquiryStep(code, "As they said", MONDAY + timedelta(days=1), "Lena"))
    assert _due(enquiry) == due


def test_whatever_the_agency_says_next_ends_what_was_waited_for_in_its_enquiry() -> None:
    enquiry = SENT.answered(AgencyOutcome("s42_2_enquiry", "", MONDAY, "Lena"))
    assert _due(enquiry.answered(AgencyOutcome("advice_only", "", MONDAY, "Lena"))) == {}


def test_cqc_is_to_be_told_of_what_is_about_staff_or_where_the_lead_says_so_until_it_was_told_or_why_not() -> None:
    case = CASE.triaged(TriageDecision("refer", "why", MONDAY, "Lena"))
    staff = case.as_strict(True, (), ("lena",), at=MONDAY)
    said = case.with_cqc(CqcWord("owed", "An allegation", MONDAY, "Lena"))
    for owed in (staff, said):
        assert _due(owed) == {"notify_cqc": MIDNIGHT}
        for code in ("told", "not_owed"):
            assert "notify_cqc" not in _due(owed.with_cqc(CqcWord(code, "why", MONDAY, "Lena")))
    assert "notify_cqc" not in _due(case)


@pytest.mark.parametrize("referral", [
    SENT.answered(AgencyOutcome("advice_only", "", MONDAY, "Lena")), REFERRAL.withdrawn("why", at=MONDAY, by="Lena"),
    replace(SENT, state=ReferralState.CONCLUDED)])
def test_what_is_answered_withdrawn_or_concluded_has_no_clock(referral: Referral) -> None:
    assert _due(referral) == {}


def test_an_open_action_runs_to_the_end_of_its_day() -> None:
    action = Action("x", "c", "what", "owner", "", date(2026, 10, 5), "agrees", MONDAY, "Lena")
    assert _due(action) == {"action": MIDNIGHT}
    for state in (ActionState.DONE, ActionState.DECLINED):
        assert _due(replace(action, state=state)) == {}


def test_a_person_has_no_clock() -> None:
    assert clocks_of(Person("p", "P-104", "Dennis Marlow")) == ()
