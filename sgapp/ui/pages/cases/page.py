"""The cases. For finding one again; the queue says what is due."""

from typing import Any

import reflex as rx

from sgapp.ui.components.as_asked import as_asked
from sgapp.ui.components.pictures import empty_state
from sgapp.ui.pages.cases.state import CasesState
from sgapp.ui.templates import desk_page

rows: Any = CasesState.rows


def _row(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.el.p(rx.el.a(rx.cond(row.person, row.person, row.reference), href="/case?id=" + row.id,
                                  class_name="font-semibold row-title")),
                  rx.el.p("Case ", row.reference, " · ", row.types, class_name="hint"), class_name="row-what"),
        rx.el.div(rx.el.span(row.state, class_name="tag"), rx.el.p(row.opened, class_name="hint mt-1"), class_name="row-due"),
        rx.el.div(rx.el.a("Open", rx.el.span(" case ", row.reference, class_name="sr-only"), href="/case?id=" + row.id,
                          class_name="btn btn-quiet"), class_name="row-step"),
        class_name="row", key=row.id)


@desk_page("/cases", "Cases", here="/cases", on_load=[CasesState.load_cases])
def page() -> list[rx.Component]:
    return [
        rx.el.h1("Cases", class_name="text-2xl font-semibold"),
        as_asked(CasesState.shown,
                 rx.cond(rows.length() > 0,
                         rx.el.ul(rx.foreach(rows, _row), class_name="rows", aria_label="Cases"),
                         empty_state("No cases yet", "A case is opened from a note."))),
    ]
