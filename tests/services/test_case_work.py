"""Work on a case beside the two scenarios: emergencies, several agencies, answers that settle nothing, the queue's counts."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlmodel import select

from sgapp.domain.errors import IllegalTransition, Invalid, NotFound
from sgapp.domain.observation import Priority
from sgapp.domain.vocabulary import CQC_NOTICES
from sgapp.services import cases, composing, referrals, sharing, triage
from sgapp.services.demo_history import MARLOW
from sgapp.services.drafts import load_draft
from sgapp.services.house import SYSTEM
from sgapp.services.sweep import sweep
from sgapp.services.views.case import case_view
from sgapp.services.views.case import cases as case_list
from sgapp.services.views.composing import ComposeView, compose_view
from sgapp.services.views.note import note_view
from sgapp.services.views.queue import queue, queue_keys
from sgapp.services.views.referral import referral_view
from sgapp.store.tables import ClockRow
from tests.people import Cast
from tests.services.story import Story, at, capacity_form, not_sharing_form, sharing_form, tiles

NOW = at("2026-10-05T14:00")


@pytest.fixture
def story(cast: Cast) -> Story:
    """A case that was triaged and shared, its review agreed; nothing sent yet."""
    return Story(cast).noted().seen().opened().decided().reviewed()


def _refers(story: Story, agency: str, *, when: str = "2026-10-05T13:50") -> str:
    """Decide to share with an agency, and send it one fact."""
    house, lead, now = story.house, story.cast.lena, at(when)
    sharing.record_sharing_decision(house, lead, sharing_form(
        story.case_id, agency=agency, consent="given", override_reasons=(), override_because=""), now=now)
    form = composing.PrepareReferral(story.case_id, agency, "The team", "portal", "p", "a", ("person:name=who",))
    referral_id = composing.prepare_referral(house, lead, form, now=now).id
    referrals.send_referral(house, lead, referrals.SendReferral(referral_id, their_reference="P-1"), now=now)
    return referral_id


def _answers(story: Story, referral_id: str, code: str, when: str = "2026-10-07T10:00") -> None:
    form = referrals.RecordAgencyOutcome(referral_id, code)
    referrals.record_agency_outcome(story.house, story.cast.lena, form, now=at(when))


def _emergency(story: Story, facts: str = "He is hurt.\nHe is alone.\nThe door is open.") -> str:
    form = referrals.SendEmergency(story.case_id, "POL999", "Police", "telephone", facts)
    return referrals.send_emergency(story.house, story.cast.joy, form, now=NOW).id


def test_an_emergency_is_sent_by_on_call_before_any_decision(cast: Cast) -> None:
    story = Story(cast).noted().seen().opened()
    view = referral_view(cast.house, cast.joy, NOW, _emergency(story))
    assert view.state == "sent"
    assert [line for line in view.letter.splitlines() if line.startswith("- ")] == [
        "- Ask us before you contact the person.", "- He is hurt.", "- He is alone.", "- The door is open."]


@pytest.mark.parametrize("facts", ["", "  \n ", "1\n2\n3\n4"])
def test_an_emergency_tells_one_to_three_facts(cast: Cast, facts: str) -> None:
    story = Story(cast).noted().seen().opened()
    with pytest.raises(Invalid, match="one to three facts"):
        _emergency(story, facts)


def test_the_record_behind_an_emergency_is_due_the_same_day_and_ends_with_the_decision(cast: Cast) -> None:
    story = Story(cast).noted().seen().opened()
    _emergency(story)
    assert f"case:{story.case_id}:emergency_record" in queue_keys(cast.house, cast.lena, NOW)
    assert case_view(cast.house, cast.lena, NOW, story.case_id).next_step.button == "Record the decision"
    story.decided()
    assert f"case:{story.case_id}:emergency_record" not in queue_keys(cast.house, cast.lena, NOW)


def test_a_case_is_not_closed_before_the_emergency_is_recorded_and_reviewed(cast: Cast) -> None:
    story = Story(cast).noted().seen().opened()
    _answers(story, _emergency(story), "advice_only")
    with pytest.raises(Invalid, match="record of the emergency decision is missing"):
        story.closed()
    story.decided()
    with pytest.raises(Invalid, match="second review is still awaited"):
        story.closed()
    story.reviewed().closed()


def test_two_agencies_told_at_the_same_minute_each_run_their_own_course(story: Story) -> None:
    first, second = _refers(story, "LA_ASC"), _refers(story, "COMM")
    step = case_view(story.house, story.cast.lena, NOW, story.case_id).next_step
    assert step.text == "Get the receipt from Adult social care"
    _answers(story, first, "advice_only")
    states = {r.id: r.state for r in case_view(story.house, story.cast.lena, at("2026-10-07T11:00"), story.case_id).referrals}
    assert states == {first: "Advice only", second: "sent, no receipt yet"}
    assert tiles(queue(story.house, story.cast.lena, at("2026-10-07T11:00")))["agencies"] == "1"


def test_who_was_told_what_names_each_agency_by_each_fact(story: Story) -> None:
    _refers(story, "LA_ASC")
    _refers(story, "COMM")
    knows = case_view(story.house, story.cast.lena, NOW, story.case_id).knows
    assert knows.agencies == ("Adult social care", "Commissioner")
    assert [(row.fact, row.told) for row in knows.rows] == [("Dennis Marlow, P-104", ("13:50", "13:50"))]


def test_a_fact_that_one_agency_was_told_is_empty_under_the_other(story: Story) -> None:
    _refers(story, "LA_ASC")
    sharing.record_sharing_decision(story.house, story.cast.lena, sharing_form(story.case_id, agency="COMM"), now=NOW)
    form = composing.PrepareReferral(story.case_id, "COMM", "The team", "portal", "p", "a",
                                     (f"note:{story.note_id}:seen:0=shows_risk",))
    made = composing.prepare_referral(story.house, story.cast.lena, form, now=NOW).id
    referrals.send_referral(story.house, story.cast.lena, referrals.SendReferral(made, their_reference="P-2"), now=NOW)
    rows = case_view(story.house, story.cast.lena, NOW, story.case_id).knows.rows
    assert [tuple(bool(when) for when in row.told) for row in rows] == [(True, False), (False, True)]


def test_whom_a_case_waits_for_stands_there_soonest_first_with_what_and_until_when(story: Story) -> None:
    _refers(story, "LA_ASC")
    form = referrals.AddAction(story.case_id, "Change the locks", "Maud Ellery", "", NOW.date(), "agrees")
    referrals.add_action(story.house, story.cast.lena, form, now=NOW)
    view = case_view(story.house, story.cast.lena, NOW, story.case_id)
    assert [(w.who, w.what, w.due) for w in view.waiting] == [
        ("Maud Ellery", "Change the locks", "Due 23:59"),
        ("Adult social care", f"receipt, {view.reference}-R1", "Tue 17:00")]


def test_an_agency_that_wants_more_is_still_awaited(story: Story) -> None:
    referral_id = _refers(story, "LA_ASC")
    _answers(story, referral_id, "more_information_wanted")
    with pytest.raises(Invalid, match="outcome is still awaited"):
        story.closed()
    assert f"referral:{referral_id}:agency_decision" in queue_keys(story.house, story.cast.lena, at("2026-10-07T11:00"))
    _answers(story, referral_id, "s42_2_enquiry", "2026-10-08T10:00")
    story.closed()


def test_a_case_does_not_end_with_the_wrong_authority(story: Story) -> None:
    _answers(story, _refers(story, "LA_ASC"), "wrong_authority")
    assert case_view(story.house, story.cast.lena, NOW, story.case_id).next_step.text == "Find the right authority"
    with pytest.raises(Invalid, match="right authority has not been asked"):
        story.closed()
    _answers(story, _refers(story, "COMM", when="2026-10-07T11:00"), "advice_only", "2026-10-08T10:00")
    story.closed()


def test_a_withdrawn_referral_is_no_agencys_outcome(story: Story) -> None:
    form = composing.PrepareReferral(story.case_id, "LA_ASC", "Duty", "portal", "p", "a", ("person:name=who",))
    referral_id = composing.prepare_referral(story.house, story.cast.lena, form, now=NOW).id
    referrals.withdraw_referral(story.house, story.cast.lena, referrals.WithdrawReferral(referral_id, "why"), now=NOW)
    with pytest.raises(Invalid, match="neither a referral nor a recorded decision"):
        story.closed()


def test_a_decision_sent_back_holds_the_case_open_until_it_is_made_again(cast: Cast) -> None:
    story = Story(cast).noted().seen().opened()
    cases.set_risk(cast.house, cast.lena, cases.SetRisk(story.case_id, "high", "why"), now=NOW)
    form = not_sharing_form(story.case_id, date(2026, 10, 5))
    decision_id = sharing.record_sharing_decision(cast.house, cast.lena, form, now=NOW).id
    back = sharing.ReviewSharingDecision(decision_id, "no", "The risk is high.")
    sharing.review_sharing_decision(cast.house, cast.noel, back, now=NOW)
    cases.review_case(cast.house, cast.lena, cases.ReviewCase(story.case_id, "as before"), now=at("2026-10-05T15:00"))
    with pytest.raises(Invalid, match="has not been made again"):
        story.closed()


def test_the_nominated_individual_reviews_and_on_call_does_not(cast: Cast) -> None:
    story = Story(cast).noted().seen().opened().decided()
    with pytest.raises(Exception, match="may not review_sharing"):
        story.reviewed(by=cast.joy)
    story.reviewed(by=cast.noel)


def test_decisions_are_told_newest_first_and_a_review_touches_no_order(story: Story) -> None:
    sharing.record_sharing_decision(story.house, story.cast.lena, sharing_form(story.case_id, agency="BANK"), now=NOW)
    story.decision_id = sharing.record_sharing_decision(
        story.house, story.cast.lena, sharing_form(story.case_id, agency="COMM"), now=NOW).id
    story.reviewed()
    headings = [d.heading.partition(" ·")[0] for d in case_view(story.house, story.cast.lena, NOW, story.case_id).decisions]
    assert headings == ["Share with Commissioner", "Share with Bank", "Share with Adult social care"]


def test_the_guidance_that_the_answers_bring_up_is_kept_with_the_decision_and_shown_under_it(cast: Cast) -> None:
    story = Story(cast).noted().seen().opened().decided()
    kept = {g.id for g in story.decision().guidance}
    assert kept == {"refusal-shared", "unwise-is-not-incapable", "coerced-is-not-incapable", "ea", "limb", "suspected-offence",
                    "tell-unless-dangerous"}
    [line] = case_view(cast.house, cast.lena, NOW, story.case_id).decisions
    shown = {entry.label: entry.text for entry in line.guidance}
    assert len(shown) == len(kept)
    assert shown["Which limb of paragraph 18?"].endswith("(Data Protection Act 2018, Schedule 1, paragraph 18; wording 1)")


def test_the_next_decision_may_start_from_the_last_ones_answers_but_for_its_days(cast: Cast) -> None:
    case_id = cast.opened_case()
    form = sharing_form(case_id, when="by_date", share_by=date(2026, 10, 6))
    sharing.record_sharing_decision(cast.house, cast.lena, form, now=NOW)
    begun = sharing.start_from_last_decision(cast.house, cast.maud, sharing.StartFromLastDecision(case_id), now=NOW)
    assert begun.next == f"/decide?id={case_id}"
    typed = load_draft(cast.house, cast.maud, NOW, f"record-sharing-decision:{case_id}")
    assert typed is not None
    assert (typed["consent"], typed["what"], typed["override_reasons"], typed["when"]) == (
        "refused", "When the card was taken\nWhat was seen and heard\nWhat he said", ["coercion_or_duress", "lacks_capacity"],
        "by_date")
    assert not {"share_by", "review_on", "capacity_id"} & set(typed)
    assert load_draft(cast.house, cast.lena, NOW, f"record-sharing-decision:{case_id}") is None


def test_without_an_earlier_decision_there_is_nothing_to_start_from(cast: Cast) -> None:
    with pytest.raises(Invalid, match="no decision on this case yet"):
        sharing.start_from_last_decision(
            cast.house, cast.lena, sharing.StartFromLastDecision(cast.opened_case()), now=NOW)


def test_a_new_version_says_what_it_replaces_and_what_changed_and_the_old_one_stays(cast: Cast) -> None:
    story = Story(cast).noted().seen().opened().decided()
    later = at("2026-10-06T09:00")
    form = sharing_form(story.case_id, recipient="Team manager", others_at_home="yes")
    sharing.record_sharing_decision(cast.house, cast.lena, form, now=later)
    new, old = case_view(cast.house, cast.lena, later, story.case_id).decisions
    assert [(c.label, c.before, c.after) for c in new.changes] == [
        ("Is there a child, or another adult at risk, in the household?", "No", "Yes"),
        ("Who: team or person", "Duty team", "Team manager")]
    assert (new.version, old.version) == ("Replaces the one of 5 Oct 2026, 12:45", "Replaced on 6 Oct 2026, 09:00")
    assert old.changes == ()


def test_with_two_agencies_one_is_chosen_first_and_each_starts_from_its_own_decision(story: Story) -> None:
    _refers(story, "LA_ASC")
    sharing.record_sharing_decision(story.house, story.cast.lena, sharing_form(
        story.case_id, agency="BANK", recipient="Fraud team", what="One fact", must_not_know="The branch"), now=NOW)

    def view(agency: str) -> ComposeView:
        return compose_view(story.house, story.cast.lena, NOW, story.case_id, agency)

    for agency in ("", "MARAC"):  # none was named, or one that nobody decided on
        assert (view(agency).agency, view(agency).groups, view(agency).recipient) == ("", (), "")
    assert [(c.label, c.so_far.split(",")[0], c.href.split("&")[1]) for c in view("").agencies] == [
        ("Adult social care", f"{story.case().reference}-R1", "agency=LA_ASC"), ("Bank", "no letter yet", "agency=BANK")]
    council, bank = view("LA_ASC"), view("BANK")
    assert (council.recipient, council.must_not_know) == ("Duty team", "Kevin Marlow")
    assert (bank.recipient, bank.must_not_know, bank.agency_label) == ("Fraud team", "The branch", "Bank")
    assert bank.groups == council.groups != ()


def test_the_referral_form_starts_from_the_newest_decision(story: Story) -> None:
    sharing.record_sharing_decision(story.house, story.cast.lena, sharing_form(
        story.case_id, agency="BANK", recipient="Fraud team", what="One fact"), now=NOW)
    view = compose_view(story.house, story.cast.lena, NOW, story.case_id, "BANK")
    assert (view.recipient, view.decided_what, view.review_awaited) == ("Fraud team", ("One fact",), True)
    assert [g.heading for g in view.groups if g.seldom] == ["Health history, seldom needed"]


@pytest.mark.parametrize("ability", ["understand", "retain", "weigh", "communicate"])
def test_each_ability_is_answered_from_its_list(story: Story, ability: str) -> None:
    form = capacity_form(story.case_id)
    values = {f: getattr(form, f) for f in form.__dataclass_fields__} | {ability: "perhaps"}
    with pytest.raises(Invalid) as refused:
        cases.record_capacity(story.house, story.cast.lena, cases.RecordCapacity(**values), now=NOW)
    assert [e.field for e in refused.value.errors] == [ability]


@pytest.mark.parametrize(("field", "value"), [
    ("agency", "NOBODY"), ("adult_agrees", "perhaps"), ("owner", " "), ("due_on", None)])
def test_an_action_needs_an_owner_a_day_and_codes_from_the_lists(story: Story, field: str, value: object) -> None:
    whole = {"what": "w", "owner": "o", "agency": "", "due_on": NOW.date(), "adult_agrees": "agrees", field: value}
    with pytest.raises(Invalid) as refused:
        referrals.add_action(story.house, story.cast.lena, referrals.AddAction(story.case_id, **whole), now=NOW)
    assert [e.field for e in refused.value.errors] == [field]


def test_a_case_is_opened_only_from_acknowledged_matched_notes_of_one_person(cast: Cast) -> None:
    dennis, iris, unknown = (cast.writes("amina", who) for who in ("dennis", "iris", "the lady next door"))

    def opens(*notes: str, types: tuple[str, ...] = ("neglect",)) -> None:
        triage.open_case(cast.house, cast.lena, triage.OpenCase(notes[0], notes[1:], types), now=NOW)

    with pytest.raises(Invalid, match="Acknowledge each note"):
        opens(dennis)
    for note_id in (dennis, iris, unknown):
        triage.acknowledge_note(cast.house, cast.lena, triage.AcknowledgeNote(note_id), now=NOW)
    with pytest.raises(Invalid, match="who the note is about"):
        opens(unknown)
    with pytest.raises(Invalid, match="not matched to the person"):
        opens(dennis, iris)
    with pytest.raises(Invalid, match="type"):
        opens(dennis, types=("made up",))
    triage.match_person(cast.house, cast.lena, triage.MatchPerson(unknown, cast.people["dennis"]), now=NOW)
    opens(dennis, unknown)
    with pytest.raises(IllegalTransition):
        opens(dennis)


def test_a_person_of_another_branch_cannot_be_matched(cast: Cast) -> None:
    note_id = cast.writes("farid", "someone in the north")
    with pytest.raises(NotFound):
        triage.match_person(cast.house, cast.farid, triage.MatchPerson(note_id, cast.people["dennis"]), now=NOW)


def test_somebody_new_is_put_on_the_list_once_per_reference(cast: Cast) -> None:
    note_id = cast.writes("amina", "Mrs Pell")
    with pytest.raises(Invalid, match="reference already"):
        triage.match_person(cast.house, cast.lena, triage.MatchPerson(note_id, "", "Ann Pell", "P-104"), now=NOW)
    triage.match_person(cast.house, cast.lena, triage.MatchPerson(note_id, "", "Ann Pell"), now=NOW)
    assert note_view(cast.house, cast.lena, NOW, note_id).person == "A. Pell · P-N1001"
    with cast.house.begin(cast.lena, NOW) as uow:
        assert "Ann Pell" in [p.name for p in uow.people.where()]


def test_a_second_acknowledgement_leaves_the_first_and_is_told_as_the_same(cast: Cast) -> None:
    note_id = cast.writes("amina", "dennis")
    first = triage.acknowledge_note(cast.house, cast.lena, triage.AcknowledgeNote(note_id), now=NOW)
    again = triage.acknowledge_note(cast.house, cast.maud, triage.AcknowledgeNote(note_id), now=at("2026-10-05T15:00"))
    assert first == again
    assert note_view(cast.house, cast.lena, NOW, note_id).acknowledged == "Lena Hart, 5 Oct 2026, 14:00"


def test_the_queue_counts_what_is_overdue_due_today_with_agencies_and_to_review(cast: Cast) -> None:
    Story(cast).noted().seen().opened().decided().reviewed().sent()
    watched = cast.opened_case(at=at("2026-10-05T10:40"))
    form = cases.TriageCase(watched, "internal_action", "why", date(2026, 10, 9))
    cases.triage_case(cast.house, cast.lena, form, now=NOW)
    cast.writes("carla", "iris", at=at("2026-10-06T16:40"))
    found = queue(cast.house, cast.lena, at("2026-10-06T17:30"))
    assert tiles(found) == {"mine": "1", "overdue": "1", "today": "1", "agencies": "1", "reviews": "1"}
    assert [r.tone for r in found.rows] == ["overdue", "soon", "later"]
    assert found.as_of == "Tuesday 6 October, 17:30"


def test_an_open_case_on_which_nothing_runs_any_more_stays_in_the_queue(story: Story) -> None:
    _answers(story, _refers(story, "LA_ASC"), "advice_only")
    [row] = queue(story.house, story.cast.lena, at("2026-10-07T11:00")).rows
    assert (row.step, row.due, row.href) == ("next step", "Thu 17:00", f"/case?id={story.case_id}")  # from the answer on
    [row] = queue(story.house, story.cast.lena, at("2026-10-09T09:00")).rows
    assert (row.step, row.tone) == ("next step", "overdue")
    assert "not decided" not in row.detail


def test_what_runs_on_a_case_is_shown_instead_of_its_next_step(story: Story) -> None:
    referral_id = _refers(story, "LA_ASC")
    assert [r.key.split(":")[1] for r in queue(story.house, story.cast.lena, NOW).rows] == [referral_id]


def test_the_list_of_cases_shows_the_newest_first(cast: Cast) -> None:
    older, newer = (cast.opened_case(at=at(f"2026-10-0{day}T10:00")) for day in (5, 6))
    assert [c.id for c in case_list(cast.house, cast.lena, NOW)] == [newer, older]


def test_a_listener_hears_of_a_change_and_not_of_a_repeat_or_a_refusal(cast: Cast) -> None:
    case_id, intent_id, heard = cast.opened_case(), str(uuid4()), []
    stop: Callable[[], None] = cast.house.on_change(lambda: heard.append(1))
    form = cases.SetRisk(case_id, "high", "why")
    for _ in range(2):
        cases.set_risk(cast.house, cast.lena, form, now=NOW, intent_id=intent_id)
    with pytest.raises(NotFound):
        cases.set_risk(cast.house, cast.farid, form, now=NOW)
    assert heard == [1]
    stop()
    cases.set_risk(cast.house, cast.lena, form, now=NOW)
    assert heard == [1]


def test_acknowledging_a_correction_puts_it_into_the_case_and_offers_its_facts(story: Story) -> None:
    later = story.cast.writes(
        "amina", "dennis", corrects=story.note_id, seen="It was the blue card.", at=at("2026-10-06T09:00"))
    now = at("2026-10-06T09:10")
    done = triage.acknowledge_note(story.house, story.cast.lena, triage.AcknowledgeNote(later), now=now)
    assert done.next == f"/case?id={story.case_id}"
    view = compose_view(story.house, story.cast.lena, now, story.case_id)
    assert any("blue card" in offer.text for group in view.groups for offer in group.offers)
    with story.house.begin(story.cast.lena, now) as uow:
        assert (uow.notes.get(later).state, uow.notes.get(later).case_id) == ("in_hand", story.case_id)


def test_a_correction_of_a_note_in_a_closed_case_stands_alone(story: Story) -> None:
    _answers(story, _refers(story, "LA_ASC"), "advice_only")
    story.closed()
    later = story.cast.writes("amina", "dennis", corrects=story.note_id, seen="Again.", at=at("2026-12-01T09:00"))
    now = at("2026-12-01T09:10")
    triage.acknowledge_note(story.house, story.cast.lena, triage.AcknowledgeNote(later), now=now)
    with story.house.begin(story.cast.lena, now) as uow:
        assert (uow.notes.get(later).state, uow.notes.get(later).case_id) == ("acknowledged", None)


def test_the_priority_of_a_note_moves_its_case_and_the_cases_clock(cast: Cast) -> None:
    case_id = cast.opened_case()
    with cast.house.begin(cast.lena, NOW) as uow:
        note_id = uow.cases.get(case_id).note_ids[0]
    for priority, expected in (("emergency", "emergency"), ("high", "high"), ("other", "other")):
        form = triage.ChangePriority(note_id, Priority(priority), "looked again")
        triage.change_priority(cast.house, cast.lena, form, now=NOW)
        with cast.house.begin(cast.lena, NOW) as uow:
            assert uow.cases.get(case_id).priority == expected
            clock = uow.session.exec(select(ClockRow).where(ClockRow.record_id == case_id)).one()
            assert clock.priority == expected


def test_a_case_stays_as_urgent_as_its_most_urgent_note(cast: Cast) -> None:
    case_id = cast.opened_case()
    later = cast.writes("carla", "dennis", danger_now="yes")
    triage.acknowledge_note(cast.house, cast.lena, triage.AcknowledgeNote(later), now=NOW)
    triage.add_note_to_case(cast.house, cast.lena, triage.AddNoteToCase(later, case_id), now=NOW)
    with cast.house.begin(cast.lena, NOW) as uow:
        first = uow.cases.get(case_id).note_ids[0]
    form = triage.ChangePriority(first, Priority.HIGH, "looked again")
    triage.change_priority(cast.house, cast.lena, form, now=NOW)
    with cast.house.begin(cast.lena, NOW) as uow:
        assert uow.cases.get(case_id).priority == "emergency"


def test_advice_from_the_future_is_refused(story: Story) -> None:
    form = cases.RecordConsultation(story.case_id, "Dr Ames", "GP", "Rest.", when=at("2027-01-01T10:00"))
    with pytest.raises(Invalid, match="has not come yet"):
        cases.record_consultation(story.house, story.cast.lena, form, now=NOW)


def test_an_urgent_case_makes_an_urgent_referral(cast: Cast) -> None:
    story = Story(cast)
    story.note_id = cast.writes("amina", "dennis", at=at("2026-10-05T10:40"), **{**MARLOW, "danger_now": "yes"})
    story.seen().opened().decided().reviewed()
    now = at("2026-10-05T13:00")
    form = composing.PrepareReferral(story.case_id, "LA_ASC", "Duty", "portal", "p", "a", ("person:name=who",))
    referral_id = composing.prepare_referral(cast.house, cast.lena, form, now=now).id
    with cast.house.begin(cast.lena, now) as uow:
        clock = uow.session.exec(select(ClockRow).where(ClockRow.record_id == referral_id)).one()
        assert clock.due_at == now + timedelta(minutes=30)


def test_after_an_enquiry_began_their_plan_is_waited_for_and_goes_up_until_it_is_recorded(story: Story) -> None:
    referral_id = _refers(story, "LA_ASC")
    _answers(story, referral_id, "s42_2_enquiry")
    lead, house = story.cast.lena, story.house
    assert f"referral:{referral_id}:planning" in queue_keys(house, lead, at("2026-10-07T10:01"))
    sweep(house, now=at("2026-10-15T17:01"), holder="test")
    assert referral_view(house, lead, at("2026-10-15T17:01"), referral_id).stage.startswith("Stage 2 of 4")
    view = case_view(house, lead, at("2026-10-15T17:01"), story.case_id)
    assert view.next_step.text == "Get their plan from Adult social care"
    form = referrals.RecordEnquiryStep(referral_id, "plan", "A meeting on 20 October")
    referrals.record_enquiry_step(house, lead, form, now=at("2026-10-16T09:00"))
    assert f"referral:{referral_id}:assessment" in queue_keys(house, lead, at("2026-10-16T09:01"))


def test_where_an_area_does_it_otherwise_nothing_more_is_waited_for_and_the_reason_is_on_the_file(story: Story) -> None:
    referral_id = _refers(story, "LA_ASC")
    _answers(story, referral_id, "s42_2_enquiry")
    lead, house, now = story.cast.lena, story.house, at("2026-10-08T10:00")
    with pytest.raises(Invalid, match="how it is done here"):
        referrals.record_enquiry_step(house, lead, referrals.RecordEnquiryStep(referral_id, "otherwise"), now=now)
    form = referrals.RecordEnquiryStep(referral_id, "otherwise", "They plan at a weekly meeting we attend.")
    referrals.record_enquiry_step(house, lead, form, now=now)
    view = referral_view(house, lead, now, referral_id)
    assert (view.enquiry, view.due) == ("", "")
    assert view.history[0].text == (
        "Adult social care: this area does it otherwise. They plan at a weekly meeting we attend.")
    with pytest.raises(Invalid, match="No enquiry"):
        referrals.record_enquiry_step(house, lead, form, now=now)


def test_what_is_about_staff_is_owed_to_cqc_from_when_it_was_seen_until_it_was_sent(cast: Cast) -> None:
    case_id = cast.opened_case(at=NOW, staff_involved="yes")
    assert f"case:{case_id}:notify_cqc" in _cqc_clock(cast, case_id)
    sharing.record_sharing_decision(cast.house, cast.lena, sharing_form(case_id, agency="CQC", consent="given"), now=NOW)
    form = composing.PrepareReferral(case_id, "CQC", "Notifications", "portal", "p", "a", ("person:name=who",),
                                     details=(f"cqc_notice={CQC_NOTICES.codes()[0]}",))
    referral_id = composing.prepare_referral(cast.house, cast.maud, form, now=NOW + timedelta(minutes=20)).id
    assert f"case:{case_id}:notify_cqc" in _cqc_clock(cast, case_id)
    sent = referrals.SendReferral(referral_id, their_reference="N-1")
    referrals.send_referral(cast.house, cast.maud, sent, now=NOW + timedelta(minutes=30))
    assert _cqc_clock(cast, case_id) == set()


def test_where_the_lead_says_so_cqc_is_owed_until_she_says_why_not_and_until_then_it_is_not_closed(story: Story) -> None:
    def says(owed: str, reason: str) -> None:
        cases.say_cqc(story.house, story.cast.lena, cases.SayCqc(story.case_id, owed, reason), now=NOW)

    referral_id = _refers(story, "LA_ASC")
    _answers(story, referral_id, "advice_only")
    with pytest.raises(Invalid, match="Say why"):
        says("yes", " ")
    says("yes", "The police were told of it.")
    assert f"case:{story.case_id}:notify_cqc" in _cqc_clock(story.cast, story.case_id)
    assert case_view(story.house, story.cast.lena, NOW, story.case_id).cqc == (
        "CQC is to be told, due 23:59. The police were told of it.")
    with pytest.raises(Invalid, match="CQC has not been told"):
        story.closed()
    says("no", "They said on the telephone that it is not theirs to know.")
    assert _cqc_clock(story.cast, story.case_id) == set()
    story.closed()


def _cqc_clock(cast: Cast, case_id: str) -> set[str]:
    with cast.house.begin(SYSTEM, NOW) as uow:
        rows = uow.session.exec(select(ClockRow).where(ClockRow.case_id == case_id, ClockRow.kind == "notify_cqc")).all()
        return {f"{r.record_kind}:{r.record_id}:{r.kind}" for r in rows}
