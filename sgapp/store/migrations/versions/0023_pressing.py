"""An index of the few clocks that come before all others."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pressing = sa.text("(priority || ' ' || kind) IN ('emergency acknowledge', 'emergency decide', "
                       "'emergency welfare_check', 'high welfare_check', 'other welfare_check')")
    op.create_index("ix_clock_pressing", "clock", ["due_at"], sqlite_where=pressing, postgresql_where=pressing)


def downgrade() -> None:
    raise RuntimeError("records are never taken back to an older shape; restore a backup instead")
