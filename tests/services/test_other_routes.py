"""The other ways to write: speaking up past the managers, with a name or without, and an account that was asked for."""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel, select

from sgapp.domain.errors import Conflict, IllegalTransition, Invalid, NotFound, NotPermitted
from sgapp.domain.observation import Answer, Observation
from sgapp.domain.permissions import Actor, Role
from sgapp.services import devices, intake, kept, speaking_up, triage
from sgapp.services.audit import verify_audit
from sgapp.services.house import SYSTEM
from sgapp.services.own_notes import own_notes, own_words
from sgapp.services.views.note import note_view
from sgapp.services.views.phones import kept_view
from sgapp.services.views.queue import queue, queue_keys
from sgapp.store import accounts
from sgapp.store.accounts import Account
from sgapp.store.kinds import KINDS
from sgapp.store.secrets import decrypt
from sgapp.store.tables import ClockRow, DeviceRow, EnvelopeRow, KeptRow, ObservationRow
from tests.people import START, Cast, Handset, note_payload

NOW = START + timedelta(minutes=20)
MANAGERS = ("joy", "lena", "devan", "maud")
UNKNOWN = "00000000-0000-4000-8000-000000000000"
SPEAKS_UP: dict[str, Any] = {
    "route": "speak_up", "matter": "colleague", "person": {}, "seen": "Visits of half an hour are cut to ten minutes.",
    "staff_names": "Carla Denny", "since": "August", "said": [], "where": {}, "present": "", "done": "", "told": ""}
NAMELESS: dict[str, Any] = {**SPEAKS_UP, "nameless": True}
ACCOUNT: dict[str, Any] = {
    "route": "account", "person": {}, "seen": "I was in the hall and heard a plate break.", "asked_by": "Lena Hart",
    "own_words_signed": True, "said": [], "where": {}, "present": "", "done": "", "told": ""}


def _note(cast: Cast, note_id: str) -> Observation:
    with cast.house.begin(SYSTEM, NOW) as uow:
        return uow.regardless(Observation, note_id)


def _answer(cast: Cast, note_id: str, **given: Any) -> None:
    form = speaking_up.AnswerSpeakingUp(note_id, **{"what_was_done": "The rota has travel time now.",
                                                    "told_writer": Answer.YES, **given})
    speaking_up.answer_speaking_up(cast.house, cast.noel, form, now=NOW)


def _sees(cast: Cast, who: str, note_id: str) -> bool:
    return any(note_id in key for key in queue_keys(cast.house, cast.actors[who], NOW))


def _doors(cast: Cast, note_id: str) -> dict[str, Callable[[Actor], object]]:
    """Every way by which a note is reached."""
    house = cast.house
    return {
        "read": lambda a: note_view(house, a, NOW, note_id),
        "acknowledge": lambda a: triage.acknowledge_note(house, a, triage.AcknowledgeNote(note_id), now=NOW),
        "priority": lambda a: triage.change_priority(
            house, a, triage.ChangePriority(note_id, triage.Priority.HIGH, "why"), now=NOW),
        "match": lambda a: triage.match_person(house, a, triage.MatchPerson(note_id, cast.people["dennis"]), now=NOW),
        "more": lambda a: triage.ask_for_more(house, a, triage.AskForMore(note_id, "what"), now=NOW),
        "open": lambda a: triage.open_case(house, a, triage.OpenCase(note_id, (), ("neglect",)), now=NOW),
    }


# Speaking up


@pytest.mark.parametrize("content", [SPEAKS_UP, NAMELESS], ids=["named", "nameless"])
@pytest.mark.parametrize("who", MANAGERS)
def test_speaking_up_is_nothing_to_anyone_below_the_nominated_individual(cast: Cast, who: str, content: dict[str, Any]) -> None:
    before = queue(cast.house, cast.actors[who], NOW)
    note_id = cast.writes("amina", **content)
    assert queue(cast.house, cast.actors[who], NOW) == before
    assert not _sees(cast, who, note_id)
    for name, door in _doors(cast, note_id).items():
        told = []
        for opens in (door, _doors(cast, UNKNOWN)[name]):
            with pytest.raises((NotFound, NotPermitted)) as refused:
                opens(cast.actors[who])
            told.append((type(refused.value), str(refused.value).replace(note_id, "ID").replace(UNKNOWN, "ID")))
        assert told[0] == told[1], name


def test_the_nominated_individual_finds_it_reads_it_and_acknowledges_it(cast: Cast) -> None:
    note_id = cast.writes("amina", **SPEAKS_UP)
    [row] = queue(cast.house, cast.noel, NOW).rows
    assert (row.subject_id, row.badge) == (note_id, "reserved")
    view = note_view(cast.house, cast.noel, NOW, note_id)
    assert {line.label: line.text for line in view.lines} == {
        "About": "A colleague", "Saw or knows": SPEAKS_UP["seen"], "Who is involved": "Carla Denny", "Since when": "August"}
    assert (view.step, view.restricted, view.reserved, view.author) == ("acknowledge", True, True, "Amina Yusuf")
    triage.acknowledge_note(cast.house, cast.noel, triage.AcknowledgeNote(note_id), now=NOW)
    assert note_view(cast.house, cast.noel, NOW, note_id).step == "answer"
    assert [n.state for n in own_notes(cast.house, cast.amina, NOW)] == ["seen"]


def test_its_clock_runs_like_any_other_and_is_as_reserved_as_the_note(cast: Cast) -> None:
    note_id = cast.writes("amina", **SPEAKS_UP)
    plain = cast.writes("amina")
    with cast.house.begin(SYSTEM, NOW) as uow:
        found = {c.record_id: (c.kind, c.reserved) for c in uow.session.exec(select(ClockRow))}
    assert found == {note_id: ("acknowledge", True), plain: ("acknowledge", False)}


def test_answered_it_is_finished_with_what_was_done_and_still_hidden(cast: Cast) -> None:
    note_id = cast.writes("amina", **SPEAKS_UP)
    _answer(cast, note_id)
    view = note_view(cast.house, cast.noel, NOW, note_id)
    assert (view.state, view.step) == ("finished", "")
    assert view.answered.endswith("The rota has travel time now. The writer knows.")
    assert queue(cast.house, cast.noel, NOW).rows == ()
    assert not _sees(cast, "lena", note_id)
    with pytest.raises(NotFound):
        note_view(cast.house, cast.lena, NOW, note_id)
    assert [n.state for n in own_notes(cast.house, cast.amina, NOW)] == ["in_hand"]
    with pytest.raises(IllegalTransition):
        _answer(cast, note_id)
    assert verify_audit(cast.house, now=NOW).sound


def test_passed_on_it_is_the_leads_to_triage_and_still_restricted(cast: Cast) -> None:
    note_id = cast.writes("amina", **SPEAKS_UP)
    _answer(cast, note_id, pass_on=True, what_was_done="It is about one adult's care.")
    assert _sees(cast, "lena", note_id) and _sees(cast, "maud", note_id)
    assert not _sees(cast, "joy", note_id)  # on call: restricted
    view = note_view(cast.house, cast.lena, NOW, note_id)
    assert (view.step, view.restricted, view.reserved) == ("match", True, False)
    assert "It is about one adult's care." in view.answered
    form = triage.MatchPerson(note_id, cast.people["dennis"])
    triage.match_person(cast.house, cast.lena, form, now=NOW)
    triage.open_case(cast.house, cast.lena, triage.OpenCase(note_id, (), ("neglect",)), now=NOW)
    assert verify_audit(cast.house, now=NOW).sound


def test_it_is_not_passed_on_where_everyone_who_could_take_it_on_is_named(cast: Cast) -> None:
    note_id = cast.writes("amina", **{**SPEAKS_UP, "staff_names": "Lena Hart, Devan Rao and Maud Ellery"})
    with pytest.raises(Invalid, match="named in it"):
        _answer(cast, note_id, pass_on=True)
    assert _sees(cast, "noel", note_id)


@pytest.mark.parametrize(("given", "field"), [
    ({"what_was_done": " "}, "what_was_done"), ({"what_was_done": "", "pass_on": True}, "what_was_done"),
    ({"told_writer": Answer.NOT_ANSWERED}, "told_writer")])
def test_an_answer_needs_its_words_and_says_whether_the_writer_knows(cast: Cast, given: dict[str, Any], field: str) -> None:
    note_id = cast.writes("amina", **SPEAKS_UP)
    with pytest.raises(Invalid) as refused:
        _answer(cast, note_id, **given)
    assert [e.field for e in refused.value.errors] == [field]


def test_an_ordinary_note_is_not_answered_in_this_way(cast: Cast) -> None:
    with pytest.raises(Invalid, match="not one that only you see"):
        _answer(cast, cast.writes("amina"))


def test_the_named_do_not_see_it_after_it_was_passed_on(cast: Cast) -> None:
    note_id = cast.writes("amina", **{**SPEAKS_UP, "staff_names": "Devan Rao", "seen": "Maud Ellery knew of it."})
    _answer(cast, note_id, pass_on=True)
    assert [who for who in MANAGERS if _sees(cast, who, note_id)] == ["lena"]


def test_what_adds_to_it_is_as_reserved(cast: Cast) -> None:
    first = cast.writes("amina", **SPEAKS_UP)
    second = cast.writes("amina", corrects=first, seen="It was September.")
    assert _sees(cast, "noel", second) and not _sees(cast, "lena", second)


def test_speaking_up_never_hides_an_earlier_note_by_adding_to_it(cast: Cast) -> None:
    first = cast.writes("amina")
    second = cast.writes("amina", **SPEAKS_UP, corrects=first)
    assert _sees(cast, "lena", first)
    assert _note(cast, second).corrects_id is None


def test_where_the_nominated_individual_is_named_it_is_kept_and_the_writer_is_sent_elsewhere(cast: Cast) -> None:
    note_id = cast.writes("amina", **{**SPEAKS_UP, "staff_names": "Noel Quist"})
    assert not any(_sees(cast, who, note_id) for who in (*MANAGERS, "noel"))
    assert [n.state for n in own_notes(cast.house, cast.amina, NOW)] == ["nobody_here"]
    assert _note(cast, note_id).content.seen == SPEAKS_UP["seen"]
    with cast.house.begin(SYSTEM, NOW) as uow:
        accounts.add(uow, Account(UNKNOWN, "nia", Role.NOMINATED, "Nia Vane", "", None, False))
    assert [n.state for n in own_notes(cast.house, cast.amina, NOW)] == ["delivered"]  # there is somebody now


def test_a_nominated_individual_who_is_named_in_passing_still_reads_it(cast: Cast) -> None:
    note_id = cast.writes("amina", **{**SPEAKS_UP, "seen": "I told Noel Quist and Lena Hart in May."})
    assert _sees(cast, "noel", note_id)
    assert _note(cast, note_id).named == (cast.lena.account_id,)


# Without a name


def _cells(cast: Cast) -> Iterator[tuple[str, bytes]]:
    """Everything that the database holds: each cell as it lies there, and each record as it opens."""
    with cast.house.begin(SYSTEM, NOW) as uow:
        for table in SQLModel.metadata.tables:
            for row in uow.session.connection().execute(text(f'SELECT * FROM "{table}"')).mappings():
                for column, value in row.items():
                    yield f"{table}.{column}", bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
        for kind in KINDS.values():
            for record in uow.session.exec(select(kind.table)):
                key = uow.ring.open(uow.session, record.key_id)
                yield f"{kind.name} opened", decrypt(key, record.sealed, place=kind.place(record.id))


def _traces(cast: Cast, phone: Handset) -> list[str]:
    needles = [cast.amina.account_id.encode(), phone.id.encode(), b"Amina", b"amina"]
    return sorted(where for where, value in _cells(cast) if any(needle in value for needle in needles))


def _last_used(cast: Cast, phone: Handset) -> object:
    with cast.house.begin(SYSTEM, NOW) as uow:
        return uow.session.get_one(DeviceRow, phone.id).last_used_at


def test_nothing_in_the_database_or_the_logs_says_who_wrote_without_a_name(
        cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    """Delivered, repeated, and with other bytes under the same number, by a phone and by a session."""
    caplog.set_level(logging.DEBUG)
    phone = Handset(cast, "amina")
    before, used = _traces(cast, phone), _last_used(cast, phone)
    payload = note_payload(None, "", NOW, **NAMELESS, corrects=UNKNOWN)
    envelope = cast.sealed(payload)
    for sent in (phone.signs(envelope), phone.signs(envelope), envelope):
        intake.receive(cast.house, cast.amina, sent, now=NOW)
    for _ in range(2):
        with pytest.raises(Conflict):
            intake.receive(cast.house, cast.amina, phone.signs(cast.sealed(payload | {"seen": "Other words."})), now=NOW)
    assert _traces(cast, phone) == before
    assert _last_used(cast, phone) == used
    assert cast.amina.account_id not in caplog.text and phone.id not in caplog.text
    assert verify_audit(cast.house, now=NOW).sound


def test_the_same_search_finds_the_writer_who_gave_her_name(cast: Cast) -> None:
    """The control of the test above: the very same note, with a name."""
    phone = Handset(cast, "amina")
    before = _traces(cast, phone)
    phone.delivers(at=NOW, about="", **SPEAKS_UP)
    found = set(_traces(cast, phone)) - set(before)
    assert {"envelope.author_id", "envelope.device_id", "observation.author_id", "observation opened"} <= found
    assert _traces(cast, phone).count("audit_event.actor_id") > before.count("audit_event.actor_id")


def test_it_is_like_every_other_without_a_name_whoever_wrote_it(cast: Cast) -> None:
    """Branch, number, clock, and whom she may know of: nothing hangs on the writer."""
    told = []
    for who, seq in (("amina", 7), ("farid", 31)):
        about = {"id": cast.people["dennis"]}
        fast = (NOW + timedelta(seconds=seq)).isoformat()
        content = NAMELESS | {"person": about, "capture_seq": seq, "captured_at": fast, "when_seen": fast,
                              "clock_ahead_ms": 1000 * seq}
        note = _note(cast, cast.writes(who, at=NOW, **content))
        told.append((note.author_id, note.author_name, note.branch, note.person_id, note.content))
    assert told[0] == told[1]
    assert told[0][:4] == ("", "somebody who gave no name", "main", None)


def test_a_writer_who_stands_in_her_own_text_is_named_like_anybody_else(cast: Cast) -> None:
    """Or her absence among those who are kept away would name her."""
    content = {**NAMELESS, "seen": "Amina Yusuf and Carla Denny were sent.", "staff_names": ""}
    note = _note(cast, cast.writes("amina", **content))
    assert set(note.named) == {cast.amina.account_id, cast.carla.account_id}


def test_it_does_not_stand_in_her_list_and_nobody_can_ask_her(cast: Cast) -> None:
    note_id = cast.writes("amina", **NAMELESS)
    assert own_notes(cast.house, cast.amina, NOW) == ()
    with pytest.raises(NotFound):
        own_words(cast.house, cast.amina, NOW, note_id)
    assert note_view(cast.house, cast.noel, NOW, note_id).author == "somebody who gave no name"
    _answer(cast, note_id, pass_on=True, told_writer=Answer.NOT_ANSWERED)
    with pytest.raises(Invalid, match="gave no name"):
        triage.ask_for_more(cast.house, cast.lena, triage.AskForMore(note_id, "Which day?"), now=NOW)


def test_it_is_finished_without_saying_whether_the_writer_knows(cast: Cast) -> None:
    note_id = cast.writes("amina", **NAMELESS)
    _answer(cast, note_id, told_writer=Answer.NOT_ANSWERED)
    assert note_view(cast.house, cast.noel, NOW, note_id).state == "finished"


def test_a_visit_note_or_an_account_cannot_be_nameless(cast: Cast) -> None:
    for content in (dict[str, Any](nameless=True), {**ACCOUNT, "nameless": True}):
        assert _note(cast, cast.writes("amina", **content)).author_id == cast.amina.account_id


def test_who_may_not_deliver_may_not_without_a_name_either(cast: Cast) -> None:
    with pytest.raises(NotPermitted):
        cast.writes("noel", **NAMELESS)
    with cast.house.begin(SYSTEM, NOW) as uow:
        assert uow.session.exec(select(EnvelopeRow)).all() == []


def test_other_bytes_under_its_number_are_as_reserved_and_can_be_taken_in(cast: Cast) -> None:
    payload = note_payload(None, "", NOW, **NAMELESS)
    intake.receive(cast.house, cast.amina, cast.sealed(payload), now=NOW)
    with pytest.raises(Conflict):
        intake.receive(cast.house, cast.amina, cast.sealed(payload | {"route": "visit", "seen": "Other words."}), now=NOW)
    assert queue(cast.house, cast.lena, NOW).quarantined == 0
    done = kept.take_in_kept(cast.house, cast.noel, kept.TakeInKept(_kept_id(cast)), now=NOW)
    note = _note(cast, done.id)
    assert (note.author_id, note.reserved, note.content.seen) == ("", True, "Other words.")


# Kept for a look, and opened later


def _kept_id(cast: Cast) -> str:
    with cast.house.begin(SYSTEM, NOW) as uow:
        return uow.session.exec(select(KeptRow.id)).one()


def _from_a_switched_off_phone(cast: Cast, content: dict[str, Any]) -> None:
    phone = Handset(cast, "amina")
    devices.revoke_device(cast.house, cast.lena, devices.RevokeDevice(phone.id), now=START)
    phone.delivers(at=NOW, about="", **content)


@pytest.mark.parametrize("broken", [{}, {"when_seen": "yesterday"}], ids=["in form", "not in form"])
@pytest.mark.parametrize("content", [SPEAKS_UP, NAMELESS], ids=["named", "nameless"])
def test_what_speaks_up_and_was_kept_is_taken_in_past_those_whom_it_goes_past(
        cast: Cast, broken: dict[str, Any], content: dict[str, Any]) -> None:
    _from_a_switched_off_phone(cast, content | broken)
    kept_id = _kept_id(cast)
    with pytest.raises(NotFound):
        kept.take_in_kept(cast.house, cast.lena, kept.TakeInKept(kept_id), now=NOW)
    kept.take_in_kept(cast.house, cast.noel, kept.TakeInKept(kept_id), now=NOW)
    with cast.house.begin(SYSTEM, NOW) as uow:
        note_id = uow.session.exec(select(ObservationRow.id)).one()
    assert not _sees(cast, "lena", note_id) and _sees(cast, "noel", note_id)
    for reach in (lambda: note_view(cast.house, cast.lena, NOW, note_id),
                  lambda: kept_view(cast.house, cast.lena, NOW, kept_id)):
        with pytest.raises(NotFound):
            reach()
    note = _note(cast, note_id)
    assert SPEAKS_UP["seen"] in note.content.seen
    assert cast.carla.account_id in note.barred
    assert note.author_id == ("" if content.get("nameless") else cast.amina.account_id)
    assert verify_audit(cast.house, now=NOW).sound


@pytest.mark.parametrize("content", [SPEAKS_UP, NAMELESS], ids=["named", "nameless"])
def test_not_in_form_it_is_not_kept_for_those_whom_it_goes_past_to_look_at(cast: Cast, content: dict[str, Any]) -> None:
    phone = Handset(cast, "amina")
    before = _traces(cast, phone)
    phone.delivers(at=NOW, about="", **content | {"when_seen": "yesterday"})
    assert queue(cast.house, cast.lena, NOW).rows == ()
    [row] = queue(cast.house, cast.noel, NOW).rows
    assert SPEAKS_UP["seen"] in note_view(cast.house, cast.noel, NOW, row.subject_id).lines[0].text
    assert cast.carla.account_id in _note(cast, row.subject_id).barred
    if content.get("nameless"):
        assert _traces(cast, phone) == before
        assert verify_audit(cast.house, now=NOW).sound


def test_kept_and_taken_in_without_a_name_nothing_says_who_sent_it(cast: Cast) -> None:
    phone = Handset(cast, "amina")
    devices.revoke_device(cast.house, cast.lena, devices.RevokeDevice(phone.id), now=START)
    before = _traces(cast, phone)
    phone.delivers(at=NOW, about="", **NAMELESS)
    as_kept = _traces(cast, phone)
    kept.take_in_kept(cast.house, cast.noel, kept.TakeInKept(_kept_id(cast)), now=NOW)
    assert (as_kept, _traces(cast, phone)) == (before, before)


# An account


def test_an_account_is_restricted_from_the_first_moment_and_says_who_asked(cast: Cast) -> None:
    note_id = cast.writes("amina", **{**ACCOUNT, "seen": "Devan Rao stood in the hall. I think he was cross."})
    assert [who for who in (*MANAGERS, "noel") if _sees(cast, who, note_id)] == ["lena", "maud", "noel"]
    view = note_view(cast.house, cast.lena, NOW, note_id)
    assert (view.restricted, view.person) == (True, "An account that somebody was asked for")
    assert (view.lines[0].label, view.lines[0].text) == ("Asked by", "Lena Hart")
    [own] = [line for line in view.lines if line.quote]
    assert own.text == "Devan Rao stood in the hall. I think he was cross."


def test_settling_the_names_in_an_account_does_not_open_it_to_all(cast: Cast) -> None:
    note_id = cast.writes("amina", **{**ACCOUNT, "seen": "Devan Rao stood in the hall."})
    form = triage.SettleName(note_id, cast.devan.account_id, Answer.NO, "He was only passing.")
    triage.settle_name(cast.house, cast.lena, form, now=NOW)
    assert _sees(cast, "devan", note_id) and not _sees(cast, "joy", note_id)


def test_an_account_goes_the_ordinary_way_from_there(cast: Cast) -> None:
    note_id = cast.writes("amina", **ACCOUNT)
    triage.acknowledge_note(cast.house, cast.lena, triage.AcknowledgeNote(note_id), now=NOW)
    assert note_view(cast.house, cast.lena, NOW, note_id).step == "match"
    assert [n.state for n in own_notes(cast.house, cast.amina, NOW)] == ["seen"]


def test_an_account_that_is_not_signed_as_her_own_words_is_kept_as_incomplete(cast: Cast) -> None:
    cast.writes("amina", **{**ACCOUNT, "own_words_signed": False})
    assert queue(cast.house, cast.lena, NOW).quarantined == 1
    view = kept_view(cast.house, cast.lena, NOW, _kept_id(cast))
    assert view.why == "It did not arrive in the usual form."


# What was there before


def test_a_note_of_an_older_phone_is_a_note_of_a_visit(cast: Cast) -> None:
    note = _note(cast, cast.writes("amina"))
    assert (note.content.route, note.reserved, note.restricted) == ("visit", False, False)


def test_a_way_that_nobody_knows_yet_is_kept_for_a_look(cast: Cast) -> None:
    cast.writes("amina", route="by_pigeon")
    assert queue(cast.house, cast.lena, NOW).quarantined == 1
