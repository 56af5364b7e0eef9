"""What was agreed, across the cases. A manager on Monday with a coffee: who owes what, what is late, what shows it was done."""

from typing import Any

import reflex as rx

from sgapp.ui.components.as_asked import as_asked
from sgapp.ui.components.key_rows import key_rows
from sgapp.ui.components.page_parts import page_head
from sgapp.ui.components.pictures import badge_due, empty_state
from sgapp.ui.pages.actions.state import ActionsState
from sgapp.ui.templates import desk_page

board: Any = ActionsState.board  # a Var: its attributes exist in the browser


def _tile(tile: Any) -> rx.Component:
    return rx.el.button(
        rx.el.span(tile.label, class_name="hint"),
        rx.el.span(tile.count, class_name=["text-2xl font-semibold", rx.cond(tile.alarming, "text-error", "")]),
        on_click=ActionsState.show_only(tile.show), type="button", class_name="panel panel-tight tile",
        custom_attrs={"aria-pressed": rx.cond(ActionsState.show == tile.show, "true", "false")})


def _card(card: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.cond(card.due, badge_due(card.due, card.tone), rx.el.span(card.state, class_name="tag")),
                  class_name="row-due"),
        rx.el.div(
            rx.el.p(rx.el.a(card.what, href=card.href, class_name="font-semibold row-title")),
            rx.el.p(card.owner, " · ", card.agency, class_name="hint"), rx.el.p(card.case, class_name="hint"),
            rx.cond(card.evidence, rx.el.p(card.evidence), rx.fragment()), class_name="row-what"),
        rx.el.div(rx.el.a("Open", rx.el.span(" ", card.what, class_name="sr-only"), href=card.href, class_name="btn btn-quiet"),
                  class_name="row-step"),
        class_name="row", key=card.id, custom_attrs={"data-due": card.tone})


@desk_page("/actions", "Actions", on_load=[ActionsState.load_actions])
def page() -> list[rx.Component]:
    listed = rx.cond(
        board.cards.length() > 0, key_rows(rx.foreach(board.cards, _card), label="Agreed actions"),
        empty_state("No action here", "Actions are agreed on a case, or reported by an agency on its own page."))
    return [
        page_head("What was agreed, across the cases", "Actions"),
        as_asked(ActionsState.shown, rx.el.div(
            rx.el.div(rx.foreach(board.tiles, _tile), class_name="tiles tiles-four", role="group", aria_label="Show only"),
            listed,
            rx.cond(board.more, rx.el.p("There are more than are shown here. Choose one kind above.", class_name="hint"),
                    rx.fragment()),
            class_name="grid gap-5")),
    ]
