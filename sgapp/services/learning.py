"""Learning from a case in the house: a debrief, actions, changes with evidence, a page that goes round, a retest."""

import uuid
from dataclasses import dataclass, replace
from datetime import date

from sgapp.domain.audit import AuditEvent
from sgapp.domain.case import Case
from sgapp.domain.errors import FieldError, Invalid, NotFound
from sgapp.domain.learning import RETEST_AFTER, Change, Learning, Retest, RoundNote, debrief
from sgapp.domain.masking import names_in, stand_ins
from sgapp.domain.permissions import Permission
from sgapp.domain.referral import Action, ActionState, ActionStep
from sgapp.domain.rota import Duty
from sgapp.domain.time import show_day, to_london
from sgapp.domain.vocabulary import LEARNING_CHANGES
from sgapp.integrations.pdf import ReportPart, report_pdf
from sgapp.services.cases import known
from sgapp.services.guard import Done, intention, query
from sgapp.services.views.masked import people_of
from sgapp.store import accounts
from sgapp.store.access import rota_of
from sgapp.store.unit_of_work import Repository, UnitOfWork


@dataclass(frozen=True, slots=True)
class WriteDebrief:
    case_id: str
    known_when: str = ""
    helped: str = ""
    hindered: str = ""
    persons_view: str = ""
    support: str = ""


@intention("write-debrief", Permission.WORK_CASE, WriteDebrief)
def write_debrief(uow: UnitOfWork, form: WriteDebrief) -> Done:
    """Look back at a case, open or closed, once. In three months it comes back as an action, to be tried again."""
    case = uow.cases.get(form.case_id)
    if case.decision is None:
        raise Invalid(FieldError("known_when", "Nothing has been decided here yet. Look back once it has."))
    if learning_of(uow, case) is not None:
        raise Invalid(FieldError("known_when", "There is a debrief of this case already."))
    on = to_london(uow.now).date() + RETEST_AFTER
    retest = _retest(uow, case, on)
    made = debrief(Learning(
        str(uuid.uuid4()), case.id, form.known_when.strip(), form.helped.strip(), form.hindered.strip(),
        form.persons_view.strip(), form.support.strip(), uow.now, uow.actor.name, retest.id, on, restricted=case.restricted,
        barred=case.barred, branch=case.branch))
    retest = replace(retest, from_learning=made.id)
    uow.save(made, retest, because=AuditEvent("debrief-written", "learning", made.id))
    return Done(made.id, f"It is on the file. On {show_day(on)} it is tried again.", f"/learning?id={case.id}")


def learning_of(uow: UnitOfWork, case: Case) -> Learning | None:
    """What was learned from a case; None while nobody has looked back."""
    return next(iter(Repository(uow, Learning).of(case)), None)


def _retest(uow: UnitOfWork, case: Case, on: date, learning_id: str = "") -> Action:
    return _action(uow, case, f"Try again whether what was learned from {case.reference} holds", _lead(uow, case), on,
                   learning_id)


def _lead(uow: UnitOfWork, case: Case) -> str:
    holder = rota_of(uow, case.branch).holder(Duty.LEAD, uow.now)
    account = accounts.by_id(uow, holder) if holder else None
    return account.name if account else "The lead"


def _action(uow: UnitOfWork, case: Case, what: str, owner: str, on: date, learning_id: str) -> Action:
    return Action(str(uuid.uuid4()), case.id, what, owner, "", on, "not_asked", uow.now, uow.actor.name,
                  restricted=case.restricted, barred=case.barred, branch=case.branch, from_learning=learning_id)


@dataclass(frozen=True, slots=True)
class AddLearningAction:
    learning_id: str
    what: str = ""
    owner: str = ""
    due_on: date | None = None


@intention("add-learning-action", Permission.WORK_CASE, AddLearningAction)
def add_learning_action(uow: UnitOfWork, form: AddLearningAction) -> Done:
    """Something to be done because of it, with its owner and day; in the queue like any other, on a closed case too."""
    learning, case = uow.child(Learning, form.learning_id)
    gaps = [FieldError(name, words) for name, given, words in (
        ("what", form.what.strip(), "Write what is to be done."), ("owner", form.owner.strip(), "Name who does it."),
        ("due_on", form.due_on, "Choose the day.")) if not given]
    if gaps or form.due_on is None:
        raise Invalid(*gaps)
    action = _action(uow, case, form.what.strip(), form.owner.strip(), form.due_on, learning.id)
    uow.save(action, because=AuditEvent("action-added", "action", action.id))
    return Done(action.id, "It stands among the actions.", f"/learning?id={case.id}")


@dataclass(frozen=True, slots=True)
class RecordChange:
    learning_id: str
    kind: str = ""
    what: str = ""
    evidence: str = ""


@intention("record-change", Permission.WORK_CASE, RecordChange)
def record_change(uow: UnitOfWork, form: RecordChange) -> Done:
    """A policy, training, supervision or a way of working changed, and what shows it."""
    known(LEARNING_CHANGES, form.kind, "kind", "Choose what changed.")
    learning, case = uow.child(Learning, form.learning_id)
    changed = learning.with_change(Change(form.kind, form.what.strip(), form.evidence.strip(), uow.now, uow.actor.name))
    uow.save(changed, because=AuditEvent("change-recorded", "learning", learning.id, detail=form.kind))
    return Done(learning.id, f"{LEARNING_CHANGES.label(form.kind)}: recorded.", f"/learning?id={case.id}")


@dataclass(frozen=True, slots=True)
class RetestLearning:
    learning_id: str
    holds: str = ""
    found: str = ""


@intention("retest-learning", Permission.WORK_CASE, RetestLearning)
def retest_learning(uow: UnitOfWork, form: RetestLearning) -> Done:
    """Whether it holds. If not, it comes back in another three months."""
    if form.holds not in ("yes", "no"):
        raise Invalid(FieldError("holds", "Say whether it holds."))
    learning, case = uow.child(Learning, form.learning_id)
    on = to_london(uow.now).date() + RETEST_AFTER
    again = _retest(uow, case, on, learning.id)
    tried = learning.retested(Retest(form.holds == "yes", form.found.strip(), uow.now, uow.actor.name), again_id=again.id,
                              again_on=on)
    waiting = Repository(uow, Action).those([learning.retest_id]).values()
    done = [a.stepped(ActionStep(ActionState.DONE, form.found.strip(), uow.now, uow.actor.name)) for a in waiting if a.open]
    uow.save(tried, *done, *([] if tried.holds else [again]),
             because=AuditEvent("learning-retested", "learning", learning.id, detail=form.holds))
    return Done(learning.id, "It holds." if tried.holds else f"It comes back on {show_day(on)}.", f"/learning?id={case.id}")


@dataclass(frozen=True, slots=True)
class WriteRoundNote:
    learning_id: str
    title: str = ""
    happened: str = ""
    learned: str = ""
    changes: str = ""


@intention("write-round-note", Permission.WORK_CASE, WriteRoundNote)
def write_round_note(uow: UnitOfWork, form: WriteRoundNote) -> Done:
    """One page for everybody, without a name. A name that is recorded anywhere about this case is refused."""
    learning, case = uow.child(Learning, form.learning_id)
    note = RoundNote(form.title.strip(), form.happened.strip(), form.learned.strip(), form.changes.strip(), uow.now,
                     uow.actor.name)
    known_names = stand_ins([*people_of(uow, case), (case.reference, "the case")])
    changed = learning.with_note(note, names_in(note.texts, known_names))
    uow.save(changed, because=AuditEvent("round-note-written", "learning", learning.id))
    return Done(learning.id, "It can go round.", f"/learning?id={case.id}")


@query(Permission.READ_CASE)
def round_note(uow: UnitOfWork, learning_id: str) -> tuple[str, bytes]:
    """The page that goes round, as a file name and a PDF. Raises NotFound while there is none."""
    learning, _ = uow.child(Learning, learning_id)
    if learning.note is None:
        raise NotFound(learning_id)
    note, parts = learning.note, []
    for heading, text in (("What happened, in general", note.happened), ("What we learned", note.learned),
                          ("What changes", note.changes)):
        if text:
            parts.append(ReportPart(heading, tuple(line for line in text.splitlines() if line.strip())))
    return "learning.pdf", report_pdf(note.title, "For everybody who works here", uow.organisation, parts)
