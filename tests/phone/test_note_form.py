"""The note form where phones are unkind: taps in a burst, a signal in name only, no storage, a login page in between.

The tests take turns as three workers, because a person may sign in only ten times a minute.
"""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from sgapp.domain.reference import note_reference
from tests.e2e.steps import enrolled, fill_note, pick
from tests.phone.phone_page import fill_storage
from tests.serving import Open

BOUND_MS = 3_000  # "at once", with room for a busy machine; what must not happen takes for ever
NO_STORAGE = """Object.defineProperty(window, "indexedDB", { get() { throw new Error("no storage here"); } });"""
POSTS = "**/api/observations"


def _save(page: Page) -> None:
    page.get_by_role("button", name="Save note").click()


def _posted(page: Page, answer: Callable[[Route], None] = lambda route: route.continue_()) -> list[dict[str, str]]:
    """What the phone posts from now on; `answer` decides what becomes of each."""
    bodies: list[dict[str, str]] = []

    def meet(route: Route) -> None:
        bodies.append(json.loads(route.request.post_data or "{}"))
        answer(route)

    page.route(POSTS, meet)
    return bodies


def test_three_saves_in_one_breath_make_one_note_and_no_conflict(sign_in: Open) -> None:
    worker = sign_in("worker.a")
    posted = _posted(worker)
    fill_note(worker, person="D.M. · P-104", seen="The hoist sling lay on the floor.")
    worker.evaluate("""() => { const form = document.querySelector("form.note-form");
                               for (let i = 0; i < 3; i += 1) form.requestSubmit(); }""")
    expect(worker.locator("#receipt")).to_contain_text("Delivered")
    worker.reload()
    expect(worker.get_by_role("button", name="Save note")).to_be_enabled()
    assert len({body["sealed"] for body in posted}) == 1


def test_a_signal_in_name_only_does_not_hold_up_the_reference(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    fill_note(worker, person="R.L. · P-117", seen="The hoist sling lay on the floor.")
    worker.route("**/api/intake/key", lambda route: None)
    worker.route(POSTS, lambda route: None)
    _save(worker)
    expect(worker.locator("#reference")).to_contain_text("VN-", timeout=BOUND_MS)
    expect(worker.locator("#receipt")).to_have_text(re.compile(r"^On this phone \d\d:\d\d\. It goes"), timeout=BOUND_MS)


def test_a_post_that_never_answers_is_given_up_and_tried_again(sign_in: Open) -> None:
    worker = sign_in("worker.d")
    fill_note(worker, person="O.B. · P-130", seen="The hoist sling lay on the floor.")
    worker.clock.install()
    posted = _posted(worker, lambda route: route.continue_() if len(posted) > 1 else None)
    _save(worker)
    expect(worker.locator("#receipt")).to_contain_text("On this phone")
    for _ in range(12):
        worker.clock.fast_forward(5_000)
        worker.wait_for_timeout(50)
    expect(worker.locator("#receipt")).to_contain_text("Delivered")
    assert len({body["sealed"] for body in posted}) == 1


@pytest.mark.parametrize(("kind", "body"), [("text/html", "<h1>Welcome to our Wi-Fi</h1>"), ("application/json", "{}")])
def test_a_login_page_in_between_is_no_receipt(sign_in: Open, kind: str, body: str) -> None:
    worker = sign_in("worker.a")
    fill_note(worker, person="D.M. · P-104", seen="The hoist sling lay on the floor.")
    posted = _posted(worker, lambda route: route.fulfill(status=200, content_type=kind, body=body))
    with worker.expect_response(POSTS):
        _save(worker)
    worker.wait_for_timeout(300)  # what must not happen has no event: it must not turn to "Delivered"
    expect(worker.locator("#receipt")).to_contain_text("On this phone")
    worker.unroute(POSTS)
    worker.evaluate("window.dispatchEvent(new Event('online'))")
    expect(worker.locator("#receipt")).to_contain_text("Delivered")
    assert posted


def test_without_storage_the_note_is_delivered_before_the_form_is_cleared(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    worker.add_init_script(NO_STORAGE)
    worker.goto("/")
    fill_note(worker, person="R.L. · P-117", seen="The hoist sling lay on the floor.")
    worker.route(POSTS, lambda route: route.abort("internetdisconnected"))
    _save(worker)
    expect(worker.get_by_role("alert")).to_contain_text("cannot keep notes")
    expect(worker.get_by_label("What I saw", exact=True)).to_have_value("The hoist sling lay on the floor.")
    worker.unroute(POSTS)
    _save(worker)
    expect(worker.locator("#receipt")).to_contain_text("Delivered")
    worker.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    worker.wait_for_timeout(300)  # what must not happen has no event: the form must not come back
    expect(worker.locator("#receipt")).to_contain_text("Delivered")


def test_without_storage_a_repeat_after_a_lost_answer_sends_the_same_bytes(sign_in: Open) -> None:
    worker = sign_in("worker.d")
    worker.add_init_script(NO_STORAGE)
    worker.goto("/")
    fill_note(worker, person="O.B. · P-130", seen="The hoist sling lay on the floor.")

    def arrived_but_unanswered(route: Route) -> None:
        if len(posted) == 1:
            route.fetch()
            route.abort("internetdisconnected")
        else:
            route.continue_()

    posted = _posted(worker, arrived_but_unanswered)
    _save(worker)
    expect(worker.get_by_role("alert")).to_contain_text("cannot keep notes")
    _save(worker)
    expect(worker.locator("#receipt")).to_contain_text("Delivered")
    assert len(posted) == 2
    assert posted[0] == posted[1]


def test_another_place_and_the_time_of_the_visit_can_be_said(sign_in: Open) -> None:
    worker = sign_in("worker.a")
    fill_note(worker, person="D.M. · P-104", seen="The hoist sling lay on the floor.")
    pick(worker, "Where?", "Other place")
    pick(worker, "When?", "This visit")
    _save(worker)
    alert = worker.get_by_role("alert")
    expect(alert).to_contain_text("what time the visit was")
    expect(alert).to_contain_text("Say where it was")
    worker.get_by_label("What time was the visit?").fill("00:00")
    expect(worker.locator("#visit-error")).to_have_count(0)
    expect(worker.locator("#elsewhere-error")).to_be_visible()
    worker.get_by_label("Which place?").fill("Day centre")
    _save(worker)
    expect(worker.locator("#receipt")).to_contain_text("Delivered")


def test_the_reference_of_a_note_added_to_is_made_from_its_id_not_read_from_the_address(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    note_id = "c9a646d3-9c61-4cb7-bfcd-ee2522c8f633"
    worker.goto(f"/?corrects={note_id}&reference=RING-0900-SCAM")
    expect(worker.get_by_text(f"You are adding to note {note_reference(note_id)}")).to_be_visible()
    expect(worker.get_by_text("SCAM")).to_have_count(0)


def test_a_code_can_be_explained_without_choosing_it_and_the_meaning_goes_again(sign_in: Open) -> None:
    worker = sign_in("worker.d")
    worker.clock.install()
    worker.clock.pause_at(worker.evaluate("Date.now()") + 1_000)  # only the test moves the time from here on
    code, meaning = worker.get_by_role("checkbox", name="K2"), worker.get_by_text("K2: A call is fine")
    code.focus()
    worker.keyboard.press("?")
    expect(meaning).to_be_visible()
    worker.clock.fast_forward(5_500)
    expect(meaning).to_have_count(0)
    code.hover(force=True)
    worker.mouse.down()
    worker.clock.fast_forward(600)
    expect(meaning).to_be_visible()
    worker.mouse.up()
    expect(code).not_to_be_checked()
    worker.clock.fast_forward(5_500)
    expect(meaning).to_have_count(0)
    code.check(force=True)
    expect(meaning).to_be_visible()


def test_a_session_that_ends_while_one_writes_takes_nothing_away(sign_in: Open) -> None:
    worker = sign_in("worker.a")
    held: list[Route] = []
    worker.route("**/api/people/mine", lambda route: held.append(route))
    with worker.expect_request("**/api/people/mine"):
        worker.goto("/")
    expect(worker.get_by_role("button", name="Save note")).to_be_enabled()
    worker.get_by_label("What I saw", exact=True).fill("The hoist sling lay on the floor.")
    held[-1].fulfill(status=401, body="{}")
    expect(worker.get_by_text("You are signed out")).to_be_visible()
    expect(worker.get_by_label("What I saw", exact=True)).to_have_value("The hoist sling lay on the floor.")


def test_a_note_too_long_for_the_office_is_told_before_it_is_sealed_and_nothing_of_it_is_lost(sign_in: Open) -> None:
    worker = sign_in("worker.d")
    posted = _posted(worker)
    long = "€" * 20_000  # as much as one field takes, and three bytes each
    fill_note(worker, person="O.B. · P-130", seen=long + "!")
    _save(worker)
    expect(worker.get_by_role("alert")).to_contain_text("too long for one note")
    seen = worker.get_by_label("What I saw", exact=True)
    assert len(seen.input_value()) == len(long) + 1
    others = [worker.get_by_label(name, exact=True) for name in
              ("What I heard", "What was said, in their words", "What I did", "Whom I told, and when")]
    for field in (seen, *others):
        field.fill(long)
    _save(worker)
    expect(worker.get_by_role("alert")).to_contain_text("It is too long for one note")
    assert [field.input_value() for field in (seen, *others)] == [long] * 5
    assert posted == []
    others[-1].fill("the office")
    _save(worker)
    expect(worker.locator("#receipt")).to_contain_text("Delivered")


def test_without_the_list_of_people_the_form_says_so_and_takes_a_name(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    worker.route("**/api/people/mine", lambda route: route.abort("internetdisconnected"))
    worker.goto("/")
    expect(worker.get_by_text("The list is not here yet")).to_be_visible()
    pick(worker, "Who did you visit?", "Someone else")
    worker.get_by_label("Their name").fill("R. Linden")
    worker.get_by_label("What I saw", exact=True).fill("The hoist sling lay on the floor.")
    _save(worker)
    expect(worker.locator("#receipt")).to_contain_text("Delivered")


@pytest.mark.parametrize("link", ["My notes", "Before you go in"])
def test_by_no_link_goes_what_nothing_keeps_without_a_question(sign_in: Open, link: str) -> None:
    worker = sign_in("worker.b")
    worker.get_by_label("What I saw").fill("The hoist sling lay on the floor.")
    asked: list[str] = []
    worker.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    worker.get_by_role("link", name=link).click()
    expect(worker.get_by_label("What I saw")).to_have_value("The hoist sling lay on the floor.")
    assert asked == ["beforeunload"]


def test_the_list_of_people_comes_when_the_signal_does_also_without_a_word_of_the_browser(sign_in: Open) -> None:
    worker = sign_in("worker.a")
    worker.clock.install()
    worker.route("**/api/people/mine", lambda route: route.abort("internetdisconnected"))
    worker.reload()
    expect(worker.get_by_text("The list is not here yet")).to_be_visible()
    worker.unroute("**/api/people/mine")
    worker.clock.fast_forward(15_001)
    expect(worker.get_by_text("D.M. · P-104")).to_be_visible()


def test_a_lost_signal_takes_nothing_away_that_my_notes_shows_already(sign_in: Open) -> None:
    worker = sign_in("worker.a")
    please_ring = {"id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "reference": "VN-2RV2-YNK3-C", "state": "please_ring",
                   "delivered_at": "2026-01-05T09:30:00Z", "seen_at": None, "in_hand_at": None}
    worker.route("**/api/observations/mine", lambda route: route.fulfill(json={"notes": [please_ring], "outside": []}))
    worker.goto("/mine")
    expect(worker.get_by_text("VN-2RV2-YNK3-C", exact=True)).to_be_visible()
    worker.unroute("**/api/observations/mine")
    worker.route("**/api/observations/mine", lambda route: route.abort("internetdisconnected"))
    worker.evaluate("() => window.dispatchEvent(new Event('online'))")
    expect(worker.get_by_text("No signal. This is what the phone knows.")).to_be_visible()
    expect(worker.get_by_text("VN-2RV2-YNK3-C", exact=True)).to_be_visible()


def test_my_notes_does_not_say_none_when_it_cannot_know(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    worker.route("**/api/observations/mine", lambda route: route.abort("internetdisconnected"))
    worker.goto("/mine")
    expect(worker.get_by_text("No signal")).to_be_visible()
    expect(worker.get_by_text("No notes yet")).to_have_count(0)


def test_nothing_typed_lies_in_the_browsers_storage(sign_in: Open) -> None:
    worker = sign_in("worker.d")
    fill_note(worker, person="O.B. · P-130", seen="CANARY-typed", done="CANARY-done")
    worker.get_by_label("What I heard", exact=True).fill("CANARY-heard")
    kept = worker.evaluate("() => JSON.stringify([{...localStorage}, {...sessionStorage}, location.href])")
    assert "CANARY" not in kept
    remembered = worker.locator("input:not([type=radio], [type=checkbox]), textarea").evaluate_all(
        """all => all.filter((e) => e.autocomplete !== "off").map((e) => e.id)""")
    assert remembered == []


def test_a_full_phone_says_so_and_keeps_what_was_typed_until_it_is_delivered(sign_in: Open) -> None:
    worker = sign_in("worker.c")
    fill_note(worker, person="I.H. · P-121", seen="The hoist sling lay on the floor.")
    fill_storage(worker)
    worker.route(POSTS, lambda route: route.abort("internetdisconnected"))
    _save(worker)
    expect(worker.get_by_role("alert")).to_contain_text("no room left")
    expect(worker.get_by_label("What I saw", exact=True)).to_have_value("The hoist sling lay on the floor.")
    worker.unroute(POSTS)
    _save(worker)
    expect(worker.locator("#receipt")).to_contain_text("Delivered")


def test_her_own_note_is_read_again_from_the_office_and_put_away(sign_in: Open) -> None:
    worker = sign_in("worker.a")
    fill_note(worker, person="D.M. · P-104", seen="The hoist sling lay beside the armchair.")
    _save(worker)
    expect(worker.locator("#receipt")).to_contain_text("Delivered")
    worker.goto("/mine")
    worker.get_by_role("button", name="Read it").first.click()
    words = worker.get_by_text("The hoist sling lay beside the armchair.")
    expect(words).to_be_visible()
    worker.get_by_role("button", name="Put it away").click()
    expect(words).to_have_count(0)


def test_an_enrolled_phone_writes_on_when_its_session_has_run_out(sign_in: Open) -> None:
    worker = sign_in("worker.d")
    enrolled(worker)
    worker.context.clear_cookies()
    worker.goto("/")
    expect(worker.get_by_text("your notes go, as from Dilys Munn")).to_be_visible()
    pick(worker, "Who did you visit?", "Someone else")
    worker.get_by_label("Their name").fill("O. Brand")
    worker.get_by_label("What I saw", exact=True).fill("The hoist sling lay on the floor.")
    _save(worker)
    expect(worker.locator("#receipt")).to_contain_text("Delivered")
