"""Referrals: prepared from chosen facts, sent, chased until received, answered; and the actions agreed. DOMAIN §2."""

import uuid
from dataclasses import dataclass, replace
from datetime import date

from sgapp.domain.agency_kinds import outcomes_of
from sgapp.domain.audit import AuditEvent
from sgapp.domain.case import Case, CaseState, CqcWord
from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.letter import LONGEST_SPOKEN, as_text, at_most, sha256
from sgapp.domain.own_words import Typed, needs_reason, slipped_in
from sgapp.domain.permissions import Permission
from sgapp.domain.referral import (
    Action,
    ActionState,
    ActionStep,
    AgencyOutcome,
    Chase,
    EnquiryStep,
    Fact,
    Receipt,
    Referral,
    Sending,
)
from sgapp.domain.vocabulary import ADULT_AGREEMENT, AGENCIES, ENQUIRY_STEPS, SEND_METHODS
from sgapp.services.cases import known, written
from sgapp.services.composing import check_address, decision_for, letter_of, names_first, new_referral, offered_on
from sgapp.services.duty import stage_of
from sgapp.services.guard import Done, intention
from sgapp.services.partner import desk_for_link, end_links, link_made, open_link
from sgapp.services.sharing import lines
from sgapp.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class SendEmergency:
    """Danger now: up to three facts, sent first; the record of the decision is due the same day.

    `kept_because`: why a line names somebody else.
    """

    case_id: str
    agency: str = ""
    recipient: str = ""
    method: str = "telephone"
    facts: str = ""
    kept_because: str = ""


@intention("send-emergency", Permission.SEND_EMERGENCY, SendEmergency, prepare=names_first)
def send_emergency(uow: UnitOfWork, form: SendEmergency) -> Done:
    """Record what was told to an agency at once, before any decision record. Starts that record's clock."""
    case = uow.cases.get(form.case_id)
    case.must_be_live()
    check_address(form.agency, form.recipient, form.method)
    if form.method == "link":
        raise Invalid(FieldError("method", "A link opens only with a code that is read out on the telephone. Ring them and "
                                           "tell them; give them the link afterwards, on the page of the referral."))
    facts = lines(form.facts)
    if not 1 <= len(facts) <= 3:
        raise Invalid(FieldError("facts", "Write one to three facts, one on each line."))
    for line in facts:
        at_most("facts", line, LONGEST_SPOKEN)
    # Nothing is chosen here, so nothing is left out but what is seldom needed: of the rest only names are asked about.
    offered = offered_on(uow, case)
    slipped = slipped_in((Typed("What was told", form.facts),), [o for o in offered.facts if o.seldom], (), offered.names)
    needs_reason(slipped, form.kept_because)
    told = tuple(Fact(f"spoken:{i}", text) for i, text in enumerate(facts))
    referral = replace(new_referral(uow, case, form.agency, form.recipient, form.method, "Emergency: danger now.",
                            "Immediate help.", told), emergency=True, slipped_in=slipped,
                       kept_because=form.kept_because.strip() if slipped else "")
    sent = referral.sent(_sending(uow, referral, form.recipient))
    waiting = _cqc_told(uow, sent, replace(case, emergency_record_from=case.emergency_record_from or uow.now))
    uow.save(sent, waiting, because=AuditEvent("emergency-sent", "referral", sent.id, detail=form.agency))
    return Done(sent.id, "Recorded as sent. The decision record is due today.", f"/case?id={case.id}")


@dataclass(frozen=True, slots=True)
class SendReferral:
    """How it left. `method` empty: as it was decided. `desk_id`: for a link, the team of the directory.

    `person` and `role`: who took it on the telephone. `their_reference`: what a portal or that person gave.
    """

    referral_id: str
    to: str = ""
    method: str = ""
    desk_id: str = ""
    person: str = ""
    role: str = ""
    their_reference: str = ""


@intention("send-referral", Permission.REFER, SendReferral)
def send_referral(uow: UnitOfWork, form: SendReferral) -> Done:
    """It has been sent, to whom and how: the receipt clock starts. Taken down on the telephone, it has been received, too."""
    referral, case = uow.child(Referral, form.referral_id)
    decision_for(uow, case, referral.agency)
    method = known(SEND_METHODS, form.method or referral.method, "method", "Choose how it is sent.")
    desk = desk_for_link(uow, referral, form.desk_id) if method == "link" else None
    to = f"{desk.name}, {desk.email}" if desk else form.to.strip() or referral.recipient
    if method == "telephone" and not form.person.strip():
        raise Invalid(FieldError("person", "Name who took it down."))
    if method == "portal" and not form.their_reference.strip():
        raise Invalid(FieldError("their_reference", "Write the reference that their form gave. Without one it may not have "
                                                    "arrived."))
    referral = referral.sent(_sending(uow, referral, to, method=method, their_reference=form.their_reference.strip()))
    if method == "telephone":
        referral = referral.received(Receipt(uow.now, form.person.strip(), form.role.strip(), form.their_reference.strip(),
                                             uow.actor.name))
    if desk is not None:
        referral = referral.linked(link_made(uow, desk))
    told = _cqc_told(uow, referral, case)
    event = AuditEvent("referral-sent", "referral", referral.id, detail=f"{referral.agency}:{method}")
    uow.save(referral, *([told] if told != case else []), because=event)
    if desk is not None:
        open_link(uow, referral, desk)
        return Done(referral.id, "The mail with the link is on its way. Ring them with a code.", f"/referral?id={referral.id}")
    taken = "They have it. Now the clock for their decision runs."
    return Done(referral.id, taken if method == "telephone" else "Sent. The clock for the receipt runs.", f"/case?id={case.id}")


@dataclass(frozen=True, slots=True)
class WithdrawReferral:
    referral_id: str
    reason: str = ""


@intention("withdraw-referral", Permission.REFER, WithdrawReferral)
def withdraw_referral(uow: UnitOfWork, form: WithdrawReferral) -> Done:
    """A prepared referral is not sent after all."""
    referral, case = uow.child(Referral, form.referral_id)
    written(form, reason="Say why it is not sent.")
    end_links(uow, referral.id)
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
    code = known(outcomes_of(referral.agency), form.code, "code", "Choose what they decided.")
    referral = referral.answered(AgencyOutcome(code, form.detail.strip(), uow.now, uow.actor.name))
    uow.save(referral, because=AuditEvent("outcome-recorded", "referral", referral.id, detail=code))
    return Done(referral.id, "The outcome is on the file.", f"/case?id={case.id}")


@dataclass(frozen=True, slots=True)
class RecordEnquiryStep:
    referral_id: str
    code: str = ""
    detail: str = ""


@intention("record-enquiry-step", Permission.REFER, RecordEnquiryStep)
def record_enquiry_step(uow: UnitOfWork, form: RecordEnquiryStep) -> Done:
    """What came of an enquiry of theirs: plan, assessment or review; or that this area does it otherwise."""
    referral, case = uow.child(Referral, form.referral_id)
    code = known(ENQUIRY_STEPS, form.code, "code", "Choose what it is.")
    referral = referral.enquiry_went_on(EnquiryStep(code, form.detail.strip(), uow.now, uow.actor.name))
    uow.save(referral, because=AuditEvent("enquiry-went-on", "referral", referral.id, detail=code))
    return Done(referral.id, "It is on the file.", f"/case?id={case.id}")


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


def _cqc_told(uow: UnitOfWork, referral: Referral, case: Case) -> Case:
    """The case with CQC told, if that is to whom the referral went."""
    if referral.agency != "CQC" or case.state is CaseState.CLOSED:
        return case
    return case.with_cqc(CqcWord("told", referral.reference, uow.now, uow.actor.name))


def _sending(uow: UnitOfWork, referral: Referral, to: str, *, method: str = "", their_reference: str = "") -> Sending:
    """What left: the letter as it was approved; of an emergency, the words as they were spoken."""
    method = method or referral.method
    if referral.frozen is not None:
        return Sending(uow.now, uow.actor.name, to, method, referral.frozen.letter, referral.frozen.letter_sha256,
                       referral.frozen.pdf_sha256, their_reference)
    text = as_text(letter_of(uow, referral))
    return Sending(uow.now, uow.actor.name, to, method, text, sha256(text), their_reference=their_reference)
