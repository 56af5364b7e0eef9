"""One kept upload. A lead who sees that something arrived and could not simply be read: why, and the one next step."""

from typing import Any

import reflex as rx

from sgapp.ui.components.durable_form import durable_form, intent_button
from sgapp.ui.components.fields import text_area
from sgapp.ui.components.page_parts import folded, loaded_page, page_head, single
from sgapp.ui.components.pictures import panel
from sgapp.ui.pages.kept.state import KeptPageState
from sgapp.ui.templates import desk_page

kept: Any = KeptPageState.kept


def _steps() -> rx.Component:
    mine = {"kept_id": KeptPageState.kept_id}
    return rx.el.div(
        panel(rx.el.p(kept.hint, class_name="mb-3"),
              intent_button("Take it in", intent="take-in-kept", hidden=mine, primary=True),
              heading="Next", class_name="next-step"),
        folded("Set it aside", durable_form(
            text_area("reason", "Why", hint="For example: the writer rang and wrote it again.", required=True),
            intent="set-kept-aside", form_key="set-kept-aside:" + KeptPageState.kept_id, hidden=mine, submit="Set it aside")),
        class_name="grid gap-3 max-w-2xl")


@desk_page("/kept", "Kept", here="/desk", on_load=[KeptPageState.load_kept])
def page() -> rx.Component:
    return loaded_page(
        KeptPageState.shown, KeptPageState.missing,
        page_head(rx.el.span("Arrived ", kept.received, " from ", kept.author), rx.el.span("Note ", kept.reference)),
        panel(rx.el.p(kept.why, class_name="font-semibold"),
              rx.el.p("It is kept, sealed as it came. The writer sees “delivered”.", class_name="hint"),
              single("Looked at by", kept.looked), class_name="grid gap-2 max-w-2xl"),
        rx.cond(kept.waiting & kept.may_take_in, _steps(), rx.fragment()))
