"""Scenario 4 whole, with its own dates: nothing is shared, and that is recorded as fully as sharing would be."""

from datetime import date

import pytest

from sgapp.domain.errors import FieldError, Invalid
from sgapp.services import cases, sharing, triage
from sgapp.services.sweep import sweep
from sgapp.services.views.case import case_view
from sgapp.services.views.queue import QueueRow, queue
from tests.people import Cast
from tests.services.story import at, not_sharing_form, sharing_form, tiles

REVIEW_ON = date(2026, 10, 27)


@pytest.fixture
def case_id(cast: Cast) -> str:
    """Noted at 13:00, opened by the lead at 15:00."""
    note_id = cast.writes("amina", "ola", at=at("2026-10-20T13:00"), seen="Two unopened bills lay on the mat.", heard="",
                          said=[{"words": "My sister does those on Sundays.", "by": "Ola", "to": "me"}])
    triage.acknowledge_note(cast.house, cast.lena, triage.AcknowledgeNote(note_id), now=at("2026-10-20T14:30"))
    form = triage.OpenCase(note_id, (), ("financial_material",))
    return triage.open_case(cast.house, cast.lena, form, now=at("2026-10-20T15:00")).id


def _decided(cast: Cast, case_id: str, code: str = "internal_action", review_on: date | None = REVIEW_ON) -> None:
    form = cases.TriageCase(case_id, code, "A sister sees to the post on Sundays.", review_on)
    cases.triage_case(cast.house, cast.lena, form, now=at("2026-10-20T15:00"))


def _not_shared(cast: Cast, case_id: str, **other: object) -> str:
    form = not_sharing_form(case_id, REVIEW_ON, **other)
    return sharing.record_sharing_decision(cast.house, cast.lena, form, now=at("2026-10-20T15:00")).id


def _closes(cast: Cast, case_id: str) -> None:
    form = cases.CloseCase(case_id, "The bills are gone.", "removed", "asked_not_expressed")
    cases.close_case(cast.house, cast.lena, form, now=at("2026-10-27T10:05"))


def _rows(cast: Cast, case_id: str, when: str) -> list[QueueRow]:
    return [r for r in queue(cast.house, cast.lena, at(when)).rows if r.key.split(":")[1] == case_id]


def test_monitoring_needs_a_reason_and_a_day_to_look_again(cast: Cast, case_id: str) -> None:
    with pytest.raises(Invalid) as refused:
        cases.triage_case(cast.house, cast.lena, cases.TriageCase(case_id, "internal_action", " "), now=at("2026-10-20T15:00"))
    assert [e.field for e in refused.value.errors] == ["reason", "review_on"]


def test_the_decision_not_to_share_asks_for_as_much_as_one_to_share(cast: Cast, case_id: str) -> None:
    with pytest.raises(Invalid) as refused:
        sharing.record_sharing_decision(cast.house, cast.lena, sharing.RecordSharingDecision(case_id, "not_share"),
                                        now=at("2026-10-20T15:00"))
    assert [e.field for e in refused.value.errors] == [
        "why", "others_at_home", "consent", "capacity", "must_not_know", "review_on", "necessary", "proportionate", "told"]


def test_what_concerns_only_sharing_is_neither_asked_nor_kept(cast: Cast, case_id: str) -> None:
    _decided(cast, case_id)
    _not_shared(cast, case_id, article_6="6(1)(a)", what="something", agency="BANK")
    [line] = case_view(cast.house, cast.lena, at("2026-10-20T15:01"), case_id).decisions
    assert [entry.label for entry in line.lines] == [
        "Why", "Child or other adult at risk in the household", "Must not know", "Necessary", "Proportionate", "Consent",
        "Capacity for this decision", "Told the adult"]


def test_the_review_clock_runs_to_the_end_of_the_chosen_day(cast: Cast, case_id: str) -> None:
    _decided(cast, case_id)
    _not_shared(cast, case_id)
    [row] = _rows(cast, case_id, "2026-10-27T09:00")
    assert (row.step, row.due, row.tone) == ("look again", "Due 23:59", "soon")


def test_on_the_day_of_the_review_the_lead_is_reminded_as_the_office_opens_and_the_deputy_asked_the_day_after(
        cast: Cast, case_id: str) -> None:
    _decided(cast, case_id)
    _not_shared(cast, case_id)
    told = []
    for when in ("2026-10-27T08:59", "2026-10-27T09:00", "2026-10-27T16:00", "2026-10-28T00:00"):
        sweep(cast.house, now=at(when), holder="test")
        [row] = _rows(cast, case_id, when)
        told.append(row.asked)
    assert told == ["", "Lena Hart is reminded", "Lena Hart is reminded", "Step 1 of 3 up: Devan Rao is asked"]
    moments = case_view(cast.house, cast.lena, at("2026-10-28T09:00"), case_id).moments
    assert [(m.what, m.detail) for m in moments if m.who == "The clocks"] == [
        ("Late: look again, step 1 of 3 up", "Devan Rao was asked"), ("Due soon: look again", "Lena Hart was reminded")]


def test_a_missed_review_shows_as_overdue_in_the_queue(cast: Cast, case_id: str) -> None:
    _decided(cast, case_id)
    _not_shared(cast, case_id)
    [row] = _rows(cast, case_id, "2026-10-29T09:00")
    assert (row.tone, row.due) == ("overdue", "Overdue 1 day")
    assert tiles(queue(cast.house, cast.lena, at("2026-10-29T09:00")))["overdue"] == "1"


def test_the_day_promised_in_the_decision_runs_even_if_triage_set_none(cast: Cast, case_id: str) -> None:
    _decided(cast, case_id, "not_safeguarding", None)
    _not_shared(cast, case_id)
    [row] = _rows(cast, case_id, "2026-10-28T09:00")
    assert (row.step, row.tone) == ("look again", "overdue")


def test_a_later_decision_to_share_ends_the_watch_that_not_sharing_began(cast: Cast, case_id: str) -> None:
    _decided(cast, case_id, "not_safeguarding", None)
    _not_shared(cast, case_id)
    sharing.record_sharing_decision(cast.house, cast.lena, sharing_form(case_id, consent="given"), now=at("2026-10-21T09:00"))
    assert [row.step for row in _rows(cast, case_id, "2026-10-28T09:00")] == ["next step"]


@pytest.mark.parametrize("code", ["refer", "seek_la_advice", "not_safeguarding"])
def test_an_open_case_never_falls_out_of_the_queue_however_long_nobody_acts(cast: Cast, case_id: str, code: str) -> None:
    _decided(cast, case_id, code, None)
    [row] = _rows(cast, case_id, "2026-11-30T09:00")
    assert (row.step, row.tone) == ("next step", "overdue")


def test_it_is_not_closed_before_somebody_has_looked_again(cast: Cast, case_id: str) -> None:
    _decided(cast, case_id)
    _not_shared(cast, case_id)
    with pytest.raises(Invalid, match="nobody has looked again yet"):
        _closes(cast, case_id)


def test_it_is_not_closed_without_a_recorded_decision_not_to_share(cast: Cast, case_id: str) -> None:
    _decided(cast, case_id, "not_safeguarding", None)
    with pytest.raises(Invalid, match="recorded decision not to share"):
        _closes(cast, case_id)


def test_looked_at_again_and_closed_with_its_reason(cast: Cast, case_id: str) -> None:
    _decided(cast, case_id)
    _not_shared(cast, case_id)
    cases.review_case(cast.house, cast.lena, cases.ReviewCase(case_id, "No bills on the mat."), now=at("2026-10-27T10:00"))
    assert [row.step for row in _rows(cast, case_id, "2026-10-27T10:01")] == ["next step"]
    _closes(cast, case_id)
    view = case_view(cast.house, cast.lena, at("2026-10-27T10:06"), case_id)
    assert (view.state, view.next_step.hint) == ("closed", "The bills are gone.")
    assert [(s.label, s.state) for s in view.stations] == [
        ("Noted", "done"), ("Seen", "done"), ("Decided", "done"), ("Looked again", "done"), ("Closed", "done")]


def test_a_review_may_set_the_next_day(cast: Cast, case_id: str) -> None:
    _decided(cast, case_id)
    _not_shared(cast, case_id)
    form = cases.ReviewCase(case_id, "One bill.", date(2026, 11, 3))
    cases.review_case(cast.house, cast.lena, form, now=at("2026-10-27T10:00"))
    [row] = _rows(cast, case_id, "2026-11-04T09:00")
    assert (row.step, row.tone) == ("look again", "overdue")


@pytest.mark.parametrize("service", ["triage", "decision", "review"])
def test_the_past_begins_at_englands_midnight(cast: Cast, case_id: str, service: str) -> None:
    """At half past midnight in summer time the UTC date is still yesterday's."""
    _decided(cast, case_id)
    now, yesterday = at("2026-10-22T00:30"), date(2026, 10, 21)
    calls = {
        "triage": (cases.triage_case, cases.TriageCase(case_id, "internal_action", "reason", yesterday)),
        "decision": (sharing.record_sharing_decision, not_sharing_form(case_id, yesterday)),
        "review": (cases.review_case, cases.ReviewCase(case_id, "found", yesterday)),
    }
    act, form = calls[service]
    with pytest.raises(Invalid, match="lies in the past"):
        act(cast.house, cast.lena, form, now=now)  # type: ignore[operator]


@pytest.mark.parametrize(("field", "value"), [
    ("share", "maybe"), ("agency", "NOBODY"), ("method", "pigeon"), ("when", "someday"), ("article_6", "6(9)"),
    ("article_9", "9(9)"), ("paragraph_18_limb", "none"), ("confidentiality", "x"), ("consent", "x"),
    ("override_reasons", ("coercion_or_duress", "x")), ("capacity", "x"), ("told", "x")])
def test_an_answer_that_is_on_no_list_is_refused_beside_its_field(cast: Cast, case_id: str, field: str, value: object) -> None:
    form = sharing_form(case_id, **{field: value})
    with pytest.raises(Invalid) as refused:
        sharing.record_sharing_decision(cast.house, cast.lena, form, now=at("2026-10-20T15:00"))
    assert FieldError(field, refused.value.errors[0].message) in refused.value.errors
    case_view(cast.house, cast.lena, at("2026-10-20T15:01"), case_id)  # and the case can still be read
