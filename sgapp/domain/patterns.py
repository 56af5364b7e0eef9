"""Patterns over a year of notes: questions to ask, never verdicts. A number says where to look, not what happened or why.

By person, place, source of risk, staff, time of day and an agency's response. Only what comes several times is asked about: one
or two are chance, and would point at somebody. Source: DOMAIN annex §7.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sgapp.domain.figures import Stands
from sgapp.domain.measures import BY_CODE, Material
from sgapp.domain.observation import Answer, Observation, Route
from sgapp.domain.time import to_london
from sgapp.domain.vocabulary import AGENCIES, WHERE

#: So many, and within so long about one adult, are a reason to ask.
SEVERAL, WITHIN = 3, timedelta(days=90)
#: What each is called, and what one asks when something of it comes several times.
KINDS: Mapping[str, tuple[str, str]] = {
    "person": ("By person", "What has changed for them, and who has asked them what they want?"),
    "place": ("By place", "What happens there that does not happen elsewhere? Or is it only where we are most?"),
    "source": ("By source of risk", "Who is asked about, and who never is?"),
    "staff": ("By colleague", "Is it the person, the round, the training, or who is looked at? What else would explain it?"),
    "time": ("By time", "Who is there then, and who is not? When do we write, and when do we not?"),
    "agency": ("By an agency's response", "Has somebody spoken with them about it, and what do they need from us?"),
}
_SOURCES = {Answer.YES: "Somebody who works for us", Answer.NOT_SURE: "Perhaps somebody who works for us",
            Answer.NO: "Nobody who works for us", Answer.NOT_ANSWERED: "Not said"}
_PARTS = ((6, "night"), (12, "morning"), (18, "afternoon"), (22, "evening"), (24, "night"))


@dataclass(frozen=True, slots=True)
class Pattern:
    """Something that came several times: `count` of `of`. `key` is an opaque id for a person or a colleague, else words."""

    kind: str
    key: str
    count: int
    of: int


def patterns(m: Material) -> tuple[Pattern, ...]:
    """All of a year, of each kind the most frequent first."""
    notes = [n for n in m.notes if n.content.route is Route.VISIT and n.investigation_id is None]
    found = [*_people(notes), *_counted("place", (WHERE.label_or_code(n.content.place) for n in notes)),
             *_counted("source", (_SOURCES[n.content.staff_involved] for n in notes)),
             *_counted("staff", (matter.about_id or matter.about_name for matter in m.matters), least=2),
             *_counted("time", (_part(n.content.when_seen) for n in notes)), *_agencies(m)]
    return tuple(sorted(found, key=lambda p: (list(KINDS).index(p.kind), -p.count, p.key)))


def _counted(kind: str, keys: Iterable[str], *, least: int = SEVERAL) -> Iterator[Pattern]:
    counts = Counter(keys)
    of = counts.total()
    return (Pattern(kind, key, count, of) for key, count in counts.items() if count >= least)


def _people(notes: Iterable[Observation]) -> Iterator[Pattern]:
    """The most notes about one adult within any ninety days; `of` is all of hers."""
    about: dict[str, list[datetime]] = {}
    for note in notes:
        if note.person_id:
            about.setdefault(note.person_id, []).append(note.received_at)
    for person_id, times in about.items():
        times.sort()
        most = max(sum(begin <= at <= begin + WITHIN for at in times) for begin in times)
        if most >= SEVERAL:
            yield Pattern("person", person_id, most, len(times))


def _part(moment: datetime) -> str:
    """`Weekend, evening`, as England's clock has it."""
    wall = to_london(moment)
    part = next(name for until, name in _PARTS if wall.hour < until)
    return f"{'Weekend' if wall.weekday() > 4 else 'Weekday'}, {part}"


def _agencies(m: Material) -> Iterator[Pattern]:
    """How many referrals to an agency had no answer in time; `of` is all whose time is over or which were answered."""
    asked: Counter[str] = Counter()
    late: Counter[str] = Counter()
    for item in BY_CODE["outcome"].items(m):
        if item.stands is not Stands.OPEN:
            asked[item.agency] += 1
            late[item.agency] += item.stands is not Stands.MET
    return (Pattern("agency", AGENCIES.label_or_code(agency), count, asked[agency]) for agency, count in late.items()
            if count >= SEVERAL)
