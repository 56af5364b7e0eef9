"""The letter of a referral: one shape, from which the text, the PDF, the fields to copy and the partner's page are all made.

Nothing stands in it but the frame and what was chosen. Source: the guide; DOMAIN annex §3.
"""

import hashlib
from dataclasses import dataclass

from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.referral import Referral
from sgapp.domain.time import show, show_day
from sgapp.domain.vocabulary import AGENCIES

#: What a fact's source begins with says in which part of the letter it stands; all else is a fact.
CONTACT, PROTECTION = "contact:", "protection:"
#: Longer, a sentence of purpose has become an account, and a spoken line a whole note.
LONGEST, LONGEST_SPOKEN = 500, 300
ASK_FIRST = "Ask us before you contact the person."


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it: paragraphs, or with `listed` one entry for each fact."""

    heading: str
    lines: tuple[str, ...]
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """What leaves. `title` and `reference` say nothing of a person: they stand in file names and in the PDF's own title."""

    title: str
    reference: str
    provider: str
    to: str
    dated: str
    sections: tuple[Section, ...]
    closing: str


def compose(referral: Referral, *, provider: str, ring: str, details: tuple[tuple[str, str], ...] = ()) -> Letter:
    """The letter as it leaves. `details`: what this kind of agency is told besides, as label and text."""
    def chosen(prefix: str) -> tuple[str, ...]:
        return tuple(_flat(f.text) for f in referral.facts if f.source.startswith(prefix))

    facts = tuple(_flat(f.text) for f in referral.facts if not f.source.startswith((CONTACT, PROTECTION)))
    asked = [_flat(referral.asked_for)]
    if referral.by_when is not None:
        asked.append(f"By {show_day(referral.by_when)}.")
    sections = (
        Section("Before you make contact", chosen(CONTACT) or (ASK_FIRST,), True),
        Section("Purpose", (_flat(referral.purpose),)),
        Section("Facts", facts, True),
        Section("Protection in place", chosen(PROTECTION), True),
        Section("Further details", tuple(f"{label}: {_flat(text)}" for label, text in details), True),
        Section("What is asked", tuple(asked)),
    )
    return Letter(
        title=f"Referral {referral.reference}", reference=referral.reference, provider=provider,
        to=f"{AGENCIES.label(referral.agency)}, {referral.recipient}", dated=show(referral.prepared_at),
        sections=tuple(s for s in sections if s.lines),
        closing=f"Please confirm receipt by name or reference number. Ring {ring} and quote {referral.reference}.")


def _flat(text: str) -> str:
    """On one line, so that nothing typed can look like another heading of the letter."""
    return " ".join(text.split())


def as_text(letter: Letter) -> str:
    """The letter as plain text."""
    lines = [f"Reference: {letter.reference}", f"Date: {letter.dated}", f"From: {letter.provider}", f"To: {letter.to}"]
    for section in letter.sections:
        lines += ["", section.heading, *(f"- {line}" if section.listed else line for line in section.lines)]
    return "\n".join([*lines, "", letter.closing]) + "\n"


def copy_fields(letter: Letter) -> tuple[tuple[str, str], ...]:
    """The parts of the letter one by one, as label and text, to be put into the fields of an agency's own form."""
    parts = [(s.heading, "\n".join(s.lines)) for s in letter.sections]
    return (("Our reference", letter.reference), *parts, ("Whom to ring", letter.closing))


def sha256(content: str | bytes) -> str:
    """The fingerprint of what left, as hex."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def at_most(field: str, text: str, longest: int = LONGEST) -> None:
    """Raise Invalid for a text of the letter that is too long; what was typed stays in the form."""
    if len(text.strip()) > longest:
        raise Invalid(FieldError(field, f"At most {longest} characters; these are {len(text.strip())}. What they need to know "
                                        "belongs to the facts, chosen one by one."))


def told(longest: int) -> str:
    """How long it may be, as it stands beside the field."""
    return f"At most {longest} characters."
