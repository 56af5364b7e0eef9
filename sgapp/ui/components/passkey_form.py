"""Setting up a passkey. The device is asked in the browser, by sgapp/phone/passkey_form.js."""

import reflex as rx
from reflex.event import EventType, no_args_event_spec

from sgapp.phone import script


class PasskeyForm(rx.Component):
    """The browser's side of `passkey_form`."""

    library = script("passkey_form.js")
    tag = "PasskeyForm"

    on_made: rx.EventHandler[no_args_event_spec]


def passkey_form(*, on_made: EventType[()]) -> rx.Component:
    """Asks for one's password, then the device for a passkey; calls `on_made` once it is kept."""
    return PasskeyForm.create(on_made=on_made)
