"""Tables of keys. Every key lies wrapped by another; the master key lies in no table."""

# SQLModel declares __tablename__ as something it never is.
# pyright: reportAssignmentType=false

from datetime import datetime

from sqlmodel import Field, SQLModel

from sgapp.store.tables._types import UtcDateTime


class DataKeyRow(SQLModel, table=True):
    """`wrapped_by`: the mark of the master key around a key without a parent; empty: the oldest that is known."""

    __tablename__ = "data_key"
    id: str = Field(primary_key=True)
    purpose: str
    parent_id: str | None = Field(default=None, index=True)
    wrapped: bytes | None
    wrapped_by: str = ""
    created_at: datetime = Field(sa_type=UtcDateTime)
    destroyed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SealingKeyRow(SQLModel, table=True):
    """The organisation's key pair that phones seal to. The private half is sealed by the organisation's data key.

    `organisation` is what notes sealed to it are bound to: opaque, and the same for every key, so that a provider may
    change its name while notes are on their way. Empty on the oldest keys, which were bound to the name.
    """

    __tablename__ = "sealing_key"
    id: str = Field(primary_key=True)
    organisation: str = ""
    public_key: bytes
    sealed_private_key: bytes | None
    created_at: datetime = Field(sa_type=UtcDateTime)
    retired_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
