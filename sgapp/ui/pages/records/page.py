"""Whose years are over. A manager on a quiet afternoon, a few times a year: look at each, keep it or ask for it to go."""

from typing import Any

import reflex as rx

from sgapp.ui.components.as_asked import as_asked
from sgapp.ui.components.durable_form import durable_form, intent_button
from sgapp.ui.components.fields import text_area, text_field
from sgapp.ui.components.page_parts import file_link, folded, page_head
from sgapp.ui.components.pictures import empty_state, panel
from sgapp.ui.pages.records.state import RecordsState
from sgapp.ui.templates import desk_page

found: Any = RecordsState.found  # a Var: its attributes exist in the browser


def _row(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.el.p(rx.el.a(row.person, href="/record?id=" + row.id, class_name="font-semibold row-title")),
                  rx.el.p(row.reference, rx.cond(row.since, rx.fragment(" · years over ", row.since), rx.fragment()),
                          class_name="hint"), class_name="row-what"),
        rx.el.div(rx.el.span(row.state, class_name="tag " + row.tone), class_name="row-due"),
        rx.el.div(rx.el.a("Look", rx.el.span(" at ", row.reference, class_name="sr-only"), href="/record?id=" + row.id,
                          class_name="btn btn-quiet"), class_name="row-step"),
        class_name="row", key=row.id)


def _search() -> rx.Component:
    return rx.el.form(
        rx.el.label("Find somebody by name or reference", html_for="records-text", class_name="sr-only"),
        rx.el.input(id="records-text", name="text", type="search", auto_complete="off", placeholder="Name or reference",
                    class_name="control grow", enter_key_hint="search"),
        rx.el.button("Find", type="submit", class_name="btn btn-quiet"),
        on_submit=RecordsState.search, class_name="flex gap-2", role="search")


def _found() -> rx.Component:
    return rx.cond(
        found.text == "", rx.fragment(),
        rx.cond(found.found.length() > 0, rx.el.ul(rx.foreach(found.found, _row), class_name="rows", aria_label="Found"),
                empty_state("Nobody is found", "Try a part of the name, or the reference.")))


def _due() -> rx.Component:
    return rx.cond(found.due.length() > 0, rx.el.ul(rx.foreach(found.due, _row), class_name="rows", aria_label="Years over"),
                   empty_state("Nobody's years are over", "Nothing goes by itself: somebody looks, and two people agree."))


def _nobodys() -> rx.Component:
    """Notes that nobody could be found for, and uploads that were looked at."""
    one = found.nobodys
    ask = durable_form(
        text_area("reason", "Why it can go", required=True, within="nobody", rows=2), intent="ask-for-disposal",
        form_key="ask-for-disposal:nobody", hidden={"person_id": "nobody"}, submit="Ask for its disposal", stay=True,
        on_saved=RecordsState.load_records)
    agree = durable_form(
        text_field("confirm", "Type how many records", required=True, within="nobody", input_mode="numeric",
                   hint="They are gone for good then."),
        intent="agree-to-disposal", form_key="agree-to-disposal:nobody", hidden={"person_id": "nobody"}, forgetful=True,
        submit="Agree: dispose of them", stay=True, on_saved=RecordsState.load_records)
    stays = intent_button("Let it stay", intent="withdraw-disposal", hidden={"person_id": "nobody"}, stay=True,
                          on_saved=RecordsState.load_records)
    return rx.cond(
        (one.count != "0") | (one.asked != ""),
        panel(rx.el.p(one.count, " records that were matched to nobody on the list have outlasted their years."),
              rx.cond(one.asked, rx.el.div(rx.el.p("Asked for by ", one.asked), rx.cond(one.may_agree, agree, rx.fragment()),
                                           stays, class_name="grid gap-3"), ask),
              heading="About nobody on the list", class_name="grid gap-3"),
        rx.fragment())


def _rules() -> rx.Component:
    return durable_form(
        text_field("years", "Years after the end of care, or after the last note", required=True, within="keeping",
                   default=found.years, input_mode="numeric"),
        text_field("staff_years", "Years where staff are involved", within="keeping", default=found.staff_years,
                   input_mode="numeric",
                   hint="HR, or whoever answers for data protection, says how long. Empty: never by time."),
        text_field("source", "Which policy says so", required=True, within="keeping", default=found.source),
        intent="set-keeping", form_key="set-keeping:keeping", submit="Keep them so long", stay=True,
        on_saved=RecordsState.load_records)


def _gone(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.el.p("Certificate ", row.number, class_name="font-semibold"), rx.el.p(row.what, class_name="hint"),
                  class_name="row-what"),
        rx.el.div(rx.el.p(row.at, class_name="hint"), class_name="row-due"),
        rx.el.div(file_link("Download", rx.el.span(" certificate ", row.number, class_name="sr-only"),
                            href="/api/disposals/" + row.number + "/certificate.pdf"),
                  class_name="row-step"),
        class_name="row", key=row.number)


def _all_gone() -> rx.Component:
    return panel(rx.el.ul(rx.foreach(found.gone, _gone), class_name="rows", aria_label="Disposed of"), heading="Disposed of")


@desk_page("/records", "Keeping", on_load=[RecordsState.load_records])
def page() -> list[rx.Component]:
    years = rx.cond(found.staff_years, rx.fragment(found.years, " years; ", found.staff_years, " where staff are involved"),
                    rx.fragment(found.years, " years; where staff are involved, until somebody says how long"))
    return [page_head(rx.fragment("Kept for ", years), "Whose years are over"),
            as_asked(RecordsState.shown,
                     rx.el.div(_due(), _search(), _found(), _nobodys(), folded("For how many years", _rules()),
                               rx.cond(found.gone.length() > 0, _all_gone(), rx.fragment()),
                               class_name="grid gap-5"))]
