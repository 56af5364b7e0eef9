"""The figure's places and the words of a mark, run by the Node that builds the pages, against the server's Python."""

import dataclasses
import itertools
import json
import random

import pytest

from sgapp.domain.marks import mark_in_words, place_in_words
from sgapp.domain.observation import Answer, Mark
from sgapp.domain.vocabulary import MARK_COLOURS, MARK_SHAPES, SIDES, SITES
from sgapp.domain.vocabulary.body_sites import BACK_ONLY, FRONT_ONLY, MIDDLE_ONLY
from sgapp.ui.components.body_lists import SCRIPT, script_text
from tests.phone.test_phone_modules import node

__all__ = ["node"]

ALL_REGIONS = """
  import { REGIONS, placeAt, placeIn, nextRegion, regionOf, onBody, WIDTH, HEIGHT } from "./body_regions.js";
  const all = [...REGIONS.front, ...REGIONS.back];
"""


def _said(node, script: str) -> object:
    return node(f"{ALL_REGIONS} console.log(JSON.stringify({script}));")


def test_the_phones_lists_are_those_of_the_domain() -> None:
    assert SCRIPT.read_text(encoding="utf-8") == script_text()


def test_the_figure_has_every_site_on_both_sides_and_on_the_views_that_show_it(node) -> None:
    found = {tuple(r) for r in _said(node, "all.map((r) => [r.site, r.side, r.view])")}
    arms = {"shoulder", "upper_arm", "elbow", "forearm", "wrist", "hand"}
    legs = {"hip", "buttock", "thigh", "knee", "shin", "calf", "ankle", "foot", "heel"}
    wanted = set()
    for site, side, view in itertools.product(SITES.codes(), SIDES.codes(), ("front", "back")):
        if site in (BACK_ONLY if view == "front" else FRONT_ONLY):
            continue
        sides = ("middle",) if site in MIDDLE_ONLY else ("left", "right") if site in arms | legs else SIDES.codes()
        if side in sides:
            wanted.add((site, side, view))
    assert found == wanted


@pytest.mark.parametrize(("view", "side"), [("front", "left"), ("back", "right")])
def test_the_right_half_of_the_picture_is_the_persons_left_from_the_front_and_right_from_the_back(node, view, side) -> None:
    sides = _said(node, f"all.filter((r) => r.view === '{view}' && r.centre[0] > WIDTH / 2 + 1).map((r) => r.side)")
    assert set(sides) == {side}


def test_a_tap_in_the_middle_of_a_place_means_that_place(node) -> None:
    assert _said(node, "all.filter((r) => { const p = placeAt(r.view, r.centre);"
                       " return p.site !== r.site || p.side !== r.side; }).map((r) => r.key)") == []


def test_every_point_of_the_figure_belongs_to_a_place_that_is_near(node) -> None:
    assert _said(node, """["front", "back"].flatMap((view) => {
      const lost = [];
      for (let x = 0; x < WIDTH; x += 3) for (let y = 0; y < HEIGHT; y += 3) {
        if (onBody([x, y]) && !placeAt(view, [x, y])) lost.push([x, y]);
      }
      return lost; })""") == []


def test_a_thumb_beside_the_figure_lands_on_it_and_a_tap_well_beside_it_means_nothing(node) -> None:
    beside, far = _said(node, "[placeAt('front', [205, 215]), placeAt('front', [215, 60])]")
    assert (beside["site"], beside["side"]) == ("forearm", "left")
    assert _said(node, f"onBody([{beside['x']} * WIDTH, {beside['y']} * HEIGHT])")
    assert far is None


def test_a_place_is_a_fraction_of_the_figure_to_three_decimals(node) -> None:
    assert _said(node, "all.map((r) => placeIn(r)).flatMap(({ x, y }) => [x, y])"
                       ".filter((part) => part < 0 || part > 1 || Math.round(part * 1000) / 1000 !== part)") == []


def test_the_arrow_keys_reach_every_place(node) -> None:
    assert _said(node, """["front", "back"].map((view) => {
      const seen = new Set([REGIONS[view][0].key]);
      const arrows = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"];
      for (const key of seen) for (const arrow of arrows) seen.add(nextRegion(regionOf(key), arrow).key);
      return REGIONS[view].length - seen.size; })""") == [0, 0]


@pytest.mark.parametrize(("key", "side"), [("ArrowRight", "left"), ("ArrowLeft", "right")])
def test_an_arrow_goes_where_it_points(node, key: str, side: str) -> None:
    assert _said(node, f"nextRegion(regionOf('front-chest-middle'), '{key}').key") == f"front-chest-{side}"


def _marks() -> list[Mark]:
    """Every place, and random marks of all kinds."""
    dice = random.Random(7)
    places = [Mark(site, side, view, 0.5, 0.5) for site, side, view in itertools.product(
        [*SITES.codes(), "of_a_later_version"], SIDES.codes(), ("front", "back"))]
    sizes, words = (None, 0.5, 3, 3.5, 12), ("", "  ", " I knocked it. ", "“It was nothing.”")
    return places + [Mark("forearm", "left", "back", 0.1, 0.2, dice.choice(sizes), dice.choice(sizes),
                          dice.choice(["", "of_a_later_version", *MARK_SHAPES.codes()]),
                          tuple(dice.sample(MARK_COLOURS.codes(), dice.randrange(4))), dice.choice(list(Answer)),
                          dice.choice(list(Answer)), dice.choice(words), dice.choice(["", " Ola "]), dice.choice(list(Answer)),
                          dice.choice(["", " on Tuesday "])) for _ in range(200)]


def test_phone_and_server_say_a_mark_in_the_same_words(node) -> None:
    marks = _marks()
    said = node(f"""
      import {{ markInWords, placeInWords }} from "./mark_words.js";
      const marks = {json.dumps([dataclasses.asdict(m) for m in marks])};
      console.log(JSON.stringify(marks.map((m) => [placeInWords(m), markInWords(m)])));""")
    assert said == [[place_in_words(m), mark_in_words(m)] for m in marks]


GAPS = """
  import { EMPTY, gaps, payloadOf } from "./note.js";
  const mark = { site: "forearm", side: "left", view: "back", x: 0.236, y: 0.292 };
  const v = { ...EMPTY, person: "other", other: "Mrs Pell" };
"""


def test_a_mark_alone_is_something_seen(node) -> None:
    nothing, mark = node(f"{GAPS} console.log(JSON.stringify([gaps(v), gaps({{ ...v, marks: [mark] }})]));")
    assert "seen" in nothing
    assert mark == {}


def test_marks_are_sealed_as_they_were_put_down(node) -> None:
    sealed = node(f"{GAPS} console.log(JSON.stringify(payloadOf({{ ...v, marks: [mark] }}, 'id', 1, [], null).marks));")
    assert sealed == [{"site": "forearm", "side": "left", "view": "back", "x": 0.236, "y": 0.292}]
