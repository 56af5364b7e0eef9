"""Signing in with more than a password, setting it up for the first time, and being signed out from elsewhere."""

import base64
import re
import time

from playwright.sync_api import Browser, CDPSession, Page, expect

from sgapp.services.second_factor import code_now
from tests.e2e.steps import fold_out
from tests.serving import PASSWORD, Open, Server, otp, sign_in_by

OWN = "walnut-harbour-thimble"


def _types(page: Page, username: str, password: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_lead_without_an_authenticator_sets_one_up_before_she_sees_anything(server: Server, sign_in: Open) -> None:
    added = server.command("user", "add", "new.lead", "--name", "Nia Vane", "--role", "lead", "--password", OWN)
    assert added.returncode == 0, added.stdout
    page = sign_in("worker.a", phone=False)
    page.context.clear_cookies()
    _types(page, "new.lead", OWN)
    page.wait_for_url(re.compile("/account"))
    page.goto("/desk")
    page.wait_for_url(re.compile("/account"))
    page.locator("form").filter(has_text="Show the key").get_by_label("Your password").fill(OWN)
    page.get_by_role("button", name="Show the key").click()
    expect(page.get_by_role("img", name="The key as a picture")).to_be_visible()
    key = page.locator(".qr-key").inner_text().replace(" ", "")
    page.get_by_label("Six digits").fill("000000")
    page.get_by_role("button", name="This is what it shows").click()
    expect(page.get_by_role("alert")).to_contain_text("That is not what it shows now")
    page.get_by_label("Six digits").fill(code_now(base64.b32decode(key), time.time()))
    page.get_by_role("button", name="This is what it shows").click()
    expect(page.locator("main")).to_contain_text("Your authenticator is asked for since")
    page.goto("/desk")
    expect(page.get_by_role("heading", level=1)).to_have_text("Today")
    server.command("user", "disable", "new.lead")
    page.wait_for_url("**/sign-in**")


def _has_a_device(page: Page) -> tuple[CDPSession, str]:
    """A tablet that can tell its owner by face or finger. Where to turn it off, and its name."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}})
    return session, str(made["authenticatorId"])


def _sets_up_a_passkey(page: Page, password: str, name: str = "Office tablet") -> None:
    form = page.locator("form").filter(has_text="What you call it")
    form.get_by_label("Your password").fill(password)
    form.get_by_label("What you call it").fill(name)
    form.get_by_role("button", name="Set it up").click()


def test_a_lead_sets_up_her_tablets_own_lock_and_is_in_with_it_and_nothing_typed(server: Server, sign_in: Open) -> None:
    added = server.command("user", "add", "next.lead", "--name", "Una Moss", "--role", "lead", "--password", OWN)
    assert added.returncode == 0, added.stdout
    page = sign_in("worker.a", phone=False)
    _has_a_device(page)
    page.context.clear_cookies()
    _types(page, "next.lead", OWN)
    page.wait_for_url(re.compile("/account"))
    _sets_up_a_passkey(page, "wrong")
    expect(page.get_by_role("alert")).to_contain_text("That is not your password")
    _sets_up_a_passkey(page, OWN)
    expect(page.get_by_role("list", name="Your passkeys")).to_contain_text("Office tablet")
    page.context.clear_cookies()
    page.goto("/sign-in")
    page.get_by_role("button", name="Use face, finger or key").click()
    page.wait_for_url(re.compile("/desk"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Today")
    server.command("user", "disable", "next.lead")
    page.wait_for_url("**/sign-in**")


def test_whoever_is_not_known_by_the_device_stays_outside_and_is_told(server: Server, sign_in: Open) -> None:
    page = sign_in("nominated")
    session, device = _has_a_device(page)
    page.goto("/account")
    fold_out(page, "Set up a passkey")
    _sets_up_a_passkey(page, PASSWORD, "")
    expect(page.get_by_role("list", name="Your passkeys")).to_contain_text("Passkey 1")
    page.context.clear_cookies()
    page.goto("/sign-in")
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.get_by_role("button", name="Use face, finger or key").click()
    expect(page.get_by_role("alert")).to_contain_text("That did not work, or you stopped it")
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": True})
    page.get_by_role("button", name="Use face, finger or key").click()
    page.wait_for_url(re.compile("/desk"))
    page.goto("/account")
    fold_out(page, "Take it away")
    form = page.locator("form").filter(has=page.get_by_role("button", name="Take it away"))
    form.get_by_label("Your password").fill(PASSWORD)
    form.get_by_role("button", name="Take it away").click()
    expect(page.get_by_role("list", name="Your passkeys")).to_have_count(0)
    page.context.clear_cookies()
    page.goto("/sign-in")
    page.get_by_role("button", name="Use face, finger or key").click()
    expect(page.get_by_role("alert")).to_contain_text("That passkey is not known here")


def test_a_recovery_code_lets_her_in_once_when_her_telephone_is_not_there(server: Server, sign_in: Open) -> None:
    page = sign_in("deputy")
    page.goto("/account")
    fold_out(page, "Make ten new codes")
    page.locator("#codes-password").fill("wrong")
    page.get_by_role("button", name="Make ten new codes").click()
    expect(page.get_by_role("alert")).to_contain_text("That is not your password")
    page.locator("#codes-password").fill(PASSWORD)
    page.get_by_role("button", name="Make ten new codes").click()
    codes = page.get_by_role("list", name="Recovery codes").get_by_role("listitem")
    expect(codes).to_have_count(10)
    code = codes.first.inner_text()
    page.context.clear_cookies()
    for lets_in in (True, False):
        _types(page, "deputy", PASSWORD)
        page.get_by_label("Six digits").fill(code)
        page.get_by_role("button", name="Sign in", exact=True).click()
        if lets_in:
            page.wait_for_url(re.compile("/desk"))
            page.context.clear_cookies()
    expect(page.get_by_role("alert")).to_contain_text("wrong, or was used already")


def test_what_she_ends_elsewhere_leaves_the_screen_there_at_once(sign_in: Open) -> None:
    here, there = sign_in("manager"), sign_in("manager")
    expect(there.get_by_role("list", name="What is due")).to_be_visible()
    here.goto("/account")
    here.get_by_role("button", name="Sign out everywhere else").click()
    there.wait_for_url(re.compile("/sign-in"), timeout=5_000)
    expect(there.get_by_role("list", name="What is due")).to_have_count(0)
    here.goto("/desk")
    expect(here.get_by_role("heading", level=1)).to_have_text("Today")


def test_where_one_signs_in_nothing_is_refused_for_want_of_a_session(server: Server, browser: Browser) -> None:
    page = browser.new_page(base_url=server.url)
    refused: list[str] = []
    page.on("response", lambda answer: refused.append(answer.url) if answer.status >= 400 else None)
    page.goto("/sign-in")
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_enabled()
    page.wait_for_load_state("networkidle")
    page.close()
    assert refused == []


def references(*texts: str) -> set[str]:
    """What names an adult or a note in some texts."""
    return {found for text in texts for found in re.findall(r"P-1\d\d|VN-[A-Z0-9]{4}", text)}


def test_whoever_gets_no_answer_is_told_so_and_can_try_again(server: Server, browser: Browser) -> None:
    page = browser.new_page(base_url=server.url)
    page.goto("/sign-in")
    page.get_by_label("User name").fill("lead")
    page.get_by_label("Password").fill(PASSWORD)
    page.clock.install()
    page.route("**/api/session", lambda _route: None)  # a signal in name only: it is asked, and nothing ever comes
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_disabled()
    page.clock.fast_forward(30_001)
    expect(page.get_by_role("alert")).to_have_text(
        "No answer came. It may or may not have been done: look before you try again.")
    expect(page.get_by_label("User name")).to_have_value("lead")
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_enabled()
    page.close()


def test_the_way_back_from_the_form_does_not_lead_to_an_empty_sign_in(sign_in: Open) -> None:
    worker = sign_in("worker.a")
    expect(worker.get_by_role("button", name="Save note")).to_be_visible()
    worker.go_back()
    assert worker.url == "about:blank"


def test_nothing_stands_on_a_page_any_more_that_a_browser_may_keep_for_its_way_back(sign_in: Open) -> None:
    lead = sign_in("lead")
    expect(lead.get_by_role("list", name="What is due")).to_be_visible()
    lead.evaluate("() => addEventListener('pagehide', () => sessionStorage.setItem('left', document.body.checkVisibility()))")
    with lead.expect_event("load"):
        lead.get_by_role("button", name="Sign out").click()
    lead.wait_for_url(re.compile("/sign-in"))
    assert lead.evaluate("() => sessionStorage.getItem('left')") == "false"


def test_the_next_person_on_the_same_tablet_sees_nothing_of_the_one_before(server: Server, sign_in: Open) -> None:
    page = sign_in("lead")
    expect(page.get_by_role("list", name="What is due")).to_be_visible()
    frames: list[str] = []
    page.on("websocket", lambda ws: ws.on("framereceived", lambda frame: frames.append(str(frame))))
    with page.expect_event("load"):  # a page of its own: nothing of hers is left in the one that was open
        page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile("/sign-in"))
    frames.clear()
    sign_in_by(page, server.url, "rota")
    page.wait_for_url(re.compile("/available"))
    expect(page.get_by_role("heading", name="How some visits go")).to_be_visible()
    hers = references(page.locator("body").inner_text())
    page.go_back()
    assert references(page.locator("body").inner_text()) <= hers
    assert references(*frames) == hers == {"P-163"}
    assert otp(server.url, "rota") == ""


def test_a_forgotten_password_takes_two_people_and_neither_learns_it(server: Server, sign_in: Open) -> None:
    # Given an administrator who is rung by somebody who cannot get in
    admin = sign_in("admin")
    admin.wait_for_url(re.compile("/accounts"))
    row = admin.get_by_role("listitem").filter(has_text="Hugh Sable")
    row.get_by_text("Change", exact=True).click()
    row.get_by_label("Why").first.fill("He forgot it.")
    row.get_by_role("button", name="Ask for a new password").click()
    said = row.get_by_role("status").filter(has_text="The first half of the code is")
    expect(said).to_be_visible()
    first = re.findall(r"[0-9A-Z]{5}-[0-9A-Z]{5}", said.inner_text())[0]

    # When the manager agrees
    manager = sign_in("manager")
    manager.goto("/accounts")
    waits = manager.get_by_role("list", name="Waits for a second person").get_by_role("listitem").filter(has_text="Hugh Sable")
    waits.locator("label.chip", has_text="I agree").click()
    waits.get_by_role("button", name="Record it").click()
    told = waits.get_by_role("status").filter(has_text="The second half of the code is")
    expect(told).to_be_visible()
    second = re.findall(r"[0-9A-Z]{5}-[0-9A-Z]{5}", told.inner_text())[0]

    # Then he chooses a password with both halves, and with one of them nobody does
    own = sign_in("rota")
    own.context.clear_cookies()
    own.goto("/new-password")
    for half, weak in (("AAAAA-AAAAA", False), (second, True), (second, False)):
        own.get_by_label("User name").fill("hr")
        own.get_by_label("First half of the code").fill(first)
        own.get_by_label("Second half of the code").fill(half)
        own.get_by_role("textbox", name="New password").fill("short" if weak else OWN)
        own.get_by_role("button", name="Choose this password").click()
        if half != second:
            expect(own.get_by_role("alert")).to_contain_text("do not go together")
        elif weak:
            expect(own.get_by_role("alert")).to_contain_text("Use at least 12 characters")
    own.wait_for_url(re.compile("/sign-in"))
    _types(own, "hr", OWN)
    own.get_by_label("Six digits").fill(otp(server.url, "hr"))
    own.get_by_role("button", name="Sign in", exact=True).click()
    own.wait_for_url(re.compile("/matters"))

    # And he and whoever asked see under their names that something was done
    for page in (own, admin):
        page.goto("/account")
        expect(page.get_by_role("list", name="What you were told of accounts")).to_be_visible()
    server.command("demo")  # the demo's own passwords again, for whatever comes after
