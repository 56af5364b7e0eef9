"""Anything at all, sent through the pages' websocket: the server stays well, says nothing of its inside, and gives nobody
what is another's. Reproduce a failure with the seed that it prints.
"""

import contextlib
import json
import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import WebSocketException

from tests.security.test_fuzz import NASTY
from tests.security.test_walk import Socket, opened, our_handlers
from tests.serving import PASSWORD, Server, otp, start_server, stop_server

pytestmark = pytest.mark.long

FRAMES, AT_A_TIME = 3_000, 25
#: People of the demo as the desk shows them; no care worker's page and nobody's gets them through the socket.
NAMES = re.compile(r"Linden|Ferris|Marlow|Brand\b|VN-[A-Z0-9]{4}|2026-[A-Z0-9]{4}-[A-Z0-9]")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made, process = start_server(tmp_path)
    yield made
    stop_server(process)


def _noise(chance: random.Random, depth: int = 0) -> Any:
    match chance.randrange(9 if depth < 3 else 7):
        case 0:
            return None
        case 1:
            return chance.choice([True, False])
        case 2:
            return chance.choice([0, -1, 10**40, 1.5])
        case 3 | 4:
            return chance.choice(NASTY)
        case 5:
            return "".join(chr(chance.randrange(1, 0x2FF)) for _ in range(chance.randrange(20)))
        case 6:
            return chance.choice(["reflex___state____state", "/desk", "token", "hydrate", "../../etc/passwd"])
        case 7:
            return [_noise(chance, depth + 1) for _ in range(chance.randrange(4))]
        case _:
            return {str(_noise(chance, 3)): _noise(chance, depth + 1) for _ in range(chance.randrange(4))}


def _event(chance: random.Random, handlers: list[str]) -> Any:
    """An event of a page: a handler of ours or of nobody's, and with it what a page would send, or anything."""
    name = chance.choice(handlers) if chance.random() < 0.7 else _noise(chance)
    event: dict[str, Any] = {"name": name, "payload": {}, "router_data": {"pathname": "/desk", "asPath": "/desk"}}
    for field in event:
        if chance.random() < 0.3:
            event[field] = _noise(chance)
    if chance.random() < 0.3:
        event["payload"] = {str(chance.choice(["id", "case_id", "text", "show", "form", "value", "x"])): _noise(chance)}
    if chance.random() < 0.2:
        event[str(chance.choice(["token", "client_state", "substate", "headers", "ip"]))] = _noise(chance)
    if chance.random() < 0.1:
        event.pop(chance.choice(list(event)))
    return event


def _frame(chance: random.Random, handlers: list[str]) -> str | bytes:
    kind = chance.random()
    if kind < 0.75:
        return "42/_event," + json.dumps(["event", _event(chance, handlers)])
    if kind < 0.98:
        return "42/_event," + json.dumps(["event", _noise(chance)] if kind < 0.9 else [_noise(chance), _noise(chance)])
    # Most of these end the connection, as they should.
    return chance.choice([
        b"\x00\xff" * chance.randrange(20), "", "3", "6", "1", "0{}", "41/_event,", "45-1/_event,[]", "42[", "42/other,[]", "4",
        "40/other,{}", "43/_event,1[]", "9", "42/_event,9999999999[]", "[" * 3000, "42/_event," + "[" * 3000, "x" * 2000])


def _speaks(socket: Socket, chance: random.Random, handlers: list[str], fence: str) -> str:
    """Some frames, then a question that a page would ask; everything that came back until its answer."""
    for _ in range(AT_A_TIME):
        socket.ws.send(_frame(chance, handlers))
    socket.send(fence)
    came, until = [], time.monotonic() + 5
    while time.monotonic() < until:
        message = socket.ws.recv(timeout=5)
        if message == "2":
            socket.ws.send("3")
        came.append(str(message))
        if "session_state" in str(message):
            break
    return "\n".join(came)


@pytest.mark.parametrize("username", ["lead", "worker.a", None])
def test_whatever_comes_through_the_socket_the_server_stays_well(server: Server, username: str | None) -> None:
    seed = random.SystemRandom().randrange(2**32)
    chance, handlers = random.Random(seed), [name for _, name in our_handlers()]
    fence = next(name for name in handlers if name.endswith(".load_session"))
    heard, tally = list[str](), Counter[str]()
    with httpx.Client(base_url=server.url, timeout=30) as client:
        if username:
            said = {"username": username, "password": PASSWORD, "otp": otp(server.url, username)}
            assert client.post("/api/session", json=said).status_code == 200
        while tally["frames"] < FRAMES // 3:
            with contextlib.suppress(WebSocketException, TimeoutError), opened(server, client) as socket:
                tally["opened"] += 1
                socket.until_hydrated()
                while tally["frames"] < FRAMES // 3:
                    tally["frames"] += AT_A_TIME
                    heard.append(_speaks(socket, chance, handlers, fence))
                    tally["answered"] += 1
    assert tally["answered"] > 10, f"seed {seed}: {tally}"
    everything, log = "\n".join(heard), server.log.read_text()
    for inside in ("Traceback", "sqlalchemy", 'File "', "psycopg", "sqlite3"):
        assert inside not in everything, f"seed {seed}: {inside}"
    assert "Traceback" not in log, f"seed {seed}: {log[-3000:]}"
    assert username == "lead" or not NAMES.search(everything), f"seed {seed}: {NAMES.findall(everything)[:5]}"
    assert httpx.get(f"{server.url}/readyz").status_code == 200
    assert server.command("audit", "verify").returncode == 0
