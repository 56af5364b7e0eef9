"""Her own phones: she sees which can send her notes, and switches off the one that she no longer has.

Most tests are the senior's: a person may have twenty phones, and each browser that a test starts is one.
"""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from sgapp.services.devices import MAX_PER_ACCOUNT
from tests.e2e.steps import KEYS_KEPT, enrolled, fold_out
from tests.e2e.test_accessibility import violations
from tests.serving import Open

PHONES = "Phones that can send my notes"
ENROL = """async (name) => {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const answer = await fetch("/api/devices", { method: "POST", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name, public_key: btoa(String.fromCharCode(...point)) }) });
  return answer.status;
}"""


def _her_phones(worker: Page) -> None:
    enrolled(worker)
    worker.goto("/mine")
    fold_out(worker, PHONES)
    expect(_phone(worker, "This phone")).to_be_visible()


def _beside_an_old_phone(worker: Page, name: str) -> None:
    """Her list, with one more phone on it than the one in her hand."""
    assert worker.evaluate(ENROL, name) == 201
    _her_phones(worker)


def _phone(worker: Page, text: str) -> Locator:
    return worker.get_by_role("list", name=PHONES).get_by_role("listitem").filter(has_text=text)


def _switch_off(worker: Page, name: str) -> None:
    worker.get_by_role("button", name=f"Switch off {name}").click()


def test_her_phones_are_listed_with_since_when_and_last_use(sign_in: Open) -> None:
    worker = sign_in("senior")
    _beside_an_old_phone(worker, "Kitchen drawer")
    expect(_phone(worker, "Kitchen drawer")).to_contain_text(re.compile(r"Since \d+ \w+ \d{4}, not used yet"))


def test_the_phone_in_her_hand_stands_first_and_says_how_it_is_switched_off(sign_in: Open) -> None:
    worker = sign_in("senior")
    _beside_an_old_phone(worker, "Glove box")
    first = worker.get_by_role("list", name=PHONES).get_by_role("listitem").first
    expect(first).to_contain_text("This phone")
    expect(first).to_contain_text("sign out here, then use another phone or ask the office")
    expect(first.get_by_role("button")).to_have_count(0)


def test_a_phone_is_switched_off_after_a_question_in_the_page(sign_in: Open) -> None:
    worker = sign_in("senior")
    _beside_an_old_phone(worker, "Blue bag")
    _switch_off(worker, "Blue bag")
    expect(worker.get_by_text("Switch this phone off?")).to_be_focused()
    expect(_phone(worker, "Blue bag")).to_contain_text("Notes that still wait on it are not lost")
    worker.get_by_role("button", name="Yes, switch it off").click()
    expect(worker.get_by_text("Blue bag is switched off.")).to_be_focused()
    expect(_phone(worker, "Blue bag")).to_contain_text("switched off")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_while_she_is_asked(sign_in: Open, dark: bool) -> None:
    worker = sign_in("senior", dark=dark)
    name = f"Grey jacket, {'dark' if dark else 'light'}"
    _beside_an_old_phone(worker, name)
    _switch_off(worker, name)
    expect(worker.get_by_text("Switch this phone off?")).to_be_focused()
    assert violations(worker) == []


def test_a_phone_that_she_leaves_on_stays_on(sign_in: Open) -> None:
    worker = sign_in("senior")
    _beside_an_old_phone(worker, "Green coat")
    _switch_off(worker, "Green coat")
    worker.get_by_role("button", name="Leave it on").click()
    expect(worker.get_by_role("button", name="Switch off Green coat")).to_be_focused()
    worker.reload()
    fold_out(worker, PHONES)
    expect(worker.get_by_role("button", name="Switch off Green coat")).to_be_visible()


def test_a_lost_phone_that_is_still_signed_in_does_not_let_itself_in_again(sign_in: Open) -> None:
    lost = sign_in("worker.c")
    enrolled(lost)
    device = lost.evaluate(f"async () => (await ({KEYS_KEPT})()).find((row) => row.device).device")
    worker = sign_in("worker.c")
    enrolled(worker)
    assert worker.evaluate("async (id) => (await fetch(`/api/devices/${id}`, { method: 'DELETE' })).status", device) == 204
    lost.goto("/mine")
    expect(lost.get_by_text("Sign in to see how your notes are getting on.")).to_be_visible()
    assert lost.evaluate(f"async () => (await ({KEYS_KEPT})()).find((row) => row.device).device") == device


def test_the_phone_that_was_one_too_many_is_let_in_once_another_is_switched_off(sign_in: Open) -> None:
    phone = sign_in("oncall", phone=True)
    for number in range(MAX_PER_ACCOUNT):
        assert phone.evaluate(ENROL, f"Phone {number}.") == 201
    phone.goto("/mine")
    fold_out(phone, PHONES)
    expect(phone.get_by_text("The phone in your hand is not on this list")).to_be_visible()
    _switch_off(phone, "Phone 7.")
    phone.get_by_role("button", name="Yes, switch it off").click()
    expect(_phone(phone, "This phone")).to_be_visible()


def test_switching_off_without_a_signal_changes_nothing_and_says_so(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    _beside_an_old_phone(worker, "Red box")
    _switch_off(worker, "Red box")
    worker.route("**/api/devices/*", lambda route: route.abort("internetdisconnected"))
    worker.get_by_role("button", name="Yes, switch it off").click()
    expect(worker.get_by_role("alert")).to_have_text("No signal. Nothing was changed; try again when there is one.")


def test_signed_out_there_is_no_list_of_phones(sign_in: Open) -> None:
    worker = sign_in("worker.d")
    enrolled(worker)
    worker.context.clear_cookies()
    worker.goto("/mine")
    expect(worker.get_by_text("Sign in to see how your notes are getting on.")).to_be_visible()
    expect(worker.get_by_text(PHONES)).to_have_count(0)
