"""A year of cases, put in far quicker than anybody could work them: each adult with two, each case with a note, a decision, a
referral that was received and answered, a notice to CQC, and two actions. Every record has its event, so the chain holds.
"""

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from sgapp.bench.filling import settled
from sgapp.domain.audit import AuditEvent
from sgapp.domain.case import Case, CaseState, Closing, TriageDecision
from sgapp.domain.decision import SharingAnswers, SharingDecision
from sgapp.domain.observation import NoteContent, NoteState, Observation, Priority, PriorityChange
from sgapp.domain.permissions import Role
from sgapp.domain.person import Person
from sgapp.domain.referral import (
    Action,
    ActionState,
    ActionStep,
    AgencyOutcome,
    Receipt,
    Referral,
    ReferralState,
    Sending,
)
from sgapp.services.house import SYSTEM, House
from sgapp.store import accounts
from sgapp.store.accounts import Account
from sgapp.store.kinds import Record

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_TYPES = ("physical", "domestic", "psychological", "financial_material", "neglect", "self_neglect")
_SEEN, _WHY = "The cupboard was empty and the card was gone. " * 4, "Money goes week by week, and nobody knows where to."
_WITH_CASE = 2
_AT_A_TIME = 25


def year(house: House, cases: int, ends: datetime, told: Callable[[int], None]) -> None:
    """Fill an empty house with so many cases, opened evenly over the year that ends then. `told` hears how many it was."""
    house.prepare()
    people: list[Person] = []
    with house.begin(SYSTEM, ends - 365 * _DAY) as uow:  # since when there is somebody, the chain is looked at each day
        accounts.add(uow, Account(str(uuid.uuid4()), "maud", Role.MANAGER, "Maud Ellery", "", "main", False))
    for first in range(0, cases, _AT_A_TIME):
        numbers = range(first, min(first + _AT_A_TIME, cases))
        with house.begin(SYSTEM, ends) as uow:
            for number in numbers:
                if number % _WITH_CASE == 0:
                    people.append(Person(str(uuid.uuid4()), f"P-{number:05}", f"Edith Number{number}", "Own home"))
                    uow.save(people[-1], because=AuditEvent("person-added", "person", people[-1].id))
                for record in _case(number, people[-1].id, ends - 350 * _DAY * (1 - number / cases)):
                    uow.save(record, because=AuditEvent("put-in", "year", record.id))
        told(len(numbers))
    settled(house)


def _case(number: int, person_id: str, at: datetime) -> Iterator[Record]:
    """One case, its note first."""
    note_id, case_id = str(uuid.uuid4()), str(uuid.uuid4())
    high, closed = number % 3 == 0, number % 5 != 0
    given = (PriorityChange(Priority.HIGH if high else Priority.OTHER, "", at, ""),)
    content = NoteContent(at - _HOUR, at - _HOUR, seen=_SEEN)
    yield Observation(note_id, f"VN-{number:05}", "wyn", "Wyn Alder", at, content, given, NoteState.IN_HAND, person_id, case_id,
                      acknowledged_at=at + _HOUR, acknowledged_by="Lou Birch")
    yield Case(case_id, f"C-{number:05}", person_id, (note_id,), at + 2 * _HOUR, "Lou Birch", at, at + _HOUR, given[0].priority,
               (_TYPES[number % len(_TYPES)],), CaseState.CLOSED if closed else CaseState.TRIAGED,
               (TriageDecision("refer", _WHY, at + 3 * _HOUR, "Lou Birch"),),
               closing=Closing("agency_outcome", _WHY, "reduced", "asked_expressed", "fully", at + 20 * _DAY, "Lou Birch")
               if closed else None)
    decision = SharingDecision(str(uuid.uuid4()), case_id, 1, SharingAnswers(share="share", agency="LA_ASC", why=_WHY),
                               ("share",), at + 4 * _HOUR, "Lou Birch", "lou")
    yield decision
    for place, agency in enumerate(("LA_ASC", "CQC")):
        yield Referral(
            str(uuid.uuid4()), case_id, f"R-{number:05}-{place}", agency, "Duty team", "secure_email", _WHY, _WHY, (),
            at + 4 * _HOUR, "Lou Birch", decision_id=decision.id if agency == "LA_ASC" else None,
            state=ReferralState.OUTCOME_KNOWN, priority=given[0].priority,
            sending=Sending(at + 5 * _HOUR, "Lou Birch", "Duty team", "secure_email", "", ""),
            receipt=Receipt(at + _DAY, "T. Osei", "duty", f"SA-{number}", "Lou Birch"),
            outcomes=(AgencyOutcome("s42_2_enquiry", "", at + 4 * _DAY, "Lou Birch"),))
    for done in (True, False):
        steps = (ActionStep(ActionState.DONE, "The card came on Monday.", at + 8 * _DAY, "Lou Birch"),) if done else ()
        yield Action(str(uuid.uuid4()), case_id, "Ask the bank for a new card", "Lou Birch", "", (at + 10 * _DAY).date(),
                     "agrees", at + 4 * _HOUR, "Lou Birch", state=ActionState.DONE if done else ActionState.AGREED, steps=steps)
