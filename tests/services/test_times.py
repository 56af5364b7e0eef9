"""UTC is stored and England's time is shown, across the hour that autumn repeats and the hour that spring skips."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from sgapp.services import cases, triage
from sgapp.services.views.case import case_view
from sgapp.services.views.note import note_view
from sgapp.services.views.queue import queue
from sgapp.store.tables import ClockRow, ObservationRow
from sgapp.store.unit_of_work import Repository
from tests.people import Cast

#: On 25 October 2026 England's clocks show 01:30 twice: at 00:30 and at 01:30 UTC.
FIRST, SECOND = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
#: On 28 March 2027 they go from 00:59 straight to 02:00.
BEFORE_SPRING = datetime(2027, 3, 28, 0, 30, tzinfo=UTC)


def _acknowledged_by(cast: Cast, note_id: str) -> datetime:
    with cast.house.begin(cast.lena, SECOND) as uow:
        return uow.session.exec(select(ClockRow.due_at).where(col(ClockRow.record_id) == note_id)).one()


def test_the_two_half_past_ones_of_autumn_are_kept_apart_and_shown_alike(cast: Cast) -> None:
    notes = [cast.writes("amina", "dennis", at=at) for at in (FIRST, SECOND)]
    with cast.house.begin(cast.lena, SECOND) as uow:
        stored = [Repository(uow, triage.Observation).opened(uow.session.get_one(ObservationRow, n)) for n in notes]
    assert [n.content.captured_at for n in stored] == [FIRST, SECOND]
    shown = [note_view(cast.house, cast.lena, SECOND, n).written for n in notes]
    assert shown == ["25 Oct 2026, 01:30", "25 Oct 2026, 01:30"]


def test_a_time_that_the_phone_sent_in_englands_own_offset_is_stored_as_utc(cast: Cast) -> None:
    note_id = cast.writes("amina", "dennis", at=SECOND, captured_at="2026-10-25T01:30:00+01:00")
    with cast.house.begin(cast.lena, SECOND) as uow:
        note = Repository(uow, triage.Observation).opened(uow.session.get_one(ObservationRow, note_id))
    assert (note.content.captured_at, note.content.captured_at.tzinfo) == (FIRST, UTC)


def test_a_phone_whose_clock_was_wrong_is_told_on_the_note_with_the_time_as_it_was(cast: Cast) -> None:
    a_day_slow = (SECOND - timedelta(days=1)).isoformat()
    note_id = cast.writes("amina", "dennis", at=SECOND, captured_at=a_day_slow, clock_ahead_ms=-86_400_000)
    view = note_view(cast.house, cast.lena, SECOND, note_id)
    assert view.written == "25 Oct 2026, 01:30"
    assert view.clock == "The phone's clock was 24 hours slow: it said 24 Oct 2026, 02:30."


def test_the_timeline_of_a_case_goes_by_the_time_as_it_was(cast: Cast) -> None:
    a_day_fast = (SECOND + timedelta(days=1)).isoformat()
    case_id = cast.opened_case(at=SECOND, captured_at=a_day_fast, clock_ahead_ms=86_400_000)
    first = case_view(cast.house, cast.lena, SECOND + timedelta(hours=1), case_id).moments[-1]
    assert (first.what, first.when) == ("Wrote a note", "25 Oct 2026, 01:30")


@pytest.mark.parametrize("said", ["a day", 1.5, True, 10**20, None, 0])
def test_a_note_is_read_whatever_it_says_of_the_clock(cast: Cast, said: object) -> None:
    note_id = cast.writes("amina", "dennis", at=SECOND, clock_ahead_ms=said)
    assert note_view(cast.house, cast.lena, SECOND, note_id).clock == ""


def test_the_database_itself_holds_the_utc_hour(cast: Cast) -> None:
    cast.writes("amina", "dennis", at=FIRST)
    with cast.house.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET TIME ZONE 'UTC'"))
        stored = connection.execute(text("SELECT CAST(received_at AS VARCHAR) FROM observation")).scalar_one()
    assert stored.startswith("2026-10-25 00:30:00")


@pytest.mark.parametrize(("written", "due_shown"), [(FIRST, "Due 02:30"), (SECOND, "Due 03:30"), (BEFORE_SPRING, "Due 03:30")])
def test_a_two_hour_clock_runs_two_hours_whatever_the_wall_shows(cast: Cast, written: datetime, due_shown: str) -> None:
    note_id = cast.writes("amina", "dennis", at=written)
    assert _acknowledged_by(cast, note_id) == written + timedelta(hours=2)
    assert queue(cast.house, cast.lena, written).rows[0].due == due_shown


def test_the_note_of_the_second_hour_is_the_later_one_in_the_queue_and_in_the_chronology(cast: Cast) -> None:
    second, first = (cast.writes("amina", "dennis", at=at) for at in (SECOND, FIRST))
    assert [r.subject_id for r in queue(cast.house, cast.lena, SECOND).rows] == [first, second]
    for note_id in (first, second):
        triage.acknowledge_note(cast.house, cast.lena, triage.AcknowledgeNote(note_id), now=SECOND)
    form = triage.OpenCase(second, (first,), ("neglect",))
    case_id = triage.open_case(cast.house, cast.lena, form, now=SECOND + timedelta(hours=1)).id
    told = [m for m in case_view(cast.house, cast.lena, SECOND, case_id).moments if m.what == "Wrote a note"]
    with cast.house.begin(cast.lena, SECOND) as uow:
        references = [uow.notes.get(n).reference for n in (second, first)]
    assert [m.detail.partition(".")[0] for m in told] == references  # the newest first


def test_a_review_day_ends_at_midnight_in_england_on_the_long_day_too(cast: Cast) -> None:
    case_id = cast.opened_case(at=datetime(2026, 10, 20, 9, 0, tzinfo=UTC))
    form = cases.TriageCase(case_id, "internal_action", "why", FIRST.date())
    cases.triage_case(cast.house, cast.lena, form, now=datetime(2026, 10, 20, 10, 0, tzinfo=UTC))
    with cast.house.begin(cast.lena, SECOND) as uow:
        due = uow.session.exec(select(ClockRow.due_at).where(col(ClockRow.kind) == "review")).one()
    assert due == datetime(2026, 10, 25, 23, 59, 59, 999999, tzinfo=UTC)
