"""A phone's credential: it delivers its owner's notes without a session, and opens no other door."""

import base64
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlmodel import select

from sgapp.domain.errors import Invalid, NotFound, NotPermitted, SignedOut
from sgapp.domain.permissions import Actor
from sgapp.services import devices, intake, sessions, staff
from sgapp.services.audit import verify_audit
from sgapp.services.house import NOBODY
from sgapp.services.own_notes import own_notes
from sgapp.services.views.phones import phones_view
from sgapp.store.tables import DeviceRow, EnvelopeRow, ObservationRow
from tests.people import PASSWORD, START, Cast, Handset, code, note_payload

LATER = START + timedelta(hours=3)


def _sealed(cast: Cast) -> intake.Envelope:
    return cast.sealed(note_payload(cast.people["dennis"], "dennis", START))


def _token(cast: Cast, who: str) -> str:
    found = sessions.sign_in(cast.house, who, PASSWORD, address="here", now=START,
                             code=code(cast.house, who, START))
    assert found is not None
    return found.token


def _author_of(cast: Cast, note_id: str) -> str:
    with cast.house.begin(cast.lena, LATER) as uow:
        return uow.session.get_one(ObservationRow, note_id).author_id


def test_a_signed_note_needs_no_session_and_is_its_owners(cast: Cast) -> None:
    note_id = Handset(cast, "carla").delivers(at=LATER)
    assert _author_of(cast, note_id) == cast.carla.account_id
    assert [n.id for n in own_notes(cast.house, cast.carla, LATER)] == [note_id]


def test_a_signed_note_stays_its_owners_whoever_is_signed_in_by_then(cast: Cast) -> None:
    phone = Handset(cast, "carla")
    envelope = phone.signs(_sealed(cast))
    intake.receive(cast.house, cast.amina, envelope, now=LATER)
    assert _author_of(cast, envelope.id) == cast.carla.account_id


@pytest.mark.parametrize("how", ["another id", "another ciphertext", "another phone", "nonsense", "no base64", "unknown phone"])
def test_without_a_session_a_bad_signature_opens_nothing(cast: Cast, how: str) -> None:
    phone, envelope = Handset(cast, "carla"), _sealed(cast)
    signed = phone.signs(envelope)
    match how:
        case "another id":
            signed = replace(signed, id=_sealed(cast).id)
        case "another ciphertext":
            signed = replace(signed, sealed=_sealed(cast).sealed)
        case "another phone":
            signed = replace(signed, device=Handset(cast, "amina").id)
        case "nonsense":
            signed = replace(signed, signature=base64.b64encode(bytes(64)).decode())
        case "no base64":
            signed = replace(signed, signature="?" * 80)
        case "unknown phone":
            signed = replace(signed, device="00000000-0000-4000-8000-000000000000")
    with pytest.raises(SignedOut):
        intake.receive(cast.house, None, signed, now=LATER)
    with cast.house.begin(cast.lena, LATER) as uow:
        assert uow.session.exec(select(EnvelopeRow)).all() == []


def test_a_signature_in_its_other_usual_form_counts_too(cast: Cast) -> None:
    phone, envelope = Handset(cast, "carla"), _sealed(cast)
    text = devices.signed_text(envelope.id, base64.b64decode(envelope.sealed))
    der = phone.key.sign(text, ec.ECDSA(hashes.SHA256()))
    signed = replace(envelope, device=phone.id, signature=base64.b64encode(der).decode())
    assert intake.receive(cast.house, None, signed, now=LATER)[2]


def test_the_last_use_of_a_phone_is_kept(cast: Cast) -> None:
    phone = Handset(cast, "carla")
    [before] = devices.own_devices(cast.house, cast.carla, LATER)
    assert before.last_used_at is None
    phone.delivers(at=LATER)
    assert devices.own_devices(cast.house, cast.carla, LATER)[0].last_used_at == LATER


def test_a_public_key_may_come_in_its_long_form(cast: Cast) -> None:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    long = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    form = devices.EnrolDevice("Phone", base64.b64encode(long).decode())
    devices.enrol_device(cast.house, cast.amina, form, now=START)
    with cast.house.begin(cast.lena, START) as uow:
        assert len(uow.session.exec(select(DeviceRow)).one().public_key) == 65


@pytest.mark.parametrize("key", [
    "", "????", base64.b64encode(b"\x04" + bytes(64)).decode(), base64.b64encode(b"x" * 91).decode()])
def test_what_is_no_key_on_our_curve_is_refused_beside_its_field(cast: Cast, key: str) -> None:
    with pytest.raises(Invalid) as refused:
        devices.enrol_device(cast.house, cast.amina, devices.EnrolDevice("Phone", key), now=START)
    assert [e.field for e in refused.value.errors] == ["public_key"]


def test_a_key_of_another_curve_is_refused(cast: Cast) -> None:
    other = ec.generate_private_key(ec.SECP384R1()).public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(Invalid):
        devices.enrol_device(cast.house, cast.amina, devices.EnrolDevice("P", base64.b64encode(other).decode()), now=START)


def test_nobody_collects_phones_without_end(cast: Cast) -> None:
    for _ in range(devices.MAX_PER_ACCOUNT):
        last = Handset(cast, "carla")
    with pytest.raises(Invalid, match="already"):
        Handset(cast, "carla")
    devices.revoke_own_device(cast.house, cast.carla, devices.RevokeDevice(last.id), now=START)
    Handset(cast, "carla")


def test_a_worker_switches_off_her_own_phone_and_no_other(cast: Cast) -> None:
    phone = Handset(cast, "carla")
    with pytest.raises(NotFound):
        devices.revoke_own_device(cast.house, cast.amina, devices.RevokeDevice(phone.id), now=START)
    devices.revoke_own_device(cast.house, cast.carla, devices.RevokeDevice(phone.id), now=LATER)
    assert devices.own_devices(cast.house, cast.carla, LATER)[0].revoked_at == LATER


@pytest.mark.parametrize("who", ["carla", "lena"])
def test_switching_a_phone_off_ends_its_owners_sessions_so_that_it_cannot_enrol_itself_anew(cast: Cast, who: str) -> None:
    phone = Handset(cast, "carla")
    token = _token(cast, "carla")
    switch_off = devices.revoke_own_device if who == "carla" else devices.revoke_device
    switch_off(cast.house, cast.actors[who], devices.RevokeDevice(phone.id), now=START)
    assert sessions.actor_for(cast.house, token, now=START) is None


def test_whoever_switches_her_own_phone_off_stays_signed_in_where_she_does_it(cast: Cast) -> None:
    phone = Handset(cast, "carla")
    token = _token(cast, "carla")
    here = sessions.actor_for(cast.house, token, now=START)
    assert here is not None
    devices.revoke_own_device(cast.house, here, devices.RevokeDevice(phone.id), now=START)
    assert sessions.actor_for(cast.house, token, now=START) == here


def test_switching_off_twice_keeps_the_first_time(cast: Cast) -> None:
    phone = Handset(cast, "carla")
    for at in (START, LATER):
        devices.revoke_device(cast.house, cast.lena, devices.RevokeDevice(phone.id), now=at)
    assert devices.own_devices(cast.house, cast.carla, LATER)[0].revoked_at == START


def test_whoever_looks_after_phones_sees_those_of_her_branch_with_their_last_use(cast: Cast) -> None:
    Handset(cast, "carla").delivers(at=LATER)
    [line] = phones_view(cast.house, cast.lena, LATER).phones
    assert (line.owner, line.name, line.last_used) == ("Carla Denny", "Android, Chrome", "5 Oct 2026, 13:40")
    assert phones_view(cast.house, cast.farid, LATER).phones == ()


def test_the_lead_of_another_branch_switches_nothing_off_here(cast: Cast) -> None:
    phone = Handset(cast, "carla")
    with pytest.raises(NotFound):
        devices.revoke_device(cast.house, cast.farid, devices.RevokeDevice(phone.id), now=LATER)


def test_the_owner_that_a_signature_names_may_hand_in_and_no_more(cast: Cast) -> None:
    """Even the phone of a lead delivers as a worker would."""
    phone, envelope = Handset(cast, "lena"), _sealed(cast)
    signed = phone.signs(envelope)
    with cast.house.reading(NOBODY, LATER) as look:
        sender = devices.sender(look, phone.id, envelope.id, base64.b64decode(envelope.sealed), signed.signature)
    assert isinstance(sender, Actor)
    assert sender.role == "worker"
    with pytest.raises(NotPermitted):
        phones_view(cast.house, sender, LATER)


def test_enrolling_using_and_switching_off_are_on_a_sound_chain(cast: Cast) -> None:
    phone = Handset(cast, "carla")
    phone.delivers(at=LATER)
    devices.revoke_device(cast.house, cast.maud, devices.RevokeDevice(phone.id), now=LATER)
    staff.disable_account(cast.house, cast.alun, staff.DisableAccount("carla"), now=LATER)
    phone.delivers(at=LATER)
    assert verify_audit(cast.house, now=LATER).sound
