"""The phone opens its pages without a signal, what is saved then arrives later, and a new version takes nothing away."""

import json
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from sgapp.domain.reference import note_reference
from tests.browser import ARGUMENTS, chromium, kill_browser
from tests.e2e.pictures import signed_in
from tests.e2e.site import Site
from tests.e2e.steps import pick
from tests.e2e.test_accessibility import violations
from tests.e2e.test_lock import UNLOCKED_WITHIN_MS, draft_kept, enter, set_up
from tests.serving import NOTES_TYPING, PASSWORD, PHONE, TABLET, Server

ARRIVES_MS = 30_000  # the phone tries again by itself, with longer and longer pauses
KEPT = 'navigator.serviceWorker.controller?.state === "activated"'
WAITING = "navigator.serviceWorker.getRegistration().then((found) => found.waiting !== null)"
CACHED = """async () => {
  const found = [];
  for (const name of await caches.keys()) found.push(...await (await caches.open(name)).keys());
  return found.map((request) => new URL(request.url).pathname).sort();
}"""
NOTES_THERE = 'fetch("/api/observations/mine").then((r) => r.json()).then(({ notes }) => notes.map((n) => n.reference))'


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    made.start()
    yield made
    made.stop()


@contextmanager
def phone(browser: Browser, folder: Path, site: Site) -> Iterator[BrowserContext]:
    """The browser of her phone, started; what it keeps stays in `folder` when it is closed."""
    opened = browser.browser_type.launch_persistent_context(
        folder, executable_path=chromium(), args=list(ARGUMENTS), viewport=PHONE, has_touch=True, locale="en-GB",
        timezone_id="Europe/London", base_url=site.url)
    opened.set_default_timeout(15_000)
    opened.add_init_script(NOTES_TYPING)
    yield opened
    with suppress(Error):  # killed already, by one of the tests
        opened.close()


def visit(context: BrowserContext, place: str = "/") -> Page:
    page = context.new_page()
    page.goto(place)
    return page


def sign_in_on(context: BrowserContext, username: str = "worker.a") -> Page:
    """Her first visit, with a signal: afterwards the pages are kept."""
    page = visit(context, "/sign-in")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    expect(page.get_by_text("D.M. · P-104")).to_be_visible()
    wait_until_kept(page)
    return page


def until(page: Page, says: str) -> None:
    """Wait until what the page says is true. Playwright's own wait compiles text in the page, which our policy forbids."""
    for _ in range(ARRIVES_MS // 100):
        if page.evaluate(says):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"never came true: {says}")


def wait_until_kept(page: Page) -> None:
    until(page, KEPT)


def write_without_the_list(page: Page, seen: str) -> None:
    pick(page, "Who did you visit?", "Someone else")
    page.get_by_label("Their name").fill("D. Marlow")
    page.get_by_label("What I saw", exact=True).fill(seen)


def save(page: Page, says: str) -> str:
    page.get_by_role("button", name="Save note").click()
    expect(page.locator("#receipt")).to_contain_text(says)
    return page.locator("#reference").inner_text()


def test_a_phone_started_without_a_signal_shows_the_form_and_the_note_arrives_later(
        browser: Browser, tmp_path: Path, site: Site) -> None:
    with phone(browser, tmp_path / "phone", site) as first:
        sign_in_on(first)
    with phone(browser, tmp_path / "phone", site) as again:
        with site.unplugged():
            page = visit(again)
            expect(page.get_by_role("heading", level=1, name="Visit notes")).to_be_visible()
            assert not violations(page)
            write_without_the_list(page, "The kettle was cold.")
            reference = save(page, "On this phone")
            assert reference.startswith("VN-")
            mine = visit(again, "/mine")
            expect(mine).to_have_url(f"{site.url}/mine/")
            expect(mine.get_by_role("listitem").filter(has_text=reference)).to_contain_text("on this phone")
            assert not violations(mine)
        expect(page.locator("#receipt")).to_contain_text("Delivered", timeout=ARRIVES_MS)
        assert reference in mine.evaluate(NOTES_THERE)


@pytest.mark.long
def test_the_questions_about_her_words_come_without_a_signal_too(browser: Browser, tmp_path: Path, site: Site) -> None:
    with phone(browser, tmp_path / "phone", site) as context:
        sign_in_on(context)
        site.stop()
        page = visit(context)
        expect(page.get_by_role("button", name="Save note")).to_be_enabled()
        page.get_by_label("What I saw", exact=True).fill("He was aggressive.")
        page.get_by_label("What I saw", exact=True).blur()
        expect(page.get_by_role("status").filter(has_text="“aggressive”: What did they do or say?")).to_be_visible()
        site.start()


@pytest.mark.long
def test_the_other_ways_to_write_open_without_a_signal_too(browser: Browser, tmp_path: Path, site: Site) -> None:
    with phone(browser, tmp_path / "phone", site) as context:
        sign_in_on(context)
        site.stop()
        page = visit(context)
        page.locator("summary", has_text="Something else").click()
        page.get_by_role("button", name="I was asked for my account").click()
        expect(page.get_by_label("Who asked me", exact=True)).to_be_visible()
        site.start()


@pytest.mark.long
def test_an_address_with_more_in_it_opens_without_a_signal_and_keeps_its_meaning(
        browser: Browser, tmp_path: Path, site: Site) -> None:
    note = str(uuid.uuid4())
    with phone(browser, tmp_path / "phone", site) as context:
        sign_in_on(context)
        site.stop()
        page = visit(context, f"/?corrects={note}")
        expect(page.get_by_text(f"You are adding to note {note_reference(note)}")).to_be_visible()
        signing_in = visit(context, "/sign-in?back=/mine")
        expect(signing_in).to_have_url(f"{site.url}/sign-in/?back=/mine")
        signing_in.get_by_role("button", name="Sign in", exact=True).click()
        expect(signing_in.get_by_role("alert")).to_contain_text("No answer came")


def test_the_desk_is_never_shown_from_what_is_kept(browser: Browser, site: Site) -> None:
    lead = signed_in(browser, site.url, "lead", TABLET, dark=False)
    lead.goto("/")
    wait_until_kept(lead)
    places = ["/desk/", "/cases/"]
    for place in places:
        lead.goto(place)
        expect(lead.get_by_role("list").first).to_be_visible()
    lead.get_by_role("link", name="O. Brand").first.click()
    lead.wait_for_url(re.compile(r"/case/?\?id="))
    places.append(lead.url.removeprefix(site.url))
    with lead.expect_event("load"):  # a page of its own, and not the one that was open
        lead.get_by_role("button", name="Sign out").click()
    lead.wait_for_url(re.compile("/sign-in"))
    listed = json.loads((site.static / "build.json").read_text())["phone"]["files"]
    assert lead.evaluate(CACHED) == listed
    assert not [name for name in listed if re.search("desk|case|decide|refer|close|note_|/api", name)]
    for place in places:
        lead.goto(place)
        lead.wait_for_url(re.compile("/sign-in"))
    site.stop()
    for place in [*places, "/api/session", "/healthz"]:
        with pytest.raises(Error, match="ERR_CONNECTION_REFUSED"):
            lead.goto(place)
    expect(visit(lead.context).get_by_role("button", name="Save note")).to_be_visible()
    lead.context.close()


def _versions(page: Page) -> list[str]:
    return page.evaluate("caches.keys()")


@pytest.mark.long
def test_a_new_version_waits_while_a_note_is_being_typed(browser: Browser, tmp_path: Path, site: Site) -> None:
    chunk = next(f"/assets/{p.name}" for p in (site.static / "assets").glob("_mine_*.js"))
    of_the_old = f'link[href="{chunk}"]'
    with phone(browser, tmp_path / "phone", site) as context:
        page = sign_in_on(context)
        context.pages[0].close()
        old = _versions(page)
        pick(page, "Who did you visit?", "D.M. · P-104")
        page.get_by_label("What I saw", exact=True).fill("The kettle was cold.")
        page.evaluate("window.notReloaded = true")
        site.publish()
        page.evaluate("navigator.serviceWorker.getRegistration().then((found) => found.update())")
        until(page, WAITING)
        assert len(_versions(page)) == 2
        # A page opened meanwhile is of the old version, whole, although the server has its files no more.
        mine = visit(context, "/mine/")
        expect(mine.get_by_role("link", name="Write a note")).to_be_visible()
        expect(mine.get_by_text("Loading …")).to_have_count(0)
        assert mine.locator(of_the_old).count() == 1
        assert page.evaluate(f'fetch("{chunk}", {{ cache: "no-store" }}).then((r) => r.status)') == 200
        assert context.request.get(chunk).status == 404
        mine.close()
        assert page.evaluate(WAITING)
        assert page.evaluate("window.notReloaded")
        expect(page.get_by_label("What I saw", exact=True)).to_have_value("The kettle was cold.")
        save(page, "Delivered")
        # No page of ours is open any more; the next one is of the new version, and the old one is gone.
        page.goto("about:blank")
        page.wait_for_timeout(500)  # the browser tells nobody when it has let the new version in
        page.goto("/mine/")
        assert page.locator(of_the_old).count() == 0
        expect(page.get_by_role("list", name="My notes")).to_be_visible()
        [new] = _versions(page)
        assert new not in old


def _begin_a_draft(page: Page, seen: str) -> None:
    set_up(page)
    page.get_by_label("What I saw", exact=True).fill(seen)
    draft_kept(page)


@pytest.mark.long
def test_a_draft_behind_a_pin_is_there_again_in_a_new_version(browser: Browser, tmp_path: Path, site: Site) -> None:
    with phone(browser, tmp_path / "phone", site) as context:
        page = sign_in_on(context)
        context.pages[0].close()
        old = _versions(page)
        _begin_a_draft(page, "The kettle was cold.")
        site.publish()
        page.evaluate("navigator.serviceWorker.getRegistration().then((found) => found.update())")
        until(page, WAITING)
        expect(page.get_by_label("What I saw", exact=True)).to_have_value("The kettle was cold.")
        page.goto("about:blank")
        page.wait_for_timeout(500)  # the browser tells nobody when it has let the new version in
        page.goto("/")
        enter(page)
        expect(page.get_by_label("What I saw", exact=True)).to_have_value("The kettle was cold.", timeout=UNLOCKED_WITHIN_MS)
        [new] = _versions(page)
        assert new not in old


@pytest.mark.long
def test_a_draft_behind_a_pin_outlives_a_browser_that_is_killed(browser: Browser, tmp_path: Path, site: Site) -> None:
    with phone(browser, tmp_path / "phone", site) as context:
        _begin_a_draft(sign_in_on(context), "The kettle was cold.")
        kill_browser(tmp_path / "phone")
    with phone(browser, tmp_path / "phone", site) as again:
        page = visit(again)
        enter(page)
        expect(page.get_by_label("What I saw", exact=True)).to_have_value("The kettle was cold.", timeout=UNLOCKED_WITHIN_MS)


def _schema_of(site: Site) -> str:
    """What the built client calls the tree of States it was made for."""
    script = next((site.static / "assets").glob("every-page-*.js")).read_text(encoding="utf-8")
    [schema] = set(re.findall(r"stateSchema:(?:\(\)=>)?`(\w{8,})`", script))
    return schema


@pytest.mark.long
def test_a_server_of_another_version_does_not_make_a_page_of_the_phone_reload(browser: Browser, site: Site) -> None:
    site.publish(change=(_schema_of(site), "0" * 8))
    worker = signed_in(browser, site.url, "worker.a", PHONE, dark=False)
    loads: list[str] = []
    heard: list[str] = []
    worker.on("load", lambda page: loads.append(page.url))
    worker.on("websocket", lambda socket: socket.on("framereceived", lambda frame: heard.append(str(frame))))
    worker.goto("/mine/")
    while not any("is_hydrated" in frame for frame in heard):
        worker.wait_for_timeout(100)  # the server has seen this page and said what it has to say
    assert len(loads) == 1
    assert not any("state_mismatch" in frame for frame in heard)
    # The desk's pages do: what is typed there lies in drafts. This also shows that the server tells them apart.
    lead = signed_in(browser, site.url, "lead", TABLET, dark=False)
    expect(lead.locator("#reflex-new-version-banner")).to_be_visible()
    for page in (worker, lead):
        page.context.close()


def test_a_note_that_waits_has_asked_the_browser_to_wake_the_worker(browser: Browser, server: Server) -> None:
    page = signed_in(browser, server.url, "worker.b", PHONE, dark=False)
    wait_until_kept(page)
    page.context.grant_permissions(["background-sync"])
    page.context.set_offline(True)
    write_without_the_list(page, "The kettle was cold.")
    save(page, "On this phone")
    until(page, 'navigator.serviceWorker.ready.then((there) => there.sync.getTags()).then((tags) => tags.includes("notes"))')
    page.context.close()


def test_a_push_shows_a_notice_without_content_and_a_tap_on_it_opens_the_desk(browser: Browser, server: Server) -> None:
    lead = signed_in(browser, server.url, "lead", TABLET, dark=False)
    lead.goto("/")
    wait_until_kept(lead)
    lead.context.grant_permissions(["notifications"])
    told = {"title": "Visit notes", "text": "Something waits for you.", "reference": "VN-1", "id": "m1"}
    wire, registration = _registered(lead)
    wire.send("ServiceWorker.deliverPushMessage", {**registration, "data": json.dumps(told)})
    shown = "navigator.serviceWorker.ready.then((there) => there.getNotifications())"
    until(lead, f"{shown}.then((found) => found.length === 1)")
    notice = lead.evaluate(f"{shown}.then(([found]) => [found.title, found.body, found.tag])")
    assert notice == ["Visit notes", "Something waits for you. VN-1", "m1"]
    # A window may be opened only under a finger, which nothing here has: what is asked of the browser is looked at instead
    [worker] = lead.context.service_workers
    opened = worker.evaluate("""async () => {
      const opened = [];
      self.clients.openWindow = async (place) => { opened.push(place); };
      const [notification] = await self.registration.getNotifications();
      self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
      return opened;
    }""")
    assert opened == ["/desk/"]
    until(lead, f"{shown}.then((found) => found.length === 0)")
    lead.context.close()


def _by_sync(page: Page) -> None:
    """What the browser does when it wakes the worker because there is a signal."""
    wire, registration = _registered(page)
    wire.send("ServiceWorker.dispatchSyncEvent", {**registration, "tag": "notes", "lastChance": False})


def _registered(page: Page) -> tuple[Any, dict[str, str]]:
    """The wire to the browser, and what it calls the worker of this page there."""
    wire: Any = page.context.new_cdp_session(page)
    seen: list[dict[str, Any]] = []
    wire.on("ServiceWorker.workerRegistrationUpdated", lambda event: seen.extend(event["registrations"]))
    wire.send("ServiceWorker.enable")
    origin = page.evaluate("location.origin")
    while not seen:
        page.wait_for_timeout(50)  # told by an event
    [registration] = {r["registrationId"] for r in seen if r["scopeURL"] == f"{origin}/"}
    return wire, {"origin": origin, "registrationId": registration}


def _by_message(page: Page) -> None:
    page.evaluate('navigator.serviceWorker.controller.postMessage({ kind: "flush" })')


@pytest.mark.long
@pytest.mark.parametrize("wake", [_by_sync, _by_message])
def test_the_worker_sends_what_waits_when_no_page_of_the_phone_is_open(
        browser: Browser, tmp_path: Path, site: Site, wake: Callable[[Page], None]) -> None:
    with phone(browser, tmp_path / "phone", site) as context:
        page = sign_in_on(context)
        with site.unplugged():
            write_without_the_list(page, "The kettle was cold.")
            reference = save(page, "On this phone")
            for left in context.pages[1:]:
                left.close()
            context.pages[0].goto("about:blank")
        other = visit(context, "/away/")  # of the same origin, and without a script of ours
        assert reference not in other.evaluate(NOTES_THERE)
        wake(other)
        until(other, f"{NOTES_THERE}.then((there) => there.includes({json.dumps(reference)}))")
