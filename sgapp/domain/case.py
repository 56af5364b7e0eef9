"""A case: one adult, one or more notes, the lead's triage, and everything that follows until it closes.

Source: DOMAIN annex §2 (triage codes, clocks, closing) and §3 (capacity, one record per decision and time).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.lifecycle import Transitions, moved
from sgapp.domain.observation import Observation, Priority, fastest
from sgapp.domain.risk_checklist import RiskChecklist
from sgapp.domain.time import to_london
from sgapp.domain.vocabulary import ABUSE_TYPES
from sgapp.domain.vocabulary.triage import NEEDS_REVIEW_DATE, SHARES_NOTHING

#: The least that a reason for breaking the glass has: “emergency” alone says nothing a year later.
SHORTEST_REASON = 12


class CaseState(StrEnum):
    OPEN = "open"
    TRIAGED = "triaged"
    CLOSED = "closed"


TRANSITIONS: Transitions[CaseState] = {
    CaseState.OPEN: frozenset({CaseState.TRIAGED}),
    CaseState.TRIAGED: frozenset({CaseState.TRIAGED, CaseState.CLOSED}),
    CaseState.CLOSED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class TriageDecision:
    """What the lead decided to do about the concern, why, and when to look again (if the code needs it)."""

    code: str
    reason: str
    at: datetime
    by: str
    review_on: date | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """A look back at a monitored matter: what was found."""

    found: str
    at: datetime
    by: str
    next_review_on: date | None = None


@dataclass(frozen=True, slots=True)
class RiskEntry:
    level: str
    reason: str
    at: datetime
    by: str


def harm_in_words(types: Iterable[str]) -> str:
    """Types of harm as they stand in a line: “domestic, psychological”."""
    return ", ".join(ABUSE_TYPES.label(code).lower() for code in types) or "kind of harm not said yet"


@dataclass(frozen=True, slots=True)
class TypesEntry:
    """Which types of harm it was said to be, later than at the opening."""

    types: tuple[str, ...]
    reason: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Consultation:
    """Advice taken: who was asked, when, and what they said."""

    who: str
    role: str
    advice: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class CapacityAssessment:
    """One decision at one time. Each ability yes, no or not assessed, with what showed it."""

    id: str
    decision: str
    reason_for_doubt: str
    support_given: str
    understand: str
    retain: str
    weigh: str
    communicate: str
    evidence: str
    executive_capacity: str
    impairment: str
    causal_link: str
    outcome: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class ProtectionStep:
    """What is already being done to keep the adult safe."""

    id: str
    what: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class ListChange:
    """Somebody was let in to a restricted file, or kept from it from now on; and why."""

    account_id: str
    name: str
    let_in: bool
    reason: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Opening:
    """Somebody who may not see the file opened it all the same, with a reason, until then. It stays on the file for ever."""

    account_id: str
    name: str
    role: str
    reason: str
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class WelfareCheck:
    """The plan's own check on the adult: since when, why, and what somebody found. `help_asked`: she said the words for it."""

    since: datetime
    why: str
    help_asked: bool = False
    found: str = ""
    done_at: datetime | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class NotToMarac:
    """Why a case that meets a route was not referred to MARAC."""

    reason: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class CqcWord:
    """Something said of whether CQC is to be told: `owed`, `not_owed` or `told`. `by` empty: it follows from the rules."""

    code: str
    reason: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Closing:
    """How it ended. `basis` says why it may close: agency outcome, nothing shared and reviewed, or signed off."""

    basis: str
    reason: str
    risk: str
    msp_asked: str
    msp_achieved: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Case:
    id: str
    reference: str
    person_id: str
    note_ids: tuple[str, ...]
    opened_at: datetime
    opened_by: str
    first_noted_at: datetime
    first_seen_at: datetime | None
    priority: Priority
    types: tuple[str, ...] = ()
    state: CaseState = CaseState.OPEN
    triage: tuple[TriageDecision, ...] = ()
    risk: tuple[RiskEntry, ...] = ()
    consultations: tuple[Consultation, ...] = ()
    capacity: tuple[CapacityAssessment, ...] = ()
    protection: tuple[ProtectionStep, ...] = ()
    reviews: tuple[Review, ...] = ()
    closing: Closing | None = None
    emergency_record_from: datetime | None = None
    watch_from: datetime | None = None
    watch_on: date | None = None
    restricted: bool = False
    barred: tuple[str, ...] = ()
    branch: str = "main"
    listed: tuple[str, ...] = ()
    list_changes: tuple[ListChange, ...] = ()
    openings: tuple[Opening, ...] = ()
    checklists: tuple[RiskChecklist, ...] = ()
    marac_from: datetime | None = None
    not_to_marac: tuple[NotToMarac, ...] = ()
    welfare_checks: tuple[WelfareCheck, ...] = ()
    cqc: tuple[CqcWord, ...] = ()
    types_said: tuple[TypesEntry, ...] = ()

    @property
    def cqc_owed_since(self) -> datetime | None:
        """Since when CQC is to be told, if it has not been told and nobody has said why not. Source: DOMAIN annex §2 (CQC)."""
        return self.cqc[-1].at if self.cqc and self.cqc[-1].code == "owed" and self.state is not CaseState.CLOSED else None

    @property
    def decision(self) -> TriageDecision | None:
        return self.triage[-1] if self.triage else None

    @property
    def risk_level(self) -> str:
        return self.risk[-1].level if self.risk else ""

    @property
    def welfare(self) -> WelfareCheck | None:
        """The check on the adult that somebody still has to make."""
        return next((check for check in self.welfare_checks if check.done_at is None), None)

    @property
    def unreviewed(self) -> tuple[datetime, date] | None:
        """When a day to look again was promised, and which, if nobody has looked since: the earliest such day.

        Both the triage decision and a decision not to share promise one.
        """
        promised = [(self.watch_from, self.watch_on)]
        if self.decision is not None:
            promised.append((self.decision.at, self.decision.review_on))
        last = self.reviews[-1].at if self.reviews else None
        waiting = [(at, on) for at, on in promised if at and on and (last is None or at > last)]
        return min(waiting, key=lambda promise: promise[1], default=None)

    @property
    def look_again(self) -> tuple[datetime, date] | None:
        """Since when, and on which day, somebody is to look again; None if nobody is."""
        if self.state is CaseState.CLOSED:
            return None
        last = self.reviews[-1] if self.reviews else None
        return self.unreviewed or ((last.at, last.next_review_on) if last and last.next_review_on else None)

    @property
    def next_review_on(self) -> date | None:
        """The day to look again, if one is set and has not been looked at since."""
        return self.look_again[1] if self.look_again else None

    @property
    def shares_nothing(self) -> bool:
        return self.decision is not None and self.decision.code in SHARES_NOTHING

    def triaged(self, decision: TriageDecision) -> "Case":
        """Record the triage decision. A code that shares nothing needs its reason; some need a day to look again."""
        errors: list[FieldError] = []
        if not decision.reason.strip():
            errors.append(FieldError("reason", "Say why, in a sentence that still makes sense in a year."))
        if decision.code in NEEDS_REVIEW_DATE and decision.review_on is None:
            errors.append(FieldError("review_on", "Choose the day on which you will look again."))
        if decision.review_on is not None and decision.review_on < to_london(decision.at).date():
            errors.append(FieldError("review_on", "The day to look again lies in the past."))
        if errors:
            raise Invalid(*errors)
        state = moved(TRANSITIONS, self.state, CaseState.TRIAGED)
        return replace(self, state=state, triage=(*self.triage, decision))

    def reviewed(self, review: Review) -> "Case":
        self.must_be_live()
        return replace(self, reviews=(*self.reviews, review))

    def with_note(self, note: Observation) -> "Case":
        """A further note: the faster priority and the stricter restriction hold for the whole case from now on."""
        self.must_be_live()
        joined = replace(
            self, note_ids=(*self.note_ids, note.id), priority=fastest((self.priority, note.priority)),
            first_noted_at=min(self.first_noted_at, note.content.written_at))
        return joined.as_strict(note.restricted, note.barred, note.listed, at=note.acknowledged_at or note.received_at)

    def as_strict(self, restricted: bool, barred: Iterable[str], listed: Iterable[str] = (), *, at: datetime) -> "Case":
        """Under at least this restriction and these bars; `listed` are those who may know, where nobody was named yet.

        `at`: since when it was known here that it is about somebody of the staff; from then on CQC is to be told.
        """
        firm = replace(self, restricted=self.restricted or restricted, barred=tuple(sorted({*self.barred, *barred})),
                       listed=self.listed or tuple(listed))
        return firm.cqc_follows(at)

    def cqc_follows(self, at: datetime) -> "Case":
        """About somebody of the staff: CQC is to be told, unless somebody has said something of that already."""
        if not self.restricted or self.cqc or self.state is CaseState.CLOSED:
            return self
        return replace(self, cqc=(CqcWord("owed", "It is about somebody who works here.", at, ""),))

    def with_cqc(self, word: CqcWord) -> "Case":
        """CQC is to be told, is not, or was told. Raises Invalid without a reason, and where it is to be told already."""
        self.must_be_live()
        if not word.reason.strip():
            raise Invalid(FieldError("reason", "Say why, in a sentence that still makes sense in a year."))
        if word.code == "owed" and self.cqc_owed_since is not None:
            raise Invalid(FieldError("owed", "It is to be told already; the clock runs."))
        return replace(self, cqc=(*self.cqc, word))

    def with_list_change(self, change: ListChange) -> "Case":
        """Let somebody in to a restricted file, or keep them from it. Raises Invalid without a reason, for an open file, for
        somebody kept from it who is to be let in, and where nobody would be left.
        """
        if not self.restricted:
            raise Invalid(FieldError("account_id", "This file is under no list: everyone whose role it is may read it."))
        if not change.reason.strip():
            raise Invalid(FieldError("reason", "Say why."))
        if change.let_in and change.account_id in self.barred:
            raise Invalid(FieldError("account_id", "They are kept from this file because of what it is about."))
        listed = {*self.listed, change.account_id} if change.let_in else {*self.listed} - {change.account_id}
        if not listed:
            raise Invalid(FieldError("account_id", "Nobody would be left who may know. Let somebody else in first."))
        barred = self.barred if change.let_in else tuple(sorted({*self.barred, change.account_id}))
        return replace(self, listed=tuple(sorted(listed)), barred=barred, list_changes=(*self.list_changes, change))

    def opened_all_the_same(self, opening: Opening) -> "Case":
        """Somebody broke the glass; it stays on the file for ever."""
        return replace(self, openings=(*self.openings, opening))

    def with_priority(self, priority: Priority) -> "Case":
        """The clocks of the case run by another priority: one of its notes was looked at again."""
        self.must_be_live()
        return replace(self, priority=priority)

    def watched(self, on: date | None, *, at: datetime) -> "Case":
        """Nothing is shared for now, and somebody looks again on this day; None: that is over."""
        self.must_be_live()
        return replace(self, watch_from=at if on else None, watch_on=on)

    @property
    def harm_owed(self) -> bool:
        """Whether it is still to be said what kind of harm it may be: of what is no safeguarding matter nobody has to."""
        return not self.types and self.decision is not None and self.decision.code != "not_safeguarding"

    def with_types(self, entry: TypesEntry) -> "Case":
        self.must_be_live()
        return replace(self, types=entry.types, types_said=(*self.types_said, entry))

    def with_risk(self, entry: RiskEntry) -> "Case":
        self.must_be_live()
        return replace(self, risk=(*self.risk, entry))

    def with_checklist(self, found: RiskChecklist) -> "Case":
        """A checklist that was filled in. Where it meets a route to MARAC, the referral is due from now on."""
        self.must_be_live()
        since = self.marac_from or (found.at if found.routes else None)
        return replace(self, checklists=(*self.checklists, found), marac_from=since)

    def referred_to_marac(self) -> "Case":
        return replace(self, marac_from=None)

    def kept_from_marac(self, why: NotToMarac) -> "Case":
        """Not referred although a route is met. Raises Invalid where none is, and without a reason."""
        if self.marac_from is None:
            raise Invalid(FieldError("reason", "No route to MARAC waits here."))
        if not why.reason.strip():
            raise Invalid(FieldError("reason", "Say why it is not referred."))
        return replace(self, marac_from=None, not_to_marac=(*self.not_to_marac, why))

    def to_be_checked_on(self, check: WelfareCheck) -> "Case":
        """Somebody is to check on the adult. One check at a time; if she asks for help meanwhile, it becomes that."""
        self.must_be_live()
        if self.welfare is None:
            return replace(self, welfare_checks=(*self.welfare_checks, check))
        if self.welfare.help_asked or not check.help_asked:
            return self
        return replace(self, welfare_checks=tuple(check if c is self.welfare else c for c in self.welfare_checks))

    def checked_on(self, *, found: str, at: datetime, by: str) -> "Case":
        """Somebody has seen to her. Raises Invalid where no check waits, and without what was found."""
        if self.welfare is None:
            raise Invalid(FieldError("found", "No check waits here."))
        if not found.strip():
            raise Invalid(FieldError("found", "Write what you found: seen by whom, where, how they were."))
        done = replace(self.welfare, found=found.strip(), done_at=at, by=by)
        return replace(self, welfare_checks=tuple(done if c is self.welfare else c for c in self.welfare_checks))

    def with_consultation(self, entry: Consultation) -> "Case":
        self.must_be_live()
        return replace(self, consultations=(*self.consultations, entry))

    def with_capacity(self, entry: CapacityAssessment) -> "Case":
        self.must_be_live()
        return replace(self, capacity=(*self.capacity, entry))

    def with_protection(self, entry: ProtectionStep) -> "Case":
        self.must_be_live()
        return replace(self, protection=(*self.protection, entry))

    def closed(self, closing: Closing) -> "Case":
        return replace(self, state=moved(TRANSITIONS, self.state, CaseState.CLOSED), closing=closing)

    def must_be_live(self) -> None:
        """Raise Invalid once the case is closed."""
        if self.state is CaseState.CLOSED:
            raise Invalid(FieldError("case_id", "This case is closed; nothing more can be added to it."))
