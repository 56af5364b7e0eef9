"""The queue: where somebody may be in danger now, then what is due, the soonest first; each with its one next step."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import func, select

from sgapp.domain.case import Case
from sgapp.domain.clocks import LABELS, WITH_AGENCY, ClockKind, in_words, is_reminder, step_up
from sgapp.domain.contact import Contact
from sgapp.domain.decision import SharingDecision
from sgapp.domain.investigation import Investigation
from sgapp.domain.kept import KeptState, KeptUpload
from sgapp.domain.observation import Observation, Priority, Route
from sgapp.domain.permissions import Actor, Permission, Role
from sgapp.domain.reference import note_reference
from sgapp.domain.referral import Action, Referral
from sgapp.domain.rota import Duty, Rota
from sgapp.domain.safety_plan import SafetyPlan
from sgapp.domain.time import end_of_day, show_short, to_london
from sgapp.domain.vocabulary import AGENCIES, CONTACT_KINDS, SAFETY_CODES, TRIAGE_DECISIONS
from sgapp.services.checkpoints import chain_in_words
from sgapp.services.duty import reach_of, without_way
from sgapp.services.guard import public, query
from sgapp.services.house import SYSTEM, House
from sgapp.services.post import failing
from sgapp.services.rota import branch_of
from sgapp.services.sweep import late_in_words
from sgapp.services.views.course import tone
from sgapp.store import accounts
from sgapp.store.access import opened_since, rota_as_it_holds
from sgapp.store.kinds import Record
from sgapp.store.running import ANY, COUNTED, LISTED, Begun, Wanted, begun_since, count, named_since, page
from sgapp.store.search import open_names, records_like
from sgapp.store.tables import ClockRow, KeptRow
from sgapp.store.unit_of_work import Repository, UnitOfWork

PAGE = 60


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One thing that is due. `key` is stable; `tone` is overdue, soon or later; `danger`: somebody may be in danger now, and
    nobody has decided yet what is done, or somebody asked for help and was not reached.
    """

    key: str
    due: str
    step: str
    tone: str
    title: str
    detail: str
    badge: str
    button: str
    href: str
    intent: str = ""
    subject_id: str = ""
    asked: str = ""
    mine: bool = False
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Tile:
    """A count that is also a filter. `count` as it is shown: “200+” beyond what is counted."""

    show: str
    label: str
    count: str
    alarming: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """`show` is the filter that holds and `text` what is searched for; `alarms` say what is wrong with the product itself."""

    rows: tuple[QueueRow, ...]
    more: bool
    tiles: tuple[Tile, ...]
    show: str
    text: str
    quarantined: int
    alarms: tuple[str, ...]
    as_of: str


#: The filters, in the order of their tiles; without one, everything that is due.
SHOWS = {"mine": "For you", "overdue": "Overdue", "today": "Due today", "agencies": "With agencies",
         "reviews": "Look again, 7 days"}
#: What counts as new is what began since; a transaction may take a moment to end.
_MARGIN = timedelta(seconds=60)
#: For how long the queue says that the glass was broken; the file says it for ever.
_OPENED_LATELY = timedelta(hours=24)


def _wanted(uow: UnitOfWork, show: str, text: str) -> Wanted:
    midnight = end_of_day(to_london(uow.now).date())
    filters = {
        "mine": Wanted(holder_id=uow.actor.account_id), "overdue": Wanted(due_before=uow.now),
        "today": Wanted(due_after=uow.now, due_before=midnight + timedelta(microseconds=1)),
        "agencies": Wanted(kinds=(*(str(kind) for kind in sorted(WITH_AGENCY)), "question")),
        "reviews": Wanted(kinds=("review",), due_before=uow.now + timedelta(days=7))}
    wanted = filters.get(show, ANY)
    return replace(wanted, records=records_like(uow, text)) if text.strip() else wanted


def _names(look: UnitOfWork, shown: int = PAGE, show: str = "", text: str = "") -> None:  # noqa: ARG001 - as of `queue`
    if text.strip():
        open_names(look)


@query(Permission.SEE_QUEUE, first=_names)
def queue(uow: UnitOfWork, shown: int = PAGE, show: str = "", text: str = "") -> Queue:
    """What is due for this actor, what is pressing first and then the soonest: `shown` rows of what the filter and the search
    leave.
    """
    clocks = page(uow, _wanted(uow, show, text), limit=shown + 1)
    tiles = tuple(_tile(uow, key) for key in SHOWS)
    return Queue(
        rows=_rows(uow, list(clocks[:shown])), more=len(clocks) > shown, tiles=tiles, show=show if show in SHOWS else "",
        text=text.strip(), quarantined=_quarantined(uow), alarms=_alarms(uow),
        as_of=to_london(uow.now).strftime("%A %-d %B, %H:%M"))


def _tile(uow: UnitOfWork, show: str) -> Tile:
    number = count(uow, _wanted(uow, show, ""))
    return Tile(show, SHOWS[show], f"{COUNTED}+" if number >= COUNTED else str(number), show == "overdue" and number > 0)


def _alarms(uow: UnitOfWork) -> tuple[str, ...]:
    late, stuck = late_in_words(uow), failing(uow)
    found = [f"{late} Nothing goes up by itself until they are: tell whoever looks after this installation."] if late else []
    if stuck:
        found.append(f"Messages that could not be sent: {stuck}. Whoever they were for is not told outside this list. "
                     "Look at them on the page How I am told.")
    rota = rota_as_it_holds(uow, branch_of(uow))
    return (*found, *_nobody_there(uow, rota), *_not_told(uow, rota), *_invented(uow), *chain_in_words(uow), *_opened(uow))


def _nobody_there(uow: UnitOfWork, rota: Rota) -> list[str]:
    """The first moment at which a duty has nobody who works here and may have it."""
    gaps = rota.gaps(uow.now)
    return [f"By the rota {gaps[0].in_words()}. Put somebody down on the page On duty."] if gaps else []


def _not_told(uow: UnitOfWork, rota: Rota) -> list[str]:
    """Who is on duty now and chose to be told in ways of which this installation has none."""
    on_duty = {account_id: None for duty in Duty if (account_id := rota.holder(duty, uow.now))}
    found = []
    for account_id in on_duty:
        reach = reach_of(uow, account_id)
        without, person = without_way(uow, reach), accounts.by_id(uow, account_id)
        if person is not None and without and len(without) == len(reach.channels()):
            found.append(f"{person.name} is on duty and told nothing outside this list, for it has no way out by "
                         f"{' or '.join(without)} here. Tell whoever looks after this installation.")
    return found


def _invented(uow: UnitOfWork) -> list[str]:
    """That people are shown what the demo invented as this provider's own name or number to ring."""
    missing = uow.invented()
    if not missing or accounts.is_demo(uow.session):
        return []
    return ["Care workers and agencies are shown a name or number to ring that is invented. Whoever looks after this "
            f"installation sets {', '.join(missing)}."]


def _opened(uow: UnitOfWork) -> list[str]:
    """Files of this actor that somebody opened lately without being on their list, each with who and why."""
    ids = opened_since(uow.session, uow.now - _OPENED_LATELY)
    if not uow.actor.may(Permission.WORK_CASE) or not ids:
        return []
    found = [(o, case) for case in uow.cases.readable(ids).values() for o in case.openings
             if o.until > uow.now - _OPENED_LATELY and o.account_id != uow.actor.account_id]
    return [f"{o.name} opened {case.reference} until {show_short(o.until, uow.now)}: “{o.reason}”"
            for o, case in sorted(found, key=lambda pair: pair[0].at)]


@public("counts for each screen what whoever sits before it may see")
def new_for(house: House, screens: Sequence[tuple[Actor, datetime, frozenset[str]]], *, now: datetime) -> list[int]:
    """How many are new for each of many screens, by actor, since when, and the keys of what is known already, in one look.

    Who is of the same role and branch is asked for once, as long as nobody is named on anything that began since: then all of
    them see the same. Whoever is on call is asked for alone: what she sees hangs on whose turn it is.
    """
    since = min(since for _, since, _ in screens) - _MARGIN
    begun: dict[tuple[object, ...], tuple[dict[str, datetime], list[datetime]]] = {}
    new = []
    with house.reading(SYSTEM, now) as uow:
        apart = named_since(uow, since)
        for actor, their_since, known in screens:
            alike = (actor.account_id,) if apart or actor.role is Role.ON_CALL else (actor.role, actor.branch)
            after = their_since - _MARGIN
            if alike not in begun:
                rows = begun_since(house.beside(uow, actor), since) if actor.may(Permission.SEE_QUEUE) else ()
                began = {_key(clock): clock.started_at for clock in reversed(rows)}
                begun[alike] = began, sorted(began.values())
            began, moments = begun[alike]
            new.append(len(moments) - bisect_right(moments, after) - sum(began.get(key, after) > after for key in known))
    return new


@query(Permission.SEE_QUEUE, long=True)
def queue_keys(uow: UnitOfWork, since: datetime | None = None) -> tuple[str, ...]:
    """The keys of what began lately, for telling how much is new without moving anything; without `since`, of all."""
    if since is None:
        return tuple(_key(c) for c in page(uow, limit=LISTED))
    return tuple(_key(c) for c in begun_since(uow, since - _MARGIN))


def _key(clock: ClockRow | Begun) -> str:
    return f"{clock.record_kind}:{clock.record_id}:{clock.kind}"


def _quarantined(uow: UnitOfWork) -> int:
    """Uploads of this actor's branch that were kept and that nobody has looked at yet."""
    waiting = select(func.count()).select_from(KeptRow).where(
        KeptRow.state == str(KeptState.WAITING), uow.may_see(KeptRow))
    return uow.session.exec(waiting).one()


def _rows(uow: UnitOfWork, clocks: list[ClockRow]) -> tuple[QueueRow, ...]:
    def ids(kind: str) -> list[str]:
        return [c.record_id for c in clocks if c.record_kind == kind]

    notes = uow.notes.readable(ids("observation"))
    decisions = Repository(uow, SharingDecision).readable(ids("decision"))
    referrals = Repository(uow, Referral).readable(ids("referral"))
    actions = Repository(uow, Action).readable(ids("action"))
    plans = Repository(uow, SafetyPlan).readable(ids("plan"))
    contacts = Repository(uow, Contact).readable(ids("contact"))
    cases = uow.cases.readable({*ids("case"), *(c.case_id for c in clocks if c.case_id)})
    people = uow.people.readable({c.person_id for c in cases.values()} | {n.person_id for n in notes.values() if n.person_id})
    names = {key: f"{p.short} · {p.reference}" for key, p in people.items()}
    kept = uow.kept.readable(ids("kept"))
    matters = uow.investigations.readable(ids("investigation"))
    records = {**kept, **notes, **decisions, **referrals, **actions, **plans, **contacts, **cases, **matters}
    found = []
    for clock in clocks:
        record = records.get(clock.record_id)
        case = cases.get(clock.case_id or "")
        if isinstance(record, Observation):
            found.append(_note_row(uow, clock, record, names))
        elif isinstance(record, KeptUpload):
            found.append(_kept_row(uow, clock, record))
        elif isinstance(record, Investigation):
            found.append(QueueRow(**_when(uow, clock), title=record.reference, detail="a matter about staff",
                                  badge="restricted", button="Open", href=f"/matter?id={record.id}"))
        elif record is not None and case is not None:
            found.append(_case_row(uow, clock, record, case, names))
        else:
            found.append(_broken_row(uow, clock))
    asked, mine = _asked(uow, clocks), {_key(c) for c in clocks if c.holder_id == uow.actor.account_id}
    return tuple(replace(row, asked=asked.get(row.key, ""), mine=row.key in mine) for row in found)


def _broken_row(uow: UnitOfWork, clock: ClockRow) -> QueueRow:
    """It is due and nobody can read it: said in its place, so that it neither vanishes nor takes the list with it."""
    return QueueRow(**_when(uow, clock), title="Something that cannot be opened", badge="broken", button="", href="/desk",
                    detail="Tell whoever looks after this installation; “sgapp audit verify” names it.")


def _when(uow: UnitOfWork, clock: ClockRow) -> dict[str, Any]:
    return {"key": _key(clock), "due": in_words(clock.due_at, uow.now), "step": LABELS[ClockKind(clock.kind)],
            "tone": tone(clock.due_at, uow.now)}


def _asked(uow: UnitOfWork, clocks: Sequence[ClockRow]) -> dict[str, str]:
    """Who is asked for each clock that has gone up, by its key."""
    names = {account_id: found.name if (found := accounts.by_id(uow, account_id)) else "somebody"
             for account_id in {c.holder_id for c in clocks if c.holder_id and c.stage}}
    return {_key(c): _asked_words(ClockKind(c.kind), c.stage, names.get(c.holder_id, "nobody is left"))
            for c in clocks if c.stage}


def _asked_words(kind: ClockKind, stage: int, name: str) -> str:
    return f"{name} is reminded" if is_reminder(kind, stage) else f"{step_up(kind, stage).capitalize()}: {name} is asked"


def _note_row(uow: UnitOfWork, clock: ClockRow, note: Observation, names: dict[str, str]) -> QueueRow:
    known = names.get(note.person_id or "", note.content.person_text or "Person not matched yet")
    title = f"Note {note.reference}" if note.restricted else known
    badge = "reserved" if note.reserved else "restricted" if note.restricted else ""
    waiting = clock.kind == "acknowledge"
    if note.investigation_id is not None:
        return QueueRow(**_when(uow, clock), title=title, detail=_note_detail(uow, note), badge=badge, button="Read it",
                        href=f"/matter?id={note.investigation_id}")
    return QueueRow(**_when(uow, clock), title=title, detail=_note_detail(uow, note), badge=badge,
                    danger=note.priority is Priority.EMERGENCY, button="Acknowledge" if waiting else "Open",
                    href=f"/note?id={note.id}", intent="acknowledge-note" if waiting else "", subject_id=note.id)


def _kept_row(uow: UnitOfWork, clock: ClockRow, upload: KeptUpload) -> QueueRow:
    when: dict[str, Any] = {**_when(uow, clock), "step": "look at it"}
    return QueueRow(**when, title=f"Note {upload.reference}", badge="kept", button="Open", href=f"/kept?id={upload.id}",
                    danger=upload.priority is Priority.EMERGENCY,
                    detail=f"Arrived from {upload.author_name}, {show_short(upload.received_at, uow.now)}; needs a look "
                           "before it can be read")


def _case_row(uow: UnitOfWork, clock: ClockRow, record: Record, case: Case, names: dict[str, str]) -> QueueRow:
    person = "" if case.restricted else names.get(case.person_id, "")
    href = _where(record, case, clock)
    detail = _detail(record, case, uow.now, clock.kind)
    asks_for_help = clock.kind == ClockKind.WELFARE_CHECK and case.welfare is not None and case.welfare.help_asked
    return QueueRow(**_when(uow, clock), title=person or f"Case {case.reference}", detail=detail,
                    danger=asks_for_help or (case.priority is Priority.EMERGENCY and case.decision is None),
                    badge="restricted" if case.restricted else "", button="Open", href=href)


def _where(record: Record, case: Case, clock: ClockRow) -> str:
    if isinstance(record, Referral):
        return f"/referral?id={record.id}"
    if isinstance(record, Contact):
        return f"/contact?id={record.id}"
    if isinstance(record, SafetyPlan) or clock.kind == ClockKind.WELFARE_CHECK:
        return f"/plan?id={case.id}"
    return f"/case?id={case.id}"


_KINDS = {Route.SPEAK_UP: "somebody speaks up", Route.ACCOUNT: "an account that was asked for"}


def _note_detail(uow: UnitOfWork, note: Observation) -> str:
    kind = _KINDS.get(note.content.route, "")
    has = [name for name in ("seen", "heard", "said") if getattr(note.content, name)]
    codes = " ".join(SAFETY_CODES[c].short for c in note.content.safety_codes if c in SAFETY_CODES)
    why = note.priority_history[-1].reason
    adds = f"adds to {note_reference(note.corrects_id)}" if note.corrects_id else ""
    parts = [note.reference, adds, kind or ", ".join(has), f"{note.priority}: {why}" if note.priority != "other" else "", codes,
             f"from {note.author_name}, {show_short(note.received_at, uow.now)}"]
    return " · ".join(p for p in parts if p)


def _detail(record: object, case: Case, now: datetime, kind: str) -> str:
    if isinstance(record, SafetyPlan):
        return f"Case {case.reference} · safety plan, version {record.version}"
    if isinstance(record, Contact):
        return f"Case {case.reference} · {CONTACT_KINDS.label(record.kind).lower()}, {show_short(record.at, now)}"
    if kind == ClockKind.WELFARE_CHECK and case.welfare is not None:
        return f"Case {case.reference} · {case.welfare.why}"
    if kind == ClockKind.MARAC_ROUTE:
        return f"Case {case.reference} · a route to MARAC is met"
    if isinstance(record, Referral):
        sent = f"sent {show_short(record.sending.at, now)}" if record.sending else "not sent yet"
        got = "receipt confirmed" if record.receipt else "no receipt yet"
        asks = " · they ask something" if any(q.open for q in record.questions) else ""
        return f"{record.reference} to {AGENCIES.label(record.agency)}, {sent}" + (f" · {got}" if record.sending else "") + asks
    if isinstance(record, SharingDecision):
        return f"Case {case.reference} · sharing decision by {record.decided_by} · {' and '.join(record.review_because)}"
    if isinstance(record, Action):
        return f"{record.what} · {record.owner}"
    if isinstance(record, Case):
        if record.emergency_record_from:
            return f"Case {record.reference} · sent first as an emergency, record of the decision is due"
        if record.next_review_on:
            return f"Case {record.reference} · reasons recorded, look again on {record.next_review_on:%-d %B}"
        if record.decision is not None:
            return f"Case {record.reference} · {TRIAGE_DECISIONS.label(record.decision.code).lower()}; waits for you"
        return f"Case {record.reference} · opened, not decided yet"
    return ""
