"""One case. The next step stands first; then the course as a picture; then who knows what, and what happened."""

from typing import Any

import reflex as rx

from sgapp.ui.components.course import course
from sgapp.ui.components.page_parts import codes, folded, lines, loaded_page, opens, page_head
from sgapp.ui.components.pictures import badge_due, panel, station_line, timeline
from sgapp.ui.pages.case import forms
from sgapp.ui.pages.case.state import CaseState
from sgapp.ui.templates import desk_page

case: Any = CaseState.case  # a Var: its attributes exist in the browser


def _next_step() -> rx.Component:
    step = case.next_step
    return rx.el.section(
        rx.el.div(rx.el.p("Next step", class_name="hint"), rx.el.p(step.text, class_name="font-semibold text-lg"),
                  rx.el.p(step.hint, class_name="hint"), class_name="grow"),
        rx.cond(step.button, rx.el.a(step.button, href=step.href, class_name="btn btn-primary"), rx.fragment()),
        class_name="panel next-step flex flex-wrap items-center gap-4", aria_label="Next step")


def _decision(decision: Any) -> rx.Component:
    return rx.el.article(
        rx.el.h3(decision.heading, class_name="font-semibold"),
        rx.cond(decision.version, rx.el.p(decision.version, class_name="hint"), rx.fragment()),
        rx.cond(decision.review, rx.el.p(decision.review, class_name="hint"), rx.fragment()),
        rx.cond(decision.changes.length() > 0, opens("What changed", _changes(decision.changes)), rx.fragment()),
        opens("The whole record", lines(decision.lines)),
        rx.cond(decision.guidance.length() > 0, opens("Guidance that was shown", lines(decision.guidance)), rx.fragment()),
        rx.cond(decision.may_review, forms.second_review(decision), rx.fragment()),
        class_name="grid gap-2", key=decision.id)


def _changes(changes: Any) -> rx.Component:
    head = rx.el.thead(rx.el.tr(*(rx.el.th(text, scope="col") for text in ("Question", "Before", "Now"))))
    return rx.el.table(head, rx.el.tbody(rx.foreach(changes, lambda c: rx.el.tr(
        rx.el.th(c.label, scope="row"), rx.el.td(c.before), rx.el.td(c.after)))), class_name="facts even")


def _referral(referral: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.cond(referral.href,
                          rx.el.a(referral.reference, " · ", referral.agency, href=referral.href,
                                  class_name="font-semibold row-title"),
                          rx.el.p(referral.reference, " · ", referral.agency, class_name="font-semibold")),
                  rx.el.p(referral.state, class_name="hint")),
        rx.cond(referral.due, rx.el.span(referral.due, class_name="badge-due"), rx.fragment()),
        class_name="flex items-center justify-between gap-3", key=referral.id)


def _moment(moment: Any) -> rx.Component:
    return rx.fragment(
        rx.el.p(moment.when, " · ", moment.who, class_name="hint"),
        rx.el.p(moment.what),
        rx.cond(moment.detail, rx.el.p(moment.detail, class_name="hint"), rx.fragment()),
        rx.cond(moment.quote, rx.el.blockquote("“", moment.quote, "”", class_name="quote mt-1"), rx.fragment()))


def _waits() -> rx.Component:
    """Whom the case waits for, for what, until when."""
    def line(waited: Any) -> rx.Component:
        return rx.el.li(
            rx.el.div(rx.cond(waited.href, rx.el.a(waited.who, href=waited.href, class_name="font-semibold row-title"),
                              rx.el.p(waited.who, class_name="font-semibold")),
                      rx.el.p(waited.what, class_name="hint"), class_name="grow"),
            badge_due(waited.due, waited.tone), class_name="flex items-start justify-between gap-3")

    return rx.cond(case.waiting.length() > 0, panel(
        rx.el.ul(rx.foreach(case.waiting, line), class_name="grid gap-3", aria_label="Whom this waits for"),
        heading="Waits for"), rx.fragment())


def _knows() -> rx.Component:
    def told(when: Any) -> rx.Component:
        return rx.el.td(rx.cond(when, when, rx.el.span("–", rx.el.span("not told", class_name="sr-only"))))

    table = rx.el.table(
        rx.el.thead(rx.el.tr(rx.el.th("Fact", scope="col"),
                             rx.foreach(case.knows.agencies, lambda agency: rx.el.th(agency, scope="col")))),
        rx.el.tbody(rx.foreach(case.knows.rows, lambda row: rx.el.tr(
            rx.el.th(row.fact, scope="row", class_name="fact-told"), rx.foreach(row.told, told)))), class_name="facts")
    told_what = rx.el.div(table, class_name="scrolls", tab_index=0, role="region",
                          aria_label="Which agency was told which fact")
    return panel(
        rx.cond(case.knows.rows.length() > 0, told_what, rx.el.p("Nothing has left the house.", class_name="hint")),
        rx.cond(case.must_not_know, rx.el.p("Must not know: ", case.must_not_know, class_name="hint mt-2"), rx.fragment()),
        heading="Who knows what")


def _decisions() -> rx.Component:
    return panel(
        rx.cond(case.triage, rx.el.p(case.triage, class_name="mb-3"), rx.fragment()),
        rx.el.div(rx.foreach(case.decisions, _decision), class_name="grid gap-4"),
        rx.cond(case.is_open & case.may_work,
                rx.el.a("Record a sharing decision", href="/decide?id=" + case.id, class_name="btn btn-quiet mt-3"),
                rx.fragment()),
        heading="Decisions")


def _referrals() -> rx.Component:
    return panel(
        rx.el.ul(rx.foreach(case.referrals, _referral), class_name="grid gap-3"),
        rx.cond(case.is_open & case.may_work,
                rx.el.a("Choose facts for an agency", href="/refer?id=" + case.id, class_name="btn btn-quiet mt-3"),
                rx.fragment()),
        heading="Referrals")


def _work() -> rx.Component:
    """Everything that can be added, folded side by side; what is opened takes the whole width."""
    return rx.el.div(
        rx.cond(case.may_emergency, folded("Danger now", forms.emergency()), rx.fragment()),
        rx.cond(case.may_work, rx.fragment(*_lead_work()), rx.fragment()),
        class_name="work-grid")


def _lead_work() -> list[rx.Component]:
    return [
        rx.cond(case.triage, folded("Decide again", forms.triage(), anchor="triage-again"),
                folded("Decide what happens", forms.triage(), anchor="triage", open_when=True)),
        rx.cond(case.watching, folded("Look again", forms.review(), anchor="review", open_when=True), rx.fragment()),
        folded("Kind of harm", forms.harm(), anchor="harm", open_when=case.harm_owed),
        folded("Risk level", forms.risk()),
        folded("Advice taken", forms.consultation()),
        folded("Capacity", lines(case.capacity), forms.capacity()),
        folded("Checklist of risk", lines(case.checklists), forms.checklist()),
        rx.cond(case.marac_waits, folded("Not to MARAC", forms.no_marac()), rx.fragment()),
        folded("Protection in place", forms.protection(), forms.take_off_rota()),
        folded("Who the adult is", forms.adult(), anchor="adult"),
        folded("Add an action", forms.add_action()),
        rx.cond(case.cqc_owed, folded("CQC", forms.cqc(), anchor="cqc", open_when=True), folded("CQC", forms.cqc())),
        rx.cond(case.may_open_matter & (case.matters.length() == 0),
                folded("It is about a colleague", forms.open_matter()), rx.fragment()),
        rx.el.a(rx.cond(case.plan, "Safety plan and contacts", "Write a safety plan"), href="/plan?id=" + case.id,
                class_name="btn btn-quiet"),
        rx.el.a("Close the case", href="/close?id=" + case.id, class_name="btn btn-quiet"),
    ]


def _who() -> rx.Component:
    """Who may know of a restricted case, and the matter about staff beside it, for those who are named on that."""
    named = rx.el.ul(rx.foreach(case.listed, lambda o: rx.el.li(o.label)), class_name="grid gap-1")
    matters = rx.foreach(case.matters, lambda m: rx.el.a("Matter ", m.label, href=m.value, class_name="btn btn-quiet"))
    beside = rx.el.div(matters, class_name="flex flex-wrap gap-2")
    return rx.cond(
        case.restricted & (case.listed.length() > 0),
        panel(named, rx.cond(case.may_list & case.is_open, folded("Let somebody in", forms.let_in()), rx.fragment()),
              rx.cond(case.may_list & case.is_open, folded("Keep it from somebody", forms.keep_from()), rx.fragment()), beside,
              heading="Who may know", class_name="grid gap-3"), rx.fragment())


@desk_page("/case", "Case", here="/cases", on_load=[CaseState.load_case])
def page() -> rx.Component:
    tags = [rx.cond(case.risk, rx.el.span("risk: ", case.risk, class_name="tag"), rx.fragment()),
            rx.cond(case.restricted, rx.el.span("restricted", class_name="tag"), rx.fragment()), codes(case.codes)]
    return loaded_page(
        CaseState.shown, CaseState.missing,
        page_head(rx.el.span("Case ", case.reference, " · ", case.types), case.person, *tags),
        rx.cond(case.only_until, rx.el.p("Open to you until ", case.only_until, ". Those who answer for it know, and why.",
                                         role="status", class_name="panel panel-alert"), rx.fragment()),
        rx.cond(case.masked, rx.el.p("Names are taken out. One that nobody has recorded as a name may still stand in a text.",
                                     class_name="panel panel-tight hint"), rx.fragment()),
        _next_step(),
        panel(station_line(case.stations), course(case.picture), heading="The course", class_name="grid gap-4"),
        rx.cond(case.is_open, _work(), rx.fragment()),
        rx.el.div(
            rx.el.div(
                _waits(), rx.el.div(_decisions(), id="decisions"), _referrals(),
                rx.cond(case.actions.length() > 0, rx.el.div(forms.actions(), id="actions"), rx.fragment()),
                _knows(), _who(),
                rx.cond(case.masked, rx.fragment(), rx.el.p(rx.el.a("What was learned", href="/learning?id=" + case.id,
                                                                    class_name="btn btn-quiet"))),
                class_name="grid gap-5 content-start"),
            panel(timeline(case.moments, _moment), heading="What happened"),
            class_name="two-columns"))
