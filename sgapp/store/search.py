"""Finding notes and cases by a reference or a name. Names are opened into this process's memory and nowhere else.

Source: DESIGN, "People are found by a name index decrypted into memory, scoped to the actor, never on disk".
"""

import re
import threading
import unicodedata
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from sgapp.domain.observation import NoteState
from sgapp.domain.person import Person
from sgapp.store.tables import CaseRow, ObservationRow, PersonRow, ReferralRow
from sgapp.store.unit_of_work import Repository, UnitOfWork

#: As many as anybody looks at.
_MOST = 200
#: The beginning of a reference of a note, a case or a referral, of which there is enough to look for.
_REFERENCE = re.compile(r"[A-Z0-9-]{3,}")
_OPEN = [str(state) for state in NoteState if state is not NoteState.FINISHED]


class _Names:
    """Folded names by the keyed digest of their record: another version of a person is another entry."""

    def __init__(self) -> None:
        self._by_mac: dict[str, tuple[str, tuple[str, ...]]] = {}
        self._lock = threading.Lock()

    def forget(self) -> None:
        with self._lock:
            self._by_mac = {}

    def words(self, uow: UnitOfWork, row: PersonRow) -> tuple[str, ...]:
        return self._of(uow, row)[1]

    def name(self, uow: UnitOfWork, row: PersonRow) -> str:
        return self._of(uow, row)[0]

    def _of(self, uow: UnitOfWork, row: PersonRow) -> tuple[str, tuple[str, ...]]:
        with self._lock:
            known = self._by_mac.get(row.mac)
        if known is None:
            person = Repository(uow, Person).opened(row)
            known = person.name, folded(f"{person.name} {person.reference}")
            with self._lock:
                self._by_mac[row.mac] = known
        return known


_names = _Names()


def forget() -> None:
    """Let go of the names that were opened; they are opened again when somebody looks for one."""
    _names.forget()


def folded(text: str) -> tuple[str, ...]:
    """Its words, small and without accents, so that “Zoe” finds “Zoë”."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return tuple(re.findall(r"\w+", plain))


def names_of_people(uow: UnitOfWork, *, but: str) -> list[str]:
    """Full names of the adults that this actor may see, without one: to notice a name where it does not belong."""
    rows = uow.session.exec(select(PersonRow).where(uow.may_see(PersonRow), PersonRow.id != but))
    return [_names.name(uow, row) for row in rows]


def records_like(uow: UnitOfWork, text: str) -> frozenset[str]:
    """Ids of the notes, referrals and cases that this actor may see and that a reference or a name points to."""
    wanted = folded(text)
    if not wanted:
        return frozenset()
    return _by_reference(uow, text) | _of_people(uow, _people(uow, wanted)) | _unmatched(uow, wanted)


def people_like(uow: UnitOfWork, text: str) -> list[str]:
    """Ids of the adults that this actor may see and whose name or reference a text points to."""
    wanted = folded(text)
    return _people(uow, wanted) if wanted else []


def _by_reference(uow: UnitOfWork, text: str) -> frozenset[str]:
    """References begin with what was typed, with or without its dashes."""
    typed = re.sub(r"[\s‐-―-]+", "-", text.strip().upper())
    if not _REFERENCE.fullmatch(typed):
        return frozenset()
    found: set[str] = set()
    for table in (ObservationRow, CaseRow, ReferralRow):
        query = select(table.id).where(uow.may_see(table), *_begins(uow, col(table.reference), typed))
        found |= set(uow.session.exec(query.limit(_MOST)))
    return frozenset(found)


def _begins(uow: UnitOfWork, column: Any, typed: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """From what was typed up to the last text that begins so, by bytes: the two ends of a range in the column's index."""
    last = typed + "\x7f"
    if uow.session.get_bind().dialect.name == "postgresql":
        return column.op("~>=~", is_comparison=True)(typed), column.op("~<=~", is_comparison=True)(last)
    return column >= typed, column <= last


def _people(uow: UnitOfWork, wanted: tuple[str, ...]) -> list[str]:
    rows = uow.session.exec(select(PersonRow).where(uow.may_see(PersonRow)))
    return [row.id for row in rows if _fits(wanted, _names.words(uow, row))][:_MOST]


def _of_people(uow: UnitOfWork, people: list[str]) -> frozenset[str]:
    if not people:
        return frozenset()
    notes = select(ObservationRow.id).where(uow.may_see(ObservationRow), col(ObservationRow.person_id).in_(people),
                                            col(ObservationRow.state).in_(_OPEN))
    cases = select(CaseRow.id).where(uow.may_see(CaseRow), col(CaseRow.person_id).in_(people))
    return frozenset((*uow.session.exec(notes.limit(_MOST)), *uow.session.exec(cases.limit(_MOST))))


def _unmatched(uow: UnitOfWork, wanted: tuple[str, ...]) -> frozenset[str]:
    """Notes that wait and that nobody has matched to a person yet: the name stands in the note alone."""
    table = ObservationRow
    waiting = select(table.id).where(uow.may_see(table), col(table.person_id).is_(None), col(table.state).in_(_OPEN))
    found = uow.notes.readable(uow.session.exec(waiting.order_by(col(table.received_at)).limit(_MOST)))
    return frozenset(note.id for note in found.values() if _fits(wanted, folded(note.content.person_text)))


def _fits(wanted: tuple[str, ...], words: tuple[str, ...]) -> bool:
    return all(any(word.startswith(want) for word in words) for want in wanted)
