"""Clocks: when a thing is due, when it is chased, when it goes up a stage. Every time-scale can be replaced.

An elapsed clock runs from its event and never pauses. A working-day clock starts at its event if that lies
inside the agency's hours, else at the next opening; the start day is day 0, and n working days end at
closing time of the n-th working day after it. Sources: DESIGN "Clocks, defined"; DOMAIN annex §2 (clocks)
and §8.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache

import holidays

from sgapp.domain.errors import SgappError
from sgapp.domain.time import end_of_day, from_london, require_utc, show_date, show_weekday, to_london
from sgapp.domain.vocabulary.risk import PRIORITIES

_LONGEST_CLOSURE_DAYS = 366


class NoWorkingDay(SgappError):
    """The calendar is closed for more than a year on end, so no due time can be worked out."""


class NoRule(SgappError, LookupError):
    """No rule says how long this kind of thing may take; or it is due by a date and no date was given."""


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """England's bank holidays of a year, substitute days included.

    Worked out by the `holidays` library, so it reaches further than the list GOV.UK publishes; a one-off
    holiday proclaimed later has to be entered as a closure. Made whole per year, because the library's own
    lazy filling is not safe between threads.
    """
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


@dataclass(frozen=True, slots=True)
class AgencyHours:
    """Opening and closing per weekday, Monday first, in England's wall-clock time. Raises ValueError."""

    days: tuple[tuple[time, time], ...] = ((time(9), time(17)),) * 5

    def __post_init__(self) -> None:
        if len(self.days) != 5:
            raise ValueError("hours are needed for each of Monday to Friday")
        if any(opens >= closes for opens, closes in self.days):
            raise ValueError("a day must open before it closes")

    @classmethod
    def weekdays(cls, opens: time, closes: time, friday_closes: time | None = None) -> "AgencyHours":
        """The same hours from Monday to Friday, with another closing time on Friday if one is given."""
        return cls((*((opens, closes),) * 4, (opens, friday_closes or closes)))


@dataclass(frozen=True, slots=True)
class Calendar:
    """Whose working days: the agency's hours, England's bank holidays, and local closures."""

    hours: AgencyHours = AgencyHours()
    closures: frozenset[date] = frozenset()

    def is_working_day(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.closures and day not in bank_holidays(day.year)

    def opens_at(self, day: date) -> datetime:
        """Opening time of a working day, UTC."""
        return from_london(day, self.hours.days[day.weekday()][0])

    def closes_at(self, day: date) -> datetime:
        """Closing time of a working day, UTC."""
        return from_london(day, self.hours.days[day.weekday()][1])

    def usual_hours(self, day: date) -> tuple[datetime, datetime]:
        """Opening and closing time of any day, UTC: at a weekend or on a closed day the hours that a Monday to Friday has."""
        opens, closes = self.hours.days[min(day.weekday(), 4)]
        return from_london(day, opens), from_london(day, closes)

    def next_working_day(self, day: date) -> date:
        """The first working day after this one. Raises NoWorkingDay."""
        for ahead in range(1, _LONGEST_CLOSURE_DAYS + 1):
            candidate = day + timedelta(days=ahead)
            if self.is_working_day(candidate):
                return candidate
        raise NoWorkingDay(f"no working day within a year of {day.isoformat()}")

    def open_from(self, moment: datetime) -> datetime:
        """The moment itself if it lies inside the hours, else the next opening. Closing time lies outside."""
        moment = require_utc(moment)
        day = to_london(moment).date()
        if self.is_working_day(day):
            if moment < self.opens_at(day):
                return self.opens_at(day)
            if moment < self.closes_at(day):
                return moment
        return self.opens_at(self.next_working_day(day))

    def working_days_after(self, start: datetime, n: int) -> datetime:
        """Closing time of the n-th working day after the start day. With n = 0, of the start day itself."""
        if n < 0:
            raise ValueError("working days are counted forwards")
        day = to_london(self.open_from(start)).date()
        for _ in range(n):
            day = self.next_working_day(day)
        return self.closes_at(day)

    def same_day_end(self, start: datetime, *, high: bool) -> datetime:
        """When "the same day" is over: midnight for high priority, else closing time.

        What begins after closing belongs to the next opening's day; high priority waits for no opening.
        """
        return end_of_day(to_london(start).date()) if high else self.working_days_after(start, 0)


def elapsed_hours(start: datetime, hours: float) -> datetime:
    """So many hours later by a stopwatch, whatever the wall clock does in between. Raises NotUtc."""
    return require_utc(start) + timedelta(hours=hours)


class ClockKind(StrEnum):
    ACKNOWLEDGE = "acknowledge"
    DECIDE = "decide"
    SEND = "send"
    SECOND_REVIEW = "second_review"
    RECEIPT = "receipt"
    AGENCY_DECISION = "agency_decision"
    REVIEW = "review"
    ACTION = "action"
    EMERGENCY_RECORD = "emergency_record"
    NOTIFY_CQC = "notify_cqc"
    NEXT_STEP = "next_step"
    QUESTION = "question"
    CLEARANCE = "clearance"
    MEASURE_REVIEW = "measure_review"
    MILESTONE = "milestone"
    DBS_DUTY = "dbs_duty"
    CANDOUR = "candour"
    PLAN_REVIEW = "plan_review"
    CONTACT = "contact"
    CONTACT_MISSED = "contact_missed"
    WELFARE_CHECK = "welfare_check"
    MARAC_ROUTE = "marac_route"
    PLANNING = "planning"
    ASSESSMENT = "assessment"
    ENQUIRY_REVIEW = "enquiry_review"


#: What is waited for, in a word or two.
LABELS: dict[ClockKind, str] = {
    ClockKind.ACKNOWLEDGE: "acknowledge", ClockKind.DECIDE: "decide", ClockKind.SEND: "send",
    ClockKind.SECOND_REVIEW: "second review", ClockKind.RECEIPT: "receipt", ClockKind.AGENCY_DECISION: "their decision",
    ClockKind.REVIEW: "look again", ClockKind.ACTION: "action", ClockKind.EMERGENCY_RECORD: "record the decision",
    ClockKind.NOTIFY_CQC: "notify CQC", ClockKind.NEXT_STEP: "next step",
    ClockKind.QUESTION: "answer their question",
    ClockKind.CLEARANCE: "ask whether you may begin", ClockKind.MEASURE_REVIEW: "look at the measure again",
    ClockKind.MILESTONE: "planned step", ClockKind.DBS_DUTY: "DBS duty", ClockKind.CANDOUR: "candour",
    ClockKind.PLAN_REVIEW: "look at the plan again", ClockKind.CONTACT: "contact", ClockKind.CONTACT_MISSED: "say how it went",
    ClockKind.WELFARE_CHECK: "check on them", ClockKind.MARAC_ROUTE: "refer to MARAC",
    ClockKind.PLANNING: "their plan", ClockKind.ASSESSMENT: "their assessment", ClockKind.ENQUIRY_REVIEW: "their review",
}


class How(StrEnum):
    """In what a span is measured. `DATE`: to the end of a day that somebody chose."""

    ELAPSED = "elapsed"
    WORKING = "working"
    SAME_DAY = "same_day"
    SAME_DAY_MIDNIGHT = "same_day_midnight"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time. `amount` is in minutes when elapsed, in working days when working, else not used.

    `minutes_before_closing` brings a working-day span forward on its last day, never to before opening.
    """

    how: How
    amount: int = 0
    minutes_before_closing: int = 0

    def end(self, start: datetime, calendar: Calendar) -> datetime:
        """When the span that begins at `start` is over, UTC. Raises NoRule if it ends on a chosen date."""
        match self.how:
            case How.ELAPSED:
                return require_utc(start) + timedelta(minutes=self.amount)
            case How.WORKING:
                closing = calendar.working_days_after(start, self.amount)
                opening = calendar.opens_at(to_london(closing).date())
                early = closing - timedelta(minutes=self.minutes_before_closing)
                return max(early, opening, calendar.open_from(start))
            case How.SAME_DAY:
                return calendar.same_day_end(start, high=False)
            case How.SAME_DAY_MIDNIGHT:
                return calendar.same_day_end(start, high=True)
            case How.DATE:
                raise NoRule("this is due by a date, and none was given")


@dataclass(frozen=True, slots=True)
class Rule:
    """How long one kind of thing may take at one priority at one agency; an empty one stands for every one.

    `later` is the time between two steps up, where neither `chase` nor `escalate` names it.
    """

    kind: ClockKind
    priority: str
    due: Span
    source: str
    chase: Span | None = None
    escalate: Span | None = None
    agency: str = ""
    later: Span = Span(How.WORKING, 0)


def _minutes(amount: int) -> Span:
    return Span(How.ELAPSED, amount)


def _working(amount: int, minutes_before_closing: int = 0) -> Span:
    return Span(How.WORKING, amount, minutes_before_closing)


_NEXT = "Ours: a case that nobody has closed never stands without a clock; as fast as the decision of DOMAIN annex §2"
_MIDNIGHT, _CLOSING, _DATE = Span(How.SAME_DAY_MIDNIGHT), Span(How.SAME_DAY), Span(How.DATE)
_NOON = _minutes(12 * 60)
_ACK = "DOMAIN annex §2: high 30 min, other 2 h; §8: the deputy is assigned on a missed acknowledgement"
_DECIDE = "DOMAIN annex §2: high the same day, other 1 working day"
_SEND = "DOMAIN annex §2: urgent at once (30 min is ours), other 1 working day"
_ASKED = "Ours: an agency that asks cannot go on without us; the same day, faster where DOMAIN annex §2 is faster"
_AT_ONCE = "DOMAIN annex §2: 999 first; urgent at once or through the emergency duty team (30 min is ours)"
_CQC = "DOMAIN annex §2: same day, alarm at 24 h"
_STAFF = "Ours: DOMAIN annex §6 names the duty and no time; nothing sits"
_REACHED = "Ours: DOMAIN annex §5 says that missed contact leads to the plan's own check, and names no time"
_ENQUIRY = "DOMAIN annex §2: planning 5 working days, assessment 4 weeks, review 6 weeks after an enquiry begins"
_WEEK = 7 * 24 * 60
_REVIEW = "The guide: same-day review for higher-risk decisions"
K = ClockKind
_BY_VOICE = "Ours: told by a voice, so the log number or the name is there within the call; ADR 0025"
_AT_WORK = "Ours: who comes to danger now says within a day what they did; ADR 0025"
_THEIRS = "Ours: DOMAIN annex §2 names the local authority's time alone; ADR 0025"
#: Working days until an agency that is not the local authority is chased for what it decided, and until that goes up. Whoever
#: is not here is the local authority, or keeps to its time.
THEIR_DECISION: dict[str, tuple[int, int]] = {
    "FIRE": (5, 10), "POL101": (2, 5), "IDVA": (2, 5), "GP": (2, 5), "MARAC": (10, 20), "NRM": (5, 10), "CQC": (10, 20),
    "COMM": (5, 10), "ICB": (5, 10), "DBS": (40, 60), "REG": (20, 40), "OPG": (10, 20), "DWP": (5, 10), "BANK": (2, 5)}

#: The defaults. A local authority's own rules replace them row by row.
DEFAULT_RULES: tuple[Rule, ...] = (
    Rule(K.ACKNOWLEDGE, "emergency", _minutes(30), _ACK, escalate=_minutes(30), later=_minutes(30)),
    Rule(K.ACKNOWLEDGE, "high", _minutes(30), _ACK, escalate=_minutes(30), later=_minutes(30)),
    Rule(K.ACKNOWLEDGE, "other", _minutes(120), _ACK, escalate=_minutes(120), later=_minutes(120)),
    Rule(K.DECIDE, "emergency", _MIDNIGHT, _DECIDE, later=_NOON),
    Rule(K.DECIDE, "high", _MIDNIGHT, _DECIDE, later=_NOON),
    Rule(K.DECIDE, "other", _working(1), _DECIDE),
    Rule(K.NEXT_STEP, "emergency", _MIDNIGHT, _NEXT, later=_NOON),
    Rule(K.NEXT_STEP, "high", _MIDNIGHT, _NEXT, later=_NOON),
    Rule(K.NEXT_STEP, "other", _working(1), _NEXT),
    Rule(K.SEND, "emergency", _minutes(30), _SEND, later=_minutes(30)),
    Rule(K.SEND, "high", _minutes(30), _SEND, later=_minutes(30)),
    Rule(K.SEND, "other", _working(1), _SEND),
    Rule(K.SEND, "other", _minutes(30), _AT_ONCE, later=_minutes(30), agency="POL999"),
    Rule(K.SEND, "other", _minutes(30), _AT_ONCE, later=_minutes(30), agency="AMB"),
    Rule(K.SEND, "other", _minutes(30), _AT_ONCE, later=_minutes(30), agency="EDT"),
    # For "other" only: what is urgent goes to CQC as fast as to everybody else.
    Rule(K.SEND, "other", _MIDNIGHT, _CQC, escalate=_minutes(24 * 60), later=_NOON, agency="CQC"),
    Rule(K.SECOND_REVIEW, "emergency", _MIDNIGHT, _REVIEW, later=_NOON),
    Rule(K.SECOND_REVIEW, "high", _MIDNIGHT, _REVIEW, later=_NOON),
    Rule(K.SECOND_REVIEW, "other", _CLOSING, _REVIEW),
    # Chased within the first working day while somebody still answers the telephone, not as the desk closes.
    Rule(
        K.RECEIPT,
        "",
        _working(1),
        "DOMAIN annex §2: chase 1 working day, escalate 2 (the last hour is ours)",
        chase=_working(1, minutes_before_closing=60),
        escalate=_working(2),
    ),
    Rule(
        K.AGENCY_DECISION,
        "",
        _working(1),
        "DOMAIN annex §2: end of the next working day; 5 count as overdue",
        chase=_working(1),
        escalate=_working(5),
    ),
    *(Rule(K.RECEIPT, "", _minutes(30), _BY_VOICE, chase=_minutes(30), escalate=_minutes(60), later=_minutes(60), agency=agency)
      for agency in ("POL999", "AMB", "EDT")),
    *(Rule(K.AGENCY_DECISION, "", _NOON, _AT_WORK, chase=_NOON, escalate=_minutes(24 * 60), later=_NOON, agency=agency)
      for agency in ("POL999", "AMB")),
    *(Rule(K.AGENCY_DECISION, "", _working(due), _THEIRS, chase=_working(due), escalate=_working(late), agency=agency)
      for agency, (due, late) in THEIR_DECISION.items()),
    Rule(K.PLANNING, "", _working(5), _ENQUIRY),
    Rule(K.ASSESSMENT, "", _minutes(4 * _WEEK), _ENQUIRY),
    Rule(K.ENQUIRY_REVIEW, "", _minutes(6 * _WEEK), _ENQUIRY),
    Rule(K.QUESTION, "emergency", _minutes(30), _ASKED, later=_minutes(30)),
    Rule(K.QUESTION, "high", _minutes(120), _ASKED, later=_minutes(120)),
    Rule(K.QUESTION, "other", _CLOSING, _ASKED),
    Rule(K.REVIEW, "", _DATE, "DOMAIN annex §2: a day to look again"),
    Rule(K.ACTION, "", _DATE, "DOMAIN annex §2: an action has a due date"),
    Rule(
        K.EMERGENCY_RECORD,
        "",
        _MIDNIGHT,
        "DOMAIN annex §2: 999 first, record after; the record of an emergency is due the same day",
        later=_NOON,
    ),
    Rule(K.NOTIFY_CQC, "", _MIDNIGHT, _CQC, escalate=_minutes(24 * 60), later=_NOON),
    Rule(K.CLEARANCE, "", _working(1), _STAFF),
    Rule(K.MEASURE_REVIEW, "", _DATE, "DOMAIN annex §6: a suspension is looked at again, seven days unless sooner"),
    Rule(K.MILESTONE, "", _DATE, "DOMAIN annex §6: a milestone has its day"),
    Rule(K.DBS_DUTY, "", _working(5), _STAFF),
    Rule(K.CANDOUR, "", _working(10), _STAFF),
    Rule(K.PLAN_REVIEW, "", _DATE, "DOMAIN annex §5: a plan has its day of review"),
    Rule(K.CONTACT, "", _minutes(60), _REACHED),
    Rule(K.CONTACT_MISSED, "", _minutes(60), _REACHED, later=_minutes(60)),
    Rule(K.WELFARE_CHECK, "emergency", _minutes(10), _REACHED, later=_minutes(10)),
    Rule(K.WELFARE_CHECK, "", _minutes(30), _REACHED, later=_minutes(30)),
    Rule(K.MARAC_ROUTE, "", _working(1), "DOMAIN annex §2: MARAC for high risk; as fast as a referral, 1 working day"),
)
DEFAULT_CALENDAR = Calendar()
#: What is due on a day that somebody chose: no rule can give it a length, or the chosen day would count for nothing.
BY_A_DAY = frozenset(rule.kind for rule in DEFAULT_RULES if rule.due.how is How.DATE)
#: A contact ends with its own window.
WITH_A_LENGTH = tuple(kind for kind in ClockKind if kind not in BY_A_DAY and kind is not ClockKind.CONTACT)


@dataclass(frozen=True, slots=True)
class Clock:
    """A running clock. All times aware UTC; a time that does not apply is None. Raises NotUtc.

    `steps` are the moments at which it goes up: to the next person within the house, or to the next stage with an agency.
    """

    kind: ClockKind
    started_at: datetime
    due_at: datetime
    chase_at: datetime | None = None
    escalate_at: datetime | None = None
    steps: tuple[datetime, ...] = ()

    def __post_init__(self) -> None:
        for moment in (self.started_at, self.due_at, self.chase_at, self.escalate_at, *self.steps):
            if moment is not None:
                require_utc(moment)


#: What an agency owes us goes up in four stages; what we owe goes up in three. Source: DOMAIN annex §2, escalation; §8.
WITH_AGENCY = frozenset({ClockKind.RECEIPT, ClockKind.AGENCY_DECISION, ClockKind.PLANNING, ClockKind.ASSESSMENT,
                         ClockKind.ENQUIRY_REVIEW})
AGENCY_STAGES, OWN_STAGES = 4, 3
#: What somebody is told of as soon as it begins. Of all else that we owe they are reminded once, before it is late.
TOLD_AT_ONCE = frozenset({ClockKind.ACKNOWLEDGE, ClockKind.SECOND_REVIEW, ClockKind.QUESTION, ClockKind.CONTACT_MISSED,
                          ClockKind.WELFARE_CHECK})
REMINDED = frozenset(ClockKind) - TOLD_AT_ONCE - WITH_AGENCY
_LAST_HOUR = timedelta(hours=1)


def stages_of(kind: ClockKind) -> int:
    """How many steps a clock of this kind takes, a reminder counted as the first."""
    return AGENCY_STAGES if kind in WITH_AGENCY else OWN_STAGES + (kind in REMINDED)


def is_reminder(kind: ClockKind, stage: int) -> bool:
    """Whether a clock at this stage is not late yet: whoever is on duty was reminded of it."""
    return kind in REMINDED and stage == 1


def step_up(kind: ClockKind, stage: int) -> str:
    """`step 2 of 4 up`; a reminder is none and is not counted."""
    reminder = int(kind in REMINDED)
    return f"step {stage - reminder} of {stages_of(kind) - reminder} up"


def rule_for(kind: ClockKind, priority: str, rules: Iterable[Rule] = DEFAULT_RULES, *, agency: str = "") -> Rule:
    """The rule that fits best: one for this agency before one for all, then one for this priority before one for all.

    Of two that fit alike, the earlier one in `rules`. Raises NoRule, UnknownCode.
    """
    wanted, where = (PRIORITIES[priority].code, ""), (agency, "")
    found = [rule for rule in rules if rule.kind == kind and rule.priority in wanted and rule.agency in where]
    if not found:
        raise NoRule(f"no rule for {kind} at priority {priority}")
    return max(found, key=lambda rule: (rule.agency != "", rule.priority != ""))


def clock(
    kind: ClockKind,
    started_at: datetime,
    *,
    priority: str = "other",
    on: date | None = None,
    calendar: Calendar = DEFAULT_CALENDAR,
    rules: Iterable[Rule] = DEFAULT_RULES,
    agency: str = "",
) -> Clock:
    """Start a clock. `on` is the chosen day of a review or an action, and of nothing else.

    `calendar` is the agency's for receipt and decision, the organisation's for the rest.
    Raises NotUtc, NoRule, NoWorkingDay, UnknownCode.
    """
    started_at = require_utc(started_at)
    rule = rule_for(kind, priority, rules, agency=agency)
    due_at = (
        end_of_day(on) if on is not None and rule.due.how is How.DATE else rule.due.end(started_at, calendar)
    )
    chase_at = rule.chase.end(started_at, calendar) if rule.chase else None
    escalate_at = rule.escalate.end(started_at, calendar) if rule.escalate else None
    first = min(chase_at or due_at, due_at)
    before = [chase_at or _reminder(started_at, due_at, calendar), due_at] if kind in REMINDED else [first]
    steps = _steps(kind, rule, before, due_at, escalate_at, calendar)
    return Clock(kind, started_at, due_at, chase_at, escalate_at, steps)


def _reminder(started_at: datetime, due_at: datetime, calendar: Calendar) -> datetime:
    """When whoever is on duty is reminded, once: as the day opens on which it is due. What began that day: an hour before
    closing, or half way if that is over.
    """
    day = to_london(due_at).date()
    opens, closes = calendar.usual_hours(day)
    moments = (opens, closes - _LAST_HOUR) if to_london(started_at).date() < day else (closes - _LAST_HOUR,)
    return next((m for m in moments if started_at < m < due_at), started_at + (due_at - started_at) / 2)


def _steps(kind: ClockKind, rule: Rule, before: list[datetime], due_at: datetime, escalate_at: datetime | None,
           calendar: Calendar) -> tuple[datetime, ...]:
    """First when it is reminded of, chased or due, then when it is to be escalated, then one `later` after the other."""
    steps = before
    if escalate_at is not None and escalate_at > due_at:
        steps.append(escalate_at)
    while len(steps) < stages_of(kind):
        steps.append(rule.later.end(steps[-1], calendar))
    return tuple(steps)


class DueState(StrEnum):
    OVERDUE = "overdue"
    DUE_TODAY = "due_today"
    LATER = "later"


def due_state(due_at: datetime, now: datetime) -> DueState:
    """Overdue once the due moment has passed; due today by England's calendar. Raises NotUtc."""
    due_at, now = require_utc(due_at), require_utc(now)
    if now > due_at:
        return DueState.OVERDUE
    return DueState.DUE_TODAY if to_london(due_at).date() == to_london(now).date() else DueState.LATER


def in_words(due_at: datetime, now: datetime) -> str:
    """`Overdue 34 min`, `Due 23:59`, `Mon 13:50` within the week, `27 Oct` beyond it. Raises NotUtc."""
    state, wall, today = due_state(due_at, now), to_london(due_at), to_london(now).date()
    if state is DueState.OVERDUE:
        return f"Overdue {_length(now - due_at)}"
    if state is DueState.DUE_TODAY:
        return f"Due {wall:%H:%M}"
    if (wall.date() - today).days < 7:
        return f"{show_weekday(wall.date())} {wall:%H:%M}"
    return show_date(wall.date(), today)


def _length(late: timedelta) -> str:
    minutes = max(1, int(late.total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return f"{minutes // 60} h"
    days = minutes // (24 * 60)
    return "1 day" if days == 1 else f"{days} days"
