"""Who has an account, and what waits for a second person: as an administrator and those who agree see it."""

from dataclasses import dataclass

from sgapp.domain.permissions import Permission, Role, needs_second_factor
from sgapp.domain.time import show
from sgapp.services.guard import query
from sgapp.services.staff import reason_of
from sgapp.store import account_changes, accounts
from sgapp.store.unit_of_work import UnitOfWork

#: Role codes as people say them.
ROLE_LABELS = {
    Role.WORKER: "Care worker", Role.SENIOR: "Senior care worker", Role.ON_CALL: "On call", Role.LEAD: "Lead",
    Role.DEPUTY: "Deputy lead", Role.MANAGER: "Registered manager", Role.NOMINATED: "Nominated individual",
    Role.AUDITOR: "Auditor", Role.HR: "Human resources", Role.ROTA: "Rota", Role.ADMIN: "Administrator",
}
_KINDS = {"reset": "a new password", "join": "to join", "role": "another role"}


@dataclass(frozen=True, slots=True)
class StaffLine:
    """`two_people`: what gives them more, or a new password, takes a second person."""

    username: str
    name: str
    role_label: str
    branch: str
    disabled: bool
    two_people: bool


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """Something that waits. `may_settle`: whoever looks may agree to it."""

    id: str
    what: str
    why: str
    asked: str
    until: str
    may_settle: bool


@dataclass(frozen=True, slots=True)
class StaffView:
    lines: tuple[StaffLine, ...]
    waiting: tuple[ChangeLine, ...]
    may_manage: bool


@query(Permission.SEE_ACCOUNTS)
def staff_lines(uow: UnitOfWork) -> StaffView:
    """Everybody who has or had an account, and what waits. No case, no note, no reason why somebody is away."""
    found = accounts.everyone(uow)
    names = {a.id: a.name for a in found} | {"system": "the command line"}
    lines = tuple(StaffLine(a.username, a.name, ROLE_LABELS[a.role], a.branch or "every branch", a.disabled,
                            needs_second_factor(a.role)) for a in found)
    waiting = []
    for row in account_changes.waiting(uow):
        if row.settled_at is not None:
            continue
        why, role, factor_too = reason_of(uow, row)
        what = f"{names.get(row.account_id, 'Somebody')}: {_KINDS[row.kind]}"
        what += f", {ROLE_LABELS[Role(role)].lower()}" if row.kind in ("role", "join") else ""
        what += ", and the authenticator taken away" if factor_too else ""
        mine = uow.actor.account_id in (row.asked_by, row.account_id)
        waiting.append(ChangeLine(row.id, what, why, f"{names.get(row.asked_by, 'Somebody')}, {show(row.asked_at)}",
                                  show(row.ends_at), uow.actor.may(Permission.APPROVE_ACCOUNTS) and not mine))
    return StaffView(lines, tuple(waiting), uow.actor.may(Permission.MANAGE_ACCOUNTS))
