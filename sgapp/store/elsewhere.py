"""Noticing that another process has written to the same database: on SQLite by looking, on PostgreSQL by being told.

Source: SQLite's documentation of PRAGMA data_version; PostgreSQL's of LISTEN and NOTIFY.
"""

import time
from contextlib import closing
from typing import Any, Protocol

from sqlalchemy import Engine

_CHANNEL = "sgapp_changed"
#: SQLite is asked this often; whoever listens to PostgreSQL looks up this often whether she is to stop.
_LOOK_EVERY_SECONDS, _WAIT_SECONDS = 0.05, 0.5


class Hearing(Protocol):
    """One connection of its own, for one thread. May raise what its driver raises when the database is gone."""

    def heard(self) -> bool:
        """Wait a moment. Whether something was committed by others since this was asked last."""
        ...

    def close(self) -> None: ...


class Telling(Protocol):
    """The same, for another thread, so that nobody who has something to tell waits for what may be heard."""

    def tell(self) -> None:
        """Let the others know that something was committed here."""

    def close(self) -> None: ...


def hearing(engine: Engine, me: str) -> Hearing:
    """Begin to notice, on a connection that is not one of the pool's. `me`: what this process told itself is not news to it."""
    return _Listening(engine, me) if engine.dialect.name == "postgresql" else _Looking(engine)


def telling(engine: Engine, me: str) -> Telling:
    """The way to let others know. `me`: who tells."""
    return _Notifying(engine, me) if engine.dialect.name == "postgresql" else _Nothing()


class _Looking:
    """SQLite: a number that changes with each commit of any other connection. Reading it takes no lock.

    Only what is on the chain counts, or every keystroke that is kept as a draft would wake every screen.
    """

    def __init__(self, engine: Engine) -> None:
        pooled = engine.raw_connection()
        pooled.detach()
        self._connection = pooled
        self._version, self._events = self._one("PRAGMA data_version"), self._last_event()

    def heard(self) -> bool:
        time.sleep(_LOOK_EVERY_SECONDS)  # SQLite cannot be waited for
        version = self._one("PRAGMA data_version")
        if version == self._version:
            return False
        before, self._version, self._events = self._events, version, self._last_event()
        return self._events != before

    def close(self) -> None:
        self._connection.close()

    def _last_event(self) -> int | None:
        return self._one("SELECT max(rowid) FROM audit_event")

    def _one(self, question: str) -> int | None:
        with closing(self._connection.cursor()) as cursor:
            cursor.execute(question)
            [(answer,)] = cursor.fetchall()
        return answer


class _Nothing:
    """SQLite: the commit itself is what others see."""

    def tell(self) -> None:
        """Nothing is to be done."""

    def close(self) -> None:
        """Nothing was opened."""


class _Apart:
    """PostgreSQL: a connection that commits each statement by itself."""

    def __init__(self, engine: Engine, me: str) -> None:
        self._me = me
        self._pooled = engine.raw_connection()
        self._connection: Any = self._pooled.driver_connection
        self._pooled.detach()
        self._connection.autocommit = True

    def close(self) -> None:
        self._pooled.close()


class _Listening(_Apart):
    """It passes on at once to all who listen, with the word of whoever told."""

    def __init__(self, engine: Engine, me: str) -> None:
        super().__init__(engine, me)
        self._connection.execute(f"LISTEN {_CHANNEL}")

    def heard(self) -> bool:
        found = list(self._connection.notifies(timeout=_WAIT_SECONDS, stop_after=1))
        return any(note.payload != self._me for note in found)


class _Notifying(_Apart):
    """What is told between two looks of a listener it is told once."""

    def tell(self) -> None:
        self._connection.execute("SELECT pg_notify(%s, %s)", (_CHANNEL, self._me))
