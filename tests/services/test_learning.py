"""Learning in the house: looked back once, followed by actions in the queue, tried again after three months, without a name."""

from datetime import date, timedelta

import pytest

from sgapp.domain.errors import Invalid, NotFound, NotPermitted
from sgapp.services import cases, learning
from sgapp.services.audit import verify_audit
from sgapp.services.learning import (
    AddLearningAction,
    RecordChange,
    RetestLearning,
    WriteDebrief,
    WriteRoundNote,
    round_note,
)
from sgapp.services.views.actions import actions_board
from sgapp.services.views.learning import LearningView, learning_list, learning_view
from sgapp.services.views.queue import queue
from tests.people import START, Cast

LATER = START + timedelta(days=20)
IN_THREE_MONTHS = LATER + timedelta(days=91)
WORDS = {"known_when": "The card, on Monday", "helped": "The neighbour rang", "hindered": "Two systems",
         "persons_view": "She wished we had rung first", "support": "Supervision on Friday"}


def _case(cast: Cast, **content: object) -> str:
    case_id = cast.opened_case(**content)  # type: ignore[arg-type]
    form = cases.TriageCase(case_id, "not_safeguarding", "why")
    cases.triage_case(cast.house, cast.lena, form, now=START + timedelta(minutes=15))
    return case_id


def _debrief(cast: Cast, case_id: str, **less: str) -> str:
    form = WriteDebrief(case_id, **(WORDS | less))
    return learning.write_debrief(cast.house, cast.lena, form, now=LATER).id


def _view(cast: Cast, case_id: str) -> LearningView:
    return learning_view(cast.house, cast.lena, IN_THREE_MONTHS, case_id)


@pytest.mark.parametrize("left_out", WORDS)
def test_a_debrief_leaves_nothing_out_not_even_how_the_person_sees_it(cast: Cast, left_out: str) -> None:
    with pytest.raises(Invalid) as refused:
        _debrief(cast, _case(cast), **{left_out: " "})
    assert [e.field for e in refused.value.errors] == [left_out]


def test_a_case_is_looked_back_at_once_and_once_something_was_decided(cast: Cast) -> None:
    case_id = _case(cast)
    _debrief(cast, case_id)
    with pytest.raises(Invalid, match="already"):
        _debrief(cast, case_id)
    with pytest.raises(Invalid, match="decided"):
        _debrief(cast, cast.opened_case(about="ola"))


def test_in_three_months_it_stands_in_the_queue_and_among_the_actions(cast: Cast) -> None:
    case_id = _case(cast)
    _debrief(cast, case_id)
    [card] = actions_board(cast.house, cast.lena, IN_THREE_MONTHS).cards
    assert (card.what[:9], card.owner) == ("Try again", "Lena Hart")
    assert any("Try again" in row.detail for row in queue(cast.house, cast.lena, IN_THREE_MONTHS).rows)


def test_what_does_not_hold_comes_back_and_what_holds_is_over(cast: Cast) -> None:
    case_id = _case(cast)
    made = _debrief(cast, case_id)
    learning.retest_learning(cast.house, cast.lena, RetestLearning(made, "no", "Two of five plans"), now=IN_THREE_MONTHS)
    view = _view(cast, case_id)
    assert (view.to_retest, view.retests[0].label) == (True, "Does not hold")
    assert len(actions_board(cast.house, cast.lena, IN_THREE_MONTHS).cards) == 1
    again = IN_THREE_MONTHS + timedelta(days=91)
    learning.retest_learning(cast.house, cast.lena, RetestLearning(made, "yes", "All five"), now=again)
    assert not actions_board(cast.house, cast.lena, again).cards
    assert [row.stands for row in learning_list(cast.house, cast.lena, again)] == ["Tried again, and it holds"]
    with pytest.raises(Invalid, match="held"):
        learning.retest_learning(cast.house, cast.lena, RetestLearning(made, "yes", "once more"), now=again)


def test_a_change_counts_with_what_shows_it_and_an_action_with_its_owner_and_day(cast: Cast) -> None:
    case_id = _case(cast)
    made = _debrief(cast, case_id)
    with pytest.raises(Invalid):
        learning.record_change(cast.house, cast.lena, RecordChange(made, "policy", "Ring first", " "), now=LATER)
    with pytest.raises(Invalid):
        learning.record_change(cast.house, cast.lena, RecordChange(made, "gossip", "x", "y"), now=LATER)
    learning.record_change(cast.house, cast.lena, RecordChange(made, "policy", "Ring first.", "Version 4"), now=LATER)
    with pytest.raises(Invalid):
        learning.add_learning_action(cast.house, cast.lena, AddLearningAction(made, "Tell all", ""), now=LATER)
    form = AddLearningAction(made, "Tell all", "Maud Ellery", date(2026, 11, 20))
    learning.add_learning_action(cast.house, cast.lena, form, now=LATER)
    view = _view(cast, case_id)
    assert view.changes[0].text.startswith("Ring first. Shown by: Version 4 (Lena Hart")
    assert [line.label for line in view.actions] == ["Tell all"]


@pytest.mark.parametrize("name", ["Dennis", "Mr Marlow", "Lena Hart", "Amina", "P-104", "Kevin"])
def test_what_goes_round_names_nobody(cast: Cast, name: str) -> None:
    made = _debrief(cast, _case(cast))
    form = WriteRoundNote(made, "Cards", f"A bank card was taken; {name} rang.", "Ring first.")
    with pytest.raises(Invalid, match="names nobody"):
        learning.write_round_note(cast.house, cast.lena, form, now=LATER)


def test_what_goes_round_is_one_page_to_print(cast: Cast) -> None:
    made = _debrief(cast, _case(cast))
    with pytest.raises(NotFound):
        round_note(cast.house, cast.lena, LATER, made)
    form = WriteRoundNote(made, "Cards", "A bank card was taken.", "Ring first.", "Policy 4")
    learning.write_round_note(cast.house, cast.lena, form, now=LATER)
    name, content = round_note(cast.house, cast.lena, LATER, made)
    assert (name, content[:5]) == ("learning.pdf", b"%PDF-")
    [row] = learning_list(cast.house, cast.lena, LATER)
    assert _view(cast, row.case_id).note[0].text == "Cards"


def test_it_lies_under_the_list_of_its_case(cast: Cast) -> None:
    case_id = _case(cast, staff_involved="yes", staff_names="Devan Rao")
    _debrief(cast, case_id)
    assert len(learning_list(cast.house, cast.maud, LATER)) == 1
    assert learning_list(cast.house, cast.devan, LATER) == ()
    with pytest.raises(NotFound):
        learning_view(cast.house, cast.devan, LATER, case_id)
    assert verify_audit(cast.house, now=LATER).sound


@pytest.mark.parametrize("who", ["amina", "ada", "hugh", "joy"])
def test_nobody_else_writes_a_debrief(cast: Cast, who: str) -> None:
    case_id = _case(cast)
    with pytest.raises(NotPermitted):
        learning.write_debrief(cast.house, cast.actors[who], WriteDebrief(case_id, **WORDS), now=LATER)
