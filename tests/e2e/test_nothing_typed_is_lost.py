"""What a person typed survives a mistake, a reload, a lost connection and a restart; and a repeat changes nothing."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.pictures import signed_in
from tests.e2e.steps import arrive, fill_note, pick
from tests.serving import Open, Server, start_server, stop_server

WHY = "A long reason that nobody wants to type twice."


def _decide_page(page: Page, about: str = "O. Brand") -> None:
    page.goto("/cases")
    page.get_by_role("link", name=about).first.click()
    case = arrive(page, "case")
    page.goto(f"/decide?id={case}")
    pick(page, "Is anything shared?", "Do not share")
    with page.expect_request(lambda r: "/api/drafts/" in r.url and r.method == "PUT" and WHY in (r.post_data or "")):
        page.get_by_label("Why", exact=True).fill(WHY)


def test_a_half_written_decision_survives_a_reload(sign_in: Open) -> None:
    lead = sign_in("lead")
    _decide_page(lead)
    lead.reload()
    expect(lead.get_by_label("Why", exact=True)).to_have_value(WHY)
    expect(lead.get_by_role("radio", name="Do not share")).to_be_checked()


def test_the_last_words_before_signing_out_are_kept_and_no_earlier_answer_comes_back(sign_in: Open) -> None:
    lead = sign_in("lead")
    _decide_page(lead, "D. Marlow")  # her own draft of the other is another test's
    address = lead.url
    pick(lead, "Is anything shared?", "Share")
    lead.get_by_label("Why", exact=True).fill("Other words, a moment before I go.")
    lead.get_by_role("button", name="Sign out").click()
    lead.wait_for_url("**/sign-in**")
    lead = sign_in("lead")
    lead.goto(address)
    expect(lead.get_by_label("Why", exact=True)).to_have_value("Other words, a moment before I go.")
    expect(lead.get_by_role("radio", name="Share", exact=True)).to_be_checked()


@pytest.mark.long
def test_a_half_written_decision_survives_a_restart_of_the_server(browser: Browser, tmp_path: Path) -> None:
    server, process = start_server(tmp_path)
    try:
        lead = signed_in(browser, server.url, "lead", {"width": 1024, "height": 768}, dark=False)
        _decide_page(lead)
        stop_server(process)
        lead.get_by_role("button", name="Record the decision").click()
        expect(lead.get_by_text("Not confirmed yet")).to_be_visible()
        expect(lead.get_by_label("Why", exact=True)).to_have_value(WHY)
        port = server.url.rpartition(":")[2]
        server, process = start_server(tmp_path, port=int(port))
        lead.reload()
        expect(lead.get_by_label("Why", exact=True)).to_have_value(WHY)
        lead.context.close()
    finally:
        stop_server(process)


def test_save_tapped_three_times_makes_one_note(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    fill_note(worker, person="R.L. · P-117", seen="The hoist sling lay on the floor.")
    worker.get_by_role("button", name="Save note").dblclick()
    expect(worker.locator("#receipt")).to_contain_text("Delivered")
    reference = worker.locator("#reference").inner_text()
    worker.reload()
    worker.goto("/mine")
    expect(worker.get_by_text(reference)).to_have_count(1)
    lead = sign_in("lead")
    expect(lead.get_by_role("listitem").filter(has_text=reference)).to_have_count(1)


def test_a_note_saved_without_a_signal_is_sealed_and_goes_when_it_returns(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    fill_note(worker, person="R.L. · P-117", seen="CANARY-in-the-outbox lay on the table.")
    worker.context.set_offline(True)
    worker.get_by_role("button", name="Save note").click()
    expect(worker.locator("#receipt")).to_contain_text("On this phone")
    kept = worker.evaluate("""async () => {
      const open = indexedDB.open("visit-notes");
      const db = await new Promise((done) => { open.onsuccess = () => done(open.result); });
      const rows = db.transaction("notes").objectStore("notes").getAll();
      return JSON.stringify(await new Promise((done) => { rows.onsuccess = () => done(rows.result); }));
    }""")
    assert "sealed" in kept
    assert "CANARY" not in kept
    worker.context.set_offline(False)
    expect(worker.locator("#receipt")).to_contain_text("Delivered", timeout=15_000)


def test_a_note_that_lacks_something_keeps_what_was_written_and_says_where(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    worker.get_by_label("What I did", exact=True).fill("Rang the office.")
    worker.get_by_role("button", name="Save note").click()
    expect(worker.get_by_role("alert")).to_be_focused()
    expect(worker.get_by_role("alert")).to_contain_text("Say who you visited")
    expect(worker.get_by_label("What I did", exact=True)).to_have_value("Rang the office.")
    worker.get_by_role("link", name="Write what you saw").click()
    expect(worker.get_by_label("What I saw")).to_be_focused()


def test_new_notes_are_counted_and_the_list_stands_still_until_asked(server: Server, sign_in: Open) -> None:
    lead, worker = sign_in("lead"), sign_in("worker.d")
    rows = lead.get_by_role("list", name="What is due").get_by_role("listitem")
    expect(rows.first).to_be_visible()
    before = rows.count()
    fill_note(worker, person="O.B. · P-130", seen="The side gate was open.")
    worker.get_by_role("button", name="Save note").click()
    expect(worker.locator("#receipt")).to_contain_text("Delivered")
    expect(lead.get_by_role("button", name="1 new")).to_be_visible()
    assert rows.count() == before
    lead.get_by_role("button", name="1 new").click()
    expect(lead.get_by_text(worker.locator("#reference").inner_text())).to_be_visible()


def test_a_correction_is_added_and_the_first_words_stay(sign_in: Open) -> None:
    worker = sign_in("worker.b")
    fill_note(worker, person="R.L. · P-117", seen="The mark was on the left arm.")
    worker.get_by_role("button", name="Save note").click()
    expect(worker.locator("#receipt")).to_contain_text("Delivered")
    reference = worker.locator("#reference").inner_text()
    worker.goto("/mine")
    worker.get_by_role("listitem").filter(has_text=reference).get_by_role("link", name="Add to it").click()
    expect(worker.get_by_text(f"You are adding to note {reference}")).to_be_visible()
    worker.get_by_label("What you want to add").fill("It was the right arm.")
    worker.get_by_role("button", name="Save note").click()
    expect(worker.locator("#receipt")).to_contain_text("Delivered")
    lead = sign_in("lead")
    lead.get_by_role("listitem").filter(has_text=reference).get_by_role("link").first.click()
    arrive(lead, "note")
    expect(lead.get_by_text("The mark was on the left arm.")).to_be_visible()
    expect(lead.get_by_role("heading", name="Added later")).to_be_visible()
    expect(lead.get_by_text("It was the right arm.")).to_be_visible()
