"""The note form. A care worker in a car, one thumb, two minutes, perhaps somebody looking over."""

import reflex as rx

from sgapp.phone.words import say
from sgapp.ui.components.note_form import note_form
from sgapp.ui.templates import phone_page


def _aside() -> rx.Component:
    return rx.fragment(
        rx.el.a(say("page_notes.emergency"), href="#help", class_name="btn btn-quiet btn-sm",
                aria_label=say("page_notes.emergency_label")),
        rx.el.a(say("page_notes.my_notes"), href="/mine", class_name="link"))


@phone_page("/", aside=_aside, begins_anew=False)
def page() -> rx.Component:
    return note_form()
