"""The figures as the desk shows them: each measure, its trend and spread, how far cases came, and the records behind it.

Whoever looks counts what they may see, and the page says so. An auditor is given the counts and not which records they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sgapp.domain.figures import Figure, Item, Stands, figure, grouped, spread, within
from sgapp.domain.measures import BY_CODE, MEASURES, Material, Measure, funnel
from sgapp.domain.permissions import Permission
from sgapp.domain.sac_counts import sac_year
from sgapp.domain.time import show, to_london
from sgapp.domain.vocabulary import ABUSE_TYPES, AGENCIES
from sgapp.services.guard import query
from sgapp.services.measures import gathered
from sgapp.services.views.note import Option
from sgapp.store.unit_of_work import UnitOfWork

#: How many months back; the first is what a screen begins with.
SPANS = (12, 6, 3, 1)
#: Records named at a time, those that were missed first; a list of hundreds helps nobody.
_MOST = 100
#: The pictures' own units: a column's width, the bars' height, and the room above and below for words.
COLUMN, HIGH, ABOVE, BELOW, WIDE = 64, 120, 22, 22, 1000
#: A picture of one column is not drawn as large as one of twelve.
_LEAST_WIDE = 600


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One line of a table of figures. `code` names the measure, where it is a line of that."""

    code: str
    label: str
    met: str
    of: str
    share: str
    unknown: str
    open: str
    median: str
    ninth: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One column of a picture, in its units: `whole` is outlined, `met` filled, `gap` hatched, each from the bottom up."""

    label: str
    above: str
    x: int
    middle: int
    whole_y: int
    whole_high: int
    met_y: int
    met_high: int
    gap_y: int
    gap_high: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of columns, so many units wide; `box` is its view box."""

    bars: tuple[Bar, ...]
    box: str


@dataclass(frozen=True, slots=True)
class Table:
    heading: str
    rows: tuple[FigureRow, ...]


@dataclass(frozen=True, slots=True)
class RecordLine:
    reference: str
    href: str
    when: str
    stands: str


@dataclass(frozen=True, slots=True)
class WayRow:
    """How many cases got so far: `wide` of WIDE units."""

    label: str
    count: str
    share: str
    wide: int


@dataclass(frozen=True, slots=True)
class Detail:
    """One measure. `spread` has no bars where nothing is measured in time."""

    code: str
    title: str
    counted: str
    met: str
    unknown: str
    reads: str
    timed: bool
    plain: bool
    now: FigureRow
    trend: Chart
    months: Table
    spread: Chart
    spread_rows: tuple[FigureRow, ...]
    tables: tuple[Table, ...]
    records: tuple[RecordLine, ...]
    more: str


@dataclass(frozen=True, slots=True)
class MeasuresView:
    period: str
    until: str
    months: str
    branch: str
    branches: tuple[Option, ...]
    rows: tuple[FigureRow, ...]
    way: tuple[WayRow, ...]
    detail: Detail
    counts_only: bool
    left_out: str
    broken: str
    as_of: str
    sac_href: str


@query(Permission.SEE_MEASURES)
def measures_view(uow: UnitOfWork, show_code: str = "", until: str = "", months: str = "", branch: str = "") -> MeasuresView:
    """Every measure over some months, and one of them whole. What is typed wrongly falls back to the last twelve months."""
    first, last, span = _period(until, months, to_london(uow.now).date())
    found = gathered(uow, first, last)
    counts_only = not uow.actor.may(Permission.READ_CASE)
    known = [m for m in MEASURES if _is_theirs(uow, m)]
    items = {m.code: _in_branch(within(m.items(found.material), first, last), branch) for m in known}
    chosen = BY_CODE[show_code] if show_code in items else BY_CODE["acknowledge"]
    way = [(step.label, len(_cases_in(found.material, step.case_ids, branch))) for step in funnel(found.material, first, last)]
    return MeasuresView(
        period=_months_in_words(first, last), until=f"{last:%Y-%m}", months=str(span), branch=branch,
        branches=tuple(Option(b, b) for b in sorted({c.branch for c in found.material.cases})),
        rows=tuple(row(figure(items[m.code]), m.title, m) for m in known), way=_way(way),
        detail=_detail(chosen, items[chosen.code], first, last, {} if counts_only else _hrefs(found.material)),
        counts_only=counts_only, left_out=_left_out(uow),
        broken=f"{found.broken} records could not be opened and are not counted." if found.broken else "",
        as_of=show(uow.now), sac_href=f"/api/sac/{sac_year(last)}.csv")


def _is_theirs(uow: UnitOfWork, measure: Measure) -> bool:
    """Whether an actor could be named on what is counted: a nought from somebody who sees none would be no nought."""
    return measure.code not in ("staff", "dbs") or uow.actor.may(Permission.WORK_INVESTIGATION)


def _left_out(uow: UnitOfWork) -> str:
    words = "Counted is what you may see: files under a list that you are not on are not in these figures"
    if not uow.actor.may(Permission.WORK_INVESTIGATION):
        words += ", nor are matters about staff"
    return words + (f", nor other branches than {uow.actor.branch}." if uow.actor.branch else ".")


def _period(until: str, months: str, today: date) -> tuple[date, date, int]:
    """The first and last day, and how many months."""
    span = int(months) if months in map(str, SPANS) else SPANS[0]
    try:
        chosen = datetime.strptime(until, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError:
        chosen = today
    number = chosen.year * 12 + chosen.month - 1
    begins = number - span + 1
    ends = date((number + 1) // 12, (number + 1) % 12 + 1, 1) - timedelta(days=1)
    return date(begins // 12, begins % 12 + 1, 1), ends, span


def _months_in_words(first: date, last: date) -> str:
    same = (first.year, first.month) == (last.year, last.month)
    return f"{last:%B %Y}" if same else f"{first:%B %Y} to {last:%B %Y}"


def _in_branch(items: Sequence[Item], branch: str) -> tuple[Item, ...]:
    return tuple(item for item in items if not branch or item.branch == branch)


def _cases_in(material: Material, case_ids: Sequence[str], branch: str) -> list[str]:
    there = {case.id for case in material.cases if not branch or case.branch == branch}
    return [case_id for case_id in case_ids if case_id in there]


def row(found: Figure, label: str, measure: Measure) -> FigureRow:
    """A figure as a line of a table."""
    if measure.plain:
        return FigureRow(measure.code, label, str(found.met), "", "", "", "", "", "")
    share = "–" if found.share is None else f"{found.share} %"
    return FigureRow(measure.code, label, str(found.met), str(found.of), share, str(found.unknown), str(found.open),
                     length(found.median), length(found.ninth))


def length(span: timedelta | None) -> str:
    """`45 min`, `5 h 30 min`, `3 days 4 h`; empty for none."""
    if span is None:
        return ""
    minutes = round(span.total_seconds() / 60)
    days, hours = divmod(minutes // 60, 24)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h" + (f" {minutes % 60} min" if minutes % 60 and minutes < 24 * 60 else "")
    return f"{days} days" + (f" {hours} h" if hours and days < 10 else "")


def _detail(measure: Measure, items: Sequence[Item], first: date, last: date, hrefs: Mapping[str, str]) -> Detail:
    by_month = {month: figure(some) for month, some in grouped(items, "month").items()}
    every = [(f"{day:%b}" + (f" {day:%y}" if day.month == 1 or day == first else ""), by_month.get(f"{day:%Y-%m}", figure(())))
             for day in _months(first, last)]
    parts = [] if not measure.edges else [(words, figure(some)) for words, some in zip(
        _edges(measure.edges), spread(items, measure.edges), strict=True)]
    records, more = _records(measure, items, hrefs)
    return Detail(
        measure.code, measure.title, measure.counted, measure.met, measure.unknown, measure.reads, bool(measure.edges),
        measure.plain, row(figure(items), "", measure), columns_of(every, plain=measure.plain),
        Table("By month", tuple(row(f, words, measure) for words, f in every)),
        columns_of([(words, Figure(f.of + f.open, f.of + f.open, 0, 0)) for words, f in parts], plain=True, wide=96),
        tuple(row(f, words, measure) for words, f in parts), _tables(measure, items), records, more)


def _months(first: date, last: date) -> list[date]:
    number = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [date(n // 12, n % 12 + 1, 1) for n in number]


def _edges(edges: Sequence[timedelta]) -> list[str]:
    words = [length(edge) for edge in edges]
    return [f"up to {w}" for w in words] + [f"over {words[-1]}"]


def columns_of(rows: Sequence[tuple[str, Figure]], *, plain: bool, wide: int = COLUMN) -> Chart:
    """Columns beside each other, the tallest of them HIGH: how many, how many of them met, and how many not recorded."""
    most = max((f.of for _, f in rows), default=0) or 1

    def high(count: int) -> int:
        return count * HIGH // most

    floor, bars = ABOVE + HIGH, []
    for place, (words, f) in enumerate(rows):
        whole, met, gap = high(f.of), high(f.met), high(f.met + f.unknown) - high(f.met)
        above = "" if not f.of else str(f.met) if plain else f"{f.met} of {f.of}"
        left = place * wide
        bars.append(Bar(words, above, left + wide // 5, left + wide // 2, floor - whole, whole, floor - met, met,
                        floor - met - gap, gap))
    return Chart(tuple(bars), f"0 0 {max(_LEAST_WIDE, len(rows) * wide)} {floor + BELOW}")


def _tables(measure: Measure, items: Sequence[Item]) -> tuple[Table, ...]:
    labels = {"branch": lambda key: key, "type": lambda key: ABUSE_TYPES.label_or_code(key) or "Not said yet",
              "agency": lambda key: AGENCIES.label_or_code(key) or "Our own"}
    found = []
    for group, label in labels.items():
        parts = grouped(items, group)
        if parts and set(parts) != {""}:
            found.append(Table(f"By {group}", tuple(row(figure(some), label(key), measure) for key, some in parts.items())))
    return tuple(found)


_IN_WORDS = {Stands.MET: "yes", Stands.MISSED: "no", Stands.UNKNOWN: "not recorded", Stands.OPEN: "still open"}


def _records(measure: Measure, items: Sequence[Item], hrefs: Mapping[str, str]) -> tuple[tuple[RecordLine, ...], str]:
    """The records behind a figure, what was missed first and then the newest."""
    order = (Stands.MISSED, Stands.UNKNOWN, Stands.OPEN, Stands.MET)
    there = sorted((i for i in items if i.record_id in hrefs), key=lambda i: (order.index(i.stands), -i.at.timestamp()))
    lines = tuple(RecordLine(i.reference, hrefs[i.record_id], show(i.at),
                             "" if measure.plain else ", ".join(filter(None, (_IN_WORDS[i.stands], length(i.took)))))
                  for i in there[:_MOST])
    return lines, f"and {len(there) - _MOST} more; choose fewer months" if len(there) > _MOST else ""


def _hrefs(material: Material) -> dict[str, str]:
    found = {note.id: f"/note?id={note.id}" for note in material.notes}
    found |= {case.id: f"/case?id={case.id}" for case in material.cases}
    found |= {referral.id: f"/referral?id={referral.id}" for referral in material.referrals}
    found |= {action.id: f"/case?id={action.case_id}#actions" for action in material.actions}
    return found | {matter.id: f"/matter?id={matter.id}" for matter in material.matters}


def _way(steps: Sequence[tuple[str, int]]) -> tuple[WayRow, ...]:
    most = max((count for _, count in steps), default=0)
    if not most:
        return tuple(WayRow(label, "0", "", 0) for label, _ in steps)
    return tuple(WayRow(label, str(count), f"{round(100 * count / most)} %", count * WIDE // most) for label, count in steps)
