"""Whoever chooses quiet hours reads what is told in them all the same."""

from sgapp.ui.pages.told.page import page
from tests.serving import ROOT

#: Where somebody is woken whatever the hour, beside the clocks, and the words for it on the page.
WAKES = {"contacts.py": "said the words for help", "who_may_know.py": "somebody broke the glass on a file that you answer for",
         "second_factor.py": "a recovery code of yours was used", "checkpoints.py": "the record of who did what does not hold"}


def _that_wake() -> set[str]:
    return {path.name for path in (ROOT / "sgapp").rglob("*.py") if "awake=True" in path.read_text()}


def test_the_page_names_each_thing_that_is_told_in_quiet_hours_too() -> None:
    assert _that_wake() == set(WAKES)
    said = " ".join(str(part) for part in page())
    assert [words for words in WAKES.values() if words not in said] == []
