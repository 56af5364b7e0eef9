"""Databases to measure in: made for one run and gone after it. The one that SGAPP_DATABASE_URL names is never touched."""

import contextlib
import ipaddress
import uuid
from collections.abc import Iterator

from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from sgapp.bench.results import CannotMeasure, Plan
from sgapp.settings import Settings


@contextlib.contextmanager
def fresh_database(address: str) -> Iterator[str]:
    """An empty PostgreSQL database on the server of `address`, dropped when the block ends. Raises CannotMeasure."""
    url = make_url(Settings(database_url=address).database)
    if url.get_backend_name() != "postgresql" or not _is_loopback(url):
        raise CannotMeasure("SGAPP_DATABASE_URL names another machine, or no PostgreSQL. A bench writes thousands of rows, "
                            "so it only uses a PostgreSQL on this machine. Set another address, or none.")
    name = f"sgapp_bench_{uuid.uuid4().hex}"
    _command(url, f"CREATE DATABASE {name}")
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        _command(url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def each_database(plan: Plan, *, of_each: int = 1) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What to measure on, by name and addresses: SQLite, and PostgreSQL where the plan names one. Raises CannotMeasure.

    `of_each`: how many databases of each, to compare one with another.
    """
    yield "SQLite", ("",) * of_each
    if plan.database_url:
        with contextlib.ExitStack() as stack:
            yield "PostgreSQL", tuple(stack.enter_context(fresh_database(plan.database_url)) for _ in range(of_each))


def _command(url: URL, words: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(words))
    except DBAPIError as error:
        raise CannotMeasure("The PostgreSQL of SGAPP_DATABASE_URL made no database for this bench: it cannot be reached, or "
                            f"its account may not CREATE DATABASE. It said: {error.orig}") from error
    finally:
        engine.dispose()


def _is_loopback(url: URL) -> bool:
    """Whether every host of the address is this machine; a socket in the file system is."""
    asked = url.query.get("host", ())
    hosts = [*((url.host,) if url.host else ()), *((asked,) if isinstance(asked, str) else asked)]
    return bool(hosts) and all(_is_here(host) for host in hosts) and "hostaddr" not in url.query


def _is_here(host: str) -> bool:
    if host.startswith("/") or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
