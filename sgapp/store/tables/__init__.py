"""The tables. Each record keeps in clear only what sorting, scoping and clocks need; the rest is one sealed blob.

The clear columns are listed, with reasons, in docs/threat-model.md; a test holds the two lists together.
"""

from sgapp.store.tables.chain import (
    AuditEventRow,
    AuditHeadRow,
    ChainCheckRow,
    CheckpointLeftRow,
    CheckpointRow,
    RefusalRow,
)
from sgapp.store.tables.duty import DocumentRow, HandOverRow, LeaseRow, MessageRow, PushRow, ReachRow, StepUpRow
from sgapp.store.tables.gone import TombstoneLeftRow, TombstoneRow
from sgapp.store.tables.partner import FileRow, LinkRow, VisitRow
from sgapp.store.tables.people import (
    AccountChangeRow,
    AccountRow,
    AllocationRow,
    DeviceRow,
    DraftRow,
    FactorRow,
    IntentRow,
    RecoveryRow,
    SessionRow,
    SetUpRow,
)
from sgapp.store.tables.records import (
    PRESSING,
    AccessRow,
    ActionRow,
    AnyClock,
    AvailabilityRow,
    BarRow,
    BegunClock,
    CareVisitRow,
    CaseAuditRow,
    CaseRow,
    ClockRow,
    ContactRow,
    DecisionRow,
    EnvelopeConflictRow,
    EnvelopeRow,
    EvidenceRow,
    InvestigationRow,
    KeptRow,
    LearningRow,
    MinutesRow,
    ObservationRow,
    PersonRow,
    ReferralRow,
    SafetyPlanRow,
    SampleRow,
    SequenceRow,
)
from sgapp.store.tables.secrets import DataKeyRow, SealingKeyRow

__all__ = [
    "PRESSING", "AccessRow", "AccountChangeRow", "AccountRow", "ActionRow", "AllocationRow", "AnyClock", "AuditEventRow",
    "AuditHeadRow", "AvailabilityRow", "BarRow", "BegunClock", "CareVisitRow", "CaseAuditRow", "CaseRow",
    "ChainCheckRow", "CheckpointLeftRow", "CheckpointRow", "ClockRow", "ContactRow", "DataKeyRow", "DecisionRow",
    "DeviceRow", "DocumentRow", "DraftRow", "EnvelopeConflictRow", "EnvelopeRow", "EvidenceRow", "FactorRow",
    "FileRow", "HandOverRow", "IntentRow", "InvestigationRow", "KeptRow", "LearningRow", "LeaseRow", "LinkRow",
    "MessageRow", "MinutesRow", "ObservationRow", "PersonRow", "PushRow", "ReachRow", "RecoveryRow", "ReferralRow",
    "RefusalRow", "SafetyPlanRow", "SampleRow", "SealingKeyRow", "SequenceRow", "SessionRow", "SetUpRow", "StepUpRow",
    "TombstoneLeftRow", "TombstoneRow", "VisitRow",
]
