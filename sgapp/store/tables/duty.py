"""Tables of what keeps things moving: rules and rota with their history, steps up, the lease of the sweep, messages out."""

# SQLModel declares __tablename__ as something it never is.
# pyright: reportAssignmentType=false

from datetime import datetime

from sqlmodel import Field, SQLModel

from sgapp.store.tables._types import UtcDateTime


class DocumentRow(SQLModel, table=True):
    """One version of something the whole house goes by: the clock book, the rota. Never changed; a new one is added."""

    __tablename__ = "document"
    name: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    sealed: bytes
    set_at: datetime = Field(sa_type=UtcDateTime)
    set_by: str


class StepUpRow(SQLModel, table=True):
    """A clock went up to a stage, once: the key makes a second time impossible. `holder_id` empty: nobody was left."""

    __tablename__ = "step_up"
    record_kind: str = Field(primary_key=True)
    record_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    started_at: datetime = Field(primary_key=True, sa_type=UtcDateTime)
    stage: int = Field(primary_key=True)
    case_id: str | None = Field(default=None, index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    holder_id: str = ""


class LeaseRow(SQLModel, table=True):
    """Who may do a job that only one process does at a time, until when, and when it was last done to its end."""

    __tablename__ = "lease"
    name: str = Field(primary_key=True)
    holder: str = ""
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class HandOverRow(SQLModel, table=True):
    """What one person on duty left for the next: seen by those two alone."""

    __tablename__ = "hand_over"
    id: str = Field(primary_key=True)
    from_id: str = Field(index=True)
    to_id: str = Field(index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sealed: bytes


class MessageRow(SQLModel, table=True):
    """Something to be told to somebody, by one channel. It carries no content: which clock it is about says the rest.

    `once`: it goes out at most once, and when it is not known whether it did, a person is asked.
    """

    __tablename__ = "message"
    id: str = Field(primary_key=True)
    channel: str
    account_id: str = Field(index=True)
    sealed: bytes
    urgency: str
    once: bool = False
    record_kind: str = ""
    record_id: str = Field(default="", index=True)
    kind: str = ""
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    stage: int = 0
    created_at: datetime = Field(sa_type=UtcDateTime)
    state: str = Field(index=True)
    next_try_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    attempts: int = 0
    failure: str = ""
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ReachRow(SQLModel, table=True):
    """How somebody wishes to be told: channels, addresses and quiet hours, sealed."""

    __tablename__ = "reach"
    account_id: str = Field(primary_key=True)
    sealed: bytes
    set_at: datetime = Field(sa_type=UtcDateTime)


class PushRow(SQLModel, table=True):
    """A browser that somebody let show notices. Address and keys are sealed."""

    __tablename__ = "push_subscription"
    id: str = Field(primary_key=True)
    account_id: str = Field(index=True)
    sealed: bytes
    created_at: datetime = Field(sa_type=UtcDateTime)
