"""Records are kept for their years, held where something holds them, and let go by two people; then nothing of them is left."""

import base64
import json
import uuid
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import inspect, text
from sqlmodel import select

from sgapp.domain.errors import FieldError, Invalid, NotFound, NotPermitted
from sgapp.domain.permissions import Actor
from sgapp.services import intake, investigations, kept, retention
from sgapp.services.audit import verify_audit
from sgapp.services.cases import SayCqc, say_cqc
from sgapp.services.checkpoints import check_daily, tombstones_folder
from sgapp.services.demo_history import MARLOW
from sgapp.services.drafts import put
from sgapp.services.house import SYSTEM, House
from sgapp.services.investigations import AskForAccount
from sgapp.services.retention import (
    NOBODYS,
    AgreeToDisposal,
    AskForDisposal,
    EndCare,
    HoldRecords,
    KeepRecords,
    LiftHold,
    SetKeeping,
    WithdrawDisposal,
)
from sgapp.services.views.case import case_view
from sgapp.services.views.note import note_view
from sgapp.services.views.retention import NobodysView, RecordView, certificate, record_view, records_view
from sgapp.store import disposal
from sgapp.store.disposal import NoTombstone
from sgapp.store.tables import AuditEventRow, DataKeyRow, ObservationRow, TombstoneRow
from tests.people import START, Cast, Handset
from tests.services.story import Story, at
from tests.services.test_scenario_3 import Matter

#: The case of the story closes on 16 November 2026.
TOO_EARLY, DUE = at("2034-11-15T10:00"), at("2034-11-17T10:00")
WHY = "Nothing of it is needed any more."


@pytest.fixture
def story(cast: Cast) -> Story:
    """Dennis's one case is closed, and care has ended since."""
    story = Story(cast).whole()
    ended = EndCare(cast.people["dennis"], date(2026, 11, 16))
    retention.end_care(story.house, cast.maud, ended, now=at("2026-11-16T12:00"))
    return story


def _ask(cast: Cast, person_id: str, *, by: Actor | None = None, now: datetime = DUE) -> None:
    retention.ask_for_disposal(cast.house, by or cast.maud, AskForDisposal(person_id, WHY), now=now)


def _agree(cast: Cast, person_id: str, confirm: str = "P-104", *, by: Actor | None = None, now: datetime = DUE) -> None:
    retention.agree_to_disposal(cast.house, by or cast.noel, AgreeToDisposal(person_id, confirm), now=now)


def _disposed(story: Story) -> None:
    _ask(story.cast, story.cast.people["dennis"])
    _agree(story.cast, story.cast.people["dennis"])


def _seen(cast: Cast, person_id: str, *, by: Actor | None = None, now: datetime = DUE) -> RecordView:
    return record_view(cast.house, by or cast.maud, now, person_id)


def _listed(cast: Cast, now: datetime) -> list[str]:
    return [row.reference for row in records_view(cast.house, cast.maud, now).due]


def test_eight_years_after_the_last_matter_closed_somebody_is_asked_to_look(story: Story) -> None:
    assert "P-104" not in _listed(story.cast, TOO_EARLY)
    assert "P-104" in _listed(story.cast, DUE)


def test_the_years_count_from_the_end_of_care_where_that_came_later(story: Story) -> None:
    dennis = story.cast.people["dennis"]
    retention.end_care(story.house, story.cast.maud, EndCare(dennis, date(2028, 1, 31)), now=at("2028-02-01T10:00"))
    assert "P-104" not in _listed(story.cast, DUE)
    assert "P-104" in _listed(story.cast, at("2036-02-01T10:00"))


def test_while_somebody_visits_nothing_is_due_before_it_is_said_that_care_ended(cast: Cast) -> None:
    Story(cast).whole()
    assert "P-104" not in _listed(cast, DUE)
    assert _seen(cast, cast.people["dennis"]).due.startswith("Somebody visits.")


def test_an_end_of_care_that_is_still_to_come_is_not_taken(story: Story) -> None:
    with pytest.raises(Invalid):
        retention.end_care(story.house, story.cast.maud, EndCare(story.cast.people["dennis"], date(2035, 1, 1)), now=DUE)


def test_nothing_is_due_while_a_note_or_a_case_is_open(cast: Cast) -> None:
    cast.opened_case(about="dennis")
    cast.writes("amina", "ola")
    assert not {"P-104", "P-130"} & set(_listed(cast, at("2060-01-01T10:00")))
    with pytest.raises(Invalid, match="cannot be disposed of now"):
        _ask(cast, cast.people["dennis"], now=at("2060-01-01T10:00"))


def test_other_years_are_set_with_the_policy_they_come_from(story: Story) -> None:
    with pytest.raises(Invalid):
        retention.set_keeping(story.house, story.cast.maud, SetKeeping(1, None, ""), now=DUE)
    retention.set_keeping(story.house, story.cast.maud, SetKeeping(12, None, "Policy 7, 2034"), now=DUE)
    assert "P-104" not in _listed(story.cast, DUE)
    assert "P-104" in _listed(story.cast, at("2038-11-17T10:00"))


@pytest.mark.parametrize(("years", "due"), [(None, False), (30, False), (10, True)])
def test_a_matter_about_staff_is_kept_as_long_as_somebody_said_and_else_for_ever(
        cast: Cast, years: int | None, due: bool) -> None:
    story = Story(cast)
    story.note_id = cast.writes(at=at("2026-10-05T10:40"), **{
        **MARLOW, "when_seen": at("2026-10-05T10:10").isoformat(), "staff_involved": "yes", "staff_names": "Carla Denny"})
    for step in (story.seen, story.opened, story.decided, story.reviewed, story.sent, story.received, story.answered,
                 story.planned, story.done):
        step()
    no = SayCqc(story.case_id, "no", "They were told by telephone, reference N-1.")
    say_cqc(cast.house, cast.lena, no, now=at("2026-11-13T10:00"))
    story.closed()
    retention.end_care(cast.house, cast.noel, EndCare(cast.people["dennis"], date(2026, 11, 16)), now=at("2026-11-17T10:00"))
    retention.set_keeping(cast.house, cast.noel, SetKeeping(8, years, "HR, by letter of 2027"), now=at("2027-01-01T10:00"))
    assert ("P-104" in _listed(cast, at("2036-11-17T10:00"))) is due


def test_the_years_of_a_matter_about_staff_count_from_the_last_step_of_its_investigation(cast: Cast) -> None:
    matter = Matter(cast).noted().protected().decided().sent().opened()
    later = at("2027-03-01T10:00")
    form = AskForAccount(matter.id, cast.sana.account_id, date(2026, 10, 14), "morning")
    investigations.ask_for_account(cast.house, cast.maud, form, now=later)
    with matter.house.begin(SYSTEM, later) as uow:
        assert disposal.life_of(uow, cast.people["iris"]).staff_until == date(2027, 3, 1)


def test_what_is_held_goes_on_the_list_as_held_and_cannot_be_asked_for(story: Story) -> None:
    cast, dennis = story.cast, story.cast.people["dennis"]
    retention.hold_records(story.house, cast.maud, HoldRecords(dennis, "An inquest was opened."), now=TOO_EARLY)
    [row] = [r for r in records_view(story.house, cast.maud, DUE).due if r.reference == "P-104"]
    assert row.state == "Held"
    with pytest.raises(Invalid, match="held"):
        _ask(cast, dennis)


def test_a_hold_takes_back_what_was_asked_for_and_ends_with_a_reason(story: Story) -> None:
    cast, dennis = story.cast, story.cast.people["dennis"]
    _ask(cast, dennis)
    retention.hold_records(story.house, cast.noel, HoldRecords(dennis, "An inquest was opened."), now=DUE)
    with pytest.raises(Invalid, match="Nobody asks"):
        _agree(cast, dennis)
    [hold] = _seen(cast, dennis).holds
    with pytest.raises(Invalid):
        retention.lift_hold(story.house, cast.maud, LiftHold(dennis, hold.id, "Over"), now=DUE)
    retention.lift_hold(story.house, cast.maud, LiftHold(dennis, hold.id, "The inquest is concluded."), now=DUE)
    assert _seen(cast, dennis).step == "ask"


def test_whoever_looks_may_keep_it_for_longer(story: Story) -> None:
    cast, dennis = story.cast, story.cast.people["dennis"]
    form = KeepRecords(dennis, date(2036, 1, 1), "His sister asked about it.")
    retention.keep_records(story.house, cast.maud, form, now=DUE)
    assert "P-104" not in _listed(cast, DUE)
    assert "P-104" in _listed(cast, at("2036-01-02T10:00"))


def test_nobody_agrees_to_what_she_asked_for_herself(story: Story) -> None:
    cast, dennis = story.cast, story.cast.people["dennis"]
    _ask(cast, dennis)
    with pytest.raises(Invalid, match="second person"):
        _agree(cast, dennis, by=cast.maud)
    assert (_seen(cast, dennis).step, _seen(cast, dennis, by=cast.noel).step) == ("asked", "agree")


def test_nothing_goes_unless_the_reference_is_typed_once_more(story: Story) -> None:
    cast, dennis = story.cast, story.cast.people["dennis"]
    _ask(cast, dennis)
    with pytest.raises(Invalid) as refused:
        _agree(cast, dennis, "P-105")
    assert refused.value.errors == (
        FieldError("confirm", "Type the reference once more, as it stands above. Nothing was changed."),)
    assert case_view(story.house, cast.lena, DUE, story.case_id).reference == story.case().reference


def test_a_note_that_came_meanwhile_stops_it(story: Story) -> None:
    cast, dennis = story.cast, story.cast.people["dennis"]
    _ask(cast, dennis)
    cast.writes("amina", "dennis", at=DUE)
    with pytest.raises(Invalid, match="cannot be disposed of now"):
        _agree(cast, dennis)


def test_what_was_asked_for_can_be_taken_back(story: Story) -> None:
    cast, dennis = story.cast, story.cast.people["dennis"]
    _ask(cast, dennis)
    retention.withdraw_disposal(story.house, cast.noel, WithdrawDisposal(dennis), now=DUE)
    with pytest.raises(Invalid, match="Nobody asks"):
        _agree(cast, dennis)


@pytest.mark.parametrize("who", ["lena", "devan", "joy", "amina", "ada", "hugh", "alun"])
def test_nobody_else_has_a_hand_in_it(story: Story, who: str) -> None:
    with pytest.raises(NotPermitted):
        _ask(story.cast, story.cast.people["dennis"], by=story.cast.actors[who])


def test_afterwards_notes_cases_and_the_adult_do_not_exist(story: Story) -> None:
    cast = story.cast
    _disposed(story)
    for look in (lambda: note_view(story.house, cast.lena, DUE, story.note_id),
                 lambda: case_view(story.house, cast.lena, DUE, story.case_id),
                 lambda: _seen(cast, cast.people["dennis"])):
        with pytest.raises(NotFound):
            look()


def _everywhere(house: House, wanted: frozenset[str]) -> dict[str, int]:
    """In how many rows of each table one of these texts stands."""
    found = {}
    with house.engine.connect() as connection:
        for table in inspect(house.engine).get_table_names():
            rows = connection.execute(text(f'SELECT * FROM "{table}"')).all()
            if hits := sum(any(isinstance(v, str) and any(w in v for w in wanted) for v in row) for row in rows):
                found[table] = hits
    return found


def test_no_row_names_what_is_gone_but_the_chain_and_the_tombstone(story: Story) -> None:
    """The control: before, its ids stand in a dozen tables."""
    cast = story.cast
    with story.house.begin(cast.lena, at("2026-12-01T09:00")) as uow:
        put(uow, f"risk:{story.case_id}", {"reason": "half a sentence"})
    with story.house.begin(SYSTEM, DUE) as uow:
        doomed = disposal.of_person(uow.session, cast.people["dennis"])
    ids = frozenset({record_id for _, record_id in doomed.records} | set(doomed.keys))
    before = _everywhere(story.house, ids)
    assert {"person", "observation", "case_file", "sharing_decision", "referral", "plan_action", "data_key", "file",
            "envelope", "allocation", "draft"} <= set(before)
    _disposed(story)
    assert set(_everywhere(story.house, ids)) <= {"audit_event", "audit_head", "tombstone", "intent", "refusal"}


def test_the_keys_are_gone_and_open_nothing_in_this_process_either(story: Story) -> None:
    with story.house.begin(SYSTEM, DUE) as uow:
        keys = disposal.of_person(uow.session, story.cast.people["dennis"]).keys
    _disposed(story)
    with story.house.begin(SYSTEM, DUE) as uow:
        assert [key for key in keys if uow.session.get(DataKeyRow, key) or key in uow.ring._opened] == []


def test_others_records_stay_as_they_are(story: Story) -> None:
    other = story.cast.writes("amina", "ola", at=at("2026-11-01T10:00"))
    _disposed(story)
    assert note_view(story.house, story.cast.lena, DUE, other).id == other


def test_the_chain_holds_and_says_that_it_was_two_people(story: Story) -> None:
    _disposed(story)
    assert verify_audit(story.house, now=DUE).first_bad == ""
    with story.house.begin(SYSTEM, DUE) as uow:
        rows = uow.session.exec(select(AuditEventRow).where(
            AuditEventRow.action.in_(("disposal-asked", "disposed"))))  # type: ignore[attr-defined]
        assert {(r.action, r.actor_id) for r in rows} == {("disposal-asked", story.cast.maud.account_id),
                                                          ("disposed", story.cast.noel.account_id)}


def test_a_record_that_is_back_after_its_disposal_is_named(story: Story) -> None:
    with story.house.begin(SYSTEM, DUE) as uow:
        row = uow.session.get_one(ObservationRow, story.note_id)
        values = {c.name: getattr(row, c.name) for c in row.__table__.columns}  # type: ignore[attr-defined]
        key = uow.session.get_one(DataKeyRow, row.key_id)
        key_values = {c.name: getattr(key, c.name) for c in key.__table__.columns}  # type: ignore[attr-defined]
    _disposed(story)
    with story.house.begin(SYSTEM, DUE) as uow:
        uow.session.add(DataKeyRow(**key_values))
        uow.session.flush()
        uow.session.add(ObservationRow(**values))
    assert verify_audit(story.house, now=DUE).first_bad == f"observation {story.note_id}: back after disposal"


def test_a_record_that_somebody_removed_by_hand_is_no_disposal(story: Story) -> None:
    _disposed(story)
    other = story.cast.writes("amina", "ola", at=DUE)
    with story.house.begin(SYSTEM, DUE) as uow:
        uow.session.delete(uow.session.get_one(ObservationRow, other))
    assert verify_audit(story.house, now=DUE).first_bad == f"observation {other}: removed without an event"


def test_a_tombstone_is_refused_every_change(story: Story) -> None:
    _disposed(story)
    for statement in ("UPDATE tombstone SET document = ''", "DELETE FROM tombstone"):
        with pytest.raises(Exception, match="tombstones are never"), story.house.engine.begin() as connection:
            connection.execute(text(statement))


def test_a_tombstone_that_somebody_put_there_is_named(story: Story) -> None:
    """Signed by the database's own key, with which whoever holds both could hide what she removed."""
    _disposed(story)
    with story.house.begin(SYSTEM, DUE) as uow:
        disposal.dispose(uow, "one adult", disposal.of_person(uow.session, story.cast.people["ola"]))
    assert verify_audit(story.house, now=DUE).first_bad == "tombstone 2: changed, or put there, without an event"


def test_the_certificate_says_how_much_and_names_nobody(story: Story) -> None:
    note = story.note_id
    _disposed(story)
    name, pdf = certificate(story.house, story.cast.maud, DUE, "1")
    said = " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())
    assert name == "certificate-000001.pdf"
    assert "records, one adult" in said
    assert [word for word in ("Dennis", "Marlow", "P-104", note, "Maud", "Noel", "Amina") if word in said] == []


def test_each_tombstone_lies_beside_the_keys_and_goes_where_checkpoints_go(story: Story, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    story.house.settings = story.house.settings.model_copy(update={"checkpoints_to": str(elsewhere)})
    _disposed(story)
    check_daily(story.house, {}, now=DUE, holder="test")
    for folder in (tombstones_folder(story.house.settings), elsewhere):
        assert json.loads((folder / "disposal-000001.json").read_text())["number"] == 1


def _tombstones(house: House) -> list[str]:
    with house.begin(SYSTEM, DUE) as uow:
        return [row.document for row in uow.session.exec(select(TombstoneRow))]


def test_a_tombstone_of_another_installation_is_not_replayed(story: Story) -> None:
    _disposed(story)
    [document] = _tombstones(story.house)
    forged = json.dumps(json.loads(document) | {"records": [["person", story.cast.people["ola"]]]})
    with pytest.raises(NoTombstone, match="does not fit"), story.house.begin(SYSTEM, DUE) as uow:
        disposal.replay(uow, [forged])


def test_what_is_about_nobody_on_the_list_goes_by_its_number(cast: Cast) -> None:
    handset = Handset(cast, "carla")
    key = intake.intake_key(cast.house, now=START).key_id
    envelope = intake.Envelope(str(uuid.uuid4()), key, base64.b64encode(b"\x04" + bytes(200)).decode())
    intake.receive(cast.house, None, handset.signs(envelope), now=START)
    with cast.house.begin(cast.lena, START) as uow:
        [upload] = uow.kept.where()
    assert records_view(cast.house, cast.maud, DUE).nobodys.count == "0"  # nobody has looked at it yet
    kept.set_kept_aside(cast.house, cast.lena, kept.SetKeptAside(upload.id, "She rang."), now=START)
    assert records_view(cast.house, cast.maud, at("2034-10-04T09:00")).nobodys.count == "0"
    assert records_view(cast.house, cast.maud, DUE).nobodys.count == "1"
    _ask(cast, NOBODYS)
    with pytest.raises(Invalid):
        _agree(cast, NOBODYS, "2")
    _agree(cast, NOBODYS, "1")
    assert records_view(cast.house, cast.maud, DUE).nobodys == NobodysView("0", "", may_agree=False)
    assert set(_everywhere(cast.house, frozenset({upload.id, envelope.id}))) <= {
        "audit_event", "audit_head", "tombstone", "intent", "refusal"}
    assert verify_audit(cast.house, now=DUE).first_bad == ""


def test_a_search_finds_somebody_whose_years_are_not_over(story: Story) -> None:
    [row] = records_view(story.house, story.cast.maud, TOO_EARLY, "marl").found
    assert (row.reference, row.since, row.state) == ("P-104", "", "Kept for now")


def test_what_hides_behind_a_list_is_neither_counted_nor_told(cast: Cast) -> None:
    """The manager is named in one note; what she is shown is as if it were not there."""
    before = _seen(cast, cast.people["dennis"], now=at("2026-10-05T10:00"))
    cast.writes("amina", "dennis", staff_involved="yes", staff_names="Maud Ellery")
    after = _seen(cast, cast.people["dennis"], now=at("2026-10-05T12:00"))
    assert after == before
