"""The button that lets this browser show notices. The work is done in the browser by sgapp/phone/notices.js."""

import reflex as rx
from reflex.event import EventType, no_args_event_spec

from sgapp.phone import script

script("installed.js")  # bundled beside it, imported by name


class Notices(rx.Component):
    """The browser's side of `notices_button`."""

    library = script("notices.js")
    tag = "Notices"

    push_key: rx.Var[str]
    on_allowed: rx.EventHandler[no_args_event_spec]


def notices_button(push_key: rx.Var[str] | str, *, on_allowed: EventType[()]) -> rx.Component:
    return Notices.create(push_key=push_key, on_allowed=on_allowed)
