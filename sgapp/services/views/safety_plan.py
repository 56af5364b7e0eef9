"""The safety plan as the desk reads it, and one contact as whoever makes it holds it in her hand."""

from dataclasses import dataclass
from datetime import datetime

from sgapp.domain.audit import AuditEvent, Outcome
from sgapp.domain.case import Case
from sgapp.domain.clocks import in_words
from sgapp.domain.contact import Contact, ContactState
from sgapp.domain.due import clocks_of
from sgapp.domain.permissions import GRANTS, Permission
from sgapp.domain.safety_plan import PlanContent, PlanState, SafetyPlan, overdue
from sgapp.domain.time import show, show_date, show_short, to_london
from sgapp.domain.vocabulary import (
    CALL_BACK_OUTCOMES,
    CONTACT_KINDS,
    CONTACT_WITH,
    PLAN_AGREEMENT,
    SAFETY_CODES,
    SENT_KINDS,
)
from sgapp.domain.windows import next_good
from sgapp.services.guard import query
from sgapp.services.safety_plans import codes_in_notes, rules_for
from sgapp.services.views.course import tone
from sgapp.services.views.note import Line, Option
from sgapp.store import accounts
from sgapp.store.kinds import stream_of
from sgapp.store.unit_of_work import UnitOfWork

#: Contacts that a page shows.
_MOST = 40


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the plan: a heading with its lines."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ContactLine:
    """One contact in the list. `tone` is overdue, soon or later while it is planned."""

    id: str
    what: str
    when: str
    detail: str
    tone: str
    open: bool


@dataclass(frozen=True, slots=True)
class VersionLine:
    label: str
    detail: str


@dataclass(frozen=True, slots=True)
class PlanView:
    """`step` is the one thing to do now, `step_kind` check, review, contact, write or nothing; `next_good` the next good time.

    `hidden` says that there are agreed words, which are shown only when somebody asks.
    """

    id: str
    case_id: str
    case_reference: str
    person: str
    person_id: str
    version: str
    agreed: str
    review: str
    review_tone: str
    sections: tuple[Section, ...]
    hidden: bool
    contacts: tuple[ContactLine, ...]
    looks: tuple[Line, ...]
    versions: tuple[VersionLine, ...]
    notes_say: tuple[Line, ...]
    staff: tuple[Option, ...]
    step: str
    step_hint: str
    step_kind: str
    step_href: str
    next_good: str
    good_at: str
    may_write: bool
    may_contact: bool
    is_open: bool
    exists: bool


@query(Permission.MAKE_CONTACT)
def plan_view(uow: UnitOfWork, case_id: str) -> PlanView:
    """The plan of a case with everything that hangs on it. Reading it is recorded."""
    case = uow.cases.get(case_id)
    uow.was_read(case, action="plan-read")
    person, plans, contacts = uow.people.get(case.person_id), uow.plans(case), uow.contacts(case)
    plan = next((p for p in plans if p.counts), None)
    rules, _ = rules_for(uow, case)
    good = next_good(rules.windows, rules.never_windows, uow.now)
    today = to_london(uow.now).date()
    step, hint, kind, href = _step(uow, case, plan, contacts)
    return PlanView(
        id=plan.id if plan else "", case_id=case.id, case_reference=case.reference,
        person=f"{person.short} · {person.reference}", person_id=person.id,
        version=f"version {plan.version}" if plan else "no plan",
        agreed=_agreed(plan.content) if plan else "",
        review=f"Look at it again on {show_date(plan.content.review_on, today)}" if plan and plan.content.review_on else "",
        review_tone="overdue" if plan and overdue(plan, uow.now) else "later",
        sections=_sections(plan.content) if plan else (),
        hidden=bool(plan and (plan.content.safe_word or plan.content.stop_phrase or plan.content.help_phrase)),
        contacts=tuple(_contact(c, uow.now) for c in reversed(contacts[-_MOST:])),
        looks=tuple(Line(f"{x.by}, {show(x.at)}", x.reason) for p in plans for x in p.looks),
        versions=tuple(_version(p) for p in reversed(plans)), notes_say=_notes_say(uow, case) if plan is None else (),
        staff=tuple(Option(a.id, a.name) for a in accounts.everyone(uow)
                    if not a.disabled and Permission.SEE_CARD in GRANTS[a.role] and a.branch in (None, case.branch)),
        step=step, step_hint=hint, step_kind=kind, step_href=href,
        next_good=good.in_words(uow.now) if good else "", good_at=_as_typed(good.starts_at) if good else "",
        may_write=uow.actor.may(Permission.WRITE_PLAN), may_contact=uow.actor.may(Permission.MAKE_CONTACT),
        is_open=case.closing is None, exists=plan is not None)


def _as_typed(moment: datetime) -> str:
    return to_london(moment).strftime("%Y-%m-%dT%H:%M")


def _step(uow: UnitOfWork, case: Case, plan: SafetyPlan | None, contacts: tuple[Contact, ...]) -> tuple[str, str, str, str]:
    """The one thing to do now, why, its kind, and where."""
    if case.closing is not None:
        return "The case is closed", "Nothing more is planned here.", "nothing", ""
    if case.welfare is not None:
        return "Check on them now", case.welfare.why, "check", ""
    waiting = next((c for c in contacts if c.state is ContactState.LAPSED), None)
    if waiting is not None:
        late = f"{CONTACT_KINDS.label(waiting.kind)}, {show(waiting.at)}: its time went by."
        return "Say how it went", late, "contact", _href(waiting)
    if plan is None:
        return "Write the plan", "Until then nothing is known of safe ways and times.", "write", "#write"
    if overdue(plan, uow.now):
        return "Look at the plan again", "Its day is over; what it says may no longer hold.", "write", "#write"
    ahead = next((c for c in contacts if c.state is ContactState.PLANNED), None)
    if ahead is not None:
        due = in_words(clocks_of(ahead, uow.book)[0].due_at, uow.now)
        what = f"{CONTACT_KINDS.label(ahead.kind)}, {show_short(ahead.at, uow.now)}"
        return what, f"{ahead.purpose} · {due}", "contact", _href(ahead)
    return "Plan the next contact", "Nothing is planned.", "plan", "#contact"


def _href(contact: Contact) -> str:
    return f"/contact?id={contact.id}"


def _agreed(content: PlanContent) -> str:
    said = PLAN_AGREEMENT.label_or_code(content.agreement)
    return f"{said}: {content.agreement_why}" if content.agreement_why else said


def _codes(codes: tuple[str, ...]) -> str:
    return "; ".join(SAFETY_CODES.label_or_code(c) for c in codes)


def _sections(c: PlanContent) -> tuple[Section, ...]:
    reach = [("Safe ways", _codes(c.channels)), ("Trusted contact", c.trusted), ("Number", c.number), ("E-mail", c.email),
             ("Never", _codes(c.nevers)), ("Devices", _codes(c.devices)),
             ("Good times", "; ".join(w.in_words() for w in c.windows)),
             ("Times to leave out", "; ".join(w.in_words() for w in c.never_windows))]
    who = [("How we say who we are", _codes((c.identity,) if c.identity else ())), ("Reason for calling", c.pretext),
           ("Who confirms it", c.confirmable_by), ("Named worker", c.named_worker)]
    visits = [("Visits", c.pairing), ("What stands on the rota", c.cover_reason),
              ("If missed", f"After {c.missed_after} windows in a row: {c.missed_do}" if c.missed_after else "")]
    hers = [("What they want", c.goals), ("What they do themselves", c.strategies), ("Who is dangerous", c.feared),
            ("What sets it off", c.triggers)]
    home = [("Children", c.children), ("Animals", c.animals), ("Medicine and aids", c.medicine), ("Papers and money", c.papers),
            ("If the plan is found", c.if_discovered)]
    seen = [("Agencies' agreed actions", c.agencies), ("Who else was told of it", c.may_view),
            ("Those who visit", "Have its card on the day" if c.workers_may_view else "Do not have its card")]
    named = (("How to reach them", reach), ("Who we are to others", who), ("Visits", visits), ("Their own", hers),
             ("At home", home), ("Others", seen))
    return tuple(Section(heading, found) for heading, pairs in named
                 if (found := tuple(Line(label, text) for label, text in pairs if text)))


def _contact(contact: Contact, now: datetime) -> ContactLine:
    with_whom = "" if contact.whom == "adult" else f" · {CONTACT_WITH.label(contact.whom).lower()}"
    detail = {ContactState.PLANNED: contact.purpose, ContactState.LAPSED: "Its time went by; say how it went",
              ContactState.CANCELLED: f"Called off: {contact.note}",
              ContactState.DONE: CALL_BACK_OUTCOMES.label_or_code(contact.outcome)}[contact.state]
    return ContactLine(contact.id, CONTACT_KINDS.label(contact.kind) + with_whom, show_short(contact.at, now), detail,
                       tone(contact.until, now) if contact.state is ContactState.PLANNED else
                       "overdue" if contact.state is ContactState.LAPSED else "later",
                       contact.state in (ContactState.PLANNED, ContactState.LAPSED))


def _version(plan: SafetyPlan) -> VersionLine:
    ended = {PlanState.CURRENT: "counts now", PlanState.REPLACED: "replaced",
             PlanState.ENDED: f"ended by {plan.ended_by}: {plan.ended_why}"}[plan.state]
    return VersionLine(f"Version {plan.version}, {show(plan.written_at)}", f"{plan.written_by} · {ended}")


def _notes_say(uow: UnitOfWork, case: Case) -> tuple[Line, ...]:
    codes = codes_in_notes(uow, case)
    return (Line("The notes say", _codes(codes)),) if codes else ()


@dataclass(frozen=True, slots=True)
class AgreedWords:
    """The words that belong to one person. Shown when somebody asks, and each time recorded."""

    safe_word: str
    stop_phrase: str
    help_phrase: str


@query(Permission.MAKE_CONTACT)
def agreed_words(uow: UnitOfWork, plan_id: str) -> AgreedWords:
    """The agreed words of a plan, for whoever is about to need them. That they were shown is recorded."""
    plan, _ = uow.child(SafetyPlan, plan_id)
    uow.note_event(AuditEvent("agreed-words-shown", "plan", plan.id, stream_of(plan), Outcome.READ))
    return AgreedWords(plan.content.safe_word, plan.content.stop_phrase, plan.content.help_phrase)


@dataclass(frozen=True, slots=True)
class ContactView:
    """One contact for one hand. `help_asked`: 999 stands first. `words_of` is the plan whose agreed words may be shown."""

    id: str
    case_id: str
    case_reference: str
    person: str
    kind: str
    what: str
    when: str
    state: str
    purpose: str
    words: str
    pretext: str
    confirmable_by: str
    nevers: str
    shown: tuple[str, ...]
    anyway: str
    words_of: str
    outcome: str
    note: str
    done: str
    talks: bool
    open: bool
    help_asked: bool
    sends: bool
    by_hand: bool


@query(Permission.MAKE_CONTACT)
def contact_view(uow: UnitOfWork, contact_id: str) -> ContactView:
    """One contact with what has to be known to make it. Reading it is recorded."""
    contact, case = uow.child(Contact, contact_id)
    uow.was_read(contact, action="contact-read")
    person = uow.people.get(case.person_id)
    plan = next((p for p in uow.plans(case) if p.counts), None)
    content = plan.content if plan else PlanContent()
    has_words = content.safe_word or content.stop_phrase or content.help_phrase
    return ContactView(
        id=contact.id, case_id=case.id, case_reference=case.reference, person=f"{person.short} · {person.reference}",
        kind=contact.kind, what=CONTACT_KINDS.label(contact.kind) + (
            "" if contact.whom == "adult" else f" · {CONTACT_WITH.label(contact.whom).lower()}"),
        when=show_short(contact.at, uow.now), state=str(contact.state), purpose=contact.purpose, words=contact.words,
        pretext=content.pretext, confirmable_by=content.confirmable_by, nevers=_codes((*content.nevers, *content.devices)),
        shown=contact.shown, anyway=contact.anyway, words_of=plan.id if plan and has_words else "",
        outcome=CALL_BACK_OUTCOMES.label(contact.outcome) if contact.outcome else "", note=contact.note,
        done=f"{contact.done_by}, {show(contact.done_at)}" if contact.done_at else "",
        talks=contact.whom == "adult" and contact.kind not in ("letter", "visit_change"),
        open=contact.state in (ContactState.PLANNED, ContactState.LAPSED),
        help_asked=contact.outcome == "CODE_HELP" and bool(case.welfare and case.welfare.help_asked),
        sends=contact.whom == "adult" and contact.kind in SENT_KINDS and contact.state is ContactState.PLANNED,
        by_hand=contact.whom != "adult" and contact.kind in SENT_KINDS and contact.state is ContactState.PLANNED)
