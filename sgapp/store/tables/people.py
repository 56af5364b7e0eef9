"""Tables of accounts, sessions, allocations, drafts and intents."""

# SQLModel declares __tablename__ as something it never is.
# pyright: reportAssignmentType=false

from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from sgapp.store.tables._types import UtcDateTime


class AccountRow(SQLModel, table=True):
    """A person who signs in. Their name is sealed; the user name is not, because signing in looks it up."""

    __tablename__ = "account"
    id: str = Field(primary_key=True)
    username: str = Field(unique=True)
    role: str
    branch: str | None = None
    password_hash: str
    sealed_name: bytes
    demo: bool = False
    disabled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)


class SessionRow(SQLModel, table=True):
    """A signed-in browser. Only the hash of its token is kept."""

    __tablename__ = "session"
    token_sha256: str = Field(primary_key=True)
    id: str = Field(unique=True)
    account_id: str = Field(index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_seen_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    factor: str = ""
    address_mac: str = ""
    sealed_browser: bytes = b""


class FactorRow(SQLModel, table=True):
    """How an account is proved beside its password, or without it: the secret of an authenticator, or a passkey.

    `counter`: the last code that counted, as its step of time; or when the last challenge that counted was made, in ms.
    """

    __tablename__ = "factor"
    id: str = Field(primary_key=True)
    account_id: str = Field(index=True)
    kind: str
    sealed: bytes
    counter: int | None = Field(default=None, sa_type=BigInteger)
    created_at: datetime = Field(sa_type=UtcDateTime)
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RecoveryRow(SQLModel, table=True):
    """A recovery code, by its keyed digest: it works once."""

    __tablename__ = "recovery"
    digest: str = Field(primary_key=True)
    account_id: str = Field(index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AccountChangeRow(SQLModel, table=True):
    """What an administrator asked for and a second person has to agree to, or a new password that waits to be chosen.

    `kind`: reset, join or role. The two halves of the code are kept as keyed digests; what was asked, and why, is sealed.
    """

    __tablename__ = "account_change"
    id: str = Field(primary_key=True)
    account_id: str = Field(index=True)
    kind: str
    sealed: bytes
    asked_by: str
    asked_at: datetime = Field(sa_type=UtcDateTime)
    first_mac: str = ""
    second_mac: str = ""
    settled_by: str = ""
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    agreed: bool = False
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)


class SetUpRow(SQLModel, table=True):
    """The one-time link that makes the first administrator."""

    __tablename__ = "set_up"
    token_sha256: str = Field(primary_key=True)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class DeviceRow(SQLModel, table=True):
    """A phone that may deliver for one account, and do nothing else. Only the public half of its key is ever here."""

    __tablename__ = "device"
    id: str = Field(primary_key=True)
    account_id: str = Field(index=True)
    sealed_name: bytes
    public_key: bytes
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AllocationRow(SQLModel, table=True):
    """This worker visits this adult."""

    __tablename__ = "allocation"
    person_id: str = Field(primary_key=True)
    account_id: str = Field(primary_key=True, index=True)


class DraftRow(SQLModel, table=True):
    """What someone has typed into a form and not yet sent, sealed under the organisation's key."""

    __tablename__ = "draft"
    account_id: str = Field(primary_key=True)
    form_key: str = Field(primary_key=True)
    sealed: bytes
    saved_at: datetime = Field(sa_type=UtcDateTime)


class IntentRow(SQLModel, table=True):
    """An intention already carried out: a repeat finds its answer here and changes nothing.

    `form_mac` is keyed: a bare digest of a short form, or of one with a password in it, could be guessed.
    """

    __tablename__ = "intent"
    id: str = Field(primary_key=True)
    account_id: str
    name: str
    done_at: datetime = Field(sa_type=UtcDateTime)
    sealed_answer: bytes
    form_mac: str
