"""One drawn case: what happened, without names, and twenty questions beside it."""

from typing import Any

import reflex as rx

from sgapp.domain.sampling import QUESTIONS, SCORES
from sgapp.ui.components.durable_form import durable_form
from sgapp.ui.components.fields import choice, text_area
from sgapp.ui.components.page_parts import lines, loaded_page, opens, page_head
from sgapp.ui.components.pictures import panel, station_line, timeline
from sgapp.ui.pages.score.state import ScoreState
from sgapp.ui.templates import desk_page

found: Any = ScoreState.found  # a Var: its attributes exist in the browser
case: Any = found.case


def _moment(moment: Any) -> rx.Component:
    return rx.el.div(
        rx.el.p(moment.when, " · ", moment.who, class_name="hint"), rx.el.p(moment.what, class_name="font-semibold"),
        rx.cond(moment.detail, rx.el.p(moment.detail), rx.fragment()),
        rx.cond(moment.quote, rx.el.blockquote("“", moment.quote, "”", class_name="quote"), rx.fragment()),
        class_name="grid gap-1")


def _decision(decision: Any) -> rx.Component:
    return rx.el.li(opens(decision.heading, lines(decision.lines)), rx.cond(
        decision.review, rx.el.p(decision.review, class_name="hint"), rx.fragment()))


def _referral(referral: Any) -> rx.Component:
    return rx.el.li(referral.reference, " · ", referral.agency, " · ", referral.state)


def _action(action: Any) -> rx.Component:
    return rx.el.li(action.what, " · ", action.owner, " · ", action.state, " ", action.due)


def _list(items: Any, draw: Any, heading: str) -> rx.Component:
    return rx.cond(items.length() > 0, panel(rx.el.ul(rx.foreach(items, draw), class_name="grid gap-2"), heading=heading),
                   rx.fragment())


def _read() -> rx.Component:
    return rx.el.div(
        _list(case.decisions, _decision, "Sharing decisions"), _list(case.referrals, _referral, "Referrals"),
        _list(case.actions, _action, "Actions"),
        rx.cond(case.capacity.length() > 0, panel(lines(case.capacity), heading="Capacity"), rx.fragment()),
        panel(timeline(case.moments, _moment), heading="What happened"), class_name="grid gap-4")


def _questions() -> rx.Component:
    asked = rx.el.div(*(choice(f"answers:{q.number}", f"{q.number}. {q.text}", options=SCORES, within="score",
                               hint="Critical: not met makes an action." if q.critical else "") for q in QUESTIONS),
                      class_name="grid gap-5", custom_attrs={"data-field": "answers", "data-listed": "true"})
    form = durable_form(
        asked, text_area("found", "What you found", rows=3, within="score",
                         hint="Wherever less than all was met. Whoever puts it right reads this; leave names out."),
        intent="score-case", form_key="score-case:" + ScoreState.case_id, hidden={"case_id": ScoreState.case_id},
        submit="Score this case")
    scored = rx.cond(found.scores.length() > 0, panel(lines(found.scores), heading="Scored"), rx.fragment())
    return rx.el.div(scored, rx.cond(found.why_not, panel(rx.el.p(found.why_not)), panel(form, heading="Twenty questions")),
                     class_name="grid gap-4")


@desk_page("/score", "Score", here="/sample", on_load=[ScoreState.load_score])
def page() -> rx.Component:
    hint = rx.cond(found.because, rx.fragment("Drawn: ", found.because), "Drawn by its turn")
    return loaded_page(
        ScoreState.shown, ScoreState.missing,
        page_head(rx.fragment(hint, ". Known names are replaced; one that nobody has recorded may still stand there."),
                  rx.fragment("Case ", case.reference)),
        panel(station_line(case.stations), rx.el.p(case.triage, class_name="mt-3"), heading="The course"),
        rx.el.div(_questions(), _read(), class_name="two-columns"))
