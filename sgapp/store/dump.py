"""Every row of the database as lines of JSON, and back: the same for SQLite and PostgreSQL, so that one becomes the other.

What a person wrote is sealed in the rows already and stays so.
"""

import base64
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, MetaData, Table, delete, func, inspect, select
from sqlmodel import Session, SQLModel

from sgapp.domain.errors import Unreadable
from sgapp.store.engine import take_turns
from sgapp.store.tables import SequenceRow

#: Rows that are read, and written, at a time.
_AT_ONCE = 500
#: Where it is put down that a restore has not ended.
_COUNTERS, _UNFINISHED = SQLModel.metadata.tables[str(SequenceRow.__tablename__)], "restoring"
Progress = Callable[[int, int], None]


class Sink(Protocol):
    def write(self, content: bytes, /) -> int: ...


def count(session: Session) -> int:
    """How many rows there are in all."""
    return sum(session.connection().execute(select(func.count()).select_from(table)).scalar_one() for table in _tables())


def write(session: Session, sink: Sink, *, progress: Progress) -> int:
    """Put every row into the sink, packed. Returns how many. The session should look at one moment of the database."""
    packer, done, of = zlib.compressobj(1), 0, count(session)

    def put(line: Any) -> None:
        sink.write(packer.compress(json.dumps(line).encode() + b"\n"))

    for table in _tables():
        put({"table": table.name, "columns": [column.name for column in table.columns]})
        rows = session.connection().execution_options(yield_per=_AT_ONCE).execute(select(table))
        for some in rows.partitions():
            for row in some:
                put([_as_json(value) for value in row])
            done += len(some)
            progress(done, of)
    put({"end": done})
    sink.write(packer.flush())
    return done


def _tables() -> list[Table]:
    return SQLModel.metadata.sorted_tables


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"at": value.astimezone(UTC).isoformat()}
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    return value


def is_empty(engine: Engine) -> bool:
    """Whether there is nothing here that a restore would mix with: no tables, or none of ours with a row."""
    there = set(inspect(engine).get_table_names())
    with engine.connect() as connection:
        return all(connection.execute(select(table).limit(1)).first() is None for table in _tables() if table.name in there)


def read(engine: Engine, pieces: Iterable[bytes], *, progress: Progress, rows: int) -> int:
    """Put the rows into an empty database of the version that they come from, all or none. Returns how many.

    With them it puts down that what has to follow has not been done: see `unfinished`. Raises Unreadable for no whole dump.
    """
    metadata, done = MetaData(), 0
    metadata.reflect(engine)
    with engine.begin() as connection:
        take_turns(connection)
        lines = _lines(pieces)
        ended = None
        for table, some in _batches(lines):
            if table is None:
                ended = some
                continue
            _insert(connection, metadata, table, some)
            done += len(some)
            progress(done, rows)
        if ended != done:
            raise Unreadable("it ends too early")
        if (counters := metadata.tables.get(_COUNTERS.name)) is not None:
            connection.execute(counters.insert(), {"name": _UNFINISHED, "value": 1})
    return done


def unfinished(connection: Connection) -> bool:
    """Whether rows were put here and nobody has said that what had to follow was done."""
    return connection.execute(select(_COUNTERS).where(_COUNTERS.c.name == _UNFINISHED)).first() is not None


def finished(connection: Connection) -> None:
    """What had to follow is done, in this transaction."""
    connection.execute(delete(_COUNTERS).where(_COUNTERS.c.name == _UNFINISHED))


def _insert(connection: Connection, metadata: MetaData, name: str, rows: list[dict[str, Any]]) -> None:
    table = metadata.tables.get(name)
    if table is None or any(set(row) - set(table.columns.keys()) for row in rows):
        raise Unreadable(f"it holds a table {name} that this version does not know")
    naive = connection.dialect.name == "sqlite"
    connection.execute(table.insert(), [{k: _from_json(v, naive=naive) for k, v in row.items()} for row in rows])


def _batches(lines: Iterator[Any]) -> Iterator[tuple[str | None, Any]]:
    """Table and some of its rows by column; at the end None and how many rows there were."""
    name, columns = "", []

    def marked(lines: Iterator[Any]) -> Iterator[tuple[str, int, Any]]:
        nonlocal name, columns
        for number, line in enumerate(lines):
            if isinstance(line, dict) and "table" in line:
                name, columns = line["table"], line["columns"]
            elif isinstance(line, dict):
                yield "", 0, line["end"]
            else:
                yield name, number // _AT_ONCE, dict(zip(columns, line, strict=True))

    for (table, _), some in groupby(marked(lines), key=lambda m: m[:2]):
        found = [value for _, _, value in some]
        yield (table, found) if table else (None, found[0])


def _lines(pieces: Iterable[bytes]) -> Iterator[Any]:
    unpacker, rest = zlib.decompressobj(), b""
    try:
        for piece in pieces:
            rest += unpacker.decompress(piece)
            *whole, rest = rest.split(b"\n")
            yield from map(json.loads, whole)
        rest += unpacker.flush()
        yield from map(json.loads, filter(None, rest.split(b"\n")))
    except (zlib.error, ValueError) as error:
        raise Unreadable("it is no dump of this product") from error


def _from_json(value: Any, *, naive: bool) -> Any:
    match value:
        case {"at": str(text)}:
            moment = datetime.fromisoformat(text)
            return moment.replace(tzinfo=None) if naive else moment
        case {"bytes": str(text)}:
            return base64.b64decode(text)
        case _:
            return value
