"""The page Today: codes alone, the words of one for five seconds, and nothing of them left anywhere.

The tests take turns as two workers, because a person may sign in only ten times a minute.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.plans import CALL, OTHER_WORDS, WORDS, looks, server
from tests.e2e.steps import authenticator, held, lock_by_passkey
from tests.e2e.test_accessibility import violations
from tests.serving import Open, Server

__all__ = ["server"]  # a demo in which there are plans

LIST, LOOK = "**/api/card", "**/api/card/look"
#: All that a browser keeps for a page, as text.
STORED = """async () => {
  const found = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }), document.cookie];
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise((done) => { const asked = indexedDB.open(name); asked.onsuccess = () => done(asked.result); });
    for (const store of db.objectStoreNames) {
      const rows = db.transaction(store).objectStore(store).getAll();
      found.push(JSON.stringify(await new Promise((done) => { rows.onsuccess = () => done(rows.result); })));
    }
    db.close();
  }
  return found.join("\\n");
}"""


def today(page: Page) -> Page:
    page.goto("/today")
    expect(page.get_by_role("heading", level=1, name="Today")).to_be_visible()
    return page


def chip(page: Page, short: str, who: str = "G.A. · P-142") -> Locator:
    return page.get_by_role("group", name=who).get_by_role("button", name=short, exact=True)


def words(page: Page) -> Locator:
    return page.locator(".code-words")


def test_it_shows_codes_and_not_a_word_of_what_they_mean(sign_in: Open) -> None:
    worker = sign_in("worker.a")
    worker.get_by_role("link", name="Before you go in").click()
    expect(chip(worker, "K2")).to_be_visible()
    assert worker.title() == "Visit notes"
    assert re.fullmatch(r".*/today/?", worker.url)
    for word in (CALL, WORDS, "hoist", "bus", "Gwen", "Abbot", "safe"):
        assert word not in held(worker)
    assert "P-117" not in held(worker)


def test_my_notes_lead_there_too_and_back(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    worker.goto("/mine")
    worker.get_by_role("link", name="Today").click()
    expect(chip(worker, "K2")).to_be_visible()
    worker.get_by_role("link", name="My notes").click()
    expect(worker.get_by_role("heading", level=1, name="My notes")).to_be_visible()


def test_a_tap_shows_the_words_of_one_code_for_five_seconds_and_the_chain_knows(sign_in: Open, server: Server) -> None:
    worker = today(sign_in("worker.b"))
    before = len(looks(server))
    expect(chip(worker, "W1")).to_be_visible()
    worker.clock.install()
    worker.clock.pause_at(worker.evaluate("Date.now()") + 1_000)  # only the test moves the time from here on
    chip(worker, "W1").click()
    expect(words(worker)).to_contain_text(WORDS)
    worker.clock.fast_forward(4_900)
    expect(words(worker)).to_contain_text(WORDS)
    worker.clock.fast_forward(200)
    expect(words(worker)).to_have_text("")
    assert WORDS not in held(worker)
    assert looks(server)[before:] == ["SAFE_WORD"]


def test_one_at_a_time_and_a_second_tap_puts_it_away(sign_in: Open) -> None:
    worker = today(sign_in("worker.a"))
    chip(worker, "K2").click()
    expect(words(worker)).to_have_text(f"K2: {CALL}")
    chip(worker, "W1").click()
    expect(words(worker)).to_contain_text(WORDS)
    expect(words(worker)).not_to_contain_text(CALL)
    expect(chip(worker, "K2")).to_have_attribute("aria-pressed", "false")
    chip(worker, "W1").click()
    expect(words(worker)).to_have_text("")


#: Each is over when it returns, and the words must be gone by then.
LOOKED_OVER = {
    "another app": "window.dispatchEvent(new Event('blur'))",
    "the screen off": """Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "hidden" });
                         document.dispatchEvent(new Event("visibilitychange"))""",
    "another page": "window.dispatchEvent(new PageTransitionEvent('pagehide'))",
    "printing": "window.dispatchEvent(new Event('beforeprint'))",
    "Hide": "document.querySelector('[data-hide]').click()",
}


def after(page: Page, how: str) -> str:
    """The whole page in the moment after that happened."""
    found = str(page.evaluate(f"(() => {{ {LOOKED_OVER[how]}; return document.documentElement.outerHTML; }})()"))
    if how == "Hide":
        page.wait_for_url("**/away/")  # Chromium never closes a page that it was told to close while another arrives in it
    return found


@pytest.mark.parametrize("how", LOOKED_OVER)
def test_the_words_are_gone_at_once_with(sign_in: Open, how: str) -> None:
    worker = today(sign_in("worker.a" if how in ("Hide", "printing") else "worker.b"))
    chip(worker, "W1").click()
    expect(words(worker)).to_contain_text(WORDS)
    assert WORDS not in after(worker, how)


def test_an_answer_that_comes_after_somebody_looked_over_shows_nothing(sign_in: Open) -> None:
    worker = today(sign_in("worker.b"))
    waiting: list[Route] = []
    worker.route(LOOK, lambda route: waiting.append(route))
    with worker.expect_request(LOOK):
        chip(worker, "W1").click()
    worker.evaluate(LOOKED_OVER["another app"])
    with worker.expect_response(LOOK):
        waiting[0].continue_()
    expect(worker.get_by_text("Tap one to see what it means.")).to_be_visible()
    expect(words(worker)).to_have_text("")


def test_the_lock_takes_the_words_and_everything_that_was_typed(sign_in: Open) -> None:
    worker = sign_in("worker.a")
    authenticator(worker)
    worker.reload()
    lock_by_passkey(worker)
    worker.clock.install()
    today(worker)
    worker.get_by_role("button", name="Use face or finger").click()
    worker.get_by_label("Somebody else").fill("P-117")
    chip(worker, "W1").click()
    expect(words(worker)).to_contain_text(WORDS)
    secret = {WORDS, "P-117", "P-142", "K2"}
    assert {each for each in secret if each in held(worker)} == secret
    worker.clock.fast_forward(121_000)
    expect(worker.get_by_role("heading", name="Unlock your notes")).to_be_visible()
    assert not {each for each in secret if each in held(worker)}
    worker.get_by_role("button", name="Use face or finger").click()
    expect(chip(worker, "W1")).to_be_visible()
    expect(worker.get_by_label("Somebody else")).to_have_value("")


def test_once_it_is_open_the_keyboard_and_a_reader_go_on_in_the_page(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    authenticator(worker)
    worker.reload()
    lock_by_passkey(worker)
    today(worker)
    worker.get_by_role("button", name="Use face or finger").click()
    expect(chip(worker, "W1")).to_be_visible()
    expect(worker.locator("#main")).to_be_focused()


def test_it_prints_nothing_also_while_words_are_shown(sign_in: Open) -> None:
    worker = today(sign_in("worker.b"))
    chip(worker, "W1").click()
    expect(words(worker)).to_contain_text(WORDS)
    worker.emulate_media(media="print")
    expect(words(worker)).not_to_be_visible()
    expect(chip(worker, "W1")).not_to_be_visible()
    expect(worker.locator("main")).not_to_be_visible()


def test_no_word_and_no_reference_goes_into_address_history_or_storage(sign_in: Open) -> None:
    worker = today(sign_in("worker.a"))
    steps, asked = worker.evaluate("history.length"), []
    worker.on("response", lambda answer: asked.append(answer) if "/api/card" in answer.url else None)
    _find(worker, "P-117")
    worker.get_by_label("Why do you need it?").fill("Beth is ill.")
    chip(worker, "W1", "R.L. · P-117").click()
    expect(words(worker)).to_contain_text(OTHER_WORDS)
    worker.evaluate("navigator.storage.estimate()")  # a turn of its own: whatever was put away is there by now
    kept = worker.evaluate(STORED)
    assert '"name":"owner"' in kept, "the search did look at what the phone keeps"
    for word in (OTHER_WORDS, "Beth is ill", "P-117", "R.L.", "P-142"):
        assert word not in kept
    assert (worker.evaluate("history.length"), worker.url.rstrip("/").endswith("/today")) == (steps, True)
    assert {answer.headers["cache-control"] for answer in asked} == {"no-store"}
    assert all("P-117" not in answer.url for answer in asked)


def _find(page: Page, reference: str) -> None:
    page.get_by_label("Somebody else").fill(reference)
    page.get_by_role("button", name="Find").click()


def test_without_a_visit_today_a_reason_is_asked_in_place_and_nothing_typed_is_lost(sign_in: Open, server: Server) -> None:
    worker = today(sign_in("worker.a"))
    before = len(looks(server, "card-looked-at-without-visit"))
    _find(worker, "p-117")
    other = "R.L. · P-117"
    expect(worker.get_by_text("The office is told that you looked, and why.")).to_be_visible()
    chip(worker, "W1", other).click()
    why = worker.get_by_label("Why do you need it?")
    expect(why).to_be_focused()
    expect(worker.get_by_text("Write why, then tap again.")).to_be_visible()
    expect(words(worker)).to_have_text("")
    expect(worker.get_by_label("Somebody else")).to_have_value("p-117")
    assert len(looks(server, "card-looked-at-without-visit")) == before
    why.fill("Beth is ill and I take her round.")
    worker.route(LOOK, lambda route: route.fulfill(status=429, body=""))
    chip(worker, "W1", other).click()
    expect(worker.get_by_text("The office does not answer now.")).to_be_visible()
    expect(why).to_have_value("Beth is ill and I take her round.")
    worker.unroute(LOOK)
    chip(worker, "W1", other).click()
    expect(words(worker)).to_contain_text(OTHER_WORDS)
    expect(worker.get_by_text("Write why, then tap again.")).to_have_count(0)
    assert looks(server, "card-looked-at-without-visit")[before:] == ["SAFE_WORD"]


def test_a_visit_that_was_today_when_the_page_came_is_asked_about_when_it_is_no_more(sign_in: Open) -> None:
    worker = today(sign_in("worker.b"))
    worker.route(LOOK, lambda route: route.fulfill(status=422, content_type="application/problem+json", body="{}"))
    chip(worker, "W1").click()
    expect(worker.get_by_label("Why do you need it?")).to_be_focused()


@pytest.mark.parametrize("reference", ["P-999", "P-130"])
def test_where_there_is_nothing_for_her_she_is_told_so_alike_and_what_she_typed_stays(sign_in: Open, reference: str) -> None:
    worker = today(sign_in("worker.a"))
    _find(worker, reference)
    expect(worker.get_by_text("There is nothing here for you under that reference.")).to_be_visible()
    expect(worker.get_by_label("Somebody else")).to_have_value(reference)


def test_somebody_who_stands_in_the_list_is_not_drawn_twice(sign_in: Open) -> None:
    worker = today(sign_in("worker.b"))
    _find(worker, "p-142")
    expect(worker.get_by_text("They are in the list above.")).to_be_visible()
    expect(chip(worker, "K2")).to_have_count(1)


def _cut(route: Route) -> None:
    route.abort("internetdisconnected")


def _refuse(route: Route) -> None:
    route.fulfill(status=401, content_type="application/problem+json", body="{}")


def _fault(route: Route) -> None:
    route.fulfill(status=429, body="")


@pytest.mark.parametrize(("meets", "says"), [
    (_cut, "No signal. Today’s list needs one."), (_fault, "The office does not answer now."),
    (_refuse, "Sign in to see today’s list.")])
def test_without_a_list_it_says_why_and_comes_by_itself_later(sign_in: Open, meets: Callable[[Route], None], says: str) -> None:
    worker = sign_in("worker.c")
    worker.route(LIST, meets)
    today(worker)
    expect(worker.get_by_text(says)).to_be_visible()
    expect(worker.get_by_text("Nothing for today")).to_have_count(0)
    expect(worker.get_by_role("link", name="Sign in")).to_have_count(1 if meets is _refuse else 0)
    assert not violations(worker)
    worker.unroute(LIST)
    worker.evaluate("window.dispatchEvent(new Event('online'))")
    expect(worker.get_by_text("Nothing for today")).to_be_visible()


def test_the_list_comes_when_the_signal_does_also_without_a_word_of_the_browser(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    worker.clock.install()
    worker.route(LIST, _cut)
    today(worker)
    expect(worker.get_by_text("No signal. Today’s list needs one.")).to_be_visible()
    worker.clock.pause_at(worker.evaluate("Date.now()") + 100)  # only the test moves the time from here on
    worker.unroute(LIST)
    worker.clock.fast_forward(15_001)
    expect(chip(worker, "W1")).to_be_visible()


def test_while_it_loads_and_where_there_is_nothing_it_says_so(sign_in: Open) -> None:
    worker = sign_in("worker.d")
    waiting: list[Route] = []
    worker.route(LIST, lambda route: waiting.append(route))
    with worker.expect_request(LIST):
        today(worker)
    expect(worker.get_by_text("Loading …")).to_be_visible()
    for route in waiting:
        route.continue_()
    expect(worker.get_by_text("Nothing for today")).to_be_visible()
    expect(worker.get_by_text("Tap one to see what it means.")).to_be_hidden()
    assert not violations(worker)


def test_signed_out_meanwhile_a_tap_says_so_and_leads_back(sign_in: Open) -> None:
    worker = today(sign_in("worker.c"))
    worker.context.clear_cookies()
    _find(worker, "P-117")
    expect(worker.get_by_text("You are signed out. Sign in, then try again.")).to_be_visible()
    expect(worker.get_by_label("Somebody else")).to_have_value("P-117")


def test_a_tap_without_a_signal_shows_nothing_and_says_so(sign_in: Open) -> None:
    worker = today(sign_in("worker.b"))
    expect(chip(worker, "W1")).to_be_visible()
    worker.context.set_offline(True)
    chip(worker, "W1").click()
    expect(worker.get_by_text("No signal. Find one, or ring the office.")).to_be_visible()
    expect(words(worker)).to_have_text("")


def test_a_reader_of_the_screen_is_told_the_words_and_the_thumb_has_room(sign_in: Open) -> None:
    worker = today(sign_in("worker.a"))
    expect(words(worker)).to_have_attribute("role", "status")
    box = chip(worker, "W1").bounding_box()
    assert box is not None and box["height"] >= 56
    chip(worker, "W1").focus()
    worker.keyboard.press("Enter")
    expect(words(worker)).to_contain_text(WORDS)
    expect(chip(worker, "W1")).to_be_focused()


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_with_words_and_a_reason_open_and_nothing_runs_off_a_narrow_screen(sign_in: Open, dark: bool) -> None:
    worker = sign_in("worker.a", dark=dark)
    worker.add_init_script("const later = setTimeout; window.setTimeout = (work, ms) => later(work, ms === 5000 ? 60000 : ms);")
    today(worker)
    _find(worker, "P-117")
    chip(worker, "W1", "R.L. · P-117").click()
    expect(worker.get_by_text("Write why, then tap again.")).to_be_visible()
    chip(worker, "K23").click()
    expect(words(worker)).to_contain_text("Tue 10:00–11:00")
    assert not violations(worker)
    expect(words(worker)).to_contain_text("Tue 10:00–11:00")
    worker.set_viewport_size({"width": 320, "height": 640})
    assert worker.evaluate("document.documentElement.scrollWidth") == 320
