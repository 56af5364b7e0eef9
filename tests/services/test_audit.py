"""The audit chain: one intention one event, refusals that outlive their rollback, and every way of tampering named."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from sgapp.domain.audit import AuditEvent
from sgapp.domain.errors import Invalid, NotFound, NotPermitted, Unreadable
from sgapp.services import cases, triage
from sgapp.services.audit import verify_audit
from sgapp.services.guard import record_refusal
from sgapp.services.house import House
from sgapp.services.views.case import case_view
from sgapp.services.views.note import note_view
from sgapp.store.tables import AuditEventRow, AuditHeadRow, CaseRow
from tests.people import START, Cast

NOW = START + timedelta(hours=1)
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def _sql(house: House, *statements: str) -> None:
    """Act as somebody with the database in their hands, who has dropped the triggers first."""
    with house.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            for name in ("audit_event_no_update", "audit_event_no_delete", "audit_event_no_replace"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
        else:
            for name in ("audit_event_no_change", "audit_event_no_truncate"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS {name} ON audit_event"))
        for statement in statements:
            assert connection.execute(text(statement)).rowcount == 1, statement


def _events(cast: Cast, **only: str) -> list[AuditEventRow]:
    with cast.house.begin(cast.lena, NOW) as uow:
        query = select(AuditEventRow).where(*(getattr(AuditEventRow, k) == v for k, v in only.items()))
        return list(uow.session.exec(query.order_by(col(AuditEventRow.at), col(AuditEventRow.seq))))


def _first_bad(cast: Cast) -> str:
    result = verify_audit(cast.house, now=NOW)
    assert not result.sound
    return result.first_bad


@pytest.fixture
def case_id(cast: Cast) -> str:
    """A case with three further events in its stream."""
    case_id = cast.opened_case()
    for level in ("low", "medium", "high"):
        cases.set_risk(cast.house, cast.lena, cases.SetRisk(case_id, level, "why"), now=NOW)
    return case_id


def test_one_intention_writes_one_event_although_it_changes_several_records(cast: Cast) -> None:
    note_id = cast.writes("amina", "dennis")
    triage.acknowledge_note(cast.house, cast.lena, triage.AcknowledgeNote(note_id), now=NOW)
    before = len(_events(cast))
    form = triage.OpenCase(note_id, (), ("neglect",))
    case_id = triage.open_case(cast.house, cast.lena, form, now=NOW).id
    after = _events(cast)
    [event] = _events(cast, stream=f"case:{case_id}")
    assert len(after) == before + 1
    assert re.findall(r'"(case|observation)"', event.records) == ["case", "observation"]


def test_an_event_says_who_what_and_when_but_nobodys_words(cast: Cast, case_id: str) -> None:
    event = _events(cast, action="risk-set")[-1]
    assert (event.actor_id, event.actor_role, event.subject_id) == (cast.lena.account_id, "lead", case_id)
    assert (event.at, event.detail, event.outcome) == (NOW, "high", "done")


def test_reading_a_note_and_a_case_are_events(cast: Cast) -> None:
    case_id = cast.opened_case()
    note_view(cast.house, cast.joy, NOW, cast.writes("amina", "iris"))
    case_view(cast.house, cast.joy, NOW, case_id)
    assert sorted(e.action for e in _events(cast, outcome="read")) == ["case-read", "note-read"]


def test_what_was_refused_as_invalid_leaves_neither_record_nor_event(cast: Cast, case_id: str) -> None:
    before = len(_events(cast))
    with pytest.raises(Invalid):
        cases.set_risk(cast.house, cast.lena, cases.SetRisk(case_id, "low", "  "), now=NOW)
    assert len(_events(cast)) == before


def test_a_refusal_stays_on_the_chain_although_its_transaction_is_gone(cast: Cast, case_id: str) -> None:
    with pytest.raises(NotPermitted):
        cases.set_risk(cast.house, cast.amina, cases.SetRisk(case_id, "low", "why"), now=NOW)
    with pytest.raises(NotFound):
        cases.set_risk(cast.house, cast.farid, cases.SetRisk(case_id, "low", "why"), now=NOW)
    told = {(e.actor_id, e.action, e.subject_id, e.count) for e in _events(cast, outcome="refused")}
    assert told == {(actor.account_id, "refused:set-risk", case_id, 1) for actor in (cast.amina, cast.farid)}


def test_repeats_of_a_refusal_enter_at_1_2_4_and_8_with_their_count(cast: Cast) -> None:
    for _ in range(9):
        with pytest.raises(NotFound):
            note_view(cast.house, cast.lena, NOW, UNKNOWN)
    assert [e.count for e in _events(cast, action="refused:note_view")] == [1, 2, 4, 8]


def test_words_sent_in_the_place_of_an_id_do_not_reach_the_chain(cast: Cast) -> None:
    for words in ("Kevin took the card", "kevin", "x" * 70):
        record_refusal(cast.house, cast.lena, "note_view", words, NOW)
    events = _events(cast, outcome="refused")
    assert {e.subject_id for e in events} == {"no id"}
    assert [e.count for e in events] == [1, 2]


def test_an_untouched_chain_is_sound_and_counts_what_it_looked_at(cast: Cast, case_id: str) -> None:
    result = verify_audit(cast.house, now=NOW)
    assert (result.sound, result.first_bad) == (True, "")
    assert (result.events, result.records) == (len(_events(cast)), 6)


def test_writers_who_finish_in_another_order_than_they_began_raise_no_false_alarm(cast: Cast, case_id: str) -> None:
    cases.set_risk(cast.house, cast.lena, cases.SetRisk(case_id, "high", "later"), now=NOW + timedelta(seconds=2))
    cases.set_risk(cast.house, cast.maud, cases.SetRisk(case_id, "low", "began earlier"), now=NOW + timedelta(seconds=1))
    assert verify_audit(cast.house, now=NOW).first_bad == ""


@pytest.mark.parametrize("column", ["actor_id", "actor_role", "action", "outcome", "subject_kind", "subject_id", "detail",
                                    "records", "previous", "mac"])
def test_a_changed_event_is_named(cast: Cast, case_id: str, column: str) -> None:
    _sql(cast.house, f"UPDATE audit_event SET {column} = 'x' WHERE stream = 'case:{case_id}' AND seq = 2")
    assert _first_bad(cast) == f"case:{case_id} #2: changed or inserted"


@pytest.mark.parametrize(("column", "value"), [("count", "7"), ("at", "'2026-10-05 09:00:00+00'")])
def test_a_changed_count_or_time_is_named(cast: Cast, case_id: str, column: str, value: str) -> None:
    _sql(cast.house, f"UPDATE audit_event SET {column} = {value} WHERE stream = 'case:{case_id}' AND seq = 2")
    assert _first_bad(cast) == f"case:{case_id} #2: changed or inserted"


@pytest.mark.parametrize("microseconds", [0, 123_456])
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)  # which keeps anything in any column
def test_a_time_that_only_begins_as_it_was_written_is_named(cast: Cast, case_id: str, microseconds: int) -> None:
    at = NOW + timedelta(microseconds=microseconds)
    cases.set_risk(cast.house, cast.lena, cases.SetRisk(case_id, "low", "why"), now=at)
    assert verify_audit(cast.house, now=NOW).sound
    _sql(cast.house, f"UPDATE audit_event SET at = at || '.000000' WHERE stream = 'case:{case_id}' AND seq = 5")
    assert _first_bad(cast) == f"case:{case_id} #5: changed or inserted"


def test_a_kind_of_record_that_there_is_not_is_named(cast: Cast) -> None:
    with cast.house.begin(cast.lena, NOW) as uow:
        event = AuditEvent("made-up", "ghost", UNKNOWN)
        cast.house.audit.append(uow.session, cast.lena, event, [("ghost", UNKNOWN, 1, "x")], NOW)
    assert _first_bad(cast) == "ghost: the chain tells of a kind of record that there is not"


@pytest.mark.parametrize(("table", "column", "value"), [
    ("audit_event", "mac", "'é'"), ("audit_event", "mac", "7"), ("audit_event", "at", "'soon'"), ("audit_head", "mac", "'é'"),
    ("case_file", "opened_at", "'soon'"), ("case_file", "version", "'x'"), ("case_file", "sealed", "7")])
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)  # which keeps anything in any column
def test_what_cannot_even_be_read_is_found_and_stops_nothing(
        cast: Cast, case_id: str, table: str, column: str, value: str) -> None:
    assert case_id
    _sql(cast.house, f"UPDATE {table} SET {column} = {value} WHERE rowid = (SELECT max(rowid) FROM {table})")
    assert _first_bad(cast)


@pytest.mark.parametrize(("seq", "named"), [
    (1, "#1: removed (next is #2)"), (2, "#2: removed (next is #3)"), (4, "#4: removed (the head stands at #4)")])
def test_a_removed_event_is_named_at_the_start_in_the_middle_and_at_the_tail(
        cast: Cast, case_id: str, seq: int, named: str) -> None:
    _sql(cast.house, f"DELETE FROM audit_event WHERE stream = 'case:{case_id}' AND seq = {seq}")
    assert _first_bad(cast) == f"case:{case_id} {named}"


def test_a_tail_removed_together_with_an_older_head_is_named(cast: Cast, case_id: str) -> None:
    """Whoever cuts the tail off and writes an earlier head still lacks the key for the head's digest."""
    with cast.house.begin(cast.lena, NOW) as uow:
        third = uow.session.get_one(AuditEventRow, (f"case:{case_id}", 3)).mac
    _sql(cast.house, f"DELETE FROM audit_event WHERE stream = 'case:{case_id}' AND seq = 4",
         f"UPDATE audit_head SET seq = 3, last = '{third}' WHERE stream = 'case:{case_id}'")
    assert _first_bad(cast) == f"case:{case_id}: its head was removed or changed"


def test_a_tail_cut_back_to_a_head_that_was_once_true_shows_in_the_record(cast: Cast, case_id: str) -> None:
    """Somebody who kept the head of yesterday, digest and all, can restore it; the record then disagrees."""
    with cast.house.begin(cast.lena, NOW) as uow:
        head = uow.session.get_one(AuditHeadRow, f"case:{case_id}")
        kept = (head.seq, head.last, head.mac)
    cases.set_risk(cast.house, cast.lena, cases.SetRisk(case_id, "low", "why"), now=NOW)
    _sql(cast.house, f"DELETE FROM audit_event WHERE stream = 'case:{case_id}' AND seq = 5",
         f"UPDATE audit_head SET seq = {kept[0]}, last = '{kept[1]}', mac = '{kept[2]}' WHERE stream = 'case:{case_id}'")
    assert _first_bad(cast) == f"case {case_id}: changed, or put there, without an event"


def test_a_removed_head_is_named(cast: Cast, case_id: str) -> None:
    _sql(cast.house, f"DELETE FROM audit_head WHERE stream = 'case:{case_id}'")
    assert _first_bad(cast) == f"case:{case_id}: its head was removed or changed"


def test_an_inserted_event_is_named(cast: Cast, case_id: str) -> None:
    columns = ("at, actor_id, actor_role, action, outcome, subject_kind, subject_id, detail, count, records, previous, mac")
    _sql(cast.house, f"INSERT INTO audit_event (stream, seq, {columns}) SELECT stream, 5, {columns} FROM audit_event "
                     f"WHERE stream = 'case:{case_id}' AND seq = 4")
    assert _first_bad(cast) == f"case:{case_id} #5: changed or inserted"


def test_two_events_that_changed_places_are_named(cast: Cast, case_id: str) -> None:
    where = f"WHERE stream = 'case:{case_id}' AND seq"
    _sql(cast.house, f"UPDATE audit_event SET seq = 99 {where} = 2", f"UPDATE audit_event SET seq = 2 {where} = 3",
         f"UPDATE audit_event SET seq = 3 {where} = 99")
    assert _first_bad(cast) == f"case:{case_id} #2: changed or inserted"


def _behind_the_chain(case_id: str, note_id: str) -> dict[str, str]:
    return {
        "a clear column": f"UPDATE case_file SET state = 'closed' WHERE id = '{case_id}'",
        "the restriction": f"UPDATE observation SET restricted = TRUE WHERE id = '{note_id}'",
        "the branch": f"UPDATE observation SET branch = 'north' WHERE id = '{note_id}'",
        "the digest": f"UPDATE case_file SET mac = 'x' WHERE id = '{case_id}'",
        "the version": f"UPDATE case_file SET version = 1 WHERE id = '{case_id}'",
        "a bar added": f"INSERT INTO bar (record_id, account_id) VALUES ('{case_id}', 'somebody')",
        "the record gone": f"DELETE FROM case_file WHERE id = '{case_id}'",
        "a person hidden": "UPDATE person SET restricted = TRUE WHERE id = (SELECT min(id) FROM person)",
    }


@pytest.mark.parametrize("what", list(_behind_the_chain("", "")))
def test_a_record_changed_behind_the_chains_back_is_named(cast: Cast, case_id: str, what: str) -> None:
    note_id = cast.writes("amina", "iris")
    _sql(cast.house, _behind_the_chain(case_id, note_id)[what])
    assert re.search(r"^(case|observation|person) [0-9a-f-]{36}: (changed|removed)", _first_bad(cast))


def test_a_bar_taken_away_behind_the_chains_back_is_named(cast: Cast) -> None:
    note_id = cast.writes("amina", "iris", staff_names="Devan Rao")
    _sql(cast.house, f"DELETE FROM bar WHERE record_id = '{note_id}'")
    assert _first_bad(cast).startswith(f"observation {note_id}: changed")


def test_an_old_version_of_a_record_put_back_is_named(cast: Cast) -> None:
    case_id = cast.opened_case()
    with cast.house.engine.begin() as connection:
        old = connection.execute(text("SELECT sealed, mac FROM case_file")).one()
    cases.set_risk(cast.house, cast.lena, cases.SetRisk(case_id, "high", "why"), now=NOW)
    with cast.house.engine.begin() as connection:
        connection.execute(text("UPDATE case_file SET sealed = :s, mac = :m"), {"s": old[0], "m": old[1]})
    assert _first_bad(cast).startswith(f"case {case_id}: changed")


def test_a_record_put_there_behind_the_chains_back_is_named(cast: Cast, case_id: str) -> None:
    columns = ", ".join(CaseRow.model_fields.keys() - {"id", "reference"})
    _sql(cast.house, f"INSERT INTO case_file (id, reference, {columns}) "
                     f"SELECT '{UNKNOWN}', 'C-0', {columns} FROM case_file WHERE id = '{case_id}'")
    assert _first_bad(cast) == f"case {UNKNOWN}: changed, or put there, without an event"


def test_records_are_looked_through_a_few_at_a_time_to_the_last(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sgapp.services.audit._AT_A_TIME", 1)
    notes = sorted(cast.writes("amina", "iris") for _ in range(3))
    assert verify_audit(cast.house, now=NOW).first_bad == ""
    _sql(cast.house, f"DELETE FROM observation WHERE id = '{notes[-1]}'")
    assert _first_bad(cast) == f"observation {notes[-1]}: removed without an event"


REFUSED: dict[str, Callable[[str], str]] = {
    "update": lambda _: "UPDATE audit_event SET detail = 'x'",
    "delete": lambda _: "DELETE FROM audit_event",
    "empty": lambda kind: "DELETE FROM audit_event" if kind == "sqlite" else "TRUNCATE audit_event",
    "replace": lambda kind: (
        "INSERT OR REPLACE INTO audit_event SELECT * FROM audit_event" if kind == "sqlite" else
        "INSERT INTO audit_event SELECT * FROM audit_event ON CONFLICT (stream, seq) DO UPDATE SET detail = 'x'"),
}


@pytest.mark.parametrize("how", list(REFUSED))
def test_the_database_itself_refuses_to_change_an_event(cast: Cast, how: str) -> None:
    before = len(_events(cast))
    statement = REFUSED[how](cast.house.engine.dialect.name)
    with pytest.raises(DBAPIError, match="audit events are never"), cast.house.engine.begin() as connection:
        connection.execute(text(statement))
    assert len(_events(cast)) == before


def test_another_installations_key_does_not_verify_the_chain(cast: Cast, case_id: str, tmp_path: Path) -> None:
    other = House(cast.house.settings.model_copy(update={"keys": tmp_path / "other-keys"}), cast.house.engine)
    with pytest.raises(Unreadable):
        verify_audit(other, now=NOW)
