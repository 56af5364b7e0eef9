"""A database of an earlier version comes to this one with nothing hidden opened, and nothing hidden from those who saw it."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from sgapp.settings import Settings
from sgapp.store.engine import make_engine
from sgapp.store.migrations import upgrade

WHEN = "2026-11-01 09:00:00.000000"
STAFF = (("lead-1", "lead", "main", None), ("lead-away", "lead", "north", None), ("lead-left", "lead", "main", WHEN),
         ("deputy-1", "deputy", "main", None), ("manager-1", "manager", "main", None), ("nominated-1", "nominated", None, None),
         ("oncall-1", "on_call", "main", None), ("worker-1", "worker", "main", None))


def _before_there_were_lists(connection: Connection) -> None:
    for account_id, role, branch, left in STAFF:
        connection.execute(text("INSERT INTO account (id, username, role, branch, password_hash, sealed_name, demo, "
                                "disabled_at, created_at) VALUES (:i, :i, :r, :b, '', '', 0, :l, :w)"),
                           {"i": account_id, "r": role, "b": branch, "l": left, "w": WHEN})
    connection.execute(text("INSERT INTO data_key (id, purpose, parent_id, wrapped, created_at) "
                            "VALUES ('k', 'note', NULL, '', :w)"), {"w": WHEN})
    for note_id, restricted, reserved in (("open", 0, 0), ("restricted", 1, 0), ("reserved", 1, 1)):
        connection.execute(text(
            "INSERT INTO observation (id, key_id, sealed, mac, version, branch, restricted, reference, author_id, state, "
            "priority, received_at, reserved) "
            "VALUES (:i, 'k', '', '', 1, 'main', :r, :i, 'worker-1', 'delivered', 'other', :w, :s)"),
            {"i": note_id, "r": restricted, "s": reserved, "w": WHEN})
    connection.execute(text("INSERT INTO bar (record_id, account_id) VALUES ('restricted', 'deputy-1')"))


@pytest.mark.parametrize(("note_id", "listed"), [
    ("open", set()), ("restricted", {"lead-1", "manager-1", "nominated-1"}), ("reserved", {"nominated-1"})])
def test_whoever_saw_a_restricted_note_by_her_role_stands_on_its_list_afterwards(
        tmp_path: Path, note_id: str, listed: set[str]) -> None:
    engine = make_engine(Settings(data=tmp_path / "data", keys=tmp_path / "keys"))
    upgrade(engine, "0006")
    with engine.begin() as connection:
        _before_there_were_lists(connection)
    upgrade(engine)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT account_id FROM access WHERE record_id = :i"), {"i": note_id}).scalars().all()
    assert set(found) == listed
    engine.dispose()
