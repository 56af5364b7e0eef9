"""Guidance on the sharing decision: in the browser at once, the very pieces that the server keeps."""

import random
import re
from datetime import date, timedelta

from playwright.sync_api import Page, expect

from sgapp.domain.decision import CHOICES, SharingAnswers, asked_of, only_asked
from sgapp.domain.guidance import GUIDANCE, guidance_for
from tests.e2e.steps import arrive, pick, record
from tests.serving import Open

MANY = "override_reasons"


def _decide_page(page: Page, person: str) -> None:
    """A form on which nothing was typed yet: each test takes another person's, for a draft would come back."""
    page.goto("/cases")
    page.get_by_role("link", name=person).first.click()
    page.goto(f"/decide?id={arrive(page, 'case')}")
    expect(page.get_by_role("button", name="Record the decision")).to_be_enabled()


def _shown(page: Page) -> list[str]:
    """The pieces that can be seen, in their order on the page."""
    return page.evaluate("""() => [...document.querySelectorAll("[data-guidance]")].filter((e) => e.checkVisibility())
        .map((e) => e.dataset.guidance)""")


def _kept(answers: SharingAnswers) -> list[str]:
    kept = only_asked(answers)
    return [piece.id for piece in guidance_for(kept, [q.name for q in asked_of(kept)])]


def _answer(page: Page, name: str, code: str) -> None:
    control = page.locator(f'[data-field="{name}"]')
    if control.locator("select").count():
        control.locator("select").select_option(code)
    else:
        control.locator(f'input[value="{code}"]').locator("xpath=ancestor::label[1]").click()


def test_it_appears_as_the_answers_call_for_it_with_its_source_and_is_said_politely(sign_in: Open) -> None:
    lead = sign_in("lead")
    _decide_page(lead, "O. Brand")
    pick(lead, "Is anything shared?", "Share")
    assert _shown(lead) == []
    lead.get_by_label("Where does the adult's consent stand?").select_option("refused")
    pick(lead, "Capacity for this decision, now", "Presumed; no reason to doubt it")
    lead.get_by_label("Condition, Article 9").select_option("9(2)(g)")
    note = lead.get_by_role("note").filter(has_text="does not plainly fit any of these")
    expect(note).to_be_visible()
    expect(note).to_contain_text("Data Protection Act 2018, Schedule 1, paragraph 18")
    expect(lead.locator("form p[aria-live=polite]")).to_contain_text("does not plainly fit any of these")
    lead.get_by_label("Where does the adult's consent stand?").select_option("given")
    expect(note).to_be_hidden()


def test_the_browser_shows_what_the_server_keeps_whatever_is_answered(sign_in: Open) -> None:
    lead = sign_in("lead")
    _decide_page(lead, "S. Ferris")
    chance = random.Random(3)
    answers = SharingAnswers()
    met: set[str] = set()
    for step in range(300):
        if step % 25 in (0, 20):
            name, code = "share", "share" if step % 25 == 0 else "not_share"
        else:
            name = chance.choice([q.name for q in asked_of(answers) if q.name in CHOICES and q.name != "share"])
            code = chance.choice(CHOICES[name].codes())
        if getattr(answers, name) == code:
            continue  # a second tap would take it back
        _answer(lead, name, code)
        if name == MANY:
            code = tuple({*answers.override_reasons} ^ {code})  # type: ignore[assignment]
        answers = SharingAnswers(**{f: getattr(answers, f) for f in SharingAnswers.__dataclass_fields__} | {name: code})
        kept = _kept(answers)
        assert _shown(lead) == kept, f"step {step}: {name} = {code}"
        met |= set(kept)
    assert len(met) > len(GUIDANCE) // 2, "the walk met too little to say anything"


def test_what_was_shown_and_what_changed_stand_folded_on_the_case(sign_in: Open) -> None:
    lead = sign_in("lead")
    lead.goto("/cases")
    lead.get_by_role("link", name="D. Marlow").first.click()
    arrive(lead, "case")
    decisions = lead.locator("#decisions")
    expect(decisions.get_by_text("No balancing test is needed")).to_be_hidden()
    decisions.get_by_text("Guidance that was shown").first.click()
    expect(decisions.get_by_text("No balancing test is needed")).to_be_visible()


def test_the_next_version_may_start_from_the_last_and_the_case_tells_what_changed(sign_in: Open) -> None:
    # Given Ola's decision not to share, and somebody who decides again
    deputy = sign_in("deputy")
    _decide_page(deputy, "O. Brand")
    deputy.get_by_label("Why", exact=True).fill("Begun, and thought better of")
    deputy.get_by_role("button", name="Start from the last one").click()  # at once, before what she typed was kept
    expect(deputy.get_by_label("Why", exact=True)).to_have_value(re.compile("^Two bills on one day"))
    expect(deputy.get_by_role("radio", name="Do not share")).to_be_checked()
    expect(deputy.get_by_label("Where does the adult's consent stand?")).to_have_value("given")

    # When she changes one answer and chooses the day anew
    pick(deputy, "Is there a child, or another adult at risk", "Not known")
    deputy.get_by_label("Look again on").fill((date.today() + timedelta(days=7)).isoformat())
    record(deputy, "Record the decision", "")

    # Then the case tells what changed, and the earlier version stands below it
    arrive(deputy, "case")
    decisions = deputy.locator("#decisions")
    expect(decisions.get_by_text("Replaces the one of")).to_be_visible()
    decisions.get_by_text("What changed").click()
    expect(decisions.get_by_role("row", name="Is there a child, or another adult at risk")).to_contain_text("Not known")
    expect(decisions.get_by_text("Replaced on")).to_be_visible()
