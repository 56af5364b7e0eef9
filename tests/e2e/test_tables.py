"""A list from another system comes in by the page: looked through first, refused with reasons, mended, and in by one button."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.e2e.steps import pick
from tests.serving import Open, Server, start_server, stop_server

MENDED = "Client No,Full name,Care ended\nP-700,Zoe Ash,\nP-701,Bo Hill,2026-09-01\n"
BAD = MENDED.replace("2026-09-01", "soon") + "P-702,,\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A demo of its own: what comes in here is in nobody else's way."""
    made, process = start_server(tmp_path_factory.mktemp("tables"))
    yield made
    stop_server(process)


def _at_tables(sign_in: Open, who: str, **device: bool) -> Page:
    page = sign_in(who, **device)
    page.goto("/tables")
    expect(page.get_by_role("heading", name="Take a table in")).to_be_visible()
    return page


def _choose(page: Page, name: str, text: str) -> None:
    page.get_by_label(re.compile("Choose (a|another) file")).set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": text.encode()})


def test_a_manager_takes_adults_in_after_mending_what_was_refused_and_takes_them_along_again(
        sign_in: Open, server: Server, tmp_path: Path) -> None:
    page = _at_tables(sign_in, "manager")
    pick(page, "What is in the table?", "Adults")
    # One column goes by a name that is not known
    _choose(page, "clients.csv", BAD)
    expect(page.get_by_text("Chosen: clients.csv")).to_be_visible()
    expect(page.get_by_text("Say which column tells this.")).to_be_visible()
    expect(page.get_by_role("button", name="Take in")).to_have_count(0)
    page.get_by_label("Reference").select_option(label="Client No")
    # Each row that cannot be taken is named; what was chosen stays
    refused = page.get_by_role("alert")
    expect(refused).to_be_focused()
    expect(refused.get_by_role("row", name="3 “soon” is no day. Write 2026-11-23 or 23/11/2026.")).to_be_visible()
    expect(refused.get_by_role("row", name="4 There is no name.")).to_be_visible()
    expect(page.get_by_text("Chosen: clients.csv")).to_be_visible()
    assert Axe().run(page).response["violations"] == []
    expect(page.get_by_role("button", name="Take in")).to_have_count(0)
    # A column can be left out: then one reason is gone
    page.get_by_label("Day care ended").select_option(label="Not in this table")
    expect(page.get_by_role("alert").get_by_role("row")).to_have_count(2)
    # Mended and chosen once more
    _choose(page, "clients.csv", MENDED)
    page.get_by_label("Reference").select_option(label="Client No")
    counts = page.get_by_label("What would come in")
    expect(counts).to_contain_text("New2")
    page.get_by_role("button", name="Take in 2 rows").click()
    expect(page.get_by_role("status").filter(has_text="2 new, 0 changed, 0 as they were.")).to_be_focused()
    assert Axe().run(page).response["violations"] == []
    # Next: who visits them
    page.get_by_role("button", name="Next: who visits whom").click()
    _choose(page, "rota.csv", "person,worker\nP-700,worker.a\n")
    page.get_by_role("button", name="Take in 1 row").click()
    expect(page.get_by_text("1 new, 0 changed, 0 as they were.")).to_be_visible()
    # The same once more changes nothing
    page.get_by_role("button", name="Take in another table").click()
    _choose(page, "rota.csv", "person,worker\nP-700,worker.a\n")
    expect(page.get_by_text("There is nothing to take in.")).to_be_visible()
    # And out again, as the command writes it
    with page.expect_download() as taken:
        page.get_by_role("list", name="Take a table along").get_by_role("link", name="Adults").click()
    done = server.command("export", "people", str(tmp_path / "people.csv"))
    assert done.returncode == 0, done.stdout
    assert Path(taken.value.path()).read_text() == (tmp_path / "people.csv").read_text()


def test_an_administrator_sees_the_codes_of_new_colleagues_once(sign_in: Open) -> None:
    page = _at_tables(sign_in, "admin")
    expect(page.get_by_role("group", name="What is in the table?")).to_have_count(0)
    _choose(page, "staff.csv", "User name,Full name,Job\nnew.one,Nia One,care worker\nnew.two,Nia Two,senior\n")
    page.get_by_role("button", name="Take in 2 rows").click()
    row = page.get_by_role("region", name="Codes").get_by_role("row", name="new.one Nia One")
    first, second = row.get_by_role("cell").last.inner_text().split()
    assert Axe().run(page).response["violations"] == []
    page.reload()
    expect(page.get_by_role("heading", name="Take a table in")).to_be_visible()
    expect(page.get_by_text(first)).to_have_count(0)
    # Her code lets its owner choose her password
    answer = page.request.post("/api/new-password", headers={"X-Requested-With": "sgapp"}, data={
        "username": "new.one", "first": first, "second": second, "password": "copper-lantern-orchard"})
    assert answer.status == 204


def test_without_an_answer_the_file_stays_and_the_same_intent_is_sent_again(sign_in: Open) -> None:
    page = _at_tables(sign_in, "admin", phone=True)
    _choose(page, "staff.csv", "username,name,role\nnew.six,Nia Six,worker\n")
    expect(page.get_by_role("button", name="Take in 1 row")).to_be_visible()

    def taken_and_lost(route: Route) -> None:
        """It comes in, and the answer is lost on its way."""
        assert route.fetch().status == 200
        route.abort("internetdisconnected")

    page.route("**/api/tables/staff?*", taken_and_lost, times=1)
    page.get_by_role("button", name="Take in 1 row").click()
    expect(page.get_by_role("alert")).to_contain_text("No answer came. The file is still here.")
    expect(page.get_by_text("Chosen: staff.csv")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("1 new, 0 changed, 0 as they were.")).to_be_visible()
    expect(page.get_by_role("region", name="Codes").get_by_role("row", name="new.six")).to_be_visible()


def test_a_workbook_is_refused_with_what_to_do_and_a_large_table_says_how_far_it_is(sign_in: Open) -> None:
    page = _at_tables(sign_in, "manager")
    pick(page, "What is in the table?", "Adults")
    _choose(page, "clients.xlsx", "PK\x03\x04")
    expect(page.get_by_role("alert")).to_contain_text("Save it as “CSV UTF-8” and try again. Nothing was changed.")
    # It may take a second only: all that is said and drawn meanwhile is kept, so that no look comes too late.
    page.evaluate("""() => {
      window.told = [];
      const parts = () => [...document.querySelectorAll("main [role=status], main progress")];
      new MutationObserver(() => window.told.push(parts().map((part) => part.textContent || part.tagName).join(" ")))
        .observe(document.body, { childList: true, characterData: true, subtree: true });
    }""")
    _choose(page, "large.csv", "reference,name\n" + "".join(f"L-{n},Person {n}\n" for n in range(60_000)))
    expect(page.get_by_role("button", name="Take in 60,000 rows")).to_be_visible(timeout=30_000)
    told = page.evaluate("window.told")
    assert [words for words in told if re.search(r"[\d,]+ of 60,000 rows … PROGRESS", words)]


def test_whoever_keeps_no_tables_finds_none(sign_in: Open) -> None:
    page = sign_in("lead")
    page.goto("/tables")
    expect(page.get_by_text("There is no such thing here")).to_be_visible()
    expect(page.get_by_role("link", name="Tables")).to_have_count(0)
