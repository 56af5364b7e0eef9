"""One referral. A lead with the telephone in one hand: at the left the letter as it leaves, at the right what to do now."""

from typing import Any

import reflex as rx

from sgapp.domain.vocabulary import SEND_METHODS
from sgapp.ui.components.durable_form import durable_form, intent_button
from sgapp.ui.components.fields import choice, select_field, text_area, text_field
from sgapp.ui.components.letters import copy_field
from sgapp.ui.components.page_parts import file_link, folded, lines, loaded_page, page_head, single
from sgapp.ui.components.pictures import panel
from sgapp.ui.pages.referral.state import ReferralState
from sgapp.ui.templates import desk_page

referral: Any = ReferralState.referral  # a Var: its attributes exist in the browser
link: Any = referral.link


def _form(intent: str, submit: str, *fields: rx.Component, stay: bool = True, key: Any = "",
          hidden: dict[str, Any] | None = None) -> rx.Component:
    return durable_form(*fields, intent=intent, form_key=f"{intent}:" + ReferralState.referral_id + key,
                        hidden={"referral_id": ReferralState.referral_id, **(hidden or {})}, submit=submit, stay=stay,
                        on_saved=ReferralState.load_referral)


def _by(*methods: str) -> dict[str, Any]:
    return {"ask_when": {"method": list(methods)}}


def _shown_by(method: str, *children: rx.Component) -> rx.Component:
    """What stands in the form only for one way out. It is no field: nothing of it is sent."""
    return rx.el.div(*children, class_name="grid gap-3",
                     custom_attrs={"data-ask-when": f'{{"method": ["{method}"]}}', "hidden": True})


def _desks() -> rx.Component:
    """The numbers and addresses of the directory, or the way to put them there."""
    def desk(entry: Any) -> rx.Component:
        return rx.el.li(
            rx.el.b(entry.name), " ", rx.el.a(entry.telephone, href="tel:" + entry.telephone, class_name="link"),
            rx.cond(entry.email, rx.el.span(" · ", entry.email), rx.fragment()),
            rx.cond(entry.hours, rx.el.span(" · ", entry.hours, class_name="hint"), rx.fragment()), key=entry.id)

    empty = rx.el.p("This agency is not in the directory yet. ", rx.el.a("Put it there", href="/agencies", class_name="link"),
                    " with a number you have checked.", class_name="hint")
    return rx.cond(referral.desks.length() > 0,
                   rx.el.ul(rx.foreach(referral.desks, desk), class_name="grid gap-1", aria_label="In the directory"), empty)


def _portals() -> rx.Component:
    def way(desk: Any) -> rx.Component:
        return rx.el.a("Open the form of ", desk.name, href=desk.portal, target="_blank", rel="noreferrer",
                       class_name="btn btn-quiet")

    return rx.foreach(referral.desks, lambda desk: rx.cond(desk.portal, way(desk), rx.fragment()))


def _download(label: str) -> rx.Component:
    return rx.cond(referral.pdf, file_link(label, href=referral.pdf, class_name="btn btn-quiet justify-self-start"),
                   rx.fragment())


def _script() -> rx.Component:
    """What to say on the telephone, in order."""
    return rx.el.ol(
        rx.el.li("Ring the number of the directory. Say who you are, and that you have an adult safeguarding referral."),
        rx.el.li("Ask for name and role. Give the reference ", rx.el.b(referral.reference), "."),
        rx.el.li("Read the letter out, the part on making contact first. Nothing beside it."),
        rx.el.li("Ask for their reference, and by when they will ring back."), class_name="list-decimal pl-5 grid gap-1")


def _send() -> rx.Component:
    form = _form(
        "send-referral", "It has been sent",
        choice("method", "How does it go?", options=SEND_METHODS.options(), default=referral.method),
        _shown_by("telephone", _script()),
        _shown_by("portal", rx.foreach(referral.fields, lambda f: copy_field(f.label, f.value)), _portals()),
        _shown_by("secure_email", rx.el.p("Send the PDF from your own assured mail. Its name says nothing.", class_name="hint"),
                  _download("Download the letter")),
        _shown_by("secure_post", _download("Download the letter")), _shown_by("in_person", _download("Download the letter")),
        _shown_by("link", rx.el.p("They get a mail with a link, and no word of the person. It opens with a code that you read "
                                  "out to them.", class_name="hint")),
        select_field("desk_id", "To which team of the directory", options=referral.desks_with_mail, **_by("link")),
        text_field("person", "Who took it down", **_by("telephone")), text_field("role", "Their role", **_by("telephone")),
        text_field("their_reference", "Their reference", **_by("telephone", "portal")),
        text_field("to", "To whom exactly", **_by("secure_email", "secure_post", "in_person")), stay=False)
    return rx.el.div(
        panel(rx.el.p(referral.reached, class_name="hint"), _desks(), form, heading="Next: send it",
              class_name="next-step grid gap-4"),
        folded("Do not send it", _form("withdraw-referral", "Withdraw it", text_area("reason", "Why not", within="no"),
                                       stay=False)),
        class_name="grid gap-5 content-start")


def _receipt() -> rx.Component:
    return rx.el.div(
        panel(rx.el.p("A named person or their reference number. A delivery report is no receipt.", class_name="hint"),
              _desks(),
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


def _enquiry() -> rx.Component:
    """After they said that they begin an enquiry: what is waited for, and what came of it."""
    form = _form(
        "record-enquiry-step", "Record it",
        select_field("code", "What came", options=referral.enquiry_steps, within="enquiry",
                     hint="A later one stands for those before it. “Otherwise” ends the waiting."),
        text_area("detail", "What it says, or how it is done here", rows=2, within="enquiry"), stay=False)
    next_step = panel(
        rx.el.p("Waited for: ", rx.el.b(referral.enquiry), ".", class_name="hint"), _desks(), form,
        heading="Next: their enquiry", class_name="next-step grid gap-3")
    return rx.el.div(rx.cond(referral.enquiry, rx.fragment(next_step, folded("Rang, nothing yet", _chase())), rx.fragment()),
                     folded("They have decided again", _outcome()), class_name="grid gap-5 content-start")


def _question(asked: Any) -> rx.Component:
    answer = durable_form(
        text_area("answer", "How you answered, and whom you reached", rows=2),
        intent="answer-question", form_key="answer-question:" + asked.id,
        hidden={"referral_id": ReferralState.referral_id, "question_id": asked.id}, submit="It has been answered", stay=True,
        on_saved=ReferralState.load_referral)
    return rx.el.li(
        rx.el.p(asked.heading, class_name="hint"), rx.el.blockquote(asked.text, class_name="quote"),
        rx.cond(asked.open, rx.cond(referral.may_refer, answer, rx.fragment()), rx.el.p(asked.answer)),
        class_name="grid gap-2", key=asked.id)


def _questions() -> rx.Component:
    hint = rx.el.p("Ring them. If they need more facts, choose them for another referral; nothing goes out from here.",
                   class_name="hint")
    return rx.cond(referral.questions.length() > 0, panel(
        hint, rx.el.ul(rx.foreach(referral.questions, _question), class_name="grid gap-4"), heading="They ask",
        class_name="grid gap-3"), rx.fragment())


def _their_page() -> rx.Component:
    """The agency's own page: the code to read out, large enough to be read from across a desk."""
    def button(label: str, intent: str, *, primary: bool = False) -> rx.Component:
        return intent_button(label, intent=intent, hidden={"referral_id": ReferralState.referral_id}, stay=True,
                             primary=primary, on_saved=ReferralState.load_referral)

    code = rx.cond(
        link.code,
        rx.el.div(rx.el.p(link.code, class_name="code-large"),
                  rx.el.p("Read it out. Good for one visit, until ", link.code_until, ".", class_name="hint")),
        rx.el.p("Each visit needs a fresh code.", class_name="hint"))
    live = panel(
        rx.el.p("Given to ", link.desk, ", ", link.since, ". Ring them on ",
                rx.el.a(link.telephone, href="tel:" + link.telephone, class_name="link"), ", the number of the directory."),
        code,
        rx.el.div(button("Make a code", "give-code"), button("Switch the link off", "revoke-link"),
                  class_name="flex flex-wrap gap-2"),
        heading="Their page", class_name="grid gap-3")
    give = folded("Give them a page of their own", _form(
        "open-link", "Send the link", select_field("desk_id", "To which team of the directory",
                                                   options=referral.desks_with_mail, within="link")))
    return rx.cond(link.live, live, rx.cond(
        referral.by_link & ((referral.step == "receipt") | (referral.step == "outcome")), give, rx.fragment()))


def _letter() -> rx.Component:
    left_out = rx.cond(referral.left_out.length() > 0, folded(
        "Left out", rx.el.ul(rx.foreach(referral.left_out, rx.el.li), class_name="list-disc pl-5")), rx.fragment())
    why = rx.cond(referral.reasons.length() > 0, folded("Why each fact", lines(referral.reasons)), rx.fragment())
    kept = rx.cond(referral.kept_because, folded(
        "In our own words", rx.el.ul(rx.foreach(referral.slipped_in, rx.el.li), class_name="list-disc pl-5"),
        single("Kept because", referral.kept_because)), rx.fragment())
    prints = rx.cond(referral.sha256, folded(
        "Fingerprints", rx.el.p("SHA-256 of the text ", rx.el.code(referral.sha256, class_name="break-all"), class_name="hint"),
        rx.cond(referral.pdf_sha256, rx.el.p("SHA-256 of the PDF ", rx.el.code(referral.pdf_sha256, class_name="break-all"),
                                             class_name="hint"), rx.fragment())), rx.fragment())
    return rx.el.div(
        panel(
            rx.el.pre(referral.letter, class_name="letter", tab_index=0, aria_label="The letter"),
            _download("Download as PDF"), single("Sent", referral.sent), single("Receipt", referral.receipt),
            heading="As it leaves", class_name="grid gap-3"),
        panel(lines(referral.history), heading="What happened"),
        why, left_out, kept, prints, class_name="grid gap-3 content-start")


@desk_page("/referral", "Referral", here="/cases", on_load=[ReferralState.load_referral])
def page() -> rx.Component:
    step = rx.match(referral.step, ("send", _send()), ("receipt", _receipt()), ("outcome", _answer()),
                    ("answered", _enquiry()), rx.fragment())
    return loaded_page(
        ReferralState.shown, ReferralState.missing,
        page_head(rx.el.span("Case ", referral.case_reference, " · referral ", referral.reference, " to ", referral.agency),
                  referral.person, rx.cond(referral.due, rx.el.span(referral.due, class_name="badge-due"), rx.fragment())),
        rx.cond(referral.stage, rx.el.p(referral.stage, role="status", class_name="panel panel-alert font-semibold"),
                rx.fragment()),
        rx.cond(referral.stopwatch, rx.el.p(referral.stopwatch, class_name="hint"), rx.fragment()),
        rx.el.div(_letter(), rx.el.div(_questions(), _their_page(), step, class_name="grid gap-5 content-start"),
                  class_name="two-columns"),
        rx.el.a("Back to the case", href="/case?id=" + referral.case_id, class_name="link"))
