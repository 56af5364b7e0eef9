"""What a page showed lies in no state store: not in memory, not in Redis. A planted control proves the search can find."""

import pickle
import re
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
import reflex as rx
from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from reflex.istate.manager import StateManager
from reflex.istate.manager.memory import StateManagerMemory
from reflex.istate.manager.redis import StateManagerRedis
from reflex_base.registry import RegistrationContext

from sgapp.ui.quiet import backend_error
from sgapp.ui.session import ConfidentialState, CookieKeeper, session_token
from tests.ui.socket import ORIGIN, Page, TestClient, wire_name

SAID = "canary-words-of-the-adult"
CONTROL = "canary-planted-control"
TOKEN = "canary-session-token"
COOKIE = f"sgapp_session={TOKEN}; other=canary-other-cookie"


class ReadingState(ConfidentialState, rx.State):
    """Shows words as a page would, and keeps one var that is not confidential, as a control."""

    _confidential: ClassVar[frozenset[str]] = frozenset({"words", "lines"})

    words: str = ""
    lines: list[str] = []  # noqa: RUF012 - a var of a State, copied for each
    control: str = ""
    whose: str = ""

    @rx.event
    def read(self) -> None:
        self.words, self.lines, self.control = SAID, [SAID, SAID], CONTROL

    @rx.event
    def read_and_fail(self) -> None:
        self.words = SAID
        raise ValueError(SAID)

    @rx.event
    def ask_whose(self) -> None:
        self.whose = "known" if session_token(self) == TOKEN else "unknown"

    @rx.event(background=True)
    async def read_later(self) -> None:
        async with self:
            self.words, self.control = SAID, CONTROL


@pytest.fixture(params=["memory", "redis"])
def manager(request: pytest.FixtureRequest) -> StateManager:
    if request.param == "memory":
        return StateManagerMemory()
    return StateManagerRedis(redis=AsyncRedis.from_url(request.getfixturevalue("redis_address")))


@pytest.fixture
def client(manager: StateManager, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A running app around that store. Nothing is compiled: no page is drawn."""
    monkeypatch.setenv("__REFLEX_SKIP_COMPILE", "true")
    with RegistrationContext.ensure_context().fork():  # an app each, with the States that are defined by now
        app = rx.App(toaster=None, api_transformer=[CookieKeeper], backend_exception_handler=backend_error)
        app._state_manager = manager
        with TestClient(app(), base_url=ORIGIN) as running:
            yield running


def stored(manager: StateManager) -> bytes:
    """Everything the store holds, as bytes to search in."""
    if isinstance(manager, StateManagerMemory):
        return b"".join(_deep(root) for root in manager.states.values())
    assert isinstance(manager, StateManagerRedis)
    port = manager.redis.connection_pool.connection_kwargs["port"]
    with Redis(port=port) as plain:
        return b"".join(plain.get(key) or b"" for key in plain.scan_iter() if plain.type(key) == b"string")


def _deep(state: Any) -> bytes:
    """A State and its substates as they lie in memory: plain attributes, without the defaults that pickling adds."""
    own = {name: value for name, value in vars(state).items() if name not in ("parent_state", "substates")}
    slots = repr((state.dirty_vars, getattr(state, "router_data", None)))
    return repr(own).encode() + slots.encode() + b"".join(_deep(child) for child in state.substates.values())


def test_the_page_gets_the_words_and_the_store_keeps_only_the_control(client: TestClient, manager: StateManager) -> None:
    with Page(client) as page:
        page.event(wire_name(ReadingState) + ".read")
        assert page.shown(ReadingState, "words") == SAID
        assert page.shown(ReadingState, "lines") == [SAID, SAID]
        held = stored(manager)
    assert CONTROL.encode() in held
    assert SAID.encode() not in held


def test_words_set_by_a_background_event_are_not_kept_either(client: TestClient, manager: StateManager) -> None:
    with Page(client) as page:
        page.send(wire_name(ReadingState) + ".read_later")
        while page.shown(ReadingState, "words") != SAID:
            page.settle()
        held = stored(manager)
    assert CONTROL.encode() in held
    assert SAID.encode() not in held


def test_words_of_a_handler_that_failed_are_not_kept_either(client: TestClient, manager: StateManager,
                                                            caplog: pytest.LogCaptureFixture) -> None:
    with Page(client) as page:
        page.event(wire_name(ReadingState) + ".read_and_fail")
        page.settle()
        assert SAID.encode() not in stored(manager)
        assert page.shown(ReadingState, "words") in ("", None)
    assert SAID not in caplog.text
    assert "ValueError" in caplog.text


def test_the_session_token_is_known_while_the_socket_is_open_and_stored_nowhere(
        client: TestClient, manager: StateManager) -> None:
    with Page(client, cookie=COOKIE) as page:
        page.event(wire_name(ReadingState) + ".ask_whose")
        assert page.shown(ReadingState, "whose") == "known"
        held = stored(manager)
        assert b"canary" not in held
        assert re.search(rb"sgapp_session=[0-9a-f]{64}", held), "the fingerprint stands where the cookie stood"
        assert TOKEN not in str(page.state)


def test_a_pickle_made_before_the_delta_was_sent_holds_no_words() -> None:
    state = ReadingState(_reflex_internal_init=True)  # type: ignore[call-arg]
    state.words, state.control = SAID, CONTROL
    pickled = pickle.dumps(state)
    assert CONTROL.encode() in pickled
    assert SAID.encode() not in pickled


def test_a_confidential_state_may_have_no_computed_vars() -> None:
    with pytest.raises(TypeError, match="no computed vars"):

        class Leaky(ConfidentialState, rx.State):
            _confidential: ClassVar[frozenset[str]] = frozenset({"words"})
            words: str = ""

            @rx.var
            def first(self) -> str:
                return self.words[:1]


def test_naming_a_var_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(TypeError, match="no vars called werds"):

        class Misspelt(ConfidentialState, rx.State):
            _confidential: ClassVar[frozenset[str]] = frozenset({"werds"})
            words: str = ""


def test_forgetting_one_of_the_two_bases_is_an_error() -> None:
    with pytest.raises(TypeError, match=r"ConfidentialState, rx\.State"):

        class Half(ConfidentialState):
            words: str = ""


