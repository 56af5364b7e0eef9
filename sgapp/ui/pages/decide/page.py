"""The sharing decision. One question after the other; only what the answers so far make relevant, and why it is asked."""

from typing import Any

import reflex as rx

from sgapp.domain.asking import When
from sgapp.domain.decision import CHOICES, QUESTIONS, Question
from sgapp.domain.guidance import GUIDANCE
from sgapp.ui.components.durable_form import durable_form, intent_button
from sgapp.ui.components.fields import (
    AskWhen,
    checks,
    choice,
    date_field,
    guidance,
    guided,
    select_field,
    text_area,
    text_field,
)
from sgapp.ui.components.page_parts import loaded_page, page_head
from sgapp.ui.components.pictures import panel
from sgapp.ui.pages.case.state import CaseState
from sgapp.ui.templates import desk_page

case: Any = CaseState.case  # a Var: its attributes exist in the browser

_DAYS = frozenset({"share_by", "review_on"})
_SHORT = frozenset({"recipient", "must_not_know"})
_FOLDED_LIST = frozenset({"agency", "article_6", "article_9", "article_10", "confidentiality", "consent"})


def _asked(question: Question) -> rx.Component:
    """A question as it is put: a day, words, or a choice from its list."""
    name, label = question.name, question.label
    common: dict[str, Any] = {"hint": question.hint, "ask_when": _when(question.ask_when),
                              "why_asked": f"Asked because {question.because}." if question.because else ""}
    codes = CHOICES.get(name)
    if name in _DAYS:
        return date_field(name, label, **common)
    if codes is None:
        return text_field(name, label, **common) if name in _SHORT else text_area(name, label, **common)
    if name == "override_reasons":
        return checks(name, label, options=codes.options(), **common)
    if name in _FOLDED_LIST:
        return select_field(name, label, options=codes.options(), **common)
    return choice(name, label, options=codes.options(), **common)


def _question(question: Question) -> rx.Component:
    """The question with the guidance that its answers, or others, bring up under it."""
    pieces = [guidance(g.id, g.text, g.source, ask_when=_when(g.when)) for g in GUIDANCE if g.beside == question.name]
    return guided(_asked(question), *pieces, ask_when=_when(question.ask_when)) if pieces else _asked(question)


def _when(when: When) -> AskWhen | None:
    return {name: list(values) for name, values in when.items()} or None


def _from_the_last() -> rx.Component:
    return rx.el.div(
        rx.el.p("There is a decision on this case already. You may begin with its answers and change what is different now. "
                "They take the place of what is typed here.", class_name="hint grow"),
        intent_button("Start from the last one", intent="start-from-last-decision", hidden={"case_id": CaseState.case_id}),
        class_name="flex flex-wrap items-center gap-3 mb-5")


@desk_page("/decide", "Decision", here="/cases", on_load=[CaseState.load_case])
def page() -> rx.Component:
    return loaded_page(
        CaseState.shown, CaseState.missing,
        page_head(rx.el.span("Case ", case.reference, " · sharing decision"), case.person),
        panel(
            rx.el.p("It is your decision; this keeps your reasons. Questions, and guidance on them, appear as your answers "
                    "call for them. What was shown is kept with what you answered.",
                    class_name="hint mb-4"),
            rx.cond(case.decisions.length() > 0, _from_the_last(), rx.fragment()),
            durable_form(*(_question(q) for q in QUESTIONS), intent="record-sharing-decision",
                         form_key="record-sharing-decision:" + CaseState.case_id, hidden={"case_id": CaseState.case_id},
                         submit="Record the decision"),
            class_name="max-w-2xl"),
        rx.el.a("Back to the case", href="/case?id=" + CaseState.case_id, class_name="link"))
