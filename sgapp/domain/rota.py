"""The rota: who is asked first, at every moment, and who comes next when nobody answers.

Always one named lead, one named deputy who is somebody else, and one on call. Turns stand before those who stand in; who is
away is passed over. Source: DOMAIN annex §8 ("always one named lead on shift; deputy auto-assigned on missed
acknowledgement; nobody triages a matter naming them; handover logged").
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sgapp.domain.clocks import REMINDED, WITH_AGENCY, Calendar, ClockKind
from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.permissions import Permission, Role, roles_with
from sgapp.domain.time import require_utc, show


class Duty(StrEnum):
    """What somebody is there for: the lead in office hours, the deputy behind her, on call outside them."""

    LEAD = "lead"
    DEPUTY = "deputy"
    ON_CALL = "on_call"


DUTY_LABELS = {Duty.LEAD: "Lead", Duty.DEPUTY: "Deputy", Duty.ON_CALL: "On call"}
#: Who can be put down for a duty: whoever may do what it asks for.
MAY_TAKE: dict[Duty, frozenset[str]] = {
    Duty.LEAD: roles_with(Permission.TRIAGE, Permission.WORK_CASE),
    Duty.DEPUTY: roles_with(Permission.TRIAGE, Permission.WORK_CASE),
    Duty.ON_CALL: roles_with(Permission.TRIAGE, Permission.SEND_EMERGENCY),
}


@dataclass(frozen=True, slots=True)
class Turn:
    """One person has one duty from here to there, UTC."""

    id: str
    duty: Duty
    account_id: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody is away from here to there, UTC. The reason is nobody's business here."""

    id: str
    account_id: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Gap:
    """Nobody has this duty from here on."""

    duty: Duty
    starts_at: datetime

    def in_words(self) -> str:
        return f"nobody would be {DUTY_LABELS[self.duty].lower()} from {show(self.starts_at)}"


@dataclass(frozen=True, slots=True)
class Rota:
    """`standing` names, for each duty, who has it whenever no turn says otherwise."""

    standing: tuple[tuple[Duty, str], ...] = ()
    turns: tuple[Turn, ...] = ()
    absences: tuple[Absence, ...] = ()
    version: int = 0

    def stands_in(self, duty: Duty) -> str:
        """The account that has a duty by default; empty if none was named."""
        return dict(self.standing).get(duty, "")

    def away(self, account_id: str, at: datetime) -> bool:
        return any(a.account_id == account_id and a.starts_at <= at < a.ends_at for a in self.absences)

    def holder(self, duty: Duty, at: datetime) -> str | None:
        """Whose duty it is at a moment: the turn that began last, else who stands in; None if nobody is there."""
        at = require_utc(at)
        covering = sorted((t for t in self.turns if t.duty is duty and t.starts_at <= at < t.ends_at),
                          key=lambda t: t.starts_at, reverse=True)
        candidates = [*(t.account_id for t in covering), self.stands_in(duty)]
        return next((c for c in candidates if c and not self.away(c, at)), None)

    def settled_until(self, at: datetime) -> datetime | None:
        """The next moment at which a turn or an absence begins or ends; None if there is none to come."""
        return min(self._moments(at), default=None)

    def held_until(self, duty: Duty, at: datetime) -> datetime | None:
        """The next moment at which a duty is somebody else's, or nobody's; None if there is none to come."""
        who = self.holder(duty, at)
        return next((m for m in sorted(self._moments(at)) if self.holder(duty, m) != who), None)

    def _moments(self, after: datetime) -> set[datetime]:
        """When a turn or an absence begins or ends."""
        return {m for span in (*self.turns, *self.absences) for m in (span.starts_at, span.ends_at) if m > after}

    def gaps(self, since: datetime) -> tuple[Gap, ...]:
        """Where nobody has a duty from `since` on, for ever; a deputy who is the lead herself counts as nobody."""
        found = []
        for at in sorted({since, *self._moments(since)}):
            held = {duty: self.holder(duty, at) for duty in Duty}
            found += [Gap(duty, at) for duty, who in held.items()
                      if who is None or (duty is Duty.DEPUTY and who == held[Duty.LEAD])]
        return tuple(found)

    def checked(self, since: datetime) -> "Rota":
        """The rota itself, if somebody is there at every moment from `since` on. Raises Invalid with the first gap."""
        gaps = self.gaps(since)
        if gaps:
            raise Invalid(FieldError("starts_at", f"This cannot be saved: {gaps[0].in_words()}. Put somebody else down first."))
        return self

    def held_by(self, able: Mapping[Duty, frozenset[str]]) -> "Rota":
        """Without whatever is given to somebody who cannot have it: she has left, or has another role by now."""
        return replace(self, standing=tuple((d, a) for d, a in self.standing if a in able[d]),
                       turns=tuple(t for t in self.turns if t.account_id in able[t.duty]))

    def with_standing(self, duty: Duty, account_id: str) -> "Rota":
        return replace(self, standing=(*((d, a) for d, a in self.standing if d is not duty), (duty, account_id)))

    def with_turn(self, turn: Turn) -> "Rota":
        _ends_after(turn)
        return replace(self, turns=(*self.turns, turn))

    def with_absence(self, absence: Absence) -> "Rota":
        _ends_after(absence)
        return replace(self, absences=(*self.absences, absence))

    def without(self, entry_id: str) -> "Rota":
        """Without the turn or the absence of this id."""
        return replace(self, turns=tuple(t for t in self.turns if t.id != entry_id),
                       absences=tuple(a for a in self.absences if a.id != entry_id))

    def without_past(self, before: datetime) -> "Rota":
        """What is long over needs not be carried on; the earlier versions keep it."""
        return replace(self, turns=tuple(t for t in self.turns if t.ends_at > before),
                       absences=tuple(a for a in self.absences if a.ends_at > before))


def _ends_after(span: Turn | Absence) -> None:
    if span.ends_at <= span.starts_at:
        raise Invalid(FieldError("ends_at", "It has to end after it begins."))


class Post(StrEnum):
    """A rung of the ladder. `ON_DUTY` is the lead in office hours and whoever is on call outside them."""

    ON_DUTY = "on_duty"
    DEPUTY = "deputy"
    MANAGER = "manager"
    NOMINATED = "nominated"


_ASKED_BY_ROLE = {Post.MANAGER: Role.MANAGER, Post.NOMINATED: Role.NOMINATED}
_UP = (Post.ON_DUTY, Post.DEPUTY, Post.MANAGER, Post.NOMINATED)
#: Rung by stage. Stage 0: nothing is late yet. Source: DOMAIN annex §2, escalation (four stages), §8 (deputy).
_WITH_AGENCY = (Post.ON_DUTY, Post.ON_DUTY, Post.MANAGER, Post.NOMINATED, Post.NOMINATED)
#: Its first step is a reminder, before anything is late.
_REMINDED = (Post.ON_DUTY, *_UP)


def post_of(kind: ClockKind, stage: int) -> Post:
    """Which rung a clock has reached."""
    ladder = _WITH_AGENCY if kind in WITH_AGENCY else _REMINDED if kind in REMINDED else _UP
    return ladder[min(stage, len(ladder) - 1)]


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who could be asked. `may_know` says whether this very matter may be shown to them."""

    account_id: str
    role: Role
    may_know: bool


def next_person(post: Post, rota: Rota, members: Iterable[Member], at: datetime, calendar: Calendar) -> str | None:
    """Who is asked: the one on this rung; if that one is away or may not know of it, the next rung up; then the rungs below.

    None only if nobody at all is left who may know.
    """
    able = {m.account_id: m for m in members if m.may_know and not rota.away(m.account_id, at)}
    first = _UP.index(post)
    return next((a for a in _in_order((*_UP[first:], *_UP[:first]), rota, able.values(), at, calendar) if a in able), None)


def _in_order(posts: Iterable[Post], rota: Rota, able: Collection[Member], at: datetime,
              calendar: Calendar) -> Iterator[str | None]:
    """Rung by rung, each looked up only when it is reached; then whoever is the lead, and at last whoever could be."""
    for post in posts:
        if post is Post.ON_DUTY:
            yield rota.holder(Duty.LEAD if calendar.open_from(at) == at else Duty.ON_CALL, at)
        elif post is Post.DEPUTY:
            yield rota.holder(Duty.DEPUTY, at)
        else:
            yield from (m.account_id for m in able if m.role is _ASKED_BY_ROLE[post])
    yield rota.holder(Duty.LEAD, at)
    yield from (m.account_id for m in able if m.role in MAY_TAKE[Duty.LEAD])
