"""What every frame has: a way past the menu, and one main landmark."""

from typing import Any

import reflex as rx

from sgapp.phone import script
from sgapp.phone.words import FIRST, say
from sgapp.settings import Settings
from sgapp.ui.session import SessionState


def skip_link() -> rx.Component:
    """The first stop of the keyboard: straight to what the page is about."""
    return rx.el.a(say("app.skip"), href="#main", class_name="skip-link")


def main_landmark(*children: rx.Component, class_name: str = "") -> rx.Component:
    """The page's one main landmark, target of the skip link."""
    return rx.el.main(*children, id="main", tab_index=-1, class_name=class_name)


def hide_button() -> rx.Component:
    """Takes the page off the screen and ends the session (assets/hide.js); without scripts still a way to /away/."""
    return rx.el.a(say("app.hide"), href="/away/", class_name="btn btn-quiet btn-sm", custom_attrs={"data-hide": ""})


for _part in ("asked.js", "page_mark.js", "untouched.js"):
    script(_part)  # bundled beside it, imported by name


class FreshPage(rx.Component):
    """Begins the page anew when its socket came back in somebody else's session."""

    library = script("fresh_page.js")
    tag = "FreshPage"
    not_hers: rx.Var[bool]


def fresh_page() -> rx.Component:
    return FreshPage.create(not_hers=SessionState.not_hers)


class SignOut(rx.Component):
    """A button that ends the session and leads to the sign-in page with a full navigation."""

    library = script("sign_in.js")
    tag = "SignOut"
    label: rx.Var[str]


def sign_out_button(label: str = say("app.sign_out"), **props: Any) -> rx.Component:
    """Sign out here; what was typed and not sent stays in its draft."""
    return SignOut.create(label=label, **props)


def in_its_language() -> dict[str, str]:
    """Says in which language a worker's page is, where that is not the one of all pages."""
    return {} if Settings().language == FIRST else {"lang": say("app.locale")}


def as_components(drawn: rx.Component | tuple[rx.Component, ...] | list[rx.Component]) -> list[rx.Component]:
    """What a page function returned, as a list."""
    return [drawn] if isinstance(drawn, rx.Component) else list(drawn)
