"""Matters about staff. A manager on a tablet with the door closed: what is owed next in each, and the registers over all."""

from typing import Any

import reflex as rx

from sgapp.ui.components.as_asked import as_asked
from sgapp.ui.components.page_parts import folded, page_head
from sgapp.ui.components.pictures import badge_due, empty_state
from sgapp.ui.pages.matters.state import MattersState
from sgapp.ui.templates import desk_page

found: Any = MattersState.found  # a Var: its attributes exist in the browser


def _due(due: Any) -> rx.Component:
    return rx.el.li(rx.el.span(due.what, class_name="grow"), badge_due(due.due, due.tone),
                    class_name="flex items-center justify-between gap-3")


def _row(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.el.p(rx.el.a(row.reference, href="/matter?id=" + row.id, class_name="font-semibold row-title")),
                  rx.el.p(row.state, " · opened ", row.opened, class_name="hint"), class_name="row-what"),
        rx.el.ul(rx.foreach(row.due, _due), class_name="grid gap-2 row-step", aria_label="What is owed"),
        class_name="row row-wide", key=row.id)


def _register(register: Any) -> rx.Component:
    head = rx.el.thead(rx.el.tr(*(rx.el.th(text, scope="col") for text in ("Matter", "What", "How it stands"))))
    table = rx.el.table(head, rx.el.tbody(rx.foreach(register.lines, lambda line: rx.el.tr(
        rx.el.th(rx.el.a(line.reference, href=line.href, class_name="link"), scope="row"), rx.el.td(line.what),
        rx.el.td(line.stands)))), class_name="facts even")
    body = rx.cond(register.lines.length() > 0, rx.el.div(table, class_name="scrolls", tab_index=0, role="region",
                                                          aria_label=register.heading),
                   rx.el.p("Nothing in this register.", class_name="hint"))
    return folded(register.heading, body)


@desk_page("/matters", "Matters", on_load=[MattersState.load_matters])
def page() -> list[rx.Component]:
    listed = rx.cond(
        found.matters.length() > 0,
        rx.el.ul(rx.foreach(found.matters, _row), class_name="rows", aria_label="Matters"),
        empty_state("Nothing here that you are named on", "A manager opens such a record from the case."))
    registers = rx.el.section(
        rx.el.h2("Registers", class_name="panel-heading"),
        rx.el.div(rx.foreach(found.registers, _register), class_name="grid gap-3"), aria_label="Registers")
    return [page_head("Apart from the cases, for those named on each", "Staff matters"),
            as_asked(MattersState.shown, rx.el.div(listed, registers, class_name="grid gap-5"))]
