"""What the queue and its search ask of the database goes along indexes that lead to few rows, however many there are.

On SQLite, which decides by the shape of the question alone; PostgreSQL reads a table of a few rows as a whole, and rightly.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from sgapp.services.house import House
from sgapp.services.views.queue import SHOWS, queue, queue_keys
from sgapp.settings import Settings
from tests.people import START, Cast, populate
from tests.services.story import Story


@pytest.fixture
def sqlite_cast(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Cast]:
    (tmp_path / "data").mkdir()
    shutil.copy(migrated_sqlite, tmp_path / "data" / "sgapp.db")
    house = House(Settings(data=tmp_path / "data", keys=tmp_path / "keys", database_url=""))
    house.prepare()
    yield populate(house)
    house.engine.dispose()


def asked(house: House, ask: Callable[[], object]) -> list[tuple[str, Any]]:
    """The questions that were put to the database, with their values."""
    found: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        found.append((statement, values))

    event.listen(house.engine, "before_cursor_execute", note)
    ask()
    event.remove(house.engine, "before_cursor_execute", note)
    return [(statement, values) for statement, values in found if statement.startswith("SELECT")]


def ways(house: House, ask: Callable[[], object]) -> set[str]:
    """By which ways SQLite goes to notes, cases and clocks when that is asked."""
    with house.engine.connect() as connection:
        lines = [row[3] for statement, values in asked(house, ask)
                 for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
    return {line for line in lines if re.match(r"(SEARCH|SCAN) (observation|case_file|referral|clock)\b", line)}


#: Walking along the clocks in the order of the page, until it is full, is the one way that names no few rows beforehand; and
#: along those that are pressing, which are few by what they are.
IN_ORDER = {"SEARCH clock USING INDEX ix_clock_branch_due_at (branch=?)", "SCAN clock USING INDEX ix_clock_due_at",
            "SCAN clock USING INDEX ix_clock_pressing"}
NARROW = re.compile(r"\((id|record_(kind|id)|case_id|person_id|reference|kind|holder_id|started_at|due_at|branch=\? AND due)")
#: Among fewer, ids look narrow beside any index.
MANY = 15


@pytest.mark.parametrize("who", ["lena", "noel"])
def test_every_filter_and_search_of_the_queue_goes_along_a_narrow_index(sqlite_cast: Cast, who: str) -> None:
    Story(sqlite_cast).noted().seen().opened().decided().reviewed().sent()
    for minute in range(MANY):
        sqlite_cast.writes("carla", "iris", at=START + timedelta(minutes=minute))
    house, actor = sqlite_cast.house, sqlite_cast.actors[who]
    for show, words in [("", ""), *((show, "") for show in SHOWS), ("", "Dennis"), ("", "VN-"), ("overdue", "2026-7K2Q")]:
        found = ways(house, lambda show=show, words=words: queue(house, actor, START, 60, show, words))
        by_id = {line for line in found if "clock" not in line}
        assert by_id, "the notes and cases of the page were looked up"
        assert [line for line in found - IN_ORDER if not NARROW.search(line)] == [], (show, words)
    assert all(NARROW.search(line) for line in ways(house, lambda: queue_keys(house, actor, START, START)))


@pytest.mark.parametrize("show", ["", "mine", "overdue", "today"])
def test_what_is_pressing_is_found_along_its_own_index_under_every_filter(sqlite_cast: Cast, show: str) -> None:
    for minute in range(MANY):
        sqlite_cast.writes("carla", "iris", at=START + timedelta(minutes=minute))
    found = ways(sqlite_cast.house, lambda: queue(sqlite_cast.house, sqlite_cast.lena, START, 60, show))
    assert [line for line in found if "ix_clock_pressing" in line]


def test_an_index_of_a_branch_alone_would_be_seen(sqlite_cast: Cast) -> None:
    """The control of the test above: such an index is what SQLite would take."""
    house = sqlite_cast.house
    for minute in range(MANY):
        sqlite_cast.writes(at=START + timedelta(minutes=minute))
    with house.engine.begin() as connection:
        connection.execute(text("CREATE INDEX stray ON observation (branch)"))
    house.engine.dispose()  # what is explained runs nothing, so a connection that is open already would not hear of the index
    assert "SEARCH observation USING INDEX stray (branch=?)" in ways(house, lambda: queue(house, sqlite_cast.lena, START))
