"""Noticing that another process has written to the same database: on SQLite by looking, on PostgreSQL by being told.

Source: SQLite's documentation of PRAGMA data_version; PostgreSQL's of LISTEN and NOTIFY.
"""

import time
from contextlib import closing
from typing import Any, Protocol

from sqlalchemy import Engine

_CHANNEL = "sgapp_changed"


class Elsewhere(Protocol):
    """One connection of its own, for one thread. Every method may raise what its driver raises when the database is gone."""

    def tell(self) -> None:
        """Let the others know that something was committed here."""

    def heard(self, seconds: float) -> bool:
        """Wait up to so long. Whether something was committed by others since this was asked last."""
        ...

    def close(self) -> None: ...


def elsewhere(engine: Engine) -> Elsewhere:
    """Begin to notice, on a connection that is not one of the pool's."""
    return _Told(engine) if engine.dialect.name == "postgresql" else _Seen(engine)


class _Seen:
    """SQLite: a number that changes with each commit of any other connection. Reading it takes no lock.

    Only what is on the chain counts, or every keystroke that is kept as a draft would wake every screen.
    """

    def __init__(self, engine: Engine) -> None:
        pooled = engine.raw_connection()
        pooled.detach()
        self._connection = pooled
        self._version, self._events = self._one("PRAGMA data_version"), self._last_event()

    def tell(self) -> None:
        """The commit itself is what others see."""

    def heard(self, seconds: float) -> bool:
        time.sleep(seconds)  # SQLite cannot be waited for
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


class _Told:
    """PostgreSQL: it passes on to all who listen, with the number of the connection that told."""

    def __init__(self, engine: Engine) -> None:
        pooled = engine.raw_connection()
        self._connection: Any = pooled.driver_connection
        pooled.detach()
        self._pooled = pooled
        self._connection.autocommit = True
        self._connection.execute(f"LISTEN {_CHANNEL}")

    def tell(self) -> None:
        self._connection.execute(f"NOTIFY {_CHANNEL}")

    def heard(self, seconds: float) -> bool:
        found = list(self._connection.notifies(timeout=seconds, stop_after=1))
        return any(note.pid != self._connection.info.backend_pid for note in found)

    def close(self) -> None:
        self._pooled.close()
