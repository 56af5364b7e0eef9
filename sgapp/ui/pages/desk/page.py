"""The queue. A lead with a tablet and a ringing phone: the overdue stands first, each row has its one button."""

from typing import Any

import reflex as rx

from sgapp.ui.components.durable_form import intent_button
from sgapp.ui.components.pictures import badge_due, empty_state, waiting
from sgapp.ui.pages.desk.state import DeskState
from sgapp.ui.templates import desk_page

rows: Any = DeskState.rows


def _count(label: str, number: Any, *, alarming: bool = False) -> rx.Component:
    tone = rx.cond(number > 0, "text-error", "") if alarming else ""
    return rx.el.div(rx.el.dt(label, class_name="hint"), rx.el.dd(number, class_name=["text-2xl font-semibold", tone]),
                     class_name="panel panel-tight")


def _acknowledge(row: Any, *, primary: bool) -> rx.Component:
    return intent_button(row.button, intent="acknowledge-note", hidden={"note_id": row.subject_id}, primary=primary)


def _row(row: Any, index: Any) -> rx.Component:
    step = rx.cond(
        row.intent == "acknowledge-note",
        rx.cond(index == 0, _acknowledge(row, primary=True), _acknowledge(row, primary=False)),
        rx.el.a(row.button, rx.el.span(" ", row.title, class_name="sr-only"), href=row.href, class_name="btn btn-quiet"))
    return rx.el.li(
        rx.el.div(badge_due(row.due, row.tone), rx.el.p(row.step, class_name="hint mt-1"), class_name="row-due"),
        rx.el.div(
            rx.el.p(rx.el.a(row.title, href=row.href, class_name="font-semibold row-title"),
                    rx.cond(row.badge, rx.el.span(row.badge, class_name="tag"), rx.fragment())),
            rx.el.p(row.detail, class_name="hint"), class_name="row-what"),
        rx.el.div(step, class_name="row-step"),
        class_name="row", key=row.key, custom_attrs={"data-due": row.tone})


@desk_page("/desk", "Desk", here="/desk", on_load=[DeskState.load_queue, DeskState.watch_queue])
def page() -> list[rx.Component]:
    nothing = empty_state("Nothing is due", "New notes stand here as soon as they arrive.")
    return [
        rx.el.header(
            rx.el.div(rx.el.h1("Today", class_name="text-2xl font-semibold"),
                      rx.el.p(DeskState.as_of, class_name="hint"), class_name="grow"),
            rx.el.div(
                rx.cond(DeskState.new > 0,
                        rx.el.button(DeskState.new, " new", on_click=DeskState.load_queue, type="button",
                                     class_name="btn btn-quiet", id="show-new"),
                        rx.fragment()),
                role="status"),
            class_name="flex items-end gap-3"),
        rx.cond(DeskState.quarantined > 0,
                rx.el.p(rx.el.b("Kept, and not read yet: ", DeskState.quarantined, ". "),
                        "What arrived and could not simply be read stands below, marked “kept”. Look at it first.",
                        role="alert", class_name="panel panel-alert"),
                rx.fragment()),
        rx.cond(
            DeskState.loaded,
            rx.el.div(
                rx.el.dl(_count("Overdue", DeskState.overdue, alarming=True), _count("Due today", DeskState.due_today),
                         _count("With agencies", DeskState.with_agencies), _count("Look again, 7 days", DeskState.reviews),
                         class_name="grid grid-cols-2 md:grid-cols-4 gap-3"),
                rx.cond(rows.length() > 0,
                        rx.el.ul(rx.foreach(rows, _row), class_name="rows", aria_label="What is due"), nothing),
                rx.cond(DeskState.more > 0,
                        rx.el.button(DeskState.more, " more, due later", on_click=DeskState.load_more, type="button",
                                     class_name="btn btn-quiet justify-self-center", id="show-more"), rx.fragment()),
                class_name="grid gap-5"),
            waiting()),
    ]
