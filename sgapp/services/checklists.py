"""The checklist of risk from domestic abuse, and the referral to MARAC that follows. Source: DOMAIN annex §5."""

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlmodel import col

from sgapp.domain.audit import AuditEvent
from sgapp.domain.case import Case, NotToMarac, RiskEntry
from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.permissions import Permission
from sgapp.domain.risk_checklist import WITHIN_MONTHS, RiskChecklist, filled_in
from sgapp.domain.vocabulary import CHECKLIST_TOPICS, MARAC_ROUTES, RISK_LEVELS, RISK_TOOLS
from sgapp.services.guard import Done, intention
from sgapp.services.strictness import second_looks
from sgapp.store.tables import CaseRow
from sgapp.store.unit_of_work import UnitOfWork

_MONTH = timedelta(days=365) / 12


@dataclass(frozen=True, slots=True)
class RecordChecklist:
    """`answers` are “topic=yes”, “topic=no” or “topic=dont_know”; `told_score`: the number alone, from whoever filled it in."""

    case_id: str
    tool: str = ""
    version: str = ""
    completed_by: str = ""
    with_whom: str = ""
    answers: tuple[str, ...] = ()
    told_score: str = ""
    judgement: str = ""
    judgement_why: str = ""
    repeat: str = ""


@intention("record-checklist", Permission.WORK_CASE, RecordChecklist)
def record_checklist(uow: UnitOfWork, form: RecordChecklist) -> Done:
    """Record a checklist that was filled in. High by score or by judgement sets the risk to high; a route makes MARAC due."""
    case = uow.cases.get(form.case_id)
    if form.told_score and not form.told_score.strip().isdecimal():
        raise Invalid(FieldError("told_score", "Write a number."))
    answers = {topic: answer for topic, _, answer in (pair.partition("=") for pair in form.answers)}
    if not answers.keys() <= set(CHECKLIST_TOPICS.codes()):
        raise Invalid(FieldError("answers", "One of these is no topic of the checklist."))
    found = filled_in(
        tool=form.tool, version=form.version, completed_by=form.completed_by, with_whom=form.with_whom, answers=answers,
        judgement=form.judgement, judgement_why=form.judgement_why, reports=_reports(uow, case), repeat=form.repeat == "yes",
        at=uow.now, by=uow.actor.name, told_score=int(form.told_score) if form.told_score.strip() else None)
    after = case.with_checklist(found)
    raised = found.high and case.risk_level not in ("high", "immediate")
    if raised:
        after = after.with_risk(RiskEntry("high", _resting_on(found), uow.now, uow.actor.name))
    detail = f"{found.tool}:{'none' if found.score is None else found.score}:{found.judgement}"
    uow.save(after, *second_looks(uow, after), because=AuditEvent("checklist-recorded", "case", case.id, detail=detail))
    return Done(case.id, _told(found, raised=raised), f"/case?id={case.id}")


def _reports(uow: UnitOfWork, case: Case) -> int:
    """How many cases of domestic abuse were opened about this adult lately, this one among them."""
    since = uow.now - WITHIN_MONTHS * _MONTH
    found = uow.cases.where(CaseRow.person_id == case.person_id, col(CaseRow.opened_at) > since)
    return sum("domestic" in c.types for c in found)


def _resting_on(found: RiskChecklist) -> str:
    score = f", score {found.score}" if found.score is not None else ""
    return f"{RISK_TOOLS.label(found.tool)}{score}; judgement {found.judgement}: {found.judgement_why}"


def _told(found: RiskChecklist, *, raised: bool) -> str:
    said = "The checklist is on the file."
    if raised:
        said += f" The risk is set to {RISK_LEVELS.label('high').lower()}."
    if found.routes:
        met = " and ".join(MARAC_ROUTES.label(route).lower() for route in found.routes)
        said += f" A route to MARAC is met: {met}. The referral is due within one working day."
    return said


@dataclass(frozen=True, slots=True)
class ExplainNoMarac:
    case_id: str
    reason: str = ""


@intention("explain-no-marac", Permission.REFER, ExplainNoMarac)
def explain_no_marac(uow: UnitOfWork, form: ExplainNoMarac) -> Done:
    """A route is met and the case is not referred: why stays on the file."""
    case = uow.cases.get(form.case_id).kept_from_marac(NotToMarac(form.reason.strip(), uow.now, uow.actor.name))
    uow.save(case, because=AuditEvent("not-to-marac", "case", case.id))
    return Done(case.id, "Why it is not referred is on the file.", f"/case?id={case.id}")


def referred(case: Case, agency: str) -> tuple[Case, ...]:
    """The case after a referral was prepared: one to MARAC settles what a route called for."""
    return (replace(case, marac_from=None),) if agency == "MARAC" and case.marac_from is not None else ()
