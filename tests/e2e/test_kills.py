"""kill -9 in the middle of a burst, again and again: what was acknowledged is there, once, and the chain is sound.

Source: DESIGN, "Intake keeps everything". This says nothing of power loss: the machine itself goes on.
"""

import os
import queue
import random
import subprocess
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from sqlmodel import select

from sgapp.services.house import SYSTEM, House, now
from sgapp.services.intake import Envelope, IntakeKey, seal_note
from sgapp.settings import Settings
from sgapp.store.tables import AuditEventRow, EnvelopeRow
from tests.people import note_payload
from tests.serving import PASSWORD, Server, free_port, kill_server, start_server, stop_server

KILLS, NOTES_BETWEEN, CLIENTS = 5, 60, 4


class Phones:
    """Phones that keep a note until it is acknowledged, and send it again when they do not know."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.waiting: queue.Queue[Envelope] = queue.Queue()
        self.acknowledged: list[str] = []
        self.sent_again = 0
        self.refused: list[str] = []
        self._cut, self._reached, self._target = threading.Event(), threading.Event(), 10**9

    def write(self, key: IntakeKey, person_id: str, count: int) -> None:
        for _ in range(count):
            payload = note_payload(person_id, "", datetime.now(UTC))
            self.waiting.put(seal_note(key, payload["id"], payload))

    def deliver(self, cookie: dict[str, str]) -> None:
        """Send everything that waits. Ends when nothing waits, or the server is gone; what hung in the air waits again."""
        self._cut.clear()
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(self._one_phone, [cookie] * CLIENTS))

    def deliver_until_killed(self, cookie: dict[str, str], server: subprocess.Popen[bytes], *, after: int,
                             wait_seconds: float) -> None:
        """Kill the server so many seconds after so many notes of this burst were acknowledged."""
        self._target, self._reached = len(self.acknowledged) + after, threading.Event()

        def kill() -> None:
            self._reached.wait(60)
            time.sleep(wait_seconds)  # a moment within a request, chosen by the seed
            kill_server(server)

        killer = threading.Thread(target=kill)
        killer.start()
        self.deliver(cookie)
        killer.join()

    def _one_phone(self, cookie: dict[str, str]) -> None:
        with httpx.Client(base_url=self.url, cookies=cookie, timeout=20) as client:
            while not self._cut.is_set():
                try:
                    envelope = self.waiting.get_nowait()
                except queue.Empty:
                    return
                try:
                    answer = client.post("/api/observations", json=asdict(envelope))
                except httpx.TransportError:
                    self.waiting.put(envelope)
                    self.sent_again += 1
                    self._cut.set()
                    return
                if answer.status_code not in (200, 201):
                    self.refused.append(f"{answer.status_code} {answer.text}")
                else:
                    self.acknowledged.append(envelope.id)
                    if len(self.acknowledged) >= self._target:
                        self._reached.set()


def _let_in(url: str) -> tuple[dict[str, str], IntakeKey, str]:
    with httpx.Client(base_url=url, timeout=20) as client:
        answer = client.post("/api/session", json={"username": "worker.a", "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        key = IntakeKey(**client.get("/api/intake/key").json())
        return dict(client.cookies), key, client.get("/api/people/mine").json()["people"][0]["id"]


def _delivered(server: Server) -> tuple[Counter[str], set[str]]:
    """How often each note was delivered, by the chain; and the notes that could be opened, by the table."""
    house = House(Settings(data=server.data, keys=Path(server.env["SGAPP_KEYS"]),
                           database_url=server.env.get("SGAPP_DATABASE_URL", "")))
    with house.begin(SYSTEM, now()) as uow:
        events = uow.session.exec(select(AuditEventRow.subject_id).where(AuditEventRow.action == "note-delivered"))
        counted = Counter(events)
        kept = {e.id for e in uow.session.exec(select(EnvelopeRow)) if e.quarantined_because is None}
    house.engine.dispose()
    return counted, kept


@pytest.mark.long
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_what_was_acknowledged_outlives_five_kills_and_is_there_once(
        request: pytest.FixtureRequest, tmp_path: Path, database: str) -> None:
    seed = int(os.environ.get("SGAPP_TEST_SEED") or random.SystemRandom().randrange(10**6))
    print(f"seed {seed}: set SGAPP_TEST_SEED to it for the same moments")  # noqa: T201 - shown when the test fails
    moments = random.Random(seed)
    url = request.getfixturevalue("postgres_database") if database == "postgresql" else ""
    port = free_port()
    server, process = start_server(tmp_path, port=port, SGAPP_DATABASE_URL=url)
    try:
        cookie, key, person_id = _let_in(server.url)
        phones = Phones(server.url)
        for kill in range(KILLS):
            # When the server is killed somewhere in a burst
            phones.write(key, person_id, NOTES_BETWEEN)
            phones.deliver_until_killed(cookie, process, after=moments.randrange(1, NOTES_BETWEEN // 2),
                                     wait_seconds=moments.uniform(0, 0.02))
            # Then it comes up again, and every note that anybody was told of is there, before a phone tries again
            server, process = start_server(tmp_path, demo=False, port=port, SGAPP_DATABASE_URL=url)
            delivered, kept = _delivered(server)
            lost = set(phones.acknowledged) - kept
            assert not lost, f"seed {seed}, kill {kill + 1}: lost {lost}"
            assert set(delivered.values()) == {1}, f"seed {seed}, kill {kill + 1}: {delivered.most_common(3)}"
        # And what hung in the air arrives too, once
        phones.deliver(cookie)
    finally:
        stop_server(process)
    assert phones.refused == []
    assert phones.sent_again >= KILLS, "no kill hit a note under way: this tried nothing"
    assert len(phones.acknowledged) == len(set(phones.acknowledged)) == KILLS * NOTES_BETWEEN
    delivered, kept = _delivered(server)
    assert set(phones.acknowledged) <= kept == set(delivered)
    assert set(delivered.values()) == {1}
    verified = server.command("audit", "verify")
    assert verified.returncode == 0, verified.stdout
