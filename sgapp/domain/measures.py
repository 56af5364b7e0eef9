"""What is counted about the work. Each measure says in words what it counts, of what, and what "not recorded" means.

Every record that a measure counts becomes one `Item`; what several come to is worked out in figures.py.
Source: DOMAIN annex §7.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sgapp.domain.case import Case
from sgapp.domain.clock_book import DEFAULT_BOOK, ClockBook
from sgapp.domain.clocks import ClockKind, elapsed_hours
from sgapp.domain.decision import SharingDecision
from sgapp.domain.figures import Item, Stands, within
from sgapp.domain.investigation import Investigation
from sgapp.domain.observation import Observation, Priority, Route
from sgapp.domain.referral import WANTS_MORE, Action, ActionState, Referral, ReferralState
from sgapp.domain.time import end_of_day, to_london

#: A case of the same adult so shortly before makes a repeat; so long may a notice to CQC take. Source: DOMAIN annex §7, §2.
REPEAT_WITHIN, CQC_HOURS = timedelta(days=365), 24
#: The first and the second look at an agency's answer, in its working days. Source: DOMAIN annex §7.
ANSWER, LATE_ANSWER = 5, 20
#: From this stage on somebody above the duty desk was asked. Source: DOMAIN annex §2, escalation.
ESCALATED_FROM = 2
LOCAL_AUTHORITY = frozenset({"LA_ASC", "EDT"})
ENQUIRIES = frozenset({"s42_2_enquiry", "other_enquiry", "enquiry_caused"})
_ASKED = frozenset({"asked_expressed", "asked_not_expressed"})


@dataclass(frozen=True, slots=True)
class Material:
    """What is counted: the records that somebody may see, and the rules by which their times are measured."""

    notes: tuple[Observation, ...] = ()
    cases: tuple[Case, ...] = ()
    decisions: tuple[SharingDecision, ...] = ()
    referrals: tuple[Referral, ...] = ()
    actions: tuple[Action, ...] = ()
    matters: tuple[Investigation, ...] = ()
    now: datetime = field(kw_only=True)
    book: ClockBook = DEFAULT_BOOK


@dataclass(frozen=True, slots=True)
class Measure:
    """`counted`, `met` and `unknown` say the denominator, the numerator and the gap in words; `reads` how not to read it.

    `edges`: of a measure of time, where its distribution is cut. `plain`: a number alone, of nothing.
    """

    code: str
    title: str
    counted: str
    met: str
    unknown: str
    items: Callable[[Material], Iterable[Item]]
    reads: str = ""
    edges: tuple[timedelta, ...] = ()
    plain: bool = False


_UP_TO_A_DAY = (timedelta(minutes=30), timedelta(hours=1), timedelta(hours=2), timedelta(hours=4), timedelta(hours=24))
_DAYS = tuple(timedelta(days=days) for days in (1, 2, 5, 10, 20))


def _timed(start: datetime, end: datetime | None, due: datetime, now: datetime) -> tuple[Stands, timedelta | None]:
    if end is not None:
        return (Stands.MET if end <= due else Stands.MISSED), end - start
    return (Stands.MISSED if now > due else Stands.OPEN), None


def _yes(holds: bool) -> Stands:
    return Stands.MET if holds else Stands.MISSED


def _of_note(note: Observation, case: Case | None, stands: Stands, took: timedelta | None = None) -> Item:
    return Item(note.id, note.reference, note.case_id or "", note.received_at, stands, note.branch,
                case.types if case else (), took=took)


def _of_case(case: Case, at: datetime, stands: Stands, took: timedelta | None = None) -> Item:
    return Item(case.id, case.reference, case.id, at, stands, case.branch, case.types, took=took)


def _of_referral(referral: Referral, case: Case | None, at: datetime, stands: Stands, took: timedelta | None = None) -> Item:
    return Item(referral.id, referral.reference, referral.case_id, at, stands, referral.branch,
                case.types if case else (), referral.agency, took)


def _cases(m: Material) -> dict[str, Case]:
    return {case.id: case for case in m.cases}


def _notes(m: Material) -> list[Observation]:
    """The notes that somebody at the office has to look at; not the accounts that witnesses were asked for."""
    return [note for note in m.notes if note.investigation_id is None and note.content.route is not Route.ACCOUNT]


def _sent(m: Material) -> list[tuple[Referral, datetime]]:
    return [(r, r.sending.at) for r in m.referrals if r.sending is not None]


def _concerns(m: Material) -> Iterable[Item]:
    return (_of_case(case, case.opened_at, Stands.MET) for case in m.cases)


def _priority_until(note: Observation, moment: datetime) -> Priority:
    """The priority that held until then: a later change does not make an earlier answer late."""
    held = [change for change in note.priority_history if change.at <= moment]
    return (held or note.priority_history[:1])[-1].priority


def _acknowledged(m: Material) -> Iterable[Item]:
    cases = _cases(m)
    for note in _notes(m):
        priority = _priority_until(note, note.acknowledged_at or m.now)
        due = m.book.clock(ClockKind.ACKNOWLEDGE, note.received_at, priority=priority).due_at
        yield _of_note(note, cases.get(note.case_id or ""), *_timed(note.received_at, note.acknowledged_at, due, m.now))


def _decided(m: Material) -> Iterable[Item]:
    for case in m.cases:
        start = case.first_seen_at or case.opened_at
        end = case.triage[0].at if case.triage else None
        due = m.book.clock(ClockKind.DECIDE, start, priority=case.priority).due_at
        yield _of_case(case, start, *_timed(start, end, due, m.now))


def _told_same_day(m: Material) -> Iterable[Item]:
    cases = _cases(m)
    for note in _notes(m):
        same = to_london(note.received_at).date() == to_london(note.content.when_seen).date()
        yield _of_note(note, cases.get(note.case_id or ""), _yes(same))


def _decided_same_day(m: Material) -> Iterable[Item]:
    for case in m.cases:
        start = case.first_seen_at or case.opened_at
        until = end_of_day(to_london(start).date())
        yield _of_case(case, start, _timed(start, case.triage[0].at if case.triage else None, until, m.now)[0])


def _referred(m: Material) -> Iterable[Item]:
    cases, decisions = _cases(m), {d.id: d for d in m.decisions}
    for referral in m.referrals:
        if referral.sending is None and referral.state is ReferralState.WITHDRAWN:
            continue
        decision = decisions.get(referral.decision_id or "")
        start = decision.decided_at if decision and not referral.emergency else referral.prepared_at
        due = m.book.clock(ClockKind.SEND, start, priority=referral.priority, agency=referral.agency).due_at
        if decision and decision.answers.share_by:
            due = end_of_day(decision.answers.share_by)
        end = referral.sending.at if referral.sending else None
        yield _of_referral(referral, cases.get(referral.case_id), start, *_timed(start, end, due, m.now))


def _received(m: Material) -> Iterable[Item]:
    cases = _cases(m)
    for referral, sent in _sent(m):
        running = m.book.clock(ClockKind.RECEIPT, sent, agency=referral.agency)
        stands, took = _timed(sent, referral.receipt.at if referral.receipt else None,
                              running.escalate_at or running.due_at, m.now)
        if referral.receipt is None and referral.outcomes:
            stands = Stands.UNKNOWN
        yield _of_referral(referral, cases.get(referral.case_id), sent, stands, took)


def answered_at(referral: Referral) -> datetime | None:
    """When the agency first said what it does; to ask for more is no answer yet."""
    return next((o.at for o in referral.outcomes if o.code != WANTS_MORE), None)


def _awaited_from(referral: Referral, sent: datetime) -> datetime:
    return referral.receipt.at if referral.receipt else sent


def _answered(m: Material) -> Iterable[Item]:
    cases = _cases(m)
    for referral, sent in _sent(m):
        start = _awaited_from(referral, sent)
        # What is asked is one length for all, as the label says; by when an agency is chased differs (ADR 0025).
        due = m.book.calendar(referral.agency).working_days_after(start, ANSWER)
        yield _of_referral(referral, cases.get(referral.case_id), sent, *_timed(start, answered_at(referral), due, m.now))


def _answered_late(m: Material) -> Iterable[Item]:
    cases = _cases(m)
    for referral, sent in _sent(m):
        start = _awaited_from(referral, sent)
        due = m.book.calendar(referral.agency).working_days_after(start, LATE_ANSWER)
        stands, _ = _timed(start, answered_at(referral), due, m.now)
        yield _of_referral(referral, cases.get(referral.case_id), sent, stands)


def _became_enquiries(m: Material) -> Iterable[Item]:
    cases = _cases(m)
    for referral, sent in _sent(m):
        if referral.agency not in LOCAL_AUTHORITY:
            continue
        running = m.book.clock(ClockKind.AGENCY_DECISION, _awaited_from(referral, sent), agency=referral.agency)
        if answered_at(referral) is not None:
            stands = _yes(any(o.code in ENQUIRIES for o in referral.outcomes))
        else:
            stands = Stands.UNKNOWN if m.now > (running.escalate_at or running.due_at) else Stands.OPEN
        yield _of_referral(referral, cases.get(referral.case_id), sent, stands)


def _stage(referral: Referral) -> int:
    return max((chase.stage for chase in referral.chases), default=0)


def _escalated(m: Material) -> Iterable[Item]:
    cases = _cases(m)
    for referral, sent in _sent(m):
        yield _of_referral(referral, cases.get(referral.case_id), sent, _yes(_stage(referral) >= ESCALATED_FROM))


def _escalated_and_answered(m: Material) -> Iterable[Item]:
    cases = _cases(m)
    for referral, sent in _sent(m):
        if _stage(referral) < ESCALATED_FROM:
            continue
        gave_up = referral.state is ReferralState.UNANSWERED
        stands = Stands.MET if answered_at(referral) else Stands.MISSED if gave_up else Stands.OPEN
        yield _of_referral(referral, cases.get(referral.case_id), sent, stands)


def _repeated(m: Material) -> Iterable[Item]:
    opened: dict[str, list[datetime]] = {}
    for case in m.cases:
        opened.setdefault(case.person_id, []).append(case.opened_at)
    for case in m.cases:
        before = any(case.opened_at - REPEAT_WITHIN <= at < case.opened_at for at in opened[case.person_id])
        yield _of_case(case, case.opened_at, _yes(before))


def _asked(m: Material) -> Iterable[Item]:
    for case in m.cases:
        if case.closing is not None:
            asked = case.closing.msp_asked
            stands = Stands.MET if asked in _ASKED else Stands.MISSED if asked == "not_asked" else Stands.UNKNOWN
            yield _of_case(case, case.closing.at, stands)


def _achieved(m: Material) -> Iterable[Item]:
    for case in m.cases:
        if case.closing is not None and case.closing.msp_asked == "asked_expressed":
            got = case.closing.msp_achieved
            stands = _yes(got in ("fully", "partially")) if got else Stands.UNKNOWN
            yield _of_case(case, case.closing.at, stands)


def _less_risk(m: Material) -> Iterable[Item]:
    for case in m.cases:
        if case.closing is not None:
            risk = case.closing.risk
            yield _of_case(case, case.closing.at, _yes(risk in ("reduced", "removed")) if risk else Stands.UNKNOWN)


def _done_on_time(m: Material) -> Iterable[Item]:
    cases = _cases(m)
    for action in m.actions:
        if action.state is ActionState.DECLINED:
            continue
        due = end_of_day(action.due_on)
        done = next((step.at for step in action.steps if step.state is ActionState.DONE), None)
        case = cases.get(action.case_id)
        stands, _ = _timed(action.recorded_at, done, due, m.now)
        yield Item(action.id, case.reference if case else "", action.case_id, due, stands, action.branch,
                   case.types if case else (), action.agency)


def _about_staff(m: Material) -> Iterable[Item]:
    concerned = {matter.concerns_case for matter in m.matters}
    return (_of_case(case, case.opened_at, _yes(case.id in concerned)) for case in m.cases)


def _dbs_considered(m: Material) -> Iterable[Item]:
    cases = _cases(m)
    for matter in m.matters:
        due = m.book.clock(ClockKind.DBS_DUTY, matter.opened_at).due_at
        stands, took = _timed(matter.opened_at, matter.dbs[0].at if matter.dbs else None, due, m.now)
        case = cases.get(matter.concerns_case)
        yield Item(matter.id, matter.reference, "", matter.opened_at, stands, matter.branch, case.types if case else (),
                   took=took)


def _cqc_told(m: Material) -> Iterable[Item]:
    cases = _cases(m)
    for referral in m.referrals:
        if referral.agency != "CQC" or (referral.sending is None and referral.state is ReferralState.WITHDRAWN):
            continue
        case = cases.get(referral.case_id)
        start = (case.first_seen_at or case.opened_at) if case else referral.prepared_at
        sent = referral.sending.at if referral.sending else None
        yield _of_referral(referral, case, start, *_timed(start, sent, elapsed_hours(start, CQC_HOURS), m.now))


_NOTHING_MISSING = "Cannot be: without it there is no record."
_BY_THE_BOOK = "Against the clock that counts now, by its priority; see Clocks."
_NEUTRAL = "Neither high nor low is good by itself."

MEASURES: tuple[Measure, ...] = (
    Measure("concerns", "Concerns", "cases opened", "cases opened", _NOTHING_MISSING, _concerns, plain=True,
            reads="A low number is not a good one: it may mean that nobody writes."),
    Measure("acknowledge", "Acknowledged in time", "notes that came in, but not the accounts that witnesses were asked for",
            "somebody at the office acknowledged it before the clock was over", "Not acknowledged yet counts as late once the "
            "clock is over.", _acknowledged, _BY_THE_BOOK, _UP_TO_A_DAY),
    Measure("told_same_day", "Told on the day", "notes that came in, but not the accounts that witnesses were asked for",
            "it came in on the day, by England's calendar, on which it was seen", _NOTHING_MISSING, _told_same_day),
    Measure("decide", "Decided in time", "cases, from when their first note was acknowledged",
            "the lead's first decision came before the clock was over",
            "Not decided yet counts as late once the clock is over.", _decided, _BY_THE_BOOK, _UP_TO_A_DAY),
    Measure("decided_same_day", "Decided on the day", "cases, from when their first note was acknowledged",
            "the lead's first decision came on that day, by England's calendar", _NOTHING_MISSING, _decided_same_day),
    Measure("refer", "Sent in time", "referrals, from the decision they rest on, else from when they were prepared; not those "
            "that were withdrawn before they went", "it was sent before the clock was over, or by the day that was chosen",
            "Not sent yet counts as late once the clock is over.", _referred, _BY_THE_BOOK, _UP_TO_A_DAY),
    Measure("receipt", "Receipt within 2 working days", "referrals that were sent",
            "somebody there confirmed receipt, by name or reference, before it would go up",
            "Their outcome is known, and who received it was never recorded.", _received,
            "By the agency's own working days.", _DAYS),
    Measure("outcome", "Answer within 5 working days", "referrals that were sent",
            "the agency said what it does within five of its working days after the receipt, or after sending without one",
            "No answer counts as late once the time is over. To ask for more is no answer.", _answered,
            "What an agency does is theirs; that we chase it is ours.", _DAYS),
    Measure("outcome_20", "Answer within 20 working days", "referrals that were sent", "the same within twenty working days",
            "No answer counts as late once the time is over.", _answered_late,
            "What an agency does is theirs; that we chase it is ours."),
    Measure("conversion", "Referrals that became an enquiry", "referrals to adult social care or the emergency duty team",
            "the answer was a section 42(2) enquiry, another enquiry, or an enquiry caused to us",
            "No answer is recorded although five working days are over.", _became_enquiries, _NEUTRAL),
    Measure("escalated", "Gone up with the agency", "referrals that were sent",
            "somebody rang at stage 2 or above", _NOTHING_MISSING, _escalated,
            "Going up is not a failure of ours; never going up may be."),
    Measure("escalation_answered", "Answered after going up", "referrals that went up to stage 2 or above",
            "the agency said what it does", "Signed off without an answer counts as not answered.", _escalated_and_answered),
    Measure("repeats", "Again within 12 months", "cases opened",
            "another case of the same adult was opened within the 365 days before", _NOTHING_MISSING, _repeated,
            f"{_NEUTRAL} Somebody who tells us again trusts us."),
    Measure("msp_asked", "Asked what they want", "cases closed", "the adult was asked, whether or not they named an outcome",
            "“Don't Know” and “Not Recorded”.", _asked),
    Measure("msp_achieved", "Got what they wanted", "cases closed in which the adult named an outcome",
            "it was achieved fully or partially", "Whether it was achieved is missing.", _achieved),
    Measure("risk", "Risk reduced or removed", "cases closed", "the risk was reduced or removed", "Where the risk stands is "
            "missing.", _less_risk, "A risk that remains may be the adult's own choice."),
    Measure("actions", "Actions on time", "agreed actions by the day they were due, but not those declined with a reason",
            "done, with what shows it, by the end of that day", "Not done yet counts as late once the day is over.",
            _done_on_time),
    Measure("staff", "Allegations about staff", "cases opened", "a matter about staff was opened for it", _NOTHING_MISSING,
            _about_staff, f"{_NEUTRAL} Only matters that you are named on are counted."),
    Measure("dbs", "DBS duty considered in time", "matters about staff",
            "the duty was first considered before the clock was over",
            "Not considered yet counts as late once the clock is over.", _dbs_considered,
            "Only matters that you are named on are counted.", _DAYS),
    Measure("cqc", "CQC told within 24 hours", "notices to CQC, but not those withdrawn before they went",
            "it was sent within 24 hours of when somebody here first acknowledged the note",
            "Not sent yet counts as late once the 24 hours are over.", _cqc_told, "", _UP_TO_A_DAY),
)
BY_CODE: Mapping[str, Measure] = {measure.code: measure for measure in MEASURES}


@dataclass(frozen=True, slots=True)
class Step:
    """How many cases got so far on their way."""

    label: str
    case_ids: tuple[str, ...]


def funnel(m: Material, first: date, last: date) -> tuple[Step, ...]:
    """How far the cases got that were opened in a period. What was decided not to be shared leaves the way at “shared”."""
    opened = {i.case_id for i in within(_concerns(m), first, last)}
    cases = [case for case in m.cases if case.id in opened]
    sent = {r.case_id for r, _ in _sent(m)}

    def step(label: str, holds: Callable[[Case], bool]) -> Step:
        return Step(label, tuple(case.id for case in cases if holds(case)))

    shared = {d.case_id for d in m.decisions if d.shares} | sent
    received = {r.case_id for r, _ in _sent(m) if r.receipt is not None or r.outcomes}
    answered = {r.case_id for r, _ in _sent(m) if answered_at(r) is not None}
    return (step("Opened", lambda _: True), step("Decided", lambda c: bool(c.triage)),
            step("To be shared", lambda c: c.id in shared), step("Sent to an agency", lambda c: c.id in sent),
            step("Received", lambda c: c.id in received), step("Answered", lambda c: c.id in answered),
            step("Closed after an answer", lambda c: c.id in answered and c.closing is not None))
