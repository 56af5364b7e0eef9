"""`phone`: how long a worker waits for the note form on a cheap phone with a poor signal, against a bare Reflex form.

The first visit is compared with a page that has as many inputs and does nothing (bare_form.py), opened over the same line
in the same browser (visits.py says what the line is and when a page is ready). Later starts are compared with our own
first one. Both sides take turns, and change who goes first.
"""

import contextlib
import secrets
import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
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
FIRST_IS = "our own first load of the same round"
#: Beside the package that holds this file, where the build puts it.
WEB = Path(__file__).resolve().parents[2] / ".web"

_ROUNDS, _QUICK_ROUNDS = 7, 1


@dataclass(frozen=True, slots=True)
class _Sides:
    """The addresses of both pages, and what the worker signs in with."""

    product: str
    bare: str
    password: str


@dataclass(frozen=True, slots=True)
class _Round:
    """Milliseconds until ready, but for the bytes; `kept_ms` and `receipt_ms` run from pressing Save."""

    bare: Visit
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
    bare = None if product_first else _bare(browser, sides)
    with someone(browser) as worker:
        _sign_in(worker, sides)
        with visit(worker, sides.product) as (page, first):
            wait_for_kept_pages(page)
        with visit(worker, sides.product) as (page, repeat):
            receipt_ms = save(page, "Delivered")
        with visit(worker, sides.product, offline=True) as (page, offline):
            kept_ms = save(page, "On this phone")
    return _Round(bare or _bare(browser, sides), first, repeat, offline, kept_ms, receipt_ms)


def _bare(browser: "Browser", sides: _Sides) -> Visit:
    with someone(browser) as anyone, visit(anyone, sides.bare) as (_, found):
        return found


def _sign_in(worker: "BrowserContext", sides: _Sides) -> None:
    answer = worker.request.post(f"{sides.product}api/session", data={"username": "worker.a", "password": sides.password})
    if not answer.ok:
        raise CannotMeasure(f"worker.a could not sign in: {answer.status}")


@contextlib.contextmanager
def _servers(folder: Path) -> Iterator[_Sides]:
    ours, bare = free_port(), free_port()
    bare_form.make(folder / "form", WEB, bare)
    password = secrets.token_urlsafe(18)
    settings = {"SGAPP_DATA": str(folder / "product"), "SGAPP_KEYS": str(folder / "keys"), "SGAPP_DEMO_PASSWORD": password,
                "SGAPP_ORGANISATION": Settings().organisation, "SGAPP_PUBLIC_URL": f"http://localhost:{ours}"}
    with (child("sgapp.cli", "serve", "--demo", "--port", str(ours), port=ours, log=folder / "product.log", settings=settings),
          child("sgapp.bench.bare_form", str(folder / "form"), str(bare), port=bare, log=folder / "bare.log", settings={},
                ready="/ping")):
        # "localhost", because a browser keeps pages for a secure origin only, and asks for Brotli there only.
        yield _Sides(f"http://localhost:{ours}/", f"http://localhost:{bare}/", password)


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
        cost("repeat start", lambda r: r.repeat.ready_ms, goal=LATER_READY_GOAL, against=lambda r: r.first.ready_ms,
             baseline_is=FIRST_IS),
        cost("offline start", lambda r: r.offline.ready_ms, goal=LATER_READY_GOAL, against=lambda r: r.first.ready_ms,
             baseline_is=FIRST_IS),
        cost("Save: on this phone", lambda r: r.kept_ms),
        cost("Save: receipt", lambda r: r.receipt_ms, checks=(receipts,)),
    )


BENCH = Bench("phone", "the note form on a slow phone and a poor signal, against a bare form", run)
