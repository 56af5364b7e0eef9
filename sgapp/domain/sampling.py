"""The monthly sample: a draw that anybody can repeat, twenty questions, and what follows from an answer.

The draw. A line is made for each candidate case, `seed|month|reference`, and hashed with SHA-256; the cases are put in the
order of their digests in hexadecimal. Five of them, or a tenth if that is more, halves up. Taken are first the first that was
not referred, the first about domestic abuse and the first in which staff may be involved, as far as there is one and none that
was taken fits already; then the rest in order. A tenth of what was drawn, at least one, is scored by two people: the first in
the order of `seed|month|twice|reference`. Nothing else goes in: the same seed, month and references give the same draw on any
machine and in any language. Source: DOMAIN annex §7.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sgapp.domain.case import Case
from sgapp.domain.decision import SharingDecision
from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.referral import Referral

LEAST = 5
#: So long has whoever owns it to put right what a critical question found. Ours; the annex names no time.
PUT_RIGHT_WITHIN = timedelta(days=14)
NOT_APPLICABLE = "na"
SCORES = (("2", "Met"), ("1", "In part"), ("0", "Not met"), (NOT_APPLICABLE, "Does not apply"))


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the audit. `critical`: a nought makes an action by itself."""

    number: int
    text: str
    critical: bool = False


#: Source: DOMAIN annex §7, monthly sample; the starred ones are critical.
QUESTIONS: tuple[Question, ...] = tuple(Question(number, text.rstrip("*"), text.endswith("*")) for number, text in enumerate((
    "Was immediate safety addressed?*", "Are facts kept apart from opinion?", "Are exact words and times there?",
    "Was the person asked what they want?", "Was the person seen or heard alone?", "Is safe contact recorded and obeyed?*",
    "Is capacity about one decision at one time?", "Are the state of consent and its reason there?",
    "Are why, what, who and when complete?", "Are the lawful basis and the Article 9 condition there?",
    "Was no more shared than was needed?", "Were children and others considered?*", "Did the lead decide in time?",
    "Were the right agencies told?", "Were CQC and DBS considered?", "Is the receipt shown?*",
    "Was it chased and taken up in time?", "Do the actions have an owner and a day, and were they done?",
    "Were the person and the referrer told what came of it?", "Is closing justified, and was something learned?"), start=1))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case that was decided in the month, and what the draw has to know of it."""

    case_id: str
    reference: str
    referred: bool
    domestic: bool
    staff: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """A case that was drawn. `because`: why it had to be one; empty: its turn came. `twice`: two people score it."""

    case_id: str
    reference: str
    because: tuple[str, ...] = ()
    twice: bool = False


_MUST: tuple[tuple[str, Callable[[Candidate], bool]], ...] = (
    ("not referred", lambda c: not c.referred), ("domestic abuse", lambda c: c.domestic),
    ("staff may be involved", lambda c: c.staff))


def digest(*parts: str) -> str:
    """SHA-256 of the parts with a bar between them, in hexadecimal."""
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def tenth(count: int) -> int:
    """A tenth, halves up."""
    return (count + 5) // 10


def draw(seed: str, month: str, candidates: Iterable[Candidate]) -> tuple[Drawn, ...]:
    """What the sample holds, in the order of the draw."""
    ordered = sorted(candidates, key=lambda c: digest(seed, month, c.reference))
    size = min(len(ordered), max(LEAST, tenth(len(ordered))))
    taken: list[Candidate] = []
    for _, fits in _MUST:
        if not any(fits(c) for c in taken):
            taken += [c for c in ordered if fits(c) and c not in taken][:1]
    taken += [c for c in ordered if c not in taken][:max(0, size - len(taken))]
    twice = sorted(taken, key=lambda c: digest(seed, month, "twice", c.reference))[:max(1, tenth(len(taken)))]
    return tuple(Drawn(c.case_id, c.reference, tuple(why for why, fits in _MUST if fits(c)), c in twice)
                 for c in ordered if c in taken)


def fingerprint(candidates: Iterable[Candidate]) -> str:
    """Of the list that was drawn from: whoever repeats the draw sees whether it was the same."""
    return digest(*sorted(c.reference for c in candidates))


@dataclass(frozen=True, slots=True)
class Sample:
    """One month's sample of one branch. Only one is ever drawn; `candidates` is how many cases it was drawn from."""

    id: str
    month: str
    seed: str
    drawn_at: datetime
    drawn_by: str
    drawn_by_id: str
    candidates: int
    fingerprint: str
    drawn: tuple[Drawn, ...]
    branch: str = "main"
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class Scored:
    """The answer to one question: 2, 1, 0 or na."""

    question: int
    score: str


@dataclass(frozen=True, slots=True)
class CaseAudit:
    """One person's twenty answers about one case, with what she found in words. It lies under the case's own key and list."""

    id: str
    case_id: str
    sample_id: str
    month: str
    answers: tuple[Scored, ...]
    found: str
    at: datetime
    by: str
    by_id: str
    restricted: bool = False
    barred: tuple[str, ...] = ()
    branch: str = "main"

    @property
    def points(self) -> tuple[int, int]:
        """How many points, of how many that were possible: what does not apply counts in neither."""
        scores = [int(a.score) for a in self.answers if a.score != NOT_APPLICABLE]
        return sum(scores), 2 * len(scores)

    @property
    def failed(self) -> tuple[Question, ...]:
        """The critical questions that were not met."""
        noughts = {a.question for a in self.answers if a.score == "0"}
        return tuple(q for q in QUESTIONS if q.critical and q.number in noughts)


def answers_in(given: Sequence[str]) -> tuple[Scored, ...]:
    """Answers as a form gives them, such as `7=2`. Raises Invalid for each question that is not answered."""
    said = dict(pair.split("=", 1) for pair in given if "=" in pair)
    allowed = {score for score, _ in SCORES}
    gaps = [FieldError(f"answers:{q.number}", "Answer this one.") for q in QUESTIONS if said.get(str(q.number)) not in allowed]
    if gaps:
        raise Invalid(*gaps)
    return tuple(Scored(q.number, said[str(q.number)]) for q in QUESTIONS)


def agreement(one: CaseAudit, other: CaseAudit) -> tuple[int, int]:
    """On how many questions two people gave the same answer, of how many."""
    theirs = {a.question: a.score for a in other.answers}
    return sum(theirs[a.question] == a.score for a in one.answers), len(one.answers)


def worked_on_by(case: Case, decisions: Iterable[SharingDecision], referrals: Iterable[Referral]) -> tuple[set[str], set[str]]:
    """Account ids and names of those who decided or worked on a case: none of them scores it."""
    decisions = tuple(decisions)
    ids = {d.decided_by_id for d in decisions}
    names = {case.opened_by, *(t.by for t in case.triage), *(r.by for r in case.reviews), *(r.by for r in case.risk),
             *(d.decided_by for d in decisions), *(d.reviewed_by for d in decisions)}
    for referral in referrals:
        names |= {referral.prepared_by} | ({referral.sending.by} if referral.sending else set())
    if case.closing:
        names.add(case.closing.by)
    return ids - {""}, names - {""}


def checked_month(text: str, today: date) -> str:
    """A month such as 2026-10 that has begun. Raises Invalid."""
    try:
        first = datetime.strptime(text.strip(), "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError:
        raise Invalid(FieldError("month", "Choose a month.")) from None
    if first > today:
        raise Invalid(FieldError("month", "That month has not begun."))
    return f"{first:%Y-%m}"
