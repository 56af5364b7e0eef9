"""Draws the installed app's icons from assets/icon.svg, when that has changed: `python -m tests.icons`."""

from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import ARGUMENTS, chromium

ASSETS = Path(__file__).resolve().parents[1] / "assets"
ROUNDED = (("icon-64.png", 64), ("icon-192.png", 192), ("icon-512.png", 512))
#: Filled to the edge, because the phone cuts its own shape out of them. The lines of the sheet lie within the middle
#: 80 %, which no phone cuts off.
FULL = (("icon-maskable-192.png", 192), ("icon-maskable-512.png", 512), ("apple-touch-icon.png", 180))


def main() -> None:
    drawing = (ASSETS / "icon.svg").read_text(encoding="utf-8")
    full = drawing.replace(' rx="14"', "")
    if full == drawing:
        raise SystemExit("icon.svg has no rounded corners to square; has it changed shape?")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        page = browser.new_page()
        for icons, svg in ((ROUNDED, drawing), (FULL, full)):
            for name, size in icons:
                page.set_viewport_size({"width": size, "height": size})
                page.set_content(f"<style>body {{ margin: 0 }} svg {{ display: block; width: {size}px }}</style>{svg}")
                page.screenshot(path=ASSETS / name, omit_background=icons is ROUNDED)
        browser.close()


if __name__ == "__main__":
    main()
