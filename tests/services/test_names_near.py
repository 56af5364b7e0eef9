"""A name that somebody wrote down anywhere on a case is known to an auditor's page, to the adult's copy and to letters."""

import pytest

from sgapp.services import cases, composing, safety_plans, sharing
from sgapp.services.subject_access import copy_for
from sgapp.services.views.masked import masked_case
from tests.people import Cast
from tests.services.story import at, not_sharing_form
from tests.services.test_safety_plan import ROSA

NOW = at("2026-10-12T09:00")
#: In a note: to whom it was said, and who spoke about a mark. In a decision: who must not know. In the plan: feared, trusted.
NAMES = ("Bea", "Nell", "Kevin", "Martin", "Joan")
SPOKEN = "Bea, Nell, Kevin, Martin and Joan were spoken of."


@pytest.fixture
def case_id(cast: Cast) -> str:
    case_id = cast.opened_case(at=at("2026-10-09T18:35"), about="rosa", types=("domestic",),
                               said=[{"words": "He checks my phone.", "by": "Rosa", "to": "Bea"}],
                               marks=[
        {"site": "forearm", "side": "left", "view": "back", "x": 0.2, "y": 0.4, "words": "I saw it.", "said_by": "Nell"}])
    plan = {**ROSA, "feared": "Martin, when he has been drinking", "trusted": "Her sister Joan"}
    safety_plans.write_safety_plan(cast.house, cast.lena, safety_plans.WriteSafetyPlan(case_id, **plan),
                                   now=at("2026-10-09T21:15"))
    sharing.record_sharing_decision(cast.house, cast.lena, not_sharing_form(
        case_id, at("2026-10-20T09:00").date(), must_not_know="Kevin"), now=NOW)
    cases.set_risk(cast.house, cast.lena, cases.SetRisk(case_id, "high", SPOKEN), now=NOW)
    return case_id


def test_an_auditor_reads_none_of_them(cast: Cast, case_id: str) -> None:
    text = repr(masked_case(cast.house, cast.ada, NOW, case_id))
    assert "were spoken of" in text
    assert [name for name in NAMES if name in text] == []


def test_a_copy_marks_each_of_them(cast: Cast, case_id: str) -> None:
    assert case_id
    copy = copy_for(cast.house, "P-117", now=NOW)
    marked = {p.text for c in copy.chapters for e in c.entries for p in e.parts if p.about}
    assert marked >= set(NAMES)
    assert not marked & {"Rosa", "Linden", "Her"}


def test_a_letter_that_names_one_of_them_says_so(cast: Cast, case_id: str) -> None:
    form = composing.LetterDraft(case_id, purpose=SPOKEN)
    [found] = composing.draft_letter(cast.house, cast.lena, NOW, form).slipped_in
    assert [name for name in NAMES if name not in found] == []
