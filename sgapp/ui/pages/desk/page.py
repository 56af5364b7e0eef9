"""The queue. A lead with a tablet and a ringing phone: the overdue stands first, each row has its one button."""

from typing import Any

import reflex as rx

from sgapp.ui.components.durable_form import intent_button
from sgapp.ui.components.key_rows import key_rows
from sgapp.ui.components.pictures import badge_due, empty_state, waiting
from sgapp.ui.components.stays_shown import stays_shown
from sgapp.ui.pages.desk.state import DeskState
from sgapp.ui.templates import desk_page

rows: Any = DeskState.rows


def _tile(tile: Any) -> rx.Component:
    """A count that shows only its own when it is tapped, and everything when it is tapped again."""
    return rx.el.button(
        rx.el.span(tile.label, class_name="hint"),
        rx.el.span(tile.count, class_name=["text-2xl font-semibold", rx.cond(tile.alarming, "text-error", "")]),
        on_click=DeskState.show_only(tile.show, DeskState.text), type="button", class_name="panel panel-tight tile",
        custom_attrs={"aria-pressed": rx.cond(DeskState.show == tile.show, "true", "false")})


def _search() -> rx.Component:
    return rx.el.form(
        rx.el.label("Name or reference", html_for="queue-text", class_name="sr-only"),
        rx.el.input(id="queue-text", name="text", type="search", default_value=DeskState.text, auto_complete="off",
                    placeholder="Name or reference", class_name="control grow", enter_key_hint="search"),
        rx.el.button("Find", type="submit", class_name="btn btn-quiet"),
        on_submit=DeskState.search, class_name="flex gap-2", role="search")


def _acknowledge(row: Any, *, primary: bool) -> rx.Component:
    return intent_button(row.button, intent="acknowledge-note", hidden={"note_id": row.subject_id}, primary=primary)


def _row(row: Any, index: Any) -> rx.Component:
    step = rx.cond(
        row.intent == "acknowledge-note",
        rx.cond(index == 0, _acknowledge(row, primary=True), _acknowledge(row, primary=False)),
        rx.cond(row.button, rx.el.a(row.button, rx.el.span(" ", row.title, class_name="sr-only"), href=row.href,
                                    class_name="btn btn-quiet"), rx.fragment()))
    return rx.el.li(
        rx.el.div(badge_due(row.due, row.tone), rx.el.p(row.step, class_name="hint mt-1"), class_name="row-due"),
        rx.el.div(
            rx.el.p(rx.el.a(row.title, href=row.href, class_name="font-semibold row-title"),
                    rx.cond(row.danger, rx.el.span("emergency", class_name="tag tag-danger"), rx.fragment()),
                    rx.cond(row.mine, rx.el.span("for you", class_name="tag"), rx.fragment()),
                    rx.cond(row.badge, rx.el.span(row.badge, class_name="tag"), rx.fragment())),
            rx.el.p(row.detail, class_name="hint"),
            rx.cond(row.asked, rx.el.p(row.asked, class_name="hint row-asked"), rx.fragment()), class_name="row-what"),
        rx.el.div(step, class_name="row-step"),
        class_name="row", key=row.key, custom_attrs={"data-due": row.tone})


@desk_page("/desk", "Desk", here="/desk", on_load=[DeskState.load_queue])
def page() -> list[rx.Component]:
    nothing = rx.cond(
        (DeskState.show != "") | (DeskState.text != ""),
        empty_state("Nothing here by this filter", "Tap the count again, or empty the search, to see everything that is due."),
        empty_state("Nothing is due", "New notes stand here as soon as they arrive."))
    return [
        rx.el.header(
            rx.el.div(rx.el.h1("Today", class_name="text-2xl font-semibold"),
                      rx.el.p(DeskState.as_of, class_name="hint"), class_name="grow"),
            rx.el.div(
                rx.cond(DeskState.new > 0,
                        rx.el.button(DeskState.new, " new", on_click=DeskState.load_new(DeskState.text), type="button",
                                     class_name="btn btn-quiet", id="show-new"),
                        rx.fragment()),
                role="status"),
            class_name="flex items-end gap-3"),
        rx.cond(DeskState.quarantined > 0,
                rx.el.p(rx.el.b("Kept, and not read yet: ", DeskState.quarantined, ". "),
                        "What arrived and could not simply be read stands below, marked “kept”. Look at it first.",
                        role="alert", class_name="panel panel-alert"),
                rx.fragment()),
        rx.foreach(DeskState.alarms, lambda words: rx.el.p(words, role="alert", class_name="panel panel-alert")),
        rx.cond(
            DeskState.loaded,
            rx.el.div(
                rx.el.div(rx.foreach(DeskState.tiles, _tile), class_name="tiles", role="group", aria_label="Show only"),
                _search(),
                stays_shown(
                    rx.cond(rows.length() > 0, key_rows(rx.foreach(rows, _row), label="What is due"), nothing),
                    rx.cond(DeskState.more,
                            rx.el.button("More, due later", on_click=DeskState.load_more(DeskState.text), type="button",
                                         class_name="btn btn-quiet justify-self-center", id="show-more",
                                         custom_attrs={"data-more-rows": ""}), rx.fragment()),
                    there=DeskState.there, wanted=DeskState.wanted, field="queue-text", on_wanted=DeskState.load_again),
                class_name="grid gap-5"),
            waiting()),
    ]
