"""The worker's note: what was seen, heard and said, kept word for word; corrections are appended.

Source: DOMAIN annex §4 (factual recording) and §2 (lifecycle, clocks).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sgapp.domain.errors import FieldError, IllegalTransition, Invalid
from sgapp.domain.lifecycle import Transitions, moved


class NoteState(StrEnum):
    DELIVERED = "delivered"
    ACKNOWLEDGED = "acknowledged"
    MORE_NEEDED = "more_needed"
    IN_HAND = "in_hand"
    FINISHED = "finished"


TRANSITIONS: Transitions[NoteState] = {
    NoteState.DELIVERED: frozenset({NoteState.ACKNOWLEDGED}),
    NoteState.ACKNOWLEDGED: frozenset({NoteState.MORE_NEEDED, NoteState.IN_HAND, NoteState.FINISHED}),
    NoteState.MORE_NEEDED: frozenset({NoteState.ACKNOWLEDGED, NoteState.IN_HAND}),
    NoteState.IN_HAND: frozenset({NoteState.FINISHED, NoteState.MORE_NEEDED}),
    NoteState.FINISHED: frozenset(),
}


class Priority(StrEnum):
    """How fast the clocks run. Emergency: danger now; high: hurt, or staff involved, or the worker is unsure."""

    EMERGENCY = "emergency"
    HIGH = "high"
    OTHER = "other"


def fastest(priorities: Iterable[Priority]) -> Priority:
    """The most urgent of several."""
    return min(priorities, key=list(Priority).index)


class Answer(StrEnum):
    """What the writer said to a yes-or-no question. Silence is an answer of its own, never “no”."""

    NO = "no"
    YES = "yes"
    NOT_SURE = "not_sure"
    NOT_ANSWERED = "not_answered"


class Route(StrEnum):
    """What kind of note it is. Speaking up goes past the managers; an account is what a witness was asked for."""

    VISIT = "visit"
    SPEAK_UP = "speak_up"
    ACCOUNT = "account"


#: What lets nobody rest: it may be so.
MAYBE = frozenset({Answer.YES, Answer.NOT_SURE})


@dataclass(frozen=True, slots=True)
class Quote:
    """Exact words, whose they were, and to whom."""

    words: str
    by: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark on the skin as it was seen: no cause and no age. Codes of domain/vocabulary/body_sites.py.

    `side` is the person's own. `x` and `y` are the place on the figure of that `view`, as fractions of its width and
    height; sizes are in centimetres, None where nothing was given. `words` are somebody's exact words about it.
    """

    site: str
    side: str
    view: str
    x: float
    y: float
    length_cm: float | None = None
    width_cm: float | None = None
    shape: str = ""
    colours: tuple[str, ...] = ()
    skin_broken: Answer = Answer.NOT_ANSWERED
    swelling: Answer = Answer.NOT_ANSWERED
    words: str = ""
    said_by: str = ""
    seen_before: Answer = Answer.NOT_ANSWERED
    seen_before_when: str = ""


@dataclass(frozen=True, slots=True)
class PriorityChange:
    """One step of a note's priority, with its reason. The first is made at intake and has no author."""

    priority: Priority
    reason: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class NameSettled:
    """What was found out about a colleague whose name stands in a note: whether it is about them, and why."""

    account_id: str
    involved: bool
    reason: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class SpeakingUpAnswered:
    """What came of a note that went past the managers: what was done; or, with `passed_on`, why the lead has it now."""

    what_was_done: str
    told_writer: Answer
    passed_on: bool
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class NoteContent:
    """What the worker wrote, exactly. Never edited; a correction is a note of its own that names this one.

    `matter`, `since` and `nameless` belong to speaking up; `asked_by` and `own_words_signed` to an account.
    `captured_at` is what the phone's clock said, `clock_ahead_ms` by how much that was ahead of the office's: 0 if near, None
    if nobody knew.
    """

    captured_at: datetime
    when_seen: datetime
    capture_seq: int = 0
    place: str = "own_home"
    room: str = ""
    person_text: str = ""
    present: str = ""
    seen: str = ""
    heard: str = ""
    said: tuple[Quote, ...] = ()
    done: str = ""
    told: str = ""
    picker: tuple[str, ...] = ()
    safety_codes: tuple[str, ...] = ()
    wish: str = ""
    consent: str = ""
    staff_involved: Answer = Answer.NOT_ANSWERED
    staff_names: str = ""
    danger_now: Answer = Answer.NOT_ANSWERED
    injury: Answer = Answer.NOT_ANSWERED
    marks: tuple[Mark, ...] = ()
    route: Route = Route.VISIT
    matter: str = ""
    since: str = ""
    nameless: bool = False
    asked_by: str = ""
    own_words_signed: bool = False
    clock_ahead_ms: int | None = None

    @property
    def written_at(self) -> datetime:
        """When it was written: by the phone's clock, less what that was wrong by as far as the phone knew."""
        return self.captured_at - timedelta(milliseconds=self.clock_ahead_ms or 0)

    @property
    def names_staff(self) -> bool:
        """Whether somebody who works here may be involved, by the writer's answer or by a name given."""
        return self.staff_involved in MAYBE or bool(self.staff_names.strip())


@dataclass(frozen=True, slots=True)
class Observation:
    """A delivered note and where it stands. `reference` was made on the phone from `id`.

    `listed` are the accounts that may know of it while it is restricted; until somebody is named, the store names those
    whose role it falls to. `barred` are the accounts that may not learn of it. `named` are those of them that are barred
    only because their name stands in the text, and of whom nobody has said yet whether it is about them. `reserved`: it is
    for the nominated individual alone. `author_id` is empty where the writer gave no name.
    """

    id: str
    reference: str
    author_id: str
    author_name: str
    received_at: datetime
    content: NoteContent
    priority_history: tuple[PriorityChange, ...]
    state: NoteState = NoteState.DELIVERED
    person_id: str | None = None
    case_id: str | None = None
    corrects_id: str | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    in_hand_at: datetime | None = None
    more_needed: str = ""
    more_asked_at: datetime | None = None
    more_asked_by: str = ""
    restricted: bool = False
    barred: tuple[str, ...] = ()
    branch: str = "main"
    named: tuple[str, ...] = ()
    settled: tuple[NameSettled, ...] = ()
    reserved: bool = False
    speaking_up: SpeakingUpAnswered | None = None
    listed: tuple[str, ...] = ()
    investigation_id: str | None = None

    @property
    def priority(self) -> Priority:
        return self.priority_history[-1].priority

    def acknowledged(self, *, at: datetime, by: str) -> "Observation":
        state = moved(TRANSITIONS, self.state, NoteState.ACKNOWLEDGED)
        return replace(self, state=state, acknowledged_at=self.acknowledged_at or at,
                       acknowledged_by=self.acknowledged_by or by)

    def answered(self) -> "Observation":
        """The writer has rung: the note goes back to where it was when more was asked for."""
        if self.state is not NoteState.MORE_NEEDED:
            raise IllegalTransition("NoteState", self.state, NoteState.ACKNOWLEDGED)
        target = NoteState.IN_HAND if self.case_id else NoteState.ACKNOWLEDGED
        return replace(self, state=moved(TRANSITIONS, self.state, target))

    def needing_more(self, what: str, *, at: datetime, by: str) -> "Observation":
        """The writer is asked to ring. Raises Invalid where nobody is known who could."""
        if not self.author_id:
            raise Invalid(FieldError("what", "The writer gave no name, so nobody can be asked."))
        return replace(self, state=moved(TRANSITIONS, self.state, NoteState.MORE_NEEDED), more_needed=what, more_asked_at=at,
                       more_asked_by=by)

    def taken_into(self, case_id: str, person_id: str, *, at: datetime) -> "Observation":
        """The note becomes part of a case of the same person. Raises Invalid for another person's, or a second case."""
        if self.person_id != person_id:
            raise Invalid(FieldError("note_id", "This note is not matched to the person whose case it is."))
        state = moved(TRANSITIONS, self.state, NoteState.IN_HAND)
        if self.case_id is not None:
            raise Invalid(FieldError("note_id", "This note is already part of a case."))
        return replace(self, state=state, case_id=case_id, in_hand_at=at)

    def kept_as_account(self, *, at: datetime, by: str) -> "Observation":
        """Somebody has read it where it belongs, apart from all cases. Nothing more is done with it here."""
        if self.investigation_id is None:
            raise Invalid(FieldError("note_id", "Nobody was asked for this."))
        seen = self.acknowledged(at=at, by=by) if self.state is NoteState.DELIVERED else self
        return seen.finished()

    def joined_to(self, investigation_id: str, listed: Iterable[str], barred: Iterable[str]) -> "Observation":
        """It is the account that somebody was asked for: under that list, and closed to every other witness."""
        return replace(self, investigation_id=investigation_id, restricted=True, listed=tuple(listed),
                       barred=tuple(sorted({*self.barred, *barred})))

    def finished(self) -> "Observation":
        return replace(self, state=moved(TRANSITIONS, self.state, NoteState.FINISHED))

    def speaking_up_answered(self, answer: SpeakingUpAnswered) -> "Observation":
        """It ends with what was done; or it is passed on, and the lead's triage takes over, as restricted as before.

        Raises Invalid if it went past nobody, without words, or if it is not said whether a writer who gave her name knows.
        """
        if not self.reserved:
            raise Invalid(FieldError("note_id", "This note is not one that only you see."))
        if not answer.what_was_done.strip():
            raise Invalid(FieldError("what_was_done", "Say why you pass it on." if answer.passed_on else "Say what was done."))
        if self.author_id and not answer.passed_on and answer.told_writer not in (Answer.YES, Answer.NO):
            raise Invalid(FieldError("told_writer", "Say whether the writer knows what was done."))
        if answer.passed_on:
            if self.state is NoteState.FINISHED:
                raise IllegalTransition("NoteState", self.state, NoteState.ACKNOWLEDGED)
            return replace(self, reserved=False, restricted=True, speaking_up=answer, listed=())
        return replace(self.finished(), speaking_up=answer)

    def matched(self, person_id: str) -> "Observation":
        """Say who the note is about. Refused once it lies in a case: the case would change its person."""
        if self.case_id is not None:
            raise Invalid(FieldError("person_id", "This note is already part of a case; its person cannot change."))
        return replace(self, person_id=person_id)

    def as_strict(self, restricted: bool, barred: Iterable[str], listed: Iterable[str] = ()) -> "Observation":
        """Under at least this restriction and these bars; `listed` are those who may know, where nobody was named yet."""
        return replace(self, restricted=self.restricted or restricted, barred=tuple(sorted({*self.barred, *barred})),
                       listed=self.listed or tuple(listed))

    def name_settled(self, found: NameSettled) -> "Observation":
        """Whether it is about a colleague who is named in it. If not, she may learn of it again.

        Raises Invalid if nobody asked, without a reason, or once it lies in a case or adds to a note: what was restricted
        because of this note would stay so.
        """
        if found.account_id not in self.named:
            raise Invalid(FieldError("account_id", "That name is not waiting for an answer."))
        if not found.reason.strip():
            raise Invalid(FieldError("reason", "Say how you know."))
        if not found.involved and (self.case_id is not None or self.corrects_id is not None):
            raise Invalid(FieldError("involved", "More hangs on this note by now. Who may see that is decided there."))
        barred = self.barred if found.involved else tuple(a for a in self.barred if a != found.account_id)
        always = self.content.names_staff or self.content.route is not Route.VISIT or self.reserved
        restricted = self.restricted and (always or bool(barred))
        named = tuple(a for a in self.named if a != found.account_id)
        listed = self.listed if found.involved else ()  # whoever was kept from it may belong on the list
        return replace(self, named=named, barred=barred, restricted=restricted, listed=listed, settled=(*self.settled, found))

    def with_priority(self, priority: Priority, reason: str, *, at: datetime, by: str) -> "Observation":
        if not reason.strip():
            raise Invalid(FieldError("reason", "Say why the priority changes."))
        change = PriorityChange(priority, reason.strip(), at, by)
        return replace(self, priority_history=(*self.priority_history, change))


def priority_at_intake(content: NoteContent, *, staff_named: bool = False) -> tuple[Priority, str]:
    """The first priority and the plain reason for it. In doubt, the faster clock."""
    if content.danger_now is Answer.YES:
        return Priority.EMERGENCY, "someone is in danger or hurt now"
    if content.injury is Answer.YES:
        return Priority.HIGH, "someone is hurt"
    if content.names_staff:
        return Priority.HIGH, "a member of staff may be involved"
    if staff_named:
        return Priority.HIGH, "the name of a member of staff stands in it"
    if Answer.NOT_SURE in (content.danger_now, content.injury):
        return Priority.HIGH, "the writer is not sure whether someone is hurt or in danger"
    if Answer.NOT_ANSWERED in (content.danger_now, content.injury):
        return Priority.OTHER, "no danger, injury or staff named; not every question was answered"
    return Priority.OTHER, "no danger, injury or staff named"
