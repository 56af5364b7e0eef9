"""Tables of the records: people, notes, cases, decisions, referrals, actions; and what is looked up beside them."""

# SQLModel declares __tablename__ as something it never is.
# pyright: reportAssignmentType=false, reportIncompatibleVariableOverride=false

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from sgapp.store.tables._types import UtcDateTime


class _Sealed(SQLModel):
    """What every record shares: its key, its ciphertext, and the keyed digest that the audit chain repeats."""

    id: str = Field(primary_key=True)
    key_id: str = Field(foreign_key="data_key.id")
    sealed: bytes
    mac: str
    version: int = 1
    branch: str = "main"
    restricted: bool = False


def _by_beginning(table: str) -> Index:
    """An index in which references are found by how they begin: PostgreSQL's usual one goes by a language, not by bytes."""
    return Index(f"ix_{table}_reference", "reference", postgresql_ops={"reference": "text_pattern_ops"})


class PersonRow(_Sealed, table=True):
    __tablename__ = "person"


class ObservationRow(_Sealed, table=True):
    __tablename__ = "observation"
    __table_args__ = (Index("ix_observation_person_id_state", "person_id", "state"),
                      _by_beginning("observation"))
    reference: str
    author_id: str = Field(index=True)
    person_id: str | None = None
    case_id: str | None = Field(default=None, index=True)
    corrects_id: str | None = Field(default=None, index=True)
    state: str
    priority: str
    received_at: datetime = Field(sa_type=UtcDateTime, index=True)
    reserved: bool = False


class CaseRow(_Sealed, table=True):
    __tablename__ = "case_file"
    __table_args__ = (_by_beginning("case_file"),)
    reference: str = Field(unique=True)
    person_id: str = Field(index=True)
    state: str
    opened_at: datetime = Field(sa_type=UtcDateTime, index=True)


class DecisionRow(_Sealed, table=True):
    __tablename__ = "sharing_decision"
    case_id: str = Field(index=True)
    number: int


class ReferralRow(_Sealed, table=True):
    __tablename__ = "referral"
    __table_args__ = (_by_beginning("referral"),)
    case_id: str = Field(index=True)
    reference: str = Field(unique=True)
    agency: str
    state: str


class ActionRow(_Sealed, table=True):
    __tablename__ = "plan_action"
    case_id: str = Field(index=True)
    state: str


class InvestigationRow(_Sealed, table=True):
    __tablename__ = "investigation"
    reference: str = Field(unique=True)
    concerns_case: str = Field(index=True)
    state: str = Field(index=True)


class SafetyPlanRow(_Sealed, table=True):
    __tablename__ = "safety_plan"
    case_id: str = Field(index=True)
    person_id: str = Field(index=True)
    number: int
    state: str


class ContactRow(_Sealed, table=True):
    __tablename__ = "contact"
    case_id: str = Field(index=True)
    state: str


class SampleRow(_Sealed, table=True):
    """The sample of a month and a branch, of which there is only one."""

    __tablename__ = "sample"
    __table_args__ = (UniqueConstraint("month", "branch"),)
    month: str


class CaseAuditRow(_Sealed, table=True):
    __tablename__ = "case_audit"
    case_id: str = Field(index=True)


class LearningRow(_Sealed, table=True):
    __tablename__ = "learning"
    case_id: str = Field(index=True)


class MinutesRow(_Sealed, table=True):
    """One version of the minutes of a meeting."""

    __tablename__ = "minutes"
    __table_args__ = (UniqueConstraint("meeting_id", "number"),)
    meeting_id: str
    number: int


class EvidenceRow(_Sealed, table=True):
    """That the evidence of a month was asked for."""

    __tablename__ = "evidence"
    month: str


class CareVisitRow(SQLModel, table=True):
    """This worker visits this adult on this day. An adult of whom no day is known is visited on any day by whoever visits her.

    `day` is England's, like 2026-10-13. `set_by`: who said so; empty: it came from a table.
    """

    __tablename__ = "care_visit"
    person_id: str = Field(primary_key=True)
    account_id: str = Field(primary_key=True, index=True)
    day: str = Field(primary_key=True, index=True)
    set_by: str = ""


class KeptRow(_Sealed, table=True):
    __tablename__ = "kept_upload"
    state: str
    reserved: bool = False


#: Which clocks come before all others, whenever they are due: somebody may be in danger now and nobody has decided yet what is
#: done, or somebody was not reached. Said in the very words of its index, by which alone it is found: SQLite would take one of
#: all clocks of a kind for narrower, if it were asked for the kind by itself.
PRESSING = text("(priority || ' ' || kind) IN ('emergency acknowledge', 'emergency decide', "
                "'emergency welfare_check', 'high welfare_check', 'other welfare_check')")


class ClockRow(SQLModel, table=True):
    """One running clock. The queue and the sweep read this table and nothing else to know what is due.

    `stage` is how often it has gone up, `next_step_at` when it goes up next, `holder_id` the account that is asked now.
    `book` is the version of the clock book by which it was worked out.
    """

    __tablename__ = "clock"
    __table_args__ = (Index("ix_clock_branch_due_at", "branch", "due_at"), Index("ix_clock_kind_due_at", "kind", "due_at"),
                      Index("ix_clock_holder_due_at", "holder_id", "due_at"),
                      Index("ix_clock_pressing", "due_at", sqlite_where=PRESSING, postgresql_where=PRESSING))
    record_kind: str = Field(primary_key=True)
    record_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    case_id: str | None = Field(default=None, index=True)
    started_at: datetime = Field(sa_type=UtcDateTime, index=True)
    due_at: datetime = Field(sa_type=UtcDateTime, index=True)
    chase_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    escalate_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    priority: str = "other"
    restricted: bool = False
    reserved: bool = False
    branch: str = "main"
    stage: int = 0
    next_step_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    holder_id: str = ""
    book: int = Field(default=0, index=True)


@dataclass(slots=True)
class BegunClock:
    """One that this transaction has begun: the same, for whoever is to be told of it, without an eye kept on its row."""

    record_kind: str
    record_id: str
    kind: str
    case_id: str | None
    started_at: datetime
    due_at: datetime
    chase_at: datetime | None
    escalate_at: datetime | None
    priority: str
    restricted: bool
    reserved: bool
    branch: str
    stage: int
    next_step_at: datetime | None
    holder_id: str
    book: int


AnyClock = ClockRow | BegunClock


class BarRow(SQLModel, table=True):
    """This account may not learn that this record exists."""

    __tablename__ = "bar"
    record_id: str = Field(primary_key=True)
    account_id: str = Field(primary_key=True)


class AccessRow(SQLModel, table=True):
    """This account is on the list of those who may know of a restricted record. `until`: only so long, after break-glass."""

    __tablename__ = "access"
    record_id: str = Field(primary_key=True)
    account_id: str = Field(primary_key=True, index=True)
    until: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)


class AvailabilityRow(SQLModel, table=True):
    """This colleague is given no visits from here to there. Why is not kept here: leave and all else look alike."""

    __tablename__ = "availability"
    id: str = Field(primary_key=True)
    account_id: str = Field(index=True)
    set_by: str
    set_at: datetime = Field(sa_type=UtcDateTime)
    from_at: datetime = Field(sa_type=UtcDateTime)
    until_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)


class EnvelopeRow(SQLModel, table=True):
    """Every sealed upload by its id: once. The ciphertext stays only while it is in quarantine.

    `author_id` is empty where the writer gave no name.
    """

    __tablename__ = "envelope"
    id: str = Field(primary_key=True)
    sha256: str
    reference: str
    author_id: str = Field(index=True)
    key_id: str
    received_at: datetime = Field(sa_type=UtcDateTime)
    device_id: str | None = None
    quarantined_because: str | None = None
    kept: bytes | None = None


class EnvelopeConflictRow(SQLModel, table=True):
    """An upload that came under an id already taken, with other bytes: kept, never opened over the first."""

    __tablename__ = "envelope_conflict"
    id: str = Field(primary_key=True)
    sha256: str = Field(primary_key=True)
    author_id: str
    key_id: str = ""
    received_at: datetime = Field(sa_type=UtcDateTime)
    kept: bytes


class SequenceRow(SQLModel, table=True):
    """Counters for the references people read aloud, such as the case number of a year; of changes to adults; and of changes to
    what standing.py holds.
    """

    __tablename__ = "sequence"
    name: str = Field(primary_key=True)
    value: int
