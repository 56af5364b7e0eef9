"""The timeline tells everything that is on the records, oldest first, whatever order they come in."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sgapp.domain.case import (
    CapacityAssessment,
    Case,
    Closing,
    Consultation,
    ProtectionStep,
    Review,
    RiskEntry,
    TriageDecision,
)
from sgapp.domain.chronology import chronology
from sgapp.domain.decision import ReviewState, SharingAnswers, SharingDecision
from sgapp.domain.observation import NoteContent, Observation, Priority, PriorityChange, Quote
from sgapp.domain.referral import Action, ActionState, ActionStep, AgencyOutcome, Chase, Fact, Receipt, Referral, Sending

T0 = datetime(2026, 10, 5, 9, 40, tzinfo=UTC)


def _t(minutes: int) -> datetime:
    return T0 + timedelta(minutes=minutes)


NOTE = Observation(
    "n", "VN-1", "a", "Amina", _t(1), NoteContent(T0, T0, seen="He took the card.", said=(Quote("Don't tell."),)),
    (PriorityChange(Priority.OTHER, "", T0, ""), PriorityChange(Priority.HIGH, "hurt", _t(3), "Lena")),
    acknowledged_at=_t(2), acknowledged_by="Lena")
CASE = replace(
    Case("c", "2026-001", "p", ("n",), _t(4), "Lena", T0, T0, Priority.OTHER),
    triage=(TriageDecision("refer", "why", _t(5), "Lena"),), risk=(RiskEntry("high", "rests on", _t(6), "Lena"),),
    consultations=(Consultation("Dr Ames", "GP", "rest", _t(7), "Lena"),),
    capacity=(CapacityAssessment("k", "to keep it", "", "", "", "", "", "", "", "", "", "", "lacks_capacity", _t(8), "Lena"),),
    protection=(ProtectionStep("s", "a talk alone", _t(9), "Lena"),), reviews=(Review("all well", _t(20), "Lena"),),
    closing=Closing("agency_outcome", "over", "reduced", "asked", "", _t(21), "Lena"))
DECISION = SharingDecision("d", "c", 1, SharingAnswers("share", "the why", agency="LA_ASC"), (), _t(10), "Lena", "lena",
                           review=ReviewState.AGREED, reviewed_at=_t(11), reviewed_by="Maud")
REFERRAL = Referral(
    "r", "c", "2026-001-R1", "LA_ASC", "Duty", "portal", "p", "a", (Fact("s", "t"),), _t(12), "Lena",
    sending=Sending(_t(13), "Lena", "Duty", "portal", "text", "sha"), chases=(Chase(_t(14), "Lena", "nobody", ""),),
    receipt=Receipt(_t(15), "T. Osei", "duty", "SA-1", "Lena"), outcomes=(AgencyOutcome("advice_only", "", _t(16), "Lena"),))
ACTION = Action("x", "c", "visit", "Maud", "", date(2026, 10, 9), "agrees", _t(17), "Lena",
                steps=(ActionStep(ActionState.IN_PROGRESS, "", _t(18), "Maud"),
                       ActionStep(ActionState.DONE, "done so", _t(19), "Maud")))


def test_everything_on_the_records_is_told_once_and_in_order() -> None:
    told = chronology(CASE, [NOTE], [DECISION], [REFERRAL], [ACTION])
    assert [(e.at - T0) // timedelta(minutes=1) for e in told] == [0, *range(2, 22)]
    assert [e.what for e in told] == [
        "Wrote a note", "Saw the note", "Set the priority to high", "Opened the case", "Decided: Refer", "Set the risk to high",
        "Took advice from Dr Ames", "Assessed capacity for “to keep it”", "Put protection in place",
        "Decided to share with Adult social care", "Agreed the decision", "Prepared a referral to Adult social care",
        "Sent to Adult social care", "Chased Adult social care", "Adult social care confirmed receipt",
        "Adult social care answered: Advice only", "Agreed an action", "Action in progress", "Action done", "Looked again",
        "Closed the case"]


def test_every_line_names_who() -> None:
    assert all(e.who for e in chronology(CASE, [NOTE], [DECISION], [REFERRAL], [ACTION]))


def test_exact_words_stand_apart_from_what_was_seen() -> None:
    [first, *_] = chronology(CASE, [NOTE], [], [], [])
    assert (first.quote, first.detail) == ("Don't tell.", "VN-1. He took the card.")


def test_a_correction_and_a_decision_sent_back_are_told_as_such() -> None:
    told = {e.what for e in chronology(CASE, [replace(NOTE, corrects_id="m")], [
        replace(DECISION, review=ReviewState.RETURNED, answers=SharingAnswers("not_share"))], [], [])}
    assert {"Added to an earlier note", "Sent the decision back", "Decided not to share"} <= told


def test_what_has_not_happened_is_not_told() -> None:
    bare = Case("c", "2026-001", "p", (), T0, "Lena", T0, None, Priority.OTHER)
    prepared = replace(REFERRAL, sending=None, receipt=None, chases=(), outcomes=())
    assert [e.what for e in chronology(bare, [], [], [prepared], [])] == [
        "Opened the case", "Prepared a referral to Adult social care"]


def test_a_withdrawn_referral_is_told_with_its_reason() -> None:
    referral = Referral("r", "c", "2026-001-R1", "LA_ASC", "Duty", "portal", "p", "a", (Fact("s", "t"),), _t(8), "Lena")
    told = chronology(CASE, (), (), (referral.withdrawn("he agreed to ring them himself", at=_t(9), by="Devan"),), ())
    assert [(e.at, e.who, e.detail) for e in told if e.what.startswith("Withdrew")] == [
        (_t(9), "Devan", "2026-001-R1. he agreed to ring them himself")]
