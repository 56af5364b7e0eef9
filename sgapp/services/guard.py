"""The guards. Every public service function wears one, and the register they fill is what the tests walk.

`@intention` opens one transaction, demands one audit event, answers a repeated intent id with the first answer and
records refusals although the transaction is gone. `@query` does the same for reading. Source: STYLE rules 7–10.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from pydantic import TypeAdapter
from sqlalchemy.exc import IntegrityError

from sgapp.domain.errors import Conflict, NotFound, NotPermitted
from sgapp.domain.permissions import Actor, Permission, require
from sgapp.services.house import House
from sgapp.store.tables import IntentRow
from sgapp.store.unit_of_work import UnitOfWork

P = ParamSpec("P")
F = TypeVar("F")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Done:
    """The answer to an intention: which record, what to tell the person, and where they may go next."""

    id: str
    message: str
    next: str = ""


_DONE = TypeAdapter(Done)


@dataclass(frozen=True, slots=True)
class Guarded:
    """One line of the register: a service function and the rule it is under."""

    name: str
    kind: str
    permission: Permission | None
    reason: str
    function: Callable[..., Any]


REGISTER: dict[str, Guarded] = {}


def _enter(guarded: Guarded) -> None:
    if guarded.name in REGISTER:
        raise ValueError(f"two services are called {guarded.name}")
    REGISTER[guarded.name] = guarded


@dataclass(frozen=True, slots=True)
class Intention(Generic[F]):
    """A guarded intention: call it with the house, the actor, the filled-in form and the time."""

    name: str
    permission: Permission
    form: type[F]
    work: Callable[[UnitOfWork, F], Done]

    def __call__(self, house: House, actor: Actor, form: F, *, now: datetime, intent_id: str | None = None) -> Done:
        try:
            require(actor, self.permission)
            return self._attempt(house, actor, form, now, intent_id)
        except (NotPermitted, NotFound):
            record_refusal(house, actor, self.name, subject_of(form), now)
            raise

    def _attempt(self, house: House, actor: Actor, form: F, now: datetime, intent_id: str | None) -> Done:
        digest = hashlib.sha256(repr(form).encode()).hexdigest()
        try:
            answer, fresh = self._once(house, actor, form, now, intent_id, digest)
        except IntegrityError:
            # Another process carried out the same intent, or took the same number, in the same instant: its
            # transaction is committed now, so the second look finds it. A third collision is a defect and raises.
            answer, fresh = self._once(house, actor, form, now, intent_id, digest)
        if fresh:
            house.changed()
        return answer

    def _once(self, house: House, actor: Actor, form: F, now: datetime, intent_id: str | None,
              digest: str) -> tuple[Done, bool]:
        with house.begin(actor, now) as uow:
            if intent_id is not None and (row := uow.session.get(IntentRow, intent_id)) is not None:
                if (row.account_id, row.name) != (actor.account_id, self.name):
                    raise NotFound(intent_id)
                if row.form_sha256 != digest:
                    raise Conflict("This form was already sent with other content.")
                return _DONE.validate_json(uow.opened(row.sealed_answer, place=f"intent/{row.id}")), False
            answer = self.work(uow, form)
            if uow.events != 1:
                raise AssertionError(f"{self.name} wrote {uow.events} audit events; an intention writes one")
            if intent_id is not None:
                sealed = uow.sealed(_DONE.dump_json(answer), place=f"intent/{intent_id}")
                uow.session.add(IntentRow(id=intent_id, account_id=actor.account_id, name=self.name, done_at=now,
                                          sealed_answer=sealed, form_sha256=digest))
            return answer, True


def intention(name: str, permission: Permission, form: type[F]) -> Callable[[Callable[[UnitOfWork, F], Done]], Intention[F]]:
    """Guard a function that changes something. `name` is its address under /api/intents/."""

    def guard(work: Callable[[UnitOfWork, F], Done]) -> Intention[F]:
        made = Intention(name, permission, form, work)
        _enter(Guarded(name, "intention", permission, "", made))
        return made

    return guard


def query(permission: Permission) -> Callable[
        [Callable[Concatenate[UnitOfWork, P], V]], Callable[Concatenate[House, Actor, datetime, P], V]]:
    """Guard a function that reads. Called with the house, the actor, the time, and its own arguments."""

    def guard(work: Callable[Concatenate[UnitOfWork, P], V]) -> Callable[Concatenate[House, Actor, datetime, P], V]:
        name = work.__name__

        def read(house: House, actor: Actor, now: datetime, /, *args: P.args, **kwargs: P.kwargs) -> V:
            try:
                require(actor, permission)
                with house.begin(actor, now) as uow:
                    return work(uow, *args, **kwargs)
            except (NotPermitted, NotFound):
                subject = next((a for a in (*args, *kwargs.values()) if isinstance(a, str)), "")
                record_refusal(house, actor, name, subject, now)
                raise

        read.__name__, read.__doc__, read.__module__ = name, work.__doc__, work.__module__
        _enter(Guarded(name, "query", permission, "", read))
        return read

    return guard


def public(reason: str) -> Callable[[Callable[P, V]], Callable[P, V]]:
    """Mark a service that needs no permission, and say why that is right."""

    def guard(work: Callable[P, V]) -> Callable[P, V]:
        _enter(Guarded(work.__name__, "public", None, reason, work))
        return work

    return guard


def subject_of(form: object) -> str:
    """The id that a form is about, for the record of a refusal: its first field that ends in `_id`."""
    fields = getattr(form, "__dataclass_fields__", {})
    return next((str(getattr(form, name))[:64] for name in fields if name.endswith("_id")), "")


@public("called by the guards themselves, after an action was refused")
def record_refusal(house: House, actor: Actor, action: str, subject_id: str, now: datetime) -> None:
    """Put a refusal on the chain, in a transaction of its own; repeats are counted, not repeated."""
    with house.begin(actor, now) as uow:
        house.audit.refused(uow.session, actor, f"refused:{action}"[:80], subject_id[:64], now)
