"""Everything that is kept about an adult, for whoever answers her request: one command, others marked, nothing taken out."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, func, select

from sgapp.domain.audit import AuditEvent
from sgapp.domain.case import Case
from sgapp.domain.contact import Contact
from sgapp.domain.decision import SharingDecision
from sgapp.domain.disclosure import names_near
from sgapp.domain.errors import NotFound, Unreadable
from sgapp.domain.investigation import Investigation
from sgapp.domain.learning import Learning
from sgapp.domain.masking import stand_ins
from sgapp.domain.observation import Observation
from sgapp.domain.person import Person
from sgapp.domain.referral import Action, Referral
from sgapp.domain.safety_plan import SafetyPlan
from sgapp.domain.sampling import CaseAudit
from sgapp.domain.subject_access import About, Chapter, as_text, chapter
from sgapp.integrations.pdf import copy_pdf
from sgapp.services.guard import public
from sgapp.services.house import SYSTEM, House
from sgapp.store import accounts
from sgapp.store.search import folded
from sgapp.store.tables import (
    ActionRow,
    CaseAuditRow,
    CaseRow,
    ContactRow,
    DecisionRow,
    InvestigationRow,
    LearningRow,
    ObservationRow,
    PersonRow,
    ReferralRow,
    SafetyPlanRow,
)
from sgapp.store.unit_of_work import Repository, T, UnitOfWork


@dataclass(frozen=True, slots=True)
class Copy:
    """What is kept of one adult. `elsewhere`: references of notes about others in which her name stands, to be read by hand."""

    reference: str
    name: str
    made_at: datetime
    chapters: tuple[Chapter, ...]
    elsewhere: tuple[str, ...]
    marked: int


@public("run from the command line, by whoever answers the request; it stands on the adult's own stream of the chain")
def copy_for(house: House, reference: str, *, now: datetime,
             progress: Callable[[int, int], None] = lambda _done, _of: None) -> Copy:
    """All that is kept of the adult with this reference. Raises NotFound for none, Unreadable where something does not open."""
    with house.reading(SYSTEM, now) as uow:
        person = _person(uow, reference)
        notes, cases = _notes(uow, person), _cases(uow, person)
        own = frozenset({person.name, person.reference, person.short, *person.name.split()})
        marks = _Marks(_names(uow, own, person, notes, cases), own)
        about_her = marks.chapter("Who you are in our records", person)
        chapters = (about_her, *_of_notes(notes, marks), *_of_cases(uow, cases, marks))
        elsewhere = tuple(_elsewhere(uow, person, progress))
    with house.begin(SYSTEM, now) as uow:
        uow.note_event(AuditEvent("copy-made", "person", person.id, f"person:{person.id}"))
    marked = sum(bool(part.about) for c in chapters for entry in c.entries for part in entry.parts)
    return Copy(person.reference, person.name, now, chapters, elsewhere, marked)


#: What whoever looks it through has to know, before the records begin.
_BEFORE = (
    "This is for whoever answers the request. Nothing has been taken out. Read each line before it goes, and keep a note of "
    "what you left out and why. Not in it, and to be told apart where it is asked for: who visited and when, and who of us "
    "opened the file by way of exception, and why.",
    "Names between double brackets belong to somebody else: a colleague, another adult, or somebody who was there. They go "
    "with that person's consent, or where it is reasonable without. Professionals in their work are as a rule not left out.",
    "“Think first” stands at what others said, at what is about a colleague, and at what could put somebody in danger. What is "
    "likely to cause serious harm to anybody's health may be kept back. Nicknames, and names that nobody has recorded, are not "
    "marked.")


@public("called with a copy that was already given")
def files_of(copy: Copy, provider: str) -> dict[str, bytes]:
    """The copy as files, by name: to read, to work with, and as plain text. No name of a file says whose it is."""
    told = asdict(copy)
    said = {"title": f"What is kept of {copy.name}", "reference": copy.reference, "provider": provider, "before": _BEFORE,
            "chapters": told["chapters"], "elsewhere": copy.elsewhere}
    as_json = {**told, "made_at": copy.made_at.isoformat(), "before": _BEFORE}
    return {"copy.pdf": copy_pdf(said), "copy.json": json.dumps(as_json, indent=1, ensure_ascii=False).encode(),
            "copy.txt": as_text(copy.chapters).encode()}


def _person(uow: UnitOfWork, reference: str) -> Person:
    wanted = reference.strip().upper()
    for row in uow.session.exec(select(PersonRow)).yield_per(200):
        if (person := uow.people.opened(row)).reference.upper() == wanted:
            return person
    raise NotFound(reference)


def _notes(uow: UnitOfWork, person: Person) -> list[Observation]:
    rows = uow.session.exec(select(ObservationRow).where(ObservationRow.person_id == person.id).order_by(
        col(ObservationRow.received_at)))
    return [uow.notes.opened(row) for row in rows]


def _cases(uow: UnitOfWork, person: Person) -> list[Case]:
    rows = uow.session.exec(select(CaseRow).where(CaseRow.person_id == person.id).order_by(col(CaseRow.opened_at)))
    return [uow.cases.opened(row) for row in rows]


@dataclass(frozen=True, slots=True)
class _Marks:
    """Whose names are marked, and what the adult is called herself."""

    names: dict[str, About]
    own: frozenset[str]

    def chapter(self, heading: str, record: object, *, think: str = "") -> Chapter:
        return chapter(heading, record, self.names, self.own, think=think)


def _names(uow: UnitOfWork, own: frozenset[str], person: Person, notes: list[Observation],
           cases: list[Case]) -> dict[str, About]:
    """Names of others, whole and in parts, that are known to us; none that is a part of her own."""
    staff = stand_ins((a.name, str(About.STAFF)) for a in accounts.everyone(uow))
    adults = stand_ins((p.name, str(About.ADULT)) for p in map(uow.people.opened, uow.session.exec(
        select(PersonRow).where(PersonRow.id != person.id))))
    kept_from = [d.answers.must_not_know for case in cases for d in _on(uow, case, SharingDecision, DecisionRow)]
    plans = [plan.content for case in cases for plan in _on(uow, case, SafetyPlan, SafetyPlanRow)]
    near = {name: str(About.OTHER) for name in names_near(notes, must_not_know=kept_from, plans=plans)}
    return {name: About(about) for name, about in (near | adults | staff).items() if name not in own}


def _of_notes(notes: Iterable[Observation], marks: _Marks) -> Iterator[Chapter]:
    for note in notes:
        yield marks.chapter(f"Note {note.reference}", note,
                      think="It is about a colleague as well" if note.restricted else "")


_ON_A_CASE = ((SharingDecision, DecisionRow, "decision about sharing"), (Referral, ReferralRow, "referral"),
              (Action, ActionRow, "action"), (SafetyPlan, SafetyPlanRow, "safety plan"), (Contact, ContactRow, "contact"),
              (CaseAudit, CaseAuditRow, "audit"), (Learning, LearningRow, "learning"))


def _on(uow: UnitOfWork, case: Case, entity: type[T], table: Any) -> list[T]:
    """All records of a kind on a case, whoever may see them."""
    found = uow.session.exec(select(table).where(col(table.case_id) == case.id))
    return [Repository(uow, entity).opened(row) for row in found]


def _of_cases(uow: UnitOfWork, cases: Iterable[Case], marks: _Marks) -> Iterator[Chapter]:
    for case in cases:
        think = "It is about a colleague as well" if case.restricted else ""
        yield marks.chapter(f"Case {case.reference}", case, think=think)
        for entity, table, heading in _ON_A_CASE:
            for record in _on(uow, case, entity, table):
                yield marks.chapter(f"Case {case.reference}: {heading}", record, think=think)
        for row in uow.session.exec(select(InvestigationRow).where(InvestigationRow.concerns_case == case.id)):
            matter = Repository(uow, Investigation).opened(row)
            yield marks.chapter(f"Matter {matter.reference}", matter, think=(
                "It is a record about a colleague. What it says of the adult goes; the rest is for HR to decide"))


def _elsewhere(uow: UnitOfWork, person: Person, progress: Callable[[int, int], None]) -> Iterator[str]:
    """Notes about others, or nobody, in which her whole name stands."""
    others = col(ObservationRow.person_id).is_distinct_from(person.id)
    of = uow.session.exec(select(func.count()).select_from(ObservationRow).where(others)).one()
    wanted = folded(person.name)
    for done, row in enumerate(uow.session.exec(select(ObservationRow).where(others)).yield_per(200), 1):
        progress(done, of)
        try:
            content = uow.notes.opened(row).content
        except Unreadable:
            yield f"{row.reference} (it does not open)"
            continue
        text = folded(" ".join((content.person_text, content.present, content.seen, content.heard, content.done, content.told,
                                *(quote.words for quote in content.said))))
        if any(text[i:i + len(wanted)] == wanted for i in range(len(text) - len(wanted) + 1)):
            yield row.reference
