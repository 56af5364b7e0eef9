"""Choosing a new password with a code. Somebody locked out, at any screen, two halves of a code written on paper."""

import reflex as rx

from sgapp.phone import script
from sgapp.ui.templates import plain_page


class NewPasswordForm(rx.Component):
    """The browser's side: sgapp/phone/new_password.js."""

    library = script("new_password.js")
    tag = "NewPasswordForm"


@plain_page("/new-password", "New password", heading="New password")
def page() -> rx.Component:
    return NewPasswordForm.create()
