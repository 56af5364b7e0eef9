"""Opening a file one may not see. Somebody whom the council rings, nobody else reachable: possible, and never quiet."""

import reflex as rx

from sgapp.domain.permissions import Permission, roles_with
from sgapp.ui.components.durable_form import durable_form
from sgapp.ui.components.fields import text_area, text_field
from sgapp.ui.components.page_parts import page_head
from sgapp.ui.components.pictures import panel
from sgapp.ui.templates import desk_page

#: Who may ask at all; the service asks again.
MAY = roles_with(Permission.BREAK_GLASS)


@desk_page("/file", "Open a file")
def page() -> list[rx.Component]:
    before = rx.el.ul(
        rx.el.li("It opens for one hour, and closes by itself."),
        rx.el.li("Those who answer for it are told at once, with your name and your reason."),
        rx.el.li("Your reason stays on the file for ever."), class_name="list-disc pl-5 grid gap-1")
    form = durable_form(
        text_field("reference", "Reference of the case", required=True, hint="As it is read out, for example 2026-7K2Q-8."),
        text_area("reason", "Why it cannot wait for somebody who may see it", required=True),
        intent="break-glass", form_key="break-glass:new", submit="Open it for one hour")
    return [page_head("When nobody who may see it can be reached", "Open a file"),
            panel(before, form, class_name="grid gap-4 max-w-2xl")]
