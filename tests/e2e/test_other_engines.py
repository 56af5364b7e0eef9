"""The phone's pages in Debian's Firefox and in WebKitGTK: one walk through what she does in a day.

A smoke run, and no more. WebKitGTK is built from the engine that Safari is built from, and is not Safari; Debian's Firefox
is neither Firefox on Android nor any browser of an iPhone. What only those do is shown by nothing here.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.site import Office
from tests.e2e.steps import KEYS_KEPT, NOTES_KEPT, VALUES_KEPT
from tests.engines import ENGINES, Engine, EngineUnavailable, Window
from tests.serving import PASSWORD

pytestmark = pytest.mark.long

#: What Firefox says of a socket that the test, or the page as it goes, has cut.
CUT_ON_PURPOSE = ("can’t establish a connection to the server", "was interrupted while the page was loading")
SEEN = "The kettle was cold."
PIN = "482915"
KEPT = "return navigator.serviceWorker.controller?.state === 'activated'"
ENROLLED = f"return (await ({KEYS_KEPT})()).some((row) => row.name.startsWith('device:'))"
STATES = f"(await ({NOTES_KEPT})()).map((row) => row.state)"
DELIVERED = f"const states = {STATES}; return states.length > 0 && states.every((state) => state === 'delivered')"
DRAFT_KEPT = f"return (await ({VALUES_KEPT})()).some((row) => row.name === 'draft:note' && row.saved_at >= typed)"
SIGNED_IN = "return (await fetch('/api/session')).status"
TAKE_KEY_OUT = f"""const row = (await ({KEYS_KEPT})()).find((one) => one.name.startsWith("device:"));
  return crypto.subtle.exportKey("pkcs8", row.key).then(() => "taken", (problem) => problem.name)"""
NOT_IN_SIGHT = """return [...document.querySelectorAll("button, summary, .chip, .control")]
  .filter((e) => e.getClientRects().length).map((e) => [e.textContent, e.getBoundingClientRect()])
  .filter(([, box]) => box.height < 24 || box.left < 0 || box.right > innerWidth).map(([text]) => text)"""


@pytest.fixture(scope="module", params=ENGINES, ids=lambda engine: engine.name)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """A browser that starts on this machine. Only its first start may be skipped; afterwards not starting is a failure."""
    found: Engine = request.param
    try:
        with found.open(tmp_path_factory.mktemp("first")) as window:
            print(f"\nDriving {window.version}")  # noqa: T201 - make verify says what it ran
    except EngineUnavailable as why:
        pytest.skip(str(why))
    return found


@pytest.fixture(scope="module")
def office(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One for each browser: a person may have twenty phones, and each test starts a new one."""
    made = Office(tmp_path_factory.mktemp(f"office-for-{engine.name}"))
    made.start()
    yield made
    made.stop()


@pytest.fixture
def phone(engine: Engine, tmp_path: Path) -> Iterator[Window]:
    """A browser that has never been here before."""
    with engine.open(tmp_path / "phone") as window:
        yield window
        assert [line for line in window.complaints if not any(said in line for said in CUT_ON_PURPOSE)] == []


def sign_in(phone: Window, office: Office) -> None:
    phone.go(f"{office.url}/sign-in/")
    phone.fill("User name", "worker.a")
    phone.fill("Password", PASSWORD)
    phone.tap("button", "Sign in")
    phone.arrives("/")
    phone.shows("D.M. · P-104")


def ready_for_no_signal(phone: Window, office: Office) -> None:
    """Her first visit, with a signal, to its end: the pages are kept and the phone is enrolled."""
    sign_in(phone, office)
    phone.until(KEPT)
    phone.until(ENROLLED)


def write(phone: Window, person: str = "D.M. · P-104") -> None:
    phone.tap(".chip", person)
    phone.fill("What I saw", SEEN)


def save(phone: Window, says: str) -> str:
    phone.tap("button", "Save note")
    phone.until("return document.querySelector('#receipt')?.textContent.includes(says)", says=says)
    return phone.run("return document.querySelector('#reference').textContent")


def test_the_form_is_drawn_with_nothing_too_small_or_out_of_sight(phone: Window, office: Office) -> None:
    sign_in(phone, office)
    assert phone.run(NOT_IN_SIGHT) == []


def test_what_is_missing_is_said_and_takes_the_focus(phone: Window, office: Office) -> None:
    sign_in(phone, office)
    phone.tap("button", "Save note")
    phone.until("return document.activeElement.matches('.error-summary')")


def test_the_phone_is_enrolled_with_a_key_that_cannot_be_taken_out(phone: Window, office: Office) -> None:
    sign_in(phone, office)
    phone.until(ENROLLED)
    assert phone.run(TAKE_KEY_OUT) == "InvalidAccessError"


def test_a_note_is_delivered_and_stands_among_hers(phone: Window, office: Office) -> None:
    sign_in(phone, office)
    write(phone)
    reference = save(phone, "Delivered")
    phone.tap("a", "My notes")
    phone.arrives("/mine")
    phone.until("""return [...document.querySelectorAll("li")].some((row) => row.textContent.includes(reference)
      && row.textContent.includes("delivered"))""", reference=reference)


def test_a_note_kept_while_the_server_is_away_is_delivered_when_it_is_back(phone: Window, office: Office) -> None:
    ready_for_no_signal(phone, office)
    with office.unplugged():
        write(phone)
        save(phone, "On this phone")
    phone.shows("Delivered")


def test_the_form_opens_and_keeps_a_note_with_the_server_stopped(phone: Window, office: Office) -> None:
    ready_for_no_signal(phone, office)
    with office.unplugged():
        phone.go(f"{office.url}/")
        phone.shows("The list is not here yet.")
        phone.tap(".chip", "Someone else")
        phone.fill("Their name", "D. Marlow")
        phone.fill("What I saw", SEEN)
        save(phone, "On this phone")


def test_a_browser_started_anew_with_the_server_stopped_shows_the_form_and_what_waits(
        engine: Engine, tmp_path: Path, office: Office) -> None:
    if not engine.keeps:
        pytest.skip(f"{engine.name} keeps nothing under automation once it has ended, so there is nothing to come back to")
    with engine.open(tmp_path / "phone") as first:
        ready_for_no_signal(first, office)
        with office.unplugged():
            write(first)
            reference = save(first, "On this phone")
            first.go("about:blank")
    office.stop()
    try:
        with engine.open(tmp_path / "phone") as again:
            again.go(f"{office.url}/mine/")
            again.shows(reference)
    finally:
        office.start()


def test_hide_ends_the_session_and_leaves_a_page_that_says_nothing(phone: Window, office: Office) -> None:
    sign_in(phone, office)
    write(phone)
    phone.tap("a", "Hide")
    phone.arrives("/away")
    phone.shows("There is nothing to read here.")
    phone.until("return localStorage.getItem('sgapp-end-session') === null")
    assert phone.run(SIGNED_IN) == 401


def test_what_waits_when_she_hides_is_delivered_by_the_phones_own_key(phone: Window, office: Office) -> None:
    ready_for_no_signal(phone, office)
    with office.unplugged():
        write(phone)
        save(phone, "On this phone")
        phone.tap("a", "Hide")
        phone.arrives("/away")
    phone.until("return localStorage.getItem('sgapp-end-session') === null")
    phone.go(f"{office.url}/")
    phone.until(DELIVERED)
    assert phone.run(SIGNED_IN) == 401


def test_a_draft_comes_back_after_a_reload_with_the_pin(phone: Window, office: Office) -> None:
    sign_in(phone, office)
    phone.tap("summary", "Keep drafts when this phone locks")
    phone.fill("A PIN of 6 digits or more", PIN)
    phone.fill("The same again", PIN)
    phone.tap("button", "Use this PIN")
    phone.until("return document.querySelector('#not-kept') === null")
    write(phone)
    phone.until(DRAFT_KEPT, typed=phone.run("return Date.now()"))
    phone.go(f"{office.url}/")
    phone.fill("Your PIN", PIN)
    phone.tap("button", "Open")
    phone.until("return document.querySelector('#seen')?.value === seen", seen=SEEN)
