"""Every service that asks for something by an id, for every role, by how the record stands to whoever asks.

Generated from the register that the guards fill; what is expected stands here by hand: `REACH` says whose role reaches a record
as it stands, and `GRANTS` (written by hand once more in tests/domain/test_permissions.py) who may ask at all. Whoever may not
gets, word for word, what she would get for an id that never was; whoever may gets something else.
"""

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass, fields
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args, get_type_hints
from uuid import uuid4

import pytest
from sqlmodel import select

from sgapp.api.app import create_api
from sgapp.api.door import the_house
from sgapp.api.intents import NOT_HERE
from sgapp.domain.errors import SgappError
from sgapp.domain.permissions import GRANTS, Actor, Role, require
from sgapp.services import cases, composing, contacts, investigations, learning, referrals, safety_plans, sharing, triage
from sgapp.services.composing import LetterDraft
from sgapp.services.guard import REGISTER, Intention
from sgapp.services.house import SYSTEM, House, now
from sgapp.services.sessions import sign_in
from sgapp.services.views.composing import compose_view
from sgapp.settings import Settings
from sgapp.store import accounts
from sgapp.store.accounts import Account
from sgapp.store.tables import ActionRow, ContactRow, DecisionRow, InvestigationRow, ReferralRow, SafetyPlanRow
from tests.api.conftest import TestClient
from tests.people import _HASH, PASSWORD, ROLES, START, Cast, code, populate
from tests.services.story import sharing_form
from tests.services.test_permissions import GUARDED

NOW = START + timedelta(hours=1)
NEVER = "00000000-0000-4000-8000-000000000000"
R = Role
_LEAD = frozenset({R.LEAD, R.DEPUTY, R.MANAGER, R.NOMINATED})
_NOBODY = frozenset[Role]()
#: Whose role reaches a record by how it stands to her. By the rota it is Joy's turn on call; a list made in office hours is
#: without her all the same.
REACH = {"open": _LEAD | {R.ON_CALL}, "restricted": _LEAD, "accused": _NOBODY, "another branch": _NOBODY}
#: Where the kind of record, or the way it is shown, narrows or widens that.
_MATTER = frozenset({R.MANAGER, R.NOMINATED})  # the list of the investigation, before anybody was let in
_MASKED = frozenset({R.AUDITOR})
NARROWER: dict[tuple[str, str], frozenset[Role]] = {
    ("matter", "restricted"): _MATTER, ("masked_case", "open"): _MASKED, ("masked_case", "restricted"): _NOBODY,
    **{(name, "open"): _LEAD | _MASKED for name in ("score_view", "score-case", "reaudit-action")},
    # Each was written by somebody here: her own, on her shift.
    ("own_words", "open"): frozenset({R.WORKER}), ("own_words", "restricted"): frozenset({R.SENIOR})}
#: Which kind of record the field of a form, or the argument of a query, asks for.
KIND = {"note_id": "note", "case_id": "case", "referral_id": "referral", "investigation_id": "matter", "contact_id": "contact",
        "plan_id": "plan", "action_id": "action", "decision_id": "decision", "learning_id": "learning"}
QUERIES = {"case_view": "case", "masked_case": "case", "compose_view": "case", "plan_view": "case", "score_view": "case",
           "draft_letter": "case", "note_view": "note", "own_words": "note", "referral_view": "referral",
           "learning_view": "case", "round_note": "learning", "approved_pdf": "referral",
           "matter_view": "matter", "contact_view": "contact", "agreed_words": "plan"}
#: What whoever may reach the record is refused all the same, in the words of a wrong id: because it asks for a second id that
#: this test leaves wrong, or for something that this record is not.
REFUSED_ALL_THE_SAME = frozenset({
    ("add-note-to-case", "case"),  # the note comes first, and is a wrong one
    ("keep-account", "note"),  # this note is no account of a witness
    ("ask-for-account", "matter"),  # of whom is asked first, and it is nobody
    ("record-change", "learning"), ("retest-learning", "learning"),  # what was chosen is looked at first, and it is no choice
    # What was chosen is looked at before the record, and it is no choice.
    *((name, "matter") for name in ("consider-dbs", "decide-outcome", "plan-milestone", "record-candour", "record-clearance",
                                    "set-measure"))})


class _Undone(Exception):
    """Takes back what an intention did, so that the next one finds the world as it was."""


@dataclass(frozen=True)
class World:
    cast: Cast
    #: By how it stands to somebody: her, and the ids by kind.
    stands: dict[str, list[tuple[Actor, dict[str, str]]]]


def _made(cast: Cast, by: Actor, second: Actor, who: str, *, matter: bool, **note: Any) -> dict[str, str]:
    """A note, its case, and one of each that hangs on it."""
    house = cast.house
    note_id = cast.writes(who, "dennis", at=START, said=[{"words": "He took it.", "by": "Dennis", "to": "me"}], **note)
    triage.acknowledge_note(house, by, triage.AcknowledgeNote(note_id), now=START)
    case_id = triage.open_case(house, by, triage.OpenCase(note_id, (), ("physical",)), now=START).id
    decided = sharing.record_sharing_decision(house, by, sharing_form(case_id), now=START)
    sharing.review_sharing_decision(house, second, sharing.ReviewSharingDecision(decided.id, "yes"), now=START)
    said = [o.source for g in compose_view(house, by, START, case_id).groups for o in g.offers if ":said:" in o.source]
    composing.prepare_referral(house, by, composing.PrepareReferral(
        case_id, "LA_ASC", "Duty team", "secure_email", "To protect.", "Advice.",
        tuple(f"{s}=own_words" for s in said)), now=START)
    referrals.add_action(house, by, referrals.AddAction(
        case_id, "Ring the surgery", "Duty team", "", START.date() + timedelta(days=3), "agrees"), now=START)
    safety_plans.write_safety_plan(house, by, safety_plans.WriteSafetyPlan(
        case_id, channels=("SAFE_CALL",), number="07700 900117", trusted="Her sister", feared="Kevin Marlow",
        review_on=START.date() + timedelta(days=30), agreement="agreed", workers_may_view="no"), now=START)
    contacts.plan_contact(house, by, contacts.PlanContact(
        case_id, "call", "adult", START + timedelta(hours=5), "To ask", "", anyway="Agreed with her."), now=START)
    cases.triage_case(house, by, cases.TriageCase(case_id, "refer", "He takes her money."), now=START)
    looked_back = learning.write_debrief(house, by, learning.WriteDebrief(
        case_id, "On the first day.", "A short form.", "A long weekend.", "She was asked.", "Tea."), now=START).id
    learning.write_round_note(house, by, learning.WriteRoundNote(
        looked_back, "Ask the same day", "A form waited.", "It need not.", "It is asked for at once."), now=START)
    if matter:
        investigations.open_investigation(house, second, investigations.OpenInvestigation(
            case_id, about_name="A nurse from an agency"), now=START)
    found = {"note": note_id, "case": case_id, "learning": looked_back}
    with house.begin(SYSTEM, START) as uow:
        for kind, table in (("decision", DecisionRow), ("referral", ReferralRow), ("action", ActionRow),
                            ("plan", SafetyPlanRow), ("contact", ContactRow)):
            found[kind] = uow.session.exec(select(table.id).where(table.case_id == case_id)).first() or ""
        if matter:
            found["matter"] = uow.session.exec(select(InvestigationRow.id).where(
                InvestigationRow.concerns_case == case_id)).one()
    assert all(found.values())
    return found


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder: Path = tmp_path_factory.mktemp("matrix")
    house = House(Settings(data=folder / "data", keys=folder / "keys"))
    house.prepare()
    cast = populate(house)
    one_each = {a.role: a for a in cast.actors.values() if a.username not in ("farid", "carla")}
    assert set(one_each) == set(Role)
    north = _north(cast)
    names = ", ".join(name for user, (_, name) in ROLES.items() if user not in ("maud", "noel", "carla"))
    ordinary = _made(cast, cast.lena, cast.maud, "amina", matter=False)
    restricted = _made(cast, cast.maud, cast.noel, "sana", matter=True, staff_involved="yes", staff_names="Carla Denny")
    most = _made(cast, cast.maud, cast.noel, "carla", matter=True, staff_involved="yes", staff_names=names)
    over = _made(cast, cast.lena, cast.devan, "carla", matter=False, staff_involved="yes",
                 staff_names="Maud Ellery, Noel Quist")
    yield World(cast, {
        "open": [(a, ordinary) for a in one_each.values()],
        "restricted": [(a, restricted) for a in one_each.values()],
        "accused": [(a, over if a.role in (R.MANAGER, R.NOMINATED) else most) for a in one_each.values()],
        "another branch": [(a, ids) for a in north for ids in (ordinary, restricted)]})
    house.engine.dispose()


def _north(cast: Cast) -> list[Actor]:
    """One of each role that has a branch, in another one."""
    made = []
    with cast.house.begin(SYSTEM, START) as uow:
        for role in Role:
            if role not in (R.NOMINATED, R.AUDITOR, R.ADMIN):
                account = Account(str(uuid4()), f"north.{role}", role, f"North {role}", _HASH, "north", False)
                accounts.add(uow, account)
                made.append(account.as_actor())
    return made


def _value(hint: Any) -> Any:
    kinds = get_args(hint) or (hint,)
    if hasattr(kinds[0], "__members__"):
        return next(iter(kinds[0]))
    if datetime in kinds:
        return NOW
    if date in kinds:
        return NOW.date()
    return () if getattr(hint, "__origin__", None) is tuple else False if hint is bool else "x"


def _asks() -> Iterator[tuple[str, str, str]]:
    """Each service with each field by which it asks for something of a case: name, field (none for a query), kind."""
    for name in GUARDED:
        function = REGISTER[name].function
        if isinstance(function, Intention):
            yield from ((name, f.name, KIND[f.name]) for f in fields(function.form) if f.name in KIND)
        elif name in QUERIES:
            yield name, "", QUERIES[name]


def _outcomes(cast: Cast, actor: Actor, name: str, field: str, record_id: str) -> list[tuple[str, str]]:
    """With an empty form and with a full one: some look at what was filled in before they look for the record."""
    return [_outcome(cast, actor, name, field, record_id, full=full) for full in (False, True)]


def _outcome(cast: Cast, actor: Actor, name: str, field: str, record_id: str, *, full: bool) -> tuple[str, str]:
    """What somebody gets: the kind of refusal and its words without the id, or that there was none. Nothing of it stays."""
    guarded = REGISTER[name]
    try:
        if isinstance(guarded.function, Intention):
            form = _form(guarded.function, field, record_id, full=full)
            if not actor.may(guarded.function.permission):
                guarded.function(cast.house, actor, form, now=NOW)
            with contextlib.suppress(_Undone), cast.house.begin(actor, NOW) as uow:
                require(actor, guarded.function.permission)
                guarded.function.work(uow, form)
                raise _Undone
        else:
            guarded.function(cast.house, actor, NOW, LetterDraft(record_id) if name == "draft_letter" else record_id)
    except SgappError as refused:
        return type(refused).__name__, str(refused).replace(record_id, "ID").replace(NEVER, "ID")
    return "done", ""


def _form(intention: Intention[Any], field: str, record_id: str, *, full: bool) -> Any:
    hints = get_type_hints(intention.form)
    values = {f.name: NEVER if f.name.endswith("_id") else _value(hints[f.name]) for f in fields(intention.form)
              if full or f.default is MISSING or f.name == field}
    return intention.form(**{**values, field: record_id})


def _may(name: str, kind: str, standing: str, role: Role) -> bool:
    permission = REGISTER[name].permission
    reach = NARROWER.get((name, standing)) if (name, standing) in NARROWER else NARROWER.get((kind, standing), REACH[standing])
    assert permission is not None and reach is not None
    return permission in GRANTS[role] and role in reach


def _wrong(world: World, standing: str, of: Callable[[Actor, str, str, str], Any]) -> list[tuple[str, ...]]:
    found, never = [], {}
    for name, field, kind in _asks():
        for actor, ids in world.stands[standing]:
            if kind not in ids:
                continue
            if (name, field, actor.account_id) not in never:
                never[name, field, actor.account_id] = of(actor, name, field, NEVER)
            told = of(actor, name, field, ids[kind]) != never[name, field, actor.account_id]
            may = _may(name, kind, standing, actor.role) and (name, kind) not in REFUSED_ALL_THE_SAME
            if told is not may:
                found.append((name, field, str(actor.role), "is told" if told else "is not told"))
    return found


def test_every_field_that_asks_for_something_of_a_case_is_in_the_matrix() -> None:
    """Whatever a form calls the id of a note, case, decision and so on; what is no record of a case is told of elsewhere."""
    elsewhere = {"account_id", "person_id", "question_id", "witness_id", "id", "key_id", "session_id", "browser_id",
                 "hold_id", "entry_id", "about_id", "desk_id", "asked_id", "milestone_id", "factor_id", "tie_id",
                 "measure_id", "device_id", "minutes_id", "message_id", "kept_id", "change_id", "hand_over_id"}
    asked = {f.name for name in GUARDED if isinstance(found := REGISTER[name].function, Intention)
             for f in fields(found.form) if f.name.endswith("_id") or f.name == "id"}
    assert asked - elsewhere == set(KIND)
    assert len(list(_asks())) > 60


@pytest.mark.parametrize("standing", REACH)
def test_whoever_may_not_is_told_what_she_would_be_told_of_what_never_was_and_whoever_may_is_not(
        world: World, standing: str) -> None:
    cast = world.cast
    assert _wrong(world, standing, lambda actor, name, field, i: _outcomes(cast, actor, name, field, i)) == []


@pytest.fixture(scope="module")
def signed_in(world: World) -> Iterator[Callable[[Actor], TestClient]]:
    """A browser for each, in which she has signed in."""
    app, made = create_api(), {}
    app.dependency_overrides[the_house] = lambda: world.cast.house

    def browser(actor: Actor) -> TestClient:
        if actor.account_id not in made:
            found = sign_in(world.cast.house, actor.username, PASSWORD, address="192.0.2.1", now=now(),
                            code=code(world.cast.house, actor.username, now()))
            assert found is not None
            made[actor.account_id] = TestClient(app, raise_server_exceptions=False)
            made[actor.account_id].cookies.set(world.cast.house.settings.session_cookie, found.token)
        return made[actor.account_id]

    yield browser
    for client in made.values():
        client.close()


#: Addresses that are no intention, by the query behind them.
ADDRESSES = {"approved_pdf": ("GET", "/api/referrals/{}/letter.pdf"), "own_words": ("GET", "/api/observations/mine/{}"),
             "draft_letter": ("POST", "/api/letters/preview")}


def _answered(client: TestClient, name: str, field: str, record_id: str) -> tuple[int, list[tuple[str, str]], str]:
    function = REGISTER[name].function
    if isinstance(function, Intention):
        form = _form(function, field, record_id, full=False)
        body = {f.name: getattr(form, f.name) for f in fields(form)}
        answer = client.post(f"/api/intents/{name}", content=json.dumps({**body, "intent_id": str(uuid4())}, default=str),
                             headers={"content-type": "application/json"})
    else:
        method, path = ADDRESSES[name]
        answer = client.request(method, path.format(record_id), json={"case_id": record_id} if method == "POST" else None)
    headers = sorted((k, v) for k, v in answer.headers.items() if k != "date")
    return answer.status_code, headers, answer.text.replace(record_id, "ID").replace(NEVER, "ID")


@pytest.mark.long
@pytest.mark.parametrize("standing", REACH)
def test_over_http_whoever_may_not_gets_the_answer_for_what_never_was_to_the_last_byte(
        world: World, signed_in: Callable[[Actor], TestClient], standing: str) -> None:
    differ, asked = [], 0
    for name, field, kind in _asks():
        if name in NOT_HERE or (not field and name not in ADDRESSES):
            continue  # a view reaches a page by its socket alone: tests/security/test_accused_frames.py
        for actor, ids in world.stands[standing]:
            if kind not in ids or _may(name, kind, standing, actor.role):
                continue
            client, asked = signed_in(actor), asked + 1
            if _answered(client, name, field, ids[kind]) != _answered(client, name, field, NEVER):
                differ.append((name, field, str(actor.role)))
    assert differ == []
    assert asked > 300
