"""Two servers of one installation, as a larger provider runs them or an upgrade has them for a while."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import APIRequestContext, Browser, expect

from tests.conftest import new_database
from tests.e2e.pictures import signed_in
from tests.e2e.steps import write_note
from tests.serving import PASSWORD, PHONE, TABLET, Server, otp, start_server, stop_server

pytestmark = pytest.mark.long
#: Neither the look that a screen takes by itself nor the sweep, which wakes screens too, can be what shows the note.
NOT_BY_ITSELF = """from datetime import timedelta
from sgapp.services import keeper
from sgapp.ui import live
keeper.EVERY, live.LOOK_EVERY_SECONDS = timedelta(hours=1), 3600"""


@pytest.fixture(params=["sqlite", "postgresql"])
def servers(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Server, Server]]:
    url = new_database(request.getfixturevalue("postgres")) if request.param == "postgresql" else ""
    first, process = start_server(tmp_path, first=NOT_BY_ITSELF, SGAPP_DATABASE_URL=url)
    second, other = start_server(tmp_path, first=NOT_BY_ITSELF, demo=False, SGAPP_DATABASE_URL=url)
    yield first, second
    for running in (process, other):
        stop_server(running)


def test_a_note_that_one_server_takes_in_is_counted_on_the_open_queue_of_another(
        servers: tuple[Server, Server], browser: Browser) -> None:
    lead = signed_in(browser, servers[0].url, "lead", TABLET, dark=False)
    expect(lead.get_by_role("list", name="What is due")).to_be_visible()
    worker = signed_in(browser, servers[1].url, "worker.a", PHONE, dark=False)
    reference = write_note(worker, person="D.M. · P-104", seen="The card was gone.")
    lead.get_by_role("button", name="1 new").click()
    expect(lead.get_by_role("listitem").filter(has_text=reference)).to_be_visible()


def _session(browser: Browser, server: Server, username: str) -> APIRequestContext:
    """Somebody signed in without a page."""
    request = browser.new_context(base_url=server.url).request
    answer = request.post("/api/session", data={"username": username, "password": PASSWORD, "otp": otp(server.url, username)})
    assert answer.status == 200, answer.text()
    return request


def _does(request: APIRequestContext, intent: str, **form: str) -> None:
    answer = request.post(f"/api/intents/{intent}", data={"intent_id": str(uuid.uuid4()), **form})
    assert answer.status == 200, answer.text()


#: Whose page it is, where it stands open, and where she goes first in the same tab.
PAGES = {"role": ("auditor", "/cases", "Cases"), "password": ("deputy", "/cases", "Cases"),
         "disabled": ("hr", "/matters", "Staff matters"), "elsewhere": ("manager", "/cases", "Cases")}


def test_what_ends_a_session_on_one_server_ends_the_pages_that_are_open_on_another(
        servers: tuple[Server, Server], browser: Browser) -> None:
    """Another role, another password, a disabled account, signed out elsewhere, and one disabled from the command line."""
    here, there = servers
    admin = _session(browser, there, "admin")

    def change(cause: str, username: str) -> None:
        if cause == "role":
            _does(admin, "change-role", username=username, role="worker")
        elif cause == "disabled":
            _does(admin, "disable-account", username=username)
        elif cause == "password":
            _does(_session(browser, there, username), "change-password", password=PASSWORD, new_password="walnut-harbour-lamp")
        else:
            _does(_session(browser, there, username), "end-session")

    for cause, (username, path, heading) in PAGES.items():
        page = signed_in(browser, here.url, username, TABLET, dark=False)
        page.goto("/account")
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        change(cause, username)
        page.wait_for_url("**/sign-in**")
    page = signed_in(browser, here.url, "nominated", TABLET, dark=False)
    expect(page.get_by_role("heading", level=1)).to_have_text("Today")
    assert there.command("user", "disable", "nominated").returncode == 0
    page.wait_for_url("**/sign-in**")
