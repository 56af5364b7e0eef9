"""Notes that arrive together share one commit: what one of them does wrong stays with it, and none is answered too early."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from sgapp.domain.errors import Invalid, SignedOut
from sgapp.domain.kept import Because
from sgapp.domain.person import Person
from sgapp.services import intake, sessions, together
from sgapp.services.audit import verify_audit
from sgapp.services.house import NOBODY, SYSTEM, House
from sgapp.services.intake import Envelope
from sgapp.store import devices
from sgapp.store.accounts import session_row
from sgapp.store.tables import AuditEventRow, EnvelopeRow, KeptRow, MessageRow, ObservationRow, SessionRow
from tests.people import PASSWORD, START, Cast, Handset, code, note_payload
from tests.statements import said_to

Answer = tuple[str, str, bool]
only_sqlite = pytest.mark.parametrize("house", ["sqlite"], indirect=True)
only_postgresql = pytest.mark.parametrize("house", ["postgresql"], indirect=True)


def _token(cast: Cast, who: str = "amina") -> str:
    found = sessions.sign_in(cast.house, who, PASSWORD, address="192.0.2.7", now=START, code=code(cast.house, who, START))
    assert found is not None
    return found.token


def _note(cast: Cast, **content: Any) -> Envelope:
    return cast.sealed(note_payload(cast.people["dennis"], "", START, **content))


def _arrive(house: House, sent: Sequence[tuple[str | None, Envelope]], meanwhile: Callable[[], None] = lambda: None, *,
            leaves: int | None = None, at: datetime = START) -> list[Answer | BaseException]:
    """Let all of them wait for whoever takes notes in, who is kept busy until then. Returns what came of each.

    `leaves`: this one of them waits no longer, once all are there.
    """
    free = threading.Event()

    async def all_of_them() -> list[Answer | BaseException]:
        if house.together is not None:
            house.together._taker.submit(free.wait)
        try:
            waiting = [asyncio.ensure_future(intake.receive_with_others(house, token, e, now=at)) for token, e in sent]
            await asyncio.sleep(0)  # each runs until it waits
            meanwhile()
            if leaves is not None:
                waiting[leaves].cancel()
        finally:
            free.set()
        return await asyncio.gather(*waiting, return_exceptions=True)

    return asyncio.run(all_of_them())


def _fresh(answer: Answer | BaseException) -> bool:
    assert isinstance(answer, tuple), answer
    return answer[2]


def _ids(cast: Cast, table: Any) -> set[str]:
    with cast.house.begin(cast.noel, START) as uow:
        return set(uow.session.exec(select(table.id)))


def _commits(cast: Cast) -> list[bool]:
    found: list[bool] = []
    event.listen(cast.house.engine, "commit", lambda _connection: found.append(True))
    return found


def _sound(cast: Cast) -> bool:
    return verify_audit(cast.house, now=START).sound


@only_sqlite
def test_notes_that_arrive_together_share_one_commit_and_are_all_kept(cast: Cast) -> None:
    token, envelopes = _token(cast), [_note(cast) for _ in range(5)]
    commits = _commits(cast)
    answers = _arrive(cast.house, [(token, e) for e in envelopes])
    assert len(commits) == 1
    assert all(_fresh(a) for a in answers)
    assert _ids(cast, ObservationRow) == {e.id for e in envelopes}
    assert _sound(cast)


@only_sqlite
def test_whoever_is_just_arriving_when_another_begins_shares_her_commit(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    token, one, other, rests, arrived = _token(cast), _note(cast), _note(cast), threading.Event(), threading.Event()
    commits = _commits(cast)

    def rest(_seconds: float) -> None:
        rests.set()
        assert arrived.wait(30)

    async def one_after_the_other() -> list[Answer]:
        first = asyncio.ensure_future(intake.receive_with_others(cast.house, token, one, now=START))
        assert await asyncio.to_thread(rests.wait, 30)
        second = asyncio.ensure_future(intake.receive_with_others(cast.house, token, other, now=START))
        await asyncio.sleep(0)  # it runs until it waits
        arrived.set()
        return [await first, await second]

    monkeypatch.setattr(together.time, "sleep", rest)
    assert all(_fresh(a) for a in asyncio.run(one_after_the_other()))
    assert len(commits) == 1


@only_sqlite
def test_each_more_among_them_asks_three_questions_more_and_no_other(cast: Cast) -> None:
    """Who brings it, whether it is there, and whether she knows the adult; what is new is written by tables."""
    token = _token(cast)
    _arrive(cast.house, [(token, _note(cast))])
    few, many = [_note(cast) for _ in range(3)], [_note(cast) for _ in range(13)]
    with said_to(cast.house.engine) as for_few:
        _arrive(cast.house, [(token, e) for e in few])
    with said_to(cast.house.engine) as for_many:
        _arrive(cast.house, [(token, e) for e in many])
    assert _questions(for_many) - _questions(for_few) == 3 * (len(many) - len(few))


def _questions(said: list[str]) -> int:
    return sum(statement.startswith("SELECT") for statement in said)


def test_each_of_them_is_kept_as_her_own_writers(cast: Cast) -> None:
    theirs = {who: _note(cast) for who in ("carla", "amina", "sana")}
    _arrive(cast.house, [(_token(cast, who), e) for who, e in theirs.items()])
    with cast.house.begin(SYSTEM, START) as uow:
        events = {(e.subject_id, e.actor_id) for e in uow.session.exec(
            select(AuditEventRow).where(AuditEventRow.action == "note-delivered"))}
        authors = {(row.id, row.author_id) for row in uow.session.exec(select(ObservationRow))}
    assert events == authors == {(e.id, cast.actors[who].account_id) for who, e in theirs.items()}
    assert _sound(cast)


def test_a_bad_one_among_them_is_refused_or_kept_apart_and_blocks_no_other(cast: Cast) -> None:
    good, other, token = _note(cast), _note(cast), _token(cast)
    malformed, unreadable = replace(_note(cast), sealed="no base64"), replace(_note(cast), key_id="nobody-knows-it")
    answers = _arrive(cast.house, [(token, e) for e in (good, malformed, unreadable, other)])
    assert isinstance(answers[1], Invalid)
    assert all(_fresh(answers[n]) for n in (0, 2, 3))
    assert _ids(cast, ObservationRow) == {good.id, other.id}
    assert _ids(cast, EnvelopeRow) == {good.id, other.id, unreadable.id}
    with cast.house.begin(cast.noel, START) as uow:
        [kept] = uow.kept.where()
    assert (kept.upload_id, kept.because) == (unreadable.id, Because.UNREADABLE)
    assert len(_ids(cast, KeptRow)) == 1
    assert _sound(cast)


@pytest.mark.parametrize("token", [None, "no-such-session"])
def test_whoever_is_not_signed_in_is_told_so_and_the_others_share_their_commit_all_the_same(
        cast: Cast, token: str | None) -> None:
    hers, good, other = _note(cast), _note(cast), _note(cast)
    known = _token(cast)
    commits = _commits(cast)
    answers = _arrive(cast.house, [(known, good), (token, hers), (known, other)])
    assert len(commits) == (1 if cast.house.together else 2)
    assert isinstance(answers[1], SignedOut)
    assert _fresh(answers[0]) and _fresh(answers[2])
    assert _ids(cast, EnvelopeRow) == {good.id, other.id}


def test_whoever_may_not_write_notes_is_refused_on_the_chain_and_the_others_are_kept(cast: Cast) -> None:
    good, auditors = _note(cast), _note(cast)
    answers = _arrive(cast.house, [(_token(cast), good), (_token(cast, "ada"), auditors)])
    assert _fresh(answers[0])
    assert type(answers[1]).__name__ == "NotPermitted"
    with cast.house.begin(SYSTEM, START) as uow:
        refused = set(uow.session.exec(select(AuditEventRow.actor_id).where(
            AuditEventRow.action == "refused:deliver-note")))
    assert refused == {cast.ada.account_id}
    assert _ids(cast, ObservationRow) == {good.id}


def test_a_phone_that_signs_needs_no_session_there_and_is_noted_as_used(cast: Cast) -> None:
    phone, signed = Handset(cast, "carla"), list[Envelope]()
    signed += [phone.signs(_note(cast)), phone.signs(_note(cast))]
    assert all(_fresh(a) for a in _arrive(cast.house, [(None, e) for e in signed]))
    with cast.house.begin(NOBODY, START) as uow:
        found = devices.by_id(uow, phone.id)
        writers = set(uow.session.exec(select(EnvelopeRow.author_id)))
    assert found is not None and found.last_used_at == START
    assert writers == {cast.carla.account_id}


def test_that_somebody_did_something_in_her_session_is_noted_there_too(cast: Cast) -> None:
    token = _token(cast)
    with cast.house.begin(NOBODY, START) as uow:
        row = session_row(uow.session, sessions.sha256(token))
        assert row is not None
        row.last_seen_at = START - timedelta(minutes=5)
    _arrive(cast.house, [(token, _note(cast)), (token, _note(cast))])
    with cast.house.begin(NOBODY, START) as uow:
        row = session_row(uow.session, sessions.sha256(token))
        assert row is not None and row.last_seen_at == START


@only_sqlite
def test_one_that_adds_to_another_finds_it_although_both_arrive_at_once(cast: Cast) -> None:
    first, token = _note(cast), _token(cast)
    second = _note(cast, corrects=first.id, staff_involved="yes", staff_names="Carla Denny")
    assert all(_fresh(a) for a in _arrive(cast.house, [(token, first), (token, second)]))
    with cast.house.begin(cast.noel, START) as uow:
        found = {note.id: note for note in uow.notes.where()}
    assert found[second.id].corrects_id == first.id
    assert found[first.id].restricted and cast.carla.account_id in found[first.id].barred
    assert _sound(cast)


def test_nobody_named_in_one_of_them_is_told_of_it(cast: Cast) -> None:
    token = _token(cast)
    about_lena = _note(cast, staff_involved="yes", staff_names="Lena Hart")
    plain = _note(cast)
    _arrive(cast.house, [(token, plain), (token, about_lena)])
    with cast.house.begin(SYSTEM, START) as uow:
        told = {(m.record_id, m.account_id) for m in uow.session.exec(select(MessageRow))}
    assert (plain.id, cast.lena.account_id) in told
    assert about_lena.id in {record_id for record_id, _ in told}
    assert (about_lena.id, cast.lena.account_id) not in told


def test_one_that_fails_in_the_database_leaves_nothing_behind_in_the_shared_commit(
        cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    envelopes, token = [_note(cast) for _ in range(3)], _token(cast)
    joined = intake.joined

    def fails(uow: Any, note: Any) -> Any:
        if note.id == envelopes[1].id:  # its envelope waits to be written by now
            raise OperationalError("", None, RuntimeError("the disk is full"))
        return joined(uow, note)

    monkeypatch.setattr(intake, "joined", fails)
    answers = _arrive(cast.house, [(token, e) for e in envelopes])
    assert isinstance(answers[1], OperationalError)
    assert _fresh(answers[0]) and _fresh(answers[2])
    assert _ids(cast, EnvelopeRow) == _ids(cast, ObservationRow) == {envelopes[0].id, envelopes[2].id}


@only_sqlite
def test_when_the_disk_is_full_nobody_is_answered_whose_note_went_with_the_whole_transaction(
        cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite then undoes everything by itself, and would keep what comes after as if it stood alone."""
    envelopes, token, joined = [_note(cast) for _ in range(5)], _token(cast), intake.joined

    def fills_the_disk(uow: Any, note: Any) -> Any:
        connection = uow.session.connection()
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
        if note.id == envelopes[2].id:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 1}")
            connection.exec_driver_sql("INSERT INTO sequence (name, value) VALUES (hex(zeroblob(500000)), 1)")
        return joined(uow, note)

    monkeypatch.setattr(intake, "joined", fills_the_disk)
    answers = _arrive(cast.house, [(token, e) for e in envelopes])
    assert isinstance(answers[2], OperationalError)
    others = {envelopes[n].id for n in (0, 1, 3, 4)}
    assert all(_fresh(answers[n]) for n in (0, 1, 3, 4))
    assert _ids(cast, EnvelopeRow) == _ids(cast, ObservationRow) == others
    assert _sound(cast)


@only_sqlite
def test_whatever_ends_the_shared_commit_leaves_each_to_be_taken_in_by_herself_and_the_next_to_share_again(
        cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    envelopes, token, joined, ended = [_note(cast) for _ in range(5)], _token(cast), intake.joined, list[bool]()

    def ends_once(uow: Any, note: Any) -> Any:
        if note.id == envelopes[2].id and not ended:
            ended.append(True)
            raise SystemExit
        return joined(uow, note)

    monkeypatch.setattr(intake, "joined", ends_once)
    assert all(_fresh(a) for a in _arrive(cast.house, [(token, e) for e in envelopes]))
    assert ended
    assert _ids(cast, EnvelopeRow) == _ids(cast, ObservationRow) == {e.id for e in envelopes}
    more = [_note(cast) for _ in range(3)]
    commits = _commits(cast)
    assert all(_fresh(a) for a in _arrive(cast.house, [(token, e) for e in more]))
    assert len(commits) == 1


@only_sqlite
def test_where_no_thread_can_be_had_each_is_taken_in_by_herself_and_nobody_waits_for_ever(
        cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    token, envelopes, together = _token(cast), [_note(cast) for _ in range(3)], cast.house.together
    assert together is not None

    def no_thread(*_work: Any) -> Any:
        raise RuntimeError("can't start new thread")

    async def all_of_them() -> list[Answer]:
        return await asyncio.gather(*(intake.receive_with_others(cast.house, token, e, now=START) for e in envelopes))

    with monkeypatch.context() as patched:
        patched.setattr(together._taker, "submit", no_thread)
        assert all(fresh for _, _, fresh in asyncio.run(all_of_them()))
    more = [_note(cast) for _ in range(3)]
    commits = _commits(cast)
    assert all(_fresh(a) for a in _arrive(cast.house, [(token, e) for e in more]))
    assert len(commits) == 1


@only_sqlite
def test_whoever_listens_to_changes_and_fails_takes_nobodys_answer_away(cast: Cast) -> None:
    def fails() -> None:
        raise RuntimeError("this screen has gone")

    token, envelopes = _token(cast), [_note(cast) for _ in range(2)]
    cast.house.on_change(fails)
    assert all(_fresh(a) for a in _arrive(cast.house, [(token, e) for e in envelopes]))
    assert _ids(cast, ObservationRow) == {e.id for e in envelopes}


@only_postgresql
def test_where_several_may_write_one_adult_whose_file_is_held_keeps_no_other_adults_notes_waiting(cast: Cast) -> None:
    token = _token(cast)
    others = cast.sealed(note_payload(cast.people["ola"], "", START))
    with cast.house.begin(SYSTEM, START) as uow:
        uow.regardless(Person, cast.people["dennis"])
        held = threading.Thread(target=asyncio.run, args=(
            intake.receive_with_others(cast.house, token, _note(cast), now=START),))
        held.start()
        reference, _, fresh = asyncio.run(intake.receive_with_others(cast.house, token, others, now=START))
        assert held.is_alive()
    held.join(30)
    assert reference and fresh and not held.is_alive()


def test_a_note_without_a_name_is_not_told_apart_by_what_came_before_and_after_it_or_by_when_a_session_was_last_used(
        cast: Cast) -> None:
    """Rows lie in the order in which they came, and the time that is noted of a session is nobody's moment."""
    at = START + timedelta(minutes=10, seconds=17, microseconds=331)
    tokens = {who: _token(cast, who) for who in ("amina", "carla", "sana")}
    nameless = _note(cast, route="speak_up", nameless=True)
    sent = [(tokens["sana"], _note(cast)), (tokens["amina"], nameless), (tokens["carla"], _note(cast))]
    _arrive(cast.house, sent, at=at)
    with cast.house.begin(SYSTEM, START) as uow:
        order = sorted(uow.session.connection().exec_driver_sql(
            "SELECT ctid, id FROM envelope" if cast.house.together is None else "SELECT rowid, id FROM envelope"))
        seen = set(uow.session.exec(select(SessionRow.last_seen_at)))
    if cast.house.together is not None:
        assert [note_id for _, note_id in order] == [e.id for _, e in sent]
    assert {e.id for _, e in sent} == {note_id for _, note_id in order}
    assert seen == {at.replace(second=0, microsecond=0)}


def test_the_same_note_several_times_at_once_is_kept_once_and_answered_alike(cast: Cast) -> None:
    once, token = _note(cast), _token(cast)
    answers = _arrive(cast.house, [(token, once)] * 3)
    assert sorted(_fresh(a) for a in answers) == [False, False, True]
    assert len({a[:2] for a in answers if isinstance(a, tuple)}) == 1
    assert _ids(cast, ObservationRow) == {once.id}


@only_sqlite
def test_where_the_shared_commit_fails_nobody_is_answered_from_it_and_each_is_taken_in_by_herself(cast: Cast) -> None:
    envelopes, token, failed = [_note(cast) for _ in range(3)], _token(cast), list[bool]()

    def fails_once(_connection: Any) -> None:
        if not failed:
            failed.append(True)
            raise OperationalError("", None, RuntimeError("the commit did not reach the disk"))

    answers = _arrive(cast.house, [(token, e) for e in envelopes],
                      lambda: event.listen(cast.house.engine, "commit", fails_once))
    assert failed and all(_fresh(a) for a in answers)
    assert _ids(cast, ObservationRow) == {e.id for e in envelopes}
    assert _sound(cast)


@only_sqlite
def test_whoever_goes_before_she_is_answered_leaves_her_note_and_takes_nobodys_answer_along(cast: Cast) -> None:
    envelopes, token = [_note(cast) for _ in range(3)], _token(cast)
    answers = _arrive(cast.house, [(token, e) for e in envelopes], leaves=1)
    assert isinstance(answers[1], asyncio.CancelledError)
    assert _fresh(answers[0]) and _fresh(answers[2])
    assert _ids(cast, ObservationRow) == {e.id for e in envelopes}


@only_sqlite
def test_where_another_program_holds_the_database_they_wait_once_for_all_and_not_one_after_the_other(
        cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    token, envelopes, alone = _token(cast), [_note(cast) for _ in range(3)], list[str]()
    event.listen(cast.house.engine, "checkout", lambda driver, *_: driver.execute("PRAGMA busy_timeout = 100"))
    monkeypatch.setattr(intake, "receive", lambda _house, _actor, envelope, **_: alone.append(envelope.id))
    holder = sqlite3.connect(cast.house.settings.data / "sgapp.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    answers = _arrive(cast.house, [(token, e) for e in envelopes])
    holder.execute("ROLLBACK")
    holder.close()
    assert [type(answer) for answer in answers] == [OperationalError] * 3
    assert alone == []
    assert all(_fresh(answer) for answer in _arrive(cast.house, [(token, e) for e in envelopes]))
