"""What may leave: single facts to pick from, never a whole note; and the letter made of the chosen ones alone.

Source: the guide ("the smallest set of facts that still allows the receiving agency to act"); DOMAIN annex §3.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sgapp.domain.case import Case
from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.marks import mark_as_fact, place_in_words
from sgapp.domain.observation import NoteContent, Observation
from sgapp.domain.person import Person
from sgapp.domain.referral import Fact, Referral
from sgapp.domain.time import show
from sgapp.domain.vocabulary import AGENCIES, CAPACITY_OUTCOMES, PICKER

#: Who "me" was is not plain to whoever reads the letter.
_FIRST_PERSON = re.compile(r"^me\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?])(?:[”\"’']*)\s+(?=[A-Z“\"‘'])")


@dataclass(frozen=True, slots=True)
class Offer:
    """A fact that could be chosen, the group it is shown in, and whether it is marked as seldom needed."""

    source: str
    group: str
    text: str
    seldom: bool = False


def sentences(text: str) -> tuple[str, ...]:
    """The sentences and lines of a text, each to be picked alone. Quotation marks stay with their sentence."""
    found = []
    for line in text.splitlines():
        start = 0
        for gap in _SENTENCE_END.finditer(line):
            found.append(line[start : gap.end()].strip())
            start = gap.end()
        found.append(line[start:].strip())
    return tuple(s for s in found if s)


def offers(person: Person, notes: Iterable[Observation], case: Case) -> tuple[Offer, ...]:
    """Every fact that may be picked for this case, smallest pieces first to last."""
    found = [Offer("person:name", "The person", f"{person.name}, {person.reference}")]
    if person.lives:
        found.append(Offer("person:lives", "The person", f"Lives: {person.lives}"))
    found += [Offer(f"person:needs:{i}", "The person", need) for i, need in enumerate(person.needs)]
    history = "Health history, seldom needed"
    found += [Offer(f"person:health:{i}", history, line, True) for i, line in enumerate(person.health)]
    for note in notes:
        found += _of_note(note)
    for assessment in case.capacity:
        outcome = CAPACITY_OUTCOMES.label(assessment.outcome)
        found.append(Offer(f"capacity:{assessment.id}", "Capacity",
                           f"Capacity for “{assessment.decision}”, {show(assessment.at)}: {outcome}"))
    found += [Offer(f"protection:{step.id}", "Protection in place", step.what) for step in case.protection]
    return tuple(found)


def _of_note(note: Observation) -> list[Offer]:
    content, key, group = note.content, f"note:{note.id}", f"Note {note.reference}, {show(note.content.when_seen)}"
    found = [Offer(f"{key}:when", group, f"Seen on {show(content.when_seen)}{_where(content)}")]
    for name, label in (("seen", ""), ("heard", "Heard: "), ("done", "What was done: ")):
        parts = sentences(getattr(content, name))
        found += [Offer(f"{key}:{name}:{i}", group, f"{label}{part}") for i, part in enumerate(parts)]
    for i, quote in enumerate(content.said):
        who = f"{quote.by} said" if quote.by else "Said"
        to = f" to {_FIRST_PERSON.sub('the care worker', quote.to)}" if quote.to else ""
        found.append(Offer(f"{key}:said:{i}", group, f"{who}{to}: “{quote.words}”"))
    for i, mark in enumerate(content.marks):
        found.append(Offer(f"{key}:mark:{i}", group, mark_as_fact(mark)))
        if mark.words.strip():
            who = f"{mark.said_by} said" if mark.said_by.strip() else "Said"
            about = f"about the mark on the {place_in_words(mark)}"
            found.append(Offer(f"{key}:mark:{i}:said", group, f"{who} {about}: “{mark.words}”"))
    found += [Offer(f"{key}:picker:{code}", group, f"Noticed: {PICKER.label_or_code(code)}") for code in content.picker]
    if content.present:
        found.append(Offer(f"{key}:present", group, f"Present: {content.present}"))
    if content.wish:
        found.append(Offer(f"{key}:wish", group, f"What the adult wants: {content.wish}"))
    return found


def _where(content: NoteContent) -> str:
    return f", {content.room}" if content.room else ""


def chosen(offered: Sequence[Offer], sources: Iterable[str]) -> tuple[Fact, ...]:
    """The picked facts, in the order offered. Raises Invalid for none, or for one that was not offered."""
    wanted = set(sources)
    unknown = wanted - {o.source for o in offered}
    if unknown:
        raise Invalid(FieldError("facts", "One of the chosen facts is not part of this case any more. Choose again."))
    if not wanted:
        raise Invalid(FieldError("facts", "Choose at least one fact."))
    return tuple(Fact(o.source, o.text) for o in offered if o.source in wanted)


def letter(referral: Referral, *, provider: str, ring: str) -> str:
    """The referral as plain text, exactly as it leaves. Nothing in it but the frame and the chosen facts."""
    lines = [
        f"Reference: {referral.reference}",
        f"From: {provider}",
        f"To: {AGENCIES.label(referral.agency)}, {referral.recipient}",
        "", "Purpose", referral.purpose,
        "", "Facts", *(f"- {' '.join(fact.text.split())}" for fact in referral.facts),
        "", "What is asked", referral.asked_for,
        "", f"Please confirm receipt by name or reference number. Ring {ring} and quote {referral.reference}.",
    ]
    return "\n".join(lines) + "\n"


def letter_sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
