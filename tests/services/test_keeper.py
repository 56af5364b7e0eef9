"""The keeper goes by a clock that nobody sets, and what hangs in one of its works holds up no other."""

import threading
import time
from datetime import datetime, timedelta

import pytest

from sgapp.services import keeper
from sgapp.services.house import SYSTEM, House
from sgapp.services.post import Posted
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


def test_a_mail_server_that_hangs_does_not_hold_up_the_clocks(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    hangs, over = threading.Event(), threading.Event()

    def deliver(*_args: object, **_kwargs: object) -> Posted:
        hangs.set()
        over.wait(20)
        return Posted()

    moment = [START]
    monkeypatch.setattr(keeper, "deliver_due", deliver)
    monkeypatch.setattr(keeper, "now", lambda: moment[0])
    monkeypatch.setattr(keeper, "EVERY", timedelta(seconds=0.2))
    running = keeper.keep(cast.house)
    try:
        assert hangs.wait(20)
        moment[0] = START + timedelta(hours=1)
        _until_swept_at(cast.house, moment[0])
    finally:
        over.set()
        running.stop()
