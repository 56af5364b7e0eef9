"""The evidence of a month. A manager the week before an inspection: say for whom, fetch one file, know what is not in it."""

from typing import Any

import reflex as rx

from sgapp.ui.components.durable_form import durable_form
from sgapp.ui.components.fields import text_field
from sgapp.ui.components.page_parts import file_link, page_head
from sgapp.ui.components.pictures import empty_state, panel, waiting
from sgapp.ui.pages.evidence.state import EvidenceState
from sgapp.ui.templates import desk_page

found: Any = EvidenceState.found  # a Var: its attributes exist in the browser


def _line(line: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.el.p(line.month, class_name="font-semibold"), rx.el.p(line.what),
                  rx.el.p("Asked for by ", line.asked, class_name="hint"), class_name="row-what"),
        file_link("Fetch", rx.el.span(" the evidence of ", line.month, class_name="sr-only"), href=line.href),
        class_name="row row-wide", key=line.id)


@desk_page("/evidence", "Evidence", on_load=[EvidenceState.load_evidence])
def page() -> list[rx.Component]:
    form = durable_form(
        text_field("month", "Month", type="month", required=True, within="evidence"),
        text_field("recipient", "Who is it for?", required=True, within="evidence", hint="Such as the commissioner, or CQC."),
        text_field("purpose", "What is it for?", required=True, within="evidence", hint="Both stand in it, and stay here."),
        intent="ask-for-evidence", form_key="ask-for-evidence:evidence", submit="Ask for it", stay=True,
        on_saved=EvidenceState.load_evidence)
    listed = rx.cond(
        found.lines.length() > 0, rx.el.ul(rx.foreach(found.lines, _line), class_name="rows", aria_label="Asked for"),
        empty_state("Nothing asked for yet", "Ask for a month; then it can be fetched here as one file."))
    out = rx.el.ul(rx.foreach(found.taken_out, rx.el.li), class_name="grid gap-2 plain-list")
    return [
        page_head("One file, signed, without names", "Evidence of a month"),
        rx.cond(EvidenceState.loaded, rx.el.div(
            panel(rx.el.p("Making it takes a minute or more with many cases; the browser shows that it is coming. Whoever gets "
                          "it can check it with “sgapp evidence verify”.", class_name="hint"), listed, heading="Fetch",
                  class_name="grid gap-3"),
            panel(form, heading="Another month"), panel(out, heading="What is not in it"), class_name="grid gap-5"), waiting())]
