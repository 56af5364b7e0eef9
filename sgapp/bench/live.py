"""`live`: how long after a note is sent an open queue is told of it, against a bare row posted and read back.

Both clocks start with the request. The product's stops when the lead's screen has been told over its websocket that there is
one more; the baseline's when the row that was posted has come back to a GET. One note after the other: each is told by itself.
"""

import contextlib
import http.client
import json
import secrets
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from sgapp.bench.children import child, free_port
from sgapp.bench.databases import fresh_database
from sgapp.bench.intake import an_envelope, let_in
from sgapp.bench.results import Bench, CannotMeasure, Check, Cost, Plan, compared
from sgapp.bench.screens import Screen, watching
from sgapp.services.demo import demo_accounts
from sgapp.services.house import House, now
from sgapp.services.intake import IntakeKey
from sgapp.settings import Settings

BASELINE_IS = "a bare durable row posted and read back, through a bare FastAPI app on the same server"


@dataclass(frozen=True, slots=True)
class _Size:
    rounds: int
    notes: int


_WHOLE, _QUICK = _Size(rounds=7, notes=30), _Size(rounds=1, notes=3)


@dataclass(frozen=True, slots=True)
class _Sides:
    """Connections to both servers, what a worker is let in with, and the cookie of the lead who watches."""

    product: http.client.HTTPConnection
    bare: http.client.HTTPConnection
    headers: Mapping[str, str]
    key: IntakeKey
    person_id: str
    lead: str
    port: int


def run(plan: Plan) -> tuple[Cost, ...]:
    """Measure on SQLite, and on PostgreSQL where SGAPP_DATABASE_URL names one on this machine."""
    results = list(_on(plan, "SQLite", "", ""))
    if plan.database_url:
        with fresh_database(plan.database_url) as one, fresh_database(plan.database_url) as other:
            results += _on(plan, "PostgreSQL", one, other)
    return tuple(results)


def _on(plan: Plan, setting: str, product_url: str, baseline_url: str) -> tuple[Cost, ...]:
    size = _QUICK if plan.quick else _WHOLE
    task = plan.progress.add_task(f"live on {setting}", total=size.rounds + 1)
    told: list[list[float]] = []
    bare: list[list[float]] = []
    missed = 0
    with (tempfile.TemporaryDirectory(prefix="sgapp-bench-") as place,
          _servers(Path(place), product_url, baseline_url) as sides):
        for n in range(size.rounds + 1):
            # A screen of its own for each round: how many are new is counted from when it opened.
            with watching(sides.port, sides.lead) as screen:
                pairs = [_both(sides, screen, i, product_first=bool(i % 2)) for i in range(1, size.notes + 1)]
            missed += sum(one is None for one, _ in pairs)
            if n:
                told.append([one for one, _ in pairs if one is not None])
                bare.append([other for _, other in pairs])
            plan.progress.advance(task, 1)
    if not all(told):
        raise CannotMeasure("No screen was told of a note within fifteen seconds.")
    notes = (size.rounds + 1) * size.notes
    checks = (Check("notes that the screen was told of", notes, notes - missed),)
    return tuple(_cost(setting, what, share, told, bare, checks) for what, share in (("half", 0.5), ("95 %", 0.95)))


def _cost(setting: str, what: str, share: float, told: list[list[float]], bare: list[list[float]],
          checks: tuple[Check, ...]) -> Cost:
    ours, base = ([_within(times, share) for times in side] for side in (told, bare))
    return compared("live", f"{setting}: {what} within", None, ours, base, BASELINE_IS, checks)


def _within(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def _both(sides: _Sides, screen: Screen, number: int, *, product_first: bool) -> tuple[float | None, float]:
    """Milliseconds of one note and of one row; who goes first changes each time."""
    if product_first:
        first = _told(sides, screen, number)
        return first, _read_back(sides)
    other = _read_back(sides)
    return _told(sides, screen, number), other


def _told(sides: _Sides, screen: Screen, number: int) -> float | None:
    body = json.dumps(asdict(an_envelope(sides.key, sides.person_id))).encode()
    began = time.perf_counter()
    asked(sides.product, "POST", "/api/observations", body, sides.headers, 201)
    at = screen.told(number)
    return None if at is None else (at - began) * 1000


def _read_back(sides: _Sides) -> float:
    row = asdict(an_envelope(sides.key, sides.person_id))
    body = json.dumps(row).encode()
    began = time.perf_counter()
    asked(sides.bare, "POST", "/rows", body, {"Content-Type": "application/json"}, 201)
    asked(sides.bare, "GET", f"/rows/{row['id']}", b"", {}, 200)
    return (time.perf_counter() - began) * 1000


def asked(connection: http.client.HTTPConnection, method: str, path: str, body: bytes, headers: Mapping[str, str],
         expected: int) -> http.client.HTTPResponse:
    connection.request(method, path, body or None, dict(headers))
    answer = connection.getresponse()
    answer.read()
    if answer.status != expected:
        raise CannotMeasure(f"A server of the bench answered {answer.status} to {method} {path}.")
    return answer


@contextlib.contextmanager
def _servers(folder: Path, product_url: str, baseline_url: str) -> Iterator[_Sides]:
    ports = free_port(), free_port()
    password = secrets.token_urlsafe(18)
    ours = {"SGAPP_DATA": str(folder / "product"), "SGAPP_KEYS": str(folder / "keys"), "SGAPP_DATABASE_URL": product_url,
            "SGAPP_PUBLIC_URL": f"http://127.0.0.1:{ports[0]}", "SGAPP_DEMO_PASSWORD": password,
            "SGAPP_ORGANISATION": Settings().organisation}
    bare = {"SGAPP_DATA": str(folder / "baseline"), "SGAPP_DATABASE_URL": baseline_url}
    known = Settings(data=folder / "product", keys=folder / "keys", database_url=product_url, redis_url="", master_key="",
                     demo_password=password)
    with (child("sgapp.cli", "serve", "--demo", "--port", str(ports[0]), port=ports[0], log=folder / "product.log",
                settings=ours),
          child("sgapp.bench.bare", str(ports[1]), port=ports[1], log=folder / "baseline.log", settings=bare),
          contextlib.closing(http.client.HTTPConnection("127.0.0.1", ports[0], timeout=60)) as product,
          contextlib.closing(http.client.HTTPConnection("127.0.0.1", ports[1], timeout=60)) as other):
        yield _Sides(product, other, *let_in(ports[0], password), signed_in_lead(known, product), ports[0])


def signed_in_lead(settings: Settings, connection: http.client.HTTPConnection) -> str:
    """The cookie of the demo's lead, signed in with the code of this moment."""
    house = House(settings)
    try:
        lead = next(a for a in demo_accounts(house, now=now()) if a.username == "lead")
    finally:
        house.engine.dispose()
    body = json.dumps({"username": lead.username, "password": lead.password, "otp": lead.code}).encode()
    answer = asked(connection, "POST", "/api/session", body, {"Content-Type": "application/json"}, 200)
    return (answer.getheader("Set-Cookie") or "").partition(";")[0]


BENCH = Bench("live", "a note told to an open queue, against a bare row posted and read back", run)
