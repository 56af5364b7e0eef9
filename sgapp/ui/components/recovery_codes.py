"""Making recovery codes, and showing them once: they lie in no State. The work is done by sgapp/phone/recovery_codes.js."""

import reflex as rx
from reflex.event import EventType, no_args_event_spec

from sgapp.phone import script


class RecoveryCodes(rx.Component):
    """The browser's side of `recovery_codes`."""

    library = script("recovery_codes.js")
    tag = "RecoveryCodes"

    on_made: rx.EventHandler[no_args_event_spec]


def recovery_codes(*, on_made: EventType[()]) -> rx.Component:
    """Asks for one's password, makes the codes and lists them until the page is left; then calls `on_made`."""
    return RecoveryCodes.create(on_made=on_made)
