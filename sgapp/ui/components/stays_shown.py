"""What a page shows stays there while it is asked for again: sgapp/phone/stays_shown.js keeps it on the screen."""

from typing import Any

import reflex as rx
from reflex_base.constants.compiler import MemoizationMode

from sgapp.phone import script


def _said(text: rx.Var[str], shown: rx.Var[int]) -> tuple[rx.Var[str], rx.Var[int]]:
    return text, shown


class StaysShown(rx.Component):
    """The browser's side of `stays_shown`."""

    library = script("stays_shown.js")
    tag = "StaysShown"
    # Its children are drawn with it, and not each by itself whenever the State changes.
    _memoization_mode = MemoizationMode(recursive=False)

    there: rx.Var[bool]
    wanted: rx.Var[int]
    field: rx.Var[str]
    on_wanted: rx.EventHandler[_said]


def stays_shown(*children: rx.Component, there: Any, wanted: Any, field: str, on_wanted: Any) -> rx.Component:
    """Children that are drawn anew only while `there` is true.

    When `wanted` is not 0, `on_wanted` gets what stands in the field with this id, and how many rows are shown.
    """
    return StaysShown.create(*children, there=there, wanted=wanted, field=field, on_wanted=on_wanted)
