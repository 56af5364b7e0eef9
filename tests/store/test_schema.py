"""The tables: what the migrations make is what the code expects, and what lies in clear is listed with its reason."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import LargeBinary, inspect, text
from sqlalchemy.exc import StatementError
from sqlmodel import SQLModel

from sgapp.services.health import readiness
from sgapp.services.house import House
from sgapp.settings import Settings
from sgapp.store.engine import insert_if_missing
from sgapp.store.migrations import at_head, upgrade
from sgapp.store.tables import SequenceRow, SetUpRow
from tests.people import Cast

THREAT_MODEL = Path(__file__).resolve().parents[2] / "docs" / "threat-model.md"


def test_the_migrations_make_exactly_the_tables_that_the_code_knows(house: House) -> None:
    with house.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_the_comparison_would_show_a_column_too_many(house: House) -> None:
    """The control of the test above."""
    with house.engine.begin() as connection:
        connection.execute(text("ALTER TABLE person ADD COLUMN stray VARCHAR"))
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert [d[0] for d in compare_metadata(context, SQLModel.metadata)] == ["remove_column"]


def test_migrating_again_changes_nothing(cast: Cast) -> None:
    upgrade(cast.house.engine)
    assert at_head(cast.house.engine)
    with cast.house.begin(cast.lena, datetime(2026, 10, 5, tzinfo=UTC)) as uow:
        assert len(uow.people.where()) == 4


def test_a_database_of_another_version_is_not_ready(house: House) -> None:
    assert readiness(house) == ()
    with house.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    assert readiness(house) == ("the database is of another version; run `sgapp migrate`",)


def test_a_database_that_another_key_sealed_is_not_ready(house: House, tmp_path: Path) -> None:
    other = House(house.settings.model_copy(update={"keys": tmp_path / "other"}), house.engine)
    assert readiness(other) == ("the master key does not open this database",)


def _listed(heading: str, until: str) -> dict[str, set[str]]:
    """Tables and columns of the threat model's lists between two headings. A row means every table by every column."""
    words = THREAT_MODEL.read_text().partition(f"\n{heading}\n")[2].partition(f"\n{until}\n")[0]
    found: dict[str, set[str]] = {}
    for line in words.splitlines():
        cells = [c.strip() for c in line.strip("|").split("|")]
        tables, columns = (re.findall(r"`([a-z_0-9]+)`", c) for c in ([*cells, "", ""])[:2])
        for table in tables if columns else ():
            assert all(cells[2:]), f"{line}: a reason is missing"
            found.setdefault(table, set()).update(columns)
    return found


def _columns(house: House) -> dict[str, dict[str, bool]]:
    """Every column of the real database, and whether it holds bytes."""
    inspector = inspect(house.engine)
    return {table: {c["name"]: isinstance(c["type"], LargeBinary) for c in inspector.get_columns(table)}
            for table in inspector.get_table_names()}


def test_what_lies_in_clear_is_what_the_threat_model_lists_with_a_reason(house: House) -> None:
    sealed = _listed("### Sealed columns", "## What may be logged")
    clear = _listed("## What lies in clear", "### Sealed columns")
    real = {table: set(columns) - sealed.get(table, set()) for table, columns in _columns(house).items()}
    assert clear == {table: columns for table, columns in real.items() if columns}


def test_what_is_listed_as_sealed_holds_bytes_and_every_other_column_of_bytes_is_a_public_key(house: House) -> None:
    sealed = _listed("### Sealed columns", "## What may be logged")
    real = {table: {c for c, is_bytes in columns.items() if is_bytes} for table, columns in _columns(house).items()}
    real["sealing_key"].remove("public_key")
    real["device"].remove("public_key")
    assert sealed == {table: columns for table, columns in real.items() if columns}


def test_sqlite_keeps_what_it_was_told_to_keep(tmp_path: Path) -> None:
    house = House(Settings(data=tmp_path / "data", keys=tmp_path / "keys"))
    house.prepare()
    with house.engine.connect() as connection:
        def pragma(name: str) -> object:
            return connection.execute(text(f"PRAGMA {name}")).scalar_one()

        assert [pragma(n) for n in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "recursive_triggers")] == [
            "wal", 2, 1, 1, 1]
    house.engine.dispose()


def test_a_row_is_added_once_however_often_it_is_ensured(cast: Cast) -> None:
    with cast.house.begin(cast.lena, datetime(2026, 10, 5, tzinfo=UTC)) as uow:
        for value in (1, 2):
            insert_if_missing(uow.session, SequenceRow, name="n", value=value)
        assert uow.session.get_one(SequenceRow, "n").value == 1


def test_a_time_without_its_zone_is_not_stored(cast: Cast) -> None:
    naive = datetime(2026, 10, 5)
    with pytest.raises(StatementError, match="without its zone"), cast.house.engine.begin() as connection:
        connection.execute(SetUpRow.__table__.insert().values(token_sha256="x", ends_at=naive))  # type: ignore[attr-defined]
