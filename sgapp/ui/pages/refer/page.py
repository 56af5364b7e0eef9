"""Choosing the facts for one agency. A lead on a tablet, ten quiet minutes: at the left the facts, at the right the letter.

Nothing is chosen beforehand, whole notes cannot be, and whoever chooses a fact says by it why they need it.
"""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from sgapp.domain.agency_kinds import Detail, Entry, all_details
from sgapp.domain.letter import LONGEST, told
from sgapp.domain.vocabulary import FACT_REASONS, SEND_METHODS
from sgapp.ui.components.durable_form import durable_form
from sgapp.ui.components.fields import choice, date_field, date_time_field, select_field, text_area, text_field
from sgapp.ui.components.letters import letter_preview
from sgapp.ui.components.page_parts import folded, loaded_page, page_head
from sgapp.ui.components.pictures import empty_state, panel
from sgapp.ui.pages.refer.state import ReferState
from sgapp.ui.templates import desk_page

compose: Any = ReferState.compose  # a Var: its attributes exist in the browser
_FORM = "compose"


def _fact(offer: Any) -> rx.Component:
    flags = rx.cond(offer.flags, rx.el.span(offer.flags, class_name="flag"), rx.fragment())
    reasons = [rx.el.option(label, value=code) for code, label in FACT_REASONS.options()]
    return rx.el.label(
        rx.el.span(offer.text, " ", flags, class_name="fact-text"),
        rx.el.select(rx.el.option("Stays here", value=""), *reasons, name="facts:" + offer.source, default_value="",
                     class_name="control fact-choice", auto_complete="off"),
        class_name="fact", key=offer.source)


def _group(group: Any) -> rx.Component:
    facts = rx.el.div(rx.foreach(group.offers, _fact), class_name="grid gap-2", role="group", aria_label=group.heading)
    return rx.cond(group.seldom,
                   rx.el.details(rx.el.summary(group.heading, class_name="folded-summary"), facts, class_name="folded"),
                   rx.el.div(rx.el.p(group.heading, class_name="hint mb-1", aria_hidden="true"), facts))


def _facts() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend("The facts", class_name="field-label"),
        rx.el.p("Say of each fact why they need it. What they do not need stays here, and is listed on the file as left out.",
                class_name="hint", id="f-facts-hint"),
        rx.el.p(id="f-facts-error", class_name="field-error", custom_attrs={"hidden": True}),
        rx.cond(compose.not_known, rx.el.p(
            compose.not_known, " ", rx.el.a("Write it down", href="/case?id=" + compose.case_id + "#adult", class_name="link"),
            class_name="hint"), rx.fragment()),
        rx.el.div(rx.foreach(compose.groups, _group), class_name="grid gap-4 mt-2"),
        class_name="field", aria_describedby="f-facts-hint f-facts-error",
        custom_attrs={"data-field": "facts", "data-listed": "true"})


def _details() -> rx.Component:
    """The fields of the chosen agency alone; each stands here once, with the agencies that ask it."""
    return rx.el.div(*(_detail(detail, agencies) for detail, agencies in all_details()), class_name="grid gap-4",
                     custom_attrs={"data-field": "details", "data-listed": "true"})


def _detail(detail: Detail, agencies: Sequence[str]) -> rx.Component:
    long = told(LONGEST) if detail.typed else ""
    hint = " ".join(filter(None, (detail.hint, long)))
    common: dict[str, Any] = {"hint": hint, "ask_when": {"agency": list(agencies)}, "required": detail.needed}
    name = f"details:{detail.name}"
    if detail.options is not None:
        return select_field(name, detail.label, options=detail.options.options(), **common)
    match detail.entry:
        case Entry.TEXT:
            return text_area(name, detail.label, rows=2, **common)
        case Entry.WHEN:
            return date_time_field(name, detail.label, **common)
        case _:
            return text_field(name, detail.label, **common)


def _decided() -> rx.Component:
    def listed(heading: str, entries: Any) -> rx.Component:
        return rx.el.div(rx.el.p(heading, class_name="hint"),
                         rx.el.ul(rx.foreach(entries, rx.el.li), class_name="list-disc pl-5"))

    return folded(
        "What you decided",
        listed("Needed", compose.decided_what), listed("Left out on purpose", compose.left_out),
        rx.el.p("Must not know: ", compose.must_not_know, class_name="hint"))


def _choices(label: str) -> rx.Component:
    """Each leads to a letter of its own, with a draft of its own. The page is loaded anew: nothing goes from one to another."""
    def choice_of(one: Any) -> rx.Component:
        link = rx.el.a(one.label, href=one.href, class_name="btn btn-quiet", custom_attrs={"reloadDocument": True})
        return rx.el.li(link, rx.el.span(" ", one.so_far, class_name="hint"), key=one.href)

    return rx.el.ul(rx.foreach(compose.agencies, choice_of), class_name="grid gap-2", aria_label=label)


def _choose() -> rx.Component:
    return panel(rx.el.p("Each gets a letter of its own, with facts chosen for it alone.", class_name="hint"),
                 _choices("To which agency"), heading="To which agency?", class_name="next-step grid gap-3")


def _others() -> rx.Component:
    return rx.cond(compose.agencies.length() > 1, folded("To another agency", _choices("To another agency")), rx.fragment())


@desk_page("/refer", "Referral", here="/cases", on_load=[ReferState.load_offers])
def page() -> rx.Component:
    form = durable_form(
        rx.el.input(type="hidden", name="agency", default_value=compose.agency),
        text_field("recipient", "Team or person", default=compose.recipient),
        choice("method", "How", options=SEND_METHODS.options()),
        text_area("purpose", "What this lets them do", rows=2, hint=told(LONGEST)),
        _facts(),
        _details(),
        text_area("asked_for", "What you ask of them", rows=2, hint=told(LONGEST)),
        date_field("by_when", "By which day", hint="Leave it empty if there is none."),
        text_area("kept_because", "Why a name, or something left out, stands in your own words", rows=2,
                  hint="Only if the letter beside asks for it. It stays on the file."),
        intent="prepare-referral", form_key="prepare-referral:" + ReferState.case_id + ":" + compose.agency,
        hidden={"case_id": ReferState.case_id}, submit="Approve this letter")
    letter = rx.el.div(
        panel(letter_preview(ReferState.case_id, form_id=_FORM), heading="As it will leave"),
        rx.cond(compose.review_awaited,
                rx.el.p("A second review is awaited today. You can send before it if waiting would be unsafe.",
                        class_name="hint"), rx.fragment()),
        _decided(), class_name="beside grid gap-4 content-start")
    first = empty_state("Decide first", "There is no decision to share yet. It says what may be chosen, and for whom.",
                        rx.el.a("Record the decision", href="/decide?id=" + ReferState.case_id, class_name="btn btn-primary"))
    return loaded_page(
        ReferState.shown, ReferState.missing,
        page_head(rx.el.span("Case ", compose.reference, " · choose the facts", rx.cond(
            compose.agency, rx.el.span(" for ", compose.agency_label), rx.fragment())), compose.person),
        rx.cond(compose.agency,
                rx.fragment(_others(), rx.el.div(panel(rx.el.div(form, id=_FORM)), letter, class_name="two-columns")),
                rx.cond(compose.agencies.length() > 0, _choose(), first)),
        rx.el.a("Back to the case", href="/case?id=" + ReferState.case_id, class_name="link"))
