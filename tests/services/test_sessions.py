"""A screen that only looks keeps no session alive; and a database is not served under another key."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import col

from sgapp.domain.permissions import Role, session_limits
from sgapp.services.house import House, WrongMasterKey
from sgapp.services.sessions import actor_for, actors_watching, sign_in, sign_out
from sgapp.settings import Settings
from sgapp.store import standing
from sgapp.store.tables import AccountRow
from tests.people import PASSWORD, START, Cast

IDLE = session_limits(Role.WORKER).idle


def _token(cast: Cast) -> str:
    found = sign_in(cast.house, "amina", PASSWORD, address="here", now=START)
    assert found is not None
    return found.token


def test_a_screen_that_only_looks_keeps_no_session_alive(cast: Cast) -> None:
    token = _token(cast)
    for minutes in range(0, int(IDLE.total_seconds() // 60), 5):
        assert actors_watching(cast.house, [token], now=START + timedelta(minutes=minutes)) != [None]
    assert actors_watching(cast.house, [token], now=START + IDLE) == [None]


def test_many_screens_learn_at_once_whose_they_are_each_in_its_place(cast: Cast) -> None:
    hers, ended = _token(cast), _token(cast)
    sign_out(cast.house, ended, now=START)
    found = actors_watching(cast.house, [ended, hers, "nobody's", hers], now=START)
    assert found == [None, actor_for(cast.house, hers, now=START), None, found[1]]
    assert found[1] is not None


def test_whose_account_cannot_be_read_is_nobody_and_the_other_screens_go_on(cast: Cast) -> None:
    hers, his = _token(cast), sign_in(cast.house, "carla", PASSWORD, address="here", now=START)
    with cast.house.engine.begin() as connection:
        connection.execute(update(AccountRow).where(col(AccountRow.username) == "carla").values(sealed_name=b"damaged"))
    standing.forget(cast.house.ring)
    assert his is not None
    found = actors_watching(cast.house, [his.token, hers], now=START)
    assert [actor and actor.username for actor in found] == [None, "amina"]


def test_a_person_who_does_something_keeps_her_session(cast: Cast) -> None:
    token = _token(cast)
    assert actor_for(cast.house, token, now=START + IDLE / 2)
    assert actor_for(cast.house, token, now=START + IDLE)


def test_who_is_asking_is_known_while_somebody_else_writes(cast: Cast) -> None:
    token = _token(cast)
    with ThreadPoolExecutor(1) as pool, cast.house.begin(cast.amina, START) as uow:
        uow.next_number("held")  # from here on nobody else can write until this ends
        asked = pool.submit(actor_for, cast.house, token, now=START)
        actor = asked.result(timeout=20)  # it would wait for ever
    assert actor is not None
    assert actor.account_id == cast.amina.account_id


def test_a_database_is_not_served_under_another_master_key(tmp_path: Path) -> None:
    House(Settings(data=tmp_path / "data", keys=tmp_path / "keys")).prepare()
    other = House(Settings(data=tmp_path / "data", keys=tmp_path / "keys", master_key="7" * 64))
    with pytest.raises(WrongMasterKey, match="does not open this database"):
        other.prepare()
