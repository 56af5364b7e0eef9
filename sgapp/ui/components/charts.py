"""Pictures of figures, each readable without colour: filled, hatched and empty, with the numbers written on them.

What a picture shows stands in the table beneath it as well, which is what a screen reader is given.
"""

from typing import Any

import reflex as rx

_HIDDEN = {"aria-hidden": "true", "focusable": "false"}


def _part(kind: str, bar: Any, y: Any, high: Any, wide: int) -> rx.Component:
    return rx.el.svg.rect(x=bar.x, y=y, width=str(wide), height=high, class_name="bar", custom_attrs={"data-part": kind})


def _bar(bar: Any, wide: int, floor: int) -> rx.Component:
    return rx.el.svg.g(
        _part("whole", bar, bar.whole_y, bar.whole_high, wide), _part("met", bar, bar.met_y, bar.met_high, wide),
        _part("gap", bar, bar.gap_y, bar.gap_high, wide),
        rx.el.svg.text(bar.above, x=bar.middle, y=bar.whole_y, class_name="bar-above",
                       custom_attrs={"textAnchor": "middle", "dy": "-5"}),
        rx.el.svg.text(bar.label, x=bar.middle, y=str(floor), class_name="bar-label",
                       custom_attrs={"textAnchor": "middle", "dy": "16"}))


def _hatch() -> rx.Component:
    line = rx.el.svg.line(x1="0", y1="0", x2="0", y2="6", class_name="hatch-line")
    return rx.el.svg.defs(rx.el.svg.pattern(line, id="hatch", width="6", height="6", custom_attrs={
        "patternUnits": "userSpaceOnUse", "patternTransform": "rotate(45)"}))


def columns(chart: Any, caption: Any, *, bar_wide: int, floor: int) -> rx.Component:
    """Columns with their numbers above and their names below; `caption` says what filled, hatched and empty mean."""
    axis = rx.el.svg.line(x1="0", x2="2000", y1=str(floor), y2=str(floor), class_name="axis")
    drawing = rx.el.svg(_hatch(), rx.foreach(chart.bars, lambda bar: _bar(bar, bar_wide, floor)), axis, view_box=chart.box,
                        class_name="columns-drawing", custom_attrs=_HIDDEN)
    return rx.el.figure(drawing, rx.el.figcaption(caption, class_name="hint"), class_name="columns")


def way(rows: Any, *, wide: int) -> rx.Component:
    """How far cases came: each step a bar as long as how many got there, with its number beside it."""
    def step(row: Any) -> rx.Component:
        drawn = rx.el.svg.rect(x="0", y="2", width=row.wide, height="20", class_name="bar", custom_attrs={"data-part": "met"})
        bar = rx.el.svg(drawn, view_box=f"0 0 {wide} 24", class_name="way-drawing",
                        custom_attrs={**_HIDDEN, "preserveAspectRatio": "none"})
        return rx.el.li(rx.el.span(row.label, class_name="lane-label"),
                        rx.el.span(row.count, " · ", row.share, class_name="due"), bar, class_name="way-step")

    return rx.el.ol(rx.foreach(rows, step), class_name="way", aria_label="How far the cases came")
