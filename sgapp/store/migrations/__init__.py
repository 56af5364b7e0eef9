"""Alembic makes both databases. Versions are numbered; each is tested from a populated database of the one before."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from sgapp.store.engine import take_turns

_HERE = Path(__file__).resolve().parent


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    return config


def upgrade(engine: Engine, to: str = "head") -> None:
    """Bring the database to the newest version, or to an earlier one of a test. Does nothing if it is there already."""
    config = _config()
    with engine.begin() as connection:
        take_turns(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def revision_of(engine: Engine) -> str:
    """The version of a database, as its last migration."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def known(revision: str) -> bool:
    """Whether this program can bring a database of that version to its own."""
    return any(script.revision == revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def at_head(engine: Engine) -> bool:
    """Whether the database is of the version that this program expects."""
    return revision_of(engine) == ScriptDirectory.from_config(_config()).get_current_head()
