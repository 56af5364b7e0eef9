"""Who holds what: the grants as a whole, written out again by hand, so that no change to them goes unseen."""

import pytest

from sgapp.domain.errors import NotPermitted
from sgapp.domain.permissions import GRANTS, SEES_RESERVED, SEES_RESTRICTED, Actor, Permission, Role, require, roles_with

CAPTURE = "record_observation see_own_notes see_allocated_people see_card"
DESK = "see_queue read_note acknowledge keep_draft hand_over be_told mind_messages"
LEADS = "triage read_case work_case decide_sharing refer send_emergency close_case review_sharing look_at_kept manage_phones " \
    "manage_rota keep_directory break_glass see_availability set_availability write_plan make_contact allocate_visits " \
    "see_measures keep_minutes"
OVER = "approve_accounts see_accounts set_access keep_ties open_investigation work_investigation decide_investigation " \
    "keep_records score_sample make_evidence"
EXPECTED = {
    "worker": CAPTURE, "senior": CAPTURE,
    "on_call": f"{CAPTURE} {DESK} triage read_case send_emergency break_glass make_contact",
    "lead": f"{CAPTURE} {DESK} {LEADS}", "deputy": f"{CAPTURE} {DESK} {LEADS}",
    "manager": f"{CAPTURE} {DESK} {LEADS} {OVER} manage_sealing_keys set_clocks sign_off keep_people",
    "nominated": f"{DESK} {LEADS} {OVER} answer_speaking_up sign_off",
    "auditor": "read_masked break_glass see_measures draw_sample score_sample keep_draft",
    "hr": "work_investigation keep_draft", "rota": "see_availability set_availability keep_draft",
    "admin": "manage_accounts see_accounts manage_phones keep_draft",
}


@pytest.mark.parametrize("role", list(Role))
def test_each_role_holds_exactly_this(role: Role) -> None:
    assert {str(p) for p in GRANTS[role]} == {"keep_own_sign_in", *EXPECTED[role].split()}


@pytest.mark.parametrize("role", list(Role))
def test_whatever_is_not_granted_is_refused(role: Role) -> None:
    actor = Actor("id", role, "name")
    for permission in Permission:
        if permission in GRANTS[role]:
            require(actor, permission)
        else:
            with pytest.raises(NotPermitted):
                require(actor, permission)


def test_those_who_keep_the_accounts_read_no_record_and_those_who_read_keep_no_accounts() -> None:
    assert GRANTS[Role.ADMIN].isdisjoint({Permission.READ_NOTE, Permission.READ_CASE, Permission.SEE_QUEUE})
    assert {role for role in Role if Permission.MANAGE_ACCOUNTS in GRANTS[role]} == {Role.ADMIN}


def test_a_worker_never_reads_a_case_or_anothers_note() -> None:
    for role in (Role.WORKER, Role.SENIOR):
        assert GRANTS[role].isdisjoint({Permission.READ_NOTE, Permission.READ_CASE, Permission.SEE_QUEUE})


def test_restricted_files_are_for_leads_managers_and_the_nominated() -> None:
    assert {Role.LEAD, Role.DEPUTY, Role.MANAGER, Role.NOMINATED} == SEES_RESTRICTED


def test_what_goes_past_the_managers_is_for_the_nominated_alone() -> None:
    assert {Role.NOMINATED} == SEES_RESERVED
    assert {role for role in Role if Permission.ANSWER_SPEAKING_UP in GRANTS[role]} == {Role.NOMINATED}


def test_roles_are_found_by_every_permission_named() -> None:
    assert roles_with(Permission.REVIEW_SHARING) == {"lead", "deputy", "manager", "nominated"}
    assert roles_with(Permission.REVIEW_SHARING, Permission.CLOSE_CASE) == {"lead", "deputy", "manager", "nominated"}
    assert roles_with() == {str(r) for r in Role}
