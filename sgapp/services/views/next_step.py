"""The one thing to do now on a case, with the way there for whoever may go it."""

from dataclasses import dataclass
from datetime import datetime

from sgapp.domain.case import Case
from sgapp.domain.clocks import ClockKind, in_words
from sgapp.domain.decision import ReviewState, SharingDecision, standing
from sgapp.domain.due import clocks_of
from sgapp.domain.permissions import Permission
from sgapp.domain.referral import Action, Referral, ReferralState
from sgapp.domain.time import end_of_day, show
from sgapp.domain.vocabulary import AGENCIES, ENQUIRY_STEPS
from sgapp.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class NextStep:
    text: str
    hint: str
    button: str
    href: str


def next_step(uow: UnitOfWork, case: Case, decisions: tuple[SharingDecision, ...], referrals: tuple[Referral, ...],
              actions: tuple[Action, ...]) -> NextStep:
    """The most urgent step. Whoever only reads, or is on call, is told that it is the lead's."""
    step = _most_urgent(case, decisions, referrals, actions, uow)
    needed = Permission.MAKE_CONTACT if step.href.startswith("/plan") else Permission.WORK_CASE
    if not step.href or uow.actor.may(needed):
        return step
    return NextStep(step.text, f"{step.hint} The lead does this.".strip(), "", "")


def said_of_cqc(case: Case, uow: UnitOfWork) -> str:
    """What was last said of whether CQC is to be told, and by when."""
    if not case.cqc:
        return ""
    word = case.cqc[-1]
    due = next((c.due_at for c in clocks_of(case, uow.book) if c.kind is ClockKind.NOTIFY_CQC), None)
    said = {"owed": "CQC is to be told", "not_owed": "CQC is not told", "told": "CQC was told"}[word.code]
    return f"{said}{f', {in_words(due, uow.now).lower()}' if due else f', {show(word.at)}'}. {word.reason}"


def _most_urgent(case: Case, decisions: tuple[SharingDecision, ...], referrals: tuple[Referral, ...],
               actions: tuple[Action, ...], uow: UnitOfWork) -> NextStep:
    """The one thing to do now, the most urgent first."""
    now, book = uow.now, uow.book
    here = f"/case?id={case.id}"
    if case.closing is not None:
        return NextStep("This case is closed", case.closing.reason, "", "")
    if case.emergency_record_from is not None:
        return NextStep("Record the decision behind the emergency", "It was sent first; the record is due today.",
                        "Record the decision", f"/decide?id={case.id}")
    if case.decision is None:
        due = clocks_of(case, book)[0].due_at
        return NextStep("Decide what happens with this concern", in_words(due, now), "Decide", f"{here}#triage")
    if case.welfare is not None:
        return NextStep("Check on the adult now", case.welfare.why, "Go to the plan", f"/plan?id={case.id}")
    if back := [d for d in standing(decisions) if d.review is ReviewState.RETURNED]:
        return NextStep("Record the sharing decision again", f"The second look sent it back: {back[-1].review_comment}",
                        "Record the decision", f"/decide?id={case.id}")
    if any(d.review is ReviewState.ASKED for d in decisions):
        return NextStep("A second person looks at the sharing decision today", "Never the one who decided.",
                        "Go to the review", f"{here}#decisions")
    if case.cqc_owed_since is not None:
        return NextStep("Tell CQC, or say why not", said_of_cqc(case, uow), "Go on", f"{here}#cqc")
    if case.next_review_on is not None and not any(r.sending for r in referrals):
        if not decisions:
            return NextStep("Record why nothing is shared", "A decision not to share is recorded as fully as one to share.",
                            "Record the decision", f"/decide?id={case.id}")
        return NextStep(f"Look again on {case.next_review_on:%-d %B}", "Then set the next day, or close.",
                        "Record what you found", f"{here}#review")
    awaited = [(c.due_at, r) for r in referrals for c in clocks_of(r, book)[:1]]
    enquiries = [(due, r) for due, r in awaited if r.enquiry_waits_for]
    waiting = [(due, r) for due, r in awaited if not r.enquiry_waits_for or due < now]  # weeks ahead, it is no next step yet
    late = min((a for a in actions if a.awaited and end_of_day(a.due_on) < now), key=lambda a: a.due_on, default=None)
    if waiting:
        due, referral = min(waiting, key=lambda pair: pair[0])
        if late is None or due < end_of_day(late.due_on):
            return _with_agency(referral, due, now)
    if late is not None:
        return NextStep(f"{late.what}: {late.owner}", in_words(end_of_day(late.due_on), now), "Go to the actions",
                        f"{here}#actions")
    if case.marac_from is not None:
        due = book.clock(ClockKind.MARAC_ROUTE, case.marac_from).due_at
        decided = any(d.shares and d.answers.agency == "MARAC" for d in decisions)
        return NextStep("Refer to MARAC", f"A route is met · {in_words(due, now)}", "Choose the facts" if decided else
                        "Record the decision", f"/refer?id={case.id}&agency=MARAC" if decided else f"/decide?id={case.id}")
    if not decisions:
        return NextStep("Record the sharing decision", "Why, what, who and when; also if nothing is shared.",
                        "Record the decision", f"/decide?id={case.id}")
    live = [r for r in referrals if r.state is not ReferralState.WITHDRAWN]
    if decisions[-1].shares and not live:
        return NextStep("Prepare the referral", "Choose the facts one by one; nothing else leaves.",
                        "Choose the facts", f"/refer?id={case.id}&agency={decisions[-1].answers.agency}")
    if live and not any(r.settled for r in live):
        return NextStep("Find the right authority", "The one that was asked says it is not theirs.", "Record the decision",
                        f"/decide?id={case.id}")
    open_actions = [a for a in actions if a.awaited]
    if open_actions:
        first = min(open_actions, key=lambda a: a.due_on)
        return NextStep(f"{first.what}: {first.owner}", f"Due {first.due_on:%-d %B}", "Go to the actions", f"{here}#actions")
    if enquiries:
        due, referral = min(enquiries, key=lambda pair: pair[0])
        return _with_agency(referral, due, now)
    if case.harm_owed:
        return NextStep("Say what kind of harm it was", "It closes with that; the figures of the year rest on it.", "Say it",
                        f"{here}#harm")
    return NextStep("Close the case", "Every agency has answered and every action is finished.", "Close",
                    f"/close?id={case.id}")


def _with_agency(referral: Referral, due: datetime, now: datetime) -> NextStep:
    agency, href = AGENCIES.label(referral.agency), f"/referral?id={referral.id}"
    if any(q.open for q in referral.questions):
        return NextStep(f"Answer the question of {agency}", in_words(due, now), "Read it and ring them", href)
    if referral.state is ReferralState.PREPARED:
        return NextStep(f"Send {referral.reference} to {agency}", in_words(due, now), "Look at it and send", href)
    if referral.state is ReferralState.SENT:
        return NextStep(f"Get the receipt from {agency}", f"{in_words(due, now)} · a name or a reference number",
                        "Ring and record", href)
    if referral.enquiry_waits_for:
        waited = ENQUIRY_STEPS.label(referral.enquiry_waits_for).lower()
        return NextStep(f"Get {waited} from {agency}", in_words(due, now), "Ring and record", href)
    return NextStep(f"Get the decision of {agency}", in_words(due, now), "Ring and record", href)
