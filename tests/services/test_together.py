"""Notes that arrive together share one commit: what one of them does wrong stays with it, and none is answered too early."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from sgapp.domain.errors import Invalid
from sgapp.domain.kept import Because
from sgapp.services import intake
from sgapp.services.audit import verify_audit
from sgapp.services.intake import Envelope
from sgapp.store.tables import EnvelopeRow, KeptRow, ObservationRow
from tests.people import START, Cast, note_payload

Answer = tuple[str, str, bool]


@pytest.fixture(params=["sqlite"])
def house(house: Any) -> Any:
    """Where only one may write at a time; on PostgreSQL everybody has a transaction of her own."""
    return house


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as made:
        yield made


def _note(cast: Cast, **content: Any) -> Envelope:
    return cast.sealed(note_payload(cast.people["dennis"], "", START, **content))


def _arrive_together(cast: Cast, pool: ThreadPoolExecutor, envelopes: list[Envelope],
                     meanwhile: Callable[[], None] = lambda: None) -> list[Future[Answer]]:
    """Let all of them wait for a transaction that is under way, then end that. Returns what came of each."""
    together = cast.house.together
    assert together is not None
    with together._front:
        sent = [pool.submit(intake.receive, cast.house, cast.amina, e, now=START) for e in envelopes]
        while len(together._queue) < len(envelopes):
            threading.Event().wait(0.005)
        meanwhile()
    wait(sent)
    return sent


def _ids(cast: Cast, table: Any) -> set[str]:
    with cast.house.begin(cast.noel, START) as uow:
        return set(uow.session.exec(select(table.id)))


def _commits(cast: Cast) -> list[bool]:
    found: list[bool] = []
    event.listen(cast.house.engine, "commit", lambda _connection: found.append(True))
    return found


def test_notes_that_arrive_together_share_one_commit_and_are_all_kept(cast: Cast, pool: ThreadPoolExecutor) -> None:
    envelopes = [_note(cast) for _ in range(5)]
    commits = _commits(cast)
    answers = [sent.result() for sent in _arrive_together(cast, pool, envelopes)]
    assert len(commits) == 1
    assert all(fresh for _, _, fresh in answers)
    assert _ids(cast, ObservationRow) == {e.id for e in envelopes}
    assert verify_audit(cast.house, now=START).sound


def test_a_bad_one_among_them_is_refused_or_kept_apart_and_blocks_no_other(cast: Cast, pool: ThreadPoolExecutor) -> None:
    good, other = _note(cast), _note(cast)
    malformed, unreadable = replace(_note(cast), sealed="no base64"), replace(_note(cast), key_id="nobody-knows-it")
    sent = _arrive_together(cast, pool, [good, malformed, unreadable, other])
    assert isinstance(sent[1].exception(), Invalid)
    assert all(sent[n].result()[2] for n in (0, 2, 3))
    assert _ids(cast, ObservationRow) == {good.id, other.id}
    assert _ids(cast, EnvelopeRow) == {good.id, other.id, unreadable.id}
    with cast.house.begin(cast.noel, START) as uow:
        [kept] = uow.kept.where()
    assert (kept.upload_id, kept.because) == (unreadable.id, Because.UNREADABLE)
    assert len(_ids(cast, KeptRow)) == 1
    assert verify_audit(cast.house, now=START).sound


def test_one_that_fails_in_the_database_leaves_nothing_behind_in_the_shared_commit(
        cast: Cast, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch) -> None:
    envelopes = [_note(cast) for _ in range(3)]
    joined = intake.joined

    def fails(uow: Any, note: Any) -> Any:
        if note.id == envelopes[1].id:  # its envelope is written by now
            raise OperationalError("", None, RuntimeError("the disk is full"))
        return joined(uow, note)

    monkeypatch.setattr(intake, "joined", fails)
    sent = _arrive_together(cast, pool, envelopes)
    assert isinstance(sent[1].exception(), OperationalError)
    assert sent[0].result()[2] and sent[2].result()[2]
    assert _ids(cast, EnvelopeRow) == _ids(cast, ObservationRow) == {envelopes[0].id, envelopes[2].id}


def test_when_the_disk_is_full_nobody_is_answered_whose_note_went_with_the_whole_transaction(
        cast: Cast, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite then undoes everything by itself, savepoints and all, and would keep what comes after as if it stood alone."""
    envelopes, joined = [_note(cast) for _ in range(5)], intake.joined

    def fills_the_disk(uow: Any, note: Any) -> Any:
        connection = uow.session.connection()
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
        if note.id == envelopes[2].id:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 1}")
            connection.exec_driver_sql("INSERT INTO sequence (name, value) VALUES (hex(zeroblob(500000)), 1)")
        return joined(uow, note)

    monkeypatch.setattr(intake, "joined", fills_the_disk)
    sent = _arrive_together(cast, pool, envelopes)
    assert isinstance(sent[2].exception(), OperationalError)
    others = {envelopes[n].id for n in (0, 1, 3, 4)}
    assert all(sent[n].result()[2] for n in (0, 1, 3, 4))
    assert _ids(cast, EnvelopeRow) == _ids(cast, ObservationRow) == others
    assert verify_audit(cast.house, now=START).sound


def test_what_ends_a_thread_in_the_shared_commit_leaves_the_others_to_be_taken_in_by_themselves(
        cast: Cast, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch) -> None:
    envelopes, joined, ended = [_note(cast) for _ in range(5)], intake.joined, list[bool]()

    def ends_once(uow: Any, note: Any) -> Any:
        if note.id == envelopes[2].id and not ended:
            ended.append(True)
            raise SystemExit
        return joined(uow, note)

    monkeypatch.setattr(intake, "joined", ends_once)
    sent = _arrive_together(cast, pool, envelopes)
    kept = {e.id for e, one in zip(envelopes, sent, strict=True) if one.exception() is None}
    assert len(kept) == 4  # whoever led the others was ended with it, and has no answer
    assert _ids(cast, EnvelopeRow) == _ids(cast, ObservationRow) == kept


def test_the_same_note_twice_at_once_is_kept_once_and_told_apart(cast: Cast, pool: ThreadPoolExecutor) -> None:
    once = _note(cast)
    answers = [sent.result() for sent in _arrive_together(cast, pool, [once, once, once])]
    assert sorted(fresh for _, _, fresh in answers) == [False, False, True]
    assert len({answer[:2] for answer in answers}) == 1
    assert _ids(cast, ObservationRow) == {once.id}


def test_where_the_shared_commit_fails_nobody_is_answered_from_it_and_each_is_taken_in_by_herself(
        cast: Cast, pool: ThreadPoolExecutor) -> None:
    envelopes, failed = [_note(cast) for _ in range(3)], list[bool]()

    def fails_once(_connection: Any) -> None:
        if not failed:
            failed.append(True)
            raise OperationalError("", None, RuntimeError("the commit did not reach the disk"))

    sent = _arrive_together(cast, pool, envelopes, lambda: event.listen(cast.house.engine, "commit", fails_once))
    assert failed and all(one.result()[2] for one in sent)
    assert _ids(cast, ObservationRow) == {e.id for e in envelopes}
    assert verify_audit(cast.house, now=START).sound
