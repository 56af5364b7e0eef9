"""What a page's websocket sends to whoever a file is about: the same frames, of the same length, as for what never was."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from sgapp.services.intake import IntakeKey, seal_note
from sgapp.ui.pages.case.state import CaseState
from sgapp.ui.pages.note.state import NoteState
from sgapp.ui.pages.referral.state import ReferralState
from tests.people import START, note_payload
from tests.security.test_walk import Socket, opened
from tests.serving import PASSWORD, Server, otp


@contextmanager
def _client(server: Server, username: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, headers={"X-Requested-With": "sgapp"}, timeout=20) as client:
        answer = client.post("/api/session", json={"username": username, "password": PASSWORD,
                                                   "otp": otp(server.url, username)})
        assert answer.status_code == 200, answer.text
        yield client


@pytest.fixture(scope="module")
def hidden(server: Server) -> dict[str, str]:
    """A note that names the deputy, and its case, made through the doors by a worker and the lead."""
    with _client(server, "worker.a") as worker, _client(server, "lead") as lead:
        key = worker.get("/api/intake/key").json()
        person = worker.get("/api/people/mine").json()["people"][0]["id"]
        payload = note_payload(person, "", START, staff_involved="yes", staff_names="Devan Rao")
        envelope = seal_note(IntakeKey(key["key_id"], key["public_key"], key["suite"], key["organisation"]), str(payload["id"]),
                             payload)
        sent = worker.post("/api/observations", json={"id": envelope.id, "key_id": envelope.key_id, "sealed": envelope.sealed})
        assert sent.status_code == 201, sent.text

        def does(intent: str, **form: Any) -> dict[str, Any]:
            answer = lead.post(f"/api/intents/{intent}", json={**form, "intent_id": str(uuid.uuid4())})
            assert answer.status_code == 200, answer.text
            return answer.json()

        does("acknowledge-note", note_id=envelope.id)
        made = does("open-case", note_id=envelope.id, types=["physical"])
    return {"note": envelope.id, "case": made["id"]}


def _frames(socket: Socket, state: Any, page: str, record_id: str) -> list[str]:
    """Everything that comes back when a page is asked for a record, without the id that was asked for."""
    name = state.get_full_name()
    handler = next(h for h in state.event_handlers if h.startswith("load_"))
    where = {"pathname": page, "asPath": f"{page}?id={record_id}", "query": {"id": record_id}}
    socket.ws.send("42/_event," + json.dumps(["event", {"name": f"{name}.{handler}", "payload": {}, "router_data": where}]))
    found = []
    for delta in socket.deltas_until(name):
        delta.pop("reflex___state____state", None)  # the address of the page, as the client itself gave it
        found.append(json.dumps(delta, sort_keys=True).replace(record_id, "ASKED"))
    return [frame for frame in found if frame != "{}"]


@pytest.mark.parametrize(("state", "page", "which"), [
    (CaseState, "/case", "case"), (NoteState, "/note", "note"), (ReferralState, "/referral", "case")])
def test_hidden_and_never_send_the_same_frames(
        server: Server, hidden: dict[str, str], state: Any, page: str, which: str) -> None:
    with _client(server, "deputy") as client, opened(server, client) as socket:
        socket.until_hydrated()
        _frames(socket, state, page, str(uuid.uuid4()))  # the first of a kind also says that the page has loaded
        there = [_frames(socket, state, page, hidden[which]) for _ in range(5)]
        nowhere = [_frames(socket, state, page, str(uuid.uuid4())) for _ in range(5)]
    assert there == nowhere


def test_the_same_frames_tell_the_lead(server: Server, hidden: dict[str, str]) -> None:
    """The control: for somebody on the list the page does fill."""
    with _client(server, "lead") as client, opened(server, client) as socket:
        socket.until_hydrated()
        _frames(socket, CaseState, "/case", str(uuid.uuid4()))
        assert _frames(socket, CaseState, "/case", hidden["case"]) != _frames(socket, CaseState, "/case", str(uuid.uuid4()))
