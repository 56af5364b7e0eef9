"""What was learned: from one case, whole; and over all cases, what is tried again when."""

from dataclasses import dataclass

from sgapp.domain.case import Case
from sgapp.domain.clocks import in_words
from sgapp.domain.due import clocks_of
from sgapp.domain.learning import Learning
from sgapp.domain.permissions import Permission
from sgapp.domain.referral import Action
from sgapp.domain.time import end_of_day, show, show_day
from sgapp.domain.vocabulary import LEARNING_CHANGES
from sgapp.services.guard import query
from sgapp.services.learning import learning_of
from sgapp.services.views.course import tone
from sgapp.services.views.note import Line
from sgapp.store.unit_of_work import Repository, UnitOfWork

_MOST = 200


@dataclass(frozen=True, slots=True)
class LearningRow:
    """One case that was looked back at. `due` is empty once it held."""

    case_id: str
    reference: str
    written: str
    changes: str
    stands: str
    due: str
    tone: str


@dataclass(frozen=True, slots=True)
class LearningView:
    """One case. `learning_id` is empty while nobody has looked back; `note_href` while nothing goes round."""

    case_id: str
    reference: str
    learning_id: str
    debrief: tuple[Line, ...]
    actions: tuple[Line, ...]
    changes: tuple[Line, ...]
    retests: tuple[Line, ...]
    retest: str
    to_retest: bool
    note: tuple[Line, ...]
    note_href: str
    may_write: bool


@query(Permission.READ_CASE)
def learning_list(uow: UnitOfWork) -> tuple[LearningRow, ...]:
    """All that was looked back at, what is tried again soonest first."""
    found = Repository(uow, Learning).where(limit=_MOST)
    cases = uow.cases.readable({one.case_id for one in found})
    there = sorted((one for one in found if one.case_id in cases), key=lambda one: (one.holds, one.retest_on, one.id))
    return tuple(_row(uow, one, cases[one.case_id]) for one in there)


def _row(uow: UnitOfWork, one: Learning, case: Case) -> LearningRow:
    due = end_of_day(one.retest_on)
    return LearningRow(case.id, case.reference, f"{one.written_by}, {show(one.written_at)}",
                       f"{len(one.changes)} changes with evidence" if one.changes else "No change recorded yet",
                       "Tried again, and it holds" if one.holds else "Tried again", "" if one.holds else in_words(due, uow.now),
                       tone(due, uow.now))


@query(Permission.READ_CASE)
def learning_view(uow: UnitOfWork, case_id: str) -> LearningView:
    """What was learned from a case. Reading it is recorded as reading the case."""
    case = uow.cases.get(case_id)
    uow.was_read(case, action="case-read")
    one, may = learning_of(uow, case), uow.actor.may(Permission.WORK_CASE)
    if one is None:
        return LearningView(case.id, case.reference, "", (), (), (), (), "", False, (), "", may)
    actions = [a for a in uow.actions(case) if a.from_learning == one.id and a.id != one.retest_id]
    return LearningView(
        case.id, case.reference, one.id, _debrief(one), tuple(_action(uow, a) for a in actions),
        tuple(Line(LEARNING_CHANGES.label_or_code(c.kind), f"{c.what} Shown by: {c.evidence} ({c.by}, {show(c.at)})")
              for c in one.changes),
        tuple(Line("Holds" if r.holds else "Does not hold", f"{r.found} ({r.by}, {show(r.at)})") for r in one.retests),
        "" if one.holds else f"It is tried again on {show_day(one.retest_on)}.", not one.holds,
        () if one.note is None else tuple(Line(label, text) for label, text in (
            ("Title", one.note.title), ("What happened, in general", one.note.happened), ("What we learned", one.note.learned),
            ("What changes", one.note.changes)) if text),
        f"/api/learning/{one.id}/note.pdf" if one.note else "", may)


def _debrief(one: Learning) -> tuple[Line, ...]:
    return (Line("What was known, and when", one.known_when), Line("What helped", one.helped),
            Line("What hindered", one.hindered), Line("How the person sees it", one.persons_view),
            Line("Support for those who worked on it", one.support),
            Line("Written", f"{one.written_by}, {show(one.written_at)}"))


def _action(uow: UnitOfWork, action: Action) -> Line:
    running = next(iter(clocks_of(action, uow.book)), None)
    state = in_words(running.due_at, uow.now) if running else str(action.state).replace("_", " ")
    return Line(action.what, f"{action.owner}, {state}")
