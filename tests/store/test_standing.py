"""What seldom changes is held in memory, and is what stands in the database all the same, whoever wrote it."""

import re
import uuid
from pathlib import Path

from sqlmodel import select

from sgapp.domain.permissions import Role
from sgapp.domain.reach import Reach
from sgapp.services.duty import reach_of, set_reach
from sgapp.services.house import SYSTEM, House
from sgapp.services.tidying import tidy
from sgapp.store import access, accounts, standing
from sgapp.store.accounts import Account
from sgapp.store.tables import AccountRow
from sgapp.store.unit_of_work import UnitOfWork
from tests.people import START, Cast


def _add(uow: UnitOfWork, name: str) -> str:
    made = Account(str(uuid.uuid4()), name.lower().replace(" ", "."), Role.WORKER, name, "", "main", disabled=False)
    accounts.add(uow, made)
    return made.id


def _names(house: House) -> set[str]:
    with house.begin(SYSTEM, START) as uow:
        return {someone.name for someone in accounts.staff(uow)}


def test_whoever_another_process_adds_or_disables_is_known_to_the_next_transaction(cast: Cast) -> None:
    before = _names(cast.house)
    other = House(cast.house.settings)  # the same database and keys, and nothing that the first holds in memory
    with other.begin(SYSTEM, START) as uow:
        added = _add(uow, "Bryn Keel")
    assert _names(cast.house) == before | {"Bryn Keel"}
    with other.begin(SYSTEM, START) as uow:
        accounts.disable(uow, added)
    other.engine.dispose()
    assert _names(cast.house) == before


def test_a_transaction_sees_at_once_what_it_has_changed_itself_and_nobody_does_if_it_is_taken_back(cast: Cast) -> None:
    before = _names(cast.house)
    with cast.house.begin(SYSTEM, START) as uow:
        assert {s.name for s in accounts.staff(uow)} == before
        _add(uow, "Bryn Keel")
        assert {s.name for s in accounts.staff(uow)} == before | {"Bryn Keel"}
        uow.session.rollback()
    assert _names(cast.house) == before
    with cast.house.begin(SYSTEM, START) as uow:  # raises the counter to what the other had raised it to
        _add(uow, "Cora Vane")
    assert _names(cast.house) == before | {"Cora Vane"}


def test_colleagues_of_a_table_that_are_written_all_at_once_are_known_to_the_next_transaction(cast: Cast) -> None:
    before = _names(cast.house)
    with cast.house.begin(SYSTEM, START) as uow:
        new = [Account(str(uuid.uuid4()), name.lower(), Role.WORKER, name, "", "main", disabled=False)
               for name in ("Bryn", "Cora")]
        accounts.add_all(uow, [accounts.row_of(uow, account).model_dump() for account in new])
        assert {s.name for s in accounts.staff(uow)} == before | {"Bryn", "Cora"}
    assert _names(cast.house) == before | {"Bryn", "Cora"}


def test_a_change_that_was_not_yet_written_is_written_before_it_is_asked_for(cast: Cast) -> None:
    with cast.house.begin(SYSTEM, START) as uow:
        assert cast.lena.account_id in access.readers(uow, "main")
        accounts.disable(uow, cast.lena.account_id)
        assert cast.lena.account_id not in access.readers(uow, "main")


def test_how_somebody_wishes_to_be_told_is_known_as_soon_as_it_is_set(cast: Cast) -> None:
    for email in ("lena@example.org", "hart@example.org"):
        with cast.house.begin(SYSTEM, START) as uow:
            set_reach(uow, cast.lena.account_id, Reach(email=email, by_email=True))
        with cast.house.begin(SYSTEM, START) as uow:
            assert reach_of(uow, cast.lena.account_id).email == email


def test_the_same_question_is_asked_of_the_database_once_until_something_changes(cast: Cast) -> None:
    asked: list[str] = []

    @standing.standing
    def look(uow: UnitOfWork, what: str) -> tuple[str, ...]:
        asked.append(what)
        return tuple(uow.session.exec(select(AccountRow.id)))

    for _ in range(3):
        with cast.house.begin(SYSTEM, START) as uow:
            assert cast.lena.account_id in look(uow, "one")
    assert asked == ["one"]
    with cast.house.begin(SYSTEM, START) as uow:
        _add(uow, "Bryn Keel")
    with cast.house.begin(SYSTEM, START) as uow:
        look(uow, "one")
        look(uow, "two")
    assert asked == ["one", "one", "two"]


def test_at_night_what_was_opened_is_let_go_of(cast: Cast) -> None:
    assert _names(cast.house)
    assert cast.house.ring in standing._kept
    tidy(cast.house, now=START)
    assert cast.house.ring not in standing._kept


def test_no_statement_of_its_own_changes_what_is_remembered() -> None:
    """The counter is raised where the session writes a row; a bulk statement would pass it by."""
    tables = "|".join(table.__name__ for table in standing.STANDING)
    around = re.compile(rf"\b(?:insert_rows?|insert_if_missing|insert|update|delete)\(\s*(?:[\w.]+,\s*)?(?:{tables})\b")
    assert around.search("delete(PushRow)") and around.search("insert_row(uow.session, AccountRow, id=1)")
    sources = Path(standing.__file__).parent.parent.rglob("*.py")
    assert [path.name for path in sources if around.search(path.read_text())] == ["accounts.py"]  # it raises it itself
