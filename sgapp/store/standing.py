"""What seldom changes and every note asks for: who works here, what the house goes by, how people wish to be told.

Answers are held in this process's memory for as long as a number stays the same. Every row of these tables that is written,
by whichever process, raises it in the transaction that writes the row; so the same number means the same answers.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, event, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import object_session
from sqlmodel import Session, SQLModel, col

from sgapp.store.secrets import KeyRing
from sgapp.store.shared import ask
from sgapp.store.tables import AccountRow, DocumentRow, PushRow, ReachRow, SealingKeyRow, SequenceRow

if TYPE_CHECKING:
    from sgapp.store.unit_of_work import UnitOfWork

P = ParamSpec("P")
V = TypeVar("V")

#: What is remembered rests on these alone. They are written through the session; `raised` is for the rest.
STANDING: tuple[type[SQLModel], ...] = (AccountRow, DocumentRow, ReachRow, PushRow, SealingKeyRow)
#: The counter of their changes; and what says in a session that it has changed some of them itself.
_COUNTER, _CHANGED_HERE = "standing", "sgapp_standing_changed"
_NUMBER = select(col(SequenceRow.value)).where(col(SequenceRow.name) == _COUNTER)


@dataclass(slots=True)
class Kept:
    """Answers by what was asked, as of a number of the counter."""

    as_of: int | None
    answers: dict[Any, Any] = field(default_factory=dict)


#: Of each house that this process has open.
_kept: "WeakKeyDictionary[KeyRing, Kept]" = WeakKeyDictionary()


def standing(look: "Callable[Concatenate[UnitOfWork, P], V]") -> "Callable[Concatenate[UnitOfWork, P], V]":
    """Remember what a look at these tables, and at no others, has answered to the same arguments. Everybody gets the same
    answer, so it has to be one that nobody can change; and what it rests on is read anew, not taken from what a session holds.

    A transaction that has changed some of them itself looks each time: what it has written may yet be undone.
    """
    @wraps(look)
    def answer(uow: "UnitOfWork", *args: P.args, **kwargs: P.kwargs) -> V:
        kept = _held(uow)
        if kept is None:
            return look(uow, *args, **kwargs)
        asked = (look, args, *kwargs.items())
        if asked not in kept.answers:
            found = look(uow, *args, **kwargs)
            if _number(uow) != kept.as_of:  # somebody else has changed them in between
                return found
            kept.answers[asked] = found
        return kept.answers[asked]

    return answer


def forget(ring: KeyRing) -> None:
    """Let go of what was opened; it is opened again when somebody asks."""
    _kept.pop(ring, None)


def _held(uow: "UnitOfWork") -> Kept | None:
    """What is remembered and holds, asked for once in each transaction; None where it has changed some of it itself."""
    uow.session.flush()
    if _CHANGED_HERE in uow.session.info:
        return None
    if uow.standing is None:
        as_of, kept = _number(uow), _kept.get(uow.ring)
        if kept is None or kept.as_of != as_of:
            kept = _kept[uow.ring] = Kept(as_of)
        uow.standing = kept
    return uow.standing


def _number(uow: "UnitOfWork") -> int | None:
    row = ask(uow.session, _NUMBER, {})
    return row[0] if row else None


def _changes(_mapper: Any, connection: Connection, row: SQLModel) -> None:
    session = object_session(row)
    if session is not None:
        session.info[_CHANGED_HERE] = True
    _raise(connection)


def raised(session: Session) -> None:
    """For whoever writes rows of these tables by a statement of his own, which the mapper does not notice."""
    session.info[_CHANGED_HERE] = True
    _raise(session.connection())


def _raise(connection: Connection) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    first = dialect.insert(SequenceRow).values(name=_COUNTER, value=1)
    connection.execute(first.on_conflict_do_update(index_elements=["name"], set_={"value": SequenceRow.value + 1}))


for _table in STANDING:
    for _moment in ("after_insert", "after_update", "after_delete"):
        event.listen(_table, _moment, _changes)
