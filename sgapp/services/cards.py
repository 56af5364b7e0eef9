"""The card: what whoever visits an adult has to know of her plan, as codes and symbols; words only while somebody looks.

Every look is on the chain. Source: DOMAIN annex §5 (codes per person, masked until tapped, access logged), §0.8.
"""

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlmodel import col, select

from sgapp.domain.audit import AuditEvent, Outcome
from sgapp.domain.errors import FieldError, Invalid, NotFound
from sgapp.domain.permissions import Permission, Role
from sgapp.domain.reach import Urgency
from sgapp.domain.safety_plan import CardLine, Look, SafetyPlan, card_of
from sgapp.domain.time import end_of_day, from_london, show_date, to_london
from sgapp.services.availability import away, colleague
from sgapp.services.duty import members, tell
from sgapp.services.guard import Done, intention, query
from sgapp.store import accounts
from sgapp.store.kinds import stream_of
from sgapp.store.search import open_names, people_like
from sgapp.store.tables import CaseRow, ClockRow, SafetyPlanRow
from sgapp.store.unit_of_work import UnitOfWork, visited_on

#: A round that begins in the evening ends in the night: what lies on a phone for a day goes at four.
_NIGHT_ENDS = timedelta(hours=28)
#: Looks in one message.
_MOST = 200


@dataclass(frozen=True, slots=True)
class Sign:
    """One code of a card, without its words."""

    code: str
    short: str
    symbol: str


@dataclass(frozen=True, slots=True)
class Card:
    """The card of one adult. `label`: initials and reference. `today`: whoever asks visits her today."""

    person_id: str
    label: str
    signs: tuple[Sign, ...]
    today: bool


@query(Permission.SEE_CARD)
def cards_today(uow: UnitOfWork) -> tuple[Card, ...]:
    """The cards of those whom she visits today. Codes alone: nobody has looked at anything yet."""
    people = uow.people.those(_today(uow))
    found = [Card(p.id, f"{p.initials} · {p.reference}", _signs(plan), today=True)
             for p in people.values() if (plan := uow.plan_behind_card(p.id)) is not None]
    return tuple(sorted(found, key=lambda card: card.label))


@query(Permission.SEE_CARD, first=lambda look, reference: open_names(look) if reference.strip() else None)
def card_by_reference(uow: UnitOfWork, reference: str) -> Card:
    """The card of the adult with this reference, visited today or not. The same answer where there is no such adult and where
    there is no card for whoever asks.
    """
    wanted = reference.strip().upper()
    for person in uow.people.those(people_like(uow, wanted)).values() if wanted else ():
        plan = uow.plan_behind_card(person.id) if person.reference.upper() == wanted else None
        if plan is not None:
            return Card(person.id, f"{person.initials} · {person.reference}", _signs(plan), today=person.id in _today(uow))
    raise NotFound(wanted)


def _today(uow: UnitOfWork) -> frozenset[str]:
    """Whom she visits today: nobody while she is given no visits, and nothing tells that from a day off."""
    if away(uow, uow.actor.account_id, uow.now, uow.now):
        return frozenset()
    return visited_on(uow, uow.actor.account_id, to_london(uow.now).date())


def _signs(plan: SafetyPlan) -> tuple[Sign, ...]:
    return tuple(Sign(line.code, line.short, line.symbol) for line in card_of(plan))


@dataclass(frozen=True, slots=True)
class LookAtCard:
    """Which code of whose card. `reason`: why, where there is no visit today."""

    person_id: str
    code: str = ""
    reason: str = ""


@intention("look-at-card", Permission.SEE_CARD, LookAtCard)
def look_at_card(uow: UnitOfWork, form: LookAtCard) -> Done:
    """The words behind one code, for as long as the page shows them. Without a visit today the lead is told who looked and why.

    The answer's `message` holds the words.
    """
    plan = uow.plan_behind_card(form.person_id)
    line = next((x for x in card_of(plan) if x.code == form.code), None) if plan is not None else None
    if plan is None or line is None:
        raise NotFound(form.person_id)
    if form.person_id in _today(uow):
        uow.note_event(AuditEvent("card-looked-at", "plan", plan.id, stream_of(plan), Outcome.READ, detail=line.code))
        return Done(line.code, line.words)
    if not form.reason.strip():
        raise Invalid(FieldError("reason", "Nobody put you down for a visit today. Say why you need it; the office is told."))
    looked = plan.looked_at(Look(uow.now, uow.actor.name, line.code, form.reason.strip()))
    uow.save(looked, because=AuditEvent("card-looked-at-without-visit", "plan", plan.id, detail=line.code))
    _tell_lead(uow, plan)
    return Done(line.code, line.words)


def _tell_lead(uow: UnitOfWork, plan: SafetyPlan) -> None:
    case = uow.session.get_one(CaseRow, plan.case_id)
    row = ClockRow(record_kind="plan", record_id=plan.id, kind="plan_review", case_id=plan.case_id, started_at=uow.now,
                   due_at=uow.now, restricted=plan.restricted, branch=plan.branch)
    for member in members(uow, row):
        if member.may_know and member.role in (Role.LEAD, Role.MANAGER):
            tell(uow, member.account_id, Urgency.TODAY, reference=case.reference, at=uow.now, awake=False)


@dataclass(frozen=True, slots=True)
class OfflineCard:
    """A card for a phone without a signal: no name and no initials, the words sealed by the phone itself."""

    person_id: str
    reference: str
    lines: tuple[CardLine, ...]


@dataclass(frozen=True, slots=True)
class OfflineCards:
    """`until`: when they go from the phone."""

    cards: tuple[OfflineCard, ...]
    until: datetime


@query(Permission.SEE_CARD)
def cards_along(uow: UnitOfWork) -> OfflineCards:
    """Today's cards with their words, for a phone that seals them under a passkey. Each is on the chain as taken along."""
    people = uow.people.those(_today(uow))
    plans = {p.id: plan for p in people.values() if (plan := uow.plan_behind_card(p.id)) is not None}
    for plan in plans.values():
        uow.note_event(AuditEvent("card-taken-along", "plan", plan.id, stream_of(plan), Outcome.READ))
    found = tuple(OfflineCard(i, people[i].reference, card_of(plan)) for i, plan in plans.items())
    return OfflineCards(found, from_london(to_london(uow.now).date()) + _NIGHT_ENDS)


@dataclass(frozen=True, slots=True)
class OfflineLooks:
    """Looks at cards that lay on a phone, as it sealed them: whose card, which code, and when by the phone's own clock."""

    person_id: str
    looks: tuple[tuple[str, datetime], ...]


def is_looks(plain: bytes) -> bool:
    """Whether what a phone sealed tells of looks at cards, and is no note."""
    try:
        return isinstance(found := json.loads(plain), dict) and "card_looks" in found
    except (ValueError, RecursionError):
        return False


def looks_from(plain: bytes, note_id: str) -> OfflineLooks:
    """The looks in a sealed message. Raises ValueError for what is not in form, or was sealed under another id."""
    found = json.loads(plain)
    if str(found.get("id", "")).lower() != note_id:
        raise ValueError("it names another id")
    looks = tuple((str(x["code"])[:20], datetime.fromisoformat(x["at"]).astimezone(UTC)) for x in found["card_looks"][:_MOST])
    return OfflineLooks(str(uuid.UUID(found["person"])), looks)


def keep_looks(uow: UnitOfWork, told: OfflineLooks, envelope_id: str) -> None:
    """Put looks without a signal on the plan that they were at, whatever has become of it since; one event."""
    rows = uow.session.exec(select(SafetyPlanRow).where(SafetyPlanRow.person_id == told.person_id).order_by(
        col(SafetyPlanRow.number))).all()
    event = AuditEvent("card-looked-at-offline", "plan", rows[-1].id if rows else envelope_id, count=len(told.looks))
    if not rows:
        uow.note_event(event)
        return
    plan = uow.regardless(SafetyPlan, rows[-1].id)
    for code, at in told.looks:
        plan = plan.looked_at(Look(at, uow.actor.name, code, "without a signal"))
    uow.save(plan, because=event)


@dataclass(frozen=True, slots=True)
class AllocateVisit:
    """Put a colleague down for a visit on a day, by hand."""

    person_id: str
    account_id: str = ""
    on: date | None = None


@intention("allocate-visit", Permission.ALLOCATE_VISITS, AllocateVisit)
def allocate_visit(uow: UnitOfWork, form: AllocateVisit) -> Done:
    """Somebody visits an adult on a day, and has her card on that day."""
    person, account = uow.people.get(form.person_id), colleague(uow, form.account_id)
    today = to_london(uow.now).date()
    day = form.on or today
    if day < today:
        raise Invalid(FieldError("on", "That day is over."))
    if away(uow, account.id, max(uow.now, from_london(day)), end_of_day(day)):
        raise Invalid(FieldError("account_id", f"{account.name} is not available then. Choose somebody else."))
    accounts.visits(uow, person.id, account.id, day)
    uow.note_event(AuditEvent("visit-allocated", "person", person.id, f"person:{person.id}", detail=account.id))
    return Done(person.id, f"{account.name} is down for {show_date(day, today)}.")
