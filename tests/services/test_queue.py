"""The queue: filters, search, pages and alarms; never a row, a count or a hit that this actor may not have."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from sgapp.services import cases, triage
from sgapp.services.house import SYSTEM
from sgapp.services.sweep import sweep
from sgapp.services.views import queue as view
from sgapp.services.views.queue import Queue, new_for, queue, queue_keys
from sgapp.store.tables import ObservationRow
from sgapp.store.unit_of_work import Repository
from tests.people import START, Cast
from tests.services.story import Story, at, tiles


def titles(found: Queue) -> list[str]:
    return [row.title for row in found.rows]


def searched(cast: Cast, who: str, text: str) -> list[str]:
    return titles(queue(cast.house, getattr(cast, who), START, 60, "", text))


def test_each_filter_shows_its_own_and_no_others(cast: Cast) -> None:
    Story(cast).noted().seen().opened().decided().reviewed().sent()
    cast.writes("carla", "iris", at=at("2026-10-06T17:10"))
    when = at("2026-10-06T17:30")
    shown = {show: [r.step for r in queue(cast.house, cast.lena, when, 60, show).rows]
             for show in ("", "mine", "overdue", "today", "agencies", "reviews")}
    assert shown == {"": ["receipt", "acknowledge"], "mine": [], "overdue": ["receipt"], "today": ["acknowledge"],
                     "agencies": ["receipt"], "reviews": []}


def test_for_you_shows_what_one_was_asked_to_do(cast: Cast) -> None:
    cast.writes()
    assert [[r.mine for r in queue(cast.house, who, START, 60, "mine").rows] for who in (cast.lena, cast.devan)] == [[True], []]


def test_a_filter_that_does_not_exist_shows_everything(cast: Cast) -> None:
    cast.writes()
    found = queue(cast.house, cast.lena, START, 60, "'; drop")
    assert (len(found.rows), found.show) == (1, "")


def test_a_name_is_found_by_its_beginning_in_any_case_and_order(cast: Cast) -> None:
    cast.writes(about="dennis")
    cast.writes(about="ola")
    for text in ("Dennis", "marl", "MARLOW den", "P-104"):
        assert len(searched(cast, "lena", text)) == 1, text
    assert searched(cast, "lena", "enni") == []


def test_a_name_that_stands_only_in_an_unmatched_note_is_found(cast: Cast) -> None:
    cast.writes(person={"free_text": "Zoë Prior, Mill Lane"})
    assert len(searched(cast, "lena", "zoe")) == 1


def test_a_reference_is_found_as_it_is_read_aloud(cast: Cast) -> None:
    note_id = cast.writes()
    with cast.house.begin(cast.lena, START) as uow:
        reference = uow.notes.get(note_id).reference
    assert len(searched(cast, "lena", reference.lower().replace("-", " "))) == 1


def test_a_case_and_its_referral_are_found_by_their_references_and_by_its_person(cast: Cast) -> None:
    story = Story(cast).noted().seen().opened().decided().reviewed().sent()
    for text in (story.case().reference, story.referral().reference, "Marlow"):
        assert [r.href for r in queue(cast.house, cast.lena, START, 60, "", text).rows] == [
            f"/referral?id={story.referral_id}"], text


def test_a_search_never_finds_what_the_searcher_may_not_know(cast: Cast) -> None:
    note_id = cast.writes(about="dennis", staff_involved="yes", staff_names="Devan Rao")
    with cast.house.begin(cast.lena, START) as uow:
        reference = uow.notes.get(note_id).reference
    assert [len(searched(cast, who, text)) for who in ("lena", "devan", "joy", "farid") for text in ("Dennis", reference)] == [
        1, 1, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("text", ["%", "_", "'", "\0", "—", "x" * 500, "VN-%", "١"])
def test_no_search_breaks_or_matches_everything(cast: Cast, text: str) -> None:
    cast.writes(about="ola")
    assert searched(cast, "lena", text) == []


def test_an_empty_search_shows_everything(cast: Cast) -> None:
    cast.writes()
    assert len(searched(cast, "lena", "   ")) == 1


def test_a_page_says_that_there_is_more_and_the_next_one_shows_it(cast: Cast) -> None:
    for n in range(5):
        cast.writes(at=START + timedelta(minutes=n))
    first, all_of_it = (queue(cast.house, cast.lena, START, shown) for shown in (3, 5))
    assert (len(first.rows), first.more, len(all_of_it.rows), all_of_it.more) == (3, True, 5, False)
    assert [r.key for r in all_of_it.rows][:3] == [r.key for r in first.rows]


def test_where_somebody_may_be_in_danger_stands_above_what_is_due_earlier_until_it_is_decided(cast: Cast) -> None:
    cast.writes("carla", "iris")
    later = START + timedelta(hours=2)
    note_id = cast.writes(at=later, danger_now="yes")

    def first() -> str:
        row = queue(cast.house, cast.lena, later, 60).rows[0]
        return f"{row.title}: {row.step}"

    found = [first()]
    triage.acknowledge_note(cast.house, cast.lena, triage.AcknowledgeNote(note_id), now=later)
    found.append(first())
    case_id = triage.open_case(cast.house, cast.lena, triage.OpenCase(note_id, (), ("physical",)), now=later).id
    found.append(first())
    cases.triage_case(cast.house, cast.lena, cases.TriageCase(case_id, "refer", "He was hit."), now=later)
    found.append(first())
    assert found == ["D. Marlow · P-104: acknowledge", "D. Marlow · P-104: decide", "D. Marlow · P-104: decide",
                     "I. Holt · P-121: acknowledge"]


def test_a_page_that_begins_with_danger_holds_as_many_rows_as_any_and_none_twice(cast: Cast) -> None:
    for n in range(4):
        cast.writes(at=START + timedelta(minutes=n), danger_now="yes" if n == 3 else "no")
    pages = [queue(cast.house, cast.lena, START, shown) for shown in (1, 3, 4)]
    assert [(len(page.rows), len({row.key for row in page.rows}), page.more) for page in pages] == [
        (1, 1, True), (3, 3, True), (4, 4, False)]


def test_new_is_what_began_since_and_what_one_may_know_of(cast: Cast) -> None:
    cast.writes(at=START)
    later = START + timedelta(minutes=30)
    note_id = cast.writes(at=later + timedelta(minutes=1))
    cast.writes(at=later + timedelta(minutes=1), staff_involved="yes")
    assert queue_keys(cast.house, cast.joy, later, later) == (f"observation:{note_id}:acknowledge",)


def test_a_row_that_has_gone_up_says_how_far_and_who_is_asked(cast: Cast) -> None:
    cast.writes()
    when = START + timedelta(minutes=121)
    sweep(cast.house, now=when, holder="one")
    [row] = queue(cast.house, cast.lena, when).rows
    assert (row.asked, row.mine) == ("Step 1 of 3 up: Devan Rao is asked", False)


def test_the_queue_says_when_the_clocks_are_not_looked_at(cast: Cast) -> None:
    cast.writes()
    sweep(cast.house, now=START, holder="one")
    assert queue(cast.house, cast.lena, START + timedelta(minutes=4)).alarms == ()
    [alarm] = queue(cast.house, cast.lena, START + timedelta(minutes=6)).alarms
    assert alarm.startswith("The clocks were last looked at on 5 Oct 2026, 10:40.")


def test_what_one_may_not_know_is_not_counted_either(cast: Cast) -> None:
    cast.writes(staff_involved="yes")
    when = START + timedelta(minutes=60)
    assert [tiles(queue(cast.house, who, when))["overdue"] for who in (cast.lena, cast.joy)] == ["1", "0"]


def test_a_record_that_cannot_be_opened_stands_in_its_place_and_takes_nothing_else_with_it(cast: Cast) -> None:
    broken = cast.writes()
    cast.writes(about="ola", at=START + timedelta(minutes=1))
    with cast.house.begin(SYSTEM, START) as uow:
        uow.session.get_one(ObservationRow, broken).sealed = b"\0" * 64
    assert titles(queue(cast.house, cast.lena, START)) == ["Something that cannot be opened", "O. Brand · P-130"]


def test_only_what_stands_on_the_page_is_opened_however_much_is_due(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(12):
        cast.writes(about="ola", at=START + timedelta(minutes=n))
    real, opened = Repository.opened, Counter[str]()

    def counted(self: Repository[Any], row: Any) -> Any:
        opened[row.__tablename__] += 1
        return real(self, row)

    monkeypatch.setattr(Repository, "opened", counted)
    assert len(queue(cast.house, cast.lena, START, 5).rows) == 5
    assert opened == {"observation": 5, "person": 1}


WATCHING = ("lena", "farid", "maud", "devan", "joy", "lena")


def _alone(cast: Cast, screens: list[tuple[Any, Any, Any]], now: Any) -> list[int]:
    return [len(frozenset(queue_keys(cast.house, actor, now, since)) - known) for actor, since, known in screens]


@pytest.mark.parametrize("named", [{}, {"staff_involved": "yes", "staff_names": "Devan Rao"}], ids=["nobody", "devan"])
def test_many_screens_are_told_together_what_each_would_be_told_alone(cast: Cast, named: dict[str, str]) -> None:
    cast.writes(at=START)
    known = frozenset(queue_keys(cast.house, cast.lena, START, START))
    cast.writes("carla", "iris", at=START + timedelta(minutes=5), **named)
    cast.writes("carla", "iris", at=START + timedelta(minutes=9))
    now = START + timedelta(minutes=10)
    screens = [(cast.actors[who], START + timedelta(minutes=minutes), known) for who in WATCHING for minutes in (0, 4, 8)]
    told = new_for(cast.house, screens, now=now)
    assert told == _alone(cast, screens, now)
    assert len(set(told)) > 2


def test_screens_of_one_role_and_branch_are_told_by_one_question(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(view, "begun_since", lambda uow, since: asked.append(uow.actor.username) or ())
    cast.writes()
    new_for(cast.house, [(cast.actors[who], START, frozenset()) for who in ("lena", "maud", "lena", "lena")], now=START)
    assert asked == ["lena", "maud"]


def test_a_screen_of_somebody_who_has_no_queue_any_more_is_told_of_nothing(cast: Cast) -> None:
    cast.writes()
    assert new_for(cast.house, [(who, START, frozenset()) for who in (cast.amina, cast.lena)], now=START)[0] == 0
