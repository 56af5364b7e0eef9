"""Who may do what: role × permission × scope × restriction, deny by default. Source: DOMAIN annex §8."""

from dataclasses import dataclass
from datetime import timedelta
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

    KEEP_OWN_SIGN_IN = "keep_own_sign_in"
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
    APPROVE_ACCOUNTS = "approve_accounts"
    SEE_ACCOUNTS = "see_accounts"
    MANAGE_ROTA = "manage_rota"
    HAND_OVER = "hand_over"
    SET_CLOCKS = "set_clocks"
    BE_TOLD = "be_told"
    MIND_MESSAGES = "mind_messages"
    SIGN_OFF = "sign_off"
    KEEP_DIRECTORY = "keep_directory"
    BREAK_GLASS = "break_glass"
    READ_MASKED = "read_masked"
    SET_ACCESS = "set_access"
    KEEP_TIES = "keep_ties"
    SEE_AVAILABILITY = "see_availability"
    SET_AVAILABILITY = "set_availability"
    OPEN_INVESTIGATION = "open_investigation"
    WORK_INVESTIGATION = "work_investigation"
    DECIDE_INVESTIGATION = "decide_investigation"
    KEEP_RECORDS = "keep_records"
    WRITE_PLAN = "write_plan"
    MAKE_CONTACT = "make_contact"
    SEE_CARD = "see_card"
    ALLOCATE_VISITS = "allocate_visits"
    SEE_MEASURES = "see_measures"
    DRAW_SAMPLE = "draw_sample"
    SCORE_SAMPLE = "score_sample"
    MAKE_EVIDENCE = "make_evidence"
    KEEP_MINUTES = "keep_minutes"
    KEEP_PEOPLE = "keep_people"


P, R = Permission, Role
_CAPTURE = frozenset({P.RECORD_OBSERVATION, P.SEE_OWN_NOTES, P.SEE_ALLOCATED_PEOPLE, P.SEE_CARD})
_DESK = frozenset({P.SEE_QUEUE, P.READ_NOTE, P.ACKNOWLEDGE, P.KEEP_DRAFT, P.HAND_OVER, P.BE_TOLD,
                   P.MIND_MESSAGES})
_LEAD = _CAPTURE | _DESK | frozenset(
    {P.TRIAGE, P.READ_CASE, P.WORK_CASE, P.DECIDE_SHARING, P.REFER, P.SEND_EMERGENCY, P.CLOSE_CASE, P.REVIEW_SHARING,
     P.LOOK_AT_KEPT, P.MANAGE_PHONES, P.MANAGE_ROTA, P.KEEP_DIRECTORY, P.BREAK_GLASS, P.SEE_AVAILABILITY,
     P.SET_AVAILABILITY, P.WRITE_PLAN, P.MAKE_CONTACT, P.ALLOCATE_VISITS, P.SEE_MEASURES, P.KEEP_MINUTES}
)
#: What falls to the manager, and to the nominated individual where the manager herself is named.
_OVER = frozenset({P.APPROVE_ACCOUNTS, P.SEE_ACCOUNTS, P.SET_ACCESS, P.KEEP_TIES, P.OPEN_INVESTIGATION, P.WORK_INVESTIGATION,
                   P.DECIDE_INVESTIGATION, P.KEEP_RECORDS, P.SCORE_SAMPLE, P.MAKE_EVIDENCE})

_GRANTS: dict[Role, frozenset[Permission]] = {
    R.WORKER: _CAPTURE,
    R.SENIOR: _CAPTURE,
    R.ON_CALL: _CAPTURE | _DESK | frozenset({P.TRIAGE, P.READ_CASE, P.SEND_EMERGENCY, P.BREAK_GLASS,
                                               P.MAKE_CONTACT}),
    R.LEAD: _LEAD,
    R.DEPUTY: _LEAD,
    R.MANAGER: _LEAD | _OVER | frozenset({P.MANAGE_SEALING_KEYS, P.SET_CLOCKS, P.SIGN_OFF, P.KEEP_PEOPLE}),
    # She has to be able to do all of it where lead and manager are named themselves. DOMAIN annex §6.
    R.NOMINATED: (_LEAD - _CAPTURE) | _OVER | frozenset({P.ANSWER_SPEAKING_UP, P.SIGN_OFF}),
    R.AUDITOR: frozenset({P.READ_MASKED, P.BREAK_GLASS, P.SEE_MEASURES, P.DRAW_SAMPLE, P.SCORE_SAMPLE,
                          P.KEEP_DRAFT}),
    R.HR: frozenset({P.WORK_INVESTIGATION, P.KEEP_DRAFT}),  # of what she is named on, and of nothing else
    R.ROTA: frozenset({P.SEE_AVAILABILITY, P.SET_AVAILABILITY, P.KEEP_DRAFT}),
    R.ADMIN: frozenset({P.MANAGE_ACCOUNTS, P.SEE_ACCOUNTS, P.MANAGE_PHONES, P.KEEP_DRAFT}),
}
#: Everybody looks after how she signs in herself.
GRANTS: dict[Role, frozenset[Permission]] = {role: held | {P.KEEP_OWN_SIGN_IN} for role, held in _GRANTS.items()}

#: Whoever holds one of these reads what is confidential, or decides who does: a password alone is not enough for that.
_TELLING = frozenset({P.SEE_QUEUE, P.READ_CASE, P.READ_MASKED, P.WORK_INVESTIGATION, P.MANAGE_ACCOUNTS})


def needs_second_factor(role: Role) -> bool:
    """Whether people in this role sign in with more than a password."""
    return not _TELLING.isdisjoint(GRANTS[role])


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long somebody stays signed in without doing anything, and at most."""

    idle: timedelta
    absolute: timedelta


_IN_A_CAR = SessionLimits(timedelta(minutes=60), timedelta(hours=12))
_AT_A_DESK = SessionLimits(timedelta(minutes=30), timedelta(hours=10))
_OVER_ACCOUNTS = SessionLimits(timedelta(minutes=15), timedelta(hours=4))


def session_limits(role: Role) -> SessionLimits:
    """The limits of a role: a care worker's shift; shorter for those who read cases; shortest for those who keep accounts."""
    if P.MANAGE_ACCOUNTS in GRANTS[role]:
        return _OVER_ACCOUNTS
    return _AT_A_DESK if needs_second_factor(role) else _IN_A_CAR


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
    limited: bool = False

    def may(self, permission: Permission) -> bool:
        """Whether the role grants it. Whoever is not known may nothing, whatever role stands in for them; `limited`: whoever
        has not set up her second factor yet may do that, and nothing else.
        """
        if self.limited and permission is not Permission.KEEP_OWN_SIGN_IN:
            return False
        return self.known and permission in GRANTS[self.role]


def require(actor: Actor, permission: Permission) -> None:
    """Raise NotPermitted unless the actor's role holds the permission."""
    if not actor.may(permission):
        raise NotPermitted(f"{actor.role} may not {permission}")


def roles_with(*permissions: Permission) -> frozenset[str]:
    """Names of the roles that hold every one of these permissions."""
    return frozenset(str(role) for role, granted in GRANTS.items() if granted.issuperset(permissions))
