"""The rota as people set it: who has which duty, who is away, and what one leaves for the next."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sgapp.domain.audit import AuditEvent
from sgapp.domain.errors import FieldError, Invalid, NotFound
from sgapp.domain.permissions import Permission
from sgapp.domain.rota import DUTY_LABELS, MAY_TAKE, Absence, Duty, Rota, Turn
from sgapp.domain.time import show
from sgapp.services.duty import reach_of
from sgapp.services.guard import Done, intention, query
from sgapp.store import documents
from sgapp.store.access import rota_of
from sgapp.store.tables import AccountRow, HandOverRow
from sgapp.store.unit_of_work import UnitOfWork

#: How long turns that are over are carried on; the earlier versions of the rota keep them.
_KEPT = timedelta(days=14)
#: For how long at most a phone without a signal goes by the rota that it saw last.
_TRUSTED = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class WhomToRing:
    """A telephone number and until when it may be trusted; nothing says whose it is."""

    number: str
    until: datetime


@query(Permission.SEE_ALLOCATED_PEOPLE)
def whom_to_ring(uow: UnitOfWork) -> WhomToRing | None:
    """The number of whoever is on call now, if she lets care workers ring it. None: the house's own number counts."""
    rota = _rota(uow)
    holder = uow.session.get(AccountRow, rota.holder(Duty.ON_CALL, uow.now) or "")
    if holder is None or holder.disabled_at is not None:
        return None
    reach = reach_of(uow, holder.id)
    latest = uow.now + _TRUSTED
    return WhomToRing(reach.phone, min(rota.settled_until(uow.now) or latest, latest)) if reach.rung else None


@dataclass(frozen=True, slots=True)
class SetStanding:
    """Who has a duty whenever no turn says otherwise."""

    duty: Duty
    account_id: str = ""


@intention("set-standing", Permission.MANAGE_ROTA, SetStanding)
def set_standing(uow: UnitOfWork, form: SetStanding) -> Done:
    """Name who stands in for a duty."""
    _may_take(uow, form.account_id, form.duty)
    return _saved(uow, _rota(uow).with_standing(form.duty, form.account_id),
                  f"{DUTY_LABELS[form.duty]} is settled, whenever no turn says otherwise.")


@dataclass(frozen=True, slots=True)
class AddTurn:
    duty: Duty
    account_id: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@intention("add-turn", Permission.MANAGE_ROTA, AddTurn)
def add_turn(uow: UnitOfWork, form: AddTurn) -> Done:
    """Give somebody a duty from here to there."""
    _may_take(uow, form.account_id, form.duty)
    starts_at, ends_at = _span(uow, form.starts_at, form.ends_at)
    turn = Turn(str(uuid.uuid4()), form.duty, form.account_id, starts_at, ends_at)
    return _saved(uow, _rota(uow).with_turn(turn), f"{DUTY_LABELS[form.duty]} until {show(ends_at)}.")


@dataclass(frozen=True, slots=True)
class AddAbsence:
    account_id: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@intention("add-absence", Permission.MANAGE_ROTA, AddAbsence)
def add_absence(uow: UnitOfWork, form: AddAbsence) -> Done:
    """Say that somebody is away. Refused where nobody would be left for a duty."""
    if uow.session.get(AccountRow, form.account_id) is None:
        raise Invalid(FieldError("account_id", "Choose who is away."))
    starts_at, ends_at = _span(uow, form.starts_at, form.ends_at)
    absence = Absence(str(uuid.uuid4()), form.account_id, starts_at, ends_at)
    return _saved(uow, _rota(uow).with_absence(absence), f"Away until {show(ends_at)}.")


@dataclass(frozen=True, slots=True)
class RemoveRotaEntry:
    entry_id: str


@intention("remove-rota-entry", Permission.MANAGE_ROTA, RemoveRotaEntry)
def remove_rota_entry(uow: UnitOfWork, form: RemoveRotaEntry) -> Done:
    """Take a turn or an absence out again. Refused where that would leave a gap."""
    rota = _rota(uow)
    if form.entry_id not in {e.id for e in (*rota.turns, *rota.absences)}:
        raise NotFound(form.entry_id)
    return _saved(uow, rota.without(form.entry_id), "Taken out.")


@dataclass(frozen=True, slots=True)
class HandOver:
    """What the next person has to know. Read by her and by the writer alone."""

    account_id: str = ""
    words: str = ""


@intention("hand-over", Permission.HAND_OVER, HandOver)
def hand_over(uow: UnitOfWork, form: HandOver) -> Done:
    """Leave a note for whoever comes next."""
    to = uow.session.get(AccountRow, form.account_id)
    if to is None or to.disabled_at is not None or to.role not in MAY_TAKE[Duty.ON_CALL] or to.id == uow.actor.account_id:
        raise Invalid(FieldError("account_id", "Choose who comes next."))
    if not form.words.strip():
        raise Invalid(FieldError("words", "Write what the next person has to know, or that there is nothing."))
    made = str(uuid.uuid4())
    uow.session.add(HandOverRow(id=made, from_id=uow.actor.account_id, to_id=to.id, at=uow.now,
                                sealed=uow.sealed(form.words.strip().encode(), place=f"hand_over/{made}")))
    uow.note_event(AuditEvent("handed-over", "hand_over", made, detail=to.id))
    return Done(made, "Handed over. You see here when it was taken.", "/rota")


@dataclass(frozen=True, slots=True)
class TakeOver:
    hand_over_id: str


@intention("take-over", Permission.HAND_OVER, TakeOver)
def take_over(uow: UnitOfWork, form: TakeOver) -> Done:
    """Say that one has read what was left, and goes on from there."""
    row = uow.session.get(HandOverRow, form.hand_over_id, with_for_update=True)
    if row is None or row.to_id != uow.actor.account_id:
        raise NotFound(form.hand_over_id)
    row.read_at = row.read_at or uow.now
    uow.note_event(AuditEvent("taken-over", "hand_over", row.id))
    return Done(row.id, "Taken over.", "/rota")


def branch_of(uow: UnitOfWork) -> str:
    """The branch whose rota somebody sees and sets; whoever belongs to all of them, the main one's."""
    return uow.actor.branch or "main"


def _rota(uow: UnitOfWork) -> Rota:
    return rota_of(uow, branch_of(uow)).without_past(uow.now - _KEPT)


def _may_take(uow: UnitOfWork, account_id: str, duty: Duty) -> None:
    row = uow.session.get(AccountRow, account_id)
    usable = row is not None and row.disabled_at is None and row.branch in (None, branch_of(uow))
    if row is None or not usable or row.role not in MAY_TAKE[duty]:
        raise Invalid(FieldError("account_id", f"Choose somebody who can be {DUTY_LABELS[duty].lower()}."))


def _span(uow: UnitOfWork, starts_at: datetime | None, ends_at: datetime | None) -> tuple[datetime, datetime]:
    errors = []
    if starts_at is None:
        errors.append(FieldError("starts_at", "Say when it begins."))
    if ends_at is None:
        errors.append(FieldError("ends_at", "Say when it ends."))
    elif ends_at <= uow.now:
        errors.append(FieldError("ends_at", "That is over already."))
    if starts_at is None or ends_at is None or errors:
        raise Invalid(*errors)
    return starts_at, ends_at


def _saved(uow: UnitOfWork, rota: Rota, message: str) -> Done:
    saved = documents.latest(uow, Rota, branch_of(uow))
    made = documents.add(uow, replace(rota, version=saved.version if saved else 0).checked(uow.now), branch_of(uow))
    uow.note_event(AuditEvent("rota-set", "document", "rota", "system", detail=f"{branch_of(uow)}:{made.version}"))
    return Done("rota", message, "/rota")
