"""The sharing decision and its second review. Source: DOMAIN annex §3."""

import uuid
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any

from sgapp.domain.audit import AuditEvent
from sgapp.domain.decision import (
    UNSEEN_BEFORE,
    ReviewState,
    SharingAnswers,
    SharingDecision,
    checked,
    replaced_by,
    second_review_because,
)
from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.guidance import guidance_for
from sgapp.domain.permissions import Permission
from sgapp.domain.time import to_london
from sgapp.services import drafts
from sgapp.services.guard import Done, intention
from sgapp.services.reviewing import may_not_review
from sgapp.store.kinds import stream_of
from sgapp.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class RecordSharingDecision:
    """The form: the case, and the answers. `what` and `left_out` hold one fact a line."""

    case_id: str
    share: str = ""
    why: str = ""
    what: str = ""
    left_out: str = ""
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
    told: str = ""
    told_why: str = ""
    others_at_home: str = ""


def lines(text: str) -> tuple[str, ...]:
    """The non-empty lines of a text."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


@intention("record-sharing-decision", Permission.DECIDE_SHARING, RecordSharingDecision)
def record_sharing_decision(uow: UnitOfWork, form: RecordSharingDecision) -> Done:
    """Record why, what, who and when; asks for a second reviewer where the answers call for one."""
    case = uow.cases.get(form.case_id)
    case.must_be_live()
    answers, asked = checked(_answers(uow, form))
    if case.emergency_record_from is not None and answers.share != "share":
        raise Invalid(FieldError("share", "It was sent as an emergency: record why it was shared."))
    if case.capacity:
        answers = replace(answers, capacity_id=case.capacity[-1].id)
    earlier = uow.decisions(case)
    decision = SharingDecision(
        id=str(uuid.uuid4()), case_id=case.id, version=len(earlier) + 1, answers=answers, asked=asked,
        decided_at=uow.now, decided_by=uow.actor.name, decided_by_id=uow.actor.account_id,
        restricted=case.restricted, barred=case.barred, branch=case.branch, guidance=guidance_for(answers, asked))
    before = replaced_by(decision, earlier)
    moved_on = (before.moved_on(),) if before is not None and before.review is ReviewState.ASKED else ()
    because = second_review_because(answers, risk=case.risk_level, priority=case.priority, types=case.types,
                                    restricted=case.restricted, emergency=case.emergency_record_from is not None)
    because += (UNSEEN_BEFORE,) if moved_on else ()
    decision = replace(decision, review_because=because, review=ReviewState.ASKED if because else ReviewState.NOT_NEEDED)
    event = AuditEvent("sharing-decided", "decision", decision.id, detail=answers.share)
    after = replace(case, emergency_record_from=None).watched(answers.review_on, at=uow.now)
    uow.save(decision, *moved_on, *((after,) if after != case else ()), because=event)
    told = "The decision is on the file."
    if because:
        told += f" A second person is asked to look at it today, because {' and '.join(because)}."
    return Done(decision.id, told, f"/case?id={case.id}")


def _answers(uow: UnitOfWork, form: RecordSharingDecision) -> SharingAnswers:
    """What was answered, without the spaces around it. Raises Invalid for a day to look again that is over."""
    given = asdict(form) | {"what": lines(form.what), "left_out": lines(form.left_out)}
    names = {f.name for f in fields(SharingAnswers)}
    values: dict[str, Any] = {k: v.strip() if isinstance(v, str) else v for k, v in given.items() if k in names}
    answers = SharingAnswers(**values)
    if answers.review_on is not None and answers.review_on < to_london(uow.now).date():
        raise Invalid(FieldError("review_on", "The day to look again lies in the past."))
    return answers


@dataclass(frozen=True, slots=True)
class StartFromLastDecision:
    case_id: str


#: Chosen anew each time: a day that was right then may be over.
_NOT_CARRIED_ON = frozenset({"share_by", "review_on", "capacity_id"})


@intention("start-from-last-decision", Permission.DECIDE_SHARING, StartFromLastDecision)
def start_from_last_decision(uow: UnitOfWork, form: StartFromLastDecision) -> Done:
    """Put the answers of the newest decision into the actor's own draft of the next one, but for its days. Records nothing."""
    case = uow.cases.get(form.case_id)
    case.must_be_live()
    decisions = uow.decisions(case)
    if not decisions:
        raise Invalid(FieldError("case_id", "There is no decision on this case yet."))
    drafts.put(uow, f"record-sharing-decision:{case.id}", _as_typed(decisions[-1].answers))
    uow.note_event(AuditEvent("decision-begun-anew", "decision", decisions[-1].id, stream_of(case)))
    return Done(case.id, "The last answers are in the form. Look at each of them again.", f"/decide?id={case.id}")


def _as_typed(answers: SharingAnswers) -> drafts.Fields:
    """The answers as the form keeps them: several ticks as a list, lines as one text."""
    given: drafts.Fields = {n: v for n, v in asdict(answers).items() if v and n not in _NOT_CARRIED_ON}
    for name, several in (("what", answers.what), ("left_out", answers.left_out)):
        if several:
            given[name] = "\n".join(several)
    return given


@dataclass(frozen=True, slots=True)
class ReviewSharingDecision:
    decision_id: str
    agrees: str = ""
    comment: str = ""


@intention("review-sharing-decision", Permission.REVIEW_SHARING, ReviewSharingDecision)
def review_sharing_decision(uow: UnitOfWork, form: ReviewSharingDecision) -> Done:
    """A second person agrees or sends it back; never the decider, never somebody who is named in the matter."""
    decision, case = uow.child(SharingDecision, form.decision_id)
    if form.agrees not in ("yes", "no"):
        raise Invalid(FieldError("agrees", "Say whether you agree."))
    if uow.actor.account_id in may_not_review(uow, decision) - {decision.decided_by_id}:
        raise Invalid(FieldError("agrees", "You are named in this matter; somebody else must look at it."))
    decision = decision.reviewed(form.agrees == "yes", form.comment, at=uow.now, by=uow.actor.name,
                                 by_id=uow.actor.account_id)
    uow.save(decision, because=AuditEvent("sharing-reviewed", "decision", decision.id, detail=str(decision.review)))
    return Done(decision.id, "Your review is on the file.", f"/case?id={case.id}")
