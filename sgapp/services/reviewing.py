"""Who may look at a sharing decision a second time: never whoever decided, and never somebody named in the matter.

Neither offered, nor told, nor accepted. Source: DOMAIN annex §3 (second reviewer), §6 (restrict).
"""

from collections.abc import Iterable, Iterator

from sqlmodel import col, select

from sgapp.domain.case import Case
from sgapp.domain.decision import SharingDecision
from sgapp.domain.errors import Unreadable
from sgapp.domain.observation import NoteContent, Observation
from sgapp.domain.permissions import GRANTS, Permission
from sgapp.domain.staff_names import Staff, named_as_involved, named_in, named_in_passing
from sgapp.store import accounts
from sgapp.store.access import listed_on
from sgapp.store.kinds import KINDS
from sgapp.store.unit_of_work import Repository, T, UnitOfWork


def may_not_review(uow: UnitOfWork, decision: SharingDecision) -> frozenset[str]:
    """Accounts that must not be the second reviewer of a decision, whatever their role.

    Always: who decided, who is barred, who must not know of it, and who is named as involved. Whoever is named in passing, in
    the notes or in the decision's own words, unless nobody would be left who could look.
    """
    everyone = [a for a in accounts.everyone(uow) if not a.disabled]
    staff = [Staff(a.id, a.name, a.username) for a in everyone]
    notes = tuple(_notes(uow, decision.case_id))
    never = {decision.decided_by_id, *decision.barred, *named_in([decision.answers.must_not_know], staff, in_part=True)}
    for note in notes:
        never |= named_as_involved(note, staff)
    in_passing = named_in(_words(decision), staff).union(*(named_in_passing(note, staff) for note in notes))
    listed = listed_on(uow.session, decision.case_id)
    could = {a.id for a in everyone if Permission.REVIEW_SHARING in GRANTS[a.role] and a.branch in (None, decision.branch)
             and (not decision.restricted or a.id in listed)}
    return frozenset(never | in_passing if could - never - in_passing else never)


def _words(decision: SharingDecision) -> list[str]:
    """What the decider wrote in her own words, but for how it is sent."""
    a = decision.answers
    return [a.why, *a.what, *a.left_out, a.necessary, a.proportionate, a.limb_reason, a.override_because, a.told_why]


def _notes(uow: UnitOfWork, case_id: str) -> Iterator[NoteContent]:
    """The notes of a case, whoever asks: only whether a name stands in them leaves here."""
    for case in _regardless(uow, Case, [case_id]):
        for note in _regardless(uow, Observation, case.note_ids):
            yield note.content


def _regardless(uow: UnitOfWork, entity: type[T], record_ids: Iterable[str]) -> Iterator[T]:
    """Records whatever the actor may see. One that cannot be opened names nobody, and must not hold up the rest."""
    table = KINDS[entity].table
    for row in uow.session.exec(select(table).where(col(table.id).in_(list(record_ids)))):
        try:
            yield Repository(uow, entity).opened(row)
        except Unreadable:
            continue
