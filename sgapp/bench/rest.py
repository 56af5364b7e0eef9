"""`rest`: what an open screen costs while nothing happens, against a page of Reflex with an empty state.

The lead's queue of the demo organisation, open as often as the page of the baseline, on servers of the same kind; both by raw
websockets, so that no browser is in it. Memory is what all processes of a server hold more after so many screens were opened;
processes share pages, so each page counts as the share of it that is theirs (PSS). Bytes are those on the socket, both ways.
"""

import contextlib
import http.client
import secrets
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sgapp.bench.bare_form import write_app
from sgapp.bench.children import child, free_port
from sgapp.bench.live import signed_in_lead
from sgapp.bench.results import Bench, CannotMeasure, Check, Cost, Plan, compared
from sgapp.bench.screens import QUEUE, Screen, watching
from sgapp.settings import Settings

GOAL = 2.0
BASELINE_IS = "a page of Reflex with an empty state, on the same kind of server"
_PAGE = '''
import reflex as rx


class Empty(rx.State):
    pass


app = rx.App(toaster=None, app_wraps={})
app.add_page(rx.el.main(), route="/", title="Empty")
'''
#: Until what opening a screen needed for a moment is given back.
_SETTLES_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class _Size:
    rounds: int
    screens: int
    seconds: float


_WHOLE, _QUICK = _Size(3, 50, 30.0), _Size(1, 5, 12.0)


@dataclass(frozen=True, slots=True)
class _Side:
    """A server: the session of its processes, its port, the page, and the cookie that opens it."""

    session: int
    port: int
    page: str
    cookie: str

    def kib(self) -> float:
        """What its processes hold, in KiB. Raises CannotMeasure where it is not told."""
        return sum(_pss(int(path.name)) for path in Path("/proc").iterdir() if path.name.isdecimal() and self._ours(path))

    def _ours(self, path: Path) -> bool:
        with contextlib.suppress(OSError):
            return int((path / "stat").read_text().rpartition(")")[2].split()[3]) == self.session
        return False


def _pss(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError as error:
        raise CannotMeasure("Memory is read from /proc, which only Linux has.") from error
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def run(plan: Plan) -> tuple[Cost, ...]:
    """Open both pages in turns, ever more of them, on SQLite: the database has no part in it. Raises CannotMeasure."""
    size = _QUICK if plan.quick else _WHOLE
    task = plan.progress.add_task("rest", total=2 * (size.rounds + 1))
    kib: tuple[list[float], list[float]] = ([], [])
    wire: tuple[list[float], list[float]] = ([], [])
    opened = 0
    with (tempfile.TemporaryDirectory(prefix="sgapp-bench-") as place, _servers(Path(place)) as sides,
          contextlib.ExitStack() as open_):
        for n in range(size.rounds + 1):
            for side, memory, told in zip(sides, kib, wire, strict=True):
                more, screens = _open(side, size.screens, open_)
                opened += len(screens)
                if n:
                    memory.append(more / len(screens))
                    told.append(_at_rest(screens, size.seconds))
                plan.progress.advance(task)
    checks = (Check("screens that opened", 2 * (size.rounds + 1) * size.screens, opened),)
    return (compared("rest", "memory of an open screen", GOAL, *kib, BASELINE_IS, checks, unit="KiB"),
            compared("rest", "bytes a minute on its socket", GOAL, *wire, BASELINE_IS, checks, unit="bytes"))


def _open(side: _Side, count: int, open_: contextlib.ExitStack) -> tuple[float, list[Screen]]:
    """So many screens more, and the KiB that the server holds more since."""
    before = side.kib()
    screens = [open_.enter_context(watching(side.port, side.cookie, side.page)) for _ in range(count)]
    time.sleep(_SETTLES_SECONDS)
    return side.kib() - before, screens


def _at_rest(screens: list[Screen], seconds: float) -> float:
    """Bytes a minute of one of them."""
    before, began = sum(s.wire_bytes for s in screens), time.perf_counter()
    time.sleep(seconds)
    return (sum(s.wire_bytes for s in screens) - before) / len(screens) / (time.perf_counter() - began) * 60


@contextlib.contextmanager
def _servers(folder: Path) -> Iterator[tuple[_Side, _Side]]:
    ports = free_port(), free_port()
    password = secrets.token_urlsafe(18)
    write_app(folder / "empty", ports[1], _PAGE)
    (folder / "empty" / ".web" / "build" / "client").mkdir(parents=True)
    known = Settings(data=folder / "product", keys=folder / "keys", database_url="", redis_url="", master_key="",
                     demo_password=password)
    ours = {"SGAPP_DATA": str(known.data), "SGAPP_KEYS": str(known.keys), "SGAPP_DEMO_PASSWORD": password,
            "SGAPP_PUBLIC_URL": f"http://127.0.0.1:{ports[0]}", "SGAPP_ORGANISATION": Settings().organisation}
    with (child("sgapp.cli", "serve", "--demo", "--port", str(ports[0]), port=ports[0], log=folder / "product.log",
                settings=ours) as product,
          child("sgapp.bench.bare_form", str(folder / "empty"), str(ports[1]), port=ports[1], log=folder / "empty.log",
                settings={}, ready="/ping") as bare,
          contextlib.closing(http.client.HTTPConnection("127.0.0.1", ports[0], timeout=60)) as connection):
        yield _Side(product, ports[0], QUEUE, signed_in_lead(known, connection)), _Side(bare, ports[1], "/", "")


BENCH = Bench("rest", "an open screen while nothing happens, against a page with an empty state", run)
