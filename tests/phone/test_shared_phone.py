"""One phone, two people: what waits goes out under its own writer, and neither sees the other's notes."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, Route, expect

from sgapp.domain.time import to_london
from tests.e2e.steps import KEYS_KEPT, NOTES_KEPT, enrolled, fill_note, fold_out, pick, stored, tick
from tests.serving import PASSWORD, Open, Server, sign_in_by

POSTS = "**/api/observations"

def _save_without_signal(worker: Page) -> str:
    worker.route(POSTS, lambda route: route.abort("internetdisconnected"))
    worker.get_by_role("button", name="Save note").click()
    expect(worker.locator("#receipt")).to_contain_text("On this phone")
    return worker.locator("#reference").inner_text()


def _turns(phone: Page, server: Server, username: str) -> None:
    """Somebody else signs in in another tab of this phone, which then knows her."""
    before = _owner(phone)
    beside = phone.context.new_page()
    beside.goto("/sign-in")
    sign_in_by(beside, server.url, username)
    stored(beside, f"async (was) => (await ({KEYS_KEPT})()).some((row) => row.name === 'owner' && row.account !== was)", before)


def _owner(phone: Page) -> str:
    return str(phone.evaluate(f"async () => (await ({KEYS_KEPT})()).find((row) => row.name === 'owner')?.account ?? ''"))


def _nobodys_form(sign_in: Open) -> Page:
    """A phone that has met the office and on which nobody is signed in or known, with something written."""
    phone = sign_in("worker.a")
    enrolled(phone)
    phone.context.clear_cookies()
    phone.goto("/sign-in")
    phone.evaluate("""() => new Promise((done) => {
      const asked = indexedDB.open("visit-notes");
      asked.onsuccess = () => {
        const change = asked.result.transaction("keys", "readwrite");
        const keys = change.objectStore("keys");
        const all = keys.getAllKeys();
        const hers = (name) => name === "owner" || name.startsWith("device:");
        all.onsuccess = () => all.result.filter(hers).forEach((name) => keys.delete(name));
        change.oncomplete = () => { asked.result.close(); done(); };
      };
    })""")
    phone.route("**/api/people/mine", lambda route: route.abort("internetdisconnected"))  # or it would lead to the sign-in page
    phone.goto("/")
    pick(phone, "Who did you visit?", "Someone else")
    phone.get_by_label("Their name").fill("O. Brand")
    phone.get_by_label("What I saw", exact=True).fill("The hoist sling lay on the floor.")
    return phone


def _sign_in(page: Page, username: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda address: "/sign-in" not in address)


def test_a_note_that_waits_goes_out_under_its_own_writer(sign_in: Open) -> None:
    # Given a note that found no signal, and its writer signed out
    phone = sign_in("worker.c")
    enrolled(phone)
    fill_note(phone, person="I.H. · P-121", seen="The hoist sling lay on the floor.")
    reference = _save_without_signal(phone)
    phone.goto("/mine")
    phone.get_by_role("button", name="Sign out").click()
    phone.wait_for_url("**/sign-in/**")
    # When somebody else signs in on the same phone and there is a signal again
    _sign_in(phone, "worker.d")
    phone.unroute(POSTS)
    phone.goto("/mine")
    stored(phone, f"async () => (await ({NOTES_KEPT})()).every((row) => row.state === 'delivered')")
    # Then her list does not show it, and its writer's does
    phone.reload()
    expect(phone.get_by_role("heading", name="My notes")).to_be_visible()
    expect(phone.get_by_text(reference)).to_have_count(0)
    writer = sign_in("worker.c")
    writer.goto("/mine")
    expect(writer.get_by_text(reference)).to_be_visible()


def test_a_signed_note_needs_no_session_to_go(sign_in: Open) -> None:
    phone = sign_in("worker.a")
    enrolled(phone)
    fill_note(phone, person="D.M. · P-104", seen="The hoist sling lay on the floor.")
    _save_without_signal(phone)
    phone.context.clear_cookies()
    phone.unroute(POSTS)
    phone.evaluate("window.dispatchEvent(new Event('online'))")
    expect(phone.locator("#receipt")).to_contain_text("Delivered")


def test_what_waits_for_somebody_else_is_counted_and_not_shown(sign_in: Open) -> None:
    phone = sign_in("worker.c")
    enrolled(phone)
    fill_note(phone, person="I.H. · P-121", seen="The hoist sling lay on the floor.")
    reference = _save_without_signal(phone)
    phone.goto("/mine")
    phone.get_by_role("button", name="Sign out").click()
    phone.wait_for_url("**/sign-in/**")
    _sign_in(phone, "worker.b")
    phone.goto("/mine")
    expect(phone.get_by_text("1 more waits here from somebody else")).to_be_visible()
    expect(phone.get_by_text(reference)).to_have_count(0)


def test_a_note_goes_as_from_nobody_else_than_the_page_says_without_a_second_tap(sign_in: Open, server: Server) -> None:
    # Given a note that the page says is from Dilys, and Carla who signs in in another tab
    phone = sign_in("worker.d")
    enrolled(phone)
    phone.reload()
    bar = phone.locator(".bottom-bar")
    expect(bar).to_contain_text("From Dilys Munn.")
    fill_note(phone, person="O.B. · P-130", seen="The hoist sling lay on the floor.")
    _turns(phone, server, "worker.c")
    # When it is saved, then nothing goes, and the page says whose it would be now
    save = phone.get_by_role("button", name="Save note")
    save.click()
    expect(phone.get_by_role("alert")).to_contain_text("The note would now go as from Carla Denny.")
    expect(bar).to_contain_text("From Carla Denny.")
    expect(phone.get_by_label("What I saw", exact=True)).to_have_value("The hoist sling lay on the floor.")
    assert phone.evaluate(NOTES_KEPT) == []
    # And a second tap sends it as what it says
    save.click()
    expect(phone.locator("#receipt")).to_contain_text("Delivered")
    [note] = phone.evaluate(NOTES_KEPT)
    assert note["owner"] == _owner(phone)


def test_what_is_written_while_nobody_is_signed_in_says_whose_it_will_be_before_it_goes(sign_in: Open) -> None:
    phone = _nobodys_form(sign_in)
    expect(phone.locator(".bottom-bar")).to_contain_text("it goes as from whoever signs in here next")
    phone.route("**/api/session", lambda route: route.abort("internetdisconnected"))
    phone.get_by_role("button", name="Save note").click()
    expect(phone.locator("#receipt")).to_contain_text("Sign in to send it: it goes as from whoever signs in here next.")
    phone.goto("/mine")
    expect(phone.get_by_role("listitem").first).to_contain_text("goes as from whoever signs in here next")
    phone.unroute("**/api/session")
    phone.goto("/sign-in")
    expect(phone.get_by_text("1 note waits here that was written while nobody was signed in.")).to_be_visible()


def test_whoever_signs_in_in_another_tab_is_asked_before_a_note_of_nobodys_goes_as_hers(sign_in: Open, server: Server) -> None:
    phone = _nobodys_form(sign_in)
    expect(phone.locator(".bottom-bar")).to_contain_text("whoever signs in here next")
    _turns(phone, server, "worker.c")
    phone.get_by_role("button", name="Save note").click()
    expect(phone.get_by_role("alert")).to_contain_text("The note would now go as from Carla Denny.")
    assert phone.evaluate(NOTES_KEPT) == []


def test_where_the_browser_wakes_nobody_she_is_told_to_open_the_app_again(sign_in: Open) -> None:
    phone = sign_in("worker.b")
    enrolled(phone)
    phone.add_init_script("delete window.SyncManager;")
    phone.reload()
    fill_note(phone, person="R.L. · P-117", seen="The hoist sling lay on the floor.")
    _save_without_signal(phone)
    expect(phone.locator("#receipt")).to_contain_text("Open this app again when you have a signal.")
    phone.get_by_role("button", name="Write another").click()
    expect(phone.locator(".bottom-bar")).to_contain_text("1 on this phone. Keep this app open.")
    phone.context.set_offline(True)
    expect(phone.locator(".bottom-bar")).to_contain_text("Open this app again when you have one.")


def test_the_phones_key_cannot_be_taken_out_of_it(sign_in: Open) -> None:
    phone = sign_in("worker.b")
    enrolled(phone)
    refused = phone.evaluate(f"""async () => {{
      const row = (await ({KEYS_KEPT})()).find((one) => one.name.startsWith("device:"));
      try {{ await crypto.subtle.exportKey("pkcs8", row.key); return "taken"; }} catch (problem) {{ return problem.name; }}
    }}""")
    assert refused == "InvalidAccessError"


def test_once_delivered_nothing_sealed_stays(sign_in: Open) -> None:
    phone = sign_in("worker.d")
    enrolled(phone)
    fill_note(phone, person="O.B. · P-130", seen="The hoist sling lay on the floor.")
    phone.get_by_role("button", name="Save note").click()
    expect(phone.locator("#receipt")).to_contain_text("Delivered")
    [row] = phone.evaluate(NOTES_KEPT)
    assert set(row) == {"id", "reference", "seq", "saved_at", "owner", "state", "received_at"}


def test_a_switched_off_phone_enrols_anew_when_its_owner_signs_in_again(sign_in: Open) -> None:
    phone = sign_in("worker.b")
    enrolled(phone)
    before = {row["device"] for row in phone.evaluate(KEYS_KEPT) if "device" in row}
    for device in before:
        status = phone.evaluate("""async (id) => (await fetch(`/api/devices/${id}`, { method: "DELETE" })).status""", device)
        assert status == 204
    phone.goto("/mine")
    stored(phone, f"async (old) => (await ({KEYS_KEPT})()).some((row) => row.device && !old.includes(row.device))",
           list(before))


def test_notes_that_the_browser_threw_away_are_told(sign_in: Open) -> None:
    phone = sign_in("worker.a")
    fill_note(phone, person="D.M. · P-104", seen="The hoist sling lay on the floor.")
    _save_without_signal(phone)
    phone.goto("/away/")  # a page of ours that does not hold the database open
    phone.evaluate("""() => new Promise((done) => {
      const gone = indexedDB.deleteDatabase("visit-notes");
      gone.onsuccess = done;
    })""")
    phone.goto("/")
    expect(phone.get_by_text("1 note that waited on this phone is gone")).to_be_visible()
    phone.get_by_role("button", name="I will ring").click()
    phone.reload()
    expect(phone.get_by_role("button", name="Save note")).to_be_enabled()
    expect(phone.get_by_text("that waited on this phone")).to_have_count(0)


def test_a_note_without_a_name_that_went_while_no_page_was_open_is_not_told_as_lost(sign_in: Open) -> None:
    phone = sign_in("worker.b")
    enrolled(phone)
    fold_out(phone, "Something else")
    phone.get_by_role("button", name="How we work, or a colleague").click()
    pick(phone, "What is it about?", "How we work")
    phone.get_by_label("What I saw or know", exact=True).fill("Half-hour visits are cut to ten minutes.")
    tick(phone, "Do not say who I am")
    _save_without_signal(phone)
    phone.goto("/sign-in")  # a page of ours that sends nothing
    phone.evaluate("""() => new Promise((done) => {
      const asked = indexedDB.open("visit-notes");
      asked.onsuccess = () => {
        const sent = asked.result.transaction("notes", "readwrite");
        sent.objectStore("notes").clear(); // as the worker does once it has the receipt
        sent.oncomplete = () => { asked.result.close(); done(); };
      };
    })""")
    phone.goto("/")
    expect(phone.get_by_role("button", name="Save note")).to_be_enabled()
    phone.wait_for_load_state("networkidle")
    expect(phone.get_by_text("that waited on this phone")).to_have_count(0)


def test_a_clock_wrong_by_a_day_is_told_and_the_note_goes_all_the_same(sign_in: Open) -> None:
    phone = sign_in("worker.c")
    real: list[str] = []

    def a_day_ago(route: Route) -> None:
        answer = route.fetch()
        real.append(answer.headers["date"])
        route.fulfill(response=answer, headers={**answer.headers, "date": "Mon, 05 Jan 2026 09:00:00 GMT"})

    phone.route("**/api/intake/key", a_day_ago)
    phone.goto("/")
    expect(phone.get_by_text(re.compile(r"This phone's clock is fast by \d+ days"))).to_be_visible()
    fill_note(phone, person="I.H. · P-121", seen="The hoist sling lay on the floor.")
    phone.get_by_role("button", name="Save note").click()
    expect(phone.locator("#receipt")).to_contain_text("Delivered")
    assert real


def test_on_a_clock_a_day_slow_she_says_the_true_time_and_the_lead_is_told_of_the_clock(sign_in: Open) -> None:
    phone = sign_in("worker.c")
    phone.clock.install(time=datetime.now(UTC) - timedelta(days=1))
    phone.goto("/")
    expect(phone.get_by_text("This phone's clock is slow by 24 hours. Say the time as it really was")).to_be_visible()
    fill_note(phone, person="I.H. · P-121", seen="The hoist sling lay on the floor.")
    pick(phone, "When?", "Earlier")
    an_hour_ago = to_london(datetime.now(UTC) - timedelta(hours=1))
    phone.get_by_label("Day and time").fill(f"{an_hour_ago:%Y-%m-%dT%H:%M}")
    phone.get_by_role("button", name="Save note").click()
    expect(phone.locator("#receipt")).to_contain_text("Delivered")
    [note] = phone.evaluate(NOTES_KEPT)
    lead = sign_in("lead")
    lead.goto(f"/note?id={note['id']}")
    expect(lead.get_by_text("The phone's clock was 24 hours slow: it said")).to_be_visible()
