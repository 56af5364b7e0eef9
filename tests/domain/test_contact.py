"""What a plan allows and forbids, and what came of a contact."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sgapp.domain.contact import (
    CallAnswers,
    Contact,
    ContactRules,
    ContactState,
    Wanted,
    judge,
    missed_in_a_row,
    outcome_of,
)
from sgapp.domain.errors import IllegalTransition, Invalid
from sgapp.domain.time import from_london
from sgapp.domain.windows import parsed

GOOD = from_london(datetime(2026, 10, 13, 10, 15))
ROSA = ContactRules(channels=("SAFE_CALL", "SAFE_SMS"), windows=parsed("Tue 10:00-11:00\nFri 10:00-11:00", "w"),
                    names=("Rosa Linden", "P-117", "Martin Linden, her partner"))
ALL_WELL = CallAnswers(who_answered="adult", alone="yes", safe="yes", go_on="yes", heard="nothing")


def refused(rules: ContactRules, kind: str, *, at: datetime = GOOD, whom: str = "adult", words: str = "") -> str:
    return " ".join(judge(rules, Wanted(kind, whom, at, words)).refused)


def test_a_call_on_a_safe_channel_in_a_safe_window_is_fine() -> None:
    verdict = judge(ROSA, Wanted("call", "adult", GOOD))
    assert (verdict.refused, verdict.warned, verdict.instead) == ((), (), None)


def test_outside_the_window_it_is_refused_and_the_next_one_offered() -> None:
    verdict = judge(ROSA, Wanted("call", "adult", GOOD + timedelta(hours=1)))
    assert "outside the good times" in verdict.refused[0]
    assert verdict.instead is not None
    assert verdict.instead.in_words(GOOD) == "Fri 16 Oct, 10:00–11:00"


@pytest.mark.parametrize(("nevers", "kind", "said"), [
    (("NO_TEXT",), "text", "no text messages"), (("NO_TEXT",), "whatsapp", "no text messages"),
    (("NO_POST",), "letter", "no post")])
def test_a_forbidden_channel_is_refused_with_its_reason(nevers: tuple[str, ...], kind: str, said: str) -> None:
    rules = replace(ROSA, nevers=nevers, channels=("SAFE_CALL", "SAFE_WHATSAPP"))
    assert said in refused(rules, kind, words="See you on Tuesday.")


def test_a_way_that_the_plan_does_not_call_safe_is_refused() -> None:
    assert "not among the ways" in refused(ROSA, "email", words="See you on Tuesday.")


def test_where_only_visits_are_safe_nothing_else_is() -> None:
    rules = replace(ROSA, channels=("IN_VISIT_ONLY",))
    remote = ("call", "text", "email", "whatsapp", "letter")
    assert all("only face to face" in refused(rules, kind, words="See you") for kind in remote)
    assert refused(rules, "in_visit") == ""


def test_where_nobody_gets_in_touch_nothing_goes_but_a_visit() -> None:
    assert "do not get in touch" in refused(replace(ROSA, channels=("NO_CONTACT",)), "call")


def test_relatives_are_left_out_and_a_trusted_contact_only_if_named() -> None:
    assert "Relatives" in refused(ROSA, "call", whom="relative")
    assert "No trusted contact" in refused(ROSA, "call", whom="trusted")
    named = replace(ROSA, channels=("VIA_TRUSTED",), trusted="Her sister Jo")
    assert refused(named, "call", whom="trusted") == ""


@pytest.mark.parametrize("words", ["The safeguarding team will ring.", "We know about the abuse.", "Rosa, see you at ten.",
                                   "When Martin is out.", "About P-117", "Are you safe?", "The police will come."])
def test_a_message_that_gives_it_away_is_refused(words: str) -> None:
    assert "somebody else may read it" in refused(ROSA, "text", words=words)


@pytest.mark.parametrize("words", ["The hoist service is on Tuesday at ten.", "Your carer comes an hour later today.",
                                   "Happy to help with the planter and the Linde lift."])
def test_an_ordinary_message_goes(words: str) -> None:
    assert refused(ROSA, "text", words=words) == ""


def test_without_a_plan_a_message_is_warned_of_and_refused_where_a_note_says_that_another_reads_it() -> None:
    unknown = ContactRules(known=False)
    assert "no plan yet" in judge(unknown, Wanted("call", "adult", GOOD)).warned[0]
    assert "somebody else reads" in refused(replace(unknown, devices=("OTHER_READS",)), "text", words="See you")


def test_a_plan_whose_day_is_over_is_not_relied_on() -> None:
    late = replace(ROSA, relied_on_until=GOOD - timedelta(days=1))
    assert "may no longer hold" in " ".join(judge(late, Wanted("call", "adult", GOOD)).warned)


@pytest.mark.parametrize(("changed", "outcome"), [
    ({}, "SAFE_SPOKE"), ({"alone": "no"}, "NOT_SAFE_RETRY"), ({"safe": "no"}, "NOT_SAFE_RETRY"),
    ({"go_on": "no"}, "NOT_SAFE_RETRY"),
    ({"heard": "stop_phrase"}, "CODE_STOP"), ({"heard": "help_phrase"}, "CODE_HELP"),
    ({"who_answered": "nobody"}, "NO_ANSWER"), ({"who_answered": "somebody_else"}, "WRONG_PERSON")])
def test_closed_questions_come_to_an_outcome(changed: dict[str, str], outcome: str) -> None:
    assert outcome_of(replace(ALL_WELL, **changed)) == outcome


def test_whoever_says_the_words_for_help_needs_no_further_question() -> None:
    assert outcome_of(CallAnswers(heard="help_phrase")) == "CODE_HELP"


def test_a_question_that_was_not_asked_is_asked_for() -> None:
    with pytest.raises(Invalid) as gaps:
        outcome_of(replace(ALL_WELL, alone="", go_on=""))
    assert {e.field for e in gaps.value.errors} == {"alone", "go_on"}


def test_a_letter_is_done_and_asks_nobody_anything() -> None:
    assert outcome_of(CallAnswers(), kind="letter") == "DONE"


def _contact(n: int, outcome: str = "NO_ANSWER", **other: object) -> Contact:
    at = GOOD + timedelta(days=7 * n)
    made = Contact(str(n), "case", "call", "adult", at, at + timedelta(minutes=45), "", "", GOOD, "Lena", "lena")
    done = made.gone(outcome=outcome, answers=CallAnswers(), note="", at=at, by="Lena")
    return replace(done, **other)  # type: ignore[arg-type]


def test_missed_windows_are_counted_since_the_adult_was_last_spoken_to() -> None:
    assert missed_in_a_row((_contact(0), _contact(1, "SAFE_SPOKE"), _contact(2), _contact(3, "NOT_SAFE_RETRY"))) == 2


def test_two_tries_within_one_window_miss_it_once() -> None:
    assert missed_in_a_row((_contact(0), replace(_contact(0), id="again", at=GOOD + timedelta(minutes=20)))) == 1


def test_one_whose_time_went_by_is_missed_and_one_that_is_off_is_not() -> None:
    planned = replace(_contact(1), state=ContactState.PLANNED, outcome="")
    assert missed_in_a_row((_contact(0), planned.lapsed())) == 2
    assert missed_in_a_row((_contact(0), planned.cancelled(why="Moved", at=GOOD, by="Lena"))) == 1


def test_what_is_done_is_not_done_again() -> None:
    with pytest.raises(IllegalTransition):
        _contact(0).gone(outcome="SAFE_SPOKE", answers=ALL_WELL, note="", at=datetime(2026, 10, 13, tzinfo=UTC), by="Lena")
