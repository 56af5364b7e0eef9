"""What the composer shows: every fact that could be chosen, and what the decision said about which are needed."""

from dataclasses import dataclass

from sgapp.domain.permissions import Permission
from sgapp.domain.vocabulary import AGENCIES
from sgapp.services.composing import offered_on
from sgapp.services.guard import query
from sgapp.services.views.note import Option
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


@query(Permission.READ_CASE)
def compose_view(uow: UnitOfWork, case_id: str) -> ComposeView:
    """Every fact that could be chosen, and what the decision said about which are needed."""
    case = uow.cases.get(case_id)
    uow.was_read(case, action="facts-offered")
    person = uow.people.get(case.person_id)
    groups: dict[str, list[OfferView]] = {}
    seldom: set[str] = set()
    for offer in offered_on(uow, case).facts:
        groups.setdefault(offer.group, []).append(OfferView(offer.source, offer.text, "; ".join(offer.flags)))
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
