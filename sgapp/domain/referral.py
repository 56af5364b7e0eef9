"""A referral: chosen facts, sent to one agency, chased until a person confirms receipt and an outcome is known.

A delivery report is no receipt: a named person or a reference number is. Source: DOMAIN annex §2.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.lifecycle import Transitions, moved
from sgapp.domain.observation import Priority
from sgapp.domain.vocabulary.agencies import ENQUIRY, ENQUIRY_STEPS


class ReferralState(StrEnum):
    PREPARED = "prepared"
    SENT = "sent"
    RECEIVED = "received"
    OUTCOME_KNOWN = "outcome_known"
    CONCLUDED = "concluded"
    UNANSWERED = "unanswered"
    WITHDRAWN = "withdrawn"


S = ReferralState
TRANSITIONS: Transitions[ReferralState] = {
    S.PREPARED: frozenset({S.SENT, S.WITHDRAWN}),
    S.SENT: frozenset({S.RECEIVED, S.OUTCOME_KNOWN, S.UNANSWERED}),
    S.RECEIVED: frozenset({S.OUTCOME_KNOWN, S.UNANSWERED}),
    S.OUTCOME_KNOWN: frozenset({S.OUTCOME_KNOWN, S.CONCLUDED}),
    S.CONCLUDED: frozenset(),
    S.UNANSWERED: frozenset(),
    S.WITHDRAWN: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact as it leaves. `source` says what it was taken from, for example `note:ID:seen:0`.

    `reason` says why they need it, a code of FACT_REASONS; empty on what was spoken in an emergency.
    """

    source: str
    text: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Frozen:
    """The letter as it was approved: its text, and the fingerprints of the text and of the PDF made of it."""

    at: datetime
    by: str
    letter: str
    letter_sha256: str
    pdf_sha256: str


@dataclass(frozen=True, slots=True)
class Sending:
    """To whom it went and how; `letter` is the text exactly as it left, and its SHA-256. `their_reference`: a portal's."""

    at: datetime
    by: str
    to: str
    method: str
    letter: str
    letter_sha256: str
    pdf_sha256: str = ""
    their_reference: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Who confirmed, and when. `person` or `reference` must be there. `through_link`: they did so on their own page."""

    at: datetime
    person: str
    role: str
    reference: str
    recorded_by: str
    through_link: bool = False


@dataclass(frozen=True, slots=True)
class Chase:
    """An attempt to get an answer: whom one spoke to and what was promised. The clock goes on.

    `stage` is how far the matter had gone up with the agency by then, 0 to 4.
    """

    at: datetime
    by: str
    spoke_to: str
    promised: str
    stage: int = 0


@dataclass(frozen=True, slots=True)
class AgencyOutcome:
    code: str
    detail: str
    at: datetime
    recorded_by: str
    through_link: bool = False


@dataclass(frozen=True, slots=True)
class EnquiryStep:
    """What came of an enquiry of theirs, a code of ENQUIRY_STEPS, and what it says."""

    code: str
    detail: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Question:
    """Something the agency asks through its link. `answer` says how it was answered; no fact goes out by it."""

    id: str
    text: str
    at: datetime
    asked_by: str
    answer: str = ""
    answered_at: datetime | None = None
    answered_by: str = ""

    @property
    def open(self) -> bool:
        return self.answered_at is None


#: How whoever acts on their own page is named on the file.
THROUGH_LINK = "reported through link"


class LinkEvent(StrEnum):
    """What happened to an agency's own page. What they report on it stands with receipt, questions, outcomes and actions."""

    MADE = "made"
    CODE_GIVEN = "code_given"
    OPENED = "opened"
    SWITCHED_OFF = "switched_off"


@dataclass(frozen=True, slots=True)
class LinkStep:
    """One of these, and by whom; `to`: the team of the directory, and how it is reached."""

    event: LinkEvent
    at: datetime
    by: str
    to: str


#: Answers that settle nothing: the one is answered, the other sent to the right authority. Source: DOMAIN annex §2.
WANTS_MORE = "more_information_wanted"
UNSETTLED = frozenset({WANTS_MORE, "wrong_authority"})


@dataclass(frozen=True, slots=True)
class Referral:
    """`slipped_in`: names and left-out details that stand in the writer's own words; `kept_because`: why they stayed."""

    id: str
    case_id: str
    reference: str
    agency: str
    recipient: str
    method: str
    purpose: str
    asked_for: str
    facts: tuple[Fact, ...]
    prepared_at: datetime
    prepared_by: str
    decision_id: str | None = None
    emergency: bool = False
    by_when: date | None = None
    details: tuple[tuple[str, str], ...] = ()
    left_out: tuple[str, ...] = ()
    frozen: Frozen | None = None
    questions: tuple[Question, ...] = ()
    state: ReferralState = ReferralState.PREPARED
    sending: Sending | None = None
    receipt: Receipt | None = None
    chases: tuple[Chase, ...] = ()
    outcomes: tuple[AgencyOutcome, ...] = ()
    enquiry: tuple[EnquiryStep, ...] = ()
    concluded_at: datetime | None = None
    withdrawn_reason: str = ""
    withdrawn_at: datetime | None = None
    withdrawn_by: str = ""
    priority: Priority = Priority.OTHER
    restricted: bool = False
    barred: tuple[str, ...] = ()
    branch: str = "main"
    slipped_in: tuple[str, ...] = ()
    kept_because: str = ""
    link: tuple[LinkStep, ...] = ()

    @property
    def wants_more(self) -> bool:
        """Whether the agency asked for more and has not decided since."""
        return self.state is S.OUTCOME_KNOWN and self.outcomes[-1].code == WANTS_MORE

    @property
    def enquiry_since(self) -> datetime | None:
        """When their enquiry began, if that is the last that they said."""
        return self.outcomes[-1].at if self.state is S.OUTCOME_KNOWN and self.outcomes[-1].code == ENQUIRY else None

    @property
    def enquiry_waits_for(self) -> str:
        """What comes next in their enquiry: plan, assessment or review; empty if nothing does. Source: DOMAIN annex §2."""
        since = self.enquiry_since
        if since is None:
            return ""
        steps = ENQUIRY_STEPS.codes()
        reached = max((steps.index(e.code) for e in self.enquiry if e.at >= since), default=-1)
        waited = steps[:-1]
        return waited[reached + 1] if reached + 1 < len(waited) else ""

    def enquiry_went_on(self, step: EnquiryStep) -> "Referral":
        """Their plan, assessment or review is there, or this area does it otherwise. A later one stands for those before it."""
        if not self.enquiry_waits_for:
            raise Invalid(FieldError("code", "No enquiry of theirs is waited for here."))
        if not step.detail.strip():
            raise Invalid(FieldError("detail", "Write what it says, or how it is done here."))
        return replace(self, enquiry=(*self.enquiry, step))

    @property
    def settled(self) -> bool:
        """Whether the agency has given an outcome on which a case may be closed."""
        return bool(self.outcomes) and self.outcomes[-1].code not in UNSETTLED

    @property
    def ended(self) -> bool:
        """Whether nothing more is expected between us and the agency: then a link to it leads nowhere."""
        return not TRANSITIONS[self.state]

    def linked(self, step: LinkStep) -> "Referral":
        """Something happened to the agency's own page."""
        return replace(self, link=(*self.link, step))

    def asked(self, question: Question) -> "Referral":
        """The agency asks something. The same question sent twice is one."""
        if any(q.id == question.id for q in self.questions):
            return self
        if not question.text.strip():
            raise Invalid(FieldError("question", "Write what you would like to know."))
        return replace(self, questions=(*self.questions, question))

    def replied(self, question_id: str, answer: str, *, at: datetime, by: str) -> "Referral":
        """Somebody of ours answered one of their questions, by telephone or with another referral."""
        if not any(q.id == question_id and q.open for q in self.questions):
            raise Invalid(FieldError("question_id", "This question has been answered already."))
        if not answer.strip():
            raise Invalid(FieldError("answer", "Say how it was answered: whom you reached, and what was agreed."))
        return replace(self, questions=tuple(
            replace(q, answer=answer.strip(), answered_at=at, answered_by=by) if q.id == question_id else q
            for q in self.questions))

    def sent(self, sending: Sending) -> "Referral":
        return replace(self, state=moved(TRANSITIONS, self.state, S.SENT), sending=sending)

    def received(self, receipt: Receipt) -> "Referral":
        if not (receipt.person.strip() or receipt.reference.strip()):
            raise Invalid(FieldError("person", "Name who confirmed it, or give their reference number. "
                                               "A delivery report is no receipt."))
        return replace(self, state=moved(TRANSITIONS, self.state, S.RECEIVED), receipt=receipt)

    def referenced(self, receipt: Receipt) -> "Referral":
        """A reference that comes after the receipt, or after the outcome that made one needless: it stands on the file, too."""
        had = self.receipt or replace(receipt, reference="")
        known = had.reference.split("; ") if had.reference else []
        added = f"{receipt.reference}{', reported through link' if receipt.through_link and not had.through_link else ''}"
        if not receipt.reference or {receipt.reference, added} & {*known}:
            return self
        return replace(self, receipt=replace(had, reference="; ".join([*known, added])))

    def chased(self, chase: Chase) -> "Referral":
        if not self.awaited and not self.enquiry_waits_for:
            raise Invalid(FieldError("spoke_to", "Nothing is awaited from this agency now."))
        return replace(self, chases=(*self.chases, chase))

    def answered(self, outcome: AgencyOutcome) -> "Referral":
        return replace(self, state=moved(TRANSITIONS, self.state, S.OUTCOME_KNOWN),
                       outcomes=(*self.outcomes, outcome))

    def concluded(self, at: datetime) -> "Referral":
        return replace(self, state=moved(TRANSITIONS, self.state, S.CONCLUDED), concluded_at=at)

    def unanswered(self, at: datetime) -> "Referral":
        """The agency never answered, every stage was gone through, and the manager has signed."""
        return replace(self, state=moved(TRANSITIONS, self.state, S.UNANSWERED), concluded_at=at)

    @property
    def awaited(self) -> bool:
        """Whether the agency still owes an answer."""
        return self.state in (S.SENT, S.RECEIVED) or self.wants_more

    def withdrawn(self, reason: str, *, at: datetime, by: str) -> "Referral":
        return replace(self, state=moved(TRANSITIONS, self.state, S.WITHDRAWN), withdrawn_reason=reason, withdrawn_at=at,
                       withdrawn_by=by)


class ActionState(StrEnum):
    PROPOSED = "proposed"
    AGREED = "agreed"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    DECLINED = "declined"


A = ActionState
ACTION_TRANSITIONS: Transitions[ActionState] = {
    A.PROPOSED: frozenset({A.AGREED, A.DECLINED}),
    A.AGREED: frozenset({A.IN_PROGRESS, A.DONE, A.DECLINED}),
    A.IN_PROGRESS: frozenset({A.DONE, A.DECLINED}),
    A.DONE: frozenset(),
    A.DECLINED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class ActionStep:
    state: ActionState
    note: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Reaudit:
    """Somebody looked again at what an audit had found: whether it holds now."""

    holds: bool
    found: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Action:
    """Something agreed: what, who owns it, at which agency, by when. Done needs its evidence.

    `from_audit`: the score of a sample that asked for it; `from_learning`: the debrief. `reported_on_id`: the referral on whose
    page the agency reported it.
    """

    id: str
    case_id: str
    what: str
    owner: str
    agency: str
    due_on: date
    adult_agrees: str
    recorded_at: datetime
    recorded_by: str
    state: ActionState = ActionState.AGREED
    steps: tuple[ActionStep, ...] = ()
    restricted: bool = False
    barred: tuple[str, ...] = ()
    branch: str = "main"
    from_audit: str = ""
    reaudit: Reaudit | None = None
    reported_on_id: str = ""
    from_learning: str = ""

    @property
    def awaited(self) -> bool:
        """Whether its case waits for it. What is tried again months after a debrief keeps no case open."""
        return self.open and not self.from_learning

    @property
    def open(self) -> bool:
        return self.state not in (ActionState.DONE, ActionState.DECLINED)

    def stepped(self, step: ActionStep) -> "Action":
        if step.state in (ActionState.DONE, ActionState.DECLINED) and not step.note.strip():
            what = "shows that it was done" if step.state is ActionState.DONE else "the reason was"
            raise Invalid(FieldError("note", f"Say what {what}."))
        state = moved(ACTION_TRANSITIONS, self.state, step.state)
        return replace(self, state=state, steps=(*self.steps, step))
