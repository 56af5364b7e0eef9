"""The clock book: the provider's own rules, hours and closures, which replace the defaults row by row.

Source: DOMAIN annex §2 (every time-scale can be set for each local authority) and §8 (agencies keep their own hours).
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sgapp.domain.clocks import (
    BY_A_DAY,
    DEFAULT_RULES,
    WITH_AGENCY,
    AgencyHours,
    Calendar,
    Clock,
    ClockKind,
    How,
    Rule,
    clock,
    rule_for,
)
from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.time import to_london

OFFICE_HOURS = AgencyHours()


@dataclass(frozen=True, slots=True)
class Closure:
    """A day on which nobody works, beside weekends and bank holidays. `agency` empty: our own office."""

    day: date
    why: str
    agency: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """When an agency's duty desk answers. Outside these hours its working days do not begin."""

    agency: str
    hours: AgencyHours


@dataclass(frozen=True, slots=True)
class ClockBook:
    """All that decides when something is due. `rules` stand before the defaults and replace what they fit as well."""

    rules: tuple[Rule, ...] = ()
    hours: AgencyHours = OFFICE_HOURS
    desks: tuple[Desk, ...] = ()
    closures: tuple[Closure, ...] = ()
    version: int = 0

    def calendar(self, agency: str = "") -> Calendar:
        """Whose working days: an agency's, or with an empty code our own.

        An agency without hours of its own is taken to be open from 09:00 to 17:00, whatever ours are.
        """
        hours = next((d.hours for d in self.desks if d.agency == agency), self.hours if not agency else OFFICE_HOURS)
        return Calendar(hours, frozenset(c.day for c in self.closures if c.agency == agency))

    def rule(self, kind: ClockKind, priority: str, agency: str = "") -> Rule:
        return rule_for(kind, priority, (*self.rules, *DEFAULT_RULES), agency=agency)

    def clock(self, kind: ClockKind, started_at: datetime, *, priority: str = "other", on: date | None = None,
              agency: str = "") -> Clock:
        """Start a clock by this book. What an agency owes runs by its working days, all else by ours."""
        calendar = self.calendar(agency if kind in WITH_AGENCY else "")
        return clock(kind, started_at, priority=priority, on=on, calendar=calendar, rules=(*self.rules, *DEFAULT_RULES),
                     agency=agency)

    def with_rule(self, rule: Rule) -> "ClockBook":
        """The same book with this rule in the place of the one for the same kind, priority and agency. Raises Invalid."""
        _check(rule)
        kept = tuple(r for r in self.rules if (r.kind, r.priority, r.agency) != (rule.kind, rule.priority, rule.agency))
        return replace(self, rules=(*kept, rule))

    def without_rule(self, kind: ClockKind, priority: str, agency: str) -> "ClockBook":
        """Back to the default."""
        return replace(self, rules=tuple(r for r in self.rules if (r.kind, r.priority, r.agency) != (kind, priority, agency)))

    def with_hours(self, hours: AgencyHours, agency: str = "") -> "ClockBook":
        if not agency:
            return replace(self, hours=hours)
        return replace(self, desks=(*(d for d in self.desks if d.agency != agency), Desk(agency, hours)))

    def with_closure(self, closure: Closure) -> "ClockBook":
        if not closure.why.strip():
            raise Invalid(FieldError("why", "Say why it is closed."))
        kept = tuple(c for c in self.closures if (c.day, c.agency) != (closure.day, closure.agency))
        return replace(self, closures=tuple(sorted((*kept, closure), key=lambda c: (c.day, c.agency))))

    def without_closure(self, day: date, agency: str) -> "ClockBook":
        return replace(self, closures=tuple(c for c in self.closures if (c.day, c.agency) != (day, agency)))


DEFAULT_BOOK = ClockBook()


def _check(rule: Rule) -> None:
    """No rule may let a thing rest: what is due is due some time, and the steps up come in their order."""
    if rule.kind in BY_A_DAY:
        raise Invalid(FieldError("kind", "This is due on a day that somebody chooses; it has no length to set."))
    if rule.due.how is How.ELAPSED and not 1 <= rule.due.amount <= 60 * 24 * 60:
        raise Invalid(FieldError("amount", "Choose between one minute and sixty days."))
    if rule.due.how is How.WORKING and not 0 <= rule.due.amount <= 60:
        raise Invalid(FieldError("amount", "Choose between the same day and sixty working days."))
    if rule.chase is not None and rule.chase.how is rule.due.how and not (
            min(1, rule.due.amount) <= rule.chase.amount <= rule.due.amount):
        raise Invalid(FieldError("chase", "Chasing comes before it is due, or at the same time."))
    if rule.escalate is not None and rule.escalate.how is rule.due.how and not rule.due.amount < rule.escalate.amount:
        raise Invalid(FieldError("escalate", "It goes up further only once it is due."))


def like_the_default(rule: Rule) -> Rule:
    """A rule of our own with the steps up of the default that it replaces, as far as they fit its own due time.

    It is chased as long before closing as the default is. It is escalated when the default is, if it is due by then.
    """
    default = rule_for(rule.kind, rule.priority or "other", agency=rule.agency)
    chase, escalate = default.chase, default.escalate
    if chase is not None:
        chase = replace(rule.due, minutes_before_closing=chase.minutes_before_closing) if rule.due.how is How.WORKING else None
    if escalate is not None and escalate.how is rule.due.how and escalate.amount <= rule.due.amount:
        escalate = None
    return replace(rule, chase=chase, escalate=escalate, later=default.later)


def by_the_stopwatch(running: Clock, rule: Rule) -> datetime | None:
    """When the same span would be over by elapsed time, a working day taken for 24 hours; None where they agree.

    Shown beside the due time, because a receipt after an agency's cut-off starts its working day later.
    Source: DOMAIN annex §8, "show both clocks".
    """
    if rule.due.how is not How.WORKING:
        return None
    elapsed = running.started_at + timedelta(days=rule.due.amount)
    return elapsed if to_london(elapsed).date() != to_london(running.due_at).date() else None
