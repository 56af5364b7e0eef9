"""A transaction that the database has undone by itself, as SQLite does where the disk fails, is over for everybody in it."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session

from sgapp.services.house import SYSTEM
from sgapp.store.engine import insert_row, insert_rows, is_there
from sgapp.store.tables import EnvelopeConflictRow, EnvelopeRow, SequenceRow
from tests.people import START, Cast
from tests.services.test_together import only_sqlite

WAYS = ("begin", "shared")


def _row(session: Session, name: str) -> None:
    insert_row(session, SequenceRow, name=name, value=1)


def _there(cast: Cast) -> list[str]:
    with cast.house.begin(SYSTEM, START) as uow:
        return [name for name in ("before", "afterwards") if uow.session.get(SequenceRow, name)]


def _driver(session: Session) -> Any:
    return session.connection().connection.driver_connection


THEN: dict[str, Callable[[Session], object]] = {
    "a question": lambda session: is_there(session, EnvelopeRow, "e"),
    "a statement": lambda session: session.connection().execute(text("SELECT 1")),
    "a row": lambda session: _row(session, "afterwards"),
    "nothing": lambda _session: None}


@only_sqlite
@pytest.mark.parametrize("then", THEN)
@pytest.mark.parametrize("way", WAYS)
def test_once_it_is_undone_whatever_comes_is_refused_and_nothing_is_kept(cast: Cast, way: str, then: str) -> None:
    def transaction() -> None:
        with getattr(cast.house, way)(SYSTEM, START) as uow:
            _row(uow.session, "before")
            _driver(uow.session).rollback()  # as it does by itself after an error of the disk
            THEN[then](uow.session)

    with pytest.raises(OperationalError, match="undone"):
        transaction()
    assert _there(cast) == []


@only_sqlite
@pytest.mark.parametrize("way", WAYS)
def test_who_lives_with_a_question_for_which_the_disk_failed_keeps_nothing_and_the_next_one_does(cast: Cast, way: str) -> None:
    ids = [str(uuid4()) for _ in range(12_000)]  # more than the database has in memory
    with cast.house.begin(SYSTEM, START) as uow:
        insert_rows(uow.session, EnvelopeRow, [
            {"id": note_id, "sha256": "s" * 64, "reference": "r", "author_id": "", "key_id": "k" * 60, "received_at": START,
             "device_id": None, "quarantined_because": None, "kept": None} for note_id in ids])
    cast.house.engine.dispose()

    def transaction() -> None:
        with getattr(cast.house, way)(SYSTEM, START) as uow:
            _row(uow.session, "before")
            uow.session.connection()
            with suppress(DBAPIError), _nothing_to_read(Path(str(cast.house.engine.url.database)).resolve()):
                for note_id in ids:
                    is_there(uow.session, EnvelopeRow, note_id)
            _row(uow.session, "afterwards")

    with pytest.raises(OperationalError, match="undone"):
        transaction()
    assert _there(cast) == []
    with getattr(cast.house, way)(SYSTEM, START) as uow:
        _row(uow.session, "afterwards")
    assert _there(cast) == ["afterwards"]


@only_sqlite
@pytest.mark.parametrize("way", WAYS)
def test_a_question_that_fails_once_is_not_asked_again(cast: Cast, way: str) -> None:
    def transaction() -> None:
        with getattr(cast.house, way)(SYSTEM, START) as uow:
            breaks_off = iter([1])
            _driver(uow.session).set_progress_handler(lambda: next(breaks_off, 0), 1)
            is_there(uow.session, EnvelopeRow, "e")

    with pytest.raises(OperationalError, match="interrupted"):
        transaction()


@pytest.mark.parametrize("way", WAYS)
def test_who_lives_with_a_failure_that_undid_everything_is_not_told_that_it_was_kept(cast: Cast, way: str) -> None:
    def transaction() -> None:
        with getattr(cast.house, way)(SYSTEM, START) as uow:
            uow.session.add(EnvelopeConflictRow(id="x", sha256="y", author_id="\ud800", key_id="", received_at=START, kept=b""))
            with pytest.raises(ValueError, match="surrogates"):
                uow.session.flush()

    with pytest.raises(RuntimeError, match="undone"):
        transaction()


@contextmanager
def _nothing_to_read(file: Path) -> Iterator[None]:
    """Every descriptor of the file that this process has open is for writing alone."""
    ours = [int(link.name) for link in Path("/proc/self/fd").iterdir() if _is(link, file)]
    assert ours
    put_by = {number: os.dup(number) for number in ours}
    useless = os.open(file, os.O_WRONLY)
    for number in ours:
        os.dup2(useless, number)
    try:
        yield
    finally:
        for number, as_it_was in put_by.items():
            os.dup2(as_it_was, number)
            os.close(as_it_was)
        os.close(useless)


def _is(link: Path, file: Path) -> bool:
    try:
        return link.resolve() == file
    except OSError:
        return False
