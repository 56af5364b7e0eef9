"""The sign-in page and the page of the one-time link for the first administrator."""

import reflex as rx

from sgapp.phone import script
from sgapp.phone.words import say
from sgapp.ui.templates import plain_page


class SignInForm(rx.Component):
    """User name and password, sent over HTTP so that the cookie can be HttpOnly."""

    library = script("sign_in.js")
    tag = "SignInForm"


class SetUpForm(rx.Component):
    """Name, user name and password of the first administrator; the token comes from the address."""

    library = script("sign_in.js")
    tag = "SetUpForm"


@plain_page("/sign-in", say("page_sign_in.title"), heading=say("page_sign_in.title"))
def sign_in() -> rx.Component:
    return SignInForm.create()


@plain_page("/set-up", say("page_sign_in.set_up"), heading=say("page_sign_in.first_account"))
def set_up() -> list[rx.Component]:
    return [
        rx.el.p(say("page_sign_in.first_account_hint"), class_name="hint"),
        SetUpForm.create(),
    ]
