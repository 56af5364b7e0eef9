"""Those she visits today, as codes. At the door of a flat, seconds to spare, somebody looking over."""

import reflex as rx

from sgapp.phone.words import say
from sgapp.ui.components.note_form import today
from sgapp.ui.templates import phone_page


def _aside() -> rx.Component:
    return rx.el.a(say("page_today.write"), href="/", class_name="link")


@phone_page("/today", heading=say("page_today.title"), aside=_aside)
def page() -> rx.Component:
    return today()
