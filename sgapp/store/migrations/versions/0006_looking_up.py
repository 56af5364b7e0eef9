"""Indexes by which lists and searches take no longer because there are more notes."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_SCOPED = ("person", "observation", "case_file", "sharing_decision", "referral", "plan_action", "kept_upload")


def upgrade() -> None:
    # Half of all rows may be of one branch. SQLite, which does not count, took such an index before that of the ids asked for.
    for table in _SCOPED:
        op.drop_index(f"ix_{table}_branch", table)
    op.drop_index("ix_observation_person_id", "observation")
    op.create_index("ix_observation_person_id_state", "observation", ["person_id", "state"], unique=False)
    # PostgreSQL finds a beginning only in an index that goes by bytes and not by a language.
    op.drop_index("ix_observation_reference", "observation")
    for table in ("observation", "case_file", "referral"):
        op.create_index(f"ix_{table}_reference", table, ["reference"], unique=False,
                        postgresql_ops={"reference": "text_pattern_ops"})


def downgrade() -> None:
    raise RuntimeError("records are never taken back to an older shape; restore a backup instead")
