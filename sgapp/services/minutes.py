"""Minutes in the house: they pull in figures and open actions, are agreed by somebody who signs, and are locked.

What is pulled in is what everybody who reads minutes may know: of files that are under no list and kept from nobody.
"""

import uuid
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import col

from sgapp.domain.audit import AuditEvent
from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.evidence import Figures, months_before
from sgapp.domain.measures import MEASURES, Material
from sgapp.domain.minutes import Minutes, Shown, checked
from sgapp.domain.permissions import Permission
from sgapp.domain.sampling import checked_month
from sgapp.domain.time import end_of_day, from_london, show_day, to_london
from sgapp.domain.vocabulary import AGENCIES
from sgapp.services.guard import Done, intention
from sgapp.services.walking import Walk
from sgapp.store.tables import MinutesRow
from sgapp.store.unit_of_work import Repository, UnitOfWork

#: About staff: not for all who read minutes.
_NOT_THERE = frozenset({"staff", "dbs"})
_OF_NOTES = frozenset({"acknowledge", "told_same_day"})


@dataclass(frozen=True, slots=True)
class BeginMinutes:
    month: str = ""
    held_on: date | None = None
    present: str = ""
    said: str = ""
    decided: str = ""
    branch: str = "main"


@intention("begin-minutes", Permission.KEEP_MINUTES, BeginMinutes)
def begin_minutes(uow: UnitOfWork, form: BeginMinutes) -> Done:
    """Begin the minutes of a meeting, with the figures of a month and the actions that are open now."""
    today = to_london(uow.now).date()
    month = checked_month(form.month, today)
    if form.held_on is None or form.held_on > today:
        raise Invalid(FieldError("held_on", "Choose the day on which you met."))
    branch, made_id = uow.actor.branch or form.branch.strip() or "main", str(uuid.uuid4())
    figures, actions = _pulled_in(uow, month, branch)
    minutes = checked(Minutes(made_id, made_id, 1, form.held_on, month, form.present.strip(), figures, actions,
                              form.said.strip(), form.decided.strip(), uow.now, uow.actor.name, branch=branch))
    uow.save(minutes, because=AuditEvent("minutes-begun", "minutes", minutes.id, "system", detail=month))
    return _done(minutes, "Begun. Look at the figures and actions below; then agree them.")


def _pulled_in(uow: UnitOfWork, month: str, branch: str) -> tuple[tuple[Shown, ...], tuple[Shown, ...]]:
    """The figures of the month, and the open actions."""
    first, _, last = months_before(month, 1)
    begins, ends = from_london(first), end_of_day(last)
    figures, open_ones = Figures(begins, begins, ends), list[tuple[date, str, str]]()
    for material in map(_for_all, Walk(uow).cases()):
        here = replace(material, cases=tuple(c for c in material.cases if c.branch == branch))
        of = {c.id: c.reference for c in here.cases}
        for measure in MEASURES:
            if measure.code not in _OF_NOTES | _NOT_THERE:
                figures.add(measure, (i for i in measure.items(here) if i.branch == branch and i.case_id in of))
        open_ones += [(a.due_on, of[a.case_id], f"{a.what} ({a.owner}{f', {AGENCIES.label(a.agency)}' if a.agency else ''})")
                      for a in material.actions if a.open and a.case_id in of]
    for material in map(_for_all, Walk(uow).notes(begins, ends)):
        for measure in MEASURES:
            if measure.code in _OF_NOTES:
                figures.add(measure, (i for i in measure.items(material) if i.branch == branch))
    counted = tuple(Shown(m.title, str(f.met) if m.plain else f"{f.met} of {f.of}" + (
        f", {f.unknown} not recorded" if f.unknown else "") + (f", {f.open} still open" if f.open else ""))
        for m, span, by, _, f, _ in figures.rows() if (span, by) == ("month", ""))
    return counted, tuple(Shown(f"{case}, by {show_day(on)}", what) for on, case, what in sorted(open_ones))


def _for_all(material: Material) -> Material:
    """Of files that are under no list and kept from nobody."""
    cases = tuple(c for c in material.cases if not c.restricted and not c.barred)
    ids = {c.id for c in cases}
    return replace(
        material, cases=cases, matters=(),
        notes=tuple(n for n in material.notes if not (n.restricted or n.reserved or n.barred)),
        decisions=tuple(d for d in material.decisions if d.case_id in ids),
        referrals=tuple(r for r in material.referrals if r.case_id in ids),
        actions=tuple(a for a in material.actions if a.case_id in ids))


@dataclass(frozen=True, slots=True)
class RewriteMinutes:
    minutes_id: str
    present: str = ""
    said: str = ""
    decided: str = ""


@intention("rewrite-minutes", Permission.KEEP_MINUTES, RewriteMinutes)
def rewrite_minutes(uow: UnitOfWork, form: RewriteMinutes) -> Done:
    """Other words, while they are not agreed. The figures stay as they were pulled in."""
    minutes = Repository(uow, Minutes).get(form.minutes_id).rewritten(
        present=form.present.strip(), said=form.said.strip(), decided=form.decided.strip())
    uow.save(minutes, because=AuditEvent("minutes-rewritten", "minutes", minutes.id, "system"))
    return _done(minutes, "Written down.")


@dataclass(frozen=True, slots=True)
class AgreeMinutes:
    minutes_id: str


@intention("agree-minutes", Permission.SIGN_OFF, AgreeMinutes)
def agree_minutes(uow: UnitOfWork, form: AgreeMinutes) -> Done:
    """Agree the minutes. From now on nobody changes them."""
    minutes = Repository(uow, Minutes).get(form.minutes_id).agreed(at=uow.now, by=uow.actor.name)
    uow.save(minutes, because=AuditEvent("minutes-agreed", "minutes", minutes.id, "system", detail=minutes.digest))
    return _done(minutes, "Agreed, and locked.")


@dataclass(frozen=True, slots=True)
class CorrectMinutes:
    minutes_id: str
    corrects: str = ""


@intention("correct-minutes", Permission.KEEP_MINUTES, CorrectMinutes)
def correct_minutes(uow: UnitOfWork, form: CorrectMinutes) -> Done:
    """A further version of agreed minutes, to be agreed again. The one before stays."""
    repository = Repository(uow, Minutes)
    minutes = repository.get(form.minutes_id)
    newer = repository.where(col(MinutesRow.meeting_id) == minutes.meeting_id, col(MinutesRow.number) > minutes.version)
    if newer:
        raise Invalid(FieldError("corrects", "There is a later version already. Put that one right."))
    further = minutes.corrected(str(uuid.uuid4()), form.corrects, at=uow.now, by=uow.actor.name)
    uow.save(further, because=AuditEvent("minutes-corrected", "minutes", further.id, "system"))
    return _done(further, f"Version {further.version} is open. The one before stays as it was agreed.")


def _done(minutes: Minutes, message: str) -> Done:
    return Done(minutes.id, message, f"/minutes?id={minutes.id}")
