"""An invented year of work, good and bad mixed, whose truth is known because it was made so.

Whoever makes a case decides here whether something is in time, late or not recorded, and writes that down beside it. Nothing
of the product is asked what it thinks: days lie in weeks without a bank holiday, and late is late by far. `Year.truth` holds
the figures, `Year.material` the records.
"""

import random
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from sgapp.domain.audit import AuditEvent
from sgapp.domain.case import Case, CaseState, Closing, TriageDecision
from sgapp.domain.decision import SharingAnswers, SharingDecision
from sgapp.domain.investigation import DbsConsidered, Investigation
from sgapp.domain.measures import Material
from sgapp.domain.observation import NoteContent, NoteState, Observation, Priority, PriorityChange
from sgapp.domain.person import Person
from sgapp.domain.referral import (
    Action,
    ActionState,
    ActionStep,
    AgencyOutcome,
    Chase,
    Receipt,
    Referral,
    ReferralState,
    Sending,
)
from sgapp.services.house import SYSTEM, House

FIRST, LAST, NOW = date(2025, 10, 1), date(2026, 9, 30), datetime(2026, 12, 14, 12, 0, tzinfo=UTC)
#: Weeks from whose Monday on, for a fortnight, there is a bank holiday; by hand, from the calendar.
_HOLIDAYS = tuple(date(*day) for day in ((2025, 12, 25), (2025, 12, 26), (2026, 1, 1), (2026, 4, 3), (2026, 4, 6),
                                         (2026, 5, 4), (2026, 5, 25), (2026, 8, 31)))
TYPES = ("physical", "domestic", "psychological", "financial_material", "neglect", "self_neglect")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def quiet_mondays() -> tuple[date, ...]:
    """Mondays of the year after which no bank holiday comes for five weeks, nor the year's end for three."""
    monday, found = FIRST + timedelta(days=(7 - FIRST.weekday()) % 7), []
    while monday <= LAST - timedelta(days=21):
        if not any(timedelta(0) <= day - monday < timedelta(days=35) for day in _HOLIDAYS):
            found.append(monday)
        monday += timedelta(days=7)
    return tuple(found)


@dataclass
class Tally:
    """What a measure has to come to. `of` includes `unknown`."""

    met: int = 0
    of: int = 0
    unknown: int = 0
    open: int = 0
    lengths: list[timedelta] = field(default_factory=list)
    met_of: Counter[str] = field(default_factory=Counter)
    of_of: Counter[str] = field(default_factory=Counter)
    ids: set[str] = field(default_factory=set)


@dataclass
class Year:
    notes: list[Observation] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    decisions: list[SharingDecision] = field(default_factory=list)
    referrals: list[Referral] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    matters: list[Investigation] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    truth: dict[str, Tally] = field(default_factory=dict)
    #: How many cases got how far, in the order of the way.
    way: list[int] = field(default_factory=lambda: [0] * 7)

    @property
    def material(self) -> Material:
        return Material(tuple(self.notes), tuple(self.cases), tuple(self.decisions), tuple(self.referrals),
                        tuple(self.actions), tuple(self.matters), now=NOW)

    def counts(self, code: str, record_id: str, stands: str, *, month: date, branch: str, types: tuple[str, ...] = (),
               agency: str = "", took: timedelta | None = None) -> None:
        """Write down how one record stands."""
        tally = self.truth.setdefault(code, Tally())
        tally.ids.add(record_id)
        keys = [f"month:{month:%Y-%m}", f"branch:{branch}", f"agency:{agency}", *(f"type:{t}" for t in types or ("",))]
        tally.met += stands == "met"
        tally.of += stands != "open"
        tally.unknown += stands == "unknown"
        tally.open += stands == "open"
        tally.met_of.update(keys if stands == "met" else ())
        tally.of_of.update(keys if stands != "open" else ())
        if took is not None:
            tally.lengths.append(took)


class _Maker:
    """Makes the year, one case after the other. Times are in UTC at hours that are the same working day in England."""

    def __init__(self, seed: int, cases: int, notes: int) -> None:
        self.random, self.year, self.made_cases, self.made_notes = random.Random(seed), Year(), cases, notes
        self.mondays = quiet_mondays()

    def make(self) -> Year:
        adults = max(4, self.made_cases // 2)
        for number in range(adults):
            self.year.people.append(Person(self._id(), f"P-{number + 1:04}", f"Edith Number{number + 1}",
                                           branch=("main", "north")[number % 2]))
        starts = sorted(self._start() for _ in range(self.made_cases))
        for start in starts:
            self._case(start, self.random.choice(self.year.people))
        while len(self.year.notes) < self.made_notes:
            self._lone_note(self._start())
        self._repeats()
        return self.year

    def _repeats(self) -> None:
        """Within this one year, every case of an adult but her first is one."""
        seen: set[str] = set()
        for case in sorted(self.year.cases, key=lambda c: c.opened_at):
            self.year.counts("repeats", case.id, "met" if case.person_id in seen else "missed", month=case.opened_at.date(),
                             branch=case.branch, types=case.types)
            seen.add(case.person_id)

    def _id(self) -> str:
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def _start(self) -> datetime:
        """A Monday or Tuesday morning, to the minute different from every other."""
        monday = self.random.choice(self.mondays)
        day = monday + timedelta(days=self.random.randrange(2))
        return datetime(day.year, day.month, day.day, 10, self.random.randrange(60), self.random.randrange(60), tzinfo=UTC)

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    def _note(self, at: datetime, person: Person, types: tuple[str, ...], case_id: str | None) -> tuple[Observation, datetime]:
        """A note, and when it was acknowledged: after twenty minutes, or after three hours, or (alone only) never."""
        high, prompt, same_day = self._chance(0.3), self._chance(0.8), self._chance(0.85)
        never = case_id is None and self._chance(0.05)
        took = timedelta(minutes=20) if prompt else 3 * HOUR
        note_id, seen = self._id(), at - HOUR if same_day else at - DAY
        note = Observation(
            note_id, f"VN-{len(self.year.notes):05}", "amina", "Amina Yusuf", at, NoteContent(captured_at=seen, when_seen=seen),
            (PriorityChange(Priority.HIGH if high else Priority.OTHER, "as made", at, ""),),
            state=NoteState.DELIVERED if never else NoteState.IN_HAND if case_id else NoteState.ACKNOWLEDGED,
            person_id=person.id, case_id=case_id, acknowledged_at=None if never else at + took,
            acknowledged_by="" if never else "Lena Hart", branch=person.branch)
        self.year.notes.append(note)
        where = {"month": at.date(), "branch": person.branch, "types": types}
        stands = "met" if prompt and not never else "missed"
        self.year.counts("acknowledge", note_id, stands, took=None if never else took, **where)
        self.year.counts("told_same_day", note_id, "met" if same_day else "missed", **where)
        return note, at + took

    def _lone_note(self, at: datetime) -> None:
        self._note(at, self.random.choice(self.year.people), (), None)

    def _case(self, at: datetime, person: Person) -> None:
        case_id = self._id()
        types = tuple(self.random.sample(TYPES, 2 if self._chance(0.2) else 1))
        note, seen = self._note(at, person, types, case_id)
        high, opened = note.priority is Priority.HIGH, seen + timedelta(minutes=5)
        where = {"month": seen.date(), "branch": person.branch, "types": types}
        # Decided within two hours, or (too late for high and for other alike) after three days.
        prompt = self._chance(0.75)
        decided = seen + (2 * HOUR if prompt else 3 * DAY)
        shares, staff = self._chance(0.7), self._chance(0.12)
        self.year.counts("concerns", case_id, "met", **where | {"month": opened.date()})
        self.year.counts("decide", case_id, "met" if prompt else "missed", took=decided - seen, **where)
        self.year.counts("decided_same_day", case_id, "met" if prompt else "missed", **where)
        self.year.counts("staff", case_id, "met" if staff else "missed", **where | {"month": opened.date()})
        case = Case(case_id, f"C-{len(self.year.cases):05}", person.id, (note.id,), opened, "Lena Hart", at, seen,
                    note.priority, types, CaseState.TRIAGED, branch=person.branch,
                    triage=(TriageDecision("refer" if shares else "not_safeguarding", "as made", decided, "Lena Hart"),))
        self._decision(case, decided, shares=shares)
        answered = list(self._referrals(case, decided, high=high)) if shares else []
        self._actions(case, decided)
        if staff:
            self._matter(case, opened)
        self.year.cases.append(self._closed(case, decided))
        self._way(case, shares=shares, answered=any(answered))

    def _way(self, case: Case, *, shares: bool, answered: bool) -> None:
        mine = [r for r in self.year.referrals if r.case_id == case.id]
        closed = self.year.cases[-1].closing is not None
        held = (True, True, shares, shares, any(r.receipt or r.outcomes for r in mine), answered, answered and closed)
        for place, holds in enumerate(held):
            self.year.way[place] += holds

    def _decision(self, case: Case, at: datetime, *, shares: bool) -> None:
        answers = SharingAnswers(share="share" if shares else "not_share", agency="LA_ASC" if shares else "", why="as made")
        self.year.decisions.append(SharingDecision(self._id(), case.id, 1, answers, ("share",), at + timedelta(minutes=5),
                                                   "Lena Hart", "lena", branch=case.branch))

    def _referrals(self, case: Case, decided: datetime, *, high: bool) -> Iterator[bool]:
        """One to adult social care, and sometimes one to CQC. Gives whether each was answered."""
        yield self._referral(case, decided, "LA_ASC", high=high, decision=self.year.decisions[-1])
        if self._chance(0.3):
            yield self._referral(case, decided, "CQC", high=high, decision=None)

    def _referral(self, case: Case, decided: datetime, agency: str, *, high: bool, decision: SharingDecision | None) -> bool:
        start = decision.decided_at if decision else decided + timedelta(minutes=5)
        prompt = self._chance(0.8)
        # In ten minutes whatever the priority; or after five days, which is too late for anything.
        sent = start + (timedelta(minutes=10) if prompt else 5 * DAY)
        sent = self._on_a_weekday(sent)
        where = {"branch": case.branch, "types": case.types, "agency": agency}
        referral = Referral(
            self._id(), case.id, f"R-{len(self.year.referrals):05}", agency, "Duty team", "secure_email", "p", "a", (), start,
            "Lena Hart", decision_id=decision.id if decision else None, state=ReferralState.SENT, priority=case.priority,
            sending=Sending(sent, "Lena Hart", "Duty team", "secure_email", "", ""), branch=case.branch)
        self.year.counts("refer", referral.id, "met" if prompt else "missed", month=start.date(), took=sent - start, **where)
        if agency == "CQC" and case.first_seen_at:
            self.year.counts("cqc", referral.id, "met" if sent - case.first_seen_at <= DAY else "missed",
                             month=case.first_seen_at.date(), took=sent - case.first_seen_at, **where)
        referral = self._received(referral, sent, where)
        self.year.referrals.append(referral)
        return any(o.code != "more_information_wanted" for o in referral.outcomes)

    @staticmethod
    def _on_a_weekday(moment: datetime) -> datetime:
        return moment + timedelta(days=max(0, 7 - moment.weekday())) if moment.weekday() > 4 else moment

    def _received(self, referral: Referral, sent: datetime, where: dict[str, object]) -> Referral:
        """Receipt after a day, after ten, never, or never recorded although they answered; then the answer."""
        whole, receipt = self.random.random(), None
        if whole < 0.6:
            receipt = self._on_a_weekday(sent + DAY)  # over a weekend: Monday is the first working day after Friday
        elif whole < 0.75:
            receipt = sent + 10 * DAY
        if receipt:
            referral = replace(referral, state=ReferralState.RECEIVED,
                               receipt=Receipt(receipt, "T. Osei", "duty", "SA-1", "Lena Hart"))
        referral = self._answered(referral, receipt or sent, sent, where)
        stands = "met" if whole < 0.6 else "missed" if receipt or not referral.outcomes else "unknown"
        self.year.counts("receipt", referral.id, stands, month=sent.date(), took=receipt - sent if receipt else None,
                         **where)  # type: ignore[arg-type]
        return referral

    def _answered(self, referral: Referral, start: datetime, sent: datetime, where: dict[str, object]) -> Referral:
        """Answered after four days, after sixteen (within twenty working days), after sixty, or never; some went up."""
        month, whole, counts = sent.date(), self.random.random(), self.year.counts
        after = 4 if whole < 0.5 else 16 if whole < 0.7 else 60 if whole < 0.8 else None
        fast, slow = ("met" if after == 4 else "missed"), ("met" if after in (4, 16) else "missed")
        took = after * DAY if after else None
        counts("outcome", referral.id, fast, month=month, took=took, **where)  # type: ignore[arg-type]
        counts("outcome_20", referral.id, slow, month=month, **where)  # type: ignore[arg-type]
        up = after != 4 and self._chance(0.6)
        counts("escalated", referral.id, "met" if up else "missed", month=month, **where)  # type: ignore[arg-type]
        if up:
            referral = replace(referral, chases=(Chase(start + 7 * DAY, "Lena Hart", "duty", "today", 1),
                                                 Chase(start + 8 * DAY, "Maud Ellery", "team manager", "today", 2)))
            counts("escalation_answered", referral.id, "met" if after else "open", month=month, **where)  # type: ignore[arg-type]
        enquiry = self._chance(0.4)
        if where["agency"] == "LA_ASC":
            stands = "unknown" if after is None else "met" if enquiry else "missed"
            counts("conversion", referral.id, stands, month=month, **where)  # type: ignore[arg-type]
        if after is None:
            return referral
        code = "s42_2_enquiry" if enquiry else "advice_only"
        asked = (AgencyOutcome("more_information_wanted", "", start + DAY, "Lena Hart"),) if self._chance(0.1) else ()
        return replace(referral, state=ReferralState.OUTCOME_KNOWN,
                       outcomes=(*asked, AgencyOutcome(code, "", start + after * DAY, "Lena Hart")))

    def _actions(self, case: Case, decided: datetime) -> None:
        for _ in range(self.random.randrange(3)):
            due = decided.date() + timedelta(days=10)
            whole = self.random.random()
            action = Action(self._id(), case.id, "as made", "Lena Hart", "", due, "agrees", decided, "Lena Hart",
                            branch=case.branch)
            if whole < 0.15:
                action = replace(action, state=ActionState.DECLINED,
                                 steps=(ActionStep(ActionState.DECLINED, "why", decided + DAY, "Lena Hart"),))
            elif whole < 0.85:
                late = whole >= 0.65
                done = decided + (14 * DAY if late else 8 * DAY)
                action = replace(action, state=ActionState.DONE, steps=(ActionStep(ActionState.DONE, "seen", done, "M"),))
                self.year.counts("actions", action.id, "missed" if late else "met", month=due, branch=case.branch,
                                 types=case.types)
            else:
                self.year.counts("actions", action.id, "missed", month=due, branch=case.branch, types=case.types)
            self.year.actions.append(action)

    def _matter(self, case: Case, opened: datetime) -> None:
        prompt = self._chance(0.5)
        considered = opened + (2 * DAY if prompt else 21 * DAY)
        matter = Investigation(
            self._id(), f"M-{len(self.year.matters):05}", case.id, case.person_id, "", "Somebody", opened, "Maud Ellery",
            dbs=(DbsConsidered("not_met", "", "", "as made", None, considered, "Maud Ellery"),), branch=case.branch)
        self.year.matters.append(matter)
        self.year.counts("dbs", matter.id, "met" if prompt else "missed", month=opened.date(), branch=case.branch,
                         types=case.types, took=considered - opened)

    def _closed(self, case: Case, decided: datetime) -> Case:
        if not self._chance(0.8):
            return case
        at = decided + 15 * DAY
        risk = self.random.choice(("reduced", "removed", "remained"))
        asked = self.random.choice(("asked_expressed", "asked_expressed", "asked_not_expressed", "not_asked", "dont_know",
                                    "not_recorded"))
        achieved = self.random.choice(("fully", "partially", "not_achieved")) if asked == "asked_expressed" else ""
        where = {"month": at.date(), "branch": case.branch, "types": case.types}
        counts = self.year.counts
        counts("risk", case.id, "missed" if risk == "remained" else "met", **where)  # type: ignore[arg-type]
        counts("msp_asked", case.id, "met" if asked.startswith("asked") else "missed" if asked == "not_asked" else "unknown",
               **where)  # type: ignore[arg-type]
        if achieved:
            counts("msp_achieved", case.id, "missed" if achieved == "not_achieved" else "met", **where)  # type: ignore[arg-type]
        return replace(case, state=CaseState.CLOSED, closing=Closing("agency_outcome", "as made", risk, asked, achieved, at,
                                                                     "Lena Hart"))


def put_in(house: House, year: Year, mark: str = "") -> None:
    """Put the year's records into a house, as they are: in one transaction, each with its event. `mark`: before references."""
    with house.begin(SYSTEM, NOW) as uow:
        for record in (*year.people, *year.notes, *year.cases, *year.decisions, *year.referrals, *year.actions, *year.matters):
            if mark and not isinstance(record, SharingDecision | Action):
                record = replace(record, reference=mark + record.reference)
            uow.save(record, because=AuditEvent("put-in", "year", record.id))


def make_year(seed: int, *, cases: int, notes: int) -> Year:
    """The year of a seed. The same seed gives the same year on every machine."""
    return _Maker(seed, cases, notes).make()
