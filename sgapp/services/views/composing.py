"""What the composer shows: every fact that could be chosen, and what the decision said about which are needed."""

from collections.abc import Iterable
from dataclasses import dataclass

from sgapp.domain.case import Case
from sgapp.domain.decision import ReviewState, SharingAnswers
from sgapp.domain.permissions import Permission
from sgapp.domain.person import Person
from sgapp.domain.time import show_short
from sgapp.domain.vocabulary import AGENCIES
from sgapp.services.composing import offered_on
from sgapp.services.guard import query
from sgapp.store.search import open_names
from sgapp.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class OfferView:
    """One fact to choose. `flags` says why to think twice; empty for most."""

    source: str
    text: str
    flags: str


@dataclass(frozen=True, slots=True)
class OfferGroup:
    """Facts that may be picked, under one heading. `seldom` groups are folded."""

    heading: str
    seldom: bool
    offers: tuple[OfferView, ...]


@dataclass(frozen=True, slots=True)
class AgencyChoice:
    """An agency with which it was decided to share, the way to its own letter, and what was written to it so far."""

    label: str
    href: str
    so_far: str


@dataclass(frozen=True, slots=True)
class ComposeView:
    """What the letter to one agency starts from. `agency` is empty while it is still to be chosen among several."""

    case_id: str
    reference: str
    person: str
    agency: str
    agency_label: str
    groups: tuple[OfferGroup, ...]
    agencies: tuple[AgencyChoice, ...]
    decided_what: tuple[str, ...]
    left_out: tuple[str, ...]
    must_not_know: str
    recipient: str
    review_awaited: bool
    #: What an agency finds an adult by and nobody has written down yet; empty where nothing is missing.
    not_known: str


@query(Permission.READ_CASE, first=lambda look, case_id, agency="": open_names(look))  # noqa: ARG005 - as of `compose_view`
def compose_view(uow: UnitOfWork, case_id: str, agency: str = "") -> ComposeView:
    """Every fact that could be chosen for one agency, and what the decision to share with it said about which are needed.

    With one decision to share the agency is plain. With several it is chosen first: nothing is taken from one to another.
    """
    case = uow.cases.get(case_id)
    uow.was_read(case, action="facts-offered")
    person = uow.people.get(case.person_id)
    sharing = {d.answers.agency: d for d in uow.decisions(case) if d.shares}
    agency = agency if agency in sharing else next(iter(sharing)) if len(sharing) == 1 else ""
    decided = sharing.get(agency)
    a = decided.answers if decided else SharingAnswers()
    return ComposeView(
        case.id, case.reference, f"{person.short} · {person.reference}", agency, AGENCIES.label(agency) if agency else "",
        _groups(uow, case) if agency or not sharing else (), _choices(uow, case, sharing), a.what, a.left_out,
        a.must_not_know, a.recipient, decided is not None and decided.review is ReviewState.ASKED, _not_known(person))


def _not_known(person: Person) -> str:
    gaps = [what for what, known in (("date of birth", person.born), ("address", person.address)) if not known]
    return f"No {' and no '.join(gaps)} is written down of them." if gaps else ""


def _choices(uow: UnitOfWork, case: Case, sharing: Iterable[str]) -> tuple[AgencyChoice, ...]:
    """The agencies in the order in which they were first decided on."""
    newest = {r.agency: r for r in sorted(uow.referrals(case), key=lambda r: r.prepared_at)}
    return tuple(AgencyChoice(
        AGENCIES.label(code), f"/refer?id={case.id}&agency={code}",
        f"{newest[code].reference}, {show_short(newest[code].prepared_at, uow.now)}" if code in newest else "no letter yet")
        for code in sharing)


def _groups(uow: UnitOfWork, case: Case) -> tuple[OfferGroup, ...]:
    groups: dict[str, list[OfferView]] = {}
    seldom: set[str] = set()
    for offer in offered_on(uow, case).facts:
        groups.setdefault(offer.group, []).append(OfferView(offer.source, offer.text, "; ".join(offer.flags)))
        if offer.seldom:
            seldom.add(offer.group)
    return tuple(OfferGroup(g, g in seldom, tuple(o)) for g, o in groups.items())
