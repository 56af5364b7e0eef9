"""A picture of ratios and goals, drawn from what `sgapp bench --json` printed. It takes its colours from whoever looks at it.

One row for each figure that has a goal. Each row has the goal at the same place, so that what is better than its goal lies to
one side of one line, and what is worse to the other. A goal that is met is a filled circle, one that is not an empty square:
nobody has to tell two colours apart.
"""

import json
import math
from collections.abc import Iterable
from html import escape
from typing import Any

_WIDE, _ROW, _LEFT, _TOP = 1060, 22, 630, 46
#: So many times better or worse than the goal is the end of the scale.
_END = 8.0
_STYLE = ("text{font:13px system-ui,sans-serif;fill:#222}line{stroke:#222}.faint{stroke-dasharray:2 4;opacity:.6}"
          ".met{fill:#222}.not{fill:none;stroke:#222;stroke-width:2.5}"
          "@media(prefers-color-scheme:dark){text{fill:#eee}line{stroke:#eee}.met{fill:#eee}.not{stroke:#eee}}")


def plotted(lines: Iterable[str]) -> str:
    """The picture as SVG. `lines`: of JSON, as the command prints them; those without a goal are left out."""
    rows = [line for line in map(json.loads, lines) if line["goal"] is not None and line["ratio"]]
    high = _TOP + _ROW * len(rows) + 10
    drawn = "".join(_row(_TOP + _ROW * n, row) for n, row in enumerate(rows))
    said = f"{sum(map(_met, rows))} of {len(rows)} figures reach their goal"
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {high}" role="img" aria-label="{said}">'
            f"<title>{said}</title><style>{_STYLE}</style>{_scale(high)}{drawn}</svg>\n")


def _scale(high: int) -> str:
    marks = ((1 / _END, f"{_END:.0f} × better"), (1.0, "the goal"), (_END, f"{_END:.0f} × worse"))
    return "".join(
        f'<text x="{_x(at):.0f}" y="20" text-anchor="middle">{label}</text>'
        f'<line class="{"goal" if at == 1 else "faint"}" x1="{_x(at):.0f}" x2="{_x(at):.0f}" y1="28" y2="{high}"/>'
        for at, label in marks)


def _row(y: int, row: dict[str, Any]) -> str:
    met, at = _met(row), _x(_worse(row))
    mark = (f'<circle class="met" cx="{at:.0f}" cy="{y}" r="6"/>' if met else
            f'<rect class="not" x="{at - 6:.0f}" y="{y - 6}" width="12" height="12"/>')
    words = escape(f"{row['bench']}: {row['setting']}")
    return (f'<text x="{_LEFT - 130}" y="{y + 4}" text-anchor="end" textLength="{min(_LEFT - 140, 6.6 * len(words)):.0f}" '
            f'lengthAdjust="spacingAndGlyphs">{words}</text><text x="{_LEFT - 118}" y="{y + 4}">{row["ratio"]:g} '
            f'({"≥" if _more(row) else "≤"} {row["goal"]:g})</text>{mark}')


def _more(row: dict[str, Any]) -> bool:
    return "right" in row or "per_second" in row["product"]


def _worse(row: dict[str, Any]) -> float:
    """By how much it misses its goal: 1 at the goal, less is better."""
    return row["goal"] / row["ratio"] if _more(row) else row["ratio"] / row["goal"]


def _met(row: dict[str, Any]) -> bool:
    return _worse(row) <= 1


def _x(worse: float) -> float:
    middle = (_LEFT + _WIDE) / 2
    share = max(-1.0, min(1.0, math.log(worse) / math.log(_END)))
    return middle + share * (_WIDE - _LEFT - 40) / 2
