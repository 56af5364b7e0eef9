"""What arrives and cannot simply be read: always a receipt, never refused, in the queue until somebody has looked."""

import base64
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from sgapp.domain.errors import Conflict, IllegalTransition, Invalid, NotFound, NotPermitted
from sgapp.domain.kept import Because
from sgapp.services import devices, intake, kept, sealing_keys, staff
from sgapp.services.audit import verify_audit
from sgapp.services.own_notes import own_notes
from sgapp.services.views.note import note_view
from sgapp.services.views.phones import kept_view, phones_view
from sgapp.services.views.queue import queue
from sgapp.store.tables import AuditEventRow, EnvelopeRow, ObservationRow, SealingKeyRow
from tests.people import START, Cast, Handset, note_payload
from tests.services.test_other_routes import NAMELESS, SPEAKS_UP

NOW = START + timedelta(minutes=20)


def _rolled_over(cast: Cast, now: datetime = START) -> str:
    """Begin a new sealing key. Returns the id of the old one."""
    old = intake.intake_key(cast.house, now=now).key_id
    sealing_keys.retire_sealing_key(cast.house, cast.maud, sealing_keys.RetireSealingKey(old), now=now)
    return old


def _switched_off(cast: Cast) -> None:
    phone = Handset(cast, "carla")
    devices.revoke_device(cast.house, cast.lena, devices.RevokeDevice(phone.id), now=START)
    phone.delivers(at=NOW)


def _author_gone(cast: Cast) -> None:
    phone = Handset(cast, "carla")
    staff.disable_account(cast.house, cast.alun, staff.DisableAccount("carla"), now=START)
    phone.delivers(at=NOW)


def _old_key(cast: Cast) -> None:
    phone = Handset(cast, "carla")
    envelope = phone.signs(cast.sealed(note_payload(cast.people["dennis"], "dennis", START)))
    _rolled_over(cast)
    intake.receive(cast.house, None, envelope, now=NOW)


def _incomplete(cast: Cast) -> None:
    payload = note_payload(cast.people["dennis"], "dennis", START)
    del payload["when_seen"]
    intake.receive(cast.house, None, Handset(cast, "carla").signs(cast.sealed(payload)), now=NOW)


def _unreadable(cast: Cast) -> None:
    key = intake.intake_key(cast.house, now=START).key_id
    envelope = intake.Envelope(str(uuid.uuid4()), key, base64.b64encode(b"\x04" + bytes(200)).decode())
    intake.receive(cast.house, None, Handset(cast, "carla").signs(envelope), now=NOW)


def _other_bytes(cast: Cast) -> None:
    payload = note_payload(cast.people["dennis"], "dennis", START)
    phone = Handset(cast, "carla")
    intake.receive(cast.house, None, phone.signs(cast.sealed(payload)), now=START)
    with pytest.raises(Conflict):
        intake.receive(cast.house, None, phone.signs(cast.sealed(payload | {"seen": "The second one."})), now=NOW)


WAYS: dict[Because, Callable[[Cast], None]] = {
    Because.REVOKED_PHONE: _switched_off, Because.DISABLED_AUTHOR: _author_gone, Because.RETIRED_KEY: _old_key,
    Because.INCOMPLETE: _incomplete, Because.UNREADABLE: _unreadable, Because.OTHER_BYTES: _other_bytes}
OPENS = sorted(set(WAYS) - {Because.UNREADABLE})


def _kept_id(cast: Cast) -> str:
    [row] = [r for r in queue(cast.house, cast.lena, NOW).rows if r.badge == "kept"]
    return row.href.partition("id=")[2]


def _notes(cast: Cast) -> list[ObservationRow]:
    with cast.house.begin(cast.noel, NOW) as uow:
        return list(uow.session.exec(select(ObservationRow)))


def _revoked(cast: Cast, phone: Handset) -> None:
    devices.revoke_device(cast.house, cast.lena, devices.RevokeDevice(phone.id), now=START)


def _disabled(cast: Cast, phone: Handset) -> None:
    staff.disable_account(cast.house, cast.alun, staff.DisableAccount("carla"), now=START)


def _replaced(cast: Cast, phone: Handset) -> None:
    _rolled_over(cast)


@pytest.mark.parametrize("happens", [_revoked, _disabled, _replaced])
@pytest.mark.parametrize("content", [SPEAKS_UP, NAMELESS], ids=["named", "nameless"])
def test_what_goes_past_the_managers_is_kept_past_them_and_without_a_name_where_none_was_given(
        cast: Cast, happens: Callable[[Cast, Handset], None], content: dict[str, Any]) -> None:
    phone = Handset(cast, "carla")
    envelope = phone.signs(cast.sealed(note_payload(None, "", START, **content)))
    happens(cast, phone)
    intake.receive(cast.house, None, envelope, now=NOW)
    with cast.house.begin(cast.noel, NOW) as uow:
        [found] = uow.kept.where()
        [row] = uow.session.exec(select(EnvelopeRow))
        carla = [row.author_id, found.author_id].count(cast.carla.account_id)
        told = [e for e in uow.session.exec(select(AuditEventRow).where(AuditEventRow.subject_id == row.id))
                if e.actor_id == cast.carla.account_id]
    seen = [r for who in (cast.lena, cast.maud) for r in queue(cast.house, who, NOW).rows if r.badge == "kept"]
    nameless = content is NAMELESS
    assert (seen, found.reserved, carla, found.author_name, bool(told)) == (
        [], True, 0 if nameless else 2, "somebody who gave no name" if nameless else "Carla Denny", not nameless)


def test_whoever_wrote_what_cannot_be_opened_is_asked_to_ring_until_somebody_has_dealt_with_it(cast: Cast) -> None:
    _unreadable(cast)

    def stands() -> list[str]:
        return [note.state for note in own_notes(cast.house, cast.carla, NOW)]

    before = stands()
    kept.set_kept_aside(cast.house, cast.lena, kept.SetKeptAside(_kept_id(cast), "She rang and wrote it again."), now=NOW)
    assert (before, stands()) == (["please_ring"], ["delivered"])


def test_there_is_a_way_to_try_each_reason() -> None:
    assert set(WAYS) == set(Because)


@pytest.mark.parametrize("because", sorted(WAYS))
def test_it_stands_in_the_queue_with_an_alarm_and_says_why(cast: Cast, because: Because) -> None:
    WAYS[because](cast)
    found = queue(cast.house, cast.lena, NOW)
    assert found.quarantined == 1
    with cast.house.begin(cast.lena, NOW) as uow:
        assert uow.kept.get(_kept_id(cast)).because is because
    view = kept_view(cast.house, cast.lena, NOW, _kept_id(cast))
    assert (view.author, view.waiting, view.may_take_in) == ("Carla Denny", True, True)
    assert view.why
    assert verify_audit(cast.house, now=NOW).sound


@pytest.mark.parametrize("because", OPENS)
def test_taken_in_it_is_its_writers_note_with_its_own_clock(cast: Cast, because: Because) -> None:
    WAYS[because](cast)
    before = {n.id for n in _notes(cast)}
    done = kept.take_in_kept(cast.house, cast.lena, kept.TakeInKept(_kept_id(cast)), now=NOW)
    [note] = [n for n in _notes(cast) if n.id not in before]
    assert (note.id, note.author_id, note.received_at) == (done.id, cast.carla.account_id, NOW)
    found = queue(cast.house, cast.lena, NOW)
    assert found.quarantined == 0
    assert any(row.href == f"/note?id={note.id}" for row in found.rows)
    assert verify_audit(cast.house, now=NOW).sound


def test_after_that_only_the_digest_of_the_upload_stays(cast: Cast) -> None:
    _old_key(cast)
    kept.take_in_kept(cast.house, cast.lena, kept.TakeInKept(_kept_id(cast)), now=NOW)
    with cast.house.begin(cast.lena, NOW) as uow:
        assert uow.session.exec(select(EnvelopeRow)).one().kept is None


def test_its_writer_sees_one_note_before_and_after(cast: Cast) -> None:
    _switched_off(cast)
    for _ in range(2):
        assert [n.state for n in own_notes(cast.house, cast.carla, NOW)] == ["delivered"]
        if queue(cast.house, cast.lena, NOW).quarantined:
            kept.take_in_kept(cast.house, cast.lena, kept.TakeInKept(_kept_id(cast)), now=NOW)


def test_a_second_note_under_one_number_gets_a_number_of_its_own_and_the_first_stays(cast: Cast) -> None:
    _other_bytes(cast)
    [first] = _notes(cast)
    done = kept.take_in_kept(cast.house, cast.lena, kept.TakeInKept(_kept_id(cast)), now=NOW)
    seen = {n.id: note_view(cast.house, cast.lena, NOW, n.id) for n in _notes(cast)}
    assert done.id != first.id
    assert "Kevin took" in seen[first.id].lines[1].text
    assert seen[done.id].lines[1].text == "The second one."
    assert seen[done.id].reference != seen[first.id].reference


def test_what_did_not_arrive_in_the_usual_form_keeps_its_words_and_is_restricted_in_doubt(cast: Cast) -> None:
    _incomplete(cast)
    done = kept.take_in_kept(cast.house, cast.lena, kept.TakeInKept(_kept_id(cast)), now=NOW)
    view = note_view(cast.house, cast.lena, NOW, done.id)
    assert "Kevin took the bank card" in view.lines[1].text
    assert view.restricted


def test_what_still_cannot_be_opened_stays_kept(cast: Cast) -> None:
    _unreadable(cast)
    with pytest.raises(Invalid, match="still cannot be opened"):
        kept.take_in_kept(cast.house, cast.lena, kept.TakeInKept(_kept_id(cast)), now=NOW)
    assert queue(cast.house, cast.lena, NOW).quarantined == 1


def test_set_aside_it_needs_a_reason_alarms_no_more_and_can_still_be_taken_in(cast: Cast) -> None:
    _switched_off(cast)
    kept_id = _kept_id(cast)
    with pytest.raises(Invalid):
        kept.set_kept_aside(cast.house, cast.lena, kept.SetKeptAside(kept_id, "  "), now=NOW)
    kept.set_kept_aside(cast.house, cast.lena, kept.SetKeptAside(kept_id, "she rang"), now=NOW)
    assert queue(cast.house, cast.lena, NOW).quarantined == 0
    assert kept_view(cast.house, cast.lena, NOW, kept_id).looked.endswith("she rang")
    kept.take_in_kept(cast.house, cast.lena, kept.TakeInKept(kept_id), now=NOW)
    with pytest.raises(IllegalTransition):
        kept.set_kept_aside(cast.house, cast.lena, kept.SetKeptAside(kept_id, "again"), now=NOW)


def test_a_kept_note_that_names_staff_is_hidden_from_them_once_taken_in(cast: Cast) -> None:
    phone = Handset(cast, "carla")
    devices.revoke_device(cast.house, cast.lena, devices.RevokeDevice(phone.id), now=START)
    note_id = phone.delivers(at=NOW, staff_involved="yes", staff_names="Devan Rao")
    kept.take_in_kept(cast.house, cast.devan, kept.TakeInKept(_kept_id(cast)), now=NOW)
    with pytest.raises(NotFound):
        note_view(cast.house, cast.devan, NOW, note_id)
    assert note_view(cast.house, cast.lena, NOW, note_id).restricted


def test_another_branch_learns_of_nothing_kept_here(cast: Cast) -> None:
    _switched_off(cast)
    kept_id = _kept_id(cast)
    assert queue(cast.house, cast.farid, NOW).quarantined == 0
    for reach in (lambda: kept_view(cast.house, cast.farid, NOW, kept_id),
                  lambda: kept.take_in_kept(cast.house, cast.farid, kept.TakeInKept(kept_id), now=NOW)):
        with pytest.raises(NotFound):
            reach()


def test_whoever_is_on_call_sees_the_alarm_and_leaves_the_decision(cast: Cast) -> None:
    _switched_off(cast)
    view = kept_view(cast.house, cast.joy, NOW, _kept_id(cast))
    assert (view.waiting, view.may_take_in) == (True, False)
    with pytest.raises(NotPermitted):
        kept.take_in_kept(cast.house, cast.joy, kept.TakeInKept(_kept_id(cast)), now=NOW)


def test_after_a_roll_over_phones_get_the_new_key_bound_to_the_same_organisation(cast: Cast) -> None:
    before = intake.intake_key(cast.house, now=START)
    _rolled_over(cast)
    after = intake.intake_key(cast.house, now=NOW)
    assert after.key_id != before.key_id
    assert after.organisation == before.organisation
    cast.writes("amina", "dennis", at=NOW)
    assert queue(cast.house, cast.lena, NOW).quarantined == 0


def test_a_provider_may_change_its_name_while_notes_are_on_their_way(cast: Cast) -> None:
    envelope = cast.sealed(note_payload(cast.people["dennis"], "dennis", START))
    cast.house.settings = cast.house.settings.model_copy(update={"organisation": "Another Name Ltd"})
    intake.receive(cast.house, cast.amina, envelope, now=NOW)
    assert queue(cast.house, cast.lena, NOW).quarantined == 0


def test_a_key_in_use_cannot_be_destroyed(cast: Cast) -> None:
    key = intake.intake_key(cast.house, now=START).key_id
    with pytest.raises(Invalid, match="still seal"):
        sealing_keys.destroy_sealing_key(cast.house, cast.maud, sealing_keys.DestroySealingKey(key), now=NOW)


def test_a_key_is_destroyed_only_when_each_silent_phone_is_accepted_by_name(cast: Cast) -> None:
    silent, heard = Handset(cast, "carla", name="Old one"), Handset(cast, "amina", name="Other")
    intake.intake_key(cast.house, now=START)
    old = _rolled_over(cast, START + timedelta(minutes=1))
    heard.delivers(at=START + timedelta(minutes=5))
    with pytest.raises(Invalid, match="Old one") as refused:
        sealing_keys.destroy_sealing_key(cast.house, cast.maud, sealing_keys.DestroySealingKey(old), now=NOW)
    assert "Other" not in str(refused.value)
    [line] = [k for k in phones_view(cast.house, cast.maud, NOW).keys if k.id == old]
    assert [option.value for option in line.silent] == [silent.id]
    form = sealing_keys.DestroySealingKey(old, (silent.id,))
    sealing_keys.destroy_sealing_key(cast.house, cast.maud, form, now=NOW)
    with cast.house.begin(cast.maud, NOW) as uow:
        assert uow.session.get_one(SealingKeyRow, old).sealed_private_key is None
    assert verify_audit(cast.house, now=NOW).sound


def _destroy(cast: Cast, key: str, *accepted: str) -> None:
    sealing_keys.destroy_sealing_key(cast.house, cast.maud, sealing_keys.DestroySealingKey(key, accepted), now=NOW)


def test_a_phone_that_was_switched_off_is_named_too_before_its_key_is_destroyed(cast: Cast) -> None:
    lost = Handset(cast, "carla", name="Lost one")
    intake.intake_key(cast.house, now=START)
    devices.revoke_device(cast.house, cast.lena, devices.RevokeDevice(lost.id), now=START)
    old = _rolled_over(cast, START + timedelta(minutes=1))
    with pytest.raises(Invalid, match="Lost one"):
        _destroy(cast, old)
    [line] = [k for k in phones_view(cast.house, cast.maud, NOW).keys if k.id == old]
    assert [option.label for option in line.silent] == ["Lost one, last used never, switched off"]
    _destroy(cast, old, lost.id)


def test_a_phone_that_still_seals_to_the_old_key_was_not_heard_from(cast: Cast) -> None:
    phone = Handset(cast, "carla", name="Away for long")
    first = phone.signs(cast.sealed(note_payload(cast.people["dennis"], "dennis", START)))
    old = _rolled_over(cast, START + timedelta(minutes=1))
    intake.receive(cast.house, None, first, now=START + timedelta(minutes=5))
    kept.take_in_kept(cast.house, cast.lena, kept.TakeInKept(_kept_id(cast)), now=NOW)
    with pytest.raises(Invalid, match="Away for long"):
        _destroy(cast, old)
    phone.delivers(at=START + timedelta(minutes=10))
    _destroy(cast, old)


def test_a_key_is_not_destroyed_while_a_note_sealed_to_it_waits_to_be_looked_at(cast: Cast) -> None:
    _old_key(cast)
    [old] = [k.id for k in phones_view(cast.house, cast.maud, NOW).keys if k.may_destroy]
    with pytest.raises(Invalid, match="waits to be looked at"):
        sealing_keys.destroy_sealing_key(cast.house, cast.maud, sealing_keys.DestroySealingKey(old), now=NOW)
    kept.take_in_kept(cast.house, cast.lena, kept.TakeInKept(_kept_id(cast)), now=NOW)
    sealing_keys.destroy_sealing_key(cast.house, cast.maud, sealing_keys.DestroySealingKey(old), now=NOW)


def test_a_note_sealed_to_a_destroyed_key_is_answered_and_kept_all_the_same(cast: Cast) -> None:
    phone = Handset(cast, "carla")
    envelope = phone.signs(cast.sealed(note_payload(cast.people["dennis"], "dennis", START)))
    old = _rolled_over(cast, NOW)
    form = sealing_keys.DestroySealingKey(old, (phone.id,))
    sealing_keys.destroy_sealing_key(cast.house, cast.maud, form, now=NOW)
    assert intake.receive(cast.house, None, envelope, now=NOW)[2]
    assert queue(cast.house, cast.lena, NOW).quarantined == 1
