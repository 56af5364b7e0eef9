"""Rows that wait in a shared transaction: whoever asks through the session finds them, and none is lost or written twice."""

from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import bindparam, func, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from sgapp.services.house import SYSTEM
from sgapp.store.engine import insert_row, is_there
from sgapp.store.shared import Shared, beneath, change
from sgapp.store.tables import EnvelopeRow, SequenceRow
from tests.people import START, Cast

_TO = update(SequenceRow).where(col(SequenceRow.name) == bindparam("of"))


def _count(session: Any) -> int:
    return int(beneath(session).execute(select(func.count()).select_from(SequenceRow).where(
        col(SequenceRow.name).like("tea%"))).scalar_one())


def _writes_two_and_fails(cast: Cast) -> None:
    with cast.house.shared(SYSTEM, START) as uow:
        insert_row(uow.session, SequenceRow, name="tea-2", value=1)
        assert isinstance(uow.session, Shared)
        uow.session.put_down()
        insert_row(uow.session, SequenceRow, name="tea-3", value=1)
        raise ZeroDivisionError


def _lets_an_error_pass(cast: Cast) -> None:
    with cast.house.shared(SYSTEM, START) as uow:
        insert_row(uow.session, SequenceRow, name="tea", value=object())
        with suppress(Exception):
            uow.session.get(SequenceRow, "tea")


@pytest.mark.parametrize("ask", [
    lambda s: s.get(SequenceRow, "tea"),
    lambda s: s.exec(select(SequenceRow).where(SequenceRow.name == "tea")).first(),
    lambda s: s.exec(select(SequenceRow.value).where(SequenceRow.name == "tea")).first(),
    lambda s: s.connection().execute(select(col(SequenceRow.value)).where(col(SequenceRow.name) == "tea")).first(),
    lambda s: s.merge(SequenceRow(name="tea", value=1)).value,
], ids=["get", "exec", "columns", "connection", "merge"])
def test_whoever_asks_through_the_session_finds_a_row_that_waits(cast: Cast, ask: Any) -> None:
    with cast.house.shared(SYSTEM, START) as uow:
        insert_row(uow.session, SequenceRow, name="tea", value=1)
        assert _count(uow.session) == 0
        assert ask(uow.session)
        assert _count(uow.session) == 1


def test_a_row_that_the_session_itself_writes_comes_after_those_that_wait(cast: Cast) -> None:
    with cast.house.shared(SYSTEM, START) as uow:
        insert_row(uow.session, SequenceRow, name="tea", value=1)
        uow.session.add(SequenceRow(name="tea", value=2))
        with pytest.raises(IntegrityError):
            uow.session.flush()
        uow.session.rollback()


def test_what_waits_at_the_end_is_committed_and_what_is_undone_leaves_nothing(cast: Cast) -> None:
    with cast.house.shared(SYSTEM, START) as uow:
        insert_row(uow.session, SequenceRow, name="tea", value=1)
    with pytest.raises(ZeroDivisionError):
        _writes_two_and_fails(cast)
    with cast.house.begin(SYSTEM, START) as uow:
        assert _count(uow.session) == 1


def test_where_a_row_that_waited_could_not_be_written_nothing_is_committed_whoever_let_the_error_pass(cast: Cast) -> None:
    with pytest.raises(RuntimeError, match="could not be written"):
        _lets_an_error_pass(cast)
    with cast.house.begin(SYSTEM, START) as uow:
        assert _count(uow.session) == 0


def test_of_several_changes_of_one_row_the_last_is_made_and_a_row_that_waits_is_written_before_it(cast: Cast) -> None:
    with cast.house.shared(SYSTEM, START) as uow:
        insert_row(uow.session, SequenceRow, name="tea", value=1)
        for value in (2, 3):
            change(uow.session, _TO, "tea", {"of": "tea", "value": value})
    with cast.house.begin(SYSTEM, START) as uow:
        assert uow.session.get_one(SequenceRow, "tea").value == 3


def test_a_row_that_waits_counts_as_there(cast: Cast) -> None:
    with cast.house.shared(SYSTEM, START) as uow:
        assert not is_there(uow.session, EnvelopeRow, "e-1")
        insert_row(uow.session, EnvelopeRow, id="e-1", sha256="", reference="", author_id="", key_id="", received_at=START,
                   device_id=None, quarantined_because=None, kept=None)
        assert is_there(uow.session, EnvelopeRow, "e-1")
