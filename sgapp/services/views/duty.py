"""Who is on, by which rules the clocks run, and how somebody is told: as the desk sees it."""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, or_, select

from sgapp.domain.clock_book import ClockBook
from sgapp.domain.clock_words import changes, in_hours, in_length, then, where, whose
from sgapp.domain.clocks import DEFAULT_RULES, LABELS, Rule
from sgapp.domain.permissions import Permission
from sgapp.domain.reach import CHANNEL_WORDS, Reach
from sgapp.domain.rota import DUTY_LABELS, MAY_TAKE, Duty
from sgapp.domain.time import show
from sgapp.domain.vocabulary import AGENCIES
from sgapp.services.duty import reach_of, without_way
from sgapp.services.guard import query
from sgapp.services.rota import branch_of
from sgapp.services.views.note import Option
from sgapp.store import accounts, documents
from sgapp.store.access import rota_of
from sgapp.store.tables import HandOverRow, PushRow
from sgapp.store.unit_of_work import UnitOfWork

#: How many versions of the clock book are shown, each with what it changed.
_HISTORY = 20


@dataclass(frozen=True, slots=True)
class DutyNow:
    """One duty at this moment. `reach` says how that person is told."""

    duty: str
    label: str
    name: str
    until: str
    reach: str


@dataclass(frozen=True, slots=True)
class Entry:
    id: str
    label: str
    name: str
    span: str


@dataclass(frozen=True, slots=True)
class HandOverLine:
    id: str
    heading: str
    words: str
    taken: str
    may_take: bool


@dataclass(frozen=True, slots=True)
class RotaView:
    now: tuple[DutyNow, ...]
    turns: tuple[Entry, ...]
    absences: tuple[Entry, ...]
    hand_overs: tuple[HandOverLine, ...]
    leads: tuple[Option, ...]
    on_calls: tuple[Option, ...]
    everyone: tuple[Option, ...]
    next_ones: tuple[Option, ...]
    may_set: bool
    may_hand_over: bool


@query(Permission.SEE_QUEUE)
def rota_view(uow: UnitOfWork) -> RotaView:
    """Who has which duty now, what comes, and what was left for whoever asks."""
    rota = rota_of(uow, branch_of(uow))
    staff = [a for a in accounts.everyone(uow) if not a.disabled and a.branch in (None, branch_of(uow))]
    names = {a.id: a.name for a in staff}

    def options(duty: Duty) -> tuple[Option, ...]:
        return tuple(Option(a.id, a.name) for a in staff if str(a.role) in MAY_TAKE[duty])

    def entry(found, label: str) -> Entry:
        return Entry(found.id, label, names.get(found.account_id, "Somebody"),
                     f"{show(found.starts_at)} to {show(found.ends_at)}")

    def now_on(duty: Duty) -> DutyNow:
        who, changes_at = rota.holder(duty, uow.now), rota.held_until(duty, uow.now)
        until = f"until {show(changes_at)}" if changes_at else "until further notice"
        return DutyNow(str(duty), DUTY_LABELS[duty], names.get(who or "", "Nobody"), until, _reach(uow, who or ""))

    coming = sorted((t for t in rota.turns if t.ends_at > uow.now), key=lambda t: t.starts_at)
    away = sorted((a for a in rota.absences if a.ends_at > uow.now), key=lambda a: a.starts_at)
    return RotaView(
        now=tuple(now_on(duty) for duty in Duty), turns=tuple(entry(t, DUTY_LABELS[t.duty]) for t in coming),
        absences=tuple(entry(a, "Away") for a in away), hand_overs=_hand_overs(uow), leads=options(Duty.LEAD),
        on_calls=options(Duty.ON_CALL), everyone=tuple(Option(a.id, a.name) for a in staff),
        next_ones=tuple(o for o in options(Duty.ON_CALL) if o.value != uow.actor.account_id),
        may_set=uow.actor.may(Permission.MANAGE_ROTA), may_hand_over=uow.actor.may(Permission.HAND_OVER))


def _reach(uow: UnitOfWork, account_id: str) -> str:
    reach = reach_of(uow, account_id) if account_id else Reach()
    missing = without_way(uow, reach)
    chosen = [CHANNEL_WORDS[channel] for channel in reach.channels() if CHANNEL_WORDS[channel] not in missing]
    told = "told by " + ", ".join(chosen) if chosen else "not told outside this desk"
    return told + (f"; {', '.join(missing)} not set up here" if missing else "")


def _hand_overs(uow: UnitOfWork) -> tuple[HandOverLine, ...]:
    """What was left by or for whoever asks, until it has been taken over and for a week after that."""
    mine = or_(col(HandOverRow.to_id) == uow.actor.account_id, col(HandOverRow.from_id) == uow.actor.account_id)
    lately = or_(col(HandOverRow.read_at).is_(None), col(HandOverRow.read_at) > uow.now - timedelta(days=7))
    rows = uow.session.exec(select(HandOverRow).where(mine, lately).order_by(col(HandOverRow.at).desc()))
    found = []
    for row in rows:
        ours = row.from_id == uow.actor.account_id
        other = accounts.by_id(uow, row.to_id if ours else row.from_id)
        heading = f"{'To' if ours else 'From'} {other.name if other else 'somebody'}, {show(row.at)}"
        taken = f"Taken over {show(row.read_at)}" if row.read_at else ("Not taken over yet" if ours else "")
        found.append(HandOverLine(row.id, heading, uow.opened(row.sealed, place=f"hand_over/{row.id}").decode(), taken,
                                  not ours and row.read_at is None))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class RuleLine:
    """How long one kind of thing may take. `ours` marks a rule of our own, which can be taken back."""

    kind: str
    priority: str
    agency: str
    what: str
    where: str
    due: str
    then: str
    source: str
    ours: bool


@dataclass(frozen=True, slots=True)
class DeskHours:
    label: str
    hours: str


@dataclass(frozen=True, slots=True)
class ClosureLine:
    day: str
    agency: str
    label: str
    why: str


@dataclass(frozen=True, slots=True)
class ClocksView:
    ours: tuple[RuleLine, ...]
    defaults: tuple[RuleLine, ...]
    desks: tuple[DeskHours, ...]
    closures: tuple[ClosureLine, ...]
    history: tuple[str, ...]
    may_set: bool


@query(Permission.SEE_QUEUE)
def clocks_view(uow: UnitOfWork) -> ClocksView:
    """By which rules, hours and closures the clocks run, and who changed them when."""
    book = uow.book
    names = {a.id: a.name for a in accounts.everyone(uow)}
    desks = (DeskHours("Our own office", in_hours(book.hours)),
             *(DeskHours(AGENCIES.label(d.agency), in_hours(d.hours)) for d in book.desks))
    closures = tuple(ClosureLine(c.day.isoformat(), c.agency, f"{c.day:%-d %B %Y}, {whose(c.agency)}", c.why)
                     for c in book.closures)
    versions = documents.history(uow, ClockBook, limit=_HISTORY + 1)
    before = [made for _, made in versions[1:]] + ([ClockBook()] if len(versions) <= _HISTORY else [])
    history = tuple(
        f"{show(v.set_at)}, {names.get(v.set_by, 'somebody')}: {'; '.join(changes(earlier, made)) or 'the same again'}"
        for (v, made), earlier in zip(versions, before, strict=False))
    return ClocksView(tuple(_rule(r, ours=True) for r in book.rules), tuple(_rule(r, ours=False) for r in DEFAULT_RULES),
                      desks, closures, history, uow.actor.may(Permission.SET_CLOCKS))


def _rule(rule: Rule, *, ours: bool) -> RuleLine:
    return RuleLine(str(rule.kind), rule.priority, rule.agency, LABELS[rule.kind].capitalize(), where(rule),
                    in_length(rule.due), then(rule), rule.source, ours)


@dataclass(frozen=True, slots=True)
class ToldView:
    """One's own choice of how to be told; `quiet_from` and `quiet_until` as "22:00", or empty."""

    email: str
    phone: str
    by_email: bool
    by_text: bool
    quiet_from: str
    quiet_until: str
    rung: bool
    browsers: tuple[Option, ...]


@query(Permission.BE_TOLD)
def told_view(uow: UnitOfWork) -> ToldView:
    """How one is told."""
    reach = reach_of(uow, uow.actor.account_id)
    rows = uow.session.exec(select(PushRow).where(PushRow.account_id == uow.actor.account_id).order_by(
        col(PushRow.created_at).desc()))
    browsers = tuple(Option(r.id, f"A browser, since {show(r.created_at)}") for r in rows)
    return ToldView(reach.email, reach.phone, reach.by_email, reach.by_text,
                    f"{reach.quiet_from:%H:%M}" if reach.quiet_from else "",
                    f"{reach.quiet_until:%H:%M}" if reach.quiet_until else "", reach.rung, browsers)
