"""A bad day: the database goes away, Redis does, the disk is full, clients dawdle, a thousand pages are open, the clock jumps.

Each time: what was acknowledged is there, once; it says what is wrong; and it recovers by itself. Kills are in test_kills.py,
two sweeps at once in tests/services/test_sweep_processes.py.
"""

import asyncio
import random
import socket
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy import make_url
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

from sgapp.services.intake import Envelope, seal_note
from tests.e2e.test_kills import _delivered, _let_in
from tests.people import note_payload
from tests.phone.rough_network import RoughNetwork
from tests.security.test_walk import opened
from tests.serving import PASSWORD, Server, otp, running_redis, start_server, stop_server

pytestmark = pytest.mark.long
#: So soon it has to be well again by itself, on a slow machine.
WELL_WITHIN_SECONDS = 60


class Phone:
    """Sends notes for as long as it is asked to. What is not acknowledged it keeps, and sends again."""

    def __init__(self, server: Server) -> None:
        self.server, self.answers = server, Counter[int | str]()
        self.acknowledged: list[str] = []
        self._end = threading.Event()
        self._sign_in()

    def _sign_in(self) -> None:
        self._cookie, self._key, self._person = _let_in(self.server.url)

    def note(self) -> Envelope:
        payload = note_payload(self._person, "", datetime.now(UTC))
        return seal_note(self._key, payload["id"], payload)

    def send(self, note: Envelope) -> httpx.Response | None:
        """The answer; None if there was none."""
        try:
            answer = httpx.post(f"{self.server.url}/api/observations", json=asdict(note), timeout=20,
                                cookies=self._cookie)
        except httpx.TransportError as error:
            self.answers[type(error).__name__] += 1
            return None
        self.answers[answer.status_code] += 1
        if answer.status_code in (200, 201):
            self.acknowledged.append(note.id)
        return answer

    def _send_on(self) -> None:
        while not self._end.is_set():
            note = self.note()
            while (answer := self.send(note)) is None or answer.status_code not in (200, 201):
                if answer is not None and answer.status_code == 401:
                    self._sign_in()
                time.sleep(0.1)  # as a phone waits before it tries again

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Meanwhile, note after note; in the end the last one gets through."""
        thread = threading.Thread(target=self._send_on)
        thread.start()
        try:
            yield
        finally:
            self._end.set()
            thread.join(WELL_WITHIN_SECONDS)
            assert not thread.is_alive(), f"a note did not get through: {self.answers}"

    def until(self, count: int) -> None:
        """Wait until so many more were acknowledged."""
        wanted = len(self.acknowledged) + count
        wait_for(lambda: len(self.acknowledged) >= wanted, f"notes: {self.answers}")


def wait_for(true: object, what: str) -> None:
    """Ask again and again. `true` is a function without arguments."""
    end = time.monotonic() + WELL_WITHIN_SECONDS
    while time.monotonic() < end:
        if true():  # type: ignore[operator]
            return
        time.sleep(0.1)
    pytest.fail(f"in {WELL_WITHIN_SECONDS} seconds it did not come to this: {what}")


def ready(server: Server) -> bool:
    return httpx.get(f"{server.url}/readyz", timeout=20).status_code == 200


def nothing_lost_and_nothing_twice(server: Server, phone: Phone) -> None:
    delivered, kept = _delivered(server)
    ours = {note: delivered[note] for note in phone.acknowledged}
    assert set(ours) <= kept
    assert set(ours.values()) == {1}
    assert len(ours) == len(phone.acknowledged) > 3
    verified = server.command("audit", "verify")
    assert verified.returncode == 0, verified.stdout


def _a_page_opens(server: Server, username: str = "lead") -> None:
    with httpx.Client(base_url=server.url, timeout=30) as client:
        said = {"username": username, "password": PASSWORD, "otp": otp(server.url, username)}
        assert client.post("/api/session", json=said).status_code == 200
        with opened(server, client) as page:
            page.until_hydrated()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made, process = start_server(tmp_path)
    yield made
    stop_server(process)


def test_a_database_that_goes_away_is_said_and_comes_back_by_itself(tmp_path: Path, postgres_database: str) -> None:
    address = make_url(postgres_database)
    link = RoughNetwork(Path(str(address.query["host"])) / ".s.PGSQL.5432", random.Random(0))
    near = address.set(host="127.0.0.1", port=link.port, query={}).render_as_string(hide_password=False)
    with ExitStack() as until_the_end:
        until_the_end.callback(link.close)
        server, process = start_server(tmp_path, SGAPP_DATABASE_URL=near)
        until_the_end.callback(stop_server, process)
        phone = Phone(server)
        with phone.sending():
            phone.until(3)
            # When the database goes away in the middle of it
            link.down()
            wait_for(lambda: not ready(server), "it says that it is not ready")
            assert httpx.get(f"{server.url}/readyz", timeout=20).json()["reasons"] == ["the database does not answer"]
            assert httpx.get(f"{server.url}/healthz", timeout=20).status_code == 200
            assert httpx.get(f"{server.url}/metrics", timeout=20).text.count("sgapp_ready 0.0") == 1
            told = phone.send(phone.note())
            assert told is not None
            assert (told.status_code, told.json()["type"]) == (503, "urn:sgapp:problem:unavailable")
            # Then it comes back, and nobody does anything
            link.calm()
            wait_for(lambda: ready(server), "it is ready again")
            phone.until(3)
            _a_page_opens(server)
        assert phone.answers[503] > 0
        nothing_lost_and_nothing_twice(server, phone)


def test_redis_that_goes_away_holds_up_no_note_and_pages_open_again_when_it_is_back(
        tmp_path: Path, postgres_database: str) -> None:
    with ExitStack() as until_the_end, ExitStack() as first:
        address = first.enter_context(running_redis(tmp_path))
        port = int(address.rpartition(":")[2].partition("/")[0])
        server, process = start_server(tmp_path, workers=2, SGAPP_DATABASE_URL=postgres_database, SGAPP_REDIS_URL=address)
        until_the_end.callback(stop_server, process)
        _a_page_opens(server)
        phone = Phone(server)
        with phone.sending():
            phone.until(2)
            first.close()
            phone.until(5)
            said = server.command("doctor").stdout
            assert "not well: redis. Redis does not answer" in said
            until_the_end.enter_context(running_redis(tmp_path, port=port))
            _a_page_opens(server)
        assert set(phone.answers) == {201}
        nothing_lost_and_nothing_twice(server, phone)


#: SQLite says that the disk is full, by its own code, for as long as a file is there.
FULL = """import pathlib, sqlalchemy
@sqlalchemy.event.listens_for(sqlalchemy.Engine, "begin")
def fill(connection):
    if connection.dialect.name == "sqlite":
        most = 1 if pathlib.Path({flag!r}).exists() else 2**30
        connection.connection.driver_connection.execute(f"PRAGMA max_page_count = {{most}}")  # before it begins
"""


def test_a_full_disk_refuses_what_it_cannot_keep_and_takes_it_when_there_is_room(tmp_path: Path) -> None:
    flag = tmp_path / "full"
    server, process = start_server(tmp_path, first=FULL.format(flag=str(flag)))
    try:
        phone = Phone(server)
        with phone.sending():
            phone.until(3)
            flag.touch()
            wait_for(lambda: phone.answers[503] > 3, f"it refuses: {phone.answers}")
            told = phone.send(phone.note())
            assert told is not None
            assert told.json()["type"] == "urn:sgapp:problem:unavailable"
            assert httpx.get(f"{server.url}/healthz", timeout=20).status_code == 200
            flag.unlink()
            phone.until(3)
        nothing_lost_and_nothing_twice(server, phone)
    finally:
        stop_server(process)


def test_clients_that_dawdle_hold_up_nobody(server: Server) -> None:
    host, port = "127.0.0.1", int(server.url.rpartition(":")[2])
    head = b"POST /api/observations HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n"
    with ExitStack() as until_the_end:
        for number in range(200):
            slow = until_the_end.enter_context(socket.create_connection((host, port)))
            # Half of them stop within the head, half within the body; nobody ever ends.
            slow.sendall(head if number % 2 else head + b"\r\n{")
        phone = Phone(server)
        with phone.sending():
            phone.until(10)
        _a_page_opens(server)
    assert set(phone.answers) == {201}
    nothing_lost_and_nothing_twice(server, phone)


async def _many_pages(server: Server, count: int, cookie: dict[str, str]) -> list[ClientConnection]:
    async def one() -> ClientConnection:
        url = f"{server.url.replace('http', 'ws')}/_event/?token={uuid.uuid4()}&EIO=4&transport=websocket"
        page = await connect(url, origin=Origin(server.url), open_timeout=60, ping_interval=None,
                             additional_headers={"Cookie": "; ".join(map("=".join, cookie.items()))})
        await page.recv()
        await page.send("40/_event,")
        return page

    found: list[ClientConnection] = []
    for _ in range(count // 50):
        found += await asyncio.gather(*(one() for _ in range(50)))
    return found


def test_a_thousand_open_pages_hold_up_no_note(server: Server) -> None:
    phone = Phone(server)

    async def meanwhile() -> str:
        pages = await _many_pages(server, 1_000, phone._cookie)
        told = await asyncio.to_thread(httpx.get, f"{server.url}/metrics", timeout=30)
        with phone.sending():
            await asyncio.to_thread(phone.until, 10)
        await asyncio.gather(*(page.close() for page in pages))
        return told.text

    told = asyncio.run(meanwhile())
    assert "sgapp_open_sockets 1000.0" in told
    assert set(phone.answers) == {201}
    _a_page_opens(server)
    nothing_lost_and_nothing_twice(server, phone)


#: The clock of the server's machine, wrong by as many seconds as a file says.
JUMPING = """import datetime, pathlib, sgapp.services.house
flag, right = pathlib.Path({flag!r}), sgapp.services.house.now
sgapp.services.house.now = lambda: right() + datetime.timedelta(seconds=float(flag.read_text()) if flag.exists() else 0)
"""


@pytest.mark.parametrize("hours", [1, -1])
def test_a_clock_that_jumps_by_an_hour_loses_nothing_and_is_told(tmp_path: Path, hours: int) -> None:
    flag = tmp_path / "jump"
    server, process = start_server(tmp_path, first=JUMPING.format(flag=str(flag)))
    try:
        phone = Phone(server)
        with phone.sending():
            phone.until(3)
            (tmp_path / "new").write_text(str(3600 * hours))
            (tmp_path / "new").replace(flag)
            phone.until(5)
            flag.unlink()
            phone.until(3)
        # An hour without a sign of her ends her session, and she signs in again; nothing else is refused.
        assert set(phone.answers) <= {201, 401}
        wait_for(lambda: ready(server), "it is ready again")
        nothing_lost_and_nothing_twice(server, phone)
        said = server.command("doctor").stdout
        assert ("not well: clock" in said) == (hours > 0)
    finally:
        stop_server(process)
