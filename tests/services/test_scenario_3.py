"""Scenario 3 whole, with its own dates: an allegation against a colleague, protection apart from investigation."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from sgapp.domain.errors import Invalid, NotFound, NotPermitted
from sgapp.domain.permissions import Actor
from sgapp.services import availability, cases, composing, investigations, sharing, staff, triage, who_may_know
from sgapp.services.audit import verify_audit
from sgapp.services.house import SYSTEM
from sgapp.services.investigations import (
    AskForAccount,
    ChangeInvestigators,
    CloseInvestigation,
    ConsiderDbs,
    DecideOutcome,
    KeepAccount,
    OpenInvestigation,
    PickAccount,
    PlanMilestone,
    ReachMilestone,
    RecordCandour,
    RecordClearance,
    RecordDbsSent,
    ReviewMeasure,
    SetMeasure,
)
from sgapp.services.own_notes import own_notes
from sgapp.services.sweep import sweep
from sgapp.services.views.case import case_view
from sgapp.services.views.case import cases as case_list
from sgapp.services.views.composing import compose_view
from sgapp.services.views.investigation import MatterView, matter_view, matters
from sgapp.services.views.masked import masked_case, masked_cases
from sgapp.services.views.note import note_view
from sgapp.services.views.queue import queue, queue_keys
from sgapp.services.views.referral import referral_view
from sgapp.store.tables import AccountRow, AuditEventRow, AvailabilityRow, CaseRow, MessageRow
from tests.people import Cast
from tests.services.story import at, sharing_form

SAID = "She shouted at me and grabbed my arm. She said next time she'd leave me on the floor."
NOTE: dict[str, Any] = {
    "seen": "No mark on either forearm.", "heard": "", "said": [{"words": SAID, "by": "Iris", "to": "me"}],
    "present": "Iris Holt",
    "done": "Made tea, sat with Iris, rang the lead at 08:25.", "staff_involved": "yes", "staff_names": "Carla Denny"}
SANAS = "Carla helped Iris up from her chair. I heard no shouting. Iris was tired."
ACCOUNT: dict[str, Any] = {"route": "account", "asked_by": "Maud Ellery", "seen": SANAS, "own_words_signed": True, "heard": "",
                           "said": []}
WHY_OPEN = "The council rings, and neither lead nor manager answers."


class Matter:
    """The scenario, step by step."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.house = cast, cast.house
        self.note_id = self.case_id = self.decision_id = self.referral_id = self.id = self.account_id = ""

    def noted(self) -> "Matter":
        self.note_id = self.cast.writes("amina", "iris", at=at("2026-10-14T08:30"), **NOTE)
        return self

    def protected(self) -> "Matter":
        now, lena = at("2026-10-14T08:50"), self.cast.lena
        triage.acknowledge_note(self.house, lena, triage.AcknowledgeNote(self.note_id), now=now)
        triage.match_person(self.house, lena, triage.MatchPerson(self.note_id, self.cast.people["iris"]), now=now)
        form = triage.OpenCase(self.note_id, (), ("physical", "psychological"))
        self.case_id = triage.open_case(self.house, lena, form, now=now).id
        for what in ("Iris is safe: Dilys stays until noon", "Arms looked at with Iris's consent: no mark",
                     "Rota, call times and messages of that morning are kept"):
            cases.add_protection(self.house, lena, cases.AddProtection(self.case_id, what), now=now)
        off = availability.TakeOffRota(self.case_id, self.cast.carla.account_id, "No contact with Iris or anyone else for now.")
        availability.take_off_rota(self.house, lena, off, now=now)
        cases.record_consultation(self.house, lena, cases.RecordConsultation(
            self.case_id, "101, call handler", "Police", "Do not interview yet; log it and refer."), now=now)
        refer = cases.TriageCase(self.case_id, "refer", "Harm alleged against our own staff.")
        cases.triage_case(self.house, lena, refer, now=now)
        return self

    def decided(self) -> "Matter":
        form = sharing_form(
            self.case_id, why="Iris and others may be at risk from somebody who works for us.", must_not_know="Carla Denny",
            what="The allegation in Iris's words\nWhat was done at once", left_out="Witness statements\nPersonnel history",
            override_reasons=("staff_implicated", "others_at_risk"), override_because="Others are visited by her.",
            consent="given_in_part", capacity="presumed", told="told", told_why="")
        now = at("2026-10-14T09:10")
        self.decision_id = sharing.record_sharing_decision(self.house, self.cast.lena, form, now=now).id
        review = sharing.ReviewSharingDecision(self.decision_id, "yes", "Agreed.")
        sharing.review_sharing_decision(self.house, self.cast.maud, review, now=at("2026-10-14T09:20"))
        return self

    def sent(self) -> "Matter":
        now = at("2026-10-14T09:30")
        offers = [o.source for g in compose_view(self.house, self.cast.lena, now, self.case_id).groups for o in g.offers]
        picked = tuple(f"{s}=own_words" for s in offers if ":said:" in s or s.startswith("protection:"))
        form = composing.PrepareReferral(self.case_id, "LA_ASC", "Duty team", "secure_email", "To protect Iris.",
                                         "Say whether we may begin.", picked)
        self.referral_id = composing.prepare_referral(self.house, self.cast.lena, form, now=now).id
        return self

    def opened(self) -> "Matter":
        form = OpenInvestigation(self.case_id, self.cast.carla.account_id)
        self.id = investigations.open_investigation(self.house, self.cast.maud, form, now=at("2026-10-14T10:00")).id
        return self

    def asked(self, who: str = "sana") -> "Matter":
        form = AskForAccount(self.id, self.cast.actors[who].account_id, date(2026, 10, 14), "morning")
        investigations.ask_for_account(self.house, self.cast.maud, form, now=at("2026-10-14T10:30"))
        return self

    def answered(self) -> "Matter":
        self.account_id = self.cast.writes("sana", "", at=at("2026-10-14T11:00"), **ACCOUNT)
        return self

    def view(self, actor: Actor, when: str = "2026-10-14T12:30") -> MatterView:
        return matter_view(self.house, actor, at(when), self.id)


@pytest.fixture
def matter(cast: Cast) -> Matter:
    return Matter(cast).noted().protected().decided()


def _sees(cast: Cast, actor: Actor, note_id: str, when: str = "2026-10-14T12:00") -> bool:
    try:
        return note_view(cast.house, actor, at(when), note_id).id == note_id
    except (NotFound, NotPermitted):
        return False


# 08:30, restricted from the first moment

def test_nobody_who_is_not_on_the_list_sees_the_note_not_even_as_a_count(cast: Cast) -> None:
    note_id = Matter(cast).noted().note_id
    listed = {"lena", "devan", "maud", "noel", "joy"}  # Joy is on call until the office opens
    assert {who for who, actor in cast.actors.items() if _sees(cast, actor, note_id)} == listed
    found = queue(cast.house, cast.farid, at("2026-10-14T08:31"))
    assert (found.rows, {t.count for t in found.tiles}) == ((), {"0"})


# 08:50, protection apart from investigation

def test_the_rota_sees_not_available_and_no_more(matter: Matter) -> None:
    seen = availability.availability(matter.house, matter.cast.rhona, at("2026-10-14T09:00"))
    assert [(line.name, line.span) for line in seen.away] == [("Carla Denny", "from 14 Oct, until further notice")]
    with matter.house.begin(SYSTEM, at("2026-10-14T09:00")) as uow:
        row = uow.session.exec(select(AvailabilityRow)).one()
    assert set(row.model_dump()) == {"id", "account_id", "set_by", "set_at", "from_at", "until_at"}


def test_the_reason_stays_on_the_case(matter: Matter) -> None:
    moments = case_view(matter.house, matter.cast.lena, at("2026-10-14T09:00"), matter.case_id).moments
    assert any("No contact with Iris" in m.detail for m in moments)


def test_the_rota_cannot_end_what_the_lead_entered_nor_tell_it_from_leave(matter: Matter) -> None:
    now, rhona = at("2026-10-14T09:00"), matter.cast.rhona
    leave = availability.MarkNotAvailable(matter.cast.sana.account_id)
    availability.mark_not_available(matter.house, matter.cast.devan, leave, now=now)
    seen = availability.availability(matter.house, rhona, now).away
    assert {(line.span, line.now, line.mine) for line in seen} == {("from 14 Oct, until further notice", True, False)}
    with pytest.raises(NotFound):
        availability.mark_available(matter.house, rhona, availability.MarkAvailable(seen[0].id), now=now)


def test_what_somebody_entered_who_has_left_can_be_ended_by_whoever_may_enter_it(matter: Matter) -> None:
    now, rhona = at("2026-11-16T10:00"), matter.cast.rhona
    entered = availability.MarkNotAvailable(matter.cast.devan.account_id)
    entry = availability.mark_not_available(matter.house, matter.cast.lena, entered, now=now).id
    with pytest.raises(NotFound):
        availability.mark_available(matter.house, rhona, availability.MarkAvailable(entry), now=now)
    staff.disable_account(matter.house, matter.cast.alun, staff.DisableAccount("lena"), now=now)
    with pytest.raises(NotFound):  # whom it is about does not end it
        availability.mark_available(matter.house, matter.cast.devan, availability.MarkAvailable(entry), now=now)
    availability.mark_available(matter.house, rhona, availability.MarkAvailable(entry), now=now)


def test_whoever_entered_it_ends_it(matter: Matter) -> None:
    now, rhona = at("2026-10-14T09:00"), matter.cast.rhona
    form = availability.MarkNotAvailable(matter.cast.sana.account_id, None, date(2026, 10, 20))
    entry = availability.mark_not_available(matter.house, rhona, form, now=now).id
    availability.mark_available(matter.house, rhona, availability.MarkAvailable(entry), now=now)
    assert [line.name for line in availability.availability(matter.house, rhona, now).away] == ["Carla Denny"]


def test_a_lead_who_is_taken_off_the_rota_does_not_find_herself_there(cast: Cast) -> None:
    now = at("2026-10-14T09:00")
    form = availability.MarkNotAvailable(cast.devan.account_id)
    availability.mark_not_available(cast.house, cast.maud, form, now=now)
    assert availability.availability(cast.house, cast.devan, now).away == ()


# 09:30, the initial notification

def test_the_letter_holds_her_words_and_the_steps_and_no_personnel_history(matter: Matter) -> None:
    matter.sent()
    letter = referral_view(matter.house, matter.cast.lena, at("2026-10-14T09:40"), matter.referral_id).letter
    assert SAID in letter
    assert "Made tea" not in letter


# 11:00, the account of another witness

def test_the_request_tells_the_witness_a_day_and_nothing_else(matter: Matter) -> None:
    matter.opened().asked()
    found = investigations.accounts_asked(matter.house, matter.cast.sana, at("2026-10-14T10:45"))
    assert [(a.on, a.part, a.asked_by) for a in found] == [(date(2026, 10, 14), "morning", "Maud Ellery")]
    assert set(found[0].__dataclass_fields__) == {"on", "part", "asked_by", "asked_at"}


def test_nobody_else_finds_the_request(matter: Matter) -> None:
    matter.opened().asked()
    for who in ("amina", "carla"):
        assert investigations.accounts_asked(matter.house, matter.cast.actors[who], at("2026-10-14T10:45")) == ()


def test_once_she_has_written_the_request_is_gone(matter: Matter) -> None:
    matter.opened().asked().answered()
    assert investigations.accounts_asked(matter.house, matter.cast.sana, at("2026-10-14T11:30")) == ()


def test_her_account_is_kept_word_for_word_and_signed(matter: Matter) -> None:
    line = matter.opened().asked().answered().view(matter.cast.maud).accounts[0]
    assert SANAS in [entry.text for entry in line.lines]
    assert "signed" in line.stands


def test_her_account_is_for_the_list_of_the_investigation_alone(matter: Matter) -> None:
    """Neither the lead who protects Iris, nor the writer of the first note, nor anybody on call reads it."""
    matter.opened().asked().answered()
    readers = {who for who, actor in matter.cast.actors.items() if _sees(matter.cast, actor, matter.account_id)}
    assert readers == {"maud", "noel"}


def test_her_account_is_in_no_referral_until_the_manager_picks_it(matter: Matter) -> None:
    matter.opened().asked().answered()
    now, maud = at("2026-10-14T12:00"), matter.cast.maud
    investigations.keep_account(matter.house, maud, KeepAccount(matter.id, matter.account_id), now=now)
    assert not _offered(matter, maud)
    asked_id = matter.view(maud).accounts[0].id
    pick = PickAccount(matter.id, asked_id, "The council asks who else was there.")
    investigations.pick_account(matter.house, maud, pick, now=now)
    assert _offered(matter, maud)
    assert not _offered(matter, matter.cast.lena)  # who may not read it cannot choose from it either


def _offered(matter: Matter, actor: Actor) -> bool:
    groups = compose_view(matter.house, actor, at("2026-10-14T13:00"), matter.case_id).groups
    return any("I heard no shouting." in o.text for g in groups for o in g.offers)


def test_an_account_waits_for_the_manager_and_nobody_else_until_it_is_read(matter: Matter) -> None:
    matter.opened().asked().answered()
    now = at("2026-10-14T11:05")
    key = f"observation:{matter.account_id}:acknowledge"
    assert key in queue_keys(matter.house, matter.cast.maud, now)
    assert key not in queue_keys(matter.house, matter.cast.lena, now)
    investigations.keep_account(matter.house, matter.cast.maud, KeepAccount(matter.id, matter.account_id), now=now)
    assert not any(matter.account_id in k for k in queue_keys(matter.house, matter.cast.maud, now))
    assert own_notes(matter.house, matter.cast.sana, now)[0].state == "in_hand"


def test_a_second_witness_who_leads_reads_the_first_account_no_more(matter: Matter) -> None:
    """Noel is on the list until she is asked for an account of her own: witnesses never read each other."""
    matter.opened().asked().answered()
    assert _sees(matter.cast, matter.cast.noel, matter.account_id)
    with matter.house.begin(SYSTEM, at("2026-10-14T11:30")) as uow:
        uow.session.get_one(AccountRow, matter.cast.lena.account_id).role = "manager"
    lena = Actor(matter.cast.lena.account_id, matter.cast.maud.role, "Lena Hart", "lena", "main")
    form = ChangeInvestigators(matter.id, lena.account_id, "yes", "She helps with it.")
    investigations.change_investigators(matter.house, matter.cast.maud, form, now=at("2026-10-14T11:40"))
    assert _sees(matter.cast, lena, matter.account_id)
    asked = AskForAccount(matter.id, lena.account_id, date(2026, 10, 14), "morning")
    investigations.ask_for_account(matter.house, matter.cast.maud, asked, now=at("2026-10-14T11:50"))
    assert not _sees(matter.cast, lena, matter.account_id)
    assert matter.view(lena).accounts[0].lines == ()


def test_whoever_it_is_about_is_not_asked_for_an_account(matter: Matter) -> None:
    matter.opened()
    with pytest.raises(Invalid):
        matter.asked("carla")


# 11:30, care worker C looks everywhere

def test_for_whoever_it_is_about_nothing_of_it_exists_by_any_service(matter: Matter) -> None:
    """Were she a lead with every right, there would still be nothing: here she asks as one."""
    matter.sent().opened().asked().answered()
    house, now = matter.house, at("2026-10-14T11:30")
    as_lead = Actor(matter.cast.carla.account_id, matter.cast.maud.role, "Carla Denny", "carla", "main")
    glass = who_may_know.BreakGlass(_reference(matter), WHY_OPEN)
    for ask in (lambda: note_view(house, as_lead, now, matter.note_id), lambda: case_view(house, as_lead, now, matter.case_id),
                lambda: matter_view(house, as_lead, now, matter.id), lambda: note_view(house, as_lead, now, matter.account_id),
                lambda: compose_view(house, as_lead, now, matter.case_id),
                lambda: who_may_know.break_glass(house, as_lead, glass, now=now)):
        with pytest.raises(NotFound):
            ask()
    assert queue(house, as_lead, now).rows == ()
    assert case_list(house, as_lead, now) == ()
    assert matters(house, as_lead, now).matters == ()
    assert queue(house, as_lead, now, text="Holt").rows == ()


def _reference(matter: Matter) -> str:
    with matter.house.begin(SYSTEM, at("2026-10-14T11:30")) as uow:
        return uow.session.get_one(CaseRow, matter.case_id).reference


# 12:00, the auditor

def test_an_auditor_finds_no_restricted_case_among_the_masked_ones(matter: Matter) -> None:
    assert masked_cases(matter.house, matter.cast.ada, at("2026-10-14T12:00")) == ()
    with pytest.raises(NotFound):
        masked_case(matter.house, matter.cast.ada, at("2026-10-14T12:00"), matter.case_id)


def test_the_auditor_breaks_the_glass_for_an_hour_and_lead_and_manager_hear_of_it_at_once(matter: Matter) -> None:
    now, ada = at("2026-10-14T12:00"), matter.cast.ada
    who_may_know.break_glass(matter.house, ada, who_may_know.BreakGlass(_reference(matter), WHY_OPEN), now=now)
    assert "I. Holt" in masked_case(matter.house, ada, now + timedelta(minutes=30), matter.case_id).person
    with pytest.raises(NotFound):
        masked_case(matter.house, ada, now + timedelta(hours=1), matter.case_id)
    with matter.house.begin(SYSTEM, now) as uow:
        told = set(uow.session.exec(select(MessageRow.account_id).where(MessageRow.created_at == now)))
    assert {matter.cast.lena.account_id, matter.cast.maud.account_id} <= told
    assert any(WHY_OPEN in alarm and "Ada Wren" in alarm for alarm in queue(matter.house, matter.cast.maud, now).alarms)


def test_broken_glass_opens_no_investigation_and_no_account(matter: Matter) -> None:
    matter.opened().asked().answered()
    now, ada = at("2026-10-14T12:00"), matter.cast.ada
    who_may_know.break_glass(matter.house, ada, who_may_know.BreakGlass(_reference(matter), WHY_OPEN), now=now)
    view = masked_case(matter.house, ada, now, matter.case_id)
    assert (view.matters, view.notes) == ((), ())
    assert SANAS not in repr(view)


def test_what_an_auditor_reads_otherwise_has_no_names(cast: Cast) -> None:
    case_id = cast.opened_case(said=[{"words": "Kevin has it. Ask Amina.", "by": "Dennis", "to": "me"}], present="Kevin Marlow")
    view = masked_case(cast.house, cast.ada, at("2026-10-14T12:00"), case_id)
    text = repr(view)
    assert view.masked
    assert not [name for name in ("Dennis", "Marlow", "Kevin", "Amina", "Lena", "P-104") if name in text]
    assert "somebody 1 has it. Ask Care worker 1." in text


# 15 October, the record of the investigation

def _cleared(matter: Matter, answer: str = "agreed") -> None:
    form = RecordClearance(matter.id, "POL101", "DC Amos", answer, "Ring again then.", None if answer == "agreed" else
                           date(2026, 10, 20))
    investigations.record_clearance(matter.house, matter.cast.maud, form, now=at("2026-10-15T10:00"))


def _suspended(matter: Matter, **other: Any) -> None:
    given: dict[str, Any] = {"kind": "suspension", "reasons": "Contact with any adult would be a risk.",
                             "alternatives": "Office work: no desk is free.", "review_on": date(2026, 10, 22)}
    form = SetMeasure(matter.id, **(given | other))
    investigations.set_measure(matter.house, matter.cast.maud, form, now=at("2026-10-15T10:00"))


def _due(matter: Matter, when: str) -> list[str]:
    return [f"{d.what}: {d.due}" for d in matter.view(matter.cast.maud, when).due]


def test_a_new_matter_owes_an_answer_on_whether_to_begin_the_dbs_duty_and_candour(matter: Matter) -> None:
    assert _due(matter.opened(), "2026-10-14T10:05") == [
        "Ask whether you may begin: Thu 17:00", "DBS duty: 21 Oct", "Candour: 28 Oct"]


def test_a_suspension_is_looked_at_again_within_seven_days(matter: Matter) -> None:
    matter.opened()
    with pytest.raises(Invalid):
        _suspended(matter, review_on=date(2026, 10, 23))
    _suspended(matter)
    assert "Look at the measure again: 22 Oct" in _due(matter, "2026-10-15T10:05")


def test_a_measure_needs_its_reasons_and_what_else_was_thought_of(matter: Matter) -> None:
    matter.opened()
    for gap in ("reasons", "alternatives"):
        with pytest.raises(Invalid) as refused:
            _suspended(matter, **{gap: " "})
        assert [e.field for e in refused.value.errors] == [gap]


def test_an_overdue_look_at_a_suspension_goes_up_to_the_manager(matter: Matter) -> None:
    matter.opened()
    _cleared(matter)
    _suspended(matter)
    considered = ConsiderDbs(matter.id, "not_met", "neither_yet", "", "Suspended only.")
    investigations.consider_dbs(matter.house, matter.cast.maud, considered, now=at("2026-10-15T10:05"))
    assert sweep(matter.house, now=at("2026-10-23T09:00"), holder="test").steps
    rows = queue(matter.house, matter.cast.maud, at("2026-10-23T09:00")).rows
    assert any(r.badge == "restricted" and r.href == f"/matter?id={matter.id}" and r.mine for r in rows)


def test_a_measure_that_is_looked_at_goes_on_or_ends(matter: Matter) -> None:
    matter.opened()
    _suspended(matter)
    measure = matter.view(matter.cast.maud).measures[0].id
    now = at("2026-10-22T09:00")
    goes_on = ReviewMeasure(matter.id, measure, "Police still speak to Iris.", date(2026, 10, 29))
    investigations.review_measure(matter.house, matter.cast.maud, goes_on, now=now)
    assert matter.view(matter.cast.maud, "2026-10-22T10:00").measures[0].running
    investigations.review_measure(matter.house, matter.cast.maud, ReviewMeasure(matter.id, measure, "Over."), now=now)
    assert not matter.view(matter.cast.maud, "2026-10-22T10:00").measures[0].running


def test_nothing_is_found_before_police_or_council_agree(matter: Matter) -> None:
    matter.opened()
    _cleared(matter, "wait")
    form = DecideOutcome(matter.id, "unsubstantiated", "Accounts differ.")
    with pytest.raises(Invalid):
        investigations.decide_outcome(matter.house, matter.cast.maud, form, now=at("2026-10-16T10:00"))
    _cleared(matter)
    investigations.decide_outcome(matter.house, matter.cast.maud, form, now=at("2026-11-12T14:00"))
    assert matter.view(matter.cast.maud, "2026-11-12T14:05").outcomes[0].label == "Unsubstantiated"


def test_a_suspension_alone_does_not_bring_in_the_dbs_duty(matter: Matter) -> None:
    matter.opened()
    form = ConsiderDbs(matter.id, "refer", "neither_yet", "harm_test", "She is suspended.")
    with pytest.raises(Invalid):
        investigations.consider_dbs(matter.house, matter.cast.maud, form, now=at("2026-10-15T10:00"))


def test_a_decision_to_refer_to_the_dbs_is_owed_until_it_is_sent(matter: Matter) -> None:
    matter.opened()
    now, maud = at("2026-10-15T10:00"), matter.cast.maud
    form = ConsiderDbs(matter.id, "refer", "removed", "harm_test", "Dismissed today.")
    investigations.consider_dbs(matter.house, maud, form, now=now)
    assert "DBS duty: 22 Oct" in _due(matter, "2026-10-15T10:05")
    investigations.record_dbs_sent(matter.house, maud, RecordDbsSent(matter.id, None, "DBS-4411"), now=now)
    assert not any("DBS" in line for line in _due(matter, "2026-10-15T10:05"))


def test_the_work_is_for_those_named_and_human_resources_only_once_let_in(matter: Matter) -> None:
    matter.opened()
    hugh, maud = matter.cast.hugh, matter.cast.maud
    with pytest.raises(NotFound):
        matter.view(hugh)
    let_in = ChangeInvestigators(matter.id, hugh.account_id, "yes", "He investigates.")
    investigations.change_investigators(matter.house, maud, let_in, now=at("2026-10-15T10:00"))
    assert matter.view(hugh).case_href == ""
    plan = PlanMilestone(matter.id, "interview", "Iris, at home", "Hugh Sable", date(2026, 10, 20))
    investigations.plan_milestone(matter.house, hugh, plan, now=at("2026-10-15T11:00"))
    assert "Planned step: Tue 23:59" in _due(matter, "2026-10-15T11:05")
    for who in ("lena", "devan", "joy", "ada", "rhona", "alun", "amina"):
        with pytest.raises((NotFound, NotPermitted)):
            matter.view(matter.cast.actors[who])


def test_the_register_lists_what_each_matter_owes(matter: Matter) -> None:
    matter.opened()
    _cleared(matter)
    _suspended(matter)
    found = {r.heading: [(line.what, line.stands) for line in r.lines]
             for r in matters(matter.house, matter.cast.maud, at("2026-10-15T11:00")).registers}
    assert found == {
        "Whether we may begin": [("Police, 101: DC Amos", "They agree: we may begin, 15 Oct 2026, 10:00")],
        "Interim measures": [("Suspended", "Look again by 22 Oct")], "Steps": [],
        "DBS duty": [("Not considered yet", "")], "Candour": [("Nothing yet", "Owed")]}


def test_the_whole_of_it_ends_with_an_outcome_and_what_was_learned(cast: Cast) -> None:
    matter = Matter(cast).noted().protected().decided().sent().opened().asked().answered()
    house, maud = cast.house, cast.maud
    investigations.keep_account(house, maud, KeepAccount(matter.id, matter.account_id), now=at("2026-10-14T11:10"))
    _cleared(matter)
    _suspended(matter)
    now = at("2026-11-12T14:00")
    investigations.consider_dbs(house, maud, ConsiderDbs(matter.id, "not_met", "neither_yet", "", "Not removed."), now=now)
    for kind in ("told", "apology", "written"):
        investigations.record_candour(house, maud, RecordCandour(matter.id, kind, "To Iris, at home."), now=now)
    measure = matter.view(maud).measures[0].id
    investigations.review_measure(house, maud, ReviewMeasure(matter.id, measure, "She returns, supervised."), now=now)
    investigations.decide_outcome(house, maud, DecideOutcome(matter.id, "unsubstantiated", "Accounts differ."), now=now)
    for what in ("Supervision looks at moving people", "Refresh of training", "Look for a pattern"):
        plan = PlanMilestone(matter.id, "learning", what, "Maud", date(2026, 12, 1))
        investigations.plan_milestone(house, maud, plan, now=now)
    end = CloseInvestigation(matter.id, "Quick to protect; the council was slow.")
    with pytest.raises(Invalid, match="a step is planned and not done"):
        investigations.close_investigation(house, maud, end, now=now)
    for step in matter.view(maud, "2026-11-12T14:05").steps:
        done = ReachMilestone(matter.id, step.id, None, "On her supervision record")
        investigations.reach_milestone(house, maud, done, now=at("2026-11-30T10:00"))
    investigations.close_investigation(house, maud, end, now=at("2026-11-30T10:05"))
    assert matter.view(maud, "2026-11-30T10:10").state == "Closed"
    assert not any(matter.id in key for key in queue_keys(house, maud, at("2026-11-30T10:10")))
    assert verify_audit(house, now=at("2026-11-30T10:10")).sound


def test_the_chain_of_the_case_does_not_tell_of_the_investigation(matter: Matter) -> None:
    matter.opened().asked().answered()
    with matter.house.begin(SYSTEM, at("2026-10-14T12:00")) as uow:
        events = uow.session.exec(select(AuditEventRow).where(AuditEventRow.subject_id == matter.id)).all()
    assert {e.stream for e in events} == {f"investigation:{matter.id}"}


def test_a_case_that_was_open_to_all_is_restricted_once_it_is_about_a_colleague(cast: Cast) -> None:
    case_id = cast.opened_case()
    assert case_view(cast.house, cast.joy, at("2026-10-14T10:00"), case_id).id == case_id
    form = OpenInvestigation(case_id, cast.devan.account_id)
    investigations.open_investigation(cast.house, cast.maud, form, now=at("2026-10-14T10:00"))
    for actor in (cast.joy, cast.devan):
        with pytest.raises(NotFound):
            case_view(cast.house, actor, at("2026-10-14T10:05"), case_id)
    assert case_view(cast.house, cast.lena, at("2026-10-14T10:05"), case_id).restricted


def test_nobody_opens_a_matter_about_herself(cast: Cast) -> None:
    form = OpenInvestigation(cast.opened_case(), cast.maud.account_id)
    with pytest.raises(Invalid):
        investigations.open_investigation(cast.house, cast.maud, form, now=datetime.now(tz=at("2026-10-14T10:00").tzinfo))


def test_where_the_manager_is_named_the_nominated_individual_opens_it_and_the_manager_never_knows(cast: Cast) -> None:
    note_id = cast.writes(**{**NOTE, "staff_names": "Maud Ellery"})
    now = at("2026-10-14T10:00")
    triage.acknowledge_note(cast.house, cast.noel, triage.AcknowledgeNote(note_id), now=now)
    case_id = triage.open_case(cast.house, cast.noel, triage.OpenCase(note_id, (), ("physical",)), now=now).id
    form = OpenInvestigation(case_id, cast.maud.account_id)
    matter_id = investigations.open_investigation(cast.house, cast.noel, form, now=now).id
    with pytest.raises(NotFound):
        matter_view(cast.house, cast.maud, now, matter_id)
    assert matters(cast.house, cast.maud, now).matters == ()
    assert [o.label for o in matter_view(cast.house, cast.noel, now, matter_id).listed] == ["Noel Quist"]
