"""The clock book as the manager sets it: rules, hours and closures, each change a new version with its history."""

from dataclasses import dataclass, replace
from datetime import date, time

from sgapp.domain.audit import AuditEvent
from sgapp.domain.clock_book import ClockBook, Closure, like_the_default
from sgapp.domain.clock_words import MEASURES, WITH_A_NUMBER
from sgapp.domain.clocks import BY_A_DAY, AgencyHours, ClockKind, How, Rule, Span
from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.permissions import Permission
from sgapp.domain.vocabulary import AGENCIES, PRIORITIES
from sgapp.services.guard import Done, intention
from sgapp.store import documents
from sgapp.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class SetClockRule:
    """`amount` is in minutes when elapsed, in working days when working. Empty `priority` or `agency`: every one.

    `chase` and `escalate` are measured like `amount`, from the same beginning; empty, they follow the default.
    """

    kind: ClockKind
    how: str = ""
    amount: int | None = None
    priority: str = ""
    agency: str = ""
    source: str = ""
    chase: int | None = None
    escalate: int | None = None


@intention("set-clock-rule", Permission.SET_CLOCKS, SetClockRule)
def set_clock_rule(uow: UnitOfWork, form: SetClockRule) -> Done:
    """Set how long something may take here, in the place of the default."""
    errors = []
    if form.how not in MEASURES:
        errors.append(FieldError("how", "Choose how it is measured."))
    if form.kind in BY_A_DAY:
        errors.append(FieldError("kind", "Choose something that is not due on a day of its own."))
    if form.how in WITH_A_NUMBER and form.amount is None:
        errors.append(FieldError("amount", "Write how long."))
    if form.how not in WITH_A_NUMBER and (form.chase, form.escalate) != (None, None):
        errors.append(FieldError("chase", "What is due the same day is chased and goes up as by default. Leave both empty."))
    if not form.source.strip():
        errors.append(FieldError("source", "Say which policy or agreement this comes from."))
    if form.agency and form.agency not in AGENCIES:
        errors.append(FieldError("agency", "Choose an agency, or none."))
    if form.priority and form.priority not in PRIORITIES:
        errors.append(FieldError("priority", "Choose a priority, or none."))
    if errors:
        raise Invalid(*errors)
    how = How(form.how)
    due = Span(how, form.amount or 0)
    rule = like_the_default(Rule(form.kind, form.priority, due, form.source.strip(), agency=form.agency))
    if form.chase is not None:
        rule = replace(rule, chase=Span(how, form.chase))
    if form.escalate is not None:
        rule = replace(rule, escalate=Span(how, form.escalate))
    return _saved(uow, uow.book.with_rule(rule), "Set. What runs already is worked out anew within a minute.")


@dataclass(frozen=True, slots=True)
class DropClockRule:
    kind: ClockKind
    priority: str = ""
    agency: str = ""


@intention("drop-clock-rule", Permission.SET_CLOCKS, DropClockRule)
def drop_clock_rule(uow: UnitOfWork, form: DropClockRule) -> Done:
    """Back to the default."""
    if not any((r.kind, r.priority, r.agency) == (form.kind, form.priority, form.agency) for r in uow.book.rules):
        raise Invalid(FieldError("kind", "There is no rule of our own for this."))
    return _saved(uow, uow.book.without_rule(form.kind, form.priority, form.agency), "Back to the default.")


@dataclass(frozen=True, slots=True)
class SetHours:
    """Monday to Friday; `friday_closes` only where Friday ends at another time. Empty `agency`: our own office."""

    agency: str = ""
    opens: time | None = None
    closes: time | None = None
    friday_closes: time | None = None


@intention("set-hours", Permission.SET_CLOCKS, SetHours)
def set_hours(uow: UnitOfWork, form: SetHours) -> Done:
    """Say when a desk answers; its working days begin and end by it."""
    if form.agency and form.agency not in AGENCIES:
        raise Invalid(FieldError("agency", "Choose an agency, or none for our own office."))
    if form.opens is None or form.closes is None:
        raise Invalid(FieldError("opens", "Write when it opens and when it closes."))
    try:
        hours = AgencyHours.weekdays(form.opens, form.closes, form.friday_closes)
    except ValueError as error:
        raise Invalid(FieldError("closes", "It has to close after it opens.")) from error
    return _saved(uow, uow.book.with_hours(hours, form.agency), "Set. What runs already is worked out anew within a minute.")


@dataclass(frozen=True, slots=True)
class AddClosure:
    day: date | None = None
    why: str = ""
    agency: str = ""


@intention("add-closure", Permission.SET_CLOCKS, AddClosure)
def add_closure(uow: UnitOfWork, form: AddClosure) -> Done:
    """A day on which a desk is closed, beside weekends and bank holidays."""
    if form.day is None:
        raise Invalid(FieldError("day", "Choose the day."))
    if form.agency and form.agency not in AGENCIES:
        raise Invalid(FieldError("agency", "Choose an agency, or none for our own office."))
    return _saved(uow, uow.book.with_closure(Closure(form.day, form.why.strip(), form.agency)), "Set.")


@dataclass(frozen=True, slots=True)
class RemoveClosure:
    day: date | None = None
    agency: str = ""


@intention("remove-closure", Permission.SET_CLOCKS, RemoveClosure)
def remove_closure(uow: UnitOfWork, form: RemoveClosure) -> Done:
    """It is open on that day after all."""
    if form.day is None or not any((c.day, c.agency) == (form.day, form.agency) for c in uow.book.closures):
        raise Invalid(FieldError("day", "There is no such closure."))
    return _saved(uow, uow.book.without_closure(form.day, form.agency), "Taken out.")


def _saved(uow: UnitOfWork, book: ClockBook, message: str) -> Done:
    made = documents.add(uow, book)
    uow.note_event(AuditEvent("clock-book-set", "document", "clock_book", "system", detail=str(made.version)))
    return Done("clock_book", message, "/clocks")
