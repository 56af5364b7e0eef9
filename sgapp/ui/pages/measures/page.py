"""The figures. A manager before a meeting: what is counted, of how many, what is missing, and the files behind it."""

from typing import Any

import reflex as rx

from sgapp.services.views.measures import ABOVE, COLUMN, HIGH, SPANS, WIDE
from sgapp.ui.components.as_asked import as_asked
from sgapp.ui.components.charts import columns, way
from sgapp.ui.components.fields import select_field, text_field
from sgapp.ui.components.page_parts import file_link, line, page_head
from sgapp.ui.components.pictures import panel
from sgapp.ui.pages.measures.state import MeasuresState
from sgapp.ui.templates import desk_page

found: Any = MeasuresState.found  # a Var: its attributes exist in the browser
detail: Any = found.detail
_FLOOR = ABOVE + HIGH
_HEADS = ("Yes", "Of", "Share", "Not recorded", "Still open", "Half within", "90 % within")


def _period() -> rx.Component:
    spans = tuple((str(n), "1 month" if n == 1 else f"{n} months") for n in SPANS)
    return rx.el.form(
        text_field("until", "Up to", type="month", default=found.until),
        select_field("months", "Over", options=spans, default=found.months, empty="12 months"),
        rx.cond(found.branches.length() > 1, select_field("branch", "Branch", options=found.branches, default=found.branch,
                                                          empty="All you may see"), rx.fragment()),
        rx.el.button("Count", type="submit", class_name="btn btn-quiet"),
        on_submit=MeasuresState.set_period, class_name="period", aria_label="What is counted")


def _numbers(row: Any) -> list[rx.Component]:
    return [rx.el.td(text, class_name="number")
            for text in (row.met, row.of, row.share, row.unknown, row.open, row.median, row.ninth)]


def _head(first: str) -> rx.Component:
    return rx.el.thead(rx.el.tr(rx.el.th(first, scope="col"), *(rx.el.th(h, scope="col", class_name="number") for h in _HEADS)))


def _scrolled(table: rx.Component, label: Any) -> rx.Component:
    return rx.el.div(table, class_name="scrolls", tab_index=0, role="region", aria_label=label)


def _all() -> rx.Component:
    def row(r: Any) -> rx.Component:
        chosen = rx.cond(detail.code == r.code, "true", "false")
        name = rx.el.button(r.label, type="button", on_click=MeasuresState.show_measure(r.code), class_name="measure-name",
                            custom_attrs={"aria-pressed": chosen})
        return rx.el.tr(rx.el.th(name, scope="row"), *_numbers(r), custom_attrs={"data-chosen": chosen})

    table = rx.el.table(_head("Measure"), rx.el.tbody(rx.foreach(found.rows, row)), class_name="facts figures")
    return panel(_scrolled(table, "All measures"), heading="All measures")


def _table(rows: Any, first: str, label: Any) -> rx.Component:
    body = rx.el.tbody(rx.foreach(rows, lambda r: rx.el.tr(rx.el.th(r.label, scope="row"), *_numbers(r))))
    return _scrolled(rx.el.table(_head(first), body, class_name="facts figures"), label)


def _definition() -> rx.Component:
    return rx.el.dl(
        line("Counted are", detail.counted),
        rx.cond(detail.plain, rx.fragment(), rx.fragment(line("Yes means", detail.met), line("Not recorded", detail.unknown))),
        rx.cond(detail.reads, line("How to read it", detail.reads), rx.fragment()), class_name="grid gap-3 definition")


def _spread() -> rx.Component:
    counts = rx.el.table(
        rx.el.thead(rx.el.tr(rx.el.th("How long", scope="col"), rx.el.th("How many", scope="col", class_name="number"))),
        rx.el.tbody(rx.foreach(detail.spread_rows, lambda r: rx.el.tr(
            rx.el.th(r.label, scope="row"), rx.el.td(r.of, class_name="number")))), class_name="facts figures narrow")
    return rx.cond(detail.timed, rx.el.section(
        rx.el.h3("How long it took", class_name="panel-heading"),
        columns(detail.spread, "How many took so long. What has not happened yet has no length and is not here.",
                bar_wide=58, floor=_FLOOR),
        counts, class_name="grid gap-3", aria_label="How long it took"), rx.fragment())


def _records() -> rx.Component:
    listed = rx.el.ul(rx.foreach(detail.records, lambda r: rx.el.li(
        rx.el.a(r.reference, href=r.href, class_name="link"), rx.el.span(" · ", r.when, class_name="hint"),
        rx.cond(r.stands, rx.el.span(" · ", r.stands), rx.fragment()))), class_name="behind", aria_label="Records behind it")
    return rx.cond(
        found.counts_only,
        rx.el.p("You see the counts. Which files they are is for those who work on them.", class_name="hint"),
        rx.cond(detail.records.length() > 0, rx.el.section(
            rx.el.h3("The records behind it", class_name="panel-heading"), listed,
            rx.cond(detail.more, rx.el.p(detail.more, class_name="hint"), rx.fragment()), aria_label="The records behind it"),
                rx.fragment()))


def _detail() -> rx.Component:
    caption = rx.cond(detail.plain, "How many in each month.",
                      "Each column is all that counts in its month. Filled: yes. Hatched: not recorded. Empty: no.")
    return rx.el.section(
        rx.el.h2(detail.title, id="measure", tab_index=-1, class_name="text-xl font-semibold"),
        rx.el.div(_definition(), class_name="measure-words"),
        rx.el.section(rx.el.h3("Month by month", class_name="panel-heading"),
                      columns(detail.trend, caption, bar_wide=COLUMN * 3 // 5, floor=_FLOOR),
                      _table(detail.months.rows, "Month", "By month"), class_name="grid gap-3", aria_label="Month by month"),
        _spread(),
        rx.foreach(detail.tables, lambda t: rx.el.div(
            rx.el.h3(t.heading, class_name="panel-heading"), _table(t.rows, "Which", t.heading))),
        _records(), class_name="panel grid gap-6", aria_labelledby="measure")


def _aligned() -> rx.Component:
    return panel(
        rx.el.p("Counts of April to March with the collection's labels, for whoever fills in the return: the local authority. "
                "They are not the return.", class_name="hint"),
        rx.el.p(file_link("Take them along as a table", href=found.sac_href)),
        heading="Aligned with the Safeguarding Adults Collection", class_name="grid gap-3")


@desk_page("/measures", "Figures", on_load=[MeasuresState.load_measures])
def page() -> list[rx.Component]:
    said = rx.el.div(
        rx.el.p(found.left_out, " A low number is not a good one by itself: look at what it is counted of.", class_name="hint"),
        rx.cond(found.broken, rx.el.p(found.broken, class_name="font-semibold"), rx.fragment()))
    return [
        page_head(rx.fragment("Counted ", found.as_of), rx.fragment("Figures, ", found.period),
                  rx.el.a("Questions to ask", href="/patterns", class_name="btn btn-quiet")),
        as_asked(MeasuresState.shown, rx.el.div(
            _period(), said,
            panel(way(found.way, wide=WIDE), heading="How far the cases came that were opened in these months"),
            _all(), _detail(),
            _aligned(), class_name="grid gap-5"), says="Counting …"),
    ]
