"""How one signs in. Somebody at her own tablet with her telephone beside it, once; later, when a telephone is lost."""

from typing import Any

import reflex as rx

from sgapp.ui.components.as_asked import as_asked
from sgapp.ui.components.durable_form import durable_form, intent_button
from sgapp.ui.components.fields import text_field
from sgapp.ui.components.page_parts import folded, page_head
from sgapp.ui.components.passkey_form import passkey_form
from sgapp.ui.components.pictures import panel
from sgapp.ui.components.recovery_codes import recovery_codes
from sgapp.ui.pages.account.state import AccountState
from sgapp.ui.templates import desk_page

found: Any = AccountState.found  # a Var: its attributes exist in the browser


def _password(within: str) -> rx.Component:
    return text_field("password", "Your password", required=True, within=within, type="password",
                      hint="Once more, so that an open tablet is not enough.")


def _form(intent: str, submit: str, *fields: rx.Component, **hidden: Any) -> rx.Component:
    return durable_form(*fields, intent=intent, form_key="", hidden=hidden, submit=submit, stay=True, forgetful=True,
                        on_saved=AccountState.load_account)


def _passkey(line: Any) -> rx.Component:
    remove = folded("Take it away", _form("remove-passkey", "Take it away", _password(line.id), factor_id=line.id))
    return rx.el.li(rx.el.div(rx.el.p(line.name, class_name="font-semibold"), rx.el.p(line.told, class_name="hint"),
                              class_name="row-what"), rx.el.div(remove), class_name="row row-wide", key=line.id)


def _passkeys() -> rx.Component:
    must = rx.el.p("You read what is confidential, so a password alone is not enough. Set up one of these two first; "
                   "afterwards everything else opens.")
    return panel(
        rx.cond(found.limited, must, rx.fragment()),
        rx.el.p("The quickest way in: your face, your finger or the code that unlocks this device, or a key that you plug in. "
                "No password; nobody can send it on, or guess it from elsewhere.", class_name="hint"),
        rx.cond(found.passkeys.length() > 0,
                rx.el.ul(rx.foreach(found.passkeys, _passkey), class_name="rows", aria_label="Your passkeys"), rx.fragment()),
        folded("Set up a passkey", passkey_form(on_made=AccountState.load_account), open_when=found.limited),
        heading="Face, finger or key", class_name="grid gap-3")


def _authenticator() -> rx.Component:
    begin = _form("begin-factor", "Show the key", _password("begin"))
    picture = rx.el.svg(rx.el.path(d=found.picture), custom_attrs={"viewBox": f"0 0 {found.size} {found.size}"},
                        class_name="qr", role="img", aria_label="The key as a picture for your authenticator")
    confirm = rx.el.div(
        picture,
        rx.el.div(rx.el.p("1. Scan this with your authenticator, or type the key:"),
                  rx.el.p(found.key, class_name="qr-key"), rx.el.p("2. Write the six digits that it shows."),
                  _form("confirm-factor", "This is what it shows",
                        text_field("code", "Six digits", required=True, within="confirm", input_mode="numeric")),
                  class_name="grid gap-3"),
        class_name="flex flex-wrap items-start gap-5")
    return panel(
        rx.el.p("An app on your telephone that shows six digits; any will do.", class_name="hint"),
        rx.cond(found.key, confirm,
                rx.cond(found.has, rx.fragment(rx.el.p("Your authenticator is asked for ", found.has, "."),
                                               folded("Set up another one in its place", begin)), begin)),
        heading="Authenticator", class_name="grid gap-3")


def _recovery() -> rx.Component:
    return panel(
        rx.el.p("Codes left: ", found.recovery_left, ". Each lets you in once when your telephone is not there. Keep them on "
                "paper, away from the tablet.", class_name="hint"),
        folded("Make ten new codes", recovery_codes(on_made=AccountState.load_account)),
        heading="Recovery codes", class_name="grid gap-3")


def _session(line: Any) -> rx.Component:
    end = intent_button("Sign out there", intent="end-session", hidden={"session_id": line.id}, stay=True,
                        on_saved=AccountState.load_account)
    return rx.el.li(
        rx.el.div(rx.el.p(line.browser, class_name="font-semibold"),
                  rx.el.p("Signed in ", line.since, " · last seen ", line.seen, class_name="hint"), class_name="row-what"),
        rx.el.div(rx.cond(line.here, rx.el.span("This one", class_name="tag"), end), class_name="row-step"),
        class_name="row row-wide", key=line.id)


def _sessions() -> rx.Component:
    everywhere = intent_button("Sign out everywhere else", intent="end-session", hidden={}, stay=True,
                               on_saved=AccountState.load_account)
    return panel(
        rx.el.ul(rx.foreach(found.sessions, _session), class_name="rows", aria_label="Where you are signed in"),
        rx.cond(found.sessions.length() > 1, everywhere, rx.fragment()),
        rx.el.p(found.limits, class_name="hint"), heading="Where you are signed in", class_name="grid gap-3")


def _notice(notice: Any) -> rx.Component:
    return rx.el.li(rx.el.div(rx.el.p(notice.words), rx.el.p(notice.when, class_name="hint"), class_name="row-what"),
                    class_name="row row-wide")


def _told() -> rx.Component:
    return rx.cond(found.told.length() > 0, panel(
        rx.el.p("Something was done about an account, perhaps yours: a new password, a role, somebody who joined or left. If "
                "you do not know of it, ask a manager.", class_name="hint"),
        rx.el.ul(rx.foreach(found.told, _notice), class_name="rows", aria_label="What you were told of accounts"),
        heading="What you were told of accounts", class_name="grid gap-3"), rx.fragment())


def _change() -> rx.Component:
    return panel(folded("Change it", _form(
        "change-password", "Change the password", _password("change"),
        text_field("new_password", "New password", required=True, within="change", type="password",
                   hint="At least twelve characters; three words in a row work well."))), heading="Password")


@desk_page("/account", "Account", on_load=[AccountState.load_account])
def page() -> list[rx.Component]:
    rest = rx.cond(found.limited, rx.fragment(), rx.fragment(_recovery(), _sessions(), _told(), _change()))
    return [page_head(found.username, "How you sign in"),
            as_asked(AccountState.shown, rx.el.div(_passkeys(), _authenticator(), rest, class_name="grid gap-5"))]
