"""Whom to ring is one tap away on every screen of the note form, and none of them says that all is done where it is not."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.steps import enrolled, fill_note, pick, tick
from tests.e2e.test_hide import SEEN, hide
from tests.e2e.test_lock import form_with_a_draft
from tests.serving import Open

POSTS = "**/api/observations"


def _save(worker: Page) -> None:
    worker.get_by_role("button", name="Save note").click()
    expect(worker.locator("#reference")).to_be_visible()


def _without_signal(worker: Page) -> None:
    worker.route(POSTS, lambda route: route.abort("internetdisconnected"))


def _a_receipt(worker: Page) -> None:
    fill_note(worker, person="O.B. · P-130", seen=SEEN)
    _save(worker)


def _the_lock(worker: Page) -> None:
    form_with_a_draft(worker)
    worker.reload()
    expect(worker.get_by_role("heading", name="Unlock your notes")).to_be_visible()


def _an_addition(worker: Page) -> None:
    worker.goto("/?corrects=0a3c1d7e-9f5b-4c52-8a3e-6f0f6f1f2a11")
    worker.get_by_label("What you want to add").fill("He has come back.")


@pytest.mark.parametrize("screen", [_a_receipt, _the_lock, _an_addition])
def test_whom_to_ring_is_one_tap_away_and_the_tap_takes_nothing_away(sign_in: Open, screen) -> None:
    worker = sign_in("worker.d")
    screen(worker)
    loads: list[str] = []
    worker.on("domcontentloaded", lambda page: loads.append(page.url))
    worker.get_by_role("link", name="999 and whom to ring").click()
    expect(worker.get_by_role("link", name=re.compile("Ring 999 first"))).to_be_in_viewport(ratio=1)
    expect(worker.get_by_role("link", name=re.compile("Then the lead"))).to_be_in_viewport(ratio=1)
    assert loads == []
    if screen is _an_addition:
        expect(worker.get_by_label("What you want to add")).to_have_value("He has come back.")


@pytest.mark.parametrize(("question", "answer"), [("Is someone in danger now?", "Yes"), ("Is someone hurt?", "Not sure")])
def test_after_danger_or_hurt_the_receipt_begins_with_whom_to_ring_and_does_not_say_that_she_need_do_no_more(
        sign_in: Open, question: str, answer: str) -> None:
    worker = sign_in("worker.d")
    fill_note(worker, person="O.B. · P-130", seen=SEEN)
    pick(worker, question, answer)
    _save(worker)
    expect(worker.locator("#receipt")).to_contain_text("Delivered")
    expect(worker.get_by_text("if it is not safe, ring now")).to_be_visible()
    expect(worker.get_by_text("You need do no more")).to_have_count(0)
    order = worker.locator(".note-form").evaluate(
        "form => [...form.querySelectorAll('a[href^=\"tel:\"], #receipt')].map((part) => part.getAttribute('href') ?? part.id)")
    assert order == ["tel:999", "tel:01632960002", "receipt"]


def test_what_is_only_on_the_phone_is_not_said_to_be_read_by_anybody(sign_in: Open) -> None:
    worker = sign_in("worker.d")
    _without_signal(worker)
    fill_note(worker, person="O.B. · P-130", seen=SEEN)
    _save(worker)
    expect(worker.get_by_text("The office does not have it yet. If it cannot wait, ring.")).to_be_visible()
    expect(worker.get_by_text("A person in the office reads it")).to_have_count(0)
    worker.unroute(POSTS)
    worker.evaluate("window.dispatchEvent(new Event('online'))")
    expect(worker.get_by_text("A person in the office reads it and decides what happens. You need do no more.")).to_be_visible()


def _carlas(sign_in: Open) -> tuple[Page, Locator]:
    """A phone that is enrolled for her, and the bar with Save, once it names her."""
    phone = sign_in("worker.c")
    enrolled(phone)
    phone.reload()
    bar = phone.locator(".bottom-bar")
    expect(bar).to_contain_text("From Carla Denny.")
    return phone, bar


def test_beside_save_stands_whose_note_it_will_be_signed_in_or_not(sign_in: Open) -> None:
    phone, bar = _carlas(sign_in)
    hide(phone)
    phone.get_by_role("link", name="Go to the start page").click()
    expect(phone.get_by_text("your notes go, as from Carla Denny. Not you?")).to_be_visible()
    expect(bar).to_contain_text("From Carla Denny.")


def test_beside_save_nobody_is_named_for_a_note_without_a_name(sign_in: Open) -> None:
    phone, bar = _carlas(sign_in)
    phone.locator("summary", has_text="Something else").click()
    phone.get_by_role("button", name="How we work, or a colleague").click()
    tick(phone, "Do not say who I am")
    expect(bar).not_to_contain_text("Carla")
