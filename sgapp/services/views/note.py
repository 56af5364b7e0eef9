"""One note as the lead reads it."""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col

from sgapp.domain.case import CaseState, harm_in_words
from sgapp.domain.marks import mark_in_words
from sgapp.domain.observation import Answer, NoteContent, NoteState, Observation, Priority, Route
from sgapp.domain.permissions import Permission
from sgapp.domain.reference import note_reference
from sgapp.domain.time import show
from sgapp.domain.vocabulary import ABUSE_TYPES, CONSENT_STATES, PICKER, SAFETY_CODES, WHERE
from sgapp.services.guard import query
from sgapp.services.triage import earlier_notes
from sgapp.store import accounts
from sgapp.store.tables import CaseRow, ObservationRow
from sgapp.store.unit_of_work import UnitOfWork

#: So many notes about one adult within so long are said out loud. Source: DOMAIN annex §5 (escalation), §7 (repeats).
OFTEN, OFTEN_WITHIN = 3, timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Option:
    """A choice on a form. Also used wherever a page lists label and value."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """A labelled line of a note. `quote` marks somebody's exact words."""

    label: str
    text: str
    quote: bool = False


@dataclass(frozen=True, slots=True)
class MarkView:
    """A mark in words, and its place on the figure of its view: fractions of its width and height."""

    words: str
    view: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Earlier:
    reference: str
    when: str
    href: str
    state: str


@dataclass(frozen=True, slots=True)
class NoteView:
    """`step` is what comes next: acknowledge, answer, match, open, or nothing. `kind` says what it is if no note of a visit;
    where nobody is named that it is about, that is said in the place of `person`.

    `clock` says that the phone's clock was wrong; `written` is the time all the same.
    `answered` tells what came of speaking up; `nameless`, that there is nobody to ask or to tell. `danger`: somebody may be in
    danger now, and it is in no case yet; `protect`: the same where a colleague may be involved.
    """

    id: str
    reference: str
    person: str
    person_id: str
    state: str
    step: str
    written: str
    clock: str
    seen_at: str
    author: str
    priority: str
    priority_reason: str
    restricted: bool
    acknowledged: str
    lines: tuple[Line, ...]
    picker: tuple[str, ...]
    marks: tuple[MarkView, ...]
    codes: tuple[Option, ...]
    corrections: tuple[Line, ...]
    earlier: tuple[Earlier, ...]
    earlier_cases: tuple[Earlier, ...]
    often: str
    people: tuple[Option, ...]
    types: tuple[Option, ...]
    joinable: tuple[Option, ...]
    open_cases: tuple[Option, ...]
    case_href: str
    matter_href: str
    more_needed: str
    waits_for_call: bool
    may_reprioritise: bool
    named: tuple[Option, ...]
    kind: str
    reserved: bool
    nameless: bool
    answered: str
    danger: bool
    protect: bool


@query(Permission.READ_NOTE)
def note_view(uow: UnitOfWork, note_id: str) -> NoteView:
    """The whole note, with what may be done next. Reading it is recorded."""
    note = uow.notes.get(note_id)
    uow.was_read(note, action="note-read")
    person = uow.people.get(note.person_id) if note.person_id else None
    earlier = earlier_notes(uow, note)
    may_triage = uow.actor.may(Permission.TRIAGE)
    kind = _KINDS.get(note.content.route, "")
    return NoteView(
        id=note.id, reference=note.reference, person=f"{person.short} · {person.reference}" if person else
        note.content.person_text or kind or "Person not written down",
        person_id=note.person_id or "", state=str(note.state), step=_step_for(uow, note),
        written=show(note.content.written_at), clock=_clock(note.content), seen_at=show(note.content.when_seen),
        author=note.author_name, priority=str(note.priority),
        priority_reason=note.priority_history[-1].reason, restricted=note.restricted,
        acknowledged=f"{note.acknowledged_by}, {show(note.acknowledged_at)}" if note.acknowledged_at else "",
        lines=(*_adds_to(note), *note_lines(note.content, adds_to_another=note.corrects_id is not None)),
        marks=tuple(MarkView(mark_in_words(m), m.view, m.x, m.y) for m in note.content.marks),
        picker=tuple(PICKER.label_or_code(c) for c in note.content.picker),
        codes=safety(note), corrections=_corrections(uow, note),
        earlier=tuple(Earlier(n.reference, show(n.received_at), f"/note?id={n.id}", _in_words(n)) for n in earlier),
        earlier_cases=_earlier_cases(uow, note), often=_often(note, earlier),
        people=tuple(Option(p.id, f"{p.name} · {p.reference}") for p in uow.people.where()) if may_triage else (),
        types=tuple(Option(c, label) for c, label in ABUSE_TYPES.options()),
        joinable=tuple(Option(n.id, f"{n.reference}, {show(n.received_at)}") for n in earlier
                       if n.state in (NoteState.ACKNOWLEDGED, NoteState.MORE_NEEDED)),
        open_cases=_open_cases(uow, note), case_href=_case_href(uow, note), matter_href=_matter_href(uow, note),
        more_needed=note.more_needed, waits_for_call=may_triage and note.state is NoteState.MORE_NEEDED,
        may_reprioritise=may_triage and note.state in _WORKED_ON, named=_named(uow, note) if may_triage else (),
        kind=kind if person or note.content.person_text else "", reserved=note.reserved, nameless=not note.author_id,
        answered=_answered(note), danger=note.priority is Priority.EMERGENCY and note.state in _BEFORE_A_CASE,
        protect=note.content.names_staff and note.state in _BEFORE_A_CASE and note.content.route is Route.VISIT)


def _clock(content: NoteContent) -> str:
    """By how much the phone's clock was wrong, and what it said; empty where it was near, or nobody knew."""
    ahead = content.clock_ahead_ms
    if not ahead:
        return ""
    way = "fast" if ahead > 0 else "slow"
    return f"The phone's clock was {_roughly(abs(ahead))} {way}: it said {show(content.captured_at)}."


def _roughly(milliseconds: int) -> str:
    """A length of time as a person says it."""
    minutes = round(milliseconds / 60_000)
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{round(minutes / 60)} hours" if minutes < 2 * 1440 else f"{round(minutes / 1440)} days"


def _earlier_cases(uow: UnitOfWork, note: Observation) -> tuple[Earlier, ...]:
    """Cases of the same adult, closed ones too, the newest first."""
    if note.person_id is None or not uow.actor.may(Permission.READ_CASE):
        return ()
    found = uow.cases.where(CaseRow.person_id == note.person_id, CaseRow.id != (note.case_id or ""),
                            order_by=[col(CaseRow.opened_at).desc()], limit=20)
    return tuple(Earlier(f"Case {c.reference}", show(c.opened_at), f"/case?id={c.id}",
                         f"{c.state}, {harm_in_words(c.types)}")
                 for c in found)


def _often(note: Observation, earlier: tuple[Observation, ...]) -> str:
    """Said out loud when notes about one adult come thick: three within thirty days. An addition is no note of its own."""
    if note.corrects_id is not None:
        return ""
    since = note.received_at - OFTEN_WITHIN
    number = 1 + sum(n.corrects_id is None and since <= n.received_at <= note.received_at for n in earlier)
    return f"{number} notes about this person in {OFTEN_WITHIN.days} days." if number >= OFTEN else ""


_BEFORE_A_CASE = (NoteState.DELIVERED, NoteState.ACKNOWLEDGED, NoteState.MORE_NEEDED)
_WORKED_ON = (NoteState.ACKNOWLEDGED, NoteState.MORE_NEEDED, NoteState.IN_HAND)


def _named(uow: UnitOfWork, note: Observation) -> tuple[Option, ...]:
    """Colleagues who are kept away from it because their name stands in it, until somebody says whether it is about them."""
    found = [accounts.by_id(uow, account_id) for account_id in note.named]
    return tuple(Option(a.id, a.name) for a in found if a is not None)


_KINDS = {Route.SPEAK_UP: "Somebody speaks up", Route.ACCOUNT: "An account that somebody was asked for"}


def _answered(note: Observation) -> str:
    """What the nominated individual did with it, with when and whether the writer knows."""
    found = note.speaking_up
    if found is None:
        return ""
    told = {Answer.YES: " The writer knows.", Answer.NO: " The writer has not been told."}.get(found.told_writer, "")
    return f"{found.by}, {show(found.at)}: {found.what_was_done}{'' if found.passed_on else told}"


def _step_for(uow: UnitOfWork, note: Observation) -> str:
    """What comes next, for this actor."""
    if note.state is NoteState.DELIVERED and note.investigation_id is None:
        return "acknowledge" if uow.actor.may(Permission.ACKNOWLEDGE) else ""
    if note.investigation_id is not None:
        return ""  # it is read where it belongs
    if note.reserved:
        waits = note.state is NoteState.ACKNOWLEDGED and uow.actor.may(Permission.ANSWER_SPEAKING_UP)
        return "answer" if waits else ""
    return _step(note) if uow.actor.may(Permission.TRIAGE) else ""


def _step(note: Observation) -> str:
    if note.state in (NoteState.ACKNOWLEDGED, NoteState.MORE_NEEDED):
        return "open" if note.person_id else "match"
    return ""


def _matter_href(uow: UnitOfWork, note: Observation) -> str:
    """Where an account that was asked for is read; empty for what is none, and for whoever works on no such matter."""
    if note.investigation_id is None or not uow.actor.may(Permission.WORK_INVESTIGATION):
        return ""
    return f"/matter?id={note.investigation_id}" if uow.investigations.those([note.investigation_id]) else ""


def _case_href(uow: UnitOfWork, note: Observation) -> str:
    """Where the note's case is, if this actor may know of it: a case can be restricted when this note is not."""
    seen = uow.cases.those([note.case_id] if note.case_id else [])
    return f"/case?id={note.case_id}" if seen else ""


def _in_words(note: Observation) -> str:
    return str(note.state).replace("_", " ")


_ANSWERS = {Answer.YES: "Yes", Answer.NO: "No", Answer.NOT_SURE: "Not sure"}


_MATTERS = {"how_we_work": "How we work", "colleague": "A colleague"}


def _other_lines(content: NoteContent) -> tuple[Line, ...]:
    """The same of what is no note of a visit. Danger and injury only where she answered."""
    if content.route is Route.ACCOUNT:
        found = [Line("Asked by", content.asked_by), Line("When it happened", show(content.when_seen)),
                 Line("Saw and heard, in their own words", content.seen, quote=True),
                 Line("Signed", "“These are my own words. I have not talked them over with others.”")]
    else:
        found = [Line("About", _MATTERS.get(content.matter, content.matter)), Line("Saw or knows", content.seen),
                 Line("Who is involved", content.staff_names), Line("Since when", content.since)]
    found += [Line("Heard", content.heard), *(Line(q.by or "Said", q.words, quote=True) for q in content.said),
              Line("Danger now", _ANSWERS.get(content.danger_now, "")), Line("Hurt", _ANSWERS.get(content.injury, ""))]
    return tuple(line for line in found if line.text)


def _adds_to(note: Observation) -> tuple[Line, ...]:
    return (Line("Adds to", note_reference(note.corrects_id)),) if note.corrects_id else ()


def note_lines(content: NoteContent, *, adds_to_another: bool) -> tuple[Line, ...]:
    """What was written, line by line, in the writer's words; empty ones left out."""
    if content.route is not Route.VISIT:
        return _other_lines(content)
    where = WHERE.label_or_code(content.place) + (f", {content.room}" if content.room else "")
    found = [Line("When and where", f"{show(content.when_seen)}, {where[:1].lower()}{where[1:]}"), Line("Saw", content.seen),
             Line("Heard", content.heard)]
    for quote in content.said:
        who = quote.by or "Said"
        found.append(Line(f"{who}{f' to {quote.to}' if quote.to else ''}", quote.words, quote=True))
    found += [Line("Present", content.present), Line("Did", content.done), Line("Told", content.told),
              Line("What the adult wants", content.wish),
              Line("Consent", CONSENT_STATES.label_or_code(content.consent) if content.consent else ""),
              Line("Staff involved", (_ANSWERS.get(content.staff_involved, "")
                                      + (f": {content.staff_names}" if content.staff_names else "")).lstrip(": "))]
    unsaid = "" if adds_to_another else "Not answered"  # whoever adds to a note is not asked again
    found += [Line("Danger now", _ANSWERS.get(content.danger_now, unsaid)), Line("Hurt", _ANSWERS.get(content.injury, unsaid))]
    return tuple(line for line in found if line.text)


def mark_lines(content: NoteContent) -> tuple[Line, ...]:
    """The marks on the skin in words, numbered; the figure beside them says nothing more."""
    return tuple(Line(f"Mark {number}", mark_in_words(mark)) for number, mark in enumerate(content.marks, 1))


def safety(note: Observation) -> tuple[Option, ...]:
    """The coded safety options of a note: short code and meaning."""
    return tuple(Option(f"{SAFETY_CODES[c].symbol} {SAFETY_CODES[c].short}", SAFETY_CODES.label(c))
                 for c in note.content.safety_codes if c in SAFETY_CODES)


def _corrections(uow: UnitOfWork, note: Observation) -> tuple[Line, ...]:
    later = uow.notes.where(ObservationRow.corrects_id == note.id, order_by=[col(ObservationRow.received_at)])
    return tuple(Line(f"{n.reference}, {show(n.content.written_at)}", _all_of(n.content)) for n in later)


def _all_of(content: NoteContent) -> str:
    """What a correction adds, in one paragraph."""
    return " ".join([content.seen, content.heard, *(f"“{q.words}”" for q in content.said),
                     *(mark_in_words(m) for m in content.marks), content.done]).strip()


def _open_cases(uow: UnitOfWork, note: Observation) -> tuple[Option, ...]:
    if note.person_id is None or note.case_id is not None:
        return ()
    found = uow.cases.where(CaseRow.person_id == note.person_id, CaseRow.state != str(CaseState.CLOSED))
    return tuple(Option(c.id, f"Case {c.reference}") for c in found)
