"""What the pages for deciding, referring and following up need to show."""

from dataclasses import dataclass

from sgapp.domain.clock_book import by_the_stopwatch
from sgapp.domain.clocks import AGENCY_STAGES, Clock, in_words
from sgapp.domain.disclosure import letter, offers
from sgapp.domain.due import clocks_of
from sgapp.domain.permissions import Permission
from sgapp.domain.referral import Referral, ReferralState
from sgapp.domain.time import show
from sgapp.domain.vocabulary import AGENCIES, ESCALATION_STAGES, LA_OUTCOMES
from sgapp.services.duty import stage_of
from sgapp.services.guard import query
from sgapp.services.views.case import note_of
from sgapp.services.views.note import Line, Option
from sgapp.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class OfferGroup:
    """Facts that may be picked, under one heading. `seldom` groups are folded and flagged."""

    heading: str
    seldom: bool
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class ComposeView:
    """What the referral form starts from."""

    case_id: str
    reference: str
    person: str
    groups: tuple[OfferGroup, ...]
    agencies: tuple[Option, ...]
    decided_what: tuple[str, ...]
    left_out: tuple[str, ...]
    must_not_know: str
    recipient: str
    review_awaited: bool


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
    sent: str
    receipt: str
    history: tuple[Line, ...]
    step: str
    outcomes: tuple[Option, ...]
    stage: str
    stopwatch: str


@query(Permission.READ_CASE)
def compose_view(uow: UnitOfWork, case_id: str) -> ComposeView:
    """Every fact that could be chosen, and what the decision said about which are needed."""
    case = uow.cases.get(case_id)
    uow.was_read(case, action="facts-offered")
    person = uow.people.get(case.person_id)
    groups: dict[str, list[Option]] = {}
    seldom: set[str] = set()
    for offer in offers(person, note_of(uow, case), case):
        groups.setdefault(offer.group, []).append(Option(offer.source, offer.text))
        if offer.seldom:
            seldom.add(offer.group)
    sharing = [d for d in uow.decisions(case) if d.shares]
    newest = sharing[-1] if sharing else None
    return ComposeView(
        case.id, case.reference, f"{person.short} · {person.reference}",
        tuple(OfferGroup(g, g in seldom, tuple(o)) for g, o in groups.items()),
        tuple(dict.fromkeys(Option(d.answers.agency, AGENCIES.label(d.answers.agency)) for d in sharing)),
        newest.answers.what if newest else (), newest.answers.left_out if newest else (),
        newest.answers.must_not_know if newest else "", newest.answers.recipient if newest else "",
        any(str(d.review) == "asked" for d in sharing))


@query(Permission.READ_CASE)
def referral_view(uow: UnitOfWork, referral_id: str) -> ReferralView:
    """One referral: the letter as it leaves, its course, and what comes next."""
    referral, case = uow.child(Referral, referral_id)
    uow.was_read(referral, action="referral-read")
    person = uow.people.get(case.person_id)
    clocks = clocks_of(referral, uow.book)
    receipt = referral.receipt
    history = [Line(show(c.at), f"{f'Stage {c.stage}: ' if c.stage else ''}{c.by} rang and reached {c.spoke_to}. {c.promised}")
               for c in referral.chases]
    history += [Line(show(o.at), f"{LA_OUTCOMES.label(o.code)}. {o.detail}") for o in referral.outcomes]
    return ReferralView(
        referral.id, case.id, referral.reference, case.reference, f"{person.short} · {person.reference}",
        AGENCIES.label(referral.agency), str(referral.state), in_words(clocks[0].due_at, uow.now) if clocks else "",
        referral.sending.letter if referral.sending else letter(referral, provider=uow.organisation, ring=uow.ring_back),
        referral.sending.letter_sha256 if referral.sending else "",
        f"{show(referral.sending.at)} to {referral.sending.to}" if referral.sending else "",
        f"{show(receipt.at)}: {', '.join(filter(None, (receipt.person, receipt.role, receipt.reference)))}" if receipt else "",
        tuple(history), _step(referral, uow), tuple(Option(c, label) for c, label in LA_OUTCOMES.options()),
        _stage(uow, referral), _stopwatch(uow, referral, clocks[0]) if clocks else "")


def _stage(uow: UnitOfWork, referral: Referral) -> str:
    """How far it has gone up with the agency, and what that asks for."""
    stage = stage_of(uow, referral)
    if not stage or not referral.awaited:
        return ""
    return f"Stage {stage} of {AGENCY_STAGES}: {ESCALATION_STAGES.label(f'stage_{stage}')}. Then record the call."


def _stopwatch(uow: UnitOfWork, referral: Referral, running: Clock) -> str:
    """The other clock, where the two differ."""
    moment = by_the_stopwatch(running, uow.book.rule(running.kind, "other", referral.agency))
    return f"By the stopwatch {show(moment)}; by their working days {show(running.due_at)}" if moment else ""


def _step(referral: Referral, uow: UnitOfWork) -> str:
    if not uow.actor.may(Permission.REFER):
        return ""
    return {ReferralState.PREPARED: "send", ReferralState.SENT: "receipt", ReferralState.RECEIVED: "outcome",
            ReferralState.OUTCOME_KNOWN: "answered"}.get(referral.state, "")
