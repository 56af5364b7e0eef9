"""Safety plans, contacts with the adult, and on which day somebody visits."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0015"
branch_labels = None
depends_on = None


def _record(name: str, *columns: sa.Column, indexed: tuple[str, ...]) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.String(), nullable=False), sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False), sa.Column("mac", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False), sa.Column("branch", sa.String(), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False), *columns,
        sa.ForeignKeyConstraint(["key_id"], ["data_key.id"]), sa.PrimaryKeyConstraint("id"))
    for column in indexed:
        op.create_index(f"ix_{name}_{column}", name, [column], unique=False)


def upgrade() -> None:
    _record("safety_plan", sa.Column("case_id", sa.String(), nullable=False),
            sa.Column("person_id", sa.String(), nullable=False), sa.Column("number", sa.Integer(), nullable=False),
            sa.Column("state", sa.String(), nullable=False), indexed=("case_id", "person_id"))
    _record("contact", sa.Column("case_id", sa.String(), nullable=False), sa.Column("state", sa.String(), nullable=False),
            indexed=("case_id",))
    op.create_table(
        "care_visit",
        sa.Column("person_id", sa.String(), nullable=False), sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False), sa.Column("set_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "account_id", "day"))
    for column in ("account_id", "day"):
        op.create_index(f"ix_care_visit_{column}", "care_visit", [column], unique=False)


def downgrade() -> None:
    raise RuntimeError("records are never taken back to an older shape; restore a backup instead")
