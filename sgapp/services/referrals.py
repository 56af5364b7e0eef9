"""Referrals: prepared from chosen facts, sent, chased until received, answered; and the actions agreed. DOMAIN §2."""

import uuid
from dataclasses import dataclass, replace
from datetime import date

from sgapp.domain.audit import AuditEvent
from sgapp.domain.case import Case
from sgapp.domain.decision import ReviewState
from sgapp.domain.disclosure import chosen, letter, letter_sha256, offers
from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.permissions import Permission
from sgapp.domain.referral import (
    Action,
    ActionState,
    ActionStep,
    AgencyOutcome,
    Chase,
    Fact,
    Receipt,
    Referral,
    Sending,
)
from sgapp.domain.vocabulary import ADULT_AGREEMENT, AGENCIES, LA_OUTCOMES, SEND_METHODS
from sgapp.services.cases import known, written
from sgapp.services.duty import stage_of
from sgapp.services.guard import Done, intention
from sgapp.services.sharing import lines
from sgapp.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class PrepareReferral:
    """What is to be sent. `facts` are the sources of the picked facts, as offered on the page."""

    case_id: str
    agency: str = ""
    recipient: str = ""
    method: str = ""
    purpose: str = ""
    asked_for: str = ""
    facts: tuple[str, ...] = ()


@intention("prepare-referral", Permission.REFER, PrepareReferral)
def prepare_referral(uow: UnitOfWork, form: PrepareReferral) -> Done:
    """Put the picked facts, and nothing else, into a referral to one agency."""
    case = uow.cases.get(form.case_id)
    case.must_be_live()
    _check_address(form)
    written(form, purpose="Write what this enables the agency to do.", asked_for="Write what you ask of them.")
    sharing = [d for d in uow.decisions(case) if d.shares and d.answers.agency == form.agency]
    if not sharing:
        raise Invalid(FieldError("agency", "There is no decision to share with this agency yet. Record it first, or "
                                           "use “send as an emergency”."))
    if sharing[-1].review is ReviewState.RETURNED:
        raise Invalid(FieldError("agency", "The second reviewer sent this decision back. Record it again first."))
    notes = uow.notes.those(case.note_ids)
    offered = offers(uow.people.get(case.person_id), (notes[i] for i in case.note_ids if i in notes), case)
    referral = replace(_new(uow, case, form.agency, form.recipient, form.method, form.purpose, form.asked_for,
                            chosen(offered, form.facts)), decision_id=sharing[-1].id)
    uow.save(referral, because=AuditEvent("referral-prepared", "referral", referral.id, detail=form.agency))
    return Done(referral.id, "Look at it once more as it will leave, then send it.", f"/referral?id={referral.id}")


@dataclass(frozen=True, slots=True)
class SendEmergency:
    """Danger now: up to three facts, sent first; the record of the decision is due the same day."""

    case_id: str
    agency: str = ""
    recipient: str = ""
    method: str = "telephone"
    facts: str = ""


@intention("send-emergency", Permission.SEND_EMERGENCY, SendEmergency)
def send_emergency(uow: UnitOfWork, form: SendEmergency) -> Done:
    """Record what was told to an agency at once, before any decision record. Starts that record's clock."""
    case = uow.cases.get(form.case_id)
    case.must_be_live()
    _check_address(form)
    facts = lines(form.facts)
    if not 1 <= len(facts) <= 3:
        raise Invalid(FieldError("facts", "Write one to three facts, one on each line."))
    told = tuple(Fact(f"spoken:{i}", text) for i, text in enumerate(facts))
    referral = replace(_new(uow, case, form.agency, form.recipient, form.method, "Emergency: danger now.",
                            "Immediate help.", told), emergency=True)
    sent = referral.sent(_sending(uow, referral, form.recipient))
    waiting = replace(case, emergency_record_from=case.emergency_record_from or uow.now)
    uow.save(sent, waiting, because=AuditEvent("emergency-sent", "referral", sent.id, detail=form.agency))
    return Done(sent.id, "Recorded as sent. The decision record is due today.", f"/case?id={case.id}")


@dataclass(frozen=True, slots=True)
class SendReferral:
    referral_id: str
    to: str = ""


@intention("send-referral", Permission.REFER, SendReferral)
def send_referral(uow: UnitOfWork, form: SendReferral) -> Done:
    """It has been sent, to whom and how. Its exact text is frozen by its SHA-256; the receipt clock starts."""
    referral, case = uow.child(Referral, form.referral_id)
    referral = referral.sent(_sending(uow, referral, form.to.strip() or referral.recipient))
    uow.save(referral, because=AuditEvent("referral-sent", "referral", referral.id, detail=referral.agency))
    return Done(referral.id, "Sent. The clock for the receipt runs.", f"/case?id={case.id}")


@dataclass(frozen=True, slots=True)
class WithdrawReferral:
    referral_id: str
    reason: str = ""


@intention("withdraw-referral", Permission.REFER, WithdrawReferral)
def withdraw_referral(uow: UnitOfWork, form: WithdrawReferral) -> Done:
    """A prepared referral is not sent after all."""
    referral, case = uow.child(Referral, form.referral_id)
    written(form, reason="Say why it is not sent.")
    referral = referral.withdrawn(form.reason.strip(), at=uow.now, by=uow.actor.name)
    uow.save(referral, because=AuditEvent("referral-withdrawn", "referral", referral.id))
    return Done(referral.id, "Withdrawn.", f"/case?id={case.id}")


@dataclass(frozen=True, slots=True)
class RecordReceipt:
    referral_id: str
    person: str = ""
    role: str = ""
    reference: str = ""


@intention("record-receipt", Permission.REFER, RecordReceipt)
def record_receipt(uow: UnitOfWork, form: RecordReceipt) -> Done:
    """A person at the agency confirmed receipt, by name or by their reference. Stops the receipt clock."""
    referral, case = uow.child(Referral, form.referral_id)
    receipt = Receipt(uow.now, form.person.strip(), form.role.strip(), form.reference.strip(), uow.actor.name)
    referral = referral.received(receipt)
    uow.save(referral, because=AuditEvent("receipt-recorded", "referral", referral.id))
    return Done(referral.id, "Receipt confirmed. Now the clock for their decision runs.", f"/case?id={case.id}")


@dataclass(frozen=True, slots=True)
class RecordChase:
    referral_id: str
    spoke_to: str = ""
    promised: str = ""


@intention("record-chase", Permission.REFER, RecordChase)
def record_chase(uow: UnitOfWork, form: RecordChase) -> Done:
    """Somebody rang the agency: whom they reached and what was promised. The clock goes on."""
    referral, _ = uow.child(Referral, form.referral_id)
    written(form, spoke_to="Write whom you reached, or “nobody”.")
    chase = Chase(uow.now, uow.actor.name, form.spoke_to.strip(), form.promised.strip(), stage_of(uow, referral))
    uow.save(referral.chased(chase), because=AuditEvent("referral-chased", "referral", referral.id))
    return Done(referral.id, "The call is on the file. The clock goes on.", f"/referral?id={referral.id}")


@dataclass(frozen=True, slots=True)
class RecordAgencyOutcome:
    referral_id: str
    code: str = ""
    detail: str = ""


@intention("record-agency-outcome", Permission.REFER, RecordAgencyOutcome)
def record_agency_outcome(uow: UnitOfWork, form: RecordAgencyOutcome) -> Done:
    """What the agency decided to do. A later outcome is added beside the earlier one."""
    referral, case = uow.child(Referral, form.referral_id)
    code = known(LA_OUTCOMES, form.code, "code", "Choose what they decided.")
    referral = referral.answered(AgencyOutcome(code, form.detail.strip(), uow.now, uow.actor.name))
    uow.save(referral, because=AuditEvent("outcome-recorded", "referral", referral.id, detail=code))
    return Done(referral.id, "The outcome is on the file.", f"/case?id={case.id}")


@dataclass(frozen=True, slots=True)
class AddAction:
    case_id: str
    what: str = ""
    owner: str = ""
    agency: str = ""
    due_on: date | None = None
    adult_agrees: str = ""


@intention("add-action", Permission.WORK_CASE, AddAction)
def add_action(uow: UnitOfWork, form: AddAction) -> Done:
    """Something agreed, with its owner, agency and date."""
    case = uow.cases.get(form.case_id)
    case.must_be_live()
    written(form, what="Write what is to be done.", owner="Name who does it.", due_on="Choose the day.",
            adult_agrees="Say whether the adult agrees.")
    known(ADULT_AGREEMENT, form.adult_agrees, "adult_agrees", "Say whether the adult agrees.")
    if form.agency:
        known(AGENCIES, form.agency, "agency", "Choose one of the agencies, or none for ourselves.")
    if form.due_on is None:
        raise Invalid(FieldError("due_on", "Choose the day."))
    action = Action(str(uuid.uuid4()), case.id, form.what.strip(), form.owner.strip(), form.agency, form.due_on,
                    form.adult_agrees, uow.now, uow.actor.name,
                    restricted=case.restricted, barred=case.barred, branch=case.branch)
    uow.save(action, because=AuditEvent("action-added", "action", action.id))
    return Done(action.id, "The action is on the file, with its clock.", f"/case?id={case.id}")


@dataclass(frozen=True, slots=True)
class StepAction:
    action_id: str
    state: ActionState
    note: str = ""


@intention("step-action", Permission.WORK_CASE, StepAction)
def step_action(uow: UnitOfWork, form: StepAction) -> Done:
    """An action went on, was done (with what shows it) or was declined (with the reason)."""
    action, case = uow.child(Action, form.action_id)
    action = action.stepped(ActionStep(form.state, form.note.strip(), uow.now, uow.actor.name))
    uow.save(action, because=AuditEvent("action-stepped", "action", action.id, detail=str(form.state)))
    return Done(action.id, "Recorded.", f"/case?id={case.id}")


def _check_address(form: PrepareReferral | SendEmergency) -> None:
    errors = []
    if form.agency not in AGENCIES:
        errors.append(FieldError("agency", "Choose who receives it."))
    if not form.recipient.strip():
        errors.append(FieldError("recipient", "Name the team or person."))
    if form.method not in SEND_METHODS:
        errors.append(FieldError("method", "Choose how it is sent."))
    if errors:
        raise Invalid(*errors)


def _new(uow: UnitOfWork, case: Case, agency: str, recipient: str, method: str, purpose: str, asked_for: str,
         facts: tuple[Fact, ...]) -> Referral:
    number = uow.next_number(f"referral-{case.reference}")
    return Referral(
        id=str(uuid.uuid4()), case_id=case.id, reference=f"{case.reference}-R{number}", agency=agency,
        recipient=recipient.strip(), method=method, purpose=purpose.strip(), asked_for=asked_for.strip(), facts=facts,
        prepared_at=uow.now, prepared_by=uow.actor.name, priority=case.priority,
        restricted=case.restricted, barred=case.barred, branch=case.branch)


def _sending(uow: UnitOfWork, referral: Referral, to: str) -> Sending:
    text = letter(referral, provider=uow.organisation, ring=uow.ring_back)
    return Sending(uow.now, uow.actor.name, to, referral.method, text, letter_sha256(text))
