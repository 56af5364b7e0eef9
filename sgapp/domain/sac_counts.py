"""Counts aligned with the Safeguarding Adults Collection. Never the return: that is the local authority's.

The year runs from 1 April to 31 March. Every enquiry is also a concern. SG2, SG3 and SG4 cover concluded enquiries, once for
each distinct category. What is not recorded here is counted as that. Source: DOMAIN annex §1, counting.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sgapp.domain.case import Case, Closing
from sgapp.domain.figures import SMALLEST
from sgapp.domain.measures import ENQUIRIES, LOCAL_AUTHORITY, Material
from sgapp.domain.observation import Observation
from sgapp.domain.referral import Referral
from sgapp.domain.time import end_of_day, from_london
from sgapp.domain.vocabulary import (
    LOCATIONS,
    MSP_ACHIEVED,
    MSP_ASKED,
    RISK_OUTCOMES,
    SAC_ACTIVITY,
    SAC_LACKED_CAPACITY,
    SAC_SOURCES_OF_RISK,
    SAC_TYPES,
    CodeList,
)

NOT_RECORDED = "Not recorded here"
LEFT_OUT = "Left out: 1 to 4, or beside such a number"
RULES = (
    "These are counts of one provider, aligned with the labels of the Safeguarding Adults Collection. "
    "They are not the SAC return.",
    "SG1f: cases opened in the year are concerns. An enquiry is one whose local authority said so in the year; each is "
    "a concern, too.",
    "SG2a, SG2b, source, SG2e, SG3a, SG4a: enquiries concluded in the year, that is, cases closed with such an answer. A "
    "category counts once for each enquiry, and an enquiry may have several.",
    "Service Provider: somebody who works for us may be involved. Of others the source is not recorded here.",
    "Age, sex, ethnicity, support reason and SG2c are not recorded here; ask the local authority, which holds them.",
    "One to four is left out, and one more beside it in the same table.",
)
#: Where a note says it was, as far as that is one of the collection's places.
_PLACES = {"own_home": "own_home", "community": "community", "other": "other"}
_TABLES: Mapping[str, CodeList] = {
    "SG1f": SAC_ACTIVITY, "SG2a": SAC_TYPES, "SG2b": LOCATIONS, "SG2 source": SAC_SOURCES_OF_RISK, "SG2e": RISK_OUTCOMES,
    "SG3a": SAC_LACKED_CAPACITY, "SG4a": MSP_ASKED, "SG4a achieved": MSP_ACHIEVED}
_CAPACITY = {"lacks_capacity": "yes", "has_capacity": "no"}


@dataclass
class SacCounts:
    """The counts of one year, added up case by case. `year`: in which its April lies."""

    year: int
    counts: dict[str, Counter[str]] = field(default_factory=lambda: {table: Counter() for table in _TABLES})

    def add(self, m: Material) -> None:
        """Count some cases with what hangs on them."""
        for case in m.cases:
            theirs = [r for r in m.referrals if r.case_id == case.id and r.agency in LOCAL_AUTHORITY]
            if self._lies_in(case.opened_at):
                self.counts["SG1f"]["concerns"] += 1
            for code in {code for at, code in _enquiries(theirs) if self._lies_in(at)}:
                self.counts["SG1f"][code] += 1
            if case.closing is not None and self._lies_in(case.closing.at) and any(_enquiries(theirs)):
                self._concluded(case, case.closing, [n for n in m.notes if n.case_id == case.id])

    def _concluded(self, case: Case, closing: Closing, notes: list[Observation]) -> None:
        found = {
            "SG2a": set(case.types) & set(SAC_TYPES.codes()) or {""},
            "SG2b": {_PLACES.get(n.content.place, "") for n in notes} or {""},
            "SG2 source": {"service_provider" if case.restricted else ""}, "SG2e": {closing.risk},
            "SG3a": {_CAPACITY.get(case.capacity[-1].outcome, "dont_know") if case.capacity else "not_recorded"},
            "SG4a": {closing.msp_asked},
            "SG4a achieved": {closing.msp_achieved} if closing.msp_asked == "asked_expressed" else set[str]()}
        for table, codes in found.items():
            self.counts[table].update(codes)

    def _lies_in(self, at: datetime) -> bool:
        return from_london(date(self.year, 4, 1)) <= at <= end_of_day(date(self.year + 1, 3, 31))

    def rows(self) -> Iterator[tuple[str, str, str]]:
        """Table, label and count, every label of every table; small counts left out."""
        for table, listed in _TABLES.items():
            keys = [*listed.codes(), *([""] if self.counts[table][""] else [])]
            numbers = [self.counts[table][key] for key in keys]
            away = {place for place, n in enumerate(numbers) if 0 < n < SMALLEST}
            if len(away) == 1 and (others := [(n, place) for place, n in enumerate(numbers) if n >= SMALLEST]):
                away.add(min(others)[1])
            for place, (key, number) in enumerate(zip(keys, numbers, strict=True)):
                yield table, listed.label(key) if key else NOT_RECORDED, LEFT_OUT if place in away else str(number)


def _enquiries(referrals: list[Referral]) -> Iterator[tuple[datetime, str]]:
    """When the local authority said that it is an enquiry, and which."""
    for referral in referrals:
        for outcome in referral.outcomes:
            if outcome.code in ENQUIRIES:
                yield outcome.at, "other_enquiries" if outcome.code == "other_enquiry" else "s42_enquiries"


def sac_year(day: date) -> int:
    """In which year the April lies that began the collection's year of a day."""
    return day.year if day.month >= 4 else day.year - 1


