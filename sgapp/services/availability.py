"""Who can be given visits: the rota sees that somebody is not available, and never why. Source: DOMAIN annex §6, "Restrict"."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import col, or_, select

from sgapp.domain.audit import AuditEvent
from sgapp.domain.case import ProtectionStep
from sgapp.domain.errors import FieldError, Invalid, NotFound
from sgapp.domain.permissions import Permission
from sgapp.domain.time import end_of_day, from_london, show_date, to_london
from sgapp.services.guard import Done, intention, query
from sgapp.services.safety_plans import arrangements
from sgapp.store import accounts
from sgapp.store.accounts import Account
from sgapp.store.tables import AvailabilityRow
from sgapp.store.unit_of_work import UnitOfWork

#: What is over is shown no longer.
_LATELY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class MarkNotAvailable:
    """`until_on` empty: until further notice."""

    account_id: str = ""
    from_on: date | None = None
    until_on: date | None = None


@intention("mark-not-available", Permission.SET_AVAILABILITY, MarkNotAvailable)
def mark_not_available(uow: UnitOfWork, form: MarkNotAvailable) -> Done:
    """Somebody is given no visits from a day on. No reason is asked for, and none is kept."""
    account = colleague(uow, form.account_id)
    today = to_london(uow.now).date()
    begins = form.from_on or today
    if form.until_on is not None and form.until_on < max(begins, today):
        raise Invalid(FieldError("until_on", "That day lies before it begins."))
    from_at = uow.now if begins <= today else from_london(begins)
    entry = not_available(uow, account, from_at, end_of_day(form.until_on) if form.until_on else None)
    uow.note_event(AuditEvent("marked-not-available", "account", account.id))
    return Done(entry, f"{account.name} is shown as not available.", "/available")


@dataclass(frozen=True, slots=True)
class MarkAvailable:
    entry_id: str


@intention("mark-available", Permission.SET_AVAILABILITY, MarkAvailable)
def mark_available(uow: UnitOfWork, form: MarkAvailable) -> Done:
    """Whoever entered it ends it, and anybody who may once they have left; nobody can tell by that what the others are."""
    row = uow.session.get(AvailabilityRow, form.entry_id)
    if row is None or not _may_end(uow, row) or _over(row, uow.now):
        raise NotFound(form.entry_id)
    row.until_at = uow.now
    uow.note_event(AuditEvent("marked-available", "account", row.account_id))
    return Done(row.id, "Shown as available again.", "/available")


@dataclass(frozen=True, slots=True)
class TakeOffRota:
    """Protect the adult at once: somebody is given no visits. The reason stays on the case."""

    case_id: str
    account_id: str = ""
    reason: str = ""


@intention("take-off-rota", Permission.WORK_CASE, TakeOffRota)
def take_off_rota(uow: UnitOfWork, form: TakeOffRota) -> Done:
    """Record it as protection on the case, and show the rota nothing but “not available”."""
    case, account = uow.cases.get(form.case_id), colleague(uow, form.account_id)
    if not form.reason.strip():
        raise Invalid(FieldError("reason", "Say why, for the file. The rota is not told."))
    what = f"{account.name} is to be given no visits; the rota sees “not available”. {form.reason.strip()}"
    step = ProtectionStep(str(uuid.uuid4()), what, uow.now, uow.actor.name)
    uow.save(case.with_protection(step), because=AuditEvent("taken-off-rota", "case", case.id, detail=account.id))
    not_available(uow, account, uow.now, None)
    return Done(case.id, f"The rota sees that {account.name} is not available, and nothing else.", f"/case?id={case.id}")


def not_available(uow: UnitOfWork, account: Account, from_at: datetime, until_at: datetime | None) -> str:
    """Enter it for a guarded service, which records why. Returns the id of the entry."""
    row = AvailabilityRow(id=str(uuid.uuid4()), account_id=account.id, set_by=uow.actor.account_id, set_at=uow.now,
                          from_at=from_at, until_at=until_at)
    uow.session.add(row)
    uow.session.flush()
    return row.id


def colleague(uow: UnitOfWork, account_id: str) -> Account:
    """Somebody who works in the actor's branch. Raises Invalid."""
    account = accounts.by_id(uow, account_id) if account_id else None
    if account is None or account.disabled or (uow.actor.branch and account.branch not in (None, uow.actor.branch)):
        raise Invalid(FieldError("account_id", "Choose somebody who works here."))
    return account


def _may_end(uow: UnitOfWork, row: AvailabilityRow) -> bool:
    me, setter = uow.actor.account_id, accounts.by_id(uow, row.set_by)
    left = setter is None or setter.disabled
    return row.set_by == me or (left and row.account_id != me)  # never about oneself: it may be there to protect somebody


def away(uow: UnitOfWork, account_id: str, begins: datetime, ends: datetime) -> bool:
    """Whether somebody is given no visits at some time between two moments."""
    from_at, until_at = col(AvailabilityRow.from_at), col(AvailabilityRow.until_at)
    return uow.session.exec(select(AvailabilityRow.id).where(
        AvailabilityRow.account_id == account_id, from_at <= ends, or_(until_at.is_(None), until_at > begins),
    ).limit(1)).first() is not None


def _over(row: AvailabilityRow, at: datetime) -> bool:
    return row.until_at is not None and row.until_at <= at


@dataclass(frozen=True, slots=True)
class AvailabilityLine:
    """One colleague, from when to when. `mine`: whoever asks may end it."""

    id: str
    name: str
    span: str
    now: bool
    mine: bool


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class AvailabilityView:
    """`staff` is everybody who could be entered; `arranged` how visits to an adult go, by reference, with the rota's reason."""

    away: tuple[AvailabilityLine, ...]
    staff: tuple[Choice, ...]
    arranged: tuple[Choice, ...] = ()


@query(Permission.SEE_AVAILABILITY)
def availability(uow: UnitOfWork) -> AvailabilityView:
    """Who is not available now or soon. Whoever asks does not find herself here, unless she entered it."""
    here = [a for a in accounts.everyone(uow) if not a.disabled and (uow.actor.branch is None or a.branch in (None,
                                                                                                            uow.actor.branch))]
    names = {a.id: a.name for a in here}
    rows = uow.session.exec(select(AvailabilityRow).where(
        or_(col(AvailabilityRow.until_at).is_(None), col(AvailabilityRow.until_at) > uow.now - _LATELY),
    ).order_by(col(AvailabilityRow.from_at), col(AvailabilityRow.id))).all()
    today = to_london(uow.now).date()
    found = []
    for row in rows:
        mine = _may_end(uow, row)
        if row.account_id not in names or _over(row, uow.now) or (row.account_id == uow.actor.account_id and not mine):
            continue
        until = f"until {show_date(to_london(row.until_at).date(), today)}" if row.until_at else "until further notice"
        found.append(AvailabilityLine(row.id, names[row.account_id], f"from {show_date(to_london(row.from_at).date(), today)}, "
                                      f"{until}", row.from_at <= uow.now, mine))
    arranged = arrangements(uow)
    people = uow.people.those(arranged).values()
    return AvailabilityView(tuple(found), tuple(Choice(a.id, a.name) for a in here),
                            tuple(sorted((Choice(p.reference, arranged[p.id]) for p in people), key=lambda c: c.value)))
