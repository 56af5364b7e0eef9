"""The agreed actions of all cases on one board: whose they are, what is late, and what shows that one was done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from sgapp.domain.case import CaseState
from sgapp.domain.clocks import in_words
from sgapp.domain.due import clocks_of
from sgapp.domain.permissions import Permission
from sgapp.domain.referral import Action, ActionState
from sgapp.domain.time import show_short
from sgapp.domain.vocabulary import AGENCIES
from sgapp.services.guard import query
from sgapp.services.views.course import tone
from sgapp.store.search import folded
from sgapp.store.tables import ActionRow, CaseRow
from sgapp.store.unit_of_work import Repository, UnitOfWork

#: More than anybody works through at a time; the board says so where it ends.
_MOST = 300
_OPEN = tuple(str(state) for state in ActionState if state not in (ActionState.DONE, ActionState.DECLINED))


@dataclass(frozen=True, slots=True)
class ActionCard:
    """One action. `evidence` is what shows that it was done, or why it was declined."""

    id: str
    what: str
    owner: str
    agency: str
    case: str
    href: str
    due: str
    tone: str
    state: str
    evidence: str


@dataclass(frozen=True, slots=True)
class ActionTile:
    show: str
    label: str
    count: str
    alarming: bool


@dataclass(frozen=True, slots=True)
class ActionsView:
    cards: tuple[ActionCard, ...]
    tiles: tuple[ActionTile, ...]
    show: str
    more: bool


@query(Permission.READ_CASE)
def actions_board(uow: UnitOfWork, show: str = "") -> ActionsView:
    """The open actions, the soonest due first, by one of SHOWS; `done` gives the finished ones of open cases instead."""
    found = _some(uow, _OPEN)
    running = found[:_MOST]
    finished = _some(uow, (str(ActionState.DONE), str(ActionState.DECLINED)))[:_MOST]
    filters = _filters(uow.actor.name, uow.now)
    wanted = filters.get(show)
    chosen = [a for a in running if wanted is None or wanted(a)] if show != "done" else list(finished)
    chosen.sort(key=lambda a: (a.due_on, a.id), reverse=show == "done")
    cases = uow.cases.readable({a.case_id for a in chosen})
    people = uow.people.readable({c.person_id for c in cases.values()})
    tiles = tuple(ActionTile(key, SHOWS[key], str(sum(map(check, running))), key == "overdue" and any(map(check, running)))
                  for key, check in filters.items())
    cards = []
    for action in chosen:
        case = cases.get(action.case_id)
        if case is not None:
            person = people.get(case.person_id)
            name = f"{person.short} · " if person is not None and not case.restricted else ""
            cards.append(_card(uow, action, f"{name}{case.reference}"))
    return ActionsView(tuple(cards), (*tiles, ActionTile("done", SHOWS["done"], str(len(finished)), False)),
                       show if show in SHOWS else "", len(found) > _MOST)


#: The filters, in the order of their tiles; without one, every open action.
SHOWS = {"mine": "Mine", "agencies": "The agencies'", "overdue": "Overdue", "done": "Done"}


def _filters(name: str, now: datetime) -> dict[str, Callable[[Action], bool]]:
    own = folded(name)
    return {"mine": lambda a: not a.agency and folded(a.owner)[:len(own)] == own, "agencies": lambda a: bool(a.agency),
            "overdue": lambda a: any(c.due_at < now for c in clocks_of(a))}


def _some(uow: UnitOfWork, states: tuple[str, ...]) -> tuple[Action, ...]:
    """Actions in these states, one more than the board shows: of open cases; and where a sample asked for one, of any."""
    live = select(CaseRow.id).where(uow.may_see(CaseRow), CaseRow.state != str(CaseState.CLOSED))
    there = () if states == _OPEN else (col(ActionRow.case_id).in_(live),)
    return Repository(uow, Action).where(col(ActionRow.state).in_(states), *there, limit=_MOST + 1)


def _card(uow: UnitOfWork, action: Action, case: str) -> ActionCard:
    running = next(iter(clocks_of(action, uow.book)), None)
    last = action.steps[-1] if action.steps else None
    shown = f"{last.note} ({last.by}, {show_short(last.at, uow.now)})" if last and last.note else ""
    return ActionCard(
        action.id, action.what, action.owner, AGENCIES.label(action.agency) if action.agency else "Our own", case,
        f"/case?id={action.case_id}#actions", in_words(running.due_at, uow.now) if running else "",
        tone(running.due_at, uow.now) if running else "later", str(action.state).replace("_", " "), shown)
