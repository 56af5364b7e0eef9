"""Who is close to whom among those who work here, as recorded: the friend of somebody named must not learn of it either.

Source: DOMAIN annex §6, "Restrict": not the subject, their line manager if conflicted, friends.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sgapp.domain.errors import FieldError, Invalid


class TieKind(StrEnum):
    """`CONFLICT`: any other reason why one could not look at a matter of the other fairly, such as a manager's own interest."""

    PARTNER = "partner"
    RELATIVE = "relative"
    HOUSEHOLD = "household"
    FRIEND = "friend"
    CONFLICT = "conflict"


TIE_LABELS = {TieKind.PARTNER: "Partners", TieKind.RELATIVE: "Relatives", TieKind.HOUSEHOLD: "Live together",
              TieKind.FRIEND: "Friends", TieKind.CONFLICT: "Conflict of interest"}


@dataclass(frozen=True, slots=True)
class Tie:
    """Two accounts that are close to each other, in no order."""

    id: str
    one: str
    other: str
    kind: TieKind
    recorded_at: datetime
    recorded_by: str

    def joins(self, account_id: str) -> str:
        """The other end, or nothing if this account is no end of it."""
        return self.other if account_id == self.one else self.one if account_id == self.other else ""


@dataclass(frozen=True, slots=True)
class Ties:
    """All that were recorded. A new version for each change; the earlier ones stay."""

    ties: tuple[Tie, ...] = ()
    version: int = 0

    def close_to(self, accounts: Iterable[str]) -> frozenset[str]:
        """Accounts with a tie to any of these. One step only: the friend of a friend is nobody's friend by that."""
        return frozenset(other for account in accounts for tie in self.ties if (other := tie.joins(account)))

    def with_tie(self, tie: Tie) -> "Ties":
        """The same with this tie. Raises Invalid for one to oneself, or one that is known."""
        if tie.one == tie.other:
            raise Invalid(FieldError("other", "Choose two different people."))
        if any(t.kind is tie.kind and {t.one, t.other} == {tie.one, tie.other} for t in self.ties):
            raise Invalid(FieldError("other", "This is recorded already."))
        return replace(self, ties=(*self.ties, tie))

    def without_tie(self, tie_id: str) -> "Ties":
        """The same without this tie. Raises Invalid if there is none."""
        if all(t.id != tie_id for t in self.ties):
            raise Invalid(FieldError("tie_id", "It is not recorded any more."))
        return replace(self, ties=tuple(t for t in self.ties if t.id != tie_id))
