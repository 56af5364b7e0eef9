"""The question under a field that was left: one at a time, never in the way, and gone for good when she leaves it so.

The tests take turns as three workers, because a person may sign in only ten times a minute.
"""

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.steps import fill_note, pick
from tests.e2e.test_accessibility import violations
from tests.e2e.test_lock import UNLOCKED_WITHIN_MS, draft_kept, enter, set_up
from tests.phone.test_note_form import NO_STORAGE, POSTS
from tests.serving import Open

SEEN, HEARD, DONE = "What I saw", "What I heard", "What I did"
MORE, LEAVE = "I will say more", "Leave it"
LONGER_THAN_IT_WAITS_MS = 600  # what must not appear has no event
SELECTED = "() => { const at = document.activeElement; return at.value.slice(at.selectionStart, at.selectionEnd); }"


def _at_the_form(sign_in: Open, username: str, *, dark: bool = False) -> Page:
    worker = sign_in(username, dark=dark)
    expect(worker.get_by_role("button", name="Save note")).to_be_enabled()
    return worker


def _nudge(page: Page) -> Locator:
    return page.get_by_role("group").filter(has=page.get_by_role("button", name=LEAVE))


def _write(page: Page, text: str, field: str = SEEN) -> None:
    page.get_by_label(field, exact=True).fill(text)


def _leave(page: Page, field: str = SEEN) -> None:
    """Go on, as a thumb on the page does."""
    page.get_by_label(field, exact=True).blur()


def _nothing_is_asked(page: Page) -> None:
    page.wait_for_timeout(LONGER_THAN_IT_WAITS_MS)
    expect(_nudge(page)).to_have_count(0)


def test_leaving_a_field_shows_its_words_and_the_question_and_writing_shows_nothing(sign_in: Open) -> None:
    worker = _at_the_form(sign_in, "worker.a")
    _write(worker, "She seemed upset.")
    _nothing_is_asked(worker)
    _leave(worker)
    expect(_nudge(worker).get_by_role("status")).to_have_text(
        "“seemed upset”: What did you notice in the face, voice, body or words? What was different from usual?")
    expect(worker.locator(".field").filter(has=_nudge(worker)).get_by_label(SEEN, exact=True)).to_be_visible()


def test_a_factual_note_is_not_asked_about(sign_in: Open) -> None:
    worker = _at_the_form(sign_in, "worker.b")
    _write(worker, "Her fine white hair was wet. The cup stood on the low table.")
    _leave(worker)
    _nothing_is_asked(worker)


def test_the_words_of_a_quotation_are_never_asked_about(sign_in: Open) -> None:
    worker = _at_the_form(sign_in, "worker.c")
    said = "What was said, in their words"
    _write(worker, "He always shouts.", said)
    _leave(worker, said)
    _nothing_is_asked(worker)


def test_the_whole_form_asks_one_thing_at_a_time(sign_in: Open) -> None:
    worker = _at_the_form(sign_in, "worker.a")
    _write(worker, "He was aggressive. The kitchen was dirty.")
    _leave(worker)
    expect(_nudge(worker)).to_contain_text("aggressive")
    _write(worker, "All fine.", DONE)
    _leave(worker, DONE)
    expect(_nudge(worker)).to_contain_text("All fine")
    expect(_nudge(worker)).to_have_count(1)


def test_saying_more_puts_her_on_the_words_and_once_she_has_she_is_not_stays_shown(sign_in: Open) -> None:
    worker = _at_the_form(sign_in, "worker.b")
    _write(worker, "He came in. He was aggressive.")
    _leave(worker)
    worker.get_by_role("button", name=MORE).click()
    expect(worker.get_by_label(SEEN, exact=True)).to_be_focused()
    assert worker.evaluate(SELECTED) == "aggressive"
    _write(worker, "He came in. He was aggressive. That was at ten.")
    _leave(worker)
    _nothing_is_asked(worker)


def test_changing_the_words_ends_the_question_while_she_types(sign_in: Open) -> None:
    worker = _at_the_form(sign_in, "worker.c")
    _write(worker, "He was aggressive.")
    _leave(worker)
    expect(_nudge(worker)).to_be_visible()
    _write(worker, "He came in and said “Out”.")
    expect(_nudge(worker)).to_have_count(0)


def test_what_she_leaves_as_it_is_is_not_stays_shown_in_this_note_and_is_in_the_next(sign_in: Open) -> None:
    worker = _at_the_form(sign_in, "worker.a")
    _write(worker, "All fine.")
    _leave(worker)
    worker.get_by_role("button", name=LEAVE).click()
    expect(_nudge(worker)).to_have_count(0)
    _write(worker, "All fine. Kettle on.")
    _leave(worker)
    _write(worker, "All fine.", DONE)
    _leave(worker, DONE)
    _nothing_is_asked(worker)
    pick(worker, "Who did you visit?", "D.M. · P-104")
    worker.get_by_role("button", name="Save note").click()
    worker.get_by_role("button", name="Write another").click()
    _write(worker, "All fine.")
    _leave(worker)
    expect(_nudge(worker)).to_be_visible()


def test_a_draft_that_comes_back_does_not_ask_again_what_was_left(sign_in: Open) -> None:
    worker = _at_the_form(sign_in, "worker.b")
    set_up(worker)
    _write(worker, "All fine.")
    _leave(worker)
    worker.get_by_role("button", name=LEAVE).click()
    _write(worker, "All fine. He was aggressive.")  # a later change: when this one is kept, so is what she left
    draft_kept(worker)
    worker.reload()
    enter(worker)
    field = worker.get_by_label(SEEN, exact=True)
    expect(field).to_have_value("All fine. He was aggressive.", timeout=UNLOCKED_WITHIN_MS)
    field.focus()
    _leave(worker)
    expect(_nudge(worker)).to_contain_text("aggressive")


def test_save_is_never_in_the_way_of_a_question_nor_a_question_of_save(sign_in: Open) -> None:
    worker = _at_the_form(sign_in, "worker.c")
    fill_note(worker, person="I.H. · P-121", seen="He was aggressive.")
    worker.get_by_role("button", name="Save note").click()
    expect(worker.locator("#receipt")).to_contain_text("Delivered")
    worker.get_by_role("button", name="Write another").click()
    fill_note(worker, person="I.H. · P-121", seen="He was aggressive.")
    _leave(worker)
    expect(_nudge(worker)).to_be_visible()
    worker.get_by_role("button", name="Save note").click()
    expect(worker.locator("#receipt")).to_contain_text("Delivered")


def test_where_the_part_that_asks_cannot_be_fetched_the_note_is_saved_all_the_same(sign_in: Open) -> None:
    worker = _at_the_form(sign_in, "worker.a")
    with worker.expect_event("requestfailed", lambda request: "/assets/nudge-" in request.url):
        worker.route("**/assets/nudge-*.js", lambda route: route.abort("internetdisconnected"))
        fill_note(worker, person="D.M. · P-104", seen="He was aggressive.")
        _leave(worker)
    worker.get_by_role("button", name="Save note").click()
    expect(worker.locator("#receipt")).to_contain_text("Delivered")


@pytest.mark.long
def test_a_finger_that_is_down_finds_what_it_meant_to_press_where_it_was(sign_in: Open) -> None:
    worker = _at_the_form(sign_in, "worker.b")
    with worker.expect_response("**/assets/nudge-*.js"):
        worker.get_by_label(DONE, exact=True).focus()
    _nothing_is_asked(worker)
    _write(worker, "He was aggressive.")
    worker.mouse.move(5, 200)
    worker.mouse.down()
    _nothing_is_asked(worker)
    worker.mouse.up()
    expect(_nudge(worker)).to_be_visible()


def test_it_can_be_answered_with_the_keyboard_alone(sign_in: Open) -> None:
    worker = _at_the_form(sign_in, "worker.c")
    _write(worker, "All fine. He was aggressive.")
    worker.keyboard.press("Tab")
    expect(_nudge(worker)).to_contain_text("All fine")
    worker.keyboard.press("Shift+Tab")
    expect(worker.get_by_role("button", name=LEAVE)).to_be_focused()
    worker.keyboard.press("Enter")
    expect(worker.get_by_label(SEEN, exact=True)).to_be_focused()
    worker.keyboard.press("Tab")
    expect(_nudge(worker)).to_contain_text("aggressive")
    worker.keyboard.press("Shift+Tab")
    worker.keyboard.press("Shift+Tab")
    expect(worker.get_by_role("button", name=MORE)).to_be_focused()
    worker.keyboard.press("Enter")
    assert worker.evaluate(SELECTED) == "aggressive"


def test_a_hard_word_of_hers_is_not_shown_a_second_time(sign_in: Open) -> None:
    worker = _at_the_form(sign_in, "worker.a")
    _write(worker, "She is being neglected.")
    _leave(worker)
    expect(_nudge(worker).get_by_role("status")).to_have_text(
        "A word here: What was done or said, and by whom? Which words did they use?")


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_about_the_question_and_both_ways_on_are_large_enough_for_a_thumb(sign_in: Open, dark: bool) -> None:
    worker = _at_the_form(sign_in, "worker.b", dark=dark)
    _write(worker, "He was aggressive.", HEARD)
    _leave(worker, HEARD)
    for name in (MORE, LEAVE):
        box = worker.get_by_role("button", name=name).bounding_box()
        assert box and min(box["width"], box["height"]) >= 44
    assert not violations(worker)


@pytest.mark.long
def test_a_slow_line_brings_the_question_late_and_not_never(sign_in: Open) -> None:
    worker = _at_the_form(sign_in, "worker.c")
    held: list[Route] = []
    worker.route("**/assets/nudge-*.js", lambda route: held.append(route))
    with worker.expect_request("**/assets/nudge-*.js"):
        _write(worker, "He was aggressive.")
    _leave(worker)
    _nothing_is_asked(worker)
    held[0].continue_()
    expect(_nudge(worker)).to_contain_text("aggressive")


@pytest.mark.long
def test_a_repeat_after_leaving_words_as_they_are_sends_the_same_bytes(sign_in: Open) -> None:
    worker = _at_the_form(sign_in, "worker.a")
    worker.add_init_script(NO_STORAGE)
    worker.goto("/")
    fill_note(worker, person="D.M. · P-104", seen="All fine.")
    sent: list[str | None] = []

    def lose_the_first(route: Route) -> None:
        sent.append(route.request.post_data)
        if len(sent) == 1:
            route.abort("internetdisconnected")
        else:
            route.continue_()

    worker.route(POSTS, lose_the_first)
    worker.get_by_role("button", name="Save note").click()
    expect(worker.get_by_role("alert")).to_contain_text("cannot keep notes")
    worker.get_by_role("button", name=LEAVE).click()
    worker.get_by_role("button", name="Save note").click()
    expect(worker.locator("#receipt")).to_contain_text("Delivered")
    assert len(sent) == 2
    assert sent[0] == sent[1]
