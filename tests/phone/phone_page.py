"""The phone's own modules in a real browser, behind a link that can break, in front of a server that can be killed."""

import os
import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Route

from tests.phone.rough_network import RoughNetwork
from tests.serving import PASSWORD, PHONE, ROOT, Server, free_port, kill_server, start_server, stop_server

#: Milliseconds between tries, where a phone waits four seconds and two minutes.
PACE = {"first": 20, "last": 150}
POLICY = "default-src 'self'; script-src 'self'; connect-src 'self'"


def bundle(folder: Path) -> str:
    """The harness with the phone's modules, as one script."""
    for script in (*(ROOT / "sgapp" / "phone").glob("*.js"), ROOT / "tests" / "phone" / "harness.js"):
        shutil.copy(script, folder / script.name)
    shutil.copytree(ROOT / "sgapp" / "phone" / "words", folder / "words")
    (folder / "node_modules").symlink_to(ROOT / ".web" / "node_modules")
    made = folder / "made.js"
    command = [str(ROOT / ".venv" / "bin" / "node"), str(ROOT / ".web" / "node_modules" / ".bin" / "rolldown"),
               str(folder / "harness.js"), "--format", "iife", "--platform", "browser", "--file", str(made)]
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "UNRESOLVED_IMPORT" not in done.stdout + done.stderr, done.stdout + done.stderr
    return made.read_text(encoding="utf-8")


def seeded() -> tuple[int, random.Random]:
    """A seed, printed; SGAPP_TEST_SEED gives the one of an earlier run. It fixes the timetable, not the machine's speed."""
    seed = int(os.environ.get("SGAPP_TEST_SEED") or random.SystemRandom().randrange(10**6))
    print(f"seed {seed}: set SGAPP_TEST_SEED to it for the same timetable")  # noqa: T201 - shown when the test fails
    return seed, random.Random(seed)


class Office:
    """The server on a port and in a folder of its own, the same ones after every kill, and the link that leads to it."""

    def __init__(self, folder: Path, moments: random.Random) -> None:
        self.folder, self.port = folder, free_port()
        self.link = RoughNetwork(self.port, moments)
        self.address = f"http://localhost:{self.link.port}"
        self.server: Server
        self._process: subprocess.Popen[bytes] | None = None
        self.start(demo=True)

    def start(self, *, demo: bool = False) -> None:
        self.server, self._process = start_server(self.folder, demo=demo, port=self.port, SGAPP_PUBLIC_URL=self.address)

    def kill(self) -> None:
        assert self._process is not None
        kill_server(self._process)
        self._process = None

    def close(self) -> None:
        self.link.close()
        if self._process is not None:
            stop_server(self._process)


class PhonePage:
    """A phone: one browser context, in which tabs are opened, reloaded and closed."""

    def __init__(self, browser: Browser, office: Office, script: str, *, pace: dict[str, int] | None = None) -> None:
        self.office, self.pace = office, pace or PACE
        self.complaints: list[str] = []
        self.context: BrowserContext = browser.new_context(viewport=PHONE, has_touch=True, locale="en-GB",
                                                           base_url=office.address, service_workers="block")
        self.context.set_default_timeout(30_000)
        page = "<!doctype html><title>Visit notes</title><script src='/harness.js'></script>"
        self.context.route("**/harness.js", _gives("text/javascript", script))
        self.context.route("**/harness", _gives("text/html", page))

    def open(self, *, begin: bool = True) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto("/harness")
        if begin:
            self.begin(page)
        return page

    def begin(self, page: Page) -> None:
        page.evaluate("(pace) => harness.begin(pace)", self.pace)

    def reload(self, page: Page) -> None:
        page.goto("/harness")
        self.begin(page)

    def sign_in(self, page: Page, username: str) -> None:
        """Sign in past the link, then let the phone meet the office over it, however often that takes."""
        answer = self.context.request.post(f"{self.office.server.url}/api/session", headers={"X-Requested-With": "sgapp"},
                                           data={"username": username, "password": PASSWORD})
        assert answer.ok, answer.text()
        account = answer.json()["id"]
        until(page, "(account) => harness.meet().then(() => harness.enrolled(account), () => false)", account)
        until(page, "() => harness.refreshKey().then((key) => key !== null)")

    def close(self) -> None:
        self.context.close()


def _gives(kind: str, body: str) -> Callable[[Route], None]:
    headers = {"content-security-policy": POLICY, "cache-control": "no-store"}

    def give(route: Route) -> None:
        route.fulfill(status=200, content_type=kind, body=body, headers=headers)

    return give


def until(page: Page, says: str, argument: Any = None, *, seconds: float = 60,
          otherwise: Callable[[], str] = lambda: "") -> None:
    """Wait until what the page says comes true. `otherwise` tells how it stands where it never does."""
    for _ in range(int(seconds * 20)):
        if page.evaluate(says, argument):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never came true: {says} {otherwise()}")


def fill_storage(page: Page) -> None:
    """From now on this page meets a full phone: what it writes fails, what it deletes does not."""
    page.evaluate("""() => {
      IDBObjectStore.prototype.put = () => { throw new DOMException("no room", "QuotaExceededError"); };
    }""")


def close_anyhow(page: Page) -> None:
    try:
        page.close()
    except Error:
        return
