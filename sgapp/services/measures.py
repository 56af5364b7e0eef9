"""What the measures count, as far as somebody may see it: loaded through the unit of work, like everything else."""

from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlmodel import col

from sgapp.domain.case import Case
from sgapp.domain.decision import SharingDecision
from sgapp.domain.investigation import Investigation
from sgapp.domain.measures import Material
from sgapp.domain.observation import Observation
from sgapp.domain.referral import Action, Referral
from sgapp.domain.time import end_of_day, from_london
from sgapp.store.tables import ObservationRow
from sgapp.store.unit_of_work import Repository, UnitOfWork

T = TypeVar("T", Observation, Case, SharingDecision, Referral, Action, Investigation)


@dataclass(frozen=True, slots=True)
class Gathered:
    """`broken`: how many records could not be opened, and are therefore not counted."""

    material: Material
    broken: int


def gathered(uow: UnitOfWork, first: date, last: date) -> Gathered:
    """All that the actor may see of what counts in a period. Cases from before are there, too: a repeat is one of them."""
    broken = 0

    def every(entity: type[T], *conditions: object) -> tuple[T, ...]:
        nonlocal broken
        found, unread = Repository(uow, entity).openable(*conditions)
        broken += unread
        return found

    received = col(ObservationRow.received_at)
    notes = every(Observation, received >= from_london(first), received <= end_of_day(last))
    cases = every(Case)
    seen = {case.id for case in cases}
    material = Material(
        notes, cases, tuple(d for d in every(SharingDecision) if d.case_id in seen),
        tuple(r for r in every(Referral) if r.case_id in seen), tuple(a for a in every(Action) if a.case_id in seen),
        every(Investigation), now=uow.now, book=uow.book)
    return Gathered(material, broken)
