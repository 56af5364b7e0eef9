"""Choosing the facts for one agency, one by one. Nothing is ticked beforehand, and whole notes cannot be."""

from typing import Any

import reflex as rx

from sgapp.domain.vocabulary import SEND_METHODS
from sgapp.ui.components.durable_form import durable_form
from sgapp.ui.components.fields import choice, select_field, text_area, text_field
from sgapp.ui.components.page_parts import loaded_page, page_head
from sgapp.ui.components.pictures import empty_state, panel
from sgapp.ui.pages.refer.state import ReferState
from sgapp.ui.templates import desk_page

compose: Any = ReferState.compose  # a Var: its attributes exist in the browser


def _fact(option: Any) -> rx.Component:
    return rx.el.label(rx.el.input(type="checkbox", name="facts", value=option.value), rx.el.span(option.label),
                       class_name="pick", key=option.value)


def _group(group: Any) -> rx.Component:
    facts = rx.el.div(rx.foreach(group.options, _fact), class_name="grid gap-2", role="group", aria_label=group.heading)
    return rx.cond(group.seldom,
                   rx.el.details(rx.el.summary(group.heading, class_name="folded-summary"), facts, class_name="folded"),
                   rx.el.div(rx.el.p(group.heading, class_name="hint mb-1", aria_hidden="true"), facts))


def _facts() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend("The facts", class_name="field-label"),
        rx.el.p("Tick each fact they need. What is not ticked stays here.", class_name="hint", id="f-facts-hint"),
        rx.el.div(rx.foreach(compose.groups, _group), class_name="grid gap-4 mt-2"),
        rx.el.p(id="f-facts-error", class_name="field-error", custom_attrs={"hidden": True}),
        class_name="field", aria_describedby="f-facts-hint f-facts-error",
        custom_attrs={"data-field": "facts", "data-many": "true"})


def _decided() -> rx.Component:
    def listed(heading: str, entries: Any) -> rx.Component:
        return rx.el.div(rx.el.p(heading, class_name="hint"),
                         rx.el.ul(rx.foreach(entries, rx.el.li), class_name="list-disc pl-5"))

    return panel(
        listed("Needed", compose.decided_what), listed("Left out on purpose", compose.left_out),
        rx.el.p("Must not know: ", compose.must_not_know, class_name="hint"),
        rx.cond(compose.review_awaited, rx.el.p("A second review is awaited today. You can send before it if waiting would "
                                                "be unsafe.", class_name="hint"), rx.fragment()),
        heading="What you decided", class_name="grid gap-3 content-start")


@desk_page("/refer", "Referral", here="/cases", on_load=[ReferState.load_offers])
def page() -> rx.Component:
    form = durable_form(
        select_field("agency", "To which agency", options=compose.agencies),
        text_field("recipient", "Team or person", default=compose.recipient),
        choice("method", "How", options=SEND_METHODS.options()),
        text_area("purpose", "What this lets them do", rows=2),
        text_area("asked_for", "What you ask of them", rows=2),
        _facts(),
        intent="prepare-referral", form_key="prepare-referral:" + ReferState.case_id,
        hidden={"case_id": ReferState.case_id}, submit="See it as it will leave")
    first = empty_state("Decide first", "There is no decision to share yet. It says what may be chosen, and for whom.",
                        rx.el.a("Record the decision", href="/decide?id=" + ReferState.case_id, class_name="btn btn-primary"))
    return loaded_page(
        ReferState.loaded, ReferState.missing,
        page_head(rx.el.span("Case ", compose.reference, " · choose the facts"), compose.person),
        rx.cond(compose.agencies.length() > 0, rx.el.div(panel(form), _decided(), class_name="two-columns"), first),
        rx.el.a("Back to the case", href="/case?id=" + ReferState.case_id, class_name="link"))
