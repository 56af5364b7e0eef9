"""A page without a browser: Reflex's websocket protocol (Engine.IO 4, Socket.IO 5) spoken over Starlette's test client."""

import json
import uuid
import warnings
from types import TracebackType
from typing import Any, ClassVar

import anyio
import reflex as rx

with warnings.catch_warnings():
    # Starlette asks for httpx's successor while httpx still serves; only its websocket side is used here.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

ROOT = "reflex___state____state"
ORIGIN = "http://localhost:8000"


class FenceState(rx.State):
    """Lets a test wait. It passes itself off as ours, so that the gate lets it through."""

    __module__ = "sgapp.fence"
    _allowed: ClassVar[frozenset[str]] = frozenset({"anyone"})
    number: int = 0

    @rx.event
    def pass_by(self, number: int) -> None:
        self.number = number


def wire_name(state_class: Any) -> str:
    """A State class's full name as events spell it."""
    return str(state_class.get_full_name())


class Page:
    """One open page. Values that the server sent stand in `state`, by State and var."""

    def __init__(self, client: TestClient, *, cookie: str = "", token: str = "", path: str = "/") -> None:
        self.token, self.path = token or str(uuid.uuid4()), path
        headers = {"origin": ORIGIN, "upgrade": "websocket", **({"cookie": cookie} if cookie else {})}
        address = f"/_event/?token={self.token}&EIO=4&transport=websocket"
        self._opening = client.websocket_connect(address, headers=headers)
        self.state: dict[str, dict[str, Any]] = {}
        self.events: list[dict[str, Any]] = []
        self._fences = 0

    def __enter__(self) -> "Page":
        self._ws = self._opening.__enter__()
        self._ws.receive_text()
        boot = {"event": {"name": f"{ROOT}.hydrate_and_load", "payload": {}, "router_data": self._where()}}
        self._ws.send_text("40/_event," + json.dumps(boot))
        try:
            self.settle()
        except BaseException:
            self._opening.__exit__(None, None, None)  # an open socket would keep the app from ending
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        # Taking leave as a browser does, so that the server frees the token; cancelling alone would not.
        self._ws.send_text("41/_event,")
        self._ws.portal.call(anyio.sleep, 0.02)
        self._opening.__exit__(kind, error, trace)

    def _where(self) -> dict[str, str]:
        return {"pathname": self.path, "asPath": self.path}

    def event(self, name: str, **payload: Any) -> None:
        """Send an event and wait until everything sent before has been answered."""
        self.send(name, **payload)
        self.settle()

    def send(self, name: str, **payload: Any) -> None:
        event = {"name": name, "payload": payload, "router_data": self._where()}
        self._ws.send_text("42/_event," + json.dumps(["event", event]))

    def raw(self, message: str) -> None:
        """Send whatever a hostile client might."""
        self._ws.send_text(message)

    def settle(self) -> None:
        """Events of one page run in order, so counting up in a State of our own works as a fence."""
        self._fences += 1
        self.send(f"{wire_name(FenceState)}.pass_by", number=self._fences)
        while self.shown(FenceState, "number") != self._fences and not self._told_to_begin_anew():
            self._read()

    def _told_to_begin_anew(self) -> bool:
        return any(values.get("not_hers_rx_state_") for values in self.state.values())

    def _read(self) -> None:
        message = self._ws.receive_text()
        if message == "2":
            self._ws.send_text("3")
        if not message.startswith("42/_event,"):
            return
        kind, update = json.loads(message.removeprefix("42/_event,"))
        if kind == "new_token":
            self.token = update  # the one asked for is still in use by another socket
        if kind != "event":
            return
        self.events += update.get("events") or []
        for name, values in (update.get("delta") or {}).items():
            self.state.setdefault(name, {}).update(values)

    def shown(self, state_class: Any, var: str) -> Any:
        """What the page shows for a var; None if it was never sent."""
        return self.state.get(wire_name(state_class), {}).get(f"{var}_rx_state_")
