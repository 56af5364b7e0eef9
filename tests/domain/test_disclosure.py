"""What may leave: small facts, each picked alone and for a reason."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sgapp.domain.case import CapacityAssessment, Case, ProtectionStep
from sgapp.domain.disclosure import ADDRESS, BORN, chosen, left_out, names_near, offers, sentences, too_much
from sgapp.domain.errors import Invalid
from sgapp.domain.observation import Mark, NoteContent, Observation, Priority, PriorityChange, Quote
from sgapp.domain.person import Person
from sgapp.domain.referral import Fact
from sgapp.domain.safety_plan import PlanContent
from sgapp.domain.vocabulary import PICKER

T0 = datetime(2026, 10, 5, 9, 10, tzinfo=UTC)
PERSON = Person("p", "P-104", "Dennis Marlow", "Own home", ("Frailty",), ("A fall in 2023", "Hip, 2021"))
CONTENT = NoteContent(T0, T0, room="kitchen", seen="He took the card. The cupboard was empty.", heard="“Give it here!”",
                      said=(Quote("He gets cross.", "Dennis", "me"),), present="Dennis, Kevin", done="Rang the office.",
                      told="on-call lead", wish="No fuss", picker=("card_held_by_other",), staff_names="Sana Pryce",
                      safety_codes=("NO_TEXT",))
NOTE = Observation("n", "VN-1", "a", "Amina", T0, CONTENT, (PriorityChange(Priority.OTHER, "", T0, ""),), person_id="p")
CAPACITY = CapacityAssessment("k", "to keep his card", "doubt", "", "yes", "yes", "no", "yes", "evidence words", "", "", "",
                              "lacks_capacity", T0, "Lena")
CASE = Case("c", "2026-001", "p", ("n",), T0, "Lena", T0, T0, Priority.OTHER, capacity=(CAPACITY,),
            protection=(ProtectionStep("s", "A talk alone at each visit", T0, "Lena"),))


def test_a_text_is_offered_sentence_by_sentence() -> None:
    assert sentences("He took it. “Give it!” She left? Then 3.5 miles.") == (
        "He took it.", "“Give it!”", "She left?", "Then 3.5 miles.")


def test_each_line_can_be_picked_alone() -> None:
    assert sentences("first line\nsecond line\n\n third") == ("first line", "second line", "third")


@settings(max_examples=200, deadline=None, database=None)
@given(st.text(alphabet="ab .!?”“\"'’\n\tA—", max_size=60))
def test_cutting_a_text_into_sentences_loses_and_adds_nothing(text: str) -> None:
    parts = sentences(text)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(part == part.strip() and part and "\n" not in part for part in parts)


def test_what_is_offered_comes_from_person_note_capacity_and_protection() -> None:
    texts = {o.source: o.text for o in offers(PERSON, [NOTE], CASE)}
    assert texts == {
        "contact:NO_TEXT": "No text messages",
        "person:name": "Dennis Marlow, P-104", "person:lives": "Lives: Own home", "person:needs:0": "Frailty",
        "person:health:0": "A fall in 2023", "person:health:1": "Hip, 2021",
        "note:n:when": "Seen on 5 Oct 2026, 10:10, kitchen", "note:n:seen:0": "He took the card.",
        "note:n:seen:1": "The cupboard was empty.", "note:n:heard:0": "Heard: “Give it here!”",
        "note:n:done:0": "What was done: Rang the office.", "note:n:said:0": "Dennis said to the care worker: “He gets cross.”",
        "note:n:picker:card_held_by_other": f"Noticed: {PICKER.label('card_held_by_other')}",
        "note:n:present": "Present: Dennis, Kevin",
        "note:n:wish": "What the adult wants: No fuss",
        "capacity:k": "Capacity for “to keep his card”, 5 Oct 2026, 10:10: Lacks capacity for this decision at this time",
        "protection:s": "A talk alone at each visit"}


def test_what_an_agency_finds_the_adult_by_is_offered_where_it_is_known() -> None:
    person = replace(PERSON, born=date(1948, 3, 4), address="12 Tanner's Yard, Wexcombe")
    assert [(o.source, o.text) for o in offers(person, [], CASE) if o.source in (BORN, ADDRESS)] == [
        (BORN, "Date of birth: 4 Mar 1948"), (ADDRESS, "Address: 12 Tanner's Yard, Wexcombe")]


def test_each_mark_is_one_sentence_to_pick_and_what_was_said_about_it_another() -> None:
    marks = (Mark("forearm", "left", "back", 0.2, 0.4, length_cm=3, width_cm=2, shape="oval", words="I knocked it.",
                  said_by="Ola"),
             Mark("chest", "right", "front", 0.4, 0.3))
    noted = replace(NOTE, content=replace(CONTENT, marks=marks))
    assert [(o.source, o.text) for o in offers(PERSON, [noted], CASE) if ":mark:" in o.source] == [
        ("note:n:mark:0", "A mark on the left forearm, back, 3 by 2 cm, oval."),
        ("note:n:mark:0:said", "Ola said about the mark on the left forearm, back: “I knocked it.”"),
        ("note:n:mark:1", "A mark on the chest, right side.")]


def test_neither_staff_names_nor_the_writer_nor_a_bare_code_are_offered() -> None:
    offered = " ".join(o.text for o in offers(PERSON, [NOTE], CASE))
    for kept_back in ("Sana", "NO_TEXT", "Amina", "evidence words"):
        assert kept_back not in offered


def test_only_the_health_history_is_marked_as_seldom_needed() -> None:
    assert [o.source for o in offers(PERSON, [NOTE], CASE) if o.seldom] == ["person:health:0", "person:health:1"]


def test_picked_facts_keep_the_order_offered_with_their_reasons_and_hold_nothing_else() -> None:
    offered = offers(PERSON, [NOTE], CASE)
    assert chosen(offered, ["note:n:seen:0=shows_risk", "person:name=who", "note:n:seen:0=shows_risk"]) == (
        Fact("person:name", "Dennis Marlow, P-104", "who"), Fact("note:n:seen:0", "He took the card.", "shows_risk"))


@pytest.mark.parametrize(("picks", "message"), [
    ([], "at least one"), (["note:other:seen:0=who"], "not part of this case"), (["person:name=who", "person=who"], "not part"),
    (["person:name"], "not part"), (["person:name="], "why they need it"), (["person:name=curious"], "why they need it")])
def test_nothing_something_not_offered_or_a_fact_without_a_reason_cannot_be_picked(picks: list[str], message: str) -> None:
    with pytest.raises(Invalid, match=message):
        chosen(offers(PERSON, [NOTE], CASE), picks)


def test_what_was_not_picked_is_listed_as_left_out() -> None:
    offered = offers(PERSON, [NOTE], CASE)
    facts = chosen(offered, ["person:name=who"])
    assert set(left_out(offered, facts)) == {o.text for o in offered} - {"Dennis Marlow, P-104"}


def test_safety_codes_and_who_must_not_know_are_offered_for_the_part_on_making_contact() -> None:
    offered = [o for o in offers(PERSON, [NOTE], CASE, must_not_know=["Kevin", "nobody", "Kevin"])
               if o.source.startswith("contact:")]
    assert [(o.source, o.text) for o in offered] == [
        ("contact:NO_TEXT", "No text messages"), ("contact:must_not_know", "Must not learn of this: Kevin")]


def test_a_line_that_names_somebody_else_says_so_and_the_adults_own_name_does_not() -> None:
    noted = replace(NOTE, content=replace(CONTENT, present="Dennis Marlow, Kevin Marlow (nephew)",
                                          seen="Kevin's coat hung there. Dennis sat. Marlow post lay there. Iris Doyle rang."))
    found = offers(PERSON, [noted], CASE, others=["Iris Doyle", "Dennis Marlow"])
    flags = {o.text: o.flags for o in found if ":seen:" in o.source}
    assert flags == {"Kevin's coat hung there.": ("names somebody else: Kevin",), "Dennis sat.": (),
                     "Marlow post lay there.": (), "Iris Doyle rang.": ("names somebody else: Iris Doyle",)}


@pytest.mark.parametrize(("written", "names"), [
    ({"present": "Dennis, Kevin Marlow (nephew)"}, {"Dennis", "Kevin", "Marlow"}),
    ({"said": (Quote("He gets cross.", "Iris", "Bea Stone"),)}, {"Iris", "Bea", "Stone"}),
    ({"marks": (Mark("chest", "right", "front", 0.4, 0.3, words="He did it.", said_by="Nell Frost"),)}, {"Nell", "Frost"}),
    ({"staff_names": "Sana Pryce, and the night carer"}, {"Sana", "Pryce"}),
    ({"said": (Quote("So.", "Her sister", "The night carer"),)}, set())])
def test_a_name_is_known_wherever_the_writer_of_a_note_put_it(written: dict[str, object], names: set[str]) -> None:
    noted = replace(NOTE, content=replace(NoteContent(T0, T0), **written))  # type: ignore[arg-type]
    assert names_near([noted]) == names


def test_names_are_known_from_who_must_not_know_and_from_whom_a_plan_fears_and_trusts() -> None:
    plan = PlanContent(feared="Martin Linden, when he drinks", trusted="Her sister Joan. Nobody else.")
    assert names_near([], must_not_know=["Nobody", "Kevin Marlow; the nephew"], plans=[plan]) == {
        "Kevin", "Marlow", "Martin", "Linden", "Joan"}


def test_a_line_that_names_whom_a_plan_fears_says_so_and_the_line_on_who_must_not_know_is_for_that() -> None:
    noted = replace(NOTE, content=replace(CONTENT, present="", said=(), seen="Martin rang."))
    found = offers(PERSON, [noted], CASE, must_not_know=["Martin"], plans=[PlanContent(feared="Martin")])
    flags = {o.text: o.flags for o in found}
    assert flags["Martin rang."] == ("names somebody else: Martin",)
    assert flags["Must not learn of this: Martin"] == ()


def test_a_line_on_somebody_around_the_adult_says_so_even_without_a_name() -> None:
    noted = replace(NOTE, content=replace(CONTENT, present="", said=(), seen="His nephew came. The sonnet was read."))
    assert {o.text: o.flags for o in offers(PERSON, [noted], CASE) if ":seen:" in o.source} == {
        "His nephew came.": ("speaks of somebody else: nephew",), "The sonnet was read.": ()}


def test_a_first_name_alone_is_no_name_of_somebody_who_was_not_there() -> None:
    noted = replace(NOTE, content=replace(CONTENT, present="", said=(), seen="Grace was said before the meal."))
    assert [o.flags for o in offers(PERSON, [noted], CASE, others=["Grace Poole"]) if ":seen:" in o.source] == [()]


def _thought_of(*picks: str) -> tuple[str, ...]:
    offered = offers(PERSON, [NOTE], CASE, must_not_know=["Kevin"])
    return too_much(offered, chosen(offered, [f"{pick}=who" for pick in picks]))


def test_a_whole_note_is_asked_about_and_all_but_one_line_of_it_is_not() -> None:
    whole = [o.source for o in offers(PERSON, [NOTE], CASE) if o.source.startswith("note:")]
    assert [t for t in _thought_of("contact:NO_TEXT", *whole) if "All of Note VN-1" in t] != []
    assert [t for t in _thought_of("contact:NO_TEXT", *whole[1:]) if "All of" in t] == []


def test_health_history_is_asked_about_when_it_is_chosen() -> None:
    assert _thought_of("contact:NO_TEXT", "person:health:0") == ("“A fall in 2023” is health history",)


def test_a_letter_without_a_word_on_safe_contact_is_asked_about() -> None:
    assert _thought_of("person:name") == (
        "Nothing is chosen of how to make contact safely. The letter asks them to ring you first.",)
    assert _thought_of("person:name", "contact:NO_TEXT") == ()
