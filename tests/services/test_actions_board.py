"""The board of actions: whose they are, what is late, what shows that one was done; and nothing one may not see."""

from datetime import timedelta

import pytest

from sgapp.services import referrals
from sgapp.services.referrals import ActionState, StepAction
from sgapp.services.views.actions import ActionsView, actions_board
from sgapp.services.views.case import case_view
from tests.people import Cast
from tests.services.story import Story, at

NOW = at("2026-10-14T09:00")


@pytest.fixture
def story(cast: Cast) -> Story:
    return Story(cast).noted().seen().opened().planned()


def _board(story: Story, show: str = "", who: str = "lena", **later: float) -> ActionsView:
    return actions_board(story.house, getattr(story.cast, who), NOW + timedelta(**later), show)


def _whats(board: ActionsView) -> list[str]:
    return [card.what for card in board.cards]


def test_every_open_action_stands_there_the_soonest_due_first(story: Story) -> None:
    assert _whats(_board(story)) == [
        "A private conversation at each visit", "Review of visitor access", "Advocacy referral", "Appointeeship discussion"]


def test_mine_are_those_that_name_me(story: Story) -> None:
    assert _whats(_board(story, "mine")) == ["Appointeeship discussion"]
    assert _whats(_board(story, "mine", "maud")) == ["Review of visitor access"]


def test_the_agencies_are_those_that_another_house_owes(story: Story) -> None:
    assert _whats(_board(story, "agencies")) == ["Advocacy referral"]


def test_what_is_late_is_counted_and_shown_alone(story: Story) -> None:
    board = _board(story, "overdue")
    assert _whats(board) == ["A private conversation at each visit"]
    assert {tile.show: (tile.count, tile.alarming) for tile in board.tiles} == {
        "mine": ("1", False), "agencies": ("1", False), "overdue": ("1", True), "done": ("0", False)}


def test_what_was_done_leaves_the_open_ones_and_keeps_what_shows_it(story: Story) -> None:
    form = StepAction(story.action_ids[3], ActionState.DONE, "Talked alone on Tuesday")
    referrals.step_action(story.house, story.cast.maud, form, now=NOW)
    assert "A private conversation at each visit" not in _whats(_board(story))
    [card] = _board(story, "done").cards
    assert (card.state, card.evidence) == ("done", "Talked alone on Tuesday (Maud Ellery, 09:00)")


def test_whoever_is_named_finds_no_card_and_no_count(story: Story) -> None:
    case_id = story.cast.opened_case(at=NOW, staff_involved="yes", staff_names="Devan Rao")
    form = referrals.AddAction(case_id, "Look at the rota", "Maud Ellery", "", NOW.date(), "agrees")
    referrals.add_action(story.house, story.cast.lena, form, now=NOW)
    assert "Look at the rota" in _whats(_board(story))
    assert "Look at the rota" not in _whats(_board(story, who="devan"))
    assert [t.count for t in _board(story, who="devan", days=30).tiles] == ["0", "1", "4", "0"]


def test_an_action_that_is_late_is_the_next_step_of_its_case_before_what_is_due_later(story: Story) -> None:
    story.decided().reviewed().sent()
    step = case_view(story.house, story.cast.lena, at("2026-10-05T14:00"), story.case_id).next_step
    assert step.text == "Get the receipt from Adult social care"
    referrals.record_receipt(story.house, story.cast.lena, referrals.RecordReceipt(story.referral_id, "T. Osei"), now=NOW)
    step = case_view(story.house, story.cast.lena, NOW, story.case_id).next_step
    assert (step.text, step.hint) == ("A private conversation at each visit: Care team", "Overdue 1 day")
