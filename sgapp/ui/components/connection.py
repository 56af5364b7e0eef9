"""Says in plain words that the page has lost its server; the framework's own banner would show an address."""

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

from sgapp.phone.words import say


@rx.memo
def connection_line() -> rx.Component:
    """One quiet line on top of the page while there is no connection."""
    return rx.cond(
        has_connection_errors,
        rx.el.div(say("app.no_connection"), role="status", class_name="connection-line"),
        rx.fragment(),
    )


def connection_banner(stateful: bool) -> rx.Component | None:
    """The wrap around every page with State. It must be a fragment, or the page would change its place in the tree."""
    return rx.fragment(connection_line()) if stateful else None
