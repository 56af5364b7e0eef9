"""Minutes of a meeting: figures and open actions as they stood, what was said of them, agreed, and then never changed.

A mistake is put right by a further version, which says what it puts right; the one before stays as it was agreed.
Source: DOMAIN annex §7 (pack: minutes).
"""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from sgapp.domain.errors import FieldError, Invalid


@dataclass(frozen=True, slots=True)
class Shown:
    """A line that was pulled in: a figure, or an open action."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Minutes:
    """One version of the minutes of a meeting. `meeting_id` is the same in all; `digest` is empty until it is agreed."""

    id: str
    meeting_id: str
    version: int
    held_on: date
    month: str
    present: str
    figures: tuple[Shown, ...]
    actions: tuple[Shown, ...]
    said: str
    decided: str
    written_at: datetime
    written_by: str
    corrects: str = ""
    agreed_at: datetime | None = None
    agreed_by: str = ""
    digest: str = ""
    branch: str = "main"
    restricted: bool = False

    @property
    def locked(self) -> bool:
        return self.agreed_at is not None

    def rewritten(self, **changes: object) -> "Minutes":
        """Other words, while they are not agreed. Raises Invalid once they are."""
        if self.locked:
            raise Invalid(FieldError("said", "These were agreed, and stay as they are. Open a further version."))
        return checked(replace(self, **changes))  # type: ignore[arg-type]

    def agreed(self, *, at: datetime, by: str) -> "Minutes":
        """Agreed, and locked. Raises Invalid a second time."""
        if self.locked:
            raise Invalid(FieldError("said", "These were agreed already."))
        held = replace(checked(self), agreed_at=at, agreed_by=by)
        return replace(held, digest=fingerprint(held))

    def corrected(self, new_id: str, corrects: str, *, at: datetime, by: str) -> "Minutes":
        """A further version, open again, that says what it puts right. Raises Invalid for one that is not agreed yet."""
        if not self.locked:
            raise Invalid(FieldError("corrects", "These are not agreed yet: change them as they are."))
        if not corrects.strip():
            raise Invalid(FieldError("corrects", "Say what the further version puts right."))
        return replace(self, id=new_id, version=self.version + 1, corrects=corrects.strip(), written_at=at, written_by=by,
                       agreed_at=None, agreed_by="", digest="")


def fingerprint(minutes: Minutes) -> str:
    """SHA-256 over all that was agreed."""
    said = {name: value for name, value in asdict(minutes).items() if name != "digest"}
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def checked(minutes: Minutes) -> Minutes:
    """Raises Invalid with all that is missing."""
    gaps = [FieldError(name, words) for name, text, words in (
        ("present", minutes.present, "Write who was there."), ("said", minutes.said, "Write what was said of the figures."))
        if not text.strip()]
    if gaps:
        raise Invalid(*gaps)
    return minutes
