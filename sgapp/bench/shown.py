"""Results as a table for people."""

from collections.abc import Sequence

from rich.table import Table

from sgapp.bench.results import Check, Cost, Line, Result, Speed, Spread


def shown(results: Sequence[Line]) -> Table:
    """One row for each result; below, what is compared with what, and what was checked."""
    table = Table(title="Ratios to a baseline of the same run (1: as the baseline)", title_justify="left",
                  caption="\n".join(_explained(r) for r in results), caption_justify="left")
    for heading in ("bench", "ratio", "goal", "product", "baseline"):
        table.add_column(heading, no_wrap=True)
    for r in results:
        sides = _sides(r) if isinstance(r, Result) else _sides_of_cost(r)
        table.add_row(f"{r.bench}\n{r.setting}", "" if r.ratio is None else f"{r.ratio:.2f}", _goal(r), *sides)
    return table


def _goal(r: Line) -> str:
    if r.ratio is None or r.goal is None:
        return "none"
    met = r.ratio >= r.goal if isinstance(r, Result) else r.ratio <= r.goal
    return f"{'≥' if isinstance(r, Result) else '≤'} {r.goal:.2f}" + ("" if met else "\nnot met")


def _sides(r: Result) -> tuple[str, str]:
    return _speed(r.product, r.unit), _speed(r.baseline, r.unit)


def _speed(speed: Speed, unit: str) -> str:
    return f"{speed.per_second:.0f} {unit}/s\np50 {speed.p50_ms:.1f} ms\np95 {speed.p95_ms:.1f} ms"


def _sides_of_cost(r: Cost) -> tuple[str, str]:
    return _spread(r.product, r.unit), _spread(r.baseline, r.unit) if r.baseline else ""


def _spread(spread: Spread, unit: str) -> str:
    return f"{spread.median:.0f} {unit}\n{spread.least:.0f}–{spread.most:.0f}"


def _explained(r: Line) -> str:
    checked = f" {'; '.join(_checked(c) for c in r.checks)}." if r.checks else ""
    if isinstance(r, Cost):
        against = f"the baseline is {r.baseline_is}" if r.baseline else "told only"
        return f"{r.bench}, {r.setting}: {against}; {r.rounds} rounds.{checked}"
    return (f"{r.bench} on {r.setting}: the baseline is {r.baseline_is}; {r.rounds} rounds, {r.clients} clients, "
            f"{r.body_bytes} bytes each.{checked}")


def _checked(check: Check) -> str:
    return f"{check.what}: {check.found} of {check.expected}"
