"""Results as a table for people."""

from collections.abc import Sequence

from rich.table import Table

from sgapp.bench.results import Check, Cost, Line, Share, Speed, Spread


def shown(results: Sequence[Line]) -> Table:
    """One row for each result; below, what is compared with what, and what was checked."""
    table = Table(title="Ratios to a baseline of the same run (1: as the baseline), and shares", title_justify="left",
                  caption="\n".join(_explained(r) for r in results), caption_justify="left")
    for heading in ("bench", "ratio", "goal", "product", "baseline"):
        table.add_column(heading, no_wrap=heading != "bench")
    for r in results:
        table.add_row(f"{r.bench}\n{r.setting}", "" if r.ratio is None else f"{r.ratio:.2f}", _goal(r), *_sides(r))
    return table


def _goal(r: Line) -> str:
    if r.ratio is None or r.goal is None:
        return "none"
    met = r.ratio <= r.goal if isinstance(r, Cost) else r.ratio >= r.goal
    return f"{'≤' if isinstance(r, Cost) else '≥'} {r.goal:.2f}" + ("" if met else "\nnot met")


def _sides(r: Line) -> tuple[str, str]:
    if isinstance(r, Share):
        return f"{r.right} of {r.of}\n{r.unit}", ""
    if isinstance(r, Cost):
        return _spread(r.product, r.unit), _spread(r.baseline, r.unit) if r.baseline else ""
    return _speed(r.product, r.unit), _speed(r.baseline, r.unit)


def _speed(speed: Speed, unit: str) -> str:
    return f"{speed.per_second:.0f} {unit}/s\np50 {speed.p50_ms:.1f} ms\np95 {speed.p95_ms:.1f} ms"


def _spread(spread: Spread, unit: str) -> str:
    return f"{spread.median:.0f} {unit}\n{spread.least:.0f}–{spread.most:.0f}"


def _explained(r: Line) -> str:
    checked = f" {'; '.join(_checked(c) for c in r.checks)}." if r.checks else ""
    if isinstance(r, Share):
        kinds = ", ".join(f"{c.kind} {c.right}/{c.of}" for c in r.kinds)
        return f"{r.bench}, {r.setting}: {r.looked_at} {r.unit} were looked at; {kinds}.{checked}"
    if isinstance(r, Cost):
        against = f"the baseline is {r.baseline_is}" if r.baseline else "told only"
        return f"{r.bench}, {r.setting}: {against}; {r.rounds} rounds.{checked}"
    return (f"{r.bench} on {r.setting}: the baseline is {r.baseline_is}; {r.rounds} rounds, {r.clients} clients, "
            f"{r.body_bytes} bytes each.{checked}")


def _checked(check: Check) -> str:
    return f"{check.what}: {check.found} of {check.expected}"
