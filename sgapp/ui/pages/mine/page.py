"""Her own notes: delivered, seen, in hand, please ring. Nothing of what they say."""

import reflex as rx

from sgapp.phone.words import say
from sgapp.ui.components.note_form import my_notes
from sgapp.ui.templates import phone_page
from sgapp.ui.templates.frame import sign_out_button


@phone_page("/mine", heading=say("page_mine.title"), aside=sign_out_button)
def page() -> rx.Component:
    return my_notes()
