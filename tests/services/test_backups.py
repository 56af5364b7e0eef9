"""A backup is whole, sealed and tried before it counts; a restore brings all of it back but what was disposed of since."""

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, SQLModel, func, select

from sgapp import cli
from sgapp.domain.errors import NotFound
from sgapp.domain.reach import MessageState, Urgency
from sgapp.services import backups, retention, sessions, triage
from sgapp.services.audit import verify_audit
from sgapp.services.backups import (
    CannotBackUp,
    CannotRestore,
    back_up,
    expire_backup_keys,
    last_backup,
    restore,
    restore_unfinished,
)
from sgapp.services.checkpoints import check_daily
from sgapp.services.house import SYSTEM, House
from sgapp.services.keys import rotate_keys
from sgapp.services.retention import AgreeToDisposal, AskForDisposal, EndCare
from sgapp.services.tidying import tidy
from sgapp.services.views.case import case_view
from sgapp.services.views.note import note_view
from sgapp.settings import Settings
from sgapp.store import disposal, dump, sealed_file
from sgapp.store.dump import is_empty
from sgapp.store.engine import insert_row
from sgapp.store.migrations import upgrade
from sgapp.store.tables import MessageRow, ObservationRow, SequenceRow, SessionRow, TombstoneRow
from sgapp.store.unit_of_work import UnitOfWork
from tests.conftest import new_database
from tests.people import PASSWORD, Cast, code
from tests.services.story import Story, at
from tests.services.test_retention import DUE, WHY

NOW = at("2026-12-01T09:00")
LATER = NOW + timedelta(days=1)


@pytest.fixture(params=["to sqlite", "to postgresql"])
def fresh(request: pytest.FixtureRequest, cast: Cast, tmp_path: Path) -> Iterator[House]:
    """An empty house with the same keys, as after the machine was lost; on either database."""
    url = new_database(request.getfixturevalue("postgres")) if request.param == "to postgresql" else ""
    made = House(Settings(data=tmp_path / "fresh", keys=cast.house.settings.keys, database_url=url))
    yield made
    made.engine.dispose()


@pytest.fixture
def again(cast: Cast, tmp_path: Path) -> Iterator[House]:
    """The same on SQLite."""
    made = House(Settings(data=tmp_path / "again", keys=cast.house.settings.keys))
    yield made
    made.engine.dispose()


def _content(house: House) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, in order; but the events and heads that making or restoring a backup added."""
    found = {}
    with Session(house.engine) as session:
        for table in SQLModel.metadata.sorted_tables:
            if table.name in ("audit_event", "audit_head"):
                continue
            found[table.name] = sorted((tuple(row) for row in session.connection().execute(table.select())), key=repr)
    return found


def _saved(cast: Cast, tmp_path: Path, now: datetime = NOW) -> Path:
    return back_up(cast.house, tmp_path / "one.backup", now=now).path


def test_everything_comes_back_to_the_last_row_on_either_database(cast: Cast, fresh: House, tmp_path: Path) -> None:
    story = Story(cast).whole()
    before = _content(cast.house)
    done = restore(fresh, _saved(cast, tmp_path), now=LATER, none_disposed=True)
    assert _content(fresh) == before
    assert (done.made_at, done.disposed, done.audit.first_bad) == (NOW, 0, "")
    assert case_view(fresh, cast.lena, LATER, story.case_id).reference == story.case().reference


def test_a_backup_is_made_while_others_write(cast: Cast, again: House, tmp_path: Path) -> None:
    """What comes in after the moment that is written is not in it, and nobody waits."""
    written: list[str] = []

    def meanwhile(_done: int, _of: int) -> None:
        if not written:
            written.append(cast.writes(at=NOW))

    made = back_up(cast.house, tmp_path / "one.backup", now=NOW, progress=meanwhile)
    assert note_view(cast.house, cast.lena, NOW, written[0]).id == written[0]
    restore(again, made.path, now=LATER, none_disposed=True)
    with again.begin(SYSTEM, LATER) as uow:
        assert uow.session.get(ObservationRow, written[0]) is None


def test_nothing_of_anybody_can_be_read_in_it(cast: Cast, tmp_path: Path) -> None:
    """Not even what lies in clear in the database: references, user names, ids. The control: there they are."""
    note_id = cast.writes(at=NOW)
    content = _saved(cast, tmp_path).read_bytes()
    assert any("amina" in row for row in _content(cast.house)["account"])
    assert [word for word in ("amina", "Dennis", "card", note_id, "P-104") if word.encode() in content] == []


def test_it_is_on_the_chain_when_a_backup_was_made(cast: Cast, tmp_path: Path) -> None:
    assert last_backup(cast.house, now=NOW) is None
    _saved(cast, tmp_path)
    assert last_backup(cast.house, now=LATER) == NOW


@pytest.mark.parametrize("harm", ["a byte", "the end", "a piece", "the head"])
def test_one_that_was_changed_or_cut_is_not_restored(cast: Cast, again: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                     harm: str) -> None:
    monkeypatch.setattr(sealed_file, "PIECE", 4096)
    path = _saved(cast, tmp_path)
    content = bytearray(path.read_bytes())
    match harm:
        case "a byte":
            content[len(content) // 2] ^= 1
        case "the end":
            del content[-5000:]
        case "a piece":
            start = content.index(b"\n", 20) + 17
            piece = 4096 + 16
            content[start:start + 2 * piece] = content[start + piece:start + 2 * piece] + content[start:start + piece]
        case _:
            content = bytearray(bytes(content).replace(b'"rows": ', b'"rows": 1', 1))
    path.write_bytes(content)
    with pytest.raises(CannotRestore, match="changed or cut"):
        restore(again, path, now=LATER, none_disposed=True)
    assert is_empty(again.engine)


def test_a_backup_that_does_not_prove_whole_leaves_nothing_behind(cast: Cast, tmp_path: Path,
                                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    close = sealed_file.Sealing.close

    def forgets_a_piece(self: sealed_file.Sealing) -> None:
        self._waiting = bytearray(b"x" + bytes(self._waiting))
        close(self)

    monkeypatch.setattr(sealed_file.Sealing, "close", forgets_a_piece)
    with pytest.raises(CannotBackUp, match="did not prove whole"):
        back_up(cast.house, tmp_path / "one.backup", now=NOW)
    assert [p.name for p in tmp_path.iterdir() if "backup" in p.name] == []
    assert last_backup(cast.house, now=NOW) is None


def _no_room(*_args: Any, **_kwargs: Any) -> Any:
    raise OperationalError("INSERT", None, sqlite3.OperationalError("database or disk is full"))


def test_without_room_to_try_it_there_is_no_backup_and_it_is_said_why(
        cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dump, "read", _no_room)
    with pytest.raises(CannotBackUp, match=r"\(database or disk is full\). There is no backup"):
        back_up(cast.house, tmp_path / "one.backup", now=NOW)
    assert [p.name for p in tmp_path.iterdir() if "backup" in p.name] == []


def test_a_backup_that_could_only_not_be_noted_is_kept_and_said_to_be_whole(
        cast: Cast, again: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(UnitOfWork, "note_event", _no_room)
    with pytest.raises(CannotBackUp, match="is whole and can be kept"):
        back_up(cast.house, tmp_path / "one.backup", now=NOW)
    monkeypatch.undo()
    assert restore(again, tmp_path / "one.backup", now=LATER, none_disposed=True).audit.sound


def test_no_backup_is_written_over_another_or_beside_the_keys(cast: Cast, tmp_path: Path) -> None:
    path = _saved(cast, tmp_path)
    content = path.read_bytes()
    with pytest.raises(CannotBackUp, match="there already"):
        back_up(cast.house, path, now=LATER)
    assert path.read_bytes() == content
    with pytest.raises(CannotBackUp, match="beside the keys"):
        back_up(cast.house, cast.house.settings.keys / "one.backup", now=LATER)


def test_a_folder_gives_each_backup_a_name_of_its_own(cast: Cast, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    for now in (NOW, LATER):
        back_up(cast.house, folder, now=now)
    assert sorted(p.name for p in folder.iterdir()) == ["sgapp-20261201-090000.backup", "sgapp-20261202-090000.backup"]


def test_a_restore_refuses_to_write_over_anything(cast: Cast, tmp_path: Path) -> None:
    path = _saved(cast, tmp_path)
    before = _content(cast.house)
    with pytest.raises(CannotRestore, match="never restored over it"):
        restore(cast.house, path, now=LATER, none_disposed=True)
    assert _content(cast.house) == before


def _dispose_of_dennis(cast: Cast, now: datetime) -> None:
    retention.ask_for_disposal(cast.house, cast.maud, AskForDisposal(cast.people["dennis"], WHY), now=now)
    retention.agree_to_disposal(cast.house, cast.noel, AgreeToDisposal(cast.people["dennis"], "P-104"), now=now)
    check_daily(cast.house, {}, now=now, holder="test")


def _old_story(cast: Cast) -> Story:
    story = Story(cast).whole()
    retention.end_care(cast.house, cast.maud, EndCare(cast.people["dennis"], date(2026, 11, 16)), now=NOW)
    return story


def test_what_was_disposed_of_since_does_not_come_back(cast: Cast, fresh: House, tmp_path: Path) -> None:
    story = _old_story(cast)
    path = _saved(cast, tmp_path, now=at("2034-12-01T09:00"))
    later = at("2034-12-02T09:00")
    _dispose_of_dennis(cast, later)
    done = restore(fresh, path, now=later + timedelta(days=1))
    assert (done.disposed, done.audit.first_bad) == (1, "")
    with pytest.raises(NotFound):
        case_view(fresh, cast.lena, later, story.case_id)
    with fresh.begin(SYSTEM, later) as uow:
        assert uow.session.exec(select(func.count()).select_from(TombstoneRow)).one() == 1
        assert uow.session.get(ObservationRow, story.note_id) is None


def test_a_note_that_was_matched_to_somebody_else_after_the_backup_is_not_lost_with_whose_it_was_before(
        cast: Cast, again: House, tmp_path: Path) -> None:
    _old_story(cast)
    note_id = cast.writes(at=at("2034-11-30T09:00"))
    path = _saved(cast, tmp_path, now=at("2034-12-01T09:00"))
    triage.match_person(cast.house, cast.lena, triage.MatchPerson(note_id, cast.people["ola"]), now=at("2034-12-01T10:00"))
    with cast.house.begin(SYSTEM, DUE) as uow:
        assert note_id not in {record_id for _, record_id in disposal.of_person(uow.session, cast.people["dennis"]).records}
    _dispose_of_dennis(cast, at("2034-12-01T11:00"))
    done = restore(again, path, now=at("2034-12-02T09:00"))
    assert done.audit.first_bad == ""
    note = note_view(again, cast.lena, at("2034-12-02T10:00"), note_id)
    assert (note.id, note.person_id) == (note_id, "")


def test_without_its_tombstones_nothing_is_restored_unless_somebody_says_that_there_are_none(
        cast: Cast, again: House, tmp_path: Path) -> None:
    path = _saved(cast, tmp_path)
    with pytest.raises(CannotRestore, match="must not come back"):
        restore(again, path, now=LATER)


def test_a_tombstone_with_another_missing_before_it_stops_the_restore(cast: Cast, again: House, tmp_path: Path) -> None:
    _old_story(cast)
    path = _saved(cast, tmp_path)
    _dispose_of_dennis(cast, DUE)
    with cast.house.begin(SYSTEM, DUE) as uow:
        disposal.dispose(uow, "one adult", disposal.of_person(uow.session, cast.people["ola"]))
        second = disposal.newest(uow.session)
        assert second is not None
        (folder := tmp_path / "taken").mkdir()
        (folder / "disposal-000002.json").write_text(second.document)
    with pytest.raises(CannotRestore, match="the one before number 2 is missing"):
        restore(again, path, now=DUE, disposals=folder)
    assert is_empty(again.engine)


def test_every_session_of_then_is_over(cast: Cast, again: House, tmp_path: Path) -> None:
    signed_in = sessions.sign_in(cast.house, "lena", PASSWORD, address="", now=NOW, code=code(cast.house, "lena", NOW))
    assert signed_in is not None
    token = signed_in.token
    assert sessions.actor_for(cast.house, token, now=NOW) is not None
    path = _saved(cast, tmp_path)
    restore(again, path, now=NOW + timedelta(minutes=1), none_disposed=True)
    assert sessions.actor_for(again, token, now=NOW + timedelta(minutes=2)) is None
    with again.begin(SYSTEM, NOW) as uow:
        assert all(row.ended_at for row in uow.session.exec(select(SessionRow)))


@pytest.mark.parametrize(("once", "state"), [(True, MessageState.DOUBTFUL), (False, MessageState.WAITING)])
def test_what_must_not_go_out_twice_waits_for_a_person(cast: Cast, again: House, tmp_path: Path, once: bool,
                                                       state: MessageState) -> None:
    with cast.house.begin(SYSTEM, NOW) as uow:
        uow.session.add(MessageRow(id="m", channel="sms", account_id=cast.lena.account_id, sealed=b"", urgency=str(Urgency.NOW),
                                   once=once, created_at=NOW, state=str(MessageState.WAITING), next_try_at=NOW))
    path = _saved(cast, tmp_path)
    restore(again, path, now=LATER, none_disposed=True)
    with again.begin(SYSTEM, NOW) as uow:
        assert uow.session.get_one(MessageRow, "m").state == state


def test_without_its_master_key_nothing_is_restored(cast: Cast, tmp_path: Path) -> None:
    path = _saved(cast, tmp_path)
    shutil.copytree(cast.house.settings.keys / "backups", tmp_path / "other" / "backups")
    again = House(Settings(data=tmp_path / "again", keys=tmp_path / "other"))
    with pytest.raises(CannotRestore, match="master key here does not open it"):
        restore(again, path, now=LATER, none_disposed=True)
    assert is_empty(again.engine)
    again.engine.dispose()


def test_after_a_rotation_an_older_backup_opens_with_the_earlier_key_behind_the_new_one(cast: Cast, tmp_path: Path) -> None:
    note_id = cast.writes(at=NOW)
    path = _saved(cast, tmp_path)
    kept = rotate_keys(cast.house, now=LATER).kept
    assert kept is not None
    again = House(Settings(data=tmp_path / "again", keys=cast.house.settings.keys))
    with pytest.raises(CannotRestore, match="second line"):
        restore(again, path, now=LATER, none_disposed=True)
    again.engine.dispose()
    file = cast.house.settings.keys / "master.key"
    file.write_text(f"{file.read_text().strip()}\n{kept.read_text().strip()}\n")
    again = House(Settings(data=tmp_path / "again", keys=cast.house.settings.keys))
    restore(again, path, now=LATER, none_disposed=True)
    assert note_view(again, cast.lena, LATER, note_id).id == note_id
    again.engine.dispose()


@pytest.mark.parametrize(("days", "opens"), [(89, True), (90, False)])
def test_a_backup_opens_until_the_days_after_its_month_are_over(cast: Cast, again: House, tmp_path: Path, days: int,
                                                                opens: bool) -> None:
    path = _saved(cast, tmp_path)
    then = datetime(2027, 1, 1, tzinfo=UTC) + timedelta(days=days)
    assert (expire_backup_keys(cast.house.settings, now=then) == ()) is opens
    if opens:
        assert restore(again, path, now=then, none_disposed=True).rows > 0
    else:
        with pytest.raises(CannotRestore, match="it has expired"):
            restore(again, path, now=then, none_disposed=True)


def test_a_backup_of_an_earlier_version_comes_to_this_one(cast: Cast, again: House, tmp_path: Path) -> None:
    """Made here by taking the newest migration's tables out of a backup: what 0014 wrote holds none of them."""
    from sgapp.services import backups

    note_id = cast.writes(at=NOW)
    earlier = [t for t in SQLModel.metadata.sorted_tables if not t.name.startswith("tombstone")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sgapp.store.dump._tables", lambda: earlier)
        patch.setattr(backups, "revision_of", lambda _engine: "0014")
        path = _saved(cast, tmp_path)
    restore(again, path, now=LATER, none_disposed=True)
    assert note_view(again, cast.lena, LATER, note_id).id == note_id


def test_one_of_a_newer_version_is_refused(cast: Cast, again: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sgapp.services import backups

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backups, "revision_of", lambda _engine: "9999")
        patch.setattr(backups, "known", lambda _revision: True)
        patch.setattr(backups, "upgrade", lambda engine, _to="": upgrade(engine))
        path = _saved(cast, tmp_path)
    with pytest.raises(CannotRestore, match="a newer version of this product made it"):
        restore(again, path, now=LATER, none_disposed=True)


@pytest.mark.parametrize("content", [
    b"", b"sgapp backup 1\n", b"sgapp backup 1\n{}\n", b"SQLite format 3\x00" * 100, b"x" * 10_000])
def test_what_is_no_backup_is_refused_in_plain_words(cast: Cast, again: House, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "one.backup").write_bytes(content)
    with pytest.raises(CannotRestore, match="it is no backup of this product"):
        restore(again, tmp_path / "one.backup", now=LATER, none_disposed=True)


def test_a_chain_that_was_broken_before_is_backed_up_and_said_to_be(cast: Cast, again: House, tmp_path: Path) -> None:
    note_id = cast.writes(at=NOW)
    with cast.house.engine.begin() as connection:
        connection.execute(text("UPDATE observation SET priority = 'other', state = 'finished' WHERE id = :i"), {"i": note_id})
    path = _saved(cast, tmp_path)
    assert note_id in restore(again, path, now=LATER, none_disposed=True).audit.first_bad
    assert not verify_audit(cast.house, now=NOW).sound


def test_what_could_not_be_brought_into_one_file_is_not_put_in_the_place_of_anything(
        cast: Cast, again: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _saved(cast, tmp_path)
    usual, reader = backups._restored, []

    def somebody_reads_on(house: House, *rest: Any) -> Any:
        done = usual(house, *rest)
        reader.append(sqlite3.connect(house.settings.data / "sgapp.db", isolation_level=None, check_same_thread=False))
        reader[0].execute("BEGIN")
        reader[0].execute("SELECT count(*) FROM account").fetchone()
        with house.begin(SYSTEM, LATER) as uow:
            insert_row(uow.session, SequenceRow, name="after the reader", value=1)
        return done

    monkeypatch.setattr(backups, "_restored", somebody_reads_on)
    with pytest.raises(CannotRestore, match="could not be written whole"):
        restore(again, path, now=LATER, none_disposed=True)
    reader[0].close()
    monkeypatch.undo()
    assert is_empty(again.engine)
    assert restore(again, path, now=LATER, none_disposed=True).audit.sound


@pytest.mark.parametrize("fresh", ["to postgresql"], indirect=True)
def test_a_restore_that_broke_off_in_the_database_itself_is_never_served(
        cast: Cast, fresh: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, usual = _saved(cast, tmp_path), disposal.replay

    def connection_is_cut(uow: UnitOfWork, texts: Any) -> Any:
        if uow.session.get_bind().dialect.name == "postgresql":
            raise OperationalError("", None, ConnectionError("the server closed the connection"))
        return usual(uow, texts)

    monkeypatch.setattr(disposal, "replay", connection_is_cut)
    with pytest.raises(CannotRestore, match="begin again with an empty one"):
        restore(fresh, path, now=LATER, none_disposed=True)
    monkeypatch.undo()
    assert restore_unfinished(fresh)
    monkeypatch.setattr(cli, "house", lambda: fresh)
    with pytest.raises(typer.Exit):
        cli.ready_house()
    with pytest.raises(CannotRestore, match="There is something in this database"):
        restore(fresh, path, now=LATER, none_disposed=True)


def test_what_was_restored_to_the_end_is_served(
        cast: Cast, fresh: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    restore(fresh, _saved(cast, tmp_path), now=LATER, none_disposed=True)
    assert not restore_unfinished(fresh)
    monkeypatch.setattr(cli, "house", lambda: fresh)
    assert cli.ready_house() is fresh


def test_the_keys_of_backups_do_not_go_by_a_clock_that_stands_ahead_for_a_day(cast: Cast, tmp_path: Path) -> None:
    _saved(cast, tmp_path)
    keys = cast.house.settings.keys
    before, ahead = {path for path in keys.rglob("*") if path.is_file()}, NOW + timedelta(days=800)
    for moment in (NOW, ahead):
        check_daily(cast.house, {}, now=moment, holder="here")
        tidy(cast.house, now=moment)
    assert {path for path in keys.rglob("*") if path.is_file()} == before
    check_daily(cast.house, {}, now=ahead + timedelta(days=1), holder="here")
    tidy(cast.house, now=ahead + timedelta(days=1))
    assert [path.name for path in before if not path.exists()] == ["2026-12.key"]
