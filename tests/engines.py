"""Drives the browsers that Playwright cannot: Debian's Firefox over WebDriver BiDi, WebKitGTK over W3C WebDriver.

Neither is a phone's browser, and WebKitGTK is not Safari. `python -m tests.engines` installs them; `make verify` does that.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

from tests.browser import install_packages
from tests.serving import PHONE, free_port

STARTS_WITHIN_S = 60
ANSWERS_WITHIN_S = 40
COMES_WITHIN_S = 90  # the phone tries again by itself, with longer and longer pauses

#: The middle of the first element that shows, may be used, has these words and stands still.
PLACE_OF = """
  const words = (e) => (e.getAttribute("aria-label") ?? e.textContent).trim();
  const there = (e) => e.getClientRects().length > 0 && !e.disabled;
  const middle = (box) => [Math.round(box.left + box.width / 2), Math.round(box.top + box.height / 2)];
  const frame = () => new Promise((drawn) => requestAnimationFrame(drawn));
  const found = [...document.querySelectorAll(selector)].find((e) => there(e) && words(e) === text);
  if (!found) return null;
  found.scrollIntoView({ block: "center", behavior: "instant" });
  const before = middle(found.getBoundingClientRect());
  await frame();
  await frame();
  const [x, y] = middle(found.getBoundingClientRect());
  const top = document.elementFromPoint(x, y);
  return x === before[0] && y === before[1] && found.contains(top) ? [x, y] : null;
"""


class EngineUnavailable(Exception):
    """This engine is not on this machine, or does not start on it; the message says which and why."""


class Window(ABC):
    """One window of a browser, driven with a real mouse and keyboard. Scripts are for looking."""

    version: str
    complaints: list[str]  #: errors of scripts that the browser reported; always empty where it reports none

    @abstractmethod
    def go(self, url: str) -> None:
        """Open an address and wait until it has loaded. Raises RuntimeError where the browser could not."""

    @abstractmethod
    def run(self, body: str, **named: object) -> Any:
        """What an async function with this body returns, given these names."""

    @abstractmethod
    def _act(self, sources: list[dict[str, Any]]) -> None: ...

    def until(self, body: str, **named: object) -> Any:
        """Wait until this body returns something that counts as true; that."""
        end = time.monotonic() + COMES_WITHIN_S
        while not (found := self._ask(body, named)):
            if time.monotonic() > end:
                raise AssertionError(f"never came true: {body.strip()} {named or ''}\n{self.words()[:1500]}")
            time.sleep(0.1)  # a page tells nobody outside when it has drawn
        return found

    def _ask(self, body: str, named: dict[str, object]) -> Any:
        try:
            return self.run(body, **named)
        except RuntimeError:
            return None  # the page went away while it was asked

    def words(self) -> str:
        """What the page shows as text."""
        return self._ask("return document.body.innerText", {}) or ""

    def shows(self, text: str) -> None:
        self.until("return document.body.innerText.includes(text)", text=text)

    def arrives(self, path: str) -> None:
        """Wait for a page of ours, whether or not its address ends in a stroke."""
        self.until("return [path, `${path}/`].includes(location.pathname) && document.readyState === 'complete'", path=path)

    def tap(self, selector: str, text: str) -> None:
        """Click the middle of the element with these words, once it is there to be clicked."""
        x, y = self.until(PLACE_OF, selector=selector, text=text)
        self._act([{"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": [
            {"type": "pointerMove", "x": x, "y": y, "duration": 0}, {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0}]}])

    def fill(self, label: str, text: str) -> None:
        """Type into the field of this label."""
        self.tap("label", label)
        self.until("return document.activeElement.labels?.[0]?.textContent.trim() === label", label=label)
        self.press(text)
        self.until("return document.activeElement.value === text", text=text)

    def press(self, keys: str) -> None:
        strokes = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self._act([{"type": "key", "id": "keyboard", "actions": strokes}])


# --- Firefox ---------------------------------------------------------------------------------------------------------

#: A fresh profile that asks nobody outside for anything. Service workers are as a user has them.
FIREFOX_PREFS = {
    "app.normandy.enabled": False, "app.update.enabled": False, "browser.safebrowsing.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False, "browser.startup.homepage_override.mstone": "ignore",
    "browser.aboutwelcome.enabled": False, "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False, "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,", "toolkit.telemetry.enabled": False, "extensions.update.enabled": False,
}


class FirefoxWindow(Window):
    def __init__(self, socket: ClientConnection) -> None:
        self._socket, self._count = socket, 0
        self.complaints = []
        self.version = f"Firefox {self._call('session.new', capabilities={})['capabilities']['browserVersion']}"
        self._context = self._call("browsingContext.getTree")["contexts"][0]["context"]
        self._call("browsingContext.setViewport", context=self._context, viewport=PHONE)
        self._call("session.subscribe", events=["log.entryAdded"])

    def _call(self, method: str, **params: object) -> dict[str, Any]:
        self._count += 1
        self._socket.send(json.dumps({"id": self._count, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv(timeout=ANSWERS_WITHIN_S))
            if answer.get("method") == "log.entryAdded" and answer["params"]["level"] == "error":
                self.complaints.append(answer["params"]["text"] or "")
            if answer.get("id") == self._count:
                break
        if answer["type"] == "error":
            raise RuntimeError(f"{method}: {answer['error']}: {answer['message']}")
        return answer["result"]

    def go(self, url: str) -> None:
        self._call("browsingContext.navigate", context=self._context, url=url, wait="complete")

    def run(self, body: str, **named: object) -> Any:
        found = self._call("script.evaluate", target={"context": self._context}, awaitPromise=True,
                           expression=f"({_program(body, named)})().then((found) => JSON.stringify(found ?? null))")
        if found["type"] == "exception":
            raise RuntimeError(found["exceptionDetails"]["text"])
        return json.loads(found["result"]["value"])

    def _act(self, sources: list[dict[str, Any]]) -> None:
        self._call("input.performActions", context=self._context, actions=sources)


@contextmanager
def firefox(folder: Path) -> Iterator[Window]:
    """Debian's Firefox, started without a screen; what it keeps stays in `folder`."""
    binary = _found("Firefox", shutil.which("firefox-esr") or shutil.which("firefox"))
    profile = folder / "profile"
    profile.mkdir(parents=True, exist_ok=True)
    prefs = "".join(f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in FIREFOX_PREFS.items())
    (profile / "user.js").write_text(prefs)
    log = folder / "firefox.log"
    command = [binary, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"]
    with ExitStack() as ends:
        process = ends.enter_context(_process(command, log, {"HOME": str(folder)}))
        address = _said("Firefox", process, log, r"WebDriver BiDi listening on (ws://\S+)")
        yield FirefoxWindow(ends.enter_context(connect(f"{address}/session", max_size=None)))


# --- WebKitGTK -------------------------------------------------------------------------------------------------------


class WebKitWindow(Window):
    def __init__(self, driver: httpx.Client) -> None:
        self._driver, self._session = driver, ""
        self.complaints = []  # its driver hands out none
        made = self._call("POST", "/session", {"capabilities": {}})
        self._session = f"/session/{made['sessionId']}"
        self.version = f"WebKitGTK {made['capabilities']['browserVersion']}"
        self._call("POST", "/window/rect", {"x": 0, "y": 0, **PHONE})  # as narrow as its toolbar lets it be

    def _call(self, method: str, path: str, body: object = None) -> Any:
        answer = self._driver.request(method, self._session + path, json=body)
        value = answer.json()["value"]
        if answer.is_error:
            raise RuntimeError(f"{path}: {value['error']}: {value['message']}")
        return value

    def go(self, url: str) -> None:
        self._call("POST", "/url", {"url": url})

    def run(self, body: str, **named: object) -> Any:
        script = f"""const done = arguments[arguments.length - 1];
          ({_program(body, named)})().then((found) => done({{ found: found ?? null }}), (why) => done({{ why: `${{why}}` }}))"""
        said = self._call("POST", "/execute/async", {"script": script, "args": []})
        if "why" in said:
            raise RuntimeError(said["why"])
        return said["found"]

    def _act(self, sources: list[dict[str, Any]]) -> None:
        self._call("POST", "/actions", {"actions": sources})

    def close(self) -> None:
        self._call("DELETE", "")


@contextmanager
def webkitgtk(folder: Path) -> Iterator[Window]:
    """WebKitGTK's MiniBrowser on a screen of its own that nobody sees. Under automation it keeps nothing when it ends."""
    screen = _found("WebKitGTK's screen", shutil.which("Xvfb"))
    binary = _found("WebKitGTK", shutil.which("WebKitWebDriver"))
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "webkit.log"
    port = free_port()
    with ExitStack() as ends:
        seen = ends.enter_context(_process([screen, "-displayfd", "2", "-screen", "0", "800x1100x24", "-nolisten", "tcp"],
                                           folder / "screen.log", {}))
        display = _said("WebKitGTK's screen", seen, folder / "screen.log", r"^(\d+)$")
        home = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "DISPLAY": f":{display}", "NO_AT_BRIDGE": "1"}
        process = ends.enter_context(_process([binary, f"--port={port}"], log, home))
        driver = ends.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=ANSWERS_WITHIN_S))
        _answers(process, driver, log)
        try:
            window = WebKitWindow(driver)
        except (RuntimeError, httpx.HTTPError) as why:
            raise EngineUnavailable(f"WebKitGTK does not start here: {why}") from why
        ends.callback(window.close)
        yield window


# --- both ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Engine:
    """One of the other browsers: `open(folder)` starts it anew; `keeps` says whether the folder outlives it."""

    name: str
    programs: dict[str, str]  #: Debian's package to the program that is looked for
    open: Callable[[Path], AbstractContextManager[Window]]
    keeps: bool


ENGINES = (Engine("Firefox", {"firefox-esr": "firefox-esr"}, firefox, keeps=True),
           Engine("WebKitGTK", {"webkit2gtk-driver": "WebKitWebDriver", "xvfb": "Xvfb"}, webkitgtk, keeps=False))


def _program(body: str, named: dict[str, object]) -> str:
    given = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in named.items())
    return f"async () => {{ {given}{body} }}"


def _found(name: str, path: str | None) -> str:
    if not path:
        raise EngineUnavailable(f"{name} is not installed, and Debian's package could not be had")
    return path


@contextmanager
def _process(command: list[str], log: Path, settings: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a group of its own, ended with all that it started."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, env={**os.environ, **settings}, stdout=out, stderr=subprocess.STDOUT,
                                   start_new_session=True)
    try:
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def _waits(name: str, process: subprocess.Popen[bytes], log: Path, look: Callable[[], str]) -> str:
    end = time.monotonic() + STARTS_WITHIN_S
    while not (found := look()):
        if process.poll() is not None or time.monotonic() > end:
            raise EngineUnavailable(f"{name} does not start here: {log.read_text(errors='replace')[-600:]}")
        time.sleep(0.1)  # waiting for a process to open its port
    return found


def _said(name: str, process: subprocess.Popen[bytes], log: Path, pattern: str) -> str:
    def look() -> str:
        found = re.search(pattern, log.read_text(errors="replace"), re.MULTILINE)
        return found.group(1) if found else ""

    return _waits(name, process, log, look)


def _answers(process: subprocess.Popen[bytes], driver: httpx.Client, log: Path) -> None:
    def look() -> str:
        try:
            return "ready" if driver.get("/status").json()["value"]["ready"] else ""
        except httpx.TransportError:
            return ""

    _waits("WebKitGTK", process, log, look)


def main() -> int:
    """Install what is missing and say what there is. What cannot be had is said again by the tests, which skip it."""
    wanted = {package: program for engine in ENGINES for package, program in engine.programs.items()}
    missing = [package for package, program in wanted.items() if not shutil.which(program)]
    if missing:
        sys.stdout.write(f"Installing for the other browsers: {', '.join(missing)}\n")
        install_packages(*missing, lean=True)
    for engine in ENGINES:
        lacks = [package for package, program in engine.programs.items() if not shutil.which(program)]
        sys.stdout.write(f"{engine.name} could not be installed ({', '.join(lacks)}); its tests are skipped\n" if lacks
                         else f"Browser tests drive {engine.name}, too\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
