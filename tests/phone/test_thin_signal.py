"""A signal in name only, and one that comes back: what the phone knows is shown, and nothing waits for ever."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.steps import pick
from tests.e2e.test_hide import kept
from tests.e2e.test_lock import UNLOCKED_WITHIN_MS, draft_kept, enter, set_up
from tests.serving import Open

PEOPLE = "**/api/people/mine"
OWN_NOTES = "**/api/observations/mine"
SHOWN_WITHIN_MS = 20_000  # the page waits ten seconds for an answer


def _never_answers(page: Page, path: str) -> None:
    page.route(path, lambda _: None)


def test_where_no_answer_comes_the_form_shows_whom_to_ring_and_how_to_go_on(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    expect(worker.get_by_text("01632 960 002")).to_be_visible()
    _never_answers(worker, PEOPLE)
    worker.reload()
    expect(worker.get_by_text("01632 960 002")).to_be_visible()
    expect(worker.get_by_text("The list is not here yet")).to_be_visible()


def test_the_list_of_people_comes_with_the_signal(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    worker.route(PEOPLE, lambda route: route.abort("internetdisconnected"))
    worker.reload()
    expect(worker.get_by_text("The list is not here yet")).to_be_visible()
    worker.unroute(PEOPLE)
    worker.context.set_offline(True)
    worker.context.set_offline(False)
    pick(worker, "Who did you visit?", "R.L. · P-117")
    expect(worker.get_by_text("The list is not here yet")).to_have_count(0)


def test_a_list_that_could_not_be_fetched_again_stays(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    pick(worker, "Who did you visit?", "R.L. · P-117")
    worker.route(PEOPLE, lambda route: route.abort("internetdisconnected"))
    with worker.expect_request(PEOPLE):
        worker.evaluate("window.dispatchEvent(new Event('online'))")
    worker.wait_for_load_state("networkidle")
    expect(worker.get_by_role("radio", name="R.L. · P-117")).to_be_checked()
    expect(worker.get_by_text("The list is not here yet")).to_have_count(0)


def test_no_note_is_saved_about_somebody_who_is_not_shown_as_chosen(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    set_up(worker)
    pick(worker, "Who did you visit?", "R.L. · P-117")
    worker.get_by_label("What I saw", exact=True).fill("The hoist sling lay on the floor.")
    draft_kept(worker)
    worker.route(PEOPLE, lambda route: route.fulfill(json={"people": [], "on_call": "01632 960 002"}))
    worker.reload()
    enter(worker)
    expect(worker.get_by_label("What I saw", exact=True)).to_have_value(re.compile("hoist"), timeout=UNLOCKED_WITHIN_MS)
    worker.get_by_role("button", name="Save note").click()
    expect(worker.get_by_role("link", name="Say who you visited.")).to_be_visible()


def _list_kept_at(page: Page) -> float:
    return next(row["saved_at"] for row in kept(page, "visit-vault")["values"] if row["name"] == "people")


@pytest.mark.parametrize("late", [False, True], ids=["no signal", "an answer that fails late"])
def test_a_list_that_was_kept_grows_old_where_no_signal_renews_it(sign_in: Open, late: bool) -> None:
    worker = sign_in("worker.b")
    set_up(worker)
    worker.get_by_label("What I saw", exact=True).fill("The hoist sling lay on the floor.")
    draft_kept(worker)
    before = _list_kept_at(worker)
    held: list[Route] = []
    worker.route(PEOPLE, lambda route: held.append(route) if late else route.abort("internetdisconnected"))
    worker.reload()
    enter(worker)
    expect(worker.get_by_role("radio", name="R.L. · P-117")).to_be_attached(timeout=UNLOCKED_WITHIN_MS)
    for route in held:
        route.abort("internetdisconnected")
    pick(worker, "Who did you visit?", "R.L. · P-117")
    worker.get_by_label("What I saw", exact=True).fill("The hoist sling lay in the hall.")
    draft_kept(worker)  # what is kept of the list is kept before
    assert _list_kept_at(worker) == before


def test_my_notes_shows_what_the_phone_knows_where_no_answer_comes(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    _never_answers(worker, OWN_NOTES)
    worker.goto("/mine")
    expect(worker.get_by_text("No signal. This is what the phone knows.")).to_be_visible(timeout=SHOWN_WITHIN_MS)
    expect(worker.get_by_text("Loading …")).to_have_count(0)
