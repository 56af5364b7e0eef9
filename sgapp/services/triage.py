"""The lead's first steps: acknowledge, set the priority, say whose note it is, open a case. Source: DOMAIN annex §2."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from itertools import count

from sqlmodel import col, select

from sgapp.domain.audit import AuditEvent
from sgapp.domain.case import Case, CaseState
from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.observation import Answer, NameSettled, Observation, Priority, fastest
from sgapp.domain.permissions import Permission
from sgapp.domain.person import Person
from sgapp.domain.reference import case_reference
from sgapp.domain.time import to_london
from sgapp.domain.vocabulary import ABUSE_TYPES
from sgapp.services.guard import Done, intention
from sgapp.services.strictness import as_strict, stricter_for
from sgapp.store.access import barred_by
from sgapp.store.tables import CaseRow, ObservationRow
from sgapp.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class AcknowledgeNote:
    note_id: str


@intention("acknowledge-note", Permission.ACKNOWLEDGE, AcknowledgeNote)
def acknowledge_note(uow: UnitOfWork, form: AcknowledgeNote) -> Done:
    """The lead has seen the note. Stops the acknowledgement clock and starts the decision clock."""
    note = uow.notes.get(form.note_id)
    told = "Acknowledged. The writer sees “seen by the office”, nothing more." if note.author_id else "Acknowledged."
    if note.acknowledged_at is not None:
        uow.note_event(AuditEvent("note-acknowledged-again", "observation", note.id))
        return Done(note.id, told, f"/note?id={note.id}")
    note = note.acknowledged(at=uow.now, by=uow.actor.name)
    case = _case_it_adds_to(uow, note)
    if case is None:
        uow.save(note, because=AuditEvent("note-acknowledged", "observation", note.id, detail="delivered>acknowledged"))
        return Done(note.id, told, f"/note?id={note.id}")
    note = note.taken_into(case.id, case.person_id, at=uow.now)
    joined = case.with_note(note)
    event = AuditEvent("note-acknowledged", "observation", note.id, detail="delivered>in_hand")
    uow.save(joined, note, *as_strict(uow, joined), because=event)
    return Done(note.id, f"{told} It adds to a note of case {case.reference} and is part of it now.", f"/case?id={case.id}")


def _case_it_adds_to(uow: UnitOfWork, note: Observation) -> Case | None:
    """The open case that holds the note which this one adds to, if both are about the same adult and may be seen."""
    earlier = uow.notes.those([note.corrects_id]).get(note.corrects_id) if note.corrects_id else None
    if earlier is None or earlier.case_id is None or earlier.person_id != note.person_id:
        return None
    case = uow.cases.those([earlier.case_id]).get(earlier.case_id)
    return case if case is not None and case.state is not CaseState.CLOSED else None


@dataclass(frozen=True, slots=True)
class ChangePriority:
    note_id: str
    priority: Priority
    reason: str = ""


@intention("change-priority", Permission.TRIAGE, ChangePriority)
def change_priority(uow: UnitOfWork, form: ChangePriority) -> Done:
    """Set another priority, with its reason; the history stays. The case of the note follows its most urgent note.

    It may call for a second look at a decision.
    """
    note = uow.notes.get(form.note_id).with_priority(form.priority, form.reason, at=uow.now, by=uow.actor.name)
    event = AuditEvent("priority-changed", "observation", note.id, detail=str(form.priority))
    if note.case_id is None:
        uow.save(note, because=event)
        return Done(note.id, f"The priority is {form.priority} now.")
    case = uow.cases.get(note.case_id)
    notes = {**uow.notes.those(case.note_ids), note.id: note}
    case = case.with_priority(fastest(n.priority for n in notes.values()))
    uow.save(note, case, *as_strict(uow, case), because=event)
    return Done(note.id, f"The priority is {form.priority} now; that of case {case.reference} is {case.priority}.")


@dataclass(frozen=True, slots=True)
class MatchPerson:
    """Either an adult who is on the list, or a new one to put on it."""

    note_id: str
    person_id: str = ""
    new_name: str = ""
    new_reference: str = ""


@intention("match-person", Permission.TRIAGE, MatchPerson)
def match_person(uow: UnitOfWork, form: MatchPerson) -> Done:
    """Say which adult the note is about. Its key moves under that adult's key."""
    note = uow.notes.get(form.note_id)
    if form.person_id:
        person, changed = uow.people.get(form.person_id), ()
    elif form.new_name.strip():
        person = _new_person(uow, form)
        changed = (person,)
    else:
        raise Invalid(FieldError("person_id", "Choose who the note is about, or write the name of someone new."))
    event = AuditEvent("person-matched", "observation", note.id)
    uow.save(*changed, note.matched(person.id), because=event)
    return Done(note.id, f"This note is about {person.short}.")


def _new_person(uow: UnitOfWork, form: MatchPerson) -> Person:
    reference = form.new_reference.strip() or f"P-N{uow.next_number('person', 1001)}"
    if any(p.reference == reference for p in uow.people.where()):
        raise Invalid(FieldError("new_reference", "Another person has this reference already."))
    return Person(str(uuid.uuid4()), reference, form.new_name.strip(), branch=uow.actor.branch or "main")


@dataclass(frozen=True, slots=True)
class SettleName:
    """Whether a note is about the colleague whose name stands in it."""

    note_id: str
    account_id: str
    involved: Answer
    reason: str = ""


@intention("settle-name", Permission.TRIAGE, SettleName)
def settle_name(uow: UnitOfWork, form: SettleName) -> Done:
    """Say so. If it is not about them, they may learn of it from now on; if it is, whoever is close to them may not, nor of the
    case that it lies in.
    """
    note = uow.notes.get(form.note_id)
    if form.involved not in (Answer.YES, Answer.NO):
        raise Invalid(FieldError("involved", "Say yes or no. While you do not know, leave it open."))
    found = NameSettled(form.account_id, form.involved is Answer.YES, form.reason.strip(), uow.now, uow.actor.name)
    note = note.name_settled(found)
    if found.involved:
        note = note.as_strict(True, barred_by(uow, [form.account_id]))
    stricter = stricter_for(uow, note) if found.involved else ()
    uow.save(note, *stricter, because=AuditEvent("name-settled", "observation", note.id, detail=str(form.involved)))
    told = "It stays closed to them." if found.involved else "It is open to them like to anyone in their role."
    return Done(note.id, told, f"/note?id={note.id}")


@dataclass(frozen=True, slots=True)
class AskForMore:
    note_id: str
    what: str = ""


@intention("ask-for-more", Permission.TRIAGE, AskForMore)
def ask_for_more(uow: UnitOfWork, form: AskForMore) -> Done:
    """More facts are needed: the writer sees “please ring the office”, without a word on why."""
    if not form.what.strip():
        raise Invalid(FieldError("what", "Write what you want to know, for yourself and whoever takes the call."))
    note = uow.notes.get(form.note_id).needing_more(form.what.strip(), at=uow.now, by=uow.actor.name)
    uow.save(note, because=AuditEvent("more-asked", "observation", note.id))
    return Done(note.id, "The writer now sees “please ring the office”.")


@dataclass(frozen=True, slots=True)
class MoreReceived:
    note_id: str


@intention("more-received", Permission.TRIAGE, MoreReceived)
def more_received(uow: UnitOfWork, form: MoreReceived) -> Done:
    """The writer has rung, or written a further note: “please ring the office” goes away."""
    note = uow.notes.get(form.note_id).answered()
    uow.save(note, because=AuditEvent("more-received", "observation", note.id))
    return Done(note.id, "The writer no longer sees “please ring the office”.", f"/note?id={note.id}")


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Open a case from notes of one adult. `note_ids` may name several."""

    note_id: str
    note_ids: tuple[str, ...] = ()
    types: tuple[str, ...] = ()


@intention("open-case", Permission.TRIAGE, OpenCase)
def open_case(uow: UnitOfWork, form: OpenCase) -> Done:
    """Open a case from one or more notes about the same adult. What kind of harm it may be can wait until it is known."""
    notes = [uow.notes.get(note_id) for note_id in dict.fromkeys((form.note_id, *form.note_ids))]
    types = known_types(form.types)
    first = notes[0]
    if first.person_id is None:
        raise Invalid(FieldError("note_id", "Say first who the note is about."))
    if any(note.acknowledged_at is None for note in notes):
        raise Invalid(FieldError("note_ids", "Acknowledge each note before it becomes part of a case."))
    case_id = str(uuid.uuid4())
    taken = [note.taken_into(case_id, first.person_id, at=uow.now) for note in notes]
    case = Case(
        id=case_id, reference=_case_reference(uow, case_id), person_id=first.person_id, note_ids=tuple(n.id for n in taken),
        opened_at=uow.now, opened_by=uow.actor.name, types=types, priority=fastest(n.priority for n in taken),
        first_noted_at=min(n.content.written_at for n in taken),
        first_seen_at=min((n.acknowledged_at for n in taken if n.acknowledged_at), default=None),
        restricted=any(n.restricted for n in taken), barred=tuple(sorted({a for n in taken for a in n.barred})),
        branch=first.branch, listed=tuple(sorted({a for n in taken for a in n.listed})))
    case = case.cqc_follows(case.first_seen_at or uow.now)
    uow.save(case, *taken, because=AuditEvent("case-opened", "case", case.id))
    return Done(case.id, f"Case {case.reference} is open.", f"/case?id={case.id}")


@dataclass(frozen=True, slots=True)
class AddNoteToCase:
    note_id: str
    case_id: str = ""


@intention("add-note-to-case", Permission.TRIAGE, AddNoteToCase)
def add_note_to_case(uow: UnitOfWork, form: AddNoteToCase) -> Done:
    """Put a further note of the same adult into an open case."""
    note, case = uow.notes.get(form.note_id), uow.cases.get(form.case_id)
    taken = note.taken_into(case.id, case.person_id, at=uow.now)
    joined = case.with_note(taken)
    uow.save(joined, taken, *as_strict(uow, joined), because=AuditEvent("note-added", "case", case.id))
    return Done(case.id, f"The note is part of case {case.reference} now.", f"/case?id={case.id}")


def known_types(types: Collection[str]) -> tuple[str, ...]:
    """The types of harm, each once, in the order of the list. Raises Invalid for one that is not on it."""
    if any(code not in ABUSE_TYPES for code in types):
        raise Invalid(FieldError("types", "One of the types is not on the list."))
    return tuple(code for code in ABUSE_TYPES.codes() if code in types)


def _case_reference(uow: UnitOfWork, case_id: str) -> str:
    """The first one made from the id that is free. Not a running number: a missing one would tell of a case that is hidden."""
    year = to_london(uow.now).year
    offered = (case_reference(year, case_id, attempt) for attempt in count())
    return next(r for r in offered if uow.session.exec(select(CaseRow.id).where(CaseRow.reference == r)).first() is None)


def earlier_notes(uow: UnitOfWork, note: Observation) -> tuple[Observation, ...]:
    """Other notes about the same adult, newest first."""
    if note.person_id is None:
        return ()
    found = uow.notes.where(ObservationRow.person_id == note.person_id, ObservationRow.id != note.id,
                            order_by=[col(ObservationRow.received_at).desc()], limit=20)
    return found
