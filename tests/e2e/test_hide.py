"""Hide takes everything off the screen and out of reach, and loses nothing that was saved."""

import json
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.steps import arrive, enrolled, fill_note, held
from tests.serving import Open

SEEN = "CANARY-seen lay on the table."
NOTHING = "There is nothing to read here."
POSTS = "**/api/observations"
KEPT = """async (names) => {
  const all = {};
  for (const { name } of await indexedDB.databases()) {
    if (!names.includes(name)) continue;
    const db = await new Promise((done, no) => {
      const open = indexedDB.open(name);
      open.onsuccess = () => done(open.result);
      open.onerror = no;
    });
    for (const store of db.objectStoreNames) {
      const rows = db.transaction(store).objectStore(store).getAll();
      all[`${name}/${store}`] = await new Promise((done) => { rows.onsuccess = () => done(rows.result); });
    }
    db.close();
  }
  return JSON.stringify(all);
}"""

#: Turns the phone's screen off ("hidden") or on ("visible"); says how the page looks then.
TURN = """(state) => {
  Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
  document.dispatchEvent(new Event("visibilitychange"));
  return [getComputedStyle(document.body).opacity, getComputedStyle(document.documentElement, "::before").position];
}"""


def kept(page: Page, name: str) -> dict[str, list[dict[str, object]]]:
    """What lies in one of the browser's databases, by store; keys that cannot be taken out show as {}."""
    found = json.loads(page.evaluate(KEPT, [name]))
    return {store.partition("/")[2]: rows for store, rows in found.items()}


def hide(page: Page) -> None:
    page.get_by_role("link", name="Hide", exact=True).click()
    page.wait_for_url("**/away/")


def session_status(page: Page, cookie: str) -> int:
    """What the server answers to that cookie, asked past the browser."""
    return page.context.request.get("/api/session", headers={"Cookie": f"sgapp_session={cookie}"}).status


def session_cookie(page: Page) -> str:
    return next(c["value"] for c in page.context.cookies() if c["name"] == "sgapp_session")


def session_ended(page: Page) -> None:
    """Wait until the phone knows that its session has ended."""
    for _ in range(100):
        if page.evaluate("localStorage.getItem('sgapp-end-session')") is None:
            return
        page.wait_for_timeout(100)  # the content policy forbids the page to poll for the tests
    pytest.fail("the session was not ended")


def left_the_screen(page: Page) -> None:
    expect(page.get_by_text(NOTHING)).to_be_visible()
    assert page.title() == "Visit notes"
    assert "CANARY" not in held(page)


def test_hide_ends_the_session_at_once_and_leaves_a_page_that_says_nothing(sign_in: Open) -> None:
    worker = sign_in("worker.a")
    cookie = session_cookie(worker)
    asked: list[str] = []
    worker.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    fill_note(worker, person="D.M. · P-104", seen=SEEN)
    hide(worker)
    assert asked == []
    left_the_screen(worker)
    session_ended(worker)
    assert session_status(worker, cookie) == 401
    assert not worker.context.cookies()


def test_the_page_that_is_left_ends_the_session_itself(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    cookie = session_cookie(worker)
    worker.route("**/away/", lambda route: route.fulfill(content_type="text/html", body="<title>Visit notes</title>"))
    hide(worker)
    for _ in range(50):
        if session_status(worker, cookie) == 401:
            return
        worker.wait_for_timeout(100)  # another page is there already, which knows nothing of it
    pytest.fail("the session was not ended")


def test_the_last_words_of_a_form_at_the_desk_are_in_its_draft(sign_in: Open) -> None:
    lead = sign_in("lead")
    lead.goto("/cases")
    lead.get_by_role("link", name="O. Brand").first.click()
    case = arrive(lead, "case")
    lead.goto(f"/decide?id={case}")
    expect(lead.get_by_role("button", name="Record the decision")).to_be_enabled()
    lead.evaluate("""(text) => {
      const why = document.querySelector('[name="why"]');
      why.value = text;
      why.dispatchEvent(new Event("input", { bubbles: true }));
      document.querySelector("[data-hide]").click();
    }""", SEEN)
    lead.wait_for_url("**/away/")
    again = sign_in("lead", at=lead)
    again.goto(f"/decide?id={case}")
    expect(again.locator('[name="why"]')).to_have_value(SEEN)


def test_back_shows_nothing_of_what_was_there(sign_in: Open) -> None:
    worker = sign_in("worker.c")
    worker.goto("/mine")
    worker.goto("/")
    fill_note(worker, person="I.H. · P-121", seen=SEEN)
    steps = worker.evaluate("history.length")
    hide(worker)
    assert worker.evaluate("history.length") == steps
    drawn: list[str] = []
    worker.on("domcontentloaded", lambda page: drawn.append(page.url))
    for _ in range(2):
        with worker.expect_event("load", lambda page: page.url.endswith("/away/")):
            worker.evaluate("history.back()")
        left_the_screen(worker)
    assert {urlsplit(url).path for url in drawn} == {"/away/"}


def test_a_page_kept_whole_for_back_is_covered_and_replaced(sign_in: Open) -> None:
    worker = sign_in("worker.d")
    worker.evaluate("""() => {
      sessionStorage.setItem("sgapp-left", "1");
      window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
    }""")
    worker.wait_for_url("**/away/")


def test_the_way_back_leads_a_worker_to_an_empty_form(sign_in: Open) -> None:
    worker = sign_in("senior")
    enrolled(worker)
    worker.get_by_label("What I saw").fill(SEEN)
    hide(worker)
    worker.get_by_role("link", name="Go to the start page").click()
    expect(worker.get_by_text("You are signed out. Go on writing")).to_be_visible()
    expect(worker.get_by_label("What I saw")).to_have_value("")


def test_the_way_back_leads_the_desk_to_its_sign_in(sign_in: Open) -> None:
    lead = sign_in("lead")
    hide(lead)
    lead.get_by_role("link", name="Go to the start page").click()
    expect(lead.get_by_role("heading", name="Sign in")).to_be_visible()


def test_hide_works_before_anything_else_has_come(sign_in: Open) -> None:
    worker = sign_in("worker.a")
    worker.route("**/assets/*.js", lambda route: None)
    worker.goto("/", wait_until="commit")
    expect(worker.get_by_label("What I saw")).to_be_visible()
    hide(worker)
    left_the_screen(worker)


def test_the_page_is_gone_from_the_screen_before_the_next_one_comes(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    fill_note(worker, person="R.L. · P-117", seen=SEEN)
    at_once = worker.evaluate("""() => {
      document.querySelector("[data-hide]").click();
      return [getComputedStyle(document.body).display, document.title];
    }""")
    assert at_once == ["none", "Visit notes"]
    worker.wait_for_url("**/away/")


def test_shift_alone_three_times_hides(sign_in: Open) -> None:
    lead = sign_in("lead")
    lead.get_by_role("list", name="What is due").wait_for()
    lead.goto("/cases")
    lead.get_by_role("list", name="Cases").wait_for()
    for _ in range(3):
        lead.keyboard.press("Shift")
    lead.wait_for_url("**/away/")
    left_the_screen(lead)
    lead.go_back()
    lead.wait_for_url("**/away/")


def test_the_desk_has_the_same_button(sign_in: Open) -> None:
    lead = sign_in("lead")
    cookie = session_cookie(lead)
    hide(lead)
    session_ended(lead)
    assert session_status(lead, cookie) == 401


def test_capitals_and_slow_presses_hide_nothing(sign_in: Open) -> None:
    worker = sign_in("worker.c")
    worker.clock.install()
    worker.clock.pause_at(worker.evaluate("Date.now()") + 1_000)  # only the test moves the time, however busy the machine
    worker.get_by_label("What I saw").click()
    for letter in "ABCD":
        worker.keyboard.press(f"Shift+{letter}")
    worker.keyboard.press("Shift")
    worker.keyboard.press("Shift")
    worker.keyboard.press("x")
    worker.keyboard.press("Shift")
    worker.clock.fast_forward(5_100)
    worker.keyboard.press("Shift")
    worker.keyboard.press("Shift")
    expect(worker.get_by_label("What I saw")).to_have_value("ABCDx")
    expect(worker.locator("html.covered")).to_have_count(0)
    worker.clock.fast_forward(4_900)
    worker.keyboard.press("Shift")
    worker.clock.resume()
    worker.wait_for_url("**/away/")


def test_what_was_saved_without_a_signal_survives_hide_and_arrives(sign_in: Open) -> None:
    worker = sign_in("worker.d")
    fill_note(worker, person="O.B. · P-130", seen=SEEN)
    worker.route(POSTS, lambda route: route.abort("internetdisconnected"))
    worker.get_by_role("button", name="Save note").click()
    expect(worker.locator("#receipt")).to_contain_text("On this phone")
    reference = worker.locator("#reference").inner_text()
    hide(worker)
    notes = kept(worker, "visit-notes")["notes"]
    assert [note["reference"] for note in notes if note.get("sealed")] == [reference]
    worker.unroute(POSTS)
    again = sign_in("worker.d", at=worker)
    again.goto("/mine")
    expect(again.get_by_role("listitem").filter(has_text=reference)).to_contain_text("delivered")


def test_without_a_network_hide_covers_and_the_session_ends_at_the_next_contact(sign_in: Open) -> None:
    worker = sign_in("worker.a")
    cookie = session_cookie(worker)
    fill_note(worker, person="D.M. · P-104", seen=SEEN)
    worker.context.set_offline(True)
    worker.get_by_role("link", name="Hide", exact=True).click()
    expect(worker.locator("main")).not_to_be_visible()
    assert worker.title() == "Visit notes"
    assert session_status(worker, cookie) == 200
    worker.context.set_offline(False)
    left_the_screen(worker)
    session_ended(worker)
    assert session_status(worker, cookie) == 401


def test_a_session_that_could_not_be_ended_is_ended_before_anything_else_is_asked(sign_in: Open) -> None:
    worker = sign_in("senior")
    cookie = session_cookie(worker)
    asked: list[str] = []
    lost = True

    def meet(route: Route) -> None:
        if lost:
            route.abort("internetdisconnected")
        else:
            route.continue_()

    worker.route("**/api/session", meet)
    worker.on("request", lambda r: asked.append(f"{r.method} {r.url.partition('/api/')[2]}") if "/api/" in r.url else None)
    worker.on("websocket", lambda _: asked.append("socket"))
    hide(worker)
    assert worker.evaluate("localStorage.getItem('sgapp-end-session')") == "1"
    asked.clear()
    worker.goto("/")
    expect(worker.get_by_role("button", name="Save note")).to_be_enabled()
    worker.wait_for_timeout(500)  # what must not happen has no event: nothing but the ending may be asked
    assert set(asked) == {"DELETE session"}
    assert session_status(worker, cookie) == 200
    lost = False
    worker.evaluate("window.dispatchEvent(new Event('online'))")
    session_ended(worker)
    assert session_status(worker, cookie) == 401


def test_signing_out_without_a_signal_ends_the_session_at_the_next_contact(sign_in: Open) -> None:
    worker = sign_in("worker.c")
    cookie = session_cookie(worker)
    worker.goto("/mine")
    worker.route("**/api/session", lambda route: route.abort("internetdisconnected"))
    worker.get_by_role("button", name="Sign out").click()
    worker.wait_for_url("**/sign-in/**")
    assert session_status(worker, cookie) == 200
    worker.unroute("**/api/session")
    worker.evaluate("window.dispatchEvent(new Event('online'))")
    session_ended(worker)
    assert session_status(worker, cookie) == 401


def test_hidden_in_one_tab_is_hidden_in_all(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    other = worker.context.new_page()
    other.goto("/mine")
    hide(worker)
    other.wait_for_url("**/away/")


def test_a_page_out_of_sight_is_covered_and_comes_back_as_it_was(sign_in: Open) -> None:
    worker = sign_in("worker.c")
    worker.get_by_label("What I saw").fill("The hoist sling")
    assert worker.evaluate(TURN, "hidden") == ["0", "fixed"]
    worker.evaluate(TURN, "visible")
    expect(worker.locator("html.covered")).to_have_count(0)
    expect(worker.get_by_label("What I saw")).to_be_focused()


def test_a_phone_that_lost_the_focus_is_covered_and_a_desk_is_not(sign_in: Open) -> None:
    away = """(has) => {
      document.hasFocus = () => has;
      window.dispatchEvent(new Event(has ? "focus" : "blur"));
      return new Promise((done) => setTimeout(() => done(document.documentElement.classList.contains("covered")), 300));
    }"""
    worker, lead = sign_in("senior"), sign_in("lead")
    assert worker.evaluate(away, False) is True
    assert worker.evaluate(away, True) is False
    assert lead.evaluate(away, False) is False


def test_a_phone_prints_nothing(sign_in: Open) -> None:
    worker = sign_in("worker.a")
    worker.emulate_media(media="print")
    expect(worker.locator("main")).not_to_be_visible()
