"""Letters: how one would leave while it is composed, and the PDF as it was approved."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, BeforeValidator, StringConstraints

from sgapp.api.door import Changes, ItsPage, Plain, SignedIn, TheHouse
from sgapp.services import composing
from sgapp.services.house import now
from sgapp.services.learning import round_note
from sgapp.services.views.retention import certificate

router = APIRouter(prefix="/api", dependencies=[ItsPage])

_Text = Annotated[str, StringConstraints(max_length=20_000), Plain]
_Day = Annotated[date | None, BeforeValidator(lambda value: value or None)]


class Draft(BaseModel):
    """The composer's form as it stands. What is not filled in is empty."""

    case_id: _Text
    agency: _Text = ""
    recipient: _Text = ""
    purpose: _Text = ""
    asked_for: _Text = ""
    by_when: _Day = None
    facts: tuple[_Text, ...] = ()
    details: tuple[_Text, ...] = ()


class Part(BaseModel):
    heading: str
    lines: tuple[str, ...]
    listed: bool


class Preview(BaseModel):
    """The letter as it would leave, what to think of once more, and what stays in it only with a reason."""

    title: str
    to: str
    parts: list[Part]
    closing: str
    thoughts: tuple[str, ...]
    slipped_in: tuple[str, ...]


@router.post("/letters/preview", dependencies=[Changes])
def preview(form: Draft, actor: SignedIn, house: TheHouse) -> Preview:
    """The letter with what is chosen so far. Keeps nothing."""
    draft = composing.LetterDraft(form.case_id, form.agency, form.recipient, form.purpose, form.asked_for, form.facts,
                                  form.by_when, form.details)
    drafted = composing.draft_letter(house, actor, now(), draft)
    letter = drafted.letter
    parts = [Part(heading=s.heading, lines=s.lines, listed=s.listed) for s in letter.sections]
    return Preview(title=letter.title, to=letter.to, parts=parts, closing=letter.closing, thoughts=drafted.thoughts,
                   slipped_in=drafted.slipped_in)


@router.get("/referrals/{referral_id}/letter.pdf", response_class=Response)
def approved(referral_id: Annotated[str, StringConstraints(max_length=64), Plain], actor: SignedIn,
             house: TheHouse) -> Response:
    """The letter as PDF, under a name that says nothing."""
    name, content = composing.approved_pdf(house, actor, now(), referral_id)
    return pdf_answer(name, content)


@router.get("/disposals/{disposal_id}/certificate.pdf", response_class=Response)
def disposed(disposal_id: Annotated[str, StringConstraints(max_length=64), Plain], actor: SignedIn,
             house: TheHouse) -> Response:
    """What says that something was disposed of, and names nobody."""
    name, content = certificate(house, actor, now(), disposal_id)
    return pdf_answer(name, content)


@router.get("/learning/{learning_id}/note.pdf", response_class=Response)
def goes_round(learning_id: Annotated[str, StringConstraints(max_length=64), Plain], actor: SignedIn,
               house: TheHouse) -> Response:
    """What was learned, on one page that names nobody."""
    name, content = round_note(house, actor, now(), learning_id)
    return pdf_answer(name, content)


def pdf_answer(name: str, content: bytes) -> Response:
    """A file to be kept, never shown inside a page."""
    return Response(content, media_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'})
