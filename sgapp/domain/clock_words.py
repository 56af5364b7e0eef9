"""Rules, hours and closures in words, and what changed from one version of the clock book to the next."""

from collections.abc import Iterable

from sgapp.domain.clock_book import ClockBook, Closure, Desk
from sgapp.domain.clocks import LABELS, AgencyHours, How, Rule, Span
from sgapp.domain.vocabulary import AGENCIES, PRIORITIES

#: In what a rule can be measured; the first two take a number.
MEASURES = {How.ELAPSED: "Minutes", How.WORKING: "Working days", How.SAME_DAY: "The same day, by closing",
            How.SAME_DAY_MIDNIGHT: "The same day, by midnight"}
WITH_A_NUMBER = (How.ELAPSED, How.WORKING)


def in_length(span: Span) -> str:
    """`2 h`, `30 min`, `4 weeks`, `5 working days`, `the same day`."""
    match span.how:
        case How.ELAPSED:
            weeks, hours = span.amount / (7 * 24 * 60), span.amount / 60
            if weeks.is_integer():
                return f"{weeks:.0f} week{'' if weeks == 1 else 's'}"
            return f"{hours:.0f} h" if hours.is_integer() else f"{span.amount} min"
        case How.WORKING:
            return f"{span.amount} working day{'' if span.amount == 1 else 's'}" if span.amount else "the same working day"
        case How.SAME_DAY:
            return "the same day, by closing"
        case How.SAME_DAY_MIDNIGHT:
            return "the same day, by midnight"
        case How.DATE:
            return "the chosen day"


def in_hours(hours: AgencyHours) -> str:
    opens, closes = hours.days[0]
    friday = hours.days[4][1]
    return f"{opens:%H:%M} to {closes:%H:%M}" + (f", Friday to {friday:%H:%M}" if friday != closes else "")


def where(rule: Rule) -> str:
    """At which priority and at which agency a rule counts."""
    found = [PRIORITIES.label(rule.priority) if rule.priority else "", AGENCIES.label(rule.agency) if rule.agency else ""]
    return ", ".join(w for w in found if w) or "always"


def then(rule: Rule) -> str:
    """When it is chased and escalated, where the rule says so; else empty."""
    spans = (("chase", rule.chase), ("escalate", rule.escalate))
    return ", ".join(f"{word} {in_length(span)}" for word, span in spans if span)


def whose(agency: str) -> str:
    return AGENCIES.label(agency) if agency else "our own office"


def changes(before: ClockBook, after: ClockBook) -> tuple[str, ...]:
    """What was added, changed and taken out from one version of the book to the next, in words."""
    rules = _changed({(r.kind, r.priority, r.agency): _rule(r) for r in before.rules},
                     {(r.kind, r.priority, r.agency): _rule(r) for r in after.rules}, "back to the default, was")
    hours = _changed(_desks(before), _desks(after), "taken out:")
    closures = _changed({(c.day, c.agency): _closure(c) for c in before.closures},
                        {(c.day, c.agency): _closure(c) for c in after.closures}, "open after all:")
    return (*rules, *hours, *closures)


def _changed(before: dict[object, str], after: dict[object, str], gone: str) -> Iterable[str]:
    for key, said in after.items():
        if key not in before:
            yield said
        elif before[key] != said:
            yield f"{said} (was: {before[key]})"
    yield from (f"{gone} {said}" for key, said in before.items() if key not in after)


def _rule(rule: Rule) -> str:
    steps = f", {then(rule)}" if then(rule) else ""
    return f"{LABELS[rule.kind]} ({where(rule)}) {in_length(rule.due)}{steps}, by {rule.source}"


def _desks(book: ClockBook) -> dict[object, str]:
    desks = (Desk("", book.hours), *book.desks)
    return {d.agency: f"{whose(d.agency)} {in_hours(d.hours)}" for d in desks}


def _closure(closure: Closure) -> str:
    return f"closed on {closure.day:%-d %B %Y}, {whose(closure.agency)}: {closure.why}"
