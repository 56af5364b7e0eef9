"""What every note says to the database, said to SQLite's driver itself.

SQLAlchemy puts a statement together, once, and its types turn the values; only its way of carrying it out is left out, which
takes longer than so small a statement. What fails is raised as SQLAlchemy raises it, and not tried again: it may have undone
the transaction. On PostgreSQL everything goes the usual way.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from sqlalchemy import Connection, Insert, Select, Update
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

_SQLITE: Any = sqlite.dialect()
#: Of any columns.
Question = Select[*tuple[Any, ...]]
#: Turns a value for the database, or from it; None: it stays as it is.
_Turn = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class _Said:
    """A statement as the driver takes it: its text, name and turn of each value in order, and the turns of what it answers."""

    text: str
    values: tuple[tuple[str, _Turn], ...]
    constants: Mapping[str, Any]
    answer: tuple[_Turn, ...] = ()

    def turned(self, values: Mapping[str, Any]) -> list[Any]:
        """Raises KeyError for one that is missing."""
        given = {**self.constants, **values} if self.constants else values
        return [given[name] if turn is None else turn(given[name]) for name, turn in self.values]


def first(connection: Connection, question: Question, values: Mapping[str, Any]) -> Sequence[Any] | None:
    """The first row of the answer; None if there is none. The question is the same object each time."""
    if connection.dialect.name != "sqlite":
        return connection.execute(question, values).first()
    said = _question(question)
    try:
        row = begun(connection).execute(said.text, said.turned(values)).fetchone()
    except sqlite3.Error as error:
        raise _as_everybody_expects(error, said.text) from error
    return row and [value if turn is None else turn(value) for value, turn in zip(row, said.answer, strict=True)]


def all_of(connection: Connection, change: Insert | Update, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add or change several rows, all with the same names."""
    if connection.dialect.name != "sqlite":
        connection.execute(change, rows)
        return
    said = _change(change, tuple(rows[0]))
    try:
        begun(connection).executemany(said.text, [said.turned(row) for row in rows])
    except sqlite3.Error as error:
        raise _as_everybody_expects(error, said.text) from error


def begun(connection: Connection) -> sqlite3.Connection:
    """SQLite's own connection, in the transaction that was begun. Raises OperationalError where that has been undone.

    SQLite does so by itself where the disk fails or is full. Whatever came afterwards would be kept at once and alone.
    """
    driver = cast(sqlite3.Connection, connection.connection.driver_connection)
    if not driver.in_transaction:
        raise OperationalError("", None, sqlite3.OperationalError("the transaction has been undone"), hide_parameters=True)
    return driver


def held_elsewhere(error: BaseException) -> bool:
    """Whether somebody else held the database for so long that it was waited for in vain."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    return isinstance(cause, sqlite3.Error) and getattr(cause, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


def _as_everybody_expects(error: sqlite3.Error, text: str) -> Exception:
    return DBAPIError.instance(text, None, error, sqlite3.Error, hide_parameters=True, dialect=_SQLITE)


@cache
def _question(question: Question) -> _Said:
    answer = tuple(_for(column.type).result_processor(_SQLITE, None) for column in question.selected_columns)
    return _Said(*_compiled(question.compile(dialect=_SQLITE)), answer)


@cache
def _change(change: Insert | Update, names: tuple[str, ...]) -> _Said:
    return _Said(*_compiled(change.compile(dialect=_SQLITE, column_keys=list(names))))


def _compiled(compiled: Any) -> tuple[str, tuple[tuple[str, _Turn], ...], Mapping[str, Any]]:
    compiled = cast(SQLCompiler, compiled)
    values = tuple((name, _for(compiled.binds[name].type).bind_processor(_SQLITE)) for name in compiled.positiontup or ())
    return str(compiled), values, {name: value for name, value in compiled.params.items() if value is not None}


def _for(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    return kind.dialect_impl(_SQLITE)
