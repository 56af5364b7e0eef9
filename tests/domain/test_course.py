"""The picture of a case: each lane says what went on, what is waited for, and what is late."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sgapp.domain.case import Case
from sgapp.domain.course import Lane, Look, Stroke, lanes
from sgapp.domain.observation import Priority
from sgapp.domain.referral import (
    Action,
    ActionState,
    ActionStep,
    AgencyOutcome,
    Chase,
    Receipt,
    Referral,
    ReferralState,
    Sending,
)

T0 = datetime(2026, 10, 5, 9, tzinfo=UTC)
CASE = Case("c", "2026-001", "p", (), T0, "Lena", T0, T0, Priority.OTHER)
PREPARED = Referral("r", "c", "2026-001-R1", "LA_ASC", "Duty", "portal", "p", "a", (), T0, "Lena")
SENT = PREPARED.sent(Sending(T0 + timedelta(hours=1), "Lena", "Duty", "portal", "letter", "hash"))
RECEIVED = SENT.received(Receipt(T0 + timedelta(days=1), "T. Osei", "", "", "Lena"))
ANSWERED = RECEIVED.answered(AgencyOutcome("advice_only", "", T0 + timedelta(days=2), "Lena"))
ACTION = Action("a", "c", "Change the locks", "Maud", "", date(2026, 10, 7), "agrees", T0, "Lena")
NOW = T0 + timedelta(days=5)


def _lane(referral: Referral, now: datetime = NOW) -> Lane:
    [lane] = lanes(CASE, (), (), (referral,), (), now)
    return lane


def _spans(lane: Lane, look: Look) -> list[tuple[datetime, datetime]]:
    return [(s.start, s.end) for s in lane.strokes if s.look is look]


def test_what_is_not_sent_yet_is_waited_for_since_it_was_approved() -> None:
    lane = _lane(PREPARED)
    assert (lane.label, lane.words) == ("Adult social care", "Not sent yet")
    assert _spans(lane, Look.WAITED) == [(T0, NOW)]


def test_a_receipt_that_has_not_come_is_waited_for_until_now() -> None:
    lane = _lane(SENT)
    assert _spans(lane, Look.WAITED) == [(T0 + timedelta(hours=1), NOW)]
    assert lane.words.endswith("no receipt yet")


def test_between_receipt_and_answer_it_goes_on() -> None:
    lane = _lane(ANSWERED)
    assert _spans(lane, Look.WAITED) == [(T0 + timedelta(hours=1), T0 + timedelta(days=1))]
    assert _spans(lane, Look.WENT_ON) == [(T0 + timedelta(days=1), T0 + timedelta(days=2))]
    assert lane.words.endswith("advice only")


def test_an_agency_that_never_answered_is_drawn_to_the_day_it_was_signed_off() -> None:
    ended = T0 + timedelta(days=4)
    assert _spans(_lane(replace(RECEIVED, state=ReferralState.UNANSWERED, concluded_at=ended)), Look.WENT_ON)[0][1] == ended


def test_each_call_is_a_moment_of_its_lane() -> None:
    called = T0 + timedelta(days=3)
    lane = _lane(SENT.chased(Chase(called, "Lena", "nobody", "")))
    assert (called, called) in _spans(lane, Look.MOMENT)


def test_a_withdrawn_referral_has_no_lane() -> None:
    assert lanes(CASE, (), (), (PREPARED.withdrawn("why", at=T0, by="Lena"),), (), NOW) == ()


def test_an_action_is_late_from_the_end_of_its_day() -> None:
    [lane] = lanes(CASE, (), (), (), (ACTION,), NOW)
    [(start, end)] = _spans(lane, Look.LATE)
    assert (start.date(), end) == (date(2026, 10, 7), NOW)
    assert lane.words == "Maud: overdue"


def test_an_action_done_in_time_is_nowhere_late() -> None:
    done = ACTION.stepped(ActionStep(ActionState.DONE, "Seen", T0 + timedelta(days=1), "Maud"))
    [lane] = lanes(CASE, (), (), (), (done,), NOW)
    assert _spans(lane, Look.LATE) == []
    assert Stroke(Look.MOMENT, T0 + timedelta(days=1), T0 + timedelta(days=1)) in lane.strokes
