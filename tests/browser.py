"""Finds a Chromium for the browser tests, or installs one, and says what it did.

Order: SGAPP_CHROMIUM, Playwright's own, one on the PATH, Playwright's download, the system's package.
"""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from sgapp.bench.chromium import ARGUMENTS, chromium, on_path, playwrights_own

__all__ = ["ARGUMENTS", "chromium", "kill_browser"]


def kill_browser(folder: Path) -> None:
    """kill -9, of the browser that holds this profile and of nothing else."""
    killed = 0
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            with suppress(OSError):
                if f"--user-data-dir={folder}".encode() in (place / "cmdline").read_bytes().split(b"\0"):
                    os.kill(int(place.name), signal.SIGKILL)
                    killed += 1
    assert killed, f"no browser holds {folder}"


def _run(*command: str) -> bool:
    try:
        return subprocess.run(command, check=False, timeout=600, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def install_packages(*names: str, lean: bool = False) -> None:
    """Ask the system for these packages, where it is a Debian and this is root; else nothing happens."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        _run("apt-get", "update", "-qq")
        _run("apt-get", "install", "-y", "-qq", *(["--no-install-recommends"] if lean else []), *names)


def _install() -> str | None:
    chromium.cache_clear()
    if _run(sys.executable, "-m", "playwright", "install", "chromium") and (found := playwrights_own()):
        return found
    install_packages("chromium")
    return on_path()


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
