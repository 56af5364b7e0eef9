"""What is said to the database, by whichever way: SQLite itself is asked, PostgreSQL's statements are those of SQLAlchemy."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

_NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "--")


@contextmanager
def said_to(engine: Engine) -> Iterator[list[str]]:
    """The statements that are said meanwhile, in order; a row of several that go at once counts for itself on SQLite."""
    found: list[str] = []

    def note(*said: Any) -> None:
        found.append(said[2])

    def listen(connection: Any, *_: Any) -> None:
        connection.set_trace_callback(lambda said: None if said.startswith(_NOT_COUNTED) else found.append(said))

    def stop(connection: Any, *_: Any) -> None:
        connection.set_trace_callback(None)

    ways = [("checkout", listen), ("checkin", stop)] if engine.dialect.name == "sqlite" else [("before_cursor_execute", note)]
    for name, way in ways:
        event.listen(engine, name, way)
    try:
        yield found
    finally:
        for name, way in ways:
            event.remove(engine, name, way)
