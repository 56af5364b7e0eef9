"""Cases as an auditor reads them: the work whole, the names taken out. Source: DOMAIN annex §8 (masked identities)."""

from dataclasses import replace

from sgapp.domain.case import Case
from sgapp.domain.disclosure import names_near
from sgapp.domain.masking import masked, stand_ins
from sgapp.domain.permissions import Permission, Role
from sgapp.services.guard import query
from sgapp.services.views.case import AdultView, CaseRowView, CaseView, rows, whole
from sgapp.store import accounts
from sgapp.store.access import open_until_when
from sgapp.store.unit_of_work import UnitOfWork

_AS = {Role.WORKER: "Care worker", Role.SENIOR: "Senior", Role.ON_CALL: "On call", Role.LEAD: "Lead", Role.DEPUTY: "Deputy",
       Role.MANAGER: "Manager", Role.NOMINATED: "Nominated individual", Role.AUDITOR: "Auditor", Role.HR: "Human resources",
       Role.ROTA: "Rota", Role.ADMIN: "Administrator"}


@query(Permission.READ_MASKED)
def masked_cases(uow: UnitOfWork) -> tuple[CaseRowView, ...]:
    """The cases an auditor may see, the newest first, without a name."""
    return tuple(replace(row, person="") for row in rows(uow))


@query(Permission.READ_MASKED)
def masked_case(uow: UnitOfWork, case_id: str) -> CaseView:
    """A whole case without names; with them while the glass is broken. Reading it is recorded as the one or the other."""
    case = uow.cases.get(case_id)
    bare = open_until_when(uow, case.id) is not None
    uow.was_read(case, action="case-read" if bare else "case-read-masked")
    view = _without_ways(whole(uow, case))
    return view if bare else _masked(uow, case, view)


def masked_whole(uow: UnitOfWork, case: Case, *, words: bool = True) -> CaseView:
    """A case that was given, whole and without names, for whoever looks at the work and not at whom it was about.

    Without `words` there are nobody's own in its course, for what leaves the provider.
    """
    return _masked(uow, case, _without_ways(whole(uow, case, words=words)))


def _without_ways(view: CaseView) -> CaseView:
    """Without the ways to what such a reader may not open: notes and referrals."""
    return replace(view, notes=(), referrals=tuple(replace(r, href="") for r in view.referrals),
                   waiting=tuple(replace(w, href="") for w in view.waiting))


def _masked(uow: UnitOfWork, case: Case, view: CaseView) -> CaseView:
    person = uow.people.get(case.person_id)
    return masked(replace(view, person=person.reference, adult=AdultView(), masked=True), stand_ins(people_of(uow, case)))


def staff_stand_ins(uow: UnitOfWork) -> dict[str, str]:
    """What stands for each colleague by name: their role and a number."""
    counted: dict[Role, int] = {}
    found: dict[str, str] = {}
    for account in accounts.everyone(uow):
        counted[account.role] = counted.get(account.role, 0) + 1
        found.setdefault(account.name, f"{_AS[account.role]} {counted[account.role]}")
    return found


def people_of(uow: UnitOfWork, case: Case) -> list[tuple[str, str]]:
    """Names and references that are known about a case, each with what stands for it; staff by their role and a number."""
    person, notes = uow.people.get(case.person_id), uow.notes.those(case.note_ids).values()
    found = [(person.name, "the adult"), (person.reference, "the adult"), *staff_stand_ins(uow).items()]
    known = {word for name, _ in found for word in name.split()}
    near = sorted(names_near(notes, must_not_know=[d.answers.must_not_know for d in uow.decisions(case)],
                             plans=[plan.content for plan in uow.plans(case)]) - known)
    return found + [(name, f"somebody {number}") for number, name in enumerate(near, 1)]
