"""Lists of who may know of a restricted record."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0006"
branch_labels = None
depends_on = None

_WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "access",
        sa.Column("record_id", sa.String(), nullable=False), sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("until", _WHEN, nullable=True), sa.PrimaryKeyConstraint("record_id", "account_id"))
    for column in ("account_id", "until"):
        op.create_index(f"ix_access_{column}", "access", [column], unique=False)
    op.create_table(
        "investigation",
        sa.Column("id", sa.String(), nullable=False), sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False), sa.Column("mac", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False), sa.Column("branch", sa.String(), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False), sa.Column("reference", sa.String(), nullable=False),
        sa.Column("concerns_case", sa.String(), nullable=False), sa.Column("state", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["data_key.id"]), sa.PrimaryKeyConstraint("id"), sa.UniqueConstraint("reference"))
    for column in ("concerns_case", "state"):
        op.create_index(f"ix_investigation_{column}", "investigation", [column], unique=False)
    op.create_table(
        "availability",
        sa.Column("id", sa.String(), nullable=False), sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False), sa.Column("set_at", _WHEN, nullable=False),
        sa.Column("from_at", _WHEN, nullable=False), sa.Column("until_at", _WHEN, nullable=True),
        sa.PrimaryKeyConstraint("id"))
    for column in ("account_id", "until_at"):
        op.create_index(f"ix_availability_{column}", "availability", [column], unique=False)
    # Until now the role alone said who may know of what is restricted: those who work here now stand on the first lists.
    for table, reserved in (("observation", "r.reserved"), ("kept_upload", "r.reserved"), ("case_file", "false")):
        op.execute(
            "INSERT INTO access (record_id, account_id) "
            f"SELECT r.id, a.id FROM {table} r JOIN account a ON (a.branch IS NULL OR a.branch = r.branch) "
            "WHERE r.restricted AND a.disabled_at IS NULL "
            f"AND (a.role = 'nominated' OR (NOT {reserved} AND a.role IN ('lead', 'deputy', 'manager'))) "
            "AND NOT EXISTS (SELECT 1 FROM bar b WHERE b.record_id = r.id AND b.account_id = a.id)")


def downgrade() -> None:
    raise RuntimeError("records are never taken back to an older shape; restore a backup instead")
