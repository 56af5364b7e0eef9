"""The guards. Every public service function wears one, and the register they fill is what the tests walk.

`@intention` opens one transaction, demands one audit event, answers a repeated intent id with the first answer and
records refusals although the transaction is gone. `@query` does the same for reading. Source: STYLE rules 7–10.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from pydantic import TypeAdapter
from sqlalchemy.exc import DBAPIError, IntegrityError

from sgapp.domain.errors import Conflict, NotFound, NotPermitted
from sgapp.domain.permissions import Actor, Permission, require
from sgapp.services.duty import begin_clocks
from sgapp.services.house import House
from sgapp.services.together import Apart
from sgapp.store import accounts
from sgapp.store.tables import IntentRow
from sgapp.store.unit_of_work import UnitOfWork

P = ParamSpec("P")
F = TypeVar("F")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Done:
    """The answer to an intention: which record, what to tell the person, and where they may go next.

    `codes`: user name, name and code of accounts that it made.
    """

    id: str
    message: str
    next: str = ""
    codes: tuple[tuple[str, str, str], ...] = ()


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
#: An id, alone or after the name of a form, as it may stand on the chain.
_ID = re.compile(r"(?:[a-z-]{1,40}:)?[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def _enter(guarded: Guarded) -> None:
    if guarded.name in REGISTER:
        raise ValueError(f"two services are called {guarded.name}")
    REGISTER[guarded.name] = guarded


@dataclass(frozen=True, slots=True)
class Intention(Generic[F]):
    """A guarded intention: call it with the house, the actor, the filled-in form and the time.

    `many`: it takes in a table, with an event for each account or so many adults of it, and none where nothing is new.
    `prepare`: what takes long and writes nothing, for which nobody has to wait. It gives the form to work with; what it adds
    does not show in the `repr` of the form.
    """

    name: str
    permission: Permission
    form: type[F]
    work: Callable[[UnitOfWork, F], Done]
    many: bool = False
    prepare: Callable[[UnitOfWork, F], F] | None = None

    def __call__(self, house: House, actor: Actor, form: F, *, now: datetime, intent_id: str | None = None) -> Done:
        try:
            require(actor, self.permission)
            return self._attempt(house, actor, form, now, intent_id)
        except (NotPermitted, NotFound):
            record_refusal(house, actor, self.name, subject_of(form), now)
            raise

    def _attempt(self, house: House, actor: Actor, form: F, now: datetime, intent_id: str | None) -> Done:
        try:
            answer, fresh = self._once(house, actor, form, now, intent_id)
        except DBAPIError as error:
            if not _collided(error):
                raise
            # Somebody else was first with the same intent or note, in the same instant, or waited for us as we for
            # them: their transaction is over now, so a second look finds what they did. A second collision raises.
            answer, fresh = self._once(house, actor, form, now, intent_id)
        if fresh:
            house.changed()
        return answer

    async def with_others(self, house: House, who: Callable[[UnitOfWork], Actor], form: F, *, now: datetime,
                          fit: Callable[[F], object], also: Callable[[UnitOfWork], None]) -> Done:
        """The same in a transaction that all share who arrive meanwhile. `who` says in a look of its own whose it is; `fit`
        raises for a form that nobody has to share with; `also` is done with it. Nothing of it changes what
        store/standing.py holds.

        Raises Apart, and nothing else: nothing was kept, no refusal either, and it is to be called by itself.
        """
        def asked(look: UnitOfWork) -> Actor:
            actor = who(look)
            require(actor, self.permission)
            fit(form)
            return actor

        def work(uow: UnitOfWork) -> Done:
            also(uow)
            return self._within(uow, form, None)[0]

        if house.together is None:
            raise Apart
        return await house.together.do(asked, now, work)

    def _once(self, house: House, actor: Actor, form: F, now: datetime, intent_id: str | None) -> tuple[Done, bool]:
        prepare = self.prepare
        if prepare is not None:
            def write(uow: UnitOfWork, ready: F) -> tuple[Done, bool]:
                self._ask_again(uow)
                return self._within(uow, ready, intent_id)

            return house.in_two_steps(actor, now, lambda look: prepare(look, form), write)
        with house.begin(actor, now) as uow:
            return self._within(uow, form, intent_id)

    def _ask_again(self, uow: UnitOfWork) -> None:
        """Whether the actor may do it still: making ready may have taken long. Raises NotPermitted."""
        account, actor = accounts.by_id(uow, uow.actor.account_id), uow.actor
        if account is None or account.disabled or (account.role, account.branch) != (actor.role, actor.branch):
            raise NotPermitted(self.name)

    def _within(self, uow: UnitOfWork, form: F, intent_id: str | None) -> tuple[Done, bool]:
        claim = None
        if intent_id is not None:
            mac = uow.ring.record_mac("intent", intent_id, repr(form).encode())
            claim = uow.session.get(IntentRow, intent_id)
            if claim is not None:
                return self._answered(uow, claim, mac), False
            # The claim goes in before the work: the same intent sent twice at once waits here, not half-way.
            claim = IntentRow(id=intent_id, account_id=uow.actor.account_id, name=self.name, done_at=uow.now,
                              sealed_answer=b"", form_mac=mac)
            uow.session.add(claim)
            uow.session.flush()
        answer = self.work(uow, form)
        begin_clocks(uow)
        if uow.events != 1 and not self.many:
            raise AssertionError(f"{self.name} wrote {uow.events} audit events; an intention writes one")
        if claim is not None:
            claim.sealed_answer = uow.sealed(_DONE.dump_json(answer), place=f"intent/{claim.id}")
        return answer, True

    def _answered(self, uow: UnitOfWork, claim: IntentRow, mac: str) -> Done:
        """The first answer again. Raises NotFound for somebody else's intent, Conflict for other content."""
        if (claim.account_id, claim.name) != (uow.actor.account_id, self.name):
            raise NotFound(claim.id)
        if claim.form_mac != mac:
            raise Conflict("This form was already sent with other content.")
        return _DONE.validate_json(uow.opened(claim.sealed_answer, place=f"intent/{claim.id}"))


def _collided(error: DBAPIError) -> bool:
    """Whether another transaction was in the way: a key it took, or (PostgreSQL) a deadlock or failed serialisation."""
    return isinstance(error, IntegrityError) or getattr(error.orig, "sqlstate", "") in ("40001", "40P01")


def intention(name: str, permission: Permission, form: type[F], *, many: bool = False,
              prepare: Callable[[UnitOfWork, F], F] | None = None) -> Callable[
                  [Callable[[UnitOfWork, F], Done]], Intention[F]]:
    """Guard a function that changes something. `name` is its address under /api/intents/."""

    def guard(work: Callable[[UnitOfWork, F], Done]) -> Intention[F]:
        made = Intention(name, permission, form, work, many, prepare)
        _enter(Guarded(name, "intention", permission, "", made))
        return made

    return guard


def query(permission: Permission, *, long: bool = False,
          first: Callable[Concatenate[UnitOfWork, P], object] | None = None) -> Callable[
        [Callable[Concatenate[UnitOfWork, P], V]], Callable[Concatenate[House, Actor, datetime, P], V]]:
    """Guard a function that reads. Called with the house, the actor, the time, and its own arguments.

    `long`: it looks at the whole for so long that nobody may have to wait for it; then nothing can be written in it.
    `first`: what may take long and is kept in this process, such as names that are opened; nobody has to wait for it.
    """

    def guard(work: Callable[Concatenate[UnitOfWork, P], V]) -> Callable[Concatenate[House, Actor, datetime, P], V]:
        name = work.__name__

        def read(house: House, actor: Actor, now: datetime, /, *args: P.args, **kwargs: P.kwargs) -> V:
            try:
                require(actor, permission)
                if first is not None:
                    with house.reading(actor, now) as look:
                        first(look, *args, **kwargs)
                with (house.reading if long else house.begin)(actor, now) as uow:
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
    return next((str(getattr(form, name)) for name in fields if name.endswith("_id")), "")


@public("called by the guards themselves, after an action was refused")
def record_refusal(house: House, actor: Actor, action: str, subject_id: str, now: datetime) -> None:
    """Put a refusal on the chain, in a transaction of its own; repeats are counted, not repeated.

    Only ids are kept. What else was sent in the place of one could be anybody's words, and differ each time.
    """
    subject = subject_id if _ID.fullmatch(subject_id) else "no id" if subject_id else ""
    with house.begin(actor, now) as uow:
        house.audit.refused(uow.session, actor, f"refused:{action}"[:80], subject, now)
