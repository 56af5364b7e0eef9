"""What may leave: small facts, each picked alone; the letter holds the frame and the picked ones."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sgapp.domain.case import CapacityAssessment, Case, ProtectionStep
from sgapp.domain.disclosure import chosen, letter, letter_sha256, offers, sentences
from sgapp.domain.errors import Invalid
from sgapp.domain.observation import Mark, NoteContent, Observation, Priority, PriorityChange, Quote
from sgapp.domain.person import Person
from sgapp.domain.referral import Fact, Referral
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
REFERRAL = Referral("r", "c", "2026-001-R1", "LA_ASC", "Duty team", "portal", "To advise.", "Advice.", (), T0, "Lena")


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


def test_each_mark_is_one_sentence_to_pick_and_what_was_said_about_it_another() -> None:
    marks = (Mark("forearm", "left", "back", 0.2, 0.4, length_cm=3, width_cm=2, shape="oval", words="I knocked it.",
                  said_by="Ola"),
             Mark("chest", "right", "front", 0.4, 0.3))
    noted = replace(NOTE, content=replace(CONTENT, marks=marks))
    assert [(o.source, o.text) for o in offers(PERSON, [noted], CASE) if ":mark:" in o.source] == [
        ("note:n:mark:0", "A mark on the left forearm, back, 3 by 2 cm, oval."),
        ("note:n:mark:0:said", "Ola said about the mark on the left forearm, back: “I knocked it.”"),
        ("note:n:mark:1", "A mark on the chest, right side.")]


def test_neither_staff_names_nor_safety_codes_nor_the_writer_are_offered() -> None:
    offered = " ".join(o.text for o in offers(PERSON, [NOTE], CASE))
    for kept_back in ("Sana", "NO_TEXT", "Amina", "evidence words"):
        assert kept_back not in offered


def test_only_the_health_history_is_marked_as_seldom_needed() -> None:
    assert [o.source for o in offers(PERSON, [NOTE], CASE) if o.seldom] == ["person:health:0", "person:health:1"]


def test_picked_facts_keep_the_order_offered_and_hold_nothing_else() -> None:
    offered = offers(PERSON, [NOTE], CASE)
    assert chosen(offered, ["note:n:seen:0", "person:name", "note:n:seen:0"]) == (
        Fact("person:name", "Dennis Marlow, P-104"), Fact("note:n:seen:0", "He took the card."))


@pytest.mark.parametrize(("sources", "message"), [
    ([], "at least one"), (["note:other:seen:0"], "not part of this case"), (["person:name", "person"], "not part")])
def test_nothing_or_something_not_offered_cannot_be_picked(sources: list[str], message: str) -> None:
    with pytest.raises(Invalid, match=message):
        chosen(offers(PERSON, [NOTE], CASE), sources)


def test_the_letter_is_the_frame_and_the_facts_to_the_last_byte() -> None:
    facts = (Fact("a", "One."), Fact("b", "Two.\nThree."))
    assert letter(replace(REFERRAL, facts=facts), provider="Meadow Lane", ring="01632 960 001") == (
        "Reference: 2026-001-R1\nFrom: Meadow Lane\nTo: Adult social care, Duty team\n\nPurpose\nTo advise.\n\n"
        "Facts\n- One.\n- Two. Three.\n\nWhat is asked\nAdvice.\n\n"
        "Please confirm receipt by name or reference number. Ring 01632 960 001 and quote 2026-001-R1.\n")


def test_one_letter_more_or_less_changes_the_hash() -> None:
    assert letter_sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert letter_sha256("abd") != letter_sha256("abc")
