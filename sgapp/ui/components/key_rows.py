"""A list of rows that can be walked with the arrow keys. The work is done in the browser by sgapp/phone/key_rows.js."""

import reflex as rx

from sgapp.phone import script


class KeyRows(rx.Component):
    """The browser's side of `key_rows`."""

    library = script("key_rows.js")
    tag = "KeyRows"

    label: rx.Var[str]


def key_rows(*children: rx.Component, label: str) -> rx.Component:
    """A list named `label`. Its items are `li` of class `row`, each with one link of class `row-title`.

    Where there may be more of them, the button that asks for more wears `data-more-rows`.
    """
    return KeyRows.create(*children, label=label)
