"""Tables of what was let go: which records, by their opaque ids, signed. Rows can be added and nothing else."""

# SQLModel declares __tablename__ as something it never is.
# pyright: reportAssignmentType=false

from datetime import datetime

from sqlmodel import Field, SQLModel

from sgapp.store.tables._types import UtcDateTime


class TombstoneRow(SQLModel, table=True):
    """One disposal: a signed list of the records and keys that are gone. A restored backup is led through it again."""

    __tablename__ = "tombstone"
    number: int = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    document: str


class TombstoneLeftRow(SQLModel, table=True):
    """That a tombstone has gone to a place off this machine; `place` by a digest."""

    __tablename__ = "tombstone_left"
    number: int = Field(primary_key=True)
    place: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
