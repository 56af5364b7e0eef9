"""How the work is done, as a manager shows it: registers, a debrief, minutes, and the evidence of a month as one file."""

import csv
import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, expect

from sgapp.services.evidence import check_pack
from tests.e2e.test_accessibility import violations
from tests.serving import Open


def _fetched(page: Page, name: str, to: Path, role: Literal["link", "button"] = "link") -> Path:
    with page.expect_download() as coming:
        page.get_by_role(role, name=name).first.click()
    coming.value.save_as(to)
    return to


def test_a_manager_asks_for_the_evidence_of_a_month_fetches_it_and_it_is_as_it_left(sign_in: Open, tmp_path: Path) -> None:
    page = sign_in("manager")
    page.goto("/evidence")
    page.get_by_label("Month").fill(f"{datetime.now(UTC):%Y-%m}")
    page.get_by_label("Who is it for?").fill("The commissioner")
    page.get_by_role("button", name="Ask for it").click()
    expect(page.get_by_text("Say what it is for.").first).to_be_visible()
    page.get_by_label("What is it for?").fill("The yearly meeting")
    page.get_by_role("button", name="Ask for it").click()
    expect(page.get_by_text("For The commissioner: The yearly meeting")).to_be_visible()
    assert violations(page) == []
    document = check_pack(_fetched(page, "Fetch the evidence of", tmp_path / "pack.zip", "button"))
    expect(page.get_by_text("It is among your downloads.")).to_be_visible()
    assert (document["recipient"], document["chain"]["sound"]) == ("The commissioner", True)
    with zipfile.ZipFile(tmp_path / "pack.zip") as packed:
        text = "".join(packed.read(name).decode() for name in packed.namelist() if not name.endswith(".pdf"))
    assert not any(name in text for name in ("Marlow", "Ferris", "Lena Hart", "Amina Yusuf"))


def test_how_far_the_evidence_is_is_shown_and_where_it_breaks_off_she_may_try_again(sign_in: Open) -> None:
    page = sign_in("manager")
    page.goto("/evidence")
    for label, words in (("Who is it for?", "CQC"), ("What is it for?", "An inspection")):
        page.get_by_label(label).fill(words)
    page.get_by_label("Month").fill(f"{datetime.now(UTC):%Y-%m}")
    page.get_by_role("button", name="Ask for it").click()
    expect(page.get_by_text("For CQC: An inspection")).to_be_visible()
    # Given that the line of what comes is held after the first step, and cut then
    page.evaluate("""() => {
      const answers = window.fetch;
      window.fetch = async (url, ...more) => String(url).endsWith("/making")
        ? new Response(new ReadableStream({ start(out) {
            out.enqueue(new TextEncoder().encode('{"done": 20, "of": 80}\\n'));
            window.cutOff = () => out.error(new Error("the line is gone"));
          } }))
        : answers(url, ...more);
    }""")
    fetch = page.get_by_role("button", name="Fetch the evidence of").first
    fetch.click()
    expect(page.get_by_text("Making it: 20 of 80 adults read …")).to_be_visible()
    expect(page.get_by_role("progressbar", name="Making it")).to_have_attribute("value", "20")
    expect(fetch).to_be_disabled()
    page.evaluate("() => window.cutOff()")
    expect(page.get_by_text("No answer came. Nothing was kept; try again.")).to_be_visible()
    expect(fetch).to_be_enabled()


def test_a_register_is_chosen_read_and_taken_along(sign_in: Open, tmp_path: Path) -> None:
    page = sign_in("manager")
    page.goto("/registers")
    page.get_by_role("button", name="MARAC").click()
    table = page.get_by_role("region", name="MARAC")
    expect(table.get_by_role("row")).to_have_count(2)
    assert violations(page) == []
    taken = _fetched(page, "Take it along as a table", tmp_path / "register.csv")
    [row] = csv.DictReader(io.StringIO(taken.read_text(encoding="utf-8-sig")))
    expect(table.get_by_role("link", name=row["Reference"])).to_be_visible()


def test_a_case_is_looked_back_at_and_the_page_that_goes_round_names_nobody(sign_in: Open, tmp_path: Path) -> None:
    page = sign_in("lead")
    page.goto("/cases")
    page.get_by_role("link", name="O. Brand").first.click()
    page.get_by_role("link", name="What was learned").click()
    for label, words in (("What was known, and when?", "Two bills on Monday"), ("What helped?", "Time"),
                         ("What hindered?", "Nothing"), ("How does the person see it?", "She was not asked yet: she is away"),
                         ("What support have those had who worked on it?", "A talk")):
        page.get_by_label(label).fill(words)
    page.get_by_role("button", name="Put it on the file").click()
    expect(page.get_by_text("It is tried again on")).to_be_visible()
    page.locator("summary", has_text="Write it, without a name").click()
    page.get_by_label("Title").fill("Bills")
    page.get_by_label("What we learned").fill("Ask Ola first.")
    page.get_by_role("button", name="Let it go round").click()
    expect(page.get_by_text("Take out: Ola.").first).to_be_visible()
    page.get_by_label("What we learned").fill("Ask first.")
    page.get_by_role("button", name="Let it go round").click()
    assert _fetched(page, "As a PDF to print", tmp_path / "note.pdf").read_bytes().startswith(b"%PDF")
    assert violations(page) == []


def test_minutes_pull_in_figures_are_agreed_and_cannot_be_changed_then(sign_in: Open) -> None:
    page = sign_in("manager")
    page.goto("/minutes")
    page.locator("summary", has_text="Write the minutes of a meeting").click()
    today = datetime.now(UTC)
    page.get_by_label("When did you meet?").fill(f"{today:%Y-%m-%d}")
    page.get_by_label("Figures of which month?").fill(f"{today:%Y-%m}")
    page.get_by_label("Who was there?").fill("Lena and Maud")
    page.get_by_label("What was said of the figures?").fill("Receipts are slow.")
    page.get_by_role("button", name="Pull in figures and actions").click()
    expect(page.get_by_text("Acknowledged in time")).to_be_visible()
    page.get_by_role("button", name="Agree and lock").click()
    expect(page.get_by_role("heading", name="Locked")).to_be_visible()
    expect(page.get_by_role("button", name="Keep these words")).to_have_count(0)
    assert violations(page) == []
    page.goto("/patterns")
    expect(page.get_by_role("heading", name="By place")).to_be_visible()
    assert violations(page) == []
