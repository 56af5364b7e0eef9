"""The bench command: what it lists, what it refuses, and the shape of its lines. How fast anything is, no test asserts."""

import json
import os
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text
from typer.testing import CliRunner

from sgapp import bench
from sgapp.bench.databases import fresh_database
from sgapp.bench.results import Bench, CannotMeasure, Check, Plan, Result, Speed
from sgapp.cli import app
from tests.serving import ROOT, free_port

RESULT = Result("try", "SQLite", "notes", 0.4, 0.5, Speed(40.0, 9.0, 20.0), Speed(100.0, 3.0, 8.0), "a row", 1, 2, 900,
                (Check("kept", 3, 3),))


def _run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["bench", *arguments])
    return result.exit_code, result.stdout


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[Result]:
    """One bench, `try`, which answers what the test put into this list, or cannot measure if it is empty."""
    answers: list[Result] = []

    def run(plan: Plan) -> tuple[Result, ...]:
        if not answers:
            raise CannotMeasure("the pages are not built")
        return tuple(answers)

    monkeypatch.setattr(bench, "BENCHES", {"try": Bench("try", "tries", run)})
    return answers


def test_the_benches_are_listed_with_what_they_are_about() -> None:
    code, said = _run("--list")
    assert (code, [line.partition(":")[0] for line in said.splitlines()]) == (0, list(bench.BENCHES))
    assert bench.BENCHES["intake"].about in said


def test_an_unknown_name_is_refused_with_the_list() -> None:
    assert _run("speed") == (1, "There is no bench called speed. There are: intake.\n")


def test_a_goal_that_is_not_met_is_said_and_is_no_failure(tried: list[Result]) -> None:
    tried.append(RESULT)
    code, said = _run("try")
    assert code == 0
    for words in ("0.40", "not met", "40 notes/s", "p95 20.0 ms", "kept: 3 of 3"):
        assert words in said


def test_a_check_that_does_not_hold_fails_and_is_named(tried: list[Result]) -> None:
    tried.append(replace(RESULT, checks=(Check("kept", 3, 2),)))
    code, said = _run("--json")
    assert (code, said.splitlines()[1]) == (1, "try on SQLite: kept: 3 expected, 2 found")


def test_a_bench_that_cannot_run_says_why(tried: list[Result]) -> None:
    code, said = _run("--json")
    assert (code, said) == (1, "try: the pages are not built\n")


@pytest.mark.parametrize("address", [
    "postgresql://user@db.example.org/name", "postgresql://user@10.0.0.7/name", "postgresql:///name?host=db.example.org",
    "postgresql://user@localhost/name?hostaddr=10.0.0.7", "postgresql:///name", "sqlite:///notes.db"])
def test_only_a_postgresql_on_this_machine_is_written_to(address: str) -> None:
    with pytest.raises(CannotMeasure, match="only uses a PostgreSQL on this machine"), fresh_database(address):
        pytest.fail("it was let in")


def test_a_postgresql_that_does_not_answer_is_said_in_plain_words() -> None:
    with pytest.raises(CannotMeasure, match="cannot be reached"), fresh_database(f"postgresql://user@127.0.0.1:{free_port()}/x"):
        pytest.fail("it was let in")


def _measured(tmp_path: Path, database_url: str) -> list[dict[str, Any]]:
    env = {**os.environ, "SGAPP_DATABASE_URL": database_url, "SGAPP_DATA": str(tmp_path / "data"),
           "SGAPP_KEYS": str(tmp_path / "keys")}
    command = [sys.executable, "-m", "sgapp.cli", "bench", "intake", "--json", "--quick"]
    done = subprocess.run(command, cwd=ROOT, env=env, text=True, capture_output=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(tmp_path.iterdir()) == [], "a bench keeps its own data apart"
    return [json.loads(line) for line in done.stdout.splitlines()]


def _well_formed(line: dict[str, Any]) -> bool:
    speeds = all(set(line[side]) == {"per_second", "p50_ms", "p95_ms"} for side in ("product", "baseline"))
    return speeds and set(line) == {f.name for f in fields(Result)} and line["ratio"] > 0 and all(
        check["expected"] == check["found"] > 0 for check in line["checks"])


def test_intake_writes_one_line_and_loses_nothing(tmp_path: Path) -> None:
    [line] = _measured(tmp_path, "")
    assert (line["bench"], line["setting"], line["goal"]) == ("intake", "SQLite", 0.5)
    assert _well_formed(line), line


@pytest.mark.long
def test_intake_is_measured_on_postgresql_too_and_leaves_nothing_there(postgres_database: str, tmp_path: Path) -> None:
    lines = _measured(tmp_path, postgres_database)
    assert [line["setting"] for line in lines] == ["SQLite", "PostgreSQL"]
    assert all(map(_well_formed, lines)), lines
    assert _databases(postgres_database) == []


def test_a_database_is_made_for_the_measurement_and_gone_after_it(postgres_database: str) -> None:
    with fresh_database(postgres_database) as made:
        assert _databases(postgres_database) == [make_url(made).database]
    assert _databases(postgres_database) == []


def _databases(address: str) -> list[str]:
    engine = create_engine(address)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT datname FROM pg_database WHERE datname LIKE 'sgapp_bench_%'"))
        names = [row[0] for row in found]
    engine.dispose()
    return names
