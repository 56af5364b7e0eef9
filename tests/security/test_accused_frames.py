"""What a page's websocket sends to whoever a file is about: the same frames, of the same length, as for what never was.

Every page that is asked for something by its id, with the id of everything that hangs on the file, of the right kind and of
every wrong one. The normalisation is listed: the id that was asked for, and the page's address as the client itself gave it.
"""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import select

from sgapp.domain.permissions import Actor, Role
from sgapp.services import composing, contacts, investigations, safety_plans, sharing, triage
from sgapp.services.house import SYSTEM, House, now
from sgapp.services.intake import Envelope, intake_key, receive, seal_note
from sgapp.services.views.composing import compose_view
from sgapp.settings import Settings
from sgapp.store import accounts
from sgapp.store.tables import (
    CaseRow,
    ContactRow,
    DecisionRow,
    InvestigationRow,
    ObservationRow,
    PersonRow,
    ReferralRow,
    SafetyPlanRow,
)
from sgapp.ui.pages.case.state import CaseState
from sgapp.ui.pages.contact.state import ContactState
from sgapp.ui.pages.kept.state import KeptPageState
from sgapp.ui.pages.matter.state import MatterState
from sgapp.ui.pages.note.state import NoteState
from sgapp.ui.pages.plan.state import PlanState
from sgapp.ui.pages.record.state import RecordState
from sgapp.ui.pages.refer.state import ReferState
from sgapp.ui.pages.referral.state import ReferralState
from sgapp.ui.pages.score.state import ScoreState
from sgapp.ui.session import SessionState
from tests.people import in_office_hours, note_payload
from tests.security.test_walk import ACCOUNTS, Socket, opened, our_handlers
from tests.services.story import sharing_form
from tests.serving import PASSWORD, Server, otp

ROOT = "reflex___state____state"
#: The handler by which each page is asked, and the page.
PAGES: dict[str, tuple[Any, str]] = {
    "/case": (CaseState, "load_case"), "/note": (NoteState, "load_note"), "/referral": (ReferralState, "load_referral"),
    "/refer": (ReferState, "load_offers"), "/plan": (PlanState, "load_plan"), "/contact": (ContactState, "load_contact"),
    "/matter": (MatterState, "load_matter"), "/record": (RecordState, "load_record"), "/score": (ScoreState, "load_score"),
    "/kept": (KeptPageState, "load_kept")}


@contextmanager
def _client(server: Server, username: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, headers={"X-Requested-With": "sgapp"}, timeout=20) as client:
        answer = client.post("/api/session", json={"username": username, "password": PASSWORD,
                                                   "otp": otp(server.url, username)})
        assert answer.status_code == 200, answer.text
        yield client


@pytest.fixture(scope="module")
def hidden(server: Server) -> dict[str, str]:
    """A note that names the deputy, its case and one of each that hangs on it, made on the server's database by others."""
    house, at = House(Settings(data=server.data, keys=Path(server.env["SGAPP_KEYS"]))), in_office_hours(now())
    house.prepare()

    def person(username: str) -> Actor:
        with house.begin(SYSTEM, at) as uow:
            found = accounts.by_username(uow, username)
        assert found is not None
        return found.as_actor()

    worker, manager, noel = person("worker.a"), person("manager"), person("nominated")
    with house.begin(SYSTEM, at) as uow:
        adult = uow.session.exec(select(PersonRow.id)).first()
    payload = note_payload(adult, "", at, staff_involved="yes", staff_names="Devan Rao")
    key = intake_key(house, now=at)
    sealed = seal_note(key, str(payload["id"]), payload)
    receive(house, worker, Envelope(sealed.id, sealed.key_id, sealed.sealed), now=at)
    triage.acknowledge_note(house, noel, triage.AcknowledgeNote(sealed.id), now=at)
    case_id = triage.open_case(house, noel, triage.OpenCase(sealed.id, (), ("physical",)), now=at).id
    decided = sharing.record_sharing_decision(house, manager, sharing_form(case_id, must_not_know="Devan Rao"), now=at)
    sharing.review_sharing_decision(house, noel, sharing.ReviewSharingDecision(decided.id, "yes"), now=at)
    said = [o.source for g in compose_view(house, manager, at, case_id).groups for o in g.offers if ":said:" in o.source]
    composing.prepare_referral(house, manager, composing.PrepareReferral(
        case_id, "LA_ASC", "Duty team", "secure_email", "To protect.", "Advice.",
        tuple(f"{s}=own_words" for s in said)), now=at)
    safety_plans.write_safety_plan(house, manager, safety_plans.WriteSafetyPlan(
        case_id, channels=("SAFE_CALL",), number="07700 900117", trusted="Her sister", feared="Devan Rao",
        review_on=at.date() + timedelta(days=30), agreement="agreed", workers_may_view="no"), now=at)
    contacts.plan_contact(house, manager, contacts.PlanContact(
        case_id, "call", "adult", at + timedelta(hours=2), "To ask", "", anyway="Agreed with her."), now=at)
    investigations.open_investigation(house, manager, investigations.OpenInvestigation(
        case_id, person("deputy").account_id), now=at)
    found = {"note": sealed.id, "case": case_id}
    with house.begin(SYSTEM, at) as uow:
        for name, table in (("decision", DecisionRow), ("referral", ReferralRow), ("plan", SafetyPlanRow),
                            ("contact", ContactRow)):
            found[name] = uow.session.exec(select(table.id).where(table.case_id == case_id)).one()
        found["matter"] = uow.session.exec(select(InvestigationRow.id).where(
            InvestigationRow.concerns_case == case_id)).one()
        found["reference of the note"] = uow.session.get_one(ObservationRow, sealed.id).reference
        found["reference of the case"] = uow.session.get_one(CaseRow, case_id).reference
    return found


def _frames(socket: Socket, page: str, record_id: str) -> list[str]:
    """Everything that comes back when a page is asked for a record, in its order, without what the client itself gave."""
    state, handler = PAGES[page]
    return [f.replace(record_id, "ASKED") for f in _frames_of(socket, f"{state.get_full_name()}.{handler}", page, record_id)]


def _frames_of(socket: Socket, handler: str, page: str, record_id: str) -> list[str]:
    where = {"pathname": page, "asPath": f"{page}?id={record_id}", "query": {"id": record_id}}
    session = SessionState.get_full_name()
    for name in (handler, f"{session}.load_session"):
        socket.ws.send("42/_event," + json.dumps(["event", {"name": name, "payload": {}, "router_data": where}]))
    found = []
    for delta in socket.deltas_until(session):
        delta.pop(ROOT, None)
        found.append(json.dumps(delta, sort_keys=True))
    return [frame for frame in found if frame != "{}"]


def _never(like: str) -> str:
    """What was never given to anything, of the same shape."""
    return str(uuid.uuid4()) if len(like) == 36 else like[:-6] + "AAAA" + like[-2:]


@pytest.mark.parametrize("page", PAGES)
def test_hidden_and_never_send_the_same_frames(server: Server, hidden: dict[str, str], page: str) -> None:
    told = []
    with _client(server, "deputy") as client, opened(server, client) as socket:
        socket.until_hydrated()
        _frames(socket, page, str(uuid.uuid4()))  # the first of a kind also says that the page has loaded
        for kind, record_id in hidden.items():
            there, nowhere = _frames(socket, page, record_id), _frames(socket, page, _never(record_id))
            if there != nowhere:
                told.append((kind, there, nowhere))
    assert told == []


#: Which page shows which kind of id to whoever may know of it.
SHOWN = {"/case": "case", "/note": "note", "/referral": "referral", "/refer": "case", "/plan": "case", "/contact": "contact",
         "/matter": "matter"}


@pytest.mark.parametrize("page", SHOWN)
def test_the_same_frames_tell_whoever_may_know(server: Server, hidden: dict[str, str], page: str) -> None:
    """The control: for somebody on the list the page does fill."""
    with _client(server, "manager") as client, opened(server, client) as socket:
        socket.until_hydrated()
        _frames(socket, page, str(uuid.uuid4()))
        assert _frames(socket, page, hidden[SHOWN[page]]) != _frames(socket, page, str(uuid.uuid4()))


#: Whose page may send anything of it: those on its list. The deputy is named in it; the rest have no part in it.
KNOW_OF_IT = frozenset({Role.LEAD, Role.MANAGER, Role.NOMINATED})


@pytest.mark.long
@pytest.mark.parametrize("role", ACCOUNTS)
def test_no_handler_of_any_page_sends_anything_of_it_to_a_role_that_has_no_part_in_it(
        server: Server, hidden: dict[str, str], role: Role) -> None:
    """Every handler, called with the ids in the address of its page; what comes back is searched for every id and reference."""
    told: set[str] = set()
    with _client(server, ACCOUNTS[role]) as client, opened(server, client) as socket:
        socket.until_hydrated()
        for state, name in our_handlers():
            if state == "SessionState" or "watch_" in name:
                continue
            for kind in ("note", "case", "referral", "contact", "matter"):
                for frame in _frames_of(socket, name, "/x", hidden[kind]):
                    told |= {name for one in hidden.values() if one in frame}
    assert bool(told) is (role in KNOW_OF_IT), sorted(told)
