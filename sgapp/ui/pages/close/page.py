"""Closing a case: why it may close, where the risk stands, and whether the adult got what they wanted."""

from typing import Any

import reflex as rx

from sgapp.domain.vocabulary import MSP_ACHIEVED, MSP_ASKED, MSP_EXPRESSED, RISK_OUTCOMES
from sgapp.ui.components.durable_form import durable_form
from sgapp.ui.components.fields import choice, text_area
from sgapp.ui.components.page_parts import loaded_page, page_head
from sgapp.ui.components.pictures import panel
from sgapp.ui.pages.case.state import CaseState
from sgapp.ui.templates import desk_page

case: Any = CaseState.case  # a Var: its attributes exist in the browser


@desk_page("/close", "Close", here="/cases", on_load=[CaseState.load_case])
def page() -> rx.Component:
    head = page_head(rx.el.span("Case ", case.reference, " · close"), case.person)
    signed = rx.el.div(
        rx.el.p("An agency never answered, and every stage was gone through. Your signature closes it: say what was done "
                "instead.", class_name="panel panel-alert"),
        panel(_form("sign-off-case", "Sign and close the case"), class_name="max-w-2xl"), class_name="grid gap-5")
    return loaded_page(
        CaseState.shown, CaseState.missing, head,
        rx.cond(case.may_sign_off, signed, panel(_form("close-case", "Close the case"), class_name="max-w-2xl")),
        rx.el.a("Back to the case", href="/case?id=" + CaseState.case_id, class_name="link"))


def _form(intent: str, submit: str) -> rx.Component:
    return durable_form(
        text_area("reason", "Why it can be closed", hint="The outcome, and what has changed for the adult.", required=True),
        choice("risk", "The risk", options=RISK_OUTCOMES.options(), required=True),
        choice("msp_asked", "Was the adult asked what they wanted?", options=MSP_ASKED.options(), required=True),
        choice("msp_achieved", "Was it achieved?", options=MSP_ACHIEVED.options(),
               ask_when={"msp_asked": sorted(MSP_EXPRESSED)},
               why_asked="The adult said what they wanted."),
        intent=intent, form_key=f"{intent}:" + CaseState.case_id, hidden={"case_id": CaseState.case_id}, submit=submit)
