"""Notes, own notes, people and drafts over HTTP."""

import base64
from dataclasses import asdict
from datetime import datetime
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sgapp.services import devices, reach
from sgapp.services.house import now
from sgapp.services.intake import MAX_SEALED_BYTES, Envelope
from tests.api.conftest import Phone, SignIn
from tests.people import START, Cast, note_payload


def _envelope(cast: Cast, **content: object) -> dict[str, str]:
    return asdict(cast.sealed(note_payload(cast.people["dennis"], "", START, **content)))


def test_the_phone_gets_what_it_needs_to_seal_without_signing_in(phone: Phone) -> None:
    key = phone().get("/api/intake/key").json()
    assert (len(base64.b64decode(key["public_key"])), key["suite"][:12]) == (65, "DHKEM(P-256,")
    assert phone().get("/api/intake/key").json() == key


def test_a_note_is_created_once_and_answered_alike_ever_after(as_: SignIn, cast: Cast) -> None:
    client, envelope = as_("amina"), _envelope(cast)
    first, again = (client.post("/api/observations", json=envelope) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["received_at"].endswith(("Z", "+00:00"))


def test_a_device_and_signature_of_a_later_version_do_no_harm(as_: SignIn, cast: Cast) -> None:
    assert as_("amina").post("/api/observations", json={**_envelope(cast), "device": "d", "signature": "s"}).status_code == 201


def test_an_id_in_capitals_is_the_same_note(as_: SignIn, cast: Cast) -> None:
    client, envelope = as_("amina"), _envelope(cast)
    assert client.post("/api/observations", json=envelope).status_code == 201
    assert client.post("/api/observations", json={**envelope, "id": envelope["id"].upper()}).status_code == 200


def test_the_same_id_with_other_bytes_is_a_conflict(as_: SignIn, cast: Cast) -> None:
    client, envelope = as_("amina"), _envelope(cast)
    client.post("/api/observations", json=envelope)
    other = {**_envelope(cast), "id": envelope["id"]}
    assert client.post("/api/observations", json=other).status_code == 409


def test_what_cannot_be_opened_is_answered_as_created(as_: SignIn, cast: Cast) -> None:
    envelope = Envelope(str(uuid4()), "gone", base64.b64encode(b"x" * 300).decode())
    answer = as_("amina").post("/api/observations", json=asdict(envelope))
    assert answer.status_code == 201
    assert set(answer.json()) == {"reference", "received_at"}


@pytest.mark.parametrize(("length", "status"), [(MAX_SEALED_BYTES, 201), (MAX_SEALED_BYTES + 3, 413), (900_000, 413)])
def test_a_sealed_note_has_a_size_beyond_which_it_is_too_large(as_: SignIn, cast: Cast, length: int, status: int) -> None:
    sealed = base64.b64encode(b"x" * length).decode()[:1_000_000]
    body = {"id": str(uuid4()), "key_id": "gone", "sealed": sealed}
    assert as_("amina").post("/api/observations", json=body).status_code == status


@pytest.mark.parametrize("body", [{}, {"id": "x", "key_id": "k", "sealed": "AAAA"}, {"id": 1, "key_id": 2, "sealed": 3}])
def test_a_malformed_envelope_is_a_field_to_mend(as_: SignIn, body: dict[str, object]) -> None:
    answer = as_("amina").post("/api/observations", json=body)
    assert answer.status_code == 422
    assert {e["field"] for e in answer.json()["errors"]} <= {"id", "key_id", "sealed"}


def test_own_notes_hold_reference_and_state_and_no_more(as_: SignIn, cast: Cast) -> None:
    note_id = cast.writes("amina")
    [own] = as_("amina").get("/api/observations/mine").json()["notes"]
    assert own == {"id": note_id, "reference": own["reference"], "state": "delivered", "delivered_at": "2026-10-05T09:40:00Z",
                   "seen_at": None, "in_hand_at": None}
    assert as_("carla").get("/api/observations/mine").json() == {"notes": []}


def test_a_phone_learns_of_those_she_visits_by_initials_and_reference_and_of_nobody_else(as_: SignIn, cast: Cast) -> None:
    people = as_("amina").get("/api/people/mine").json()["people"]
    assert people == [{"id": cast.people["dennis"], "label": "D.M. · P-104"}]
    assert as_("carla").get("/api/people/mine").json() == {
        "people": [], "on_call": "01632 960 012", "on_call_until": None, "always": "01632 960 012"}


def test_a_phone_is_told_the_number_of_whoever_is_on_call_and_nothing_else_of_her(as_: SignIn, cast: Cast) -> None:
    reach.set_reach(cast.house, cast.joy, reach.SetReach(phone="07700 900123", rung="yes", email="joy@example.org"), now=now())
    found = as_("amina").get("/api/people/mine")
    assert (found.json()["on_call"], found.json()["always"]) == ("07700 900123", "01632 960 012")
    assert datetime.fromisoformat(found.json()["on_call_until"]) > now()
    for hers in ("Joy", "Okafor", "joy", cast.joy.account_id):
        assert hers not in found.text


def test_her_own_note_can_be_read_again_on_the_same_shift(as_: SignIn, cast: Cast) -> None:
    note_id = cast.writes("amina", at=now())
    words = as_("amina").get(f"/api/observations/mine/{note_id}").json()
    assert "Kevin took the bank card" in {line["label"]: line["text"] for line in words["lines"]}["Saw"]
    assert as_("carla").get(f"/api/observations/mine/{note_id}").status_code == 404
    assert as_("lena").get(f"/api/observations/mine/{note_id}").status_code == 404


FORM = "/api/drafts/record-sharing-decision%3A0b0f7a52-4a3c-4c58-9d0e-52d1b1a1f3aa"


def test_a_draft_comes_back_as_it_was_typed_until_it_is_dropped(as_: SignIn) -> None:
    client, fields = as_("lena"), {"why": "Zoë’s “card”\n£20", "override_reasons": ["court_order"], "agrees": None}
    assert client.get(FORM).status_code == 204
    assert client.put(FORM, json={"fields": {"why": "first"}}).status_code == 204
    assert client.put(FORM, json={"fields": fields}).status_code == 204
    assert client.get(FORM).json() == {"fields": fields}
    assert client.delete(FORM).status_code == 204
    assert client.get(FORM).status_code == 204


def test_a_draft_outlives_the_session_it_was_typed_in(as_: SignIn) -> None:
    first = as_("lena")
    first.put(FORM, json={"fields": {"why": "typed"}})
    first.delete("/api/session")
    assert as_("lena").get(FORM).json() == {"fields": {"why": "typed"}}


def test_nobody_reaches_anothers_draft(as_: SignIn) -> None:
    as_("lena").put(FORM, json={"fields": {"why": "hers"}})
    other = as_("maud")
    assert other.get(FORM).status_code == 204
    other.delete(FORM)
    assert as_("lena").get(FORM).json() == {"fields": {"why": "hers"}}


@pytest.mark.parametrize(("path", "fields"), [
    (f"/api/drafts/{'k' * 121}", {}), ("/api/drafts/a%00b", {}), (FORM, {"why": "x" * 200_001})])
def test_a_draft_that_no_form_could_make_is_refused(as_: SignIn, path: str, fields: dict[str, str]) -> None:
    assert as_("lena").put(path, json={"fields": fields}).status_code == 422


@pytest.mark.parametrize("name", ["a\0b", "x" * 301])
def test_a_user_name_that_cannot_be_one_is_refused_and_breaks_nothing(phone: Phone, name: str) -> None:
    assert phone().post("/api/session", json={"username": name, "password": "p"}).status_code == 422


def test_a_phone_enrols_delivers_without_a_session_and_is_switched_off(as_: SignIn, phone: Phone, cast: Cast) -> None:
    client = as_("amina")
    key = ec.generate_private_key(ec.SECP256R1())
    point = key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    enrolled = client.post("/api/devices", json={"name": "Phone", "public_key": base64.b64encode(point).decode()})
    assert enrolled.status_code == 201
    device = enrolled.json()["device"]
    envelope = cast.sealed(note_payload(cast.people["dennis"], "dennis", START))
    text = devices.signed_text(envelope.id, base64.b64decode(envelope.sealed))
    signature = base64.b64encode(key.sign(text, ec.ECDSA(hashes.SHA256()))).decode()
    body = {"id": envelope.id, "key_id": envelope.key_id, "sealed": envelope.sealed, "device": device, "signature": signature}
    unsigned = {name: body[name] for name in ("id", "key_id", "sealed")}
    assert phone().post("/api/observations", json=unsigned).status_code == 401
    assert phone().post("/api/observations", json=body).status_code == 201
    assert phone().post("/api/observations", json=body).status_code == 200
    [listed] = client.get("/api/devices").json()["devices"]
    assert (listed["id"], listed["name"], listed["revoked_at"]) == (device, "Phone", None)
    assert listed["last_used_at"]
    assert client.delete(f"/api/devices/{device}").status_code == 204
    assert client.get("/api/devices").json()["devices"][0]["revoked_at"]
