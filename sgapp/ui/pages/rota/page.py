"""Who is on duty. A lead at five to five, coat on: sees who comes next, leaves what they must know, and goes."""

from typing import Any

import reflex as rx

from sgapp.domain.rota import DUTY_LABELS, Duty
from sgapp.ui.components.as_asked import as_asked
from sgapp.ui.components.durable_form import durable_form, intent_button
from sgapp.ui.components.fields import choice, date_time_field, select_field, text_area
from sgapp.ui.components.page_parts import folded, page_head
from sgapp.ui.components.pictures import empty_state, panel
from sgapp.ui.pages.rota.state import RotaState
from sgapp.ui.templates import desk_page

S: Any = RotaState


def _on(duty: Any) -> rx.Component:
    return rx.el.li(
        rx.el.p(duty.label, class_name="hint"), rx.el.p(duty.name, class_name="text-xl font-semibold"),
        rx.el.p(duty.until, class_name="hint"), rx.el.p(duty.reach, class_name="hint"), class_name="panel panel-tight")


def _entry(entry: Any) -> rx.Component:
    out = intent_button("Take out", intent="remove-rota-entry", hidden={"entry_id": entry.id}, stay=True,
                        on_saved=RotaState.load_rota)
    return rx.el.li(
        rx.el.div(rx.el.p(entry.name, rx.el.span(entry.label, class_name="tag"), class_name="font-semibold"),
                  rx.el.p(entry.span, class_name="hint"), class_name="row-what"),
        rx.cond(S.may_set, rx.el.div(out, class_name="row-step"), rx.fragment()), class_name="row row-wide", key=entry.id)


def _left(line: Any) -> rx.Component:
    take = intent_button("Take over", intent="take-over", hidden={"hand_over_id": line.id}, stay=True, primary=True,
                         on_saved=RotaState.load_rota)
    return rx.el.li(
        rx.el.div(rx.el.p(line.heading, class_name="font-semibold"), rx.el.p(line.words, class_name="letter"),
                  rx.cond(line.taken, rx.el.p(line.taken, class_name="hint"), rx.fragment()), class_name="row-what"),
        rx.cond(line.may_take, rx.el.div(take, class_name="row-step"), rx.fragment()), class_name="row row-wide", key=line.id)


def _form(intent: str, submit: str, *fields: rx.Component, hidden: dict[str, Any] | None = None, key: str = "") -> rx.Component:
    return durable_form(*fields, intent=intent, form_key=f"{intent}:{key or 'rota'}", hidden=hidden, submit=submit, stay=True,
                        on_saved=RotaState.load_rota)


def _span(within: str) -> list[rx.Component]:
    return [date_time_field("starts_at", "From", within=within), date_time_field("ends_at", "Until", within=within)]


def _setting() -> rx.Component:
    duties = [(str(duty), label) for duty, label in DUTY_LABELS.items()]
    standing = [
        _form("set-standing", f"Set for {DUTY_LABELS[duty].lower()}",
              select_field("account_id", DUTY_LABELS[duty], options=S.on_calls if duty is Duty.ON_CALL else S.leads,
                           within=str(duty)),
              hidden={"duty": str(duty)}, key=str(duty))
        for duty in Duty]
    return rx.el.div(
        folded("Add a turn", _form(
            "add-turn", "Add this turn", choice("duty", "Duty", options=duties, within="turn"),
            select_field("account_id", "Who", options=S.on_calls, within="turn"), *_span("turn"))),
        folded("Somebody is away", _form(
            "add-absence", "Record the absence", select_field("account_id", "Who is away", options=S.everyone, within="away"),
            *_span("away"))),
        folded("Whenever no turn says otherwise", *standing),
        class_name="work-grid")


def _listed(entries: Any, label: str) -> rx.Component:
    return rx.el.ul(rx.foreach(entries, _entry), class_name="rows", aria_label=label)


@desk_page("/rota", "On duty", on_load=[RotaState.load_rota])
def page() -> list[rx.Component]:
    leave = panel(_form(
        "hand-over", "Hand over", select_field("account_id", "Who comes next?", options=S.next_ones, within="hand"),
        text_area("words", "What they have to know", within="hand", rows=3,
                  hint="Read by the two of you and by nobody else. References, not names, where they will do.")),
        heading="Before you go")
    return [
        page_head("Always one lead, one deputy, one on call", "On duty",
                  rx.el.a("How long things may take", href="/clocks", class_name="btn btn-quiet")),
        as_asked(
            RotaState.shown,
            rx.el.div(
                rx.el.ul(rx.foreach(S.on_now, _on), class_name="grid md:grid-cols-3 gap-3", aria_label="On duty now"),
                rx.cond(S.hand_overs.length() > 0,
                        rx.el.ul(rx.foreach(S.hand_overs, _left), class_name="rows", aria_label="Handed over"), rx.fragment()),
                rx.cond(S.may_hand_over, leave, rx.fragment()),
                rx.cond(S.may_set, _setting(), rx.fragment()),
                rx.cond(S.turns.length() > 0, _listed(S.turns, "Turns"),
                        empty_state("No turns are written down", "Those above are on until somebody writes one.")),
                rx.cond(S.absences.length() > 0, _listed(S.absences, "Away"), rx.fragment()),
                class_name="grid gap-5")),
    ]
