"""The sharing decision: what it asks and when, what it keeps, and who else must look."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from sgapp.domain.decision import (
    CHOICES,
    QUESTIONS,
    Change,
    EarlierReview,
    ReviewState,
    SharingAnswers,
    SharingDecision,
    asked_of,
    called_for_since,
    changes,
    checked,
    replaced_by,
    second_review_because,
)
from sgapp.domain.errors import IllegalTransition, Invalid
from sgapp.domain.observation import Priority

T0 = datetime(2026, 10, 5, 11, 45, tzinfo=UTC)
SHARE = SharingAnswers(
    share="share", why="why", what=("a fact",), left_out=("nothing",), agency="LA_ASC", recipient="Duty", method="portal",
    must_not_know="nobody", when="now", necessary="yes", proportionate="yes", article_6="6(1)(f)", article_9="9(2)(h)",
    article_10="none_described", confidentiality="consent", consent="given", capacity="presumed", told="told",
    others_at_home="no")
KEEP = SharingAnswers(share="not_share", why="why", must_not_know="nobody", review_on=date(2026, 10, 12), necessary="no",
                      proportionate="yes", consent="given", capacity="presumed", told="told", others_at_home="no")
DECISION = SharingDecision("d", "c", 1, SHARE, (), T0, "Lena", "lena", review=ReviewState.ASKED)


def _gaps(answers: SharingAnswers) -> list[str]:
    with pytest.raises(Invalid) as refused:
        checked(answers)
    return [e.field for e in refused.value.errors]


@pytest.mark.parametrize("answers", [SHARE, KEEP])
def test_a_whole_decision_passes_and_says_what_was_asked(answers: SharingAnswers) -> None:
    kept, asked = checked(answers)
    assert kept == answers
    assert asked == tuple(q.name for q in asked_of(answers))


@pytest.mark.parametrize(("name", "answers"), [(q.name, a) for a in (SHARE, KEEP) for q in asked_of(a)])
def test_each_question_that_is_asked_must_be_answered(name: str, answers: SharingAnswers) -> None:
    blank = SharingAnswers()
    gaps = _gaps(replace(answers, **{name: getattr(blank, name)}))
    assert name in gaps


@pytest.mark.parametrize(("changed", "asks"), [
    ({"when": "by_date"}, {"share_by"}),
    ({"article_9": "9(2)(g)"}, {"paragraph_18_limb", "limb_reason"}),
    ({"consent": "refused"}, {"override_reasons", "override_because"}),
    ({"consent": "withdrawn"}, {"override_reasons", "override_because"}),
    ({"consent": "given_in_part"}, {"override_reasons", "override_because"}),
    ({"told": "not_unsafe"}, {"told_why"}), ({"told": "not_yet"}, {"told_why"}), ({"told": "not_possible"}, {"told_why"}),
    ({"consent": "not_sought_urgent"}, set()),
])
def test_an_answer_brings_exactly_the_questions_that_hang_on_it(changed: dict[str, str], asks: set[str]) -> None:
    answers = replace(SHARE, **changed)
    assert {q.name for q in asked_of(answers)} - {q.name for q in asked_of(SHARE)} == asks
    if asks:
        assert set(_gaps(answers)) == asks


def test_every_question_that_is_not_always_asked_says_why() -> None:
    for question in QUESTIONS:
        if len(question.ask_when) > 1 or "share" not in question.ask_when:
            assert question.because or not question.ask_when, question.name


def test_what_was_not_asked_is_not_kept() -> None:
    kept, _ = checked(replace(KEEP, agency="BANK", article_6="6(1)(a)", override_because="x", told_why="x", capacity_id="k"))
    assert kept == replace(KEEP, capacity_id="k")


@pytest.mark.parametrize("name", sorted(CHOICES))
def test_a_choice_must_be_on_its_list(name: str) -> None:
    whole = replace(SHARE, when="by_date", share_by=date(2026, 10, 6), article_9="9(2)(g)", limb_reason="r", consent="refused",
                    paragraph_18_limb="consent_cannot_be_given", override_reasons=("court_order",), override_because="b")
    checked(whole)
    wrong: object = ("court_order", "made up") if name == "override_reasons" else "made up"
    assert name in _gaps(replace(whole, **{name: wrong}))


@settings(max_examples=150, deadline=None, database=None)
@given(st.fixed_dictionaries({
    "share": st.sampled_from(["", "share", "not_share", "x"]), "when": st.sampled_from(["", "now", "by_date"]),
    "article_9": st.sampled_from(["", "9(2)(g)", "9(2)(h)"]), "consent": st.sampled_from(["", "given", "refused"]),
    "told": st.sampled_from(["", "told", "not_yet"])}))
def test_checking_is_repeatable_and_never_keeps_an_unasked_answer(given_answers: dict[str, str]) -> None:
    answers = replace(SHARE, review_on=date(2026, 10, 12), share_by=date(2026, 10, 6), limb_reason="r", told_why="t",
                      paragraph_18_limb="consent_cannot_be_given", override_reasons=("court_order",), override_because="b",
                      **given_answers)
    try:
        kept, asked = checked(answers)
    except Invalid:
        return
    assert checked(kept) == (kept, asked)
    blank = SharingAnswers()
    assert all(getattr(kept, f.name) == getattr(blank, f.name) for f in fields(kept) if f.name not in asked)


@pytest.mark.parametrize(("answers", "priority", "reasons"), [
    (replace(SHARE, consent="not_sought_raises_risk"), Priority.OTHER, ("consent was not sought",)),
    (replace(SHARE, consent="not_sought_urgent"), Priority.EMERGENCY, ("consent was not sought",)),
    (replace(SHARE, consent="lacks_capacity_best_interests"), Priority.HIGH, ()),
    (replace(KEEP, consent="not_sought_raises_risk"), Priority.OTHER, ()),  # nothing is done over the adult's head
    (KEEP, Priority.HIGH, ("nothing is shared although the matter is urgent",)),
    (KEEP, Priority.EMERGENCY, ("nothing is shared although the matter is urgent",)), (KEEP, Priority.OTHER, ())])
def test_passing_over_consent_and_keeping_what_is_urgent_are_looked_at_by_a_second_person(
        answers: SharingAnswers, priority: Priority, reasons: tuple[str, ...]) -> None:
    assert second_review_because(answers, risk="", priority=priority, types=(), restricted=False) == reasons


@pytest.mark.parametrize(("answers", "risk", "types", "restricted", "reasons"), [
    (SHARE, "medium", ("neglect",), False, ()),
    (replace(SHARE, consent="refused"), "", (), False, ("consent is overridden",)),
    (replace(SHARE, consent="withdrawn"), "", (), False, ("consent is overridden",)),
    (replace(SHARE, consent="given_in_part"), "", (), False, ("consent was given only in part",)),
    (replace(KEEP, consent="refused"), "low", (), False, ()),
    (KEEP, "high", (), False, ("nothing is shared although the risk is high",)),
    (KEEP, "immediate", (), False, ("nothing is shared although the risk is high",)),
    (SHARE, "high", ("domestic",), False, ("high-risk domestic abuse",)),
    (SHARE, "low", ("domestic",), False, ()),
    (SHARE, "", (), True, ("a member of staff may be involved",)),
    (KEEP, "high", ("domestic",), True, ("nothing is shared although the risk is high", "high-risk domestic abuse",
                                         "a member of staff may be involved")),
])
def test_a_second_person_looks_when_much_hangs_on_it(
        answers: SharingAnswers, risk: str, types: tuple[str, ...], restricted: bool, reasons: tuple[str, ...]) -> None:
    found = second_review_because(answers, risk=risk, priority=Priority.OTHER, types=types, restricted=restricted)
    assert found == reasons


def test_the_decider_cannot_review_her_own_decision() -> None:
    for agrees in (True, False):
        with pytest.raises(Invalid, match="somebody else"):
            DECISION.reviewed(agrees, "comment", at=T0, by="Lena Hart", by_id="lena")


def test_sending_back_needs_a_reason_and_agreeing_does_not() -> None:
    with pytest.raises(Invalid) as refused:
        DECISION.reviewed(False, " ", at=T0, by="Maud", by_id="maud")
    assert [e.field for e in refused.value.errors] == ["comment"]
    assert DECISION.reviewed(True, "", at=T0, by="Maud", by_id="maud").reviewed_by == "Maud"


def test_a_decision_is_reviewed_once_and_only_if_that_was_asked() -> None:
    agreed = DECISION.reviewed(True, "", at=T0, by="Maud", by_id="maud")
    for decision in (agreed, replace(DECISION, review=ReviewState.NOT_NEEDED)):
        with pytest.raises(IllegalTransition):
            decision.reviewed(True, "", at=T0, by="Noel", by_id="noel")


def test_a_decision_of_before_guidance_was_kept_still_opens() -> None:
    adapter = TypeAdapter(SharingDecision)
    old = adapter.dump_python(DECISION, mode="json")
    del old["guidance"], old["stays_shown_at"], old["earlier_reviews"], old["answers"]["others_at_home"]
    assert adapter.validate_python(old) == replace(DECISION, answers=replace(SHARE, others_at_home=""))


def _version(number: int, **answers: object) -> SharingDecision:
    whole = KEEP if answers.get("share") == "not_share" else SHARE
    return replace(DECISION, id=str(number), version=number, answers=replace(whole, **answers))  # type: ignore[arg-type]


def _replaced(*decisions: SharingDecision) -> dict[int, int | None]:
    """The version that each one replaced."""
    return {d.version: earlier.version if (earlier := replaced_by(d, reversed(decisions))) else None for d in decisions}


def test_a_decision_replaces_the_newest_one_to_the_same_agency_and_stands_beside_those_to_others() -> None:
    agencies = ("LA_ASC", "BANK", "LA_ASC", "LA_ASC", "BANK")
    assert _replaced(*(_version(n, agency=agency) for n, agency in enumerate(agencies, 1))) == {
        1: None, 2: None, 3: 1, 4: 3, 5: 2}


def test_a_first_decision_to_share_replaces_one_not_to_share_and_the_other_way_round_nothing() -> None:
    assert _replaced(_version(1, share="not_share"), _version(2, share="not_share"), _version(3), _version(4, agency="BANK"),
                     _version(5, share="not_share")) == {1: None, 2: 1, 3: 2, 4: None, 5: 2}


def test_a_decision_of_another_case_is_never_replaced() -> None:
    assert replaced_by(_version(2), [replace(_version(1), case_id="another")]) is None


def test_what_changed_is_told_in_words_question_by_question() -> None:
    before = _version(1, review_on=date(2026, 10, 12), what=("One fact", "Another"), article_6="6(1)(ea)")
    after = _version(2, review_on=date(2026, 10, 19), what=("One fact",), article_6="6(1)(ea)", others_at_home="yes")
    assert changes(before, after) == (
        Change("Is there a child, or another adult at risk, in the household?", "No", "Yes"),
        Change("What", "One fact; Another", "One fact"), Change("Look again on", "12 October 2026", "19 October 2026"))


def test_the_same_answers_again_are_no_change() -> None:
    assert changes(_version(1), _version(2)) == ()


def test_an_answer_that_was_not_asked_before_is_told_as_new() -> None:
    found = changes(_version(1, share="not_share"), _version(2))
    assert Change("Who: agency", "", "Adult social care") in found
    assert Change("Look again on", "12 October 2026", "") in found


def test_what_was_sent_first_as_an_emergency_is_always_looked_at() -> None:
    assert second_review_because(
        SHARE, risk="low", priority=Priority.OTHER, types=(), restricted=False, emergency=True) == (
            "it was sent first, as an emergency",)


HIGH = "nothing is shared although the risk is high"
STAFF = "a member of staff may be involved"


def _since(*decisions: SharingDecision, risk: str = "high", restricted: bool = False) -> dict[str, tuple[str, ...]]:
    """What a changed case calls for: the reasons, by the decision's id."""
    found = called_for_since(decisions, risk=risk, priority=Priority.OTHER, types=(), restricted=restricted, at=T0)
    assert all(d.review is ReviewState.ASKED for d in found)
    return {d.id: d.review_because for d in found}


def _kept(number: int = 1, review: ReviewState = ReviewState.NOT_NEEDED, **other: object) -> SharingDecision:
    return replace(_version(number, share="not_share"), review=review, **other)  # type: ignore[arg-type]


def test_a_case_that_became_riskier_calls_for_a_look_at_what_was_decided_before() -> None:
    assert _since(_kept()) == {"1": (HIGH,)}


@pytest.mark.parametrize("risk", ["", "low", "medium"])
def test_a_case_on_which_nothing_new_calls_for_it_is_left_alone(risk: str) -> None:
    assert _since(_kept(), risk=risk) == {}


@pytest.mark.parametrize("review", [ReviewState.ASKED, ReviewState.AGREED])
def test_a_reason_that_somebody_was_asked_about_calls_for_nobody_again(review: ReviewState) -> None:
    assert _since(_kept(review=review, review_because=(HIGH,))) == {}


def test_a_new_reason_joins_those_that_somebody_is_asked_about_and_the_clock_goes_on() -> None:
    asked = _kept(review=ReviewState.ASKED, review_because=(HIGH,))
    [after] = called_for_since([asked], risk="high", priority=Priority.OTHER, types=(), restricted=True,
                               at=T0.replace(hour=15))
    assert (after.review_because, after.review_asked_at) == ((HIGH, STAFF), T0)


def test_a_new_reason_after_an_agreed_look_begins_another_and_keeps_what_was_said() -> None:
    agreed = _kept(review=ReviewState.ASKED, review_because=(HIGH,)).reviewed(True, "Yes.", at=T0, by="Maud", by_id="maud")
    [after] = called_for_since([agreed], risk="high", priority=Priority.OTHER, types=(), restricted=True,
                               at=T0.replace(hour=15))
    assert (after.review_asked_at, after.reviewed_by) == (T0.replace(hour=15), "")
    assert after.earlier_reviews == (EarlierReview(True, T0, "Maud", "Yes."),)


def test_what_was_sent_back_or_replaced_is_not_asked_about() -> None:
    assert _since(_kept(review=ReviewState.RETURNED)) == {}
    assert _since(_kept(1), _kept(2)) == {"2": (HIGH,)}
