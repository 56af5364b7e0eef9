"""The session of a transaction that several share: new rows wait in it and are written together, table by table.

They are written before anything is asked through the session, so nobody can miss them. What is asked `beneath` it may pass
them by: only where it looks at tables in which none wait, or has looked at those that do (`waiting`).
"""

from collections.abc import Hashable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Engine, Insert, Update, event, insert
from sqlmodel import Session, SQLModel

from sgapp.store.straight import Question, all_of, first


class Shared(Session):
    """Begun, committed and undone as a whole. `heads`: where the streams of the chain stand that it has added to."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine, expire_on_commit=False)
        self.heads: dict[str, Any] = {}
        self._connection: Connection | None = None
        self._failed = False
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._changes: dict[Update, dict[Hashable, dict[str, Any]]] = {}

    def keep(self, table: str, row: dict[str, Any]) -> None:
        """Have a row written in time. Until then it may be changed where it waits."""
        self._rows.setdefault(table, []).append(row)

    def change(self, statement: Update, of: Hashable, values: Mapping[str, Any]) -> None:
        """Have a row that was there before changed in time; of several changes `of` the same the last is made."""
        self._changes.setdefault(statement, {})[of] = dict(values)

    def waiting(self, table: str, **key: Any) -> dict[str, Any] | None:
        """The row with these values, if it waits."""
        return next((row for row in self._rows.get(table, ()) if all(row[n] == v for n, v in key.items())), None)

    def put_down(self) -> None:
        """Write what waits, tables in the order in which they were first needed. Where that failed once, it fails for good: it
        may have been another's row, and whoever asked and met the error may think it her own.
        """
        if self._failed:
            raise RuntimeError("what waited could not be written")
        rows, changes, self._rows, self._changes = self._rows, self._changes, {}, {}
        self._failed = True
        for table, theirs in rows.items():
            all_of(self.beneath(), insert_into(table), theirs)
        for statement, values in changes.items():
            all_of(self.beneath(), statement, list(values.values()))
        self._failed = False

    def beneath(self) -> Connection:
        """The connection, past what waits."""
        if self._connection is None:
            self._connection = super().connection()
        return self._connection

    def connection(self, *args: Any, **kwargs: Any) -> Connection:
        self.put_down()
        return super().connection(*args, **kwargs)


@event.listens_for(Shared, "do_orm_execute")
def _before_asking(state: Any) -> None:
    state.session.put_down()


@event.listens_for(Shared, "before_flush")
def _before_writing(session: Any, _context: Any, _instances: Any) -> None:
    session.put_down()


def change(session: Session, statement: Update, of: Hashable, values: Mapping[str, Any]) -> None:
    """Change a row that was there before: at once, or in time where several share the transaction."""
    if isinstance(session, Shared):
        session.change(statement, of, values)
    else:
        session.connection().execute(statement, values)


def beneath(session: Session) -> Connection:
    """The connection of a session, past what waits in it."""
    return session.beneath() if isinstance(session, Shared) else session.connection()


def ask(session: Session, question: Question, values: Mapping[str, Any]) -> Sequence[Any] | None:
    """The first row that it is answered with, past what waits; None if there is none."""
    return first(beneath(session), question, values)


@cache
def insert_into(table: str) -> Insert:
    """Put together once: that takes longer than the row."""
    return insert(SQLModel.metadata.tables[table])
