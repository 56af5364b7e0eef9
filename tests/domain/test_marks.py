"""A mark on the skin in words: the person's own side, what was seen in a fixed order, and nothing that was not said."""

import re
from dataclasses import replace

import pytest

from sgapp.domain.marks import mark_as_fact, mark_in_words, place_in_words
from sgapp.domain.observation import Answer, Mark
from sgapp.domain.vocabulary import MARK_COLOURS, MARK_SHAPES, SITES
from sgapp.domain.vocabulary.body_sites import BACK_ONLY, FRONT_ONLY, MIDDLE_ONLY

BARE = Mark("forearm", "left", "back", 0.2, 0.4)
FULL = replace(BARE, length_cm=3, width_cm=2.5, shape="oval", colours=("purple", "yellow"), skin_broken=Answer.NO,
               swelling=Answer.NOT_SURE, words=" I knocked it. ", said_by="Ola", seen_before=Answer.YES,
               seen_before_when="on Tuesday")


@pytest.mark.parametrize(("site", "side", "view", "words"), [
    ("forearm", "left", "front", "left forearm, front"), ("forearm", "right", "back", "right forearm, back"),
    ("shin", "right", "front", "right shin"), ("buttock", "left", "back", "left buttock"),
    ("chest", "left", "front", "chest, left side"), ("upper_back", "middle", "back", "upper back, middle"),
    ("neck", "right", "front", "neck, right side, front"), ("head", "middle", "back", "head, middle, back"),
    ("groin", "middle", "front", "groin"), ("base_of_spine", "middle", "back", "base of the spine"),
    ("tail", "left", "back", "tail, left side, back")])
def test_a_place_is_named_by_the_persons_own_side_and_by_the_view_where_both_show_it(
        site: str, side: str, view: str, words: str) -> None:
    assert place_in_words(Mark(site, side, view, 0.5, 0.5)) == words


def test_a_mark_with_its_place_alone_says_no_more() -> None:
    assert mark_in_words(BARE) == "Left forearm, back."
    assert mark_as_fact(BARE) == "A mark on the left forearm, back."


def test_everything_that_was_seen_stands_in_one_line_with_the_words_last() -> None:
    assert mark_in_words(FULL) == (
        "Left forearm, back: 3 by 2.5 cm, oval, purple and yellow; skin not broken, not sure whether it is swollen, "
        "seen before, on Tuesday. Said by Ola: “I knocked it.”")


def test_a_fact_for_a_letter_is_one_sentence_without_what_was_said() -> None:
    assert mark_as_fact(FULL) == (
        "A mark on the left forearm, back, 3 by 2.5 cm, oval, purple and yellow; skin not broken, not sure whether it is "
        "swollen, seen before, on Tuesday.")


@pytest.mark.parametrize(("given", "words"), [
    ({"length_cm": 12.5}, "12.5 cm long"), ({"width_cm": 0.5}, "0.5 cm wide"),
    ({"colours": ("red",)}, "red"), ({"colours": ("red", "blue", "of_a_later_version")}, "red, blue and of_a_later_version"),
    ({"shape": "long_thin"}, "long and thin"), ({"skin_broken": Answer.YES}, "skin broken"),
    ({"swelling": Answer.YES}, "swollen"), ({"seen_before": Answer.NO}, "not seen before"),
    ({"seen_before": Answer.NOT_SURE, "seen_before_when": "left over"}, "not sure whether it was seen before")])
def test_each_thing_seen_has_its_own_words(given: dict[str, object], words: str) -> None:
    assert mark_in_words(replace(BARE, **given)) == f"Left forearm, back: {words}."


def test_neither_shapes_nor_colours_name_a_cause_or_an_age() -> None:
    labels = " ".join(code.label for listed in (SITES, MARK_SHAPES, MARK_COLOURS) for code in listed)
    assert not re.search(r"bruis|bite|burn|finger|grip|cut|scratch|wound|injur|old|new|fresh|heal", labels, re.IGNORECASE)


def test_what_is_said_of_views_and_sides_is_said_of_known_sites() -> None:
    assert set(SITES.codes()) >= FRONT_ONLY | BACK_ONLY | MIDDLE_ONLY
    assert not FRONT_ONLY & BACK_ONLY
