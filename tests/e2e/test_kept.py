"""An upload that could not simply be read: the lead sees it first, learns why, and decides."""

from playwright.sync_api import expect

from tests.e2e.steps import fold_out
from tests.e2e.test_accessibility import violations
from tests.serving import Open

SEND = """async () => {
  const { key_id } = await (await fetch("/api/intake/key")).json();
  const answer = await fetch("/api/observations", {
    method: "POST", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ id: crypto.randomUUID(), key_id, sealed: btoa("x".repeat(200)) }),
  });
  return { status: answer.status, ...(await answer.json()) };
}"""


def test_a_kept_upload_alarms_says_why_and_is_set_aside_with_a_reason(sign_in: Open) -> None:
    # Given something that arrived and that no key opens
    lead = sign_in("lead")
    expect(lead.get_by_role("list", name="What is due")).to_be_visible()
    sent = lead.evaluate(SEND)
    assert sent["status"] == 201
    # Then it alarms and stands in the queue, and its page says why
    lead.goto("/desk")
    expect(lead.get_by_role("alert")).to_contain_text("Kept, and not read yet")
    lead.get_by_role("link", name=f"Note {sent['reference']}", exact=True).click()
    expect(lead.get_by_text("It could not be opened.")).to_be_visible()
    assert violations(lead) == []
    # When it is tried again it still cannot be opened, and says so
    lead.get_by_role("button", name="Take it in").click()
    expect(lead.get_by_text("It still cannot be opened")).to_be_visible()
    # When it is set aside with a reason, it alarms no more
    fold_out(lead, "Set it aside")
    lead.get_by_label("Why").fill("The writer rang and wrote it again.")
    lead.get_by_role("button", name="Set it aside", exact=True).click()
    lead.wait_for_url("**/desk**")
    expect(lead.get_by_role("list", name="What is due")).to_be_visible()
    expect(lead.get_by_text("Kept, and not read yet")).to_have_count(0)
