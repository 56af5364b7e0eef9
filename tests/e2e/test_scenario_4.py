"""Scenario 4, whole, through the real pages: two unopened bills, and a reasoned decision not to share."""

from datetime import date, timedelta

from playwright.sync_api import expect

from tests.e2e.steps import arrive, case_page, pick, record, tick, write_note
from tests.serving import Open


def test_a_decision_not_to_share_is_recorded_watched_and_closed(sign_in: Open) -> None:
    # Given a worker who noticed two bills
    worker = sign_in("worker.d")
    reference = write_note(worker, person="O.B. · P-130", room="Hall", seen="Two unopened bills lay on the mat.",
                           said="My sister does those on Sundays.", said_by="Ola", noticed=["Unopened or unpaid bills"],
                           done="Left the bills on the table.", told="Nobody yet")
    lead = sign_in("lead")
    lead.get_by_role("listitem").filter(has_text=reference).get_by_role("button", name="Acknowledge").click()
    arrive(lead, "note")
    tick(lead, "Financial or material")
    lead.get_by_role("button", name="Open a case").click()
    case = case_page(lead)

    # When the lead decides on internal action, a day to look again is asked for, and why
    pick(lead, "What happens now?", "Internal action, monitor")
    lead.get_by_label("Why", exact=False).first.fill("A sister sees to the post on Sundays.")
    lead.get_by_role("button", name="Record this decision").click()
    expect(lead.get_by_role("alert")).to_contain_text("Choose the day on which you will look again")
    expect(lead.get_by_text("so a day is set to look again")).to_be_visible()
    next_week = (date.today() + timedelta(days=7)).isoformat()
    lead.locator("#triage").get_by_label("Look again on").fill(next_week)
    record(lead, "Record this decision", "")
    expect(lead.get_by_role("region", name="Next step")).to_contain_text("Record why nothing is shared")

    # Then the record of not sharing is as complete as one of sharing
    lead.goto(f"/decide?id={case}")
    pick(lead, "Is anything shared?", "Do not share")
    for label in ("Who: agency", "Lawful basis, UK GDPR Article 6", "Condition, Article 9"):
        expect(lead.get_by_label(label)).to_be_hidden()
    lead.get_by_role("button", name="Record the decision").click()
    summary = lead.get_by_role("alert")
    for gap in ("the risk is", "adult at risk", "Choose the day", "why this is necessary", "consent stands", "has been told"):
        expect(summary).to_contain_text(gap)
    for label, text in (("Why", "Two bills on one day, and a plain account of who opens them."),
                        ("Who must not know", "Nobody"), ("Is it necessary?", "Nothing here needs another agency yet."),
                        ("Is it proportionate?", "Sharing would tell more than the risk calls for.")):
        lead.get_by_label(label, exact=True).fill(text)
    pick(lead, "Is there a child, or another adult at risk", "No")
    lead.get_by_label("Look again on").fill(next_week)
    lead.get_by_label("Where does the adult's consent stand?").select_option("given")
    pick(lead, "Capacity for this decision, now", "Presumed; no reason to doubt it")
    pick(lead, "Has the adult been told?", "Yes, told")
    record(lead, "Record the decision", "")
    arrive(lead, "case")
    expect(lead.get_by_role("region", name="Next step")).to_contain_text("Look again on")
    expect(lead.locator("#decisions")).to_contain_text("Do not share")

    # And it waits in the queue until somebody has looked again
    lead.goto("/desk")
    row = lead.get_by_role("listitem").filter(has_text="O. Brand · P-130").filter(has_text="look again")
    expect(row.first).to_be_visible()
    lead.goto(f"/close?id={case}")
    lead.get_by_label("Why it can be closed").fill("The bills are gone.")
    pick(lead, "The risk", "Risk removed")
    pick(lead, "Was the adult asked what they wanted?", "Yes they were asked but no outcomes were expressed")
    lead.get_by_role("button", name="Close the case").click()
    expect(lead.get_by_role("alert")).to_contain_text("nobody has looked again yet")
    lead.goto(f"/case?id={case}")
    lead.get_by_role("textbox", name="What you found").fill("The bills are gone from the mat; the sister was there on Sunday.")
    record(lead, "Record what you found", "")
    expect(lead.get_by_role("list", name="What happened")).to_contain_text("Looked again")
    lead.goto(f"/close?id={case}")
    record(lead, "Close the case", "")
    arrive(lead, "case")
    expect(lead.get_by_role("region", name="Next step")).to_contain_text("This case is closed")
