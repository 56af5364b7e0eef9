"""What slips into a letter beside its facts: names, and words of what was left out."""

import pytest

from sgapp.domain.disclosure import HEALTH_HISTORY, Offer
from sgapp.domain.errors import Invalid
from sgapp.domain.letter import LONGEST, at_most
from sgapp.domain.own_words import Typed, needs_reason, slipped_in, speaks_of
from sgapp.domain.referral import Fact

NAMES = frozenset({("Kevin",), ("Iris", "Doyle"), ("Doyle",)})
CARD = Offer("note:n:seen:0", "Note", "Kevin took the bank card out of the wallet.")
FALL = Offer("person:health:0", "Health", "Diabetes, type 2, since 2019", True, (HEALTH_HISTORY,))
HOME = Offer("person:lives", "The person", "Lives: Own home")
BORN = Offer("person:born", "The person", "Date of birth: 4 Mar 1948")
ADDRESS = Offer("person:address", "The person", "Address: 12 Tanner's Yard, Wexcombe")
FRAIL = Offer("person:needs:0", "The person", "Frailty")
OFFERED = (CARD, FALL, HOME, BORN, ADDRESS, FRAIL)


def _found(text: str, *chosen: Offer, asks_names: bool = False) -> tuple[str, ...]:
    facts = [Fact(o.source, o.text, "who") for o in chosen]
    return slipped_in([Typed("Purpose", text, asks_names)], OFFERED, facts, NAMES)


@pytest.mark.parametrize("text", ["To advise on protection.", "Advice, and whether an enquiry follows.", "To see her at home.",
                                  "A needs assessment.", "To address it by 4 Mar.", "", "To stop the loss of money."])
def test_a_purpose_that_tells_nothing_of_what_stays_here_is_let_pass(text: str) -> None:
    assert _found(text) == ()


def test_a_name_of_somebody_else_is_said_with_the_field_it_stands_in() -> None:
    assert _found("Keep Kevin away, says Iris Doyle.") == ("“Purpose” names somebody else: Kevin, Iris Doyle",)


def test_a_name_that_a_chosen_fact_says_is_no_news() -> None:
    assert _found("Keep Kevin away.", CARD) == ()


def test_where_the_agency_asks_for_a_name_a_name_is_no_slip() -> None:
    assert _found("Kevin", asks_names=True) == ()


@pytest.mark.parametrize("text", ["He took the bank card again.", "Somebody has his wallet and a bank card."])
def test_words_of_a_left_out_fact_are_said_with_the_fact(text: str) -> None:
    assert _found(text) == (f"“Purpose” says what is left out: “{CARD.text}”",)


def test_what_is_chosen_may_be_said_again() -> None:
    assert _found("He took the bank card again.", CARD) == ()


def test_one_word_of_health_history_is_enough_and_one_word_of_another_fact_is_not() -> None:
    assert _found("She has diabetes.") == ("“Purpose” says what is left out: “Diabetes, type 2, since 2019”",)
    assert _found("Her frailty is known.") == ("“Purpose” says what is left out: “Frailty”",)
    assert _found("She keeps a wallet. What type of help is there in 2019?") == ()


@pytest.mark.parametrize(("text", "offer"), [("Born on 4 Mar 1948.", BORN), ("Call at Tanner's Yard in Wexcombe.", ADDRESS)])
def test_the_day_of_birth_or_the_address_left_out_and_written_all_the_same_is_said(text: str, offer: Offer) -> None:
    assert _found(text) == (f"“Purpose” says what is left out: “{offer.text}”",)


def test_a_word_for_a_relative_is_to_be_thought_of_and_asks_for_no_reason() -> None:
    assert _found("To see her without her husband.") == ()
    assert speaks_of([Typed("Purpose", "To see her without her husband.")]) == (
        "“Purpose” speaks of somebody else: husband",)


def test_what_slipped_in_stays_only_with_a_reason() -> None:
    with pytest.raises(Invalid, match=r"names somebody else: Kevin\. Take it out, or say here"):
        needs_reason(_found("Kevin"), " ")
    needs_reason(_found("Kevin"), "They ask who holds the card.")
    needs_reason((), "")


def test_a_text_that_is_too_long_says_how_long_it_may_be_and_how_long_it_is() -> None:
    at_most("purpose", "x" * LONGEST)
    with pytest.raises(Invalid, match=f"At most {LONGEST} characters; these are {LONGEST + 1}"):
        at_most("purpose", "x" * (LONGEST + 1))
