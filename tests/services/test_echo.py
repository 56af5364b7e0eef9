"""A change in one process is heard in another that serves the same installation."""

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from sgapp.services import triage
from sgapp.services.drafts import save_draft
from sgapp.services.echo import Echo, echo
from sgapp.services.house import House
from sgapp.settings import Settings
from sgapp.store.elsewhere import Hearing, hearing, telling
from tests.people import START, Cast
from tests.serving import ROOT

#: Only so that a test that fails ends; what is awaited comes far sooner or never.
PATIENCE = 30

LISTENER = """
import sys
from sgapp.services.echo import echo
from sgapp.services.house import house
found = house()
found.on_change(lambda: print("heard", flush=True))
heard = echo(found)
for line in sys.stdin:
    break
heard.stop()
print("ended", flush=True)
"""


@contextmanager
def listening(house: House) -> Iterator[subprocess.Popen[str]]:
    """A process of its own on the same database that prints a line whenever it hears of a change."""
    settings = house.settings
    env = {**os.environ, "SGAPP_DATA": str(settings.data), "SGAPP_KEYS": str(settings.keys),
           "SGAPP_DATABASE_URL": settings.database_url}
    process = subprocess.Popen([sys.executable, "-c", LISTENER], cwd=ROOT, env=env, text=True, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE)
    guard = threading.Timer(PATIENCE, process.kill)
    guard.start()
    try:
        yield process
    finally:
        guard.cancel()
        process.kill()
        process.communicate()


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.fixture
def ours(cast: Cast) -> Iterator[Echo]:
    """The echo of this process, as each server has one."""
    started = echo(cast.house)
    yield started
    started.stop()


def test_a_note_that_one_process_takes_in_is_heard_in_another(cast: Cast, ours: Echo) -> None:
    with listening(cast.house) as other:
        assert line_of(other) == "heard", "it looks once when it begins to listen"
        cast.writes()
        assert line_of(other) == "heard"


def test_it_ends_when_it_is_told_to_while_nothing_happens(cast: Cast) -> None:
    with listening(cast.house) as other:
        assert line_of(other) == "heard"
        out, _ = other.communicate("\n", timeout=PATIENCE)
        assert out.splitlines() == ["ended"]
        assert other.returncode == 0


def test_a_connection_that_was_cut_off_is_made_anew_and_nothing_stays_unheard(cast: Cast, ours: Echo) -> None:
    with listening(cast.house) as other:
        assert line_of(other) == "heard"
        cut_off(cast.house)
        cast.writes()
        assert line_of(other) == "heard", "it looks when it is back"


def cut_off(house: House) -> None:
    """End every other connection, as a restart of the server does. SQLite has none that could be ended."""
    if house.engine.dialect.name == "postgresql":
        with house.engine.connect() as connection:
            connection.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"))


def test_who_hears_of_a_change_does_not_tell_of_it_again(postgres_database: str, tmp_path: Path) -> None:
    """Two who pass on what they heard would ring each other without end."""
    house = House(Settings(data=tmp_path / "data", keys=tmp_path / "keys", database_url=postgres_database))
    house.prepare()
    with (closing(hearing(house.engine, "third")) as third, closing(telling(house.engine, "third")) as its_own,
          closing(telling(house.engine, "fourth")) as fourth, listening(house) as other):
        assert line_of(other) == "heard"
        for _ in range(2):  # when it hears the second time, it has had its turn to tell of the first
            its_own.tell()
            assert line_of(other) == "heard"
        assert [third.heard() for _ in range(3)] == [False] * 3
        fourth.tell()
        assert heard_soon(third), "the control: what is told does arrive"
    house.engine.dispose()


def heard_soon(others: Hearing) -> bool:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if others.heard():
            return True
    return False


def test_what_is_kept_of_a_form_wakes_nobody_and_what_is_on_the_chain_does(cast: Cast) -> None:
    note_id = cast.writes()
    with closing(hearing(cast.house.engine, "")) as others, closing(telling(cast.house.engine, "another")) as teller:
        save_draft(cast.house, cast.lena, START, "queue", {"show": "overdue"})
        assert not others.heard()
        triage.acknowledge_note(cast.house, cast.lena, triage.AcknowledgeNote(note_id), now=START)
        teller.tell()
        assert heard_soon(others)
        assert not others.heard()


def test_a_database_that_is_away_is_said_and_the_echo_still_ends(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    away = House(Settings(data=tmp_path / "data", keys=tmp_path / "keys", database_url="postgresql://nobody@127.0.0.1:1/none"))
    tried, rang = threading.Event(), threading.Event()
    away.on_change(rang.set)
    handler = logging.Handler()
    handler.emit = lambda record: tried.set()  # type: ignore[method-assign]
    logging.getLogger("sgapp.services.echo").addHandler(handler)
    started = echo(away)
    assert tried.wait(PATIENCE)
    started.stop()
    assert "other processes are not heard at present: OperationalError" in caplog.text
    assert not rang.is_set()
    assert not any(thread.name == "echo" for thread in threading.enumerate())
