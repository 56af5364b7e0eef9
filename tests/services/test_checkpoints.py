"""Checkpoints: what they stand for, what shows against one that has left, how they leave, and who is told of a break."""

import gzip
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlmodel import func, select

from sgapp.domain.reach import Channel
from sgapp.integrations.leaving import WrongPlace, leave, places_of
from sgapp.integrations.outgoing import Outgoing, Undelivered
from sgapp.services import checkpoints as service
from sgapp.services.audit import verify_audit
from sgapp.services.checkpoints import EVERY, check_daily, make_checkpoint, verify_against
from sgapp.services.house import SYSTEM, House
from sgapp.services.views.queue import queue
from sgapp.settings import Settings
from sgapp.store.checkpoints import NoCheckpoint, Tree
from sgapp.store.tables import AccountRow, AuditEventRow, AuditHeadRow, CheckpointRow, MessageRow
from tests.people import START, Cast

NOW = START + timedelta(days=2)


def _does(house: House, statement: str, **values: Any) -> None:
    """With the database's own hands, the triggers out of the way: what somebody with its password could do."""
    with house.engine.begin() as connection:
        postgresql = connection.dialect.name == "postgresql"
        if postgresql:
            connection.execute(text("SET session_replication_role = replica"))
        else:
            for name in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text(statement), values)
        if postgresql:
            connection.execute(text("SET session_replication_role = DEFAULT"))


def _anew(house: House) -> None:
    """Somebody with database and key takes the last event of a stream away and makes the rest look whole again."""
    with house.begin(SYSTEM, NOW) as uow:
        stream = "system"
        last, before = uow.session.exec(select(AuditEventRow).where(AuditEventRow.stream == stream).order_by(
            AuditEventRow.seq.desc()).limit(2)).all()  # type: ignore[attr-defined]
        seq, mac, gone = before.seq, before.mac, last.seq
    _does(house, "DELETE FROM audit_event WHERE stream = :s AND seq = :q", s=stream, q=gone)
    with house.begin(SYSTEM, NOW) as uow:
        head = uow.session.get_one(AuditHeadRow, stream)
        head.seq, head.last = seq, mac
        head.mac = house.audit._head_mac(head)


def test_an_untouched_chain_stands_as_it_stood_and_goes_on(cast: Cast) -> None:
    document = make_checkpoint(cast.house, now=NOW)
    cast.opened_case()
    result = verify_against(cast.house, document, now=NOW)
    assert result.sound, result.first_bad
    assert json.loads(document)["events"] < result.events


def test_whoever_has_database_and_key_cannot_shorten_the_chain_unseen(cast: Cast) -> None:
    make_checkpoint(cast.house, now=NOW)
    document = make_checkpoint(cast.house, now=NOW)
    _does(cast.house, "DELETE FROM checkpoint")
    _anew(cast.house)
    assert verify_audit(cast.house, now=NOW).sound  # by itself the chain looks whole
    result = verify_against(cast.house, document, now=NOW)
    assert (result.sound, "checkpoint 2: removed here" in result.first_bad) == (False, True)


def test_nor_with_the_checkpoint_left_where_it_is(cast: Cast) -> None:
    for _ in range(2):
        make_checkpoint(cast.house, now=NOW)
    document = make_checkpoint(cast.house, now=NOW)
    _anew(cast.house)  # the event that says it was made stands after it
    _anew(cast.house)
    result = verify_against(cast.house, document, now=NOW)
    assert (result.sound, "since the checkpoint" in result.first_bad) == (False, True)


@pytest.mark.parametrize("change", [
    "UPDATE checkpoint SET heads = :b WHERE number = 1", "UPDATE checkpoint SET document = '{}' WHERE number = 1",
    "DELETE FROM checkpoint WHERE number = 1"])
def test_a_checkpoint_that_was_changed_or_removed_here_shows_by_itself(cast: Cast, change: str) -> None:
    for _ in range(2):
        make_checkpoint(cast.house, now=NOW)
    _does(cast.house, change, **({"b": b"x"} if ":b" in change else {}))
    result = verify_audit(cast.house, now=NOW)
    assert (result.sound, "checkpoint 1" in result.first_bad) == (False, True)


#: What takes everything away at once, in each database's own words.
_AT_ONCE = {"sqlite": "INSERT OR REPLACE INTO checkpoint SELECT number, at, '{}', heads, places FROM checkpoint",
            "postgresql": "TRUNCATE checkpoint"}


@pytest.mark.parametrize("statement", ["UPDATE checkpoint SET places = 9", "DELETE FROM checkpoint", ""])
def test_the_database_itself_refuses_to_change_a_checkpoint(cast: Cast, statement: str) -> None:
    statement = statement or _AT_ONCE[cast.house.engine.dialect.name]
    make_checkpoint(cast.house, now=NOW)
    with pytest.raises(Exception, match="checkpoints are never"), cast.house.engine.begin() as connection:
        connection.execute(text(statement))


def _with(**changed: Any) -> Callable[[str], str]:
    return lambda document: json.dumps(json.loads(document) | changed)


@pytest.mark.parametrize(("change", "why"), [
    (_with(root="0" * 64), "signature"), (_with(events=1), "signature"), (_with(number=7), "signature"),
    (_with(public_key="0" * 64), "another installation"), (_with(stray=1), "no checkpoint"), (lambda _: "{}", "no checkpoint"),
    (lambda _: "[]", "no checkpoint"), (lambda _: "x", "no checkpoint"), (_with(signature="zz"), "no checkpoint"),
    (_with(public_key=7), "no checkpoint")])
def test_what_is_no_checkpoint_of_ours_is_told_as_such(cast: Cast, change: Callable[[str], str], why: str) -> None:
    document = change(make_checkpoint(cast.house, now=NOW))
    with pytest.raises(NoCheckpoint, match=why):
        verify_against(cast.house, document, now=NOW)


def test_a_checkpoint_of_another_installation_is_told_as_such(cast: Cast, tmp_path: Path) -> None:
    other = House(Settings(data=tmp_path / "other" / "data", keys=tmp_path / "other" / "keys"))
    other.prepare()
    with pytest.raises(NoCheckpoint, match="another installation"):
        verify_against(cast.house, make_checkpoint(other, now=NOW), now=NOW)


def test_each_follows_on_the_one_before_and_keeps_only_what_changed(cast: Cast) -> None:
    for _ in range(2):
        make_checkpoint(cast.house, now=NOW)
    with cast.house.begin(SYSTEM, NOW) as uow:
        first, second = uow.session.exec(select(CheckpointRow).order_by(CheckpointRow.number)).all()  # type: ignore[arg-type]
    assert (json.loads(first.document)["previous"], len(json.loads(second.document)["previous"])) == ("", 64)
    assert len(second.heads) < len(first.heads) / 2


def _root(heads: Mapping[str, tuple[int, str]]) -> str:
    tree = Tree()
    for stream in sorted(heads):
        tree.add(json.dumps([stream, *heads[stream]]).encode())
    return tree.root()


@pytest.mark.parametrize("line", [
    ["s", "x", "ab"], ["s", None, "ab"], ["s", 1, "\ud800"], ["s", 1], 7, [["s"], 1, "ab"], [7, 1, "ab"]])
def test_a_list_of_streams_that_was_written_over_is_told(cast: Cast, line: object) -> None:
    make_checkpoint(cast.house, now=NOW)
    _does(cast.house, "UPDATE checkpoint SET heads = :b WHERE number = 1", b=gzip.compress(json.dumps(line).encode()))
    result = verify_audit(cast.house, now=NOW)
    assert (result.sound, result.first_bad) == (False, "checkpoint 1: its list of streams was changed")


HEADS = st.dictionaries(st.text(max_size=8), st.tuples(st.integers(1, 99), st.text("0123456789abcdef", min_size=4, max_size=4)),
                        min_size=1, max_size=12)


@given(heads=HEADS, data=st.data())
def test_the_root_changes_with_any_stream(heads: dict[str, tuple[int, str]], data: st.DataObject) -> None:
    stream = data.draw(st.sampled_from(sorted(heads)))
    seq, mac = heads[stream]
    others = [{**heads, stream: (seq + 1, mac)}, {**heads, stream: (seq, mac + "0")}, {**heads, stream + "x": (1, "a")},
              {k: v for k, v in heads.items() if k != stream}]
    assert _root(heads) not in [_root(other) for other in others if other != heads]


@pytest.mark.parametrize("streams", [*range(18), 63, 64, 65, 100])
def test_the_root_is_the_one_that_rfc_9162_says(streams: int) -> None:
    heads = {f"observation:{n:03}": (n + 1, f"{n:04x}") for n in range(streams)}

    def hashed(leaves: list[bytes]) -> bytes:
        if len(leaves) < 2:
            return leaves[0] if leaves else sha256(b"").digest()
        split = 1 << (len(leaves) - 1).bit_length() - 1  # the largest power of two below it
        return sha256(b"\1" + hashed(leaves[:split]) + hashed(leaves[split:])).digest()

    assert _root(heads) == hashed([
        sha256(b"\0" + json.dumps([stream, *heads[stream]]).encode()).digest() for stream in sorted(heads)]).hex()


def test_one_that_was_packed_as_they_were_at_first_still_stands_and_the_next_follows_on_it(cast: Cast) -> None:
    document = make_checkpoint(cast.house, now=NOW)
    with cast.house.begin(SYSTEM, NOW) as uow:
        lines = gzip.decompress(uow.session.get_one(CheckpointRow, 1).heads).splitlines()
    whole = zlib.compress(json.dumps([json.loads(line) for line in lines]).encode())
    _does(cast.house, "UPDATE checkpoint SET heads = :b WHERE number = 1", b=whole)
    make_checkpoint(cast.house, now=NOW)
    assert verify_against(cast.house, document, now=NOW).sound
    with cast.house.begin(SYSTEM, NOW) as uow:
        assert len(gzip.decompress(uow.session.get_one(CheckpointRow, 2).heads).splitlines()) == 1  # that the first was made


# Leaving the machine

class _Mail:
    """A mail server's place, which keeps what it is given or refuses it."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []

    def send(self, message: Outgoing) -> None:
        self.sent.append(message)


@pytest.fixture
def taken() -> Iterator[tuple[str, list[str], list[int]]]:
    """A web address that takes what is posted: its address, what came, and with what it answers."""
    came, answers = list[str](), [204]

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.append(self.rfile.read(int(self.headers["content-length"])).decode())
            self.send_response(answers[0])
            self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Taker)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", came, answers
    server.shutdown()
    server.server_close()


def _house_to(cast: Cast, *places: str) -> House:
    return House(cast.house.settings.model_copy(update={"checkpoints_to": ", ".join(places)}), cast.house.engine)


def _daily(house: House, mail: _Mail | None = None, at: Any = NOW) -> Any:
    return check_daily(house, {Channel.EMAIL: mail} if mail else {}, now=at, holder="here")


def test_once_a_day_it_is_verified_signed_and_taken_to_every_place(
        cast: Cast, tmp_path: Path, taken: tuple[str, list[str], list[int]]) -> None:
    address, came, _ = taken
    folder, mail = tmp_path / "elsewhere", _Mail()
    folder.mkdir()
    house = _house_to(cast, str(folder), "mailto:governance@meadow.example", address)
    done = _daily(house, mail)
    assert (done.result.sound, done.left) == (True, 3)
    [kept] = folder.iterdir()
    assert [kept.read_text()] * 2 == [came[0], mail.sent[0].text]
    assert verify_against(house, kept.read_text(), now=NOW).sound
    assert (mail.sent[0].to, mail.sent[0].subject) == ("governance@meadow.example", "Visit notes: checkpoint")


def test_it_is_not_done_again_before_a_day_is_over_nor_taken_anywhere_twice(cast: Cast, tmp_path: Path) -> None:
    house = _house_to(cast, str(tmp_path))
    assert _daily(house).left == 1
    again = _daily(house, at=NOW + EVERY / 2)
    assert (again.result, again.left) == (None, 0)
    assert _daily(house, at=NOW + EVERY).left == 1


def test_a_look_that_is_said_to_be_of_a_time_to_come_counts_as_none(cast: Cast) -> None:
    assert _daily(cast.house, at=NOW + timedelta(days=400)).result.sound
    assert _daily(cast.house, at=NOW).result.sound


def test_a_new_installation_is_not_looked_at_on_its_first_day(cast: Cast) -> None:
    assert _daily(cast.house, at=START + EVERY / 2).result is None


def test_another_process_that_is_at_it_is_left_to_it(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def look(house: House, *, now: Any) -> Any:
        seen.append(check_daily(house, {}, now=NOW, holder="there").result)
        return verify_audit(house, now=now)

    monkeypatch.setattr(service, "verify_audit", look)
    assert _daily(cast.house).result.sound
    assert seen == [None]


@pytest.mark.parametrize("answer", [500, 301, 404])
def test_what_could_not_leave_is_tried_again_and_alarms_after_two_days(
        cast: Cast, taken: tuple[str, list[str], list[int]], answer: int) -> None:
    address, came, answers = taken
    house = _house_to(cast, address)
    answers[0] = answer
    assert _daily(house).left == 0
    later = NOW + timedelta(hours=49)
    assert any("No checkpoint" in alarm for alarm in queue(house, cast.lena, later).alarms)
    answers[0] = 200
    assert _daily(house, at=NOW + timedelta(hours=1)).left == 1
    assert came[0] == came[1]
    assert not any("No checkpoint" in alarm for alarm in queue(house, cast.lena, NOW + timedelta(hours=2)).alarms)


def test_a_file_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    there = tmp_path / "checkpoint-000001.json"
    there.write_text("an older one")
    with pytest.raises(Undelivered, match="another-is-there"):
        leave(str(tmp_path), there.name, "a newer one", mail=None, message_id="<1@x>")
    assert there.read_text() == "an older one"


@pytest.mark.parametrize("place", ["ftp://x.example/", "http://elsewhere.example/", "data", "data/checkpoints"])
def test_a_place_on_this_machine_or_that_cannot_be_trusted_is_refused(tmp_path: Path, place: str,
                                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WrongPlace):
        places_of(place, data=tmp_path / "data")


def test_a_chain_that_does_not_hold_alarms_at_the_desk_tells_the_managers_and_is_not_signed(cast: Cast) -> None:
    cast.opened_case()
    _does(cast.house, "UPDATE audit_event SET detail = 'x' WHERE seq = 1")
    done = _daily(cast.house)
    assert not done.result.sound
    assert any("did not hold" in alarm for alarm in queue(cast.house, cast.lena, NOW).alarms)
    with cast.house.begin(SYSTEM, NOW) as uow:
        told = set(uow.session.exec(select(MessageRow.account_id).where(MessageRow.created_at == NOW)))
        assert uow.session.exec(select(CheckpointRow)).all() == []
    assert {cast.maud.account_id, cast.noel.account_id} <= told


def test_an_alarm_names_no_record(cast: Cast) -> None:
    case_id = cast.opened_case()
    _does(cast.house, "UPDATE audit_event SET detail = 'x' WHERE seq = 1 AND stream = :s", s=f"case:{case_id}")
    _daily(cast.house)
    assert case_id not in str(queue(cast.house, cast.lena, NOW).alarms)


def test_nothing_waits_while_the_whole_chain_is_looked_at(cast: Cast) -> None:
    """A long look and a change at once: the look sees the moment it began with."""
    with cast.house.reading(SYSTEM, NOW) as uow:
        before = len(uow.session.exec(select(AuditEventRow.seq)).all())
        cast.opened_case()
        assert len(uow.session.exec(select(AuditEventRow.seq)).all()) == before
    assert verify_audit(cast.house, now=NOW).events > before


def test_a_look_that_was_broken_off_before_its_checkpoint_was_made_has_it_made_at_the_next(
        cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("COMMIT", None, Exception("the server closed the connection"))

    monkeypatch.setattr(service, "make_checkpoint", away)
    with pytest.raises(OperationalError):
        _daily(cast.house)
    monkeypatch.undo()
    _daily(cast.house, at=NOW + timedelta(minutes=10))
    _daily(cast.house, at=NOW + timedelta(minutes=20))
    with cast.house.begin(SYSTEM, NOW) as uow:
        assert len(uow.session.exec(select(CheckpointRow)).all()) == 1


def test_that_it_was_never_verified_is_told_after_two_days(cast: Cast) -> None:
    def told(at: Any) -> bool:
        return any("has not been verified yet" in alarm for alarm in queue(cast.house, cast.lena, at).alarms)

    with cast.house.begin(SYSTEM, START) as uow:
        begun = uow.session.exec(select(func.min(AccountRow.created_at))).one()
    assert begun is not None
    assert [told(begun + service.ALARM_AFTER), told(begun + service.ALARM_AFTER + timedelta(minutes=1))] == [False, True]
