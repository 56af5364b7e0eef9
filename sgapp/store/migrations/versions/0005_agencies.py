"""Letters as they left, links for agencies and the visits made through them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "file",
        sa.Column("record_id", sa.String(), nullable=False), sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False), sa.Column("made_at", _WHEN, nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["data_key.id"]), sa.PrimaryKeyConstraint("record_id"))
    op.create_table(
        "link",
        sa.Column("id", sa.String(), nullable=False), sa.Column("referral_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False), sa.Column("token_sha256", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False), sa.Column("made_at", _WHEN, nullable=False),
        sa.Column("ended_at", _WHEN, nullable=True), sa.PrimaryKeyConstraint("id"), sa.UniqueConstraint("token_sha256"))
    for column in ("referral_id", "case_id"):
        op.create_index(f"ix_link_{column}", "link", [column], unique=False)
    op.create_table(
        "visit",
        sa.Column("id", sa.String(), nullable=False), sa.Column("link_id", sa.String(), nullable=False),
        sa.Column("code_mac", sa.String(), nullable=False), sa.Column("sealed_code", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", _WHEN, nullable=False), sa.Column("code_until", _WHEN, nullable=False),
        sa.Column("token_sha256", sa.String(), nullable=True), sa.Column("begun_at", _WHEN, nullable=True),
        sa.Column("ends_at", _WHEN, nullable=True), sa.PrimaryKeyConstraint("id"), sa.UniqueConstraint("token_sha256"))
    for column in ("link_id", "code_until"):
        op.create_index(f"ix_visit_{column}", "visit", [column], unique=False)


def downgrade() -> None:
    raise RuntimeError("records are never taken back to an older shape; restore a backup instead")
