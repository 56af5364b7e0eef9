"""Code lists: whole, sourced, readable, and silent where a stranger may look."""

import re

import pytest

from sgapp.domain.errors import SgappError
from sgapp.domain.vocabulary import (
    ABUSE_TYPES,
    AGENCIES,
    ALL,
    ARTICLE_6,
    ARTICLE_9,
    CALL_BACK_OUTCOMES,
    CARD_CODES,
    CONSENT_STATES,
    ESCALATION_STAGES,
    LOCATIONS,
    MSP_ASKED,
    MSP_EXPRESSED,
    NEEDS_REVIEW_DATE,
    OVERRIDE_REASONS,
    PARAGRAPH_18_LIMBS,
    PICKER,
    SAC_TYPES,
    SAFETY_CODES,
    SHARES_NOTHING,
    TRIAGE_DECISIONS,
    WHERE,
    Code,
    CodeList,
    UnknownCode,
)

EVERY_CODE = [pytest.param(code, id=f"{name}-{code.code}") for name, listed in ALL.items() for code in listed]
TELLS_A_STRANGER = re.compile(
    r"abus|safeguard|violen|domestic|victim|perpetrat|neglect|coerc|control|police|risk|safe\b|danger|threat|999",
    re.IGNORECASE,
)


@pytest.mark.parametrize("code", EVERY_CODE)
def test_every_code_has_a_label_and_a_source(code: Code) -> None:
    assert code.code and code.label.strip() == code.label != ""
    assert "DOMAIN annex §" in code.source


@pytest.mark.parametrize("code", EVERY_CODE)
def test_labels_use_the_field_s_words(code: Code) -> None:
    said = f"{code.label} {code.neutral} {code.hint}".lower()
    assert not re.search(r"perpetrator|vulnerable|victim|\balert", said)


@pytest.mark.parametrize("name", ALL)
def test_no_two_entries_of_a_list_read_alike(name: str) -> None:
    labels = [code.label for code in ALL[name]]
    assert len(set(labels)) == len(labels)


def test_an_unknown_code_is_refused_in_plain_words() -> None:
    with pytest.raises(UnknownCode, match="“FBI” is not one of the choices for the agency") as refused:
        AGENCIES["FBI"]
    assert isinstance(refused.value, ValueError)
    assert isinstance(refused.value, SgappError)
    with pytest.raises(UnknownCode):
        AGENCIES.label("FBI")


def test_what_came_from_outside_is_shown_as_it_stands() -> None:
    assert PICKER.label_or_code("from_a_later_version") == "from_a_later_version"
    assert PICKER.label_or_code("sore") == "Sore"


def test_a_list_reads_in_order_as_options_codes_and_groups() -> None:
    two = CodeList("two", "here", (Code("b", "Bee", group="x"), Code("a", "Ay", source="there", group="y")))
    assert two.options() == (("b", "Bee"), ("a", "Ay"))
    assert two.codes() == ("b", "a")
    assert [code.source for code in two] == ["here", "there"]
    assert [(heading, len(codes)) for heading, codes in two.groups()] == [("x", 1), ("y", 1)]
    assert "b" in two and "c" not in two and len(two) == 2


def test_a_list_cannot_hold_a_code_twice() -> None:
    with pytest.raises(ValueError, match="twice"):
        CodeList("two", "here", (Code("a", "One"), Code("a", "Two")))


@pytest.mark.parametrize(
    ("listed", "count"),
    [
        (ABUSE_TYPES, 10),
        (SAC_TYPES, 11),
        (AGENCIES, 22),
        (TRIAGE_DECISIONS, 7),
        (CONSENT_STATES, 9),
        (OVERRIDE_REASONS, 9),
        (PARAGRAPH_18_LIMBS, 3),
        (ESCALATION_STAGES, 4),
        (PICKER, 41),
        (SAFETY_CODES, 25),
        (LOCATIONS, 9),
    ],
    ids=lambda value: value.name if isinstance(value, CodeList) else str(value),
)
def test_lists_are_as_long_as_the_annex_makes_them(listed: CodeList, count: int) -> None:
    assert len(listed) == count


def test_every_agency_says_what_brings_it_in() -> None:
    assert all(agency.hint and agency.group for agency in AGENCIES)


def test_decisions_that_share_nothing_and_those_that_need_a_day_are_in_the_list() -> None:
    assert set(TRIAGE_DECISIONS.codes()) >= SHARES_NOTHING
    assert set(TRIAGE_DECISIONS.codes()) >= NEEDS_REVIEW_DATE
    assert not {"emergency", "refer", "refer_elsewhere"} & SHARES_NOTHING
    assert "internal_action" in NEEDS_REVIEW_DATE


def test_the_new_lawful_basis_and_paragraph_18_are_there() -> None:
    assert "recognised legitimate interest" in ARTICLE_6.label("6(1)(ea)")
    assert "para 18" in ARTICLE_9["9(2)(g)"].source
    assert "asking_would_prejudice_protection" in PARAGRAPH_18_LIMBS


def test_not_asked_is_never_no_wish() -> None:
    assert "not_asked" in MSP_ASKED
    assert MSP_EXPRESSED < set(MSP_ASKED.codes())


def test_every_type_of_ours_can_be_counted_in_the_yearly_return() -> None:
    assert set(ABUSE_TYPES.codes()) <= set(SAC_TYPES.codes())
    assert {"own_home", "community", "other"} <= set(WHERE.codes()) & set(LOCATIONS.codes())


@pytest.mark.parametrize("code", [pytest.param(c, id=c.code) for c in (*SAFETY_CODES, *CALL_BACK_OUTCOMES)])
def test_a_safety_code_tells_a_stranger_nothing(code: Code) -> None:
    assert code.neutral
    assert not TELLS_A_STRANGER.search(f"{code.neutral} {code.short} {code.symbol}")


def test_safety_codes_are_told_apart_by_number_and_by_shape() -> None:
    assert [code.short for code in SAFETY_CODES] == [f"K{i}" for i in range(1, len(SAFETY_CODES) + 1)]
    drawn = [code.symbol for code in (*SAFETY_CODES, *CARD_CODES)]  # they stand side by side on the card
    symbols = set(drawn)
    assert len(symbols) == len(drawn)
    assert all(len(s) == 1 and "\u25a0" <= s <= "\u25ff" for s in symbols)
    assert not symbols & set("▪▫▶◀◻◼◽◾"), "phones draw these as coloured pictures"


def test_safety_codes_stand_in_the_annex_s_five_groups() -> None:
    assert [heading for heading, _ in SAFETY_CODES.groups()] == [
        "channel",
        "never",
        "device",
        "identity",
        "time",
    ]


@pytest.mark.parametrize("code", [pytest.param(c, id=c.code) for c in PICKER])
def test_what_a_worker_may_notice_is_named_by_what_is_noticed(code: Code) -> None:
    types = {listed.label.lower() for listed in ABUSE_TYPES} | {"self-neglect", "slavery", "coercive control"}
    assert code.group.lower() not in types
    assert not re.search(
        r"abus|neglect|violen|safeguard|victim|coerc|groom",
        f"{code.code} {code.label} {code.group}",
        re.IGNORECASE,
    )
    assert code.hint
