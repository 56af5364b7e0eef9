"""With a master key that is missing or wrong nothing is changed: neither the database, nor what lies where the key belongs."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from sgapp.services.doctor import Grade, examine
from sgapp.services.house import House, WrongMasterKey, now
from sgapp.settings import Settings
from sgapp.store.engine import make_engine
from sgapp.store.migrations import at_head, revision_of, upgrade
from sgapp.store.secrets import ORGANISATION_KEY, derived, encrypt, key_file

RIGHT, WRONG = "11" * 32, "22" * 32


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Of an installation with an empty database and no master key yet."""
    url = request.getfixturevalue("postgres_database") if request.param == "postgresql" else ""
    return Settings(data=tmp_path / "data", keys=tmp_path / "keys", database_url=url)


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    made = make_engine(settings)
    yield made
    made.dispose()


def _of_version(engine: Engine, version: str) -> None:
    """A database of an earlier version that was made under the right key."""
    upgrade(engine, version)
    wrapped = encrypt(derived(bytes.fromhex(RIGHT), "sgapp wrapping"), os.urandom(32),
                      place="data_key/organisation/organisation/None")
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO data_key (id, purpose, parent_id, wrapped, created_at) "
                                "VALUES (:id, :id, NULL, :wrapped, '2026-11-01 09:00:00')"),
                           {"id": ORGANISATION_KEY, "wrapped": wrapped})


#: The second is from before the master keys were told apart.
@pytest.mark.parametrize("version", ["0022", "0012"])
def test_an_earlier_database_is_brought_to_no_version_under_the_wrong_key(
        settings: Settings, engine: Engine, version: str) -> None:
    _of_version(engine, version)
    with pytest.raises(WrongMasterKey, match="Nothing was changed"):
        House(settings.model_copy(update={"master_key": WRONG}), engine).prepare()
    assert revision_of(engine) == version


def test_under_the_right_key_it_is_brought_to_this_version(settings: Settings, engine: Engine) -> None:
    _of_version(engine, "0012")
    House(settings.model_copy(update={"master_key": RIGHT}), engine).prepare()
    assert at_head(engine)


def test_no_key_is_made_beside_a_database_that_holds_keys(settings: Settings, engine: Engine) -> None:
    House(settings, engine).prepare()
    key_file(settings).unlink()
    with pytest.raises(WrongMasterKey, match="none was made"):
        House(settings, engine).prepare()
    assert list(settings.keys.iterdir()) == []


def test_none_is_made_for_whoever_reads_in_it_either(settings: Settings, engine: Engine) -> None:
    House(settings, engine).prepare()
    key_file(settings).unlink()
    assert [(f.part, f.grade) for f in examine(House(settings, engine), now=now())] == [
        ("keys", Grade.ILL), ("disk", Grade.WELL)]
    assert not key_file(settings).exists()


def test_the_doctor_goes_on_where_the_key_file_holds_none(settings: Settings, engine: Engine) -> None:
    House(settings, engine).prepare()
    key_file(settings).write_text("oak")
    found = {f.part: f.grade for f in examine(House(settings, engine), now=now())}
    assert (found["keys"], found["database"], "checkpoints" in found) == (Grade.ILL, Grade.ILL, True)


def test_a_key_is_made_for_an_empty_database(settings: Settings, engine: Engine) -> None:
    House(settings, engine).prepare()
    assert key_file(settings).exists()
