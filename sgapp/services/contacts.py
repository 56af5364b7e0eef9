"""Contact with the adult: planned through the product, which obeys the plan, and recorded with what came of it.

Source: DOMAIN annex §5 (call-back, outcomes, missed contact); the guide, operational example 2.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from sgapp.domain.audit import AuditEvent
from sgapp.domain.case import Case, WelfareCheck
from sgapp.domain.clocks import ClockKind
from sgapp.domain.contact import CallAnswers, Contact, ContactState, Wanted, judge, missed_in_a_row, outcome_of, over_at
from sgapp.domain.errors import FieldError, Invalid, Unreadable
from sgapp.domain.permissions import Permission, Role
from sgapp.domain.reach import Channel, Urgency
from sgapp.domain.safety_plan import SafetyPlan
from sgapp.domain.vocabulary import CALL_BACK_OUTCOMES, CONTACT_KINDS, CONTACT_WITH, SENT_KINDS, WRITTEN_KINDS
from sgapp.services.cases import known, written
from sgapp.services.duty import add_message, begin_clocks, members, must_go_out, tell
from sgapp.services.guard import Done, intention
from sgapp.services.house import SYSTEM, House
from sgapp.services.safety_plans import current_plan, rules_for
from sgapp.store.kinds import stream_of
from sgapp.store.tables import ClockRow
from sgapp.store.unit_of_work import UnitOfWork

#: The subject of an e-mail to the adult: what any visit would have.
SUBJECT = "About your visit"


@dataclass(frozen=True, slots=True)
class PlanContact:
    """`words`: what is to be written, or said first; `anyway`: why it is right although something speaks against it."""

    case_id: str
    kind: str = ""
    whom: str = "adult"
    when: datetime | None = None
    purpose: str = ""
    words: str = ""
    anyway: str = ""


@intention("plan-contact", Permission.MAKE_CONTACT, PlanContact)
def plan_contact(uow: UnitOfWork, form: PlanContact) -> Done:
    """Plan a contact. What the plan forbids is refused with its reason; what it warns of needs a reason of its own."""
    case = uow.cases.get(form.case_id)
    case.must_be_live()
    known(CONTACT_KINDS, form.kind, "kind", "Choose how.")
    known(CONTACT_WITH, form.whom, "whom", "Choose with whom.")
    written(form, when="Choose when.", purpose="Write what it is for.",
            **({"words": "Write the words; they are looked at before they go."} if form.kind in WRITTEN_KINDS else {}))
    at = form.when or uow.now
    if at < uow.now.replace(second=0, microsecond=0):
        raise Invalid(FieldError("when", "That time is over. Choose one to come."))
    wanted = Wanted(form.kind, form.whom, at, form.words.strip())
    rules, plan = rules_for(uow, case)
    verdict = judge(rules, wanted)
    instead = f" The next good time is {verdict.instead.in_words(uow.now)}." if verdict.instead else ""
    if verdict.refused:
        field = {"at": "when"}.get(verdict.mend, verdict.mend)
        raise Invalid(FieldError(field, f"Not planned. {' '.join(verdict.refused)}{instead} What you typed is still here."))
    if verdict.warned and not form.anyway.strip():
        raise Invalid(FieldError("anyway", f"{' '.join(verdict.warned)}{instead} If it is right all the same, say why here."))
    contact = Contact(
        id=str(uuid.uuid4()), case_id=case.id, kind=form.kind, whom=form.whom, at=at, until=over_at(rules, wanted),
        purpose=form.purpose.strip(), words=form.words.strip(), planned_at=uow.now, planned_by=uow.actor.name,
        planned_by_id=uow.actor.account_id, shown=verdict.warned, anyway=form.anyway.strip() if verdict.warned else "",
        plan_version=plan.version if plan else 0, restricted=case.restricted, barred=case.barred, branch=case.branch)
    to = _address(uow, plan, form.kind) if form.whom == "adult" and form.kind in SENT_KINDS else ""
    uow.save(contact, because=AuditEvent("contact-planned", "contact", contact.id, detail=form.kind))
    if to:
        _put_in_post(uow, contact, to)
    return Done(contact.id, "Planned. It goes out at that time, once, if the plan still allows it." if to
                else "Planned. Record here how it went.", f"/contact?id={contact.id}")


_CHANNELS = {"text": Channel.TEXT, "email": Channel.EMAIL}


def _address(uow: UnitOfWork, plan: SafetyPlan | None, kind: str) -> str:
    """Where the product sends it. Raises Invalid where the plan gives no address: then nobody said that one is safe."""
    found = (plan.content.number if kind == "text" else plan.content.email) if plan else ""
    if not found:
        raise Invalid(FieldError("kind", "The plan gives no number or address to which this is safe. Write it into the plan "
                                         "first."))
    must_go_out(uow, _CHANNELS[kind], "kind")
    return found


def _put_in_post(uow: UnitOfWork, contact: Contact, to: str) -> None:
    """At most once: where it is in doubt whether it went, a person decides. Nothing of it says what it is about."""
    clock = uow.session.get_one(ClockRow, ("contact", contact.id, "contact"))
    add_message(uow, _CHANNELS[contact.kind], "", Urgency.TODAY, to=to, reference="",
                about=clock, not_before=contact.at, once=True, letter=(SUBJECT, contact.words))


def may_go_out(uow: UnitOfWork, contact_id: str) -> bool:
    """Whether the plan that counts now still allows a message that waits, at this moment. Asked by the post, just before."""
    contact = uow.regardless(Contact, contact_id)
    case = uow.regardless(Case, contact.case_id)
    rules, plan = rules_for(uow, case)
    verdict = judge(rules, Wanted(contact.kind, contact.whom, uow.now, contact.words))
    return (contact.state is ContactState.PLANNED and case.closing is None and plan is not None and not verdict.refused
            and uow.now < contact.until)


@dataclass(frozen=True, slots=True)
class RecordContact:
    """How it went, by closed questions. `outcome` only where there is nobody to ask, such as for a letter."""

    contact_id: str
    who_answered: str = ""
    alone: str = ""
    safe: str = ""
    go_on: str = ""
    heard: str = ""
    said: str = ""


@intention("record-contact", Permission.MAKE_CONTACT, RecordContact)
def record_contact(uow: UnitOfWork, form: RecordContact) -> Done:
    """Record how it went. Words for help ask somebody to check on her at once; too many missed windows do as the plan says."""
    contact, case = uow.child(Contact, form.contact_id)
    answers = CallAnswers(form.who_answered, form.alone, form.safe, form.go_on, form.heard or "nothing", form.said.strip())
    outcome = outcome_of(answers, kind=contact.kind, whom=contact.whom)
    gone = contact.gone(outcome=outcome, answers=answers, note=answers.said, at=uow.now, by=uow.actor.name)
    after = _checked_for(uow, case, gone, outcome)
    uow.save(gone, *((after,) if after != case else ()),
             because=AuditEvent("contact-recorded", "contact", contact.id, detail=outcome))
    if outcome == "CODE_HELP":
        _tell_leads(uow, gone, case)
        return Done(contact.id, "Ring 999 now, and say where she is. The lead has been told.", f"/contact?id={contact.id}")
    told = f"Recorded: {CALL_BACK_OUTCOMES.label(outcome).lower()}."
    if after != case:
        told += " Somebody has to check on her now, as the plan says."
    return Done(contact.id, told, f"/contact?id={contact.id}")


def _checked_for(uow: UnitOfWork, case: Case, contact: Contact, outcome: str) -> Case:
    """The case, with the plan's own check begun where this contact calls for it."""
    if case.closing is not None:
        return case
    if outcome == "CODE_HELP":
        return case.to_be_checked_on(WelfareCheck(uow.now, "The words for help were said.", help_asked=True))
    plan = current_plan(uow, case)
    if plan is None or plan.content.missed_after is None or not contact.missed:
        return case
    others = tuple(c for c in uow.hanging_on(Contact, case.id) if c.id != contact.id)
    since = _last_check(case)
    in_a_row = missed_in_a_row(tuple(c for c in (*others, contact) if since is None or c.at > since))
    if in_a_row < plan.content.missed_after:
        return case
    return case.to_be_checked_on(WelfareCheck(uow.now, f"{in_a_row} windows in a row were missed. {plan.content.missed_do}"))


def _last_check(case: Case) -> datetime | None:
    return max((c.done_at for c in case.welfare_checks if c.done_at is not None), default=None)


def _tell_leads(uow: UnitOfWork, contact: Contact, case: Case) -> None:
    """Everybody who leads here and may know of the case, in their quiet hours, too."""
    row = ClockRow(record_kind="contact", record_id=contact.id, kind="contact", case_id=case.id, started_at=uow.now,
                   due_at=uow.now, restricted=case.restricted, branch=case.branch)
    for member in members(uow, row):
        if member.may_know and member.role in (Role.LEAD, Role.DEPUTY, Role.MANAGER, Role.ON_CALL):
            tell(uow, member.account_id, Urgency.NOW, reference=case.reference, at=uow.now, awake=True)


@dataclass(frozen=True, slots=True)
class CancelContact:
    contact_id: str
    why: str = ""


@intention("cancel-contact", Permission.MAKE_CONTACT, CancelContact)
def cancel_contact(uow: UnitOfWork, form: CancelContact) -> Done:
    """It is not done. What waits in the post for it does not go out."""
    contact, case = uow.child(Contact, form.contact_id)
    off = contact.cancelled(why=form.why, at=uow.now, by=uow.actor.name)
    uow.save(off, because=AuditEvent("contact-cancelled", "contact", contact.id))
    return Done(contact.id, "It is off. Nothing goes out.", f"/plan?id={case.id}")


@dataclass(frozen=True, slots=True)
class RecordWelfareCheck:
    case_id: str
    found: str = ""


@intention("record-welfare-check", Permission.MAKE_CONTACT, RecordWelfareCheck)
def record_welfare_check(uow: UnitOfWork, form: RecordWelfareCheck) -> Done:
    """Somebody has checked on the adult, and this is what they found."""
    case = uow.cases.get(form.case_id).checked_on(found=form.found, at=uow.now, by=uow.actor.name)
    uow.save(case, because=AuditEvent("welfare-checked", "case", case.id))
    return Done(case.id, "What you found is on the file.", f"/plan?id={case.id}")


def lapse_missed(house: House, *, at: datetime) -> int:
    """Contacts whose time went by without a word of how it went: each is put down as missed, once, and counts as one.

    Called by the sweep. Each is a transaction of its own, so that what was interrupted is done by the next; one that cannot be
    opened holds up no other.
    """
    done, broken = 0, set[str]()
    while True:
        contact_id = ""
        try:
            with house.begin(SYSTEM, at) as uow:
                row = uow.session.exec(select(ClockRow).where(
                    ClockRow.kind == str(ClockKind.CONTACT), col(ClockRow.due_at) <= at, col(ClockRow.record_id).not_in(broken),
                ).order_by(col(ClockRow.due_at)).limit(1)).first()
                if row is None:
                    return done
                contact_id = row.record_id
                done += _lapsed(uow, contact_id)
        except Unreadable:  # nothing of it is kept
            if not contact_id:
                raise
            broken.add(contact_id)


def _lapsed(uow: UnitOfWork, contact_id: str) -> int:
    contact = uow.regardless(Contact, contact_id)
    if contact.state is not ContactState.PLANNED:
        return 0  # somebody said how it went while we waited for it
    case, missed = uow.regardless(Case, contact.case_id), contact.lapsed()
    after = _checked_for(uow, case, missed, "")
    event = AuditEvent("contact-lapsed", "contact", contact.id, stream_of(case))
    uow.save(missed, *((after,) if after != case else ()), because=event)
    begin_clocks(uow)
    return 1
