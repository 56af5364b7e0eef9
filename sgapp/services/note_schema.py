"""The note as the phone seals it, schema 1. Lenient where a fact could be lost: a code that no list holds is kept as it
stands, and what was not answered stays unanswered. Strict only about types, lengths, answers and the numbers of a mark."""

import json
from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from sgapp.domain.observation import Answer, Mark, NoteContent, Quote, Route

Text = Annotated[str, StringConstraints(max_length=20_000)]
Line = Annotated[str, StringConstraints(max_length=2_000)]
_Code = Annotated[str, StringConstraints(max_length=60)]
Codes = Annotated[list[_Code], Field(max_length=60)]
Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Centimetres = Annotated[float, Field(gt=0, le=250, allow_inf_nan=False)]


def _plausible(moment: datetime) -> datetime:
    """A phone's clock may be wrong by years; a time that no calendar of ours can show is sent to quarantine."""
    if not 1900 <= moment.year <= 2200:
        raise ValueError("this time lies outside 1900 to 2200")
    return moment


#: What a phone writes for the adult of an addition, for which it asks for none: whoever the first note is about.
AS_BEFORE = "as in the note it adds to"
When = Annotated[AwareDatetime, AfterValidator(_plausible)]
_MOST_AHEAD_MS = 300 * 366 * 86_400_000  # further apart than any two plausible moments


def _known(ahead: object) -> int | None:
    """By how much a phone's clock was wrong, if that is said at all and can be."""
    return ahead if type(ahead) is int and abs(ahead) <= _MOST_AHEAD_MS else None


class _Part(BaseModel):
    # Else every short text that is read, names among them, would be kept for as long as the process lives.
    model_config = ConfigDict(extra="ignore", frozen=True, cache_strings="keys")


class _Person(_Part):
    id: Line = ""
    free_text: Line = ""


class _Where(_Part):
    place: Line = "own_home"
    room: Line = ""


class _Quote(_Part):
    words: Text
    by: Line = ""
    to: Line = ""


class _Mark(_Part):
    site: _Code
    side: _Code
    view: _Code
    x: Fraction
    y: Fraction
    length_cm: Centimetres | None = None
    width_cm: Centimetres | None = None
    shape: _Code = ""
    colours: Annotated[list[_Code], Field(max_length=20)] = []
    skin_broken: Answer = Answer.NOT_ANSWERED
    swelling: Answer = Answer.NOT_ANSWERED
    words: Line = ""
    said_by: Line = ""
    seen_before: Answer = Answer.NOT_ANSWERED
    seen_before_when: Line = ""

    def mark(self) -> Mark:
        return Mark(**{**self.model_dump(), "colours": tuple(self.colours)})


class NotePayload(_Part):
    """What the phone sealed. `captured_at` and `when_seen` come from its clock and are kept beside ours."""

    # The model's field names are the contract with the phone; docs/note-schema.md lists them.
    version: Literal[1] = Field(alias="schema")
    id: Line
    captured_at: When
    clock_ahead_ms: Annotated[int | None, BeforeValidator(_known)] = None
    capture_seq: int = Field(0, ge=0)
    person: _Person = _Person()
    when_seen: When
    where: _Where = _Where()
    present: Text = ""
    seen: Text = ""
    heard: Text = ""
    said: Annotated[list[_Quote], Field(max_length=40)] = []
    done: Text = ""
    told: Text = ""
    picker: Codes = []
    safety_codes: Codes = []
    wish: Text = ""
    consent: Line = ""
    staff_involved: Answer = Answer.NOT_ANSWERED
    staff_names: Line = ""
    danger_now: Answer = Answer.NOT_ANSWERED
    injury: Answer = Answer.NOT_ANSWERED
    marks: Annotated[list[_Mark], Field(max_length=40)] = []
    corrects: Line | None = None
    route: Route = Route.VISIT
    matter: _Code = ""
    since: Line = ""
    nameless: bool = False
    asked_by: Line = ""
    own_words_signed: bool = False

    @model_validator(mode="after")
    def _own_words(self) -> Self:
        if self.route is Route.ACCOUNT and not self.own_words_signed:
            raise ValueError("an account that its writer has not signed as her own words")
        return self

    def content(self) -> NoteContent:
        """The domain's note content, times in UTC. What tells the notes of one phone apart stays out of a nameless one."""
        nameless = self.nameless and self.route is Route.SPEAK_UP
        ahead = None if nameless else self.clock_ahead_ms
        return NoteContent(
            captured_at=_utc(self.captured_at), when_seen=_utc(self.when_seen), capture_seq=0 if nameless else self.capture_seq,
            place=self.where.place, room=self.where.room, person_text=self.person.free_text, present=self.present,
            seen=self.seen, heard=self.heard, said=tuple(Quote(q.words, q.by, q.to) for q in self.said if q.words.strip()),
            done=self.done, told=self.told, picker=tuple(self.picker), safety_codes=tuple(self.safety_codes),
            wish=self.wish, consent=self.consent, staff_involved=self.staff_involved, staff_names=self.staff_names,
            danger_now=self.danger_now, injury=self.injury,
            marks=tuple(m.mark() for m in self.marks), route=self.route, matter=self.matter, since=self.since,
            nameless=nameless, asked_by=self.asked_by, own_words_signed=self.own_words_signed, clock_ahead_ms=ahead)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def as_it_came(note_id: str, plain: bytes, received_at: datetime) -> NotePayload:
    """A note that could not be read as one: its text, whole, where what was seen stands. Its route stays what it says."""
    text = f"This did not arrive in the usual form. As it came: {plain.decode(errors='replace')}"
    return NotePayload.model_validate({
        "schema": 1, "id": note_id, "captured_at": received_at, "when_seen": received_at,
        "person": {"free_text": "Not readable; see below"}, "seen": text[:20_000], "staff_involved": "not_sure",
        **speaks_up(plain)})


def speaks_up(plain: bytes) -> dict[str, object]:
    """What has to be kept of a note that spoke up and is not in form: that it did, whom it names, and in doubt not who wrote
    it. Empty for any other."""
    try:
        content = json.loads(plain)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        return {"route": Route.SPEAK_UP, "nameless": True} if b"speak_up" in plain else {}
    if content.get("route") != Route.SPEAK_UP:
        return {}
    return {"route": Route.SPEAK_UP, "nameless": content.get("nameless", False) is not False,
            "staff_names": str(content.get("staff_names", ""))[:2_000].encode(errors="replace").decode()}
