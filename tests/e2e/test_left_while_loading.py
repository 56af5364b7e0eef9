"""With Redis: a page that is left while it still loads keeps the next page of its tab waiting for nothing."""

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.pictures import signed_in
from tests.security.test_nothing_readable_at_rest import running
from tests.serving import TABLET, Server

__all__ = ["running"]  # a fixture
#: A lock that nobody holds any more would last ten seconds.
SOON_MS = 7_000


@pytest.mark.long
@pytest.mark.parametrize("running", ["postgresql, redis"], indirect=True)
def test_the_next_page_of_a_tab_does_not_wait_for_the_one_that_was_left(running: tuple[Server, str], browser: Browser) -> None:
    server, _ = running
    for _ in range(12):
        page = signed_in(browser, server.url, "lead", TABLET, dark=False)  # its first page has only begun to load
        page.goto("/desk")
        expect(page.get_by_role("list", name="What is due")).to_be_visible(timeout=SOON_MS)
        page.context.close()
