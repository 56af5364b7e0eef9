"""While a table is made ready nobody waits for it; what changes meanwhile is seen before a row of it is written."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Thread

import pytest
from sqlmodel import select

from sgapp.domain.audit import AuditEvent
from sgapp.domain.errors import NotPermitted
from sgapp.domain.person import Person
from sgapp.integrations.tables import parse_table
from sgapp.services import staff
from sgapp.services.audit import verify_audit
from sgapp.services.guard import Done
from sgapp.services.house import SYSTEM, House
from sgapp.services.importing import CannotImport, Imported, Progress, import_table
from sgapp.services.keys import rotate_keys
from sgapp.services.tables import TAKE_IN, TakeIn
from sgapp.store.tables import AllocationRow, PersonRow, SequenceRow
from sgapp.store.unit_of_work import UnitOfWork
from tests.people import START, Cast

NOW = START + timedelta(hours=1)
#: So long a writer may take who does not have to wait.
PATIENCE_S = 20
TABLES = {"people": "reference,name\nP-500,Zoë Ash\nP-104,Denis Marlow\n", "visits": "person,worker\nP-130,amina\n",
          "staff": "username,name,role\nnew.one,Nia One,worker\n"}


def _elsewhere(house: House, work: Callable[[UnitOfWork], object]) -> bool:
    """Whether somebody else gets her turn now."""
    def write() -> None:
        with house.begin(SYSTEM, NOW) as uow:
            work(uow)

    other = Thread(target=write, daemon=True)
    other.start()
    other.join(PATIENCE_S)
    return not other.is_alive()


def _meanwhile(house: House, work: Callable[[UnitOfWork], object], times: int = 1) -> Progress:
    """A progress in which somebody else writes, so often, while a table is looked through."""
    left = times

    def progress(done: int, _of: int) -> None:
        nonlocal left
        if done == 1 and left:
            left -= 1
            assert _elsewhere(house, work), "whoever wrote had to wait for a table that was looked through"

    return progress


def _import(house: House, kind: str, text: str, progress: Progress) -> Imported:
    return import_table(house, kind, parse_table(text.encode()), now=NOW, progress=progress)


def _dennis(uow: UnitOfWork, cast: Cast) -> Person:
    return uow.people.opened(uow.session.get_one(PersonRow, cast.people["dennis"]))


def _all(house: House) -> list[Person]:
    with house.begin(SYSTEM, NOW) as uow:
        return [uow.people.opened(row) for row in uow.session.exec(select(PersonRow))]


def _changes(house: House) -> int:
    with house.begin(SYSTEM, NOW) as uow:
        return uow.session.get_one(SequenceRow, "people").value


def _sound(house: House) -> None:
    assert verify_audit(house, now=NOW).first_bad == ""


@pytest.mark.parametrize("kind", TABLES)
def test_another_writer_gets_her_turn_while_a_table_is_made_ready(cast: Cast, kind: str) -> None:
    wrote: list[int] = []
    done = _import(cast.house, kind, TABLES[kind], _meanwhile(cast.house, lambda uow: wrote.append(uow.next_number("other"))))
    assert wrote == [1]
    assert done.new == 1
    _sound(cast.house)


def test_what_somebody_else_changed_meanwhile_is_kept_beside_what_the_table_tells(cast: Cast) -> None:
    def move(uow: UnitOfWork) -> None:
        uow.save(replace(_dennis(uow, cast), lives="With his son"), because=AuditEvent("person-changed", "person", ""))

    done = _import(cast.house, "people", TABLES["people"], _meanwhile(cast.house, move))
    assert (done.new, done.changed) == (1, 1)
    [dennis] = [p for p in _all(cast.house) if p.reference == "P-104"]
    assert (dennis.name, dennis.lives) == ("Denis Marlow", "With his son")
    _sound(cast.house)


def test_an_adult_who_was_added_meanwhile_is_not_added_again(cast: Cast) -> None:
    zoe = Person("3c8f5f0a-5a0e-4c7e-9a55-000000000001", "P-500", "Zoe Ash")
    done = _import(cast.house, "people", TABLES["people"], _meanwhile(
        cast.house, lambda uow: uow.save(zoe, because=AuditEvent("person-added", "person", ""))))
    assert (done.new, done.changed) == (0, 2)
    assert [p.name for p in _all(cast.house) if p.reference == "P-500"] == ["Zoë Ash"]
    _sound(cast.house)


def test_where_adults_change_each_time_it_comes_in_all_the_same_and_once(cast: Cast) -> None:
    def move(uow: UnitOfWork) -> None:
        dennis = _dennis(uow, cast)
        uow.save(replace(dennis, lives=f"{dennis.lives}."), because=AuditEvent("person-changed", "person", ""))

    before = _changes(cast.house)
    done = _import(cast.house, "people", TABLES["people"], _meanwhile(cast.house, move, times=3))
    assert (done.new, done.changed) == (1, 1)
    assert _changes(cast.house) == before + 3 + 1
    assert sorted(p.reference for p in _all(cast.house)) == ["P-104", "P-117", "P-121", "P-130", "P-500"]
    _sound(cast.house)


def test_adults_who_come_in_while_the_master_key_is_replaced_open_under_the_new_one(cast: Cast) -> None:
    house = cast.house

    def progress(done: int, of: int) -> None:
        if (done, of) == (2, 2) and not rotated:
            rotated.append(rotate_keys(house, now=NOW))

    rotated: list[object] = []
    _import(house, "people", TABLES["people"], progress)
    assert rotated
    again = House(house.settings)
    assert "Zoë Ash" in {p.name for p in _all(again)}
    again.engine.dispose()


def test_a_worker_who_is_disabled_meanwhile_gets_no_visits(cast: Cast) -> None:
    def disable() -> None:
        staff.disable_account(cast.house, cast.alun, staff.DisableAccount("amina"), now=NOW)

    with pytest.raises(CannotImport) as refused:
        _import(cast.house, "visits", TABLES["visits"], _once_outside(disable))
    assert "disabled" in refused.value.refused[0].why
    with cast.house.begin(SYSTEM, NOW) as uow:
        assert uow.session.get(AllocationRow, (cast.people["ola"], cast.amina.account_id)) is None


def _once_outside(work: Callable[[], object]) -> Progress:
    """The same with a service, which begins its own transaction."""
    left = [work]

    def progress(_done: int, _of: int) -> None:
        if left:
            left.pop()()

    return progress


def test_whoever_is_disabled_while_her_table_is_made_ready_takes_nothing_in(cast: Cast) -> None:
    def disable() -> None:
        staff.disable_account(cast.house, cast.alun, staff.DisableAccount("maud"), now=NOW)

    form = TakeIn("digest", (), parse_table(TABLES["people"].encode()), _once_outside(disable))
    before = _all(cast.house)
    with pytest.raises(NotPermitted):
        TAKE_IN["people"](cast.house, cast.maud, form, now=NOW)
    assert _all(cast.house) == before


def test_by_the_page_it_is_taken_in_once_and_told_again(cast: Cast) -> None:
    house, intent = cast.house, "3c8f5f0a-5a0e-4c7e-9a55-000000000002"

    def sent(progress: Progress) -> Done:
        form = TakeIn("digest", (), parse_table(TABLES["people"].encode()), progress)
        return TAKE_IN["people"](house, cast.maud, form, now=NOW, intent_id=intent)

    first = sent(_meanwhile(house, lambda uow: uow.next_number("other")))
    assert sent(lambda _done, _of: None) == first
    assert first.message == "1 new, 1 changed, 0 as they were."
    _sound(house)
