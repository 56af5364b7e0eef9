"""The frame for pages without a menu: signing in, the first administrator."""

from collections.abc import Callable, Sequence
from typing import Any

import reflex as rx

from sgapp.ui.pages import APP_TITLE, add_page
from sgapp.ui.templates.frame import as_components, in_its_language, main_landmark, skip_link

Draw = Callable[[], Any]


def plain_page(route: str, title: str, *, heading: str, on_load: Sequence[Any] = ()) -> Callable[[Draw], Draw]:
    """Draw a page as one quiet column and put it on the list of pages."""

    def frame(draw: Draw) -> Draw:
        def page() -> rx.Component:
            return rx.el.div(
                skip_link(),
                main_landmark(
                    rx.el.p(APP_TITLE, class_name="hint"),
                    rx.el.h1(heading, class_name="text-2xl font-semibold"),
                    *as_components(draw()),
                    class_name="plain-main",
                ),
                custom_attrs=in_its_language(),
            )

        add_page(route, title, page, on_load)
        return draw

    return frame
