"""The house: settings, database, keys and audit log of this process, and the way to begin a transaction."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import TypeVar

from sqlalchemy import Engine
from sqlmodel import Session

from sgapp.domain.errors import Stale, Unreadable
from sgapp.domain.permissions import Actor, Role
from sgapp.services.together import Together
from sgapp.settings import Settings
from sgapp.store.audit_log import AuditLog
from sgapp.store.engine import for_reading, make_engine, take_turns
from sgapp.store.migrations import upgrade
from sgapp.store.secrets import KeyRing, holds_keys, load_master_keys, there_is_a_key
from sgapp.store.shared import Shared
from sgapp.store.unit_of_work import UnitOfWork

R = TypeVar("R")
V = TypeVar("V")
#: So often what was made ready is made ready anew.
_ATTEMPTS = 3
#: The product itself, for what it does unasked, and whoever has not signed in.
SYSTEM = Actor("system", Role.ADMIN, "system")
NOBODY = Actor("nobody", Role.ROTA, "not signed in", known=False)
#: Stands in for whoever wrote without a name, in every place where a writer would stand: the same for all of them.
NAMELESS = Actor("nameless", Role.WORKER, "somebody who gave no name", branch="main")


class WrongMasterKey(Unreadable):
    """The database was made under another master key; serving it would write what the right key cannot verify."""


_PUT_IT_BACK = "Put the right key back (SGAPP_KEYS or SGAPP_MASTER_KEY), or name an empty SGAPP_DATA."


class House:
    """Everything a service needs from this process. One per process; tests make their own."""

    def __init__(self, settings: Settings, engine: Engine | None = None) -> None:
        self.settings = settings
        self.engine = engine or make_engine(settings)
        self._reads = for_reading(self.engine)
        self.ring = KeyRing(self._master_keys)
        self.audit = AuditLog(self.ring)
        one_writes = self.engine.dialect.name == "sqlite"
        self.together = Together(self) if one_writes else None
        #: For what a request without a thread of its own has to wait for; no more than there are connections.
        self.aside = ThreadPoolExecutor(20, thread_name_prefix="aside")
        self._listeners: list[Callable[[], None]] = []
        self._lock = threading.Lock()
        # Whom SQLite finds waiting for the write lock it sends to sleep, longer and longer, while the lock lies free: here they
        # are woken by whoever goes. What waits in another process still waits as SQLite has it.
        self._turn = threading.RLock() if one_writes else nullcontext()

    def prepare(self) -> None:
        """Bring the database to this version and make the organisation's keys, in transactions of their own.

        Raises WrongMasterKey, before anything is changed, where its keys do not open.
        """
        try:
            with self._reads.connect() as connection:
                self.ring.check(connection)
            upgrade(self.engine)
            with Session(self.engine) as session, session.begin():
                take_turns(session.connection())
                self.ring.prepare(session, now())
        except WrongMasterKey:
            raise
        except Unreadable as error:
            raise WrongMasterKey(f"This master key does not open this database. Nothing was changed. {_PUT_IT_BACK}") from error

    def _master_keys(self) -> tuple[bytes, ...]:
        """Those of this installation; the first is made, but never beside a database that was made under another."""
        # Asked for twice: whoever makes the first one writes its file before the database.
        if not there_is_a_key(self.settings) and holds_keys(self._reads) and not there_is_a_key(self.settings):
            raise WrongMasterKey("There is no master key here, and this database was made under one. Nothing was changed, and "
                                 f"none was made. {_PUT_IT_BACK}")
        return load_master_keys(self.settings)

    @contextmanager
    def begin(self, actor: Actor, at: datetime) -> Iterator[UnitOfWork]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        with self._turn, Session(self.engine, expire_on_commit=False) as session, session.begin():
            self.ring.load(session)
            yield self._unit_of_work(session, actor, at)
            _can_be_kept(session)

    @contextmanager
    def shared(self, actor: Actor, at: datetime) -> Iterator[UnitOfWork]:
        """The same for what several share: what is new in it is written together, at the latest at its end."""
        with self._turn, Shared(self.engine) as session, session.begin():
            self.ring.load(session)
            yield self._unit_of_work(session, actor, at)
            _can_be_kept(session)
            session.put_down()

    @contextmanager
    def reading(self, actor: Actor, at: datetime) -> Iterator[UnitOfWork]:
        """One look at the whole as it is at this moment. Nobody waits for it, and nothing is written in it."""
        with Session(self._reads, expire_on_commit=False) as session:
            self.ring.load(session)
            yield self._unit_of_work(session, actor, at)

    def beside(self, uow: UnitOfWork, actor: Actor, at: datetime | None = None) -> UnitOfWork:
        """The same transaction, as somebody else sees it, and at another time if it is given."""
        made = self._unit_of_work(uow.session, actor, at or uow.now)
        made.standing = uow.standing
        return made

    def in_two_steps(self, actor: Actor, at: datetime, prepare: Callable[[UnitOfWork], R],
                     write: Callable[[UnitOfWork, R], V]) -> V:
        """Work that takes long, of which nobody waits for more than its writing: first a look in which it is made ready, then a
        short transaction. `write` raises Stale if the adults that it rests on have changed meanwhile; then both begin anew, and
        at last they are done in one transaction, before which nobody changes an adult any more.
        """
        for _ in range(_ATTEMPTS):
            with self.reading(actor, at) as look:
                ready = prepare(look)
            with suppress(Stale), self.begin(actor, at) as uow:
                return write(uow, ready)
        with self.begin(actor, at) as uow:
            uow.people_change()
            return write(uow, prepare(uow))

    def _unit_of_work(self, session: Session, actor: Actor, at: datetime) -> UnitOfWork:
        return UnitOfWork(session, actor, at, self.ring, self.audit, self.settings.organisation, self.settings.ring,
                          self.settings.push_hosts, self.settings.public_url.rstrip("/"), self.settings.ways_out,
                          lambda: self.settings.invented)

    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Be told after each committed change. Returns the way to stop listening."""
        with self._lock:
            self._listeners.append(listener)

        def stop() -> None:
            with self._lock:
                self._listeners.remove(listener)

        return stop

    def changed(self, *, but: Callable[[], None] | None = None) -> None:
        """Tell those who listen, `but` that one: who brings the news from another process needs not be told of it."""
        with self._lock:
            listeners = [listener for listener in self._listeners if listener is not but]
        for listener in listeners:
            listener()


def _can_be_kept(session: Session) -> None:
    """Raises RuntimeError where something failed in it and somebody lived with that: leaving it would seem to keep all."""
    if not session.is_active:
        raise RuntimeError("the transaction has been undone")


def now() -> datetime:
    """The present, aware, in UTC. Edges call it once and pass it on."""
    return datetime.now(UTC)


@lru_cache(maxsize=1)
def house() -> House:
    """This process's house, from the environment."""
    return House(Settings())
