"""What a page's address asks for, or a word that it is on its way: sgapp/phone/as_asked.js compares the two."""

from typing import Any

import reflex as rx
from reflex_base.constants.compiler import MemoizationMode

from sgapp.phone import script


class AsAsked(rx.Component):
    """The browser's side of `as_asked`."""

    library = script("as_asked.js")
    tag = "AsAsked"
    # Its children are drawn with it, and not each by itself whenever the State changes.
    _memoization_mode = MemoizationMode(recursive=False)

    shown: rx.Var[str | None]
    by_id: rx.Var[bool]
    says: rx.Var[str]


def as_asked(shown: Any, *children: rx.Component, by_id: bool = False, says: str = "Loading …") -> rx.Component:
    """Children once they are about what the address asks for; until then what this `says`.

    `shown` is a State's var of that name: the id that was asked for when the State was filled, "" where none is asked for, and
    None before that and where there is no such thing. `by_id`: whether the page is about the id in its address.
    """
    return AsAsked.create(*children, shown=shown, by_id=by_id, says=says)
