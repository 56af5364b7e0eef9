"""Every service function for every role and for nobody: allowed exactly as the grants say, and every refusal recorded.

Generated from the register that the guards fill, so that a new service is in the test as soon as it is written.
"""

import importlib
import pkgutil
from dataclasses import MISSING, fields
from datetime import timedelta
from enum import StrEnum
from typing import Any, get_type_hints

import pytest
from sqlmodel import select

import sgapp.services
from sgapp.domain.errors import NotFound, NotPermitted, SgappError
from sgapp.domain.permissions import GRANTS, Actor, Permission, Role
from sgapp.integrations.tables import Table
from sgapp.services import devices, investigations, referrals
from sgapp.services.composing import LetterDraft
from sgapp.services.guard import REGISTER, Intention
from sgapp.services.house import NOBODY
from sgapp.services.tables import KEEPS
from sgapp.store.tables import AuditEventRow, KeptRow
from tests.people import PASSWORD, START, Cast, Handset

for _module in pkgutil.walk_packages(sgapp.services.__path__, "sgapp.services."):
    importlib.import_module(_module.name)

NOW = START + timedelta(hours=1)
UNKNOWN = "00000000-0000-4000-8000-000000000000"
GUARDED = sorted(name for name, guarded in REGISTER.items() if guarded.permission is not None)
#: What the queries want after house, actor and time. One that wants something and is not listed fails here.
ARGUMENTS: dict[str, tuple[object, ...]] = {
    "case_view": (UNKNOWN,), "note_view": (UNKNOWN,), "compose_view": (UNKNOWN,), "referral_view": (UNKNOWN,),
    "kept_view": (UNKNOWN,), "own_words": (UNKNOWN,), "save_draft": ("form", {"why": "x"}), "load_draft": ("form",),
    "masked_case": (UNKNOWN,), "matter_view": (UNKNOWN,), "ask_for_passkey": (PASSWORD,),
    "score_view": (UNKNOWN,), "register_table": ("cqc",), "sac_table": ("2020",),
    "learning_view": (UNKNOWN,), "minutes_view": (UNKNOWN,),
    "round_note": (UNKNOWN,),
    "evidence_asked": (UNKNOWN,),
    "plan_view": (UNKNOWN,), "contact_view": (UNKNOWN,), "agreed_words": (UNKNOWN,), "card_by_reference": ("P-0",),
    "record_view": (UNKNOWN,), "certificate": ("1",),
    **{f"try_{kind}": (Table((), ()), {}, print) for kind in KEEPS},
    "drop_draft": ("form",), "approved_pdf": (UNKNOWN,), "draft_letter": (LetterDraft(UNKNOWN),),
}


def _form(intention: Intention[Any]) -> Any:
    """A form with an unknown id wherever something must be filled in."""
    hints = get_type_hints(intention.form)

    def value(name: str) -> object:
        hint = hints[name]
        return next(iter(hint)) if isinstance(hint, type) and issubclass(hint, StrEnum) else UNKNOWN

    return intention.form(**{f.name: value(f.name) for f in fields(intention.form) if f.default is MISSING})


def _call(cast: Cast, name: str, actor: Actor) -> None:
    guarded = REGISTER[name]
    if isinstance(guarded.function, Intention):
        guarded.function(cast.house, actor, _form(guarded.function), now=NOW)
    else:
        guarded.function(cast.house, actor, NOW, *ARGUMENTS.get(name, ()))


def _refusals(cast: Cast, actor: Actor, name: str) -> int:
    with cast.house.begin(cast.alun, NOW) as uow:
        found = uow.session.exec(select(AuditEventRow).where(
            AuditEventRow.actor_id == actor.account_id, AuditEventRow.action == f"refused:{name}",
            AuditEventRow.outcome == "refused"))
        return len(found.all())


def _actors(cast: Cast) -> list[Actor]:
    one_each = {a.role: a for a in cast.actors.values() if a.username != "farid"}
    assert set(one_each) == set(Role)
    return [*one_each.values(), NOBODY]


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)  # grants are the same on either database
@pytest.mark.parametrize("name", GUARDED)
def test_a_service_admits_exactly_the_roles_that_hold_its_permission(cast: Cast, name: str) -> None:
    permission = REGISTER[name].permission
    for actor in _actors(cast):
        holds = actor is not NOBODY and permission in GRANTS[actor.role]
        try:
            _call(cast, name, actor)
            admitted = True
        except NotPermitted:
            admitted = False
        except SgappError:
            admitted = True  # it was let in, and the unknown id or the empty form was refused inside
        assert admitted is holds, (name, actor.role)
        assert holds or _refusals(cast, actor, name) == 1, (name, actor.role, "refused without a trace")


def test_there_is_something_to_walk() -> None:
    """The register is not empty because an import failed, and both kinds are in it."""
    assert {REGISTER[name].kind for name in GUARDED} == {"intention", "query"}
    assert len(GUARDED) >= 30


def test_every_permission_is_asked_for_by_some_service() -> None:
    assert {g.permission for g in REGISTER.values() if g.permission} == set(Permission)


def test_nobody_holds_no_permission() -> None:
    assert not any(NOBODY.may(permission) for permission in Permission)


def test_every_public_service_says_why() -> None:
    for guarded in REGISTER.values():
        assert guarded.permission is not None or len(guarded.reason) > 20, guarded.name


#: Views of one record, asked for by its id alone.
BY_ID = sorted(set(ARGUMENTS) & {"case_view", "note_view", "compose_view", "referral_view", "kept_view", "matter_view"})


@pytest.mark.parametrize("name", BY_ID)
def test_a_wrong_id_and_a_forbidden_one_raise_the_same(cast: Cast, name: str) -> None:
    """Somebody asks for an id that nobody has, and for one that exists in another branch, or under a list without her."""
    existing = {"case_view": cast.opened_case, "compose_view": cast.opened_case, "note_view": cast.writes,
                "referral_view": lambda: _emergency(cast), "kept_view": lambda: _kept(cast),
                "matter_view": lambda: _matter(cast)}[name]()
    raised, asking = [], cast.hugh if name == "matter_view" else cast.farid
    for record_id in (UNKNOWN, existing):
        with pytest.raises(NotFound) as refused:
            REGISTER[name].function(cast.house, asking, NOW, record_id)
        raised.append((type(refused.value), str(refused.value).replace(record_id, "ID")))
    assert raised[0] == raised[1]


def _kept(cast: Cast) -> str:
    """An upload from a phone that was switched off."""
    phone = Handset(cast, "carla")
    devices.revoke_device(cast.house, cast.lena, devices.RevokeDevice(phone.id), now=START)
    phone.delivers(at=NOW)
    with cast.house.begin(cast.lena, NOW) as uow:
        return uow.session.exec(select(KeptRow.id)).one()


def _matter(cast: Cast) -> str:
    form = investigations.OpenInvestigation(cast.opened_case(), cast.carla.account_id)
    return investigations.open_investigation(cast.house, cast.maud, form, now=NOW).id


def _emergency(cast: Cast) -> str:
    form = referrals.SendEmergency(cast.opened_case(), "POL999", "Police", "telephone", "He is hurt.")
    return referrals.send_emergency(cast.house, cast.joy, form, now=NOW).id
