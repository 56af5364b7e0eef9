"""The safety plan: what the adult and the provider agreed keeps her safe, and what it allows and forbids.

A plan is never changed: each change is a version of its own. Source: DOMAIN annex §5 (plan sections, codes per person).
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from sgapp.domain.contact import ContactRules
from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.lifecycle import Transitions, moved
from sgapp.domain.time import end_of_day, to_london
from sgapp.domain.vocabulary.safety_codes import CHANNEL, DEVICE, IDENTITY, NEVER, SAFETY_CODES
from sgapp.domain.vocabulary.safety_plan import CARD_CODES, PLAN_AGREEMENT
from sgapp.domain.windows import Window


class PlanState(StrEnum):
    """`REPLACED`: a later version counts. `ENDED`: no plan counts any more."""

    CURRENT = "current"
    REPLACED = "replaced"
    ENDED = "ended"


TRANSITIONS: Transitions[PlanState] = {
    PlanState.CURRENT: frozenset({PlanState.REPLACED, PlanState.ENDED}),
    PlanState.REPLACED: frozenset(),
    PlanState.ENDED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class PlanContent:
    """What the plan says, section by section. Codes are of SAFETY_CODES; `missed_after` counts windows in a row."""

    goals: str = ""
    strategies: str = ""
    feared: str = ""
    triggers: str = ""
    channels: tuple[str, ...] = ()
    nevers: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    trusted: str = ""
    number: str = ""
    email: str = ""
    windows: tuple[Window, ...] = ()
    never_windows: tuple[Window, ...] = ()
    identity: str = ""
    pretext: str = ""
    confirmable_by: str = ""
    named_worker: str = ""
    safe_word: str = ""
    stop_phrase: str = ""
    help_phrase: str = ""
    pairing: str = ""
    cover_reason: str = ""
    missed_after: int | None = None
    missed_do: str = ""
    children: str = ""
    animals: str = ""
    medicine: str = ""
    papers: str = ""
    if_discovered: str = ""
    agencies: str = ""
    review_on: date | None = None
    workers_may_view: bool = False
    may_view: str = ""
    agreement: str = ""
    agreement_why: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """A look at the card that somebody has to be able to ask about: without a visit that day, or without a signal."""

    at: datetime
    by: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class SafetyPlan:
    """One version of a plan on a case. `ended_why` says why no plan counts any more."""

    id: str
    case_id: str
    person_id: str
    version: int
    content: PlanContent
    written_at: datetime
    written_by: str
    state: PlanState = PlanState.CURRENT
    ended_at: datetime | None = None
    ended_by: str = ""
    ended_why: str = ""
    restricted: bool = False
    barred: tuple[str, ...] = ()
    branch: str = "main"
    looks: tuple[Look, ...] = ()

    @property
    def counts(self) -> bool:
        return self.state is PlanState.CURRENT

    def replaced(self, at: datetime, by: str) -> "SafetyPlan":
        return replace(self, state=moved(TRANSITIONS, self.state, PlanState.REPLACED), ended_at=at, ended_by=by)

    def ended(self, at: datetime, by: str, why: str) -> "SafetyPlan":
        """No plan counts any more. Raises Invalid without a reason."""
        if not why.strip():
            raise Invalid(FieldError("why", "Say why no plan is needed any more."))
        return replace(self, state=moved(TRANSITIONS, self.state, PlanState.ENDED), ended_at=at, ended_by=by,
                       ended_why=why.strip())

    def looked_at(self, look: Look) -> "SafetyPlan":
        return replace(self, looks=(*self.looks, look))

    def rules(self, names: tuple[str, ...] = ()) -> ContactRules:
        """What it allows and forbids. `names`: whose names no message may hold."""
        c = self.content
        return ContactRules(
            channels=c.channels, nevers=c.nevers, devices=c.devices, trusted=c.trusted, windows=c.windows,
            never_windows=c.never_windows, relied_on_until=end_of_day(c.review_on) if c.review_on else None, names=names)


def checked(content: PlanContent, *, today: date) -> PlanContent:
    """The plan as it may be kept. Raises Invalid with everything that is missing or does not fit together, at once."""
    c = content
    errors: list[FieldError] = []

    def want(ok: object, field: str, message: str) -> None:
        if not ok:
            errors.append(FieldError(field, message))

    for field, group in (("channels", CHANNEL), ("nevers", NEVER), ("devices", DEVICE)):
        codes = getattr(c, field)
        want(all(code in SAFETY_CODES and SAFETY_CODES[code].group == group for code in codes), field, "Choose from the list.")
    want(c.channels, "channels", "Choose at least one way that is safe, or “do not get in touch”.")
    want(not ("NO_CONTACT" in c.channels and len(c.channels) > 1), "channels", "“Do not get in touch” stands alone.")
    want("VIA_TRUSTED" not in c.channels or c.trusted, "trusted", "Write the name of the contact.")
    clash = {"SAFE_SMS": "NO_TEXT"}
    want(not any(good in c.channels and bad in c.nevers for good, bad in clash.items()), "nevers",
         "Text messages are both a safe way and never to be sent.")
    want("SAFE_SMS" not in c.channels or c.number, "number", "Write the number to which texts are safe.")
    want("SAFE_EMAIL" not in c.channels or c.email, "email", "Write the address to which e-mail is safe.")
    want(c.identity in ("", *(code.code for code in SAFETY_CODES if code.group == IDENTITY)), "identity",
         "Choose from the list.")
    want(c.identity != "NEUTRAL_CALLER" or c.pretext, "pretext", "Write the agreed reason for calling.")
    want(not c.pretext or c.confirmable_by, "confirmable_by",
         "Write who confirms that reason if somebody rings back to check it.")
    want(c.identity != "NAMED_WORKER" or c.named_worker, "named_worker", "Write who the named worker is.")
    said = [p.casefold() for p in (c.safe_word, c.stop_phrase, c.help_phrase) if p]
    want(len(set(said)) == len(said), "help_phrase", "Two of the agreed words are the same; they mean different things.")
    want(not c.pairing or c.cover_reason, "cover_reason", "Write the reason that stands on the rota; it says nothing of this.")
    want((c.missed_after is None) == (not c.missed_do), "missed_do",
         "After how many missed windows somebody looks, and what they do, go together.")
    want(c.missed_after is None or 1 <= c.missed_after <= 10, "missed_after", "Choose between one window and ten.")
    want(c.review_on is not None, "review_on", "Choose the day on which it is looked at again.")
    want(c.review_on is None or c.review_on >= today, "review_on", "That day lies in the past.")
    want(c.agreement in PLAN_AGREEMENT, "agreement", "Say whether it is agreed with the adult.")
    want(c.agreement in ("", "agreed") or c.agreement not in PLAN_AGREEMENT or c.agreement_why, "agreement_why", "Say why.")
    if errors:
        raise Invalid(*errors)
    return c


@dataclass(frozen=True, slots=True)
class CardLine:
    """One thing on the card: code and symbol stand there, `words` only while somebody looks."""

    code: str
    short: str
    symbol: str
    words: str


def card_of(plan: SafetyPlan) -> tuple[CardLine, ...]:
    """The plan as the card shows it, in neutral words: how to reach them, what never, when, and the agreed words."""
    c = plan.content
    beside = {"VIA_TRUSTED": c.trusted, "NEUTRAL_CALLER": c.pretext, "NAMED_WORKER": c.named_worker}
    codes = [*c.channels, *c.nevers, *c.devices, *([c.identity] if c.identity else [])]
    found = [_coded(SAFETY_CODES[code].code, beside.get(code, "")) for code in codes]
    for code, windows in (("SAFE_WINDOW", c.windows), ("NEVER_WINDOW", c.never_windows)):
        if windows:
            found.append(_coded(code, ", ".join(w.in_words() for w in windows)))
    visits = ". ".join(p for p in (c.pairing, f"If asked: {c.cover_reason}" if c.cover_reason else "") if p)
    own = {"SAFE_WORD": c.safe_word, "STOP_PHRASE": c.stop_phrase, "HELP_PHRASE": c.help_phrase, "VISITS": visits,
           "IF_MISSED": c.missed_do}
    found += [CardLine(x.code, x.short, x.symbol, f"{x.label}: {own[x.code]}") for x in CARD_CODES if own[x.code]]
    return tuple(found)


def _coded(code: str, beside: str) -> CardLine:
    found = SAFETY_CODES[code]
    return CardLine(found.code, found.short, found.symbol, f"{found.neutral}: {beside}" if beside else found.neutral)


def overdue(plan: SafetyPlan, now: datetime) -> bool:
    """Whether the day to look at it again is over: until somebody has, its codes are not relied on."""
    return plan.counts and plan.content.review_on is not None and to_london(now).date() > plan.content.review_on
