"""What the page of one referral needs to show: the letter as it left, the ways out, the agency's own page, what comes next."""

from collections.abc import Iterable
from dataclasses import dataclass

from sgapp.domain.access_code import shown
from sgapp.domain.agency_kinds import kind_of, outcomes_of
from sgapp.domain.chronology import of_action, of_referral
from sgapp.domain.clock_book import by_the_stopwatch
from sgapp.domain.clocks import AGENCY_STAGES, Clock, ClockKind, in_words
from sgapp.domain.due import clocks_of
from sgapp.domain.letter import as_text, copy_fields
from sgapp.domain.permissions import Permission
from sgapp.domain.referral import Action, Referral, ReferralState
from sgapp.domain.time import show, show_short
from sgapp.domain.vocabulary import AGENCIES, ENQUIRY_STEPS, ESCALATION_STAGES, FACT_REASONS, SEND_METHODS
from sgapp.services.composing import letter_of
from sgapp.services.directory import directory_of
from sgapp.services.duty import stage_of
from sgapp.services.guard import query
from sgapp.services.partner import given_to, live_link, waiting_code
from sgapp.services.views.note import Line, Option
from sgapp.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class LinkView:
    """The agency's own page: whom to ring, the code that waits to be read out. `live`: there is one now."""

    live: bool
    since: str
    desk: str
    telephone: str
    code: str
    code_until: str


@dataclass(frozen=True, slots=True)
class QuestionView:
    id: str
    heading: str
    text: str
    answer: str
    open: bool


@dataclass(frozen=True, slots=True)
class DeskView:
    """A team of the directory: how to reach it, and where its own form is."""

    id: str
    name: str
    telephone: str
    email: str
    portal: str
    hours: str


@dataclass(frozen=True, slots=True)
class ReferralView:
    id: str
    case_id: str
    reference: str
    case_reference: str
    person: str
    agency: str
    state: str
    due: str
    letter: str
    sha256: str
    pdf_sha256: str
    pdf: str
    method: str
    reached: str
    by_link: bool
    fields: tuple[Option, ...]
    sent: str
    receipt: str
    reasons: tuple[Line, ...]
    left_out: tuple[str, ...]
    slipped_in: tuple[str, ...]
    kept_because: str
    history: tuple[Line, ...]
    step: str
    outcomes: tuple[Option, ...]
    stage: str
    stopwatch: str
    desks: tuple[DeskView, ...]
    desks_with_mail: tuple[Option, ...]
    link: LinkView
    questions: tuple[QuestionView, ...]
    enquiry: str
    enquiry_steps: tuple[Option, ...]
    may_refer: bool


@query(Permission.READ_CASE)
def referral_view(uow: UnitOfWork, referral_id: str) -> ReferralView:
    """One referral: the letter as it leaves, its course, and what comes next."""
    referral, case = uow.child(Referral, referral_id)
    uow.was_read(referral, action="referral-read")
    person = uow.people.get(case.person_id)
    clocks, frozen, sending = clocks_of(referral, uow.book), referral.frozen, referral.sending
    waited = next((c for c in clocks if c.kind is not ClockKind.QUESTION), None)
    letter = letter_of(uow, referral)
    desks = directory_of(uow).of(referral.agency)
    may_refer = uow.actor.may(Permission.REFER)
    return ReferralView(
        id=referral.id, case_id=case.id, reference=referral.reference, case_reference=case.reference,
        person=f"{person.short} · {person.reference}", agency=AGENCIES.label(referral.agency), state=str(referral.state),
        due=in_words(clocks[0].due_at, uow.now) if clocks else "",
        letter=sending.letter if sending else frozen.letter if frozen else as_text(letter),
        sha256=sending.letter_sha256 if sending else frozen.letter_sha256 if frozen else "",
        pdf_sha256=frozen.pdf_sha256 if frozen else "",
        pdf=f"/api/referrals/{referral.id}/letter.pdf" if frozen else "",
        method=referral.method, reached=kind_of(referral.agency).reached, by_link=kind_of(referral.agency).by_link,
        fields=tuple(Option(text, label) for label, text in copy_fields(letter)),
        sent=_sent(referral), receipt=_receipt(referral),
        reasons=tuple(Line(FACT_REASONS.label(f.reason), f.text) for f in referral.facts if f.reason),
        left_out=referral.left_out,
        slipped_in=referral.slipped_in, kept_because=referral.kept_because,
        history=_history(referral, uow.actions(case)), step=_step(referral, may_refer=may_refer),
        outcomes=tuple(Option(c, label) for c, label in outcomes_of(referral.agency).options()), stage=_stage(uow, referral),
        stopwatch=_stopwatch(uow, referral, waited) if waited else "",
        desks=tuple(DeskView(d.id, d.name, d.telephone, d.email, d.portal, d.hours) for d in desks),
        desks_with_mail=tuple(Option(d.id, f"{d.name}, {d.email}") for d in desks if d.email),
        link=_link(uow, referral) if may_refer else LinkView(False, "", "", "", "", ""),
        questions=tuple(QuestionView(q.id, f"{q.asked_by} asked, {show(q.at)}", q.text,
                                     f"{q.answer} ({q.answered_by}, {show(q.answered_at)})" if q.answered_at else "", q.open)
                        for q in referral.questions),
        enquiry=ENQUIRY_STEPS.label(referral.enquiry_waits_for) if referral.enquiry_waits_for else "",
        enquiry_steps=tuple(Option(c, label) for c, label in ENQUIRY_STEPS.options()), may_refer=may_refer)


def _sent(referral: Referral) -> str:
    sending = referral.sending
    if sending is None:
        return ""
    given = f", their reference {sending.their_reference}" if sending.their_reference else ""
    return f"{show(sending.at)} to {sending.to}. {SEND_METHODS.label_or_code(sending.method)}{given}"


def _receipt(referral: Referral) -> str:
    receipt = referral.receipt
    if receipt is None:
        return ""
    told = ", ".join(filter(None, (receipt.person, receipt.role, receipt.reference)))
    return f"{show(receipt.at)}: {told}{', reported through link' if receipt.through_link else ''}"


def _history(referral: Referral, actions: Iterable[Action]) -> tuple[Line, ...]:
    """All that happened to it, the newest first, as the chronology of the case tells it."""
    found = [*of_referral(referral), *(e for a in actions if a.reported_on_id == referral.id for e in of_action(a))]
    in_order = sorted(found, key=lambda e: e.at)
    return tuple(Line(f"{show(e.at)}, {e.who}", " ".join(filter(None, (
        f"{e.what}.", f"“{e.quote}”" if e.quote else "", e.detail)))) for e in in_order[::-1])


def _link(uow: UnitOfWork, referral: Referral) -> LinkView:
    link = live_link(uow, referral)
    if link is None:
        return LinkView(False, "", "", "", "", "")
    given, code = given_to(uow, link), waiting_code(uow, link)
    return LinkView(True, show(link.made_at), given.desk, given.telephone, shown(code[0]) if code else "",
                    show_short(code[1], uow.now) if code else "")


def _stage(uow: UnitOfWork, referral: Referral) -> str:
    """How far it has gone up with the agency, and what that asks for."""
    stage = stage_of(uow, referral)
    if not stage or not (referral.awaited or referral.enquiry_waits_for):
        return ""
    return f"Stage {stage} of {AGENCY_STAGES}: {ESCALATION_STAGES.label(f'stage_{stage}')}. Then record the call."


def _stopwatch(uow: UnitOfWork, referral: Referral, running: Clock) -> str:
    """The other clock, where the two differ."""
    moment = by_the_stopwatch(running, uow.book.rule(running.kind, "other", referral.agency))
    return f"By the stopwatch {show(moment)}; by their working days {show(running.due_at)}" if moment else ""


def _step(referral: Referral, *, may_refer: bool) -> str:
    if not may_refer:
        return ""
    return {ReferralState.PREPARED: "send", ReferralState.SENT: "receipt", ReferralState.RECEIVED: "outcome",
            ReferralState.OUTCOME_KNOWN: "answered"}.get(referral.state, "")
