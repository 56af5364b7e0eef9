"""What goes past the managers is reserved: notes, kept uploads and their clocks."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("observation", "kept_upload", "clock"):
        op.add_column(table, sa.Column("reserved", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    raise RuntimeError("records are never taken back to an older shape; restore a backup instead")
