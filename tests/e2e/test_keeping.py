"""Ten years on: what is left of an adult's records is looked at, asked for, agreed to by a second person, and gone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from sgapp.services.demo import load_demo
from sgapp.services.demo_history import load_history
from sgapp.services.house import House
from sgapp.settings import Settings
from tests.e2e.pictures import signed_in
from tests.e2e.steps import fold_out
from tests.serving import PASSWORD, TABLET, Server, start_server, stop_server

LONG_AGO = datetime.now(UTC) - timedelta(days=10 * 366)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A demo whose people were looked after ten years ago."""
    folder = tmp_path_factory.mktemp("long-ago")
    house = House(Settings(data=folder / "data", keys=folder / "keys", demo_password=PASSWORD))
    house.prepare()
    load_demo(house, now=LONG_AGO)
    load_history(house, now=LONG_AGO)
    house.engine.dispose()
    made, process = start_server(folder)
    yield made
    stop_server(process)


def _at_the_desk(browser: Browser, server: Server, who: str) -> Page:
    return signed_in(browser, server.url, who, TABLET, dark=False)


def _open_marlow(page: Page) -> None:
    page.goto("/records")
    page.get_by_role("searchbox").fill("marlow")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("list", name="Found").get_by_role("link", name="Dennis Marlow").click()
    expect(page.get_by_role("heading", name="Dennis Marlow")).to_be_visible()


def test_two_people_let_an_adults_records_go_and_a_certificate_says_so(browser: Browser, server: Server) -> None:
    manager, nominated = _at_the_desk(browser, server, "manager"), _at_the_desk(browser, server, "nominated")
    # Somebody is still down as visiting, so the manager records when care ended
    _open_marlow(manager)
    expect(manager.get_by_text("Somebody visits.")).to_be_visible()
    fold_out(manager, "When care ended")
    manager.get_by_label("Care ended on").fill(f"{LONG_AGO.date() + timedelta(days=90)}")
    manager.get_by_role("button", name="Record it").click()
    expect(manager.get_by_text("Its years were over on")).to_be_visible()
    assert Axe().run(manager).response["violations"] == []
    # A reason that says nothing is asked for again, and stays as it was typed
    manager.get_by_label("Why it can go").fill("Old")
    manager.get_by_role("button", name="Ask for its disposal").click()
    expect(manager.get_by_text("in a sentence that still makes sense in years").first).to_be_visible()
    expect(manager.get_by_label("Why it can go")).to_have_value("Old")
    manager.get_by_label("Why it can go").fill("Nothing of it is needed any more.")
    manager.get_by_role("button", name="Ask for its disposal").click()
    expect(manager.get_by_role("heading", name="Waits for a second person")).to_be_visible()
    expect(manager.get_by_role("button", name="Agree")).to_have_count(0)
    # The second person finds it on her list, mistypes, and agrees
    nominated.goto("/records")
    row = nominated.get_by_role("listitem").filter(has_text="Dennis Marlow")
    expect(row).to_contain_text("Waits for a second person")
    assert Axe().run(nominated).response["violations"] == []
    row.get_by_role("link", name="Dennis Marlow").click()
    nominated.get_by_label("Type the reference once more").fill("P-401")
    nominated.get_by_role("button", name="Agree: dispose of it for good").click()
    expect(nominated.get_by_text("Nothing was changed.").first).to_be_visible()
    nominated.get_by_label("Type the reference once more").fill("p-104")
    nominated.get_by_role("button", name="Agree: dispose of it for good").click()
    nominated.wait_for_url("**/records**")
    # Then nothing of him is left but a certificate without his name
    gone = nominated.get_by_role("list", name="Disposed of")
    expect(gone).to_contain_text("Certificate 1")
    with nominated.expect_download() as download:
        gone.get_by_role("link", name="Download").click()
    pdf = PdfReader(BytesIO(Path(download.value.path()).read_bytes()))
    assert "Marlow" not in " ".join(page.extract_text() for page in pdf.pages)
    manager.reload()
    expect(manager.get_by_text("There is no such thing here")).to_be_visible()
    manager.goto("/cases")
    expect(manager.get_by_role("list", name="Cases")).to_be_visible()
    expect(manager.get_by_text("Marlow")).to_have_count(0)
    verified = server.command("audit", "verify")
    assert verified.returncode == 0, verified.stdout
    for page in (manager, nominated):
        page.context.close()
