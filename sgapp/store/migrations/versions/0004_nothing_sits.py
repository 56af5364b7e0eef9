"""Steps up, the rota and the clock book in versions, the lease of the sweep, messages out."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("clock", sa.Column("stage", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("clock", sa.Column("next_step_at", _WHEN, nullable=True))
    op.add_column("clock", sa.Column("holder_id", sa.String(), nullable=False, server_default=""))
    # No book ever has this number: the first sweep works out anew what was running before there were steps.
    op.add_column("clock", sa.Column("book", sa.Integer(), nullable=False, server_default="-1"))
    op.create_index("ix_clock_next_step_at", "clock", ["next_step_at"], unique=False)
    op.create_index("ix_clock_book", "clock", ["book"], unique=False)
    op.create_index("ix_clock_started_at", "clock", ["started_at"], unique=False)
    for column in ("branch", "kind", "holder"):
        op.create_index(f"ix_clock_{column}_due_at", "clock", ["holder_id" if column == "holder" else column, "due_at"],
                        unique=False)
    op.create_table(
        "document",
        sa.Column("name", sa.String(), nullable=False), sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False), sa.Column("set_at", _WHEN, nullable=False),
        sa.Column("set_by", sa.String(), nullable=False), sa.PrimaryKeyConstraint("name", "version"))
    op.create_table(
        "step_up",
        sa.Column("record_kind", sa.String(), nullable=False), sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False), sa.Column("started_at", _WHEN, nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False), sa.Column("case_id", sa.String(), nullable=True),
        sa.Column("at", _WHEN, nullable=False), sa.Column("holder_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("record_kind", "record_id", "kind", "started_at", "stage"))
    op.create_index("ix_step_up_case_id", "step_up", ["case_id"], unique=False)
    op.create_table(
        "lease",
        sa.Column("name", sa.String(), nullable=False), sa.Column("holder", sa.String(), nullable=False),
        sa.Column("until", _WHEN, nullable=True), sa.Column("done_at", _WHEN, nullable=True),
        sa.PrimaryKeyConstraint("name"))
    op.create_table(
        "hand_over",
        sa.Column("id", sa.String(), nullable=False), sa.Column("from_id", sa.String(), nullable=False),
        sa.Column("to_id", sa.String(), nullable=False), sa.Column("at", _WHEN, nullable=False),
        sa.Column("read_at", _WHEN, nullable=True), sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"))
    op.create_index("ix_hand_over_from_id", "hand_over", ["from_id"], unique=False)
    op.create_index("ix_hand_over_to_id", "hand_over", ["to_id"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", sa.String(), nullable=False), sa.Column("channel", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False), sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("urgency", sa.String(), nullable=False), sa.Column("once", sa.Boolean(), nullable=False),
        sa.Column("record_kind", sa.String(), nullable=False), sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False), sa.Column("started_at", _WHEN, nullable=True),
        sa.Column("stage", sa.Integer(), nullable=False), sa.Column("created_at", _WHEN, nullable=False),
        sa.Column("state", sa.String(), nullable=False), sa.Column("next_try_at", _WHEN, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False), sa.Column("failure", sa.String(), nullable=False),
        sa.Column("ended_at", _WHEN, nullable=True), sa.PrimaryKeyConstraint("id"))
    for column in ("account_id", "record_id", "state", "next_try_at"):
        op.create_index(f"ix_message_{column}", "message", [column], unique=False)
    op.create_table(
        "reach",
        sa.Column("account_id", sa.String(), nullable=False), sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("set_at", _WHEN, nullable=False), sa.PrimaryKeyConstraint("account_id"))
    op.create_table(
        "push_subscription",
        sa.Column("id", sa.String(), nullable=False), sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False), sa.Column("created_at", _WHEN, nullable=False),
        sa.PrimaryKeyConstraint("id"))
    op.create_index("ix_push_subscription_account_id", "push_subscription", ["account_id"], unique=False)


def downgrade() -> None:
    raise RuntimeError("records are never taken back to an older shape; restore a backup instead")
