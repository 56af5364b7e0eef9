"""Restriction travels at once: from a note to the note it adds to, to its case, and to all that hangs on the case.

Source: DOMAIN annex §6 (restrict); restricting first and asking after.
"""

from dataclasses import replace

from sgapp.domain.case import Case, CaseState
from sgapp.domain.contact import Contact
from sgapp.domain.decision import SharingDecision, called_for_since
from sgapp.domain.learning import Learning
from sgapp.domain.observation import Observation
from sgapp.domain.referral import Action, Referral
from sgapp.domain.safety_plan import SafetyPlan
from sgapp.domain.sampling import CaseAudit
from sgapp.store.kinds import ON_A_CASE, Record
from sgapp.store.unit_of_work import UnitOfWork

OnACase = SharingDecision | Referral | Action | SafetyPlan | Contact | CaseAudit | Learning


def as_strict(uow: UnitOfWork, case: Case) -> tuple[OnACase, ...]:
    """What hangs on a case, under the case's restriction and bars, where it was not yet.

    A decision that was made before staff were named may call for a second look now.
    """
    found: dict[str, OnACase] = {}
    for entity in ON_A_CASE:
        found |= {record.id: record for record in uow.hanging_on(entity, case.id)}
    firm = {i: replace(r, restricted=case.restricted, barred=case.barred) for i, r in found.items()
            if (r.restricted, r.barred) != (case.restricted, case.barred)}
    if case.state is not CaseState.CLOSED:
        decisions = [r for r in (found | firm).values() if isinstance(r, SharingDecision)]
        firm |= {d.id: d for d in called_for_since(
            decisions, risk=case.risk_level, priority=case.priority, types=case.types, restricted=case.restricted, at=uow.now)}
    return tuple(firm.values())


def second_looks(uow: UnitOfWork, case: Case) -> tuple[SharingDecision, ...]:
    """The decisions of a case as it is now on which a second person is to look, and was not asked to before."""
    return called_for_since(uow.decisions(case), risk=case.risk_level, priority=case.priority, types=case.types,
                            restricted=case.restricted, at=uow.now)


def stricter_for(uow: UnitOfWork, note: Observation) -> tuple[Record, ...]:
    """What a note makes stricter: the note it adds to, the cases of both, and all that hangs on those cases."""
    found: list[Record] = []
    cases = [note.case_id]
    if note.corrects_id is not None:
        earlier = uow.regardless(Observation, note.corrects_id)
        firm = earlier.as_strict(note.restricted, note.barred, note.listed)
        found += [firm] if firm != earlier else []
        cases.append(earlier.case_id)
    for case_id in filter(None, dict.fromkeys(cases)):
        case = uow.regardless(Case, case_id)
        held = case.as_strict(note.restricted, note.barred, note.listed, at=uow.now)
        found += [held, *as_strict(uow, held)] if held != case else []
    return tuple(found)
