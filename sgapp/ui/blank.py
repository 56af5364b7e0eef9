"""An empty view to draw before the real one has come: every text empty, every list empty, every answer no."""

import dataclasses
from typing import Any, TypeVar, get_origin, get_type_hints

V = TypeVar("V")


def blank(view: type[V]) -> V:
    """An instance of a view dataclass with nothing in it."""
    hints = get_type_hints(view)
    return view(**{f.name: _nothing(hints[f.name]) for f in dataclasses.fields(view)})  # type: ignore[arg-type]


def _nothing(hint: Any) -> Any:
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return blank(hint)
    return (get_origin(hint) or hint)()
