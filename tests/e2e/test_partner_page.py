"""An agency that is not on the system: a link by mail, a code by telephone, and an answer without any script."""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from email import message_from_bytes
from email.message import Message
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from tests.e2e.pictures import signed_in
from tests.e2e.steps import arrive, choose_fact, fold_out, pick, record
from tests.services.story import sharing_form
from tests.serving import PHONE, TABLET, Server, free_port, start_server, stop_server

CHOSEN = {"Stan Ferris, P-155": "So that they know who it is about", "A call is fine": "So that they make contact safely",
          "Two days of tablets were still in the box.": "Shows the risk"}
LEFT_OUT = ("The fridge held milk and butter.", "when he remembers", "Diabetes", "Walks with a frame", "Made a meal",
            "Joy Okafor", "helped, not blamed", "his son")


@dataclass
class Inbox:
    """What a real mail server took."""

    mails: list[Message] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content))
        return "250 OK"


@dataclass
class Office:
    """A server with a mail server beside it, and the lead at her desk."""

    server: Server
    inbox: Inbox
    browser: Browser

    def signed_in(self, who: str, size: dict[str, int] | None = None) -> Page:
        return signed_in(self.browser, self.server.url, who, size or TABLET, dark=False)

    def lead(self, who: str = "lead") -> Page:
        """Whoever composes; each person has drafts of her own."""
        return self.signed_in(who)

    def agency(self, *, scripts: bool = False, dark: bool = False, size: dict[str, int] | None = None) -> Page:
        context = self.browser.new_context(viewport=size or TABLET, java_script_enabled=scripts, locale="en-GB",
                                           color_scheme="dark" if dark else "light", base_url=self.server.url)
        return context.new_page()


@pytest.fixture(scope="module")
def office(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    inbox = Inbox()
    mail = Controller(inbox, hostname="127.0.0.1", port=free_port())
    mail.start()
    server, process = start_server(tmp_path_factory.mktemp("office"), SGAPP_SMTP_URL=f"smtp://127.0.0.1:{mail.port}")
    yield Office(server, inbox, browser)
    stop_server(process)
    mail.stop()


def compose(lead: Page, *, method: str, approve: bool = True) -> str:
    """Open the composer of the waiting case and choose three facts, each for its reason. Returns the case's id."""
    lead.goto("/cases")
    lead.get_by_role("link", name="S. Ferris").first.click()
    case = arrive(lead, "case")
    lead.goto(f"/refer?id={case}&agency=LA_ASC")
    how = lead.get_by_role("group", name=re.compile("^How")).get_by_role("radio", name=method, exact=True)
    if not how.is_checked():  # a draft of the same person may have chosen it before
        pick(lead, "How", method)
    lead.get_by_label("What this lets them do").fill("To look at support for both.")
    lead.get_by_label("What you ask of them").fill("A needs assessment.")
    for text, reason in CHOSEN.items():
        choose_fact(lead, text, reason)
    if approve:
        lead.get_by_role("button", name="Approve this letter").click()
        arrive(lead, "referral")
    return case


def send_by_link(lead: Page, inbox: Inbox) -> str:
    """Send the approved letter as a link. Returns the link as it came by mail."""
    before = len(inbox.mails)
    expect(lead.get_by_role("radio", name="A link to a page of ours")).to_be_checked()  # as it was decided
    lead.get_by_label("To which team of the directory").select_option(index=1)
    lead.get_by_role("button", name="It has been sent").click()
    expect(lead.get_by_role("heading", name="Their page")).to_be_visible()
    for _ in range(150):
        if len(inbox.mails) > before:
            break
        lead.wait_for_timeout(100)  # the post goes by itself; there is no event of ours to wait for in this process
    found = re.search(r"http://\S+/r/[\w-]{22}", words_of(inbox.mails[-1]))
    assert found, words_of(inbox.mails[-1])
    return found.group()


def words_of(mail: Message) -> str:
    """Head and body of a mail, as text."""
    body = mail.get_payload(decode=True)
    assert isinstance(body, bytes)
    return f"{mail.as_string()}\n{body.decode()}"


def read_out(lead: Page) -> str:
    """Make a code, and what the lead would read out."""
    code = lead.locator(".code-large")
    before = code.inner_text() if code.count() else ""
    lead.get_by_role("button", name="Make a code").click()
    expect(code).not_to_have_text(before)
    expect(code).to_have_text(re.compile(r"^[0-9A-Z]{4} [0-9A-Z]{4}$"))
    return code.inner_text()


def enter(agency: Page, link: str, code: str) -> None:
    agency.goto(link)
    agency.get_by_label("Code").fill(code)
    agency.get_by_role("button", name="Open").click()
    expect(agency.get_by_role("heading", level=1)).to_contain_text("Referral")


def test_the_composer_shows_the_letter_as_it_will_leave_and_says_what_to_think_of(office: Office) -> None:
    lead = office.lead()
    compose(lead, method="Secure e-mail", approve=False)
    sheet = lead.locator(".letter-sheet")
    for text in CHOSEN:
        expect(sheet).to_contain_text(text)
    for text in LEFT_OUT:
        expect(sheet).not_to_contain_text(text)
    expect(lead.locator("label.fact").filter(has_text="his son").first).to_contain_text("speaks of somebody else: son")
    choose_fact(lead, "A call is fine", "Stays here")
    expect(sheet).to_contain_text("Ask us before you contact the person.")
    expect(sheet).to_contain_text("The letter asks them to ring you first")


def test_a_name_in_the_writers_own_words_is_said_beside_the_letter_and_stays_only_with_a_reason(office: Office) -> None:
    # Given a letter whose purpose names a colleague and says what was left out
    lead = office.lead("manager")
    compose(lead, method="Secure e-mail", approve=False)
    lead.get_by_label("What this lets them do").fill("To look at support. Joy Okafor says he has diabetes.")
    slipped = lead.get_by_role("complementary", name="In your own words")
    expect(slipped).to_contain_text("names somebody else: Joy Okafor")
    expect(slipped).to_contain_text("says what is left out: “Diabetes")
    # When she approves it all the same, she is asked why, and nothing she typed is lost
    lead.get_by_role("button", name="Approve this letter").click()
    expect(lead.get_by_role("alert")).to_contain_text("names somebody else: Joy Okafor")
    expect(lead.get_by_label("What this lets them do")).to_have_value("To look at support. Joy Okafor says he has diabetes.")
    lead.get_by_label("Why a name, or something left out").fill("She saw it and can be rung.")
    lead.get_by_role("button", name="Approve this letter").click()
    # Then the file keeps the reason
    arrive(lead, "referral")
    fold_out(lead, "In our own words")
    expect(lead.get_by_text("She saw it and can be rung.")).to_be_visible()


def test_what_was_chosen_comes_back_after_a_reload_and_the_letter_with_it(office: Office) -> None:
    lead = office.lead("deputy")
    compose(lead, method="Secure e-mail", approve=False)
    expect(lead.locator(".letter-sheet")).to_contain_text("Two days of tablets")
    with lead.expect_response(lambda answer: "/api/drafts/" in answer.url and answer.request.method == "PUT"):
        lead.get_by_label("What you ask of them").fill("A needs assessment, please.")
    lead.reload()
    expect(lead.locator(".letter-sheet")).to_contain_text("A needs assessment, please.")
    expect(lead.locator(".letter-sheet")).to_contain_text("Two days of tablets")


def test_another_agency_starts_from_its_own_choice_and_the_first_draft_stays_as_it_was(office: Office) -> None:
    # Given a letter to one agency, begun and not approved, and a decision to share with another
    lead = office.lead("nominated")
    case = compose(lead, method="Secure e-mail", approve=False)
    with lead.expect_response(lambda answer: "/api/drafts/" in answer.url and answer.request.method == "PUT"):
        lead.get_by_label("What you ask of them").fill("A needs assessment, soon.")
    form = asdict(sharing_form(case, agency="BANK", recipient="Fraud team")) | {"intent_id": str(uuid4())}
    status = lead.evaluate("""async (form) => {
        const { page } = await (await fetch("/api/session")).json();
        const headers = {"X-Requested-With": "sgapp", "Content-Type": "application/json", "X-Session": page};
        const sent = {method: "POST", headers, body: JSON.stringify(form)};
        return (await fetch("/api/intents/record-sharing-decision", sent)).status;
      }""", form)
    assert status == 200
    # When she goes on to the other one, she is asked which, and finds nothing of the first
    lead.goto(f"/refer?id={case}")
    lead.get_by_role("link", name="Bank").click()
    expect(lead.get_by_text("choose the facts for Bank")).to_be_visible()
    expect(lead.get_by_label("Team or person")).to_have_value("Fraud team")
    expect(lead.get_by_label("What you ask of them")).to_have_value("")
    expect(lead.get_by_role("button", name="Approve this letter")).to_be_enabled()
    assert {box.input_value() for box in lead.locator(".fact-choice").all()} == {""}
    # Then the first letter is as she left it
    fold_out(lead, "To another agency")
    lead.get_by_role("link", name="Adult social care").click()
    expect(lead.get_by_label("What you ask of them")).to_have_value("A needs assessment, soon.")
    expect(lead.locator(".letter-sheet")).to_contain_text("Two days of tablets")


def test_nothing_but_the_chosen_facts_is_in_the_letter_the_pdf_the_mail_and_the_page(office: Office) -> None:
    lead = office.lead()
    compose(lead, method="A link to a page of ours")
    with lead.expect_download() as download:
        lead.get_by_role("link", name="Download as PDF").click()
    assert re.fullmatch(r"[\w-]+\.pdf", download.value.suggested_filename)
    pages = PdfReader(BytesIO(Path(download.value.path()).read_bytes())).pages
    pdf = " ".join(" ".join(page.extract_text() for page in pages).split())
    shown = lead.get_by_label("The letter").inner_text()
    link = send_by_link(lead, office.inbox)
    agency = office.agency()
    enter(agency, link, read_out(lead))
    page = agency.locator("main").inner_text()
    mail = words_of(office.inbox.mails[-1])
    for told in (pdf, shown, page):
        assert [text for text in CHOSEN if text not in told] == []
    for told in (pdf, shown, page, mail):
        assert [text for text in LEFT_OUT if text in told] == []
    for text in ("Stan", "Ferris", "P-155", "tablets"):
        assert text not in mail


def test_an_agency_answers_without_scripts_and_every_step_is_on_the_file(office: Office) -> None:
    # Given a referral that went by a link
    lead = office.lead()
    compose(lead, method="A link to a page of ours")
    link = send_by_link(lead, office.inbox)
    # When a scanner follows it, nothing is shown and nothing happens
    agency = office.agency()
    agency.goto(link)
    agency.reload()
    assert agency.title() == "Visit notes"
    expect(agency.locator("main")).not_to_contain_text("Referral")
    # And the duty team enters the code that was read out
    code = read_out(lead)
    agency.get_by_label("Code").fill("0000 0000")
    agency.get_by_role("button", name="Open").click()
    expect(agency.get_by_role("alert")).to_contain_text("does not open this page")
    agency.get_by_label("Code").fill(code.lower())
    agency.get_by_role("button", name="Open").click()
    expect(agency.get_by_role("heading", level=1)).to_contain_text("Referral")
    # Then they confirm, and a slip loses nothing
    agency.get_by_label("Your reference, if there is one").fill("SA-88213")
    agency.get_by_role("button", name="Confirm receipt").click()
    expect(agency.get_by_role("alert")).to_contain_text("Write your name")
    expect(agency.get_by_label("Your reference, if there is one")).to_have_value("SA-88213")
    agency.get_by_label("Your name").first.fill("T. Osei")
    agency.get_by_label("Your role").first.fill("Duty social worker")
    agency.get_by_role("button", name="Confirm receipt").click()
    expect(agency.get_by_text("Receipt confirmed: T. Osei, Duty social worker")).to_be_visible()
    # And ask, report an action, and report what they decided
    fold_out(agency, "Ask a question")
    agency.get_by_label("What would you like to know?").fill("Is he in on Fridays?")
    agency.get_by_role("button", name="Send the question").click()
    expect(agency.get_by_text("We have your question")).to_be_visible()
    fold_out(agency, "Tell us what you will do")
    agency.get_by_label("What will be done").fill("Visit with an occupational therapist")
    agency.get_by_label("By which day").fill(f"{date.today() + timedelta(days=60)}")
    agency.get_by_role("button", name="Report the action").click()
    expect(agency.get_by_text("It is on our file, with its date")).to_be_visible()
    fold_out(agency, "Tell us what was decided")
    agency.get_by_label("What was decided", exact=True).select_option(label="Other enquiry")
    agency.get_by_role("button", name="Report the decision").click()
    expect(agency.get_by_text("Your decision is on our file")).to_be_visible()
    # And the lead finds it all, marked
    lead.reload()
    main = lead.locator("main")
    expect(main).to_contain_text("T. Osei, Duty social worker, SA-88213, reported through link")
    expect(lead.get_by_role("heading", name="They ask")).to_be_visible()
    expect(main).to_contain_text("Is he in on Fridays?")
    expect(main).to_contain_text("Other enquiry")
    lead.get_by_label("How you answered, and whom you reached").fill("Rang T. Osei: yes.")
    record(lead, "It has been answered", "")
    expect(main).to_contain_text("Rang T. Osei: yes.")
    lead.get_by_role("link", name="Back to the case").click()
    arrive(lead, "case")
    expect(lead.locator("#actions")).to_contain_text("Visit with an occupational therapist")
    verified = office.server.command("audit", "verify")
    assert verified.returncode == 0, verified.stdout


def test_a_visit_that_is_over_gives_back_what_was_typed(office: Office) -> None:
    lead = office.lead()
    compose(lead, method="A link to a page of ours")
    link = send_by_link(lead, office.inbox)
    agency = office.agency()
    enter(agency, link, read_out(lead))
    fold_out(agency, "Ask a question")
    agency.get_by_label("What would you like to know?").fill("Is there a key safe?")
    lead.get_by_role("button", name="Switch the link off").click()
    expect(lead.get_by_role("heading", name="Their page")).to_have_count(0)
    agency.get_by_role("button", name="Send the question").click()
    expect(agency.get_by_role("alert")).to_contain_text("Your visit is over. Ring us.")
    expect(agency.get_by_text("Is there a key safe?")).to_be_visible()
    expect(agency.locator("main")).not_to_contain_text("Ferris")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_on_the_agencys_page_before_and_after_the_code(office: Office, *, dark: bool) -> None:
    lead = office.lead()
    compose(lead, method="A link to a page of ours")
    link = send_by_link(lead, office.inbox)
    agency = office.agency(scripts=True, dark=dark, size=PHONE)
    agency.goto(link)
    assert Axe().run(agency).response["violations"] == []
    enter(agency, link, read_out(lead))
    assert Axe().run(agency).response["violations"] == []


def test_a_portal_gets_the_letter_field_by_field_and_its_reference_is_asked_for(office: Office) -> None:
    lead = office.lead("deputy")
    lead.context.grant_permissions(["clipboard-read", "clipboard-write"])
    compose(lead, method="Portal")
    lead.get_by_role("button", name="Copy Facts").click()
    expect(lead.get_by_text("Copied")).to_be_visible()
    assert lead.evaluate("navigator.clipboard.readText()") == "Stan Ferris, P-155\nTwo days of tablets were still in the box."
    lead.get_by_role("button", name="It has been sent").click()
    expect(lead.get_by_role("alert")).to_contain_text("Write the reference that their form gave")
    lead.get_by_label("Their reference").fill("ASC-90017")
    referral = lead.url
    lead.get_by_role("button", name="It has been sent").click()
    arrive(lead, "case")
    lead.goto(referral)
    expect(lead.locator("main")).to_contain_text("their reference ASC-90017")
    expect(lead.get_by_role("heading", name="Next: get the receipt")).to_be_visible()
