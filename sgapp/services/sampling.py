"""The monthly sample: drawn once, scored by people who had no part in the case, its actions looked at again a month later.

Source: DOMAIN annex §7 (monthly sample), §8 (an auditor reads without names and cannot audit her own).
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import col, exists, select

from sgapp.domain.audit import AuditEvent
from sgapp.domain.case import Case, ListChange
from sgapp.domain.errors import FieldError, Invalid, NotFound
from sgapp.domain.observation import Observation
from sgapp.domain.permissions import Permission
from sgapp.domain.reach import Urgency
from sgapp.domain.referral import Action, Reaudit, ReferralState
from sgapp.domain.rota import Duty
from sgapp.domain.sampling import (
    PUT_RIGHT_WITHIN,
    Candidate,
    CaseAudit,
    Drawn,
    Sample,
    answers_in,
    checked_month,
    draw,
    fingerprint,
    worked_on_by,
)
from sgapp.domain.time import to_london
from sgapp.services.duty import tell
from sgapp.services.guard import Done, intention, public
from sgapp.services.house import SYSTEM, House
from sgapp.store import accounts
from sgapp.store.access import rota_of
from sgapp.store.kinds import Record
from sgapp.store.tables import BarRow, CaseRow, ReferralRow, SampleRow
from sgapp.store.unit_of_work import Repository, UnitOfWork

_LONGEST_SEED = 80
_NOT_SENT = (str(ReferralState.PREPARED), str(ReferralState.WITHDRAWN))


@dataclass(frozen=True, slots=True)
class DrawSample:
    month: str = ""
    seed: str = ""
    branch: str = "main"


@intention("draw-sample", Permission.DRAW_SAMPLE, DrawSample)
def draw_sample(uow: UnitOfWork, form: DrawSample) -> Done:
    """Draw a month's sample, once and for all. Whoever draws may read what was drawn, without names.

    Drawn from are all cases of the branch that were decided in the month, but for those kept from whoever draws.
    """
    month = checked_month(form.month, to_london(uow.now).date())
    seed = form.seed.strip()
    if not 1 <= len(seed) <= _LONGEST_SEED:
        raise Invalid(FieldError("seed", "Write the seed that was agreed on, up to 80 letters or digits."))
    branch = uow.actor.branch or form.branch.strip() or "main"
    if Repository(uow, Sample).where(SampleRow.month == month, SampleRow.branch == branch):
        raise Invalid(FieldError("month", "The sample of this month is drawn already. A second draw would be a choice."))
    candidates = _candidates(uow, month, branch, kept_from=uow.actor.account_id)
    if not candidates:
        raise Invalid(FieldError("month", "No case was decided in that month."))
    drawn = draw(seed, month, candidates)
    sample = Sample(str(uuid.uuid4()), month, seed, uow.now, uow.actor.name, uow.actor.account_id, len(candidates),
                    fingerprint(candidates), drawn, branch)
    opened = [record for d in drawn for record in _let_in(uow, d, month)]
    uow.save(sample, *opened, because=AuditEvent("sample-drawn", "sample", sample.id, "system", detail=month))
    return Done(sample.id, f"{len(drawn)} of {len(candidates)} cases are drawn.", "/sample")


def _candidates(uow: UnitOfWork, month: str, branch: str, *, kept_from: str) -> list[Candidate]:
    """The cases first decided in a month, whoever may see them: a draw from what one likes to show would be none."""
    barred = exists().where(col(BarRow.record_id) == CaseRow.id, col(BarRow.account_id) == kept_from)
    rows = uow.session.exec(select(CaseRow).where(CaseRow.branch == branch, ~barred)).all()
    sent = set(uow.session.exec(select(ReferralRow.case_id).where(
        ReferralRow.branch == branch, col(ReferralRow.state).not_in(_NOT_SENT))))
    cases = (uow.cases.opened(row) for row in rows)
    return [Candidate(c.id, c.reference, c.id in sent, "domestic" in c.types, c.restricted) for c in cases
            if c.triage and f"{to_london(c.triage[0].at):%Y-%m}" == month]


def _let_in(uow: UnitOfWork, drawn: Drawn, month: str) -> Iterable[Record]:
    """A restricted case that was drawn, and its notes, with whoever draws on their list. Those on it are told."""
    case = uow.regardless(Case, drawn.case_id)
    if not case.restricted or uow.actor.account_id in case.listed:
        return
    for account_id in case.listed:
        tell(uow, account_id, Urgency.TODAY, reference=case.reference, at=uow.now, awake=False)
    yield case.with_list_change(ListChange(uow.actor.account_id, uow.actor.name, True, f"Drawn for the sample of {month}",
                                           uow.now, uow.actor.name))
    for note_id in case.note_ids:
        note = uow.regardless(Observation, note_id)
        if note.restricted and uow.actor.account_id not in note.barred:
            yield replace(note, listed=tuple(sorted({*note.listed, uow.actor.account_id})))


@dataclass(frozen=True, slots=True)
class ScoreCase:
    """`answers` as the form gives them: `1=2`, …, `20=na`."""

    case_id: str
    answers: tuple[str, ...] = ()
    found: str = ""


@intention("score-case", Permission.SCORE_SAMPLE, ScoreCase)
def score_case(uow: UnitOfWork, form: ScoreCase) -> Done:
    """Score a case that was drawn. Each critical question that is not met makes an action, with an owner and a day."""
    case = uow.cases.get(form.case_id)
    sample, drawn = sample_of(uow, case)
    _check_scorer(uow, case, drawn)
    answers = answers_in(form.answers)
    if any(a.score in ("0", "1") for a in answers) and not form.found.strip():
        raise Invalid(FieldError("found", "Say what you found, so that whoever puts it right knows what."))
    audit = CaseAudit(str(uuid.uuid4()), case.id, sample.id, sample.month, answers, form.found.strip(), uow.now,
                      uow.actor.name, uow.actor.account_id, case.restricted, case.barred, case.branch)
    actions = [_action(uow, case, audit, f"{q.text} Not met in the sample of {sample.month}: {audit.found}")
               for q in audit.failed]
    uow.save(audit, *actions, because=AuditEvent("case-scored", "audit", audit.id))
    told = f" {len(actions)} actions were made." if len(actions) > 1 else " An action was made." if actions else ""
    return Done(audit.id, f"Scored.{told}", "/sample")


def sample_of(uow: UnitOfWork, case: Case) -> tuple[Sample, Drawn]:
    """The sample in which a case was drawn. Raises NotFound."""
    for sample in Repository(uow, Sample).where():
        for drawn in sample.drawn:
            if drawn.case_id == case.id:
                return sample, drawn
    raise NotFound("sample")


def audits_of(uow: UnitOfWork, case: Case) -> tuple[CaseAudit, ...]:
    """The scores of a case, the first one first."""
    return tuple(sorted(Repository(uow, CaseAudit).of(case), key=lambda a: a.at))


def may_not_score(uow: UnitOfWork, case: Case, drawn: Drawn) -> str:
    """Why the actor may not score a case, in words; empty if she may."""
    ids, names = worked_on_by(case, uow.decisions(case), uow.referrals(case))
    if uow.actor.account_id in ids or uow.actor.name in names:
        return "You decided or worked on this case. Somebody else scores it."
    there = audits_of(uow, case)
    if any(a.by_id == uow.actor.account_id for a in there):
        return "You have scored this case."
    return "This case is scored." if len(there) >= (2 if drawn.twice else 1) else ""


def _check_scorer(uow: UnitOfWork, case: Case, drawn: Drawn) -> None:
    if why := may_not_score(uow, case, drawn):
        raise Invalid(FieldError("answers", why))


def _action(uow: UnitOfWork, case: Case, audit: CaseAudit, what: str) -> Action:
    """For whoever leads: a fortnight to put it right. It stands in the queue like any other, on a closed case too."""
    holder = rota_of(uow, case.branch).holder(Duty.LEAD, uow.now)
    lead = accounts.by_id(uow, holder) if holder else None
    due = (to_london(uow.now) + PUT_RIGHT_WITHIN).date()
    return Action(str(uuid.uuid4()), case.id, what, lead.name if lead else "The lead", "", due, "not_asked", uow.now,
                  uow.actor.name, restricted=case.restricted, barred=case.barred, branch=case.branch, from_audit=audit.id)


@dataclass(frozen=True, slots=True)
class ReauditAction:
    """Whether what was to be put right is right a month later."""

    action_id: str
    holds: str = ""
    found: str = ""


@intention("reaudit-action", Permission.SCORE_SAMPLE, ReauditAction)
def reaudit_action(uow: UnitOfWork, form: ReauditAction) -> Done:
    """Look again at an action of an earlier sample. Where it does not hold, it is agreed anew."""
    action, case = uow.child(Action, form.action_id)
    if not action.from_audit:
        raise NotFound(action.id)
    if action.reaudit is not None:
        raise Invalid(FieldError("holds", "Somebody has looked again already."))
    if form.holds not in ("yes", "no"):
        raise Invalid(FieldError("holds", "Say whether it holds."))
    if not form.found.strip():
        raise Invalid(FieldError("found", "Say what you looked at."))
    looked = replace(action, reaudit=Reaudit(form.holds == "yes", form.found.strip(), uow.now, uow.actor.name))
    audit = Repository(uow, CaseAudit).get(action.from_audit)
    anew = [] if form.holds == "yes" else [_action(uow, case, audit, action.what)]
    uow.save(looked, *anew, because=AuditEvent("action-reaudited", "action", action.id, detail=form.holds))
    return Done(action.id, "It holds." if not anew else "It is agreed anew, with another fortnight.", "/sample")


@dataclass(frozen=True, slots=True)
class Repeated:
    """A draw that was made again. `kept`: the one on record, if there is one; `same`: whether it is the same."""

    candidates: int
    fingerprint: str
    drawn: tuple[Drawn, ...]
    kept: Sample | None

    @property
    def same(self) -> bool:
        return self.kept is not None and self.kept.drawn == self.drawn


@public("run from the command line; it prints references, and shows nobody's words")
def repeat_draw(house: House, month: str, seed: str, *, branch: str, without: str, now: datetime) -> Repeated:
    """Draw once more, and keep nothing. `without`: the user name of whoever drew; what is kept from them is left out.

    Raises Invalid.
    """
    with house.reading(SYSTEM, now) as uow:
        wanted = checked_month(month, to_london(now).date())
        drawer = accounts.by_username(uow, without) if without else None
        candidates = _candidates(uow, wanted, branch, kept_from=drawer.id if drawer else "")
        rows = uow.session.exec(select(SampleRow).where(SampleRow.month == wanted, SampleRow.branch == branch))
        kept = next((Repository(uow, Sample).opened(row) for row in rows), None)
        return Repeated(len(candidates), fingerprint(candidates), draw(seed, wanted, candidates), kept)
