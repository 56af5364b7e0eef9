"""What comes late or goes moves nothing that stands there already: somebody's finger may be on its way to it."""

import random
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.e2e.pictures import signed_in
from tests.e2e.site import Office
from tests.e2e.steps import stored
from tests.phone import phone_page
from tests.serving import PHONE, TABLET, Open

COMES_WITHIN_MS = 30_000  # the page looks for its server again with longer and longer pauses
WHERE_IT_STANDS = """() => [...document.querySelectorAll("a, button, label, input, h1, h2")]
  .map((e) => e.getBoundingClientRect()).map(({ x, y, width, height }) => [x, y, width, height])"""

#: Notes each number of rows that is drawn from here on, beside the one of now.
COUNTS_ROWS = """() => {
  const rows = () => document.querySelectorAll("main li.row").length;
  window.counts = new Set([rows()]);
  new MutationObserver(() => window.counts.add(rows())).observe(document.body, { childList: true, subtree: true });
}"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    made = Office(tmp_path_factory.mktemp("office"))
    made.start()
    yield made
    made.stop()


@pytest.mark.parametrize(("person", "size", "scrolled"),
                         [("worker.a", PHONE, 0), ("worker.b", PHONE, 300), ("lead", TABLET, 0), ("manager", PHONE, 0)],
                         ids=["a phone", "a phone further down", "the desk", "the desk on a phone"])
def test_a_connection_that_goes_moves_nothing_and_leaves_the_way_out_in_reach(
        browser: Browser, office: Office, person: str, size: dict[str, int], scrolled: int) -> None:
    page = signed_in(browser, office.url, person, size, dark=False)
    expect(page.get_by_text("P-1").first).to_be_visible()
    page.evaluate("(far) => window.scrollTo(0, far)", scrolled)
    before = page.evaluate(WHERE_IT_STANDS)
    with office.unplugged():
        expect(page.get_by_text("No connection.")).to_be_visible(timeout=COMES_WITHIN_MS)
        after = page.evaluate(WHERE_IT_STANDS)
        page.get_by_role("link", name="Hide").click(trial=True)
    page.context.close()
    assert after == before


def test_what_she_searched_for_stands_there_while_the_connection_goes_and_comes_back(browser: Browser, tmp_path: Path) -> None:
    office = phone_page.Office(tmp_path, random.Random(0))
    lead = signed_in(browser, office.address, "lead", TABLET, dark=False)
    rows = lead.get_by_role("list", name="What is due").locator("li.row")
    expect(rows.first).to_be_visible()
    everything = rows.count()
    lead.get_by_label("Name or reference").fill("Ferris")
    lead.get_by_role("button", name="Find").click()
    expect(rows).not_to_have_count(everything)
    lead.evaluate(COUNTS_ROWS)
    office.link.down()
    expect(lead.get_by_text("No connection.")).to_be_visible(timeout=COMES_WITHIN_MS)
    with lead.expect_websocket(timeout=COMES_WITHIN_MS) as again:
        office.link.calm()
    again.value.wait_for_event("framereceived", lambda frame: "Ferris" in str(frame), timeout=COMES_WITHIN_MS)
    expect(lead.get_by_text("No connection.")).to_have_count(0)
    assert lead.evaluate("[...window.counts]") == [rows.count()]
    lead.context.close()
    office.close()


#: A phone whose disk is slow to say what it kept of the office.
SLOW_DISK = """
const get = IDBObjectStore.prototype.get;
IDBObjectStore.prototype.get = function (key) {
  const asked = get.call(this, key);
  if (key !== "office") return asked;
  const listen = asked.addEventListener;
  const drawn = () => requestAnimationFrame(() => requestAnimationFrame(() => { window.heardLate = true; }));
  const late = (hear) => (event) => setTimeout(() => { hear(event); setTimeout(drawn); }, 1500);
  asked.addEventListener = (what, hear) => listen.call(asked, what, late(hear));
  return asked;
};
"""


def test_what_the_office_says_of_whom_to_ring_stands_when_what_the_phone_kept_comes_later(sign_in: Open) -> None:
    worker = sign_in("worker.c")
    expect(worker.get_by_text("01632 960 002")).to_be_visible()
    worker.add_init_script(SLOW_DISK)
    worker.route("**/api/people/mine", lambda route: route.fulfill(json={"people": [], "on_call": "", "always": ""}))
    with worker.expect_response("**/api/people/mine"):
        worker.reload()
    worker.wait_for_function("() => window.heardLate")
    expect(worker.get_by_text("Then ring the office.")).to_be_visible()


def test_the_questions_stand_still_when_the_number_to_ring_comes(sign_in: Open) -> None:
    worker = sign_in("worker.c")
    expect(worker.get_by_text("01632 960 002")).to_be_visible()
    worker.route("**/api/people/mine", lambda route: route.fulfill(json={"people": [], "on_call": "", "always": ""}))
    worker.reload()
    expect(worker.get_by_text("Then ring the office.")).to_be_visible()
    worker.wait_for_load_state("networkidle")  # the phone knows no number any more
    held: list[Route] = []
    worker.route("**/api/people/mine", lambda route: held.append(route))
    with worker.expect_request("**/api/people/mine"):
        worker.reload()
    danger = worker.get_by_role("group", name="Is someone in danger now?")
    expect(worker.get_by_text("Then ring the office.")).to_be_visible()
    before = danger.bounding_box()
    held[-1].continue_()
    expect(worker.get_by_text("01632 960 002")).to_be_visible()
    assert danger.bounding_box() == before


@pytest.mark.parametrize(("answer", "shown"), [
    ("continue_", "D.M. · P-104"), ("abort", "The list is not here yet"), ("refuse", "You are signed out")])
def test_what_stands_round_the_list_of_people_stays_when_its_answer_comes(sign_in: Open, answer: str, shown: str) -> None:
    worker = sign_in("worker.a")
    held: list[Route] = []
    worker.route("**/api/people/mine", lambda route: held.append(route))
    with worker.expect_request("**/api/people/mine"):
        worker.reload()
    around = [worker.locator("label", has_text="Someone else"), worker.get_by_role("link", name="Before you go in"),
              worker.get_by_role("group", name="When?")]
    expect(worker.get_by_role("button", name="Save note")).to_be_enabled()
    worker.get_by_label("What I saw", exact=True).fill("The hoist sling lay on the floor.")
    worker.evaluate("window.scrollTo(0, 0)")
    before = [there.bounding_box() for there in around]
    if answer == "refuse":
        held[-1].fulfill(status=401, body="{}")
    elif answer == "abort":
        held[-1].abort("internetdisconnected")
    else:
        held[-1].continue_()
    expect(worker.get_by_text(shown)).to_be_visible()
    assert [there.bounding_box() for there in around] == before


def test_a_long_list_finds_the_place_that_it_took_the_last_time(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    nine = [{"id": str(uuid.uuid4()), "label": f"A.B. · P-10{n}"} for n in range(9)]
    round_of_nine = {"people": nine, "on_call": "", "always": ""}
    worker.route("**/api/people/mine", lambda route: route.fulfill(json=round_of_nine))
    worker.reload()
    last = worker.locator("label.chip", has_text="P-108")
    expect(last).to_be_visible()
    stored(worker, '() => localStorage.getItem("list-height") > 200')
    held: list[Route] = []
    worker.route("**/api/people/mine", lambda route: held.append(route))
    with worker.expect_request("**/api/people/mine"):
        worker.reload()
    below = [worker.get_by_role("link", name="Before you go in"), worker.get_by_role("group", name="When?")]
    expect(worker.locator("#person")).to_have_attribute("style", re.compile("min-height"))
    before = [there.bounding_box() for there in below]
    held[-1].fulfill(json=round_of_nine)
    expect(last).to_be_visible()
    assert [there.bounding_box() for there in below] == before


def test_what_a_code_means_comes_and_goes_and_moves_nothing(sign_in: Open) -> None:
    worker = sign_in("worker.c")
    worker.clock.install()
    expect(worker.get_by_text("I.H. · P-121")).to_be_visible()
    worker.clock.pause_at(worker.evaluate("Date.now()") + 1_000)  # only the test moves the time from here on
    more = worker.get_by_role("button", name="All codes")
    more.scroll_into_view_if_needed()
    before = more.bounding_box()
    worker.locator("label.chip", has_text="K2").click()
    expect(worker.get_by_text("K2: A call is fine")).to_be_visible()
    while_shown = more.bounding_box()
    worker.clock.fast_forward(5_500)
    expect(worker.get_by_text("K2: A call is fine")).to_have_count(0)
    assert while_shown == before == more.bounding_box()


def test_the_ways_on_from_my_notes_stay_where_they_are_when_the_list_comes(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    held: list[Route] = []
    worker.route("**/api/observations/mine", lambda route: held.append(route))
    with worker.expect_request("**/api/observations/mine"):
        worker.goto("/mine")
    ways = [worker.get_by_role("link", name=name) for name in ("Write a note", "Today")]
    before = [way.bounding_box() for way in ways]
    held[0].continue_()
    expect(worker.get_by_role("list", name="My notes")).to_be_visible()
    assert [way.bounding_box() for way in ways] == before
