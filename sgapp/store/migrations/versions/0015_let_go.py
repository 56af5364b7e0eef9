"""Tombstones of what was disposed of, guarded like events."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_WHEN = sa.DateTime(timezone=True)
_GUARD_SQLITE = (
    """CREATE TRIGGER tombstone_no_update BEFORE UPDATE ON tombstone
       BEGIN SELECT RAISE(ABORT, 'tombstones are never changed'); END""",
    """CREATE TRIGGER tombstone_no_delete BEFORE DELETE ON tombstone
       BEGIN SELECT RAISE(ABORT, 'tombstones are never removed'); END""",
    """CREATE TRIGGER tombstone_no_replace BEFORE INSERT ON tombstone
       WHEN EXISTS (SELECT 1 FROM tombstone WHERE number = NEW.number)
       BEGIN SELECT RAISE(ABORT, 'tombstones are never replaced'); END""",
)
_GUARD_POSTGRESQL = (
    """CREATE FUNCTION tombstone_refuse() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'tombstones are never changed or removed'; END $$""",
    """CREATE TRIGGER tombstone_no_change BEFORE UPDATE OR DELETE ON tombstone
       FOR EACH ROW EXECUTE FUNCTION tombstone_refuse()""",
    """CREATE TRIGGER tombstone_no_truncate BEFORE TRUNCATE ON tombstone
       FOR EACH STATEMENT EXECUTE FUNCTION tombstone_refuse()""",
)


def upgrade() -> None:
    op.create_table(
        "tombstone",
        sa.Column("number", sa.Integer(), nullable=False), sa.Column("at", _WHEN, nullable=False),
        sa.Column("document", sa.String(), nullable=False), sa.PrimaryKeyConstraint("number"))
    op.create_table(
        "tombstone_left",
        sa.Column("number", sa.Integer(), nullable=False), sa.Column("place", sa.String(), nullable=False),
        sa.Column("at", _WHEN, nullable=False), sa.PrimaryKeyConstraint("number", "place"))
    for statement in _GUARD_POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _GUARD_SQLITE:
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("records are never taken back to an older shape; restore a backup instead")
