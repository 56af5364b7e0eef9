"""Scenario 3 through the real pages: an allegation against a colleague, who afterwards looks everywhere and finds nothing."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.steps import arrive, case_page, fill_note, fold_out, pick, record, tick
from tests.serving import Open

pytestmark = pytest.mark.long

SAID = "She shouted at me and grabbed my arm."
SANAS = "Carla helped Iris up from her chair. I heard no shouting."
WHY = "The council rings, and neither lead nor manager answers."


def test_an_allegation_is_kept_from_whom_it_is_about_and_looked_into_apart(sign_in: Open) -> None:
    # Given a worker who writes down what Iris said about a colleague
    worker = sign_in("worker.a")
    fill_note(worker, person="I.H. · P-121", seen="No mark on either forearm.", said=SAID, said_by="Iris", present="Iris Holt")
    fold_out(worker, "Someone who works for us")
    pick(worker, "Was someone who works for us involved?", "Yes")
    worker.get_by_label("Their name, if you know it").fill("Carla Denny")
    worker.get_by_role("button", name="Save note").click()
    expect(worker.locator("#receipt")).to_contain_text("Delivered")
    reference = worker.locator("#reference").inner_text()

    # When the lead protects Iris, the rota sees "not available" and nothing more
    lead = sign_in("lead")
    lead.get_by_role("listitem").filter(has_text=reference).get_by_role("button", name="Acknowledge").click()
    arrive(lead, "note")
    tick(lead, "Physical")
    lead.get_by_role("button", name="Open a case").click()
    case = case_page(lead)
    fold_out(lead, "Protection in place")
    lead.get_by_label("A colleague").select_option(label="Carla Denny")
    lead.get_by_label("Why, for the file").fill("No contact with Iris for now.")
    record(lead, "Show as not available", "")
    expect(lead.get_by_role("list", name="What happened")).to_contain_text("No contact with Iris for now.")
    rota = sign_in("rota")
    rota.wait_for_url(re.compile("/available"))
    row = rota.get_by_role("listitem").filter(has_text="Carla Denny")
    expect(row).to_contain_text("Not available")
    expect(row.get_by_role("button")).to_have_count(0)
    expect(rota.locator("main")).not_to_contain_text("Iris")

    # And the manager opens a record apart, and asks a witness for her own account
    manager = sign_in("manager")
    manager.goto(f"/case?id={case}")
    fold_out(manager, "It is about a colleague")
    manager.get_by_label("Whom it is about").select_option(label="Carla Denny")
    record(manager, "Open the record", "")
    manager.get_by_role("link", name=re.compile("^Matter ")).click()
    matter = arrive(manager, "matter")
    expect(manager.get_by_role("heading", level=1)).to_have_text("Carla Denny")
    fold_out(manager, "Ask somebody for an account")
    manager.get_by_label("Whom to ask").select_option(label="Dilys Munn")
    manager.get_by_label("About which day").fill("2026-10-14")
    pick(manager, "Which part of it", "the morning")
    record(manager, "Ask for an account", "")

    # Then the witness is told a day, and writes; the lead never reads it
    witness = sign_in("worker.d")
    witness.goto("/mine")
    expect(witness.locator("main")).to_contain_text("Maud Ellery asks you to write down the morning of 14 October")
    expect(witness.locator("main")).not_to_contain_text(re.compile("Iris|Carla|allegation", re.IGNORECASE))
    witness.get_by_role("link", name="Write it").click()
    witness.get_by_label("Who asked me").fill("Maud Ellery")
    witness.get_by_label("When did it happen?").fill("2026-10-14T08:00")
    witness.get_by_label("What I saw and heard, in my own words").fill(SANAS)
    tick(witness, "These are my own words")
    witness.get_by_role("button", name="Save note").click()
    expect(witness.locator("#receipt")).to_contain_text("Delivered")
    manager.reload()
    manager.get_by_text("What was written, word for word").click()
    expect(manager.locator("main")).to_contain_text(SANAS)
    lead.goto(f"/matter?id={matter}")
    expect(lead.get_by_role("heading", level=1)).to_have_text("There is no such thing here")

    # And whoever it is about finds nothing, wherever she looks
    carla = sign_in("worker.c")
    _finds_nothing(carla, case, matter)

    # And an auditor breaks the glass, and is seen to
    auditor = sign_in("auditor")
    auditor.wait_for_url(re.compile("/cases"))
    number = _reference(lead, case)
    expect(auditor.locator("main")).not_to_contain_text(number)
    auditor.goto("/file")
    auditor.get_by_label("Reference of the case").fill(number)
    auditor.get_by_label("Why it cannot wait").fill(WHY)
    auditor.get_by_role("button", name="Open it for one hour").click()
    arrive(auditor, "case")
    expect(auditor.get_by_role("status").filter(has_text="Open to you until")).to_be_visible()
    manager.goto("/desk")
    expect(manager.get_by_role("alert").filter(has_text=WHY)).to_contain_text("Ada Wren")


def _finds_nothing(carla: Page, case: str, matter: str) -> None:
    carla.goto("/mine")
    expect(carla.locator("main")).not_to_contain_text("asks you")
    for place in (f"/case?id={case}", f"/matter?id={matter}", "/cases", "/matters", "/desk", "/available", "/colleagues"):
        carla.goto(place)
        expect(carla.locator("main")).not_to_contain_text(re.compile(f"{SAID}|Iris|{SANAS}"))


def _reference(lead: Page, case: str) -> str:
    lead.goto(f"/case?id={case}")
    head = lead.locator("header p.hint").first
    expect(head).to_contain_text(re.compile(r"Case \d{4}-"))
    return head.inner_text().split()[1]
