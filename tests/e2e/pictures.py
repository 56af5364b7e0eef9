"""Takes the pictures that the documents show, and those a reviewer looks at: `python -m tests.e2e.pictures FOLDER`."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import ARGUMENTS, chromium
from tests.serving import PHONE, TABLET, sign_in_by, start_server, stop_server


def signed_in(browser: Browser, url: str, username: str, size: dict[str, int], *, dark: bool) -> Page:
    context = browser.new_context(viewport=size, base_url=url, locale="en-GB", timezone_id="Europe/London",
                                  color_scheme="dark" if dark else "light")
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto("/sign-in")
    sign_in_by(page, url, username)
    return page


def shoot(page: Page, folder: Path, name: str, *, whole: bool = True) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / f"{name}.png", full_page=whole)


def walk(browser: Browser, url: str, folder: Path) -> None:
    """Every page once, on its own device, light and dark."""
    for tone in ("light", "dark"):
        dark = tone == "dark"
        for device, size in (("phone", PHONE), ("tablet", TABLET)):
            page = browser.new_context(viewport=size, base_url=url, color_scheme="dark" if dark else "light").new_page()
            page.goto("/sign-in")
            shoot(page, folder, f"sign-in-{device}-{tone}")
        phone = signed_in(browser, url, "worker.a", PHONE, dark=dark)
        phone.get_by_text("D.M. · P-104").wait_for()
        shoot(phone, folder, f"note-form-{tone}")
        shoot(phone, folder, f"note-form-first-{tone}", whole=False)
        phone.get_by_role("button", name="Save note").click()
        shoot(phone, folder, f"note-form-missing-{tone}", whole=False)
        phone.goto("/mine")
        phone.get_by_role("list", name="My notes").wait_for()
        shoot(phone, folder, f"mine-{tone}")
        desk_pages(signed_in(browser, url, "lead", TABLET, dark=dark), folder, tone)
        small = signed_in(browser, url, "lead", PHONE, dark=dark)
        small.get_by_role("list", name="What is due").wait_for()
        shoot(small, folder, f"queue-phone-{tone}")


def desk_pages(desk: Page, folder: Path, tone: str) -> None:
    desk.get_by_role("list", name="What is due").wait_for()
    shoot(desk, folder, f"queue-{tone}")
    desk.get_by_role("link", name="R. Linden").first.click()
    desk.get_by_text("What was written").wait_for()
    shoot(desk, folder, f"note-{tone}")
    for row, name in (("S. Ferris", "waiting"), ("D. Marlow", "closed"), ("O. Brand", "watched")):
        desk.goto("/cases")
        desk.get_by_role("link", name=row).first.click()
        desk.get_by_role("region", name="Next step").wait_for()
        shoot(desk, folder, f"case-{name}-{tone}")
    case = desk.url.partition("id=")[2]
    for place in ("decide", "refer", "close"):
        desk.goto(f"/{place}?id={case}")
        desk.get_by_role("heading", level=1).wait_for()
        shoot(desk, folder, f"{place}-{tone}")
    desk.goto("/account")
    desk.get_by_role("list", name="Where you are signed in").wait_for()
    shoot(desk, folder, f"account-{tone}")
    desk.goto("/phones")
    desk.get_by_role("list", name="Phones").wait_for()
    shoot(desk, folder, f"phones-{tone}")
    desk.goto("/cases")
    shoot(desk, folder, f"cases-{tone}")
    desk.get_by_role("link", name="S. Ferris").first.click()
    desk.get_by_role("link", name="R1").first.click()
    desk.get_by_text("As it leaves").wait_for()
    shoot(desk, folder, f"referral-{tone}")


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        server, process = start_server(Path(place))
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        try:
            walk(browser, server.url, folder)
        finally:
            browser.close()
            stop_server(process)


if __name__ == "__main__":
    main()
