"""Scenario 1, whole, through the real pages: money is taken, the adult refuses consent, the lead shares all the same."""

from datetime import date, timedelta

from playwright.sync_api import Page, expect

from tests.e2e.steps import arrive, case_page, choose_fact, fold_out, pick, record, tick, write_note
from tests.serving import Open, Server

SEEN = ("Kevin took the bank card out of Dennis's wallet and put it in his own coat. "
        "The food cupboard had one tin of soup and half a loaf.")
HEARD = "You'll get it back when you've been to the machine with me."
SAID = "Don't tell anyone. He gets cross."
HISTORY = "A fall in 2023"


def test_a_refused_consent_becomes_a_referral_a_receipt_and_an_outcome(server: Server, sign_in: Open) -> None:
    # Given a care worker who has just left the flat
    worker = sign_in("worker.a")
    reference = write_note(
        worker, person="D.M. · P-104", room="Kitchen",
        seen=SEEN, said=SAID, said_by="Dennis", heard=HEARD,
        present="Dennis Marlow, Kevin Marlow", done="Stayed until Dennis had eaten.", told="On-call lead",
        wish="Does not want anyone told", noticed=["Bank card held by another"], consent="They said no", codes=["K5"])

    # When the lead acknowledges it, the worker sees that and nothing more
    lead = sign_in("lead")
    row = lead.get_by_role("listitem").filter(has_text=reference)
    expect(row).to_contain_text("D. Marlow · P-104")
    row.get_by_role("button", name="Acknowledge").click()
    arrive(lead, "note")
    worker.goto("/mine")
    own = worker.get_by_role("listitem").filter(has_text=reference)
    expect(own).to_contain_text("seen", ignore_case=True)
    expect(worker.locator("main")).not_to_contain_text("Kevin")

    # And opens a case and decides to refer
    tick(lead, "Financial or material")
    lead.get_by_role("button", name="Open a case").click()
    case = case_page(lead)
    pick(lead, "What happens now?", "Refer")
    lead.get_by_label("Why", exact=False).first.fill("Money is lost week by week, under pressure.")
    record(lead, "Record this decision", "")
    expect(lead.locator("#decisions")).to_contain_text("Refer: Money is lost week by week")
    _assess_capacity(lead)
    fold_out(lead, "Protection in place")
    lead.get_by_label("What is being done now").fill("A private conversation at each visit")
    record(lead, "Add this step", "The step is on the file")

    # Then the decision asks for a second reviewer, because consent is overridden
    lead.goto(f"/decide?id={case}")
    _decide(lead)
    record(lead, "Record the decision", "")
    arrive(lead, "case")
    expect(lead.get_by_role("region", name="Next step")).to_contain_text("A second person looks at the sharing decision")
    expect(lead.get_by_label("Do you agree?")).to_have_count(0)
    manager = sign_in("manager")
    manager.goto(f"/case?id={case}")
    pick(manager, "Do you agree?", "I agree")
    record(manager, "Record your review", "")
    expect(manager.locator("#decisions")).to_contain_text("Agreed by Maud Ellery")

    _refer(lead, case)
    _receive_and_answer(lead)
    _act_and_close(lead, case)

    # And the file tells the whole story, on a chain that holds
    story = lead.get_by_role("list", name="What happened")
    for line in ("Wrote a note", "Saw the note", "Opened the case", "Decided: Refer", "Assessed capacity", "Decided to share",
                 "Agreed the decision", "Sent to Adult social care", "confirmed receipt", "Section 42(2) enquiry", "Closed"):
        expect(story).to_contain_text(line)
    expect(story).to_contain_text(SAID)
    verified = server.command("audit", "verify")
    assert verified.returncode == 0, verified.stdout


def _assess_capacity(lead: Page) -> None:
    fold_out(lead, "Capacity")
    lead.get_by_label("The exact decision").fill("To manage his bank card and cash this week")
    lead.get_by_label("What gave rise to doubt").fill("Short of money three weeks running")
    for question, answer in (("Understands it", "Yes"), ("Keeps it in mind long enough", "Yes"),
                             ("Uses and weighs it", "No"), ("Says the decision, by any means", "Yes")):
        pick(lead, question, answer)
    lead.get_by_label("What they say, and what they do").fill("Says he will keep the card; hands it over each time")
    pick(lead, "Outcome", "Lacks capacity for this decision at this time")
    record(lead, "Record the assessment", "The assessment is on the file")


def _decide(lead: Page) -> None:
    expect(lead.get_by_label("Who: agency")).to_be_hidden()
    pick(lead, "Is anything shared?", "Share")
    for label, text in (
        ("Why", "Credible and continuing loss of money under pressure."),
        ("What", "Dates the card was taken\nWhat was seen and heard\nWhat Dennis said\nMild cognitive impairment"),
        ("Left out on purpose", "Health history\nFull daily notes\nEarlier unrelated falls"),
        ("Who: team or person", "Duty team"), ("Who must not know", "Kevin Marlow"),
        ("Is it necessary?", "Nothing inside the service stops it."), ("Is it proportionate?", "Five facts and no history."),
    ):
        lead.get_by_label(label, exact=True).fill(text)
    pick(lead, "Is there a child, or another adult at risk", "No")
    lead.get_by_label("Who: agency").select_option("LA_ASC")
    pick(lead, "How", "Secure e-mail")
    pick(lead, "When", "Now")
    lead.get_by_label("Lawful basis, UK GDPR Article 6").select_option("6(1)(ea)")
    expect(lead.get_by_role("group", name="Which limb of paragraph 18?")).to_be_hidden()
    lead.get_by_label("Condition, Article 9").select_option("9(2)(g)")
    pick(lead, "Which limb of paragraph 18?", "Asking would prejudice protection")
    lead.get_by_label("What makes it true here?").fill("Kevin is in the flat most days.")
    lead.get_by_label("Suspected offence, Article 10").select_option("sch1_para_18")
    lead.get_by_label("What lifts the duty of confidence?").select_option("overriding_public_interest")
    lead.get_by_label("Where does the adult's consent stand?").select_option("refused")
    tick(lead, "Coercion or duress suspected")
    lead.get_by_label("How does that show here?").fill("He hands the card over each time.")
    pick(lead, "Capacity for this decision, now", "Assessed: lacks capacity for this decision at this time")
    pick(lead, "Has the adult been told?", "No, telling them would be unsafe")
    lead.get_by_label("Why not?").fill("Kevin is there most days; tell Dennis alone at the next visit.")


def _refer(lead: Page, case: str) -> None:
    lead.goto(f"/refer?id={case}")
    expect(lead.get_by_text("choose the facts for Adult social care")).to_be_visible()  # the only one decided on
    pick(lead, "How", "Secure e-mail")
    lead.get_by_label("What this lets them do").fill("To advise on protection.")
    lead.get_by_label("What you ask of them").fill("Advice, and whether an enquiry follows.")
    assert {box.input_value() for box in lead.locator(".fact-choice").all()} == {""}  # nothing is chosen beforehand
    choose_fact(lead, "Only face to face, at a visit", "So that they make contact safely")
    choose_fact(lead, "Must not learn of this: Kevin Marlow", "So that they make contact safely")
    choose_fact(lead, "Dennis Marlow, P-104", "So that they know who it is about")
    choose_fact(lead, "Mild cognitive impairment", "Why the adult cannot keep safe alone")
    choose_fact(lead, "Kevin took the bank card out", "Shows the risk")
    choose_fact(lead, SAID, "What the adult said or wants")
    lead.get_by_role("button", name="Approve this letter").click()
    arrive(lead, "referral")
    letter = lead.get_by_label("The letter")
    expect(letter).to_contain_text(SAID)
    for kept in (HISTORY, "one tin of soup", HEARD, "Stayed until Dennis had eaten"):
        expect(letter).not_to_contain_text(kept)
    fold_out(lead, "Left out")
    left_out = lead.locator("details").filter(has=lead.locator("summary", has_text="Left out"))
    for kept in ("one tin of soup", HEARD, "Stayed until Dennis had eaten"):
        expect(left_out).to_contain_text(kept)
    expect(letter).to_contain_text("Before you make contact\n- Only face to face, at a visit")
    lead.get_by_label("To whom exactly").fill("Duty team")
    lead.get_by_role("button", name="It has been sent").click()
    arrive(lead, "case")
    expect(lead.get_by_role("region", name="Next step")).to_contain_text("Get the receipt from Adult social care")


def _receive_and_answer(lead: Page) -> None:
    lead.get_by_role("link", name="Ring and record").click()
    arrive(lead, "referral")
    lead.get_by_role("button", name="Receipt confirmed").click()
    expect(lead.get_by_role("alert")).to_contain_text("A delivery report is no receipt")
    lead.get_by_label("Who confirmed it").fill("T. Osei")
    lead.get_by_label("Their role").fill("Duty social worker")
    lead.get_by_label("Their reference").fill("SA-88213")
    lead.get_by_role("button", name="Receipt confirmed").click()
    arrive(lead, "case")
    lead.get_by_role("link", name="Ring and record").click()
    arrive(lead, "referral")
    lead.get_by_label("What they decided").select_option("s42_2_enquiry")
    lead.get_by_role("button", name="Record their decision").click()
    arrive(lead, "case")


def _act_and_close(lead: Page, case: str) -> None:
    fold_out(lead, "Add an action")
    lead.get_by_label("What is to be done").fill("Review of visitor access with Dennis")
    lead.get_by_label("Who does it").fill("Maud Ellery")
    lead.get_by_label("By when").fill((date.today() + timedelta(days=3)).isoformat())
    pick(lead, "Does the adult agree?", "Agrees")
    record(lead, "Add the action", "The action is on the file")
    lead.goto(f"/close?id={case}")
    lead.get_by_label("Why it can be closed").fill("The card is with Dennis; the enquiry goes on.")
    pick(lead, "The risk", "Risk reduced")
    pick(lead, "Was the adult asked what they wanted?", "Yes they were asked and outcomes were expressed")
    pick(lead, "Was it achieved?", "Partially Achieved")
    lead.get_by_role("button", name="Close the case").click()
    expect(lead.get_by_role("alert")).to_contain_text("an agreed action is neither done nor declined")
    lead.goto(f"/case?id={case}")
    fold_out(lead, "Go on with it")
    pick(lead, "It is", "Done")
    lead.get_by_label("What shows it, or why not").fill("Agreed with Dennis on Tuesday")
    record(lead, "Record this", "")
    expect(lead.locator("#actions")).to_contain_text("done")
    lead.goto(f"/close?id={case}")
    expect(lead.get_by_label("Why it can be closed")).to_have_value("The card is with Dennis; the enquiry goes on.")
    lead.get_by_role("button", name="Close the case").click()
    arrive(lead, "case")
    expect(lead.get_by_role("region", name="Next step")).to_contain_text("This case is closed")
