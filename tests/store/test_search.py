"""Names are opened once and held in memory: what is found is what stands in the database all the same, whoever wrote it."""

import random
import uuid
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import col, delete, update

from sgapp.domain.audit import AuditEvent
from sgapp.domain.person import Person
from sgapp.services.house import SYSTEM, House
from sgapp.store import search
from sgapp.store.search import names_of_people, people_like
from sgapp.store.tables import PersonRow
from sgapp.store.unit_of_work import UnitOfWork
from tests.people import START, Cast


def _put(uow: UnitOfWork, name: str, branch: str = "main") -> Person:
    person = Person(str(uuid.uuid4()), f"P-{uuid.uuid4().hex[:6]}", name, branch=branch)
    uow.save(person, because=AuditEvent("person-added", "person", person.id))
    return person


def _added(house: House, *names: str) -> list[Person]:
    with house.begin(SYSTEM, START) as uow:
        return [_put(uow, name) for name in names]


def _found(house: House, text: str) -> list[str]:
    with house.begin(SYSTEM, START) as uow:
        return people_like(uow, text)


def _another_process(house: House) -> House:
    """The same database and the same keys, and nothing that was opened by the first."""
    return House(house.settings)


def test_each_word_that_is_looked_for_has_to_begin_one_of_the_name(house: House) -> None:
    ada, adam, _ = _added(house, "Ada Marlow", "Adam Birch", "Orla Adair-Kent")
    assert _found(house, "ada mar") == [ada.id]
    assert set(_found(house, "ada")) == {ada.id, adam.id, _found(house, "kent adair")[0]}
    assert _found(house, "low") == []


def test_an_adult_whom_another_process_added_or_renamed_is_found_at_once(house: House) -> None:
    [ada] = _added(house, "Ada Marlow")
    assert _found(house, "marlow") == [ada.id]
    other = _another_process(house)
    [bryn] = _added(other, "Bryn Marlow")
    with other.begin(SYSTEM, START) as uow:
        uow.save(replace(uow.people.get(ada.id), name="Ada Keel"), because=AuditEvent("person-changed", "person", ada.id))
    other.engine.dispose()
    assert (_found(house, "marlow"), _found(house, "keel")) == ([bryn.id], [ada.id])


def test_what_a_transaction_added_and_took_back_hides_nobody_who_comes_after(house: House) -> None:
    _added(house, "Ada Marlow")
    with house.begin(SYSTEM, START) as uow:
        assert people_like(uow, "bryn") == [] != [_put(uow, "Bryn Marlow").id] == people_like(uow, "bryn")
        uow.session.rollback()
    other = _another_process(house)
    [cora] = _added(other, "Cora Marlow")
    other.engine.dispose()
    assert (_found(house, "bryn"), _found(house, "cora")) == ([], [cora.id])


def test_an_adult_who_cannot_be_opened_takes_nobody_else_away(house: House) -> None:
    ada, bryn = _added(house, "Ada Marlow", "Bryn Marlow")
    with house.begin(SYSTEM, START) as uow:
        uow.session.exec(update(PersonRow).where(col(PersonRow.id) == ada.id).values(sealed=b"\0" * 40))
    assert _found(house, "marlow") == [bryn.id]
    with house.begin(SYSTEM, START) as uow:
        assert names_of_people(uow, but="") == ["Bryn Marlow"]


def test_among_more_than_are_asked_for_at_a_time_those_who_may_be_seen_are_found(
        cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_AT_A_TIME", 3)
    with cast.house.begin(SYSTEM, START) as uow:
        mine = [_put(uow, "Ada Quill", branch="north" if n < 8 else "main").id for n in range(12)][8:]
    with cast.house.begin(cast.lena, START) as uow:
        assert cast.lena.branch == "main"
        assert sorted(people_like(uow, "quill ada")) == sorted(mine)


_WORDS = ("Ada", "Adam", "Al", "A", "Birch", "Birk", "Bo", "Éamon", "Zoë", "Żuk", "07", "O'Brien-Kent")
_ASKED = ("ada", "a", "al", "b", "bi", "birk", "ea", "zoe", "zu", "0", "07", "ob", "o", "br", "kent", "nobody", "ada bi", "a b",
          "ada bir", "ada birk kent", "al adam", "k o b", "a a")


@pytest.mark.parametrize("as_if", [{}, {"_MANY": 0, "_ONE_BY_ONE": 1}], ids=["few bear a name", "as if many bore it"])
def test_whoever_is_added_renamed_or_gone_is_found_by_each_beginning_of_her_words_and_nobody_else(
        house: House, monkeypatch: pytest.MonkeyPatch, as_if: dict[str, int]) -> None:
    for name, value in as_if.items():
        monkeypatch.setattr(search, name, value)
    seed = random.randrange(1 << 32)
    draw, there = random.Random(seed), dict[str, Person]()
    for _ in range(8):
        with house.begin(SYSTEM, START) as uow:
            for _ in range(6):
                person = _put(uow, " ".join(draw.sample(_WORDS, 3)))
                there[person.id] = person
            for person in draw.sample(sorted(there.values(), key=lambda p: p.id), 3):
                there[person.id] = replace(person, name=" ".join(draw.sample(_WORDS, 2)))
                uow.save(there[person.id], because=AuditEvent("person-changed", "person", person.id))
            if draw.random() < 0.5:
                gone = there.pop(draw.choice(sorted(there)))
                uow.people_change()
                uow.session.exec(delete(PersonRow).where(col(PersonRow.id) == gone.id))
        for text in _ASKED:
            assert sorted(_found(house, text)) == sorted(p.id for p in there.values() if search._fits(
                search.folded(text), search.folded(f"{p.name} {p.reference}"))), (text, f"seed {seed}")


def test_a_name_that_few_bear_is_looked_for_among_those_who_share_its_first_letters(
        house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    _added(house, *(f"Ada Quill {n}" for n in range(20)), "Ada Marlow", "Bryn Marsh")
    looked_at, real = list[int](), search._Lines._maybe

    def watched(lines: search._Lines, longest: str, wanted: tuple[str, ...]) -> list[int]:
        looked_at.extend(real(lines, longest, wanted))
        return looked_at

    monkeypatch.setattr(search._Lines, "_maybe", watched)
    assert len(_found(house, "ada marlow")) == 1
    assert len(looked_at) == 2



def test_opening_them_keeps_no_keys_and_opens_each_once(house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _added(house, "Ada Marlow", "Bryn Marlow")
    fresh, opened = _another_process(house), list[str]()
    real = search.unsealed
    monkeypatch.setattr(search, "unsealed", lambda uow, entity, row: opened.append(row.id) or real(uow, entity, row))
    with fresh.begin(SYSTEM, START) as uow:
        before = set(uow.ring._opened)
        people_like(uow, "marlow")
        assert set(uow.ring._opened) == before
    _found(fresh, "marlow")
    [cora] = _added(fresh, "Cora Marlow")
    _found(fresh, "marlow")
    fresh.engine.dispose()
    assert len(opened) == 3
    assert opened[-1] == cora.id
