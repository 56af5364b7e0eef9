"""One thumb, large letters, half of the screen under a keyboard: what she needs can be seen and hit."""

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.serving import PHONE, Open

TWICE_AS_LARGE: ViewportSize = {"width": PHONE["width"] // 2, "height": PHONE["height"] // 2}
OVER_A_KEYBOARD: ViewportSize = {"width": 390, "height": 400}
#: What a finger is meant for: all but the regions of the figure, which can be chosen from a list as well.
TOO_SMALL = """() => [...document.querySelectorAll("a, button, summary, select, textarea, .chip, input.control")]
  .filter((e) => e.checkVisibility() && !e.classList.contains("skip-link"))
  .map((e) => [e.innerText || e.id, e.getBoundingClientRect()]).filter(([, { width, height }]) => width < 44 || height < 44)
  .map(([name, { width, height }]) => `${name}: ${width} by ${height}`)"""
#: Whether the bars above and below leave in view what has the focus.
CLEAR = """(bars) => {
  const { top, bottom } = document.activeElement.getBoundingClientRect();
  const [above, below] = bars.map((bar) => document.querySelector(bar).getBoundingClientRect());
  return Math.min(bottom, below.top) - Math.max(top, above.bottom) > Math.min(bottom - top, 40);
}"""
BARS = [".page-header", ".bottom-bar"]


def _form(worker: Page, size: ViewportSize) -> Page:
    worker.set_viewport_size(size)
    worker.reload()
    expect(worker.get_by_role("button", name="Save note")).to_be_enabled()
    return worker


@pytest.mark.parametrize("place", ["/", "/mine", "/today"])
def test_everything_for_a_finger_is_large_enough_for_one(sign_in: Open, place: str) -> None:
    worker = sign_in("worker.a")
    worker.goto(place)
    expect(worker.get_by_text("Loading …")).to_have_count(0)
    if place == "/":
        worker.get_by_role("button", name="Save note").click()
        expect(worker.get_by_role("link", name="Say who you visited.")).to_be_visible()
    assert worker.evaluate(TOO_SMALL) == []


@pytest.mark.parametrize("place", ["/", "/mine", "/today"])
def test_hide_is_in_reach_at_twice_the_size(sign_in: Open, place: str) -> None:
    worker = sign_in("worker.a")
    worker.set_viewport_size(TWICE_AS_LARGE)
    worker.goto(place)
    expect(worker.get_by_text("Loading …")).to_have_count(0)
    hide = worker.get_by_role("link", name="Hide").bounding_box()
    assert hide
    assert hide["x"] + hide["width"] <= TWICE_AS_LARGE["width"]
    assert 0 <= hide["y"] <= TWICE_AS_LARGE["height"] / 2


def test_the_bar_with_save_leaves_most_of_the_form_in_view_at_twice_the_size(sign_in: Open) -> None:
    worker = _form(sign_in("worker.a"), TWICE_AS_LARGE)
    expect(worker.get_by_role("link", name="Ring 999 first").locator("b")).to_be_in_viewport(ratio=1)
    for comes_late in ("I.H. · P-121", "Keep drafts when this phone locks"):
        expect(worker.get_by_text(comes_late)).to_be_visible()  # the end of the page is where it stays
    worker.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    expect(worker.get_by_role("button", name="Save note")).to_be_in_viewport(ratio=1)


def test_the_words_of_a_button_stay_inside_it_at_twice_the_size(sign_in: Open) -> None:
    page = sign_in("worker.a")
    page.set_viewport_size(TWICE_AS_LARGE)
    page.goto("/sign-in")
    button = page.get_by_role("button", name="Use face, finger or key")
    assert button.evaluate("(b) => b.scrollHeight <= b.clientHeight")


def test_over_an_open_keyboard_no_bar_covers_what_has_the_focus(sign_in: Open) -> None:
    worker = _form(sign_in("worker.a"), OVER_A_KEYBOARD)
    worker.locator("#help").focus()
    covered = []
    for key, times in (("Tab", 25), ("Shift+Tab", 20)):
        for _ in range(times):
            worker.keyboard.press(key)
            if not worker.evaluate(CLEAR, BARS):
                covered.append(worker.evaluate("document.activeElement.id || document.activeElement.innerText"))
    assert covered == []
