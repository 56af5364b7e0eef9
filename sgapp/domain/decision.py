"""The sharing decision: why, what, who, when; also a decision *not* to share. Source: DOMAIN annex §3.

The product never decides law or thresholds. It asks only what the answers so far make relevant, says why it
asks, and keeps the person's own reasoned answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.lifecycle import Transitions, moved
from sgapp.domain.vocabulary import (
    AGENCIES,
    ARTICLE_6,
    ARTICLE_9,
    ARTICLE_10,
    CAPACITY_KNOWN,
    CONFIDENTIALITY_BASES,
    CONSENT_STATES,
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


REVIEW_TRANSITIONS: Transitions[ReviewState] = {
    ReviewState.NOT_NEEDED: frozenset(),
    ReviewState.ASKED: frozenset({ReviewState.AGREED, ReviewState.RETURNED}),
    ReviewState.AGREED: frozenset(),
    ReviewState.RETURNED: frozenset(),
}


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


@dataclass(frozen=True, slots=True)
class SharingDecision:
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


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the decision. Asked when every named earlier answer is among the listed values."""

    name: str
    message: str
    ask_when: Mapping[str, tuple[str, ...]]
    because: str = ""


_SHARE: Mapping[str, tuple[str, ...]] = {"share": ("share",)}
_OVERRIDE: Mapping[str, tuple[str, ...]] = {"share": ("share",), "consent": ("refused", "withdrawn", "given_in_part")}

#: In the order they are asked. What is not asked is not kept.
QUESTIONS: tuple[Question, ...] = (
    Question("share", "Say whether anything is shared.", {}),
    Question("why", "Say what the risk is, to whom, and what this decision makes possible.", {}),
    Question("what", "Write the facts that are needed, one on each line.", _SHARE),
    Question("left_out", "Say what you are leaving out. Write “nothing” if that is so.", _SHARE),
    Question("agency", "Choose who receives it.", _SHARE),
    Question("recipient", "Name the team or person.", _SHARE),
    Question("method", "Choose how it is sent.", _SHARE),
    Question("must_not_know", "Say who must not learn of this. Write “nobody” if that is so.", {}),
    Question("when", "Say when it is shared.", _SHARE),
    Question("share_by", "Choose the day.", {"share": ("share",), "when": ("by_date",)}, "you chose a later day"),
    Question("review_on", "Choose the day on which you will look again.", {"share": ("not_share",)},
             "a decision not to share is looked at again"),
    Question("necessary", "Say why this is necessary, or why it is not.", {}),
    Question("proportionate", "Say why this is no more than the risk calls for.", {}),
    Question("article_6", "Choose the lawful basis.", _SHARE, "personal data leaves the organisation"),
    Question("article_9", "Choose the condition.", _SHARE, "health and abuse are special category data"),
    Question("paragraph_18_limb", "Choose which limb of paragraph 18 applies.",
             {"share": ("share",), "article_9": ("9(2)(g)",)}, "9(2)(g) rests on Schedule 1 paragraph 18"),
    Question("limb_reason", "Say what makes that limb true here.",
             {"share": ("share",), "article_9": ("9(2)(g)",)}, "the limb has to be shown, not only named"),
    Question("article_10", "Choose the condition, or say that no suspected offence is described.", _SHARE,
             "saying that somebody may have committed an offence needs a condition of its own"),
    Question("confidentiality", "Choose what lifts the duty of confidence.", _SHARE,
             "the facts were given in confidence"),
    Question("consent", "Say where the adult's consent stands.", {}),
    Question("override_reasons", "Choose at least one reason.", _OVERRIDE, "it is shared without full consent"),
    Question("override_because", "Say how that reason shows itself here.", _OVERRIDE,
             "it is shared without full consent"),
    Question("capacity", "Say what is known of capacity for this decision, now.", {}),
    Question("told", "Say whether the adult has been told.", {}),
    Question("told_why", "Say why not, and when that will be looked at again.",
             {"told": ("not_unsafe", "not_yet", "not_possible")}, "the adult is told unless that is dangerous"),
)


#: The questions answered from a list.
CHOICES: Mapping[str, CodeList] = {
    "share": SHARING, "agency": AGENCIES, "method": SEND_METHODS, "when": SHARE_WHEN, "article_6": ARTICLE_6,
    "article_9": ARTICLE_9, "paragraph_18_limb": PARAGRAPH_18_LIMBS, "article_10": ARTICLE_10,
    "confidentiality": CONFIDENTIALITY_BASES,
    "consent": CONSENT_STATES, "override_reasons": OVERRIDE_REASONS, "capacity": CAPACITY_KNOWN, "told": TOLD_ADULT,
}


def asked_of(answers: SharingAnswers) -> tuple[Question, ...]:
    """The questions that these answers make relevant, in order."""
    def holds(question: Question) -> bool:
        return all(getattr(answers, name) in values for name, values in question.ask_when.items())

    return tuple(q for q in QUESTIONS if holds(q))


def checked(answers: SharingAnswers) -> tuple[SharingAnswers, tuple[str, ...]]:
    """The answers with what was not asked dropped, and the names of what was. Raises Invalid for each gap."""
    asked = asked_of(answers)
    names = tuple(q.name for q in asked)
    gaps = [FieldError(q.name, q.message) for q in asked if not _answered(q.name, getattr(answers, q.name))]
    if gaps:
        raise Invalid(*gaps)
    blank = SharingAnswers()
    dropped = {f: getattr(blank, f) for f in SharingAnswers.__dataclass_fields__
               if f not in names and f != "capacity_id"}
    return replace(answers, **dropped), names


def _answered(name: str, value: object) -> bool:
    """Whether something was answered and, where there is a list to choose from, every choice is on it."""
    if isinstance(value, str):
        value = value.strip()
    if not value:
        return False
    chosen = value if isinstance(value, tuple) else (value,)
    return name not in CHOICES or all(code in CHOICES[name] for code in chosen)


def second_review_because(answers: SharingAnswers, *, risk: str, types: tuple[str, ...], restricted: bool) -> tuple[str, ...]:
    """Why somebody else must look the same day; empty when nobody need. Source: DOMAIN annex §3; the guide."""
    shares = answers.share == "share"
    reasons = []
    if shares and answers.consent in ("refused", "withdrawn"):
        reasons.append("consent is overridden")
    if shares and answers.consent == "given_in_part":
        reasons.append("consent was given only in part")
    if not shares and risk in ("high", "immediate"):
        reasons.append("nothing is shared although the risk is high")
    if "domestic" in types and risk in ("high", "immediate"):
        reasons.append("high-risk domestic abuse")
    if restricted:
        reasons.append("a member of staff may be involved")
    return tuple(reasons)
