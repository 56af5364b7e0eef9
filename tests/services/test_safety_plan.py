"""The safety plan through the services: versions, what it refuses, what it sends, missed windows, and the card.

Rosa's plan of scenario 2: only Tuesdays and Fridays from ten to eleven. 13 October 2026 is a Tuesday.
"""

import json
import uuid
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from sgapp.domain.audit import Outcome
from sgapp.domain.contact import Contact, ContactState
from sgapp.domain.errors import Invalid, NotFound
from sgapp.domain.reach import Channel
from sgapp.domain.safety_plan import SafetyPlan
from sgapp.integrations.outgoing import Outgoing
from sgapp.services import availability, cards, checklists, contacts, intake, investigations, safety_plans
from sgapp.services.contacts import PlanContact, RecordContact
from sgapp.services.drafts import load_draft
from sgapp.services.post import deliver_due
from sgapp.services.safety_plans import WriteSafetyPlan
from sgapp.services.sweep import sweep
from sgapp.services.views.queue import queue
from sgapp.store import accounts
from sgapp.store.tables import AuditEventRow, ClockRow, MessageRow
from tests.people import Cast, Handset
from tests.services.story import at

EVENING, DOOR = at("2026-10-09T21:15"), at("2026-10-13T09:58")
ROSA: dict[str, Any] = {
    "channels": ("SAFE_CALL", "SAFE_SMS"), "nevers": ("NO_VOICEMAIL", "NO_POST"), "devices": ("OTHER_READS",),
    "number": "07700 900117", "windows": "Tue 10:00-11:00\nFri 10:00-11:00", "identity": "NEUTRAL_CALLER",
    "pretext": "the office about the hoist service date", "confirmable_by": "the front desk", "feared": "Martin Linden",
    "safe_word": "blue bottles", "stop_phrase": "not interested", "help_phrase": "is it the 55 bus",
    "pairing": "Two workers after 17:00", "cover_reason": "moving-and-handling check", "missed_after": "2",
    "missed_do": "Sana calls in person within the hour.", "review_on": date(2026, 10, 16), "workers_may_view": "yes",
    "agreement": "not_asked_unsafe", "agreement_why": "He is at home; with her alone on Tuesday."}
WELL = {"who_answered": "adult", "alone": "yes", "safe": "yes", "go_on": "yes"}


class Plan:
    """Rosa's case with her plan, and Amina who visits her."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.house = cast, cast.house
        self.case = cast.opened_case(at=at("2026-10-09T18:35"), about="rosa", types=("domestic",))
        self.rosa = cast.people["rosa"]
        with self.house.begin(cast.lena, EVENING) as uow:
            accounts.allocate(uow, self.rosa, cast.amina.account_id)

    def write(self, now: datetime = EVENING, **other: Any) -> str:
        form = WriteSafetyPlan(self.case, **(ROSA | other))
        return safety_plans.write_safety_plan(self.house, self.cast.lena, form, now=now).id

    def contact(self, when: str, *, kind: str = "call", now: str = "2026-10-10T09:00", **other: Any) -> str:
        words = {"words": "The hoist service is at ten."} if kind in ("text", "email", "letter") else {}
        form = PlanContact(self.case, kind, **({"when": at(when), "purpose": "To ask how she is", **words} | other))
        return contacts.plan_contact(self.house, self.cast.lena, form, now=at(now)).id

    def records(self, contact: str, when: str, **answers: str) -> str:
        return contacts.record_contact(self.house, self.cast.lena, RecordContact(contact, **answers), now=at(when)).message

    def plan(self) -> SafetyPlan:
        with self.house.begin(self.cast.lena, DOOR) as uow:
            return uow.plans(uow.cases.get(self.case))[-1]

    def one(self, contact: str) -> Contact:
        with self.house.begin(self.cast.lena, DOOR) as uow:
            return uow.child(Contact, contact)[0]

    def clocks(self) -> set[str]:
        with self.house.begin(self.cast.lena, DOOR) as uow:
            return set(uow.session.exec(select(ClockRow.kind).where(ClockRow.case_id == self.case)))

    def events(self, action: str) -> list[AuditEventRow]:
        with self.house.begin(self.cast.lena, DOOR) as uow:
            return list(uow.session.exec(select(AuditEventRow).where(AuditEventRow.action == action)))


@pytest.fixture
def plan(cast: Cast) -> Plan:
    made = Plan(cast)
    made.write()
    return made


def said(refused: pytest.ExceptionInfo[Invalid]) -> str:
    return " ".join(e.message for e in refused.value.errors)


def test_a_change_is_a_version_of_its_own_and_the_one_before_stays(plan: Plan) -> None:
    plan.write(at("2026-10-12T09:00"), safe_word="green door")
    with plan.house.begin(plan.cast.lena, DOOR) as uow:
        found = uow.plans(uow.cases.get(plan.case))
    assert [(p.version, str(p.state), p.content.safe_word) for p in found] == [
        (1, "replaced", "blue bottles"), (2, "current", "green door")]


def test_what_does_not_fit_together_is_said_all_at_once(cast: Cast) -> None:
    made = Plan(cast)
    with pytest.raises(Invalid) as refused:
        made.write(channels=(), number="", pretext="", missed_do="", review_on=None, stop_phrase="Blue Bottles")
    assert {e.field for e in refused.value.errors} == {"channels", "pretext", "missed_do", "review_on", "help_phrase"}


def test_the_next_version_begins_with_what_the_last_one_says_but_for_its_day_and_agreement(plan: Plan) -> None:
    safety_plans.start_from_last_plan(plan.house, plan.cast.lena, safety_plans.StartFromLastPlan(plan.case), now=DOOR)
    draft = load_draft(plan.house, plan.cast.lena, DOOR, f"write-safety-plan:{plan.case}") or {}
    assert draft["windows"] == "Tue 10:00–11:00\nFri 10:00–11:00"
    assert (draft["channels"], draft["workers_may_view"], draft["missed_after"]) == (["SAFE_CALL", "SAFE_SMS"], "yes", "2")
    assert {"review_on", "agreement", "agreement_why"}.isdisjoint(draft)


def test_the_first_plan_begins_with_what_the_notes_say(cast: Cast) -> None:
    case = cast.opened_case(about="rosa", safety_codes=["OTHER_READS", "NO_TEXT", "IN_VISIT_ONLY"])
    safety_plans.start_from_last_plan(cast.house, cast.lena, safety_plans.StartFromLastPlan(case), now=DOOR)
    draft = load_draft(cast.house, cast.lena, DOOR, f"write-safety-plan:{case}") or {}
    assert (draft["channels"], draft["nevers"], draft["devices"]) == (["IN_VISIT_ONLY"], ["NO_TEXT"], ["OTHER_READS"])


def test_its_day_of_review_runs_and_stands_late_in_the_queue(plan: Plan) -> None:
    rows = queue(plan.house, plan.cast.lena, at("2026-10-17T09:00")).rows
    [late] = [r for r in rows if r.step == "look at the plan again"]
    assert (late.tone, late.href) == ("overdue", f"/plan?id={plan.case}")


def test_a_call_outside_her_hours_is_refused_with_the_next_good_time(plan: Plan) -> None:
    with pytest.raises(Invalid) as refused:
        plan.contact("2026-10-12T15:00")
    assert "outside the good times" in said(refused)
    assert "Tue 13 Oct, 10:00–11:00" in said(refused)


def test_a_message_to_her_is_refused_where_only_visits_are_safe(plan: Plan) -> None:
    plan.write(at("2026-10-10T08:00"), channels=("IN_VISIT_ONLY",), number="")
    with pytest.raises(Invalid) as refused:
        plan.contact("2026-10-13T10:15", kind="text")
    assert "only face to face, at a visit" in said(refused)


def test_what_is_warned_of_needs_a_reason_and_keeps_it(plan: Plan) -> None:
    with pytest.raises(Invalid) as asked:
        plan.contact("2026-10-20T10:15")  # after the day on which the plan was to be looked at
    assert [e.field for e in asked.value.errors] == ["anyway"]
    kept = plan.one(plan.contact("2026-10-20T10:15", anyway="She rang herself and asked for it."))
    assert kept.anyway == "She rang herself and asked for it."
    assert "may no longer hold" in kept.shown[0]


class Way:
    """What would have gone out."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []

    def send(self, message: Outgoing) -> None:
        self.sent.append(message)


def test_a_text_goes_out_once_at_its_time_to_the_number_of_the_plan(plan: Plan) -> None:
    plan.contact("2026-10-13T10:15", kind="text")
    way = Way()
    for when in ("2026-10-13T10:10", "2026-10-13T10:16", "2026-10-13T10:17"):
        deliver_due(plan.house, {Channel.TEXT: way}, now=at(when))
    assert [(m.to, m.text, m.reference) for m in way.sent] == [("07700 900117", "The hoist service is at ten.", "")]


@pytest.mark.parametrize("change", [
    {"channels": ("IN_VISIT_ONLY",), "number": ""}, {"windows": "Fri 10:00-11:00"}, {"never_windows": "Tue 10:00-12:00"}])
def test_a_text_that_waits_does_not_go_out_once_the_plan_forbids_it(plan: Plan, change: dict[str, Any]) -> None:
    made, way = plan.contact("2026-10-13T10:15", kind="text"), Way()
    plan.write(at("2026-10-12T09:00"), **change)
    assert deliver_due(plan.house, {Channel.TEXT: way}, now=at("2026-10-13T10:16")).stopped == 1
    assert (way.sent, plan.one(made).state) == ([], ContactState.PLANNED)


def test_a_text_that_could_not_go_within_its_window_does_not_go_after_it(plan: Plan) -> None:
    plan.contact("2026-10-13T10:15", kind="text")
    way = Way()
    deliver_due(plan.house, {Channel.TEXT: way}, now=at("2026-10-13T11:00"))
    assert way.sent == []


def test_a_contact_that_is_off_sends_nothing(plan: Plan) -> None:
    made, way = plan.contact("2026-10-13T10:15", kind="text"), Way()
    contacts.cancel_contact(plan.house, plan.cast.lena, contacts.CancelContact(made, "She is in hospital."), now=DOOR)
    deliver_due(plan.house, {Channel.TEXT: way}, now=at("2026-10-13T10:16"))
    assert way.sent == []


def test_words_for_help_tell_everybody_who_leads_at_once_and_ask_for_a_check(plan: Plan) -> None:
    told = plan.records(plan.contact("2026-10-13T10:15"), "2026-10-13T10:16", heard="help_phrase")
    assert told.startswith("Ring 999 now")
    assert "welfare_check" in plan.clocks()
    with plan.house.begin(plan.cast.lena, DOOR) as uow:
        rows = uow.session.exec(select(MessageRow).where(MessageRow.channel == "product", MessageRow.urgency == "now",
                                                         col(MessageRow.created_at) == at("2026-10-13T10:16")))
        assert {r.account_id for r in rows} >= {plan.cast.actors[w].account_id for w in ("lena", "devan", "maud")}


def test_missed_windows_count_and_begin_the_plans_own_check(plan: Plan) -> None:
    assert "check" not in plan.records(plan.contact("2026-10-13T10:15"), "2026-10-13T10:20", who_answered="nobody")
    second = plan.contact("2026-10-16T10:15", now="2026-10-13T12:00")
    assert "Somebody has to check on her now" in plan.records(second, "2026-10-16T10:30", who_answered="somebody_else")
    with plan.house.begin(plan.cast.lena, DOOR) as uow:
        check = uow.cases.get(plan.case).welfare
    assert check is not None
    assert check.why == "2 windows in a row were missed. Sana calls in person within the hour."


def test_a_contact_that_nobody_made_is_missed_by_itself_once_and_somebody_is_told(plan: Plan) -> None:
    made = plan.contact("2026-10-13T10:15")
    swept = [sweep(plan.house, now=at(when), holder="t").missed for when in ("2026-10-13T10:59", "2026-10-13T11:01",
                                                                             "2026-10-13T11:02")]
    assert swept == [0, 1, 0]
    assert plan.one(made).state is ContactState.LAPSED
    assert "contact_missed" in plan.clocks()


def test_whoever_is_on_duty_is_reminded_at_the_time_of_a_contact(plan: Plan) -> None:
    plan.contact("2026-10-13T10:15")

    def told(when: str) -> set[str]:
        sweep(plan.house, now=at(when), holder="t")
        with plan.house.begin(plan.cast.lena, DOOR) as uow:
            return set(uow.session.exec(select(MessageRow.account_id).where(MessageRow.kind == "contact")))

    assert told("2026-10-13T10:14") == set()
    assert told("2026-10-13T10:16") == {plan.cast.lena.account_id}


def test_a_check_that_was_made_begins_the_count_anew(plan: Plan) -> None:
    for when, day in (("2026-10-13T10:15", "2026-10-10T09:00"), ("2026-10-16T10:15", "2026-10-13T12:00")):
        plan.records(plan.contact(when, now=day), when, who_answered="nobody")
    contacts.record_welfare_check(plan.house, plan.cast.lena, contacts.RecordWelfareCheck(plan.case, "Sana saw her; well."),
                                  now=at("2026-10-16T11:30"))
    assert "welfare_check" not in plan.clocks()
    third = plan.contact("2026-10-20T10:15", now="2026-10-16T12:00", anyway="The review is on Monday.")
    plan.records(third, "2026-10-20T10:20", who_answered="nobody")
    assert "welfare_check" not in plan.clocks()


def test_the_card_shows_codes_and_each_look_at_its_words_is_on_the_chain(plan: Plan) -> None:
    [card] = cards.cards_today(plan.house, plan.cast.amina, DOOR)
    assert card.label == "R.L. · P-117"
    shorts = [s.short for s in card.signs]
    assert shorts[:2] == ["K2", "K1"]
    assert not any(w in repr(card) for w in ("blue", "hoist", "Martin", "bus"))
    done = cards.look_at_card(plan.house, plan.cast.amina, cards.LookAtCard(plan.rosa, "SAFE_WORD"), now=DOOR)
    assert done.message == "Agreed word: blue bottles"
    [event] = plan.events("card-looked-at")
    assert (event.actor_id, event.detail, event.outcome) == (plan.cast.amina.account_id, "SAFE_WORD", Outcome.READ)


def test_no_visit_today_needs_a_reason_and_the_lead_is_told(plan: Plan) -> None:
    card = cards.card_by_reference(plan.house, plan.cast.carla, DOOR, "p-117")
    assert not card.today
    with pytest.raises(Invalid):
        cards.look_at_card(plan.house, plan.cast.carla, cards.LookAtCard(plan.rosa, "VISITS"), now=DOOR)
    form = cards.LookAtCard(plan.rosa, "VISITS", "Amina is ill and I take her round.")
    cards.look_at_card(plan.house, plan.cast.carla, form, now=DOOR)
    [look] = plan.plan().looks
    assert (look.by, look.code, look.reason) == ("Carla Denny", "VISITS", "Amina is ill and I take her round.")
    with plan.house.begin(plan.cast.lena, DOOR) as uow:
        told = uow.session.exec(select(MessageRow.account_id).where(col(MessageRow.created_at) == DOOR)).all()
    assert plan.cast.lena.account_id in told


def test_a_lead_puts_somebody_down_for_a_day_and_the_card_is_hers_on_that_day_alone(plan: Plan) -> None:
    form = cards.AllocateVisit(plan.rosa, plan.cast.carla.account_id, date(2026, 10, 14))
    cards.allocate_visit(plan.house, plan.cast.lena, form, now=DOOR)
    seen = [len(cards.cards_today(plan.house, plan.cast.carla, DOOR + timedelta(days=n))) for n in (0, 1, 2)]
    assert seen == [0, 1, 0]


@pytest.mark.parametrize("how", ["not for those who visit", "ended", "wrong reference", "her case is kept from her"])
def test_there_is_no_card_and_no_difference_why(plan: Plan, how: str) -> None:
    if how == "not for those who visit":
        plan.write(at("2026-10-12T09:00"), workers_may_view="no")
    elif how == "ended":
        safety_plans.end_safety_plan(plan.house, plan.cast.lena, safety_plans.EndSafetyPlan(plan.plan().id, "She moved."),
                                     now=at("2026-10-12T09:00"))
    elif how == "her case is kept from her":
        form = investigations.OpenInvestigation(plan.case, plan.cast.amina.account_id)
        investigations.open_investigation(plan.house, plan.cast.maud, form, now=at("2026-10-12T09:00"))
    reference = "P-999" if how == "wrong reference" else "P-117"
    with pytest.raises(NotFound) as refused:
        cards.card_by_reference(plan.house, plan.cast.amina, DOOR, reference)
    assert str(refused.value) == reference
    if how != "wrong reference":
        assert cards.cards_today(plan.house, plan.cast.amina, DOOR) == ()
        with pytest.raises(NotFound):
            cards.look_at_card(plan.house, plan.cast.amina, cards.LookAtCard(plan.rosa, "SAFE_WORD"), now=DOOR)


def test_a_card_taken_along_holds_no_name_and_ends_in_the_night(plan: Plan) -> None:
    along = cards.cards_along(plan.house, plan.cast.amina, DOOR)
    assert [c.reference for c in along.cards] == ["P-117"]
    assert not any(name in repr(along) for name in ("Rosa", "R.L.", "Linden"))
    assert along.until == at("2026-10-14T04:00")
    assert len(plan.events("card-taken-along")) == 1


def test_looks_without_a_signal_come_sealed_like_notes_and_stand_on_the_plan_once(plan: Plan) -> None:
    phone, made = Handset(plan.cast, "amina"), str(uuid.uuid4())
    payload = {"schema": 1, "id": made, "person": plan.rosa, "captured_at": DOOR.isoformat(),
               "card_looks": [{"code": "SAFE_WORD", "at": DOOR.isoformat()}]}
    envelope = phone.signs(plan.cast.sealed(payload, now=DOOR))
    for _ in range(2):
        intake.receive(plan.house, None, envelope, now=DOOR + timedelta(minutes=20))
    [look] = plan.plan().looks
    assert (look.by, look.code, look.at, look.reason) == ("Amina Yusuf", "SAFE_WORD", DOOR, "without a signal")
    assert len(plan.events("card-looked-at-offline")) == 1


def test_looks_that_are_not_in_form_are_kept_for_somebody_to_look_at(plan: Plan) -> None:
    made = str(uuid.uuid4())
    envelope = plan.cast.sealed({"schema": 1, "id": made, "card_looks": [{"code": "SAFE_WORD"}]}, now=DOOR)
    intake.receive(plan.house, plan.cast.amina, envelope, now=DOOR)
    with plan.house.begin(plan.cast.lena, DOOR) as uow:
        assert len(uow.kept.where()) == 1


def test_the_rota_has_the_cover_reason_and_nothing_else_of_it(plan: Plan) -> None:
    with plan.house.begin(plan.cast.rhona, DOOR) as uow:
        assert safety_plans.arrangements(uow) == {plan.rosa: "Two workers after 17:00 (moving-and-handling check)"}


def test_a_plan_closed_to_somebody_is_closed_on_the_rota_too(plan: Plan) -> None:
    form = investigations.OpenInvestigation(plan.case, plan.cast.carla.account_id)
    investigations.open_investigation(plan.house, plan.cast.maud, form, now=at("2026-10-12T09:00"))
    with plan.house.begin(plan.cast.rhona, DOOR) as uow:
        assert safety_plans.arrangements(uow) == {}


def test_a_checklist_that_meets_a_route_makes_marac_due_until_it_is_referred_or_said_why_not(plan: Plan) -> None:
    answers = tuple(f"{t}={'yes' if n < 11 else 'no'}" for n, t in enumerate(checklists.CHECKLIST_TOPICS.codes()[:24]))
    form = checklists.RecordChecklist(plan.case, "dash_safelives", "2026", "Lena Hart, trained", "Rosa, alone", answers,
                                      judgement="high", judgement_why="He controls her phone.")
    told = checklists.record_checklist(plan.house, plan.cast.lena, form, now=at("2026-10-09T20:00")).message
    assert "The risk is set to high" in told
    assert "professional judgement, at any score" in told
    assert "marac_route" in plan.clocks()
    with pytest.raises(Invalid):
        checklists.explain_no_marac(plan.house, plan.cast.lena, checklists.ExplainNoMarac(plan.case), now=DOOR)
    why = checklists.ExplainNoMarac(plan.case, "The coordinator says it is with another area.")
    checklists.explain_no_marac(plan.house, plan.cast.lena, why, now=DOOR)
    assert "marac_route" not in plan.clocks()


def test_a_restricted_case_takes_its_plan_and_contacts_with_it(plan: Plan) -> None:
    made = plan.contact("2026-10-13T10:15")
    form = investigations.OpenInvestigation(plan.case, plan.cast.joy.account_id)
    investigations.open_investigation(plan.house, plan.cast.maud, form, now=at("2026-10-12T09:00"))
    contact, found = plan.one(made), plan.plan()
    assert contact.restricted
    assert found.restricted
    assert plan.cast.joy.account_id in found.barred
    with pytest.raises(NotFound), plan.house.begin(plan.cast.joy, DOOR) as uow:
        uow.child(Contact, made)


def test_a_restricted_case_still_counts_missed_windows(plan: Plan) -> None:
    """The sweep acts as the product itself, which is on nobody's list."""
    first = plan.contact("2026-10-13T10:15")
    form = investigations.OpenInvestigation(plan.case, plan.cast.carla.account_id)
    investigations.open_investigation(plan.house, plan.cast.maud, form, now=at("2026-10-12T09:00"))
    plan.contact("2026-10-16T10:15", now="2026-10-12T12:00")
    assert sweep(plan.house, now=at("2026-10-16T11:01"), holder="t").missed == 2
    assert plan.one(first).state is ContactState.LAPSED
    assert "welfare_check" in plan.clocks()


def test_nothing_that_was_written_lies_readable_beside_the_records(plan: Plan) -> None:
    plan.contact("2026-10-13T10:15", kind="text", words="The hoist service is at ten.")
    with plan.house.begin(plan.cast.lena, DOOR) as uow:
        rows = json.dumps([[str(v) for v in r] for r in uow.session.connection().exec_driver_sql(
            "SELECT id, case_id, state, mac FROM contact UNION ALL SELECT id, case_id, state, mac FROM safety_plan")])
    assert not any(word in rows for word in ("hoist", "blue", "07700", "Martin"))


def test_the_plan_stays_as_it_is_when_a_look_is_added(plan: Plan) -> None:
    before = plan.plan()
    cards.look_at_card(plan.house, plan.cast.carla, cards.LookAtCard(plan.rosa, "VISITS", "I stand in for her."), now=DOOR)
    assert replace(plan.plan(), looks=()) == before


def test_whoever_is_taken_off_the_rota_has_no_card_and_is_put_down_for_no_visit(plan: Plan) -> None:
    had = len(cards.cards_today(plan.house, plan.cast.amina, DOOR))
    off = availability.TakeOffRota(plan.case, plan.cast.amina.account_id, "Until it is clear what happened.")
    availability.take_off_rota(plan.house, plan.cast.lena, off, now=DOOR)
    form = cards.AllocateVisit(plan.rosa, plan.cast.amina.account_id, DOOR.date() + timedelta(days=1))
    with pytest.raises(Invalid, match="Amina Yusuf is not available then"):
        cards.allocate_visit(plan.house, plan.cast.lena, form, now=DOOR)
    assert (had, len(cards.cards_today(plan.house, plan.cast.amina, DOOR))) == (1, 0)


def test_whoever_was_away_has_her_cards_again_from_the_day_on_which_she_is_back(plan: Plan) -> None:
    away = availability.MarkNotAvailable(plan.cast.amina.account_id, until_on=date(2026, 10, 12))
    availability.mark_not_available(plan.house, plan.cast.rhona, away, now=at("2026-10-11T09:00"))
    assert [len(cards.cards_today(plan.house, plan.cast.amina, at(when))) for when in (
        "2026-10-12T23:00", "2026-10-13T00:01")] == [0, 1]
