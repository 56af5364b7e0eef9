"""Which master key wraps a key, so that it can be replaced."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("data_key", sa.Column("wrapped_by", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    raise RuntimeError("records are never taken back to an older shape; restore a backup instead")
