"""The safety plan. A lead with a tablet and a ringing telephone: what to do now stands first, the plan beside its contacts."""

from typing import Any

import reflex as rx

from sgapp.domain.vocabulary import CONTACT_KINDS, CONTACT_WITH, PLAN_AGREEMENT, SAFETY_CODES
from sgapp.domain.vocabulary.safety_codes import CHANNEL, DEVICE, IDENTITY, NEVER
from sgapp.domain.vocabulary.safety_plan import WRITTEN_KINDS
from sgapp.ui.components.agreed_words import agreed_words
from sgapp.ui.components.durable_form import durable_form, intent_button
from sgapp.ui.components.fields import checks, choice, date_field, date_time_field, select_field, text_area, text_field, yes_no
from sgapp.ui.components.page_parts import folded, lines, loaded_page, page_head
from sgapp.ui.components.pictures import badge_due, panel
from sgapp.ui.pages.plan.state import PlanState
from sgapp.ui.templates import desk_page

plan: Any = PlanState.plan  # a Var: its attributes exist in the browser


def _of(group: str) -> tuple[tuple[str, str], ...]:
    return tuple((c.code, c.label) for c in SAFETY_CODES if c.group == group)


def _form(intent: str, submit: str, *fields: rx.Component, **hidden: Any) -> rx.Component:
    return durable_form(*fields, intent=intent, form_key=f"{intent}:" + PlanState.case_id, submit=submit, stay=True,
                        hidden=hidden or {"case_id": PlanState.case_id}, on_saved=PlanState.load_plan)


def _step() -> rx.Component:
    check = _form("record-welfare-check", "Record what you found",
                  text_area("found", "Who saw them, where, and how they were", rows=2, within="check"))
    go = rx.el.a(rx.match(plan.step_kind, ("contact", "Open it"), ("write", "Write it"), "Plan it"), href=plan.step_href,
                 class_name="btn btn-primary")
    return rx.el.section(
        rx.el.div(rx.el.p("Next step", class_name="hint"), rx.el.p(plan.step, class_name="font-semibold text-lg"),
                  rx.el.p(plan.step_hint, class_name="hint"), class_name="grow"),
        rx.cond(plan.step_kind == "check", check, rx.cond(plan.step_kind == "nothing", rx.fragment(), go)),
        class_name="panel next-step flex flex-wrap items-center gap-4", aria_label="Next step")


def _section(section: Any) -> rx.Component:
    return rx.el.section(rx.el.h3(section.heading, class_name="font-semibold mb-2"), lines(section.lines))


def _shown() -> rx.Component:
    words = agreed_words(PlanState.words, PlanState.words_shown, show=PlanState.show_words, hide=PlanState.hide_words)
    there = rx.fragment(
        rx.el.div(rx.el.p(plan.agreed, class_name="grow"), badge_due(plan.review, plan.review_tone),
                  class_name="flex flex-wrap items-center gap-2"),
        rx.cond(plan.hidden, words, rx.fragment()),
        rx.foreach(plan.sections, _section))
    none = rx.fragment(rx.el.p("There is no plan yet.", class_name="font-semibold"), lines(plan.notes_say))
    return panel(rx.cond(plan.exists, there, none), heading="What holds", class_name="grid gap-5")


def _contact_line(line: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.el.a(line.what, href="/contact?id=" + line.id, class_name="font-semibold row-title"),
                  rx.el.p(line.detail, class_name="hint"), class_name="grow"),
        rx.cond(line.open, badge_due(line.when, line.tone), rx.el.span(line.when, class_name="hint")),
        class_name="flex items-start justify-between gap-3", key=line.id)


def _contacts() -> rx.Component:
    listed = rx.cond(plan.contacts.length() > 0,
                     rx.el.ul(rx.foreach(plan.contacts, _contact_line), class_name="grid gap-3", aria_label="Contacts"),
                     rx.el.p("Nobody has been in touch yet.", class_name="hint"))
    good = rx.cond(plan.next_good, rx.el.p("The next good time is ", plan.next_good, ".", class_name="hint"), rx.fragment())
    new = folded("Plan a contact", good, _plan_contact(), anchor="contact")
    return panel(listed, rx.cond(plan.is_open, new, rx.fragment()),
                 heading="Contacts", class_name="grid gap-4")


def _plan_contact() -> rx.Component:
    return _form(
        "plan-contact", "Plan it",
        choice("kind", "How", options=CONTACT_KINDS.options(), within="contact"),
        choice("whom", "With whom", options=CONTACT_WITH.options(), default="adult", within="contact",
               hint="Relatives are left out unless the plan names one."),
        date_time_field("when", "When", default=plan.good_at, within="contact"),
        text_field("purpose", "What for", within="contact"),
        text_area("words", "The words, as they will be read", rows=3, within="contact",
                  ask_when={"kind": sorted(WRITTEN_KINDS)}, hint="Read them once more as the one who is feared."),
        text_area("anyway", "Why it is right all the same", rows=2, within="contact",
                  hint="Only if something speaks against it and you do it all the same."))


def _write() -> rx.Component:
    def part(heading: str, *fields: rx.Component, opened: bool = False) -> rx.Component:
        return folded(heading, *fields, open_when=opened)

    reach = part(
        "How to reach them",
        checks("channels", "Safe ways", options=_of(CHANNEL), within="plan"),
        text_field("trusted", "Name of the contact", within="plan", ask_when={"channels": ["VIA_TRUSTED"]}),
        text_field("number", "Number to which texts are safe", within="plan", ask_when={"channels": ["SAFE_SMS"]}),
        text_field("email", "Address to which e-mail is safe", within="plan", ask_when={"channels": ["SAFE_EMAIL"]}),
        checks("nevers", "Never", options=_of(NEVER), within="plan"),
        checks("devices", "Devices", options=_of(DEVICE), within="plan"),
        text_area("windows", "Good times in the week", rows=2, within="plan", hint="One a line, like Tue 10:00-11:00."),
        text_area("never_windows", "Times to leave out", rows=2, within="plan", hint="One a line."), opened=True)
    who = part(
        "Who we are to others, and agreed words",
        choice("identity", "How we say who we are", options=_of(IDENTITY), within="plan"),
        text_field("pretext", "Agreed reason for calling", within="plan", hint="Whoever answers hears this and nothing else."),
        text_field("confirmable_by", "Who confirms it if somebody rings back", within="plan"),
        text_field("named_worker", "Named worker", within="plan", ask_when={"identity": ["NAMED_WORKER"]}),
        text_field("safe_word", "Word that says: it is me, and I am well", within="plan"),
        text_field("stop_phrase", "Words that end the call", within="plan"),
        text_field("help_phrase", "Words that mean: get help now", within="plan"))
    visits = part(
        "Visits, and missed contact",
        text_field("pairing", "How visits go", within="plan", hint="Such as: two workers after 17:00."),
        text_field("cover_reason", "Reason that stands on the rota", within="plan", hint="It must say nothing of this."),
        text_field("missed_after", "After how many missed windows in a row", within="plan", input_mode="numeric"),
        text_area("missed_do", "Who then does what", rows=2, within="plan", hint="Never an improvised visit."))
    hers = part(
        "Their own goals, and the danger",
        text_area("goals", "What they want", rows=2, within="plan", hint="In their words."),
        text_area("strategies", "What they already do to stay safe", rows=2, within="plan"),
        text_area("feared", "Who is dangerous", rows=2, within="plan", hint="Names and how they are related."),
        text_area("triggers", "What sets it off", rows=2, within="plan"))
    home = part(
        "At home", *(text_area(name, label, rows=2, within="plan") for name, label in (
            ("children", "Children and others who depend on them"), ("animals", "Animals"),
            ("medicine", "Medicine, aids, and who controls them"), ("papers", "Papers and money"),
            ("if_discovered", "If the plan is found"))))
    rest = part(
        "Agreement, review, and who knows of it",
        choice("agreement", "Agreed with the adult?", options=PLAN_AGREEMENT.options(), within="plan"),
        text_area("agreement_why", "Why", rows=2, within="plan",
                  ask_when={"agreement": [c for c in PLAN_AGREEMENT.codes() if c != "agreed"]}),
        text_area("agencies", "What other agencies agreed to do, and by when", rows=2, within="plan",
                  hint="Put each on the case as an action, too: then it is followed."),
        yes_no("workers_may_view", "May those who visit have its card?", within="plan"),
        text_field("may_view", "Who else was told of it", within="plan", hint="For the file. It opens the plan to nobody."),
        date_field("review_on", "Look at it again on", within="plan"), opened=True)
    begin = intent_button("Start from what is known", intent="start-from-last-plan", hidden={"case_id": PlanState.case_id})
    form = _form("write-safety-plan", "Let this version count", reach, who, visits, hers, home, rest)
    return folded("Write the next version", begin, form, open_when=plan.step_kind == "write")


def _round() -> rx.Component:
    put_down = durable_form(
        select_field("account_id", "Who visits", options=plan.staff, within="round"),
        date_field("on", "On", hint="Empty: today.", within="round"),
        intent="allocate-visit", form_key="allocate-visit:" + PlanState.case_id, hidden={"person_id": plan.person_id},
        submit="Put them down", stay=True, on_saved=PlanState.load_plan)
    looked = rx.cond(plan.looks.length() > 0, rx.fragment(
        rx.el.h3("Looks at the card without a visit or a signal", class_name="font-semibold"), lines(plan.looks)),
        rx.el.p("Nobody looked at the card without a visit that day.", class_name="hint"))
    return panel(looked, folded("Put somebody down for a visit", put_down), heading="Those who visit", class_name="grid gap-4")


def _versions() -> rx.Component:
    end = durable_form(text_area("why", "Why no plan is needed any more", rows=2, within="end"), intent="end-safety-plan",
                       form_key="end-safety-plan:" + PlanState.plan_id, hidden={"plan_id": PlanState.plan_id},
                       submit="End the plan", stay=True, on_saved=PlanState.load_plan)
    return panel(
        rx.el.ul(rx.foreach(plan.versions, lambda v: rx.el.li(rx.el.p(v.label, class_name="font-semibold"),
                                                              rx.el.p(v.detail, class_name="hint"))), class_name="grid gap-3"),
        rx.cond(plan.exists & plan.may_write, folded("End the plan", end), rx.fragment()),
        heading="Versions", class_name="grid gap-4")


@desk_page("/plan", "Plan", here="/cases", on_load=[PlanState.load_plan])
def page() -> rx.Component:
    may_write = plan.may_write & plan.is_open
    return loaded_page(
        PlanState.shown, PlanState.missing,
        page_head(rx.el.span("Plan · ", plan.version), plan.person,
                  rx.el.a("Case ", plan.case_reference, href="/case?id=" + plan.case_id, class_name="btn btn-quiet")),
        _step(),
        rx.el.div(
            rx.el.div(_shown(), rx.cond(plan.versions.length() > 0, _versions(), rx.fragment()),
                      class_name="grid gap-5 content-start"),
            rx.el.div(_contacts(), rx.cond(may_write, _round(), rx.fragment()), class_name="grid gap-5 content-start"),
            class_name="two-columns even-columns"),
        rx.el.div(rx.cond(may_write, _write(), rx.fragment()), id="write"))
