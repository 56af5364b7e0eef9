"""The frame for a phone in one hand: an ordinary notes app to anyone looking over."""

from collections.abc import Callable, Sequence
from typing import Any

import reflex as rx

from sgapp.ui.pages import APP_TITLE, add_page
from sgapp.ui.session import SessionState
from sgapp.ui.templates.frame import as_components, fresh_page, hide_button, in_its_language, main_landmark, skip_link

Draw = Callable[[], Any]


def phone_page(route: str, title: str = APP_TITLE, *, heading: str = APP_TITLE, on_load: Sequence[Any] = (),
               bar: Draw | None = None, aside: Draw | None = None, begins_anew: bool = True) -> Callable[[Draw], Draw]:
    """Draw a page in the phone's frame and put it on the list of pages.

    `aside` draws what stands right of the heading, `bar` what stays within reach of the thumb at the bottom.
    `begins_anew`: whether it does when its socket came back in somebody else's session; not where a note is being written.
    The page needs no connection to be drawn: it is prerendered, and `on_load` runs when the socket is there.
    """

    def frame(draw: Draw) -> Draw:
        def page() -> rx.Component:
            return rx.el.div(
                skip_link(),
                fresh_page() if begins_anew else rx.fragment(),
                rx.el.header(
                    rx.el.div(
                        rx.el.h1(heading, class_name="text-lg font-semibold grow"),
                        aside() if aside else rx.fragment(),
                        hide_button(),
                        class_name="mx-auto max-w-xl flex items-center gap-2 px-4 min-h-14",
                    ),
                    class_name="page-header",
                ),
                main_landmark(*as_components(draw()), class_name="mx-auto max-w-xl px-4 pt-4 pb-32 grid gap-4"),
                rx.el.div(
                    rx.el.div(bar(), class_name="mx-auto max-w-xl px-4 py-3 flex items-center gap-3"),
                    class_name="bottom-bar",
                ) if bar else rx.fragment(),
                class_name="phone",
                custom_attrs=in_its_language(),
            )

        add_page(route, title, page, (SessionState.load_session, *on_load))
        return draw

    return frame
