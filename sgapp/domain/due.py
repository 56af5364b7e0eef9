"""What is due on a record, read off the record itself, so that no service can forget to start or stop a clock.

Source: DESIGN "Clocks, defined"; DOMAIN annex §2.
"""

from dataclasses import replace
from functools import singledispatch

from sgapp.domain.case import Case, CaseState
from sgapp.domain.clock_book import DEFAULT_BOOK, ClockBook
from sgapp.domain.clocks import Clock, ClockKind
from sgapp.domain.contact import Contact, ContactState
from sgapp.domain.decision import ReviewState, SharingDecision
from sgapp.domain.investigation import Investigation, InvestigationState
from sgapp.domain.kept import KeptState, KeptUpload
from sgapp.domain.observation import NoteState, Observation
from sgapp.domain.referral import Action, Referral, ReferralState
from sgapp.domain.safety_plan import SafetyPlan

#: What is waited for in an agency's enquiry, one after the other, each from the day on which it began.
_ENQUIRY = {"plan": ClockKind.PLANNING, "assessment": ClockKind.ASSESSMENT, "review": ClockKind.ENQUIRY_REVIEW}


@singledispatch
def clocks_of(_record: object, _book: ClockBook = DEFAULT_BOOK) -> tuple[Clock, ...]:
    """The clocks that run on this record now, by the provider's own rules. Records of other kinds have none."""
    return ()


@clocks_of.register
def _(note: Observation, book: ClockBook = DEFAULT_BOOK) -> tuple[Clock, ...]:
    if note.state is NoteState.DELIVERED:
        return (book.clock(ClockKind.ACKNOWLEDGE, note.received_at, priority=note.priority),)
    if note.state in (NoteState.ACKNOWLEDGED, NoteState.MORE_NEEDED) and note.investigation_id is None:
        return (book.clock(ClockKind.DECIDE, note.acknowledged_at or note.received_at, priority=note.priority),)
    return ()


@clocks_of.register
def _(upload: KeptUpload, book: ClockBook = DEFAULT_BOOK) -> tuple[Clock, ...]:
    if upload.state is KeptState.WAITING:
        return (book.clock(ClockKind.ACKNOWLEDGE, upload.received_at, priority=upload.priority),)
    return ()


@clocks_of.register
def _(case: Case, book: ClockBook = DEFAULT_BOOK) -> tuple[Clock, ...]:
    found = []
    if case.decision is None:
        found.append(book.clock(ClockKind.DECIDE, case.first_seen_at or case.opened_at, priority=case.priority))
    if case.emergency_record_from is not None:
        found.append(book.clock(ClockKind.EMERGENCY_RECORD, case.emergency_record_from, priority=case.priority))
    if case.welfare is not None and case.state is not CaseState.CLOSED:
        urgent = "emergency" if case.welfare.help_asked else "high"
        found.append(book.clock(ClockKind.WELFARE_CHECK, case.welfare.since, priority=urgent))
    if case.marac_from is not None and case.state is not CaseState.CLOSED:
        found.append(book.clock(ClockKind.MARAC_ROUTE, case.marac_from))
    if case.look_again is not None:
        since, on = case.look_again
        found.append(book.clock(ClockKind.REVIEW, since, on=on))
    if case.cqc_owed_since is not None:
        found.append(book.clock(ClockKind.NOTIFY_CQC, case.cqc_owed_since, priority=case.priority))
    if case.decision is not None and case.state is not CaseState.CLOSED and not found:
        # Whatever else runs on its referrals and actions, an open case has a clock of its own, so that none can fall
        # out of the queue when the last of them stops. The queue shows it only when nothing else of the case is due.
        found.append(book.clock(ClockKind.NEXT_STEP, case.decision.at, priority=case.priority))
    return tuple(found)


@clocks_of.register
def _(decision: SharingDecision, book: ClockBook = DEFAULT_BOOK) -> tuple[Clock, ...]:
    if decision.review is ReviewState.ASKED:
        return (book.clock(ClockKind.SECOND_REVIEW, decision.review_asked_at, priority="high"),)
    return ()


@clocks_of.register
def _(referral: Referral, book: ClockBook = DEFAULT_BOOK) -> tuple[Clock, ...]:
    found = _with_the_agency(referral, book)
    asked = next((q for q in referral.questions if q.open), None)
    if asked is not None and not referral.ended:
        found.insert(0, book.clock(ClockKind.QUESTION, asked.at, priority=referral.priority))
    return tuple(found)


def _with_the_agency(referral: Referral, book: ClockBook) -> list[Clock]:
    if referral.state is ReferralState.PREPARED:
        return [book.clock(ClockKind.SEND, referral.prepared_at, priority=referral.priority, agency=referral.agency)]
    if referral.sending is None:
        return []
    if referral.state is ReferralState.SENT:
        return [book.clock(ClockKind.RECEIPT, referral.sending.at, agency=referral.agency),
                book.clock(ClockKind.AGENCY_DECISION, referral.sending.at, agency=referral.agency)]
    if referral.state is ReferralState.RECEIVED and referral.receipt is not None:
        return [book.clock(ClockKind.AGENCY_DECISION, referral.receipt.at, agency=referral.agency)]
    if referral.wants_more:
        return [book.clock(ClockKind.AGENCY_DECISION, referral.outcomes[-1].at, agency=referral.agency)]
    if referral.enquiry_since is not None and referral.enquiry_waits_for:
        kind = _ENQUIRY[referral.enquiry_waits_for]
        return [book.clock(kind, referral.enquiry_since, agency=referral.agency)]
    return []


@clocks_of.register
def _(matter: Investigation, book: ClockBook = DEFAULT_BOOK) -> tuple[Clock, ...]:
    if matter.ended:
        return ()
    found = []
    said = matter.clearance
    if matter.state is InvestigationState.WAITING and (said is None or said.answer != "theirs"):
        asks = book.clock(ClockKind.CLEARANCE, matter.opened_at) if said is None or said.ask_again_on is None else (
            book.clock(ClockKind.MILESTONE, said.at, on=said.ask_again_on))
        found.append(replace(asks, kind=ClockKind.CLEARANCE))
    measure = min(matter.running_measures, key=lambda m: m.review_on, default=None)
    if measure is not None:
        since = max((look.at for look in matter.looks if look.measure_id == measure.id), default=measure.at)
        found.append(book.clock(ClockKind.MEASURE_REVIEW, since, on=measure.review_on))
    if matter.open_milestones:
        found.append(book.clock(ClockKind.MILESTONE, matter.open_milestones[0].at, on=matter.open_milestones[0].due_on))
    if matter.dbs_owed is not None:
        since, on = matter.dbs_owed
        owed = book.clock(ClockKind.DBS_DUTY, since) if on is None else book.clock(ClockKind.MILESTONE, since, on=on)
        found.append(replace(owed, kind=ClockKind.DBS_DUTY))
    if matter.candour_owed:
        found.append(book.clock(ClockKind.CANDOUR, matter.opened_at))
    return tuple(found) or (book.clock(ClockKind.NEXT_STEP, matter.touched_at or matter.opened_at),)


@clocks_of.register
def _(action: Action, book: ClockBook = DEFAULT_BOOK) -> tuple[Clock, ...]:
    if not action.open:
        return ()
    return (book.clock(ClockKind.ACTION, action.recorded_at, on=action.due_on),)


@clocks_of.register
def _(plan: SafetyPlan, book: ClockBook = DEFAULT_BOOK) -> tuple[Clock, ...]:
    if not plan.counts:
        return ()
    return (book.clock(ClockKind.PLAN_REVIEW, plan.written_at, on=plan.content.review_on),)


@clocks_of.register
def _(contact: Contact, book: ClockBook = DEFAULT_BOOK) -> tuple[Clock, ...]:
    if contact.state is ContactState.PLANNED:
        # Whoever is on duty is reminded at its time. When that is over it is put down as missed, by a step of the sweep.
        return (Clock(ClockKind.CONTACT, contact.planned_at, contact.until, steps=(contact.at,)),)
    if contact.state is ContactState.LAPSED:
        return (book.clock(ClockKind.CONTACT_MISSED, contact.until),)
    return ()
