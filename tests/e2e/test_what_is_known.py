"""What a lead writes down of an adult and of the harm, in forms that begin with what is known already."""

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


def test_the_kind_of_harm_that_is_said_anew_is_ticked_when_the_form_is_opened_again(sign_in: Open) -> None:
    lead = sign_in("lead")
    case = _case_of(lead, "S. Ferris")
    lead.goto(case)
    form = lead.locator("#harm")
    form.locator("summary").click()
    neglect, self_neglect = (form.get_by_role("checkbox", name=name, exact=True)
                             for name in ("Neglect and acts of omission", "Self-neglect"))
    expect(neglect).to_be_checked()
    expect(self_neglect).not_to_be_checked()
    self_neglect.check()
    form.get_by_label("What shows it").fill("He says that he forgets to eat.")
    form.get_by_role("button", name="Set the kind of harm").click()
    expect(lead.get_by_text("neglect and acts of omission, self-neglect", exact=False).first).to_be_visible()
    for chip in (neglect, self_neglect):
        expect(chip).to_be_checked()
