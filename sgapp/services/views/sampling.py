"""The monthly sample as those see it who draw and score: what was drawn and scored, how far two people agree, the trend."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import col

from sgapp.domain.case import Case
from sgapp.domain.clocks import in_words
from sgapp.domain.due import clocks_of
from sgapp.domain.figures import Figure
from sgapp.domain.permissions import Permission
from sgapp.domain.referral import Action
from sgapp.domain.sampling import NOT_APPLICABLE, QUESTIONS, SCORES, CaseAudit, Drawn, Sample, agreement
from sgapp.domain.time import show
from sgapp.services.guard import query
from sgapp.services.sampling import audits_of, may_not_score, sample_of
from sgapp.services.views.case import CaseView
from sgapp.services.views.masked import masked_whole
from sgapp.services.views.measures import Chart, columns_of
from sgapp.services.views.note import Line, Option
from sgapp.store import accounts
from sgapp.store.tables import ActionRow, CaseAuditRow, SampleRow
from sgapp.store.unit_of_work import Repository, UnitOfWork


@dataclass(frozen=True, slots=True)
class SampledCase:
    """One case of a sample. `to_score`: whether this actor may score it now; `why_not`, if not."""

    case_id: str
    reference: str
    because: str
    scored: str
    agreement: str
    to_score: bool
    why_not: str


@dataclass(frozen=True, slots=True)
class SampledAction:
    """What a sample asked for. `looked`: what somebody found who looked again."""

    id: str
    what: str
    case: str
    owner: str
    stands: str
    looked: str
    to_look: bool


@dataclass(frozen=True, slots=True)
class TrendRow:
    month: str
    points: str
    share: str
    noughts: str
    agreed: str


@dataclass(frozen=True, slots=True)
class SampleView:
    """`command` repeats the draw. `earlier`: what samples before this one asked for."""

    months: tuple[Option, ...]
    month: str
    title: str
    drawn: str
    command: str
    cases: tuple[SampledCase, ...]
    made: tuple[SampledAction, ...]
    earlier: tuple[SampledAction, ...]
    trend: Chart
    trend_rows: tuple[TrendRow, ...]
    branches: tuple[Option, ...]
    may_draw: bool


@dataclass(frozen=True, slots=True)
class ScoreView:
    """A drawn case without names, and the questions that are asked about it."""

    case: CaseView
    because: str
    why_not: str
    scores: tuple[Line, ...]


@query(Permission.SCORE_SAMPLE)
def sample_view(uow: UnitOfWork, chosen: str = "") -> SampleView:
    """The samples this actor may see, and one of them whole: the chosen one by its id, else the newest."""
    samples = Repository(uow, Sample).where(order_by=[col(SampleRow.month).desc(), col(SampleRow.branch)])
    sample = next((s for s in samples if s.id == chosen), samples[0] if samples else None)
    ids = [d.case_id for s in samples for d in s.drawn]
    cases = uow.cases.readable(ids)
    audits = Repository(uow, CaseAudit).where(col(CaseAuditRow.case_id).in_(list(cases)), order_by=[col(CaseAuditRow.id)])
    actions = [a for a in Repository(uow, Action).where(col(ActionRow.case_id).in_(list(cases))) if a.from_audit]
    of = {audit.id: audit for audit in audits}
    rows, trend = _trend(samples, audits)
    here = [a for a in actions if sample and a.from_audit in of and of[a.from_audit].sample_id == sample.id]
    before = [a for a in actions if sample and a.from_audit in of and of[a.from_audit].month < sample.month]
    return SampleView(
        months=tuple(Option(s.id, f"{month_in_words(s.month)}, {s.branch}") for s in samples),
        month=sample.id if sample else "", title=month_in_words(sample.month) if sample else "",
        drawn=_drawn(sample) if sample else "", command=_command(uow, sample) if sample else "",
        cases=tuple(_case(uow, cases[d.case_id], d) for d in sample.drawn if d.case_id in cases) if sample else (),
        made=_actions(uow, here, cases), earlier=_actions(uow, before, cases), trend=trend, trend_rows=rows,
        branches=() if uow.actor.branch else tuple(Option(b, b) for b in _branches(uow)),
        may_draw=uow.actor.may(Permission.DRAW_SAMPLE))


def _branches(uow: UnitOfWork) -> list[str]:
    return sorted({a.branch for a in accounts.everyone(uow) if a.branch})


def month_in_words(text: str) -> str:
    """`October 2026` of `2026-10`."""
    year, _, month = text.partition("-")
    return f"{date(int(year), int(month), 1):%B %Y}"


def _drawn(sample: Sample) -> str:
    return (f"{len(sample.drawn)} of {sample.candidates} cases that were decided in the month, drawn by {sample.drawn_by} on "
            f"{show(sample.drawn_at)} with the seed “{sample.seed}”")


def _command(uow: UnitOfWork, sample: Sample) -> str:
    drawer = accounts.by_id(uow, sample.drawn_by_id)
    return (f"sgapp sample --month {sample.month} --seed '{sample.seed}' --branch '{sample.branch}'"
            + (f" --without {drawer.username}" if drawer else ""))


def _case(uow: UnitOfWork, case: Case, drawn: Drawn) -> SampledCase:
    audits, why = audits_of(uow, case), may_not_score(uow, case, drawn)
    said = "; ".join(f"{points} of {possible} points, {a.by}" for a in audits for points, possible in [a.points])
    agreed = _same(*agreement(*audits[:2])) if len(audits) > 1 else ""
    because = "; ".join((*drawn.because, *(("scored by two people",) if drawn.twice else ())))
    return SampledCase(case.id, case.reference, because, said, agreed, not why, "" if audits and not drawn.twice else why)


def _same(same: int, of: int) -> str:
    return f"{same} of {of} answers are the same"


def _actions(uow: UnitOfWork, actions: Iterable[Action], cases: dict[str, Case]) -> tuple[SampledAction, ...]:
    return tuple(_action(uow, a, cases[a.case_id].reference) for a in sorted(actions, key=lambda a: (a.due_on, a.id)))


def _action(uow: UnitOfWork, action: Action, case: str) -> SampledAction:
    running = next(iter(clocks_of(action, uow.book)), None)
    last = action.steps[-1] if action.steps else None
    stands = in_words(running.due_at, uow.now) if running else f"{str(action.state).capitalize()}" + (
        f": {last.note}" if last and last.note else "")
    looked = "" if action.reaudit is None else (
        f"{'Holds' if action.reaudit.holds else 'Does not hold'}: {action.reaudit.found} ({action.reaudit.by}, "
        f"{show(action.reaudit.at)})")
    return SampledAction(action.id, action.what, case, action.owner, stands, looked, action.reaudit is None)


def _trend(samples: Sequence[Sample], audits: Sequence[CaseAudit]) -> tuple[tuple[TrendRow, ...], Chart]:
    """Month by month, the oldest first: points of those possible, critical noughts, and how far two people agreed."""
    rows, figures = [], []
    for sample in sorted(samples, key=lambda s: (s.month, s.branch))[-12:]:
        mine = [a for a in audits if a.sample_id == sample.id]
        points, possible = (sum(a.points[side] for a in mine) for side in (0, 1))
        same, asked = _agreed(mine)
        figure = Figure(points, possible, 0, 0)
        rows.append(TrendRow(f"{month_in_words(sample.month)}, {sample.branch}", f"{points} of {possible}",
                             "–" if figure.share is None else f"{figure.share} %", str(sum(len(a.failed) for a in mine)),
                             f"{same} of {asked}" if asked else "–"))
        figures.append((sample.month, figure))
    return tuple(rows), columns_of(figures, plain=False, wide=96)


def _agreed(audits: Sequence[CaseAudit]) -> tuple[int, int]:
    by_case: dict[str, list[CaseAudit]] = {}
    for audit in audits:
        by_case.setdefault(audit.case_id, []).append(audit)
    pairs = [agreement(*two[:2]) for two in by_case.values() if len(two) > 1]
    return sum(same for same, _ in pairs), sum(of for _, of in pairs)


@query(Permission.SCORE_SAMPLE)
def score_view(uow: UnitOfWork, case_id: str) -> ScoreView:
    """A drawn case to be scored, whole and without names, whoever scores it. Reading it is recorded."""
    case = uow.cases.get(case_id)
    sample, drawn = sample_of(uow, case)
    uow.was_read(case, action="case-read-masked")
    said = tuple(Line(f"{month_in_words(sample.month)}, {a.by}, {show(a.at)}", _in_words(a)) for a in audits_of(uow, case)
                 if not drawn.twice or a.by_id == uow.actor.account_id or len(audits_of(uow, case)) > 1)
    return ScoreView(masked_whole(uow, case), "; ".join(drawn.because), may_not_score(uow, case, drawn), said)


def _in_words(audit: CaseAudit) -> str:
    points, possible = audit.points
    labels = dict(SCORES)
    less = [f"{q.number} {labels[a.score].lower()}" for q, a in zip(QUESTIONS, audit.answers, strict=True)
            if a.score not in ("2", NOT_APPLICABLE)]
    return f"{points} of {possible} points" + (f"; question {', '.join(less)}. {audit.found}" if less else "")
