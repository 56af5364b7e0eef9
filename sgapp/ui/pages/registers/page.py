"""The registers. A manager before an inspection: what was owed, until when, who did it, and what is overdue."""

from typing import Any

import reflex as rx

from sgapp.ui.components.as_asked import as_asked
from sgapp.ui.components.page_parts import file_link, page_head
from sgapp.ui.components.pictures import badge_due, panel
from sgapp.ui.pages.registers.state import RegistersState
from sgapp.ui.templates import desk_page

found: Any = RegistersState.found  # a Var: its attributes exist in the browser
_HEADS = ("Reference", "What", "Owed by", "Done", "How it stands")


def _tab(tab: Any) -> rx.Component:
    return rx.el.button(
        rx.el.span(tab.label), rx.el.span(tab.count, " in all, ", tab.overdue, class_name="hint"),
        on_click=RegistersState.choose_register(tab.code), type="button", class_name="panel panel-tight tile",
        custom_attrs={"aria-pressed": rx.cond(found.chosen == tab.code, "true", "false")})


def _row(row: Any) -> rx.Component:
    stands = rx.cond(row.overdue, badge_due(row.stands, "overdue"), row.stands)
    by = rx.cond(row.by, rx.el.p("by ", row.by, class_name="hint"), rx.fragment())
    return rx.el.tr(
        rx.el.th(rx.el.a(row.reference, href=row.href, class_name="link"), scope="row"),
        rx.el.td(row.what, rx.el.p(row.outcome, class_name="hint")),
        rx.el.td(row.owed_by, rx.el.p("since ", row.since, class_name="hint")), rx.el.td(row.done, by), rx.el.td(stands))


def _register() -> rx.Component:
    table = rx.el.table(rx.el.thead(rx.el.tr(*(rx.el.th(text, scope="col") for text in _HEADS))),
                        rx.el.tbody(rx.foreach(found.rows, _row)), class_name="facts figures register")
    there = rx.el.div(
        rx.el.div(table, class_name="scrolls", tab_index=0, role="region", aria_label=found.title),
        rx.cond(found.more, rx.el.p(found.more, class_name="hint"), rx.fragment()),
        rx.el.p(file_link("Take it along as a table", href="/api/registers/" + found.chosen + ".csv")), class_name="grid gap-3")
    return panel(rx.cond(found.rows.length() > 0, there, rx.el.p("Nothing in this register.", class_name="hint")),
                 heading=found.title)


@desk_page("/registers", "Registers", on_load=[RegistersState.load_registers])
def page() -> list[rx.Component]:
    tabs = rx.el.div(rx.foreach(found.tabs, _tab), class_name="tiles", role="group", aria_label="Which register")
    return [
        page_head("Read off the files, written nowhere again", "Registers"),
        as_asked(RegistersState.shown, rx.el.div(
            tabs, _register(), rx.el.p(found.left_out, class_name="hint"),
            rx.cond(found.broken, rx.el.p(found.broken, class_name="font-semibold"), rx.fragment()),
            class_name="grid gap-5"))]
