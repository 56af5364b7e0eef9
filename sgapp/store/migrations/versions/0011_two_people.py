"""Changes to accounts that a second person agrees to."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "account_change",
        sa.Column("id", sa.String(), nullable=False), sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False), sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False), sa.Column("asked_at", _WHEN, nullable=False),
        sa.Column("first_mac", sa.String(), nullable=False), sa.Column("second_mac", sa.String(), nullable=False),
        sa.Column("settled_by", sa.String(), nullable=False), sa.Column("settled_at", _WHEN, nullable=True),
        sa.Column("agreed", sa.Boolean(), nullable=False), sa.Column("used_at", _WHEN, nullable=True),
        sa.Column("ends_at", _WHEN, nullable=False), sa.PrimaryKeyConstraint("id"))
    op.create_index("ix_account_change_account_id", "account_change", ["account_id"], unique=False)


def downgrade() -> None:
    raise RuntimeError("records are never taken back to an older shape; restore a backup instead")
