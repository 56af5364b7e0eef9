"""Connections: SQLite with its safe settings, or PostgreSQL. Source: DESIGN; SQLite's pragma documentation."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Engine, Select, bindparam, create_engine, event, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel

from sgapp.settings import Settings
from sgapp.store.shared import Shared, ask, insert_into
from sgapp.store.straight import begun

#: The number under which PostgreSQL keeps the lock of those who prepare the database.
_PREPARING = 7_308_324_466
#: How a transaction of SQLite's begins: for reading, and with the lock of whoever writes.
_LOOK, _BEGIN = "BEGIN", "BEGIN IMMEDIATE"
#: For how long a statement waits for whoever holds what it needs; and for how long a transaction may hold it in which nothing
#: happens any more, because its process hangs.
_WAITS_SECONDS, _HOLDS_SECONDS = 30, 600
#: How PostgreSQL names that it waited too long.
_HELD = "55P03"
#: A connection of PostgreSQL's that a network swallows is given up after half a minute, and not after the quarter of an hour
#: that an operating system takes for it. On a socket of this machine none of it counts.
_NOTICES_THAT_NOBODY_IS_THERE = {"connect_timeout": 10, "tcp_user_timeout": 30_000, "keepalives_idle": 30,
                                 "keepalives_interval": 10, "keepalives_count": 3}


def make_engine(settings: Settings) -> Engine:
    """An engine for the configured database. SQLite's folder is made if it is missing."""
    if settings.database.startswith("sqlite"):
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        # An error may be printed with its trace; what was being written may not.
        engine = create_engine(settings.database, hide_parameters=True,
                               connect_args={"timeout": _WAITS_SECONDS, "check_same_thread": False})
        _make_sqlite_safe(engine)
        return engine
    engine = create_engine(settings.database, hide_parameters=True, pool_size=10, max_overflow=10, pool_pre_ping=True,
                           connect_args=_NOTICES_THAT_NOBODY_IS_THERE)
    _make_postgres_safe(engine)
    return engine


def take_turns(connection: Connection) -> None:
    """Let whoever prepares this database wait, until this transaction ends, for whoever began before.

    Several processes may start at once on an empty database. On SQLite every transaction begins with the write lock.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_PREPARING})")
        wait_at_most(connection, _WAITS_SECONDS)


def wait_at_most(connection: Connection, seconds: int) -> None:
    """Let no statement of this transaction wait for longer than that for whoever holds what it needs. On SQLite the transaction
    itself has waited, as it began.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{seconds}s'")


def is_held(error: Exception) -> bool:
    """Whether something failed because somebody held what it needed for too long."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", "") == _HELD


def insert_if_missing(session: Session, table: type[SQLModel], **values: Any) -> None:
    """Add a row unless one with its key is there. Two writers who both found none wait for each other; neither fails."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.connection().execute(dialect.insert(table).values(**values).on_conflict_do_nothing())


def insert_missing(session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Add many rows, but those with a key that is there."""
    if rows:
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        session.connection().execute(dialect.insert(table).on_conflict_do_nothing(), rows)


def insert_row(session: Session, table: type[SQLModel], **values: Any) -> None:
    """Add a row with all its columns. The session keeps no eye on it, so nobody may change it in this transaction."""
    keep_rows(session, table, [values])


def keep_rows(session: Session, table: type[SQLModel], rows: Sequence[dict[str, Any]]) -> None:
    """Add some, each with all its columns: at once, or in time where several share the transaction."""
    if isinstance(session, Shared):
        for row in rows:
            session.keep(str(table.__tablename__), row)
    else:
        insert_rows(session, table, rows)


def insert_rows(session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Add some at once, each with all its columns."""
    if rows:
        session.connection().execute(insert_into(str(table.__tablename__)), rows)


def is_there(session: Session, table: type[SQLModel], row_id: str) -> bool:
    """Whether there is a row with this id. What the session has not written yet is not looked at."""
    name = str(table.__tablename__)
    if isinstance(session, Shared) and session.waiting(name, id=row_id) is not None:
        return True
    return ask(session, _by_id(name), {"row": row_id}) is not None


@cache
def _by_id(table: str) -> Select[Any]:
    column = SQLModel.metadata.tables[table].c.id
    return select(column).where(column == bindparam("row"))


def for_reading(engine: Engine) -> Engine:
    """The same database, for a long look at one moment of it that keeps no writer waiting."""
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return engine.execution_options(sgapp_reading=True)


def _make_postgres_safe(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{_WAITS_SECONDS}s'")
            cursor.execute(f"SET idle_in_transaction_session_timeout = '{_HOLDS_SECONDS}s'")
        connection.commit()


def _make_sqlite_safe(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON",
                       "recursive_triggers=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # Taking the write lock at once means that two writers wait for each other instead of failing half-way.
        reads = connection.get_execution_options().get("sgapp_reading")
        connection.exec_driver_sql(_LOOK if reads else _BEGIN)

    @event.listens_for(engine, "before_cursor_execute")
    def goes_on(connection: Connection, _cursor: Any, statement: str, _values: Any, _context: Any, _many: bool) -> None:
        if statement not in (_LOOK, _BEGIN):
            begun(connection)

    event.listen(engine, "commit", begun)
