"""The evidence of a month: what is in it, what was taken out, and how it is shown to be as it left.

It leaves the provider, so small numbers are not shown, names are replaced, and exact words stay behind. What was taken out is
said in it. Source: DOMAIN annex §1 (small numbers), §7 (pack).
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.figures import GROUPS, Figure, Item, Stands, at_percent, hidden, median
from sgapp.domain.measures import MEASURES, Measure

FORMAT = "sgapp evidence 1"
FIELDS = frozenset({"month", "made_at", "made_by", "provider", "purpose", "recipient", "branch", "files", "chain", "left_out"})
MANIFEST = "manifest.json"
SUPPRESSED = "1 to 4, or beside such a number"
#: What is never in it, in the words in which it says so.
TAKEN_OUT = (
    "Names of adults, colleagues and others that are recorded here are replaced: “the adult”, “Lead 1”, “somebody 1”. A name "
    "that nobody has recorded may still stand in a text; read the chronologies and decisions before they go.",
    "Exact words of anybody, the notes themselves and the letters are left out.",
    "Where one to four would be counted, the figure is left out, and one more beside it, so that no total gives it away.",
    "The words of whoever scored the sample are left out; the scores are there.",
    "Chronologies and decisions are those of the sample. Files about staff are counted and stand in registers, without a word.",
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """That somebody asked for the evidence of a month: for what, and for whom."""

    id: str
    month: str
    purpose: str
    recipient: str
    asked_at: datetime
    asked_by: str
    branch: str = "main"
    restricted: bool = False


def asked(purpose: str, recipient: str) -> tuple[str, str]:
    """Both, trimmed. Raises Invalid where one is missing."""
    gaps = [FieldError(name, words) for name, text, words in (
        ("purpose", purpose, "Say what it is for."), ("recipient", recipient, "Say who it is for.")) if not text.strip()]
    if gaps:
        raise Invalid(*gaps)
    return purpose.strip(), recipient.strip()


@dataclass(slots=True)
class Sums:
    """What is added up record by record, and holds none of them. Lengths are kept in whole seconds."""

    stands: Counter[Stands] = field(default_factory=Counter)
    lengths: "array[float]" = field(default_factory=lambda: array("d"))

    def add(self, item: Item) -> None:
        self.stands[item.stands] += 1
        if item.took is not None:
            self.lengths.append(round(item.took.total_seconds()))


def _figure(cells: Iterable[Sums]) -> Figure:
    """What some cells come to together."""
    stands, lengths = Counter[Stands](), array("d")
    for cell in cells:
        stands += cell.stands
        lengths += cell.lengths
    seconds = sorted(lengths)
    half, ninth = (None if s is None else timedelta(seconds=s) for s in (median(seconds), at_percent(seconds, 90)))
    still_open = stands[Stands.OPEN]
    return Figure(stands[Stands.MET], stands.total() - still_open, stands[Stands.UNKNOWN], still_open, half, ninth)


_BY = ("branch", "type", "agency")
#: Whether it lies in the month, and the keys under which it is counted, by `_BY`.
Cell = tuple[bool, tuple[tuple[str, ...], ...]]


@dataclass
class Figures:
    """Every measure of a month and of the twelve that end with it."""

    first: datetime
    begins: datetime
    ends: datetime
    #: By measure. A record stands in one cell, and the figures are added up from cells: each length is held once.
    cells: dict[str, dict[Cell, Sums]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(Sums)))

    def add(self, measure: Measure, items: Iterable[Item]) -> None:
        """Count records of one measure, each in the time in which it lies."""
        for item in items:
            if self.first <= item.at <= self.ends:
                self.cells[measure.code][item.at >= self.begins, tuple(GROUPS[by](item) for by in _BY)].add(item)

    def rows(self) -> Iterable[tuple[Measure, str, str, str, Figure, bool]]:
        """Measure, time, by what, key, figure, and whether it is left out: for each in all and then broken down."""
        for measure in MEASURES:
            for span in ("month", "twelve months"):
                those = [(keys, cell) for (lately, keys), cell in self.cells[measure.code].items() if lately or span != "month"]
                for by in ("", *_BY):
                    found = _by(by, those)
                    if by and set(found) == {""}:
                        continue
                    for (key, figure), away in zip(found.items(), hidden(list(found.values())), strict=True):
                        yield measure, span, by, key, figure, away


def _by(by: str, cells: Sequence[tuple[tuple[tuple[str, ...], ...], Sums]]) -> dict[str, Figure]:
    """What they come to in all, or by each key, in the order of the keys."""
    parts: dict[str, list[Sums]] = defaultdict(list)
    for keys, cell in cells:
        for key in keys[_BY.index(by)] if by else ("",):
            parts[key].append(cell)
    return {key: _figure(parts[key]) for key in sorted(parts)}


def months_before(month: str, count: int) -> tuple[date, date, date]:
    """The first day of so many months that end with this one, its own first day, and its last."""
    year, number = (int(part) for part in month.split("-"))
    ends = date(year + number // 12, number % 12 + 1, 1) - timedelta(days=1)
    first = year * 12 + number - count
    return date(first // 12, first % 12 + 1, 1), date(year, number, 1), ends


@dataclass(frozen=True, slots=True)
class Packed:
    """A file of the pack: its name, its SHA-256 and its length."""

    name: str
    sha256: str
    bytes: int


def differences(told: Sequence[object], found: Iterable[Packed]) -> list[str]:
    """What of the files is not as the manifest tells, in words; none if all is."""
    wanted = {str(f["name"]): f for f in told if isinstance(f, dict)}
    seen: set[str] = set()
    wrong = []
    for file in found:
        known = wanted.get(file.name)
        if known is None or file.name in seen:
            wrong.append(f"{file.name}: is not one of its files")
        elif (known.get("sha256"), known.get("bytes")) != (file.sha256, file.bytes):
            wrong.append(f"{file.name}: was changed")
        seen.add(file.name)
    return wrong + [f"{name}: is missing" for name in wanted if name not in seen]
