"""Who is close to whom. A manager, once in a while and alone: what is about one of them is then kept from the other."""

from typing import Any

import reflex as rx

from sgapp.domain.ties import TIE_LABELS
from sgapp.ui.components.as_asked import as_asked
from sgapp.ui.components.durable_form import durable_form, intent_button
from sgapp.ui.components.fields import choice, select_field
from sgapp.ui.components.page_parts import folded, page_head
from sgapp.ui.components.pictures import empty_state
from sgapp.ui.pages.colleagues.state import ColleaguesState
from sgapp.ui.templates import desk_page

found: Any = ColleaguesState.found  # a Var: its attributes exist in the browser


def _tie(tie: Any) -> rx.Component:
    end = intent_button("Take out", intent="remove-tie", hidden={"tie_id": tie.id}, stay=True,
                        on_saved=ColleaguesState.load_colleagues)
    return rx.el.li(
        rx.el.div(rx.el.p(tie.who, class_name="font-semibold"), rx.el.p(tie.recorded, class_name="hint"),
                  class_name="row-what"),
        rx.el.div(rx.el.span(tie.kind, class_name="tag"), class_name="row-due"), rx.el.div(end, class_name="row-step"),
        class_name="row", key=tie.id)


def _form() -> rx.Component:
    return durable_form(
        select_field("one", "Somebody", options=found.staff, required=True),
        select_field("other", "and somebody else", options=found.staff, required=True),
        choice("kind", "How are they close?", options=tuple((str(k), label) for k, label in TIE_LABELS.items()), required=True),
        intent="add-tie", form_key="add-tie:new", submit="Record it", stay=True, on_saved=ColleaguesState.load_colleagues)


@desk_page("/colleagues", "Colleagues", on_load=[ColleaguesState.load_colleagues])
def page() -> list[rx.Component]:
    ties = rx.el.ul(rx.foreach(found.ties, _tie), class_name="rows", aria_label="Close ties")
    listed = rx.cond(found.ties.length() > 0, ties,
                     empty_state("Nothing is recorded", "Nobody should read what is about a friend: record who is close."))
    return [page_head("What is about one is kept from the other", "Close ties"),
            as_asked(ColleaguesState.shown, rx.el.div(listed, folded("Two are close", _form()), class_name="grid gap-5"))]
