"""The sign-in page and the page of the one-time link for the first administrator."""

import reflex as rx

from sgapp.phone import script
from sgapp.ui.templates import plain_page


class SignInForm(rx.Component):
    """User name and password, sent over HTTP so that the cookie can be HttpOnly."""

    library = script("sign_in.js")
    tag = "SignInForm"


class SetUpForm(rx.Component):
    """Name, user name and password of the first administrator; the token comes from the address."""

    library = script("sign_in.js")
    tag = "SetUpForm"


@plain_page("/sign-in", "Sign in", heading="Sign in")
def sign_in() -> rx.Component:
    return SignInForm.create()


@plain_page("/set-up", "Set up", heading="First account")
def set_up() -> list[rx.Component]:
    return [
        rx.el.p("This account looks after the others. It sees no notes.", class_name="hint"),
        SetUpForm.create(),
    ]
