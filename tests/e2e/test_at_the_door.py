"""Scenario 2, at the door: today's codes on a phone without a signal, opened by face or finger alone, and gone in the night."""

import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.pictures import signed_in
from tests.e2e.plans import WORDS, looks, server, with_plan
from tests.e2e.steps import NOTES_KEPT, authenticator, enrolled, fold_out, held, lock_by_passkey, stored
from tests.e2e.test_hide import hide, kept
from tests.e2e.test_lock import PIN, UNLOCKED_WITHIN_MS
from tests.phone.phone_page import Office, fill_storage, until
from tests.phone.test_today import LOOKED_OVER, after, chip, today, words
from tests.serving import PASSWORD, PHONE, Open, Server

__all__ = ["server"]  # a demo in which there are plans

KEEP = "Keep today’s on this phone"
STARTS_OFFLINE = 'navigator.serviceWorker.controller?.state === "activated"'


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A demo of one's own behind a link that can be cut."""
    made = Office(tmp_path, random.Random(0))
    yield made
    made.close()


def unlock(page: Page) -> None:
    page.get_by_role("button", name="Use face or finger").click()


def take_along(page: Page) -> None:
    """Lock the phone by face or finger alone, and keep today's on it."""
    authenticator(page)
    page.reload()
    enrolled(page)
    lock_by_passkey(page)
    today(page)
    unlock(page)
    page.get_by_role("button", name=KEEP).click()
    expect(page.get_by_text("Today’s list is on this phone until 04:00.")).to_be_visible()


def card_kept(page: Page) -> list[dict[str, object]]:
    return [row for row in kept(page, "visit-vault")["values"] if row["name"] == "card"]


def no_card_is_left(page: Page) -> None:
    for _ in range(100):
        if not card_kept(page):
            return
        page.wait_for_timeout(100)  # a database of the browser tells nobody when it was written
    pytest.fail("today's list is still on this phone")


def no_card_is_kept(page: Page) -> None:
    beside = page.context.new_page()  # a page of ours that never begins anew by itself
    beside.goto("/away/")
    no_card_is_left(beside)
    beside.close()


def test_at_a_door_without_a_signal_a_tap_shows_the_words_and_the_look_arrives_once(browser: Browser, office: Office) -> None:
    # Given a worker who took today's along in the morning, with a signal
    with_plan(office.server)
    worker = signed_in(browser, office.address, "worker.a", PHONE, dark=False)
    until(worker, f"() => {STARTS_OFFLINE}")
    take_along(worker)
    # When there is none at the door, and the app is started
    office.link.down()
    worker.reload()
    expect(worker.get_by_role("heading", name="Unlock your notes")).to_be_visible()
    assert "P-142" not in held(worker)
    unlock(worker)
    # Then references and codes stand there, without a name and without initials
    expect(worker.get_by_text("No signal. This is what the phone knows.")).to_be_visible()
    expect(chip(worker, "W1", "P-142")).to_be_visible()
    assert "G.A." not in held(worker)
    chip(worker, "W1", "P-142").click()
    expect(words(worker)).to_contain_text(WORDS)
    assert WORDS not in after(worker, "another app")
    # And the look waits, sealed, and is no note
    [look] = worker.evaluate(NOTES_KEPT)
    assert (look["look"], bool(look["signature"]), "SAFE_WORD" in json.dumps(look)) == (True, True, False)
    worker.get_by_role("link", name="My notes").click()
    unlock(worker)
    expect(worker.get_by_text("No notes lie on this phone.")).to_be_visible()
    assert "waiting=" not in worker.evaluate("document.cookie")
    # And with the signal it is on the chain, once, and gone from the phone
    assert looks(office.server, "card-looked-at-offline") == []
    office.link.calm()
    worker.evaluate("window.dispatchEvent(new Event('online'))")
    stored(worker, f"async () => (await ({NOTES_KEPT})()).length === 0")
    worker.reload()
    unlock(worker)
    expect(worker.get_by_role("list", name="My notes")).to_be_visible()
    assert looks(office.server, "card-looked-at-offline") == ["1"]
    assert len(looks(office.server, "card-taken-along")) == 2  # one for each card of her day
    worker.context.close()


def test_after_the_night_nothing_of_it_is_left(sign_in: Open) -> None:
    worker = sign_in("worker.a")
    take_along(worker)
    [row] = card_kept(worker)
    ends = datetime.fromtimestamp(int(str(row["until"])) / 1000)
    worker.route("**/api/**", lambda route: route.abort("internetdisconnected"))
    worker.clock.install(time=ends - timedelta(minutes=1))
    worker.reload()
    unlock(worker)
    expect(chip(worker, "W1", "P-142")).to_be_visible()
    assert card_kept(worker)
    worker.clock.fast_forward(61_000)  # while the page is open
    expect(worker.get_by_text("No signal. Today’s list needs one.")).to_be_visible()
    assert card_kept(worker) == []


def test_at_the_first_start_after_the_night_it_goes_before_anybody_unlocks(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    take_along(worker)
    [row] = card_kept(worker)
    worker.route("**/api/**", lambda route: route.abort("internetdisconnected"))
    worker.clock.install(time=datetime.fromtimestamp(int(str(row["until"])) / 1000) + timedelta(minutes=1))
    worker.goto("/mine")  # any page of hers
    expect(worker.get_by_role("heading", name="Unlock your notes")).to_be_visible()
    assert card_kept(worker) == []


def test_a_signal_in_name_only_does_not_keep_the_words_from_her(sign_in: Open, server: Server) -> None:
    worker = sign_in("worker.a")
    take_along(worker)
    worker.clock.install()
    worker.route("**/api/card/look", lambda route: None)
    with worker.expect_request("**/api/card/look"):
        chip(worker, "W1").click()
    worker.clock.fast_forward(3_100)
    expect(words(worker)).to_contain_text(WORDS)
    worker.evaluate(LOOKED_OVER["another app"])
    stored(worker, f"async () => (await ({NOTES_KEPT})()).length === 1")
    before = len(looks(server, "card-looked-at-offline"))
    worker.evaluate("window.dispatchEvent(new Event('online'))")
    stored(worker, f"async () => (await ({NOTES_KEPT})()).length === 0")
    assert looks(server, "card-looked-at-offline")[before:] == ["1"]


def test_a_look_that_cannot_be_recorded_shows_nothing(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    take_along(worker)
    worker.context.set_offline(True)
    fill_storage(worker)
    chip(worker, "W1").click()
    expect(worker.get_by_text("This phone has no room left.")).to_be_visible()
    expect(words(worker)).to_have_text("")


def test_a_passkey_without_a_secret_gives_no_lock_and_nothing_to_take_along(sign_in: Open) -> None:
    worker = sign_in("worker.a")
    authenticator(worker, prf=False)
    worker.reload()
    fold_out(worker, "Keep drafts when this phone locks")
    worker.get_by_role("button", name="Use face or finger").click()
    expect(worker.get_by_text("This phone could not do that here.")).to_be_visible()
    today(worker)
    expect(chip(worker, "W1")).to_be_visible()
    expect(worker.get_by_text("This page needs a signal. On a phone that locks")).to_be_visible()
    expect(worker.get_by_role("button", name=KEEP)).to_have_count(0)


def test_a_pin_as_a_second_way_in_takes_it_away_and_then_it_is_not_offered(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    take_along(worker)
    worker.get_by_role("link", name="Write a note").click()
    fold_out(worker, "This phone's lock")
    worker.get_by_label("A PIN of 6 digits or more").fill(PIN)
    worker.get_by_label("The same again").fill(PIN)
    worker.get_by_role("button", name="Use this PIN").click()
    expect(worker.get_by_label("A PIN of 6 digits or more")).to_have_count(0, timeout=UNLOCKED_WITHIN_MS)
    assert card_kept(worker) == []
    today(worker)
    unlock(worker)
    expect(worker.get_by_text("A PIN opens this phone, too, so today’s list is not kept on it.")).to_be_visible()
    expect(worker.get_by_role("button", name=KEEP)).to_have_count(0)


def test_she_can_take_it_off_again(sign_in: Open) -> None:
    worker = sign_in("worker.a")
    take_along(worker)
    worker.get_by_role("button", name="Take it off this phone").click()
    expect(worker.get_by_role("button", name=KEEP)).to_be_visible()
    assert card_kept(worker) == []


@pytest.mark.parametrize("place", ["/today", "/mine", "/"])
def test_hide_takes_it_off_this_phone_without_a_signal_and_also_while_the_phone_is_locked(sign_in: Open, place: str) -> None:
    worker = sign_in("worker.b")
    take_along(worker)
    if place != "/today":
        worker.goto(place)
        expect(worker.get_by_role("heading", name="Unlock your notes")).to_be_visible()
    assert card_kept(worker)
    worker.context.set_offline(True)
    worker.get_by_role("link", name="Hide", exact=True).click()
    no_card_is_left(worker)


def _sign_out(worker: Page) -> None:
    worker.get_by_role("link", name="My notes").click()
    unlock(worker)
    worker.get_by_role("button", name="Sign out").click()
    worker.wait_for_url("**/sign-in/**")


def _signed_out_elsewhere(worker: Page) -> None:
    worker.context.clear_cookies()
    worker.goto("/mine")


def _signed_out_while_she_writes(worker: Page) -> None:
    worker.context.clear_cookies()
    worker.goto("/")


def _signed_out_on_the_page_itself(worker: Page) -> None:
    worker.context.clear_cookies()
    worker.evaluate("window.dispatchEvent(new Event('online'))")
    expect(worker.get_by_text("Sign in to see today’s list.")).to_be_visible()
    expect(chip(worker, "W1")).to_have_count(0)


def _hidden(worker: Page) -> None:
    hide(worker)
    worker.goto("/mine")


def _switched_off(worker: Page) -> None:
    """The office switched this phone off; whoever is signed in on it still is."""
    worker.route("**/api/devices", lambda route: route.fulfill(json={"devices": []}) if route.request.method == "GET"
                 else route.continue_())
    worker.goto("/mine")


def _somebody_else_signs_in(worker: Page) -> None:
    worker.context.clear_cookies()
    answer = worker.context.request.post("/api/session", headers={"X-Requested-With": "sgapp"},
                                         data={"username": "worker.d", "password": PASSWORD})
    assert answer.ok
    worker.goto("/mine")


def _the_page_ends_before_it_is_gone(worker: Page) -> None:
    worker.add_init_script("""if (!sessionStorage.getItem("ended")) {
      sessionStorage.setItem("ended", "once");
      IDBObjectStore.prototype.delete = () => { throw new Error("the page has ended"); };
    }""")
    _somebody_else_signs_in(worker)  # and so it begins anew by itself, as hers


@pytest.mark.parametrize("how", [_sign_out, _signed_out_elsewhere, _signed_out_while_she_writes, _signed_out_on_the_page_itself,
                                 _hidden, _switched_off, _somebody_else_signs_in,
                                 _the_page_ends_before_it_is_gone])
def test_it_goes_when_she_signs_out_and_when_the_phone_learns_that_it_is_no_longer_hers(sign_in: Open, how: object) -> None:
    worker = sign_in("worker.a" if how in (_sign_out, _hidden, _switched_off) else "worker.b")
    take_along(worker)
    assert card_kept(worker)
    assert callable(how)
    how(worker)
    no_card_is_kept(worker)
