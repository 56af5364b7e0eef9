"""A referral and its actions: what counts as a receipt, what settles it, what shows that an action was done."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from sgapp.domain.errors import IllegalTransition, Invalid
from sgapp.domain.referral import (
    UNSETTLED,
    Action,
    ActionState,
    ActionStep,
    AgencyOutcome,
    Chase,
    Fact,
    Receipt,
    Referral,
    ReferralState,
    Sending,
)
from sgapp.domain.vocabulary import ACTION_STATUSES, LA_OUTCOMES

T0 = datetime(2026, 10, 5, 12, 50, tzinfo=UTC)
PREPARED = Referral("r", "c", "2026-001-R1", "LA_ASC", "Duty", "portal", "p", "a", (Fact("s", "t"),), T0, "Lena")
SENT = PREPARED.sent(Sending(T0, "Lena", "Duty", "portal", "text", "sha"))
ACTION = Action("x", "c", "what", "owner", "", date(2026, 10, 9), "agrees", T0, "Lena")
CHASE = Chase(T0, "Lena", "nobody", "")


def _answered(referral: Referral, code: str) -> Referral:
    return referral.answered(AgencyOutcome(code, "", T0, "Lena"))


@pytest.mark.parametrize(("person", "reference", "counts"), [
    ("T. Osei", "", True), ("", "SA-88213", True), ("", "", False), ("  ", " ", False)])
def test_a_receipt_is_a_named_person_or_a_reference_number(person: str, reference: str, counts: bool) -> None:
    receipt = Receipt(T0, person, "a role is not enough", reference, "Lena")
    if counts:
        assert SENT.received(receipt).state is ReferralState.RECEIVED
    else:
        with pytest.raises(Invalid, match="delivery report"):
            SENT.received(receipt)


def test_an_outcome_may_come_without_a_receipt() -> None:
    assert _answered(SENT, "advice_only").state is ReferralState.OUTCOME_KNOWN


def test_what_was_sent_cannot_be_withdrawn() -> None:
    with pytest.raises(IllegalTransition):
        SENT.withdrawn("changed my mind", at=T0, by="Lena")


@pytest.mark.parametrize("referral", [PREPARED, PREPARED.withdrawn("why", at=T0, by="Lena"), _answered(SENT, "advice_only")])
def test_nobody_is_chased_for_what_is_not_awaited(referral: Referral) -> None:
    with pytest.raises(Invalid, match="Nothing is awaited"):
        referral.chased(CHASE)


def test_a_chase_moves_nothing() -> None:
    assert SENT.chased(CHASE).state is ReferralState.SENT


def test_unsettled_answers_are_on_the_list_of_outcomes() -> None:
    assert set(LA_OUTCOMES.codes()) >= UNSETTLED


@pytest.mark.parametrize("code", LA_OUTCOMES.codes())
def test_asking_for_more_or_pointing_elsewhere_settles_nothing(code: str) -> None:
    answered = _answered(SENT, code)
    assert answered.settled is (code not in UNSETTLED)
    assert answered.wants_more is (code == "more_information_wanted")


def test_a_later_outcome_settles_what_an_earlier_one_left_open() -> None:
    later = _answered(_answered(SENT, "more_information_wanted").chased(CHASE), "s42_2_enquiry")
    assert (later.settled, later.wants_more, len(later.outcomes)) == (True, False, 2)


@pytest.mark.parametrize("state", [ActionState.DONE, ActionState.DECLINED])
def test_an_action_ends_only_with_what_shows_it(state: ActionState) -> None:
    with pytest.raises(Invalid) as refused:
        ACTION.stepped(ActionStep(state, " ", T0, "Maud"))
    assert [e.field for e in refused.value.errors] == ["note"]
    assert not ACTION.stepped(ActionStep(state, "the minutes", T0, "Maud")).open


def test_an_action_goes_on_without_a_note() -> None:
    assert ACTION.stepped(ActionStep(ActionState.IN_PROGRESS, "", T0, "Maud")).open


def test_the_states_are_those_of_the_vocabulary_apart_from_overdue_which_nobody_sets() -> None:
    assert {str(s) for s in ActionState} == set(ACTION_STATUSES.codes()) - {"overdue"}
    assert replace(ACTION, state=ActionState.PROPOSED).open
