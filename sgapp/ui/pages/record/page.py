"""How long one adult's records are kept. Whoever asks for disposal and whoever agrees are two people, each alone with it."""

from typing import Any

import reflex as rx

from sgapp.ui.components.durable_form import durable_form, intent_button
from sgapp.ui.components.fields import date_field, text_area, text_field
from sgapp.ui.components.page_parts import folded, line, lines, loaded_page, page_head, single
from sgapp.ui.components.pictures import panel
from sgapp.ui.pages.record.state import RecordState
from sgapp.ui.templates import desk_page

record: Any = RecordState.record  # a Var: its attributes exist in the browser


def _form(intent: str, submit: str, *fields: rx.Component) -> rx.Component:
    return durable_form(*fields, intent=intent, form_key=f"{intent}:" + RecordState.person_id,
                        hidden={"person_id": RecordState.person_id}, submit=submit, stay=True, on_saved=RecordState.load_record)


def _ask() -> rx.Component:
    return rx.el.div(
        panel(_form("keep-records", "Keep it for longer",
                    date_field("until", "Until", required=True, within="keep"),
                    text_area("reason", "Why", required=True, within="keep", rows=2)),
              heading="Keep it", class_name="grid gap-3 content-start"),
        panel(_form("ask-for-disposal", "Ask for its disposal",
                    text_area("reason", "Why it can go", required=True, within="go", rows=2,
                              hint="A second person has to agree. Nothing changes before.")),
              heading="Or let it go", class_name="grid gap-3 content-start"),
        class_name="grid gap-5 lg:grid-cols-2 content-start")


def _stays() -> rx.Component:
    return intent_button("Let it stay", intent="withdraw-disposal", hidden={"person_id": RecordState.person_id}, stay=True,
                         on_saved=RecordState.load_record)


def _agree() -> rx.Component:
    agree = durable_form(
        text_field("confirm", "Type the reference once more", required=True, within="agree"),
        intent="agree-to-disposal", form_key="agree-to-disposal:" + RecordState.person_id, forgetful=True,
        hidden={"person_id": RecordState.person_id}, submit="Agree: dispose of it for good")
    return panel(
        rx.el.p("Asked for by ", record.asked),
        rx.el.p("If you agree, the keys are destroyed and nobody can read any of it again. Backups from before open until "
                "their own keys expire.", class_name="hint"),
        agree, rx.el.div(_stays(), class_name="flex"), heading="Do you agree?", class_name="grid gap-3")


def _asked() -> rx.Component:
    return panel(rx.el.p("Asked for by ", record.asked), rx.el.p("A second person has to agree.", class_name="hint"),
                 rx.el.div(_stays(), class_name="flex"), heading="Waits for a second person", class_name="grid gap-3")


def _hold(hold: Any) -> rx.Component:
    lift = folded("It is over", durable_form(
        text_area("reason", "Why it does not hold any more", required=True, within=hold.id, rows=2), intent="lift-hold",
        form_key="lift-hold:" + hold.id, hidden={"person_id": RecordState.person_id, "hold_id": hold.id},
        submit="Lift it", stay=True, on_saved=RecordState.load_record))
    return rx.el.li(rx.el.dl(line(hold.set_by, hold.reason)),
                    rx.cond(hold.lifted, rx.el.p(hold.lifted, class_name="hint"), lift), class_name="grid gap-3", key=hold.id)


def _holds() -> rx.Component:
    there = rx.el.ul(rx.foreach(record.holds, _hold), class_name="grid gap-4")
    hold = _form("hold-records", "Hold it", text_area(
        "reason", "What holds it", required=True, within="hold", rows=2, hint="A court, an inquest, a claim, a complaint."))
    return panel(rx.cond(record.holds.length() > 0, there, rx.el.p("Nothing holds it.", class_name="hint")),
                 folded("Something holds it", hold), heading="Legal hold", class_name="grid gap-3")


@desk_page("/record", "Keeping", here="/records", on_load=[RecordState.load_record])
def page() -> rx.Component:
    step = rx.match(record.step, ("ask", _ask()), ("agree", _agree()), ("asked", _asked()), rx.fragment())
    ended = _form("end-care", "Record it", date_field("on", "Care ended on", default=record.care_ended_on, within="care",
                                                      hint="Empty: care goes on. The years count from this day."))
    return loaded_page(
        RecordState.shown, RecordState.missing,
        page_head(rx.el.span(record.reference, " · ", record.has), record.person),
        panel(rx.el.p(record.due), single("Care ended on", record.care_ended), heading="Its years"),
        rx.el.div(step), _holds(),
        rx.cond(record.looks.length() > 0, panel(lines(record.looks), heading="Kept for longer"), rx.fragment()),
        folded("When care ended", ended))
