"""Figures of speed, as ratios to a baseline measured in the same run, and of judgement, as shares. Nothing else imports this.

One module for each bench; BENCHES is the register; tests assert no time. Each figure of speed is what the product does against
the least that the same machine, the same database and the same server could do, so that it means the same on a fast machine and
on a slow one.
"""

from collections.abc import Sequence

from rich.console import Console
from rich.progress import Progress

from sgapp.bench import accused, card, case, chain, fan, intake, live, pack, people, phone, queue, rest, wording
from sgapp.bench.plot import plotted
from sgapp.bench.results import Bench, CannotMeasure, Line, Plan
from sgapp.bench.shown import shown
from sgapp.settings import Settings

__all__ = ["BENCHES", "measured", "plotted", "shown"]

BENCHES: dict[str, Bench] = {bench.name: bench for bench in (
    accused.BENCH, card.BENCH, case.BENCH, chain.BENCH, fan.BENCH, intake.BENCH, live.BENCH, pack.BENCH,
    people.BENCH, phone.BENCH, queue.BENCH, rest.BENCH, wording.BENCH)}


def measured(names: Sequence[str], *, quick: bool) -> tuple[tuple[Line, ...], str]:
    """Run these benches: their results, and in plain words what failed, or nothing. Progress goes to standard error."""
    results: list[Line] = []
    failed: list[str] = []
    with Progress(console=Console(stderr=True)) as progress:
        for name in names:
            try:
                results += BENCHES[name].run(Plan(quick, Settings().database_url, progress))
            except CannotMeasure as error:
                failed.append(f"{name}: {error}")
    failed += [f"{r.bench}, {r.setting}: {c.what}: {c.expected} expected, {c.found} found"
               for r in results for c in r.checks if not c.holds]
    return tuple(results), "\n".join(failed)
