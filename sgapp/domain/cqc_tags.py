"""Under which statements of CQC's framework each part of the evidence is found. Source: DOMAIN annex §0.3 and §7 (CQC tags).

The framework changes: a manager may word the tags anew, and every version stays. They sort what is there; they judge nothing.
"""

from dataclasses import dataclass, replace

from sgapp.domain.errors import FieldError, Invalid

#: The parts of a pack that carry tags: code, and how it is called.
PARTS = (("figures", "Figures"), ("registers", "Registers of what is owed"), ("sample", "The sample and its scores"),
         ("files", "Chronologies and decisions"), ("learning", "Learning"), ("actions", "Open actions"))
DEFAULT = {
    "figures": ("Well-led: Governance, management and sustainability",),
    "registers": ("Safe: Safeguarding", "Well-led: Governance, management and sustainability"),
    "sample": ("Well-led: Governance, management and sustainability",),
    "files": ("Safe: Safeguarding", "Safe: Involving people to manage risks"),
    "learning": ("Safe: Learning culture", "Well-led: Freedom to speak up"),
    "actions": ("Safe: Involving people to manage risks",)}
MOST_TAGS, LONGEST = 8, 120


@dataclass(frozen=True, slots=True)
class CqcTags:
    """The tags of each part, by its code; a part that is not named has the default's. A document in versions."""

    of: tuple[tuple[str, tuple[str, ...]], ...] = ()
    version: int = 0

    def for_part(self, part: str) -> tuple[str, ...]:
        return dict(self.of).get(part) or DEFAULT[part]

    def worded(self, texts: dict[str, str]) -> "CqcTags":
        """One line is one tag. Raises Invalid for a part with none, with too many, or with a long one."""
        lines = {part: tuple(dict.fromkeys(line.strip() for line in texts.get(part, "").splitlines() if line.strip()))
                 for part, _label in PARTS}
        wrong = [FieldError(part, "Write at least one, a line each.") for part, tags in lines.items() if not tags]
        wrong += [FieldError(part, f"At most {MOST_TAGS} lines of {LONGEST} letters.") for part, tags in lines.items()
                  if len(tags) > MOST_TAGS or any(len(tag) > LONGEST for tag in tags)]
        if wrong:
            raise Invalid(*wrong)
        return replace(self, of=tuple(lines.items()))
