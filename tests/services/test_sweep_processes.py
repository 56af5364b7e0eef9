"""Two processes that sweep at the same moment, as two servers do: every step is taken, and none twice."""

import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from sgapp.services.demo import load_demo
from sgapp.services.demo_history import load_history
from sgapp.services.house import SYSTEM, House
from sgapp.store.tables import AuditEventRow, ClockRow, MessageRow, StepUpRow
from tests.serving import ROOT

LATER = datetime.now(UTC) + timedelta(days=40)


@pytest.fixture
def demo(house: House) -> House:
    load_demo(house, now=datetime.now(UTC))
    load_history(house, now=datetime.now(UTC))
    return house


def sweeping(house: House) -> subprocess.Popen[str]:
    """A process of its own on the same database."""
    settings = house.settings
    env = {**os.environ, "SGAPP_DATA": str(settings.data), "SGAPP_KEYS": str(settings.keys),
           "SGAPP_DATABASE_URL": settings.database_url}
    return subprocess.Popen([sys.executable, "-m", "sgapp.cli", "sweep", "--at", LATER.isoformat()], cwd=ROOT, env=env,
                            text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def test_two_processes_that_sweep_at_once_take_every_step_once(demo: House) -> None:
    said = [process.communicate(timeout=120)[0] for process in [sweeping(demo), sweeping(demo)]]
    assert any("went up a stage" in words for words in said), said
    assert all("went up a stage" in words or "Another process is sweeping" in words for words in said), said
    with demo.begin(SYSTEM, LATER) as uow:
        clocks = uow.session.exec(select(ClockRow)).all()
        assert clocks and all(c.next_step_at is None or c.next_step_at > LATER for c in clocks)
        events = uow.session.exec(select(AuditEventRow).where(AuditEventRow.action == "clock-went-up")).all()
        steps = uow.session.exec(select(StepUpRow)).all()
        assert max(Counter((e.subject_id, e.detail) for e in events).values()) == 1
        assert {(s.record_id, s.kind, s.stage) for s in steps} == {
            (c.record_id, c.kind, stage) for c in clocks for stage in range(1, c.stage + 1)}
        told = Counter((m.record_id, m.kind, m.stage) for m in uow.session.exec(select(MessageRow)))
        assert max(told.values()) == 1
