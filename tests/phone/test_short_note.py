"""A good note in under a minute: how many taps it takes, on a small phone, by keyboard, enlarged, and in forced colours."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.steps import fold_out, pick, tick
from tests.e2e.test_hide import TURN
from tests.serving import Open

MOST_TAPS = 15
SEEN = "A food cupboard with one tin of soup and half a loaf."
SAID = "He does the shopping when he feels like it."
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def _type_into(page: Page, label: str, text: str) -> None:
    page.get_by_label(label, exact=True).click()
    page.keyboard.insert_text(text)


def _taps(page: Page) -> int:
    return int(page.evaluate("window.taps"))


@pytest.mark.parametrize(("width", "height"), [(360, 640), (390, 844)])
def test_a_short_note_takes_few_taps_besides_typing(sign_in: Open, width: int, height: int) -> None:
    worker = sign_in("worker.a")
    worker.set_viewport_size({"width": width, "height": height})
    expect(worker.get_by_text("D.M. · P-104")).to_be_visible()
    worker.evaluate("""() => {
      window.taps = 0;
      window.addEventListener("pointerdown", (event) => { if (event.isTrusted) window.taps += 1; }, true);
    }""")
    pick(worker, "Who did you visit?", "D.M. · P-104")
    pick(worker, "Where?", "Kitchen")
    _type_into(worker, "What I saw", SEEN)
    _type_into(worker, "What was said, in their words", SAID)
    _type_into(worker, "Who said it", "D.M.")
    fold_out(worker, "Things I noticed")
    pick(worker, "Are you away from the home?", "Yes")
    tick(worker, "No food though money collected")
    tick(worker, "Bank card held by another")
    tick(worker, "K2")
    worker.get_by_role("button", name="Save note").click()
    expect(worker.locator("#receipt")).to_contain_text("Delivered")
    assert 5 < _taps(worker) <= MOST_TAPS


def test_a_whole_note_can_be_written_by_keyboard_alone(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    expect(worker.get_by_text("R.L. · P-117")).to_be_visible()

    def tab_to(name: str) -> None:
        for _ in range(120):
            worker.keyboard.press("Tab")
            if name in worker.evaluate("document.activeElement.matches('body, main') ? '' : "
                                       "(document.activeElement.labels?.[0] ?? document.activeElement).innerText"):
                return
        pytest.fail(f"{name} was not reached")

    tab_to(worker.locator("#person label").first.inner_text())  # the arrows go on from there
    worker.keyboard.press("ArrowDown")
    tab_to("What I saw")
    worker.keyboard.insert_text(SEEN)
    tab_to("Things I noticed")
    worker.keyboard.press("Enter")
    expect(worker.get_by_text("Are you away from the home?")).to_be_visible()
    tab_to("Yes")
    worker.keyboard.press("Space")
    expect(worker.get_by_role("checkbox", name="Bank card held by another")).to_be_visible()
    tab_to("Bank card held by another")
    worker.keyboard.press("Space")
    tab_to("Save note")
    worker.keyboard.press("Enter")
    expect(worker.locator("#receipt")).to_contain_text("Delivered")


@pytest.mark.parametrize(("width", "height"), [(360, 640), (320, 256)], ids=["a small phone", "enlarged four times"])
def test_nothing_is_cut_off_or_asks_for_scrolling_sideways(sign_in: Open, width: int, height: int) -> None:
    """1280 by 1024 enlarged four times leaves 320 by 256. Source: WCAG 2.2, 1.4.10."""
    worker = sign_in("worker.d")
    worker.set_viewport_size({"width": width, "height": height})
    expect(worker.get_by_text("O.B. · P-130")).to_be_visible()
    for summary in ("Things I noticed", "Who was there", "What they want", "Someone who works for us"):
        fold_out(worker, summary)
    pick(worker, "Are you away from the home?", "Yes")
    assert worker.evaluate(WIDER) <= 0


def test_enlarged_four_times_the_fixed_parts_leave_room_for_what_is_written(sign_in: Open) -> None:
    worker = sign_in("worker.a")
    worker.set_viewport_size({"width": 320, "height": 256})
    worker.get_by_label("What I saw", exact=True).focus()
    free = worker.evaluate("""() => {
      const covered = [".page-header", ".bottom-bar"].map((name) => document.querySelector(name))
        .filter((part) => ["fixed", "sticky"].includes(getComputedStyle(part).position))
        .reduce((sum, part) => sum + part.getBoundingClientRect().height, 0);
      return innerHeight - covered;
    }""")
    assert free >= 128  # half the window


def test_in_forced_colours_what_is_chosen_is_told_from_what_is_not(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    worker.emulate_media(forced_colors="active")
    pick(worker, "Where?", "Kitchen")
    colours = worker.get_by_role("group", name="Where?").locator(".chip span").evaluate_all(
        "all => all.map((chip) => getComputedStyle(chip).backgroundColor)")
    assert colours[0] not in colours[1:]


def test_nothing_moves_for_whoever_asked_for_less_motion(sign_in: Open) -> None:
    worker = sign_in("worker.d")
    worker.emulate_media(reduced_motion="reduce")
    moving = worker.evaluate("""() => [...document.querySelectorAll("*")].filter((part) => {
      const { transitionDuration, animationDuration } = getComputedStyle(part);
      return [transitionDuration, animationDuration].some((all) => all.split(",").some((one) => parseFloat(one) > 0.001));
    }).map((part) => part.className)""")
    assert moving == []


def test_what_she_noticed_opens_only_when_she_is_away_from_the_home(sign_in: Open) -> None:
    worker = sign_in("worker.a")
    fold_out(worker, "Things I noticed")
    entry = worker.get_by_role("checkbox", name="Bank card held by another")
    expect(entry).to_have_count(0)
    pick(worker, "Are you away from the home?", "No")
    expect(worker.get_by_text("Then leave this for later")).to_be_visible()
    expect(entry).to_have_count(0)
    worker.get_by_role("button", name="Nobody sees it, open it").click()
    expect(entry).to_be_visible()


def test_999_comes_first_then_the_lead_on_call_then_the_note(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    expect(worker.get_by_role("link", name=re.compile("Then the lead"))).to_be_visible()
    order = worker.locator("#help").locator("xpath=..").evaluate(
        "form => [...form.querySelectorAll('a[href^=\"tel:\"], #person')].map((part) => part.getAttribute('href') ?? part.id)")
    assert order == ["tel:999", "tel:01632960002", "person"]
    expect(worker.locator("#help")).to_contain_text("The note comes after.")
    expect(worker.locator("#help")).to_contain_text("press 55")


def test_whom_to_ring_is_in_reach_from_the_end_of_the_page(sign_in: Open) -> None:
    worker = sign_in("worker.d")
    worker.get_by_label("Whom I told, and when").scroll_into_view_if_needed()
    worker.get_by_role("link", name="999 and whom to ring").click()
    expect(worker.get_by_role("link", name=re.compile("Ring 999 first"))).to_be_in_viewport()


@pytest.mark.parametrize(("until", "shown"), [
    ("2020-01-01T08:00:00Z", "01632 960 002"), ("2099-01-01T08:00:00Z", "07700 900123")])
def test_without_a_signal_the_number_of_whoever_was_on_call_is_shown_until_her_turn_is_over(
        sign_in: Open, until: str, shown: str) -> None:
    worker = sign_in("worker.a")
    told = {"people": [], "on_call": "07700 900123", "on_call_until": until, "always": "01632 960 002"}
    worker.route("**/api/people/mine", lambda route: route.fulfill(json=told))
    worker.reload()
    expect(worker.get_by_text("07700 900123")).to_be_visible()
    worker.unroute("**/api/people/mine")
    worker.route("**/api/people/mine", lambda route: route.abort("internetdisconnected"))
    worker.reload()
    expect(worker.get_by_text(shown)).to_be_visible()


def _on_a_page_that_stays_open(worker: Page) -> None:
    worker.clock.fast_forward(600_000)


def _on_a_phone_that_slept(worker: Page) -> None:
    worker.clock.set_system_time(worker.evaluate("Date.now()") / 1000 + 601)  # no timer fires
    worker.evaluate(TURN, "visible")


@pytest.mark.parametrize("place", ["/", "/mine"])
@pytest.mark.parametrize("passes", [_on_a_page_that_stays_open, _on_a_phone_that_slept])
def test_at_the_end_of_her_turn_the_number_gives_way_to_the_providers_own(
        sign_in: Open, place: str, passes: Callable[[Page], None]) -> None:
    worker = sign_in("worker.b" if place == "/" else "worker.c")
    worker.clock.install()
    ends = datetime.fromtimestamp(worker.evaluate("Date.now()") / 1000 + 590, UTC)
    told = {"people": [], "on_call": "07700 900123", "on_call_until": ends.isoformat(), "always": "01632 960 002"}
    worker.route("**/api/people/mine", lambda route: route.fulfill(json=told))
    please_ring = {"id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "reference": "VN-2RV2-YNK3-C", "state": "please_ring",
                   "delivered_at": "2026-01-05T09:30:00Z", "seen_at": None, "in_hand_at": None}
    worker.route("**/api/observations/mine", lambda route: route.fulfill(json={"notes": [please_ring], "outside": []}))
    worker.goto("/")
    expect(worker.get_by_text("07700 900123")).to_be_visible()
    worker.goto(place)
    expect(worker.get_by_text("07700 900123")).to_be_visible()
    passes(worker)
    expect(worker.get_by_text("01632 960 002")).to_be_visible()
    expect(worker.get_by_text("07700 900123")).to_have_count(0)


def test_whom_to_ring_is_known_without_a_signal(sign_in: Open) -> None:
    worker = sign_in("worker.a")
    expect(worker.get_by_text("01632 960 002")).to_be_visible()
    worker.route("**/api/people/mine", lambda route: route.abort("internetdisconnected"))
    worker.reload()
    expect(worker.get_by_text("The list is not here yet")).to_be_visible()
    expect(worker.get_by_text("01632 960 002")).to_be_visible()
