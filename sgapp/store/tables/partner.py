"""Tables of what agencies are given: letters as they were approved, links to them, and the visits made through a link."""

# SQLModel declares __tablename__ as something it never is.
# pyright: reportAssignmentType=false

from datetime import datetime

from sqlmodel import Field, SQLModel

from sgapp.store.tables._types import UtcDateTime


class FileRow(SQLModel, table=True):
    """A file made from a record, exactly as it left: sealed under the record's own key. Its fingerprint is in the record."""

    __tablename__ = "file"
    record_id: str = Field(primary_key=True)
    key_id: str = Field(foreign_key="data_key.id")
    sealed: bytes
    made_at: datetime = Field(sa_type=UtcDateTime)


class LinkRow(SQLModel, table=True):
    """A way for one agency to one referral. Of its token only the hash is kept; whom it was given to is sealed."""

    __tablename__ = "link"
    id: str = Field(primary_key=True)
    referral_id: str = Field(index=True)
    case_id: str = Field(index=True)
    token_sha256: str = Field(unique=True)
    sealed: bytes
    made_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class VisitRow(SQLModel, table=True):
    """One code, and the one visit that it opens. The code is sealed while it waits to be read out, and gone once it is used."""

    __tablename__ = "visit"
    id: str = Field(primary_key=True)
    link_id: str = Field(index=True)
    code_mac: str
    sealed_code: bytes | None = None
    made_at: datetime = Field(sa_type=UtcDateTime)
    code_until: datetime = Field(sa_type=UtcDateTime, index=True)
    token_sha256: str | None = Field(default=None, unique=True)
    begun_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ends_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
