"""`intake`: a sealed note becomes an opened, encrypted, audited, durable one, against one bare durable row.

Both sides are real servers in processes of their own, on loopback, with a database of the same settings; both get the
very same bodies from the same number of clients. Rounds of the one and of the other take turns, and change who goes
first, so that whatever else the machine does hits both alike.
"""

import contextlib
import http.client
import json
import secrets
import statistics
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

from sqlmodel import select

from sgapp.bench.children import child, free_port
from sgapp.bench.databases import fresh_database
from sgapp.bench.load import Sent, send, speed
from sgapp.bench.results import Bench, CannotMeasure, Check, Plan, Result
from sgapp.services.audit import verify_audit
from sgapp.services.house import SYSTEM, House, now
from sgapp.services.intake import Envelope, IntakeKey, seal_note
from sgapp.settings import Settings
from sgapp.store.tables import ObservationRow

GOAL = 0.5
BASELINE_IS = "one row inserted and durable, through a bare FastAPI app on the same server"


@dataclass(frozen=True, slots=True)
class _Size:
    rounds: int
    notes: int
    clients: int


_WHOLE, _QUICK = _Size(rounds=7, notes=200, clients=8), _Size(rounds=1, notes=12, clients=2)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Both servers, with what a client needs to be let in."""

    product_port: int
    baseline_port: int
    headers: Mapping[str, str]
    key: IntakeKey
    person_id: str


def run(plan: Plan) -> tuple[Result, ...]:
    """Measure on SQLite, and on PostgreSQL where SGAPP_DATABASE_URL names one on this machine."""
    results = [_on(plan, "SQLite", "", "")]
    if plan.database_url:
        with fresh_database(plan.database_url) as one, fresh_database(plan.database_url) as other:
            results.append(_on(plan, "PostgreSQL", one, other))
    return tuple(results)


def _on(plan: Plan, setting: str, product_url: str, baseline_url: str) -> Result:
    size = _QUICK if plan.quick else _WHOLE
    task = plan.progress.add_task(f"intake on {setting}: starting both servers", total=2 * size.rounds + 2)
    with tempfile.TemporaryDirectory(prefix="sgapp-bench-") as place:
        folder = Path(place)
        product = Settings(data=folder / "product", keys=folder / "keys", database_url=product_url, redis_url="", master_key="",
                           demo_password=secrets.token_urlsafe(18))
        with _servers(product, folder, baseline_url) as pair:
            rounds: list[tuple[Sent, Sent]] = []
            acknowledged: set[str] = set()
            body_bytes = 0
            for n in range(size.rounds + 1):
                stage = f"round {n} of {size.rounds}" if n else "warming up"
                plan.progress.update(task, description=f"intake on {setting}: {stage}")
                envelopes = [an_envelope(pair.key, pair.person_id) for _ in range(size.notes)]
                bodies = [json.dumps(asdict(e)).encode() for e in envelopes]
                taken, bare = _round(pair, bodies, size.clients, product_first=bool(n % 2))
                acknowledged |= {envelopes[i].id for i in taken.accepted}
                body_bytes = int(statistics.median(map(len, bodies)))
                if n:
                    rounds.append((taken, bare))
                plan.progress.advance(task, 2)
        checks = _checks(product, (size.rounds + 1) * size.notes, acknowledged)
    return Result(
        bench="intake", setting=setting, unit="notes", goal=GOAL, baseline_is=BASELINE_IS, rounds=size.rounds,
        ratio=round(statistics.median(p.per_second / b.per_second for p, b in rounds), 3),
        product=speed([p for p, _ in rounds]), baseline=speed([b for _, b in rounds]),
        clients=size.clients, body_bytes=body_bytes, checks=checks)


def _round(pair: _Pair, bodies: list[bytes], clients: int, *, product_first: bool) -> tuple[Sent, Sent]:
    def product() -> Sent:
        return send(pair.product_port, "/api/observations", bodies, pair.headers, clients=clients)

    def baseline() -> Sent:
        sent = send(pair.baseline_port, "/rows", bodies, pair.headers, clients=clients)
        if len(sent.accepted) != len(bodies):
            raise CannotMeasure("The baseline did not take every row.")
        return sent

    if product_first:
        first = product()
        return first, baseline()
    first = baseline()
    return product(), first


@contextlib.contextmanager
def _servers(product: Settings, folder: Path, baseline_url: str) -> Iterator[_Pair]:
    ports = free_port(), free_port()
    ours = {"SGAPP_DATA": str(product.data), "SGAPP_KEYS": str(product.keys), "SGAPP_DATABASE_URL": product.database_url,
            "SGAPP_PUBLIC_URL": f"http://127.0.0.1:{ports[0]}", "SGAPP_DEMO_PASSWORD": product.demo_password,
            "SGAPP_ORGANISATION": product.organisation}
    bare = {"SGAPP_DATA": str(folder / "baseline"), "SGAPP_DATABASE_URL": baseline_url}
    with (child("sgapp.cli", "serve", "--demo", "--port", str(ports[0]), port=ports[0], log=folder / "product.log",
                settings=ours),
          child("sgapp.bench.bare", str(ports[1]), port=ports[1], log=folder / "baseline.log", settings=bare)):
        yield _Pair(*ports, *let_in(ports[0], product.demo_password))


def let_in(port: int, password: str) -> tuple[dict[str, str], IntakeKey, str]:
    """Sign in as worker.a; fetch the key that notes are sealed to, and the first adult she visits."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/api/session", json.dumps({"username": "worker.a", "password": password}), headers)
        answer = connection.getresponse()
        answer.read()
        cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
        if answer.status != 200 or not cookie:
            raise CannotMeasure(f"worker.a could not sign in: {answer.status}")
        headers["Cookie"] = cookie
        connection.request("GET", "/api/intake/key")
        key = IntakeKey(**json.loads(connection.getresponse().read()))
        connection.request("GET", "/api/people/mine", headers=headers)
        return headers, key, str(json.loads(connection.getresponse().read())["people"][0]["id"])
    finally:
        connection.close()


def an_envelope(key: IntakeKey, person_id: str) -> Envelope:
    """A note of usual length, as worker.a's phone would seal it."""
    note_id, at = str(uuid.uuid4()), now()
    return seal_note(key, note_id, {
        "schema": 1, "id": note_id, "captured_at": at.isoformat(), "capture_seq": 1,
        "when_seen": (at - timedelta(minutes=30)).isoformat(), "where": {"place": "own_home", "room": "kitchen"},
        "person": {"id": person_id}, "present": "Mr Marlow and his nephew",
        "seen": "His nephew took the bank card out of the wallet and put it in his own coat. The food cupboard had one tin of "
                "soup and half a loaf. Mr Marlow looked at the floor and did not eat until the door had closed.",
        "heard": "You'll get it back when you've been to the machine with me.",
        "said": [{"words": "Don't tell anyone. He gets cross.", "by": "Mr Marlow", "to": "me, later"}],
        "done": "Stayed until he had eaten. Rang the office from the car.", "told": "on-call lead",
        "picker": ["card_held_by_other", "money_but_no_food"], "safety_codes": ["IN_VISIT_ONLY"], "consent": "refused"})


def _checks(product: Settings, sent: int, acknowledged: set[str]) -> tuple[Check, ...]:
    """Looked up in the database itself, after the server has gone."""
    found = House(product)
    try:
        with found.begin(SYSTEM, now()) as uow:
            kept = set(uow.session.exec(select(ObservationRow.id)))
        sound = verify_audit(found, now=now()).sound
    finally:
        found.engine.dispose()
    return (Check("notes sent and acknowledged", sent, len(acknowledged)),
            Check("acknowledged notes there afterwards", len(acknowledged), len(kept & acknowledged)),
            Check("audit chain sound", 1, int(sound)))


BENCH = Bench("intake", "a sealed note taken in, against one bare durable row", run)
