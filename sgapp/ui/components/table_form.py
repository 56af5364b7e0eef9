"""A table on its way in. The file never reaches a State: sgapp/phone/table_form.js sends it over HTTP."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from sgapp.phone import script

script("page_mark.js")  # bundled beside it, imported by name


class TableForm(rx.Component):
    """The browser's side of `table_form`."""

    library = script("table_form.js")
    tag = "TableForm"

    kinds: rx.Var[Sequence[Any]]
    most_bytes: rx.Var[int]


def table_form(*, kinds: Any, most_bytes: Any) -> rx.Component:
    """Asks what is in the table and for the file, shows what it would do, takes it in by one button."""
    return TableForm.create(kinds=kinds, most_bytes=most_bytes)
