"""Finds a Chromium for the browser tests, or installs one, and says what it did.

Order: SGAPP_CHROMIUM, Playwright's own, one on the PATH, Playwright's download, the system's package.
"""

import os
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync")


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _on_path() -> str | None:
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@lru_cache(maxsize=1)
def chromium() -> str | None:
    """The path of a Chromium that is there already; None if there is none."""
    return os.environ.get("SGAPP_CHROMIUM") or _on_path() or _playwrights_own()


def _run(*command: str) -> bool:
    try:
        return subprocess.run(command, check=False, timeout=600, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _install() -> str | None:
    chromium.cache_clear()
    if _run(sys.executable, "-m", "playwright", "install", "chromium") and (found := _playwrights_own()):
        return found
    if shutil.which("apt-get") and os.geteuid() == 0:
        _run("apt-get", "update", "-qq")
        _run("apt-get", "install", "-y", "-qq", "chromium")
    return _on_path()


def main() -> int:
    """Say which Chromium the tests will drive; 1 if there is none and none could be installed."""
    if found := chromium():
        sys.stdout.write(f"Browser tests drive {found}\n")
        return 0
    sys.stdout.write("No Chromium found; installing one\n")
    if found := _install():
        sys.stdout.write(f"Installed {found}\n")
        return 0
    sys.stdout.write("No Chromium could be installed. Install one, or set SGAPP_CHROMIUM to its path.\n")
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
