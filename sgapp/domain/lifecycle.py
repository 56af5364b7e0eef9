"""Status moves by table: one map per lifecycle, and one function that reads them all."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from sgapp.domain.errors import IllegalTransition

S = TypeVar("S", bound=StrEnum)
Transitions = Mapping[S, frozenset[S]]


def moved(table: Transitions[S], source: S, target: S) -> S:
    """The target, if the table has an arrow to it from the source. Raises IllegalTransition otherwise."""
    if target not in table[source]:
        raise IllegalTransition(type(source).__name__, source, target)
    return target
