"""Who the adult of a case is, as a lead writes it down and chooses it for a letter."""

from playwright.sync_api import Page, expect

from tests.serving import Open


def _case_of(page: Page, whom: str) -> str:
    page.goto("/cases")
    row = page.get_by_role("list", name="Cases").get_by_role("listitem").filter(has_text=whom).first
    return str(row.get_by_role("link").first.get_attribute("href"))


def test_what_is_written_down_of_the_adult_stands_in_the_form_again_and_among_the_facts(sign_in: Open) -> None:
    lead = sign_in("lead")
    case = _case_of(lead, "S. Ferris")
    lead.goto(f"{case}#adult")
    form = lead.locator("#adult")
    form.locator("summary").click()
    expect(form.get_by_label("Date of birth")).to_have_value("1946-08-25")
    form.get_by_label("Address").fill("3 Lock Cottages\nWexcombe")
    form.get_by_role("button", name="Keep this").click()
    expect(form.get_by_label("Address")).to_have_value("3 Lock Cottages, Wexcombe")
    lead.goto(case.replace("/case?", "/refer?"))
    fact = lead.locator("label.fact").filter(has_text="Address: 3 Lock")
    fact.get_by_role("combobox").select_option(label="So that they know who it is about")
    letter = lead.get_by_role("listitem").filter(has_text="Address: 3 Lock Cottages, Wexcombe")
    expect(letter).to_be_visible()
