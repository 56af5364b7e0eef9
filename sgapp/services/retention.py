"""Keeping an adult's records as long as they have to be kept, and letting them go when two people say so.

Source: DOMAIN annex §7 (retention, legal hold). A disposal cannot be taken back: the keys are destroyed.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from sgapp.domain.audit import AuditEvent
from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.permissions import Permission
from sgapp.domain.person import Person
from sgapp.domain.retention import Asked, Hold, Keeping, LookedAt, Retention, asked_by, must_be_second
from sgapp.domain.time import from_london, show_day, to_london
from sgapp.services.guard import Done, intention
from sgapp.store import disposal, documents
from sgapp.store.disposal import Doomed
from sgapp.store.unit_of_work import UnitOfWork

#: Stands for what is about nobody on the list: notes that were matched to nobody, and uploads that were looked at.
NOBODYS = "nobody"


@dataclass(frozen=True, slots=True)
class SetKeeping:
    """`staff_years` empty: whoever answers for it has not said how long."""

    years: int | None = None
    staff_years: int | None = None
    source: str = ""


@intention("set-keeping", Permission.KEEP_RECORDS, SetKeeping)
def set_keeping(uow: UnitOfWork, form: SetKeeping) -> Done:
    """Say for how many years records are kept here."""
    if form.years is None:
        raise Invalid(FieldError("years", "Write a number of years."))
    documents.add(uow, keeping(uow).set_to(form.years, form.staff_years, form.source))
    uow.note_event(AuditEvent("keeping-set", "document", "keeping", "system", detail=f"{form.years}/{form.staff_years or '-'}"))
    return Done("keeping", f"Records are kept for {form.years} years from now on.", "/records")


def keeping(uow: UnitOfWork) -> Keeping:
    """The rules that count now."""
    return documents.latest(uow, Keeping) or Keeping()


@dataclass(frozen=True, slots=True)
class EndCare:
    """`on` empty: care goes on after all."""

    person_id: str
    on: date | None = None


@intention("end-care", Permission.KEEP_RECORDS, EndCare)
def end_care(uow: UnitOfWork, form: EndCare) -> Done:
    """Record on which day the provider's care for an adult ended: the years count from then."""
    said = f"Care ended on {show_day(form.on)}." if form.on else "Care goes on."
    return _changed(uow, form.person_id, "care-ended", lambda r: r.care_ended_on(form.on, today=_today(uow)), said)


@dataclass(frozen=True, slots=True)
class HoldRecords:
    person_id: str
    reason: str = ""


@intention("hold-records", Permission.KEEP_RECORDS, HoldRecords)
def hold_records(uow: UnitOfWork, form: HoldRecords) -> Done:
    """Let nothing of it be disposed of until somebody says that this is over."""
    hold = Hold(str(uuid.uuid4()), form.reason.strip(), uow.now, uow.actor.name)
    said = "Nothing of it is disposed of while this lasts."
    return _changed(uow, form.person_id, "records-held", lambda r: r.held(hold), said)


@dataclass(frozen=True, slots=True)
class LiftHold:
    person_id: str
    hold_id: str
    reason: str = ""


@intention("lift-hold", Permission.KEEP_RECORDS, LiftHold)
def lift_hold(uow: UnitOfWork, form: LiftHold) -> Done:
    """What held it is over."""
    return _changed(uow, form.person_id, "hold-lifted", lambda r: r.let_go(
        form.hold_id, why=form.reason, at=uow.now, by=uow.actor.name), "It does not hold any more.")


@dataclass(frozen=True, slots=True)
class KeepRecords:
    person_id: str
    until: date | None = None
    reason: str = ""


@intention("keep-records", Permission.KEEP_RECORDS, KeepRecords)
def keep_records(uow: UnitOfWork, form: KeepRecords) -> Done:
    """The years are over, and it is kept for longer."""
    if form.until is None:
        raise Invalid(FieldError("until", "Choose until when."))
    look = LookedAt(form.until, form.reason.strip(), uow.now, uow.actor.name)
    return _changed(uow, form.person_id, "records-kept", lambda r: r.looked_at(look, today=_today(uow)),
                    f"Kept until {show_day(look.until)}; then somebody looks again.")


@dataclass(frozen=True, slots=True)
class AskForDisposal:
    person_id: str
    reason: str = ""


@intention("ask-for-disposal", Permission.KEEP_RECORDS, AskForDisposal)
def ask_for_disposal(uow: UnitOfWork, form: AskForDisposal) -> Done:
    """Ask for it. Nothing goes before a second person agrees."""
    asked = asked_by(Asked(uow.actor.account_id, uow.actor.name, uow.now, form.reason))
    told = "Asked for. A second person who looks after records has to agree; until then nothing changes."
    if form.person_id == NOBODYS:
        if not nobodys(uow).records:
            raise Invalid(FieldError("reason", "There is nothing that could be disposed of."))
        documents.add(uow, replace(keeping(uow), asked=asked))
        uow.note_event(AuditEvent("disposal-asked", "document", "keeping", "system"))
        return Done(NOBODYS, told, "/records")
    person = uow.people.get(form.person_id)
    _must_be_due(uow, person, "reason")
    return _changed(uow, person.id, "disposal-asked", lambda r: replace(r, asked=asked), told)


@dataclass(frozen=True, slots=True)
class WithdrawDisposal:
    person_id: str


@intention("withdraw-disposal", Permission.KEEP_RECORDS, WithdrawDisposal)
def withdraw_disposal(uow: UnitOfWork, form: WithdrawDisposal) -> Done:
    """It is not asked for any more: whoever asked thought better of it, or the second person does not agree."""
    if form.person_id == NOBODYS:
        documents.add(uow, replace(keeping(uow), asked=None))
        uow.note_event(AuditEvent("disposal-withdrawn", "document", "keeping", "system"))
        return Done(NOBODYS, "It stays.", "/records")
    return _changed(uow, form.person_id, "disposal-withdrawn", lambda r: replace(r, asked=None), "It stays.")


@dataclass(frozen=True, slots=True)
class AgreeToDisposal:
    """`confirm`: the adult's reference, typed once more; for what is about nobody, how many records."""

    person_id: str
    confirm: str = ""


@intention("agree-to-disposal", Permission.KEEP_RECORDS, AgreeToDisposal)
def agree_to_disposal(uow: UnitOfWork, form: AgreeToDisposal) -> Done:
    """As the second person: let it go for good. The keys are destroyed, and a certificate that names nobody says so."""
    if form.person_id == NOBODYS:
        rules, doomed = keeping(uow), nobodys(uow)
        must_be_second(rules.asked, uow.actor.account_id)
        _confirmed(form.confirm, str(len(doomed.records)), "Type the number of records once more. Nothing was changed.")
        documents.add(uow, replace(rules, asked=None))
        return _disposed(uow, "about nobody on the list", doomed)
    person = uow.people.get(form.person_id)
    must_be_second(person.retention.asked, uow.actor.account_id)
    _must_be_due(uow, person, "confirm")
    _confirmed(form.confirm, person.reference, "Type the reference once more, as it stands above. Nothing was changed.")
    return _disposed(uow, "one adult", disposal.of_person(uow.session, person.id))


def _disposed(uow: UnitOfWork, what: str, doomed: Doomed) -> Done:
    number, digest = disposal.dispose(uow, what, doomed)
    uow.note_event(AuditEvent("disposed", "tombstone", str(number), "system", count=len(doomed.records)), digest)
    said = f"{len(doomed.records)} records are gone for good. Certificate {number} says so, and names nobody."
    return Done(str(number), said, "/records")


def _confirmed(typed: str, wanted: str, otherwise: str) -> None:
    if typed.strip().upper() != wanted.upper():
        raise Invalid(FieldError("confirm", otherwise))


def _must_be_due(uow: UnitOfWork, person: Person, field: str) -> None:
    if not person.retention.may_go(disposal.life_of(uow, person.id), keeping(uow), today=_today(uow)):
        raise Invalid(FieldError(field, "It cannot be disposed of now: something of it goes on, is held, or has to be kept for "
                                        "longer. Nothing was changed."))


def _changed(uow: UnitOfWork, person_id: str, action: str, change: Callable[[Retention], Retention], said: str) -> Done:
    person = uow.people.get(person_id)
    changed = replace(person, retention=change(person.retention))
    uow.save(changed, because=AuditEvent(action, "person", person.id))
    return Done(person.id, said, f"/record?id={person.id}")


def nobodys(uow: UnitOfWork) -> Doomed:
    """What is about nobody on the list and old enough to go, as far as whoever asks may see it."""
    rules = keeping(uow)
    staff = years_before(uow.now, rules.staff_years) if rules.staff_years is not None else None
    return disposal.about_nobody(uow, years_before(uow.now, rules.years), staff)


def years_before(moment: datetime, years: int) -> datetime:
    """The beginning of the same day so many years ago."""
    day = to_london(moment).date()
    try:
        return from_london(day.replace(year=day.year - years))
    except ValueError:  # the 29th of February
        return from_london(date(day.year - years, 2, 28))


def _today(uow: UnitOfWork) -> date:
    return to_london(uow.now).date()
