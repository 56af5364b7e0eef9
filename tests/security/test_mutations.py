"""Somebody writes into the database behind the product's back, a thousand times at random: each is found, none is invented.

Reproduce a failure with the seed that it prints.
"""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Row, Table, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from sgapp.domain.case import CaseState
from sgapp.services.audit import verify_audit
from sgapp.services.cases import SetRisk, set_risk
from sgapp.services.demo import load_demo
from sgapp.services.demo_history import load_history
from sgapp.services.house import SYSTEM, House, now
from sgapp.services.views.case import cases
from sgapp.settings import Settings
from sgapp.store import accounts
from sgapp.store.kinds import KINDS
from tests.conftest import new_database
from tests.one_of_each import keep_one_of_each

#: What the chain vouches for: its own rows, every record, and who may or may not know of one.
TABLES = ("audit_event", "audit_head", *sorted(kind.table.__tablename__ for kind in KINDS.values()), "bar", "access")
#: So many changes stand between two things that somebody does through the product.
WORK_EVERY = 20
Change = tuple[str, Callable[[Connection], None]]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A demo whose database has no triggers any more: whoever may change the schema takes them away first."""
    folder: Path = tmp_path_factory.mktemp("mutations")
    url = new_database(request.getfixturevalue("postgres")) if request.param == "postgresql" else ""
    house = House(Settings(data=folder / "data", keys=folder / "keys", master_key="", database_url=url, redis_url=""))
    house.prepare()
    load_demo(house, now=now())
    load_history(house, now=now())
    keep_one_of_each(house)
    with house.engine.begin() as connection:
        if url:
            connection.execute(text("ALTER TABLE audit_event DISABLE TRIGGER ALL"))
        else:
            for name in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
                connection.execute(text(f"DROP TRIGGER {name}"))
    yield house
    house.engine.dispose()


def _table(name: str) -> Table:
    return SQLModel.metadata.tables[name]


def _rows(connection: Connection, table: Table) -> list[Row[Any]]:
    return list(connection.execute(table.select().order_by(*table.primary_key.columns)))


def _other(value: Any, chance: random.Random) -> Any:
    """Something else of the same kind."""
    match value:
        case bool():
            return not value
        case int():
            return value + chance.choice([-1, 1, 1000])
        case bytes():
            where = chance.randrange(len(value))
            return value[:where] + bytes([value[where] ^ (1 << chance.randrange(8))]) + value[where + 1:]
        case str() if value:
            where = chance.randrange(len(value))
            return value[:where] + chance.choice("abcdefghij0123456789".replace(value[where].lower(), "")) + value[where + 1:]
        case str() | None:
            return "x"
        case _:
            return value.replace(microsecond=(value.microsecond + 1) % 1_000_000)


def _is(table: Table, row: Row[Any]) -> Any:
    return [column == row._mapping[column.name] for column in table.primary_key.columns]


def _changes(connection: Connection, chance: random.Random) -> Change:
    """One change at random: a cell, a row away, a row again under another key, or two rows' contents exchanged."""
    table = _table(chance.choice([name for name in TABLES if _rows(connection, _table(name))]))
    rows = _rows(connection, table)
    row = chance.choice(rows)
    values = dict(row._mapping)
    kind = chance.choice(["cell", "cell", "cell", "away", "again", "exchanged"])
    if kind == "away":
        return f"{table} {values} away", lambda c: _do(c, table.delete().where(*_is(table, row)))
    if kind == "again":
        key = chance.choice([column.name for column in table.primary_key.columns])
        new = {name: _other(value, chance) if name == key else value for name, value in values.items()}
        unique = {c.name for c in table.columns if c.unique} | {"reference", "number"}
        new |= {name: _other(new[name], chance) for name in unique & set(new) if name != key}
        return f"{table} {new} again", lambda c: _do(c, table.insert().values(**new))
    plain = [c for c in table.columns if not c.primary_key]
    other = chance.choice(rows)
    if kind == "exchanged" and "sealed" in values and other._mapping["id"] != values["id"]:
        swapped = {name: other._mapping[name] for name in ("sealed", "mac", "key_id")}
        return f"{table} {values['id']} holds {other._mapping['id']}", lambda c: _do(
            c, table.update().where(*_is(table, row)).values(**swapped))
    column = chance.choice(plain or list(table.columns))
    value = _other(values[column.name], chance) if values[column.name] is not None else _FRESH.get(column.name, "x")
    return f"{table}.{column.name} of {values} is {value!r}", lambda c: _do(
        c, table.update().where(*_is(table, row)).values(**{column.name: value}))


#: What stands in a cell that was empty.
_FRESH: dict[str, Any] = {"until": now()}


def _do(connection: Connection, statement: Any) -> None:
    connection.execute(statement)


def _undo(house: House, before: dict[str, list[dict[str, Any]]]) -> None:
    with house.engine.begin() as connection:
        for name in reversed(TABLES):
            connection.execute(_table(name).delete())
        for name in TABLES:
            if before[name]:
                connection.execute(_table(name).insert(), before[name])


def _everything(house: House) -> dict[str, list[dict[str, Any]]]:
    with house.engine.begin() as connection:
        return {name: [dict(row._mapping) for row in _rows(connection, _table(name))] for name in TABLES}


def _at_work(house: House, chance: random.Random) -> None:
    """Somebody does her work meanwhile: one thing on a case that is open."""
    with house.begin(SYSTEM, now()) as uow:
        lead = accounts.by_username(uow, "lead")
    assert lead
    case_id = chance.choice([line.id for line in cases(house, lead.as_actor(), now()) if line.state != str(CaseState.CLOSED)])
    level = chance.choice(["low", "medium", "high"])
    set_risk(house, lead.as_actor(), SetRisk(case_id, level, "Looked at again."), now=now())


def _not_found(house: House, seed: int, times: int) -> list[str]:
    """Of so many changes at random, each taken back before the next, those that no verification found; and what it finds
    though somebody only did her work.
    """
    chance, missed, done = random.Random(seed), list[str](), 0
    before = _everything(house)
    assert [name for name in TABLES if not before[name]] == ["kept_upload"], "there is something of every kind to change"
    while done < times:
        if done % WORK_EVERY == 0:
            _at_work(house, chance)
            if not verify_audit(house, now=now()).sound:
                missed.append("work that was done through the product")
            before = _everything(house)
        try:
            with house.engine.begin() as connection:
                words, change = _changes(connection, chance)
                change(connection)
        except DBAPIError:
            continue  # the database refused it: a key that is there already, a row that others lean on
        done += 1
        if verify_audit(house, now=now()).sound:
            missed.append(words[:300])
        _undo(house, before)
    return missed


@pytest.mark.parametrize("times", [60, pytest.param(1000, marks=pytest.mark.long)])
def test_every_change_at_random_is_found_and_none_is_invented(demo: House, times: int) -> None:
    seed = random.SystemRandom().randrange(2**32)
    assert verify_audit(demo, now=now()).sound
    assert _not_found(demo, seed, times) == [], f"seed {seed}"
    assert verify_audit(demo, now=now()).sound
