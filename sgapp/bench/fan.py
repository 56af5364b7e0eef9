"""`fan`: a note told to many open queues, against few; and, with Redis, by two processes against one.

Servers of the same kind beside each other, each with as many leads as it has screens, each lead in a session of her own. One
note after the other goes to each of them in turn. A time is that from sending the note until one screen has been told over its
websocket that there is one more; a figure the time within which 95 % of a round's screens were told. All screens are read by
this one process, which adds to the times where they are many.
"""

import contextlib
import http.client
import json
import secrets
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path

from sgapp.bench.children import child, free_port
from sgapp.bench.databases import fresh_database
from sgapp.bench.intake import an_envelope, let_in
from sgapp.bench.live import asked
from sgapp.bench.results import Bench, CannotMeasure, Check, Cost, Plan, compared, within_95
from sgapp.bench.screens import Screen, watching
from sgapp.domain.permissions import Role
from sgapp.services.house import SYSTEM, House, now
from sgapp.services.intake import IntakeKey
from sgapp.services.passwords import sha256
from sgapp.settings import Settings
from sgapp.store import accounts, factors
from sgapp.store.accounts import Account

MANY, TWO = 2.0, 1.5


@dataclass(frozen=True, slots=True)
class _Size:
    few: int
    many: int
    rounds: int
    notes: int


_WHOLE, _QUICK = _Size(10, 200, 5, 10), _Size(1, 3, 1, 2)


@dataclass(frozen=True, slots=True)
class _Shape:
    """A server: how many screens are open on it, and how many processes it has."""

    screens: int
    workers: int = 1


@dataclass
class _Side:
    """One server with its open screens; what its screens took, round by round, and how many of them were not told."""

    connection: http.client.HTTPConnection
    headers: Mapping[str, str]
    key: IntakeKey
    person_id: str
    screens: list[Screen]
    sent: int = 0
    missed: int = 0
    took: list[list[float]] = field(default_factory=list)


def run(plan: Plan) -> tuple[Cost, ...]:
    """Measure on SQLite; on PostgreSQL where SGAPP_DATABASE_URL names one on this machine, and there with two processes, too,
    where SGAPP_REDIS_URL names a Redis. Raises CannotMeasure.
    """
    size, redis = _QUICK if plan.quick else _WHOLE, Settings().redis_url
    shapes = [_Shape(size.few), _Shape(size.many)]
    results = list(_on(plan, size, "SQLite", shapes, ["", ""], ""))
    if plan.database_url:
        shapes += [_Shape(size.few, 2)] if redis else []
        with contextlib.ExitStack() as stack:
            addresses = [stack.enter_context(fresh_database(plan.database_url)) for _ in shapes]
            results += _on(plan, size, "PostgreSQL", shapes, addresses, redis)
    return tuple(results)


def _on(plan: Plan, size: _Size, setting: str, shapes: list[_Shape], addresses: list[str], redis: str) -> Iterator[Cost]:
    task = plan.progress.add_task(f"fan on {setting}", total=size.rounds + 1)
    with tempfile.TemporaryDirectory(prefix="sgapp-bench-") as place, contextlib.ExitStack() as stack:
        sides = [stack.enter_context(_served(Path(place) / str(n), shape, address, redis))
                 for n, (shape, address) in enumerate(zip(shapes, addresses, strict=True))]
        for n in range(size.rounds + 1):
            for side in sides:
                side.took.append([])
            for one in range(size.notes):
                for side in sides[::1 if one % 2 else -1]:
                    _tell(side)
            plan.progress.advance(task)
            if not all(side.took[n] for side in sides):
                raise CannotMeasure("No screen was told of a note within fifteen seconds.")
    few, many, *two = sides
    yield _cost(setting, f"{size.many} screens", MANY, many, few, f"{size.few} screens on a server of the same kind")
    for side in two:
        yield _cost(setting, f"{size.few} screens, two processes", TWO, side, few, "the same with one process")


def _cost(setting: str, what: str, goal: float, side: _Side, base: _Side, baseline_is: str) -> Cost:
    told = side.sent * len(side.screens)
    ours, theirs = ([within_95(times) for times in one.took[1:]] for one in (side, base))
    return compared("fan", f"{setting}, {what}: 95 % told within", goal, ours, theirs, baseline_is,
                    (Check("screens that were told, of all notes", told, told - side.missed),))


def _tell(side: _Side) -> None:
    """Send a note, and wait until every screen was told of it or nobody waits any more."""
    body = json.dumps(asdict(an_envelope(side.key, side.person_id))).encode()
    side.sent += 1
    began = time.perf_counter()
    asked(side.connection, "POST", "/api/observations", body, side.headers, 201)
    heard = [screen.told(side.sent) for screen in side.screens]
    side.missed += heard.count(None)
    side.took[-1] += [(at - began) * 1000 for at in heard if at is not None]


@contextlib.contextmanager
def _served(folder: Path, shape: _Shape, address: str, redis: str) -> Iterator[_Side]:
    port, password = free_port(), secrets.token_urlsafe(18)
    settings = Settings(data=folder / "data", keys=folder / "keys", database_url=address, redis_url=redis, master_key="",
                        demo_password=password)
    env = {"SGAPP_DATA": str(settings.data), "SGAPP_KEYS": str(settings.keys), "SGAPP_DATABASE_URL": address,
           "SGAPP_REDIS_URL": redis, "SGAPP_PUBLIC_URL": f"http://127.0.0.1:{port}", "SGAPP_DEMO_PASSWORD": password,
           "SGAPP_ORGANISATION": settings.organisation}
    folder.mkdir()
    with (child("sgapp.cli", "serve", "--demo", "--port", str(port), "--workers", str(shape.workers), port=port,
                log=folder / "log", settings=env),
          contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection,
          contextlib.ExitStack() as open_):
        screens = [open_.enter_context(watching(port, cookie)) for cookie in _leads(settings, shape.screens)]
        yield _Side(connection, *let_in(port, password), screens)


def _leads(settings: Settings, count: int) -> list[str]:
    """So many leads more, each signed in: the cookie of each."""
    house = House(settings)
    cookies = []
    try:
        with house.begin(SYSTEM, now()) as uow:
            for n in range(count):
                account = Account(str(uuid.uuid4()), f"lead.{n}", Role.LEAD, f"Lead {n}", "", "main", disabled=False, demo=True)
                token = secrets.token_urlsafe(32)
                accounts.add(uow, account)
                uow.session.flush()
                accounts.begin_session(uow, token_sha256=sha256(token), session_id=str(uuid.uuid4()), account_id=account.id,
                                       ends_at=uow.now + timedelta(hours=2), factor=factors.PASSKEY)
                cookies.append(f"{settings.session_cookie}={token}")
    finally:
        house.engine.dispose()
    return cookies


BENCH = Bench("fan", "a note told to many open queues, against few", run)
