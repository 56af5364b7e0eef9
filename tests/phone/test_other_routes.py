"""The other ways to write, on a phone: past one's manager, with a name or without; and the account one was asked for."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.steps import NOTES_KEPT, fold_out, pick, tick
from tests.e2e.test_accessibility import violations
from tests.serving import Open

#: What an onlooker must not read. "Protect" is the name of the charity.
TELLING = re.compile(r"whistl|safeguard|abus|harm|violen|victim|perpetrat|allegation|police|witness|misconduct", re.IGNORECASE)
SPEAK_UP, ACCOUNT = "How we work, or a colleague", "I was asked for my account"
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def _choose(page: Page, way: str) -> None:
    fold_out(page, "Something else")
    page.get_by_role("button", name=way, exact=True).click()


def _save(page: Page) -> str:
    page.get_by_role("button", name="Save note").click()
    expect(page.locator("#receipt")).to_contain_text("Delivered")
    return page.locator("#reference").inner_text()


def _speaks_up(page: Page, words: str, *, nameless: bool = False) -> str:
    _choose(page, SPEAK_UP)
    pick(page, "What is it about?", "How we work")
    page.get_by_label("What I saw or know", exact=True).fill(words)
    page.get_by_label("Since when?", exact=True).fill("August")
    if nameless:
        tick(page, "Do not say who I am")
    return _save(page)


def test_what_goes_past_the_manager_reaches_one_desk_and_is_answered_there(sign_in: Open) -> None:
    worker = sign_in("worker.a")
    reference = _speaks_up(worker, "Half-hour visits are cut to ten minutes.")
    worker.goto("/mine")
    expect(worker.get_by_role("listitem").filter(has_text=reference)).to_contain_text("delivered")
    lead = sign_in("lead")
    expect(lead.get_by_role("list", name="What is due")).to_be_visible()
    expect(lead.get_by_text(reference)).to_have_count(0)
    desk = sign_in("nominated", phone=False)
    desk.get_by_role("link", name=f"Note {reference}").first.click()
    expect(desk.get_by_text("Half-hour visits are cut to ten minutes.")).to_be_visible()
    desk.get_by_role("button", name="Acknowledge", exact=True).click()
    pick(desk, "What happens with it?", "I have dealt with it")
    desk.get_by_label(re.compile("What was done, or why")).fill("The rota has travel time now.")
    pick(desk, "Does the writer know what was done?", "Yes")
    desk.get_by_role("button", name="Record it").click()
    expect(desk.get_by_text(re.compile("The rota has travel time now. The writer knows."))).to_be_visible()


def test_without_a_name_nothing_of_it_stays_on_the_phone_or_in_my_notes(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    reference = _speaks_up(worker, "Half-hour visits are cut to ten minutes.", nameless=True)
    expect(worker.get_by_text("They cannot ask you back. If you know more, write again.")).to_be_visible()
    assert reference not in str(worker.evaluate(NOTES_KEPT))
    worker.goto("/mine")
    expect(worker.get_by_role("link", name="Write a note")).to_be_visible()
    expect(worker.get_by_text("Loading")).to_have_count(0)
    expect(worker.get_by_text(reference)).to_have_count(0)
    desk = sign_in("nominated", phone=False)
    desk.get_by_role("link", name=f"Note {reference}").first.click()
    expect(desk.get_by_text(re.compile("somebody who gave no name")).first).to_be_visible()


def test_an_account_without_a_signal_waits_sealed_and_arrives_as_she_wrote_it(sign_in: Open) -> None:
    worker = sign_in("worker.d")
    _choose(worker, ACCOUNT)
    worker.get_by_label("Who asked me", exact=True).fill("Lena Hart")
    worker.get_by_label("When did it happen?", exact=True).fill("2026-01-05T09:30")
    worker.get_by_label("What I saw and heard, in my own words").fill("I think he was aggressive. A plate broke.")
    worker.get_by_role("button", name="Save note").click()
    expect(worker.get_by_role("alert")).to_contain_text("Tick this if it is so")
    expect(worker.locator("#nudge")).to_have_count(0)  # her words stay as they are
    tick(worker, "These are my own words.")
    worker.context.set_offline(True)
    worker.get_by_role("button", name="Save note").click()
    expect(worker.locator("#receipt")).to_contain_text("On this phone")
    assert "plate" not in str(worker.evaluate(NOTES_KEPT))
    worker.context.set_offline(False)
    expect(worker.locator("#receipt")).to_contain_text("Delivered")
    reference = worker.locator("#reference").inner_text()
    lead = sign_in("lead", phone=False)
    lead.get_by_role("link", name=f"Note {reference}").first.click()
    expect(lead.get_by_text("I think he was aggressive. A plate broke.")).to_be_visible()
    expect(lead.get_by_text("Lena Hart").first).to_be_visible()


@pytest.mark.parametrize(("way", "dark"), [(SPEAK_UP, False), (ACCOUNT, True)])
def test_999_stays_first_and_no_word_tells_an_onlooker_what_it_is_about(sign_in: Open, way: str, dark: bool) -> None:
    worker = sign_in("worker.a", dark=dark)
    _choose(worker, way)
    expect(worker.get_by_role("heading", level=2).first).to_be_focused()
    expect(worker.get_by_role("link", name="Hurt, or in danger?")).to_be_in_viewport()
    assert not TELLING.search(worker.locator("body").inner_text())
    assert not violations(worker)
    expect(worker.get_by_text(re.compile("case", re.IGNORECASE))).to_have_count(0)
    for width in (320, 390):
        worker.set_viewport_size({"width": width, "height": 844})
        assert worker.evaluate(WIDER) == 0
    worker.get_by_role("button", name="Back to the note of a visit").click()
    expect(worker.get_by_label("What I saw", exact=True)).to_be_visible()


def test_she_is_told_who_reads_it_what_without_a_name_means_and_the_ways_outside(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    _choose(worker, SPEAK_UP)
    for said in ("the nominated individual", "local authority", "CQC", "Protect", "does not keep who sent it",
                 "cannot ask you back", "not in My notes", "may still show who you are",
                 "They may pass it on to the lead or the manager", "never to somebody whom it names", "Write full names"):
        expect(worker.get_by_text(re.compile(said)).first).to_be_visible()


def test_where_nobody_may_read_it_she_is_sent_elsewhere(sign_in: Open) -> None:
    worker = sign_in("worker.d")
    worker.route("**/api/observations/mine", lambda route: route.fulfill(json={"notes": [
        {"id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "reference": "VN-2RV2-YNK3-C", "state": "nobody_here",
         "delivered_at": "2026-01-05T09:30:00Z", "seen_at": None, "in_hand_at": None}],
        "outside": [{"name": "Adult social care: Duty team", "number": "01632 960 100"}]}))
    worker.goto("/mine")
    expect(worker.get_by_text("Please ring the local authority and CQC yourself.")).to_be_visible()
    expect(worker.get_by_role("link", name="01632 960 100")).to_have_attribute("href", "tel:01632960100")
