"""Learning from a case: looked back at together, followed by actions and changes with evidence, tried again in three months.

Of the system, never of blame. The note that goes round names nobody. Source: DOMAIN annex §7 (debrief).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sgapp.domain.errors import FieldError, Invalid

#: When it is tried again whether what was learned holds. Source: DOMAIN annex §7, “retest at 3 months”.
RETEST_AFTER = timedelta(days=91)


@dataclass(frozen=True, slots=True)
class Change:
    """Something that changed because of it, a code of LEARNING_CHANGES, with what shows it."""

    kind: str
    what: str
    evidence: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Retest:
    """Whether it holds, and what was looked at."""

    holds: bool
    found: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class RoundNote:
    """One page that goes round, without a name in it."""

    title: str
    happened: str
    learned: str
    changes: str
    at: datetime
    by: str

    @property
    def texts(self) -> tuple[str, ...]:
        return self.title, self.happened, self.learned, self.changes


@dataclass(frozen=True, slots=True)
class Learning:
    """A debrief and what follows. It lies under the case's own key and list. `retest_id`: the action that brings it back."""

    id: str
    case_id: str
    known_when: str
    helped: str
    hindered: str
    persons_view: str
    support: str
    written_at: datetime
    written_by: str
    retest_id: str
    retest_on: date
    changes: tuple[Change, ...] = ()
    retests: tuple[Retest, ...] = ()
    note: RoundNote | None = None
    restricted: bool = False
    barred: tuple[str, ...] = ()
    branch: str = "main"

    @property
    def holds(self) -> bool:
        """Whether it was tried again and held; then nothing of it is waited for."""
        return bool(self.retests) and self.retests[-1].holds

    def with_change(self, change: Change) -> "Learning":
        """A change counts with what shows it. Raises Invalid."""
        _all_written((("what", change.what, "Write what changed."),
                      ("evidence", change.evidence, "Say what shows it: a version, a date, a list of who was there.")))
        return replace(self, changes=(*self.changes, change))

    def retested(self, retest: Retest, *, again_id: str, again_on: date) -> "Learning":
        """Tried again. Where it does not hold it is tried once more in another three months. Raises Invalid once it held."""
        if self.holds:
            raise Invalid(FieldError("holds", "It was tried again already, and held."))
        _all_written((("found", retest.found, "Say what you looked at."),))
        tried = replace(self, retests=(*self.retests, retest))
        return tried if retest.holds else replace(tried, retest_id=again_id, retest_on=again_on)

    def with_note(self, note: RoundNote, named: Iterable[str]) -> "Learning":
        """The page that goes round. Raises Invalid where one of `named`, the names that stand in it, is left."""
        _all_written((("title", note.title, "Give it a title that names nobody."),
                      ("learned", note.learned, "Write what we learned.")))
        if found := tuple(named):
            raise Invalid(FieldError("happened", f"It goes round, so it names nobody. Take out: {', '.join(found)}."))
        return replace(self, note=note)


def debrief(learning: Learning) -> Learning:
    """A debrief as it was written. Raises Invalid with all that is missing: “nothing” is an answer, silence is none."""
    _all_written((
        ("known_when", learning.known_when, "Write what was known, and when."),
        ("helped", learning.helped, "Write what helped."), ("hindered", learning.hindered, "Write what hindered."),
        ("persons_view", learning.persons_view, "Write how the person sees it; or that they were not asked, and why."),
        ("support", learning.support, "Say what support those who worked on it have had.")))
    return learning


def _all_written(asked: Iterable[tuple[str, str, str]]) -> None:
    gaps = [FieldError(name, words) for name, text, words in asked if not text.strip()]
    if gaps:
        raise Invalid(*gaps)
