"""Composing a letter: facts picked one by one, looked at as they will leave, and frozen when approved. DOMAIN §3."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from sgapp.domain.agency_kinds import checked_details, details_in_words, kind_of
from sgapp.domain.audit import AuditEvent
from sgapp.domain.case import Case
from sgapp.domain.decision import ReviewState, SharingDecision
from sgapp.domain.disclosure import Names, Offer, chosen, left_out, names_of_others, offers, too_much
from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.letter import Letter, as_text, at_most, compose, sha256
from sgapp.domain.own_words import Typed, needs_reason, slipped_in, speaks_of
from sgapp.domain.permissions import Permission
from sgapp.domain.referral import Fact, Frozen, Referral
from sgapp.domain.time import to_london
from sgapp.domain.vocabulary import AGENCIES, SEND_METHODS
from sgapp.integrations.pdf import letter_pdf
from sgapp.services.cases import written
from sgapp.services.checklists import referred
from sgapp.services.guard import Done, intention, query
from sgapp.services.investigations import picked_accounts
from sgapp.store import accounts, files
from sgapp.store.search import names_of_people, open_names
from sgapp.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class PrepareReferral:
    """What is to be sent. `facts` are the picked facts as `source=reason`: the source as offered on the page, and why.

    `details` are the agency's own fields as `name=value`; those of other agencies are dropped. `kept_because`: why a name, or
    something left out, stands in the writer's own words.
    """

    case_id: str
    agency: str = ""
    recipient: str = ""
    method: str = ""
    purpose: str = ""
    asked_for: str = ""
    facts: tuple[str, ...] = ()
    by_when: date | None = None
    details: tuple[str, ...] = ()
    kept_because: str = ""


F = TypeVar("F")


def names_first(look: UnitOfWork, form: F) -> F:
    """Open, while nobody waits, the names that must not stand where they do not belong."""
    open_names(look)
    return form


@intention("prepare-referral", Permission.REFER, PrepareReferral, prepare=names_first)
def prepare_referral(uow: UnitOfWork, form: PrepareReferral) -> Done:
    """Put the picked facts, and nothing else, into a letter to one agency, and freeze it as it was read and approved."""
    case = uow.cases.get(form.case_id)
    case.must_be_live()
    check_address(form.agency, form.recipient, form.method)
    written(form, purpose="Write what this enables the agency to do.", asked_for="Write what you ask of them.")
    at_most("purpose", form.purpose)
    at_most("asked_for", form.asked_for)
    if form.by_when is not None and form.by_when < to_london(uow.now).date():
        raise Invalid(FieldError("by_when", "This day has passed."))
    decision, details = decision_for(uow, case, form.agency), _details(form)
    offered = offered_on(uow, case)
    facts = chosen(offered.facts, filter(None, form.facts))
    slipped = slipped_in(_own_words(form), offered.facts, facts, offered.names)
    needs_reason(slipped, form.kept_because)
    referral = replace(new_referral(uow, case, form.agency, form.recipient, form.method, form.purpose, form.asked_for, facts),
                       decision_id=decision.id, by_when=form.by_when, details=details,
                       left_out=left_out(offered.facts, facts), slipped_in=slipped,
                       kept_because=form.kept_because.strip() if slipped else "")
    frozen = letter_of(uow, referral)
    text, pdf = as_text(frozen), letter_pdf(frozen)
    referral = replace(referral, frozen=Frozen(uow.now, uow.actor.name, text, sha256(text), sha256(pdf)))
    event = AuditEvent("referral-prepared", "referral", referral.id, detail=form.agency)
    uow.save(referral, *referred(case, form.agency), because=event)
    files.keep(uow, referral, pdf)
    return Done(referral.id, "The letter is as it will leave. Now send it.", f"/referral?id={referral.id}")


def _details(form: PrepareReferral) -> tuple[tuple[str, str], ...]:
    """The agency's own fields, checked. Raises Invalid under the names that they have on the form."""
    try:
        return checked_details(form.agency, _as_pairs(form.details))
    except Invalid as error:
        raise Invalid(*(FieldError(f"details:{e.field}", e.message) for e in error.errors)) from None


def _as_pairs(entries: Iterable[str]) -> dict[str, str]:
    """`name=value` entries of a form as a mapping."""
    return {name: value for name, _, value in (entry.partition("=") for entry in entries)}


def decision_for(uow: UnitOfWork, case: Case, agency: str) -> SharingDecision:
    """The newest decision to share with this agency. Raises Invalid if there is none that stands."""
    sharing = [d for d in uow.decisions(case) if d.shares and d.answers.agency == agency]
    if not sharing:
        raise Invalid(FieldError("agency", "There is no decision to share with this agency yet. Record it first, or "
                                           "use “send as an emergency”."))
    if sharing[-1].review is ReviewState.RETURNED:
        raise Invalid(FieldError("agency", "The second reviewer sent this decision back. Record it again first."))
    return sharing[-1]


@dataclass(frozen=True, slots=True)
class Offered:
    """What could be told of a case, and the names in it that are somebody else's."""

    facts: tuple[Offer, ...]
    names: Names


def offered_on(uow: UnitOfWork, case: Case) -> Offered:
    """Every fact that may be picked on a case, with what to think of before it leaves."""
    notes = uow.notes.those(case.note_ids)
    others = [account.name for account in accounts.everyone(uow)] + names_of_people(uow, but=case.person_id)
    told = [*(notes[i] for i in case.note_ids if i in notes), *picked_accounts(uow, case)]
    person, plans = uow.people.get(case.person_id), [plan.content for plan in uow.plans(case)]
    kept_from = [d.answers.must_not_know for d in uow.decisions(case)]
    return Offered(offers(person, told, case, others=others, must_not_know=kept_from, plans=plans),
                   names_of_others(person, told, others, must_not_know=kept_from, plans=plans))


def _own_words(form: "PrepareReferral | LetterDraft") -> tuple[Typed, ...]:
    """What the writer of a letter types herself, under the names that it has on the form."""
    given = _as_pairs(form.details)
    asked = kind_of(form.agency).details if form.agency in AGENCIES else ()
    return (Typed("What this lets them do", form.purpose), Typed("What you ask of them", form.asked_for),
            *(Typed(d.label, given.get(d.name, ""), d.asks_names) for d in asked if d.typed))


def letter_of(uow: UnitOfWork, referral: Referral) -> Letter:
    """The letter of a referral, made from what the referral holds now."""
    return compose(referral, provider=uow.organisation, ring=uow.ring_back,
                   details=details_in_words(referral.agency, referral.details))


@dataclass(frozen=True, slots=True)
class LetterDraft:
    """A letter as the form stands, before anything is kept. Fields as in PrepareReferral."""

    case_id: str
    agency: str = ""
    recipient: str = ""
    purpose: str = ""
    asked_for: str = ""
    facts: tuple[str, ...] = ()
    by_when: date | None = None
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drafted:
    """A letter as it would leave, what to think of once more, and what stays in it only with a reason."""

    letter: Letter
    thoughts: tuple[str, ...]
    slipped_in: tuple[str, ...]


@query(Permission.REFER, first=names_first)
def draft_letter(uow: UnitOfWork, form: LetterDraft) -> Drafted:
    """The letter as it would leave with what is chosen so far, and what to think of once more. Keeps nothing."""
    case = uow.cases.get(form.case_id)
    offered = offered_on(uow, case)
    wanted = {pick.rpartition("=")[0] for pick in form.facts}
    facts = tuple(Fact(o.source, o.text) for o in offered.facts if o.source in wanted)
    agency = form.agency if form.agency in AGENCIES else "LA_ASC"
    own, given = {detail.name for detail in kind_of(agency).details}, _as_pairs(form.details)
    referral = Referral("", case.id, f"{case.reference}-R…", agency, form.recipient.strip(), "", form.purpose, form.asked_for,
                        facts, uow.now, uow.actor.name, by_when=form.by_when,
                        details=tuple((name, value) for name, value in given.items() if name in own))
    typed = _own_words(form)
    return Drafted(letter_of(uow, referral), (*too_much(offered.facts, facts), *speaks_of(typed)),
                   slipped_in(typed, offered.facts, facts, offered.names))


@query(Permission.READ_CASE)
def approved_pdf(uow: UnitOfWork, referral_id: str) -> tuple[str, bytes]:
    """The letter's neutral file name and the PDF as it was approved. Who took it out is recorded."""
    referral, _ = uow.child(Referral, referral_id)
    uow.was_read(referral, action="letter-taken-out")
    return f"{referral.reference}.pdf", files.kept(uow, referral)


def check_address(agency: str, recipient: str, method: str) -> None:
    """Raise Invalid unless it says where a referral goes, to whom and how."""
    errors = []
    if agency not in AGENCIES:
        errors.append(FieldError("agency", "Choose who receives it."))
    if not recipient.strip():
        errors.append(FieldError("recipient", "Name the team or person."))
    if method not in SEND_METHODS:
        errors.append(FieldError("method", "Choose how it is sent."))
    if errors:
        raise Invalid(*errors)


def new_referral(uow: UnitOfWork, case: Case, agency: str, recipient: str, method: str, purpose: str, asked_for: str,
         facts: tuple[Fact, ...]) -> Referral:
    """A referral of a case, under the next reference."""
    number = uow.next_number(f"referral-{case.reference}")
    return Referral(
        id=str(uuid.uuid4()), case_id=case.id, reference=f"{case.reference}-R{number}", agency=agency,
        recipient=recipient.strip(), method=method, purpose=purpose.strip(), asked_for=asked_for.strip(), facts=facts,
        prepared_at=uow.now, prepared_by=uow.actor.name, priority=case.priority,
        restricted=case.restricted, barred=case.barred, branch=case.branch)
