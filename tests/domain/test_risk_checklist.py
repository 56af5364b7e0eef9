"""The checklist: score, judgement and routes. Source of the rules: DOMAIN annex §5."""

from datetime import UTC, datetime
from typing import Any

import pytest

from sgapp.domain.errors import Invalid
from sgapp.domain.risk_checklist import RiskChecklist, filled_in, topics_of

AT = datetime(2026, 10, 9, 19, 0, tzinfo=UTC)


def checklist(yes: int = 11, *, tool: str = "dash_safelives", **other: Any) -> RiskChecklist:
    topics = topics_of(tool)
    given: dict[str, Any] = {
        "tool": tool, "version": "2026", "completed_by": "Lena Hart, trained 2025", "with_whom": "Rosa, alone",
        "answers": {t: "yes" if n < yes else "no" for n, t in enumerate(topics)}, "judgement": "high",
        "judgement_why": "He controls her phone.", "reports": 1, "repeat": False, "at": AT, "by": "Lena Hart"}
    return filled_in(**(given | other))


def test_the_two_tools_ask_24_and_27_topics_and_the_third_is_not_counted_here() -> None:
    assert [len(topics_of(t)) for t in ("dash_safelives", "dash_police", "dara")] == [24, 27, 0]
    assert checklist(tool="dara", answers={}).score is None


@pytest.mark.parametrize(("yes", "judgement", "high", "routes"), [
    (11, "standard", False, ()), (11, "high", True, ("judgement",)), (14, "standard", True, ("score",)),
    (13, "medium", False, ()), (24, "high", True, ("score", "judgement"))])
def test_judgement_may_raise_the_risk_and_never_lowers_a_score_of_14(
        yes: int, judgement: str, high: bool, routes: tuple[str, ...]) -> None:
    found = checklist(yes, judgement=judgement)
    assert (found.score, found.high, found.routes) == (yes, high, routes)


def test_three_reports_in_a_year_and_an_earlier_marac_are_routes_of_their_own() -> None:
    assert checklist(0, judgement="standard", reports=3, repeat=True).routes == ("escalation", "repeat")
    assert checklist(0, judgement="standard", reports=2).routes == ()


def test_dont_know_is_an_answer_and_no_yes() -> None:
    assert checklist(answers=dict.fromkeys(topics_of("dash_safelives"), "dont_know")).score == 0


def test_a_number_alone_is_taken_from_whoever_filled_it_in() -> None:
    found = checklist(answers={}, told_score=15, judgement="standard")
    assert (found.score, found.answers, found.routes) == (15, (), ("score",))
    with pytest.raises(Invalid, match="between 0 and 24"):
        checklist(answers={}, told_score=25)


def test_what_is_missing_is_said_at_once() -> None:
    with pytest.raises(Invalid) as gaps:
        filled_in(tool="dash_safelives", version="", completed_by="", with_whom="", answers={"fear": "yes"}, judgement="",
                  judgement_why="", reports=0, repeat=False, at=AT, by="Lena")
    fields = {e.field for e in gaps.value.errors}
    assert {"version", "completed_by", "judgement", "judgement_why", "answers:injury_now"} <= fields
    assert "answers:fear" not in fields
