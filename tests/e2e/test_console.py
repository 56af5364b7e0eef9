"""Every page opens under the content policy without one complaint of the browser."""

import pytest
from playwright.sync_api import Browser, Page, expect

from sgapp.ui import pages
from tests.e2e.pictures import signed_in
from tests.serving import TABLET, Open, Server

pages.load_pages()
#: Written into each page before anything of its own: what the policy stopped, by which of its lines.
_LISTEN = """document.addEventListener('securitypolicyviolation', (event) => {
  window.stopped = [...(window.stopped ?? []), `${event.violatedDirective}: ${event.blockedURI}`]
})"""


def _routes(page: Page) -> list[str]:
    """Each page once; those about one record with a record of the demo, if this person can open one."""
    page.goto("/cases")
    page.wait_for_load_state("networkidle")
    case = page.get_by_role("list", name="Cases").get_by_role("link")
    record = (case.first.get_attribute("href") or "").partition("id=")[2] if case.count() else "nothing"
    return [f"{route if route.startswith('/') else f'/{route}'}?id={record}" for route in pages.PAGES]


@pytest.mark.parametrize("who", ["manager", *(pytest.param(who, marks=pytest.mark.long)
                                              for who in ("worker.a", "auditor", "hr", "rota", "admin"))])
def test_no_page_brings_an_error_to_the_console_or_meets_the_policy(sign_in: Open, who: str) -> None:
    """`sign_in` itself fails the test for an error in the console or one that nobody caught."""
    page = sign_in(who)
    page.add_init_script(_LISTEN)
    stopped = {}
    for route in _routes(page):
        page.goto(route)
        expect(page.locator("main > *").first).to_be_attached()
        expect(page.locator("main .waiting")).to_have_count(0)
        if found := page.evaluate("window.stopped"):
            stopped[route] = found
    assert stopped == {}


def test_the_policy_is_there_and_stops_what_is_not_ours(browser: Browser, server: Server) -> None:
    """The control: what comes from elsewhere is stopped, and the listener says so."""
    page = signed_in(browser, server.url, "manager", TABLET, dark=False)
    page.add_init_script(_LISTEN)
    answer = page.goto("/cases")
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert [word for word in ("unsafe-inline", "unsafe-eval", "*", "http://", "https://") if word in policy] == []
    page.evaluate("""() => {
      const picture = document.createElement('img')
      picture.src = 'https://elsewhere.example/picture.png'
      document.body.append(picture)
    }""")
    page.wait_for_function("window.stopped?.length")
    assert page.evaluate("window.stopped")[0].startswith("img-src")
    page.context.close()
