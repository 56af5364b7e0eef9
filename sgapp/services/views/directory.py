"""The directory of agencies as the desk sees it."""

from dataclasses import dataclass

from sgapp.domain.directory import Desk
from sgapp.domain.permissions import Permission
from sgapp.domain.time import show_day
from sgapp.domain.vocabulary import AGENCIES
from sgapp.services.directory import directory_of
from sgapp.services.guard import query
from sgapp.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class DeskLine:
    """One team. `checked` says who last checked its number, and when."""

    id: str
    agency: str
    agency_label: str
    name: str
    telephone: str
    email: str
    portal: str
    hours: str
    checked: str


@dataclass(frozen=True, slots=True)
class DirectoryView:
    desks: tuple[DeskLine, ...]
    may_keep: bool


@query(Permission.READ_CASE)
def directory_view(uow: UnitOfWork) -> DirectoryView:
    """Every team that is known, by agency."""
    return DirectoryView(tuple(_line(d) for d in directory_of(uow).desks), uow.actor.may(Permission.KEEP_DIRECTORY))


def _line(desk: Desk) -> DeskLine:
    checked = f"Checked by {desk.checked_by}, {show_day(desk.checked_on)}" if desk.checked_on else "Never checked"
    return DeskLine(desk.id, desk.agency, AGENCIES.label(desk.agency), desk.name, desk.telephone, desk.email, desk.portal,
                    desk.hours, checked)
