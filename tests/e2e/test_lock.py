"""The phone's own lock: a draft waits behind it for her, and without it nothing is kept."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import ARGUMENTS, chromium
from tests.e2e.steps import fill_note, fold_out, held, pick
from tests.e2e.test_accessibility import violations
from tests.e2e.test_hide import POSTS, SEEN, TURN, hide, kept
from tests.phone.phone_page import fill_storage
from tests.serving import PASSWORD, PHONE, Open, Server

PAUSE_MS = 300  # somewhat less than the pause in writing after which a draft is sealed

PIN = "402817"
LOCK = "Unlock your notes"
UNLOCKED_WITHIN_MS = 20_000  # 600,000 rounds, on a busy machine


def set_up(page: Page, pin: str = PIN) -> None:
    """Choose a PIN where it is offered."""
    fold_out(page, "Keep drafts when this phone locks")
    page.get_by_label("A PIN of 6 digits or more").fill(pin)
    page.get_by_label("The same again").fill(pin)
    page.get_by_role("button", name="Use this PIN").click()
    expect(page.get_by_text("This phone's lock")).to_be_visible(timeout=UNLOCKED_WITHIN_MS)


def enter(page: Page, pin: str = PIN) -> None:
    """Tap the PIN on the pad."""
    expect(page.get_by_role("heading", name=LOCK)).to_be_visible()
    for digit in pin:
        page.get_by_role("button", name=digit, exact=True).click()
    page.get_by_role("button", name="Open").click()


def draft_kept(page: Page) -> None:
    """Wait until a draft lies in the vault that holds everything typed so far: it is sealed in the first pause."""
    typed = page.evaluate("window.lastTyped ?? 0") + PAUSE_MS
    for _ in range(100):
        rows = kept(page, "visit-vault").get("values", [])
        if any(str(row["name"]).startswith("draft:") and float(str(row["saved_at"])) >= typed for row in rows):
            return
        page.wait_for_timeout(100)  # a database of the browser tells nobody when it was written
    pytest.fail("no draft was kept")


def no_draft_is_kept(page: Page) -> None:
    for _ in range(100):
        rows = kept(page, "visit-vault").get("values", [])
        if not any(str(row["name"]).startswith("draft:") for row in rows):
            return
        page.wait_for_timeout(100)
    pytest.fail("a draft was kept")


def form_with_a_draft(page: Page) -> None:
    set_up(page)
    fill_note(page, person="Someone else", seen=SEEN)
    page.get_by_label("Their name").fill("CANARY-name")
    draft_kept(page)


def test_a_draft_comes_back_after_a_reload_with_the_pin_and_only_with_it(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    form_with_a_draft(worker)
    worker.reload()
    expect(worker.get_by_role("heading", name=LOCK)).to_be_visible()
    expect(worker.get_by_label("What I saw")).to_have_count(0)
    enter(worker, "402818")
    expect(worker.get_by_text("That was not it. 9 tries are left.")).to_be_visible(timeout=UNLOCKED_WITHIN_MS)
    expect(worker.get_by_label("What I saw")).to_have_count(0)
    enter(worker)
    expect(worker.get_by_label("What I saw")).to_have_value(SEEN, timeout=UNLOCKED_WITHIN_MS)
    expect(worker.get_by_label("Their name")).to_have_value("CANARY-name")
    expect(worker.get_by_text("Your draft is back.")).to_be_visible()


def test_a_draft_is_kept_also_of_whoever_writes_without_a_pause(sign_in: Open) -> None:
    worker = sign_in("worker.c")
    set_up(worker)
    worker.get_by_label("What I saw").click()
    worker.evaluate("""async () => {
      for (let i = 0; i < 40; i += 1) {
        document.execCommand("insertText", false, `${i} `);
        await new Promise((go) => setTimeout(go, 100));
      }
    }""")
    worker.reload()
    enter(worker)
    expect(worker.get_by_label("What I saw")).to_have_value(re.compile("^0 1 2 3 4 5 6 7 8 9 "), timeout=UNLOCKED_WITHIN_MS)


def test_another_tab_with_an_empty_form_drops_no_draft(sign_in: Open) -> None:
    worker = sign_in("worker.a")
    set_up(worker)
    beside = worker.context.new_page()
    beside.goto("/")
    enter(beside)
    expect(beside.get_by_label("What I saw")).to_be_visible(timeout=UNLOCKED_WITHIN_MS)
    worker.get_by_label("What I saw").fill(SEEN)
    draft_kept(worker)
    beside.evaluate(TURN, "hidden")
    beside.wait_for_timeout(500)  # what must not happen has no event: the draft must not go
    draft_kept(worker)


def test_a_full_phone_says_that_it_keeps_no_draft_and_the_browser_asks_before_it_goes(sign_in: Open) -> None:
    worker = sign_in("worker.d")
    set_up(worker)
    fill_storage(worker)
    asked: list[str] = []
    worker.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    worker.get_by_label("What I saw").fill(SEEN)
    expect(worker.get_by_text("This phone has no room left.")).to_be_visible()
    worker.get_by_role("link", name="My notes").click()
    expect(worker.get_by_label("What I saw")).to_have_value(SEEN)
    assert asked == ["beforeunload"]


def test_saving_drops_the_draft(sign_in: Open) -> None:
    worker = sign_in("worker.c")
    form_with_a_draft(worker)
    worker.get_by_role("button", name="Save note").click()
    expect(worker.locator("#receipt")).to_contain_text("Delivered")
    no_draft_is_kept(worker)
    worker.reload()
    enter(worker)
    expect(worker.get_by_label("What I saw")).to_have_value("", timeout=UNLOCKED_WITHIN_MS)


def test_after_two_minutes_without_a_touch_it_locks_and_the_draft_stays(sign_in: Open) -> None:
    worker = sign_in("worker.d")
    set_up(worker)
    worker.clock.install()
    worker.reload()
    enter(worker)
    expect(worker.get_by_label("What I saw")).to_be_visible(timeout=UNLOCKED_WITHIN_MS)
    worker.get_by_label("What I saw").fill(SEEN)
    worker.clock.fast_forward(115_000)
    worker.get_by_label("What I did").fill("Rang the office.")
    worker.clock.fast_forward(115_000)
    expect(worker.get_by_label("What I saw")).to_have_value(SEEN)
    worker.clock.fast_forward(5_100)
    expect(worker.get_by_role("heading", name=LOCK)).to_be_visible()
    assert "CANARY" not in held(worker)
    enter(worker)
    expect(worker.get_by_label("What I saw")).to_have_value(SEEN, timeout=UNLOCKED_WITHIN_MS)
    expect(worker.get_by_label("What I did")).to_have_value("Rang the office.")


def test_a_phone_that_slept_too_long_comes_back_locked(sign_in: Open) -> None:
    worker = sign_in("senior")
    set_up(worker)
    worker.clock.install()
    worker.reload()
    enter(worker)
    expect(worker.get_by_label("What I saw")).to_be_visible(timeout=UNLOCKED_WITHIN_MS)
    worker.get_by_label("What I saw").fill(SEEN)
    worker.evaluate(TURN, "hidden")
    worker.clock.set_system_time(worker.evaluate("Date.now()") / 1000 + 121)  # no timer fires: the phone was asleep
    worker.evaluate(TURN, "visible")
    expect(worker.get_by_role("heading", name=LOCK)).to_be_visible()
    expect(worker.locator("html.covered")).to_have_count(0)
    enter(worker)
    expect(worker.get_by_label("What I saw")).to_have_value(SEEN, timeout=UNLOCKED_WITHIN_MS)


def test_hide_seals_the_last_words_first_and_they_wait_for_her(sign_in: Open) -> None:
    worker = sign_in("worker.a")
    form_with_a_draft(worker)
    worker.get_by_label("What I did").fill("CANARY-last")
    hide(worker)
    again = sign_in("worker.a", at=worker)
    enter(again)
    expect(again.get_by_label("What I did")).to_have_value("CANARY-last", timeout=UNLOCKED_WITHIN_MS)


def test_ten_wrong_pins_wipe_the_draft_but_no_saved_note(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    set_up(worker)
    worker.route(POSTS, lambda route: route.abort("internetdisconnected"))
    fill_note(worker, person="R.L. · P-117", seen="The hoist sling lay on the floor.")
    worker.get_by_role("button", name="Save note").click()
    expect(worker.locator("#receipt")).to_contain_text("On this phone")
    worker.get_by_role("button", name="Write another").click()
    fill_note(worker, person="R.L. · P-117", seen=SEEN)
    draft_kept(worker)
    worker.clock.install()
    worker.reload()
    for left in range(9, -1, -1):
        enter(worker, "999111")
        said = worker.get_by_text("1 try is left" if left == 1 else f"{left} tries are left") if left else worker.get_by_text(
            "What was not saved is gone. Notes you saved are safe.")
        expect(said).to_be_visible(timeout=UNLOCKED_WITHIN_MS)
        worker.clock.fast_forward(301_000)
    expect(worker.get_by_label("What I saw")).to_have_value("")
    assert kept(worker, "visit-vault") == {"keys": [], "values": []}
    assert [note["state"] for note in kept(worker, "visit-notes")["notes"]] == ["on_phone"]


def test_signing_out_wipes_the_draft_and_keeps_the_pin(sign_in: Open) -> None:
    worker = sign_in("worker.c")
    form_with_a_draft(worker)
    worker.get_by_role("link", name="My notes").click()
    worker.get_by_role("button", name="Sign out").click()
    expect(worker.get_by_role("heading", name="Sign in")).to_be_visible()
    assert kept(worker, "visit-vault")["values"] == []
    again = sign_in("worker.c", at=worker)
    enter(again)
    expect(again.get_by_label("What I saw")).to_have_value("", timeout=UNLOCKED_WITHIN_MS)


def test_my_notes_are_behind_the_same_lock(sign_in: Open) -> None:
    worker = sign_in("worker.d")
    form_with_a_draft(worker)
    worker.get_by_role("link", name="My notes").click()
    expect(worker.get_by_role("list", name="My notes")).to_be_visible()
    worker.reload()
    expect(worker.get_by_role("heading", name=LOCK)).to_be_visible()
    expect(worker.get_by_role("list", name="My notes")).to_have_count(0)
    enter(worker)
    expect(worker.get_by_role("list", name="My notes")).to_be_visible(timeout=UNLOCKED_WITHIN_MS)
    worker.get_by_role("link", name="Write a note").click()
    enter(worker)
    expect(worker.get_by_label("What I saw")).to_have_value(SEEN, timeout=UNLOCKED_WITHIN_MS)


def test_without_a_signal_the_people_she_visits_are_there_as_initials(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    set_up(worker)
    worker.reload()
    worker.route("**/api/people/mine", lambda route: route.abort("internetdisconnected"))
    worker.reload()
    enter(worker)
    pick(worker, "Who did you visit?", "R.L. · P-117")
    worker.get_by_label("What I saw").fill("The hoist sling lay on the floor.")
    worker.get_by_role("button", name="Save note").click()
    expect(worker.locator("#receipt")).to_contain_text("Delivered")


def test_without_a_lock_she_is_told_and_a_reload_keeps_nothing(sign_in: Open) -> None:
    worker = sign_in("senior")
    expect(worker.get_by_text("What you write is kept only while this page is open.")).to_be_visible()
    worker.get_by_label("What I saw").fill(SEEN)
    worker.wait_for_timeout(1_500)  # what must not happen has no event: longer than a draft takes to be kept
    assert kept(worker, "visit-vault").get("values", []) == []
    worker.reload()
    expect(worker.get_by_label("What I saw")).to_have_value("")


@pytest.mark.long
@pytest.mark.parametrize("with_lock", [True, False], ids=["with a lock", "without one"])
def test_nothing_typed_can_be_read_in_the_browsers_folder(server: Server, browser: Browser, tmp_path: Path,
                                                          with_lock: bool) -> None:
    context = browser.browser_type.launch_persistent_context(tmp_path, executable_path=chromium(), args=list(ARGUMENTS),
                                                             viewport=PHONE, base_url=server.url)
    worker = context.new_page()
    worker.goto("/sign-in")
    worker.evaluate("localStorage.setItem('planted', 'PLANTED-canary')")
    worker.get_by_label("User name").fill("worker.a")
    worker.get_by_label("Password", exact=True).fill(PASSWORD)
    worker.get_by_role("button", name="Sign in", exact=True).click()
    worker.get_by_text("D.M. · P-104").wait_for()
    if with_lock:
        form_with_a_draft(worker)
    else:
        worker.get_by_label("What I saw").fill(SEEN)
        worker.wait_for_timeout(1_500)  # longer than a draft takes to be kept
    context.close()
    whole = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for text, there in (("PLANTED-canary", True), ("CANARY-", False), (PIN, False), ("Marlow", False), ("D.M. · P-104", False)):
        assert (text.encode() in whole or text.encode("utf-16-le") in whole) is there, text


def test_a_face_or_a_finger_opens_it_where_the_phone_offers_that(sign_in: Open) -> None:
    worker = sign_in("worker.d")
    session = worker.context.new_cdp_session(worker)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "hasPrf": True, "automaticPresenceSimulation": True}})
    worker.reload()
    fold_out(worker, "Keep drafts when this phone locks")
    worker.get_by_role("button", name="Use face or finger").click()
    expect(worker.get_by_text("This phone's lock")).to_be_visible()
    fill_note(worker, person="O.B. · P-130", seen=SEEN)
    draft_kept(worker)
    worker.reload()
    expect(worker.get_by_role("heading", name=LOCK)).to_be_visible()
    worker.get_by_role("button", name="Use face or finger").click()
    expect(worker.get_by_label("What I saw")).to_have_value(SEEN)


def test_she_can_lock_it_at_once_and_take_the_lock_off_again(sign_in: Open) -> None:
    worker = sign_in("senior")
    form_with_a_draft(worker)
    fold_out(worker, "This phone's lock")
    worker.get_by_role("button", name="Lock now").click()
    enter(worker)
    expect(worker.get_by_label("What I saw")).to_have_value(SEEN, timeout=UNLOCKED_WITHIN_MS)
    fold_out(worker, "This phone's lock")
    worker.get_by_role("button", name="Take the lock off").click()
    expect(worker.get_by_text("What you write is kept only while this page is open.")).to_be_visible()
    expect(worker.get_by_label("What I saw")).to_have_value(SEEN)
    assert kept(worker, "visit-vault") == {"keys": [], "values": []}


def test_axe_finds_nothing_on_the_lock_nor_where_it_is_chosen(sign_in: Open) -> None:
    for dark in (False, True):
        worker = sign_in("worker.a", dark=dark)
        fold_out(worker, "Keep drafts when this phone locks")
        worker.get_by_label("A PIN of 6 digits or more").fill("123456")
        worker.get_by_role("button", name="Use this PIN").click()
        expect(worker.get_by_text("That one is guessed first.")).to_be_visible()
        found = violations(worker)
        worker.reload()
        set_up(worker)
        worker.reload()
        enter(worker, "999111")
        expect(worker.get_by_text("9 tries are left")).to_be_visible(timeout=UNLOCKED_WITHIN_MS)
        assert not found + violations(worker)
