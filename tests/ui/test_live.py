"""What open screens are told after a change, without anybody asking."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
import reflex as rx
from reflex.istate.manager.memory import StateManagerMemory
from reflex_base.registry import RegistrationContext

import sgapp.services.house
from sgapp.services.house import House, now
from sgapp.services.sessions import sign_out
from sgapp.ui import live
from sgapp.ui.gate import Gate
from sgapp.ui.pages.desk import state
from sgapp.ui.pages.desk.state import DeskState
from sgapp.ui.session import CookieKeeper, SessionState
from tests.people import Cast
from tests.ui.socket import ORIGIN, Page, TestClient, wire_name
from tests.ui.test_gate import cookie

SOON_SECONDS = 10


@pytest.fixture
def client(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The desk's States on a server of their own, where no round comes by itself."""
    monkeypatch.setenv("__REFLEX_SKIP_COMPILE", "true")
    for module in (sgapp.services.house, live, state):
        monkeypatch.setattr(module, "house", lambda: house)
    for name, fresh in (("_bell", live._Bell()), ("_going", None), ("_open", {}), ("LOOK_EVERY_SECONDS", 3600)):
        monkeypatch.setattr(live, name, fresh)
    with RegistrationContext.ensure_context().fork():
        app = rx.App(toaster=None, api_transformer=[CookieKeeper])
        app._state_manager = StateManagerMemory()
        app.add_middleware(Gate())
        monkeypatch.setattr(live, "_app", app)
        with TestClient(app(), base_url=ORIGIN) as running:
            yield running


def _queue(client: TestClient, cast: Cast, who: str) -> Page:
    return Page(client, cookie=cookie(cast.house, cast.actors[who].username), path="/desk")


def _load(page: Page, handler: str = "load_queue", **payload: Any) -> None:
    page.event(f"{wire_name(DeskState)}.{handler}", **payload)


def _new(page: Page, expected: int) -> int | None:
    """How many the page says are new, as soon as it says what is expected, or after a while."""
    until = time.monotonic() + SOON_SECONDS
    while page.shown(DeskState, "new") != expected and time.monotonic() < until:
        page.settle()
    return page.shown(DeskState, "new")


def test_all_open_queues_are_told_of_a_note(client: TestClient, cast: Cast) -> None:
    with ExitStack() as stack:
        pages = [stack.enter_context(_queue(client, cast, who)) for who in ("lena", "maud", "lena")]
        for page in pages:
            _load(page)
        cast.writes(at=now())
        assert [_new(page, 1) for page in pages] == [1, 1, 1]


def test_new_is_counted_from_when_the_queue_was_shown_last(client: TestClient, cast: Cast) -> None:
    with _queue(client, cast, "lena") as page:
        _load(page)
        counts = []
        for _ in range(2):
            cast.writes(at=now())
            counts.append(_new(page, 1))
            _load(page, "load_new", text="")
            counts.append(_new(page, 0))
    assert counts == [1, 0, 1, 0]


def test_the_office_does_not_keep_what_a_screen_was_told(client: TestClient, cast: Cast) -> None:
    with _queue(client, cast, "lena") as page:
        _load(page)
        cast.writes(at=now())
        assert _new(page, 1) == 1
        page.raw('42/_event,["event",{"name":"reflex___state____state.hydrate_and_load","payload":{},"router_data":{}}]')
        assert _new(page, 0) == 0


def test_a_round_that_fails_is_named_without_its_words_and_the_next_one_comes(
        client: TestClient, cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    real, failed = live.actors_watching, []

    def once(*asked: Any, **at: Any) -> Any:
        if not failed:
            failed.append(True)
            raise OSError("canary of Dennis")
        return real(*asked, **at)

    with _queue(client, cast, "lena") as page, caplog.at_level(logging.ERROR):
        monkeypatch.setattr(live, "actors_watching", once)
        _load(page)
        cast.writes(at=now())
        assert _new(page, 1) == 1
    assert [record.getMessage() for record in caplog.records] == ["round failed: OSError"]


@contextmanager
def _watched(client: TestClient, cast: Cast, who: str) -> Iterator[Page]:
    with _queue(client, cast, who) as page:
        for handler in ("load_session", "watch_session"):
            page.event(f"{wire_name(SessionState)}.{handler}")
        yield page


def test_a_screen_that_watches_its_session_twice_is_led_to_sign_in_once(client: TestClient, cast: Cast) -> None:
    mine = cookie(cast.house, cast.lena.username)
    with Page(client, cookie=mine, path="/desk") as page:
        page.event(f"{wire_name(SessionState)}.load_session")
        for _ in range(2):
            page.event(f"{wire_name(SessionState)}.watch_session")
        sign_out(cast.house, mine.partition("=")[2], now=now())
        until = time.monotonic() + SOON_SECONDS
        while not page.events and time.monotonic() < until:
            page.settle()
        assert [event["payload"]["path"] for event in page.events if event["name"] == "_redirect"] == ["/sign-in"]


def test_whoever_comes_while_a_round_asks_who_is_there_is_not_led_away(
        client: TestClient, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    real, asked, go_on = live.actors_watching, threading.Event(), threading.Event()

    def slow(*whom: Any, **at: Any) -> Any:
        there = real(*whom, **at)
        asked.set()
        assert go_on.wait(SOON_SECONDS)
        return there

    with _watched(client, cast, "lena"):
        monkeypatch.setattr(live, "actors_watching", slow)
        cast.writes(at=now())
        assert asked.wait(SOON_SECONDS)
        with _watched(client, cast, "maud") as late:
            go_on.set()
            _load(late)
            assert _new(late, 0) == 0  # told in a later round
            assert late.events == []


def test_a_queue_whose_socket_is_gone_is_counted_no_more(client: TestClient, cast: Cast) -> None:
    with _queue(client, cast, "lena") as page:
        _load(page)
        with _queue(client, cast, "lena") as other:
            _load(other)
        cast.writes(at=now())
        assert _new(page, 1) == 1
        assert len(state._shown) == 1
