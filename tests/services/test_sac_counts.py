"""Counts aligned with the SAC: as the year was made to be, with their rules, and no small number."""

import csv
import io
from collections import Counter

import pytest

from sgapp.domain.errors import NotFound, NotPermitted
from sgapp.domain.sac_counts import LEFT_OUT, RULES, SacCounts
from sgapp.services.sac_counts import sac_table
from tests.governance_year import NOW, Year, make_year, put_in
from tests.people import Cast


def _table(cast: Cast, who: str, year: str = "2026") -> list[dict[str, str]]:
    _, lines = sac_table(cast.house, cast.actors[who], NOW, year)
    return list(csv.DictReader(io.StringIO(b"".join(lines).decode("utf-8-sig"), newline="")))


def _truth(year: Year) -> dict[tuple[str, str], int]:
    """Counted from the records as they were made, day by day of UTC: none lies near a midnight."""
    enquiries = {r.case_id: r.outcomes[-1].at for r in year.referrals
                 if r.agency == "LA_ASC" and r.outcomes and r.outcomes[-1].code == "s42_2_enquiry"}

    def here(at: object) -> bool:
        return "2026-04-01" <= str(at)[:10] <= "2027-03-31"

    found: Counter[tuple[str, str]] = Counter()
    found["SG1f", "Safeguarding Concerns"] = sum(here(c.opened_at) for c in year.cases)
    found["SG1f", "Section 42 Enquiries"] = sum(map(here, enquiries.values()))
    concluded = [c for c in year.cases if c.closing and here(c.closing.at) and c.id in enquiries]
    for case in concluded:
        assert case.closing
        found["SG2e", f"Risk {case.closing.risk}"] += 1
        found["SG2a", "Domestic Abuse"] += "domestic" in case.types
        found["SG2a", "Self-Neglect"] += "self_neglect" in case.types
        found["SG4a", "Don't Know"] += case.closing.msp_asked == "dont_know"
        found["SG4a achieved", "Fully Achieved"] += case.closing.msp_achieved == "fully"
    return dict(found)


def test_each_count_is_what_the_year_was_made_to_be() -> None:
    year = make_year(21, cases=1500, notes=1500)
    counts = SacCounts(2026)
    counts.add(year.material)
    shown = {(table, label): count for table, label, count in counts.rows()}
    truth = _truth(year)
    assert sum(shown[place] != LEFT_OUT for place in truth) > len(truth) // 2
    for place, number in truth.items():
        assert shown[place] == str(number) or shown[place] == LEFT_OUT, place
        assert number >= 5 or number == 0 or shown[place] == LEFT_OUT


def test_no_small_number_leaves_nor_can_be_worked_out(cast: Cast) -> None:
    put_in(cast.house, make_year(21, cases=40, notes=40))
    rows = [row for row in _table(cast, "noel") if row["Year"]]
    away = Counter(row["Table"] for row in rows if row["Count"] == LEFT_OUT)
    assert away
    assert not any(row["Count"] in ("1", "2", "3", "4") for row in rows)
    for table, number in away.items():
        others = [row for row in rows if row["Table"] == table and row["Count"] not in ("0", LEFT_OUT)]
        assert number > 1 or not others, table


def test_the_table_says_by_which_rules_it_counts_and_that_it_is_no_return(cast: Cast) -> None:
    rows = _table(cast, "lena")
    assert [row["Label"] for row in rows if row["Table"] == "Rule"] == list(RULES)
    assert "not the SAC return" in RULES[0]
    assert {row["Table"] for row in rows if row["Year"] == "2026-27"} >= {"SG1f", "SG2a", "SG2e", "SG4a"}


@pytest.mark.parametrize("year", ["2027", "x", "", "1999", "-1", "2026a"])
def test_a_year_that_has_not_begun_or_is_none_is_not_there(cast: Cast, year: str) -> None:
    with pytest.raises(NotFound):
        _table(cast, "lena", year)


@pytest.mark.parametrize("who", ["amina", "hugh", "alun"])
def test_nobody_else_takes_it_along(cast: Cast, who: str) -> None:
    with pytest.raises(NotPermitted):
        _table(cast, who)
