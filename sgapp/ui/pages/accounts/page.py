"""Accounts. An administrator with somebody on the telephone who cannot get in; a manager who is asked to agree."""

from typing import Any

import reflex as rx

from sgapp.services.views.staff import ROLE_LABELS
from sgapp.ui.components.as_asked import as_asked
from sgapp.ui.components.durable_form import durable_form
from sgapp.ui.components.fields import choice, select_field, text_area, text_field
from sgapp.ui.components.page_parts import folded, page_head
from sgapp.ui.components.pictures import panel
from sgapp.ui.pages.accounts.state import AccountsState
from sgapp.ui.templates import desk_page

found: Any = AccountsState.found  # a Var: its attributes exist in the browser
_ROLES = tuple((str(role), label) for role, label in ROLE_LABELS.items())


def _form(intent: str, submit: str, *fields: rx.Component, **hidden: Any) -> rx.Component:
    """A form whose answer may hold half a code: it stays where it is until it has been written down."""
    return durable_form(*fields, intent=intent, form_key="", hidden=hidden, submit=submit, stay=True, forgetful=True,
                        on_saved=AccountsState.load_accounts)


def _why(within: Any) -> rx.Component:
    return text_area("reason", "Why", rows=2, within=within, hint="For whoever has to agree. Not needed where nobody has to.")


def _unfolds(summary: str, *content: rx.Component) -> rx.Component:
    return rx.el.details(rx.el.summary(summary, class_name="folded-summary"),
                         rx.el.div(*content, class_name="folded-body"), class_name="folded")


def _person(line: Any) -> rx.Component:
    lost = choice("factor_too", "Is the authenticator lost, too?", options=(("yes", "Yes"), ("no", "No")),
                  within=line.username + "-reset")
    work = _unfolds(
        "Change",
        rx.cond(line.two_people, rx.el.p("A second person has to agree to a new password.", class_name="hint"),
                rx.fragment()),
        _form("ask-for-reset", "Ask for a new password", _why(line.username + "-reset"), lost, username=line.username),
        _form("change-role", "Change the role",
              select_field("role", "Role", options=_ROLES, within=line.username + "-role"),
              _why(line.username + "-role"), username=line.username),
        _form("disable-account", "Disable this account", username=line.username))
    back = _unfolds("Let back in", _form("ask-for-reset", "Ask for a code", _why(line.username + "-back"),
                                         username=line.username))
    return rx.el.li(
        rx.el.div(rx.el.p(line.name, class_name="font-semibold"),
                  rx.el.p(line.username, " · ", line.role_label, " · ", line.branch, class_name="hint"), class_name="row-what"),
        rx.cond(line.disabled, rx.el.span("Disabled", class_name="tag"), rx.fragment()),
        rx.cond(found.may_manage, rx.cond(line.disabled, back, work), rx.fragment()),
        class_name="row row-wide", key=line.username)


def _waits(change: Any) -> rx.Component:
    # The list stays as it is: half a code stands in the answer, and goes with the form.
    settle = durable_form(
        choice("agrees", "Do you agree?", options=(("yes", "I agree"), ("no", "No")), within=change.id),
        intent="settle-change", form_key="", hidden={"change_id": change.id}, submit="Record it", stay=True, forgetful=True)
    return rx.el.li(
        rx.el.p(change.what, class_name="font-semibold"), rx.el.p(change.why),
        rx.el.p("Asked by ", change.asked, " · lapses ", change.until, class_name="hint"),
        rx.cond(change.may_settle, settle, rx.fragment()), class_name="grid gap-2", key=change.id)


def _add() -> rx.Component:
    return _form(
        "add-account", "Add", text_field("name", "Full name", required=True, within="add"),
        text_field("username", "User name", required=True, within="add", auto_capitalize="none"),
        select_field("role", "Role", options=_ROLES, required=True, within="add"),
        text_field("branch", "Branch", default="main", within="add"), _why("add"))


@desk_page("/accounts", "Accounts", on_load=[AccountsState.load_accounts])
def page() -> list[rx.Component]:
    waits = rx.cond(found.waiting.length() > 0, panel(
        rx.el.ul(rx.foreach(found.waiting, _waits), class_name="grid gap-5", aria_label="Waits for a second person"),
        heading="Waits for a second person"), rx.fragment())
    everyone = rx.el.ul(rx.foreach(found.lines, _person), class_name="rows", aria_label="Everybody")
    add = rx.cond(found.may_manage, folded("Add somebody", _add()), rx.fragment())
    said = rx.el.p("Whoever reads cases gets a code in two halves, from two people. Here nobody but its owner learns a "
                   "password; only at the machine that this runs on can one be set for somebody.", class_name="hint")
    return [page_head("Who can sign in", "Accounts"),
            as_asked(AccountsState.shown, rx.el.div(waits, add, said, everyone, class_name="grid gap-5"))]
