"""Whose names stand in a note, as its writer may have put them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sgapp.domain.observation import Answer, NoteContent, Quote
from sgapp.domain.staff_names import Staff, named_as_involved, named_in_passing

WHEN = datetime(2026, 10, 5, 9, 40, tzinfo=UTC)
DEVAN = Staff("d", "Devan Rao", "devan")
GRACE = Staff("g", "Grace O'Dowd", "worker.g")
LI = Staff("l", "Li Wu", "li")
STAFF = (DEVAN, GRACE, LI)
NOTE = NoteContent(WHEN, WHEN)


@pytest.mark.parametrize(("text", "ids"), [
    ("Devan Rao", {"d"}), ("I think devan", {"d"}), ("Rao, from the office", {"d"}), ("It was Devan's car.", {"d"}),
    ("DEVAN  RAO and Grace", {"d", "g"}), ("Mrs O’Dowd" .replace("’", "'"), {"g"}), ("worker.g", {"g"}),
    ("Devanshi", set()), ("I do not know", set()), ("", set()), ("a tall man, li ving near", set()),
])
def test_where_she_is_asked_who_it_was_any_part_of_a_name_counts(text: str, ids: set[str]) -> None:
    assert named_as_involved(replace(NOTE, staff_names=text), STAFF) == ids


@pytest.mark.parametrize("content", [
    replace(NOTE, seen="Devan Rao put the card into his own pocket."),
    replace(NOTE, heard="A voice like that of devan rao, loud."),
    replace(NOTE, said=(Quote("Devan Rao has my card."),)),
    replace(NOTE, said=(Quote("Give it to me.", by="Devan Rao"),)),
], ids=["seen", "heard", "said", "said by"])
def test_a_full_name_counts_wherever_it_says_what_happened(content: NoteContent) -> None:
    assert named_in_passing(content, STAFF) == {"d"}


def test_an_accounts_own_name_counts_if_it_can_be_nothing_else() -> None:
    assert named_in_passing(replace(NOTE, seen="She showed me a text from worker.g about money."), STAFF) == {"g"}
    assert named_in_passing(replace(NOTE, seen="She called him devan all day."), STAFF) == set()


@pytest.mark.parametrize("content", [
    replace(NOTE, told="Rang Devan Rao at 10:40."), replace(NOTE, done="Waited with Devan Rao."),
    replace(NOTE, present="Devan Rao"), replace(NOTE, said=(Quote("I want to go home.", to="Devan Rao"),)),
], ids=["told", "did", "present", "said to"])
def test_whom_she_told_and_who_was_there_shuts_nobody_out(content: NoteContent) -> None:
    assert named_in_passing(content, STAFF) == set()


def test_a_first_name_alone_counts_once_she_has_said_that_staff_may_be_involved() -> None:
    content = replace(NOTE, seen="Grace took the purse off the hook.")
    assert named_in_passing(content, STAFF) == set()
    assert named_in_passing(replace(content, staff_involved=Answer.NOT_SURE), STAFF) == {"g"}


def test_a_name_does_not_run_from_one_line_into_the_next() -> None:
    assert named_in_passing(replace(NOTE, seen="The visitor was Devan", heard="Rao, she said, twice."), STAFF) == set()


def test_a_short_name_is_no_reason_to_shut_anybody_out() -> None:
    assert named_as_involved(replace(NOTE, staff_names="li, perhaps"), STAFF) == set()
    assert named_as_involved(replace(NOTE, staff_names="Li Wu, perhaps"), STAFF) == {"l"}
