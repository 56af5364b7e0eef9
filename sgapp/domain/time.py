"""Time: aware UTC inside, Europe/London and the 24-hour clock on screens. Source: DOMAIN annex §8.

The house keeps no clock of its own: `now` is always passed in.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sgapp.domain.errors import SgappError

LONDON = ZoneInfo("Europe/London")

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class NotUtc(SgappError, ValueError):
    """A time without a zone, or in another zone than UTC, where aware UTC is asked for."""


class NoSuchLocalTime(SgappError, ValueError):
    """A wall-clock time that England skips: the hour lost when the clocks go forward."""


def require_utc(moment: datetime) -> datetime:
    """The same moment with `datetime.UTC` as its zone.

    Raises NotUtc for a naive time and for any zone whose offset is not always nought: Europe/London is
    refused in winter too, or a slip would pass until March.
    """
    if moment.tzinfo is None:
        raise NotUtc(f"{moment.isoformat()} has no zone; aware UTC is needed")
    if moment.tzinfo.utcoffset(None) != timedelta(0):
        raise NotUtc(f"{moment.isoformat()} is not in UTC")
    return moment.astimezone(UTC)


def to_london(moment: datetime) -> datetime:
    """The moment as England's wall clock shows it. Raises NotUtc."""
    return require_utc(moment).astimezone(LONDON)


def from_london(day: date, at: time | None = None, *, fold: int = 0) -> datetime:
    """A wall-clock time in England as aware UTC: `from_london(naive)` or `from_london(day, time)`.

    In the hour that autumn repeats, the first is meant (`fold=0`, summer time); `fold=1` means the second.
    A plain date without a time means its midnight. Raises NoSuchLocalTime for an hour that spring skips,
    and NotUtc for a time that already has a zone.
    """
    if at is not None:
        wall = datetime.combine(day, at)
    else:
        wall = day if isinstance(day, datetime) else datetime.combine(day, time())
    if wall.tzinfo is not None:
        raise NotUtc(f"{wall.isoformat()} already has a zone; a wall-clock time is needed")
    moment = wall.replace(tzinfo=LONDON, fold=fold).astimezone(UTC)
    if moment.astimezone(LONDON).replace(tzinfo=None) != wall:
        raise NoSuchLocalTime(
            f"The clocks went forward: {show_wall(wall)} did not happen. Choose another time."
        )
    return moment


def end_of_day(day: date) -> datetime:
    """The last instant of a day in England, as UTC. Still that day, so it is shown as 23:59."""
    return from_london(day + timedelta(days=1)) - timedelta(microseconds=1)


def show(moment: datetime) -> str:
    """For people: `5 Oct 2026, 10:40`, in England's time. Raises NotUtc."""
    return show_wall(to_london(moment))


def show_short(moment: datetime, now: datetime) -> str:
    """`10:40` for today, `5 Oct 10:40` for this year, else with the year too. Raises NotUtc."""
    wall, today = to_london(moment), to_london(now).date()
    if wall.date() == today:
        return f"{wall:%H:%M}"
    return f"{show_date(wall.date(), today)} {wall:%H:%M}"


def show_date(day: date, today: date) -> str:
    """`27 Oct`, with the year when it is not this one: `27 Oct 2027`."""
    year = "" if day.year == today.year else f" {day.year}"
    return f"{day.day} {_MONTHS[day.month - 1]}{year}"


def show_day(day: date) -> str:
    """A day with its year, for what is read by others: `27 Oct 2026`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def show_weekday(day: date) -> str:
    """`Mon`. Not by strftime, which follows the server's language."""
    return _WEEKDAYS[day.weekday()]


def show_wall(wall: datetime) -> str:
    """A wall-clock time as it stands: `5 Oct 2026, 10:40`."""
    return f"{wall.day} {_MONTHS[wall.month - 1]} {wall.year}, {wall:%H:%M}"
