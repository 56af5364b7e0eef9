"""Every event passes the gate: deny by default, and never across sessions."""

import importlib
import logging
import pkgutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

import pytest
import reflex as rx
from reflex.istate.manager.memory import StateManagerMemory
from reflex.state import FrontendEventExceptionState, UpdateVarsInternalState
from reflex_base.registry import RegistrationContext

import sgapp.services.house
from sgapp.domain.permissions import Actor, Role
from sgapp.logs import silence_others
from sgapp.services.house import House, now
from sgapp.services.sessions import sign_in, sign_out
from sgapp.ui import pages
from sgapp.ui.gate import FRAMEWORK, Gate, allowed_roles
from sgapp.ui.quiet import backend_error
from sgapp.ui.session import ANYONE, CookieKeeper, SessionState
from tests.people import PASSWORD, Cast, code
from tests.ui.socket import ORIGIN, Page, TestClient, wire_name

CANARY = "canary-in-a-payload"


class LeadsOnly(rx.State):
    """Stands for any page of the desk."""

    __module__ = "sgapp.ui.pages.leads_only"
    _allowed: ClassVar[frozenset[str]] = frozenset({"lead"})
    opened: str = ""

    @rx.event
    def open_it(self, number: int = 0) -> None:
        self.opened = f"opened {number}"


class Undeclared(rx.State):
    """Somebody forgot to say who may."""

    __module__ = "sgapp.ui.pages.undeclared"
    touched: str = ""

    @rx.event
    def touch(self) -> None:
        self.touched = "touched"


@pytest.fixture
def refused() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def client(house: House, refused: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("__REFLEX_SKIP_COMPILE", "true")
    monkeypatch.setattr(sgapp.services.house, "house", lambda: house)

    async def remember(actor: Actor | None, name: str) -> None:
        refused.append((str(actor.role) if actor else "nobody", name))

    with RegistrationContext.ensure_context().fork():
        app = rx.App(toaster=None, api_transformer=[CookieKeeper], backend_exception_handler=backend_error)
        app._state_manager = StateManagerMemory()
        app.add_middleware(Gate(remember))
        with TestClient(app(), base_url=ORIGIN) as running:
            yield running


@pytest.fixture
def quiet() -> Iterator[None]:
    """The server's way of logging, for one test."""
    before = logging.getLogRecordFactory()
    silence_others()
    yield
    logging.setLogRecordFactory(before)


def cookie(house: House, username: str) -> str:
    found = sign_in(house, username, PASSWORD, address="127.0.0.1", now=now(),
                    code=code(house, username, now()))
    assert found is not None
    return f"sgapp_session={found.token}"


def test_whoever_is_not_signed_in_opens_nothing(client: TestClient, refused: list[tuple[str, str]]) -> None:
    with Page(client) as page:
        page.event(wire_name(LeadsOnly) + ".open_it")
        assert page.shown(LeadsOnly, "opened") == ""
    assert refused == [("nobody", "LeadsOnly.open_it")]


def test_a_lead_opens_what_a_worker_does_not(
        client: TestClient, house: House, cast: Cast, refused: list[tuple[str, str]]) -> None:
    with Page(client, cookie=cookie(house, cast.amina.username)) as page:
        page.event(wire_name(LeadsOnly) + ".open_it", number=1)
        assert page.shown(LeadsOnly, "opened") == ""
    with Page(client, cookie=cookie(house, cast.lena.username)) as page:
        page.event(wire_name(LeadsOnly) + ".open_it", number=2)
        assert page.shown(LeadsOnly, "opened") == "opened 2"
    assert refused == [("worker", "LeadsOnly.open_it")]


def test_a_lead_can_neither_set_vars_nor_call_what_was_not_declared(
        client: TestClient, house: House, cast: Cast, refused: list[tuple[str, str]]) -> None:
    with Page(client, cookie=cookie(house, cast.lena.username)) as page:
        page.event(wire_name(LeadsOnly) + ".setvar", var_name="opened", value="by force")
        page.event(wire_name(Undeclared) + ".touch")
        page.event(wire_name(UpdateVarsInternalState) + ".update_vars_internal", vars={wire_name(LeadsOnly) + ".opened": "x"})
        assert page.shown(LeadsOnly, "opened") == ""
        assert page.shown(Undeclared, "touched") == ""
    expected = ["LeadsOnly.setvar", "Undeclared.touch", "UpdateVarsInternalState.update_vars_internal"]
    assert [name for _, name in refused] == expected


def test_a_page_stays_shut_after_its_session_ended(client: TestClient, house: House, cast: Cast) -> None:
    mine = cookie(house, cast.lena.username)
    with Page(client, cookie=mine) as page:
        page.event(wire_name(LeadsOnly) + ".open_it", number=1)
        sign_out(house, mine.partition("=")[2], now=now())
        page.event(wire_name(LeadsOnly) + ".open_it", number=2)
        assert page.shown(LeadsOnly, "opened") == "opened 1"


def test_another_session_with_the_same_client_token_finds_nothing_of_the_first(
        client: TestClient, house: House, cast: Cast) -> None:
    with Page(client, cookie=cookie(house, cast.lena.username)) as first:
        first.event(wire_name(SessionState) + ".load_session")
        first.event(wire_name(LeadsOnly) + ".open_it", number=7)
        assert first.shown(SessionState, "name") == cast.lena.name
    for thief in ("", cookie(house, cast.amina.username)):
        with with_token(client, thief, first.token) as second:
            assert not second.shown(LeadsOnly, "opened")
            assert not second.shown(SessionState, "name")


def test_a_page_that_comes_back_in_somebody_elses_session_is_served_nothing_and_told_to_begin_anew(
        client: TestClient, house: House, cast: Cast) -> None:
    with Page(client, cookie=cookie(house, cast.lena.username)) as lenas:
        pass
    mauds = cookie(house, cast.maud.username)
    with with_token(client, mauds, lenas.token) as back:
        assert back.shown(SessionState, "not_hers") is True
        assert back.shown(SessionState, "name") is None
        assert back.shown(LeadsOnly, "opened") is None
    with with_token(client, mauds, lenas.token) as anew:
        assert anew.shown(SessionState, "not_hers") is False
        assert anew.shown(LeadsOnly, "opened") == ""


def test_a_page_that_was_nobodys_is_served_to_whoever_signs_in_on_it(client: TestClient, house: House, cast: Cast) -> None:
    with Page(client) as sign_in_page:
        pass
    with with_token(client, cookie(house, cast.lena.username), sign_in_page.token) as hers:
        assert hers.shown(LeadsOnly, "opened") == ""
        assert hers.shown(SessionState, "not_hers") is False


@contextmanager
def with_token(client: TestClient, cookie: str, token: str) -> Iterator[Page]:
    """A page with just this client token; while its last socket is still closing, Reflex would give another."""
    for _ in range(100):
        with Page(client, cookie=cookie, token=token) as page:
            if page.token == token:
                yield page
                return
        time.sleep(0.02)
    pytest.fail("the client token never became free")


def test_neither_payloads_nor_cookies_reach_the_logs(
        client: TestClient, house: House, cast: Cast, caplog: pytest.LogCaptureFixture, quiet: None) -> None:
    caplog.set_level(logging.INFO)
    mine = cookie(house, cast.lena.username)
    with Page(client, cookie=mine) as page:
        page.event("reflex___state____state.no_such_handler", text=CANARY)
        page.event(wire_name(LeadsOnly) + ".open_it", number=CANARY)
        page.event(wire_name(LeadsOnly) + ".open_it", unknown=CANARY)
        page.event(wire_name(FrontendEventExceptionState) + ".handle_frontend_exception", info=CANARY, component_stack=CANARY)
        page.raw('42/_event,["event","' + CANARY + '"]')
        page.raw('42/_event,["event",{"name":5,"payload":"' + CANARY + '"}]')
        page.raw('42/_event,["client_error",{"message":"' + CANARY + '"}]')
        page.settle()
    assert caplog.records, "something was logged"
    assert CANARY not in caplog.text
    assert mine.partition("=")[2] not in caplog.text


def test_every_handler_of_ours_says_who_may_call_it() -> None:
    for found in pkgutil.iter_modules(pages.__path__):
        if found.ispkg:
            importlib.import_module(f"{pages.__name__}.{found.name}.page")
    known = {str(role) for role in Role} | {ANYONE}
    handlers = RegistrationContext.ensure_context().event_handlers
    assert len(handlers) > 5
    for name, registered in handlers.items():
        state_class, handler = registered.states[0], name.rpartition(".")[2]
        roles = allowed_roles(state_class, handler)
        if handler == "setvar":
            assert not roles, name
        elif not state_class.__module__.startswith("sgapp."):
            assert bool(roles) == ((state_class, handler) in FRAMEWORK), name
        elif state_class is not Undeclared:
            assert roles, f"{name} is declared for nobody"
            assert roles <= known, f"{name} names a role that does not exist"
