"""How records come to a figure: what one is under a measure, what several come to, and what of that points at nobody.

What is counted is said in measures.py; here is only arithmetic over `Item`s, so a figure can always be opened to the records
behind it. Two rules hold for all of them. What is not recorded stays in the denominator: leaving something out makes no figure
better. What is still within its time is neither kept nor missed yet, and stands beside the figure.
Source: DOMAIN annex §7.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import TypeVar

from sgapp.domain.time import end_of_day, from_london, to_london

#: Below this a count can point at somebody, once it is outside the provider. Source: DOMAIN annex §1, counting.
SMALLEST = 5
#: As it is, or in seconds.
Length = TypeVar("Length", float, timedelta)


class Stands(StrEnum):
    """How one record stands under one measure. `OPEN`: its time is not over, so nobody can say."""

    MET = "met"
    MISSED = "missed"
    UNKNOWN = "unknown"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Item:
    """One record as one measure counts it, in the month in which `at` lies. `took`: how long, where both ends are known."""

    record_id: str
    reference: str
    case_id: str
    at: datetime
    stands: Stands
    branch: str
    types: tuple[str, ...] = ()
    agency: str = ""
    took: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """What a measure comes to. `of` is the denominator: met, missed and not recorded together."""

    met: int
    of: int
    unknown: int
    open: int
    median: timedelta | None = None
    ninth: timedelta | None = None
    items: tuple[Item, ...] = ()

    @property
    def share(self) -> int | None:
        """In whole per cent, halves up; None of nothing."""
        return (200 * self.met + self.of) // (2 * self.of) if self.of else None


def figure(items: Iterable[Item]) -> Figure:
    """What some items come to."""
    every = tuple(items)
    stands = [item.stands for item in every]
    lengths = sorted(item.took for item in every if item.took is not None)
    return Figure(stands.count(Stands.MET), len(every) - stands.count(Stands.OPEN), stands.count(Stands.UNKNOWN),
                  stands.count(Stands.OPEN), median(lengths), at_percent(lengths, 90), every)


def median(lengths: Sequence[Length]) -> Length | None:
    """The middle one of lengths in order; of an even number, half-way between the two in the middle."""
    if not lengths:
        return None
    half = len(lengths) // 2
    return lengths[half] if len(lengths) % 2 else (lengths[half - 1] + lengths[half]) / 2


def at_percent(lengths: Sequence[Length], percent: int) -> Length | None:
    """The shortest of lengths in order within which so many per cent of them lie: the nearest rank, nothing in between."""
    return lengths[-(-percent * len(lengths) // 100) - 1] if lengths else None


def within(items: Iterable[Item], first: date, last: date) -> tuple[Item, ...]:
    """Those that are counted from one day of England to another, both included."""
    begins, ends = from_london(first), end_of_day(last)
    return tuple(item for item in items if begins <= item.at <= ends)


def month_of(item: Item) -> str:
    """`2026-10`, by England's calendar."""
    return f"{to_london(item.at):%Y-%m}"


#: How figures are broken down. An item of several types counts once under each.
GROUPS: Mapping[str, Callable[[Item], tuple[str, ...]]] = {
    "month": lambda item: (month_of(item),), "branch": lambda item: (item.branch,),
    "type": lambda item: item.types or ("",), "agency": lambda item: (item.agency,)}


def grouped(items: Iterable[Item], by: str) -> dict[str, tuple[Item, ...]]:
    """The items by month, branch, type or agency, in the order of their keys; the empty key is what has none."""
    found: dict[str, list[Item]] = {}
    for item in items:
        for key in GROUPS[by](item):
            found.setdefault(key, []).append(item)
    return {key: tuple(found[key]) for key in sorted(found)}


def spread(items: Iterable[Item], edges: Sequence[timedelta]) -> tuple[tuple[Item, ...], ...]:
    """The items whose length is known, by how long: up to each edge, and beyond the last."""
    known = [item for item in items if item.took is not None]
    bounds = [timedelta.min, *edges, timedelta.max]
    return tuple(tuple(i for i in known if i.took is not None and low < i.took <= high)
                 for low, high in pairwise(bounds))


def small(figure_: Figure) -> bool:
    """Whether a figure could point at somebody outside the provider: one to four on either side of it."""
    return any(0 < number < SMALLEST for number in (figure_.of, figure_.met, figure_.of - figure_.met, figure_.unknown))


def hidden(figures: Sequence[Figure]) -> tuple[bool, ...]:
    """Which rows of a table are not shown outside the provider. Never one alone: the total would give it away."""
    found = [small(f) for f in figures]
    if found.count(True) == 1:
        others = [(f.of, place) for place, f in enumerate(figures) if not found[place] and f.of]
        if others:
            found[min(others)[1]] = True
    return tuple(found)
