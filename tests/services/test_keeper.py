"""The keeper goes by a clock that nobody sets: a machine whose time was wrong for a while misses no round."""

import time
from datetime import datetime, timedelta

import pytest

from sgapp.services import keeper
from sgapp.services.house import SYSTEM, House
from sgapp.store.tables import LeaseRow
from tests.people import START, Cast


def _swept_at(house: House) -> datetime | None:
    with house.begin(SYSTEM, START) as uow:
        lease = uow.session.get(LeaseRow, "sweep")
        return lease.done_at if lease else None


def _until_swept_at(house: House, moment: datetime) -> None:
    ends = time.monotonic() + 20
    while _swept_at(house) != moment:
        assert time.monotonic() < ends, f"swept at {_swept_at(house)}, and not at {moment}"
        time.sleep(0.05)


def test_after_the_clock_stood_ahead_and_was_put_right_the_next_round_comes_in_time(
        cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = [START + timedelta(hours=6)]
    monkeypatch.setattr(keeper, "now", lambda: moment[0])
    monkeypatch.setattr(keeper, "EVERY", timedelta(seconds=0.2))
    running = keeper.keep(cast.house)
    try:
        _until_swept_at(cast.house, moment[0])
        moment[0] = START
        _until_swept_at(cast.house, START)
    finally:
        running.stop()
