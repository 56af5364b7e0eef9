"""Patterns. A manager before the monthly meeting: what came several times, and the question to take along."""

from typing import Any

import reflex as rx

from sgapp.ui.components.as_asked import as_asked
from sgapp.ui.components.page_parts import page_head
from sgapp.ui.components.pictures import panel
from sgapp.ui.pages.patterns.state import PatternsState
from sgapp.ui.templates import desk_page

found: Any = PatternsState.found  # a Var: its attributes exist in the browser


def _line(line: Any) -> rx.Component:
    return rx.el.tr(rx.el.th(line.what, scope="row"), rx.el.td(line.count))


def _group(group: Any) -> rx.Component:
    table = rx.el.table(
        rx.el.thead(rx.el.tr(rx.el.th("What", scope="col"), rx.el.th("How often", scope="col"))),
        rx.el.tbody(rx.foreach(group.lines, _line)), class_name="facts figures")
    return panel(
        rx.el.p(group.question, class_name="font-semibold"),
        rx.cond(group.lines.length() > 0, table, rx.el.p("Nothing came several times.", class_name="hint")),
        heading=group.heading, class_name="grid gap-3 content-start")


@desk_page("/patterns", "Patterns", here="/measures", on_load=[PatternsState.load_patterns])
def page() -> list[rx.Component]:
    return [
        page_head(rx.el.a("Back to the figures", href="/measures", class_name="link"), "Questions to ask"),
        as_asked(PatternsState.shown, rx.el.div(
            rx.el.p("What came several times in the last twelve months. A number says where to look, not what happened or "
                    "whose doing it was: ask, and write down what you were told."),
            rx.el.div(rx.foreach(found.groups, _group), class_name="two-columns"),
            rx.el.p(found.left_out, class_name="hint"), class_name="grid gap-5"), says="Counting …")]
