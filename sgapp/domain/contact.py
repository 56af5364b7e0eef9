"""Getting in touch with the adult: planned, judged against the plan, carried out, and its outcome kept.

The plan governs: what it forbids is refused, what it does not settle is warned of, and the next good window is offered.
Source: DOMAIN annex §5 (channel, never, device, time; call-back; outcomes).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sgapp.domain.discreet import telling
from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.lifecycle import Transitions, moved
from sgapp.domain.vocabulary.safety_plan import CONTACT_KINDS, SENT_KINDS, WRITTEN_KINDS
from sgapp.domain.windows import Span, Window, holding, next_good

#: How long after its planned time it is taken for missed, where no window says so.
_SPAN = timedelta(hours=1)
#: Which code of a plan allows which way.
_ALLOWED_BY = {"call": "SAFE_CALL", "text": "SAFE_SMS", "whatsapp": "SAFE_WHATSAPP", "email": "SAFE_EMAIL"}
_NEVER = {"text": ("NO_TEXT", "The plan says: no text messages."), "whatsapp": ("NO_TEXT", "The plan says: no text messages."),
          "letter": ("NO_POST", "The plan says: no post.")}
#: The adult was reached; was not, although somebody tried. Codes of CALL_BACK_OUTCOMES.
REACHED, UNREACHED = "SAFE_SPOKE", frozenset({"NO_ANSWER", "NOT_SAFE_RETRY", "CODE_STOP", "WRONG_PERSON"})
#: With these nobody answers: they are done, and that is all.
_ONE_WAY = frozenset({"letter", "visit_change"})


@dataclass(frozen=True, slots=True)
class ContactRules:
    """What holds for one adult. Without a plan only what her notes say is known: `known` is False then."""

    channels: tuple[str, ...] = ()
    nevers: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    trusted: str = ""
    windows: tuple[Window, ...] = ()
    never_windows: tuple[Window, ...] = ()
    relied_on_until: datetime | None = None
    names: tuple[str, ...] = ()
    known: bool = True


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to do: how, with whom, when, and in which words."""

    kind: str
    whom: str
    at: datetime
    words: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`refused` and `warned` are reasons in plain words, `mend` what to change first: kind, whom, at or words.

    `instead` is the next good window, where there is one.
    """

    refused: tuple[str, ...] = ()
    mend: str = ""
    warned: tuple[str, ...] = ()
    instead: Span | None = None


def judge(rules: ContactRules, wanted: Wanted) -> Verdict:
    """Whether it may be done. Everything that speaks against it is said at once."""
    by = {"kind": _by_channel(rules, wanted), "whom": _by_whom(rules, wanted), "at": _by_time(rules, wanted),
          "words": _by_words(rules, wanted)}
    refused = [reason for reasons in by.values() for reason in reasons]
    warned = _warnings(rules, wanted)
    instead = next_good(rules.windows, rules.never_windows, wanted.at) if refused or warned else None
    return Verdict(tuple(refused), next((what for what, reasons in by.items() if reasons), ""), tuple(warned), instead)


def _by_channel(rules: ContactRules, wanted: Wanted) -> list[str]:
    kind, channels = wanted.kind, rules.channels
    if kind in ("in_visit", "visit_change") or wanted.whom != "adult":
        return []
    if "NO_CONTACT" in channels:
        return ["The plan says: do not get in touch."]
    if kind in _NEVER and _NEVER[kind][0] in rules.nevers:
        return [_NEVER[kind][1]]
    if "IN_VISIT_ONLY" in channels and _ALLOWED_BY.get(kind) not in channels:
        return ["The plan says: only face to face, at a visit."]
    allowed = _ALLOWED_BY.get(kind)
    if rules.known and allowed is not None and allowed not in channels:
        return [f"{CONTACT_KINDS.label(kind)} is not among the ways that the plan calls safe."]
    if not rules.known and kind in SENT_KINDS | {"whatsapp"} and {"OTHER_READS", "SHARED_PHONE"} & set(rules.devices):
        return ["A note says that somebody else reads her messages, and there is no plan that says otherwise."]
    return []


def _by_whom(rules: ContactRules, wanted: Wanted) -> list[str]:
    if wanted.whom == "relative":
        return ["Relatives and others at the home are left out unless the plan names them as the trusted contact."]
    if wanted.whom == "trusted" and not ("VIA_TRUSTED" in rules.channels and rules.trusted):
        return ["No trusted contact is named in the plan."]
    return []


def _by_time(rules: ContactRules, wanted: Wanted) -> list[str]:
    """Windows bind whatever reaches her at home: calls, messages, changes of a visit. A letter has no hour."""
    if wanted.kind == "letter" or wanted.whom == "gp":
        return []
    if holding(rules.never_windows, wanted.at) is not None:
        return ["That time is one that the plan leaves out."]
    if rules.windows and wanted.kind not in ("in_visit", "visit_change") and holding(rules.windows, wanted.at) is None:
        return ["That time lies outside the good times of the plan."]
    return []


def _by_words(rules: ContactRules, wanted: Wanted) -> list[str]:
    if wanted.kind not in WRITTEN_KINDS:
        return []
    found = telling(wanted.words, rules.names)
    return [f"It would say {', '.join(f'“{w}”' for w in found)}, and somebody else may read it."] if found else []


def _warnings(rules: ContactRules, wanted: Wanted) -> list[str]:
    found = []
    remote = wanted.kind not in ("in_visit", "visit_change") and wanted.whom == "adult"
    if not rules.known and remote:
        found.append("There is no plan yet, so nobody has said which ways and times are safe.")
    if rules.relied_on_until is not None and wanted.at > rules.relied_on_until:
        found.append("The day to look at the plan again is over; what it says may no longer hold.")
    if wanted.kind == "letter" and remote and rules.known and "NO_POST" not in rules.nevers:
        found.append("The plan does not say who opens the post.")
    if wanted.kind == "call" and "OTHER_ANSWERS" in rules.devices:
        found.append("Somebody else may answer.")
    if wanted.kind in ("call", "in_visit") and "CAMERA_AUDIO" in rules.devices:
        found.append("There is a camera or microphone.")
    if wanted.kind in SENT_KINDS and "NO_CALLBACK_NUMBER" in rules.nevers:
        found.append("The plan says: leave no number to ring back; a message shows where it comes from.")
    if wanted.kind == "in_visit" and "NO_DOORSTEP" in rules.nevers:
        found.append("The plan says: no talk at the door.")
    return found


class ContactState(StrEnum):
    """`LAPSED`: its time went by and nobody said how it went. What came of it can still be recorded."""

    PLANNED = "planned"
    DONE = "done"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"


S = ContactState
TRANSITIONS: Transitions[ContactState] = {
    S.PLANNED: frozenset({S.DONE, S.LAPSED, S.CANCELLED}),
    S.LAPSED: frozenset({S.DONE}),
    S.DONE: frozenset(),
    S.CANCELLED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class CallAnswers:
    """What happened, by closed questions: codes of WHO_ANSWERED and HEARD; “yes” or “no” for the three between."""

    who_answered: str = ""
    alone: str = ""
    safe: str = ""
    go_on: str = ""
    heard: str = ""
    said: str = ""


def outcome_of(answers: CallAnswers, *, kind: str = "call", whom: str = "adult") -> str:
    """The outcome that the answers come to, a code of CALL_BACK_OUTCOMES. Raises Invalid for what is still open.

    What was heard counts before anything else: whoever says the words for help needs no further question.
    """
    if answers.heard == "help_phrase":
        return "CODE_HELP"
    if answers.heard == "stop_phrase":
        return "CODE_STOP"
    if kind in _ONE_WAY or whom != "adult":
        return "DONE"
    if answers.who_answered == "nobody":
        return "NO_ANSWER"
    if answers.who_answered == "somebody_else":
        return "WRONG_PERSON"
    if answers.who_answered != "adult":
        raise Invalid(FieldError("who_answered", "Say who answered."))
    asked = (("alone", "Are they alone?"), ("safe", "Is it a good moment?"), ("go_on", "Do they want to go on?"))
    if any(getattr(answers, name) == "no" for name, _ in asked):
        return "NOT_SAFE_RETRY"
    gaps = [FieldError(name, f"Ask: {question}") for name, question in asked if getattr(answers, name) != "yes"]
    if gaps:
        raise Invalid(*gaps)
    return "SAFE_SPOKE"


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact with the adult, from plan to outcome.

    `shown` are the warnings that were shown, `anyway` why it was right all the same; `until` is when it counts as missed.
    """

    id: str
    case_id: str
    kind: str
    whom: str
    at: datetime
    until: datetime
    purpose: str
    words: str
    planned_at: datetime
    planned_by: str
    planned_by_id: str
    shown: tuple[str, ...] = ()
    anyway: str = ""
    plan_version: int = 0
    state: ContactState = ContactState.PLANNED
    answers: CallAnswers = CallAnswers()
    outcome: str = ""
    note: str = ""
    done_at: datetime | None = None
    done_by: str = ""
    restricted: bool = False
    barred: tuple[str, ...] = ()
    branch: str = "main"

    @property
    def missed(self) -> bool:
        """Whether the adult was to be reached and was not."""
        if self.whom != "adult" or self.state in (S.PLANNED, S.CANCELLED):
            return False
        return self.state is S.LAPSED or self.outcome in UNREACHED

    def gone(self, *, outcome: str, answers: CallAnswers, note: str, at: datetime, by: str) -> "Contact":
        """It was carried out, or tried, and this came of it."""
        return replace(self, state=moved(TRANSITIONS, self.state, S.DONE), outcome=outcome, answers=answers, note=note,
                       done_at=at, done_by=by)

    def lapsed(self) -> "Contact":
        return replace(self, state=moved(TRANSITIONS, self.state, S.LAPSED))

    def cancelled(self, *, why: str, at: datetime, by: str) -> "Contact":
        if not why.strip():
            raise Invalid(FieldError("why", "Say why it is not done."))
        return replace(self, state=moved(TRANSITIONS, self.state, S.CANCELLED), note=why.strip(), done_at=at, done_by=by)


def over_at(rules: ContactRules, wanted: Wanted) -> datetime:
    """When a planned contact counts as missed: at the end of its window, else an hour after its time."""
    window = holding(rules.windows, wanted.at)
    return window.ends_at if window is not None else wanted.at + _SPAN


def missed_in_a_row(contacts: tuple[Contact, ...]) -> int:
    """How many windows in a row the adult was not reached in, the newest last; two tries within one window count once."""
    windows = set()
    for contact in sorted(contacts, key=lambda c: c.at, reverse=True):
        if contact.missed:
            windows.add(contact.until)
        elif contact.whom == "adult" and contact.outcome == REACHED:
            break
    return len(windows)
