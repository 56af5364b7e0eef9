"""Walks through all cases, a few adults at a time: as much in memory as belongs to those few, however many there are."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, distinct, func, true
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from sgapp.domain.case import Case
from sgapp.domain.decision import SharingDecision
from sgapp.domain.errors import Unreadable
from sgapp.domain.investigation import Investigation
from sgapp.domain.measures import Material
from sgapp.domain.observation import Observation
from sgapp.domain.referral import Action, Referral
from sgapp.store.kinds import KINDS, Record
from sgapp.store.tables import CaseRow, InvestigationRow, ObservationRow
from sgapp.store.tables.records import _Sealed
from sgapp.store.unit_of_work import Repository, UnitOfWork

T = TypeVar("T", bound=Record)
_AT_A_TIME = 10


@dataclass
class Walk:
    """What somebody may see of all that there is; `whole`: all of it, for the command at the machine, which shows no words.

    `broken` counts what could not be opened on the way.
    """

    uow: UnitOfWork
    whole: bool = False
    broken: int = 0
    _seen: dict[type[_Sealed], ColumnElement[bool]] = field(default_factory=dict)

    def theirs(self, table: type[_Sealed]) -> ColumnElement[bool]:
        """The condition that keeps a query to what may be seen. Put together once: a walk asks very often."""
        if table not in self._seen:
            self._seen[table] = true() if self.whole else self.uow.may_see(table)
        return self._seen[table]

    def some(self, entity: type[T], *conditions: Any) -> tuple[T, ...]:
        """Those of one kind that may be seen and can be opened."""
        table, found = KINDS[entity].table, []
        for row in self.uow.session.exec(select(table).where(self.theirs(table), *conditions).order_by(col(table.id))):
            try:
                found.append(Repository(self.uow, entity).opened(row))
            except Unreadable:
                self.broken += 1
        return tuple(found)

    def cases(self, progress: Callable[[int, int], None] = lambda _done, _of: None) -> Iterator[Material]:
        """The cases with what hangs on them, and matters about staff beside them. All cases of an adult come together."""
        seen = self.theirs(CaseRow)
        person_id = col(CaseRow.person_id)
        done, of = 0, self.uow.session.exec(select(func.count(distinct(person_id))).where(seen)).one()
        with self._few_at_a_time(select(person_id).where(seen).distinct().order_by(person_id)) as found:
            for people in found:
                with self._for_a_while():
                    yield self._of(people)
                done += len(people)
                progress(done, of)

    def notes(self, begins: datetime, ends: datetime) -> Iterator[Material]:
        """The notes that came in from one moment to another, each few with the cases they belong to."""
        when, note_id = col(ObservationRow.received_at), col(ObservationRow.id)
        query = select(note_id).where(self.theirs(ObservationRow), when >= begins, when <= ends).order_by(when)
        with self._few_at_a_time(query) as found:
            for ids in found:
                with self._for_a_while():
                    notes = self.some(Observation, note_id.in_(ids))
                    cases = self.some(Case, col(CaseRow.id).in_({n.case_id for n in notes if n.case_id}))
                    yield Material(notes, cases, now=self.uow.now, book=self.uow.book)

    @contextmanager
    def _few_at_a_time(self, ids: SelectOfScalar[str]) -> Iterator[Iterator[Sequence[str]]]:
        """What a question finds, as the database hands it out."""
        with closing(self.uow.session.exec(ids, execution_options={"yield_per": _AT_A_TIME})) as found:
            yield found.partitions()

    @contextmanager
    def _for_a_while(self) -> Iterator[None]:
        """What is opened within is let go of at its end; nothing of it is saved, so nobody asks for its version again."""
        known = set(self.uow.loaded)
        with self.uow.ring.for_a_while():
            yield
        for key in set(self.uow.loaded) - known:
            del self.uow.loaded[key]

    def _of(self, people: Sequence[str]) -> Material:
        cases = self.some(Case, col(CaseRow.person_id).in_(people))
        ids = [case.id for case in cases]

        def on(entity: type[T]) -> tuple[T, ...]:
            table: Any = KINDS[entity].table
            return self.some(entity, col(table.case_id).in_(ids))

        return Material(on(Observation), cases, on(SharingDecision), on(Referral), on(Action), self.some(
            Investigation, col(InvestigationRow.concerns_case).in_(ids)), now=self.uow.now, book=self.uow.book)
