"""Marks on the skin: put on the figure by touch, mouse, keyboard or from a list; kept, carried to the lead, in the same words.

On the picture of the front the person's left is on the right; on the picture of the back it is on the left.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.steps import fold_out, pick, tick
from tests.e2e.test_accessibility import violations
from tests.e2e.test_lock import draft_kept, enter, set_up
from tests.e2e.test_offline_start import ARRIVES_MS, phone, save, sign_in_on, site, visit, write_without_the_list
from tests.serving import Open

__all__ = ["site"]

PART = "A mark on the skin"
FOREARM = (0.80, 0.42)  # of the picture's width and height, on the right of it
KEYS_TO_FOREARM = ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown")  # to head, shoulder, arm; down it
WORDS = ("Left forearm, front: 3.5 by 2 cm, oval, purple and yellow; skin not broken, not swollen, seen before, on Tuesday. "
         "Said by Dennis: “I knocked it.”")


def _opened(page: Page) -> Page:
    fold_out(page, PART)
    expect(page.locator(".body-map")).to_be_visible()
    return page


def _spot(page: Page, place: tuple[float, float], *, figure: int = 0) -> tuple[float, float]:
    """Where that part of the picture is on the screen."""
    picture = page.locator(".body-figure").nth(figure)
    picture.scroll_into_view_if_needed()
    picture.evaluate("(picture) => picture.scrollIntoView({ block: 'center' })")
    box = picture.bounding_box()
    assert box
    return box["x"] + box["width"] * place[0], box["y"] + box["height"] * place[1]


def _touch(page: Page, place: tuple[float, float]) -> None:
    page.touchscreen.tap(*_spot(page, place))


def _click(page: Page, place: tuple[float, float]) -> None:
    page.mouse.click(*_spot(page, place))


def _press(page: Page, place: tuple[float, float]) -> None:
    """To the same place with the keys alone: from the head down the person's left arm."""
    page.locator(".body-turn input:checked").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Head, middle, front")).to_be_focused()
    for key in KEYS_TO_FOREARM:
        page.keyboard.press(key)
    expect(page.get_by_role("button", name="Left forearm, front")).to_be_focused()
    page.keyboard.press("Enter")


def _marks(page: Page) -> Locator:
    return page.get_by_role("list", name="Marks").get_by_role("listitem")


def _describe(page: Page) -> None:
    """Fill in the open mark so that it reads as WORDS."""
    page.get_by_label("Length").fill("3,5")
    page.get_by_label("Width").fill("2")
    pick(page, "Shape", "Oval")
    for colour in ("Purple", "Yellow"):
        tick(page, colour)
    pick(page, "Is the skin broken?", "No")
    pick(page, "Is it swollen?", "No")
    page.get_by_label("What was said about it").fill("I knocked it.")
    page.get_by_label("Who said that").fill("Dennis")
    pick(page, "Had you seen it before?", "Yes")
    page.get_by_label("When did you see it?").fill("on Tuesday")
    page.get_by_role("button", name="Done with this mark").click()


@pytest.mark.parametrize("put", [_touch, _click, _press], ids=["touch", "mouse", "keyboard"])
def test_a_place_on_the_figure_becomes_a_mark_with_its_site_and_side(sign_in: Open, put: Callable) -> None:
    worker = _opened(sign_in("worker.a"))
    put(worker, FOREARM)
    expect(worker.get_by_role("heading", name="Mark 1: left forearm, front")).to_be_focused()
    expect(_marks(worker)).to_contain_text("Left forearm, front.")


def test_the_same_spot_on_the_back_is_the_persons_other_side(sign_in: Open) -> None:
    worker = _opened(sign_in("worker.b"))
    pick(worker, "Seen from", "Back")
    worker.touchscreen.tap(*_spot(worker, FOREARM, figure=1))
    expect(_marks(worker)).to_contain_text("Right forearm, back.")


def test_a_thumb_a_little_beside_the_arm_still_lands_on_it(sign_in: Open) -> None:
    worker = _opened(sign_in("worker.c"))
    _touch(worker, (0.94, 0.42))
    expect(_marks(worker)).to_contain_text("Left forearm, front.")


def test_a_place_chosen_from_the_list_becomes_a_mark(sign_in: Open) -> None:
    worker = _opened(sign_in("worker.d"))
    _add(worker, "Left heel")
    expect(_marks(worker)).to_contain_text("Left heel.")


def _add(page: Page, place: str) -> None:
    page.get_by_label("Or choose the place from a list").select_option(place)
    page.get_by_role("button", name="Add this place").click()


def test_two_marks_at_one_place_do_not_hide_each_other(sign_in: Open) -> None:
    worker = _opened(sign_in("worker.a"))
    for _ in range(2):
        _add(worker, "Left heel")
        worker.get_by_role("button", name="Done with this mark").click()
    first, second = worker.locator(".body-dot circle").evaluate_all("(dots) => dots.map((dot) => dot.cy.baseVal.value)")
    assert first != second


@pytest.mark.long
def test_after_twenty_marks_she_is_told_where_to_write_the_others(sign_in: Open) -> None:
    worker = _opened(sign_in("worker.b"))
    for _ in range(21):
        _add(worker, "Groin")
        done = worker.get_by_role("button", name="Done with this mark")
        if done.is_visible():
            done.click()
    expect(worker.get_by_text("Write any others under “What I saw”.")).to_be_visible()
    expect(_marks(worker)).to_have_count(20)


def test_a_screen_readers_press_on_a_place_means_that_place(sign_in: Open) -> None:
    worker = _opened(sign_in("worker.c"))
    worker.get_by_role("button", name="Right knee, front").dispatch_event("click")
    expect(_marks(worker)).to_contain_text("Right knee, front.")


def test_site_and_side_that_were_filled_in_can_be_changed(sign_in: Open) -> None:
    worker = _opened(sign_in("worker.a"))
    _touch(worker, FOREARM)
    worker.get_by_label("Place", exact=True).select_option("Left wrist, back")
    expect(_marks(worker)).to_contain_text("Left wrist, back.")


def test_the_next_tap_moves_a_mark_of_which_only_the_place_is_known(sign_in: Open) -> None:
    worker = _opened(sign_in("worker.b"))
    _touch(worker, FOREARM)
    _touch(worker, (0.5, 0.3))
    expect(_marks(worker)).to_have_count(1)
    expect(_marks(worker)).to_contain_text("Chest, middle.")


def test_what_is_seen_stands_in_words_in_the_list(sign_in: Open) -> None:
    worker = _opened(sign_in("worker.c"))
    _touch(worker, FOREARM)
    _describe(worker)
    expect(_marks(worker)).to_contain_text(WORDS)


def test_no_question_asks_for_a_cause_or_an_age(sign_in: Open) -> None:
    worker = _opened(sign_in("worker.d"))
    _touch(worker, FOREARM)
    asked = worker.locator(".body-map").inner_text()
    assert not re.search(r"caus|how old|bruis|injur|happened|photo(?!graphs\.)", asked, re.IGNORECASE)
    expect(worker.get_by_text("do not undress or examine")).to_be_visible()


def test_a_size_that_is_no_number_is_not_taken(sign_in: Open) -> None:
    worker = _opened(sign_in("worker.a"))
    _touch(worker, FOREARM)
    worker.get_by_label("Length").press_sequentially("a2x.5cm")
    expect(worker.get_by_label("Length")).to_have_value("2.5")
    expect(_marks(worker)).to_contain_text("2.5 cm long")


def test_a_second_mark_is_added_and_the_first_can_be_changed(sign_in: Open) -> None:
    worker = _opened(sign_in("worker.b"))
    _touch(worker, FOREARM)
    pick(worker, "Shape", "Oval")
    _touch(worker, (0.30, 0.80))
    expect(_marks(worker)).to_have_count(2)
    worker.get_by_role("button", name="Change mark 1").click()
    pick(worker, "Shape", "Round")
    expect(_marks(worker).first).to_contain_text("Left forearm, front: round.")
    expect(_marks(worker).nth(1)).to_contain_text("Right shin.")


def test_a_tap_on_a_dot_opens_that_mark_again(sign_in: Open) -> None:
    worker = _opened(sign_in("worker.c"))
    _touch(worker, FOREARM)
    _describe(worker)
    _touch(worker, FOREARM)
    expect(_marks(worker)).to_have_count(1)
    expect(worker.get_by_label("Length")).to_have_value("3.5")


def test_a_mark_taken_away_is_gone_and_can_be_put_back(sign_in: Open) -> None:
    worker = _opened(sign_in("worker.d"))
    _touch(worker, FOREARM)
    _describe(worker)
    worker.get_by_role("button", name="Take mark 1 away").click()
    expect(_marks(worker)).to_have_count(0)
    expect(worker.locator(".body-dot")).to_have_count(0)
    worker.get_by_role("button", name="Put it back").click()
    expect(_marks(worker)).to_contain_text(WORDS)


def test_a_draft_keeps_the_marks_across_a_reload(sign_in: Open) -> None:
    worker = _opened(sign_in("worker.a"))
    _touch(worker, FOREARM)
    _describe(worker)
    set_up(worker)
    draft_kept(worker)
    worker.reload()
    enter(worker)
    expect(worker.locator("summary", has_text=PART)).to_contain_text("1")
    _opened(worker)
    expect(_marks(worker)).to_contain_text(WORDS)


def test_the_lead_and_the_writer_read_a_mark_in_the_words_of_the_form(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    pick(worker, "Who did you visit?", "R.L. · P-117")
    _opened(worker)
    _touch(worker, FOREARM)
    _describe(worker)
    reference = save(worker, "Delivered")  # marks alone are something seen
    worker.goto("/mine")
    worker.get_by_role("listitem").filter(has_text=reference).get_by_role("button", name="Read it").click()
    expect(worker.get_by_text(WORDS)).to_be_visible()
    lead = sign_in("lead")
    lead.get_by_role("listitem").filter(has_text=reference).get_by_role("link").first.click()
    shown = lead.get_by_role("region", name="Marks on the skin")
    expect(shown.get_by_role("listitem")).to_contain_text(WORDS)
    expect(shown.locator(".body-view").first.locator(".body-dot")).to_have_text("1")


@pytest.mark.long
def test_the_figure_is_there_without_a_signal_and_its_mark_arrives_later(browser: Browser, tmp_path: Path, site) -> None:
    with phone(browser, tmp_path / "phone", site) as first:
        sign_in_on(first)
    with phone(browser, tmp_path / "phone", site) as again:
        with site.unplugged():
            page = visit(again)
            write_without_the_list(page, "")
            _opened(page)
            _touch(page, FOREARM)
            expect(_marks(page)).to_contain_text("Left forearm, front.")
            save(page, "On this phone")
        expect(page.locator("#receipt")).to_contain_text("Delivered", timeout=ARRIVES_MS)


def test_where_the_figure_cannot_be_fetched_she_is_told_where_to_write_instead(sign_in: Open) -> None:
    worker = sign_in("worker.c")
    worker.route("**/assets/body_map-*.js", lambda route: route.abort("internetdisconnected"))
    fold_out(worker, PART)
    expect(worker.get_by_text("Write it under “What I saw”")).to_be_visible()


def test_the_figure_is_no_part_of_the_first_load(sign_in: Open) -> None:
    worker = sign_in("worker.d")
    asked: list[str] = []
    worker.on("request", lambda request: asked.append(request.url))
    worker.reload()
    expect(worker.get_by_text("O.B. · P-130")).to_be_visible()
    assert not [url for url in asked if "body_" in url]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_with_the_figure_and_a_mark_open(sign_in: Open, dark: bool) -> None:
    worker = _opened(sign_in("worker.a", dark=dark))
    _touch(worker, FOREARM)
    _describe(worker)
    worker.get_by_role("button", name="Change mark 1").click()
    assert not violations(worker)


@pytest.mark.parametrize("width", [320, 360])
def test_nothing_runs_off_a_narrow_screen_and_every_control_is_large_enough(sign_in: Open, width: int) -> None:
    worker = _opened(sign_in("worker.b"))
    worker.set_viewport_size({"width": width, "height": 640})
    _touch(worker, FOREARM)
    assert worker.evaluate("document.documentElement.scrollWidth") <= width
    small = worker.locator(".body-map").evaluate("""(map) => {
      const controls = [...map.querySelectorAll("button, select, .chip, input:not(.chip input)")].filter((e) => e.offsetParent);
      return controls.filter((e) => e.getBoundingClientRect().height < 44).map((e) => e.outerHTML.slice(0, 80));
    }""")
    assert small == []
