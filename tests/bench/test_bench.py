"""The bench command: what it lists, what it refuses, and the shape of its lines. How fast anything is, no test asserts."""

import json
import os
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from sqlalchemy import create_engine, make_url, text
from typer.testing import CliRunner

from sgapp import bench
from sgapp.bench import wording
from sgapp.bench.bare_form import inputs_of
from sgapp.bench.databases import fresh_database
from sgapp.bench.results import Bench, CannotMeasure, Check, Cost, Count, Line, Plan, Result, Share, Speed, Spread
from sgapp.bench.visits import browsers
from sgapp.cli import app
from tests.serving import ROOT, free_port

RESULT = Result("try", "SQLite", "notes", 0.4, 0.5, Speed(40.0, 9.0, 20.0), Speed(100.0, 3.0, 8.0), "a row", 1, 2, 900,
                (Check("kept", 3, 3),))
COST = Cost("try", "first load", "ms", 1.3, 1.25, Spread(130.0, 120.0, 150.0), Spread(100.0, 90.0, 110.0), "a bare page", 3)


def _run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["bench", *arguments])
    return result.exit_code, result.stdout


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[Line]:
    """One bench, `try`, which answers what the test put into this list, or cannot measure if it is empty."""
    answers: list[Line] = []

    def run(plan: Plan) -> tuple[Line, ...]:
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
    assert _run("speed") == (
        1, "There is no bench called speed. There are: "
        "accused, card, case, chain, fan, intake, live, pack, people, phone, queue, rest, wording.\n")


def test_a_goal_that_is_not_met_is_said_and_is_no_failure(tried: list[Line]) -> None:
    tried.append(RESULT)
    code, said = _run("try")
    assert code == 0
    for words in ("0.40", "not met", "40 notes/s", "p95 20.0 ms", "kept: 3 of 3"):
        assert words in said


@pytest.mark.parametrize(("ratio", "goal", "said"), [(1.3, 1.25, "not met"), (1.25, 1.25, "≤ 1.25"), (None, None, "none")])
def test_what_should_be_little_misses_its_goal_by_being_more(tried: list[Line], ratio: float | None, goal: float | None,
                                                              said: str) -> None:
    tried.append(replace(COST, ratio=ratio, goal=goal))
    code, shown = _run("try")
    assert (code, said in shown, "not met" in shown) == (0, True, said == "not met")
    assert "130 ms" in shown


def test_a_figure_without_a_baseline_is_told_all_the_same(tried: list[Line]) -> None:
    tried.append(replace(COST, ratio=None, goal=None, baseline=None, baseline_is=""))
    code, shown = _run("try")
    assert (code, "120–150" in shown, "told only" in shown) == (0, True, True)
    assert json.loads(_run("--json")[1])["baseline"] is None


def test_without_playwright_the_phone_is_not_measured_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    with pytest.raises(CannotMeasure, match="Playwright, which is not installed"), browsers():
        pytest.fail("it went on")


@pytest.mark.parametrize(("ratio", "goal", "said"), [(0.8, 0.9, "not met"), (0.9, 0.9, "≥ 0.90"), (0.8, None, "none")])
def test_a_share_misses_its_goal_by_being_less(tried: list[Line], ratio: float, goal: float | None, said: str) -> None:
    tried.append(Share("try", "held out: precision", "sentences", ratio, goal, 8, 10, 20, (Count("mood", 3, 4),)))
    code, shown = _run("try")
    assert (code, said in shown, "not met" in shown) == (0, True, said == "not met")
    assert "8 of 10" in shown
    assert "mood 3/4" in shown


def _sentence(text: str, *deserves: str) -> wording.Sentence:
    return wording.Sentence(wording.HELD_OUT, frozenset(deserves), text)


def test_a_flag_on_a_good_sentence_and_one_of_another_kind_both_count_against_precision() -> None:
    found = [(_sentence("right", "mood"), {"mood", "who"}), (_sentence("good"), {"fine"}),
             (_sentence("other", "who"), {"mood"})]
    precision, _ = wording.shares(wording.HELD_OUT, [(s, frozenset(got)) for s, got in found])
    assert (precision.right, precision.of, precision.goal) == (1, 3, 0.9)
    assert Count("mood", 1, 2) in precision.kinds


def test_a_sentence_that_got_no_flag_or_another_kind_counts_against_recall() -> None:
    found = [(_sentence("right", "mood", "seems"), {"seems"}), (_sentence("none", "mood"), set()),
             (_sentence("other", "who"), {"mood"})]
    _, recall = wording.shares(wording.HELD_OUT, [(s, frozenset[str](got)) for s, got in found])
    assert (recall.right, recall.of, recall.goal) == (1, 3, 0.7)
    assert Count("mood", 0, 2) in recall.kinds


def test_the_sentences_are_many_and_half_of_them_are_good() -> None:
    corpus = wording.sentences()
    good = sum(not sentence.deserves for sentence in corpus)
    assert len(corpus) >= 300
    assert 0.4 <= good / len(corpus) <= 0.6
    assert len({sentence.text for sentence in corpus}) == len(corpus)


def test_the_flags_reach_their_goals_on_each_part_that_was_held_out(tmp_path: Path) -> None:
    lines = _measured(tmp_path, "", name="wording")
    assert {field.name for field in fields(Share)} == set(lines[0])
    held_out = [line for line in lines if line["setting"].startswith("held out")]
    assert [line["goal"] for line in held_out] == [0.9, 0.7] * 2
    assert all(line["ratio"] >= line["goal"] for line in held_out)


def test_without_node_the_wording_is_not_measured_and_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotMeasure, match="comes with `make setup`"):
        wording.given(["A cup."])


def test_the_bare_form_has_the_inputs_of_the_page() -> None:
    page = '<form><input type="radio" name="a"/><input name="b"/><textarea id="c"></textarea><select><option/></select></form>'
    assert inputs_of(page) == ["radio", "text", "textarea", "select"]


def test_the_picture_shows_a_goal_that_is_met_and_one_that_is_not_by_shape_and_leaves_out_what_has_none() -> None:
    lines = [replace(COST, setting="first <load>"), replace(COST, goal=1.5), replace(COST, goal=None), RESULT,
             replace(RESULT, ratio=0.6)]
    picture = ElementTree.fromstring(bench.plotted(json.dumps(line.as_line()) for line in lines))
    svg = "{http://www.w3.org/2000/svg}"
    assert picture.findtext(f"{svg}title") == "2 of 4 figures reach their goal"
    marks = [(node.tag.removeprefix(svg), node.get("class")) for node in picture if node.get("class") in ("met", "not")]
    assert marks == [("rect", "not"), ("circle", "met"), ("rect", "not"), ("circle", "met")]
    assert "try: first <load>" in [node.text for node in picture.iter(f"{svg}text")]
    assert "prefers-color-scheme:dark" in (picture.findtext(f"{svg}style") or "")


def test_the_picture_is_drawn_from_the_lines_of_a_run(tmp_path: Path) -> None:
    lines = json.dumps(COST.as_line()) + "\n"
    done = CliRunner().invoke(app, ["bench", "--plot", str(tmp_path / "p.svg")], input=lines)
    assert (done.exit_code, (tmp_path / "p.svg").read_text().count('class="not"')) == (0, 1)


def test_a_check_that_does_not_hold_fails_and_is_named(tried: list[Line]) -> None:
    tried.append(replace(RESULT, checks=(Check("kept", 3, 2),)))
    code, said = _run("--json")
    assert (code, said.splitlines()[1]) == (1, "try, SQLite: kept: 3 expected, 2 found")


def test_a_bench_that_cannot_run_says_why(tried: list[Line]) -> None:
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


def _measured(tmp_path: Path, database_url: str, *, name: str = "intake") -> list[dict[str, Any]]:
    env = {**os.environ, "SGAPP_DATABASE_URL": database_url, "SGAPP_DATA": str(tmp_path / "data"),
           "SGAPP_KEYS": str(tmp_path / "keys")}
    command = [sys.executable, "-m", "sgapp.cli", "bench", name, "--json", "--quick"]
    done = subprocess.run(command, cwd=ROOT, env=env, text=True, capture_output=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(tmp_path.iterdir()) == [], "a bench keeps its own data apart"
    return [json.loads(line) for line in done.stdout.splitlines()]


def _well_formed(line: dict[str, Any]) -> bool:
    speeds = all(set(line[side]) == {"per_second", "p50_ms", "p95_ms"} for side in ("product", "baseline"))
    return speeds and set(line) == {f.name for f in fields(Result)} and line["ratio"] > 0 and all(
        check["expected"] == check["found"] > 0 for check in line["checks"])


def _costs(line: dict[str, Any]) -> bool:
    return set(line) == {f.name for f in fields(Cost)} and line["ratio"] > 0 and all(
        check["expected"] == check["found"] > 0 for check in line["checks"])


@pytest.mark.browser
@pytest.mark.long
def test_the_phone_is_measured_with_a_line_for_each_figure(tmp_path: Path) -> None:
    lines = _measured(tmp_path, "", name="phone")
    assert [(line["setting"], line["goal"]) for line in lines] == [
        ("first load: bytes", 1.25), ("first load: ready", 1.2), ("repeat start", 0.4), ("offline start", 0.4),
        ("repeat start against our own", None), ("offline start against our own", None), ("Save: on this phone", None),
        ("Save: receipt", None), ("first load against plain HTML: bytes", None), ("first load against plain HTML: ready", None)]
    for line in lines:
        assert set(line) == {f.name for f in fields(Cost)}
        assert line["product"]["median"] > 0
        assert (line["ratio"] is None) == (line["baseline"] is None)
        assert all(check["expected"] == check["found"] for check in line["checks"])


@pytest.mark.browser
@pytest.mark.long
def test_the_card_is_measured_with_and_without_a_signal_and_every_look_is_on_the_chain(tmp_path: Path) -> None:
    lines = _measured(tmp_path, "", name="card")
    assert [(line["setting"], line["goal"]) for line in lines] == [("with a signal", 1.5), ("from the phone", None)]
    for line in lines:
        assert set(line) == {f.name for f in fields(Cost)}
        assert line["ratio"] > 0
        assert all(check["expected"] == check["found"] > 0 for check in line["checks"])


@pytest.mark.long
def test_the_queue_is_measured_on_both_databases_with_a_line_for_each_question(postgres_database: str, tmp_path: Path) -> None:
    lines = _measured(tmp_path, postgres_database, name="queue")
    assert [line["setting"].partition(",")[0] for line in lines] == [*["SQLite"] * 6, *["PostgreSQL"] * 6]
    for line in lines:
        assert set(line) == {f.name for f in fields(Cost)}
        assert line["ratio"] > 0 and line["goal"] == 1.3
        assert all(check["expected"] == check["found"] > 0 for check in line["checks"])
    assert _databases(postgres_database) == []


@pytest.mark.long
def test_a_long_case_is_measured_against_a_short_one_on_both_databases(postgres_database: str, tmp_path: Path) -> None:
    lines = _measured(tmp_path, postgres_database, name="case")
    assert [(line["setting"], line["goal"]) for line in lines] == [
        (f"{database}, 40 events: {share} within", 3.0) for database in ("SQLite", "PostgreSQL") for share in ("half", "95 %")]
    assert all(map(_costs, lines)), lines
    assert _databases(postgres_database) == []


@pytest.mark.long
def test_the_chain_is_measured_on_both_databases_its_speed_and_its_memory(postgres_database: str, tmp_path: Path) -> None:
    lines = _measured(tmp_path, postgres_database, name="chain")
    what = ["", ": peak memory, the chain alone", ": time, the chain alone", ": peak memory, chain and records",
            ": time, chain and records"]
    assert [(line["setting"], line["goal"]) for line in lines] == [
        (f"{database}{', 400 events' if part else ''}{part}", goal) for database in ("SQLite", "PostgreSQL")
        for part, goal in zip(what, (0.5, 1.1, None, 1.1, None), strict=True)]
    assert all(_well_formed(line) if "clients" in line else _costs(line) for line in lines), lines
    assert _databases(postgres_database) == []


@pytest.mark.long
def test_names_are_looked_for_among_few_and_many_on_both_databases(postgres_database: str, tmp_path: Path) -> None:
    lines = _measured(tmp_path, postgres_database, name="people")
    of = [f"{who}, {where}" for where in ("on the lead's list, 95 % within", "the search alone, 95 % within")
          for who in ("one adult", "a common name")]
    told = ["the first search after an adult was added", "the first search of a process", "the memory that it takes"]
    assert [(line["setting"], line["goal"]) for line in lines] == [
        (f"{database}, 1,200 adults: {what}", 5.0 if what in of else None)
        for database in ("SQLite", "PostgreSQL") for what in (*of, *told)]
    assert all(map(_costs, lines)), lines
    assert _databases(postgres_database) == []


@pytest.mark.long
def test_evidence_is_made_of_few_and_many_cases_on_both_databases_and_each_pack_is_sound(
        postgres_database: str, tmp_path: Path) -> None:
    lines = _measured(tmp_path, postgres_database, name="pack")
    assert [(line["setting"], line["goal"]) for line in lines] == [(f"{database}{what}", goal) for database in (
        "SQLite", "PostgreSQL") for what, goal in (
            (", 12 cases: time", 2.0), (": each case more", None), (": however few cases", None),
            (": furthest from a straight line", None), (", 12 cases: the most memory held, the command's", 1.1),
            (", 12 cases: the most memory held, a manager's", 1.1),
            (", 12 cases: the most memory of a process, the command's", 1.1))]
    compared = [line for line in lines if line["baseline"] is not None]
    assert len(compared) == 8 and all(map(_costs, compared)), lines
    assert all(line["ratio"] is None and line["rounds"] == 1 for line in lines if line not in compared)
    assert _databases(postgres_database) == []


@pytest.mark.browser  # it needs the pages to be built, as a browser does
@pytest.mark.long
def test_a_screen_at_rest_is_measured_by_its_memory_and_its_bytes(tmp_path: Path) -> None:
    lines = _measured(tmp_path, "", name="rest")
    assert [(line["setting"], line["unit"], line["goal"]) for line in lines] == [
        ("memory of an open screen", "KiB", 2.0), ("bytes a minute on its socket", "bytes", 2.0)]
    assert all(map(_costs, lines[1:])), lines
    assert all((check["expected"], check["found"]) == (20, 20) for line in lines for check in line["checks"])


@pytest.mark.browser  # it needs the pages to be built, as a browser does
@pytest.mark.long
def test_many_open_queues_are_told_of_every_note_in_a_line_with_its_goal(tmp_path: Path) -> None:
    [line] = _measured(tmp_path, "", name="fan")
    assert (line["setting"], line["unit"], line["goal"]) == ("SQLite, 3 screens: 95 % told within", "ms", 2.0)
    assert _costs(line)
    assert [(check["expected"], check["found"]) for check in line["checks"]] == [(12, 12)]


@pytest.mark.browser  # it needs the pages to be built, as a browser does
def test_an_open_queue_is_told_of_every_note_and_how_soon_is_a_line_each(tmp_path: Path) -> None:
    lines = _measured(tmp_path, "", name="live")
    assert [line["setting"] for line in lines] == ["SQLite: half within", "SQLite: 95 % within"]
    for line in lines:
        assert set(line) == {f.name for f in fields(Cost)}
        assert line["ratio"] > 0 and line["product"]["median"] > 0
        assert [(check["expected"], check["found"]) for check in line["checks"]] == [(6, 6)]


@pytest.mark.long
def test_intake_is_measured_on_both_databases_loses_nothing_and_leaves_nothing_there(
        postgres_database: str, tmp_path: Path) -> None:
    lines = _measured(tmp_path, postgres_database)
    assert [(line["bench"], line["setting"], line["goal"]) for line in lines] == [
        ("intake", "SQLite", 0.5), ("intake", "PostgreSQL", 0.5)]
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
