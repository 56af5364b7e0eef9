"""The frame for the desk: the menu on the left of the eye from 768 px on, a bar on top of it on a phone."""

from collections.abc import Callable, Sequence
from typing import Any

import reflex as rx

from sgapp.ui.pages import add_page
from sgapp.ui.session import SessionState
from sgapp.ui.templates.frame import as_components, hide_button, main_landmark, sign_out_button, skip_link

Draw = Callable[[], Any]

MENU = (("/desk", "Today"), ("/cases", "Cases"), ("/actions", "Actions"), ("/agencies", "Agencies"), ("/rota", "On duty"),
        ("/told", "How I am told"))


def desk_page(route: str, title: str, *, here: str = "", on_load: Sequence[Any] = ()) -> Callable[[Draw], Draw]:
    """Draw a page in the desk's frame and put it on the list of pages.

    `here` is the menu entry that stands for the page ("/desk" or "/cases"; a page of its own: its route).
    Whoever is not signed in is led to the sign-in page; what the page shows, the gate and the services decide.
    """

    def frame(draw: Draw) -> Draw:
        def page() -> rx.Component:
            return rx.el.div(
                skip_link(),
                _menu(here or route),
                main_landmark(*as_components(draw()), class_name="desk-main"),
                rx.el.p(id="page-said", role="status", class_name="page-said", hidden=True),
                class_name="desk",
            )

        add_page(route, title, page, (SessionState.load_or_sign_in, *on_load))
        return draw

    return frame


def _menu(here: str) -> rx.Component:
    return rx.el.nav(
        rx.el.p("Desk", class_name="desk-name"),
        rx.el.ul(*[_entry(place, label, place == here) for place, label in MENU],
                 rx.cond(SessionState.minds_phones, _entry("/phones", "Phones", here == "/phones"), rx.fragment()),
                 class_name="desk-entries"),
        rx.el.div(
            rx.el.p("On this tablet", class_name="hint"),
            rx.el.p(rx.el.b(SessionState.name), rx.el.br(), rx.el.span(SessionState.role_label, class_name="hint"),
                    class_name="desk-who"),
            rx.el.div(sign_out_button(), hide_button(), class_name="desk-leave"),
            class_name="desk-foot",
        ),
        class_name="desk-menu",
        aria_label="Desk",
    )


def _entry(place: str, label: str, current: bool) -> rx.Component:
    marked = {"aria-current": "page"} if current else {}
    return rx.el.li(rx.el.a(label, href=place, class_name="desk-entry", custom_attrs=marked))
