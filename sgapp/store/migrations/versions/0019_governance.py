"""The monthly sample, and the scores of its cases."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def _record(name: str, *columns: sa.Column | sa.UniqueConstraint) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.String(), nullable=False), sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False), sa.Column("mac", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False), sa.Column("branch", sa.String(), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False), *columns,
        sa.ForeignKeyConstraint(["key_id"], ["data_key.id"]), sa.PrimaryKeyConstraint("id"))


def upgrade() -> None:
    _record("sample", sa.Column("month", sa.String(), nullable=False), sa.UniqueConstraint("month", "branch"))
    _record("case_audit", sa.Column("case_id", sa.String(), nullable=False))
    op.create_index("ix_case_audit_case_id", "case_audit", ["case_id"], unique=False)


def downgrade() -> None:
    raise RuntimeError("records are never taken back to an older shape; restore a backup instead")
