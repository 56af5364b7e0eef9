"""Hours of the week by England's wall clock, as a safety plan names them: good ones, and ones to leave out.

A window is a rule about the wall: on the nights when the clocks change it is as long as the wall makes it. Source: DOMAIN
annex §5 (weekly safe windows, never-windows), §8 (DST).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.time import NoSuchLocalTime, from_london, require_utc, show_date, show_weekday, to_london

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LINE = re.compile(r"\s*([A-Za-z]+)\.?\s*,?\s*(\d{1,2})[:.](\d{2})\s*(?:-|–|—|to|until)\s*(\d{1,2})[:.](\d{2})\s*")
#: How far ahead the next window is looked for: a weekly one comes round within it whatever the clocks do.
_AHEAD_DAYS = 15


@dataclass(frozen=True, slots=True)
class Window:
    """Each week on `weekday` (Monday is 0), from one minute of the wall to another; `until` 00:00 means midnight."""

    weekday: int
    starts: time
    until: time

    def in_words(self) -> str:
        until = "24:00" if self.until == time() else f"{self.until:%H:%M}"
        return f"{_DAYS[self.weekday].capitalize()} {self.starts:%H:%M}–{until}"

    def on(self, day: date) -> "Span | None":
        """That day's window; None on another day of the week, or where the clocks leave nothing of it."""
        if day.weekday() != self.weekday:
            return None
        begins = _at(day, self.starts)
        ends = _at(day + timedelta(days=1), time()) if self.until == time() else _at(day, self.until)
        return Span(begins, ends) if begins < ends else None


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From one moment to another, UTC; the last one is not in it."""

    starts_at: datetime
    ends_at: datetime

    def holds(self, moment: datetime) -> bool:
        return self.starts_at <= moment < self.ends_at

    def in_words(self, now: datetime) -> str:
        """`Tue 13 Oct, 10:00–11:00`."""
        begins, ends = to_london(self.starts_at), to_london(self.ends_at)
        return (f"{show_weekday(begins.date())} {show_date(begins.date(), to_london(now).date())}, "
                f"{begins:%H:%M}–{ends:%H:%M}")


def _at(day: date, wall: time) -> datetime:
    """That minute of the wall; where spring skips it, the minute at which the wall goes on."""
    try:
        return from_london(day, wall)
    except NoSuchLocalTime:
        return from_london(day, (datetime.combine(day, wall).replace(minute=0) + timedelta(hours=1)).time())


def parsed(text: str, field: str) -> tuple[Window, ...]:
    """Windows as people write them, one a line: `Tue 10:00-11:00`. Raises Invalid with the first line that is none."""
    return tuple(_window(line, field) for line in text.splitlines() if line.strip())


def _window(line: str, field: str) -> Window:
    found = _LINE.fullmatch(line)
    day = found.group(1).lower()[:3] if found else ""
    if not found or day not in _DAYS or not _full_name(day).startswith(found.group(1).lower()):
        raise Invalid(FieldError(field, f"“{line.strip()[:60]}” is not understood. Write one a line, like Tue 10:00-11:00."))
    try:
        hours = [int(part) for part in found.groups()[1:]]
        starts = time(hours[0], hours[1])
        until = time() if (hours[2], hours[3]) == (24, 0) else time(hours[2], hours[3])
    except ValueError as error:
        raise Invalid(FieldError(field, f"“{line.strip()[:60]}” has a time that no clock shows.")) from error
    if until != time() and until <= starts:
        raise Invalid(FieldError(field, f"“{line.strip()[:60]}” ends before it begins. Write two lines for one over midnight."))
    return Window(_DAYS.index(day), starts, until)


def _full_name(short: str) -> str:
    return {"mon": "monday", "tue": "tuesday", "wed": "wednesday", "thu": "thursday", "fri": "friday", "sat": "saturday",
            "sun": "sunday"}[short]


def holding(windows: Iterable[Window], moment: datetime) -> Span | None:
    """The window that a moment lies in, whole; None if it lies in none."""
    day = to_london(require_utc(moment)).date()
    found = (span for w in windows for near in (day - timedelta(days=1), day) if (span := w.on(near)) and span.holds(moment))
    return min(found, default=None)


def next_good(safe: Sequence[Window], never: Sequence[Window], after: datetime) -> Span | None:
    """The next stretch of a safe window, from `after` on, that no never-window takes away. Without safe windows: None."""
    day = to_london(require_utc(after)).date()
    days = [day + timedelta(days=n) for n in range(_AHEAD_DAYS)]
    taken = sorted(span for w in never for d in (day - timedelta(days=1), *days) if (span := w.on(d)))
    for span in sorted(span for w in safe for d in days if (span := w.on(d))):
        left = _what_is_left(Span(max(span.starts_at, after), span.ends_at), taken)
        if left is not None:
            return left
    return None


def _what_is_left(span: Span, taken: Iterable[Span]) -> Span | None:
    """The first stretch of a span that none of these takes away."""
    begins = span.starts_at
    for other in taken:
        if other.ends_at <= begins or other.starts_at >= span.ends_at:
            continue
        if other.starts_at > begins:
            return Span(begins, other.starts_at)
        begins = other.ends_at
    return Span(begins, span.ends_at) if begins < span.ends_at else None
