"""The figures as somebody sees them: right in the house as on paper, and of nothing that she may not see."""

from datetime import timedelta

import pytest

from sgapp.domain.errors import NotPermitted
from sgapp.domain.measures import MEASURES
from sgapp.services import cases
from sgapp.services.views.measures import FigureRow, MeasuresView, length, measures_view
from sgapp.store.tables import CaseRow
from tests.governance_year import NOW, Year, make_year, put_in
from tests.people import START, Cast

SEED = 7


@pytest.fixture
def year(cast: Cast) -> Year:
    made = make_year(SEED, cases=60, notes=80)
    put_in(cast.house, made)
    return made


def _view(cast: Cast, who: str, code: str = "", **asked: str) -> MeasuresView:
    return measures_view(cast.house, cast.actors[who], NOW, code, **({"until": "2026-09"} | asked))


def _rows(view: MeasuresView) -> dict[str, FigureRow]:
    return {row.code: row for row in view.rows}


def test_every_figure_on_the_page_is_what_the_year_was_made_to_be(cast: Cast, year: Year) -> None:
    """But for matters about staff, whose list nobody of the year stands on; and for actions due after the period."""
    rows = _rows(_view(cast, "noel"))
    for measure in MEASURES:
        if measure.code in ("staff", "dbs"):
            continue
        truth, row = year.truth[measure.code], rows[measure.code]
        found = (row.met, row.of, row.unknown, row.open)
        wanted = (str(truth.met), "" if measure.plain else str(truth.of), *(
            ("", "") if measure.plain else (str(truth.unknown), str(truth.open))))
        assert found == wanted, (measure.code, f"seed {SEED}")
    assert [way.count for way in _view(cast, "noel").way] == [str(n) for n in year.way]


def test_a_lead_of_one_branch_counts_that_branch_alone(cast: Cast, year: Year) -> None:
    for who, branch in (("lena", "main"), ("farid", "north")):
        rows = _rows(_view(cast, who))
        assert rows["receipt"].of == str(year.truth["receipt"].of_of[f"branch:{branch}"])
        assert f"nor other branches than {branch}" in _view(cast, who).left_out


def test_the_page_counts_over_the_months_and_the_branch_that_were_chosen(cast: Cast, year: Year) -> None:
    [month] = [m for m in ("2026-06",) if year.truth["concerns"].of_of[f"month:{m}"]]
    view = _view(cast, "noel", until=month, months="1")
    assert view.period == "June 2026"
    assert _rows(view)["concerns"].met == str(year.truth["concerns"].of_of[f"month:{month}"])
    north = _rows(_view(cast, "noel", branch="north"))
    assert north["concerns"].met == str(year.truth["concerns"].of_of["branch:north"])


def test_a_trend_has_every_month_and_its_numbers_stand_in_picture_and_table(cast: Cast, year: Year) -> None:
    detail = _view(cast, "noel", "decide").detail
    truth = year.truth["decide"]
    assert [row.label for row in detail.months.rows][:4] == ["Oct 25", "Nov", "Dec", "Jan 26"]
    months = [f"{2025 + (n > 2)}-{(n + 9) % 12 + 1:02}" for n in range(12)]
    assert [row.of for row in detail.months.rows] == [str(truth.of_of[f"month:{m}"]) for m in months]
    assert [bar.above for bar in detail.trend.bars] == [
        f"{row.met} of {row.of}" if row.of != "0" else "" for row in detail.months.rows]
    assert {row.label: row.of for t in detail.tables if t.heading == "By branch" for row in t.rows} == {
        b: str(truth.of_of[f"branch:{b}"]) for b in ("main", "north")}


def test_a_figure_opens_to_the_records_behind_it_what_was_missed_first(cast: Cast, year: Year) -> None:
    records = _view(cast, "noel", "cqc").detail.records
    assert {r.href.removeprefix("/referral?id=") for r in records} == year.truth["cqc"].ids
    words = [r.stands.split(",")[0] for r in records]
    assert words == sorted(words) and set(words) == {"no", "yes"}


def test_an_auditor_is_given_the_counts_and_no_record(cast: Cast, year: Year) -> None:
    view = _view(cast, "ada", "decide")
    assert (view.counts_only, view.detail.records) == (True, ())
    assert _rows(view)["decide"].of == str(year.truth["decide"].of)


def test_whoever_is_on_no_matter_about_staff_is_shown_no_nought_in_its_place(cast: Cast) -> None:
    assert not {"staff", "dbs"} & set(_rows(_view(cast, "lena")))
    assert {"staff", "dbs"} <= set(_rows(_view(cast, "maud")))
    assert "matters about staff" in _view(cast, "lena").left_out


def test_a_file_that_is_kept_from_somebody_is_in_no_figure_of_hers(cast: Cast) -> None:
    case_id = cast.opened_case(at=START, staff_involved="yes", staff_names="Devan Rao")
    later = START + timedelta(days=1)
    cases.triage_case(cast.house, cast.lena, cases.TriageCase(case_id, "not_safeguarding", "why"), now=later)
    seen = {who: _rows(measures_view(cast.house, cast.actors[who], later)) for who in ("lena", "devan", "ada")}
    assert [seen[who]["concerns"].met for who in ("lena", "devan", "ada")] == ["1", "0", "0"]
    assert [seen[who]["acknowledge"].of for who in ("lena", "devan", "ada")] == ["1", "0", "0"]


def test_what_cannot_be_opened_is_said_and_takes_no_figure_with_it(cast: Cast) -> None:
    cast.opened_case(at=START)
    other = cast.opened_case(at=START + timedelta(hours=1), about="ola")
    with cast.house.begin(cast.lena, START) as uow:
        uow.session.get_one(CaseRow, other).sealed = b"broken"
    view = measures_view(cast.house, cast.lena, START + timedelta(days=1))
    assert _rows(view)["concerns"].met == "1"
    assert view.broken == "1 records could not be opened and are not counted."


def test_a_note_that_nobody_has_acknowledged_is_open_and_then_late(cast: Cast) -> None:
    cast.writes(at=START)
    for minutes, of, still in ((30, "0", "1"), (121, "1", "0")):
        row = _rows(measures_view(cast.house, cast.lena, START + timedelta(minutes=minutes)))["acknowledge"]
        assert (row.met, row.of, row.open) == ("0", of, still)


@pytest.mark.parametrize("who", ["amina", "sana", "joy", "hugh", "rhona", "alun"])
def test_nobody_else_counts_anything(cast: Cast, who: str) -> None:
    with pytest.raises(NotPermitted):
        measures_view(cast.house, cast.actors[who], NOW)


@pytest.mark.parametrize("typed", [{"until": "nonsense"}, {"months": "-3"}, {"until": "2026-13", "months": "999"}])
def test_what_is_typed_wrongly_falls_back_to_the_last_twelve_months(cast: Cast, typed: dict[str, str]) -> None:
    view = measures_view(cast.house, cast.lena, NOW, **typed)
    assert (view.until, view.months, view.period) == ("2026-12", "12", "January 2026 to December 2026")


@pytest.mark.parametrize(("minutes", "words"), [
    (45, "45 min"), (60, "1 h"), (330, "5 h 30 min"), (25 * 60 + 5, "25 h"), (76 * 60, "3 days 4 h"), (20 * 1440, "20 days")])
def test_a_length_is_said_as_people_say_it(minutes: int, words: str) -> None:
    assert length(timedelta(minutes=minutes)) == words
