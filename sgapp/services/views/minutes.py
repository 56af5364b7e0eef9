"""Minutes as they are read: all meetings, and one version whole."""

from dataclasses import dataclass

from sqlmodel import col

from sgapp.domain.minutes import Minutes, fingerprint
from sgapp.domain.permissions import Permission
from sgapp.domain.time import show, show_day
from sgapp.services.guard import query
from sgapp.services.views.note import Line
from sgapp.services.views.sampling import month_in_words
from sgapp.store.tables import MinutesRow
from sgapp.store.unit_of_work import Repository, UnitOfWork

_MOST = 60


@dataclass(frozen=True, slots=True)
class MinutesRowView:
    id: str
    held: str
    month: str
    stands: str
    locked: bool


@dataclass(frozen=True, slots=True)
class MinutesView:
    """One version. `as_agreed`: whether it still is what was agreed, which its own digest shows."""

    id: str
    title: str
    month: str
    stands: str
    corrects: str
    figures: tuple[Line, ...]
    actions: tuple[Line, ...]
    present: str
    said: str
    decided: str
    locked: bool
    may_agree: bool
    may_correct: bool
    digest: str
    versions: tuple[MinutesRowView, ...]


@query(Permission.KEEP_MINUTES)
def minutes_list(uow: UnitOfWork) -> tuple[MinutesRowView, ...]:
    """The latest version of each meeting, the latest meeting first."""
    latest: dict[str, Minutes] = {}
    for minutes in Repository(uow, Minutes).where(order_by=[col(MinutesRow.number)]):
        latest[minutes.meeting_id] = minutes
    found = sorted(latest.values(), key=lambda m: (m.held_on, m.id), reverse=True)
    return tuple(map(_row, found[:_MOST]))


def _row(minutes: Minutes) -> MinutesRowView:
    return MinutesRowView(minutes.id, f"Held on {show_day(minutes.held_on)}", month_in_words(minutes.month), _stands(minutes),
                          minutes.locked)


def _stands(minutes: Minutes) -> str:
    version = f" (version {minutes.version})" if minutes.version > 1 else ""
    if minutes.agreed_at is None:
        return f"Written by {minutes.written_by}, not agreed yet{version}"
    return f"Agreed by {minutes.agreed_by}, {show(minutes.agreed_at)}{version}"


@query(Permission.KEEP_MINUTES)
def minutes_view(uow: UnitOfWork, minutes_id: str) -> MinutesView:
    """One version of the minutes of a meeting, with the others beside it."""
    repository = Repository(uow, Minutes)
    minutes = repository.get(minutes_id)
    every = repository.where(col(MinutesRow.meeting_id) == minutes.meeting_id, order_by=[col(MinutesRow.number).desc()])
    newest = every[0].id == minutes.id
    held = not minutes.locked or fingerprint(minutes) == minutes.digest
    return MinutesView(
        minutes.id, f"Minutes of {show_day(minutes.held_on)}", month_in_words(minutes.month),
        _stands(minutes) if held else "These are not what was agreed. Tell whoever looks after this installation now.",
        minutes.corrects, tuple(Line(s.label, s.text) for s in minutes.figures),
        tuple(Line(s.label, s.text) for s in minutes.actions), minutes.present, minutes.said, minutes.decided, minutes.locked,
        not minutes.locked and uow.actor.may(Permission.SIGN_OFF), minutes.locked and newest, minutes.digest,
        tuple(_row(m) for m in every if m.id != minutes.id))
