"""Finding notes and cases by a reference or a name. Names are opened into this process's memory and nowhere else.

Source: DESIGN, "People are found by a name index decrypted into memory, scoped to the actor, never on disk".
"""

import re
import threading
import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, islice
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from sgapp.domain.errors import Unreadable
from sgapp.domain.observation import NoteState
from sgapp.domain.person import Person
from sgapp.store.secrets import KeyRing
from sgapp.store.tables import CaseRow, DataKeyRow, ObservationRow, PersonRow, ReferralRow
from sgapp.store.unit_of_work import UnitOfWork, unsealed

#: As many as anybody looks at; and as many as are opened, or asked for, at a time.
_MOST, _AT_A_TIME = 200, 500
#: The beginning of a reference of a note, a case or a referral, of which there is enough to look for.
_REFERENCE = re.compile(r"[A-Z0-9-]{3,}")
_OPEN = [str(state) for state in NoteState if state is not NoteState.FINISHED]


#: One pass through all names takes as long as a look at so much of them one by one. What more than so many have is compared
#: with what others have before any of them is looked at.
_ONE_BY_ONE, _MANY = 1 / 4, 250
#: So many letters of a word tell where to look.
_BEGINNING = 3


@dataclass(frozen=True, slots=True)
class _Lines:
    """The folded names of all adults in one text, a line each: a word of a name stands behind a space.

    `begins`: where each begins, and where one more would. `numbers`: of the lines that had a word with these first letters at
    some time, in order. An adult keeps her number until somebody is gone, so that a change of one makes only hers anew.
    """

    text: str = ""
    begins: "array[int]" = field(default_factory=lambda: array("q", [0]))
    ids: tuple[str, ...] = ()
    numbers: Mapping[str, "array[int]"] = field(default_factory=lambda: dict[str, "array[int]"]())

    def fitting(self, wanted: tuple[str, ...]) -> Iterator[str]:
        """Ids of those in whose line a word begins with each of these."""
        longest, *others = sorted((f" {word}" for word in wanted), key=len, reverse=True)
        find, begins = self.text.find, self.begins
        for number in self._maybe(longest, wanted):
            begin, end = begins[number], begins[number + 1]
            if find(longest, begin, end) >= 0 and all(find(word, begin, end) >= 0 for word in others):
                yield self.ids[number]

    def _maybe(self, longest: str, wanted: Sequence[str]) -> Iterable[int]:
        """Lines that may hold all of these: those of the beginnings that fewest have, or by a pass for the longest of them."""
        some, *others = sorted((self.numbers.get(word[:_BEGINNING], array("I")) for word in wanted if len(word) >= _BEGINNING),
                               key=len) or (None,)
        if some is None or len(some) > len(self.ids) * _ONE_BY_ONE:
            return self._with(longest)
        for other in others:
            some = sorted(set(some).intersection(other)) if len(some) > _MANY else some
        return some

    def _with(self, word: str) -> Iterator[int]:
        at = self.text.find(word)
        while at >= 0:
            number = bisect_right(self.begins, at) - 1
            yield number
            at = self.text.find(word, self.begins[number + 1])


def _numbered(before: Mapping[str, "array[int]"], lines: Iterable[tuple[int, str]]) -> Mapping[str, "array[int]"]:
    """The numbers of lines by the first letters of their words, with these lines among them; what was stays as it is."""
    more: dict[str, array[int]] = {}
    for number, line in lines:
        for begins in {word[:_BEGINNING] for word in line.split() if len(word) >= _BEGINNING}:
            more.setdefault(begins, array("I")).append(number)
    return {**before, **{begins: array("I", sorted({*before.get(begins, ()), *numbers})) for begins, numbers in more.items()}}


class _Names:
    """The names of all adults of one house, opened once. Who may see which of them is asked of the database, each time.

    A number that every change of an adult raises tells whether there is anything to look for: another version of an adult has
    another digest, and is opened anew.
    """

    def __init__(self) -> None:
        self.known: dict[str, tuple[str, str]] = {}
        self._lines = _Lines()
        self._as_of: int | None = None
        self._lock = threading.Lock()

    def forget(self) -> None:
        with self._lock:
            self.known, self._lines, self._as_of = {}, _Lines(), None

    def opened(self, uow: UnitOfWork) -> None:
        self._as_they_are(uow)

    def fitting(self, uow: UnitOfWork, wanted: tuple[str, ...]) -> Iterator[str]:
        return self._as_they_are(uow)[1].fitting(wanted)

    def of(self, uow: UnitOfWork, ids: Iterable[str]) -> list[str]:
        """The names behind ids, without those that do not open."""
        known = self._as_they_are(uow)[0]
        return [known[i][1] for i in ids if i in known and known[i][1]]

    def _as_they_are(self, uow: UnitOfWork) -> "tuple[dict[str, tuple[str, str]], _Lines]":
        as_of = uow.changes_of_people()
        with self._lock:
            if self._as_of is None or as_of != self._as_of:
                self._look(uow)
                # What this transaction has written itself may yet be undone, and the number given again.
                self._as_of = as_of if not uow.events else None
            return self.known, self._lines

    def _look(self, uow: UnitOfWork) -> None:
        rows = uow.session.exec(select(PersonRow.id, PersonRow.mac))
        there = {person_id: mac for person_id, mac in rows}  # noqa: C416 - a row is no pair to the types
        known = {i: found for i, found in self.known.items() if i in there}
        gone = len(known) < len(self.known)
        lines = dict(zip(self._lines.ids, self._lines.text.splitlines(keepends=True), strict=True))
        anew = dict.fromkeys(i for i, mac in there.items() if i not in known or known[i][0] != mac)
        for some in _some(list(anew)):
            for person_id, mac, person in _opened(uow, some):
                known[person_id] = mac, person.name if person else ""
                lines[person_id] = f" {' '.join(folded(f'{person.name} {person.reference}'))}\n" if person else "\n"
        kept = [lines[i] for i in known]
        begins = array("q", accumulate(map(len, kept), initial=0))
        changed = ((n, lines[i]) for n, i in enumerate(known) if gone or i in anew)
        numbers = _numbered({} if gone else self._lines.numbers, changed)
        self.known, self._lines = known, _Lines("".join(kept), begins, tuple(known), numbers)


def _some(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[n:n + _AT_A_TIME] for n in range(0, len(ids), _AT_A_TIME))


def _opened(uow: UnitOfWork, ids: Sequence[str]) -> Iterator[tuple[str, str, Person | None]]:
    """Adults by their ids, each with its digest; None for one that does not open. Their keys are let go of again."""
    rows = uow.session.exec(select(PersonRow).where(col(PersonRow.id).in_(ids))).all()
    # Held until the end, so that the ring finds them here and asks for none by itself.
    keys = uow.session.exec(select(DataKeyRow).where(col(DataKeyRow.id).in_([row.key_id for row in rows]))).all()
    with uow.ring.for_a_while():
        for row in rows:
            try:
                yield row.id, row.mac, unsealed(uow, Person, row)
            except Unreadable:
                yield row.id, row.mac, None
    del keys


#: Of each house that this process has open.
_names: "WeakKeyDictionary[KeyRing, _Names]" = WeakKeyDictionary()


def _names_in(uow: UnitOfWork) -> _Names:
    return _names.setdefault(uow.ring, _Names())


def open_names(uow: UnitOfWork) -> None:
    """Open the names of all adults that are not known here yet: some ten seconds for 100,000 after a start.

    Done in a look before the transaction that asks for them, so that nobody who writes waits meanwhile.
    """
    _names_in(uow).opened(uow)


def forget(ring: KeyRing) -> None:
    """Let go of the names that were opened; they are opened again when somebody looks for one."""
    if ring in _names:
        _names[ring].forget()


def folded(text: str) -> tuple[str, ...]:
    """Its words, small and without accents, so that “Zoe” finds “Zoë”."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return tuple(re.findall(r"\w+", plain))


def names_of_people(uow: UnitOfWork, *, but: str) -> list[str]:
    """Full names of the adults that this actor may see, without one: to notice a name where it does not belong."""
    ids = uow.session.exec(select(PersonRow.id).where(uow.may_see(PersonRow), PersonRow.id != but))
    return _names_in(uow).of(uow, ids)


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
    fitting, found = _names_in(uow).fitting(uow, wanted), list[str]()
    while True:
        some = list(islice(fitting, _AT_A_TIME))
        # Asked at least once, so that no time tells of an adult who may not be seen.
        found += uow.session.exec(select(PersonRow.id).where(uow.may_see(PersonRow), col(PersonRow.id).in_(some)))
        if len(some) < _AT_A_TIME or len(found) >= _MOST:
            return found[:_MOST]


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
