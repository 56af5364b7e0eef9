"""`phone`: how long a worker waits for the note form on a cheap phone with a poor signal, against a bare Reflex form.

The first visit is compared with a page that has as many inputs and does nothing (bare_form.py), opened over the same line
in the same browser (visits.py says what the line is and when a page is ready), and, told only, with the same inputs as plain
HTML and in the manner of govuk-frontend (plain_form.py). Later starts are compared with the bare form's first load and, told
only, with our own. Both sides take turns, and change who goes first.
"""

import contextlib
import os
import secrets
import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sgapp.bench import bare_form
from sgapp.bench.children import child, free_port
from sgapp.bench.results import Bench, CannotMeasure, Check, Cost, Plan, Spread
from sgapp.bench.visits import Visit, browsers, save, someone, visit, wait_for_kept_pages
from sgapp.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

FIRST_BYTES_GOAL, FIRST_READY_GOAL, LATER_READY_GOAL = 1.25, 1.2, 0.4
BARE_IS = "a bare Reflex form with as many inputs, on the same kind of server"
BARE_FIRST_IS = f"the first load of the same round: {BARE_IS}"
FIRST = "our own"
FIRST_IS = "our own first load of the same round"
#: Beside the package that holds this file, where the build puts it.
WEB = Path(__file__).resolve().parents[2] / ".web"

_ROUNDS, _QUICK_ROUNDS = 7, 1


@dataclass(frozen=True, slots=True)
class _Sides:
    """The addresses of both pages, and what the worker signs in with."""

    product: str
    bare: str
    floors: dict[str, str]
    password: str


@dataclass(frozen=True, slots=True)
class _Round:
    """Milliseconds until ready, but for the bytes; `kept_ms` and `receipt_ms` run from pressing Save."""

    bare: Visit
    floors: dict[str, Visit]
    first: Visit
    repeat: Visit
    offline: Visit
    kept_ms: float
    receipt_ms: float


def run(plan: Plan) -> tuple[Cost, ...]:
    """Measure both pages in turns. Raises CannotMeasure."""
    rounds = _QUICK_ROUNDS if plan.quick else _ROUNDS
    task = plan.progress.add_task("phone: making the bare form", total=rounds + 2)
    with (browsers() as browser, tempfile.TemporaryDirectory(prefix="sgapp-bench-") as place,
          _servers(Path(place)) as sides):
        found = []
        for n in range(rounds + 1):
            plan.progress.update(task, description=f"phone: round {n} of {rounds}" if n else "phone: warming up", advance=1)
            measured = _round(browser, sides, product_first=bool(n % 2))
            if n or plan.quick:
                found.append(measured)
            if plan.quick:
                break
        plan.progress.update(task, completed=rounds + 2)
    return _costs(found)


def _round(browser: "Browser", sides: _Sides, *, product_first: bool) -> _Round:
    bare = None if product_first else _opened(browser, sides.bare)
    floors = {name: _opened(browser, address) for name, address in sides.floors.items()}
    with someone(browser) as worker:
        _sign_in(worker, sides)
        with visit(worker, sides.product) as (page, first):
            wait_for_kept_pages(page)
        with visit(worker, sides.product) as (page, repeat):
            receipt_ms = save(page, "Delivered")
        with visit(worker, sides.product, offline=True) as (page, offline):
            kept_ms = save(page, "On this phone")
    return _Round(bare or _opened(browser, sides.bare), floors, first, repeat, offline, kept_ms, receipt_ms)


def _opened(browser: "Browser", address: str) -> Visit:
    with someone(browser) as anyone, visit(anyone, address) as (_, found):
        return found


def _sign_in(worker: "BrowserContext", sides: _Sides) -> None:
    answer = worker.request.post(f"{sides.product}api/session", data={"username": "worker.a", "password": sides.password})
    if not answer.ok:
        raise CannotMeasure(f"worker.a could not sign in: {answer.status}")


@contextlib.contextmanager
def _servers(folder: Path) -> Iterator[_Sides]:
    ours, bare, plain = free_port(), free_port(), free_port()
    bare_form.make(folder / "form", WEB, bare)
    password, govuk = secrets.token_urlsafe(18), os.environ.get("SGAPP_BENCH_GOVUK", "")
    settings = {"SGAPP_DATA": str(folder / "product"), "SGAPP_KEYS": str(folder / "keys"), "SGAPP_DEMO_PASSWORD": password,
                "SGAPP_ORGANISATION": Settings().organisation, "SGAPP_PUBLIC_URL": f"http://localhost:{ours}"}
    with (child("sgapp.cli", "serve", "--demo", "--port", str(ours), port=ours, log=folder / "product.log", settings=settings),
          child("sgapp.bench.bare_form", str(folder / "form"), str(bare), port=bare, log=folder / "bare.log", settings={},
                ready="/ping"),
          child("sgapp.bench.plain_form", str(plain), port=plain, log=folder / "plain.log", ready="/ping", settings={
              "SGAPP_BENCH_INPUTS": (folder / "form" / "bare" / "inputs.json").read_text(), "SGAPP_BENCH_GOVUK": govuk})):
        # "localhost", because a browser keeps pages for a secure origin only, and asks for Brotli there only.
        floors = {"plain HTML": "plain"} | ({"govuk-frontend": "govuk"} if govuk else {})
        yield _Sides(f"http://localhost:{ours}/", f"http://localhost:{bare}/",
                     {name: f"http://localhost:{plain}/{path}" for name, path in floors.items()}, password)


def _costs(rounds: Sequence[_Round]) -> tuple[Cost, ...]:
    def cost(setting: str, ours: Callable[[_Round], float], *, unit: str = "ms", goal: float | None = None,
             against: Callable[[_Round], float] | None = None, baseline_is: str = "", checks: tuple[Check, ...] = ()) -> Cost:
        ratio = round(statistics.median(ours(r) / against(r) for r in rounds), 3) if against else None
        return Cost("phone", setting, unit, ratio, goal, Spread.of(map(ours, rounds)),
                    Spread.of(map(against, rounds)) if against else None, baseline_is, len(rounds), checks)

    receipts = Check("notes with a receipt from the office", len(rounds), sum(r.receipt_ms > 0 for r in rounds))
    return (
        cost("first load: bytes", lambda r: r.first.received_bytes, unit="bytes", goal=FIRST_BYTES_GOAL,
             against=lambda r: r.bare.received_bytes, baseline_is=BARE_IS),
        cost("first load: ready", lambda r: r.first.ready_ms, goal=FIRST_READY_GOAL, against=lambda r: r.bare.ready_ms,
             baseline_is=BARE_IS),
        cost("repeat start", lambda r: r.repeat.ready_ms, goal=LATER_READY_GOAL, against=lambda r: r.bare.ready_ms,
             baseline_is=BARE_FIRST_IS),
        cost("offline start", lambda r: r.offline.ready_ms, goal=LATER_READY_GOAL, against=lambda r: r.bare.ready_ms,
             baseline_is=BARE_FIRST_IS),
        cost("repeat start against our own", lambda r: r.repeat.ready_ms, against=lambda r: r.first.ready_ms,
             baseline_is=FIRST_IS),
        cost("offline start against our own", lambda r: r.offline.ready_ms, against=lambda r: r.first.ready_ms,
             baseline_is=FIRST_IS),
        cost("Save: on this phone", lambda r: r.kept_ms),
        cost("Save: receipt", lambda r: r.receipt_ms, checks=(receipts,)),
        *(cost(f"first load against {name}: {what}", partial(figure, FIRST), unit=unit, against=partial(figure, name),
               baseline_is=f"the same inputs, {name}, on the same kind of server")
          for name in rounds[0].floors for what, unit, figure in (("bytes", "bytes", _bytes), ("ready", "ms", _ready))),
    )


def _bytes(whose: str, r: _Round) -> float:
    return _first(whose, r).received_bytes


def _ready(whose: str, r: _Round) -> float:
    return _first(whose, r).ready_ms


def _first(whose: str, r: _Round) -> Visit:
    return r.first if whose == FIRST else r.floors[whose]


BENCH = Bench("phone", "the note form on a slow phone and a poor signal, against a bare form", run)
