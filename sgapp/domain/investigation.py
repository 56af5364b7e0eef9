"""The record of an allegation against staff: apart from the protection of the adult, under a list of its own.

Protection comes first and lies in the case. What is here is looked into later, once police or the local authority agree.
Source: DOMAIN annex §6 (protect now, investigate later; milestones; DBS; candour; witness accounts).
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from sgapp.domain.case import ListChange
from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.lifecycle import Transitions, moved
from sgapp.domain.time import to_london

#: How long a measure goes on before somebody looks at it again, unless a nearer day is chosen. Source: DOMAIN annex §6.
LOOK_AGAIN_AFTER = timedelta(days=7)
#: What makes up the steps of candour where an incident is notifiable.
_CANDOUR_WHOLE = frozenset({"told", "apology", "written"})


class InvestigationState(StrEnum):
    """`WAITING`: police or the local authority have not agreed yet that we begin."""

    WAITING = "waiting"
    RUNNING = "running"
    DECIDED = "decided"
    CLOSED = "closed"


S = InvestigationState
TRANSITIONS: Transitions[InvestigationState] = {
    S.WAITING: frozenset({S.RUNNING, S.DECIDED}),
    S.RUNNING: frozenset({S.WAITING, S.DECIDED}),
    S.DECIDED: frozenset({S.RUNNING, S.CLOSED}),
    S.CLOSED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Clearance:
    """What police or the local authority said about beginning. `answer` is a code of CLEARANCES."""

    agency: str
    person: str
    answer: str
    words: str
    ask_again_on: date | None
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Measure:
    """An interim measure, a code of INTERIM_MEASURES, with its reasons and what else was thought of."""

    id: str
    kind: str
    reasons: str
    alternatives: str
    review_on: date
    at: datetime
    by: str
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MeasureReview:
    """Somebody looked at a measure again: it goes on until the next look, or it is over."""

    measure_id: str
    found: str
    next_on: date | None
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Milestone:
    """A step, a code of MILESTONES: planned for a day, and done on one."""

    id: str
    kind: str
    what: str
    due_on: date
    owner: str
    at: datetime
    by: str
    done_on: date | None = None
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class DbsConsidered:
    """One look at the duty to refer to the Disclosure and Barring Service. Codes: DBS_DECISIONS, DBS_REMOVED, DBS_GROUNDS.

    `sent_reference` is what they gave, once it was sent.
    """

    decision: str
    removed: str
    ground: str
    reason: str
    look_again_on: date | None
    at: datetime
    by: str
    sent_on: date | None = None
    sent_reference: str = ""


@dataclass(frozen=True, slots=True)
class CandourStep:
    """One step of openness towards the adult, a code of CANDOUR_STEPS."""

    kind: str
    words: str
    on: date
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class AskedFor:
    """Somebody was asked for her own account. She is told the day and the part of it, and nothing more.

    `note_id`: what she wrote, once it came. `picked`: why it may go into a referral; empty while it may not.
    """

    id: str
    witness_id: str
    witness_name: str
    on: date
    part: str
    at: datetime
    by: str
    note_id: str | None = None
    received_at: datetime | None = None
    picked: str = ""
    picked_at: datetime | None = None
    picked_by: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found, a code of MATTER_OUTCOMES."""

    code: str
    reason: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Investigation:
    """`concerns_case` is the case in which the adult is protected. `about_id` is empty where she has no account here.

    Always restricted. Its list is not the case's: whoever protects the adult need not know what witnesses say.
    """

    id: str
    reference: str
    concerns_case: str
    person_id: str
    about_id: str
    about_name: str
    opened_at: datetime
    opened_by: str
    state: InvestigationState = InvestigationState.WAITING
    touched_at: datetime | None = None
    clearances: tuple[Clearance, ...] = ()
    measures: tuple[Measure, ...] = ()
    looks: tuple[MeasureReview, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    dbs: tuple[DbsConsidered, ...] = ()
    candour: tuple[CandourStep, ...] = ()
    asked: tuple[AskedFor, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    debrief: str = ""
    restricted: bool = True
    barred: tuple[str, ...] = ()
    branch: str = "main"
    listed: tuple[str, ...] = ()
    list_changes: tuple[ListChange, ...] = ()

    @property
    def ended(self) -> bool:
        return self.state is InvestigationState.CLOSED

    @property
    def clearance(self) -> Clearance | None:
        """What was said last about beginning."""
        return self.clearances[-1] if self.clearances else None

    @property
    def running_measures(self) -> tuple[Measure, ...]:
        return tuple(m for m in self.measures if m.ended_at is None)

    @property
    def open_milestones(self) -> tuple[Milestone, ...]:
        """What is planned and not done, the soonest first."""
        return tuple(sorted((m for m in self.milestones if m.done_on is None), key=lambda m: m.due_on))

    @property
    def dbs_owed(self) -> tuple[datetime, date | None] | None:
        """Since when the duty to refer waits for us, and until which day, if one was chosen; None when it is settled."""
        last = self.dbs[-1] if self.dbs else None
        if last is None:
            return self.opened_at, None
        if last.decision == "not_yet":
            return last.at, last.look_again_on
        return (last.at, None) if last.decision == "refer" and last.sent_on is None else None

    @property
    def candour_owed(self) -> bool:
        """Whether the adult is still to be told, to hear that we are sorry, and to have it in writing."""
        done = {step.kind for step in self.candour}
        return "not_notifiable" not in done and not done >= _CANDOUR_WHOLE

    @property
    def witnesses(self) -> frozenset[str]:
        return frozenset(a.witness_id for a in self.asked)

    def awaited_from(self, account_id: str) -> AskedFor | None:
        """The oldest request to somebody that she has not answered; None if there is none, or it is over."""
        if self.ended:
            return None
        return next((a for a in self.asked if a.witness_id == account_id and a.note_id is None), None)

    def cleared(self, clearance: Clearance) -> "Investigation":
        """What police or the local authority said. Agreed: it runs. Anything else: it waits, with the day to ask again."""
        self.must_be_live()
        _written(clearance.person, "person", "Write whom you spoke to.")
        if clearance.answer != "agreed" and clearance.ask_again_on is None:
            raise Invalid(FieldError("ask_again_on", "Choose the day on which you ask again."))
        _not_past(clearance.ask_again_on, clearance.at, "ask_again_on")
        target = S.RUNNING if clearance.answer == "agreed" else S.WAITING
        if self.state in (S.WAITING, S.RUNNING) and target is not self.state:
            return replace(self, state=moved(TRANSITIONS, self.state, target), clearances=(*self.clearances, clearance))
        return replace(self, clearances=(*self.clearances, clearance))

    def with_measure(self, measure: Measure) -> "Investigation":
        """A measure with its reasons and alternatives, looked at again within a week."""
        self.must_be_live()
        _written(measure.reasons, "reasons", "Say why this is needed.")
        _written(measure.alternatives, "alternatives", "Say what else was thought of, and why it would not do.")
        self._check_look(measure.review_on, measure.at)
        return replace(self, measures=(*self.measures, measure))

    def looked_at(self, look: MeasureReview) -> "Investigation":
        """A measure goes on until the next look, or is over."""
        self.must_be_live()
        measure = next((m for m in self.running_measures if m.id == look.measure_id), None)
        if measure is None:
            raise Invalid(FieldError("measure_id", "This measure is over already."))
        _written(look.found, "found", "Write what you found.")
        if look.next_on is not None:
            self._check_look(look.next_on, look.at)
        after = replace(measure, review_on=look.next_on or measure.review_on, ended_at=None if look.next_on else look.at)
        return replace(self, looks=(*self.looks, look),
                       measures=tuple(after if m.id == measure.id else m for m in self.measures))

    def with_milestone(self, milestone: Milestone) -> "Investigation":
        self.must_be_live()
        _written(milestone.owner, "owner", "Name who does it.")
        return replace(self, milestones=(*self.milestones, milestone))

    def reached(self, milestone_id: str, on: date, evidence: str, *, at: datetime) -> "Investigation":
        """A planned step is done, with what shows it."""
        self.must_be_live()
        found = next((m for m in self.open_milestones if m.id == milestone_id), None)
        if found is None:
            raise Invalid(FieldError("milestone_id", "This step is done already."))
        _written(evidence, "evidence", "Say what shows that it is done.")
        if on > to_london(at).date():
            raise Invalid(FieldError("done_on", "That day has not come yet."))
        done = replace(found, done_on=on, evidence=evidence)
        return replace(self, milestones=tuple(done if m.id == found.id else m for m in self.milestones))

    def dbs_considered(self, look: DbsConsidered) -> "Investigation":
        """The duty was looked at. It needs both limbs: removed, or would have been; and one of the grounds."""
        self.must_be_live()
        _written(look.reason, "reason", "Say what this rests on.")
        if look.decision == "refer" and (look.removed not in ("removed", "would_have_been") or not look.ground):
            raise Invalid(FieldError("removed", "The duty needs both: removed from regulated activity, or would have been; and "
                                                "a ground. A suspension alone does not bring it in."))
        if look.decision == "not_yet" and look.look_again_on is None:
            raise Invalid(FieldError("look_again_on", "Choose the day on which you look again."))
        _not_past(look.look_again_on, look.at, "look_again_on")
        return replace(self, dbs=(*self.dbs, look))

    def dbs_sent(self, on: date, reference: str, *, at: datetime) -> "Investigation":
        """The referral to the Disclosure and Barring Service went out."""
        last = self.dbs[-1] if self.dbs else None
        if last is None or last.decision != "refer" or last.sent_on is not None:
            raise Invalid(FieldError("sent_on", "There is no decision to refer that waits to be sent."))
        if on > to_london(at).date():
            raise Invalid(FieldError("sent_on", "That day has not come yet."))
        _written(reference, "sent_reference", "Write their reference, or how it went and who took it.")
        return replace(self, dbs=(*self.dbs[:-1], replace(last, sent_on=on, sent_reference=reference)))

    def with_candour(self, step: CandourStep) -> "Investigation":
        _written(step.words, "words", "Write what was said, to whom; or why it does not apply.")
        return replace(self, candour=(*self.candour, step))

    def asking(self, asked: AskedFor) -> "Investigation":
        """Ask somebody for her own account. Never whoever it is about, nor a second time while the first waits."""
        self.must_be_live()
        if asked.witness_id == self.about_id:
            raise Invalid(FieldError("witness_id", "It is about them. They are heard in an interview, once that is agreed."))
        if self.awaited_from(asked.witness_id) is not None:
            raise Invalid(FieldError("witness_id", "They have been asked already and have not written yet."))
        return replace(self, asked=(*self.asked, asked))

    def account_came(self, asked_id: str, note_id: str, *, at: datetime) -> "Investigation":
        return self._asked_after(asked_id, note_id=note_id, received_at=at)

    def account_picked(self, asked_id: str, why: str, *, at: datetime, by: str) -> "Investigation":
        """One account may go into a referral, for a reason; the others stay here."""
        _written(why, "why", "Say why the agency needs this account.")
        found = next((a for a in self.asked if a.id == asked_id), None)
        if found is None or found.note_id is None:
            raise Invalid(FieldError("asked_id", "There is no account to pick yet."))
        return self._asked_after(asked_id, picked=why, picked_at=at, picked_by=by)

    def _asked_after(self, asked_id: str, **changes: object) -> "Investigation":
        asked = tuple(replace(a, **changes) if a.id == asked_id else a for a in self.asked)  # type: ignore[arg-type]
        return replace(self, asked=asked)

    def decided(self, outcome: Outcome) -> "Investigation":
        """What was found. While police or the local authority have not agreed that we look into it, nothing is."""
        if self.state is S.WAITING and (self.clearance is None or self.clearance.answer != "theirs"):
            raise Invalid(FieldError("code", "Police or the local authority have not agreed yet that you look into it."))
        _written(outcome.reason, "reason", "Say what it rests on.")
        return replace(self, state=moved(TRANSITIONS, self.state, S.DECIDED), outcomes=(*self.outcomes, outcome))

    def reopened(self) -> "Investigation":
        """An appeal, or something new: it runs again."""
        return replace(self, state=moved(TRANSITIONS, self.state, S.RUNNING))

    def closed(self, debrief: str) -> "Investigation":
        """It ends with what was learned, once nothing of it is owed. Raises Invalid with all that is."""
        _written(debrief, "debrief", "Write what helped, what hindered, and what changes.")
        gaps = [words for owed, words in (
            (bool(self.running_measures), "a measure still runs"),
            (bool(self.open_milestones), "a step is planned and not done"),
            (self.dbs_owed is not None, "the DBS duty is not settled"),
            (self.candour_owed, "the steps of candour are not done"),
            (any(a.note_id is None for a in self.asked), "an account that was asked for has not come")) if owed]
        if gaps:
            raise Invalid(FieldError("debrief", "It cannot be closed yet: " + "; ".join(gaps) + "."))
        return replace(self, state=moved(TRANSITIONS, self.state, S.CLOSED), debrief=debrief)

    def with_list_change(self, change: ListChange) -> "Investigation":
        """Let somebody in, or keep somebody from it. Raises Invalid as for a case."""
        _written(change.reason, "reason", "Say why.")
        if change.let_in and change.account_id in (*self.barred, *self.witnesses):
            raise Invalid(FieldError("account_id", "They are kept from it: named, a friend, or a witness."))
        listed = {*self.listed, change.account_id} if change.let_in else {*self.listed} - {change.account_id}
        if not listed:
            raise Invalid(FieldError("account_id", "Nobody would be left who may know. Let somebody else in first."))
        barred = self.barred if change.let_in else tuple(sorted({*self.barred, change.account_id}))
        return replace(self, listed=tuple(sorted(listed)), barred=barred, list_changes=(*self.list_changes, change))

    def must_be_live(self) -> None:
        if self.ended:
            raise Invalid(FieldError("investigation_id", "This is closed; nothing more can be added to it."))

    def _check_look(self, on: date, at: datetime) -> None:
        _not_past(on, at, "review_on")
        if on > to_london(at).date() + LOOK_AGAIN_AFTER:
            raise Invalid(FieldError("review_on", "Look at it again within seven days."))


def _written(text: str, field: str, message: str) -> None:
    if not text.strip():
        raise Invalid(FieldError(field, message))


def _not_past(on: date | None, at: datetime, field: str) -> None:
    if on is not None and on < to_london(at).date():
        raise Invalid(FieldError(field, "That day has passed."))
