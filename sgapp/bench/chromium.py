"""Finds the Chromium that a bench or a test drives: SGAPP_CHROMIUM, one on the PATH, Playwright's own."""

import os
import shutil
from functools import lru_cache
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync")


def on_path() -> str | None:
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def playwrights_own() -> str | None:
    """The one that Playwright downloaded; None if it did not. Raises ImportError without Playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


@lru_cache(maxsize=1)
def chromium() -> str | None:
    """The path of a Chromium that is there already; None if there is none."""
    return os.environ.get("SGAPP_CHROMIUM") or on_path() or playwrights_own()
