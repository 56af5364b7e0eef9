"""What a bench is given and what it answers."""

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass

from rich.progress import Progress


class CannotMeasure(RuntimeError):
    """A bench could not be run; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to measure. `database_url` is the PostgreSQL of SGAPP_DATABASE_URL, or empty."""

    quick: bool
    database_url: str
    progress: Progress


@dataclass(frozen=True, slots=True)
class Speed:
    """One side of a ratio: the median over the rounds of what it did in a second, and how long single answers took."""

    per_second: float
    p50_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class Check:
    """Something that must hold whatever the speed, such as: every note that was acknowledged is there."""

    what: str
    expected: int
    found: int

    @property
    def holds(self) -> bool:
        return self.expected == self.found


@dataclass(frozen=True, slots=True)
class Result:
    """One line. `ratio` is the median over the rounds of product by baseline; above 1 the product is faster.

    The JSON line of `sgapp bench --json` holds these fields under these names. `setting` is the database, `goal` the
    ratio we want to reach, `unit` what is counted, `body_bytes` the median size of what was sent.
    """

    bench: str
    setting: str
    unit: str
    ratio: float
    goal: float
    product: Speed
    baseline: Speed
    baseline_is: str
    rounds: int
    clients: int
    body_bytes: int
    checks: tuple[Check, ...]

    @property
    def sound(self) -> bool:
        return all(check.holds for check in self.checks)

    def as_line(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Spread:
    """What the rounds found: their median, and the least and the most."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float]) -> "Spread":
        found = list(values)
        return cls(round(statistics.median(found), 1), round(min(found), 1), round(max(found), 1))


def within_95(times: Iterable[float]) -> float:
    """The time within which 95 % of them were over."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


@dataclass(frozen=True, slots=True)
class Cost:
    """One line about something that is better when it is less: bytes, milliseconds.

    `ratio` is the median over the rounds of product by baseline and should be at most `goal`; both are None, and so is
    `baseline`, for a figure that is told and compared with nothing. The JSON line holds these fields under these names.
    """

    bench: str
    setting: str
    unit: str
    ratio: float | None
    goal: float | None
    product: Spread
    baseline: Spread | None
    baseline_is: str
    rounds: int
    checks: tuple[Check, ...] = ()

    def as_line(self) -> dict[str, object]:
        return asdict(self)


def compared(bench: str, setting: str, goal: float | None, ours: Sequence[float], base: Sequence[float], baseline_is: str,
             checks: tuple[Check, ...] = (), *, unit: str = "ms") -> Cost:
    """A cost of product and baseline, one figure of each for every round; the ratio is the median over the rounds."""
    ratio = statistics.median(o / b for o, b in zip(ours, base, strict=True))
    return Cost(bench, setting, unit, round(ratio, 2), goal, Spread.of(ours), Spread.of(base), baseline_is, len(ours), checks)


@dataclass(frozen=True, slots=True)
class Count:
    """How many of one kind were right, and out of how many."""

    kind: str
    right: int
    of: int


@dataclass(frozen=True, slots=True)
class Share:
    """One line about something that is better when it is more: `ratio` is `right` by `of`, no time and no baseline.

    `ratio` is None where there was nothing to count, `goal` where the figure is only told. `looked_at` is how many were looked
    at in all; `kinds` is the same count for each kind. The JSON line holds these fields under these names.
    """

    bench: str
    setting: str
    unit: str
    ratio: float | None
    goal: float | None
    right: int
    of: int
    looked_at: int
    kinds: tuple[Count, ...]
    checks: tuple[Check, ...] = ()

    def as_line(self) -> dict[str, object]:
        return asdict(self)


Line = Result | Cost | Share


@dataclass(frozen=True, slots=True)
class Bench:
    """One line of the register. `run` raises CannotMeasure."""

    name: str
    about: str
    run: Callable[[Plan], Sequence[Line]]
