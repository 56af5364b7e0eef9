"""An empty view to draw before the real one has come: every text empty, every list empty, every answer no."""

import dataclasses
from typing import Any, TypeVar, cast, get_origin, get_type_hints

V = TypeVar("V")


def blank(view: type[V]) -> V:
    """An instance of a view dataclass with nothing in it."""
    return _nothing(view)


def _nothing(hint: Any) -> Any:
    if dataclasses.is_dataclass(hint):
        hints, make = get_type_hints(hint), cast(Any, hint)
        return make(**{f.name: _nothing(hints[f.name]) for f in dataclasses.fields(hint)})
    return (get_origin(hint) or hint)()
