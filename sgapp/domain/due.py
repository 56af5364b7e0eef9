"""What is due on a record, read off the record itself, so that no service can forget to start or stop a clock.

Source: DESIGN "Clocks, defined"; DOMAIN annex §2.
"""

from functools import singledispatch

from sgapp.domain.case import Case, CaseState
from sgapp.domain.clocks import Clock, ClockKind, clock
from sgapp.domain.decision import ReviewState, SharingDecision
from sgapp.domain.kept import KeptState, KeptUpload
from sgapp.domain.observation import NoteState, Observation
from sgapp.domain.referral import Action, Referral, ReferralState
from sgapp.domain.time import end_of_day


@singledispatch
def clocks_of(_record: object) -> tuple[Clock, ...]:
    """The clocks that run on this record now. Records of other kinds have none."""
    return ()


@clocks_of.register
def _(note: Observation) -> tuple[Clock, ...]:
    if note.state is NoteState.DELIVERED:
        return (clock(ClockKind.ACKNOWLEDGE, note.received_at, priority=note.priority),)
    if note.state in (NoteState.ACKNOWLEDGED, NoteState.MORE_NEEDED):
        return (clock(ClockKind.DECIDE, note.acknowledged_at or note.received_at, priority=note.priority),)
    return ()


@clocks_of.register
def _(upload: KeptUpload) -> tuple[Clock, ...]:
    if upload.state is KeptState.WAITING:
        return (clock(ClockKind.ACKNOWLEDGE, upload.received_at, priority=upload.priority),)
    return ()


@clocks_of.register
def _(case: Case) -> tuple[Clock, ...]:
    found = []
    if case.decision is None:
        found.append(clock(ClockKind.DECIDE, case.first_seen_at or case.opened_at, priority=case.priority))
    if case.emergency_record_from is not None:
        found.append(clock(ClockKind.EMERGENCY_RECORD, case.emergency_record_from, priority=case.priority))
    if case.look_again is not None:
        since, on = case.look_again
        found.append(Clock(ClockKind.REVIEW, since, end_of_day(on)))
    if case.decision is not None and case.state is not CaseState.CLOSED and not found:
        # Whatever else runs on its referrals and actions, an open case has a clock of its own, so that none can fall
        # out of the queue when the last of them stops. The queue shows it only when nothing else of the case is due.
        found.append(clock(ClockKind.NEXT_STEP, case.decision.at, priority=case.priority))
    return tuple(found)


@clocks_of.register
def _(decision: SharingDecision) -> tuple[Clock, ...]:
    if decision.review is ReviewState.ASKED:
        return (clock(ClockKind.SECOND_REVIEW, decision.decided_at, priority="high"),)
    return ()


@clocks_of.register
def _(referral: Referral) -> tuple[Clock, ...]:
    if referral.state is ReferralState.PREPARED:
        return (clock(ClockKind.SEND, referral.prepared_at, priority=referral.priority),)
    if referral.sending is None:
        return ()
    if referral.state is ReferralState.SENT:
        return (clock(ClockKind.RECEIPT, referral.sending.at),
                clock(ClockKind.AGENCY_DECISION, referral.sending.at))
    if referral.state is ReferralState.RECEIVED and referral.receipt is not None:
        return (clock(ClockKind.AGENCY_DECISION, referral.receipt.at),)
    if referral.wants_more:
        return (clock(ClockKind.AGENCY_DECISION, referral.outcomes[-1].at),)
    return ()


@clocks_of.register
def _(action: Action) -> tuple[Clock, ...]:
    if not action.open:
        return ()
    return (Clock(ClockKind.ACTION, action.recorded_at, end_of_day(action.due_on)),)
