"""One contact. A lead with a telephone in one hand and this in the other, seconds to think, and somebody may be listening.

What she says stands first and large; then closed questions with large answers; the words for help come before all.
"""

from typing import Any

import reflex as rx

from sgapp.domain.vocabulary import HEARD, WHO_ANSWERED
from sgapp.ui.components.agreed_words import agreed_words
from sgapp.ui.components.durable_form import durable_form
from sgapp.ui.components.fields import choice, text_area, yes_no
from sgapp.ui.components.page_parts import folded, loaded_page, page_head, single
from sgapp.ui.components.pictures import panel
from sgapp.ui.pages.contact.state import ContactState
from sgapp.ui.templates import desk_page

contact: Any = ContactState.contact  # a Var: its attributes exist in the browser
_TALKING = {"who_answered": ["adult"]}


def _form(intent: str, submit: str, *fields: rx.Component) -> rx.Component:
    return durable_form(*fields, intent=intent, form_key=f"{intent}:" + ContactState.contact_id, submit=submit, stay=True,
                        hidden={"contact_id": ContactState.contact_id}, on_saved=ContactState.load_contact)


def _help() -> rx.Component:
    return rx.cond(contact.help_asked, rx.el.section(
        rx.el.p("Ring 999 now", class_name="font-semibold text-2xl"),
        rx.el.p("Say where they live, and that they asked for help in agreed words. Everybody who leads has been told."),
        rx.el.div(rx.el.a("Ring 999", href="tel:999", class_name="btn btn-primary btn-lg"),
                  rx.el.a("Then: who checks on them", href="/plan?id=" + contact.case_id, class_name="btn btn-quiet"),
                  class_name="flex flex-wrap gap-2"),
        class_name="panel panel-alert grid gap-3", role="alert"), rx.fragment())


def _pretext() -> rx.Component:
    """What to say, as large as it can be read at arm's length."""
    nothing = "No reason for calling is agreed. Ask for them by name and say nothing else."
    said = rx.cond(contact.pretext, contact.pretext, nothing)
    return panel(
        rx.el.p(rx.cond(contact.talks, "Whoever answers hears only this", "What is to be done"), class_name="hint"),
        rx.cond(contact.talks, rx.el.p(said, class_name="text-2xl font-semibold"), rx.fragment()),
        rx.cond(contact.words, rx.el.blockquote(contact.words, class_name="quote"), rx.fragment()),
        rx.cond(contact.confirmable_by, rx.el.p("If somebody rings back to check: ", contact.confirmable_by, " confirms it.",
                                                class_name="hint"), rx.fragment()),
        rx.cond(contact.nevers, rx.el.p(contact.nevers, class_name="font-semibold"), rx.fragment()),
        class_name="grid gap-3")


def _went() -> rx.Component:
    talking = (
        choice("heard", "Did you hear agreed words?", options=HEARD.options(), default="nothing", within="call"),
        choice("who_answered", "Who answered?", options=WHO_ANSWERED.options(), within="call",
               ask_when={"heard": ["nothing", "safe_word"]}),
        yes_no("alone", "“Are you alone?”", within="call", ask_when=_TALKING),
        yes_no("safe", "“Is this a good moment?”", within="call", ask_when=_TALKING),
        yes_no("go_on", "“Shall we go on?”", within="call", ask_when=_TALKING))
    said = text_area("said", "What they said, in their words", rows=2, within="call", hint="If you need to keep it.")
    came_of_it = text_area("said", "What came of it", rows=2, within="done")
    return rx.cond(contact.talks, _form("record-contact", "Record how it went", *talking, said),
                   _form("record-contact", "It is done", came_of_it))


def _open() -> rx.Component:
    off = _form("cancel-contact", "Call it off", text_area("why", "Why it is not done", rows=2, within="off"))
    words = agreed_words(ContactState.words, ContactState.words_shown, show=ContactState.show_words,
                         hide=ContactState.hide_words)
    return rx.el.div(
        rx.cond(contact.sends, rx.el.p("The product sends it at that time, once, if the plan still allows it then.",
                                       class_name="panel panel-tight hint"), rx.fragment()),
        rx.cond(contact.by_hand, rx.el.p("Send it yourself: the product writes to the adult alone.",
                                         class_name="panel panel-tight hint"), rx.fragment()),
        _pretext(),
        rx.cond(contact.words_of, panel(words), rx.fragment()),
        panel(_went(), heading="How did it go?"),
        folded("It is not done", off), class_name="grid gap-4")


def _over() -> rx.Component:
    return panel(
        rx.el.p(rx.cond(contact.outcome, contact.outcome, "Called off"), class_name="font-semibold text-lg"),
        rx.el.p(contact.done, class_name="hint"), single("Said", contact.note),
        rx.el.a("Plan the next contact", href="/plan?id=" + contact.case_id + "#contact", class_name="btn btn-primary mt-3"))


@desk_page("/contact", "Contact", here="/cases", on_load=[ContactState.load_contact])
def page() -> rx.Component:
    warned = rx.cond(contact.shown.length() > 0, panel(
        rx.el.ul(rx.foreach(contact.shown, lambda text: rx.el.li(text)), class_name="grid gap-1"),
        single("It is right all the same, because", contact.anyway), class_name="grid gap-2"), rx.fragment())
    return rx.el.div(loaded_page(
        ContactState.shown, ContactState.missing,
        page_head(rx.el.span(contact.what, " · ", contact.when), contact.person,
                  rx.el.a("Plan", href="/plan?id=" + contact.case_id, class_name="btn btn-quiet")),
        _help(), rx.cond(contact.open, _open(), _over()), single("What for", contact.purpose), warned), class_name="one-hand")
