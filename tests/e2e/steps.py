"""What people do on the pages, in their own words, so that the tests read as stories."""

import re
from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect

#: What a page holds for a reader: its title, its elements with all they say of themselves, and what stands in its fields. The
#: names of its scripts are drawn by lot when it is built, and any short word comes up in them one day.
HELD = """() => {
  const copy = document.body.cloneNode(true);
  for (const script of copy.querySelectorAll("script, link")) script.remove();
  const fields = [...document.querySelectorAll("input, textarea, select")];
  return [document.title, copy.outerHTML, ...fields.map((field) => field.value)].join("\\n");
}"""
#: The rows of the phone's outbox, and of its keys.
NOTES_KEPT = """() => new Promise((done) => {
  const asked = indexedDB.open("visit-notes");
  asked.onupgradeneeded = () => asked.transaction.abort();  // not there yet: looking must not make it
  asked.onerror = () => done([]);
  asked.onsuccess = () => {
    const rows = asked.result.transaction("notes").objectStore("notes").getAll();
    rows.onsuccess = () => { asked.result.close(); done(rows.result); };
  };
})"""
KEYS_KEPT = NOTES_KEPT.replace('"notes"', '"keys"')
VALUES_KEPT = NOTES_KEPT.replace('"visit-notes"', '"visit-vault"').replace('"notes"', '"values"')


def held(page: Page) -> str:
    """All that a page holds for a reader, seen or not."""
    return str(page.evaluate(HELD))


def pick(page: Page, question: str, answer: str) -> None:
    """Choose one chip of a question."""
    group = page.get_by_role("group", name=re.compile(f"^{re.escape(question)}"))
    _choose(group.get_by_role("radio", name=answer, exact=True))


def tick(page: Page, text: str) -> None:
    """Tick the box whose label holds this text."""
    _choose(page.get_by_role("checkbox", name=text).first)


def _choose(choice: Locator) -> None:
    """Tap a chip as a finger does, on its label, and see that it took."""
    choice.locator("xpath=ancestor::label[1]").click()
    expect(choice).to_be_checked()


def choose_fact(page: Page, text: str, reason: str) -> None:
    """Choose one fact for a letter and say why they need it."""
    page.locator("label.fact").filter(has_text=text).first.get_by_role("combobox").select_option(label=reason)


def fold_out(page: Page, summary: str) -> None:
    page.locator("summary", has_text=summary).first.click()


def record(page: Page, button: str, answer: str) -> None:
    """Send a form and wait for what the product says."""
    page.get_by_role("button", name=button, exact=True).click()
    if answer:
        expect(page.get_by_role("status").filter(has_text=answer).first).to_be_visible()


def case_page(page: Page) -> str:
    """Wait for a case's page; its id."""
    return arrive(page, "case")


def arrive(page: Page, place: str) -> str:
    """Wait until a page of this kind has come, content and all; the id in its address."""
    page.wait_for_url(re.compile(rf"/{place}/?\?id="))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return parse_qs(urlsplit(page.url).query)["id"][0]


def write_note(page: Page, *, person: str, seen: str = "", said: str = "", said_by: str = "", heard: str = "",
               room: str = "", present: str = "", done: str = "", told: str = "", consent: str = "", wish: str = "",
               noticed: Sequence[str] = (), codes: Sequence[str] = ()) -> str:
    """Fill in the worker's form and save it. Returns the reference that the phone shows at once."""
    fill_note(page, person=person, seen=seen, said=said, said_by=said_by, heard=heard, room=room, present=present,
              done=done, told=told, consent=consent, wish=wish, noticed=noticed, codes=codes)
    page.get_by_role("button", name="Save note").click()
    expect(page.locator("#receipt")).to_contain_text("Delivered")
    return page.locator("#reference").inner_text()


def fill_note(page: Page, *, person: str, seen: str = "", said: str = "", said_by: str = "", heard: str = "",
              room: str = "", present: str = "", done: str = "", told: str = "", consent: str = "", wish: str = "",
              noticed: Sequence[str] = (), codes: Sequence[str] = ()) -> None:
    """Fill in the worker's form as she would, unfolding what she needs."""
    pick(page, "Who did you visit?", person)
    if room:
        pick(page, "Where?", room)
    for label, text in (("What I saw", seen), ("What I heard", heard), ("What was said, in their words", said),
                        ("What I did", done), ("Whom I told, and when", told)):
        if text:
            page.get_by_label(label, exact=True).fill(text)
    if said_by:
        page.get_by_label("Who said it").fill(said_by)
    for summary, label, text in (("Who was there", "Who was there", present),
                                 ("What they want", "What do they want to happen?", wish)):
        if text:
            fold_out(page, summary)
            page.get_by_label(label, exact=True).fill(text)
    if consent:
        if not wish:
            fold_out(page, "What they want")
        pick(page, "May it be passed on?", consent)
    if noticed:
        fold_out(page, "Things I noticed")
        pick(page, "Are you away from the home?", "Yes")
        for label in noticed:
            tick(page, label)
    for label in codes:
        tick(page, label)


def stored(page: Page, condition: str, argument: object = None) -> None:
    """Wait until an async function of what the phone has stored answers true."""
    page.evaluate(f"""async (argument) => {{
      const holds = {condition};
      for (let i = 0; i < 150 && !(await holds(argument)); i += 1) await new Promise((go) => setTimeout(go, 100));
      if (!(await holds(argument))) throw new Error("it never came true");
    }}""", argument)


def enrolled(worker: Page) -> None:
    """Wait until this phone can hand in her notes without a session."""
    stored(worker, f"async () => (await ({KEYS_KEPT})()).some((row) => row.name.startsWith('device:'))")


def authenticator(page: Page, *, prf: bool = True) -> None:
    """Give this phone a face or a finger; without `prf` one that makes no secret."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "hasPrf": prf, "automaticPresenceSimulation": True}})


def lock_by_passkey(page: Page) -> None:
    """Choose face or finger as the phone's lock, on the note form; its authenticator was there when the page was loaded."""
    fold_out(page, "Keep drafts when this phone locks")
    page.get_by_role("button", name="Use face or finger").click()
    expect(page.get_by_text("This phone's lock")).to_be_visible()
