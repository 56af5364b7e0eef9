"""How long things may take. A manager with the local authority's new policy: one rule at a time, with its source."""

from typing import Any

import reflex as rx

from sgapp.domain.clock_words import MEASURES, WITH_A_NUMBER
from sgapp.domain.clocks import LABELS, WITH_A_LENGTH
from sgapp.domain.vocabulary import AGENCIES, PRIORITIES
from sgapp.ui.components.as_asked import as_asked
from sgapp.ui.components.durable_form import durable_form, intent_button
from sgapp.ui.components.fields import choice, date_field, select_field, text_field, time_field
from sgapp.ui.components.page_parts import folded, page_head
from sgapp.ui.components.pictures import panel
from sgapp.ui.pages.clocks.state import ClocksState
from sgapp.ui.templates import desk_page

S: Any = ClocksState
_NUMBERED = {"how": [str(how) for how in WITH_A_NUMBER]}


def _rule(rule: Any) -> rx.Component:
    back = intent_button("Back to the default", intent="drop-clock-rule", stay=True, on_saved=ClocksState.load_clocks,
                         hidden={"kind": rule.kind, "priority": rule.priority, "agency": rule.agency})
    return rx.el.li(
        rx.el.div(
            rx.el.p(rule.what, ": ", rx.el.b(rule.due), rx.el.span(rule.where, class_name="tag")),
            rx.cond(rule.then, rx.el.p(rule.then, class_name="hint"), rx.fragment()),
            rx.el.p(rule.source, class_name="hint"), class_name="row-what"),
        rx.cond(rule.ours & S.may_set, rx.el.div(back, class_name="row-step"), rx.fragment()), class_name="row row-wide")


def _closure(closure: Any) -> rx.Component:
    out = intent_button("Take out", intent="remove-closure", hidden={"day": closure.day, "agency": closure.agency}, stay=True,
                        on_saved=ClocksState.load_clocks)
    return rx.el.li(
        rx.el.div(rx.el.p(closure.label, class_name="font-semibold"), rx.el.p(closure.why, class_name="hint"),
                  class_name="row-what"),
        rx.cond(S.may_set, rx.el.div(out, class_name="row-step"), rx.fragment()), class_name="row row-wide")


def _form(intent: str, submit: str, *fields: rx.Component) -> rx.Component:
    return durable_form(*fields, intent=intent, form_key=f"{intent}:clocks", submit=submit, stay=True,
                        on_saved=ClocksState.load_clocks)


def _agency(within: str, label: str, empty: str) -> rx.Component:
    return select_field("agency", label, options=AGENCIES.options(), empty=empty, within=within)


def _setting() -> rx.Component:
    kinds = [(str(kind), LABELS[kind].capitalize()) for kind in WITH_A_LENGTH]
    return rx.el.div(
        folded("Set a rule of our own", _form(
            "set-clock-rule", "Set this rule", select_field("kind", "What", options=kinds, within="rule"),
            select_field("priority", "At which priority", options=PRIORITIES.options(), empty="Any", within="rule"),
            _agency("rule", "At which agency", "Any"),
            choice("how", "Measured in", options=tuple((str(how), label) for how, label in MEASURES.items()), within="rule"),
            text_field("amount", "How many", within="rule", input_mode="numeric", ask_when=_NUMBERED),
            text_field("chase", "Chased after", hint="In the same measure; empty, by the default.",
                       within="rule", input_mode="numeric", ask_when=_NUMBERED),
            text_field("escalate", "Goes up further after", hint="In the same measure; empty, by the default.",
                       within="rule", input_mode="numeric", ask_when=_NUMBERED),
            text_field("source", "Which policy says so", within="rule"))),
        folded("Set opening hours", _form(
            "set-hours", "Set these hours", _agency("hours", "Whose", "Our own office"),
            time_field("opens", "Opens", within="hours"), time_field("closes", "Closes", within="hours"),
            time_field("friday_closes", "Closes on Friday, if at another time", within="hours"))),
        folded("Closed on a day", _form(
            "add-closure", "Record the closure", _agency("closed", "Whose", "Our own office"),
            date_field("day", "Day", within="closed"), text_field("why", "Why", within="closed"))),
        class_name="work-grid")


@desk_page("/clocks", "How long things may take", here="/rota", on_load=[ClocksState.load_clocks])
def page() -> list[rx.Component]:
    return [
        page_head("Set by the manager, kept with its history", "How long things may take",
                  rx.el.a("On duty", href="/rota", class_name="btn btn-quiet")),
        as_asked(
            ClocksState.shown,
            rx.el.div(
                rx.cond(S.may_set, _setting(), rx.fragment()),
                rx.cond(S.ours.length() > 0,
                        rx.el.ul(rx.foreach(S.ours, _rule), class_name="rows", aria_label="Rules of our own"), rx.fragment()),
                panel(rx.el.dl(rx.foreach(S.desks, lambda d: rx.el.div(
                    rx.el.dt(d.label, class_name="hint"), rx.el.dd(d.hours))), class_name="grid md:grid-cols-2 gap-3"),
                    rx.el.p("Weekends and England's bank holidays do not count as working days.", class_name="hint mt-3"),
                    heading="Opening hours, Monday to Friday"),
                rx.cond(S.closures.length() > 0,
                        rx.el.ul(rx.foreach(S.closures, _closure), class_name="rows", aria_label="Closed"), rx.fragment()),
                folded("The defaults", rx.el.ul(rx.foreach(S.defaults, _rule), class_name="rows", aria_label="Defaults")),
                rx.cond(S.history.length() > 0,
                        folded("What was changed, and by whom", rx.el.ul(rx.foreach(S.history, rx.el.li),
                                                                         class_name="grid gap-2")), rx.fragment()),
                class_name="grid gap-5")),
    ]
