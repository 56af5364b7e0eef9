"""How I am told. A lead on her own tablet, once: an address, the hours in which she sleeps, done."""

from typing import Any

import reflex as rx

from sgapp.ui.components.as_asked import as_asked
from sgapp.ui.components.durable_form import durable_form, intent_button
from sgapp.ui.components.fields import select_field, text_field, time_field
from sgapp.ui.components.notices import notices_button
from sgapp.ui.components.page_parts import folded, page_head
from sgapp.ui.components.pictures import panel
from sgapp.ui.pages.told.state import ToldState
from sgapp.ui.templates import desk_page

S: Any = ToldState
_YES = (("yes", "Yes"),)


def _browser(browser: Any) -> rx.Component:
    out = intent_button("Stop it there", intent="forget-browser", hidden={"browser_id": browser.value}, stay=True,
                        on_saved=ToldState.load_told)
    return rx.el.li(rx.el.div(rx.el.p(browser.label), class_name="row-what"), rx.el.div(out, class_name="row-step"),
                    class_name="row row-wide", key=browser.value)


def _trouble(message: Any) -> rx.Component:
    again = intent_button("Send it again", intent="send-again", hidden={"message_id": message.id}, stay=True,
                          on_saved=ToldState.load_told)
    settle = durable_form(
        text_field("reason", "How do they know, or why is it not needed any more?", within=message.id),
        intent="settle-message", form_key="settle-message:" + message.id, hidden={"message_id": message.id},
        submit="Settle it", stay=True, on_saved=ToldState.load_told)
    return rx.el.li(
        rx.el.div(
            rx.el.p(message.heading, class_name="font-semibold"), rx.el.p(message.why, class_name="hint"),
            rx.cond(message.doubtful, rx.el.p("Ask whom it was for before you send it again: it would come twice.",
                                              class_name="hint"), rx.fragment()),
            rx.el.div(folded("Settle it without sending", settle), class_name="mt-2"), class_name="row-what"),
        rx.el.div(again, class_name="row-step"), class_name="row row-wide", key=message.id)


def _told(notice: Any) -> rx.Component:
    return rx.el.li(rx.el.div(rx.el.p(rx.el.b(notice.reference), " · ", notice.words),
                              rx.el.p(notice.when, class_name="hint"), class_name="row-what"), class_name="row row-wide")


@desk_page("/told", "How I am told", on_load=[ToldState.load_told])
def page() -> list[rx.Component]:
    form = durable_form(
        rx.el.div(
            text_field("email", "E-mail address", default=S.email, input_mode="email"),
            select_field("by_email", "Tell me by e-mail", options=_YES, default=S.by_email, empty="No"),
            text_field("phone", "Mobile number", default=S.phone, input_mode="tel"),
            select_field("by_text", "Tell me by text", options=_YES, default=S.by_text, empty="No"),
            select_field("rung", "While I am on call, care workers see this number to ring", options=_YES, default=S.rung,
                         empty="No"),
            rx.el.div(time_field("quiet_from", "Not from", default=S.quiet_from),
                      time_field("quiet_until", "Until", default=S.quiet_until), class_name="flex flex-wrap items-end gap-4"),
            class_name="grid md:grid-cols-2 gap-4"),
        rx.el.p("A number that care workers ring stands on their phones without a name, and only until your turn is over.",
                class_name="hint"),
        rx.el.p("In these hours nothing is sent, unless you are on duty, somebody is in danger now or said the words for help, "
                "something urgent comes up to you because nobody before you took it, somebody broke the glass on a file that "
                "you answer for, a recovery code of yours was used, or the record of who did what does not hold.",
                class_name="hint"),
        intent="set-reach", form_key="set-reach:me", submit="Keep this", stay=True, on_saved=ToldState.load_told)
    return [
        page_head("It says that something needs you, never what", "How I am told"),
        as_asked(
            ToldState.shown,
            rx.el.div(
                rx.cond(S.trouble.length() > 0,
                        panel(rx.el.ul(rx.foreach(S.trouble, _trouble), class_name="rows",
                                       aria_label="Messages that did not go"), heading="What could not be sent"),
                        rx.fragment()),
                panel(rx.el.div(form, key=S.drawing.to_string()), heading="E-mail, text, quiet hours"),
                panel(notices_button(S.push_key, on_allowed=ToldState.load_told),
                      rx.cond(S.browsers.length() > 0,
                              rx.el.ul(rx.foreach(S.browsers, _browser), class_name="rows mt-3",
                                       aria_label="Browsers that show notices"), rx.fragment()),
                      heading="Notices"),
                rx.cond(S.told.length() > 0,
                        folded("What you were told", rx.el.ul(rx.foreach(S.told, _told), class_name="rows",
                                                             aria_label="What you were told")), rx.fragment()),
                class_name="grid gap-5")),
    ]
