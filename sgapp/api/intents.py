"""Every intention of the desk has one address, made from the register of services: POST /api/intents/{name}."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import MISSING, fields
from datetime import date, datetime
from typing import Annotated, Any, TypeVar, get_type_hints
from uuid import UUID

from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, BeforeValidator, StringConstraints, create_model

from sgapp.api.door import Changes, ItsPage, Plain, SignedIn, TheHouse
from sgapp.domain.permissions import Permission
from sgapp.domain.time import from_london
from sgapp.services import (
    availability,
    cards,
    cases,
    checklists,
    clock_rules,
    composing,
    contacts,
    devices,
    directory,
    evidence,
    investigations,
    kept,
    learning,
    messages,
    minutes,
    partner,
    passkeys,
    reach,
    referrals,
    retention,
    rota,
    safety_plans,
    sampling,
    sealing_keys,
    second_factor,
    sharing,
    speaking_up,
    staff,
    triage,
    tries,
    who_may_know,
)
from sgapp.services.guard import REGISTER, Intention
from sgapp.services.house import now

router = APIRouter(prefix="/api/intents", dependencies=[ItsPage])

#: Imported so that their intentions stand in the register before the routes are made.
SERVICES = (availability, cards, cases, checklists, clock_rules, composing, contacts, devices, directory, evidence,
            investigations, kept, learning, messages, minutes, partner, passkeys, reach, referrals, retention, rota,
            safety_plans, sampling, sealing_keys, second_factor, sharing, speaking_up, staff, triage, who_may_know)
#: Not sent by forms: notes come sealed through /api/observations, phones enrol themselves at /api/devices,
#: tables at /api/tables.
NOT_HERE = frozenset({"make-recovery-codes", "reset-alone", "look-at-card", "deliver-note", "enrol-device",
                      "revoke-own-device",
                      "import-people", "import-staff", "import-visits"})


class Answer(BaseModel):
    ok: bool
    id: str
    message: str
    next: str


def _or_none(value: object) -> object:
    return None if value == "" else value


def _from_form(value: datetime | None) -> datetime | None:
    """A form's date and time is England's; an aware one is taken as it is."""
    return _near(from_london(value) if value is not None and value.tzinfo is None else value)


#: Nothing here is planned further ahead: a later year is a slip of the finger, and what waits for it would wait for ever.
YEARS_AHEAD = 10
D = TypeVar("D", bound=date | None)


def _near(value: D) -> D:
    if value is not None and value.year > now().year + YEARS_AHEAD:
        raise ValueError(f"This is more than {YEARS_AHEAD} years ahead. Look at the year.")
    return value


_TEXT = Annotated[str, StringConstraints(max_length=20_000), Plain]


def _field_type(hint: Any) -> Any:
    if hint is str:
        return _TEXT
    if hint == datetime | None:
        return Annotated[hint, BeforeValidator(_or_none), AfterValidator(_from_form)]
    if hint == date | None:
        return Annotated[hint, BeforeValidator(_or_none), AfterValidator(_near)]
    if hint == tuple[str, ...]:
        return tuple[_TEXT, ...]
    return Annotated[hint, BeforeValidator(_or_none)] if type(None) in getattr(hint, "__args__", ()) else hint


def _model(intention: Intention[Any]) -> type[BaseModel]:
    hints = get_type_hints(intention.form)
    given: dict[str, Any] = {
        f.name: (_field_type(hints[f.name]), ... if f.default is MISSING else f.default) for f in fields(intention.form)}
    return create_model(intention.form.__name__, intent_id=(UUID, ...), **given)


def _endpoint(intention: Intention[Any], model: type[BaseModel]) -> Callable[..., Answer]:
    proves = intention.permission is Permission.KEEP_OWN_SIGN_IN and "password" in intention.form.__dataclass_fields__

    def carry_out(form: BaseModel, actor: SignedIn, house: TheHouse) -> Answer:
        values = {f.name: getattr(form, f.name) for f in fields(intention.form)}
        intent_id = str(getattr(form, "intent_id", ""))
        with tries.own_password(house, actor) if proves else nullcontext():
            done = intention(house, actor, intention.form(**values), now=now(), intent_id=intent_id)
        return Answer(ok=True, id=done.id, message=done.message, next=done.next)

    carry_out.__annotations__["form"] = model
    carry_out.__doc__ = intention.work.__doc__
    return carry_out


for _guarded in list(REGISTER.values()):
    if isinstance(_guarded.function, Intention) and _guarded.name not in NOT_HERE:
        router.add_api_route(f"/{_guarded.name}", _endpoint(_guarded.function, _model(_guarded.function)),
                             methods=["POST"], dependencies=[Changes], name=_guarded.name,
                             operation_id=_guarded.name.replace("-", "_"))
