"""Forms with lists to choose from: what she picked is kept and comes back, and what nobody picked is no draft."""

from playwright.sync_api import Page, expect

from tests.serving import Open

DRAFTS = "**/api/drafts/**"


def told(page: Page) -> Page:
    page.goto("/told")
    expect(page.get_by_role("button", name="Keep this")).to_be_enabled()
    return page


def keep(page: Page, answer: str) -> None:
    page.get_by_label("Tell me by e-mail").select_option(answer)
    page.get_by_role("button", name="Keep this").click()
    expect(page.locator("#page-said")).not_to_be_empty()


def test_an_answer_picked_from_a_list_is_there_again_after_a_reload(sign_in: Open) -> None:
    lead = told(sign_in("lead"))
    lead.get_by_label("E-mail address").fill("lead@example.org")
    keep(lead, "yes")
    with lead.expect_response(DRAFTS):
        lead.get_by_label("Tell me by e-mail").select_option("")
    told(lead)
    expect(lead.get_by_label("Tell me by e-mail")).to_have_value("")
    expect(lead.get_by_text("Your draft is back.")).to_be_visible()


def test_what_nobody_picked_is_no_draft(sign_in: Open) -> None:
    deputy = told(sign_in("deputy"))
    deputy.get_by_label("E-mail address").fill("deputy@example.org")
    keep(deputy, "yes")
    told(deputy)
    expect(deputy.get_by_label("Tell me by e-mail")).to_have_value("yes")
    expect(deputy.get_by_text("Your draft is back.")).to_have_count(0)
    assert deputy.evaluate("[...document.querySelectorAll('select')].every((s) => s.selectedOptions[0].defaultSelected || !s.value)")
