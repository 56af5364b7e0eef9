"""How each kind of record lies in its table: which columns stand in clear, which key seals it, which stream tells of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import CoreConfig, SchemaValidator

from sgapp.domain.case import Case
from sgapp.domain.contact import Contact
from sgapp.domain.decision import SharingDecision
from sgapp.domain.evidence import Evidence
from sgapp.domain.investigation import Investigation
from sgapp.domain.kept import KeptUpload
from sgapp.domain.learning import Learning
from sgapp.domain.minutes import Minutes
from sgapp.domain.observation import Observation
from sgapp.domain.person import Person
from sgapp.domain.referral import Action, Referral
from sgapp.domain.safety_plan import SafetyPlan
from sgapp.domain.sampling import CaseAudit, Sample
from sgapp.store.tables import (
    ActionRow,
    CaseAuditRow,
    CaseRow,
    ContactRow,
    DecisionRow,
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
)
from sgapp.store.tables.records import _Sealed

Record = (Person | Observation | KeptUpload | Case | SharingDecision | Referral | Action | Investigation | SafetyPlan
          | Contact | Sample | CaseAudit | Evidence | Learning | Minutes)
#: What hangs on a case: under its key, its list and its bars.
ON_A_CASE = (SharingDecision, Referral, Action, SafetyPlan, Contact, CaseAudit, Learning)


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the register below. `clear` gives the columns that are not sealed."""

    name: str
    entity: type[Any]
    table: type[_Sealed]
    clear: Callable[[Any], dict[str, Any]]
    adapter: TypeAdapter[Any]
    reader: SchemaValidator

    def read(self, plain: bytes) -> Any:
        """A record from the text that is sealed of it."""
        return self.reader.validate_json(plain)

    def place(self, record_id: str) -> str:
        return f"{self.name}/{record_id}"


def _kind(name: str, entity: type[Any], table: type[_Sealed], *columns: str, **computed: Callable[[Any], Any]) -> Kind:
    def clear(record: Any) -> dict[str, Any]:
        found = {column: getattr(record, column) for column in ("branch", *columns)}
        return found | {column: value(record) for column, value in computed.items()}

    adapter: TypeAdapter[Any] = TypeAdapter(entity)
    # The adapter's own would keep every short text that it reads, names among them, for as long as the process lives.
    return Kind(name, entity, table, clear, adapter, SchemaValidator(adapter.core_schema, CoreConfig(cache_strings="keys")))


KINDS: dict[type[Any], Kind] = {
    kind.entity: kind
    for kind in (
        _kind("person", Person, PersonRow, restricted=lambda _: False),
        _kind("observation", Observation, ObservationRow, "reference", "author_id", "person_id", "case_id", "corrects_id",
              "state", "priority", "received_at", "restricted", "reserved"),
        _kind("kept", KeptUpload, KeptRow, "state", "restricted", "reserved"),
        _kind("case", Case, CaseRow, "reference", "person_id", "state", "opened_at", "restricted"),
        _kind("decision", SharingDecision, DecisionRow, "case_id", "restricted", number=lambda d: d.version),
        _kind("referral", Referral, ReferralRow, "case_id", "reference", "agency", "state", "restricted"),
        _kind("investigation", Investigation, InvestigationRow, "reference", "concerns_case", "state", "restricted"),
        _kind("action", Action, ActionRow, "case_id", "state", "restricted"),
        _kind("plan", SafetyPlan, SafetyPlanRow, "case_id", "person_id", "state", "restricted", number=lambda p: p.version),
        _kind("contact", Contact, ContactRow, "case_id", "state", "restricted"),
        _kind("sample", Sample, SampleRow, "month", "restricted"),
        _kind("learning", Learning, LearningRow, "case_id", "restricted"),
        _kind("minutes", Minutes, MinutesRow, "meeting_id", "restricted", number=lambda m: m.version),
        _kind("evidence", Evidence, EvidenceRow, "month", "restricted"),
        _kind("audit", CaseAudit, CaseAuditRow, "case_id", "restricted"),
    )
}


def case_of(record: Record) -> str | None:
    """The case that a record belongs to, if any."""
    return record.id if isinstance(record, Case) else getattr(record, "case_id", None)


def stream_of(record: Record) -> str | None:
    """The audit stream that tells a record's story: its case, else its person; None: the actor's own."""
    if isinstance(record, Investigation):
        return f"investigation:{record.id}"  # apart from the case: whoever reads that chain learns nothing of this one
    if (case_id := case_of(record)) is not None:
        return f"case:{case_id}"
    person_id = record.id if isinstance(record, Person) else getattr(record, "person_id", None)
    return f"person:{person_id}" if person_id else None
