"""Whose turn it is: the named person for a clock at its stage, who is told in the same transaction.

Nobody is ever named, or told, who may not know of the record. Source: DOMAIN annex §8 and §2 (escalation); the guide's
costliest failure, a hand-over that nobody follows.
"""

import json
import logging
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from pydantic import TypeAdapter
from sqlmodel import col, or_, select

from sgapp.domain.chronology import StepUp
from sgapp.domain.clocks import REMINDED, TOLD_AT_ONCE, WITH_AGENCY, ClockKind, is_reminder
from sgapp.domain.decision import SharingDecision
from sgapp.domain.errors import FieldError, Invalid, Unreadable
from sgapp.domain.permissions import GRANTS, SEES_RESERVED, Permission, Role
from sgapp.domain.reach import CHANNEL_WORDS, Channel, MessageState, Reach, Urgency
from sgapp.domain.referral import Referral
from sgapp.domain.rota import Duty, Member, Post, Rota, next_person, post_of
from sgapp.services.reviewing import may_not_review
from sgapp.store import accounts
from sgapp.store.access import kept_and_open, rota_of
from sgapp.store.engine import insert_row
from sgapp.store.kinds import Record
from sgapp.store.standing import standing
from sgapp.store.tables import AccountRow, AnyClock, CaseRow, ClockRow, DecisionRow, MessageRow, PushRow, ReachRow, StepUpRow
from sgapp.store.unit_of_work import Repository, UnitOfWork, bars_on

P, K = Permission, ClockKind
#: What somebody must be able to do to stop a clock. The nominated individual is asked all the same: she makes others act.
_NEEDS: dict[ClockKind, Permission] = {
    K.ACKNOWLEDGE: P.ACKNOWLEDGE, K.DECIDE: P.TRIAGE, K.SEND: P.REFER, K.SECOND_REVIEW: P.REVIEW_SHARING,
    K.RECEIPT: P.REFER, K.AGENCY_DECISION: P.REFER, K.REVIEW: P.WORK_CASE, K.ACTION: P.WORK_CASE,
    K.EMERGENCY_RECORD: P.DECIDE_SHARING, K.NOTIFY_CQC: P.WORK_CASE, K.NEXT_STEP: P.WORK_CASE,
    K.QUESTION: P.REFER, K.PLAN_REVIEW: P.WRITE_PLAN, K.MARAC_ROUTE: P.REFER, K.PLANNING: P.REFER, K.ASSESSMENT: P.REFER,
    K.ENQUIRY_REVIEW: P.REFER,
    **dict.fromkeys((K.CONTACT, K.CONTACT_MISSED, K.WELFARE_CHECK), P.MAKE_CONTACT), **dict.fromkeys(
        (K.CLEARANCE, K.MEASURE_REVIEW, K.MILESTONE, K.DBS_DUTY, K.CANDOUR), P.WORK_INVESTIGATION),
}
_WHO_LEAD = frozenset({Role.LEAD, Role.DEPUTY, Role.MANAGER})
#: For how long one reminder outside the product stands for the others.
ONE_REMINDER = timedelta(hours=1)
_log = logging.getLogger(__name__)
_REACH = TypeAdapter(Reach)


def members(uow: UnitOfWork, row: AnyClock, *, but: frozenset[str] = frozenset(),
            rota: Rota | None = None) -> tuple[Member, ...]:
    """Everybody who works here and is not disabled, and whether they may know of the record behind a clock and act on it.

    `but`: those who may not be asked all the same. `rota`: that of the record's branch, where it is known already.
    """
    begun = uow.begun.get(row.record_id) if row.case_id is None else None
    barred, listed = begun or kept_and_open(uow.session, row.record_id, row.case_id)
    barred |= but
    rota = rota or rota_of(uow, row.branch)
    on_call = rota.holder(Duty.ON_CALL, uow.now)
    found = []
    for account_id, role, branch in _working(uow):
        able = role is Role.NOMINATED or _NEEDS[ClockKind(row.kind)] in GRANTS[role]
        open_to = (not row.restricted or account_id in listed) and (not row.reserved or role in SEES_RESERVED)
        seen = open_to and branch in (None, row.branch) and (role is not Role.ON_CALL or account_id == on_call)
        found.append(Member(account_id, role, able and seen and account_id not in barred))
    return tuple(found)


@standing
def _working(uow: UnitOfWork) -> tuple[tuple[str, Role, str | None], ...]:
    """Whoever is not disabled, by user name: account, role and branch."""
    rows = select(AccountRow.id, AccountRow.role, AccountRow.branch).where(col(AccountRow.disabled_at).is_(None))
    return tuple((i, Role(role), branch) for i, role, branch in uow.session.exec(rows.order_by(col(AccountRow.username))))


def begin_clocks(uow: UnitOfWork) -> None:
    """Name and tell the person for each clock that this transaction has begun and that somebody must hear of at once.

    And anew where whoever was asked may not know of it any more.
    """
    for row, record, begins in uow.clocks:
        if ClockKind(row.kind) in TOLD_AT_ONCE if begins else row.holder_id and not may_know(uow, row, row.holder_id):
            hand_to(uow, row, record, at=uow.now)


def may_know(uow: UnitOfWork, row: AnyClock, account_id: str) -> bool:
    """Whether an account may be told of a clock. Of a second review, whoever may not be the reviewer is not."""
    try:
        left_out = _left_out(uow, row)
    except Unreadable:
        return False  # what it says cannot be read, so nobody can be told that they may know
    return any(m.account_id == account_id and m.may_know for m in members(uow, row, but=left_out))


def _left_out(uow: UnitOfWork, row: AnyClock) -> frozenset[str]:
    if row.kind != K.SECOND_REVIEW:
        return frozenset()
    found = uow.session.get(DecisionRow, row.record_id)
    if found is None:
        return frozenset()
    return may_not_review(uow, Repository(uow, SharingDecision).opened(found))


def hand_to(uow: UnitOfWork, row: AnyClock, record: Record, *, at: datetime) -> str:
    """Give a clock, at the stage it stands at, to its named person, and tell them. The account, or empty if nobody is left."""
    rota = rota_of(uow, row.branch)
    but = may_not_review(uow, record) if isinstance(record, SharingDecision) else frozenset[str]()
    post = Post.NOMINATED if _past_those_who_lead(uow, row) else post_of(ClockKind(row.kind), row.stage)
    uow.ask(row, next_person(post, rota, members(uow, row, but=but, rota=rota), at, uow.book.calendar()) or "")
    if row.holder_id:
        on_duty = row.holder_id in (rota.holder(Duty.ON_CALL, at), rota.holder(Duty.LEAD, at))
        _tell(uow, row, record, at=at, on_duty=on_duty)
    return row.holder_id


def _past_those_who_lead(uow: UnitOfWork, row: AnyClock) -> bool:
    """Whether a note is kept from one of those who lead, so that none of them is asked first. Source: DOMAIN annex §6."""
    return row.record_kind == "observation" and row.restricted and kept_from_who_leads(uow, bars_on(uow, row.record_id))


def kept_from_who_leads(uow: UnitOfWork, barred: Iterable[str]) -> bool:
    """Whether lead, deputy or manager is among some accounts."""
    return any((a := accounts.by_id(uow, i)) is not None and a.role in _WHO_LEAD for i in barred)


def stage_of(uow: UnitOfWork, referral: Referral) -> int:
    """How far a referral has gone up with its agency, by whichever of its clocks has gone furthest."""
    stages = select(ClockRow.stage).where(ClockRow.record_kind == "referral", ClockRow.record_id == referral.id,
                                          col(ClockRow.kind).in_([str(kind) for kind in WITH_AGENCY]))
    return max(uow.session.exec(stages).all(), default=0)


def steps_of(uow: UnitOfWork, record_ids: Iterable[str]) -> tuple[StepUp, ...]:
    """The steps up that the clocks of some records and cases have taken, oldest first."""
    ids = list(record_ids)
    theirs = or_(col(StepUpRow.record_id).in_(ids), col(StepUpRow.case_id).in_(ids))
    rows = uow.session.exec(select(StepUpRow).where(theirs).order_by(col(StepUpRow.at), col(StepUpRow.stage))).all()
    names = {i: found.name if (found := accounts.by_id(uow, i)) else "" for i in {r.holder_id for r in rows if r.holder_id}}
    return tuple(StepUp(r.at, ClockKind(r.kind), r.stage, names.get(r.holder_id, "")) for r in rows)


def _tell(uow: UnitOfWork, row: AnyClock, record: Record, *, at: datetime, on_duty: bool) -> None:
    urgency = Urgency.NOW if row.priority in ("emergency", "high") or row.kind == K.ACKNOWLEDGE else Urgency.TODAY
    again = (is_reminder(ClockKind(row.kind), row.stage) and urgency is Urgency.TODAY
             and _reminded_lately(uow, row.holder_id, at))
    tell(uow, row.holder_id, urgency, reference=_reference(uow, record), at=at, about=row, outside=not again,
         awake=on_duty or row.priority == "emergency" or _left_by_others(row))


def _left_by_others(row: AnyClock) -> bool:
    """Whether something urgent has gone up: nobody who is awake took it, and who sleeps would only be passed over."""
    return row.priority == "high" and row.stage > 0 and not is_reminder(ClockKind(row.kind), row.stage)


def _reminded_lately(uow: UnitOfWork, account_id: str, at: datetime) -> bool:
    """Whether another reminder goes, or went, out to somebody: what is due on one day rings once, and all of it stands here."""
    gone = (MessageState.WAITING, MessageState.SENDING, MessageState.SENT)
    rows = select(MessageRow.id).where(
        MessageRow.account_id == account_id, MessageRow.channel != str(Channel.PRODUCT), MessageRow.stage == 1,
        col(MessageRow.kind).in_([str(kind) for kind in REMINDED]), col(MessageRow.state).in_([str(s) for s in gone]),
        col(MessageRow.created_at) > at - ONE_REMINDER)
    return uow.session.exec(rows.limit(1)).first() is not None


def tell(uow: UnitOfWork, account_id: str, urgency: Urgency, *, reference: str, at: datetime, awake: bool,
         about: AnyClock | None = None, outside: bool = True) -> None:
    """Tell somebody, in the product and, if `outside`, by every channel they chose. `awake`: in their quiet hours, too."""
    reach = reach_of(uow, account_id)
    for channel in (Channel.PRODUCT, *(reach.channels() if outside else ())):
        to = {Channel.EMAIL: reach.email, Channel.TEXT: reach.phone}.get(channel, "")
        for target in _browsers(uow, account_id) if channel is Channel.PUSH else (to,):
            add_message(uow, channel, account_id, urgency, to=target, reference=reference, about=about,
                        not_before=reach.not_before(at, awake=awake))


def add_message(uow: UnitOfWork, channel: Channel, account_id: str, urgency: Urgency, *, to: str, reference: str,
                about: AnyClock | None = None, not_before: datetime, once: bool = False,
                letter: tuple[str, str] | None = None) -> None:
    """Store a message with the intention that causes it. In the product it is there at once; the rest is sent afterwards.

    `letter`: subject and body of a mail to an agency, in the place of our own two sentences; then `account_id` is empty.
    """
    made = str(uuid.uuid4())
    content = {"to": to, "reference": reference} | ({"subject": letter[0], "body": letter[1]} if letter else {})
    in_product = channel is Channel.PRODUCT
    insert_row(
        uow.session, MessageRow,
        id=made, channel=str(channel), account_id=account_id, urgency=str(urgency), once=once, created_at=uow.now,
        sealed=uow.sealed(json.dumps(content).encode(), place=f"message/{made}"),
        state=str(MessageState.SENT if in_product else MessageState.WAITING), next_try_at=None if in_product else not_before,
        record_kind=about.record_kind if about else "", record_id=about.record_id if about else "",
        kind=about.kind if about else "", started_at=about.started_at if about else None, stage=about.stage if about else 0,
        attempts=0, failure="", ended_at=None)


@standing
def reach_of(uow: UnitOfWork, account_id: str) -> Reach:
    """How somebody wishes to be told; until they say, in the product alone. So too where what they said does not open any more:
    what they would be told of must not fail for it.
    """
    row = uow.session.get(ReachRow, account_id, populate_existing=True)
    try:
        return _REACH.validate_json(uow.opened(row.sealed, place=f"reach/{account_id}")) if row is not None else Reach()
    except Unreadable:
        _log.error("how an account wishes to be told does not open: %s", account_id)
        return Reach()


def without_way(uow: UnitOfWork, reach: Reach) -> tuple[str, ...]:
    """The channels that somebody chose and that this installation is not set up for, as people say them."""
    return tuple(CHANNEL_WORDS[channel] for channel in reach.channels() if channel not in uow.ways_out)


def must_go_out(uow: UnitOfWork, channel: Channel, field: str) -> None:
    """Raise Invalid beside a field where this installation sends nothing by a channel: it would be promised and never leave."""
    if channel not in uow.ways_out:
        raise Invalid(FieldError(field, f"Nothing goes out by {CHANNEL_WORDS[channel]} here: it is not set up. Choose another "
                                        "way, or ask whoever looks after the machine."))


def set_reach(uow: UnitOfWork, account_id: str, reach: Reach) -> None:
    sealed = uow.sealed(_REACH.dump_json(reach), place=f"reach/{account_id}")
    uow.session.merge(ReachRow(account_id=account_id, sealed=sealed, set_at=uow.now))


@standing
def _browsers(uow: UnitOfWork, account_id: str) -> tuple[str, ...]:
    query = select(PushRow.id).where(PushRow.account_id == account_id).order_by(col(PushRow.created_at))
    return tuple(uow.session.exec(query))


def _reference(uow: UnitOfWork, record: Record) -> str:
    """What the record is called on the telephone: its own reference, else its case's."""
    own = getattr(record, "reference", "")
    if own:
        return own
    case = uow.session.get(CaseRow, getattr(record, "case_id", ""))
    return case.reference if case is not None else ""
