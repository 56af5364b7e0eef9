"""Alembic's entry: runs the numbered versions on the connection it is given."""

from alembic import context
from sqlmodel import SQLModel

from sgapp.store import tables  # noqa: F401  registers the tables in the metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
