"""The rows of the registers, read off all cases and matters that somebody may see."""

from collections.abc import Iterator
from dataclasses import replace

from sgapp.domain.investigation import Investigation
from sgapp.domain.measures import Material
from sgapp.domain.permissions import Permission
from sgapp.domain.referral import Referral
from sgapp.domain.registers import ABOUT_STAFF, REGISTERS, Entry, of_case, of_matter
from sgapp.services.walking import Walk
from sgapp.store.unit_of_work import UnitOfWork


def open_to(uow: UnitOfWork) -> tuple[str, ...]:
    """The registers that an actor could have a row in: an empty one in the place of one that is not theirs would be untrue."""
    return tuple(code for code in REGISTERS if code not in ABOUT_STAFF or uow.actor.may(Permission.WORK_INVESTIGATION))


def entries(walk: Walk) -> Iterator[Entry]:
    """Every row, a few adults at a time. A matter counts although its case may be kept from whoever looks."""
    for material in walk.cases():
        yield from entries_in(replace(material, matters=()))
    for matter in walk.some(Investigation):
        yield from of_matter(matter, walk.uow.book)


def entries_in(material: Material) -> Iterator[Entry]:
    """The rows of some cases, and of the matters that come with them."""
    of: dict[str, list[Referral]] = {}
    for referral in material.referrals:
        of.setdefault(referral.case_id, []).append(referral)
    for case in material.cases:
        yield from of_case(case, of.get(case.id, ()), material.book)
    for matter in material.matters:
        yield from of_matter(matter, material.book)
