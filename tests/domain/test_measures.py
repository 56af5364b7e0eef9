"""Measures: each equals what whoever invented the year knows to be true; gaps stay in the denominator; small numbers hide."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from statistics import median as middle

import pytest

from sgapp.domain.figures import Figure, Item, Stands, at_percent, figure, grouped, hidden, median, small, spread, within
from sgapp.domain.measures import BY_CODE, MEASURES, Material, funnel
from sgapp.domain.observation import Priority, PriorityChange, Route
from sgapp.domain.referral import AgencyOutcome, ReferralState
from tests.governance_year import FIRST, LAST, NOW, Year, make_year

SEED = 20261001
HOURS = [timedelta(hours=n) for n in range(1, 11)]


@pytest.fixture(scope="module")
def year() -> Year:
    return make_year(SEED, cases=60, notes=200)


def _figure(year: Year, code: str) -> Figure:
    return figure(BY_CODE[code].items(year.material))


@pytest.mark.parametrize("code", [m.code for m in MEASURES])
def test_each_measure_equals_what_the_year_was_made_to_be(year: Year, code: str) -> None:
    found, truth = _figure(year, code), year.truth[code]
    assert (found.met, found.of, found.unknown, found.open) == (truth.met, truth.of, truth.unknown, truth.open), f"seed {SEED}"
    assert {item.record_id for item in found.items} == truth.ids


@pytest.mark.parametrize("code", [m.code for m in MEASURES if m.edges])
def test_lengths_are_what_they_were_made_to_be(year: Year, code: str) -> None:
    found, lengths = _figure(year, code), sorted(year.truth[code].lengths)
    assert found.median == middle(lengths)
    shorter = [length for length in lengths if length < found.ninth]  # type: ignore[operator]
    within_it = [length for length in lengths if length <= found.ninth]  # type: ignore[operator]
    assert len(shorter) < 0.9 * len(lengths) <= len(within_it)
    assert sum(len(part) for part in spread(found.items, BY_CODE[code].edges)) == len(lengths)


@pytest.mark.parametrize("group", ["month", "branch", "type", "agency"])
@pytest.mark.parametrize("code", [m.code for m in MEASURES])
def test_each_breakdown_equals_what_the_year_was_made_to_be(year: Year, code: str, group: str) -> None:
    found = {key: figure(items) for key, items in grouped(BY_CODE[code].items(year.material), group).items()}
    truth = year.truth[code]
    assert {f"{group}:{k}": f.of for k, f in found.items() if f.of} == {
        k: n for k, n in truth.of_of.items() if k.startswith(f"{group}:")}
    assert {f"{group}:{k}": f.met for k, f in found.items() if f.met} == {
        k: n for k, n in truth.met_of.items() if k.startswith(f"{group}:")}


def test_the_way_of_the_cases_equals_what_the_year_was_made_to_be(year: Year) -> None:
    assert [len(step.case_ids) for step in funnel(year.material, FIRST, LAST)] == year.way


@pytest.mark.long
def test_a_year_of_six_hundred_cases_and_three_thousand_notes_is_counted_right() -> None:
    year = make_year(SEED + 1, cases=600, notes=3000)
    assert (len(year.cases), len(year.notes)) == (600, 3000)
    for measure in MEASURES:
        found, truth = _figure(year, measure.code), year.truth[measure.code]
        assert (found.met, found.of, found.unknown, found.open) == (truth.met, truth.of, truth.unknown, truth.open), (
            measure.code, f"seed {SEED + 1}")
    assert [len(step.case_ids) for step in funnel(year.material, FIRST, LAST)] == year.way


def test_the_year_is_mixed_so_that_no_measure_is_right_by_being_all_or_nothing(year: Year) -> None:
    """The control of the tests above."""
    for measure in MEASURES:
        truth = year.truth[measure.code]
        assert truth.of > 0, measure.code
        assert measure.plain or measure.code == "escalation_answered" or 0 < truth.met < truth.of, measure.code


def _item(stands: Stands, at: datetime = NOW, took: timedelta | None = None) -> Item:
    return Item("id", "ref", "case", at, stands, "main", took=took)


def test_what_is_not_recorded_stays_in_the_denominator_and_what_is_still_open_does_not() -> None:
    found = figure([_item(Stands.MET), _item(Stands.UNKNOWN), _item(Stands.MISSED), _item(Stands.OPEN)])
    assert (found.met, found.of, found.unknown, found.open, found.share) == (1, 3, 1, 1, 33)


def test_of_nothing_there_is_no_share() -> None:
    assert (figure([]).share, figure([_item(Stands.OPEN)]).share, figure([]).median) == (None, None, None)


@pytest.mark.parametrize(("lengths", "half", "ninth"), [
    (HOURS[:1], HOURS[0], HOURS[0]), (HOURS[:2], timedelta(hours=1.5), HOURS[1]), (HOURS, timedelta(hours=5.5), HOURS[8]),
    (HOURS[:9], HOURS[4], HOURS[8])])
def test_median_and_ninetieth_per_cent_by_hand(lengths: list[timedelta], half: timedelta, ninth: timedelta) -> None:
    assert (median(lengths), at_percent(lengths, 90)) == (half, ninth)


def test_a_month_is_englands_month() -> None:
    """23:30 UTC on 30 June is July in England."""
    item = _item(Stands.MET, datetime(2026, 6, 30, 23, 30, tzinfo=UTC))
    assert within([item], date(2026, 7, 1), date(2026, 7, 31)) == (item,)
    assert list(grouped([item], "month")) == ["2026-07"]


def test_a_priority_that_was_raised_later_does_not_make_an_earlier_answer_late(year: Year) -> None:
    note = next(n for n in year.notes if n.priority is Priority.OTHER and n.acknowledged_at)
    soon = note.received_at + timedelta(minutes=60)
    raised = PriorityChange(Priority.HIGH, "hurt after all", soon + timedelta(hours=1), "Lena Hart")
    note = replace(note, acknowledged_at=soon, priority_history=(*note.priority_history, raised))
    [item] = BY_CODE["acknowledge"].items(Material((note,), now=NOW))
    assert item.stands is Stands.MET


def test_an_account_that_a_witness_was_asked_for_is_no_note_to_acknowledge(year: Year) -> None:
    account = replace(year.notes[0], content=replace(year.notes[0].content, route=Route.ACCOUNT))
    assert list(BY_CODE["acknowledge"].items(Material((account,), now=NOW))) == []


def test_to_ask_for_more_is_no_answer(year: Year) -> None:
    sent = next(r for r in year.referrals if not r.outcomes)
    asked = replace(sent, state=ReferralState.OUTCOME_KNOWN,
                    outcomes=(AgencyOutcome("more_information_wanted", "", sent.prepared_at + timedelta(days=1), "L"),))
    [item] = BY_CODE["outcome"].items(Material(referrals=(asked,), now=NOW))
    assert item.stands is Stands.MISSED


def test_what_is_still_within_its_time_is_not_late(year: Year) -> None:
    sent = next(r for r in year.referrals if not r.outcomes and not r.receipt and r.sending)
    assert sent.sending
    material = Material(referrals=(sent,), now=sent.sending.at + timedelta(minutes=1))
    found = [item.stands for code in ("receipt", "outcome", "conversion") for item in BY_CODE[code].items(material)]
    assert found == [Stands.OPEN] * len(found)
    assert found


@pytest.mark.parametrize(("met", "of", "points_at_somebody"), [
    (0, 0, False), (0, 5, False), (1, 20, True), (5, 10, False), (6, 10, True), (3, 3, True), (20, 20, False)])
def test_one_to_four_on_either_side_is_small(met: int, of: int, points_at_somebody: bool) -> None:
    assert small(Figure(met, of, 0, 0)) is points_at_somebody


def test_no_row_is_hidden_alone_because_the_total_would_give_it_away() -> None:
    rows = [Figure(10, 20, 0, 0), Figure(1, 12, 0, 0), Figure(8, 30, 0, 0), Figure(0, 0, 0, 0)]
    assert hidden(rows) == (True, True, False, False)
    assert hidden(rows[2:]) == (False, False)


def test_every_measure_says_what_it_counts_of_what_and_what_a_gap_means() -> None:
    for measure in MEASURES:
        assert all(text.strip() for text in (measure.title, measure.counted, measure.met, measure.unknown)), measure.code
