"""The forms of the case page, each for one intention."""

from typing import Any

import reflex as rx

from sgapp.domain.letter import LONGEST_SPOKEN, told
from sgapp.domain.risk_checklist import topics_of
from sgapp.domain.vocabulary import (
    ABUSE_TYPES,
    ADULT_AGREEMENT,
    AGENCIES,
    ANSWERS,
    CAPACITY_OUTCOMES,
    CHECKLIST_ANSWERS,
    CHECKLIST_TOPICS,
    JUDGEMENTS,
    NEEDS_REVIEW_DATE,
    RISK_LEVELS,
    RISK_TOOLS,
    SEND_METHODS,
    TRIAGE_DECISIONS,
)
from sgapp.domain.vocabulary.risk_checklist import TOPICS_OF
from sgapp.ui.components.durable_form import durable_form
from sgapp.ui.components.fields import (
    YES_NO,
    checks,
    choice,
    date_field,
    date_time_field,
    select_field,
    text_area,
    text_field,
    yes_no,
)
from sgapp.ui.components.page_parts import folded
from sgapp.ui.components.pictures import badge_due, panel
from sgapp.ui.pages.case.state import CaseState

case: Any = CaseState.case  # a Var: its attributes exist in the browser


def _form(intent: str, submit: str, *fields: rx.Component) -> rx.Component:
    return durable_form(*fields, intent=intent, form_key=f"{intent}:" + CaseState.case_id,
                        hidden={"case_id": CaseState.case_id}, submit=submit, stay=True, on_saved=CaseState.load_case)


def triage() -> rx.Component:
    return _form(
        "triage-case", "Record this decision",
        choice("code", "What happens now?", options=TRIAGE_DECISIONS.options(), required=True, within="triage"),
        text_area("reason", "Why", required=True, within="triage", hint="So that it still makes sense in a year."),
        date_field("review_on", "Look again on", within="triage", ask_when={"code": sorted(NEEDS_REVIEW_DATE)},
                   why_asked="Nothing leaves the house, so a day is set to look again."))


def review() -> rx.Component:
    return _form("review-case", "Record what you found",
                 text_area("found", "What you found", required=True, within="review"),
                 date_field("next_review_on", "Look again on", hint="Leave empty if there is no need.", within="review"))


def risk() -> rx.Component:
    return _form("set-risk", "Set the risk", choice("level", "Level", options=RISK_LEVELS.options(), within="risk"),
                 text_area("reason", "What it rests on", within="risk"))


def harm() -> rx.Component:
    return _form("set-types", "Set the kind of harm",
                 checks("types", "What kind of harm may it be?", options=ABUSE_TYPES.options(), default=case.type_codes,
                        within="harm", hint="As many as fit. What was said before stays on the file."),
                 text_area("reason", "What shows it", within="harm", rows=2))


def consultation() -> rx.Component:
    return _form("record-consultation", "Record the advice", text_field("who", "Whom you asked", within="advice"),
                 text_field("role", "Their role", within="advice"), date_time_field("when", "When", within="advice"),
                 text_area("advice", "What they advised", within="advice"))


def capacity() -> rx.Component:
    ability = [choice(name, label, options=ANSWERS.options(), within="capacity") for name, label in (
        ("understand", "Understands it"), ("retain", "Keeps it in mind long enough"), ("weigh", "Uses and weighs it"),
        ("communicate", "Says the decision, by any means"))]
    return _form(
        "record-capacity", "Record the assessment",
        text_area("decision", "The exact decision", hint="One decision, at this time.", within="capacity", rows=2),
        text_area("reason_for_doubt", "What gave rise to doubt", within="capacity", rows=2),
        text_area("support_given", "Support given to decide", within="capacity", rows=2), *ability,
        text_area("evidence", "What showed it", within="capacity", rows=2),
        text_area("executive_capacity", "What they say, and what they do", within="capacity", rows=2),
        text_area("impairment", "Impairment of mind or brain, if any", within="capacity", rows=2),
        text_area("causal_link", "How it causes the difficulty", within="capacity", rows=2,
                  hint="Pressure from another person is not an impairment: take legal advice."),
        choice("outcome", "Outcome", options=CAPACITY_OUTCOMES.options(), within="capacity"))


def checklist() -> rx.Component:
    """The tool's topics as labels; its own wording stays on its own form."""
    def topic(code: str) -> rx.Component:
        tools = [tool for tool in TOPICS_OF if code in topics_of(tool)]
        return choice(f"answers:{code}", CHECKLIST_TOPICS.label(code), options=CHECKLIST_ANSWERS.options(), within="checklist",
                      ask_when={"tool": tools, "by_topic": ["yes"]})

    return _form(
        "record-checklist", "Record the checklist",
        choice("tool", "Which one", options=tuple(o for o in RISK_TOOLS.options() if o[0] != "no_tool"), within="checklist"),
        text_field("version", "Its version", hint="As it stands on the form.", within="checklist"),
        text_field("completed_by", "Who filled it in, trained when", within="checklist"),
        text_field("with_whom", "With whom", within="checklist"),
        choice("by_topic", "Do you have the answers?", options=(("yes", "Yes, topic by topic"), ("no", "Only the score")),
               within="checklist", ask_when={"tool": list(TOPICS_OF)}),
        rx.el.div(*(topic(code) for code in CHECKLIST_TOPICS.codes()), class_name="grid gap-4",
                  custom_attrs={"data-field": "answers", "data-listed": "true"}),
        text_field("told_score", "Score: how many “yes”", within="checklist", input_mode="numeric",
                   ask_when={"tool": list(TOPICS_OF), "by_topic": ["no"]}),
        choice("judgement", "Your professional judgement", options=JUDGEMENTS.options(), within="checklist",
               hint="It may raise the risk, never lower a score of 14 or more."),
        text_area("judgement_why", "What your judgement rests on", rows=2, within="checklist"),
        yes_no("repeat", "Was it at MARAC before?", within="checklist"))


def no_marac() -> rx.Component:
    return _form("explain-no-marac", "Record why not", text_area("reason", "Why it is not referred", rows=2, within="no-marac"))


def protection() -> rx.Component:
    return _form("add-protection", "Add this step", text_area("what", "What is being done now", within="protection", rows=2))


def adult() -> rx.Component:
    return _form("describe-adult", "Keep this", text_field("name", "Name", default=case.adult.name, within="adult"),
                 date_field("born", "Date of birth", default=case.adult.born, within="adult"),
                 text_area("address", "Address", default=case.adult.address, within="adult", rows=2,
                           hint="They find the adult by it. It leaves only where you choose it for a letter."),
                 text_field("lives", "How they live", default=case.adult.lives, within="adult", hint="Such as: own home."))


def cqc() -> rx.Component:
    return _form(
        "say-cqc", "Record this",
        rx.cond(case.cqc, rx.el.p(case.cqc, class_name="font-semibold"), rx.fragment()),
        rx.el.p("Abuse, or an allegation of it, where the adult is affected or is the source; without delay. An incident that "
                "was reported to the police is a reason of its own. Once a referral to CQC is sent, this is done.",
                class_name="hint"),
        choice("owed", "Is CQC to be told?", options=YES_NO, within="cqc"),
        text_area("reason", "Why, or why not", rows=2, within="cqc"))


def take_off_rota() -> rx.Component:
    return _form(
        "take-off-rota", "Show as not available",
        rx.el.p("The rota sees “not available”, like for leave, and no reason. The colleague has no cards any more, and nobody "
                "can put them down for a visit here. Ring whoever plans tonight's visits.",
                class_name="hint"),
        select_field("account_id", "A colleague", options=case.staff, within="rota"),
        text_area("reason", "Why, for the file", rows=2, within="rota"))


def open_matter() -> rx.Component:
    return _form(
        "open-investigation", "Open the record",
        rx.el.p("A record of its own, apart from this case and under a list of its own. The case is closed to them from now "
                "on, and to whoever is recorded as close to them.", class_name="hint"),
        select_field("about_id", "Whom it is about", options=case.staff, within="matter"),
        text_field("about_name", "or somebody without an account here", within="matter"))


def let_in() -> rx.Component:
    return _form("let-in", "Let in", select_field("account_id", "Who", options=case.let_in, within="in"),
                 text_area("reason", "Why", rows=2, within="in"))


def keep_from() -> rx.Component:
    return _form("keep-from", "Keep it from them", select_field("account_id", "Who", options=case.listed, within="from"),
                 text_area("reason", "Why", rows=2, within="from"))


def add_action() -> rx.Component:
    return _form(
        "add-action", "Add the action", text_area("what", "What is to be done", within="action", rows=2),
        text_field("owner", "Who does it", within="action"),
        select_field("agency", "At which agency", options=AGENCIES.options(), empty="Our own", within="action"),
        date_field("due_on", "By when", within="action"),
        choice("adult_agrees", "Does the adult agree?", options=ADULT_AGREEMENT.options(), within="action"))


def emergency() -> rx.Component:
    return _form(
        "send-emergency", "Record as told",
        rx.el.p("Ring 999 first if someone is in danger. Then write here what you told them; the record of the decision is "
                "due today.", class_name="hint"),
        select_field("agency", "Who was told", options=AGENCIES.options(), within="emergency"),
        text_field("recipient", "Name of the person or team", within="emergency"),
        choice("method", "How", options=[o for o in SEND_METHODS.options() if o[0] != "link"], default="telephone",
               within="emergency", hint="No link to a page of ours: it opens only with a code that you ring with. Ring and "
                                        "tell them; give them the link afterwards, on the page of the referral."),
        text_area("facts", "One to three facts, one on each line", within="emergency",
                  hint=f"Each line: {told(LONGEST_SPOKEN).lower()}"),
        text_area("kept_because", "Reason, if a line names somebody else or speaks of old illness", within="emergency", rows=2,
                  hint="Such as: they must know who is at the door."))


def second_review(decision: Any) -> rx.Component:
    return rx.el.div(
        rx.el.p("You are asked because ", decision.review_because, ".", class_name="hint"),
        durable_form(
            choice("agrees", "Do you agree?", options=(("yes", "I agree"), ("no", "Think again")), within="second"),
            text_area("comment", "What you want to add", within="second", rows=2),
            intent="review-sharing-decision", form_key="review-sharing-decision:" + decision.id,
            hidden={"decision_id": decision.id}, submit="Record your review", stay=True, on_saved=CaseState.load_case),
        class_name="next-step panel grid gap-3")


def actions() -> rx.Component:
    return panel(rx.el.ul(rx.foreach(case.actions, _action), class_name="grid gap-4"), heading="Actions")


def _action(action: Any) -> rx.Component:
    step = folded("Go on with it", durable_form(
        choice("state", "It is", options=(("in_progress", "In progress"), ("done", "Done"), ("declined", "Declined")),
               within="step"),
        text_area("note", "What shows it, or why not", within="step", rows=2),
        intent="step-action", form_key="step-action:" + action.id, hidden={"action_id": action.id}, submit="Record this",
        stay=True, on_saved=CaseState.load_case))
    return rx.el.li(
        rx.el.div(rx.el.div(rx.el.p(action.what, class_name="font-semibold"),
                            rx.el.p(action.owner, " · ", action.state, class_name="hint"), class_name="grow"),
                  rx.cond(action.due, badge_due(action.due), rx.fragment()), class_name="flex items-start gap-3"),
        rx.cond(action.open & case.may_work, step, rx.fragment()), class_name="grid gap-2", key=action.id)
