"""The letter: the frame and the facts, in one shape for text, fields and PDF."""

from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from sgapp.domain.letter import as_text, compose, copy_fields, sha256
from sgapp.domain.referral import Fact, Referral

T0 = datetime(2026, 10, 5, 9, 10, tzinfo=UTC)
REFERRAL = Referral("r", "c", "2026-001-R1", "LA_ASC", "Duty team", "portal", "To advise.", "Advice.", (), T0, "Lena")


def _text(referral: Referral, **details: tuple[tuple[str, str], ...]) -> str:
    return as_text(compose(referral, provider="Meadow Lane", ring="01632 960 001", **details))


def test_the_letter_is_the_frame_and_the_facts_to_the_last_byte() -> None:
    facts = (Fact("a", "One."), Fact("b", "Two.\nThree."), Fact("contact:NO_TEXT", "No text messages"),
             Fact("protection:s", "A talk alone"))
    assert _text(replace(REFERRAL, facts=facts, by_when=date(2026, 10, 7)), details=(("Their log", "77"),)) == (
        "Reference: 2026-001-R1\nDate: 5 Oct 2026, 10:10\nFrom: Meadow Lane\nTo: Adult social care, Duty team\n\n"
        "Before you make contact\n- No text messages\n\nPurpose\nTo advise.\n\nFacts\n- One.\n- Two. Three.\n\n"
        "Protection in place\n- A talk alone\n\nFurther details\n- Their log: 77\n\n"
        "What is asked\nAdvice.\nBy 7 Oct 2026.\n\n"
        "Please confirm receipt by name or reference number. Ring 01632 960 001 and quote 2026-001-R1.\n")


def test_where_nothing_is_chosen_on_making_contact_they_are_asked_to_ring_first() -> None:
    assert "Before you make contact\n- Ask us before you contact the person.\n" in _text(REFERRAL)


def test_a_part_with_nothing_in_it_is_not_there() -> None:
    assert "Protection" not in _text(REFERRAL)
    assert "Facts" not in _text(REFERRAL)


@settings(max_examples=100, deadline=None, database=None)
@given(st.text(alphabet="ab\n -#FactsPurpose", max_size=60))
def test_nothing_typed_can_pass_for_another_heading(typed: str) -> None:
    lines = _text(replace(REFERRAL, purpose=f"x {typed}", facts=(Fact("a", f"y {typed}"),))).splitlines()
    assert [line for line in lines if line in ("Purpose", "Facts", "What is asked")] == ["Purpose", "Facts", "What is asked"]


def test_the_fields_to_copy_hold_the_same_words_as_the_letter() -> None:
    letter = compose(replace(REFERRAL, facts=(Fact("a", "One."),)), provider="Meadow Lane", ring="01632 960 001")
    fields = dict(copy_fields(letter))
    assert fields["Facts"] == "One."
    assert all(line in as_text(letter) for text in fields.values() for line in text.splitlines())


def test_the_title_and_the_reference_name_nobody() -> None:
    letter = compose(replace(REFERRAL, facts=(Fact("person:name", "Dennis Marlow"),)), provider="M", ring="1")
    assert (letter.title, letter.reference) == ("Referral 2026-001-R1", "2026-001-R1")


def test_one_letter_more_or_less_changes_the_fingerprint() -> None:
    assert sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256("abd") != sha256("abc")
