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
    keep(lead, "")  # other tests on this server see no alarm about her


def test_what_nobody_picked_is_no_draft(sign_in: Open) -> None:
    deputy = told(sign_in("deputy"))
    deputy.get_by_label("E-mail address").fill("deputy@example.org")
    keep(deputy, "yes")
    told(deputy)
    told(deputy)  # the page before it had time to keep one
    expect(deputy.get_by_label("Tell me by e-mail")).to_have_value("yes")
    expect(deputy.get_by_text("Your draft is back.")).to_have_count(0)
    keep(deputy, "")  # as above


def test_the_months_that_are_counted_stand_in_their_list_after_a_reload(sign_in: Open) -> None:
    manager = sign_in("manager")
    manager.goto("/measures")
    title = manager.get_by_role("heading", level=1)
    expect(title).to_contain_text(" to ")
    over_twelve = title.inner_text()
    manager.get_by_label("Over").select_option("6")
    manager.get_by_role("button", name="Count").click()
    expect(title).not_to_have_text(over_twelve)
    over_six = title.inner_text()
    manager.reload()
    expect(title).to_have_text(over_six)
    expect(manager.get_by_label("Over")).to_have_value("6")
