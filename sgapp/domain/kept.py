"""An upload that arrived and did not become a note by itself: kept as it came, until somebody has looked at it.

Source: DESIGN, "Intake keeps everything": what cannot be opened or placed goes to quarantine and alarms.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.lifecycle import Transitions, moved
from sgapp.domain.observation import Priority


class Because(StrEnum):
    """Why it did not become a note by itself."""

    UNREADABLE = "unreadable"
    INCOMPLETE = "incomplete"
    REVOKED_PHONE = "revoked_phone"
    DISABLED_AUTHOR = "disabled_author"
    RETIRED_KEY = "retired_key"
    OTHER_BYTES = "other_bytes"


class KeptState(StrEnum):
    WAITING = "waiting"
    TAKEN_IN = "taken_in"
    SET_ASIDE = "set_aside"


TRANSITIONS: Transitions[KeptState] = {
    KeptState.WAITING: frozenset({KeptState.TAKEN_IN, KeptState.SET_ASIDE}),
    KeptState.SET_ASIDE: frozenset({KeptState.TAKEN_IN}),
    KeptState.TAKEN_IN: frozenset(),
}


@dataclass(frozen=True, slots=True)
class KeptUpload:
    """One upload in quarantine. `upload_id` and `sha256` name the envelope; what is sealed in it stays sealed."""

    id: str
    upload_id: str
    sha256: str
    reference: str
    author_id: str
    author_name: str
    received_at: datetime
    because: Because
    device_id: str | None = None
    state: KeptState = KeptState.WAITING
    looked_at: datetime | None = None
    looked_by: str = ""
    reason: str = ""
    restricted: bool = False
    barred: tuple[str, ...] = ()
    branch: str = "main"
    reserved: bool = False
    listed: tuple[str, ...] = ()

    @property
    def priority(self) -> Priority:
        """What nobody has read yet may be anything."""
        return Priority.HIGH

    def taken_in(self, *, at: datetime, by: str, reserved: bool = False) -> "KeptUpload":
        """It has become a note after all; as reserved as that note."""
        return replace(self, state=moved(TRANSITIONS, self.state, KeptState.TAKEN_IN), looked_at=at, looked_by=by,
                       reserved=self.reserved or reserved)

    def without_writer(self, stands_for: str) -> "KeptUpload":
        """What was in it says that its writer is not to be kept. `stands_for` takes the place of her name."""
        return replace(self, author_id="", author_name=stands_for, device_id=None)

    def set_aside(self, reason: str, *, at: datetime, by: str) -> "KeptUpload":
        """It stays sealed and kept, and alarms no more; the reason says how its content reached the office instead."""
        if not reason.strip():
            raise Invalid(FieldError("reason", "Say why, for example that the writer rang and wrote it again."))
        state = moved(TRANSITIONS, self.state, KeptState.SET_ASIDE)
        return replace(self, state=state, reason=reason.strip(), looked_at=at, looked_by=by)
