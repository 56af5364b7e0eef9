"""Scenario 2 through the services, with its own dates, from the quiet words at the door to the daytime referrals.

What governs contact with the adult afterwards (the plan, the card) has its own tests. Due times were worked out by hand for
Friday 9 October 2026, in England's summer time.
"""

import pytest

from sgapp.domain.referral import Referral
from sgapp.domain.vocabulary import AGENCIES
from sgapp.services import cases, composing, referrals, rota, sharing, triage
from sgapp.services.sweep import sweep
from sgapp.services.views.case import CaseView, case_view
from sgapp.services.views.queue import queue
from tests.people import Cast
from tests.services.story import at, due_times, sharing_form

NOTE: dict[str, object] = {
    "when_seen": "2026-10-09T17:00:00+00:00", "present": "Rosa Linden, Martin Linden",
    "seen": "Yellow and purple mark, about 4 cm, outer left upper arm. Rosa looked at Martin before each answer.",
    "heard": "Martin: “She's fine, she bumps into things.”",
    "said": [{"words": "He checks my phone.", "by": "Rosa", "to": "me, at the door"}],
    "safety_codes": ["OTHER_READS", "SHARED_PHONE", "NO_TEXT", "IN_VISIT_ONLY"], "consent": "not_sought_raises_risk",
    "done": "Asked nothing further.", "told": "on-call lead, by voice"}
EVENING = "2026-10-09T20:20"
DAYTIME = "2026-10-13T11:00"


class Evening:
    """What happens that Friday, step by step."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.house = cast, cast.house
        self.note = cast.writes("amina", "rosa", at=at("2026-10-09T18:35"), **NOTE)
        triage.acknowledge_note(self.house, cast.joy, triage.AcknowledgeNote(self.note), now=at("2026-10-09T19:10"))
        high = triage.ChangePriority(self.note, triage.Priority.HIGH, "A mark, and he answers for her.")
        triage.change_priority(self.house, cast.joy, high, now=at("2026-10-09T19:10"))
        rota.hand_over(self.house, cast.joy, rota.HandOver(cast.lena.account_id, "The note of 18:35."),
                       now=at("2026-10-09T19:10"))
        form = triage.OpenCase(self.note, (), ("domestic", "psychological"))
        self.case = triage.open_case(self.house, cast.lena, form, now=at("2026-10-09T20:00")).id
        now = at("2026-10-09T20:00")
        decided = cases.TriageCase(self.case, "refer", "A mark and control of her phone.")
        cases.triage_case(self.house, cast.lena, decided, now=now)
        cases.set_risk(self.house, cast.lena, cases.SetRisk(self.case, "high", "Score 11; judgement high."), now=now)
        self.decision = self.decides("EDT", "2026-10-09T20:10")

    def decides(self, agency: str, when: str) -> str:
        form = sharing_form(
            self.case, agency=agency, must_not_know="Martin Linden", method="telephone", consent="not_sought_raises_risk",
            override_reasons=(), override_because="", capacity="presumed", told="not_unsafe",
            told_why="He reads her phone; at the next visit, alone.")
        return sharing.record_sharing_decision(self.house, self.cast.lena, form, now=at(when)).id

    def refers(self, agency: str, when: str, facts: tuple[str, ...], details: tuple[str, ...], **sent: str) -> str:
        form = composing.PrepareReferral(self.case, agency, "The team", sent["method"], "To keep her safe.", "Ring us.",
                                         facts, details=details)
        made = composing.prepare_referral(self.house, self.cast.lena, form, now=at(when)).id
        referrals.send_referral(self.house, self.cast.lena, referrals.SendReferral(made, **sent), now=at(when))
        return made

    def to_edt(self) -> str:
        facts = ("contact:IN_VISIT_ONLY=safe_contact", "contact:must_not_know=safe_contact", "person:name=who",
                 f"note:{self.note}:seen:0=shows_risk", f"note:{self.note}:said:0=own_words")
        return self.refers("EDT", EVENING, facts, ("cannot_wait=He is at home with her tonight.",), method="telephone",
                           person="K. Bright", role="duty social worker")

    def reviewed(self) -> None:
        form = sharing.ReviewSharingDecision(self.decision, "yes")
        sharing.review_sharing_decision(self.house, self.cast.maud, form, now=at("2026-10-09T21:00"))

    def referral(self, made: str) -> Referral:
        with self.house.begin(self.cast.lena, at(DAYTIME)) as uow:
            return uow.child(Referral, made)[0]

    def view(self, when: str) -> CaseView:
        return case_view(self.house, self.cast.lena, at(when), self.case)


@pytest.fixture
def evening(cast: Cast) -> Evening:
    return Evening(cast)


def test_high_risk_domestic_abuse_asks_for_a_second_person_until_midnight(evening: Evening) -> None:
    [line] = evening.view("2026-10-09T20:11").decisions
    assert line.review_because == "consent was not sought and high-risk domestic abuse"
    rows = [r for r in queue(evening.house, evening.cast.maud, at("2026-10-09T20:11")).rows if r.step == "second review"]
    assert [(r.due, r.mine) for r in rows] == [("Due 23:59", False)]


def test_the_out_of_hours_team_takes_it_by_name_on_the_telephone_so_it_is_received_at_once(evening: Evening) -> None:
    referral = evening.referral(evening.to_edt())
    assert referral.receipt is not None
    assert (referral.receipt.person, referral.receipt.at) == ("K. Bright", at(EVENING))
    assert set(due_times(referral)) == {"agency_decision"}


def test_the_second_person_agrees_after_it_has_gone_and_before_midnight(evening: Evening) -> None:
    evening.to_edt()
    evening.reviewed()
    assert evening.view("2026-10-09T21:01").decisions[0].review == "Agreed by Maud Ellery"
    assert sweep(evening.house, now=at("2026-10-10T00:30"), holder="test").steps == 0


def test_each_agency_is_told_its_own_facts_and_has_its_own_clock(evening: Evening) -> None:
    evening.to_edt()
    evening.reviewed()
    evening.decides("LA_ASC", "2026-10-13T10:40")
    evening.decides("MARAC", "2026-10-13T10:50")
    council = evening.refers("LA_ASC", DAYTIME, ("person:name=who", f"note:{evening.note}:seen:0=shows_risk"), (),
                             method="secure_email")
    marac = evening.refers(
        "MARAC", DAYTIME, ("contact:must_not_know=safe_contact", "person:name=who", f"note:{evening.note}:seen:1=shows_risk"),
        ("marac_route=judgement", "risk_tool=dash_safelives", "risk_tool_version=2026", "risk_score=11",
         "adult_agrees_to_referral=not_asked_unsafe"), method="secure_email")
    knows = evening.view("2026-10-13T11:01").knows
    assert knows.agencies == (AGENCIES.label("EDT"), AGENCIES.label("LA_ASC"), AGENCIES.label("MARAC"))
    told = {row.fact: tuple(bool(when) for when in row.told) for row in knows.rows}
    assert told["Only face to face, at a visit"] == (True, False, False)
    assert told["Rosa looked at Martin before each answer."] == (False, False, True)
    assert told["Rosa Linden, P-117"] == (True, True, True)
    wednesday = at("2026-10-14T17:00")
    assert {r: due_times(evening.referral(r))["receipt"][0] for r in (council, marac)} == {council: wednesday, marac: wednesday}
    sent = evening.referral(marac).sending
    assert sent is not None
    assert "Route: Professional judgement, at any score" in sent.letter
    assert "11" in sent.letter


def test_whom_she_waits_for_stands_on_the_case_each_until_its_own_time(evening: Evening) -> None:
    evening.to_edt()
    waiting = evening.view("2026-10-09T20:30").waiting
    # Received after closing on Friday: the working day begins on Monday, and one working day ends on Tuesday at five.
    assert [(w.who, w.what.split(",")[0], w.due) for w in waiting] == [
        ("Devan Rao", "second review of sharing with Emergency duty team", "Due 23:59"),
        ("Emergency duty team", "their decision", "Tue 17:00")]
