"""Restriction and bars: who is named in a note learns of nothing that follows from it; branch, role and bar each refuse."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from sgapp.domain.errors import Invalid, NotFound, NotPermitted
from sgapp.domain.permissions import Actor
from sgapp.services import cases, referrals, sharing, triage
from sgapp.services.audit import verify_audit
from sgapp.services.demo_history import MARLOW
from sgapp.services.own_notes import own_notes
from sgapp.services.views.case import case_view
from sgapp.services.views.case import cases as case_list
from sgapp.services.views.composing import compose_view
from sgapp.services.views.note import note_view
from sgapp.services.views.queue import queue, queue_keys
from sgapp.services.views.referral import referral_view
from tests.people import START, Cast
from tests.services.story import Story, at

NOW = START + timedelta(minutes=30)
NAMES_DEVAN: dict[str, Any] = {"staff_involved": "yes", "staff_names": "Devan  RAO was there."}


def _keys(cast: Cast, actor: Actor) -> set[str]:
    return {key.split(":")[1] for key in queue_keys(cast.house, actor, NOW)}


def _add(cast: Cast, note_id: str, case_id: str) -> None:
    """Carry a further note into a case, as the lead."""
    triage.acknowledge_note(cast.house, cast.lena, triage.AcknowledgeNote(note_id), now=NOW)
    triage.add_note_to_case(cast.house, cast.lena, triage.AddNoteToCase(note_id, case_id), now=NOW)


def test_a_note_that_names_staff_is_restricted_to_those_who_may_see_such_things(cast: Cast) -> None:
    note_id = cast.writes("amina", "dennis", staff_involved="not_sure")
    assert note_id in _keys(cast, cast.lena)
    assert note_id not in _keys(cast, cast.joy)  # on call
    with pytest.raises(NotFound):
        note_view(cast.house, cast.joy, NOW, note_id)


def test_whoever_is_named_finds_no_such_note_although_her_role_might(cast: Cast) -> None:
    note_id = cast.writes("amina", "dennis", **NAMES_DEVAN)
    assert note_id not in _keys(cast, cast.devan)
    assert note_id in _keys(cast, cast.maud)
    with pytest.raises(NotFound):
        note_view(cast.house, cast.devan, NOW, note_id)


def test_a_user_name_names_its_owner_too(cast: Cast) -> None:
    assert cast.writes("amina", "dennis", staff_names="I mean devan") not in _keys(cast, cast.devan)


def test_the_author_still_sees_her_own_note_when_she_names_herself(cast: Cast) -> None:
    note_id = cast.writes("amina", "dennis", staff_names="Amina Yusuf")
    assert [n.id for n in own_notes(cast.house, cast.amina, NOW)] == [note_id]


def _everything(story: Story) -> dict[str, Callable[[Actor], object]]:
    """Every way to reach a part of the story's case."""
    house, now = story.house, at("2026-10-13T11:00")
    return {
        "note": lambda a: note_view(house, a, now, story.note_id),
        "case": lambda a: case_view(house, a, now, story.case_id),
        "facts": lambda a: compose_view(house, a, now, story.case_id),
        "referral": lambda a: referral_view(house, a, now, story.referral_id),
        "risk": lambda a: cases.set_risk(house, a, cases.SetRisk(story.case_id, "low", "r"), now=now),
        "decision": lambda a: sharing.review_sharing_decision(
            house, a, sharing.ReviewSharingDecision(story.decision_id, "yes"), now=now),
        "chase": lambda a: referrals.record_chase(house, a, referrals.RecordChase(story.referral_id, "nobody"), now=now),
        "action": lambda a: referrals.step_action(
            house, a, referrals.StepAction(story.action_ids[0], referrals.ActionState.DONE, "done"), now=now),
    }


def _named_in_the_first_note(cast: Cast) -> Story:
    story = Story(cast)
    story.note_id = cast.writes("amina", "dennis", at=at("2026-10-05T10:40"), **MARLOW, **NAMES_DEVAN)
    story.seen().opened().decided().reviewed().sent().received().planned()
    return story


def _named_in_a_later_note(cast: Cast) -> Story:
    story = Story(cast).noted().seen().opened().decided().reviewed().sent().received().planned()
    later = cast.writes("carla", "dennis", at=at("2026-10-13T10:20"), **NAMES_DEVAN)
    now = at("2026-10-13T10:30")
    triage.acknowledge_note(cast.house, cast.lena, triage.AcknowledgeNote(later), now=now)
    triage.add_note_to_case(cast.house, cast.lena, triage.AddNoteToCase(later, story.case_id), now=now)
    story.note_id = later
    return story


@pytest.mark.parametrize("make", [_named_in_the_first_note, _named_in_a_later_note])
@pytest.mark.parametrize("who", ["devan", "joy", "farid"])
def test_no_door_opens_for_the_named_the_unentitled_or_another_branch(
        cast: Cast, make: Callable[[Cast], Story], who: str) -> None:
    """Devan is named; Joy, on call, may see no restricted file; Farid leads another branch."""
    story, actor = make(cast), cast.actors[who]
    for opens in _everything(story).values():
        with pytest.raises((NotFound, NotPermitted)):
            opens(actor)
    now = at("2026-10-13T11:00")
    assert queue(cast.house, actor, now).rows == ()
    assert case_list(cast.house, actor, now) == ()


@pytest.mark.parametrize("door", ["note", "case", "facts", "referral", "risk", "chase", "action"])
def test_the_same_doors_open_for_the_manager(cast: Cast, door: str) -> None:
    """The control of the test above: these calls do work."""
    _everything(_named_in_a_later_note(cast))[door](cast.maud)


def test_a_correction_is_as_restricted_and_as_barred_as_what_it_corrects(cast: Cast) -> None:
    first = cast.writes("amina", "dennis", **NAMES_DEVAN)
    second = cast.writes("amina", "dennis", corrects=first, seen="It was the left hand.")
    assert second not in _keys(cast, cast.devan)
    assert second not in _keys(cast, cast.joy)
    assert second in _keys(cast, cast.lena)


def test_a_note_that_anyone_may_read_leads_to_no_case_that_they_may_not(cast: Cast) -> None:
    note_id = cast.writes("amina", "dennis")
    triage.acknowledge_note(cast.house, cast.lena, triage.AcknowledgeNote(note_id), now=NOW)
    form = triage.OpenCase(note_id, (), ("financial_material",))
    case_id = triage.open_case(cast.house, cast.lena, form, now=NOW).id
    _add(cast, cast.writes("carla", "dennis", **NAMES_DEVAN), case_id)
    assert note_view(cast.house, cast.joy, NOW, note_id).case_href == ""
    assert note_view(cast.house, cast.lena, NOW, note_id).case_href == f"/case?id={case_id}"


def test_a_further_note_makes_an_undecided_case_as_urgent_as_itself(cast: Cast) -> None:
    case_id = cast.opened_case()
    _add(cast, cast.writes("carla", "dennis", danger_now="yes"), case_id)
    with cast.house.begin(cast.lena, NOW) as uow:
        assert uow.cases.get(case_id).priority == "emergency"


def test_a_note_cannot_lie_in_two_cases(cast: Cast) -> None:
    first = cast.writes("amina", "dennis")
    triage.acknowledge_note(cast.house, cast.lena, triage.AcknowledgeNote(first), now=NOW)
    form = triage.OpenCase(first, (), ("financial_material",))
    triage.open_case(cast.house, cast.lena, form, now=NOW)
    triage.ask_for_more(cast.house, cast.lena, triage.AskForMore(first, "Which card?"), now=NOW)
    with pytest.raises(Exception, match="already part of a case"):
        triage.open_case(cast.house, cast.lena, form, now=NOW)


def test_a_note_awaiting_an_answer_ends_with_its_case_and_leaves_no_clock(cast: Cast) -> None:
    story = Story(cast).noted().seen().opened().decided().reviewed().sent().received().answered()
    triage.ask_for_more(cast.house, cast.lena, triage.AskForMore(story.note_id, "Which card?"), now=at("2026-10-13T09:00"))
    story.closed()
    assert queue(cast.house, cast.lena, at("2026-11-17T09:00")).rows == ()
    assert own_notes(cast.house, cast.amina, at("2026-11-17T09:00"))[0].state == "in_hand"


def test_a_correction_that_names_staff_restricts_all_that_went_before_at_once(cast: Cast) -> None:
    """Whoever is named loses note, case, decision, referral and actions the moment the correction arrives."""
    story = Story(cast).noted().seen().opened().decided().reviewed().sent().received().planned()
    doors, now = _everything(story), at("2026-10-13T11:00")
    note_view(cast.house, cast.devan, now, story.note_id)  # before that he could read it
    cast.writes("amina", "dennis", at=at("2026-10-13T10:20"), corrects=story.note_id, **NAMES_DEVAN)
    for opens in doors.values():
        for actor in (cast.devan, cast.joy):
            with pytest.raises((NotFound, NotPermitted)):
                opens(actor)
    assert queue(cast.house, cast.devan, now).rows == ()
    assert note_view(cast.house, cast.lena, now, story.note_id).restricted
    assert verify_audit(cast.house, now=now).sound


def test_a_correction_restricts_even_what_its_writer_could_not_see(cast: Cast) -> None:
    """The case is restricted already; a second name is barred from it all the same."""
    story = _named_in_the_first_note(cast)
    cast.writes("amina", "dennis", at=at("2026-10-13T10:20"), corrects=story.note_id, staff_names="Maud Ellery")
    with pytest.raises(NotFound):
        case_view(cast.house, cast.maud, at("2026-10-13T11:00"), story.case_id)
    case_view(cast.house, cast.lena, at("2026-10-13T11:00"), story.case_id)


IN_PASSING: dict[str, Any] = {"staff_involved": "no", "seen": "Devan Rao had her bank card in his hand."}


def _settle(cast: Cast, note_id: str, involved: str, reason: str = "He was at the office that day.") -> None:
    form = triage.SettleName(note_id, cast.devan.account_id, triage.Answer(involved), reason)
    triage.settle_name(cast.house, cast.lena, form, now=NOW)


def test_a_colleague_whose_name_stands_in_the_words_is_kept_away_before_anybody_has_asked(cast: Cast) -> None:
    note_id = cast.writes("amina", "dennis", **IN_PASSING)
    assert note_id not in _keys(cast, cast.devan)
    assert [o.label for o in note_view(cast.house, cast.lena, NOW, note_id).named] == ["Devan Rao"]


def test_a_name_in_the_words_makes_the_note_restricted_and_urgent_and_says_why(cast: Cast) -> None:
    view = note_view(cast.house, cast.lena, NOW, cast.writes("amina", "dennis", **IN_PASSING))
    assert (view.restricted, view.priority) == (True, "high")
    assert view.priority_reason == "the name of a member of staff stands in it"


def test_once_somebody_says_that_it_is_not_about_him_it_is_open_to_him_again(cast: Cast) -> None:
    note_id = cast.writes("amina", "dennis", **IN_PASSING)
    _settle(cast, note_id, "no")
    assert note_id in _keys(cast, cast.devan)
    view = note_view(cast.house, cast.lena, NOW, note_id)
    assert (view.named, view.restricted) == ((), False)


def test_if_it_is_about_him_it_stays_closed_to_him_and_is_asked_no_more(cast: Cast) -> None:
    note_id = cast.writes("amina", "dennis", **IN_PASSING)
    _settle(cast, note_id, "yes")
    assert note_id not in _keys(cast, cast.devan)
    assert note_view(cast.house, cast.lena, NOW, note_id).named == ()


@pytest.mark.parametrize(("involved", "reason", "field"), [("no", " ", "reason"), ("not_sure", "asked", "involved")])
def test_an_answer_needs_a_reason_and_is_yes_or_no(cast: Cast, involved: str, reason: str, field: str) -> None:
    note_id = cast.writes("amina", "dennis", **IN_PASSING)
    with pytest.raises(Invalid) as refused:
        _settle(cast, note_id, involved, reason)
    assert [e.field for e in refused.value.errors] == [field]
    assert note_id not in _keys(cast, cast.devan)


def test_whom_the_writer_names_as_involved_is_not_let_in_by_that_answer(cast: Cast) -> None:
    note_id = cast.writes("amina", "dennis", **NAMES_DEVAN)
    with pytest.raises(Invalid):
        _settle(cast, note_id, "no")


def test_a_note_that_has_gone_into_a_case_lets_nobody_in_any_more(cast: Cast) -> None:
    note_id = cast.writes("amina", "dennis", **IN_PASSING)
    triage.acknowledge_note(cast.house, cast.lena, triage.AcknowledgeNote(note_id), now=NOW)
    triage.open_case(cast.house, cast.lena, triage.OpenCase(note_id, (), ("financial_material",)), now=NOW)
    with pytest.raises(Invalid):
        _settle(cast, note_id, "no")


def test_names_in_passing_never_shut_out_everybody_who_could_act(cast: Cast) -> None:
    names = ", ".join(cast.actors[who].name for who in ("lena", "devan", "maud", "noel"))
    note_id = cast.writes("amina", "dennis", seen=f"A list on the wall: {names}.")
    assert note_id in _keys(cast, cast.lena)
    assert note_view(cast.house, cast.lena, NOW, note_id).restricted is False
