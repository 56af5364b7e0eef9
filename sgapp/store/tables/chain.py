"""Tables of the audit chain. Rows of `audit_event` and `checkpoint` can be added and nothing else: triggers refuse the rest."""

# SQLModel declares __tablename__ as something it never is.
# pyright: reportAssignmentType=false

from datetime import datetime

from sqlmodel import Field, SQLModel

from sgapp.store.tables._types import UtcDateTime


class AuditEventRow(SQLModel, table=True):
    __tablename__ = "audit_event"
    stream: str = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    actor_id: str
    actor_role: str
    action: str
    outcome: str
    subject_kind: str
    subject_id: str = Field(index=True)
    detail: str
    count: int
    records: str
    previous: str
    mac: str


class AuditHeadRow(SQLModel, table=True):
    """The last event of each stream, under a keyed digest of its own: a tail cut off shows."""

    __tablename__ = "audit_head"
    stream: str = Field(primary_key=True)
    seq: int
    last: str
    mac: str


class CheckpointRow(SQLModel, table=True):
    """Where every stream stood at a moment, signed. `heads`: those that had changed since the one before, packed.

    Like events, rows can be added and nothing else. `places`: to how many it was meant to go.
    """

    __tablename__ = "checkpoint"
    number: int = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    document: str
    heads: bytes
    places: int = 0


class CheckpointLeftRow(SQLModel, table=True):
    """That a checkpoint has gone to a place off this machine; `place` by a digest."""

    __tablename__ = "checkpoint_left"
    number: int = Field(primary_key=True)
    place: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)


class ChainCheckRow(SQLModel, table=True):
    """What a verification of the whole chain found; `first_bad` empty if it held."""

    __tablename__ = "chain_check"
    at: datetime = Field(sa_type=UtcDateTime, primary_key=True)
    events: int
    records: int
    first_bad: str


class RefusalRow(SQLModel, table=True):
    """How often the same refusal was met: the chain records the 1st, 2nd, 4th, 8th… so that a hammer cannot flood it."""

    __tablename__ = "refusal"
    actor_id: str = Field(primary_key=True)
    action: str = Field(primary_key=True)
    subject_id: str = Field(primary_key=True)
    count: int
    first_at: datetime = Field(sa_type=UtcDateTime)
    last_at: datetime = Field(sa_type=UtcDateTime)
