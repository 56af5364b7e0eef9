"""The evidence of a month. A manager the week before an inspection: say for whom, fetch one file, know what is not in it."""

from typing import Any

import reflex as rx

from sgapp.domain.cqc_tags import PARTS
from sgapp.ui.components.as_asked import as_asked
from sgapp.ui.components.durable_form import durable_form
from sgapp.ui.components.fields import text_area, text_field
from sgapp.ui.components.made_file import made_file
from sgapp.ui.components.page_parts import folded, page_head
from sgapp.ui.components.pictures import empty_state, panel
from sgapp.ui.pages.evidence.state import EvidenceState
from sgapp.ui.templates import desk_page

found: Any = EvidenceState.found  # a Var: its attributes exist in the browser


def _line(line: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.el.p(line.month, class_name="font-semibold"), rx.el.p(line.what),
                  rx.el.p("Asked for by ", line.asked, class_name="hint"), class_name="row-what"),
        made_file("Fetch", made=line.made, about=f" the evidence of {line.month}", counted="adults read"),
        class_name="row row-wide", key=line.id)


@desk_page("/evidence", "Evidence", on_load=[EvidenceState.load_evidence])
def page() -> list[rx.Component]:
    form = durable_form(
        text_field("month", "Month", type="month", required=True, within="evidence"),
        text_field("recipient", "Who is it for?", required=True, within="evidence", hint="Such as the commissioner, or CQC."),
        text_field("purpose", "What is it for?", required=True, within="evidence", hint="Both stand in it, and stay here."),
        intent="ask-for-evidence", form_key="ask-for-evidence:evidence", submit="Ask for it", stay=True,
        on_saved=EvidenceState.load_evidence)
    tags = durable_form(
        *[text_area(part, label, required=True, within="tags", default=found.tags[part], rows=2) for part, label in PARTS],
        intent="set-cqc-tags", form_key="set-cqc-tags:evidence", submit="Word them so", stay=True,
        on_saved=EvidenceState.load_evidence)
    listed = rx.cond(
        found.lines.length() > 0, rx.el.ul(rx.foreach(found.lines, _line), class_name="rows", aria_label="Asked for"),
        empty_state("Nothing asked for yet", "Ask for a month; then it can be fetched here as one file."))
    out = rx.el.ul(rx.foreach(found.taken_out, rx.el.li), class_name="grid gap-2 plain-list")
    return [
        page_head("One file, signed, without names", "Evidence of a month"),
        as_asked(EvidenceState.shown, rx.el.div(
            panel(rx.el.p("With many cases it takes a minute or more to make; stay on this page. Whoever gets "
                          "it can check it with “sgapp evidence verify”.", class_name="hint"), listed, heading="Fetch",
                  class_name="grid gap-3"),
            panel(form, heading="Another month"), panel(out, heading="What is not in it"),
            folded("CQC’s statements", rx.el.p(
                "Under which of them each part is found; it stands in every pack. The framework changes: word them as it is "
                "now, a line each. ", found.tags_set, ".", class_name="hint"), tags), class_name="grid gap-5"))]
