"""Two servers of one installation, as a larger provider runs them or an upgrade has them for a while."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import new_database
from tests.e2e.pictures import signed_in
from tests.e2e.steps import write_note
from tests.serving import PHONE, TABLET, Server, start_server, stop_server

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
