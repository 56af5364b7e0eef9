"""What was learned. A lead with the team, after it is over: what helped, what hindered, what changes, and whether it held."""

from typing import Any

import reflex as rx

from sgapp.domain.vocabulary import LEARNING_CHANGES
from sgapp.ui.components.durable_form import durable_form
from sgapp.ui.components.fields import YES_NO, choice, date_field, text_area, text_field
from sgapp.ui.components.page_parts import file_link, folded, lines, loaded_page, page_head
from sgapp.ui.components.pictures import badge_due, empty_state, panel
from sgapp.ui.pages.learning.state import LearningState
from sgapp.ui.templates import desk_page

found: Any = LearningState.found  # a Var: its attributes exist in the browser


def _form(intent: str, submit: str, *fields: rx.Component) -> rx.Component:
    return durable_form(*fields, intent=intent, form_key=f"{intent}:" + found.learning_id,
                        hidden={"learning_id": found.learning_id}, submit=submit, stay=True,
                        on_saved=LearningState.load_learning)


def _debrief() -> rx.Component:
    form = durable_form(
        text_area("known_when", "What was known, and when?", rows=3, within="debrief"),
        text_area("helped", "What helped?", rows=2, within="debrief"),
        text_area("hindered", "What hindered?", rows=2, within="debrief", hint="How we work, never who is to blame."),
        text_area("persons_view", "How does the person see it?", rows=2, within="debrief",
                  hint="Their words, if you have them. If they were not asked, say why."),
        text_area("support", "What support have those had who worked on it?", rows=2, within="debrief",
                  hint="Supervision, a talk, time off. Not what was said in it."),
        intent="write-debrief", form_key="write-debrief:" + found.case_id, hidden={"case_id": found.case_id},
        submit="Put it on the file", stay=True, on_saved=LearningState.load_learning)
    return panel(rx.cond(found.may_write, form, rx.el.p("Nobody has looked back at this case yet.", class_name="hint")),
                 heading="Look back")


def _followed() -> rx.Component:
    act = _form("add-learning-action", "Add the action", text_field("what", "What is to be done?", within="act"),
                text_field("owner", "Who does it?", within="act"), date_field("due_on", "By when?", within="act"))
    change = _form("record-change", "Record the change",
                   choice("kind", "What changed?", options=LEARNING_CHANGES.options(), within="change"),
                   text_area("what", "What is different now?", rows=2, within="change"),
                   text_area("evidence", "What shows it?", rows=2, within="change",
                             hint="A version, a date, a list of who was there."))
    retest = _form("retest-learning", "Record it", choice("holds", "Does it hold now?", options=YES_NO, within="retest"),
                   text_area("found", "What you looked at", rows=2, within="retest"))
    note = _form("write-round-note", "Let it go round", text_field("title", "Title", within="note"),
                 text_area("happened", "What happened, in general", rows=3, within="note"),
                 text_area("learned", "What we learned", rows=3, within="note"),
                 text_area("changes", "What changes", rows=2, within="note"))

    def shown(heading: str, entries: Any, none: str, *more: rx.Component) -> rx.Component:
        return panel(rx.cond(entries.length() > 0, lines(entries), rx.el.p(none, class_name="hint")), *more, heading=heading,
                     class_name="grid gap-3")

    def for_writers(summary: str, form: rx.Component) -> rx.Component:
        return rx.cond(found.may_write, folded(summary, form), rx.fragment())

    return rx.el.div(
        rx.el.div(
            panel(lines(found.debrief), heading="Looked back"),
            shown("Tried again", found.retests, "Not yet.", rx.cond(
                found.retest, rx.el.p(found.retest, class_name="font-semibold"), rx.fragment()),
                  rx.cond(found.to_retest, for_writers("Try again", retest), rx.fragment())), class_name="grid gap-4"),
        rx.el.div(
            shown("Actions", found.actions, "None agreed.", for_writers("Add an action", act)),
            shown("Changes, with what shows them", found.changes, "None recorded.", for_writers("Record a change", change)),
            shown("The page that goes round", found.note, "Nobody has written one.", rx.cond(
                found.note_href, rx.el.p(file_link("As a PDF to print", href=found.note_href)),
                rx.fragment()), for_writers("Write it, without a name", note)), class_name="grid gap-4"),
        class_name="two-columns")


def _one() -> rx.Component:
    return rx.el.div(
        page_head(rx.el.a("Back to the case", href="/case?id=" + found.case_id, class_name="link"),
                  rx.fragment("What was learned from ", found.reference)),
        rx.cond(found.learning_id, _followed(), _debrief()), class_name="grid gap-5")


def _row(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.el.p(rx.el.a(row.reference, href="/learning?id=" + row.case_id, class_name="font-semibold row-title")),
                  rx.el.p(row.written, " · ", row.changes, class_name="hint"), class_name="row-what"),
        rx.el.div(rx.el.span(row.stands, " "), rx.cond(row.due, badge_due(row.due, row.tone), rx.fragment()),
                  class_name="row-step"),
        class_name="row row-wide", key=row.case_id)


def _all() -> rx.Component:
    rows: Any = LearningState.rows
    return rx.el.div(
        page_head("Looked back at, followed, and tried again after three months", "Learning"),
        rx.cond(rows.length() > 0, rx.el.ul(rx.foreach(rows, _row), class_name="rows", aria_label="Cases looked back at"),
                empty_state("Nothing here yet", "Open a case and choose “What was learned”.")), class_name="grid gap-5")


@desk_page("/learning", "Learning", on_load=[LearningState.load_learning])
def page() -> rx.Component:
    return loaded_page(LearningState.shown, LearningState.missing, rx.cond(LearningState.one, _one(), _all()))
