"""One case as the lead sees it: the next step, the course, who knows what, and what happened."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col

from sgapp.domain.agency_kinds import outcome_label
from sgapp.domain.case import Case, CaseState, harm_in_words
from sgapp.domain.chronology import chronology
from sgapp.domain.clock_book import ClockBook
from sgapp.domain.clocks import ClockKind, in_words
from sgapp.domain.course import lanes
from sgapp.domain.decision import QUESTIONS, ReviewState, SharingDecision, changes, replaced_by
from sgapp.domain.due import clocks_of
from sgapp.domain.permissions import GRANTS, Permission
from sgapp.domain.person import Person
from sgapp.domain.referral import Action, Referral, ReferralState
from sgapp.domain.time import show, show_date, show_short, to_london
from sgapp.domain.vocabulary import (
    AGENCIES,
    ARTICLE_6,
    ARTICLE_9,
    ARTICLE_10,
    CAPACITY_KNOWN,
    CAPACITY_OUTCOMES,
    CONFIDENTIALITY_BASES,
    CONSENT_STATES,
    MARAC_ROUTES,
    OTHERS_AT_HOME,
    OVERRIDE_REASONS,
    PARAGRAPH_18_LIMBS,
    RISK_LEVELS,
    RISK_TOOLS,
    SEND_METHODS,
    SHARE_WHEN,
    TOLD_ADULT,
    TRIAGE_DECISIONS,
)
from sgapp.services.cases import exhausted
from sgapp.services.duty import steps_of
from sgapp.services.guard import query
from sgapp.services.reviewing import may_not_review
from sgapp.services.views.course import GridView, PictureView, WaitingFor, grid, holder_of, picture, waiting_for
from sgapp.services.views.next_step import NextStep, next_step, said_of_cqc
from sgapp.services.views.note import Line, Option, safety
from sgapp.store import accounts
from sgapp.store.access import open_until_when
from sgapp.store.tables import CaseRow, InvestigationRow
from sgapp.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Station:
    """One of the seven stations of a case. `state` is done, now or todo."""

    label: str
    note: str
    state: str


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the timeline."""

    when: str
    who: str
    what: str
    detail: str
    quote: str
    kind: str


@dataclass(frozen=True, slots=True)
class ReferralLine:
    id: str
    reference: str
    agency: str
    state: str
    due: str
    href: str


@dataclass(frozen=True, slots=True)
class ActionLine:
    id: str
    what: str
    owner: str
    due: str
    state: str
    open: bool


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One question that was answered otherwise than in the version before."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """One version of a decision. `version` says what it replaced and by what it was replaced, if anything."""

    id: str
    heading: str
    lines: tuple[Line, ...]
    review: str
    asks_review: bool
    may_review: bool
    review_because: str
    version: str
    changes: tuple[ChangeLine, ...]
    guidance: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class AdultView:
    """What the adult is found by, as it stands in the form; empty for whoever does not work on the case."""

    name: str = ""
    born: str = ""
    address: str = ""
    lives: str = ""


@dataclass(frozen=True, slots=True)
class CaseView:
    id: str
    reference: str
    person: str
    types: str
    state: str
    risk: str
    restricted: bool
    codes: tuple[Option, ...]
    next_step: NextStep
    stations: tuple[Station, ...]
    picture: PictureView
    knows: GridView
    waiting: tuple[WaitingFor, ...]
    must_not_know: str
    moments: tuple[Moment, ...]
    decisions: tuple[DecisionLine, ...]
    referrals: tuple[ReferralLine, ...]
    actions: tuple[ActionLine, ...]
    notes: tuple[Option, ...]
    capacity: tuple[Line, ...]
    triage: str
    may_work: bool
    may_emergency: bool
    is_open: bool
    watching: bool
    may_sign_off: bool
    cqc: str
    cqc_owed: bool
    listed: tuple[Option, ...] = ()
    let_in: tuple[Option, ...] = ()
    staff: tuple[Option, ...] = ()
    may_list: bool = False
    may_open_matter: bool = False
    matters: tuple[Option, ...] = ()
    only_until: str = ""
    masked: bool = False
    plan: bool = False
    checklists: tuple[Line, ...] = ()
    marac_waits: bool = False
    adult: AdultView = AdultView()
    type_codes: tuple[str, ...] = ()
    harm_owed: bool = False


@dataclass(frozen=True, slots=True)
class CaseRowView:
    id: str
    reference: str
    person: str
    types: str
    state: str
    opened: str


@query(Permission.READ_CASE)
def cases(uow: UnitOfWork) -> tuple[CaseRowView, ...]:
    """The cases this actor may see, newest first."""
    return rows(uow)


def rows(uow: UnitOfWork) -> tuple[CaseRowView, ...]:
    """A line for each case that the actor may see, the newest first."""
    found = uow.cases.where(order_by=[col(CaseRow.opened_at).desc()], limit=200)
    people = uow.people.those({c.person_id for c in found})
    return tuple(CaseRowView(c.id, c.reference, f"{people[c.person_id].short} · {people[c.person_id].reference}"
                             if c.person_id in people else "", harm_in_words(c.types), _stands(c), show(c.opened_at))
                 for c in found)


def _stands(case: Case) -> str:
    """How a case stands, in a word or two: what was decided last, while it is open."""
    if case.state is CaseState.CLOSED:
        return "closed"
    return TRIAGE_DECISIONS.label(case.decision.code).lower() if case.decision else "not decided yet"


@query(Permission.READ_CASE)
def case_view(uow: UnitOfWork, case_id: str) -> CaseView:
    """The whole case. Reading it is recorded."""
    case = uow.cases.get(case_id)
    uow.was_read(case, action="case-read")
    return whole(uow, case)


def whole(uow: UnitOfWork, case: Case, *, words: bool = True) -> CaseView:
    """A case that was given, with all that the actor may see of it. Without `words` the course holds nobody's own."""
    person = uow.people.get(case.person_id)
    notes = list(uow.notes.those(case.note_ids).values())
    decisions, referrals, actions = uow.decisions(case), uow.referrals(case), uow.actions(case)
    steps = steps_of(uow, (case.id, *(n.id for n in notes)))
    return CaseView(
        id=case.id, reference=case.reference, person=f"{person.short} · {person.reference}", types=harm_in_words(case.types),
        state=str(case.state), risk=RISK_LEVELS.label(case.risk_level) if case.risk_level else "",
        restricted=case.restricted, codes=tuple(dict.fromkeys(o for n in notes for o in safety(n))),
        next_step=next_step(uow, case, decisions, referrals, actions),
        stations=_stations(case, referrals, uow.now),
        picture=picture(lanes(case, notes, decisions, referrals, actions, uow.now), uow.now),
        knows=grid(referrals, uow.now), waiting=waiting_for(uow, case, notes, decisions, referrals, actions),
        must_not_know="; ".join(dict.fromkeys(d.answers.must_not_know for d in decisions)),
        moments=tuple(Moment(show(e.at), e.who, e.what, e.detail if words or e.bare is None else e.bare,
                             e.quote if words else "", e.kind)
                      for e in reversed(chronology(case, notes, decisions, referrals, actions, steps, uow.plans(case),
                                                   uow.contacts(case)))),
        decisions=_decisions(decisions, uow),
        referrals=tuple(_referral(r, uow.now, uow.book) for r in sorted(referrals, key=lambda r: r.prepared_at)),
        actions=tuple(_action(a, uow.now, uow.book) for a in sorted(actions, key=lambda a: a.due_on)),
        notes=tuple(Option(f"/note?id={n.id}", n.reference) for n in notes),
        capacity=tuple(Line(c.decision, f"{CAPACITY_OUTCOMES.label(c.outcome)}, {show(c.at)}") for c in case.capacity),
        triage=_triage(case), may_work=uow.actor.may(Permission.WORK_CASE),
        may_emergency=uow.actor.may(Permission.SEND_EMERGENCY), is_open=case.state is not CaseState.CLOSED,
        watching=case.next_review_on is not None, may_sign_off=_may_sign_off(uow, referrals), cqc=said_of_cqc(case, uow),
        cqc_owed=case.cqc_owed_since is not None, plan=any(p.counts for p in uow.plans(case)),
        checklists=_checklists(case), marac_waits=case.marac_from is not None, adult=_adult(uow, person),
        type_codes=case.types, harm_owed=case.harm_owed,
        **_who(uow, case))


def _adult(uow: UnitOfWork, person: Person) -> AdultView:
    if not uow.actor.may(Permission.WORK_CASE):
        return AdultView()
    return AdultView(person.name, person.born.isoformat() if person.born else "", person.address, person.lives)


def _who(uow: UnitOfWork, case: Case) -> dict[str, Any]:
    """Who is on the list of a restricted case, who could be, and the matters beside it, as far as the actor may know."""
    may, until = uow.actor.may, open_until_when(uow, case.id)
    colleagues = [a for a in accounts.everyone(uow) if not a.disabled and a.branch in (None, case.branch)]
    found: dict[str, Any] = {"only_until": show(until) if until else "", "may_list": may(Permission.SET_ACCESS),
                             "may_open_matter": may(Permission.OPEN_INVESTIGATION) and case.closing is None}
    if may(Permission.WORK_CASE):
        found["staff"] = tuple(Option(a.id, a.name) for a in colleagues)
    if case.restricted and may(Permission.READ_CASE):
        found["listed"] = tuple(Option(a.id, a.name) for a in colleagues if a.id in case.listed)
        found["let_in"] = tuple(Option(a.id, a.name) for a in colleagues if Permission.READ_CASE in GRANTS[a.role]
                                and a.id not in (*case.listed, *case.barred))
    if may(Permission.WORK_INVESTIGATION):
        beside = uow.investigations.where(InvestigationRow.concerns_case == case.id)
        found["matters"] = tuple(Option(f"/matter?id={m.id}", m.reference) for m in beside)
    return found


def _checklists(case: Case) -> tuple[Line, ...]:
    return tuple(Line(f"{RISK_TOOLS.label(c.tool)}, {show(c.at)}", "; ".join(filter(None, (
        f"score {c.score}" if c.score is not None else "", f"judgement {c.judgement}",
        " and ".join(MARAC_ROUTES.label(r) for r in c.routes))))) for c in case.checklists)


def _may_sign_off(uow: UnitOfWork, referrals: tuple[Referral, ...]) -> bool:
    """Whether the manager's signature could stand in for an answer that never came."""
    awaited = [r for r in referrals if r.awaited]
    return uow.actor.may(Permission.SIGN_OFF) and bool(awaited) and all(exhausted(uow, r) for r in awaited)


def _triage(case: Case) -> str:
    return f"{TRIAGE_DECISIONS.label(case.decision.code)}: {case.decision.reason}" if case.decision else ""


def _stations(case: Case, referrals: tuple[Referral, ...], now: datetime) -> tuple[Station, ...]:
    sent = min((r.sending.at for r in referrals if r.sending), default=None)
    received = min((r.receipt.at for r in referrals if r.receipt), default=None)
    answered = min((r.outcomes[0].at for r in referrals if r.outcomes), default=None)
    decided = case.decision.at if case.decision else None
    closed = case.closing.at if case.closing else None
    courses: list[tuple[str, datetime | None]] = [
        ("Noted", case.first_noted_at), ("Seen", case.first_seen_at), ("Decided", decided)]
    if case.shares_nothing and not referrals:
        courses.append(("Looked again", case.reviews[-1].at if case.reviews else None))
    else:
        courses += [("Sent", sent), ("Received", received), ("Outcome", answered)]
    courses.append(("Closed", closed))
    pending = next((label for label, at in courses if at is None), "")
    return tuple(Station(label, show_short(at, now) if at else ("waiting" if label == pending else ""),
                         "done" if at else "now" if label == pending else "todo") for label, at in courses)


def _decisions(decisions: tuple[SharingDecision, ...], uow: UnitOfWork) -> tuple[DecisionLine, ...]:
    """Each version, the newest first, with the one whose place it took and the one that took its own."""
    before = {d.id: replaced_by(d, decisions) for d in decisions}
    after = {earlier.id: d for d in decisions if (earlier := before[d.id]) is not None}
    return tuple(_decision(d, before[d.id], after.get(d.id), uow) for d in sorted(decisions, key=lambda d: -d.version))


def _decision(decision: SharingDecision, before: SharingDecision | None, after: SharingDecision | None,
              uow: UnitOfWork) -> DecisionLine:
    a = decision.answers
    heading = f"Share with {AGENCIES.label_or_code(a.agency)}" if decision.shares else "Do not share"
    limb = PARAGRAPH_18_LIMBS.label_or_code(a.paragraph_18_limb)
    overrides = "; ".join(OVERRIDE_REASONS.label_or_code(code) for code in a.override_reasons)
    by = show_date(a.share_by, to_london(uow.now).date()) if a.share_by else ""
    pairs = [("Why", a.why), ("Child or other adult at risk in the household", OTHERS_AT_HOME.label_or_code(a.others_at_home)),
             ("What", "; ".join(a.what)), ("Left out", "; ".join(a.left_out)),
             ("Who", a.recipient), ("How", SEND_METHODS.label_or_code(a.method)), ("Must not know", a.must_not_know),
             ("When", " ".join(filter(None, (SHARE_WHEN.label_or_code(a.when), by)))),
             ("Necessary", a.necessary), ("Proportionate", a.proportionate),
             ("Lawful basis, Article 6", ARTICLE_6.label_or_code(a.article_6)),
             ("Condition, Article 9", ARTICLE_9.label_or_code(a.article_9)),
             ("Limb of paragraph 18", ": ".join(filter(None, (limb, a.limb_reason)))),
             ("Suspected offence, Article 10", ARTICLE_10.label_or_code(a.article_10)),
             ("What lifts the duty of confidence", CONFIDENTIALITY_BASES.label_or_code(a.confidentiality)),
             ("Consent", CONSENT_STATES.label_or_code(a.consent)),
             ("Shared without full consent because", ": ".join(filter(None, (overrides, a.override_because)))),
             ("Capacity for this decision", CAPACITY_KNOWN.label_or_code(a.capacity)),
             ("Told the adult", TOLD_ADULT.label_or_code(a.told)), ("Not told because", a.told_why)]
    asked = decision.review is ReviewState.ASKED
    review = _awaited(decision, uow) if asked else {
        ReviewState.AGREED: f"Agreed by {decision.reviewed_by}",
        ReviewState.MOVED_ON: "Replaced before a second person had looked",
        ReviewState.RETURNED: f"Sent back by {decision.reviewed_by}: {decision.review_comment}"}.get(decision.review, "")
    may = asked and uow.actor.may(Permission.REVIEW_SHARING) and uow.actor.account_id not in may_not_review(uow, decision)
    return DecisionLine(decision.id, f"{heading} · {show(decision.decided_at)} · {decision.decided_by}",
                        tuple(Line(label, text) for label, text in pairs if text), review,
                        asked, may,
                        " and ".join(decision.review_because), _version(before, after),
                        tuple(ChangeLine(c.label, c.before, c.after) for c in changes(before, decision)) if before else (),
                        tuple(Line(_LABELS.get(g.beside, ""), f"{g.text} ({g.source}; wording {g.version})")
                              for g in decision.guidance))


def _awaited(decision: SharingDecision, uow: UnitOfWork) -> str:
    """By when the second review is due and who is asked for it, or that nobody is left who may be."""
    holder = holder_of(uow, "decision", decision.id, ClockKind.SECOND_REVIEW)
    due = in_words(clocks_of(decision, uow.book)[0].due_at, uow.now).lower()
    return f"Second review {due} · {f'{holder} is asked' if holder else 'nobody is left here who may look at it'}"


_LABELS = {question.name: question.label for question in QUESTIONS}


def _version(before: SharingDecision | None, after: SharingDecision | None) -> str:
    parts = [f"Replaces the one of {show(before.decided_at)}" if before else "",
             f"Replaced on {show(after.decided_at)}" if after else ""]
    return " · ".join(part for part in parts if part)


def _referral(referral: Referral, now: datetime, book: ClockBook) -> ReferralLine:
    clocks = clocks_of(referral, book)
    state = {ReferralState.PREPARED: "prepared, not sent", ReferralState.SENT: "sent, no receipt yet",
             ReferralState.RECEIVED: "received, decision awaited", ReferralState.WITHDRAWN: "withdrawn",
             ReferralState.CONCLUDED: "concluded",
             ReferralState.UNANSWERED: "never answered, signed off"}.get(referral.state, "")
    if referral.outcomes:
        state = outcome_label(referral.outcomes[-1].code)
    return ReferralLine(referral.id, referral.reference, AGENCIES.label(referral.agency), state,
                        in_words(clocks[0].due_at, now) if clocks else "", f"/referral?id={referral.id}")


def _action(action: Action, now: datetime, book: ClockBook) -> ActionLine:
    clocks = clocks_of(action, book)
    return ActionLine(action.id, action.what, action.owner, in_words(clocks[0].due_at, now) if clocks else "",
                      str(action.state).replace("_", " "), action.open)
