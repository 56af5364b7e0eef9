"""The sharing decision: why, what, who, when; also a decision *not* to share. Source: DOMAIN annex §3.

The product never decides law or thresholds. It asks only what the answers so far make relevant, says why it
asks, and keeps the person's own reasoned answers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from sgapp.domain.asking import When, holds
from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.guidance import Shown
from sgapp.domain.lifecycle import Transitions, moved
from sgapp.domain.observation import Priority
from sgapp.domain.vocabulary import (
    AGENCIES,
    ARTICLE_6,
    ARTICLE_9,
    ARTICLE_10,
    CAPACITY_KNOWN,
    CONFIDENTIALITY_BASES,
    CONSENT_STATES,
    OTHERS_AT_HOME,
    OVERRIDE_REASONS,
    PARAGRAPH_18_LIMBS,
    SEND_METHODS,
    SHARE_WHEN,
    SHARING,
    TOLD_ADULT,
    CodeList,
)


class ReviewState(StrEnum):
    NOT_NEEDED = "not_needed"
    ASKED = "asked"
    AGREED = "agreed"
    RETURNED = "returned"
    MOVED_ON = "moved_on"


REVIEW_TRANSITIONS: Transitions[ReviewState] = {
    ReviewState.NOT_NEEDED: frozenset({ReviewState.ASKED}),
    ReviewState.ASKED: frozenset({ReviewState.AGREED, ReviewState.RETURNED, ReviewState.MOVED_ON}),
    ReviewState.AGREED: frozenset({ReviewState.ASKED}),
    ReviewState.RETURNED: frozenset(),
    ReviewState.MOVED_ON: frozenset(),
}

#: Why a version is looked at whose forerunner nobody had looked at yet: deciding anew is no way around the second person.
UNSEEN_BEFORE = "nobody had looked at the version before yet"


@dataclass(frozen=True, slots=True)
class SharingAnswers:
    """The answers as given on the form. Codes come from `domain.vocabulary`; free text is the decider's own."""

    share: str = ""
    why: str = ""
    what: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    agency: str = ""
    recipient: str = ""
    method: str = ""
    must_not_know: str = ""
    when: str = ""
    share_by: date | None = None
    review_on: date | None = None
    necessary: str = ""
    proportionate: str = ""
    article_6: str = ""
    article_9: str = ""
    paragraph_18_limb: str = ""
    limb_reason: str = ""
    article_10: str = ""
    confidentiality: str = ""
    consent: str = ""
    override_reasons: tuple[str, ...] = ()
    override_because: str = ""
    capacity: str = ""
    capacity_id: str = ""
    told: str = ""
    told_why: str = ""
    others_at_home: str = ""


@dataclass(frozen=True, slots=True)
class EarlierReview:
    """What a second person said before something new called for another look."""

    agreed: bool
    at: datetime
    by: str
    comment: str


@dataclass(frozen=True, slots=True)
class SharingDecision:
    """One version of a decision: the answers, what was asked, and the guidance that stood beside the questions."""

    id: str
    case_id: str
    version: int
    answers: SharingAnswers
    asked: tuple[str, ...]
    decided_at: datetime
    decided_by: str
    decided_by_id: str
    review_because: tuple[str, ...] = ()
    review: ReviewState = ReviewState.NOT_NEEDED
    reviewed_at: datetime | None = None
    reviewed_by: str = ""
    review_comment: str = ""
    restricted: bool = False
    barred: tuple[str, ...] = ()
    branch: str = "main"
    guidance: tuple[Shown, ...] = ()
    stays_shown_at: datetime | None = None
    earlier_reviews: tuple[EarlierReview, ...] = ()

    @property
    def review_asked_at(self) -> datetime:
        """Since when a second person is asked, if one is."""
        return self.stays_shown_at or self.decided_at

    @property
    def shares(self) -> bool:
        return self.answers.share == "share"

    def reviewed(self, agrees: bool, comment: str, *, at: datetime, by: str, by_id: str) -> "SharingDecision":
        """A second person agrees or sends it back. Never the decider herself."""
        if by_id == self.decided_by_id:
            raise Invalid(FieldError("agrees", "You made this decision; somebody else must look at it."))
        if not agrees and not comment.strip():
            raise Invalid(FieldError("comment", "Say what should be thought about again."))
        target = ReviewState.AGREED if agrees else ReviewState.RETURNED
        return replace(self, review=moved(REVIEW_TRANSITIONS, self.review, target), reviewed_at=at,
                       reviewed_by=by, review_comment=comment.strip())

    def moved_on(self) -> "SharingDecision":
        """A newer version took its place before a second person had looked; they look at that one."""
        return replace(self, review=moved(REVIEW_TRANSITIONS, self.review, ReviewState.MOVED_ON))

    def stays_shown(self, because: tuple[str, ...], *, at: datetime) -> "SharingDecision":
        """A second person is to look after all, or once more. What was said at an earlier look is kept."""
        earlier = self.earlier_reviews
        if self.reviewed_at is not None:
            agreed = self.review is ReviewState.AGREED
            earlier = (*earlier, EarlierReview(agreed, self.reviewed_at, self.reviewed_by, self.review_comment))
        return replace(self, review=moved(REVIEW_TRANSITIONS, self.review, ReviewState.ASKED), review_because=because,
                       stays_shown_at=at, earlier_reviews=earlier, reviewed_at=None, reviewed_by="", review_comment="")


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the decision. Asked when every named earlier answer is among the listed values.

    `message` says what is missing; `because` why it is asked.
    """

    name: str
    label: str
    message: str
    ask_when: When
    because: str = ""
    hint: str = ""


_SHARE: When = {"share": ("share",)}
_OVERRIDE: When = {"share": ("share",), "consent": ("refused", "withdrawn", "given_in_part")}
_LIMB: When = {"share": ("share",), "article_9": ("9(2)(g)",)}

#: In the order they are asked: the people first, then what is told to whom, then what the law wants to know.
#: What is not asked is not kept.
QUESTIONS: tuple[Question, ...] = (
    Question("share", "Is anything shared?", "Say whether anything is shared.", {},
             hint="A decision not to share is recorded as fully."),
    Question("why", "Why", "Say what the risk is, to whom, and what this decision makes possible.", {},
             hint="The risk, to whom, and what this decision makes possible."),
    Question("others_at_home", "Is there a child, or another adult at risk, in the household?",
             "Say whether there is a child or another adult at risk in the household.", {}),
    Question("consent", "Where does the adult's consent stand?", "Say where the adult's consent stands.", {}),
    Question("capacity", "Capacity for this decision, now", "Say what is known of capacity for this decision, now.", {}),
    Question("override_reasons", "Why without full consent?", "Choose at least one reason.", _OVERRIDE,
             "it is shared without full consent"),
    Question("override_because", "How does that show here?", "Say how that reason shows itself here.", _OVERRIDE,
             "it is shared without full consent"),
    Question("what", "What", "Write the facts that are needed, one on each line.", _SHARE,
             hint="The smallest set of facts that still lets them act. One on each line."),
    Question("left_out", "Left out on purpose", "Say what you are leaving out. Write “nothing” if that is so.", _SHARE,
             hint="One on each line."),
    Question("agency", "Who: agency", "Choose who receives it.", _SHARE),
    Question("recipient", "Who: team or person", "Name the team or person.", _SHARE),
    Question("method", "How", "Choose how it is sent.", _SHARE),
    Question("must_not_know", "Who must not know", "Say who must not learn of this. Write “nobody” if that is so.", {}),
    Question("when", "When", "Say when it is shared.", _SHARE),
    Question("share_by", "By which day", "Choose the day.", {"share": ("share",), "when": ("by_date",)},
             "you chose a later day"),
    Question("review_on", "Look again on", "Choose the day on which you will look again.", {"share": ("not_share",)},
             "a decision not to share is looked at again"),
    Question("necessary", "Is it necessary?", "Say why this is necessary, or why it is not.", {},
             hint="What it achieves that nothing less would; or why it is not needed."),
    Question("proportionate", "Is it proportionate?", "Say why this is no more than the risk calls for.", {},
             hint="Weigh the risk against what is told."),
    Question("article_6", "Lawful basis, UK GDPR Article 6", "Choose the lawful basis.", _SHARE,
             "personal data leaves the organisation"),
    Question("article_9", "Condition, Article 9", "Choose the condition.", _SHARE,
             "health and abuse are special category data"),
    Question("paragraph_18_limb", "Which limb of paragraph 18?", "Choose which limb of paragraph 18 applies.", _LIMB,
             "9(2)(g) rests on Schedule 1 paragraph 18"),
    Question("limb_reason", "What makes it true here?", "Say what makes that limb true here.", _LIMB,
             "the limb has to be shown, not only named"),
    Question("article_10", "Suspected offence, Article 10",
             "Choose the condition, or say that no suspected offence is described.", _SHARE,
             "saying that somebody may have committed an offence needs a condition of its own"),
    Question("confidentiality", "What lifts the duty of confidence?", "Choose what lifts the duty of confidence.", _SHARE,
             "the facts were given in confidence"),
    Question("told", "Has the adult been told?", "Say whether the adult has been told.", {}),
    Question("told_why", "Why not?", "Say why not, and when that will be looked at again.",
             {"told": ("not_unsafe", "not_yet", "not_possible")}, "the adult is told unless that is dangerous",
             hint="And when that is looked at again."),
)


#: The questions answered from a list.
CHOICES: Mapping[str, CodeList] = {
    "share": SHARING, "agency": AGENCIES, "method": SEND_METHODS, "when": SHARE_WHEN, "article_6": ARTICLE_6,
    "article_9": ARTICLE_9, "paragraph_18_limb": PARAGRAPH_18_LIMBS, "article_10": ARTICLE_10,
    "confidentiality": CONFIDENTIALITY_BASES,
    "consent": CONSENT_STATES, "override_reasons": OVERRIDE_REASONS, "capacity": CAPACITY_KNOWN, "told": TOLD_ADULT,
    "others_at_home": OTHERS_AT_HOME,
}


def asked_of(answers: SharingAnswers) -> tuple[Question, ...]:
    """The questions that these answers make relevant, in order."""
    return tuple(q for q in QUESTIONS if holds(q.ask_when, answers))


def only_asked(answers: SharingAnswers) -> SharingAnswers:
    """The answers with what was not asked dropped."""
    names = {q.name for q in asked_of(answers)} | {"capacity_id"}
    blank = SharingAnswers()
    return replace(answers, **{f: getattr(blank, f) for f in SharingAnswers.__dataclass_fields__ if f not in names})


def checked(answers: SharingAnswers) -> tuple[SharingAnswers, tuple[str, ...]]:
    """The answers with what was not asked dropped, and the names of what was. Raises Invalid for each gap."""
    asked = asked_of(answers)
    gaps = [FieldError(q.name, q.message) for q in asked if not _answered(q.name, getattr(answers, q.name))]
    if gaps:
        raise Invalid(*gaps)
    return only_asked(answers), tuple(q.name for q in asked)


def _answered(name: str, value: object) -> bool:
    """Whether something was answered and, where there is a list to choose from, every choice is on it."""
    if isinstance(value, str):
        value = value.strip()
    if not value:
        return False
    chosen = value if isinstance(value, tuple) else (value,)
    return name not in CHOICES or all(code in CHOICES[name] for code in chosen)


_NOT_SOUGHT = frozenset({"not_sought_raises_risk", "not_sought_urgent"})


def second_review_because(answers: SharingAnswers, *, risk: str, priority: Priority, types: tuple[str, ...], restricted: bool,
                          emergency: bool = False) -> tuple[str, ...]:
    """Why somebody else must look the same day; empty when nobody need. Source: DOMAIN annex §3; the guide.

    `emergency`: it records what was sent first. Consent that was not sought is passed over like one that was refused: the
    adult had no say in it either.
    """
    shares = answers.share == "share"
    reasons = []
    if emergency:
        reasons.append("it was sent first, as an emergency")
    if shares and answers.consent in ("refused", "withdrawn"):
        reasons.append("consent is overridden")
    if shares and answers.consent == "given_in_part":
        reasons.append("consent was given only in part")
    if shares and answers.consent in _NOT_SOUGHT:
        reasons.append("consent was not sought")
    if not shares and risk in ("high", "immediate"):
        reasons.append("nothing is shared although the risk is high")
    if not shares and priority is not Priority.OTHER:
        reasons.append("nothing is shared although the matter is urgent")
    if "domestic" in types and risk in ("high", "immediate"):
        reasons.append("high-risk domestic abuse")
    if restricted:
        reasons.append("a member of staff may be involved")
    return tuple(reasons)


def called_for_since(decisions: Iterable[SharingDecision], *, risk: str, priority: Priority, types: tuple[str, ...],
                     restricted: bool, at: datetime) -> tuple[SharingDecision, ...]:
    """The decisions on which a second person is to look since the case has changed, each with what calls for it now.

    One rule: a decision that nothing has replaced, and on which a reason holds that no second person was asked about, is
    looked at the same day. Where somebody is asked already, the reason is added and the clock goes on. One that was sent back
    has to be made again in any case.
    """
    found = []
    for decision in standing(decisions):
        because = second_review_because(decision.answers, risk=risk, priority=priority, types=types, restricted=restricted)
        new = tuple(reason for reason in because if reason not in decision.review_because)
        if not new or not REVIEW_TRANSITIONS[decision.review]:
            continue
        whole = (*decision.review_because, *new)
        asked = decision.review is ReviewState.ASKED
        found.append(replace(decision, review_because=whole) if asked else decision.stays_shown(whole, at=at))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Change:
    """One question that was answered otherwise than before; empty where it was not asked."""

    label: str
    before: str
    after: str


def standing(decisions: Iterable[SharingDecision]) -> tuple[SharingDecision, ...]:
    """Those whose place no later one has taken."""
    every = tuple(decisions)
    replaced = {earlier.id for d in every if (earlier := replaced_by(d, every)) is not None}
    return tuple(d for d in every if d.id not in replaced)


def replaced_by(decision: SharingDecision, others: Iterable[SharingDecision]) -> SharingDecision | None:
    """The earlier version whose place a decision takes; None if it is the first of its kind.

    Decisions to different agencies stand beside each other: the newest one to the same agency is replaced. The same with
    decisions not to share. A first decision to share takes the place of one not to share if that was the newest of all.
    """
    earlier = sorted((d for d in others if d.case_id == decision.case_id and d.version < decision.version),
                     key=lambda d: d.version)
    same = [d for d in earlier if (d.shares, d.answers.agency) == (decision.shares, decision.answers.agency)]
    if same:
        return same[-1]
    return earlier[-1] if earlier and decision.shares and not earlier[-1].shares else None


def changes(before: SharingDecision, after: SharingDecision) -> tuple[Change, ...]:
    """What was answered otherwise, question by question in their order, in words."""
    found = (Change(q.label, in_words(q.name, before.answers), in_words(q.name, after.answers)) for q in QUESTIONS)
    return tuple(change for change in found if change.before != change.after)


def in_words(name: str, answers: SharingAnswers) -> str:
    """One answer as people read it: labels for codes, a day as a day, several joined."""
    value = getattr(answers, name)
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    parts = value if isinstance(value, tuple) else (value,) if value else ()
    return "; ".join(CHOICES[name].label_or_code(part) if name in CHOICES else part for part in parts)
