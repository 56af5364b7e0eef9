"""Who may do what: role × permission × scope × restriction, deny by default. Source: DOMAIN annex §8."""

from dataclasses import dataclass
from enum import StrEnum

from sgapp.domain.errors import NotPermitted


class Role(StrEnum):
    WORKER = "worker"
    SENIOR = "senior"
    ON_CALL = "on_call"
    LEAD = "lead"
    DEPUTY = "deputy"
    MANAGER = "manager"
    NOMINATED = "nominated"
    AUDITOR = "auditor"
    HR = "hr"
    ROTA = "rota"
    ADMIN = "admin"


class Permission(StrEnum):
    """One name per kind of act. A service names the one it needs; nothing else grants it."""

    RECORD_OBSERVATION = "record_observation"
    SEE_OWN_NOTES = "see_own_notes"
    SEE_ALLOCATED_PEOPLE = "see_allocated_people"
    SEE_QUEUE = "see_queue"
    READ_NOTE = "read_note"
    ACKNOWLEDGE = "acknowledge"
    ANSWER_SPEAKING_UP = "answer_speaking_up"
    TRIAGE = "triage"
    READ_CASE = "read_case"
    WORK_CASE = "work_case"
    DECIDE_SHARING = "decide_sharing"
    REVIEW_SHARING = "review_sharing"
    REFER = "refer"
    SEND_EMERGENCY = "send_emergency"
    CLOSE_CASE = "close_case"
    KEEP_DRAFT = "keep_draft"
    LOOK_AT_KEPT = "look_at_kept"
    MANAGE_PHONES = "manage_phones"
    MANAGE_SEALING_KEYS = "manage_sealing_keys"
    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_ROTA = "manage_rota"
    HAND_OVER = "hand_over"
    SET_CLOCKS = "set_clocks"
    BE_TOLD = "be_told"
    SIGN_OFF = "sign_off"
    KEEP_DIRECTORY = "keep_directory"


P, R = Permission, Role
_CAPTURE = frozenset({P.RECORD_OBSERVATION, P.SEE_OWN_NOTES, P.SEE_ALLOCATED_PEOPLE})
_DESK = frozenset({P.SEE_QUEUE, P.READ_NOTE, P.ACKNOWLEDGE, P.KEEP_DRAFT, P.HAND_OVER, P.BE_TOLD})
_LEAD = _CAPTURE | _DESK | frozenset(
    {P.TRIAGE, P.READ_CASE, P.WORK_CASE, P.DECIDE_SHARING, P.REFER, P.SEND_EMERGENCY, P.CLOSE_CASE, P.REVIEW_SHARING,
     P.LOOK_AT_KEPT, P.MANAGE_PHONES, P.MANAGE_ROTA, P.KEEP_DIRECTORY}
)

GRANTS: dict[Role, frozenset[Permission]] = {
    R.WORKER: _CAPTURE,
    R.SENIOR: _CAPTURE,
    R.ON_CALL: _CAPTURE | _DESK | frozenset({P.TRIAGE, P.READ_CASE, P.SEND_EMERGENCY}),
    R.LEAD: _LEAD,
    R.DEPUTY: _LEAD,
    R.MANAGER: _LEAD | frozenset({P.MANAGE_SEALING_KEYS, P.SET_CLOCKS, P.SIGN_OFF}),
    R.NOMINATED: _DESK | frozenset({P.READ_CASE, P.REVIEW_SHARING, P.ANSWER_SPEAKING_UP, P.LOOK_AT_KEPT}),
    R.AUDITOR: frozenset(),  # masked reading comes with the audit pages; until then nothing
    R.HR: frozenset(),
    R.ROTA: frozenset(),
    R.ADMIN: frozenset({P.MANAGE_ACCOUNTS, P.MANAGE_PHONES}),
}

#: Roles that may see a record restricted because staff are involved, unless barred by name. Source: DOMAIN §6.
SEES_RESTRICTED = frozenset({R.LEAD, R.DEPUTY, R.MANAGER, R.NOMINATED})
#: Roles that may see what goes past the managers, unless barred by name. Source: DOMAIN §6, whistleblowing.
SEES_RESERVED = frozenset({R.NOMINATED})


@dataclass(frozen=True, slots=True)
class Actor:
    """The person on whose behalf something is done. `branch` None means every branch."""

    account_id: str
    role: Role
    name: str
    username: str = ""
    branch: str | None = None
    session_id: str = ""
    known: bool = True

    def may(self, permission: Permission) -> bool:
        """Whether the role grants it. Whoever is not known may nothing, whatever role stands in for them."""
        return self.known and permission in GRANTS[self.role]


def require(actor: Actor, permission: Permission) -> None:
    """Raise NotPermitted unless the actor's role holds the permission."""
    if not actor.may(permission):
        raise NotPermitted(f"{actor.role} may not {permission}")


def roles_with(*permissions: Permission) -> frozenset[str]:
    """Names of the roles that hold every one of these permissions."""
    return frozenset(str(role) for role, granted in GRANTS.items() if granted.issuperset(permissions))
