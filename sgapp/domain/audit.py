"""What an audit event says. Codes and opaque ids only: nobody's words. Source: DESIGN, data at rest."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    DONE = "done"
    READ = "read"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Why a record changed, was read or was refused. The store adds who, when, and the chain.

    `stream` is `case:ID`, `person:ID`, `account:ID` or `system`; None lets the store choose the account's.
    `detail` holds codes such as "delivered>acknowledged", never words a person wrote.
    """

    action: str
    subject_kind: str
    subject_id: str
    stream: str | None = None
    outcome: Outcome = Outcome.DONE
    detail: str = ""
    count: int = 1
