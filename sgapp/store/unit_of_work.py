"""One transaction. Loading is checking: what the actor may not see does not exist here. Saving demands its event."""

import contextlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import ColumnElement, and_, bindparam, delete, exists, false, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, col, or_, select

from sgapp.domain.audit import AuditEvent, Outcome
from sgapp.domain.case import Case
from sgapp.domain.clock_book import DEFAULT_BOOK, ClockBook
from sgapp.domain.clocks import ClockKind
from sgapp.domain.contact import Contact
from sgapp.domain.decision import SharingDecision
from sgapp.domain.due import clocks_of
from sgapp.domain.errors import Conflict, NotFound, Stale, Unreadable
from sgapp.domain.evidence import Evidence
from sgapp.domain.investigation import Investigation
from sgapp.domain.kept import KeptUpload
from sgapp.domain.minutes import Minutes
from sgapp.domain.observation import Observation
from sgapp.domain.permissions import SEES_RESERVED, Actor, Role
from sgapp.domain.person import Person
from sgapp.domain.referral import Action, Referral
from sgapp.domain.rota import Duty
from sgapp.domain.safety_plan import PlanState, SafetyPlan
from sgapp.domain.sampling import Sample
from sgapp.store import access, documents
from sgapp.store.audit_log import AuditLog, RecordDigest
from sgapp.store.engine import insert_if_missing, insert_row, insert_rows, is_there
from sgapp.store.kinds import KINDS, ON_A_CASE, Kind, Record, case_of, stream_of
from sgapp.store.secrets import ORGANISATION_KEY, KeyRing, decrypt, encrypt
from sgapp.store.shared import Shared, ask
from sgapp.store.standing import Kept
from sgapp.store.tables import (
    AllocationRow,
    AnyClock,
    BarRow,
    BegunClock,
    CareVisitRow,
    CaseRow,
    ClockRow,
    ObservationRow,
    PersonRow,
    SafetyPlanRow,
    SequenceRow,
)
from sgapp.store.tables._types import UtcDateTime
from sgapp.store.tables.records import _Sealed

T = TypeVar("T", bound=Record)
#: Records under a list of their own; what hangs on a case is under the case's.
LISTED = (Observation, KeptUpload, Case, Investigation)
#: The counter of changes to adults.
_PEOPLE = "people"
_TABLES_ON_A_CASE = frozenset(KINDS[entity].table for entity in ON_A_CASE)


class UnitOfWork:
    """What one intention may read and must save. Made by the house; committed or rolled back as a whole."""

    def __init__(self, session: Session, actor: Actor, now: datetime, ring: KeyRing, audit: AuditLog,
                 organisation: str = "", ring_back: str = "", push_hosts: str = "", public_url: str = "",
                 ways_out: frozenset[str] = frozenset(), invented: Callable[[], tuple[str, ...]] = tuple) -> None:
        self.session, self.actor, self.now, self.ring, self._audit = session, actor, now, ring, audit
        self.organisation, self.ring_back, self.push_hosts, self.public_url = organisation, ring_back, push_hosts, public_url
        self.ways_out, self.invented = ways_out, invented
        self.events = 0
        self.loaded: dict[tuple[str, str], int] = {}
        self.clocks: list[tuple[AnyClock, Record, bool]] = []
        self._book: ClockBook | None = None
        self._on_shift: bool | None = None
        #: Ids under which nothing was kept before; of notes that are new, whom they are barred from and who is on their list.
        self.fresh: set[str] = set()
        self.begun: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
        self._people_change = False
        self.standing: Kept | None = None
        self._held: dict[str, str] = {}
        self.people = Repository(self, Person)
        self.notes = Repository(self, Observation)
        self.kept = Repository(self, KeptUpload)
        self.cases = Repository(self, Case)
        self.investigations = Repository(self, Investigation)

    def decisions(self, case: Case) -> "tuple[SharingDecision, ...]":
        """The sharing decisions of a case, the newest last."""
        return tuple(sorted(Repository(self, SharingDecision).of(case), key=lambda d: d.version))

    def referrals(self, case: Case) -> "tuple[Referral, ...]":
        """The referrals of a case, the newest last."""
        return tuple(sorted(Repository(self, Referral).of(case), key=lambda r: (r.prepared_at, r.reference)))

    def actions(self, case: Case) -> "tuple[Action, ...]":
        """The actions of a case, the newest last."""
        return tuple(sorted(Repository(self, Action).of(case), key=lambda a: (a.recorded_at, a.id)))

    def plans(self, case: Case) -> "tuple[SafetyPlan, ...]":
        """The versions of a case's safety plan, the newest last."""
        return tuple(sorted(Repository(self, SafetyPlan).of(case), key=lambda p: p.version))

    def contacts(self, case: Case) -> "tuple[Contact, ...]":
        """The contacts with the adult, planned and done, the newest last."""
        return tuple(sorted(Repository(self, Contact).of(case), key=lambda c: (c.at, c.id)))

    def child(self, entity: type[T], record_id: str) -> tuple[T, Case]:
        """Something that hangs on a case, with its case; both must exist for the actor."""
        found = Repository(self, entity).get(record_id)
        case_id = case_of(cast(Record, found))
        if case_id is None:
            raise NotFound(record_id)
        return found, self.cases.get(case_id)

    def own_note(self, row: ObservationRow) -> Observation:
        """A note opened for its own author, whatever restriction others meet."""
        if row.author_id != self.actor.account_id:
            raise NotFound(row.id)
        return Repository(self, Observation).opened(row)

    def plan_behind_card(self, person_id: str) -> SafetyPlan | None:
        """The plan that counts for an adult, for whoever visits her and reads its card; None where there is none, where it is
        not for those who visit, and for those from whom its case is kept.
        """
        rows = self.session.exec(select(SafetyPlanRow).where(
            SafetyPlanRow.person_id == person_id, SafetyPlanRow.state == str(PlanState.CURRENT)))
        for row in rows:
            kept_from = bars_on(self, row.id) | bars_on(self, row.case_id)
            plan = Repository(self, SafetyPlan).opened(row)
            away = self.actor.branch is not None and row.branch != self.actor.branch
            if plan.content.workers_may_view and not away and self.actor.account_id not in kept_from:
                return plan
        return None

    def regardless(self, entity: type[T], record_id: str) -> T:
        """A record whatever the actor may see. For one purpose: to make it, or what hangs on it, stricter."""
        repository = Repository(self, entity)
        row = self.session.get_one(KINDS[entity].table, record_id, with_for_update=True, populate_existing=True)
        return repository.opened(row)

    def hanging_on(self, entity: type[T], case_id: str) -> tuple[T, ...]:
        """All of one kind that hangs on a case, whatever the actor may see: for the product's own steps, which tell nobody, and
        for whoever was given the case itself.
        """
        repository, table = Repository(self, entity), cast(Any, KINDS[entity].table)
        rows = self.session.exec(select(table).where(table.case_id == case_id).order_by(table.id).with_for_update())
        return tuple(repository.opened(row) for row in rows)

    def save(self, *records: Record, because: AuditEvent) -> None:
        """Write the records with their clocks and bars, and the one event that says why."""
        digests = [self._write(record) for record in records]
        stream = because.stream or next((s for r in records if (s := stream_of(r))), None)
        self._audit.append(self.session, self.actor, replace(because, stream=stream), digests, self.now)
        self.events += 1

    def note_event(self, event: AuditEvent, *digests: RecordDigest) -> None:
        """Record something that changed no record: a file that was read, a session that began. `digests`: of what is no record
        and is vouched for all the same.
        """
        self._audit.append(self.session, self.actor, event, digests, self.now)
        self.events += 1

    def note_events(self, events: Sequence[AuditEvent]) -> None:
        """The same of many at once, each about no record and in the actor's own stream."""
        if events:
            self._audit.append_all(self.session, self.actor, events, self.now)
            self.events += len(events)

    def was_read(self, record: Record, *, action: str) -> None:
        kind = KINDS[type(record)]
        self.note_event(AuditEvent(action, kind.name, record.id, stream_of(record), Outcome.READ))

    def next_number(self, name: str, start: int = 1) -> int:
        """The next number of a counter; taken for good even if it is later not used."""
        insert_if_missing(self.session, SequenceRow, name=name, value=start - 1)
        row = self.session.get_one(SequenceRow, name, with_for_update=True)
        row.value += 1
        self.session.flush()
        return row.value

    def people_change(self, since: int | None = None) -> None:
        """Note that an adult is added, changed or let go of. Who does so waits for whoever did before, to the end of that.

        Raises Stale where somebody else has done so since that number of changes.
        """
        if not self._people_change:
            number = self.next_number(_PEOPLE)
            self._people_change = True
            if since is not None and number != since + 1:
                raise Stale("adults have changed")

    def changes_of_people(self) -> int:
        """How often adults were changed: the same number, the same adults."""
        return self.session.exec(select(SequenceRow.value).where(SequenceRow.name == _PEOPLE)).one_or_none() or 0

    def sealed(self, plaintext: bytes, *, place: str) -> bytes:
        """Seal something that belongs to no record, such as a draft, under the organisation's key."""
        return encrypt(self._organisation_key(), plaintext, place=place)

    def opened(self, sealed: bytes, *, place: str) -> bytes:
        return decrypt(self._organisation_key(), sealed, place=place)

    def _organisation_key(self) -> bytes:
        return self.ring.open(self.session, ORGANISATION_KEY)

    def _write(self, record: Record) -> RecordDigest:
        kind = KINDS[type(record)]
        if isinstance(record, Person):
            self.people_change()
        # One that is new has no clocks, bars or list yet either.
        new = record.id in self.fresh or not is_there(self.session, kind.table, record.id)
        row = None if new else self.session.get_one(kind.table, record.id, with_for_update=True)
        if row is not None and row.version != self.loaded.get((kind.name, record.id), row.version):
            raise Conflict("Somebody else changed this a moment ago. Nothing of yours was saved; reload and look.")
        if isinstance(record, LISTED):
            record = access.with_list(self, record, self.book)
        clear = kind.clear(record)
        if isinstance(row, ObservationRow) and row.person_id != clear["person_id"]:
            self.ring.rewrap(self.session, row.key_id, parent_id=self._parent_of(clear["person_id"]))
        key_id = self._key_for(record) if row is None else row.key_id
        version = 1 if row is None else row.version + 1
        canonical = kind.adapter.dump_json(record)
        sealed = encrypt(self.ring.open(self.session, key_id), canonical, place=kind.place(record.id))
        mac = self.ring.record_mac(kind.name, record.id, canonical)
        self.loaded[kind.name, record.id] = version
        values = {**clear, "sealed": sealed, "mac": mac, "version": version}
        if row is None:
            insert_row(self.session, kind.table, id=record.id, key_id=key_id, **values)
        else:
            for name, value in values.items():
                setattr(row, name, value)
            self.session.flush()
        self._set_clocks(kind, record, new=new)
        self._set_bars(record, new=new)
        if isinstance(record, LISTED):
            access.write_list(self.session, record.id, record.listed, new=new)
        self.begun.pop(record.id, None)
        if new and isinstance(record, Observation):
            self.begun[record.id] = frozenset(record.barred), frozenset(record.listed)
        self.fresh.discard(record.id)
        return kind.name, record.id, version, mac

    def _key_for(self, record: Record) -> str:
        if isinstance(record, Person):
            return self.ring.create(self.session, "person", parent_id=None, now=self.now)
        if isinstance(record, Observation | Case | Investigation):
            purpose = "note" if isinstance(record, Observation) else "case"
            return self.ring.create(self.session, purpose, parent_id=self._parent_of(record.person_id), now=self.now)
        if isinstance(record, Sample | Evidence | Minutes):
            return self.ring.create(self.session, KINDS[type(record)].name, parent_id=self._parent_of(None), now=self.now)
        if isinstance(record, KeptUpload):
            return self.ring.create(self.session, "note", parent_id=self._parent_of(None), now=self.now)
        return self.session.get_one(CaseRow, record.case_id).key_id

    def _parent_of(self, person_id: str | None) -> str:
        if person_id is None:
            return ORGANISATION_KEY
        # Held until this ends: nothing is put under a person whose records are being disposed of.
        found = self._held.get(person_id)
        if found is None and (row := ask(self.session, _KEY_OF, {"person": person_id})):
            found = row[0]
        if found is None:
            raise NotFound(f"person {person_id}")
        return found

    def knows_of(self, person_id: str) -> bool:
        """Whether the actor may know of an adult, who is then held until this ends: she must not be disposed of meanwhile."""
        known = _key_if_known(anywhere=self.actor.branch is None)
        asked = {"person": person_id, "account": self.actor.account_id, "branch": self.actor.branch, "now": self.now}
        if row := ask(self.session, known, asked):
            self._held[person_id] = row[0]
        return row is not None

    def key_of(self, person_id: str) -> bytes:
        """The key of an adult. Raises Unreadable where it does not open any more."""
        return self.ring.open(self.session, self._parent_of(person_id))

    @property
    def book(self) -> ClockBook:
        """The clock book that counts now."""
        if self._book is None:
            self._book = documents.latest(self, ClockBook) or DEFAULT_BOOK
        return self._book

    def _set_clocks(self, kind: Kind, record: Record, *, new: bool = False) -> None:
        """Start, stop and move the record's clocks. One that goes on keeps the stage it has reached and whoever holds it.

        Each that runs now is put on `clocks`, with whether it begins.
        """
        running = {} if new else {row.kind: row for row in self.session.exec(select(ClockRow).where(
            ClockRow.record_kind == kind.name, ClockRow.record_id == record.id))}
        for clock in clocks_of(record, self.book):
            row = running.pop(str(clock.kind), None)
            if clock.kind is ClockKind.NEXT_STEP and row is not None and row.started_at > clock.started_at:
                clock = self.book.clock(clock.kind, row.started_at, priority=row.priority)
            begins = row is None or row.started_at != clock.started_at
            stage, holder_id = (0, "") if row is None or begins else (row.stage, row.holder_id)
            values = {
                "stage": stage, "holder_id": holder_id, "started_at": clock.started_at, "case_id": case_of(record),
                "branch": record.branch, "book": self.book.version, "due_at": clock.due_at, "chase_at": clock.chase_at,
                "escalate_at": clock.escalate_at, "priority": str(getattr(record, "priority", "other")),
                "restricted": getattr(record, "restricted", False), "reserved": getattr(record, "reserved", False),
                "next_step_at": clock.steps[stage] if stage < len(clock.steps) else None}
            if row is None:
                key = {"record_kind": kind.name, "record_id": record.id, "kind": str(clock.kind)}
                insert_row(self.session, ClockRow, **key, **values)
                self.clocks.append((BegunClock(**key, **values), record, True))
            else:
                for name, value in values.items():
                    setattr(row, name, value)
                self.clocks.append((row, record, begins))
        for row in running.values():
            self.session.delete(row)
        if running and kind.entity is not Case:
            self._next_step_anew(case_of(record))
        self.session.flush()

    def ask(self, clock: AnyClock, account_id: str) -> None:
        """Put down who is asked about a clock now; empty: nobody."""
        key = {"record_kind": clock.record_kind, "record_id": clock.record_id, "kind": clock.kind}
        waits = self.session.waiting("clock", **key) if isinstance(self.session, Shared) else None
        if waits is not None:
            waits["holder_id"] = account_id
        else:
            self.session.connection().execute(_ASKED, {
                "of": clock.record_kind, "record": clock.record_id, "clock": clock.kind, "holder_id": account_id})
        if isinstance(clock, ClockRow):
            set_committed_value(clock, "holder_id", account_id)
        else:
            clock.holder_id = account_id

    def _next_step_anew(self, case_id: str | None) -> None:
        """Something of the case has ended: from now on counts how long nobody does anything more about it."""
        row = self.session.get(ClockRow, ("case", case_id, str(ClockKind.NEXT_STEP))) if case_id else None
        if row is not None and row.started_at < self.now:
            clock = self.book.clock(ClockKind.NEXT_STEP, self.now, priority=row.priority)
            row.started_at, row.due_at, row.chase_at, row.escalate_at = (
                clock.started_at, clock.due_at, clock.chase_at, clock.escalate_at)
            row.stage, row.holder_id, row.next_step_at = 0, "", clock.steps[0]

    def retimed(self, row: ClockRow) -> None:
        """Work the clocks of one record out anew, by the book that counts now. Nothing else of it changes."""
        kind = next(k for k in KINDS.values() if k.name == row.record_kind)
        self._set_clocks(kind, self.regardless(kind.entity, row.record_id))

    def _set_bars(self, record: Record, *, new: bool) -> None:
        if not new:
            self.session.exec(delete(BarRow).where(col(BarRow.record_id) == record.id))
        insert_rows(self.session, BarRow, [{"record_id": record.id, "account_id": a} for a in getattr(record, "barred", ())])

    def may_see(self, table: type[_Sealed]) -> ColumnElement[bool]:
        """The condition that keeps a query to what this actor may know of."""
        case_id = getattr(table, "case_id", None) if table in _TABLES_ON_A_CASE else None
        return scope(self, id_column=col(table.id), case_column=case_id, branch=col(table.branch),
                     restricted=col(table.restricted), reserved=getattr(table, "reserved", None), people=table is PersonRow)

    @property
    def off_shift(self) -> bool:
        """Whether the actor is somebody on call whose turn it is not: then there is nothing here for her. DOMAIN annex §8."""
        if self.actor.role is not Role.ON_CALL:
            return False
        if self._on_shift is None:
            rota = access.rota_of(self, self.actor.branch or "main")
            self._on_shift = rota.holder(Duty.ON_CALL, self.now) == self.actor.account_id
        return not self._on_shift


def scope(uow: UnitOfWork, *, id_column: Any, branch: Any, restricted: Any, reserved: Any, case_column: Any = None,
          people: bool = False) -> ColumnElement[bool]:
    """Branch, list, reservation, bars and shift of one actor as one SQL condition. Every scoped query uses it.

    `reserved` is None for kinds of records that can never be; `case_column` for those that are under their own list.
    `people`: the adults themselves, whom those who visit them know at any hour.
    """
    actor = uow.actor
    ids = [id_column] if case_column is None else [id_column, case_column]
    conditions = [_open_to(actor.account_id, actor.branch, uow.now, *ids, branch=branch, restricted=restricted)]
    if uow.off_shift and not people:
        conditions.append(false())
    if reserved is not None and actor.role not in SEES_RESERVED:
        conditions.append(reserved.is_(False))
    return and_(*conditions)


def _open_to(account: Any, at: Any, now: Any, id_column: Any, *case_column: Any, branch: Any,
             restricted: Any) -> ColumnElement[bool]:
    """Bars, branch and list of an account that works `at` a branch, or anywhere (None); each a value or a parameter."""
    here = () if at is None else (branch == at,)
    on_list = access.on_list(account, now, id_column, *case_column)
    return and_(~exists().where(col(BarRow.record_id) == id_column, col(BarRow.account_id) == account), *here,
                or_(restricted.is_(False), on_list))


_ASKED = update(ClockRow).where(col(ClockRow.record_kind) == bindparam("of"), col(ClockRow.record_id) == bindparam("record"),
                                col(ClockRow.kind) == bindparam("clock"))
#: Put together once: every note asks for them.
_KEY_OF = select(PersonRow.key_id).where(PersonRow.id == bindparam("person")).with_for_update(read=True)


@cache
def _key_if_known(*, anywhere: bool) -> Any:
    """`scope` of the adults, for one of them: her key, if the account may know of her. Nobody is off shift for them."""
    return _KEY_OF.where(_open_to(
        bindparam("account"), None if anywhere else bindparam("branch"), bindparam("now", type_=UtcDateTime),
        col(PersonRow.id), branch=col(PersonRow.branch), restricted=col(PersonRow.restricted)))


class Repository(Generic[T]):
    """Records of one kind as this actor may see them."""

    def __init__(self, uow: UnitOfWork, entity: type[T]) -> None:
        self._uow, self._kind = uow, KINDS[entity]

    def get(self, record_id: str) -> T:
        """The record. Raises NotFound alike for a wrong id and for one that this actor may not see."""
        table = self._kind.table
        if "\0" in record_id:  # PostgreSQL cannot even ask for it
            raise NotFound(self._kind.name)
        query = select(table).where(col(table.id) == record_id, self._uow.may_see(table)).with_for_update()
        row = self._uow.session.exec(query).one_or_none()
        if row is None:
            raise NotFound(f"{self._kind.name} {record_id}")
        return self.opened(row)

    def where(self, *conditions: Any, order_by: Sequence[Any] = (), limit: int | None = None) -> tuple[T, ...]:
        query = select(self._kind.table).where(self._uow.may_see(self._kind.table), *conditions)
        query = query.order_by(*order_by) if order_by else query
        query = query.limit(limit) if limit is not None else query
        return tuple(self.opened(row) for row in self._uow.session.exec(query))

    def openable(self, *conditions: Any) -> tuple[tuple[T, ...], int]:
        """The visible ones that can be opened, and how many cannot: for counts, which one broken record must not take away."""
        found: list[T] = []
        broken = 0
        for row in self._uow.session.exec(select(self._kind.table).where(self._uow.may_see(self._kind.table), *conditions)):
            try:
                found.append(self.opened(row))
            except Unreadable:
                broken += 1
        return tuple(found), broken

    def of(self, case: Case) -> tuple[T, ...]:
        table: Any = self._kind.table
        return self.where(table.case_id == case.id)

    def those(self, record_ids: Iterable[str]) -> dict[str, T]:
        """The visible ones among these ids, by id."""
        wanted = list(record_ids)
        if not wanted:
            return {}
        return {r.id: r for r in self.where(col(self._kind.table.id).in_(wanted))}

    def readable(self, record_ids: Iterable[str]) -> dict[str, T]:
        """The visible ones among these ids that can be opened: for lists, which one broken record must not take away."""
        rows = self._uow.session.exec(select(self._kind.table).where(
            self._uow.may_see(self._kind.table), col(self._kind.table.id).in_(list(record_ids))))
        found: dict[str, T] = {}
        for row in rows:
            with contextlib.suppress(Unreadable):
                found[row.id] = self.opened(row)
        return found

    def opened(self, row: _Sealed) -> T:
        self._uow.loaded.setdefault((self._kind.name, row.id), row.version)
        return unsealed(self._uow, self._kind.entity, row)


def unsealed(uow: UnitOfWork, entity: type[T], row: _Sealed) -> T:
    """A record as its row seals it, for a look that saves nothing. Raises Unreadable."""
    kind, key = KINDS[entity], uow.ring.open(uow.session, row.key_id)
    return kind.read(decrypt(key, row.sealed, place=kind.place(row.id)))


def bars_on(uow: UnitOfWork, record_id: str) -> frozenset[str]:
    """Accounts that may not learn of a record."""
    return frozenset(uow.session.exec(select(BarRow.account_id).where(BarRow.record_id == record_id)))


def visited_on(uow: UnitOfWork, account_id: str, day: date) -> frozenset[str]:
    """Ids of the adults that this worker visits on a day: those whose visit is put down for it, and those she visits at all of
    whose days nothing is known.
    """
    dated = select(CareVisitRow.person_id).where(CareVisitRow.account_id == account_id)
    on_the_day = uow.session.exec(dated.where(CareVisitRow.day == day.isoformat()))
    at_all = uow.session.exec(select(AllocationRow.person_id).where(AllocationRow.account_id == account_id))
    days_known = frozenset(uow.session.exec(dated.where(CareVisitRow.set_by == "")))
    return frozenset(on_the_day) | (frozenset(at_all) - days_known)
