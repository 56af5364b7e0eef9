"""The directory. A manager once a quarter, the council's web site open beside it; a lead at night who needs a number now."""

from typing import Any

import reflex as rx

from sgapp.domain.vocabulary import AGENCIES
from sgapp.ui.components.as_asked import as_asked
from sgapp.ui.components.durable_form import durable_form, intent_button
from sgapp.ui.components.fields import select_field, text_field
from sgapp.ui.components.page_parts import folded, page_head
from sgapp.ui.components.pictures import empty_state
from sgapp.ui.pages.agencies.state import AgenciesState
from sgapp.ui.templates import desk_page

directory: Any = AgenciesState.directory  # a Var: its attributes exist in the browser


def _fields(within: Any, desk: Any = None) -> list[rx.Component]:
    def now(name: str) -> Any:
        return getattr(desk, name) if desk is not None else ""

    return [
        select_field("agency", "Agency", options=AGENCIES.options(), default=now("agency"), within=within),
        text_field("name", "Team", default=now("name"), within=within),
        text_field("telephone", "Telephone", default=now("telephone"), within=within, input_mode="tel",
                   hint="From their own web site or your last call, never from a mail. Codes are read out on it."),
        text_field("email", "E-mail of the team", default=now("email"), within=within, input_mode="email"),
        text_field("portal", "Address of their form", default=now("portal"), within=within, input_mode="url"),
        text_field("hours", "When they answer", default=now("hours"), within=within)]


def _form(key: Any, submit: str, fields: list[rx.Component], hidden: dict[str, Any]) -> rx.Component:
    return durable_form(rx.el.div(*fields, class_name="grid md:grid-cols-2 gap-4"), intent="set-desk", form_key=key,
                        hidden=hidden, submit=submit, stay=True, on_saved=AgenciesState.load_agencies)


def _desk(desk: Any) -> rx.Component:
    out = intent_button("Take out", intent="remove-desk", hidden={"desk_id": desk.id}, stay=True,
                        on_saved=AgenciesState.load_agencies)
    change = rx.el.details(
        rx.el.summary("Change", class_name="folded-summary"),
        rx.el.div(_form("set-desk:" + desk.id, "Checked today", _fields(desk.id, desk), {"desk_id": desk.id}), out,
                  class_name="folded-body"), class_name="folded")
    return rx.el.li(
        rx.el.div(
            rx.el.p(desk.agency_label, class_name="hint"), rx.el.p(desk.name, class_name="font-semibold"),
            rx.el.p(rx.el.a(desk.telephone, href="tel:" + desk.telephone, class_name="link"),
                    rx.cond(desk.email, rx.el.span(" · ", desk.email), rx.fragment()),
                    rx.cond(desk.hours, rx.el.span(" · ", desk.hours), rx.fragment())),
            rx.cond(desk.portal, rx.el.p(desk.portal, class_name="hint"), rx.fragment()),
            rx.el.p(desk.checked, class_name="hint"), class_name="row-what"),
        rx.cond(directory.may_keep, change, rx.fragment()), class_name="row row-wide", key=desk.id)


@desk_page("/agencies", "Agencies", on_load=[AgenciesState.load_agencies])
def page() -> list[rx.Component]:
    new = _form("set-desk:new", "Put it into the directory", _fields("new"), {})
    add = rx.cond(directory.may_keep, folded("Add a team", new), rx.fragment())
    listed = rx.cond(
        directory.desks.length() > 0,
        rx.el.ul(rx.foreach(directory.desks, _desk), class_name="rows", aria_label="Teams"),
        empty_state("No team is in the directory yet", "Add the numbers you ring before you need them at night."))
    return [page_head("Numbers that somebody checked", "Agencies"),
            as_asked(AgenciesState.shown, rx.el.div(listed, add, class_name="grid gap-5"))]
