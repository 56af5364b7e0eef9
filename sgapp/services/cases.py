"""Work on a case: triage decision, risk, advice, capacity, protection, looking again, closing. Source: DOMAIN §2, §3."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sgapp.domain.audit import AuditEvent
from sgapp.domain.case import (
    CapacityAssessment,
    Case,
    Closing,
    Consultation,
    CqcWord,
    ProtectionStep,
    Review,
    RiskEntry,
    TriageDecision,
    TypesEntry,
    harm_in_words,
)
from sgapp.domain.clocks import AGENCY_STAGES
from sgapp.domain.contact import Contact, ContactState
from sgapp.domain.decision import ReviewState
from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.observation import NoteState
from sgapp.domain.permissions import Permission
from sgapp.domain.referral import Referral, ReferralState
from sgapp.domain.time import to_london
from sgapp.domain.vocabulary import (
    ABILITIES,
    ANSWERS,
    CAPACITY_OUTCOMES,
    MSP_ACHIEVED,
    MSP_ASKED,
    MSP_EXPRESSED,
    RISK_LEVELS,
    RISK_OUTCOMES,
    TRIAGE_DECISIONS,
    CodeList,
)
from sgapp.services.duty import stage_of
from sgapp.services.guard import Done, intention
from sgapp.services.strictness import second_looks
from sgapp.services.triage import known_types
from sgapp.store.unit_of_work import UnitOfWork


def known(codes: CodeList, value: str, field: str, message: str) -> str:
    """The code if it is on the list. Raises Invalid beside the field otherwise."""
    if value not in codes:
        raise Invalid(FieldError(field, message))
    return value


def written(form: object, **messages: str) -> None:
    """Raise Invalid for every named field that is empty, all at once."""
    gaps = [FieldError(f, m) for f, m in messages.items() if not str(getattr(form, f) or "").strip()]
    if gaps:
        raise Invalid(*gaps)


@dataclass(frozen=True, slots=True)
class TriageCase:
    case_id: str
    code: str = ""
    reason: str = ""
    review_on: date | None = None


@intention("triage-case", Permission.WORK_CASE, TriageCase)
def triage_case(uow: UnitOfWork, form: TriageCase) -> Done:
    """Decide what happens with the concern, and say why. Codes that share nothing are decisions too."""
    case = uow.cases.get(form.case_id)
    code = known(TRIAGE_DECISIONS, form.code, "code", "Choose what happens now.")
    case = case.triaged(TriageDecision(code, form.reason.strip(), uow.now, uow.actor.name, form.review_on))
    uow.save(case, because=AuditEvent("case-triaged", "case", case.id, detail=code))
    return Done(case.id, f"Recorded: {TRIAGE_DECISIONS.label(code).lower()}.", f"/case?id={case.id}")


@dataclass(frozen=True, slots=True)
class ReviewCase:
    case_id: str
    found: str = ""
    next_review_on: date | None = None


@intention("review-case", Permission.WORK_CASE, ReviewCase)
def review_case(uow: UnitOfWork, form: ReviewCase) -> Done:
    """Look again at a matter that is being watched; set the next day, or none if it can be closed."""
    case = uow.cases.get(form.case_id)
    written(form, found="Write what you found.")
    if form.next_review_on is not None and form.next_review_on < to_london(uow.now).date():
        raise Invalid(FieldError("next_review_on", "The next day to look again lies in the past."))
    case = case.reviewed(Review(form.found.strip(), uow.now, uow.actor.name, form.next_review_on))
    uow.save(case, because=AuditEvent("case-reviewed", "case", case.id))
    return Done(case.id, "Recorded what you found.", f"/case?id={case.id}")


@dataclass(frozen=True, slots=True)
class SetTypes:
    case_id: str
    types: tuple[str, ...] = ()
    reason: str = ""


@intention("set-types", Permission.WORK_CASE, SetTypes)
def set_types(uow: UnitOfWork, form: SetTypes) -> Done:
    """Say anew what kind of harm it may be; what was said before stays on the file. It may call for a second look."""
    case = uow.cases.get(form.case_id)
    if not (types := known_types(form.types)):
        raise Invalid(FieldError("types", "Choose at least one. Where it is none, decide “Not safeguarding”."))
    written(form, reason="Say what it rests on.")
    case = case.with_types(TypesEntry(types, form.reason.strip(), uow.now, uow.actor.name))
    return _looked_at(uow, case, AuditEvent("types-set", "case", case.id, detail=",".join(types)),
                      f"It is on the file: {harm_in_words(types)}.")


def _looked_at(uow: UnitOfWork, case: Case, event: AuditEvent, told: str) -> Done:
    """Save a case that has changed, with the decisions on which a second person is to look since then."""
    looked_at = second_looks(uow, case)
    uow.save(case, *looked_at, because=event)
    if looked_at:
        told += " A second person is asked to look at the sharing decision today."
    return Done(case.id, told, f"/case?id={case.id}")


@dataclass(frozen=True, slots=True)
class SetRisk:
    case_id: str
    level: str = ""
    reason: str = ""


@intention("set-risk", Permission.WORK_CASE, SetRisk)
def set_risk(uow: UnitOfWork, form: SetRisk) -> Done:
    """Set the level of risk, with its reason; earlier levels stay on the file. It may call for a second look at a decision."""
    case = uow.cases.get(form.case_id)
    level = known(RISK_LEVELS, form.level, "level", "Choose a level.")
    written(form, reason="Say what the level rests on.")
    case = case.with_risk(RiskEntry(level, form.reason.strip(), uow.now, uow.actor.name))
    return _looked_at(uow, case, AuditEvent("risk-set", "case", case.id, detail=level),
                      f"The risk is set to {RISK_LEVELS.label(level).lower()}.")


@dataclass(frozen=True, slots=True)
class RecordConsultation:
    case_id: str
    who: str = ""
    role: str = ""
    advice: str = ""
    when: datetime | None = None


@intention("record-consultation", Permission.WORK_CASE, RecordConsultation)
def record_consultation(uow: UnitOfWork, form: RecordConsultation) -> Done:
    """Record advice taken: from whom, when, and what they said."""
    case = uow.cases.get(form.case_id)
    written(form, who="Write whom you asked.", advice="Write what they advised.")
    at = form.when or uow.now
    if at > uow.now:
        raise Invalid(FieldError("when", "That time has not come yet. Record the advice once you have it."))
    case = case.with_consultation(Consultation(form.who.strip(), form.role.strip(), form.advice.strip(), at, uow.actor.name))
    uow.save(case, because=AuditEvent("consultation-recorded", "case", case.id))
    return Done(case.id, "The advice is on the file.", f"/case?id={case.id}")


@dataclass(frozen=True, slots=True)
class RecordCapacity:
    case_id: str
    decision: str = ""
    reason_for_doubt: str = ""
    support_given: str = ""
    understand: str = ""
    retain: str = ""
    weigh: str = ""
    communicate: str = ""
    evidence: str = ""
    executive_capacity: str = ""
    impairment: str = ""
    causal_link: str = ""
    outcome: str = ""


@intention("record-capacity", Permission.WORK_CASE, RecordCapacity)
def record_capacity(uow: UnitOfWork, form: RecordCapacity) -> Done:
    """Record one assessment of capacity, for one decision at one time. Source: DOMAIN annex §3."""
    case = uow.cases.get(form.case_id)
    written(form, decision="Write the exact decision.", reason_for_doubt="Write what gave rise to doubt.",
            **dict.fromkeys(ABILITIES.codes(), "Answer this one."))
    for ability in ABILITIES.codes():
        known(ANSWERS, getattr(form, ability), ability, "Answer this one.")
    known(CAPACITY_OUTCOMES, form.outcome, "outcome", "Choose the outcome.")
    values = {f: getattr(form, f) for f in RecordCapacity.__dataclass_fields__ if f != "case_id"}
    entry = CapacityAssessment(id=str(uuid.uuid4()), at=uow.now, by=uow.actor.name, **values)
    uow.save(case.with_capacity(entry), because=AuditEvent("capacity-recorded", "case", case.id, detail=form.outcome))
    return Done(case.id, "The assessment is on the file.", f"/case?id={case.id}")


@dataclass(frozen=True, slots=True)
class AddProtection:
    case_id: str
    what: str = ""


@intention("add-protection", Permission.WORK_CASE, AddProtection)
def add_protection(uow: UnitOfWork, form: AddProtection) -> Done:
    """Record a step that keeps the adult safe now."""
    case = uow.cases.get(form.case_id)
    written(form, what="Write what is being done.")
    case = case.with_protection(ProtectionStep(str(uuid.uuid4()), form.what.strip(), uow.now, uow.actor.name))
    uow.save(case, because=AuditEvent("protection-added", "case", case.id))
    return Done(case.id, "The step is on the file.", f"/case?id={case.id}")


@dataclass(frozen=True, slots=True)
class DescribeAdult:
    case_id: str
    name: str = ""
    born: date | None = None
    address: str = ""
    lives: str = ""


@intention("describe-adult", Permission.WORK_CASE, DescribeAdult)
def describe_adult(uow: UnitOfWork, form: DescribeAdult) -> Done:
    """Write down who the adult of a case is, so that an agency can find them. It leaves only where it is chosen as a fact."""
    case = uow.cases.get(form.case_id)
    case.must_be_live()
    before = uow.people.get(case.person_id)
    person = before.described(form.name, form.born, form.address, form.lives, today=to_london(uow.now).date())
    told = ", ".join(what for what in ("name", "born", "address", "lives") if getattr(before, what) != getattr(person, what))
    uow.save(person, because=AuditEvent("person-changed", "person", person.id, detail=told or "nothing"))
    return Done(case.id, "It is on the file, and leaves only where you choose it.", f"/case?id={case.id}")


@dataclass(frozen=True, slots=True)
class SayCqc:
    """`owed`: “yes” or “no”."""

    case_id: str
    owed: str = ""
    reason: str = ""


@intention("say-cqc", Permission.WORK_CASE, SayCqc)
def say_cqc(uow: UnitOfWork, form: SayCqc) -> Done:
    """Say that CQC is to be told, which starts its clock, or why it is not. Sent to CQC, a referral stops the clock, too."""
    case = uow.cases.get(form.case_id)
    if form.owed not in ("yes", "no"):
        raise Invalid(FieldError("owed", "Say yes or no."))
    code = "owed" if form.owed == "yes" else "not_owed"
    case = case.with_cqc(CqcWord(code, form.reason.strip(), uow.now, uow.actor.name))
    uow.save(case, because=AuditEvent("cqc-said", "case", case.id, detail=code))
    told = "CQC is to be told today. Choose the facts for it under Referrals." if code == "owed" else "Why not is on the file."
    return Done(case.id, told, f"/case?id={case.id}")


@dataclass(frozen=True, slots=True)
class CloseCase:
    case_id: str
    reason: str = ""
    risk: str = ""
    msp_asked: str = ""
    msp_achieved: str = ""


@intention("close-case", Permission.CLOSE_CASE, CloseCase)
def close_case(uow: UnitOfWork, form: CloseCase) -> Done:
    """Close on the agencies' outcomes, or, where nothing was shared, on a look back. Never by time. What was planned with the
    adult is called off.
    """
    return _closed(uow, form, signed=False)


@intention("sign-off-case", Permission.SIGN_OFF, CloseCase)
def sign_off_case(uow: UnitOfWork, form: CloseCase) -> Done:
    """Close although an agency never answered: every stage was gone through, and the manager signs with her reason."""
    return _closed(uow, form, signed=True)


def _closed(uow: UnitOfWork, form: CloseCase, *, signed: bool) -> Done:
    case = uow.cases.get(form.case_id)
    written(form, reason="Say why it can be closed.", risk="Say where the risk stands now.",
            msp_asked="Say whether the adult was asked what they wanted.")
    known(RISK_OUTCOMES, form.risk, "risk", "Say where the risk stands now.")
    known(MSP_ASKED, form.msp_asked, "msp_asked", "Say whether the adult was asked what they wanted.")
    achieved = form.msp_achieved if form.msp_asked in MSP_EXPRESSED else ""
    if form.msp_asked in MSP_EXPRESSED:
        known(MSP_ACHIEVED, achieved, "msp_achieved", "Say whether what they wanted was achieved.")
    basis = _may_close(uow, case, signed=signed)
    closing = Closing(basis, form.reason.strip(), form.risk, form.msp_asked, achieved, uow.now, uow.actor.name)
    notes = [n.answered() if n.state is NoteState.MORE_NEEDED else n for n in uow.notes.those(case.note_ids).values()]
    referrals = uow.referrals(case)
    ended = [r.concluded(uow.now) for r in referrals if r.state is ReferralState.OUTCOME_KNOWN]
    ended += [r.unanswered(uow.now) for r in referrals if r.state in (ReferralState.SENT, ReferralState.RECEIVED)]
    off = [c.cancelled(why="The case was closed.", at=uow.now, by=uow.actor.name) for c in uow.hanging_on(Contact, case.id)
           if c.state is ContactState.PLANNED]
    event = AuditEvent("case-closed", "case", case.id, detail=basis)
    uow.save(case.closed(closing), *(n.finished() for n in notes), *ended, *off, because=event)
    return Done(case.id, f"Case {case.reference} is closed.", f"/case?id={case.id}")


def exhausted(uow: UnitOfWork, referral: Referral) -> bool:
    """Whether every stage was gone through with an agency: the last one reached, and rung at it since. DOMAIN annex §2."""
    return stage_of(uow, referral) >= AGENCY_STAGES and any(c.stage >= AGENCY_STAGES for c in referral.chases)


def _may_close(uow: UnitOfWork, case: Case, *, signed: bool) -> str:
    """Why the case may close, a code of CLOSING_BASES. Raises Invalid with what is missing."""
    gaps: list[str] = []
    referrals = [r for r in uow.referrals(case) if r.state is not ReferralState.WITHDRAWN]
    decisions = uow.decisions(case)
    if case.decision is None:
        gaps.append("the triage decision is missing")
    if case.harm_owed:
        gaps.append("nobody has said what kind of harm it was")
    awaited = [r for r in referrals if r.awaited]
    signed_off = bool(awaited) and signed and all(exhausted(uow, r) for r in awaited)
    if any(r.state is ReferralState.PREPARED for r in referrals):
        gaps.append("a referral is prepared and neither sent nor withdrawn")
    if awaited and not signed_off:
        gaps.append("an agency's outcome is still awaited")
    elif referrals and not signed_off and not any(r.settled for r in referrals):
        gaps.append("the right authority has not been asked yet")
    if case.emergency_record_from is not None:
        gaps.append("the record of the emergency decision is missing")
    if case.welfare is not None:
        gaps.append("nobody has checked on the adult, as the plan says")
    if case.marac_from is not None:
        gaps.append("it was neither referred to MARAC nor said why not")
    if case.cqc_owed_since is not None:
        gaps.append("CQC has not been told, and nobody has said why not")
    if any(d.review is ReviewState.ASKED for d in decisions):
        gaps.append("a second review is still awaited")
    if decisions and decisions[-1].review is ReviewState.RETURNED:
        gaps.append("the second reviewer sent the decision back and it has not been made again")
    if any(a.awaited for a in uow.actions(case)):
        gaps.append("an agreed action is neither done nor declined")
    if not referrals and not any(not d.shares for d in decisions):
        gaps.append("there is neither a referral nor a recorded decision not to share")
    if not referrals and case.unreviewed is not None:
        gaps.append("nobody has looked again yet")
    if gaps:
        raise Invalid(FieldError("reason", "It cannot be closed yet: " + "; ".join(gaps) + "."))
    if signed_off:
        return "escalation_exhausted"
    return "agency_outcome" if referrals else "nothing_shared_reviewed"
