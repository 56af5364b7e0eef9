"""Phones and keys. A manager who was just told that a phone was lost: find it by its owner, switch it off."""

from typing import Any

import reflex as rx

from sgapp.ui.components.as_asked import as_asked
from sgapp.ui.components.durable_form import durable_form, intent_button
from sgapp.ui.components.fields import checks
from sgapp.ui.components.page_parts import page_head
from sgapp.ui.components.pictures import empty_state, panel
from sgapp.ui.pages.phones.state import PhonesState
from sgapp.ui.templates import desk_page

phones: Any = PhonesState.phones
keys: Any = PhonesState.keys


def _phone(phone: Any) -> rx.Component:
    off = rx.el.p("Switched off ", phone.off, class_name="hint")
    switch = intent_button("Switch off", intent="revoke-device", hidden={"device_id": phone.id}, stay=True,
                           on_saved=PhonesState.load_phones)
    return rx.el.li(
        rx.el.div(rx.el.p(phone.owner, class_name="font-semibold"),
                  rx.el.p(phone.name, " · last used ", phone.last_used, " · since ", phone.enrolled, class_name="hint"),
                  class_name="row-what"),
        rx.el.div(rx.cond(phone.off, off, switch), class_name="row-step"), class_name="row row-wide", key=phone.id)


def _key(key: Any) -> rx.Component:
    replace = intent_button("Replace this key", intent="retire-sealing-key", hidden={"key_id": key.id}, stay=True,
                            on_saved=PhonesState.load_phones)
    destroy = durable_form(
        rx.cond(key.silent.length() > 0,
                checks("accepted", "Nothing sealed to a newer key came from these; what lies on them would be lost",
                       options=key.silent,
                       hint="Tick each phone that you accept to lose."), rx.fragment()),
        intent="destroy-sealing-key", form_key="destroy-sealing-key:" + key.id, hidden={"key_id": key.id},
        submit="Destroy this key for good", stay=True, on_saved=PhonesState.load_phones)
    return rx.el.li(
        rx.el.p("Since ", key.since, " · ", key.state),
        rx.cond(key.may_retire, replace, rx.fragment()), rx.cond(key.may_destroy, destroy, rx.fragment()),
        class_name="flex flex-wrap items-center justify-between gap-3", key=key.id)


@desk_page("/phones", "Phones", on_load=[PhonesState.load_phones])
def page() -> list[rx.Component]:
    none = empty_state("No phones yet", "A phone stands here once somebody has signed in on it.")
    return [
        page_head("They can hand in notes and do nothing else", "Phones"),
        as_asked(
            PhonesState.shown,
            rx.el.div(
                rx.cond(phones.length() > 0,
                        rx.el.ul(rx.foreach(phones, _phone), class_name="rows", aria_label="Phones"), none),
                rx.cond(keys.length() > 0,
                        panel(rx.el.p("Phones seal notes to the newest key. A replaced key still opens what is on its way.",
                                      class_name="hint mb-3"),
                              rx.el.ul(rx.foreach(keys, _key), class_name="grid gap-5"), heading="Keys for sealing"),
                        rx.fragment()),
                class_name="grid gap-5")),
    ]
