"""The monthly sample. An auditor draws once with a seed, scores case by case, and looks again at what the last one asked."""

from typing import Any

import reflex as rx

from sgapp.services.views.measures import ABOVE, HIGH
from sgapp.ui.components.as_asked import as_asked
from sgapp.ui.components.charts import columns
from sgapp.ui.components.durable_form import durable_form
from sgapp.ui.components.fields import YES_NO, choice, select_field, text_area, text_field
from sgapp.ui.components.page_parts import folded, page_head
from sgapp.ui.components.pictures import empty_state, panel
from sgapp.ui.pages.sample.state import SampleState
from sgapp.ui.templates import desk_page

found: Any = SampleState.found  # a Var: its attributes exist in the browser


def _draw() -> rx.Component:
    form = durable_form(
        text_field("month", "Month", type="month", required=True, within="draw"),
        text_field("seed", "Seed", required=True, within="draw",
                   hint="Any word or number that was agreed on before anybody knew what it draws, such as the lottery's."),
        rx.cond(found.branches.length() > 0, select_field("branch", "Branch", options=found.branches, within="draw"),
                rx.fragment()),
        intent="draw-sample", form_key="draw-sample:sample", submit="Draw the sample", stay=True,
        on_saved=SampleState.load_sample)
    return folded("Draw a month's sample", rx.el.p(
        "It is drawn once and cannot be drawn again. Whoever draws may read what was drawn, without names, and stands on the "
        "list of a file about staff from then on; those on it are told.", class_name="hint"), form)


def _case(case: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(rx.el.a(case.reference, href="/score?id=" + case.case_id, class_name="font-semibold row-title")),
            rx.cond(case.because, rx.el.p(case.because, class_name="hint"), rx.fragment()),
            rx.cond(case.scored, rx.el.p(case.scored), rx.el.p("Not scored yet", class_name="hint")),
            rx.cond(case.agreement, rx.el.p(case.agreement, class_name="font-semibold"), rx.fragment()),
            rx.cond(case.why_not, rx.el.p(case.why_not, class_name="hint"), rx.fragment()), class_name="row-what"),
        rx.cond(case.to_score, rx.el.a("Score", rx.el.span(" case ", case.reference, class_name="sr-only"),
                                       href="/score?id=" + case.case_id, class_name="btn btn-quiet"),
                rx.el.a("Look", rx.el.span(" at case ", case.reference, class_name="sr-only"),
                        href="/score?id=" + case.case_id, class_name="btn btn-quiet")),
        class_name="row row-wide", key=case.case_id)


def _action(action: Any, *, look: bool) -> rx.Component:
    form = durable_form(
        choice("holds", "Does it hold now?", options=YES_NO, within=action.id),
        text_area("found", "What you looked at", rows=2, within=action.id),
        intent="reaudit-action", form_key="reaudit-action:" + action.id, hidden={"action_id": action.id},
        submit="Record it", stay=True, on_saved=SampleState.load_sample)
    return rx.el.li(
        rx.el.div(rx.el.p(action.what, class_name="font-semibold"),
                  rx.el.p(action.case, " · ", action.owner, " · ", action.stands, class_name="hint"),
                  rx.cond(action.looked, rx.el.p(action.looked), rx.fragment()),
                  rx.cond(action.to_look, folded("Look again", form), rx.fragment()) if look else rx.fragment(),
                  class_name="row-what grid gap-2"),
        class_name="row row-wide", key=action.id)


def _actions(actions: Any, heading: str, *, look: bool) -> rx.Component:
    listed = rx.el.ul(rx.foreach(actions, lambda a: _action(a, look=look)), class_name="rows", aria_label=heading)
    return rx.cond(actions.length() > 0, panel(listed, heading=heading), rx.fragment())


def _trend() -> rx.Component:
    heads = ("Sample", "Points", "Share", "Critical, not met", "Two people agreed")
    table = rx.el.table(
        rx.el.thead(rx.el.tr(*(rx.el.th(h, scope="col", class_name="number" if n else "") for n, h in enumerate(heads)))),
        rx.el.tbody(rx.foreach(found.trend_rows, lambda r: rx.el.tr(
            rx.el.th(r.month, scope="row"),
            *(rx.el.td(text, class_name="number") for text in (r.points, r.share, r.noughts, r.agreed))))),
        class_name="facts figures")
    return panel(columns(found.trend, "Points of those that were possible; what does not apply counts in neither.", bar_wide=58,
                         floor=ABOVE + HIGH),
                 rx.el.div(table, class_name="scrolls", tab_index=0, role="region", aria_label="Month by month"),
                 heading="Month by month", class_name="grid gap-3")


def _whole() -> rx.Component:
    months = rx.el.div(rx.foreach(found.months, lambda m: rx.el.button(
        m.label, type="button", on_click=SampleState.choose_sample(m.value), class_name="btn btn-quiet",
        custom_attrs={"aria-pressed": rx.cond(found.month == m.value, "true", "false")})),
        class_name="flex flex-wrap gap-2", role="group", aria_label="Which sample")
    return rx.el.div(
        rx.cond(found.months.length() > 1, months, rx.fragment()),
        panel(rx.el.p(found.drawn, "."),
              rx.el.p("Anybody at the machine can repeat it, as long as nothing of its cases has changed:", class_name="hint"),
              rx.el.p(rx.el.code(found.command, class_name="command")),
              rx.el.ul(rx.foreach(found.cases, _case), class_name="rows", aria_label="Drawn cases"),
              heading=found.title, class_name="grid gap-3"),
        _actions(found.made, "What it asked for", look=False),
        _actions(found.earlier, "What earlier samples asked for: look again", look=True), _trend(), class_name="grid gap-5")


@desk_page("/sample", "Sample", on_load=[SampleState.load_sample])
def page() -> list[rx.Component]:
    return [
        page_head("Drawn once, scored by somebody who had no part in it", "Monthly sample"),
        as_asked(SampleState.shown, rx.el.div(
            rx.cond(found.months.length() > 0, _whole(),
                    empty_state("No sample yet", "An auditor draws one for each month.")),
            rx.cond(found.may_draw, _draw(), rx.fragment()), class_name="grid gap-5")),
    ]
