"""Opens pages in a headless Chromium as slow as a cheap phone on a poor signal, and says what each took.

The line: 1.6 Mbps each way and 150 ms until an answer begins; the processor four times slower. Both through the browser's
own protocol, so that they hold for every page alike.

A page is *ready* when a person can use it: the whole page is hydrated (React, or Preact, has committed it), the first field for
text takes a character and still has it afterwards, and the button that sends the form is enabled. The clock is the page's
own and starts with the navigation. A script that is in the page from the start tries every five milliseconds.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sgapp.bench.chromium import ARGUMENTS, chromium
from sgapp.bench.results import CannotMeasure

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

BYTES_PER_SECOND = 1_600_000 // 8
LATENCY_MS = 150
SLOWER = 4
QUIET_MS = 1_000

#: What has drawn a page leaves marks of its own: React `__reactContainer$` and `__reactProps$`; Preact `__k` on what it takes
#: over, before it begins, and `__e` on a form that it listens to, in the same breath in which all of it is drawn. A page
#: without either says so by `data-plain`, and is drawn when it is loaded, with its styles and scripts.
_PROBE = """
window.__ready = new Promise((done, give_up) => {
const trying = setInterval(async () => {
  const mark = (node, name) => node && Object.keys(node).find((key) => key.startsWith(name));
  const root = document[mark(document, "__reactContainer$")]?.stateNode.current.memoizedState;
  const field = document.querySelector("form textarea, form input[type=text]");
  const button = document.querySelector("form button[type=submit]");
  const drawn = "plain" in document.documentElement.dataset ? document.readyState === "complete" && field && button :
    document.body && "__k" in document.body ? field && button && "__e" in button.form :
    root && !root.isDehydrated && mark(field, "__reactProps$") && mark(button, "__reactProps$");
  if (!drawn || button.disabled) return;
  clearInterval(trying);
  const proto = field.tagName === "TEXTAREA" ? HTMLTextAreaElement : HTMLInputElement;
  Object.getOwnPropertyDescriptor(proto.prototype, "value").set.call(field, "x");
  field.dispatchEvent(new InputEvent("input", { bubbles: true, data: "x", inputType: "insertText" }));
  const { port1, port2 } = new MessageChannel();
  await new Promise((after) => { port1.onmessage = after; port2.postMessage(0); });
  if (field.value === "x" && field.isConnected) done(performance.now());
  else give_up(new Error("the field lost what was typed"));
}, 5);
setTimeout(give_up, 60000, new Error("not ready within a minute"));
});
"""

#: Presses the button and waits until the receipt says what is wanted; the clock runs inside the page.
_SAVE = """
(wanted) => new Promise((done, give_up) => {
  setTimeout(give_up, 60000, new Error("no receipt within a minute"));
  const began = performance.now();
  const look = () => document.querySelector("#receipt")?.textContent.startsWith(wanted) && done(performance.now() - began);
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
  document.querySelector("form button[type=submit]").click();
})
"""


@dataclass(frozen=True, slots=True)
class Visit:
    """What opening a page took: until it was ready, and everything it fetched until it was quiet, headers included."""

    ready_ms: float
    received_bytes: int


@contextlib.contextmanager
def browsers() -> Iterator["Browser"]:
    """One Chromium for the whole bench. Raises CannotMeasure in plain words where it or Playwright is missing."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise CannotMeasure("This bench drives a browser through Playwright, which is not installed here. It comes with "
                            "`make setup` in a checkout.") from error
    if (path := chromium()) is None:
        raise CannotMeasure("No Chromium was found. `make browser` installs one; or set SGAPP_CHROMIUM to its path.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(Path(path)), args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def someone(browser: "Browser") -> Iterator["BrowserContext"]:
    """Somebody who has never been here: nothing cached, nothing kept."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
    context.add_init_script(_PROBE)
    try:
        yield context
    finally:
        context.close()


def slow_down(wire: "CDPSession", *, offline: bool = False) -> None:
    """Give a page the slow line, or none, and the slow processor."""
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", {
        "offline": offline, "latency": LATENCY_MS, "downloadThroughput": BYTES_PER_SECOND,
        "uploadThroughput": BYTES_PER_SECOND})
    wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


@contextlib.contextmanager
def visit(context: "BrowserContext", address: str, *, offline: bool = False) -> Iterator[tuple["Page", Visit]]:
    """Open a page of its own over the slow line, or without any, and wait until it is ready and quiet.

    Raises CannotMeasure if it never is.
    """
    from playwright.sync_api import Error

    context.set_offline(offline)
    page = context.new_page()
    try:
        received: list[float] = []
        wire = context.new_cdp_session(page)
        wire.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
        slow_down(wire, offline=offline)
        page.goto(address, wait_until="commit")
        ready = page.evaluate("window.__ready")
        _quiet(page, received)
        yield page, Visit(float(ready), int(sum(received)))
    except Error as error:
        raise CannotMeasure(f"{address} did not do what was waited for: {error.message.splitlines()[0]}") from error
    finally:
        page.close()


def _quiet(page: "Page", received: list[float]) -> None:
    """Wait until nothing more has come for a second."""
    page.wait_for_load_state("load")
    before = -1
    while before != len(received):
        before = len(received)
        page.wait_for_timeout(QUIET_MS)


def wait_for_kept_pages(page: "Page") -> None:
    """Wait until the service worker holds the pages."""
    page.evaluate("navigator.serviceWorker.ready.then(({ active }) => active.state === 'activated' || new Promise((done) => "
                  "active.addEventListener('statechange', () => active.state === 'activated' && done())))")


def save(page: "Page", receipt: str) -> float:
    """Fill in the least that a note needs, press Save; the milliseconds until the receipt begins with these words."""
    page.get_by_label("Someone else", exact=True).check(force=True)
    page.get_by_label("Their name").fill("D. Marlow")
    page.get_by_label("What I saw", exact=True).fill("The food cupboard had one tin of soup and half a loaf.")
    return float(page.evaluate(_SAVE, receipt))
