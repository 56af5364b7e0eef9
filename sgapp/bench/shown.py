"""Results as a table for people."""

from collections.abc import Sequence

from rich.table import Table

from sgapp.bench.results import Check, Result, Speed


def shown(results: Sequence[Result]) -> Table:
    """One row for each result; below, what is compared with what, and what was checked."""
    table = Table(title="Ratios to a baseline of the same run (1: as fast as the baseline)", title_justify="left",
                  caption="\n".join(_explained(r) for r in results), caption_justify="left")
    for heading in ("bench", "ratio", "goal", "product", "baseline"):
        table.add_column(heading, no_wrap=True)
    for r in results:
        goal = f"{r.goal:.2f}" if r.ratio >= r.goal else f"{r.goal:.2f}\nnot met"
        table.add_row(f"{r.bench}\n{r.setting}", f"{r.ratio:.2f}", goal, _speed(r.product, r.unit), _speed(r.baseline, r.unit))
    return table


def _speed(speed: Speed, unit: str) -> str:
    return f"{speed.per_second:.0f} {unit}/s\np50 {speed.p50_ms:.1f} ms\np95 {speed.p95_ms:.1f} ms"


def _explained(r: Result) -> str:
    return (f"{r.bench} on {r.setting}: the baseline is {r.baseline_is}; {r.rounds} rounds, {r.clients} clients, "
            f"{r.body_bytes} bytes each. {'; '.join(_checked(c) for c in r.checks)}.")


def _checked(check: Check) -> str:
    return f"{check.what}: {check.found} of {check.expected}"
