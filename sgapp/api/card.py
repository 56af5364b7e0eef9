"""The card of those whom a worker visits today: codes over plain HTTP, words one at a time, nothing kept by the browser."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, StringConstraints

from sgapp.api.door import Changes, ItsPage, Plain, SignedIn, TheHouse
from sgapp.services import cards
from sgapp.services.house import now

router = APIRouter(prefix="/api/card", dependencies=[ItsPage])
Short = Annotated[str, StringConstraints(max_length=64), Plain]
Reason = Annotated[str, StringConstraints(max_length=2_000), Plain]


class Sign(BaseModel):
    """One code of a card, without its words."""

    code: str
    short: str
    symbol: str


class Card(BaseModel):
    """`label`: initials and reference. `today`: she is visited today by whoever asks; else a look needs a reason."""

    person: str
    label: str
    signs: list[Sign]
    today: bool


class CardList(BaseModel):
    cards: list[Card]


class Wanted(BaseModel):
    reference: Short


class LookForm(BaseModel):
    """Whose card and which code. `reason` where there is no visit today."""

    person: Short
    code: Short
    reason: Reason = ""


class Words(BaseModel):
    """What stands behind a code, for as long as the page shows it."""

    code: str
    words: str


class LineAlong(BaseModel):
    code: str
    short: str
    symbol: str
    words: str


class CardAlong(BaseModel):
    """A card to take along: a reference and no name."""

    person: str
    reference: str
    lines: list[LineAlong]


class Along(BaseModel):
    """`until`: when they go from the phone."""

    cards: list[CardAlong]
    until: datetime


def _card(found: cards.Card) -> Card:
    signs = [Sign(code=s.code, short=s.short, symbol=s.symbol) for s in found.signs]
    return Card(person=found.person_id, label=found.label, signs=signs, today=found.today)


@router.get("")
def today(actor: SignedIn, house: TheHouse) -> CardList:
    """The cards of those she visits today. Codes and symbols; no word of what they mean."""
    return CardList(cards=[_card(c) for c in cards.cards_today(house, actor, now())])


@router.post("/find", dependencies=[Changes])
def find(form: Wanted, actor: SignedIn, house: TheHouse) -> Card:
    """The card of one adult, visited today or not: by POST, so that her reference stands in no address.

    404 alike where there is no such adult and where there is no card for whoever asks.
    """
    return _card(cards.card_by_reference(house, actor, now(), form.reference))


@router.post("/look", dependencies=[Changes])
def look(form: LookForm, actor: SignedIn, house: TheHouse) -> Words:
    """The words behind one code. Each look is recorded; one without a visit today needs a reason, and the lead is told."""
    done = cards.look_at_card(house, actor, cards.LookAtCard(form.person, form.code, form.reason), now=now())
    return Words(code=done.id, words=done.message)


@router.post("/along", dependencies=[Changes])
def along(actor: SignedIn, house: TheHouse) -> Along:
    """Today's cards with their words, for a phone that seals them under a passkey. Recorded as taken along."""
    found = cards.cards_along(house, actor, now())
    return Along(until=found.until, cards=[CardAlong(person=c.person_id, reference=c.reference, lines=[
        LineAlong(code=x.code, short=x.short, symbol=x.symbol, words=x.words) for x in c.lines]) for c in found.cards])
