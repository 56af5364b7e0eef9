"""Who may know of a restricted file: letting in, keeping from, breaking the glass, never nobody. Source: DOMAIN annex §6."""

import uuid
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import ColumnElement
from sqlmodel import col, exists, select

from sgapp.domain.audit import AuditEvent
from sgapp.domain.case import SHORTEST_REASON, Case, ListChange, Opening
from sgapp.domain.errors import FieldError, Invalid, NotFound, Unreadable
from sgapp.domain.observation import Observation
from sgapp.domain.permissions import GRANTS, Permission, roles_with
from sgapp.domain.reach import Urgency
from sgapp.domain.ties import TIE_LABELS, Tie, TieKind, Ties
from sgapp.domain.time import show
from sgapp.services.duty import hand_to, tell
from sgapp.services.guard import Done, intention
from sgapp.services.strictness import as_strict
from sgapp.store import access, accounts, documents
from sgapp.store.accounts import Account
from sgapp.store.kinds import KINDS, Record
from sgapp.store.tables import AccessRow, AccountRow, BarRow, CaseRow, ClockRow
from sgapp.store.unit_of_work import LISTED, UnitOfWork

#: How long a file stays open to somebody who broke the glass.
OPEN_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class LetIn:
    case_id: str
    account_id: str = ""
    reason: str = ""


@intention("let-in", Permission.SET_ACCESS, LetIn)
def let_in(uow: UnitOfWork, form: LetIn) -> Done:
    """Put somebody on the list of a restricted file."""
    case, account = uow.cases.get(form.case_id), _colleague(uow, form.account_id)
    if Permission.READ_CASE not in GRANTS[account.role] or account.branch not in (None, case.branch):
        raise Invalid(FieldError("account_id", "Their role reads no case files of this branch."))
    changed = case.with_list_change(ListChange(account.id, account.name, True, form.reason.strip(), uow.now, uow.actor.name))
    notes = [replace(n, listed=tuple(sorted({*n.listed, account.id}))) for n in _notes(uow, case)
             if n.restricted and account.id not in n.barred]
    uow.save(changed, *notes, because=AuditEvent("let-in", "case", case.id, detail=account.id))
    _tell_the_others(uow, changed)
    return Done(case.id, f"{account.name} may know of this file from now on.", f"/case?id={case.id}")


@dataclass(frozen=True, slots=True)
class KeepFrom:
    case_id: str
    account_id: str = ""
    reason: str = ""


@intention("keep-from", Permission.SET_ACCESS, KeepFrom)
def keep_from(uow: UnitOfWork, form: KeepFrom) -> Done:
    """Keep a restricted file from somebody, from now on and whatever else is added to it."""
    case, account = uow.cases.get(form.case_id), _colleague(uow, form.account_id)
    if account.id == uow.actor.account_id:
        raise Invalid(FieldError("account_id", "Ask somebody else on the list to keep it from you."))
    changed = case.with_list_change(ListChange(account.id, account.name, False, form.reason.strip(), uow.now, uow.actor.name))
    notes = [n.as_strict(n.restricted, [account.id]) for n in _notes(uow, case)]
    uow.save(changed, *notes, *as_strict(uow, changed), because=AuditEvent("kept-from", "case", case.id, detail=account.id))
    _let_go(uow, account.id, [case.id, *case.note_ids])
    _tell_the_others(uow, changed)
    told = f"This file does not exist for {account.name} any more. A matter about staff has a list of its own."
    return Done(case.id, told, f"/case?id={case.id}")


def _tell_the_others(uow: UnitOfWork, case: Case) -> None:
    """Nobody changes a list unseen: those on it are told; never somebody it is kept from, who must not learn of it."""
    for account_id in case.listed:
        if account_id != uow.actor.account_id:
            tell(uow, account_id, Urgency.TODAY, reference=case.reference, at=uow.now, awake=False)


def _colleague(uow: UnitOfWork, account_id: str) -> Account:
    account = accounts.by_id(uow, account_id) if account_id else None
    if account is None or account.disabled:
        raise Invalid(FieldError("account_id", "Choose somebody who works here."))
    return account


def _notes(uow: UnitOfWork, case: Case) -> list[Observation]:
    return [uow.regardless(Observation, note_id) for note_id in case.note_ids]


def _let_go(uow: UnitOfWork, account_id: str, record_ids: list[str]) -> None:
    """What was opened for an hour closes at once."""
    for record_id in record_ids:
        row = uow.session.get(AccessRow, (record_id, account_id))
        if row is not None:
            uow.session.delete(row)
    uow.session.flush()


@dataclass(frozen=True, slots=True)
class BreakGlass:
    """`reference` as it is read out: of the case."""

    reference: str = ""
    reason: str = ""


@intention("break-glass", Permission.BREAK_GLASS, BreakGlass)
def break_glass(uow: UnitOfWork, form: BreakGlass) -> Done:
    """Open a file that one may not see, for an hour, with a reason; those who answer for it are told at once.

    Never for somebody it is kept from: to them, as to anybody who asks for what is not there, it does not exist.
    """
    if len(form.reason.strip()) < SHORTEST_REASON:
        raise Invalid(FieldError("reason", "Say why it cannot wait for somebody on the list, in a sentence."))
    case = _asked_for(uow, form.reference)
    if case is None or uow.off_shift:
        raise NotFound("case")
    if uow.cases.those([case.id]) and access.open_until_when(uow, case.id) is None and uow.actor.may(Permission.READ_CASE):
        raise Invalid(FieldError("reference", "This file is open to you already. Find it under Cases."))
    until = uow.now + OPEN_FOR
    opening = Opening(uow.actor.account_id, uow.actor.name, str(uow.actor.role), form.reason.strip(), uow.now, until)
    opened = case.opened_all_the_same(opening)
    uow.save(opened, because=AuditEvent("glass-broken", "case", case.id, detail=str(uow.actor.role)))
    access.open_until(uow.session, [case.id, *case.note_ids], uow.actor.account_id, until)
    for account_id in _answer_for(uow, case):
        tell(uow, account_id, Urgency.NOW, reference=case.reference, at=uow.now, awake=True)
    return Done(case.id, f"Open to you until {show(until)}. Those who answer for it have been told.", f"/case?id={case.id}")


def _asked_for(uow: UnitOfWork, reference: str) -> Case | None:
    """The case of a reference as it was typed, in the actor's branch, unless it is kept from the actor.

    A barred one is not opened: that would take a moment which tells of it. And where there is no such case, the next one is
    looked at in its place, and whether it is kept from the actor, so that either refusal takes the same.
    """
    wanted = reference.strip().upper()
    barred = exists().where(col(BarRow.record_id) == CaseRow.id, col(BarRow.account_id) == uow.actor.account_id)
    next_one = select(CaseRow.id, CaseRow.reference, CaseRow.branch, barred).where(CaseRow.reference >= wanted)
    row = uow.session.exec(next_one.order_by(CaseRow.reference).limit(1)).first()
    if row is None:
        return None
    case_id, found, branch, kept_from = row
    theirs = found == wanted and uow.actor.branch in (None, branch) and not kept_from
    return uow.regardless(Case, case_id) if theirs else None


def _answer_for(uow: UnitOfWork, case: Case) -> tuple[str, ...]:
    """Who is told when the glass is broken: everybody on the list; of an open file, those who lead and manage."""
    may = roles_with(Permission.WORK_CASE, Permission.READ_CASE)
    found = (a for a in accounts.everyone(uow) if not a.disabled and str(a.role) in may and a.branch in (None, case.branch))
    return tuple(a.id for a in found if a.id != uow.actor.account_id and a.id not in case.barred
                 and (not case.restricted or a.id in case.listed))


@dataclass(frozen=True, slots=True)
class AddTie:
    one: str = ""
    other: str = ""
    kind: str = ""


@intention("add-tie", Permission.KEEP_TIES, AddTie)
def add_tie(uow: UnitOfWork, form: AddTie) -> Done:
    """Record that two colleagues are close. What is about one of them is kept from the other at once."""
    if form.kind not in list(TieKind):
        raise Invalid(FieldError("kind", "Choose how they are close."))
    one, other = (_colleague(uow, account_id) for account_id in (form.one, form.other))
    kind = TieKind(form.kind)
    tie = Tie(str(uuid.uuid4()), one.id, other.id, kind, uow.now, uow.actor.name)
    documents.add(uow, (documents.latest(uow, Ties) or Ties()).with_tie(tie))
    firm = [r for who, friend in ((one.id, other.id), (other.id, one.id)) for r in _also_from(uow, who, friend)]
    event = AuditEvent("tie-added", "document", "ties", "system", detail=str(kind))
    if firm:
        uow.save(*{(type(r), r.id): r for r in firm}.values(), because=event)
    else:
        uow.note_event(event)
    return Done("ties", f"{TIE_LABELS[kind]}: {one.name} and {other.name}.", "/colleagues")


def _also_from(uow: UnitOfWork, who: str, friend: str) -> list[Record]:
    """What is kept from somebody because it is about them, kept from a friend as well."""
    ids = uow.session.exec(select(BarRow.record_id).where(BarRow.account_id == who)).all()
    found: list[Record] = []
    for entity in LISTED:
        table = KINDS[entity].table
        for record_id in uow.session.exec(select(table.id).where(col(table.id).in_(ids))).all():
            record = uow.regardless(entity, record_id)
            if friend in record.barred or who in getattr(record, "named", ()):
                continue
            firm = replace(record, barred=tuple(sorted({*record.barred, friend})))
            found += [firm, *as_strict(uow, firm)] if isinstance(firm, Case) else [firm]
    return found


@dataclass(frozen=True, slots=True)
class RemoveTie:
    tie_id: str


@intention("remove-tie", Permission.KEEP_TIES, RemoveTie)
def remove_tie(uow: UnitOfWork, form: RemoveTie) -> Done:
    """They are not close any more. What was kept from them stays so. Never by one of the two."""
    ties = documents.latest(uow, Ties) or Ties()
    if any(t.id == form.tie_id and uow.actor.account_id in (t.one, t.other) for t in ties.ties):
        raise Invalid(FieldError("tie_id", "It is about you. Ask somebody else who keeps these to take it out."))
    documents.add(uow, ties.without_tie(form.tie_id))
    uow.note_event(AuditEvent("tie-removed", "document", "ties", "system"))
    return Done("ties", "Taken out. What was kept from them so far stays so.", "/colleagues")


def name_anew(uow: UnitOfWork) -> int:
    """Name those whose role it is wherever nobody of a list is left who works here, and ask them. How many lists."""
    found = 0
    for row in uow.session.exec(select(ClockRow).where(col(ClockRow.restricted).is_(True), ~_somebody_of_the_list())):
        kind = next(k for k in KINDS.values() if k.name == row.record_kind)
        if kind.entity not in LISTED:
            continue
        try:
            record = uow.regardless(kind.entity, row.record_id)
        except Unreadable:
            continue  # the queue says so; it must not hold up the rest
        reserved = getattr(record, "reserved", False)
        if not access.readers(uow, record.branch, reserved=reserved) - set(record.barred):
            continue  # nobody yet: the writer is told to turn elsewhere
        named = replace(record, listed=())
        uow.save(named, because=AuditEvent("list-named", kind.name, record.id))
        hand_to(uow, row, named, at=uow.now)
        found += 1
    return found


def _somebody_of_the_list() -> ColumnElement[bool]:
    return exists().where(col(AccessRow.record_id).in_([ClockRow.record_id, ClockRow.case_id]), col(AccessRow.until).is_(None),
                          col(AccessRow.account_id) == AccountRow.id, col(AccountRow.disabled_at).is_(None))
