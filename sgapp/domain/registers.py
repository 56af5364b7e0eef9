"""The registers: what is owed to whom, since when, until when, and what was done. Read off the records, kept nowhere again.

Nothing of anybody's words stands in a row: what was owed, two dates, who did it, and an answer from a list. A duty that was
not carried out stays a row; so does a decision that it is not there.
Source: DOMAIN annex §2 (CQC, MARAC, advocate), §6 (DBS, candour).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sgapp.domain.agency_kinds import outcomes_of
from sgapp.domain.case import Case
from sgapp.domain.clock_book import ClockBook
from sgapp.domain.clocks import ClockKind
from sgapp.domain.investigation import Investigation
from sgapp.domain.referral import Referral, ReferralState
from sgapp.domain.time import end_of_day, from_london
from sgapp.domain.vocabulary import CANDOUR_STEPS, DBS_DECISIONS

#: What a register is called, in the order in which they stand.
REGISTERS: Mapping[str, str] = {"cqc": "Notices to CQC", "dbs": "DBS decisions", "marac": "MARAC", "advocacy": "Advocacy",
                                "candour": "Candour"}
#: Those that rest on matters about staff: for whoever is named on one.
ABOUT_STAFF = frozenset({"dbs", "candour"})
_AGENCY = {"CQC": "cqc", "MARAC": "marac", "ADVOCATE": "advocacy"}
AGENCIES_THERE = frozenset({*_AGENCY, "LA_ASC"})
_WHOLE = ("told", "apology", "written")


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. `since`: from when it is owed; `owed_by`: until when; `done_at` None: not done."""

    register: str
    reference: str
    what: str
    since: datetime
    owed_by: datetime
    done_at: datetime | None
    by: str
    outcome: str
    case_id: str = ""
    matter_id: str = ""
    branch: str = "main"

    def overdue(self, now: datetime) -> bool:
        """Not done, and the time is over."""
        return self.done_at is None and now > self.owed_by

    def stands(self, now: datetime) -> str:
        """How it stands, in words."""
        if self.done_at is not None:
            return "Done" if self.done_at <= self.owed_by else "Done late"
        return "Overdue" if now > self.owed_by else "Owed"


def of_case(case: Case, referrals: Iterable[Referral], book: ClockBook) -> Iterator[Entry]:
    """The rows of one case: CQC, MARAC and advocacy."""
    theirs = [r for r in referrals if not (r.state is ReferralState.WITHDRAWN and r.sending is None)]
    yield from _owed_and_done(
        case, "cqc", [w.at for w in case.cqc if w.code == "owed"], [r for r in theirs if r.agency == "CQC"],
        [(w.at, w.by, "Not owed") for w in case.cqc if w.code == "not_owed"],
        lambda since: book.clock(ClockKind.NOTIFY_CQC, since, priority=case.priority).due_at, "Notice")
    yield from _owed_and_done(
        case, "marac", [c.at for c in case.checklists if c.routes], [r for r in theirs if r.agency == "MARAC"],
        [(w.at, w.by, "Not referred, with the reason on the file") for w in case.not_to_marac],
        lambda since: book.clock(ClockKind.MARAC_ROUTE, since).due_at, "Referral")
    for referral in theirs:
        asks = referral.agency == "LA_ASC" and dict(referral.details).get("advocate_needed") == "yes"
        if referral.agency == "ADVOCATE" or asks:
            due = book.clock(ClockKind.SEND, referral.prepared_at, priority=referral.priority, agency=referral.agency).due_at
            entry = _of_referral(case, "advocacy", referral, referral.prepared_at, due, "Request")
            yield replace(entry, what="Asked for with the concern") if asks else entry


def _owed_and_done(case: Case, register: str, owed: Sequence[datetime], referrals: Sequence[Referral],
                   waived: Sequence[tuple[datetime, str, str]], due: Callable[[datetime], datetime], what: str,
                   ) -> Iterator[Entry]:
    """Each answer stands for all that was owed when it began; what was owed after the last one is still open.

    An answer to nothing that was owed counts from when somebody first saw the matter, or from itself if that was before.
    """
    answers: list[tuple[datetime, Referral | tuple[datetime, str, str]]] = [(r.prepared_at, r) for r in referrals]
    answers += [(w[0], w) for w in waived]
    waiting = sorted(owed)
    for at, answer in sorted(answers, key=lambda a: a[0]):
        claimed = [moment for moment in waiting if moment <= at]
        waiting = [moment for moment in waiting if moment > at]
        if isinstance(answer, Referral):
            since = claimed[0] if claimed else min(case.first_seen_at or case.opened_at, at) if register == "cqc" else at
            yield _of_referral(case, register, answer, since, due(since), what)
        else:
            since = claimed[0] if claimed else at
            yield Entry(register, case.reference, f"{what} considered", since, due(since), at, answer[1], answer[2],
                        case_id=case.id, branch=case.branch)
    if waiting:
        yield Entry(register, case.reference, what, waiting[0], due(waiting[0]), None, "", "", case_id=case.id,
                    branch=case.branch)


def _of_referral(case: Case, register: str, referral: Referral, since: datetime, due: datetime, what: str) -> Entry:
    sent = referral.sending
    return Entry(register, referral.reference, what, since, due, sent.at if sent else None, sent.by if sent else "",
                 _answer(referral), case_id=case.id, branch=case.branch)


def _answer(referral: Referral) -> str:
    if referral.outcomes:
        return outcomes_of(referral.agency).label_or_code(referral.outcomes[-1].code)
    if referral.receipt is not None:
        return "Received, no answer yet"
    return "Prepared" if referral.sending is None else "Sent, no receipt yet"


def of_matter(matter: Investigation, book: ClockBook) -> Iterator[Entry]:
    """The rows of one matter about staff: DBS and candour."""
    yield from _dbs(matter, book)
    yield from _candour(matter, book)


def _row(matter: Investigation, register: str, what: str, since: datetime, due: datetime, done: datetime | None, by: str,
         outcome: str) -> Entry:
    return Entry(register, matter.reference, what, since, due, done, by, outcome, matter_id=matter.id, branch=matter.branch)


def _dbs(matter: Investigation, book: ClockBook) -> Iterator[Entry]:
    since, due = matter.opened_at, book.clock(ClockKind.DBS_DUTY, matter.opened_at).due_at
    for look in matter.dbs:
        label = DBS_DECISIONS.label(look.decision)
        yield _row(matter, "dbs", "Duty considered", since, due, look.at, look.by, label)
        if look.decision == "refer":
            sent = _noon(look.sent_on) if look.sent_on else None
            owed = book.clock(ClockKind.DBS_DUTY, look.at).due_at
            yield _row(matter, "dbs", "Referral", look.at, owed, sent, look.by if sent else "",
                       f"Sent, {look.sent_reference}" if sent else "")
        since = look.at
        due = end_of_day(look.look_again_on) if look.look_again_on else book.clock(ClockKind.DBS_DUTY, since).due_at
    if not matter.dbs or matter.dbs[-1].decision == "not_yet":
        yield _row(matter, "dbs", "Duty considered", since, due, None, "", "")


def _candour(matter: Investigation, book: ClockBook) -> Iterator[Entry]:
    due = book.clock(ClockKind.CANDOUR, matter.opened_at).due_at
    for step in matter.candour:
        yield _row(matter, "candour", CANDOUR_STEPS.label(step.kind), matter.opened_at, due, _noon(step.on), step.by, "Done")
    done = {step.kind for step in matter.candour}
    if matter.candour_owed:
        for kind in _WHOLE:
            if kind not in done:
                yield _row(matter, "candour", CANDOUR_STEPS.label(kind), matter.opened_at, due, None, "", "")


def _noon(day: date) -> datetime:
    """A day on which something was done, as a time: its noon, which is on that day in England and in UTC."""
    return from_london(day) + timedelta(hours=12)


def in_order(entries: Iterable[Entry], now: datetime) -> list[Entry]:
    """What is overdue first, then what is owed, then what was done; of each, the latest first."""
    order = ("Overdue", "Owed", "Done late", "Done")
    return sorted(entries, key=lambda e: (min(order.index(e.stands(now)), 2), -e.since.timestamp(), e.reference))
