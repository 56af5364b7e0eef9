"""What an author may know of her own notes, and of the adults she visits: that a note arrived and whose turn it is.

Its words she may read on the shift in which it arrived. Source: DOMAIN annex §6 for whom to ring where nobody here may act.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select

from sgapp.domain.errors import NotFound
from sgapp.domain.kept import Because, KeptState
from sgapp.domain.observation import NoteContent, NoteState, Observation
from sgapp.domain.permissions import Permission, Role
from sgapp.domain.time import to_london
from sgapp.domain.vocabulary import AGENCIES
from sgapp.services.directory import directory_of
from sgapp.services.duty import kept_from_who_leads
from sgapp.services.guard import query
from sgapp.services.intake import kept_id
from sgapp.store import accounts
from sgapp.store.access import readers as readers_of
from sgapp.store.tables import EnvelopeRow, KeptRow, ObservationRow
from sgapp.store.unit_of_work import UnitOfWork, visited_on

#: How long after its arrival an author may read her own note again.
SHIFT = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class OwnNote:
    """What an author may know of her own note: that it arrived, and whose turn it is. No content."""

    id: str
    reference: str
    state: str
    delivered_at: datetime
    seen_at: datetime | None
    in_hand_at: datetime | None
    corrects_id: str | None


@dataclass(frozen=True, slots=True)
class MyPerson:
    """Somebody she visits, as a phone may show it: initials and reference, never a name."""

    id: str
    label: str


@query(Permission.SEE_OWN_NOTES)
def own_notes(uow: UnitOfWork) -> tuple[OwnNote, ...]:
    """The author's own notes, newest first: reference and state only."""
    table = ObservationRow
    query_ = select(table).where(table.author_id == uow.actor.account_id).order_by(col(table.received_at).desc()).limit(100)
    found = []
    for row in uow.session.exec(query_):
        note = uow.own_note(row)
        found.append(OwnNote(note.id, note.reference, _state_for_author(uow, note), note.received_at, note.acknowledged_at,
                             note.in_hand_at, note.corrects_id))
    # It arrived, and somebody has to look at it. The writer is asked only where it cannot be opened: nobody knows what it says.
    kept = select(EnvelopeRow).where(EnvelopeRow.author_id == uow.actor.account_id,
                                     col(EnvelopeRow.quarantined_because).is_not(None))
    found += [OwnNote(e.id, e.reference, "please_ring" if _lost_on_us(uow, e) else "delivered", e.received_at, None, None, None)
              for e in uow.session.exec(kept)]
    return tuple(sorted(found, key=lambda n: n.delivered_at, reverse=True))


def _lost_on_us(uow: UnitOfWork, upload: EnvelopeRow) -> bool:
    """Whether it cannot be opened, and nobody has heard yet what it says."""
    row = uow.session.get(KeptRow, kept_id(upload.id, upload.sha256))
    return upload.quarantined_because == Because.UNREADABLE and row is not None and row.state == KeptState.WAITING


def _state_for_author(uow: UnitOfWork, note: Observation) -> str:
    """How it stands; `nobody_here` where she is to turn elsewhere.

    Because those who may read it are the ones it names; or one of those who lead is, and so is the nominated individual.
    """
    waits = note.state is not NoteState.FINISHED if note.reserved else note.state is NoteState.DELIVERED
    if waits and note.restricted:
        ids = {*note.listed, *readers_of(uow, note.branch, reserved=note.reserved)} - set(note.barred)
        readers = [a for i in ids if (a := accounts.by_id(uow, i)) is not None and not a.disabled]
        past = kept_from_who_leads(uow, note.barred)
        if not readers or (past and not any(a.role is Role.NOMINATED for a in readers)):
            return "nobody_here"
    return {"delivered": "delivered", "acknowledged": "seen", "more_needed": "please_ring"}.get(note.state, "in_hand")


@dataclass(frozen=True, slots=True)
class Outside:
    """Whom to ring outside the house."""

    name: str
    number: str


#: Source: DOMAIN annex §6: if the nominated individual is implicated, the local authority and CQC.
_OUTSIDE = ("LA_ASC", "EDT", "CQC")


@query(Permission.SEE_OWN_NOTES)
def outside_numbers(uow: UnitOfWork) -> tuple[Outside, ...]:
    """Whom to ring about what nobody here should act on: local authority and CQC, by the directory."""
    known = directory_of(uow)
    return tuple(Outside(f"{AGENCIES.label(code)}: {desk.name}", desk.telephone)
                 for code in _OUTSIDE for desk in known.of(code) if desk.telephone)


@query(Permission.SEE_ALLOCATED_PEOPLE)
def my_people(uow: UnitOfWork) -> tuple[MyPerson, ...]:
    """The adults she visits. Anyone else is written in words and matched in the office."""
    people = uow.people.those(visited_on(uow, uow.actor.account_id, to_london(uow.now).date())).values()
    return tuple(sorted((MyPerson(p.id, f"{p.initials} · {p.reference}") for p in people), key=lambda p: p.label))


@dataclass(frozen=True, slots=True)
class OwnWords:
    """A note as its own author wrote it, while her shift lasts."""

    reference: str
    content: NoteContent
    adds_to_another: bool


@query(Permission.SEE_OWN_NOTES)
def own_words(uow: UnitOfWork, note_id: str) -> OwnWords:
    """Her own note again, on the shift in which it arrived. Reading it is recorded. Raises NotFound for any other."""
    row = uow.session.get(ObservationRow, note_id.lower())
    if row is None or uow.now - row.received_at > SHIFT:
        raise NotFound(note_id)
    note = uow.own_note(row)
    uow.was_read(note, action="own-note-read")
    return OwnWords(note.reference, note.content, note.corrects_id is not None)
