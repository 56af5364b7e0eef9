"""Whose turn it is, on the pages: filters that are remembered, finding, walking by keys, the rota, and how one is told."""

import re
import uuid
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from sgapp.services.house import SYSTEM, now
from sgapp.services.intake import intake_key, receive, seal_note
from sgapp.services.views.queue import PAGE
from sgapp.store import accounts
from tests.e2e.pictures import signed_in
from tests.e2e.plans import house_of
from tests.e2e.steps import fold_out, pick, record
from tests.serving import TABLET, Open, start_server, stop_server

REFERRAL = re.compile(r"\d{4}-\w{4}-\w-R1 ")


def rows(page: Page) -> list[str]:
    listed = page.get_by_role("list", name="What is due")
    expect(listed).to_be_visible()
    return [row.inner_text() for row in listed.get_by_role("listitem").all()]


def test_a_count_shows_only_its_own_and_is_remembered_until_it_is_tapped_again(sign_in: Open) -> None:
    lead = sign_in("deputy")
    everything = len(rows(lead))
    agencies = lead.get_by_role("button", name="With agencies")
    agencies.click()
    expect(agencies).to_have_attribute("aria-pressed", "true")
    assert len(rows(lead)) < everything
    assert all("receipt" in row or "their decision" in row for row in rows(lead))
    lead.reload()
    expect(agencies).to_have_attribute("aria-pressed", "true")
    agencies.click()
    expect(agencies).to_have_attribute("aria-pressed", "false")
    expect(lead.get_by_role("list", name="What is due").get_by_role("listitem")).to_have_count(everything)


def test_a_name_and_a_reference_are_found_and_what_is_not_there_is_said(sign_in: Open) -> None:
    lead = sign_in("lead")
    rows(lead)
    search = lead.get_by_role("searchbox", name="Name or reference")
    search.fill("ferr")
    search.press("Enter")
    expect(lead.get_by_role("listitem").filter(has_text=REFERRAL)).to_have_count(1)
    expect(lead.get_by_role("listitem").filter(has_text="O. Brand")).to_have_count(0)
    search.fill("nobody of that name")
    search.press("Enter")
    expect(lead.get_by_text("Nothing here by this filter")).to_be_visible()
    assert "ferr" not in lead.url and "nobody" not in lead.url


def test_the_rows_are_walked_with_the_arrow_keys_once_one_has_the_focus(sign_in: Open) -> None:
    lead = sign_in("lead")
    rows(lead)
    links = lead.locator(".row-title")
    links.first.focus()
    last = links.count() - 1
    for key, index in (("ArrowDown", 1), ("End", last), ("ArrowUp", last - 1), ("Home", 0), ("ArrowUp", 0)):
        lead.keyboard.press(key)
        expect(links.nth(index)).to_be_focused()


def test_the_keyboard_goes_on_at_the_first_row_that_came_where_the_last_more_was(browser: Browser, tmp_path: Path) -> None:
    server, process = start_server(tmp_path)
    try:
        with house_of(server) as house:
            at = now()
            with house.begin(SYSTEM, at) as uow:
                worker = accounts.by_username(uow, "worker.a")
            assert worker is not None
            key = intake_key(house, now=at)
            for n in range(PAGE):
                note = str(uuid.uuid4())
                receive(house, worker.as_actor(), seal_note(key, note, {
                    "schema": 1, "id": note, "captured_at": at.isoformat(), "capture_seq": n, "when_seen": at.isoformat(),
                    "person": {"free_text": f"Somebody {n}"}, "where": {"place": "own_home"}, "seen": "A mark."}), now=at)
        lead = signed_in(browser, server.url, "lead", TABLET, dark=False)
        expect(lead.get_by_role("list", name="What is due").get_by_role("listitem")).to_have_count(PAGE)
        lead.get_by_role("button", name="More, due later").press("Enter")
        expect(lead.locator(".row-title").nth(PAGE)).to_be_focused()
        expect(lead.get_by_role("button", name="More, due later")).to_have_count(0)
        lead.context.close()
    finally:
        stop_server(process)


def test_an_absence_that_leaves_nobody_on_call_is_refused_in_plain_words_and_kept_on_the_form(sign_in: Open) -> None:
    manager = sign_in("manager")
    manager.goto("/rota")
    fold_out(manager, "Somebody is away")
    manager.get_by_label("Who is away").select_option(label="Joy Okafor")
    start = datetime(2030, 6, 3, 9)
    form = manager.locator("details").filter(has_text="Somebody is away")
    form.get_by_label("From").fill(start.isoformat(timespec="minutes"))
    form.get_by_label("Until").fill((start + timedelta(days=1)).isoformat(timespec="minutes"))
    form.get_by_role("button", name="Record the absence").click()
    expect(form.get_by_text("nobody would be on call from 3 Jun 2030, 09:00").first).to_be_visible()
    expect(form.get_by_label("From")).to_have_value("2030-06-03T09:00")


@pytest.mark.long
def test_a_turn_that_covers_it_lets_the_absence_be_recorded_and_the_one_who_covers_is_told_so(
        browser: Browser, tmp_path: Path) -> None:
    server, process = start_server(tmp_path)
    try:
        manager = signed_in(browser, server.url, "manager", TABLET, dark=False)
        manager.goto("/rota")
        fold_out(manager, "Add a turn")
        pick(manager, "Duty", "On call")
        form = manager.locator("details").filter(has_text="Add a turn")
        form.get_by_label("Who").select_option(label="Devan Rao")
        form.get_by_label("From").fill("2030-06-03T09:00")
        form.get_by_label("Until").fill("2030-06-04T09:00")
        record(manager, "Add this turn", "On call until 4 Jun 2030, 09:00.")
        expect(manager.get_by_role("list", name="Turns").get_by_role("listitem")).to_contain_text("Devan Rao")
        fold_out(manager, "Somebody is away")
        away = manager.locator("details").filter(has_text="Somebody is away")
        away.get_by_label("Who is away").select_option(label="Joy Okafor")
        away.get_by_label("From").fill("2030-06-03T09:00")
        away.get_by_label("Until").fill("2030-06-04T09:00")
        record(manager, "Record the absence", "Away until 4 Jun 2030, 09:00.")
        manager.get_by_label("Who comes next?").select_option(label="Devan Rao")
        manager.get_by_label("What they have to know").fill("Ring about VN-1 before ten.")
        record(manager, "Hand over", "Handed over.")
        expect(manager.get_by_text("Not taken over yet")).to_be_visible()
        deputy = signed_in(browser, server.url, "deputy", TABLET, dark=False)
        deputy.goto("/rota")
        expect(deputy.get_by_text("Ring about VN-1 before ten.")).to_be_visible()
        deputy.get_by_role("button", name="Take over").click()
        expect(deputy.get_by_role("list", name="Handed over")).to_contain_text("Taken over")
        manager.context.close()
        deputy.context.close()
    finally:
        stop_server(process)


def test_a_rule_of_our_own_stands_with_its_source_and_can_be_taken_back(sign_in: Open) -> None:
    manager = sign_in("manager")
    manager.goto("/clocks")
    fold_out(manager, "Set a rule of our own")
    form = manager.locator("details").filter(has_text="Set a rule of our own")
    form.get_by_label("What").select_option(label="Second review")
    form.get_by_label("At which agency").select_option(label="Any")
    pick(manager, "Measured in", "Minutes")
    form.get_by_label("How many").fill("90")
    form.get_by_label("Which policy").fill("Policy 7, March 2026")
    record(manager, "Set this rule", "worked out anew within a minute")
    ours = manager.get_by_role("list", name="Rules of our own").get_by_role("listitem")
    expect(ours).to_contain_text("Policy 7, March 2026")
    expect(ours).to_contain_text("90 min")
    ours.get_by_role("button", name="Back to the default").click()
    expect(ours).to_have_count(0)


def test_how_one_is_told_is_kept_and_a_wrong_address_is_refused_beside_its_field(sign_in: Open) -> None:
    lead = sign_in("oncall")
    lead.goto("/told")
    lead.get_by_label("Tell me by e-mail").select_option("yes")
    lead.get_by_label("E-mail address").fill("joy at example")
    lead.get_by_role("button", name="Keep this").click()
    expect(lead.get_by_text("Write the address to send to").first).to_be_visible()
    lead.get_by_label("E-mail address").fill("joy@example.org")
    lead.get_by_label("Not from").fill("22:00")
    lead.get_by_label("Until", exact=True).fill("07:00")
    record(lead, "Keep this", "Kept.")
    lead.reload()
    expect(lead.get_by_label("E-mail address")).to_have_value("joy@example.org")
    expect(lead.get_by_label("Not from")).to_have_value("22:00")
    expect(lead.get_by_label("Tell me by e-mail")).to_have_value("yes")
    lead.goto("/rota")
    expect(lead.get_by_text("not told outside this desk; e-mail not set up here")).to_be_visible()
    lead.goto("/told")  # other tests on this server see no alarm about her
    lead.get_by_label("Tell me by e-mail").select_option(label="No")
    record(lead, "Keep this", "This is how you are told from now on.")


@pytest.mark.long
def test_swept_at_a_later_time_the_demo_shows_who_is_asked_and_the_agencys_stage(browser: Browser, tmp_path: Path) -> None:
    server, process = start_server(tmp_path)
    try:
        later = (datetime.now() + timedelta(days=30)).isoformat(timespec="minutes")
        done = server.command("sweep", "--at", later)
        assert done.returncode == 0 and "went up a stage" in done.stdout, done.stdout + done.stderr
        lead = signed_in(browser, server.url, "lead", TABLET, dark=False)
        expect(lead.get_by_text("Step 3 of 3 up: Noel Quist is asked").first).to_be_visible()
        lead.get_by_role("link", name="S. Ferris").first.click()
        expect(lead.get_by_text("Stage 4 of 4: Safeguarding Adults Board")).to_be_visible()
        lead.context.close()
    finally:
        stop_server(process)
