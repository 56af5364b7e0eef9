"""Room for when a passkey answered last, in milliseconds."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("factor") as batch:
        batch.alter_column("counter", existing_type=sa.Integer(), existing_nullable=True, type_=sa.BigInteger())


def downgrade() -> None:
    raise RuntimeError("records are never taken back to an older shape; restore a backup instead")
