"""That the evidence of a month was asked for, for what and for whom."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", sa.String(), nullable=False), sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False), sa.Column("mac", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False), sa.Column("branch", sa.String(), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False), sa.Column("month", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["data_key.id"]), sa.PrimaryKeyConstraint("id"))


def downgrade() -> None:
    raise RuntimeError("records are never taken back to an older shape; restore a backup instead")
