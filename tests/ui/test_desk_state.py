"""What the desk remembers: the filter, and never what was searched for."""

from typing import Any

import pytest

from sgapp.services.drafts import load_draft, save_draft
from sgapp.ui.pages.desk import state
from tests.people import START, Cast


@pytest.fixture
def desk(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(state, "house", lambda: cast.house)
    return cast


def test_what_is_searched_for_is_not_written_down_and_what_once_was_goes(desk: Cast) -> None:
    desk.writes(about="dennis")
    desk.writes(about="ola")
    save_draft(desk.house, desk.lena, START, "queue", {"show": "", "text": "Ola"})
    found, _ = state._found(desk.lena, START, 5, None, "Dennis")
    assert ([row.title for row in found.rows], load_draft(desk.house, desk.lena, START, "queue")) == (
        ["D. Marlow · P-104"], {"show": ""})


def test_the_filter_is_remembered_and_chosen_again_is_gone(desk: Cast) -> None:
    desk.writes()
    shown = [state._found(desk.lena, START, 5, chosen, "")[0].show for chosen in ("mine", None, "mine", None)]
    assert shown == ["mine", "mine", "", ""]


def test_what_arrives_while_the_queue_is_looked_up_is_not_taken_for_known(desk: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = state.queue

    def meanwhile(*asked: Any) -> Any:
        found = shown(*asked)
        desk.writes()
        return found

    monkeypatch.setattr(state, "queue", meanwhile)
    found, known = state._found(desk.lena, START, 5, None, "")
    assert (found.rows, known) == ((), frozenset())
