"""A checklist of risk from domestic abuse, as it was filled in: tool, version, answers by topic, score, judgement, routes.

The tool's own wording is never kept or shown. Judgement may raise the risk, never lower a score of 14 or more.
Source: DOMAIN annex §0.1 and §5.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sgapp.domain.agency_kinds import MARAC_SCORE
from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.vocabulary.agency_details import RISK_TOOLS
from sgapp.domain.vocabulary.risk_checklist import CHECKLIST_ANSWERS, CHECKLIST_TOPICS, JUDGEMENTS, TOPICS_OF

#: How many reports in how many months make the route “escalation”; other areas have other numbers. Source: DOMAIN annex §5.
ESCALATES_AFTER, WITHIN_MONTHS = 3, 12


@dataclass(frozen=True, slots=True)
class RiskChecklist:
    """`answers` are pairs of topic and answer; `score` counts “yes”, and is None where the tool has no score."""

    tool: str
    version: str
    completed_by: str
    with_whom: str
    answers: tuple[tuple[str, str], ...]
    score: int | None
    judgement: str
    judgement_why: str
    routes: tuple[str, ...]
    at: datetime
    by: str

    @property
    def high(self) -> bool:
        """High by score or by judgement: neither lowers the other."""
        return self.judgement == "high" or (self.score is not None and self.score >= MARAC_SCORE)


def topics_of(tool: str) -> tuple[str, ...]:
    """The topics that a tool asks, in its order; none for one whose questions are not known here."""
    return CHECKLIST_TOPICS.codes()[:TOPICS_OF.get(tool, 0)]


def filled_in(*, tool: str, version: str, completed_by: str, with_whom: str, answers: Mapping[str, str], judgement: str,
              judgement_why: str, reports: int, repeat: bool, at: datetime, by: str,
              told_score: int | None = None) -> RiskChecklist:
    """A checklist with its score and its routes to MARAC. Raises Invalid with all that is missing.

    `reports`: how many there were within the months that count here; `repeat`: it was at MARAC before. `told_score`: the number
    alone, where somebody else filled it in and the answers are not here.
    """
    errors: list[FieldError] = []
    if tool not in RISK_TOOLS or tool == "no_tool":
        errors.append(FieldError("tool", "Choose the checklist."))
    if not version.strip():
        errors.append(FieldError("version", "Write its version, as it stands on the form."))
    if not completed_by.strip():
        errors.append(FieldError("completed_by", "Write who filled it in, and that they are trained to."))
    if judgement not in JUDGEMENTS:
        errors.append(FieldError("judgement", "Say how you judge it yourself."))
    if not judgement_why.strip():
        errors.append(FieldError("judgement_why", "Say what your judgement rests on."))
    topics = topics_of(tool)
    given = {t: answers.get(t, "") for t in topics}
    open_ones = [t for t, a in given.items() if a not in CHECKLIST_ANSWERS]
    by_number = told_score is not None and len(open_ones) == len(topics)
    if by_number and topics and not 0 <= (told_score or 0) <= len(topics):
        errors.append(FieldError("told_score", f"The score lies between 0 and {len(topics)}."))
    if not by_number:
        errors += [FieldError(f"answers:{t}", "Answer this one; “don't know” is an answer.") for t in open_ones]
    if errors:
        raise Invalid(*errors)
    counted = sum(a == "yes" for a in given.values()) if topics else None
    score = told_score if by_number else counted
    met = {"score": score is not None and topics and score >= MARAC_SCORE, "judgement": judgement == "high",
           "escalation": reports >= ESCALATES_AFTER, "repeat": repeat}
    return RiskChecklist(tool, version.strip(), completed_by.strip(), with_whom.strip(),
                         () if by_number else tuple(given.items()), score if topics else None, judgement,
                         judgement_why.strip(), tuple(route for route, holds in met.items() if holds), at, by)
