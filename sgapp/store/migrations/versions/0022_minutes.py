"""Minutes of meetings, in versions."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "minutes",
        sa.Column("id", sa.String(), nullable=False), sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False), sa.Column("mac", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False), sa.Column("branch", sa.String(), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False), sa.Column("meeting_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["data_key.id"]), sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("meeting_id", "number"))


def downgrade() -> None:
    raise RuntimeError("records are never taken back to an older shape; restore a backup instead")
