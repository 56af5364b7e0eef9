"""A file that takes a while to make, and how far it is. The file never reaches a State: sgapp/phone/made_file.js fetches it."""

from typing import Any

import reflex as rx

from sgapp.phone import script

script("page_mark.js")  # bundled beside it, imported by name


class MadeFile(rx.Component):
    """The browser's side of `made_file`."""

    library = script("made_file.js")
    tag = "MadeFile"

    made: rx.Var[str]
    label: rx.Var[str]
    about: rx.Var[str]
    counted: rx.Var[str]


def made_file(label: str, *, made: Any, about: Any, counted: str) -> rx.Component:
    """A button for what `made` makes; `about` ends its words for who hears them, `counted` names its steps."""
    return MadeFile.create(made=made, label=label, about=about, counted=counted)
