"""Replacing the master key: everything opens afterwards, nothing with the earlier key, and a run cut short goes on."""

import os
import secrets
import sys
from pathlib import Path

import pytest
from sqlmodel import col, select

from sgapp.domain.errors import Unreadable
from sgapp.services import keys as service
from sgapp.services.audit import verify_audit
from sgapp.services.house import SYSTEM, House, WrongMasterKey
from sgapp.services.keys import CannotRotate, rotate_keys
from sgapp.services.views.case import case_view
from sgapp.settings import Settings
from sgapp.store.secrets import key_file, load_master_keys
from sgapp.store.tables import AuditEventRow, DataKeyRow
from tests.people import START, Cast

NOW = START


def _lines(house: House) -> list[str]:
    return key_file(house.settings).read_text().split()


def _again(house: House, **changed: object) -> House:
    """Another process of the same installation."""
    return House(house.settings.model_copy(update=changed), house.engine)


def _roots(house: House) -> list[DataKeyRow]:
    with house.begin(SYSTEM, NOW) as uow:
        return list(uow.session.exec(select(DataKeyRow).where(col(DataKeyRow.parent_id).is_(None))))


def test_everything_opens_under_the_new_key_and_the_chain_holds(cast: Cast) -> None:
    case_id = cast.opened_case()
    before = case_view(cast.house, cast.lena, NOW, case_id)
    assert rotate_keys(cast.house, now=NOW).keys == len(_roots(cast.house))
    other = _again(cast.house)
    other.prepare()
    assert case_view(other, cast.lena, NOW, case_id) == before
    assert verify_audit(other, now=NOW).sound


def test_the_earlier_key_opens_the_database_no_more(cast: Cast) -> None:
    [before] = _lines(cast.house)
    rotate_keys(cast.house, now=NOW)
    assert before not in _lines(cast.house)
    with pytest.raises(WrongMasterKey):
        _again(cast.house, master_key=before).prepare()


def test_the_earlier_key_is_kept_beside_it_for_backups_and_for_its_owner_alone(cast: Cast) -> None:
    [before] = _lines(cast.house)
    kept = rotate_keys(cast.house, now=NOW).kept
    assert kept is not None
    assert (kept.read_text().strip(), kept.stat().st_mode & 0o777) == (before, 0o600)


def test_a_second_rotation_keeps_both_earlier_keys(cast: Cast) -> None:
    [first] = _lines(cast.house)
    one = rotate_keys(cast.house, now=NOW).kept
    [second] = _lines(cast.house)
    other = rotate_keys(cast.house, now=NOW).kept
    assert one is not None
    assert other is not None
    assert [one.read_text().strip(), other.read_text().strip()] == [first, second]


def test_every_key_that_stood_in_the_file_is_kept(cast: Cast) -> None:
    """As after the runbook for a backup from before: the earlier key was put back as a second line, and stays there."""
    one = rotate_keys(cast.house, now=NOW).kept
    assert one is not None
    file = key_file(cast.house.settings)
    file.write_text(f"{secrets.token_hex(32)}\n{file.read_text()}{one.read_text()}")
    stood = _lines(cast.house)
    kept = rotate_keys(_again(cast.house), now=NOW).kept
    assert kept is not None
    assert [_lines(cast.house), kept.read_text().split()] == [stood[:1], stood[1:]]


def test_a_process_that_knew_only_the_earlier_key_goes_on(cast: Cast) -> None:
    """It reads what was there, makes new keys under the new one, and what it makes opens elsewhere."""
    running = _again(cast.house)
    with running.begin(SYSTEM, NOW) as uow:
        earlier = running.ring.master_mark
        assert uow.now == NOW
    rotate_keys(cast.house, now=NOW)
    with running.begin(SYSTEM, NOW) as uow:
        made = running.ring.create(uow.session, "person", parent_id=None, now=NOW)
        key = running.ring.open(uow.session, made)
        row = uow.session.get_one(DataKeyRow, made)
        assert row.wrapped_by not in ("", earlier)
    fresh = _again(cast.house)
    with fresh.begin(SYSTEM, NOW) as uow:
        assert fresh.ring.open(uow.session, made) == key


def test_what_is_made_while_keys_are_replaced_lies_under_the_new_one(cast: Cast) -> None:
    """After the organisation's own key and before the last: another process makes one more, and it is not left behind."""
    running, made = _again(cast.house), []

    def make(_done: int, _all: int) -> None:
        if not made:
            with running.begin(SYSTEM, NOW) as uow:
                made.append(running.ring.create(uow.session, "person", parent_id=None, now=NOW))

    rotate_keys(cast.house, now=NOW, progress=make)
    fresh = _again(cast.house)
    with fresh.begin(SYSTEM, NOW) as uow:
        assert len(fresh.ring.open(uow.session, made[0])) == 32


class _Cut(Exception):
    """Somebody pulled the plug."""


def test_a_run_that_is_cut_short_leaves_everything_open_and_goes_on_where_it_was(
        cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "BATCH", 1)
    case_id, seen = cast.opened_case(), []

    def cut(done: int, _all: int) -> None:
        seen.append(done)
        if done == 3:
            raise _Cut

    with pytest.raises(_Cut):
        rotate_keys(cast.house, now=NOW, progress=cut)
    new, _before = _lines(cast.house)
    other = _again(cast.house)
    other.prepare()
    assert case_view(other, cast.lena, NOW, case_id).reference
    rest = rotate_keys(other, now=NOW)
    assert (rest.keys, _lines(other)) == (len(_roots(other)) - 3, [new])


def test_two_at_once_are_one_too_many(cast: Cast) -> None:
    """Both would write a new key of their own, and what the first had wrapped would open with nothing."""
    refused: list[str] = []

    def again(_done: int, _all: int) -> None:
        with pytest.raises(CannotRotate, match="just now"):
            rotate_keys(_again(cast.house), now=NOW)
        refused.append("once")

    rotate_keys(cast.house, now=NOW, progress=again)
    assert refused
    _again(cast.house).prepare()


def test_progress_counts_up_to_all(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "BATCH", 2)
    told: list[tuple[int, int]] = []
    rotate_keys(cast.house, now=NOW, progress=lambda done, of: told.append((done, of)))
    assert told == sorted(told)
    assert told[-1] == (len(_roots(cast.house)),) * 2


def test_a_database_from_before_keys_were_told_apart_rotates_too(cast: Cast) -> None:
    with cast.house.begin(SYSTEM, NOW) as uow:
        for row in uow.session.exec(select(DataKeyRow)):
            row.wrapped_by = ""
    rotate_keys(cast.house, now=NOW)
    other = _again(cast.house)
    other.prepare()
    assert verify_audit(other, now=NOW).sound
    assert {row.wrapped_by for row in _roots(other)} == {other.ring.master_mark}


def test_it_stands_on_the_chain(cast: Cast) -> None:
    rotate_keys(cast.house, now=NOW)
    with cast.house.begin(SYSTEM, NOW) as uow:
        [event] = uow.session.exec(select(AuditEventRow).where(AuditEventRow.action == "master-key-replaced"))
        assert (event.stream, event.subject_id) == ("system", cast.house.ring.master_mark)


def test_a_key_from_the_environment_is_replaced_by_the_one_before_it(cast: Cast) -> None:
    [before], new = _lines(cast.house), secrets.token_hex(32)
    alone = _again(cast.house, master_key=before)
    with pytest.raises(CannotRotate, match="before the one that counts"):
        rotate_keys(alone, now=NOW)
    both = _again(cast.house, master_key=f"{new} {before}")
    assert rotate_keys(both, now=NOW).kept is None
    _again(cast.house, master_key=new).prepare()


def test_a_key_may_come_from_a_command(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.write_text(secrets.token_hex(32))
    settings = Settings(data=tmp_path / "data", keys=tmp_path / "keys", master_key_command=f"cat {vault}")
    assert [key.hex() for key in load_master_keys(settings)] == [vault.read_text()]
    House(settings).prepare()
    assert not (tmp_path / "keys").exists()


@pytest.mark.parametrize("command", ["false", "no-such-command-here", f"{sys.executable} -c pass", "cat 'unclosed"])
def test_a_command_that_prints_no_key_is_refused_in_plain_words(tmp_path: Path, command: str) -> None:
    settings = Settings(data=tmp_path / "data", keys=tmp_path / "keys", master_key_command=command)
    with pytest.raises(ValueError, match="SGAPP_MASTER_KEY_COMMAND"):
        load_master_keys(settings)


def test_a_key_under_a_master_key_that_is_not_known_does_not_open(cast: Cast) -> None:
    rotate_keys(cast.house, now=NOW)
    with cast.house.begin(SYSTEM, NOW) as uow:
        made = cast.house.ring.create(uow.session, "person", parent_id=None, now=NOW)
    os.truncate(key_file(cast.house.settings), 0)
    key_file(cast.house.settings).write_text(secrets.token_hex(32))
    with pytest.raises(Unreadable), _again(cast.house).begin(SYSTEM, NOW) as uow:
        _again(cast.house).ring.open(uow.session, made)
