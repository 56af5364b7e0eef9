"""How long an adult's records are kept, what holds them, and how two people let them go. Source: DOMAIN annex §7, retention.

Nothing is ever disposed of by time alone: after the years somebody looks, and says how it goes on.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sgapp.domain.errors import FieldError, Invalid

#: Years after the end of care, or after the adult was last seen. Source: NHS Records Management Code, DOMAIN annex §7.
DEFAULT_YEARS = 8
FEWEST_YEARS, MOST_YEARS = 3, 100
#: The least that a reason has which is to make sense years later.
SHORTEST_REASON = 12


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody asked for disposal, and a second person has not said yes yet."""

    by_id: str
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Keeping:
    """For how many years records are kept here. `staff_years`: where staff were named; None until HR, or whoever answers for
    data protection, has said so, and until then nothing of it is ever due. `asked`: for what is about nobody on the list.
    """

    years: int = DEFAULT_YEARS
    staff_years: int | None = None
    source: str = ""
    asked: Asked | None = None
    version: int = 0

    def set_to(self, years: int, staff_years: int | None, source: str) -> "Keeping":
        """The same with other years. Raises Invalid."""
        errors = [FieldError(field, f"Write a number of years between {FEWEST_YEARS} and {MOST_YEARS}.")
                  for field, value in (("years", years), ("staff_years", staff_years))
                  if value is not None and not FEWEST_YEARS <= value <= MOST_YEARS]
        if not source.strip():
            errors.append(FieldError("source", "Say which policy, or whose decision, this comes from."))
        if errors:
            raise Invalid(*errors)
        return replace(self, years=years, staff_years=staff_years, source=source.strip())


@dataclass(frozen=True, slots=True)
class Hold:
    """Nothing of it is disposed of while this lasts: a court, an inquest, a claim, a complaint."""

    id: str
    reason: str
    at: datetime
    by: str
    lifted_at: datetime | None = None
    lifted_by: str = ""
    why_lifted: str = ""


@dataclass(frozen=True, slots=True)
class LookedAt:
    """Somebody looked when the years were over, and it is kept until this day."""

    until: date
    reason: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Retention:
    """What was said about keeping one adult's records."""

    care_ended: date | None = None
    holds: tuple[Hold, ...] = ()
    looks: tuple[LookedAt, ...] = ()
    asked: Asked | None = None

    @property
    def held_by(self) -> tuple[Hold, ...]:
        return tuple(h for h in self.holds if h.lifted_at is None)

    def care_ended_on(self, day: date | None, *, today: date) -> "Retention":
        """Care ended on this day; None: it has not. Raises Invalid for a day that is still to come."""
        if day is not None and day > today:
            raise Invalid(FieldError("on", "This day is still to come. Record it once care has ended."))
        return replace(self, care_ended=day)

    def held(self, hold: Hold) -> "Retention":
        """From now on nothing is disposed of; what was asked for falls."""
        _sentence("reason", hold.reason)
        return replace(self, holds=(*self.holds, hold), asked=None)

    def let_go(self, hold_id: str, *, why: str, at: datetime, by: str) -> "Retention":
        """This hold is over. Raises Invalid without a reason, or for one that does not hold any more."""
        _sentence("reason", why)
        if all(h.id != hold_id for h in self.held_by):
            raise Invalid(FieldError("hold_id", "This does not hold any more."))
        return replace(self, holds=tuple(
            replace(h, lifted_at=at, lifted_by=by, why_lifted=why.strip()) if h.id == hold_id else h for h in self.holds))

    def looked_at(self, look: LookedAt, *, today: date) -> "Retention":
        """Kept for longer; what was asked for falls. Raises Invalid."""
        _sentence("reason", look.reason)
        if look.until <= today:
            raise Invalid(FieldError("until", "Choose a day that is still to come."))
        return replace(self, looks=(*self.looks, look), asked=None)

    def due_on(self, life: "Life", keeping: Keeping) -> date | None:
        """From when on somebody looks whether it can go; None while something of it goes on, or no time was set for it."""
        if life.goes_on or self.in_care(life) or (life.staff_until is not None and keeping.staff_years is None):
            return None
        days = [_years_after(max(life.last_seen, self.care_ended or life.last_seen), keeping.years)]
        if life.staff_until is not None and keeping.staff_years is not None:
            days.append(_years_after(life.staff_until, keeping.staff_years))
        if self.looks:
            days.append(self.looks[-1].until)
        return max(days)

    def in_care(self, life: "Life") -> bool:
        """Whether care goes on: somebody visits, and nobody has said that it ended."""
        return life.visited and self.care_ended is None

    def may_go(self, life: "Life", keeping: Keeping, *, today: date) -> bool:
        """Whether disposal can be asked for, and agreed to."""
        due = self.due_on(life, keeping)
        return due is not None and due <= today and not self.held_by


@dataclass(frozen=True, slots=True)
class Life:
    """What the records themselves say: when the adult was last heard of, when a matter about staff last moved (None: there is
    none), whether anything is still open, and whether somebody visits.
    """

    last_seen: date
    staff_until: date | None
    goes_on: bool
    visited: bool = False


def asked_by(asked: Asked) -> Asked:
    """The same. Raises Invalid without a reason that still makes sense in years."""
    _sentence("reason", asked.reason)
    return replace(asked, reason=asked.reason.strip())


def must_be_second(asked: Asked | None, account_id: str) -> Asked:
    """What was asked for, where this account may agree to it. Raises Invalid where nothing was, or she asked herself."""
    if asked is None:
        raise Invalid(FieldError("confirm", "Nobody asks for this any more. Nothing was changed; reload and look."))
    if asked.by_id == account_id:
        raise Invalid(FieldError("confirm", "You asked for it yourself. A second person has to agree."))
    return asked


def _sentence(field: str, text: str) -> None:
    if len(text.strip()) < SHORTEST_REASON:
        raise Invalid(FieldError(field, "Say why, in a sentence that still makes sense in years."))


def _years_after(day: date, years: int) -> date:
    """The same day so many years on; the 29th of February becomes the 1st of March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
