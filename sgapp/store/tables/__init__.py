"""The tables. Each record keeps in clear only what sorting, scoping and clocks need; the rest is one sealed blob.

The clear columns are listed, with reasons, in docs/threat-model.md; a test holds the two lists together.
"""

from sgapp.store.tables.chain import AuditEventRow, AuditHeadRow, RefusalRow
from sgapp.store.tables.duty import DocumentRow, HandOverRow, LeaseRow, MessageRow, PushRow, ReachRow, StepUpRow
from sgapp.store.tables.partner import FileRow, LinkRow, VisitRow
from sgapp.store.tables.people import AccountRow, AllocationRow, DeviceRow, DraftRow, IntentRow, SessionRow, SetUpRow
from sgapp.store.tables.records import (
    ActionRow,
    BarRow,
    CaseRow,
    ClockRow,
    DecisionRow,
    EnvelopeConflictRow,
    EnvelopeRow,
    KeptRow,
    ObservationRow,
    PersonRow,
    ReferralRow,
    SequenceRow,
)
from sgapp.store.tables.secrets import DataKeyRow, SealingKeyRow

__all__ = [
    "AccountRow", "ActionRow", "AllocationRow", "AuditEventRow", "AuditHeadRow", "BarRow", "CaseRow", "ClockRow",
    "DataKeyRow", "DecisionRow", "DeviceRow", "DocumentRow", "DraftRow", "EnvelopeConflictRow", "EnvelopeRow", "FileRow",
    "HandOverRow", "IntentRow", "KeptRow", "LeaseRow", "LinkRow", "MessageRow", "ObservationRow", "PersonRow", "PushRow",
    "ReachRow", "ReferralRow", "RefusalRow", "SealingKeyRow", "SequenceRow", "SessionRow", "SetUpRow", "StepUpRow",
    "VisitRow",
]
