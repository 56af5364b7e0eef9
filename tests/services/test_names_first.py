"""The first search after a start opens the names of all adults, in a look of its own: nobody who writes waits for it."""

import ast
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sgapp.domain.errors import Invalid, NotFound
from sgapp.services import cards, composing, referrals
from sgapp.services.views import composing as composing_view
from sgapp.services.views import queue, retention
from sgapp.store import search
from tests.people import START, Cast
from tests.services.test_import_in_two_steps import _elsewhere

NOW = START + timedelta(hours=1)
#: Whoever looks for a name, or needs the names of all, on a case.
ASKING: dict[str, Callable[[Cast, str], object]] = {
    "queue": lambda cast, _: queue.queue(cast.house, cast.lena, NOW, text="marlow"),
    "records_view": lambda cast, _: retention.records_view(cast.house, cast.maud, NOW, "marlow"),
    "card_by_reference": lambda cast, _: cards.card_by_reference(cast.house, cast.amina, NOW, "P-104"),
    "compose_view": lambda cast, case: composing_view.compose_view(cast.house, cast.lena, NOW, case),
    "draft_letter": lambda cast, case: composing.draft_letter(cast.house, cast.lena, NOW, composing.LetterDraft(case)),
    "prepare-referral": lambda cast, case: composing.prepare_referral(
        cast.house, cast.lena, composing.PrepareReferral(case), now=NOW),
    "send-emergency": lambda cast, case: referrals.send_emergency(
        cast.house, cast.lena, referrals.SendEmergency(case, "AMBULANCE", "999", facts="He fell."), now=NOW)}


@pytest.fixture
def opening(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether somebody else could write, each time that names are opened. None of them is known yet."""
    search.forget(cast.house.ring)
    could_write: list[bool] = []
    opened = search._opened

    def watched(*args: Any) -> Iterator[Any]:
        could_write.append(_elsewhere(cast.house, lambda uow: uow.next_number("other")))
        return opened(*args)

    monkeypatch.setattr(search, "_opened", watched)
    return could_write


@pytest.mark.parametrize("asking", ASKING)
def test_whoever_writes_does_not_wait_while_names_are_opened(cast: Cast, opening: list[bool], asking: str) -> None:
    case = cast.opened_case()
    search.forget(cast.house.ring)
    opening.clear()
    with suppress(Invalid, NotFound):  # what comes of it is asked elsewhere
        ASKING[asking](cast, case)
    assert opening == [True]


def test_a_list_without_a_search_opens_no_name(cast: Cast, opening: list[bool]) -> None:
    queue.queue(cast.house, cast.lena, NOW)
    assert opening == []


def test_every_service_that_goes_by_names_opens_them_first() -> None:
    """Another one that uses them has to stand in ASKING, and in this list of who uses them."""
    root = Path(search.__file__).parents[1] / "services"
    using = {path.stem for path in root.rglob("*.py") for node in ast.walk(ast.parse(path.read_text()))
             if isinstance(node, ast.ImportFrom) and {"records_like", "people_like", "names_of_people", "offered_on"} & {
                 alias.name for alias in node.names}}
    assert using == {"queue", "retention", "cards", "composing", "referrals"}
