"""axe finds nothing on any page, light or dark, on the device it is made for."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, TimeoutError, expect

from tests.e2e.steps import fold_out, pick
from tests.serving import Open


def _quiet(page: Page) -> None:
    """Wait until nothing is asked for; where that never comes, say what was asked for last, and what has no answer."""
    try:
        page.wait_for_load_state("networkidle")
    except TimeoutError:
        answered = [page.url, *page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")]
        last = [f"{r.method} {r.url}{'' if r.url in answered else ' (no answer)'}" for r in page.requests()[-12:]]
        pytest.fail("\n".join(["the page never came to rest:", *last]))


def violations(page: Page) -> list[str]:
    """What axe objects to, each with the places."""
    _quiet(page)
    found = Axe().run(page).response["violations"]
    return [f"{page.url} {v['id']}: {', '.join(str(n['target']) for n in v['nodes'])}" for v in found]


def worker_pages(page: Page) -> Iterator[Page]:
    expect(page.get_by_text("D.M. · P-104")).to_be_visible()
    for summary in ("Things I noticed", "What they want", "Someone who works for us"):
        fold_out(page, summary)
    yield page
    pick(page, "Are you away from the home?", "Yes")
    yield page
    page.get_by_role("button", name="Save note").click()
    expect(page.get_by_role("alert")).to_be_focused()
    yield page
    page.goto("/mine")
    expect(page.get_by_role("list", name="My notes")).to_be_visible()
    fold_out(page, "Phones that can send my notes")
    expect(page.get_by_text("This phone")).to_be_visible()
    yield page
    page.goto("/today")
    expect(page.get_by_label("Somebody else")).to_be_visible()
    yield page


def desk_pages(page: Page) -> Iterator[Page]:
    expect(page.get_by_role("list", name="What is due")).to_be_visible()
    yield page
    page.get_by_role("link", name="R. Linden").first.click()
    expect(page.get_by_role("heading", name="What was written")).to_be_visible()
    yield page
    for person in ("S. Ferris", "O. Brand"):
        page.goto("/cases")
        page.get_by_role("link", name=person).first.click()
        expect(page.get_by_role("region", name="Next step")).to_be_visible()
        yield page
        case = page.url.partition("id=")[2]
        for place in ("decide", "refer", "close"):
            page.goto(f"/{place}?id={case}")
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            yield page
    page.goto("/cases")
    expect(page.get_by_role("list", name="Cases")).to_be_visible()
    yield page
    page.get_by_role("link", name="S. Ferris").first.click()
    page.get_by_role("link", name="R1").first.click()
    expect(page.get_by_label("The letter")).to_be_visible()
    yield page
    for place, there in (("/rota", "Before you go"), ("/clocks", "Opening hours, Monday to Friday"), ("/told", "Notices")):
        page.goto(place)
        expect(page.get_by_role("heading", name=there)).to_be_visible()
        for folded in page.locator("summary").all():
            folded.click()
        yield page
    page.goto("/phones")
    expect(page.get_by_role("heading", name="Phones", level=1)).to_be_visible()
    yield page
    page.goto("/case?id=00000000-0000-4000-8000-000000000000")
    expect(page.get_by_text("There is no such thing here")).to_be_visible()
    yield page


def all_of_the_menu(page: Page) -> Iterator[Page]:
    """Every page that her menu leads to, and those beside each."""
    expect(page.get_by_role("navigation", name="Desk").get_by_role("link").nth(1)).to_be_visible()
    seen, ahead = set[str](), [page.url]
    while ahead:
        page.goto(ahead.pop())
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_text("Loading …")).to_have_count(0)
        seen.add(page.url)
        yield page
        links = page.locator("nav a").evaluate_all("found => found.map((link) => link.href.replace(/[/]?$/, '/'))")
        ahead += [link for link in dict.fromkeys(links) if link not in {*seen, *ahead}]
    assert len(seen) > 1


@pytest.mark.parametrize(("username", "dark"), [("manager", False), *[pytest.param(*at, marks=pytest.mark.long) for at in (
    ("manager", True), ("oncall", False), ("auditor", False), ("hr", False), ("rota", False), ("admin", False))]])
def test_axe_finds_nothing_on_any_page_of_the_menu(sign_in: Open, username: str, dark: bool) -> None:
    found = [v for page in all_of_the_menu(sign_in(username, dark=dark)) for v in violations(page)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("dark", [False, pytest.param(True, marks=pytest.mark.long)], ids=["light", "dark"])
@pytest.mark.parametrize(("username", "pages"), [("worker.a", worker_pages), ("lead", desk_pages)])
def test_axe_finds_nothing_on_any_page(sign_in: Open, username: str, pages, dark: bool) -> None:
    found = [v for page in pages(sign_in(username, dark=dark)) for v in violations(page)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("place", ["/sign-in", "/set-up?token=x", "/away/"])
def test_axe_finds_nothing_before_signing_in(server, browser, place: str, dark: bool) -> None:
    context = browser.new_context(base_url=server.url, color_scheme="dark" if dark else "light")
    page = context.new_page()
    page.goto(place)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    found = violations(page)
    context.close()
    assert not found, "\n".join(found)


def test_a_page_that_stays_open_into_the_evening_follows_the_device(sign_in: Open) -> None:
    worker = sign_in("worker.a")
    page = worker.locator("html")
    expect(worker.get_by_text("D.M. · P-104")).to_be_visible()
    expect(page).to_have_css("color-scheme", "light")
    worker.emulate_media(color_scheme="dark")
    expect(page).to_have_css("color-scheme", "light dark")
