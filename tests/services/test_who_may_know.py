"""Who may know of a restricted file: a list of names, never one who is barred, never for longer than an hour without a name."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from sgapp.domain.errors import Invalid, NotFound, NotPermitted
from sgapp.domain.permissions import Actor, Role
from sgapp.domain.ties import Ties
from sgapp.services import cases, directory, rota, triage, who_may_know
from sgapp.services.audit import verify_audit
from sgapp.services.house import SYSTEM
from sgapp.services.own_notes import Outside, outside_numbers, own_notes
from sgapp.services.sweep import sweep
from sgapp.services.views.case import case_view
from sgapp.services.views.note import note_view
from sgapp.services.views.queue import queue, queue_keys
from sgapp.services.who_may_know import AddTie, BreakGlass, KeepFrom, LetIn, RemoveTie
from sgapp.store import accounts, documents
from sgapp.store.access import listed_on
from sgapp.store.accounts import Account
from sgapp.store.tables import AccessRow, BarRow, CaseRow, MessageRow
from tests.people import START, Cast
from tests.services.story import at as at_

NOW = START + timedelta(minutes=30)
NAMES_CARLA: dict[str, Any] = {"staff_involved": "yes", "staff_names": "Carla Denny"}
REASON = "Nobody on the list can be reached and she is alone with him."
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def _keys(cast: Cast, actor: Actor, at: Any = NOW) -> set[str]:
    return {key.split(":")[1] for key in queue_keys(cast.house, actor, at)}


def _restricted_case(cast: Cast, **content: Any) -> str:
    return cast.opened_case(**{**NAMES_CARLA, **content})


def _reference(cast: Cast, case_id: str) -> str:
    with cast.house.begin(SYSTEM, NOW) as uow:
        return uow.session.get_one(CaseRow, case_id).reference


def _listed(cast: Cast, record_id: str) -> set[str]:
    with cast.house.begin(SYSTEM, NOW) as uow:
        ids = listed_on(uow.session, record_id)
    return {name for name, actor in cast.actors.items() if actor.account_id in ids}


def _joins(cast: Cast, username: str, role: Role) -> Actor:
    with cast.house.begin(SYSTEM, NOW) as uow:
        account = Account(f"{username}-id", username, role, "Nia Vane", "", "main", False)
        accounts.add(uow, account)
    return account.as_actor()


def _tie(cast: Cast, one: str, other: str, kind: str = "friend", by: str = "maud") -> None:
    form = AddTie(cast.actors[one].account_id, cast.actors[other].account_id, kind)
    who_may_know.add_tie(cast.house, cast.actors[by], form, now=NOW)


def test_a_restricted_note_names_those_who_may_know_of_it_from_the_first_moment(cast: Cast) -> None:
    assert _listed(cast, cast.writes(**NAMES_CARLA)) == {"lena", "devan", "maud", "noel"}


def test_a_note_that_is_open_to_all_is_under_no_list(cast: Cast) -> None:
    assert _listed(cast, cast.writes()) == set()


def test_whoever_comes_to_the_role_later_is_not_on_the_list(cast: Cast) -> None:
    note_id = cast.writes(**NAMES_CARLA)
    newcomer = _joins(cast, "nia", Role.LEAD)
    assert note_id not in _keys(cast, newcomer)
    with pytest.raises(NotFound):
        note_view(cast.house, newcomer, NOW, note_id)


def test_the_manager_lets_somebody_in_and_the_file_says_who_and_why(cast: Cast) -> None:
    case_id = _restricted_case(cast)
    newcomer = _joins(cast, "nia", Role.LEAD)
    form = LetIn(case_id, newcomer.account_id, "She takes over from Lena.")
    who_may_know.let_in(cast.house, cast.maud, form, now=NOW)
    moments = case_view(cast.house, newcomer, NOW, case_id).moments
    assert ("Let Nia Vane in to the file", "She takes over from Lena.") in [(m.what, m.detail) for m in moments]


def test_whoever_is_let_in_to_a_file_reads_its_notes_too(cast: Cast) -> None:
    case_id = _restricted_case(cast)
    newcomer = _joins(cast, "nia", Role.LEAD)
    who_may_know.let_in(cast.house, cast.maud, LetIn(case_id, newcomer.account_id, "Takes over."), now=NOW)
    note_id = case_view(cast.house, cast.maud, NOW, case_id).notes[0].value.partition("=")[2]
    assert note_view(cast.house, newcomer, NOW, note_id).id == note_id


@pytest.mark.parametrize(("who", "reason", "field"), [
    ("lena", "", "reason"), ("amina", "She asked.", "account_id"), ("farid", "He asked.", "account_id")])
def test_nobody_is_let_in_without_a_reason_or_whose_role_reads_no_files_here(
        cast: Cast, who: str, reason: str, field: str) -> None:
    form = LetIn(_restricted_case(cast), cast.actors[who].account_id, reason)
    with pytest.raises(Invalid) as refused:
        who_may_know.let_in(cast.house, cast.maud, form, now=NOW)
    assert [e.field for e in refused.value.errors] == [field]


def test_whoever_it_is_about_is_never_let_in(cast: Cast) -> None:
    case_id = _restricted_case(cast, staff_names="Devan Rao")
    with pytest.raises(Invalid):
        who_may_know.let_in(cast.house, cast.maud, LetIn(case_id, cast.devan.account_id, "Short of hands."), now=NOW)
    assert "devan" not in _listed(cast, case_id)


def test_a_file_kept_from_somebody_is_gone_for_them_with_all_that_hangs_on_it(cast: Cast) -> None:
    case_id = _restricted_case(cast)
    who_may_know.keep_from(cast.house, cast.maud, KeepFrom(case_id, cast.devan.account_id, "Her brother-in-law."), now=NOW)
    with pytest.raises(NotFound):
        case_view(cast.house, cast.devan, NOW, case_id)
    assert queue(cast.house, cast.devan, NOW).rows == ()


def test_a_file_kept_from_somebody_stays_so_when_a_note_is_added(cast: Cast) -> None:
    case_id = _restricted_case(cast)
    who_may_know.keep_from(cast.house, cast.maud, KeepFrom(case_id, cast.devan.account_id, "Her brother-in-law."), now=NOW)
    later = cast.writes(**NAMES_CARLA)
    triage.acknowledge_note(cast.house, cast.lena, triage.AcknowledgeNote(later), now=NOW)
    triage.add_note_to_case(cast.house, cast.lena, triage.AddNoteToCase(later, case_id), now=NOW)
    assert "devan" not in _listed(cast, case_id)


def test_one_cannot_keep_the_file_from_oneself(cast: Cast) -> None:
    case_id = _restricted_case(cast)
    with pytest.raises(Invalid):
        who_may_know.keep_from(cast.house, cast.maud, KeepFrom(case_id, cast.maud.account_id, "Enough."), now=NOW)
    assert "maud" in _listed(cast, case_id)


def test_only_the_manager_and_the_nominated_individual_change_the_list(cast: Cast) -> None:
    case_id = _restricted_case(cast)
    for who in ("lena", "devan", "joy", "ada", "hugh", "alun"):
        with pytest.raises(NotPermitted):
            who_may_know.keep_from(cast.house, cast.actors[who], KeepFrom(case_id, cast.devan.account_id, "No."), now=NOW)
    who_may_know.keep_from(cast.house, cast.noel, KeepFrom(case_id, cast.devan.account_id, "Yes."), now=NOW)


# The friend of somebody named.

def test_a_friend_as_recorded_learns_as_little_as_whoever_is_named(cast: Cast) -> None:
    _tie(cast, "carla", "devan")
    note_id = cast.writes(**NAMES_CARLA)
    assert note_id not in _keys(cast, cast.devan)
    assert note_id in _keys(cast, cast.lena)


def test_a_tie_recorded_afterwards_takes_the_file_from_the_friend_at_once(cast: Cast) -> None:
    case_id = _restricted_case(cast)
    case_view(cast.house, cast.devan, NOW, case_id)
    _tie(cast, "devan", "carla", "partner")
    with pytest.raises(NotFound):
        case_view(cast.house, cast.devan, NOW, case_id)
    assert verify_audit(cast.house, now=NOW).sound


def test_the_friend_of_a_friend_is_let_alone(cast: Cast) -> None:
    _tie(cast, "carla", "sana")
    _tie(cast, "sana", "devan")
    assert cast.writes(**NAMES_CARLA) in _keys(cast, cast.devan)


def test_a_conflicted_manager_sees_nothing_of_it(cast: Cast) -> None:
    _tie(cast, "carla", "maud", "conflict", by="noel")
    assert _listed(cast, cast.writes(**NAMES_CARLA)) == {"lena", "devan", "noel"}


def test_once_it_is_about_somebody_named_in_passing_it_is_kept_from_her_friends(cast: Cast) -> None:
    _tie(cast, "carla", "devan")
    note_id = cast.writes(seen="Carla Denny was there.")
    assert note_id in _keys(cast, cast.devan)
    form = triage.SettleName(note_id, cast.carla.account_id, triage.Answer.YES, "She said so.")
    triage.settle_name(cast.house, cast.lena, form, now=NOW)
    assert note_id not in _keys(cast, cast.devan)


def test_a_tie_that_is_over_opens_nothing_that_was_kept_because_of_it(cast: Cast) -> None:
    _tie(cast, "carla", "devan")
    note_id = cast.writes(**NAMES_CARLA)
    with cast.house.begin(SYSTEM, NOW) as uow:
        recorded = documents.latest(uow, Ties)
    assert recorded is not None
    tie_id = recorded.ties[0].id
    who_may_know.remove_tie(cast.house, cast.maud, RemoveTie(tie_id), now=NOW)
    assert note_id not in _keys(cast, cast.devan)
    assert cast.writes(**NAMES_CARLA) in _keys(cast, cast.devan)


def test_nobody_takes_out_a_tie_of_her_own(cast: Cast) -> None:
    """Or a manager would make sure that she hears of what is about her friend before it is there."""
    _tie(cast, "carla", "maud")
    with cast.house.begin(SYSTEM, NOW) as uow:
        recorded = documents.latest(uow, Ties)
    assert recorded is not None
    with pytest.raises(Invalid, match="about you"):
        who_may_know.remove_tie(cast.house, cast.maud, RemoveTie(recorded.ties[0].id), now=NOW)
    who_may_know.remove_tie(cast.house, cast.noel, RemoveTie(recorded.ties[0].id), now=NOW)


@pytest.mark.parametrize(("one", "other", "kind", "field"), [
    ("carla", "carla", "friend", "other"), ("carla", "devan", "foe", "kind"), ("carla", "", "friend", "account_id")])
def test_a_tie_is_between_two_who_work_here_and_of_a_known_kind(
        cast: Cast, one: str, other: str, kind: str, field: str) -> None:
    ids = [cast.actors[name].account_id if name else "" for name in (one, other)]
    with pytest.raises(Invalid) as refused:
        who_may_know.add_tie(cast.house, cast.maud, AddTie(*ids, kind), now=NOW)
    assert [e.field for e in refused.value.errors] == [field]


# Lead and manager implicated, and the nominated individual.

def test_where_lead_deputy_and_manager_are_named_the_nominated_individual_can_do_the_work(cast: Cast) -> None:
    note_id = cast.writes(staff_involved="yes", staff_names="Lena Hart, Devan Rao and Maud Ellery")
    assert _listed(cast, note_id) == {"noel"}
    triage.acknowledge_note(cast.house, cast.noel, triage.AcknowledgeNote(note_id), now=NOW)
    case_id = triage.open_case(cast.house, cast.noel, triage.OpenCase(note_id, (), ("physical",)), now=NOW).id
    cases.set_risk(cast.house, cast.noel, cases.SetRisk(case_id, "high", "Three of us are named."), now=NOW)
    assert case_view(cast.house, cast.noel, NOW, case_id).risk == "High"


@pytest.mark.parametrize("named", ["Lena Hart", "Devan Rao", "Maud Ellery"])
def test_where_one_of_those_who_lead_is_named_the_nominated_individual_is_asked_first_and_at_every_step(
        cast: Cast, named: str) -> None:
    cast.writes(staff_involved="yes", staff_names=named)
    for minutes in (0, 31, 121, 241, 361):
        sweep(cast.house, now=NOW + timedelta(minutes=minutes), holder="test")
    assert _asked(cast) == {"noel"}


def test_where_a_friend_of_hers_leads_it_goes_past_the_friend_too(cast: Cast) -> None:
    who_may_know.add_tie(cast.house, cast.maud, AddTie(cast.carla.account_id, cast.lena.account_id, "friend"), now=NOW)
    cast.writes(**NAMES_CARLA)
    assert _asked(cast) == {"noel"}


def test_where_a_care_worker_is_named_whoever_leads_is_asked_as_ever(cast: Cast) -> None:
    cast.writes(**NAMES_CARLA)
    assert _asked(cast) == {"lena"}


def _asked(cast: Cast) -> set[str]:
    with cast.house.begin(SYSTEM, NOW) as uow:
        ids = set(uow.session.exec(select(MessageRow.account_id)))
    return {name for name, actor in cast.actors.items() if actor.account_id in ids}


@pytest.mark.parametrize("named", ["Lena Hart, Devan Rao, Maud Ellery, Noel Quist", "Maud Ellery and Noel Quist"])
def test_where_the_nominated_individual_is_named_too_the_writer_is_sent_elsewhere(cast: Cast, named: str) -> None:
    for agency, number in (("LA_ASC", "01632 960 100"), ("CQC", "01632 960 150"), ("MARAC", "01632 960 130")):
        directory.set_desk(cast.house, cast.maud, directory.SetDesk("", agency, "Duty team", number), now=NOW)
    cast.writes(staff_involved="yes", staff_names=named)
    assert [n.state for n in own_notes(cast.house, cast.amina, NOW)] == ["nobody_here"]
    assert outside_numbers(cast.house, cast.amina, NOW) == (
        Outside("Adult social care: Duty team", "01632 960 100"),
        Outside("Care Quality Commission: Duty team", "01632 960 150"))


def test_a_list_on_which_nobody_is_left_names_whoever_comes_to_the_role(cast: Cast) -> None:
    note_id = cast.writes(staff_involved="yes", staff_names="Lena Hart, Devan Rao, Maud Ellery, Noel Quist")
    newcomer = _joins(cast, "nia", Role.NOMINATED)
    assert note_id not in _keys(cast, newcomer)
    sweep(cast.house, now=NOW, holder="test")
    assert note_id in _keys(cast, newcomer)
    assert own_notes(cast.house, cast.amina, NOW)[0].state == "delivered"


def test_a_list_on_which_somebody_is_left_is_let_alone(cast: Cast) -> None:
    note_id = cast.writes(**NAMES_CARLA)
    newcomer = _joins(cast, "nia", Role.MANAGER)
    assert sweep(cast.house, now=NOW, holder="test").named == 0
    assert note_id not in _keys(cast, newcomer)


# On call: outside office hours, and on her own shift.

NIGHT = at_("2026-10-05T22:30")


def test_what_comes_at_night_about_staff_is_open_to_whoever_is_on_call(cast: Cast) -> None:
    note_id = cast.writes(at=NIGHT, **NAMES_CARLA)
    assert note_id in _keys(cast, cast.joy, NIGHT)
    case_id = _case_of(cast, cast.joy, note_id, NIGHT)
    assert case_view(cast.house, cast.joy, NIGHT, case_id).id == case_id


def _case_of(cast: Cast, actor: Actor, note_id: str, at: Any) -> str:
    triage.acknowledge_note(cast.house, actor, triage.AcknowledgeNote(note_id), now=at)
    return triage.open_case(cast.house, actor, triage.OpenCase(note_id, (), ("physical",)), now=at).id


def test_what_comes_in_office_hours_about_staff_is_not(cast: Cast) -> None:
    assert cast.writes(**NAMES_CARLA) not in _keys(cast, cast.joy)


def test_on_call_sees_nothing_once_it_is_somebody_elses_turn(cast: Cast) -> None:
    note_id, other = cast.writes(), _joins(cast, "nia", Role.ON_CALL)
    assert note_id in _keys(cast, cast.joy)
    turn = rota.AddTurn(rota.Duty.ON_CALL, other.account_id, NOW, NOW + timedelta(hours=8))
    rota.add_turn(cast.house, cast.lena, turn, now=NOW)
    assert _keys(cast, cast.joy, NOW + timedelta(hours=1)) == set()
    assert note_id in _keys(cast, other, NOW + timedelta(hours=1))
    assert note_id in _keys(cast, cast.joy, NOW + timedelta(hours=9))


def test_off_shift_no_note_opens_by_its_address_either(cast: Cast) -> None:
    note_id, other = cast.writes(), _joins(cast, "nia", Role.ON_CALL)
    rota.set_standing(cast.house, cast.lena, rota.SetStanding(rota.Duty.ON_CALL, other.account_id), now=NOW)
    with pytest.raises(NotFound):
        note_view(cast.house, cast.joy, NOW, note_id)


def test_whoever_is_on_a_list_is_told_of_each_change_and_whoever_is_kept_from_it_is_not(cast: Cast) -> None:
    case_id = _restricted_case(cast)
    who_may_know.keep_from(cast.house, cast.maud, KeepFrom(case_id, cast.devan.account_id, "Off duty."), now=NOW)
    assert _told(cast) == {"lena", "noel"}
    who_may_know.let_in(cast.house, cast.maud, LetIn(case_id, cast.joy.account_id, "Nights."), now=NOW)
    assert "devan" not in _told(cast)


# Breaking the glass.

def _breaks(cast: Cast, who: str, reference: str, reason: str = REASON, at: Any = NOW) -> str:
    return who_may_know.break_glass(cast.house, cast.actors[who], BreakGlass(reference, reason), now=at).id


def _told(cast: Cast) -> set[str]:
    with cast.house.begin(SYSTEM, NOW) as uow:
        ids = set(uow.session.exec(select(MessageRow.account_id).where(MessageRow.record_id == "")))
    return {name for name, actor in cast.actors.items() if actor.account_id in ids}


def test_broken_glass_opens_the_file_for_one_hour_and_no_longer(cast: Cast) -> None:
    case_id = _restricted_case(cast)
    assert _breaks(cast, "joy", _reference(cast, case_id)) == case_id
    assert case_view(cast.house, cast.joy, NOW + timedelta(minutes=59), case_id).id == case_id
    with pytest.raises(NotFound):
        case_view(cast.house, cast.joy, NOW + timedelta(minutes=61), case_id)


def test_broken_glass_tells_everybody_on_the_list_at_once(cast: Cast) -> None:
    _breaks(cast, "joy", _reference(cast, _restricted_case(cast)))
    assert _told(cast) == {"lena", "devan", "maud", "noel"}


def test_broken_glass_stays_on_the_file_with_its_reason(cast: Cast) -> None:
    case_id = _restricted_case(cast)
    _breaks(cast, "joy", _reference(cast, case_id))
    moments = case_view(cast.house, cast.lena, NOW + timedelta(days=400), case_id).moments
    assert (cast.joy.name, REASON) in [(m.who, m.detail) for m in moments]
    assert verify_audit(cast.house, now=NOW).sound


@pytest.mark.parametrize("reason", ["", "emergency", "   .......   "])
def test_glass_does_not_break_without_a_reason_that_says_something(cast: Cast, reason: str) -> None:
    case_id = _restricted_case(cast)
    with pytest.raises(Invalid):
        _breaks(cast, "joy", _reference(cast, case_id), reason)
    with pytest.raises(NotFound):
        case_view(cast.house, cast.joy, NOW, case_id)


def test_glass_never_breaks_for_whoever_is_named_nor_for_a_friend(cast: Cast) -> None:
    _tie(cast, "lena", "devan")
    reference = _reference(cast, _restricted_case_by(cast, "maud", staff_names="Lena Hart"))
    for who in ("lena", "devan"):
        with pytest.raises(NotFound) as there:
            _breaks(cast, who, reference)
        with pytest.raises(NotFound) as nowhere:
            _breaks(cast, who, "2026-999")
        assert str(there.value) == str(nowhere.value)
    assert _told(cast) == set()


def _restricted_case_by(cast: Cast, who: str, **content: Any) -> str:
    return _case_of_named(cast, cast.actors[who], cast.writes(about="dennis", staff_involved="yes", **content))


def _case_of_named(cast: Cast, actor: Actor, note_id: str) -> str:
    return _case_of(cast, actor, note_id, NOW)


def test_glass_breaks_for_nobody_of_another_branch(cast: Cast) -> None:
    with pytest.raises(NotFound):
        _breaks(cast, "farid", _reference(cast, _restricted_case(cast)))


@pytest.mark.parametrize("who", ["amina", "sana", "hugh", "rhona", "alun"])
def test_most_roles_cannot_break_it_at_all(cast: Cast, who: str) -> None:
    with pytest.raises(NotPermitted):
        _breaks(cast, who, _reference(cast, _restricted_case(cast)))


def test_whoever_is_on_the_list_needs_to_break_nothing(cast: Cast) -> None:
    with pytest.raises(Invalid):
        _breaks(cast, "lena", _reference(cast, _restricted_case(cast)))


def test_whoever_is_kept_from_the_file_loses_the_hour_too(cast: Cast) -> None:
    case_id = _restricted_case(cast)
    _breaks(cast, "joy", _reference(cast, case_id))
    who_may_know.keep_from(cast.house, cast.maud, KeepFrom(case_id, cast.joy.account_id, "Off duty."), now=NOW)
    with pytest.raises(NotFound):
        case_view(cast.house, cast.joy, NOW, case_id)


def test_a_name_written_onto_the_clear_list_by_hand_is_found(cast: Cast) -> None:
    case_id = _restricted_case(cast)
    with cast.house.begin(SYSTEM, NOW) as uow:
        uow.session.add(AccessRow(record_id=case_id, account_id=cast.joy.account_id, until=None))
    assert not verify_audit(cast.house, now=NOW).sound


def test_an_hour_that_was_made_longer_behind_the_chains_back_is_named(cast: Cast) -> None:
    case_id = _restricted_case(cast)
    _breaks(cast, "joy", _reference(cast, case_id))
    with cast.house.begin(SYSTEM, NOW) as uow:
        row = uow.session.get_one(AccessRow, (case_id, cast.joy.account_id))
        row.until = NOW + timedelta(days=300)
    found = verify_audit(cast.house, now=NOW)
    assert (found.sound, found.first_bad) == (False, f"{case_id}: opened to somebody without a word of it on the file")


@pytest.mark.parametrize("table", [AccessRow, BarRow])
@pytest.mark.parametrize("record_id", ["nothing", ""])
def test_a_name_on_a_list_of_nothing_is_named(cast: Cast, table: Any, record_id: str) -> None:
    with cast.house.begin(SYSTEM, NOW) as uow:
        uow.session.add(table(record_id=record_id, account_id=cast.joy.account_id))
    found = verify_audit(cast.house, now=NOW)
    assert (found.sound, found.first_bad.startswith(f"{record_id}: ")) == (False, True)
