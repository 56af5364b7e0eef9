"""Second factors, recovery codes, and by what each session was begun."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("session", sa.Column("factor", sa.String(), nullable=False, server_default=""))
    op.add_column("session", sa.Column("address_mac", sa.String(), nullable=False, server_default=""))
    op.add_column("session", sa.Column("sealed_browser", sa.LargeBinary(), nullable=False, server_default=""))
    op.create_table(
        "factor",
        sa.Column("id", sa.String(), nullable=False), sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False), sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=True), sa.Column("created_at", _WHEN, nullable=False),
        sa.Column("confirmed_at", _WHEN, nullable=True), sa.Column("last_used_at", _WHEN, nullable=True),
        sa.PrimaryKeyConstraint("id"))
    op.create_index("ix_factor_account_id", "factor", ["account_id"], unique=False)
    op.create_table(
        "recovery",
        sa.Column("digest", sa.String(), nullable=False), sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("created_at", _WHEN, nullable=False), sa.Column("used_at", _WHEN, nullable=True),
        sa.PrimaryKeyConstraint("digest"))
    op.create_index("ix_recovery_account_id", "recovery", ["account_id"], unique=False)


def downgrade() -> None:
    raise RuntimeError("records are never taken back to an older shape; restore a backup instead")
