"""What is said to SQLite's driver itself means the same as what SQLAlchemy says."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Connection, bindparam, func, insert, literal, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlmodel import SQLModel, col

from sgapp.services.house import SYSTEM
from sgapp.store.straight import all_of, first
from sgapp.store.tables import AuditEventRow, EnvelopeRow, ObservationRow, SequenceRow
from tests.people import START, Cast

_OF = bindparam("of")
_BY_NAME = select(col(SequenceRow.name), col(SequenceRow.value)).where(col(SequenceRow.name) == _OF)
_TO = update(SequenceRow).where(col(SequenceRow.name) == _OF)
_IN_SUMMER = datetime(2026, 7, 1, 9, 30, 0, 25, tzinfo=timezone(timedelta(hours=1)))
_ENVELOPE = {"id": "e", "sha256": "s", "reference": "r", "author_id": "", "key_id": "k", "received_at": _IN_SUMMER,
             "device_id": None, "quarantined_because": None, "kept": b"\0\xff"}


def _columns(table: type[SQLModel]) -> Any:
    return SQLModel.metadata.tables[str(table.__tablename__)].c


def _first(connection: Connection, question: Any, **values: Any) -> list[Any] | None:
    row = first(connection, question, values)
    return None if row is None else list(row)


def test_a_row_is_read_as_sqlalchemy_reads_it(cast: Cast) -> None:
    cast.writes("amina", "dennis")
    with cast.house.begin(SYSTEM, START) as uow:
        for table in (ObservationRow, EnvelopeRow, AuditEventRow):
            question = select(*_columns(table)).limit(1)
            straight, usual = _first(uow.session.connection(), question), uow.session.connection().execute(question).one()
            assert straight == list(usual)
            assert [type(value) for value in straight] == [type(value) for value in usual]


def test_a_row_is_written_as_sqlalchemy_writes_it(cast: Cast) -> None:
    with cast.house.begin(SYSTEM, START) as uow:
        connection = uow.session.connection()
        all_of(connection, insert(EnvelopeRow), [_ENVELOPE])
        connection.execute(insert(EnvelopeRow), [_ENVELOPE | {"id": "f"}])
        as_they_lie = connection.execute(text("SELECT sha256, reference, author_id, key_id, received_at, device_id, kept "
                                              "FROM envelope WHERE id IN ('e', 'f')")).all()
        assert as_they_lie[0] == as_they_lie[1]
        moment = connection.execute(select(col(EnvelopeRow.received_at)).where(col(EnvelopeRow.id) == "e")).scalar_one()
        assert (moment, moment.tzinfo) == (_IN_SUMMER, UTC)


def test_several_rows_are_changed_each_to_its_own(cast: Cast) -> None:
    with cast.house.begin(SYSTEM, START) as uow:
        connection = uow.session.connection()
        all_of(connection, insert(SequenceRow), [{"name": "tea", "value": 1}, {"name": "cake", "value": 2}])
        all_of(connection, _TO, [{"of": "tea", "value": 7}, {"of": "cake", "value": 8}])
        assert [_first(connection, _BY_NAME, of=name) for name in ("tea", "cake")] == [["tea", 7], ["cake", 8]]


def test_nothing_found_is_none_and_a_row_of_nothing_is_a_row(cast: Cast) -> None:
    with cast.house.begin(SYSTEM, START) as uow:
        assert _first(uow.session.connection(), _BY_NAME, of="nothing") is None
        assert _first(uow.session.connection(), select(func.max(col(SequenceRow.value)).filter(literal(0) == 1))) == [None]


def test_what_a_question_says_itself_goes_with_what_is_asked(cast: Cast) -> None:
    with cast.house.begin(SYSTEM, START) as uow:
        connection = uow.session.connection()
        all_of(connection, insert(SequenceRow), [{"name": "tea", "value": 3}])
        for least, found in ((3, ["tea", 3]), (4, None)):
            assert _first(connection, _BY_NAME.where(col(SequenceRow.value) >= least), of="tea") == found


def test_a_time_without_its_zone_is_refused(cast: Cast) -> None:
    with cast.house.begin(SYSTEM, START) as uow, pytest.raises((ValueError, StatementError), match="without its zone"):
        all_of(uow.session.connection(), insert(EnvelopeRow), [_ENVELOPE | {"received_at": _IN_SUMMER.replace(tzinfo=None)}])


def test_a_question_that_fails_fails_as_sqlalchemy_has_it(cast: Cast) -> None:
    with cast.house.begin(SYSTEM, START) as uow:
        uow.session.connection().exec_driver_sql("DROP TABLE sequence")
        with pytest.raises(DBAPIError):
            first(uow.session.connection(), _BY_NAME, {"of": "tea"})
        uow.session.rollback()


def test_a_row_that_is_there_is_refused(cast: Cast) -> None:
    rows = [{"name": "tea", "value": 1}, {"name": "tea", "value": 2}]
    with cast.house.begin(SYSTEM, START) as uow, pytest.raises(IntegrityError):
        all_of(uow.session.connection(), insert(SequenceRow), rows)
