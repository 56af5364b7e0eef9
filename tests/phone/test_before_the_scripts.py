"""On a thin line the form stands there before its scripts: what is typed and ticked in the meantime counts like the rest."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.steps import pick
from tests.serving import Open


def before_the_scripts(page: Page) -> Callable[[], None]:
    """Load the page without its scripts. Returns the way to let them come."""
    held: list[Route] | None = []
    page.route("**/assets/*.js", lambda route: route.continue_() if held is None else held.append(route))
    page.goto("/", wait_until="commit")
    expect(page.get_by_label("What I saw")).to_be_visible()
    expect(page.get_by_role("button", name="Save note")).to_be_disabled()

    def come() -> None:
        nonlocal held
        waiting, held = held or [], None
        for route in waiting:
            route.continue_()
        expect(page.get_by_role("button", name="Save note")).to_be_enabled()

    return come


@pytest.fixture
def worker(sign_in: Open) -> Page:
    return sign_in("worker.a")


def test_what_was_written_before_the_scripts_came_stays_and_arrives(worker: Page) -> None:
    come = before_the_scripts(worker)
    worker.get_by_label("What I saw").fill("A cup lay broken\non the floor.")
    worker.get_by_label("Whom I told, and when").fill("The lead, by telephone")
    pick(worker, "Is someone hurt?", "Not sure")
    pick(worker, "Is someone hurt?", "No")  # taken back: the last one counts
    pick(worker, "Where?", "Bedroom")
    pick(worker, "Who did you visit?", "Someone else")
    come()
    expect(worker.get_by_label("What I saw")).to_have_value("A cup lay broken\non the floor.")
    worker.get_by_label("Their name").fill("R. Linden")
    worker.get_by_role("button", name="Save note").click()
    expect(worker.locator("#receipt")).to_contain_text("Delivered")
    note_id = worker.request.get("/api/observations/mine").json()["notes"][0]["id"]
    lines = worker.request.get(f"/api/observations/mine/{note_id}").json()["lines"]
    arrived = {line["label"]: line["text"] for line in lines}
    assert (arrived["Saw"], arrived["Told"]) == ("A cup lay broken\non the floor.", "The lead, by telephone")
    assert arrived["Hurt"] == "No"
    assert arrived["When and where"].endswith("Bedroom")


def test_what_was_ticked_before_the_scripts_came_can_be_taken_back(worker: Page) -> None:
    come = before_the_scripts(worker)
    code = worker.locator("label.chip", has_text="K2")
    code.click()
    come()
    expect(worker.get_by_text("K2: A call is fine")).to_be_visible()  # the form knows of it
    code.click()
    expect(code.get_by_role("checkbox")).not_to_be_checked()
