"""The one way in for notes, and what an author may know of her own."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, StringConstraints

from sgapp.api.door import Changes, Plain, SignedIn, TheHouse, token_of
from sgapp.api.problems import problem
from sgapp.services import intake, investigations, own_notes
from sgapp.services.house import now
from sgapp.services.rota import whom_to_ring
from sgapp.services.views.note import mark_lines, note_lines

router = APIRouter(prefix="/api")


class IntakeKey(BaseModel):
    key_id: str
    public_key: str
    suite: str
    organisation: str


class Sealed(BaseModel):
    id: Annotated[str, StringConstraints(max_length=64)]
    key_id: Annotated[str, StringConstraints(max_length=64)]
    sealed: str
    device: Annotated[str, StringConstraints(max_length=64), Plain] = ""
    signature: Annotated[str, StringConstraints(max_length=200)] = ""


class Receipt(BaseModel):
    reference: str
    received_at: datetime


class OwnNote(BaseModel):
    id: str
    reference: str
    state: str
    delivered_at: datetime
    seen_at: datetime | None
    in_hand_at: datetime | None


class Outside(BaseModel):
    name: str
    number: str


class OwnNotes(BaseModel):
    """`outside`: whom to ring where a note is `nobody_here`; left out where none is."""

    notes: list[OwnNote]
    outside: list[Outside] = []


class MyPerson(BaseModel):
    id: str
    label: str


class MyRound(BaseModel):
    """What a worker's phone keeps for her round. `on_call` is the telephone number to ring now.

    After `on_call_until`, if there is one, it is `always`.
    """

    people: list[MyPerson]
    on_call: str
    on_call_until: datetime | None
    always: str


class OwnLine(BaseModel):
    label: str
    text: str
    quote: bool


class OwnWords(BaseModel):
    reference: str
    lines: list[OwnLine]


class AccountAsked(BaseModel):
    on: date
    part: str
    asked_by: str


@router.get("/intake/key")
def key(house: TheHouse) -> IntakeKey:
    """The public key that phones seal notes to."""
    found = intake.intake_key(house, now=now())
    return IntakeKey(key_id=found.key_id, public_key=found.public_key, suite=found.suite, organisation=found.organisation)


@router.post("/observations", dependencies=[Changes], status_code=201, response_model=Receipt)
async def deliver(envelope: Sealed, request: Request, response: Response, house: TheHouse) -> Receipt | Response:
    """Take a sealed note in: 201 the first time, 200 with the same answer for a repeat. Needs no session if its phone
    signed it."""
    if len(envelope.sealed.rstrip("=")) * 3 // 4 > intake.MAX_SEALED_BYTES:
        return problem(413)
    reference, received_at, fresh = await intake.receive_with_others(
        house, token_of(request, house), intake.Envelope(**envelope.model_dump()), now=now())
    response.status_code = 201 if fresh else 200
    return Receipt(reference=reference, received_at=datetime.fromisoformat(received_at))


@router.get("/observations/mine", response_model_exclude_defaults=True)
def mine(actor: SignedIn, house: TheHouse) -> OwnNotes:
    """The author's own notes: reference and state, and no more."""
    found = own_notes.own_notes(house, actor, now())
    ring = own_notes.outside_numbers(house, actor, now()) if any(n.state == "nobody_here" for n in found) else ()
    notes = [OwnNote(id=n.id, reference=n.reference, state=n.state, delivered_at=n.delivered_at, seen_at=n.seen_at,
                     in_hand_at=n.in_hand_at) for n in found]
    return OwnNotes(notes=notes, outside=[Outside(name=o.name, number=o.number) for o in ring])


@router.get("/observations/mine/{note_id}")
def words(note_id: Annotated[str, StringConstraints(max_length=64), Plain], actor: SignedIn, house: TheHouse) -> OwnWords:
    """One's own note again, on the same shift. Reading it is recorded."""
    found = own_notes.own_words(house, actor, now(), note_id)
    lines = (*note_lines(found.content, adds_to_another=found.adds_to_another), *mark_lines(found.content))
    return OwnWords(reference=found.reference, lines=[OwnLine(label=x.label, text=x.text, quote=x.quote) for x in lines])


@router.get("/accounts/asked")
def asked(actor: SignedIn, house: TheHouse) -> dict[str, list[AccountAsked]]:
    """The accounts she was asked for and has not written yet: the day, the part of it, and who asks."""
    found = investigations.accounts_asked(house, actor, now())
    return {"asked": [AccountAsked(on=a.on, part=a.part, asked_by=a.asked_by) for a in found]}


@router.get("/people/mine")
def people(actor: SignedIn, house: TheHouse) -> MyRound:
    """The adults she visits, as initials and reference, and whom to ring."""
    at, always = now(), house.settings.on_call
    found, ring = own_notes.my_people(house, actor, at), whom_to_ring(house, actor, at)
    return MyRound(people=[MyPerson(id=p.id, label=p.label) for p in found], on_call=ring.number if ring else always,
                   on_call_until=ring.until if ring else None, always=always)
