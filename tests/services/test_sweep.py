"""The sweep: every clock that nobody stops goes up, once, to somebody who may know."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from sgapp.domain.reach import Reach
from sgapp.domain.vocabulary import INTERIM_MEASURES
from sgapp.services import cases, checklists, intake, investigations, referrals, triage
from sgapp.services import sweep as sweeping
from sgapp.services.audit import verify_audit
from sgapp.services.demo import load_demo
from sgapp.services.duty import set_reach
from sgapp.services.health import readiness
from sgapp.services.house import SYSTEM, House
from sgapp.services.sweep import ALARM_AFTER, LEASE, OnlyInADemo, Swept, sweep, sweep_is_late
from sgapp.services.views.queue import queue
from sgapp.store.kinds import KINDS, Record
from sgapp.store.tables import AccountRow, AuditEventRow, ClockRow, DataKeyRow, LeaseRow, MessageRow, ObservationRow, StepUpRow
from sgapp.store.unit_of_work import UnitOfWork
from tests.people import START, Cast
from tests.services.story import Story, at


def steps_up(house: House, now: datetime = START) -> list[tuple[str, int, str]]:
    """Kind, stage and holder of every step taken, in their order."""
    with house.begin(SYSTEM, now) as uow:
        rows = uow.session.exec(select(StepUpRow)).all()
        return [(r.kind, r.stage, r.holder_id) for r in sorted(rows, key=lambda r: (r.kind, r.stage))]


def told(house: House, now: datetime = START) -> list[str]:
    """Who was told, in their order."""
    with house.begin(SYSTEM, now) as uow:
        return [m.account_id for m in sorted(uow.session.exec(select(MessageRow)), key=lambda m: (m.created_at, m.stage))]


def minutes(n: float) -> datetime:
    return START + timedelta(minutes=n)


def swept(cast: Cast, when: datetime, holder: str = "one") -> Swept:
    return sweep(cast.house, now=when, holder=holder)


def test_a_new_note_is_told_to_the_lead_at_once_and_nothing_is_late_yet(cast: Cast) -> None:
    cast.writes()
    assert told(cast.house) == [cast.lena.account_id]
    assert swept(cast, minutes(119)) == Swept()


def test_a_note_that_comes_at_night_is_told_to_whoever_is_on_call(cast: Cast) -> None:
    cast.writes(at=at("2026-10-05T23:00"))
    assert told(cast.house) == [cast.joy.account_id]


def test_a_missed_acknowledgement_goes_to_the_deputy_then_the_manager_then_the_nominated_individual(cast: Cast) -> None:
    cast.writes()
    for when in (121, 241, 361):
        assert swept(cast, minutes(when)).steps == 1
    assert steps_up(cast.house) == [("acknowledge", 1, cast.devan.account_id), ("acknowledge", 2, cast.maud.account_id),
                                    ("acknowledge", 3, cast.noel.account_id)]
    assert told(cast.house) == [who.account_id for who in (cast.lena, cast.devan, cast.maud, cast.noel)]


def test_sweeping_again_at_the_same_moment_does_nothing(cast: Cast) -> None:
    cast.writes()
    swept(cast, minutes(121))
    assert swept(cast, minutes(121)) == Swept()
    assert len(told(cast.house)) == 2


def test_what_was_acknowledged_goes_no_further(cast: Cast) -> None:
    note_id = cast.writes()
    swept(cast, minutes(121))
    triage.acknowledge_note(cast.house, cast.devan, triage.AcknowledgeNote(note_id), now=minutes(130))
    assert swept(cast, minutes(400)).steps == 0


def test_a_sweep_that_was_away_for_long_keeps_every_stage_and_tells_the_last_person_once(cast: Cast) -> None:
    cast.writes()
    assert swept(cast, minutes(400)).steps == 1
    assert [(stage, holder) for _, stage, holder in steps_up(cast.house)] == [(1, ""), (2, ""), (3, cast.noel.account_id)]
    assert told(cast.house) == [cast.lena.account_id, cast.noel.account_id]


def test_nobody_who_may_not_know_is_ever_named_or_told(cast: Cast) -> None:
    cast.writes(staff_involved="yes", staff_names="Devan Rao, Maud Ellery")
    swept(cast, minutes(31))
    swept(cast, minutes(61))
    assert {cast.devan.account_id, cast.maud.account_id}.isdisjoint(told(cast.house))
    assert [holder for *_, holder in steps_up(cast.house)] == [cast.noel.account_id] * 2


def test_a_note_about_staff_that_comes_at_night_is_told_to_somebody_who_may_see_it(cast: Cast) -> None:
    """Whoever is on call; and where it is about her, somebody else: it must not wait for the morning because of that."""
    cast.writes(at=at("2026-10-05T23:00"), staff_involved="yes")
    cast.writes(at=at("2026-10-05T23:00"), staff_names="Joy Okafor")
    assert told(cast.house) == [cast.joy.account_id, cast.devan.account_id]


def test_the_second_reviewer_who_is_told_is_not_the_one_who_decided(cast: Cast) -> None:
    story = Story(cast).noted().seen().opened().decided()
    with cast.house.begin(SYSTEM, START) as uow:
        rows = uow.session.exec(select(ClockRow).where(ClockRow.record_id == story.decision_id)).all()
    assert [r.holder_id for r in rows] == [cast.devan.account_id]


def test_an_agency_that_does_not_answer_goes_up_in_four_stages(cast: Cast) -> None:
    Story(cast).noted().seen().opened().decided().reviewed().sent()
    for when in ("2026-10-06T16:01", "2026-10-07T17:01", "2026-10-08T17:01", "2026-10-09T17:01"):
        swept(cast, at(when))
    receipt = [(stage, holder) for kind, stage, holder in steps_up(cast.house) if kind == "receipt"]
    assert receipt == [(1, cast.lena.account_id), (2, cast.maud.account_id), (3, cast.noel.account_id),
                       (4, cast.noel.account_id)]


def test_a_confirmed_receipt_stops_its_clock_and_the_agencys_decision_begins_at_stage_nought(cast: Cast) -> None:
    story = Story(cast).noted().seen().opened().decided().reviewed().sent()
    swept(cast, at("2026-10-06T17:01"))
    story.received()
    with cast.house.begin(SYSTEM, START) as uow:
        rows = uow.session.exec(select(ClockRow).where(ClockRow.record_id == story.referral_id)).all()
        assert [(r.kind, r.stage) for r in rows] == [("agency_decision", 0)]


def test_a_clock_that_goes_on_keeps_its_stage_when_its_record_is_saved_for_another_reason(cast: Cast) -> None:
    note_id = cast.writes()
    swept(cast, minutes(121))
    form = triage.MatchPerson(note_id, cast.people["ola"])
    triage.match_person(cast.house, cast.lena, form, now=minutes(125))
    with cast.house.begin(SYSTEM, START) as uow:
        [row] = uow.session.exec(select(ClockRow).where(ClockRow.record_id == note_id)).all()
        assert (row.stage, row.holder_id) == (1, cast.devan.account_id)


def test_every_step_is_on_the_chain_and_the_chain_is_sound(cast: Cast) -> None:
    cast.writes()
    before = verify_audit(cast.house, now=START).events
    swept(cast, minutes(121))
    after = verify_audit(cast.house, now=START)
    assert (after.sound, after.events) == (True, before + 1)


def test_while_one_process_sweeps_another_is_told_that_it_is_being_done(cast: Cast) -> None:
    cast.writes()
    with cast.house.begin(SYSTEM, START) as uow:
        uow.session.add(LeaseRow(name="sweep", holder="another", until=minutes(122)))
    assert swept(cast, minutes(121)).busy
    assert steps_up(cast.house) == []


def test_a_process_that_died_in_the_middle_keeps_nobody_out_for_longer_than_its_lease(cast: Cast) -> None:
    cast.writes()
    with cast.house.begin(SYSTEM, START) as uow:
        uow.session.add(LeaseRow(name="sweep", holder="dead", until=minutes(119) + LEASE))
    assert swept(cast, minutes(121)).steps == 1


@pytest.mark.parametrize(("ahead", "busy"), [(timedelta(seconds=5), True), (timedelta(hours=6), False)])
def test_a_process_whose_clock_is_a_little_ahead_is_left_to_it_and_one_that_died_hours_ahead_keeps_nobody_out(
        cast: Cast, ahead: timedelta, busy: bool) -> None:
    with cast.house.begin(SYSTEM, START) as uow:
        uow.session.add(LeaseRow(name="sweep", holder="ahead", until=minutes(121) + ahead + LEASE))
    assert swept(cast, minutes(121)).busy is busy


def test_a_sweep_that_is_said_to_be_of_a_time_to_come_counts_as_none(cast: Cast) -> None:
    swept(cast, START + timedelta(hours=6))
    assert "last looked at" in sweep_is_late(cast.house, now=START)


def test_sweeps_at_the_same_moment_take_each_step_once(cast: Cast) -> None:
    for _ in range(12):
        cast.writes()
    results: list[Swept] = []
    threads = [threading.Thread(target=lambda n=n: results.append(swept(cast, minutes(121), f"sweeper {n}")))
               for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(r.steps for r in results) == 12
    assert len(steps_up(cast.house)) == 12


def test_a_sweep_that_stops_half_way_is_gone_on_with_and_nothing_is_done_twice(
        cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(4):
        cast.writes()
    from sgapp.services import sweep as module

    real, calls = module.hand_to, []

    def dies(*args, **kwargs):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt("the power went")
        return real(*args, **kwargs)

    monkeypatch.setattr(module, "hand_to", dies)
    with pytest.raises(KeyboardInterrupt):
        swept(cast, minutes(121))
    assert len(steps_up(cast.house)) == 2
    monkeypatch.setattr(module, "hand_to", real)
    assert swept(cast, minutes(122)).steps == 2
    assert len(told(cast.house)) == 8


def test_a_sweep_that_does_not_run_is_an_alarm_and_makes_the_house_unready(cast: Cast) -> None:
    cast.writes()
    swept(cast, minutes(1))
    late = minutes(1) + ALARM_AFTER + timedelta(seconds=1)
    assert sweep_is_late(cast.house, now=minutes(2)) == ""
    assert sweep_is_late(cast.house, now=late) == "The clocks were last looked at on 5 Oct 2026, 10:41."
    assert readiness(cast.house, now=late) == ("The clocks were last looked at on 5 Oct 2026, 10:41.",)


def test_a_house_whose_clocks_nobody_ever_looked_at_says_so(cast: Cast) -> None:
    cast.writes()
    assert sweep_is_late(cast.house, now=minutes(6)) == "The clocks have not been looked at yet."


def test_another_time_is_taken_in_a_demo_only(cast: Cast) -> None:
    cast.writes()
    with pytest.raises(OnlyInADemo):
        sweep(cast.house, now=START, holder="one", at=minutes(500))
    assert steps_up(cast.house) == []


def test_a_demo_swept_at_another_time_takes_the_steps_of_that_time_and_stays_late_for_its_own(house: House) -> None:
    load_demo(house, now=START)
    with house.begin(SYSTEM, START) as uow:
        from sgapp.store import accounts
        amina = next(a for a in accounts.everyone(uow) if a.username == "worker.a").as_actor()
    from tests.people import note_payload
    payload = note_payload(None, "Somebody", START)
    envelope = intake.seal_note(intake.intake_key(house, now=START), str(payload["id"]), payload)
    intake.receive(house, amina, envelope, now=START)
    assert sweep(house, now=START, holder="one", at=minutes(121)).steps == 1
    assert sweep_is_late(house, now=minutes(6)) != ""


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_a_demo_swept_twenty_years_on_lets_nothing_go(cast: Cast) -> None:
    Story(cast).noted().seen().opened().decided().reviewed().sent()
    with cast.house.begin(SYSTEM, START) as uow:
        for account in uow.session.exec(select(AccountRow)):
            account.demo = True

    def kept() -> dict[str, dict[str, tuple[object, ...]]]:
        with cast.house.begin(SYSTEM, START) as uow:
            records = {kind.name: {row.id: (row.sealed, row.key_id) for row in uow.session.exec(select(kind.table))}
                       for kind in KINDS.values()}
            keys = {row.id: (row.wrapped, row.destroyed_at) for row in uow.session.exec(select(DataKeyRow))}
            return {**records, "key": keys}

    before = kept()
    assert all(before[name] for name in ("person", "observation", "case", "decision", "referral", "key"))
    assert sweep(cast.house, now=START, holder="one", at=START + timedelta(days=20 * 365)).steps > 0
    assert kept() == before


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_clocks_from_before_there_were_steps_are_worked_out_by_the_first_sweep(cast: Cast) -> None:
    note_id = cast.writes()
    with cast.house.begin(SYSTEM, START) as uow:
        [row] = uow.session.exec(select(ClockRow).where(ClockRow.record_id == note_id)).all()
        row.book, row.next_step_at = -1, None
    assert swept(cast, minutes(121)) == Swept(steps=1, retimed=1)


def test_what_speaks_up_is_told_to_the_nominated_individual_alone_however_late_it_gets(cast: Cast) -> None:
    cast.writes(route="speak_up", matter="how_we_work", person={}, said=[], staff_names="")
    for when in (121, 241, 361):
        swept(cast, minutes(when))
    assert set(told(cast.house)) == {cast.noel.account_id}
    assert {holder for *_, holder in steps_up(cast.house)} == {cast.noel.account_id}


def test_nobody_is_told_of_what_nobody_here_may_know_and_the_chain_says_so(cast: Cast) -> None:
    cast.writes(route="speak_up", matter="colleague", person={}, said=[], staff_names="Noel Quist")
    swept(cast, minutes(31))
    assert told(cast.house) == []
    with cast.house.begin(SYSTEM, START) as uow:
        details = uow.session.exec(select(AuditEventRow.detail).where(AuditEventRow.action == "clock-went-up")).all()
    assert details == ["acknowledge:1:nobody-left"]


def test_a_clock_whose_record_cannot_be_opened_holds_up_no_other_and_stands_on_the_chain(cast: Cast) -> None:
    broken, whole = cast.writes(), cast.writes(at=minutes(1))
    with cast.house.begin(SYSTEM, START) as uow:
        uow.session.get_one(ObservationRow, broken).sealed = b"\0" * 64
    assert swept(cast, minutes(130)) == Swept(steps=1, failed=1)
    assert swept(cast, minutes(131)) == Swept()
    with cast.house.begin(SYSTEM, START) as uow:
        assert [r.record_id for r in uow.session.exec(select(StepUpRow)).all()] == [whole]
        aside = uow.session.exec(select(AuditEventRow.subject_id).where(AuditEventRow.action == "clock-set-aside")).all()
    assert aside == [broken]
    assert sweep_is_late(cast.house, now=minutes(132)) == ""


def test_while_an_agency_is_awaited_the_cases_own_next_step_rests_and_begins_anew_with_the_answer(cast: Cast) -> None:
    story = Story(cast).noted().seen().opened().decided().reviewed().sent()
    week = at("2026-10-12T14:00")
    while sweep(cast.house, now=week, holder="test").steps:
        pass
    with cast.house.begin(SYSTEM, week) as uow:
        row = uow.session.get_one(ClockRow, ("case", story.case_id, "next_step"))
        assert (row.stage, row.next_step_at) == (0, None)
    answer = referrals.RecordAgencyOutcome(story.referral_id, "advice_only")
    referrals.record_agency_outcome(cast.house, cast.lena, answer, now=at("2026-10-12T15:00"))
    with cast.house.begin(SYSTEM, week) as uow:
        row = uow.session.get_one(ClockRow, ("case", story.case_id, "next_step"))
        assert (row.due_at, row.stage, row.next_step_at) == (at("2026-10-13T17:00"), 0, at("2026-10-13T09:00"))
    assert [r.due for r in queue(cast.house, cast.lena, at("2026-10-12T15:01")).rows if r.step == "next step"] == ["Tue 17:00"]


def test_of_what_she_has_taken_up_the_lead_is_reminded_once_before_it_is_late_and_then_the_deputy_is_asked(cast: Cast) -> None:
    note_id = cast.writes()
    triage.acknowledge_note(cast.house, cast.lena, triage.AcknowledgeNote(note_id), now=minutes(5))
    for when in ("2026-10-05T16:59", "2026-10-06T09:00", "2026-10-06T16:59", "2026-10-06T17:00"):
        swept(cast, at(when))
    assert steps_up(cast.house) == [("decide", 1, cast.lena.account_id), ("decide", 2, cast.devan.account_id)]
    assert told(cast.house)[1:] == [cast.lena.account_id, cast.devan.account_id]


def test_of_all_that_is_due_on_one_day_one_reminder_rings_and_the_others_stand_in_the_product(cast: Cast) -> None:
    with cast.house.begin(SYSTEM, START) as uow:
        set_reach(uow, cast.lena.account_id, Reach(email="lena@example.org", by_email=True))
    for _ in range(3):
        note_id = cast.writes()
        triage.acknowledge_note(cast.house, cast.lena, triage.AcknowledgeNote(note_id), now=minutes(5))
    swept(cast, at("2026-10-06T09:00"))
    with cast.house.begin(SYSTEM, START) as uow:
        reminders = [m.channel for m in uow.session.exec(select(MessageRow).where(MessageRow.kind == "decide")).all()]
    assert sorted(reminders) == ["email", "product", "product", "product"]


def test_a_clock_that_was_laid_aside_after_it_went_up_and_comes_back_holds_up_no_other(cast: Cast) -> None:
    case_id, next_day = cast.opened_case(), minutes(27 * 60)
    cases.triage_case(cast.house, cast.lena, cases.TriageCase(case_id, "refer", "Money goes."), now=minutes(20))
    assert swept(cast, next_day).steps > 0
    form = checklists.RecordChecklist(case_id, "dash_safelives", "2026", "Lena Hart", "Nobody yet", told_score="15",
                                      judgement="high", judgement_why="As it stands.", repeat="no")
    checklists.record_checklist(cast.house, cast.lena, form, now=next_day + timedelta(minutes=5))
    because = checklists.ExplainNoMarac(case_id, "The coordinator says another area.")
    checklists.explain_no_marac(cast.house, cast.lena, because, now=next_day + timedelta(minutes=10))
    note_id = cast.writes("carla", "iris", at=next_day + timedelta(minutes=12), danger_now="yes")
    later = next_day + timedelta(minutes=60)
    swept(cast, later)
    assert not sweep_is_late(cast.house, now=later)
    with cast.house.begin(SYSTEM, later) as uow:
        assert uow.session.get_one(ClockRow, ("observation", note_id, "acknowledge")).stage == 1
        assert uow.session.get_one(ClockRow, ("case", case_id, "next_step")).stage == 1


def test_a_clock_whose_step_the_database_refuses_is_set_aside_and_the_others_go_up(
        cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = cast.writes(), cast.writes(at=minutes(1))
    usual = sweeping.hand_to

    def refused(uow: UnitOfWork, row: ClockRow, record: Record, *, at: datetime) -> str:
        if row.record_id == one:
            raise IntegrityError("INSERT", None, Exception("duplicate key"))
        return usual(uow, row, record, at=at)

    monkeypatch.setattr(sweeping, "hand_to", refused)
    assert (swept(cast, minutes(122)).steps, swept(cast, minutes(123)).failed) == (1, 0)
    with cast.house.begin(SYSTEM, START) as uow:
        assert uow.session.get_one(ClockRow, ("observation", other, "acknowledge")).stage == 1


@pytest.mark.parametrize("house", ["postgresql"], indirect=True)
def test_a_clock_whose_record_somebody_holds_is_tried_again_later_and_the_others_go_up(
        cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    held, other = cast.writes(), cast.writes(at=minutes(1))
    monkeypatch.setattr(sweeping, "_PATIENCE_SECONDS", 1)
    with cast.house.engine.begin() as elsewhere:
        elsewhere.execute(select(ObservationRow.id).where(ObservationRow.id == held).with_for_update())
        assert swept(cast, minutes(122)) == Swept(steps=1, failed=1)
    with cast.house.begin(SYSTEM, START) as uow:
        assert uow.session.get_one(ClockRow, ("observation", other, "acknowledge")).stage == 1
    assert swept(cast, minutes(132)).steps == 1


def test_an_interim_measure_that_was_looked_at_late_is_looked_at_again_in_time(cast: Cast) -> None:
    case_id = cast.opened_case()
    matter_id = investigations.open_investigation(
        cast.house, cast.maud, investigations.OpenInvestigation(case_id, cast.carla.account_id), now=minutes(30)).id
    measure = investigations.SetMeasure(matter_id, min(INTERIM_MEASURES.codes()), "She is frightened.", "A pair of carers.")
    investigations.set_measure(cast.house, cast.maud, measure, now=minutes(60))
    for day in range(1, 15):
        swept(cast, START + timedelta(days=day, hours=3))
    with cast.house.begin(cast.maud, START) as uow:
        measure_id = uow.investigations.get(matter_id).measures[0].id
    looked = START + timedelta(days=15)
    review = investigations.ReviewMeasure(matter_id, measure_id, "It goes on.", looked.date() + timedelta(days=7))
    investigations.review_measure(cast.house, cast.maud, review, now=looked)
    with cast.house.begin(SYSTEM, looked) as uow:
        clock = uow.session.get_one(ClockRow, ("investigation", matter_id, "measure_review"))
        assert (clock.stage, clock.next_step_at is not None and clock.next_step_at <= clock.due_at) == (0, True)
