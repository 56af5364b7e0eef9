"""A form that loses nothing: drafts, one intent id per content, and errors beside their fields.

The work is done in the browser by sgapp/phone/durable_form.js; here it gets its Python face.
"""

from typing import Any

import reflex as rx
from reflex.event import EventType, no_args_event_spec

from sgapp.phone import script

script("page_mark.js")  # bundled beside it, imported by name


class DurableForm(rx.Component):
    """The browser's side of `durable_form`."""

    library = script("durable_form.js")
    tag = "DurableForm"

    intent: rx.Var[str]
    form_key: rx.Var[str]
    hidden_fields: rx.Var[dict[str, Any]]
    submit: rx.Var[str]
    stay: rx.Var[bool]
    compact: rx.Var[bool]
    forgetful: rx.Var[bool]
    tone: rx.Var[str]
    label: rx.Var[str]
    on_saved: rx.EventHandler[no_args_event_spec]


def durable_form(*children: rx.Component, intent: str, form_key: str | rx.Var, hidden: dict[str, Any] | None = None,
                 submit: str = "Save", on_saved: EventType[()] | None = None, stay: bool = False,
                 label: str = "", forgetful: bool = False) -> rx.Component:
    """A form for one intention, posted to /api/intents/{intent}.

    `form_key` names the draft, usually "{intent}:{id}"; while it is empty or ends in ":" the form waits for it.
    `hidden` goes along with every submission. After success the page moves to the answer's `next`, unless `stay`;
    else the form empties and `on_saved` is called. `label` names the form for screen readers. `forgetful`: it asks for a
    password or a code, so no draft of it is kept anywhere.
    """
    return _form(*children, intent=intent, form_key=form_key, hidden=hidden, submit=submit, on_saved=on_saved, stay=stay,
                 label=label or submit, compact=False, forgetful=forgetful, tone="primary")


def intent_button(label: str | rx.Var, *, intent: str, hidden: dict[str, Any], on_saved: EventType[()] | None = None,
                  stay: bool = False, primary: bool = False) -> rx.Component:
    """One button that carries out one intention, once, however often it is tapped. Keeps no draft."""
    return _form(intent=intent, form_key="", hidden=hidden, submit=label, on_saved=on_saved, stay=stay, label=label,
                 compact=True, forgetful=False, tone="primary" if primary else "outline")


def _form(*children: rx.Component, on_saved: EventType[()] | None, hidden: dict[str, Any] | None,
          **props: Any) -> rx.Component:
    saved = {"on_saved": on_saved} if on_saved is not None else {}
    return DurableForm.create(*children, hidden_fields=hidden or {}, **props, **saved)
