"""The evidence of a month: the figures as they were made to be, no name in it, signed, and every changed byte found."""

import csv
import io
import json
import tracemalloc
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from sgapp.domain.cqc_tags import PARTS
from sgapp.domain.errors import Invalid, NotFound, NotPermitted
from sgapp.domain.evidence import SUPPRESSED
from sgapp.domain.measures import BY_CODE, MEASURES
from sgapp.domain.permissions import Actor
from sgapp.services import cases, contacts, referrals, sampling
from sgapp.services.audit import verify_audit
from sgapp.services.checkpoints import check_daily
from sgapp.services.evidence import (
    AskForEvidence,
    NotAsItLeft,
    SetCqcTags,
    ask_at_the_machine,
    ask_for_evidence,
    check_pack,
    evidence_asked,
    evidence_folder,
    evidence_zip,
    set_cqc_tags,
)
from sgapp.services.house import SYSTEM, House
from sgapp.services.views.evidence import evidence_view
from sgapp.store import checkpoints
from tests.governance_year import NOW, Year, make_year, put_in
from tests.people import START, Cast

MONTH, LATER = "2026-06", START + timedelta(days=40)
FORM = AskForEvidence(MONTH, "The yearly meeting", "The commissioner")


def _zip(house: House, actor: Actor = SYSTEM, month: str = MONTH, *, to: Path, at: object = NOW) -> Path:
    asked = ask_at_the_machine(house, AskForEvidence(month, FORM.purpose, FORM.recipient), now=at)  # type: ignore[arg-type]
    to.write_bytes(b"".join(evidence_zip(house, actor, asked, now=at)))  # type: ignore[arg-type]
    return to


def _table(path: Path, name: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(path) as packed:
        return list(csv.DictReader(io.StringIO(packed.read(name).decode("utf-8-sig"), newline="")))


def _all(path: Path) -> str:
    with zipfile.ZipFile(path) as packed:
        return "\n".join(packed.read(name).decode() for name in packed.namelist() if not name.endswith(".pdf"))


@pytest.fixture(params=[(60, 80), pytest.param((600, 3000), marks=pytest.mark.long)], ids=["60", "600"])
def year(cast: Cast, request: pytest.FixtureRequest) -> Year:
    cases_made, notes = request.param
    made = make_year(11, cases=cases_made, notes=notes)
    put_in(cast.house, made)
    return made


def _figures(path: Path, span: str, by: str = "") -> dict[tuple[str, str], dict[str, str]]:
    return {(row["Measure"], row["Which"]): row for row in _table(path, "figures.csv")
            if (row["Time"], row["By"]) == (span, by)}


def test_the_figures_of_twelve_months_are_what_the_year_was_made_to_be(cast: Cast, year: Year, tmp_path: Path) -> None:
    path = _zip(cast.house, month="2026-09", to=tmp_path / "e.zip")
    found = _figures(path, "twelve months")
    for measure in MEASURES:
        truth, row = year.truth[measure.code], found.get((measure.title, ""))
        if row is None:
            assert truth.of + truth.open == 0
        elif row["Yes"] != SUPPRESSED:
            shown = (row["Yes"], row["Of"], row["Not recorded"], row["Still open"])
            assert shown == (str(truth.met), str(truth.of), str(truth.unknown), str(truth.open)), measure.code
        else:
            assert any(0 < n < 5 for n in (truth.met, truth.of, truth.of - truth.met, truth.unknown)), measure.code
    assert sum(row["Yes"] != SUPPRESSED for row in found.values()) > len(found) // 2
    branches = _figures(path, "twelve months", "branch")
    for branch in ("main", "north"):
        assert branches[BY_CODE["concerns"].title, branch]["Of"] == str(year.truth["concerns"].of_of[f"branch:{branch}"])


def test_no_small_number_stands_in_it(cast: Cast, year: Year, tmp_path: Path) -> None:
    rows = _table(_zip(cast.house, to=tmp_path / "e.zip"), "figures.csv")
    shown = [row for row in rows if row["Yes"] != SUPPRESSED]
    assert len(shown) < len(rows)
    for row in shown:
        met, of, unknown = int(row["Yes"]), int(row["Of"]), int(row["Not recorded"])
        assert not any(0 < n < 5 for n in (met, of, of - met, unknown)), row


def _sampled(cast: Cast) -> str:
    case_id = cast.opened_case()
    form = cases.TriageCase(case_id, "not_safeguarding", "Dennis Marlow said so to Amina Yusuf himself.")
    cases.triage_case(cast.house, cast.lena, form, now=START + timedelta(minutes=15))
    action = referrals.AddAction(case_id, "Ring Dennis Marlow", "Lena Hart", "", START.date(), "agrees")
    referrals.add_action(cast.house, cast.lena, action, now=START + timedelta(minutes=20))
    cast.opened_case(at=START + timedelta(hours=1), staff_involved="yes", staff_names="Carla Denny")
    sampling.draw_sample(cast.house, cast.ada, sampling.DrawSample("2026-10", "oak"), now=LATER)
    answers = tuple(f"{n}=1" for n in range(1, 21))
    scored = sampling.ScoreCase(case_id, answers, "Dennis Marlow was not asked.")
    sampling.score_case(cast.house, cast.ada, scored, now=LATER)
    return case_id


def test_no_name_and_no_exact_words_stand_in_it_and_it_says_what_was_taken_out(cast: Cast, tmp_path: Path) -> None:
    _sampled(cast)
    path = _zip(cast.house, month="2026-10", to=tmp_path / "e.zip", at=LATER)
    text = _all(path)
    assert "the adult said so to" in text
    for name in ("Dennis", "Marlow", "P-104", "Amina", "Lena Hart", "Ada Wren", "Carla", "He gets cross", "was not asked."):
        assert name not in text, name
    assert "Names of adults, colleagues and others" in text
    assert "For: The commissioner" in text


def test_nobodys_own_words_stand_in_the_course_of_a_file_that_was_drawn(cast: Cast, tmp_path: Path) -> None:
    case_id, at = _sampled(cast), LATER - timedelta(days=1)
    planned = contacts.PlanContact(case_id, "in_visit", when=at, purpose="To ask how he is")
    contact = contacts.plan_contact(cast.house, cast.lena, planned, now=at).id
    told = contacts.RecordContact(contact, "adult", "yes", "yes", "yes", said="I want him out of my house.")
    contacts.record_contact(cast.house, cast.lena, told, now=at)
    text = _all(_zip(cast.house, month="2026-10", to=tmp_path / "e.zip", at=LATER))
    assert "Wrote a note" in text
    for words in ("The cupboard was empty.", "I want him out of my house."):
        assert words not in text, words


def test_the_sample_with_its_scores_and_the_files_it_drew_are_in_it(cast: Cast, tmp_path: Path) -> None:
    _sampled(cast)
    path = _zip(cast.house, month="2026-10", to=tmp_path / "e.zip", at=LATER)
    [drawn] = _table(path, "sample/drawn.csv")
    assert (drawn["Points"], drawn["Of"], drawn["Scored by"]) == ("20", "40", "Auditor 1")
    assert len(_table(path, "sample/answers.csv")) == 20
    assert [row["What"] for row in _table(path, f"files/{drawn['Case']}-chronology.csv")]
    assert [(row["Owner"], row["How it stands"]) for row in _table(path, "open-actions.csv")] == [("Lead 2", "Overdue")]
    assert [row["Register"] for row in _table(path, "registers.csv")] == ["cqc"]


def test_a_managers_pack_holds_what_she_may_see_and_the_machines_holds_all(cast: Cast, tmp_path: Path) -> None:
    cast.opened_case(staff_involved="yes", staff_names="Maud Ellery")
    mine = _zip(cast.house, cast.maud, "2026-10", to=tmp_path / "a.zip", at=LATER)
    whole = _zip(cast.house, month="2026-10", to=tmp_path / "b.zip", at=LATER)
    assert (len(_table(mine, "registers.csv")), len(_table(whole, "registers.csv"))) == (0, 1)


def test_a_pack_is_as_it_left_and_names_the_month_the_recipient_and_the_chain(cast: Cast, tmp_path: Path) -> None:
    cast.opened_case()
    path = _zip(cast.house, month="2026-10", to=tmp_path / "e.zip", at=LATER)
    document = check_pack(path)
    assert (document["month"], document["recipient"], document["chain"]["sound"]) == ("2026-10", "The commissioner", True)
    with zipfile.ZipFile(path) as packed:
        checkpoint = json.loads(packed.read("chain/checkpoint.json"))
        assert {f["name"] for f in document["files"]} == set(packed.namelist()) - {"manifest.json"}
        assert packed.read("report.pdf").startswith(b"%PDF")
    assert check_pack(path, public_key=checkpoint["public_key"]) == document
    with cast.house.begin(SYSTEM, LATER) as uow:
        assert checkpoints.parsed(json.dumps(checkpoint), uow.ring)["number"] == document["chain"]["checkpoint"]
    assert verify_audit(cast.house, now=LATER).sound


def test_every_changed_byte_of_every_file_is_found(cast: Cast, tmp_path: Path) -> None:
    _sampled(cast)
    asked = ask_at_the_machine(cast.house, AskForEvidence("2026-10", "p", "r"), now=LATER)
    folder = tmp_path / "pack"
    evidence_folder(cast.house, asked, folder, now=LATER)
    assert check_pack(folder)["month"] == "2026-10"
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    assert len(files) > 9
    for path in files:
        before = path.read_bytes()
        for place in {0, len(before) // 2, len(before) - 1}:
            changed = bytearray(before)
            changed[place] ^= 1
            path.write_bytes(changed)
            with pytest.raises(NotAsItLeft):
                check_pack(folder)
        path.write_bytes(before)
    (folder / "more.csv").write_text("x")
    with pytest.raises(NotAsItLeft, match=r"more\.csv: is not one of its files"):
        check_pack(folder)
    (folder / "more.csv").unlink()
    (folder / "figures.csv").unlink()
    with pytest.raises(NotAsItLeft, match=r"figures\.csv: is missing"):
        check_pack(folder)


def test_one_that_another_installation_signed_is_not_taken_for_ours(cast: Cast, tmp_path: Path) -> None:
    cast.opened_case()
    path = _zip(cast.house, month="2026-10", to=tmp_path / "e.zip", at=LATER)
    with pytest.raises(NotAsItLeft, match="another installation"):
        check_pack(path, public_key="ab" * 32)
    (tmp_path / "no.zip").write_bytes(b"PK nothing")
    with pytest.raises(NotAsItLeft, match="could not be read"):
        check_pack(tmp_path / "no.zip")


def test_evidence_is_asked_for_with_a_purpose_and_a_recipient_and_both_are_kept(cast: Cast) -> None:
    with pytest.raises(Invalid):
        ask_for_evidence(cast.house, cast.maud, AskForEvidence("2026-10", " ", "CQC"), now=LATER)
    done = ask_for_evidence(cast.house, cast.maud, AskForEvidence("2026-10", "Inspection", "CQC"), now=LATER)
    [line] = evidence_view(cast.house, cast.maud, LATER).lines
    assert (line.id, line.month, line.what) == (done.id, "October 2026", "For CQC: Inspection")
    with pytest.raises(NotFound):
        evidence_asked(cast.house, cast.maud, LATER, "00000000-0000-4000-8000-000000000000")
    for who in ("lena", "ada", "amina"):
        with pytest.raises(NotPermitted):
            evidence_asked(cast.house, cast.actors[who], LATER, done.id)


_TAGS = {"figures": "Safe", "registers": "Safe\nEffective", "sample": "Safe", "files": " Safe \n\nSafe\n", "learning": "Caring",
         "actions": "Responsive"}


def test_each_part_of_the_evidence_stands_under_cqcs_statements_as_delivered(cast: Cast, tmp_path: Path) -> None:
    rows = _table(_zip(cast.house, to=tmp_path / "pack.zip"), "cqc-tags.csv")
    assert {row["Part"] for row in rows} == {label for _part, label in PARTS}
    assert {"Safe: Safeguarding", "Safe: Learning culture"} <= {row["CQC statement"] for row in rows}
    assert {row["Version of the wording"] for row in rows} == {"as delivered"}


def test_a_manager_words_them_anew_and_the_next_pack_has_them_so(cast: Cast, tmp_path: Path) -> None:
    set_cqc_tags(cast.house, cast.maud, SetCqcTags(**_TAGS), now=NOW)
    rows = _table(_zip(cast.house, to=tmp_path / "pack.zip"), "cqc-tags.csv")
    files = dict(PARTS)["files"]
    assert [row["CQC statement"] for row in rows if row["Part"] == files] == ["Safe"]
    assert [row["CQC statement"] for row in rows if row["Part"] == dict(PARTS)["registers"]] == ["Safe", "Effective"]
    assert {row["Version of the wording"] for row in rows} == {"1"}
    assert evidence_view(cast.house, cast.maud, NOW).tags_set.startswith("Version 1, by Maud")


@pytest.mark.parametrize(("part", "text", "message"), [
    ("figures", " \n ", "Write at least one, a line each."), ("sample", "x" * 121, "At most 8 lines of 120 letters."),
    ("actions", "\n".join(map(str, range(9))), "At most 8 lines of 120 letters.")])
def test_a_part_without_a_statement_or_with_too_much_is_refused(cast: Cast, part: str, text: str, message: str) -> None:
    with pytest.raises(Invalid) as refused:
        set_cqc_tags(cast.house, cast.maud, SetCqcTags(**_TAGS | {part: text}), now=NOW)
    assert [(e.field, e.message) for e in refused.value.errors] == [(part, message)]


def _peak(cast: Cast, tmp_path: Path, name: str) -> int:
    asked = ask_at_the_machine(cast.house, FORM, now=NOW)
    tracemalloc.start()
    try:
        with (tmp_path / name).open("wb") as file:
            for piece in evidence_zip(cast.house, cast.noel, asked, now=NOW):
                file.write(piece)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.long
def test_making_it_holds_sums_and_rows_and_not_the_cases(cast: Cast, tmp_path: Path) -> None:
    """A case with all that hangs on it takes ten times as much when it is opened. What grows are the rows that are shown."""
    for seed in range(3):
        put_in(cast.house, make_year(seed, cases=60, notes=60), f"{seed}-")
    check_daily(cast.house, {}, now=NOW, holder="test")
    _peak(cast, tmp_path, "warm.zip")
    few = _peak(cast, tmp_path, "few.zip")
    for seed in range(3, 9):
        put_in(cast.house, make_year(seed, cases=60, notes=60), f"{seed}-")
    assert _peak(cast, tmp_path, "many.zip") - few < 360 * 3_000
