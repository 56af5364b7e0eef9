"""What is kept of whom, and for how long, as those see it who look after records."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, func, select

from sgapp.domain.errors import NotFound
from sgapp.domain.letter import Letter, Section
from sgapp.domain.permissions import Permission
from sgapp.domain.person import Person
from sgapp.domain.retention import Hold
from sgapp.domain.time import show, show_day, to_london
from sgapp.integrations.pdf import letter_pdf
from sgapp.services.guard import query
from sgapp.services.retention import keeping, nobodys, years_before
from sgapp.services.views.note import Line
from sgapp.store import disposal
from sgapp.store.search import open_names, people_like
from sgapp.store.tables import CaseRow, ObservationRow, TombstoneRow
from sgapp.store.unit_of_work import UnitOfWork

#: As many as anybody looks through.
_MOST = 100


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One adult whose years are over. `state` says what holds it, or who has to do what next."""

    id: str
    person: str
    reference: str
    since: str
    state: str
    tone: str


@dataclass(frozen=True, slots=True)
class GoneRow:
    number: str
    at: str
    what: str


@dataclass(frozen=True, slots=True)
class NobodysView:
    """What is about nobody on the list: how much of it could go, and who asked for that."""

    count: str
    asked: str
    may_agree: bool


@dataclass(frozen=True, slots=True)
class RecordsView:
    """`found`: what a search found, whether it is due or not."""

    due: tuple[RecordRow, ...]
    found: tuple[RecordRow, ...]
    text: str
    nobodys: NobodysView
    years: str
    staff_years: str
    source: str
    gone: tuple[GoneRow, ...]


@query(Permission.KEEP_RECORDS, first=lambda look, text="": open_names(look) if text.strip() else None)
def records_view(uow: UnitOfWork, text: str = "") -> RecordsView:
    """Whose years are over; those a text points to; and what was let go already."""
    rules = keeping(uow)
    due = [row for person in disposal.untouched_since(uow, years_before(uow.now, rules.years))
           if (row := _row(uow, person)).since][:_MOST]
    found = [_row(uow, person) for person in uow.people.those(people_like(uow, text)).values()][:_MOST] if text.strip() else []
    tombs = uow.session.exec(select(TombstoneRow).order_by(col(TombstoneRow.number).desc()).limit(_MOST))
    return RecordsView(
        tuple(sorted(due, key=lambda r: r.person)), tuple(sorted(found, key=lambda r: r.person)), text.strip(), _nobodys(uow),
        str(rules.years), str(rules.staff_years or ""), rules.source,
        tuple(GoneRow(str(t.number), show(t.at), _counted(json.loads(t.document))) for t in tombs))


def _row(uow: UnitOfWork, person: Person) -> RecordRow:
    kept, life, today = person.retention, disposal.life_of(uow, person.id), to_london(uow.now).date()
    due = kept.due_on(life, keeping(uow))
    over = due is not None and due <= today
    state, tone = ("Kept for now", "")
    if kept.held_by:
        state, tone = "Held", ""
    elif kept.asked and over:
        state, tone = "Waits for a second person", "tag-due"
    elif over:
        state, tone = "Look whether it can go", ""
    return RecordRow(person.id, person.name, person.reference, f"since {show_day(due)}" if due and over else "", state, tone)


def _nobodys(uow: UnitOfWork) -> NobodysView:
    asked = keeping(uow).asked
    return NobodysView(str(len(nobodys(uow).records)), f"{asked.by}, {show(asked.at)}: “{asked.reason}”" if asked else "",
                       asked is not None and asked.by_id != uow.actor.account_id)


def _counted(said: dict[str, Any]) -> str:
    """How much there was. Not of which kinds: that there was a matter about staff among them is not for everybody."""
    return f"{sum(kind != 'envelope' for kind, _ in said['records'])} records, {said['what']}"


@dataclass(frozen=True, slots=True)
class HoldView:
    id: str
    reason: str
    set_by: str
    lifted: str


@dataclass(frozen=True, slots=True)
class RecordView:
    """One adult's records as far as keeping them goes. `step`: what comes next, "wait", "ask" or "agree"."""

    id: str
    person: str
    reference: str
    has: str
    due: str
    step: str
    care_ended: str
    care_ended_on: str
    asked: str
    holds: tuple[HoldView, ...]
    looks: tuple[Line, ...]


@query(Permission.KEEP_RECORDS)
def record_view(uow: UnitOfWork, person_id: str) -> RecordView:
    """What is kept of one adult, what was said about that, and what can be done now."""
    person = uow.people.get(person_id)
    uow.was_read(person, action="keeping-read")
    kept, rules, today = person.retention, keeping(uow), to_london(uow.now).date()
    life = disposal.life_of(uow, person.id)
    due = kept.due_on(life, rules)
    over = due is not None and due <= today
    step = "wait"
    if kept.may_go(life, rules, today=today):
        step = "ask" if kept.asked is None else "agree" if kept.asked.by_id != uow.actor.account_id else "asked"
    said = "Not yet: its years are not over, or something of it goes on."
    if kept.in_care(life):
        said = "Somebody visits. Record below when care ended: the years count from that day."
    elif due is not None and over:
        said = f"Its years were over on {show_day(due)}."
    return RecordView(
        person.id, person.name, person.reference, _has(uow, person), said,
        step, show_day(kept.care_ended) if kept.care_ended else "", kept.care_ended.isoformat() if kept.care_ended else "",
        f"{kept.asked.by}, {show(kept.asked.at)}: “{kept.asked.reason}”" if kept.asked else "",
        tuple(HoldView(h.id, h.reason, f"{h.by}, {show(h.at)}", _over(h)) for h in kept.holds),
        tuple(Line(f"Kept until {show_day(k.until)}", f"{k.reason} ({k.by}, {show(k.at)})") for k in kept.looks))


def _over(hold: Hold) -> str:
    return f"Over: {hold.why_lifted} ({hold.lifted_by}, {show(hold.lifted_at)})" if hold.lifted_at else ""


def _has(uow: UnitOfWork, person: Person) -> str:
    """How much there is, as far as whoever looks may see it."""
    notes, cases = (uow.session.exec(select(func.count()).select_from(table).where(
        uow.may_see(table), col(table.person_id) == person.id)).one() for table in (ObservationRow, CaseRow))
    return f"{notes} note{'' if notes == 1 else 's'}, {cases} case{'' if cases == 1 else 's'}"


@query(Permission.KEEP_RECORDS)
def certificate(uow: UnitOfWork, number: str) -> tuple[str, bytes]:
    """File name and PDF that say what was disposed of, when and how; and nobody's name."""
    row = uow.session.get(TombstoneRow, int(number)) if re.fullmatch(r"[0-9]{1,9}", number) else None
    if row is None:
        raise NotFound(f"tombstone {number}")
    return f"certificate-{row.number:06d}.pdf", letter_pdf(_certified(row, uow.organisation))


def _certified(row: TombstoneRow, provider: str) -> Letter:
    said = json.loads(row.document)
    at = datetime.fromisoformat(said["at"])
    return Letter(
        title=f"Certificate of disposal {row.number}", reference=f"D-{row.number:06d}", provider=provider, to="Our own records",
        dated=show(at), closing="This certificate holds no name and no reference of anybody, and needs not be destroyed.",
        sections=(
            Section("What was disposed of", (
                f"{_counted(said)}.",
                f"{len(said['keys'])} keys were destroyed. Without them nothing of it can be read again.")),
            Section("How", ("The time for which they had to be kept was over, nothing held them, one person who looks after "
                            "records asked for it and a second one agreed.",
                            "Copies of the database from before can be read only as long as the master key of their time and "
                            "the keys of backups made then exist.")),
            Section("How to check it", (
                f"Public key: {said['public_key']}", f"Signature: {said['signature']}",
                "They belong to the file of this number, which names the records by their opaque ids."))))
