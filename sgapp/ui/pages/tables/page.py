"""Tables. A manager at a desk with a list from the rota system; an administrator whose new colleagues begin on Monday."""

from typing import Any

import reflex as rx

from sgapp.ui.components.as_asked import as_asked
from sgapp.ui.components.page_parts import file_link, page_head
from sgapp.ui.components.pictures import panel
from sgapp.ui.components.table_form import table_form
from sgapp.ui.pages.tables.state import TablesState
from sgapp.ui.templates import desk_page

found: Any = TablesState.found  # a Var: its attributes exist in the browser


def _out(kind: Any) -> rx.Component:
    return rx.el.li(file_link(kind.label, href="/api/tables/" + kind.code + ".csv"), key=kind.code)


@desk_page("/tables", "Tables", on_load=[TablesState.load_tables])
def page() -> list[rx.Component]:
    into = panel(table_form(kinds=found.kinds, most_bytes=found.most_bytes), heading="Take a table in")
    out = panel(
        rx.el.p("As it stands now, in the form in which it can come in again. The file is confidential; that you took it along "
                "is recorded.", class_name="hint"),
        rx.el.ul(rx.foreach(found.kinds, _out), class_name="flex flex-wrap gap-2", aria_label="Take a table along"),
        heading="Take a table along", class_name="grid gap-3")
    return [page_head("Every row comes in, or none", "Tables"),
            as_asked(TablesState.shown, rx.el.div(into, out, class_name="grid gap-5"))]
