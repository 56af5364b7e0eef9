"""The course of a case as a picture: one lane for each thing that goes on beside the others, read off the records.

A lane is a line of spans and moments; whoever draws it scales the times. Source: the guide (who was told what, when, and what
became of it); DOMAIN annex §2.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sgapp.domain.agency_kinds import outcome_label
from sgapp.domain.case import Case
from sgapp.domain.decision import SharingDecision
from sgapp.domain.observation import Observation
from sgapp.domain.referral import Action, Referral, ReferralState
from sgapp.domain.time import end_of_day, show_short
from sgapp.domain.vocabulary import AGENCIES


class Look(StrEnum):
    """How a stroke is drawn: what happened, what is waited for, what is late, what went on."""

    MOMENT = "moment"
    WAITED = "waited"
    LATE = "late"
    WENT_ON = "went_on"


@dataclass(frozen=True, slots=True)
class Stroke:
    """A span, or with both ends alike a moment."""

    look: Look
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Lane:
    """One line of the picture. `words` says in short what it shows, for whoever reads instead of looking."""

    label: str
    words: str
    strokes: tuple[Stroke, ...]


def lanes(case: Case, notes: Iterable[Observation], decisions: Sequence[SharingDecision], referrals: Iterable[Referral],
          actions: Iterable[Action], now: datetime) -> tuple[Lane, ...]:
    """The lanes of a case, top to bottom. One that would be empty is left out."""
    seen = sorted(n.content.written_at for n in notes)
    decided = sorted([*(t.at for t in case.triage), *(d.decided_at for d in decisions),
                      *(d.reviewed_at for d in decisions if d.reviewed_at), *(r.at for r in case.reviews)])
    found = [Lane("Notes", f"{len(seen)} written", tuple(_moment(at) for at in seen)),
             Lane("Decisions", f"{len(decided)} recorded", tuple(_moment(at) for at in decided))]
    found += [_of_referral(r, now) for r in referrals if r.state is not ReferralState.WITHDRAWN]
    found += [_of_action(a, now) for a in actions]
    return tuple(lane for lane in found if lane.strokes)


def _moment(at: datetime) -> Stroke:
    return Stroke(Look.MOMENT, at, at)


def _of_referral(referral: Referral, now: datetime) -> Lane:
    """From approval over sending and receipt to the answer; what nobody has answered yet reaches to the present."""
    label, sending, receipt = AGENCIES.label(referral.agency), referral.sending, referral.receipt
    if sending is None:
        return Lane(label, "Not sent yet", (Stroke(Look.WAITED, referral.prepared_at, now),))
    answer = referral.outcomes[0] if referral.outcomes else None
    ended = referral.concluded_at or now
    strokes = [_moment(sending.at), *(_moment(c.at) for c in referral.chases)]
    words = [f"sent {show_short(sending.at, now)}"]
    confirmed = receipt.at if receipt else answer.at if answer else ended
    strokes.append(Stroke(Look.WAITED, sending.at, confirmed))
    if receipt:
        strokes += [_moment(receipt.at), Stroke(Look.WENT_ON, receipt.at, answer.at if answer else ended)]
        words.append(f"received {show_short(receipt.at, now)}")
    strokes += [_moment(o.at) for o in referral.outcomes]
    words.append(outcome_label(referral.outcomes[-1].code).lower() if answer else
                 "no answer" if referral.ended else "their decision is awaited" if receipt else "no receipt yet")
    return Lane(label, ", ".join(words), tuple(strokes))


def _of_action(action: Action, now: datetime) -> Lane:
    due, last = end_of_day(action.due_on), action.steps[-1].at if action.steps else now
    ended = now if action.open else last
    strokes = [Stroke(Look.WENT_ON, action.recorded_at, min(ended, due) if ended > action.recorded_at else ended)]
    if ended > due:
        strokes.append(Stroke(Look.LATE, due, ended))
    if not action.open:
        strokes.append(_moment(last))
    state = str(action.state).replace("_", " ")
    return Lane(action.what, f"{action.owner}: {'overdue' if action.open and now > due else state}", tuple(strokes))
