"""Checkpoints of the chain, guarded like its events, and what each verification found."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_WHEN = sa.DateTime(timezone=True)
_GUARD_SQLITE = (
    """CREATE TRIGGER checkpoint_no_update BEFORE UPDATE ON checkpoint
       BEGIN SELECT RAISE(ABORT, 'checkpoints are never changed'); END""",
    """CREATE TRIGGER checkpoint_no_delete BEFORE DELETE ON checkpoint
       BEGIN SELECT RAISE(ABORT, 'checkpoints are never removed'); END""",
    """CREATE TRIGGER checkpoint_no_replace BEFORE INSERT ON checkpoint
       WHEN EXISTS (SELECT 1 FROM checkpoint WHERE number = NEW.number)
       BEGIN SELECT RAISE(ABORT, 'checkpoints are never replaced'); END""",
)
_GUARD_POSTGRESQL = (
    """CREATE FUNCTION checkpoint_refuse() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'checkpoints are never changed or removed'; END $$""",
    """CREATE TRIGGER checkpoint_no_change BEFORE UPDATE OR DELETE ON checkpoint
       FOR EACH ROW EXECUTE FUNCTION checkpoint_refuse()""",
    """CREATE TRIGGER checkpoint_no_truncate BEFORE TRUNCATE ON checkpoint
       FOR EACH STATEMENT EXECUTE FUNCTION checkpoint_refuse()""",
)


def upgrade() -> None:
    op.create_table(
        "checkpoint",
        sa.Column("number", sa.Integer(), nullable=False), sa.Column("at", _WHEN, nullable=False),
        sa.Column("document", sa.String(), nullable=False), sa.Column("heads", sa.LargeBinary(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("number"))
    op.create_table(
        "checkpoint_left",
        sa.Column("number", sa.Integer(), nullable=False), sa.Column("place", sa.String(), nullable=False),
        sa.Column("at", _WHEN, nullable=False), sa.PrimaryKeyConstraint("number", "place"))
    op.create_table(
        "chain_check",
        sa.Column("at", _WHEN, nullable=False), sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False), sa.Column("first_bad", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("at"))
    for statement in _GUARD_POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _GUARD_SQLITE:
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("records are never taken back to an older shape; restore a backup instead")
