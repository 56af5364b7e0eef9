"""Going from page to page without loading anew: each style sheet is there once, and the page says what it is."""

import re

from playwright.sync_api import Page, expect

from tests.serving import Open

SHEETS = """
() => [...document.querySelectorAll("link[rel=stylesheet]")].map((sheet) => sheet.getAttribute("href").split("-")[0])
"""
EACH_ONCE = ["/assets/__reflex_global_styles", "/desk.css"]
#: Set on the window of one document: gone after a page was loaded anew.
STAYED = "() => window.stayed === true"


def _goes(page: Page, link: str, title: str) -> list[str]:
    page.get_by_role("link", name=link, exact=True).first.click()
    expect(page).to_have_title(re.compile(title))
    return sorted(page.evaluate(SHEETS))


def test_the_desk_keeps_its_style_sheets_and_its_title_from_page_to_page(sign_in: Open) -> None:
    page = sign_in("lead", phone=False)
    page.evaluate("() => { window.stayed = true }")
    found = [_goes(page, link, title) for link, title in (("Cases", "Cases"), ("Actions", "Actions"), ("Today", "Desk"))]
    assert (found, page.evaluate(STAYED)) == ([EACH_ONCE] * 3, True)
    expect(page.locator(".desk")).to_have_css("display", "grid")


def test_whoever_comes_to_the_desk_from_a_page_without_its_style_sheet_sees_it_with_it(sign_in: Open) -> None:
    page = sign_in("lead", phone=False)
    page.goto("/sign-in")
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_enabled()
    page.evaluate("() => { window.stayed = true; window.__reactRouterDataRouter.navigate('/desk') }")
    expect(page).to_have_title(re.compile("Desk"))
    expect(page.locator(".desk")).to_have_css("display", "grid")
    expect(page.locator("body")).to_have_css("visibility", "visible")
    assert (sorted(page.evaluate(SHEETS)), page.evaluate(STAYED)) == (EACH_ONCE, True)
