"""Intake: exactly once, never refused for what it says, and what the author may know of her own notes."""

import base64
import hashlib
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import update
from sqlmodel import select

from sgapp.domain.audit import AuditEvent
from sgapp.domain.errors import Conflict, Invalid, NotFound
from sgapp.domain.kept import Because
from sgapp.domain.observation import Answer, Mark, Observation
from sgapp.domain.permissions import Role
from sgapp.domain.reference import note_reference
from sgapp.services import cases, intake, kept, triage
from sgapp.services.audit import verify_audit
from sgapp.services.house import SYSTEM
from sgapp.services.intake import Envelope
from sgapp.services.note_schema import AS_BEFORE
from sgapp.services.own_notes import SHIFT, own_notes, own_words
from sgapp.services.views.note import MarkView, note_view
from sgapp.services.views.queue import queue
from sgapp.store import accounts, standing
from sgapp.store.accounts import Account
from sgapp.store.tables import (
    AuditEventRow,
    DataKeyRow,
    EnvelopeConflictRow,
    EnvelopeRow,
    KeptRow,
    ObservationRow,
    PersonRow,
    SealingKeyRow,
)
from sgapp.store.unit_of_work import Repository
from tests.people import START, Cast, note_payload
from tests.statements import said_to

LATER = START + timedelta(minutes=9)


def _payload(cast: Cast, about: str = "dennis", **content: object) -> dict[str, object]:
    return note_payload(cast.people.get(about), about, START, **content)


def _rows(cast: Cast, table: type) -> list:
    with cast.house.begin(cast.lena, START) as uow:
        return list(uow.session.exec(select(table)))


def _stored(cast: Cast, note_id: str) -> Observation:
    """The note, whoever may see it."""
    with cast.house.begin(cast.noel, START) as uow:
        return Repository(uow, Observation).opened(uow.session.get_one(ObservationRow, note_id))


def test_the_same_bytes_again_get_the_same_answer_and_make_nothing_new(cast: Cast) -> None:
    envelope = cast.sealed(_payload(cast))
    first = intake.receive(cast.house, cast.amina, envelope, now=START)
    again = intake.receive(cast.house, cast.amina, envelope, now=LATER)
    assert first[:2] == again[:2]
    assert (first[2], again[2]) == (True, False)
    assert len(_rows(cast, ObservationRow)) == 1


@pytest.mark.parametrize("damaged", [b"", b"no key of ours"])
def test_a_note_whose_key_was_damaged_is_kept_for_a_look(cast: Cast, damaged: bytes) -> None:
    envelope = cast.sealed(_payload(cast))
    with cast.house.engine.begin() as connection:
        connection.execute(update(SealingKeyRow).values(sealed_private_key=damaged))
    standing.forget(cast.house.ring)
    assert intake.receive(cast.house, cast.amina, envelope, now=START)[2]
    [row] = _rows(cast, EnvelopeRow)
    assert (row.quarantined_because, _rows(cast, ObservationRow)) == (str(Because.UNREADABLE), [])


def _damage_the_key_of(cast: Cast, about: str) -> None:
    with cast.house.begin(SYSTEM, START) as uow:
        key_id = uow.session.get_one(PersonRow, cast.people[about]).key_id
        uow.session.connection().execute(update(DataKeyRow).where(DataKeyRow.id == key_id).values(wrapped=b"\0" * 60))
    cast.house.ring.forget()


def test_a_note_about_an_adult_whose_key_was_damaged_is_kept_for_a_look_and_taken_in_once_it_was_mended(cast: Cast) -> None:
    with cast.house.begin(SYSTEM, START) as uow:
        row = uow.session.get_one(DataKeyRow, uow.session.get_one(PersonRow, cast.people["dennis"]).key_id)
        key_id, wrapped = row.id, row.wrapped
    _damage_the_key_of(cast, "dennis")
    note_id = cast.writes()
    [envelope] = _rows(cast, EnvelopeRow)
    assert (envelope.quarantined_because, _rows(cast, ObservationRow)) == (str(Because.UNREADABLE), [])
    [upload] = _rows(cast, KeptRow)
    take_in = kept.TakeInKept(upload.id)
    with pytest.raises(Invalid, match="still cannot be opened"):
        kept.take_in_kept(cast.house, cast.lena, take_in, now=LATER)
    with cast.house.engine.begin() as connection:
        connection.execute(update(DataKeyRow).where(DataKeyRow.id == key_id).values(wrapped=wrapped))
    kept.take_in_kept(cast.house, cast.lena, take_in, now=LATER)
    assert _stored(cast, note_id).person_id == cast.people["dennis"]


def test_speaking_up_about_an_adult_whose_key_was_damaged_goes_past_the_managers_all_the_same(cast: Cast) -> None:
    _damage_the_key_of(cast, "dennis")
    note_id = cast.writes(route="speak_up")
    note = _stored(cast, note_id)
    assert (note.reserved, note.person_id, note.content.person_text) == (True, None, cast.people["dennis"])
    assert _rows(cast, KeptRow) == []


def test_a_plain_note_takes_at_most_sixteen_statements_however_many_work_here(cast: Cast) -> None:
    def statements() -> int:
        envelope = cast.sealed(_payload(cast))
        with said_to(cast.house.engine) as found:
            intake.receive(cast.house, cast.amina, envelope, now=START)
        return len(found)

    few = [statements() for _ in range(2)][-1]  # the first of a process also opens keys, and looks who works here
    with cast.house.begin(SYSTEM, START) as uow:
        for n in range(20):
            accounts.add(uow, Account(f"more-{n}", f"more.{n}", Role.WORKER, f"Mora Nummer{n}", "", "main", disabled=False))
    assert [statements() for _ in range(2)][-1] == few
    assert 0 < few <= 16


def test_other_bytes_under_the_same_id_are_a_conflict_and_both_are_kept(cast: Cast) -> None:
    payload = _payload(cast)
    one, other = cast.sealed(payload), cast.sealed(payload | {"seen": "Something else."})
    intake.receive(cast.house, cast.amina, one, now=START)
    with pytest.raises(Conflict):
        intake.receive(cast.house, cast.amina, other, now=LATER)
    [kept] = _rows(cast, EnvelopeConflictRow)
    assert kept.kept == base64.b64decode(other.sealed)
    assert "Kevin took" in _stored(cast, one.id).content.seen


def test_a_repeated_conflict_is_kept_once_and_raises_an_alarm_in_the_queue(cast: Cast) -> None:
    payload = _payload(cast)
    intake.receive(cast.house, cast.amina, cast.sealed(payload), now=START)
    other = cast.sealed(payload)
    for _ in range(2):
        with pytest.raises(Conflict):
            intake.receive(cast.house, cast.amina, other, now=LATER)
    assert len(_rows(cast, EnvelopeConflictRow)) == 1
    assert queue(cast.house, cast.lena, LATER).quarantined == 1


def test_after_success_only_the_digest_of_the_upload_stays(cast: Cast) -> None:
    envelope = cast.sealed(_payload(cast))
    intake.receive(cast.house, cast.amina, envelope, now=START)
    [row] = _rows(cast, EnvelopeRow)
    assert row.kept is None
    assert row.sha256 == hashlib.sha256(base64.b64decode(envelope.sealed)).hexdigest()


def _unopenable(cast: Cast, how: str) -> Envelope:
    good = cast.sealed(_payload(cast))
    raw = bytearray(base64.b64decode(good.sealed))
    match how:
        case "unknown key":
            return replace(good, key_id=str(uuid.uuid4()))
        case "sealed for another id":
            return replace(good, id=str(uuid.uuid4()))
        case "one bit turned":
            raw[-1] ^= 1
            return replace(good, sealed=base64.b64encode(raw).decode())
        case "no point on the curve":
            return replace(good, sealed=base64.b64encode(b"\x04" + bytes(120)).decode())
        case "garbage":
            return replace(good, sealed=base64.b64encode(b"g" * 200).decode())
        case "another schema":
            return cast.sealed(_payload(cast) | {"schema": 2})
        case "a time no calendar has":
            return cast.sealed(_payload(cast) | {"captured_at": "0001-01-01T00:00:00+14:00"})
        case "another id inside":
            return intake.seal_note(intake.intake_key(cast.house, now=START), str(uuid.uuid4()), _payload(cast))
    raise AssertionError(how)


@pytest.mark.parametrize("how", ["unknown key", "sealed for another id", "one bit turned", "no point on the curve", "garbage",
                                 "another schema", "a time no calendar has", "another id inside"])
def test_what_cannot_be_opened_is_answered_as_delivered_kept_and_alarmed(cast: Cast, how: str) -> None:
    envelope = _unopenable(cast, how)
    reference, _, fresh = intake.receive(cast.house, cast.amina, envelope, now=START)
    assert (reference[:3], fresh) == ("VN-", True)
    [row] = _rows(cast, EnvelopeRow)
    assert row.kept == base64.b64decode(envelope.sealed)
    assert queue(cast.house, cast.lena, LATER).quarantined == 1
    assert _rows(cast, ObservationRow) == []


MARK = {"site": "forearm", "side": "left", "view": "back", "x": 0.236, "y": 0.292, "length_cm": 3, "colours": ["purple"],
        "skin_broken": "no", "words": "I knocked it.", "said_by": "Dennis"}


def test_a_mark_on_the_skin_arrives_as_it_was_sealed(cast: Cast) -> None:
    content = _stored(cast, cast.writes(marks=[MARK])).content
    assert content.marks == (Mark("forearm", "left", "back", 0.236, 0.292, length_cm=3, colours=("purple",),
                                  skin_broken=Answer.NO, words="I knocked it.", said_by="Dennis"),)


def test_a_note_of_an_older_phone_without_marks_has_none(cast: Cast) -> None:
    assert _stored(cast, cast.writes()).content.marks == ()


def test_a_site_that_no_list_holds_is_kept_as_it_came(cast: Cast) -> None:
    [mark] = _stored(cast, cast.writes(marks=[MARK | {"site": "scalp", "from_a_newer_phone": 1}])).content.marks
    assert mark.site == "scalp"


@pytest.mark.parametrize("wrong", [{"x": 1.2}, {"y": -0.1}, {"length_cm": 0}, {"width_cm": 251}, {"skin_broken": "perhaps"},
                                   {"site": "a" * 61}, {"words": "a" * 2_001}, {"colours": ["red"] * 21}],
                         ids=lambda wrong: next(iter(wrong)))
def test_a_malformed_mark_keeps_the_note_for_a_look_and_loses_nothing(cast: Cast, wrong: dict[str, object]) -> None:
    envelope = cast.sealed(_payload(cast, marks=[MARK | wrong]))
    intake.receive(cast.house, cast.amina, envelope, now=START)
    [row] = _rows(cast, EnvelopeRow)
    assert (row.quarantined_because, row.kept) == ("incomplete", base64.b64decode(envelope.sealed))


def test_more_marks_than_anybody_would_put_down_keep_the_note_for_a_look(cast: Cast) -> None:
    intake.receive(cast.house, cast.amina, cast.sealed(_payload(cast, marks=[MARK] * 41)), now=START)
    assert [row.quarantined_because for row in _rows(cast, EnvelopeRow)] == ["incomplete"]


def test_the_lead_reads_each_mark_in_words_beside_its_place_on_the_figure(cast: Cast) -> None:
    [shown] = note_view(cast.house, cast.lena, START, cast.writes(marks=[MARK])).marks
    assert shown == MarkView("Left forearm, back: 3 cm long, purple; skin not broken. Said by Dennis: “I knocked it.”",
                             "back", 0.236, 0.292)


def test_a_quarantined_upload_repeated_gets_the_same_answer(cast: Cast) -> None:
    envelope = _unopenable(cast, "garbage")
    first = intake.receive(cast.house, cast.amina, envelope, now=START)
    assert intake.receive(cast.house, cast.amina, envelope, now=LATER) == (*first[:2], False)


def test_the_author_of_what_cannot_be_opened_is_asked_to_ring_and_sees_the_others_as_they_stand(cast: Cast) -> None:
    intake.receive(cast.house, cast.amina, _unopenable(cast, "garbage"), now=LATER)
    cast.writes("amina", "iris", at=START)
    quarantined, opened = own_notes(cast.house, cast.amina, LATER)
    assert (quarantined.state, quarantined.delivered_at) == ("please_ring", LATER)
    assert (opened.state, opened.delivered_at) == ("delivered", START)
    assert own_notes(cast.house, cast.carla, LATER) == ()


def test_the_alarm_of_one_branch_does_not_ring_in_another(cast: Cast) -> None:
    intake.receive(cast.house, cast.amina, _unopenable(cast, "garbage"), now=START)
    assert queue(cast.house, cast.farid, LATER).quarantined == 0
    assert queue(cast.house, cast.noel, LATER).quarantined == 1  # he sees every branch


@pytest.mark.parametrize(("field", "value"), [
    ("id", "not a uuid"), ("id", "{2e2ad4d0-7f0c-4d6b-8a51-6b8b9f3ce0aa}"), ("sealed", "%%%"), ("sealed", "AAAA"),
    ("key_id", ""), ("key_id", "k" * 65), ("key_id", "nul\0"), ("key_id", "two words")])
def test_a_malformed_envelope_is_refused_beside_its_field(cast: Cast, field: str, value: str) -> None:
    envelope = replace(cast.sealed(_payload(cast)), **{field: value})
    with pytest.raises(Invalid) as refused:
        intake.receive(cast.house, cast.amina, envelope, now=START)
    assert [e.field for e in refused.value.errors] == [field]
    assert _rows(cast, EnvelopeRow) == []


def test_twenty_phones_posting_one_envelope_at_once_make_one_note(cast: Cast) -> None:
    envelope = cast.sealed(_payload(cast))
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: intake.receive(cast.house, cast.amina, envelope, now=START), range(20)))
    assert len({a[:2] for a in answers}) == 1
    assert [a[2] for a in answers].count(True) == 1
    assert len(_rows(cast, ObservationRow)) == 1
    result = verify_audit(cast.house, now=LATER)
    assert result.sound, result.first_bad


def test_a_correction_is_appended_and_the_first_note_stays_word_for_word(cast: Cast) -> None:
    first = cast.writes("amina", "dennis")
    before = _stored(cast, first)
    second = cast.writes("amina", "nobody in the list", at=LATER, corrects=first, seen="It was his left coat pocket.")
    assert _stored(cast, first) == before
    assert (_stored(cast, second).corrects_id, _stored(cast, second).person_id) == (first, cast.people["dennis"])
    [line] = note_view(cast.house, cast.lena, LATER, first).corrections
    assert "left coat pocket" in line.text


def test_an_addition_stands_in_the_queue_under_the_name_that_the_first_note_gave_and_says_what_it_adds_to(cast: Cast) -> None:
    first = cast.writes(about="the new lady at number 3")
    second = cast.writes(about=AS_BEFORE, at=LATER, corrects=first)
    row = next(row for row in queue(cast.house, cast.lena, LATER).rows if row.subject_id == second)
    assert row.title == "the new lady at number 3"
    assert f" · adds to {note_reference(first)} · " in row.detail


def test_an_addition_says_on_its_own_page_what_it_adds_to_and_that_somebody_is_in_danger_where_it_does(cast: Cast) -> None:
    first = cast.writes()
    lines = [{line.label: line.text for line in note_view(cast.house, cast.lena, LATER, cast.writes(
        at=LATER, corrects=first, danger_now=danger)).lines} for danger in ("yes", "not_answered")]
    assert [found["Adds to"] for found in lines] == [note_reference(first)] * 2
    assert ("Danger now" in lines[0], "Danger now" in lines[1]) == (True, False)


def test_what_may_be_danger_now_is_marked_in_the_queue_until_it_is_decided(cast: Cast) -> None:
    in_danger, other = cast.writes(danger_now="yes"), cast.writes()
    assert {row.subject_id: row.danger for row in queue(cast.house, cast.lena, LATER).rows} == {in_danger: True, other: False}
    triage.acknowledge_note(cast.house, cast.lena, triage.AcknowledgeNote(in_danger), now=LATER)
    case_id = triage.open_case(cast.house, cast.lena, triage.OpenCase(in_danger, (), ("physical",)), now=LATER).id
    assert [row.danger for row in queue(cast.house, cast.lena, LATER).rows if case_id in row.key] == [True]
    cases.triage_case(cast.house, cast.lena, cases.TriageCase(case_id, "refer", "She is hurt."), now=LATER)
    assert [row.danger for row in queue(cast.house, cast.lena, LATER).rows if case_id in row.key] == [False]


def test_a_note_of_danger_says_so_on_its_page_until_it_is_in_a_case(cast: Cast) -> None:
    in_danger, other = cast.writes(danger_now="yes"), cast.writes()

    def says(note_id: str) -> bool:
        return note_view(cast.house, cast.lena, LATER, note_id).danger

    found = [says(other), says(in_danger)]
    triage.acknowledge_note(cast.house, cast.lena, triage.AcknowledgeNote(in_danger), now=LATER)
    found.append(says(in_danger))
    triage.open_case(cast.house, cast.lena, triage.OpenCase(in_danger, (), ("physical",)), now=LATER)
    assert [*found, says(in_danger)] == [False, True, True, False]


def test_where_a_colleague_may_be_involved_the_page_begins_with_protecting_the_adult_until_there_is_a_case(cast: Cast) -> None:
    about, other = cast.writes(staff_involved="not_sure"), cast.writes(staff_involved="no")

    def says(note_id: str) -> bool:
        return note_view(cast.house, cast.lena, LATER, note_id).protect

    found = [says(other), says(about)]
    triage.acknowledge_note(cast.house, cast.lena, triage.AcknowledgeNote(about), now=LATER)
    triage.open_case(cast.house, cast.lena, triage.OpenCase(about, (), ("physical",)), now=LATER)
    assert [*found, says(about)] == [False, True, False]


def test_a_correction_that_names_somebody_elses_note_becomes_a_note_of_its_own(cast: Cast) -> None:
    carlas = cast.writes("carla", "dennis")
    note_id = cast.writes("amina", "iris", corrects=carlas)
    assert _stored(cast, note_id).corrects_id is None
    assert note_view(cast.house, cast.lena, LATER, carlas).corrections == ()


@pytest.mark.parametrize("corrects", ["no uuid", "nul\0", "5b0c3f0e-6f0a-4f5e-9d6e-0c2f6a1d7e11"])
def test_a_correction_of_nothing_is_still_a_note(cast: Cast, corrects: str) -> None:
    assert _stored(cast, cast.writes("amina", "dennis", corrects=corrects)).corrects_id is None


@pytest.mark.parametrize("person", ["no uuid", "nul\0", "5b0c3f0e-6f0a-4f5e-9d6e-0c2f6a1d7e11"])
def test_an_adult_that_is_not_on_the_list_is_kept_as_written_for_matching(cast: Cast, person: str) -> None:
    note_id = cast.writes("amina", "dennis", person={"id": person})
    note = _stored(cast, note_id)
    assert (note.person_id, note.content.person_text) == (None, person)


def test_a_note_naming_an_adult_of_another_branch_can_still_be_read_by_her_own_lead(cast: Cast) -> None:
    note_id = cast.writes("farid", "dennis")  # his phone cannot offer Dennis, who lives in the main branch
    assert note_view(cast.house, cast.farid, LATER, note_id).step == "acknowledge"
    assert _stored(cast, note_id).person_id is None


def test_the_author_sees_each_step_and_nothing_more(cast: Cast) -> None:
    note_id = cast.writes("amina", "dennis")

    def state() -> str:
        [own] = own_notes(cast.house, cast.amina, LATER)
        return own.state

    seen = [state()]
    triage.acknowledge_note(cast.house, cast.lena, triage.AcknowledgeNote(note_id), now=LATER)
    seen.append(state())
    triage.ask_for_more(cast.house, cast.lena, triage.AskForMore(note_id, "Which card?"), now=LATER)
    seen.append(state())
    triage.more_received(cast.house, cast.lena, triage.MoreReceived(note_id), now=LATER)
    seen.append(state())
    form = triage.OpenCase(note_id, (), ("financial_material",))
    triage.open_case(cast.house, cast.lena, form, now=LATER)
    seen.append(state())
    assert seen == ["delivered", "seen", "please_ring", "seen", "in_hand"]


def test_the_queue_alarm_counts_nothing_when_all_was_read(cast: Cast) -> None:
    cast.writes("amina", "dennis")
    assert queue(cast.house, cast.lena, LATER).quarantined == 0


def test_her_own_words_are_hers_for_the_shift_and_each_look_is_recorded(cast: Cast) -> None:
    note_id = cast.writes("amina", staff_involved="yes", staff_names="Amina Yusuf")
    last = START + SHIFT
    assert "Kevin took" in own_words(cast.house, cast.amina, last, note_id).content.seen
    with cast.house.begin(cast.lena, last) as uow:
        actions = uow.session.exec(select(AuditEventRow.action).where(AuditEventRow.subject_id == note_id)).all()
    assert "own-note-read" in actions
    for actor, when in ((cast.amina, last + timedelta(seconds=1)), (cast.carla, START), (cast.lena, START)):
        with pytest.raises(NotFound):
            own_words(cast.house, actor, when, note_id)


_IN_NO_FORM = {
    "deep": b"[" * 100_000,
    "before-all-time": b'{"id": "%s", "card_looks": [{"code": "x", "at": "0001-01-01T00:00:00+23:59"}], "person": "p"}',
    "half-a-character": b'{"id": "%s", "card_looks": [], "person": "a\\ud800b"}',
    "nul": b'{"id": "%s", "card_looks": [], "person": "a\\u0000b"}',
    "speaking-up": b'{"id": "%s", "route": "speak_up", "staff_names": "a\\ud800"}',
}


@pytest.mark.parametrize("plain", _IN_NO_FORM.values(), ids=_IN_NO_FORM)
def test_whatever_a_sealed_message_holds_it_is_kept(cast: Cast, plain: bytes) -> None:
    key, note_id = intake.intake_key(cast.house, now=START), str(uuid.uuid4())
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), base64.b64decode(key.public_key))
    sealed = intake._SUITE.encrypt(plain.replace(b"%s", note_id.encode()), point,
                                   intake.seal_info(key.organisation, key.key_id, note_id))
    envelope = Envelope(note_id, key.key_id, base64.b64encode(sealed).decode())
    assert intake.receive(cast.house, cast.amina, envelope, now=START)[2]
    kept = [row.id for row in _rows(cast, EnvelopeRow) if row.kept is not None]
    assert [*kept, *(row.id for row in _rows(cast, ObservationRow))] == [note_id]  # as it came, or as a note


@pytest.mark.parametrize("house", ["postgresql"], indirect=True)
def test_a_correction_that_meets_the_leads_acknowledgement_waits_for_it_and_is_kept(cast: Cast) -> None:
    """Where several write at a time; what it adds to is taken as the lead left it."""
    first = cast.writes()
    correction = cast.sealed(_payload(cast, corrects=first, staff_involved="yes", staff_names="Carla Denny"))
    waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with ThreadPoolExecutor(1) as pool:
        with cast.house.begin(cast.lena, LATER) as uow:
            uow.save(uow.notes.get(first).acknowledged(at=LATER, by="Lena Hart"),
                     because=AuditEvent("note-acknowledged", "observation", first, detail="delivered>acknowledged"))
            sent = pool.submit(intake.receive, cast.house, cast.amina, correction, now=LATER)
            with cast.house.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as watching:
                while not watching.exec_driver_sql(waits).scalar_one():
                    assert not sent.done()
        assert sent.result(30)[2]
    kept = _stored(cast, first)
    assert kept.acknowledged_at == LATER and kept.restricted
    assert _stored(cast, correction.id).corrects_id == first
