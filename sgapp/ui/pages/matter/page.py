"""One matter about staff. A manager alone with a tablet: what is owed stands first, then each duty with its one form."""

from typing import Any

import reflex as rx

from sgapp.domain.vocabulary import (
    AGENCIES,
    CANDOUR_STEPS,
    CLEARANCES,
    DBS_DECISIONS,
    DBS_GROUNDS,
    DBS_REMOVED,
    INTERIM_MEASURES,
    MATTER_OUTCOMES,
    MILESTONES,
    PARTS_OF_DAY,
)
from sgapp.ui.components.durable_form import durable_form, intent_button
from sgapp.ui.components.fields import choice, date_field, select_field, text_area, text_field
from sgapp.ui.components.page_parts import folded, lines, loaded_page, opens, page_head
from sgapp.ui.components.pictures import badge_due, panel, timeline
from sgapp.ui.pages.matter.state import MatterState
from sgapp.ui.templates import desk_page

matter: Any = MatterState.matter  # a Var: its attributes exist in the browser


def _form(intent: str, submit: str, *fields: rx.Component, key: Any = "", **hidden: Any) -> rx.Component:
    return durable_form(*fields, intent=intent, form_key=f"{intent}:" + MatterState.matter_id + key, submit=submit, stay=True,
                        hidden={"investigation_id": MatterState.matter_id, **hidden}, on_saved=MatterState.load_matter)


def _due(due: Any) -> rx.Component:
    return rx.el.li(rx.el.span(due.what, class_name="grow font-semibold"), badge_due(due.due, due.tone),
                    class_name="flex items-center justify-between gap-3")


def _owed() -> rx.Component:
    return rx.cond(matter.due.length() > 0, panel(
        rx.el.ul(rx.foreach(matter.due, _due), class_name="grid gap-3"), heading="What is owed", class_name="next-step"),
        rx.fragment())


def _part(heading: str, shown: rx.Component, *forms: Any) -> rx.Component:
    return panel(shown, *[rx.cond(matter.open, form, rx.fragment()) for form in forms], heading=heading,
                 class_name="grid gap-3")


def _only(may: Any, *what: rx.Component) -> rx.Component:
    return rx.cond(may, rx.fragment(*what), rx.fragment())


def _clearance() -> rx.Component:
    form = _form(
        "record-clearance", "Record what they said",
        select_field("agency", "Whom you asked", options=AGENCIES.options(), within="clearance"),
        text_field("person", "Who answered", within="clearance"),
        choice("answer", "What they said", options=CLEARANCES.options(), within="clearance"),
        text_area("words", "In their words", rows=2, within="clearance"),
        date_field("ask_again_on", "Ask again on", within="clearance", ask_when={"answer": ["wait", "theirs"]}))
    return _part("May we begin?", lines(matter.clearances), folded("Record an answer", form))


def _measures() -> rx.Component:
    def line(measure: Any) -> rx.Component:
        look = _form("review-measure", "Record this", text_area("found", "What you found", rows=2, within=measure.id),
                     date_field("next_on", "Look again on", hint="Empty: the measure is over. Otherwise within seven days.",
                                within=measure.id), key=":" + measure.id, measure_id=measure.id)
        return rx.el.li(
            rx.el.p(measure.kind, class_name="font-semibold"), rx.el.p(measure.stands, class_name="hint"),
            opens("Why, and what else was thought of", rx.el.p(measure.reasons),
                  rx.el.p(measure.alternatives, class_name="hint")),
            rx.cond(measure.running & matter.may_decide & matter.open, folded("Look at it again", look), rx.fragment()),
            class_name="grid gap-2", key=measure.id)

    new = _form(
        "set-measure", "Take this measure", choice("kind", "Measure", options=INTERIM_MEASURES.options(), within="measure"),
        text_area("reasons", "Why it is needed", rows=2, within="measure"),
        text_area("alternatives", "What else was thought of, and why it would not do", rows=2, within="measure"),
        date_field("review_on", "Look again on", hint="Empty: in seven days.", within="measure"),
        choice("off_rota", "Show the rota “not available”?", options=(("yes", "Yes"), ("no", "No")), within="measure"))
    return _part("Interim measures", rx.el.ul(rx.foreach(matter.measures, line), class_name="grid gap-4"),
                 _only(matter.may_decide, folded("Take a measure", new)))


def _steps() -> rx.Component:
    def line(step: Any) -> rx.Component:
        done = _form("reach-milestone", "It is done", date_field("done_on", "On", hint="Empty: today.", within=step.id),
                     text_area("evidence", "What shows it", rows=2, within=step.id), key=":" + step.id, milestone_id=step.id)
        return rx.el.li(rx.el.p(step.what, class_name="font-semibold"),
                        rx.el.p(step.owner, " · ", step.stands, class_name="hint"),
                        rx.cond(step.open & matter.open, folded("It is done", done), rx.fragment()),
                        class_name="grid gap-2", key=step.id)

    new = _form(
        "plan-milestone", "Plan it", select_field("kind", "Step", options=MILESTONES.options(), within="step"),
        text_field("what", "What exactly", within="step"), text_field("owner", "Who does it", within="step"),
        date_field("due_on", "By when", within="step"))
    return _part("Steps", rx.el.ul(rx.foreach(matter.steps, line), class_name="grid gap-4"), folded("Plan a step", new))


def _account(account: Any) -> rx.Component:
    read = intent_button("Read; keep it here", intent="keep-account", stay=True, on_saved=MatterState.load_matter,
                         hidden={"investigation_id": MatterState.matter_id, "note_id": account.note_id}, primary=True)
    pick = _form("pick-account", "It may be chosen from", text_area("why", "Why an agency needs it", rows=2, within=account.id),
                 key=":" + account.id, asked_id=account.id)
    return rx.el.li(
        rx.el.p(account.witness, class_name="font-semibold"),
        rx.el.p(account.asked, ". ", account.stands, class_name="hint"),
        rx.cond(account.lines.length() > 0, opens("What was written, word for word", lines(account.lines)), rx.fragment()),
        rx.cond(account.unread, read, rx.fragment()),
        rx.cond(account.may_pick & matter.open, folded("Let facts of it be chosen for a referral", pick), rx.fragment()),
        class_name="grid gap-2", key=account.id)


def _accounts() -> rx.Component:
    new = _form(
        "ask-for-account", "Ask for an account",
        rx.el.p("They see your name, the day and the part of it. Nothing else, so nothing else is asked here.",
                class_name="hint"),
        select_field("witness_id", "Whom to ask", options=matter.witnesses, within="ask"),
        date_field("on", "About which day", within="ask"),
        choice("part", "Which part of it", options=PARTS_OF_DAY.options(), within="ask"))
    return _part("Accounts", rx.el.ul(rx.foreach(matter.accounts, _account), class_name="grid gap-4"),
                 folded("Ask somebody for an account", new))


def _dbs() -> rx.Component:
    consider = _form(
        "consider-dbs", "Record this look",
        choice("decision", "What you decide", options=DBS_DECISIONS.options(), within="dbs"),
        choice("removed", "Removed from regulated activity?", options=DBS_REMOVED.options(), within="dbs"),
        choice("ground", "Ground", options=DBS_GROUNDS.options(), within="dbs", ask_when={"decision": ["refer"]}),
        text_area("reason", "What this rests on", rows=2, within="dbs"),
        date_field("look_again_on", "Look again on", within="dbs", ask_when={"decision": ["not_yet"]}))
    sent = _form("record-dbs-sent", "It went out", date_field("sent_on", "On", hint="Empty: today.", within="dbs-sent"),
                 text_field("sent_reference", "Their reference", within="dbs-sent"))
    return _part("DBS duty", lines(matter.dbs), _only(matter.may_decide & matter.dbs_to_send, folded("It was sent", sent)),
                 _only(matter.may_decide, folded("Look at the duty", consider)))


def _candour() -> rx.Component:
    form = _form("record-candour", "Record the step", choice("kind", "Step", options=CANDOUR_STEPS.options(), within="candour"),
                 text_area("words", "What was said, to whom", rows=2, within="candour"),
                 date_field("on", "On", hint="Empty: today.", within="candour"))
    return _part("Candour", lines(matter.candour), folded("Record a step", form))


def _outcome() -> rx.Component:
    decide = _form("decide-outcome", "Record the outcome",
                   choice("code", "Outcome", options=MATTER_OUTCOMES.options(), within="outcome"),
                   text_area("reason", "What it rests on", rows=2, within="outcome"))
    again = _form("reopen-investigation", "Begin again", text_area("reason", "Why", rows=2, within="again"))
    close = _form("close-investigation", "Close this record",
                  text_area("debrief", "What helped, what hindered, what changes", within="close"))
    return _part("Outcome", rx.fragment(lines(matter.outcomes), rx.el.p(matter.debrief)),
                 _only(matter.may_decide & ~matter.decided, folded("Record the outcome", decide)),
                 _only(matter.may_decide & matter.decided, folded("Close", close),
                       folded("An appeal, or something new", again)))


def _list() -> rx.Component:
    form = _form(
        "change-investigators", "Change the list",
        select_field("account_id", "Who", options=matter.investigators, within="list"),
        choice("let_in", "From now on", options=(("yes", "May work on this"), ("no", "Is kept from it")), within="list"),
        text_area("reason", "Why", rows=2, within="list"))
    return _part("Who may know", rx.el.ul(rx.foreach(matter.listed, lambda o: rx.el.li(o.label)), class_name="grid gap-1"),
                 _only(matter.may_list, folded("Let somebody in, or keep somebody from it", form)))


def _moment(moment: Any) -> rx.Component:
    return rx.fragment(rx.el.p(moment.when, " · ", moment.who, class_name="hint"), rx.el.p(moment.what),
                       rx.cond(moment.detail, rx.el.p(moment.detail, class_name="hint"), rx.fragment()))


@desk_page("/matter", "Matter", here="/matters", on_load=[MatterState.load_matter])
def page() -> rx.Component:
    to_case = rx.el.a("Case ", matter.case_reference, href=matter.case_href, class_name="btn btn-quiet")
    beside = rx.cond(matter.case_href, to_case, rx.fragment())
    return loaded_page(
        MatterState.shown, MatterState.missing,
        page_head(rx.el.span("Matter ", matter.reference, " · ", matter.state), matter.about,
                  rx.el.span("restricted", class_name="tag"), beside),
        _owed(),
        rx.el.div(
            rx.el.div(_clearance(), _measures(), _steps(), _accounts(), class_name="grid gap-5 content-start"),
            rx.el.div(_dbs(), _candour(), _outcome(), _list(), class_name="grid gap-5 content-start"),
            class_name="two-columns even-columns"),
        panel(timeline(matter.moments, _moment), heading="What happened"))
