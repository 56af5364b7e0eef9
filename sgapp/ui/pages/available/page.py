"""Who can be given visits. Somebody in the rota office with a telephone at the ear, others reading along: never a reason."""

from typing import Any

import reflex as rx

from sgapp.ui.components.as_asked import as_asked
from sgapp.ui.components.durable_form import durable_form, intent_button
from sgapp.ui.components.fields import date_field, select_field
from sgapp.ui.components.page_parts import folded, page_head
from sgapp.ui.components.pictures import empty_state, panel
from sgapp.ui.pages.available.state import AvailableState
from sgapp.ui.templates import desk_page

found: Any = AvailableState.found  # a Var: its attributes exist in the browser


def _line(line: Any) -> rx.Component:
    end = intent_button("Available again", intent="mark-available", hidden={"entry_id": line.id}, stay=True,
                        on_saved=AvailableState.load_available)
    return rx.el.li(
        rx.el.div(rx.el.p(line.name, class_name="font-semibold"), rx.el.p(line.span, class_name="hint"), class_name="row-what"),
        rx.el.div(rx.cond(line.now, rx.el.span("Not available", class_name="tag"), rx.el.span("Soon", class_name="tag")),
                  class_name="row-due"),
        rx.el.div(rx.cond(line.mine, end, rx.fragment()), class_name="row-step"), class_name="row", key=line.id)


def _form() -> rx.Component:
    return durable_form(
        select_field("account_id", "Who", options=found.staff, required=True),
        date_field("from_on", "From", hint="Empty: from now on."),
        date_field("until_on", "Until", hint="Empty: until further notice."),
        intent="mark-not-available", form_key="mark-not-available:new", submit="Show as not available", stay=True,
        on_saved=AvailableState.load_available)


def _arranged() -> rx.Component:
    """How visits to somebody go, with the reason that was agreed for it. Nothing here says why it was."""
    def line(arranged: Any) -> rx.Component:
        return rx.el.div(rx.el.dt(arranged.value, class_name="font-semibold"), rx.el.dd(arranged.label),
                         class_name="flex gap-4")

    return panel(rx.el.dl(rx.foreach(found.arranged, line), class_name="grid gap-2"), heading="How some visits go")


@desk_page("/available", "Available", on_load=[AvailableState.load_available])
def page() -> list[rx.Component]:
    listed = rx.cond(found.away.length() > 0, rx.el.ul(rx.foreach(found.away, _line), class_name="rows",
                                                       aria_label="Not available"),
                     empty_state("Everybody is available", "Whoever is not stands here, without a reason."))
    return [page_head("Whom not to give a visit", "Available"),
            as_asked(AvailableState.shown,
                     rx.el.div(listed, rx.cond(found.arranged.length() > 0, _arranged(), rx.fragment()),
                               folded("Somebody is not available", _form()), class_name="grid gap-5"))]
