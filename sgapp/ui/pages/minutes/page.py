"""Minutes. A manager after the monthly meeting: figures and actions are there already; say what was said, agree, done."""

from typing import Any

import reflex as rx

from sgapp.ui.components.durable_form import durable_form, intent_button
from sgapp.ui.components.fields import date_field, text_area, text_field
from sgapp.ui.components.page_parts import folded, lines, loaded_page, page_head, single
from sgapp.ui.components.pictures import empty_state, panel
from sgapp.ui.pages.minutes.state import MinutesState
from sgapp.ui.templates import desk_page

found: Any = MinutesState.found  # a Var: its attributes exist in the browser


def _words(within: str, *, kept: bool) -> tuple[rx.Component, ...]:
    def default(name: str) -> Any:
        return getattr(found, name) if kept else ""

    return (text_area("present", "Who was there?", rows=2, within=within, default=default("present")),
            text_area("said", "What was said of the figures?", rows=4, within=within, default=default("said"),
                      hint="Leave names of adults out: everybody who leads reads this."),
            text_area("decided", "What was decided?", rows=3, within=within, default=default("decided")))


def _row(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.el.p(rx.el.a(row.held, href="/minutes?id=" + row.id, class_name="font-semibold row-title")),
                  rx.el.p("Figures of ", row.month, " · ", row.stands, class_name="hint"), class_name="row-what"),
        rx.el.div(rx.cond(row.locked, rx.el.span("locked", class_name="tag"), rx.el.span("open", class_name="tag")),
                  class_name="row-step"), class_name="row row-wide", key=row.id)


def _all() -> rx.Component:
    rows: Any = MinutesState.rows
    form = durable_form(
        date_field("held_on", "When did you meet?", required=True, within="minutes"),
        text_field("month", "Figures of which month?", type="month", required=True, within="minutes"),
        *_words("minutes", kept=False), intent="begin-minutes", form_key="begin-minutes:minutes",
        submit="Pull in figures and actions")
    return rx.el.div(
        page_head("Figures and open actions as they stood, and what was said of them", "Minutes"),
        rx.cond(rows.length() > 0, rx.el.ul(rx.foreach(rows, _row), class_name="rows", aria_label="Meetings"),
                empty_state("No minutes yet", "Begin below after the meeting.")),
        folded("Write the minutes of a meeting", form), class_name="grid gap-5")


def _open() -> rx.Component:
    change = durable_form(*_words("change", kept=True), intent="rewrite-minutes", form_key="rewrite-minutes:" + found.id,
                          hidden={"minutes_id": found.id}, submit="Keep these words", stay=True,
                          on_saved=MinutesState.load_minutes)
    agree = intent_button("Agree and lock", intent="agree-minutes", hidden={"minutes_id": found.id}, stay=True, primary=True,
                          on_saved=MinutesState.load_minutes)
    return rx.el.div(
        rx.cond(found.may_agree, panel(rx.el.p("Nobody changes them afterwards, you neither.", class_name="hint"), agree,
                                       heading="Next", class_name="grid gap-3"),
                panel(rx.el.p("The manager or the nominated individual agrees them."), heading="Next")),
        folded("Change the words", change), class_name="grid gap-4")


def _said() -> rx.Component:
    correct = durable_form(text_area("corrects", "What does it put right?", rows=2, within="correct"), intent="correct-minutes",
                           form_key="correct-minutes:" + found.id, hidden={"minutes_id": found.id},
                           submit="Open a further version")
    other = rx.cond(found.versions.length() > 0, panel(rx.el.ul(rx.foreach(found.versions, _row), class_name="rows",
                                                                aria_label="Other versions"), heading="Other versions"),
                    rx.fragment())
    return rx.el.div(
        rx.cond(found.locked, rx.fragment(), _open()),
        panel(single("Puts right", found.corrects), single("Who was there", found.present),
              single("What was said", found.said), single("What was decided", found.decided), heading="What was said",
              class_name="grid gap-3"),
        rx.cond(found.locked, panel(rx.el.p("Its fingerprint, which stands in the record of who did what:", class_name="hint"),
                                    rx.el.p(rx.el.code(found.digest, class_name="command")), heading="Locked"), rx.fragment()),
        rx.cond(found.may_correct, folded("Something in it is wrong", correct), rx.fragment()), other, class_name="grid gap-4")


def _one() -> rx.Component:
    def there(entries: Any, heading: Any) -> rx.Component:
        return panel(rx.cond(entries.length() > 0, lines(entries), rx.el.p("None.", class_name="hint")), heading=heading)

    return rx.el.div(
        page_head(found.stands, found.title),
        rx.el.div(_said(), rx.el.div(
            there(found.figures, rx.fragment("Figures of ", found.month)), there(found.actions, "Open actions"),
            rx.el.p("Of files that are under no list and kept from nobody.", class_name="hint"), class_name="grid gap-4"),
            class_name="two-columns"), class_name="grid gap-5")


@desk_page("/minutes", "Minutes", on_load=[MinutesState.load_minutes])
def page() -> rx.Component:
    return loaded_page(MinutesState.shown, MinutesState.missing, rx.cond(MinutesState.one, _one(), _all()))
