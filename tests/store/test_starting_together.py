"""Several processes that start at the same moment on an empty database: one prepares it, the others find it prepared."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlmodel import func, select

from sgapp.services.audit import verify_audit
from sgapp.services.house import SYSTEM, House, now
from sgapp.settings import Settings
from sgapp.store.secrets import load_master_keys
from sgapp.store.tables import AccountRow
from tests.serving import PASSWORD, ROOT

TOGETHER = 5


def _together(env: dict[str, str], *arguments: str) -> list[str]:
    """What those of several processes said that did not end well."""
    started = [subprocess.Popen([sys.executable, "-m", "sgapp.cli", *arguments], cwd=ROOT, env=env, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in range(TOGETHER)]
    said = [process.communicate(timeout=120)[0] for process in started]
    return [words for process, words in zip(started, said, strict=True) if process.returncode != 0]


@pytest.mark.long
@pytest.mark.parametrize(("database", "attempt"), [("sqlite", 1), ("postgresql", 1), ("postgresql", 2), ("postgresql", 3)])
def test_processes_that_start_together_on_an_empty_database_all_come_up(
        request: pytest.FixtureRequest, tmp_path: Path, database: str, attempt: int) -> None:
    # Given an empty database, no keys yet, and several machines switched on at once
    url = request.getfixturevalue("postgres_database") if database == "postgresql" else ""
    settings = Settings(data=tmp_path / "data", keys=tmp_path / "keys", database_url=url, demo_password=PASSWORD)
    env = {**os.environ, "SGAPP_DATA": str(settings.data), "SGAPP_KEYS": str(settings.keys), "SGAPP_DATABASE_URL": url,
           "SGAPP_DEMO_PASSWORD": PASSWORD}

    # When all of them migrate it, make its keys and load the demo
    failed = _together(env, "demo")

    # Then each came up, the work was done once, and one key opens it
    assert not failed, "\n\n".join(words[-1500:] for words in failed)
    house = House(settings)
    house.prepare()
    with house.begin(SYSTEM, now()) as uow:
        accounts = uow.session.exec(select(func.count()).select_from(AccountRow)).one()
    assert accounts == 14
    result = verify_audit(house, now=now())
    assert result.sound, result.first_bad
    house.engine.dispose()


def test_whoever_makes_the_master_key_first_everybody_reads_the_same_one(tmp_path: Path) -> None:
    at_once = Barrier(8)

    def read(folder: Path) -> tuple[bytes, ...]:
        at_once.wait(10)
        return load_master_keys(Settings(data=tmp_path / "data", keys=folder, master_key=""))

    with ThreadPoolExecutor(8) as pool:
        for n in range(40):
            found = set(pool.map(read, [tmp_path / str(n)] * 8))
            assert len(found) == 1
            assert [p.name for p in (tmp_path / str(n)).iterdir()] == ["master.key"]
