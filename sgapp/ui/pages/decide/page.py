"""The sharing decision. One question after the other; only what the answers so far make relevant, and why it is asked."""

from typing import Any

import reflex as rx

from sgapp.domain.decision import QUESTIONS
from sgapp.domain.vocabulary import (
    AGENCIES,
    ARTICLE_6,
    ARTICLE_9,
    ARTICLE_10,
    CAPACITY_KNOWN,
    CONFIDENTIALITY_BASES,
    CONSENT_STATES,
    OVERRIDE_REASONS,
    PARAGRAPH_18_LIMBS,
    SEND_METHODS,
    SHARE_WHEN,
    SHARING,
    TOLD_ADULT,
    CodeList,
)
from sgapp.ui.components.durable_form import durable_form
from sgapp.ui.components.fields import checks, choice, date_field, select_field, text_area, text_field
from sgapp.ui.components.page_parts import loaded_page, page_head
from sgapp.ui.components.pictures import panel
from sgapp.ui.pages.case.state import CaseState
from sgapp.ui.templates import desk_page

case: Any = CaseState.case  # a Var: its attributes exist in the browser

#: How each question is put: its label, its hint, and the list it chooses from (None: free text).
_LABELS: dict[str, tuple[str, str, CodeList | None]] = {
    "share": ("Is anything shared?", "A decision not to share is recorded as fully.", SHARING),
    "why": ("Why", "The risk, to whom, and what this decision makes possible.", None),
    "what": ("What", "The smallest set of facts that still lets them act. One on each line.", None),
    "left_out": ("Left out on purpose", "One on each line.", None),
    "agency": ("Who: agency", "", AGENCIES),
    "recipient": ("Who: team or person", "", None),
    "method": ("How", "", SEND_METHODS),
    "must_not_know": ("Who must not know", "", None),
    "when": ("When", "", SHARE_WHEN),
    "share_by": ("By which day", "", None),
    "review_on": ("Look again on", "", None),
    "necessary": ("Is it necessary?", "What it achieves that nothing less would; or why it is not needed.", None),
    "proportionate": ("Is it proportionate?", "Weigh the risk against what is told.", None),
    "article_6": ("Lawful basis, UK GDPR Article 6", "", ARTICLE_6),
    "article_9": ("Condition, Article 9", "", ARTICLE_9),
    "paragraph_18_limb": ("Which limb of paragraph 18?", "A free refusal by someone with capacity is not plainly any of them: "
                          "then choose another condition, or take advice.", PARAGRAPH_18_LIMBS),
    "limb_reason": ("What makes it true here?", "", None),
    "article_10": ("Suspected offence, Article 10", "", ARTICLE_10),
    "confidentiality": ("What lifts the duty of confidence?", "", CONFIDENTIALITY_BASES),
    "consent": ("Where does the adult's consent stand?", "", CONSENT_STATES),
    "override_reasons": ("Why without full consent?", "", OVERRIDE_REASONS),
    "override_because": ("How does that show here?", "", None),
    "capacity": ("Capacity for this decision, now", "", CAPACITY_KNOWN),
    "told": ("Has the adult been told?", "", TOLD_ADULT),
    "told_why": ("Why not?", "And when that is looked at again.", None),
}
_DAYS = frozenset({"share_by", "review_on"})
_SHORT = frozenset({"recipient", "must_not_know"})
_FOLDED_LIST = frozenset({"agency", "article_6", "article_9", "article_10", "confidentiality", "consent"})


def _question(name: str, ask_when: dict[str, list[str]], because: str) -> rx.Component:
    label, hint, codes = _LABELS[name]
    why = f"Asked because {because}." if because else ""
    common = {"hint": hint, "ask_when": ask_when or None, "why_asked": why}
    if name in _DAYS:
        return date_field(name, label, **common)
    if codes is None:
        return text_field(name, label, **common) if name in _SHORT else text_area(name, label, **common)
    if name == "override_reasons":
        return checks(name, label, options=codes.options(), **common)
    if name in _FOLDED_LIST:
        return select_field(name, label, options=codes.options(), **common)
    return choice(name, label, options=codes.options(), **common)


@desk_page("/decide", "Decision", here="/cases", on_load=[CaseState.load_case])
def page() -> rx.Component:
    questions = [_question(q.name, {k: list(v) for k, v in q.ask_when.items()}, q.because) for q in QUESTIONS]
    return loaded_page(
        CaseState.loaded, CaseState.missing,
        page_head(rx.el.span("Case ", case.reference, " · sharing decision"), case.person),
        panel(
            rx.el.p("It is your decision; this keeps your reasons. Questions appear as your answers call for them.",
                    class_name="hint mb-4"),
            durable_form(*questions, intent="record-sharing-decision",
                         form_key="record-sharing-decision:" + CaseState.case_id, hidden={"case_id": CaseState.case_id},
                         submit="Record the decision"),
            class_name="max-w-2xl"),
        rx.el.a("Back to the case", href="/case?id=" + CaseState.case_id, class_name="link"))
