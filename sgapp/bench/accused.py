"""`accused`: whether the time of a refusal tells somebody that there is a file about her.

In one process, through the services themselves, so that no line and no drawing hides a difference. The ids of hidden records
and ids that never were are asked for in an order drawn anew; the figure is the chance of telling one from the other by the
time alone (area under the curve): 0.5 is a guess.
"""

import contextlib
import random
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sgapp.bench.databases import fresh_database
from sgapp.bench.results import Bench, Check, Cost, Plan, Spread
from sgapp.domain.audit import AuditEvent
from sgapp.domain.errors import NotFound
from sgapp.domain.permissions import Actor, Role
from sgapp.domain.person import Person
from sgapp.services import triage, who_may_know
from sgapp.services.house import SYSTEM, House, now
from sgapp.services.intake import intake_key, receive, seal_note
from sgapp.services.views.case import case_view
from sgapp.services.views.note import note_view
from sgapp.settings import Settings
from sgapp.store import accounts
from sgapp.store.accounts import Account
from sgapp.store.tables import CaseRow

GOAL = 0.55
_RECORDS, _TRIES = 30, 600
_WHY = "Nobody on the list can be reached just now."
Door = Callable[[str], object]


def run(plan: Plan) -> tuple[Cost, ...]:
    """Measure on SQLite, and on PostgreSQL where SGAPP_DATABASE_URL names one on this machine."""
    results = list(_on(plan, "SQLite", ""))
    if plan.database_url:
        results += _on(plan, "PostgreSQL", plan.database_url)
    return tuple(results)


def _on(plan: Plan, setting: str, server: str) -> list[Cost]:
    records, tries = (3, 6) if plan.quick else (_RECORDS, _TRIES)
    database_of = fresh_database(server) if server else contextlib.nullcontext("")
    with tempfile.TemporaryDirectory() as folder, database_of as database:
        house = House(Settings(data=Path(folder) / "data", keys=Path(folder) / "keys", database_url=database))
        house.prepare()
        writer, lead, accused = _staff(house)
        notes, cases, references = _hidden(house, writer, lead, accused, records)
        at = now()

        def glass(reference: str) -> object:
            return who_may_know.break_glass(house, accused, who_may_know.BreakGlass(reference, _WHY), now=at)

        doors: dict[str, tuple[Door, list[str], list[str]]] = {
            "reading a note": (lambda i: note_view(house, accused, at, i), notes, _ids(records)),
            "reading a case": (lambda i: case_view(house, accused, at, i), cases, _ids(records)),
            "changing a note": (lambda i: triage.acknowledge_note(house, accused, triage.AcknowledgeNote(i), now=at), notes,
                                _ids(records)),
            "breaking the glass": (glass, references, [f"{r[:5]}{uuid.uuid4().hex[:4].upper()}-0" for r in references])}
        task = plan.progress.add_task(f"accused, {setting}", total=len(doors))
        found = []
        for what, (door, there, never) in doors.items():
            found.append(_compared(setting, what, door, there, never, tries))
            plan.progress.advance(task)
        house.engine.dispose()
        return found


def _ids(number: int) -> list[str]:
    return [str(uuid.uuid4()) for _ in range(number)]


def _staff(house: House) -> tuple[Actor, Actor, Actor]:
    made = []
    with house.begin(SYSTEM, now()) as uow:
        for username, role, name in (("writer", Role.WORKER, "Wyn Alder"), ("lead", Role.LEAD, "Lou Birch"),
                                     ("accused", Role.DEPUTY, "Dev Cedar")):
            account = Account(str(uuid.uuid4()), username, role, name, "", "main", False)
            accounts.add(uow, account)
            made.append(account.as_actor())
        person = Person(str(uuid.uuid4()), "P-1", "Ash Rowan")
        uow.save(person, because=AuditEvent("person-added", "person", person.id))
        accounts.allocate(uow, person.id, made[0].account_id)
    return made[0], made[1], made[2]


def _hidden(house: House, writer: Actor, lead: Actor, accused: Actor, number: int) -> tuple[list[str], list[str], list[str]]:
    """So many notes that name the accused, each with a case of its own: their ids, and the cases' references."""
    at, notes, cases = now() - timedelta(hours=1), [], []
    with house.begin(lead, at) as uow:
        person_id = uow.people.where()[0].id
    for _ in range(number):
        note_id = str(uuid.uuid4())
        payload = {"schema": 1, "id": note_id, "captured_at": at.isoformat(), "capture_seq": 1, "when_seen": at.isoformat(),
                   "person": {"id": person_id}, "where": {"place": "own_home"}, "seen": "A mark.", "staff_involved": "yes",
                   "staff_names": accused.name}
        receive(house, writer, seal_note(intake_key(house, now=at), note_id, payload), now=at)
        triage.acknowledge_note(house, lead, triage.AcknowledgeNote(note_id), now=at)
        cases.append(triage.open_case(house, lead, triage.OpenCase(note_id, (), ("physical",)), now=at).id)
        notes.append(note_id)
    with house.begin(SYSTEM, at) as uow:
        references = [uow.session.get_one(CaseRow, case_id).reference for case_id in cases]
    return notes, cases, references


def _compared(setting: str, what: str, door: Door, there: list[str], never: list[str], tries: int) -> Cost:
    """Ask for both in an order drawn anew; each id comes up as often as the other."""
    wanted = [(i, ids[n % len(ids)]) for i, ids in enumerate((there, never)) for n in range(tries)]
    random.shuffle(wanted)
    for _, record_id in wanted[:len(there) + len(never)]:
        _took(door, record_id)
    took: tuple[list[float], list[float]] = ([], [])
    opened = 0
    for side, record_id in wanted:
        milliseconds, refused = _took(door, record_id)
        took[side].append(milliseconds)
        opened += not refused
    auc = _auc(took[0], took[1])
    hidden, other = (Spread(statistics.median(t), min(t), max(t)) for t in took)
    unit = f"{what}: chance to tell by the time, and ms"
    return Cost("accused", setting, unit, max(auc, 1 - auc), GOAL, hidden, other, "an id that never was", 1,
                (Check("doors that opened to her", 0, opened),))


def _took(door: Door, record_id: str) -> tuple[float, bool]:
    begun = time.perf_counter()
    try:
        door(record_id)
    except NotFound:
        return (time.perf_counter() - begun) * 1000, True
    return (time.perf_counter() - begun) * 1000, False


def _auc(ones: list[float], others: list[float]) -> float:
    """The chance that one drawn from the first took longer than one drawn from the second; ties count half."""
    ranked = sorted([(value, 0) for value in ones] + [(value, 1) for value in others])
    ranks, place = 0.0, 0
    while place < len(ranked):
        end = place
        while end < len(ranked) and ranked[end][0] == ranked[place][0]:
            end += 1
        ranks += sum(side == 0 for _, side in ranked[place:end]) * (place + 1 + end) / 2
        place = end
    return (ranks - len(ones) * (len(ones) + 1) / 2) / (len(ones) * len(others))


BENCH = Bench("accused", "whether the time of a refusal tells somebody that there is a file about her", run)
