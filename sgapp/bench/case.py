"""`case`: reading a case with a long story against one with a short story. A long one may take longer, but not by as much.

In one process, through the service that the page calls: the time of the server without the line and without the drawing. Both
cases are made by the product's own intentions, in the same mixture: notes, advice, protection, risk, calls to an agency,
actions and contacts. Single readings of both take turns. Each reading is recorded, as any is.
"""

import contextlib
import itertools
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sgapp.bench.databases import each_database
from sgapp.bench.results import Bench, Check, Cost, Plan, compared, within_95
from sgapp.domain.audit import AuditEvent
from sgapp.domain.permissions import Actor, Role
from sgapp.domain.person import Person
from sgapp.domain.referral import ActionState
from sgapp.memory import settle
from sgapp.services import cases, contacts, referrals, triage
from sgapp.services.house import SYSTEM, House, now
from sgapp.services.intake import intake_key, receive, seal_note
from sgapp.services.views.case import case_view
from sgapp.settings import Settings
from sgapp.store import accounts
from sgapp.store.accounts import Account

GOAL = 3.0
_APART = timedelta(hours=7)
_SEEN = "The cupboard was empty and the card was gone. She looked at the door before she answered. " * 2


@dataclass(frozen=True, slots=True)
class _Size:
    few: int
    many: int
    rounds: int
    readings: int


_WHOLE, _QUICK = _Size(20, 500, 7, 30), _Size(20, 40, 1, 3)


def run(plan: Plan) -> tuple[Cost, ...]:
    """Measure on SQLite, and on PostgreSQL where SGAPP_DATABASE_URL names one on this machine."""
    return tuple(cost for setting, (address,) in each_database(plan) for cost in _on(plan, setting, address))


def _on(plan: Plan, setting: str, address: str) -> Iterator[Cost]:
    size = _QUICK if plan.quick else _WHOLE
    task = plan.progress.add_task(f"case on {setting}", total=size.few + size.many + size.rounds + 1)
    with tempfile.TemporaryDirectory(prefix="sgapp-bench-") as place, contextlib.ExitStack() as stack:
        house = House(Settings(data=Path(place) / "data", keys=Path(place) / "keys", database_url=address, master_key=""))
        stack.callback(house.engine.dispose)
        house.prepare()
        told = [_Story(house, number, lambda n: plan.progress.advance(task, n)) for number in (size.few, size.many)]
        took: tuple[list[list[float]], list[list[float]]] = ([], [])
        settle()  # as a server does once it has started
        for n in range(size.rounds + 1):
            found = _round(told, size.readings)
            if n:
                took[0].append(found[0])
                took[1].append(found[1])
            plan.progress.advance(task)
        checks = tuple(Check(f"lines on the timeline of {s.events}", s.events, s.lines()) for s in told)
    for what, figure in (("half within", statistics.median), ("95 % within", within_95)):
        yield compared("case", f"{setting}, {size.many} events: {what}", GOAL, [figure(t) for t in took[1]],
                       [figure(t) for t in took[0]], f"a case with {size.few} events", checks)


def _round(told: "list[_Story]", readings: int) -> tuple[list[float], list[float]]:
    """Milliseconds of each reading of the short one and of the long one; who goes first changes each time."""
    took: tuple[list[float], list[float]] = ([], [])
    for n in range(readings):
        for story, times in list(zip(told, took, strict=True))[::1 if n % 2 else -1]:
            began = time.perf_counter()
            case_view(story.house, story.lead, now(), story.case_id)
            times.append((time.perf_counter() - began) * 1000)
    return took


class _Story:
    """One case with so many lines on its timeline, its lead, and what happens next to it. Each step adds so many lines."""

    def __init__(self, house: House, events: int, progress: Callable[[int], None]) -> None:
        self.house, self.events, self.clock = house, events, now() - (events + 1) * _APART
        self.writer, self.lead, self.person_id = _people(house)
        self.case_id = self.referral_id = self.action_id = self.contact_id = ""
        self._begin()
        done = self.lines()
        progress(done)
        for lines, step in itertools.cycle((
            (2, self._note), (1, self._advice), (1, self._action), (1, self._action_goes_on), (1, self._protection),
            (1, self._contact), (1, self._contact_done), (1, self._chase), (1, self._risk),
        )):
            if done >= events:
                break
            if done + lines <= events:
                step()
                done += lines
                progress(lines)

    def lines(self) -> int:
        return len(case_view(self.house, self.lead, now(), self.case_id).moments)

    def _at(self) -> datetime:
        self.clock += _APART
        return self.clock

    def _written(self) -> str:
        at, note_id = self._at(), str(uuid.uuid4())
        sealed = seal_note(intake_key(self.house, now=at), note_id, {
            "schema": 1, "id": note_id, "captured_at": at.isoformat(), "capture_seq": 1, "when_seen": at.isoformat(),
            "person": {"id": self.person_id}, "where": {"place": "own_home"}, "seen": _SEEN,
            "said": [{"words": "He gets cross.", "by": "herself", "to": "me"}]})
        receive(self.house, self.writer, sealed, now=at)
        triage.acknowledge_note(self.house, self.lead, triage.AcknowledgeNote(note_id), now=self._at())
        return note_id

    def _begin(self) -> None:
        form = triage.OpenCase(self._written(), (), ("financial_material",))
        self.case_id = triage.open_case(self.house, self.lead, form, now=self._at()).id
        decided = cases.TriageCase(self.case_id, "refer", "Money goes week by week.")
        cases.triage_case(self.house, self.lead, decided, now=self._at())
        told = referrals.SendEmergency(self.case_id, "POL101", "Desk", facts="The card was taken.")
        self.referral_id = referrals.send_emergency(self.house, self.lead, told, now=self._at()).id

    def _note(self) -> None:
        triage.add_note_to_case(self.house, self.lead, triage.AddNoteToCase(self._written(), self.case_id), now=self._at())

    def _advice(self) -> None:
        form = cases.RecordConsultation(self.case_id, "Duty desk", "social worker", "Ask her alone, at the next visit.")
        cases.record_consultation(self.house, self.lead, form, now=self._at())

    def _protection(self) -> None:
        form = cases.AddProtection(self.case_id, "Two carers at each visit")
        cases.add_protection(self.house, self.lead, form, now=self._at())

    def _risk(self) -> None:
        form = cases.SetRisk(self.case_id, "medium", "No change since the last visit.")
        cases.set_risk(self.house, self.lead, form, now=self._at())

    def _chase(self) -> None:
        form = referrals.RecordChase(self.referral_id, "nobody", "")
        referrals.record_chase(self.house, self.lead, form, now=self._at())

    def _action(self) -> None:
        at = self._at()
        form = referrals.AddAction(self.case_id, "Ask the bank for a new card", "Lou Birch", "", at.date(), "agrees")
        self.action_id = referrals.add_action(self.house, self.lead, form, now=at).id

    def _action_goes_on(self) -> None:
        form = referrals.StepAction(self.action_id, ActionState.DONE, "The card came on Monday.")
        referrals.step_action(self.house, self.lead, form, now=self._at())

    def _contact(self) -> None:
        at = self._at()
        form = contacts.PlanContact(self.case_id, "in_visit", "adult", at + timedelta(hours=1), "To ask how she is",
                                    anyway="She has asked for it.")
        self.contact_id = contacts.plan_contact(self.house, self.lead, form, now=at).id

    def _contact_done(self) -> None:
        form = contacts.RecordContact(self.contact_id, "adult", "yes", "yes", "yes", said="She is well.")
        contacts.record_contact(self.house, self.lead, form, now=self._at())


def _people(house: House) -> tuple[Actor, Actor, str]:
    """A worker, a lead, and an adult whom the worker visits."""
    made = []
    with house.begin(SYSTEM, now()) as uow:
        for role, name in ((Role.WORKER, "Wyn Alder"), (Role.LEAD, "Lou Birch")):
            account = Account(str(uuid.uuid4()), f"{role}{uuid.uuid4().hex[:6]}", role, name, "", "main", False)
            accounts.add(uow, account)
            made.append(account.as_actor())
        person = Person(str(uuid.uuid4()), f"P-{uuid.uuid4().hex[:6]}", "Ash Rowan")
        uow.save(person, because=AuditEvent("person-added", "person", person.id))
        accounts.allocate(uow, person.id, made[0].account_id)
    return made[0], made[1], person.id


BENCH = Bench("case", "reading a case with a long story, against one with a short story", run)
