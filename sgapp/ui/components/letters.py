"""The letter while it is composed, and its parts to copy. The work is done in the browser by sgapp/phone."""

import reflex as rx

from sgapp.phone import script

script("durable_form.js")  # bundled beside it, imported by name


class LetterPreview(rx.Component):
    """The browser's side of `letter_preview`."""

    library = script("letter_preview.js")
    tag = "LetterPreview"

    case_id: rx.Var[str]
    form_id: rx.Var[str]


class CopyField(rx.Component):
    """The browser's side of `copy_field`."""

    library = script("copy_field.js")
    tag = "CopyField"

    label: rx.Var[str]
    text: rx.Var[str]


def letter_preview(case_id: rx.Var[str] | str, *, form_id: str) -> rx.Component:
    """The letter as it would leave, drawn anew whenever the form inside the element with that id changes."""
    return LetterPreview.create(case_id=case_id, form_id=form_id)


def copy_field(label: rx.Var[str] | str, text: rx.Var[str] | str) -> rx.Component:
    """A part of a letter, with a button that copies it."""
    return CopyField.create(label=label, text=text)
