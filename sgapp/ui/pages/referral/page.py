"""One referral: at the left the letter exactly as it leaves, at the right the one thing to do now."""

from typing import Any

import reflex as rx

from sgapp.ui.components.durable_form import durable_form
from sgapp.ui.components.fields import select_field, text_area, text_field
from sgapp.ui.components.page_parts import folded, lines, loaded_page, page_head, single
from sgapp.ui.components.pictures import panel
from sgapp.ui.pages.referral.state import ReferralState
from sgapp.ui.templates import desk_page

referral: Any = ReferralState.referral  # a Var: its attributes exist in the browser


def _form(intent: str, submit: str, *fields: rx.Component, stay: bool = True) -> rx.Component:
    return durable_form(*fields, intent=intent, form_key=f"{intent}:" + ReferralState.referral_id,
                        hidden={"referral_id": ReferralState.referral_id}, submit=submit, stay=stay,
                        on_saved=ReferralState.load_referral)


def _send() -> rx.Component:
    return rx.el.div(
        panel(rx.el.p("Send it the way you chose; then record it here. The letter is frozen and its fingerprint kept.",
                      class_name="hint"),
              _form("send-referral", "It has been sent", text_field("to", "To whom exactly", default=""), stay=False),
              heading="Next: send it", class_name="next-step grid gap-3"),
        folded("Do not send it", _form("withdraw-referral", "Withdraw it", text_area("reason", "Why not", within="no"),
                                       stay=False)),
        class_name="grid gap-5 content-start")


def _receipt() -> rx.Component:
    return rx.el.div(
        panel(rx.el.p("A named person or their reference number. A delivery report is no receipt.", class_name="hint"),
              _form("record-receipt", "Receipt confirmed", text_field("person", "Who confirmed it"),
                    text_field("role", "Their role"), text_field("reference", "Their reference"), stay=False),
              heading="Next: get the receipt", class_name="next-step grid gap-3"),
        folded("Rang, no receipt yet", _chase()), folded("They have decided already", _outcome()),
        class_name="grid gap-5 content-start")


def _chase() -> rx.Component:
    return _form("record-chase", "Record the call", text_field("spoke_to", "Whom you reached", within="chase"),
                 text_area("promised", "What was promised, by when", within="chase", rows=2))


def _outcome() -> rx.Component:
    return _form("record-agency-outcome", "Record their decision",
                 select_field("code", "What they decided", options=referral.outcomes),
                 text_area("detail", "In their words", rows=2), stay=False)


def _answer() -> rx.Component:
    return rx.el.div(
        panel(_outcome(), heading="Next: record what they decided", class_name="next-step grid gap-3"),
        folded("Rang, no decision yet", _chase()), class_name="grid gap-5 content-start")


@desk_page("/referral", "Referral", here="/cases", on_load=[ReferralState.load_referral])
def page() -> rx.Component:
    step = rx.match(referral.step, ("send", _send()), ("receipt", _receipt()), ("outcome", _answer()),
                    ("answered", folded("They have decided again", _outcome())), rx.fragment())
    letter = panel(
        rx.el.pre(referral.letter, class_name="letter", tab_index=0, aria_label="The letter"),
        single("Sent", referral.sent),
        single("Receipt", referral.receipt),
        lines(referral.history),
        rx.cond(referral.sha256, rx.el.p("Fingerprint of what left: ", rx.el.code(referral.sha256, class_name="break-all"),
                                         class_name="hint"), rx.fragment()),
        heading="As it leaves", class_name="grid gap-3 content-start")
    return loaded_page(
        ReferralState.loaded, ReferralState.missing,
        page_head(rx.el.span("Case ", referral.case_reference, " · referral ", referral.reference, " to ", referral.agency),
                  referral.person, rx.cond(referral.due, rx.el.span(referral.due, class_name="badge-due"), rx.fragment())),
        rx.cond(referral.stage, rx.el.p(referral.stage, role="status", class_name="panel panel-alert font-semibold"),
                rx.fragment()),
        rx.cond(referral.stopwatch, rx.el.p(referral.stopwatch, class_name="hint"), rx.fragment()),
        rx.el.div(letter, step, class_name="two-columns"),
        rx.el.a("Back to the case", href="/case?id=" + referral.case_id, class_name="link"))
