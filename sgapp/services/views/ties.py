"""Who is close to whom among those who work here, as those see it who keep it."""

from dataclasses import dataclass

from sgapp.domain.permissions import Permission
from sgapp.domain.ties import TIE_LABELS, Ties
from sgapp.domain.time import show
from sgapp.services.guard import query
from sgapp.services.views.note import Option
from sgapp.store import accounts, documents
from sgapp.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class TieLine:
    id: str
    who: str
    kind: str
    recorded: str


@dataclass(frozen=True, slots=True)
class TiesView:
    """`staff` is everybody who could be entered. What joins the one who looks to somebody is not shown to her."""

    ties: tuple[TieLine, ...]
    staff: tuple[Option, ...]


@query(Permission.KEEP_TIES)
def ties_view(uow: UnitOfWork) -> TiesView:
    """All that is recorded, but for what joins whoever asks."""
    names = {a.id: a.name for a in accounts.everyone(uow)}
    working = tuple(Option(a.id, a.name) for a in accounts.everyone(uow) if not a.disabled)
    ties = (documents.latest(uow, Ties) or Ties()).ties
    return TiesView(tuple(
        TieLine(t.id, f"{names.get(t.one, 'somebody')} and {names.get(t.other, 'somebody')}", TIE_LABELS[t.kind],
                f"{t.recorded_by}, {show(t.recorded_at)}")
        for t in ties if uow.actor.account_id not in (t.one, t.other)), working)
