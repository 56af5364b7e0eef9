"""Patterns as questions. Whom they point at is for those who work on the files; colleagues, for those named on matters."""

from dataclasses import dataclass
from datetime import timedelta

from sgapp.domain.patterns import KINDS, Pattern, patterns
from sgapp.domain.permissions import Permission
from sgapp.domain.time import to_london
from sgapp.services.guard import query
from sgapp.services.measures import gathered
from sgapp.store import accounts
from sgapp.store.unit_of_work import UnitOfWork

_MOST = 12


@dataclass(frozen=True, slots=True)
class PatternLine:
    what: str
    count: str


@dataclass(frozen=True, slots=True)
class PatternGroup:
    code: str
    heading: str
    question: str
    lines: tuple[PatternLine, ...]


@dataclass(frozen=True, slots=True)
class PatternsView:
    groups: tuple[PatternGroup, ...]
    left_out: str


@query(Permission.SEE_MEASURES)
def patterns_view(uow: UnitOfWork) -> PatternsView:
    """What came several times in the last twelve months, of what this actor may see."""
    today = to_london(uow.now).date()
    found = patterns(gathered(uow, today - timedelta(days=365), today).material)
    away = {kind for kind, needed in (("person", Permission.READ_CASE), ("staff", Permission.WORK_INVESTIGATION))
            if not uow.actor.may(needed)}
    groups = tuple(PatternGroup(kind, *KINDS[kind], tuple(_line(uow, p) for p in found if p.kind == kind)[:_MOST])
                   for kind in KINDS if kind not in away)
    return PatternsView(groups, "Files under a list that you are not on are not counted" + (
        ", and matters about staff are not here." if "staff" in away else "."))


def _line(uow: UnitOfWork, pattern: Pattern) -> PatternLine:
    match pattern.kind:
        case "person":
            person = uow.people.readable([pattern.key]).get(pattern.key)
            return PatternLine(f"{person.short} · {person.reference}" if person else "Somebody",
                               f"{pattern.count} notes within 90 days, {pattern.of} in the year")
        case "staff":
            account = accounts.by_id(uow, pattern.key)
            return PatternLine(account.name if account else pattern.key, f"{pattern.count} of {pattern.of} matters")
        case "agency":
            return PatternLine(pattern.key, f"{pattern.count} of {pattern.of} referrals without an answer in time")
        case _:
            return PatternLine(pattern.key, f"{pattern.count} of {pattern.of} notes")
