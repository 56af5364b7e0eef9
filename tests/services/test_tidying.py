"""Drafts and answers of forms go by themselves once they are over: no disposal would reach them."""

import uuid
from datetime import timedelta

import pytest
from sqlmodel import SQLModel, func, select

from sgapp.services import rota, triage
from sgapp.services.drafts import save_draft
from sgapp.services.tidying import tidy
from sgapp.services.views.note import note_view
from sgapp.store.search import _names, names_of_people
from sgapp.store.tables import DraftRow, HandOverRow, IntentRow
from tests.people import START, Cast


def _draft(cast: Cast) -> None:
    save_draft(cast.house, cast.lena, START, "risk:x", {"reason": "half a sentence"})


def _answer(cast: Cast) -> None:
    form = triage.AcknowledgeNote(cast.writes())
    triage.acknowledge_note(cast.house, cast.lena, form, now=START, intent_id=str(uuid.uuid4()))


def _hand_over(cast: Cast) -> None:
    form = rota.HandOver(cast.devan.account_id, "Ring the ward at nine.")
    rota.hand_over(cast.house, cast.lena, form, now=START)


@pytest.mark.parametrize(("make", "table", "keeps", "goes"), [
    (_draft, DraftRow, 6, 8), (_answer, IntentRow, 29, 31), (_hand_over, HandOverRow, 364, 366)],
    ids=["a draft", "the answer to a form", "what one left for the next"])
def test_it_goes_by_itself_once_it_is_over(cast: Cast, make: object, table: type[SQLModel], keeps: int, goes: int) -> None:
    assert callable(make)
    make(cast)
    left = []
    for days in (keeps, goes):
        tidy(cast.house, now=START + timedelta(days=days))
        with cast.house.begin(cast.lena, START) as uow:
            left.append(uow.session.exec(select(func.count()).select_from(table)).one())
    assert left == [1, 0]


def test_opened_keys_and_names_leave_the_memory_of_the_process_and_open_again(cast: Cast) -> None:
    note_id = cast.writes()
    with cast.house.begin(cast.lena, START) as uow:
        assert "Dennis Marlow" in names_of_people(uow, but="")
    assert cast.house.ring._opened
    assert _names[cast.house.ring].known
    tidy(cast.house, now=START)
    # Removing what is over opens nothing.
    assert (cast.house.ring._opened, _names[cast.house.ring].known) == ({}, {})
    assert note_view(cast.house, cast.lena, START, note_id).id == note_id
