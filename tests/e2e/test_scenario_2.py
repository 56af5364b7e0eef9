"""Scenario 2 through the real pages: quiet words at the door, written in the car without a signal, told to three agencies.

The plan that governs contact afterwards is written the same evening. Its card at the door: tests/e2e/test_at_the_door.py.
"""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.steps import arrive, case_page, choose_fact, enrolled, fill_note, fold_out, pick, record, tick
from tests.e2e.test_partner_page import Office, enter, office, read_out, send_by_link
from tests.serving import PHONE

__all__ = ["office"]  # the server with a mail server beside it

MARK = "Yellow and purple mark, about 4 cm, outer left upper arm."
GLANCES = "Rosa looked at Martin before each answer."
SAID = "He checks my phone."


@pytest.mark.long
def test_what_was_whispered_at_the_door_reaches_three_agencies_each_with_its_own_facts(office: Office) -> None:
    # Given a worker who writes in her car, without a signal
    worker = office.signed_in("worker.b", PHONE)
    enrolled(worker)
    worker.context.set_offline(True)
    fill_note(worker, person="R.L. · P-117", room="Living room", seen=f"{MARK} {GLANCES}", said=SAID, said_by="Rosa",
              heard="She's fine, she bumps into things.", present="Rosa Linden, Martin Linden", done="Asked nothing further.",
              told="On-call lead, by voice", noticed=["Looked at other person before answering"], codes=["K5"],
              consent="Not asked: it was not safe")
    worker.get_by_role("button", name="Save note").click(click_count=3)
    reference = worker.locator("#reference").inner_text()
    expect(worker.locator("#receipt")).to_contain_text("On this phone")
    worker.context.set_offline(False)
    expect(worker.locator("#receipt")).to_contain_text("Delivered", timeout=30_000)

    # When whoever is on call takes it and says that it is urgent, there is one of it
    joy = office.signed_in("oncall")
    row = joy.get_by_role("listitem").filter(has_text=reference)
    expect(row).to_have_count(1)
    row.get_by_role("button", name="Acknowledge").click()
    arrive(joy, "note")
    # And the lead opens a case the same evening
    lead = office.lead()
    lead.get_by_role("listitem").filter(has_text=reference).get_by_role("link").first.click()
    arrive(lead, "note")
    tick(lead, "Domestic")
    tick(lead, "Psychological")
    lead.get_by_role("button", name="Open a case").click()
    case = case_page(lead)
    pick(lead, "What happens now?", "Refer")
    lead.get_by_label("Why", exact=False).first.fill("A mark, and control of her phone.")
    record(lead, "Record this decision", "")
    fold_out(lead, "Checklist of risk")
    pick(lead, "Which one", "DASH, SafeLives, 24 questions")
    pick(lead, "Do you have the answers?", "Only the score")
    for label, text in (("Its version", "2026"), ("Who filled it in, trained when", "Lena Hart, in March"),
                        ("With whom", "Nobody yet; from the note"), ("Score: how many “yes”", "11"),
                        ("What your judgement rests on", "A mark, and he holds her phone.")):
        lead.get_by_label(label).fill(text)
    pick(lead, "Your professional judgement", "High")
    record(lead, "Record the checklist", "")
    expect(lead.get_by_text("risk: High")).to_be_visible()

    # Then the out-of-hours team is rung, and takes it by name
    _decide(lead, case, "EDT", "Telephone")
    _compose(lead, case, "EDT", "Telephone", {"Only face to face": "So that they make contact safely",
             "Must not learn of this: Martin Linden": "So that they make contact safely",
             "Rosa Linden, P-117": "So that they know who it is about", MARK: "Shows the risk", SAID: "What the adult said"},
             {"Why it cannot wait for office hours": "He is at home with her tonight."})
    lead.get_by_role("button", name="It has been sent").click()
    expect(lead.get_by_role("alert")).to_contain_text("Name who took it down")
    lead.get_by_label("Who took it down").fill("K. Bright")
    lead.get_by_label("Their role").fill("Duty social worker")
    lead.get_by_role("button", name="It has been sent").click()
    arrive(lead, "case")
    expect(lead.get_by_role("list", name="What happened")).to_contain_text("Emergency duty team confirmed receipt")

    # And the manager looks at it the same day
    manager = office.signed_in("manager")
    manager.goto(f"/case?id={case}")
    pick(manager, "Do you agree?", "I agree")
    record(manager, "Record your review", "")
    expect(manager.locator("#decisions")).to_contain_text("Agreed by Maud Ellery")

    # Then the plan is written, and from then on it governs every contact
    _plan(lead, case)
    _refused(lead, "A text message", "no text messages")
    _refused(lead, "A telephone call", "only face to face, at a visit")
    pick(lead, "How", "Face to face, at a visit")
    lead.get_by_label("What for").fill("To ask how she is.")
    lead.get_by_role("button", name="Plan it").click()
    _in_visit_check(lead)

    # In the morning MARAC has a page of its own, with other facts
    _decide(lead, case, "MARAC", "A link to a page of ours")
    _compose(lead, case, "MARAC", "A link to a page of ours", {
        "Must not learn of this: Martin Linden": "So that they make contact safely",
        "Rosa Linden, P-117": "So that they know who it is about", GLANCES: "Shows the risk"}, {
        "Its version": "2026", "Number of “yes”": "11"}, {
        "Route": "Professional judgement, at any score", "Checklist used": "DASH, SafeLives, 24 questions",
        "Does the adult agree to this referral?": "Not asked: asking would not be safe"})
    link = send_by_link(lead, office.inbox)
    marac = office.agency()
    enter(marac, link, read_out(lead))
    page = marac.locator("main")
    expect(page).to_contain_text(GLANCES)
    expect(page).to_contain_text("Professional judgement, at any score")
    for kept in (MARK, SAID, "bumps into", "Only face to face"):
        expect(page).not_to_contain_text(kept)
    marac.get_by_label("Your name").first.fill("P. Amos")
    marac.get_by_role("button", name="Confirm receipt").click()
    expect(marac.get_by_text("Receipt confirmed: P. Amos")).to_be_visible()
    lead.goto(f"/case?id={case}")
    grid = lead.get_by_role("region", name="Which agency was told which fact")
    expect(grid.get_by_role("row").filter(has_text=GLANCES).get_by_text("not told")).to_have_count(1)
    expect(lead.get_by_role("list", name="Whom this waits for")).to_contain_text("MARAC")
    # Nothing that left by mail says who, or what
    for mail in office.inbox.mails:
        for word in ("Rosa", "Linden", "Martin", "P-117", "domestic", "abuse"):
            assert word.lower() not in mail.as_string().lower()


def _plan(lead: Page, case: str) -> None:
    """The plan of that evening; what the note said of reaching her stands in it already."""
    lead.goto(f"/plan?id={case}")
    expect(lead.get_by_role("region", name="Next step")).to_contain_text("Write the plan")
    lead.get_by_role("button", name="Start from what is known").click()
    expect(lead.get_by_role("checkbox", name="Only face to face, at a visit")).to_be_checked()
    for never in ("No voicemail", "No text messages", "No post", "Leave no number to ring back"):
        tick(lead, never)
    lead.get_by_label("Good times in the week").fill("Tue 10:00-11:00\nFri 10:00-11:00")
    fold_out(lead, "Who we are to others, and agreed words")
    pick(lead, "How we say who we are", "Use the agreed reason for calling")
    fold_out(lead, "Visits, and missed contact")
    for label, text in (
        ("Agreed reason for calling", "the office about the hoist service date"),
        ("Who confirms it if somebody rings back", "the front desk"), ("Word that says: it is me", "blue bottles"),
        ("Words that end the call", "not interested"), ("Words that mean: get help now", "is it the 55 bus"),
        ("How visits go", "Two workers after 17:00"), ("Reason that stands on the rota", "moving-and-handling check"),
        ("After how many missed windows", "2"), ("Who then does what", "A check in person."),
    ):
        lead.get_by_role("textbox", name=label).fill(text)
    pick(lead, "Agreed with the adult?", "Not asked yet, because asking is not safe")
    lead.get_by_role("textbox", name="Why", exact=True).fill("He is at home; with her alone on Tuesday.")
    pick(lead, "May those who visit have its card?", "Yes")
    lead.get_by_label("Look at it again on").fill((datetime.now(UTC).date() + timedelta(days=7)).isoformat())
    record(lead, "Let this version count", "")
    expect(lead.get_by_role("region", name="Next step")).to_contain_text("Plan the next contact")
    page = lead.locator("main")
    expect(page).to_contain_text("the office about the hoist service date")
    expect(page).not_to_contain_text("blue bottles")  # hers alone: shown when somebody asks, and that stands on the file
    lead.get_by_role("button", name="Show the agreed words").click()
    expect(page).to_contain_text("blue bottles")
    fold_out(lead, "Plan a contact")


def _refused(lead: Page, how: str, why: str) -> None:
    pick(lead, "How", how)
    lead.get_by_label("What for").fill("To ask how she is.")
    if how == "A text message":
        lead.get_by_label("The words, as they will be read").fill("See you on Tuesday.")
    lead.get_by_role("button", name="Plan it").click()
    expect(lead.get_by_role("alert").filter(has_text=why).first).to_be_visible()


def _in_visit_check(lead: Page) -> None:
    """The closed questions, at the visit."""
    lead.get_by_role("list", name="Contacts").get_by_role("link", name="Face to face, at a visit").click()
    arrive(lead, "contact")
    expect(lead.locator("main")).to_contain_text("the office about the hoist service date")
    pick(lead, "Who answered?", "They did")
    for question in ("“Are you alone?”", "“Is this a good moment?”", "“Shall we go on?”"):
        pick(lead, question, "Yes")
    record(lead, "Record how it went", "")
    expect(lead.locator("main")).to_contain_text("Spoke with them")


def _decide(lead: Page, case: str, agency: str, method: str) -> None:
    lead.goto(f"/decide?id={case}")
    pick(lead, "Is anything shared?", "Share")
    for label, text in (
        ("Why", "She is marked and watched."), ("What", "The mark\nWhat she said"), ("Left out on purpose", "Daily notes"),
        ("Who: team or person", "The team"), ("Who must not know", "Martin Linden"),
        ("Is it necessary?", "Nothing less keeps her safe."), ("Is it proportionate?", "A few facts."),
    ):
        lead.get_by_label(label, exact=True).fill(text)
    lead.get_by_label("Who: agency").select_option(agency)
    pick(lead, "How", method)
    pick(lead, "When", "Now")
    pick(lead, "Is there a child, or another adult at risk", "No")
    lead.get_by_label("Where does the adult's consent stand?").select_option("not_sought_raises_risk")
    pick(lead, "Capacity for this decision, now", "Presumed; no reason to doubt it")
    lead.get_by_label("Lawful basis, UK GDPR Article 6").select_option("6(1)(ea)")
    lead.get_by_label("Condition, Article 9").select_option("9(2)(g)")
    pick(lead, "Which limb of paragraph 18?", "Asking would prejudice protection")
    lead.get_by_label("What makes it true here?").fill("He reads her phone.")
    lead.get_by_label("Suspected offence, Article 10").select_option("sch1_para_18")
    lead.get_by_label("What lifts the duty of confidence?").select_option("overriding_public_interest")
    pick(lead, "Has the adult been told?", "No, telling them would be unsafe")
    lead.get_by_label("Why not?").fill("At the next visit, alone.")
    lead.get_by_role("button", name="Record the decision").click()
    arrive(lead, "case")


def _compose(lead: Page, case: str, agency: str, method: str, facts: dict[str, str], lines: dict[str, str],
             choices: dict[str, str] | None = None) -> None:
    lead.goto(f"/refer?id={case}&agency={agency}")
    pick(lead, "How", method)
    lead.get_by_label("What this lets them do").fill("To keep her safe.")
    lead.get_by_label("What you ask of them").fill("Ring us first.")
    for text, reason in facts.items():
        option = next(o for o in _reasons(lead) if o.startswith(reason))
        choose_fact(lead, text, option)
    for label, text in lines.items():
        lead.get_by_label(label).fill(text)
    for label, text in (choices or {}).items():
        lead.get_by_label(label).select_option(label=text)
    lead.get_by_role("button", name="Approve this letter").click()
    arrive(lead, "referral")


def _reasons(lead: Page) -> list[str]:
    return lead.locator(".fact-choice").first.locator("option").all_inner_texts()
