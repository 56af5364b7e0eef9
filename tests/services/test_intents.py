"""Intent ids: a form sent twice is carried out once, whoever taps, however fast."""

import hashlib
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from sgapp.domain.audit import AuditEvent
from sgapp.domain.errors import Conflict, IllegalTransition, Invalid, NotFound
from sgapp.services import cases, composing, referrals, second_factor, triage
from sgapp.services.guard import Done
from sgapp.store.tables import IntentRow
from tests.people import PASSWORD, START, Cast
from tests.services.story import Story, at

NOW = START + timedelta(hours=1)
NEW_PASSWORD = "walnut-harbour-thimble"


def _everything(cast: Cast) -> dict[str, int]:
    """How many rows every table has, apart from the refusals."""
    with cast.house.engine.connect() as connection:
        return {name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one()
                for name in SQLModel.metadata.tables}


def _sets_risk(cast: Cast, case_id: str, intent_id: str, level: str = "high", who: str = "lena") -> Done:
    form = cases.SetRisk(case_id, level, "why")
    return cases.set_risk(cast.house, cast.actors[who], form, now=NOW, intent_id=intent_id)


def test_a_repeat_gets_the_same_answer_and_writes_nothing(cast: Cast) -> None:
    case_id, intent_id = cast.opened_case(), str(uuid.uuid4())
    first = _sets_risk(cast, case_id, intent_id)
    before = _everything(cast)
    assert _sets_risk(cast, case_id, intent_id) == first
    assert _everything(cast) == before


def test_a_repeat_after_the_record_moved_on_still_gets_the_first_answer(cast: Cast) -> None:
    story = Story(cast).noted().seen().opened().decided().reviewed().sent()
    form, intent_id = referrals.RecordReceipt(story.referral_id, "T. Osei"), str(uuid.uuid4())
    first = referrals.record_receipt(cast.house, cast.lena, form, now=NOW, intent_id=intent_id)
    story.answered()
    assert referrals.record_receipt(cast.house, cast.lena, form, now=NOW, intent_id=intent_id) == first
    with pytest.raises(IllegalTransition):
        referrals.record_receipt(cast.house, cast.lena, form, now=NOW, intent_id=str(uuid.uuid4()))


def test_the_same_intent_with_other_content_is_a_conflict(cast: Cast) -> None:
    case_id, intent_id = cast.opened_case(), str(uuid.uuid4())
    _sets_risk(cast, case_id, intent_id)
    with pytest.raises(Conflict):
        _sets_risk(cast, case_id, intent_id, level="low")


def test_somebody_elses_intent_does_not_exist(cast: Cast) -> None:
    case_id, intent_id = cast.opened_case(), str(uuid.uuid4())
    _sets_risk(cast, case_id, intent_id)
    with pytest.raises(NotFound):
        _sets_risk(cast, case_id, intent_id, who="maud")


def test_an_intent_id_belongs_to_one_kind_of_intention(cast: Cast) -> None:
    case_id, intent_id = cast.opened_case(), str(uuid.uuid4())
    _sets_risk(cast, case_id, intent_id)
    with pytest.raises(NotFound):
        cases.add_protection(cast.house, cast.lena, cases.AddProtection(case_id, "step"), now=NOW, intent_id=intent_id)


def test_a_form_that_was_refused_may_be_mended_and_sent_under_the_same_intent(cast: Cast) -> None:
    case_id, intent_id = cast.opened_case(), str(uuid.uuid4())
    with pytest.raises(Invalid):
        _sets_risk(cast, case_id, intent_id, level="unheard of")
    assert _sets_risk(cast, case_id, intent_id).id == case_id


@pytest.mark.parametrize("taps", [2, 8])
def test_taps_at_the_same_instant_are_carried_out_once_and_all_get_the_one_answer(cast: Cast, taps: int) -> None:
    """Sending moves the referral on, so a second run of the work would be an illegal move, not a harmless repeat."""
    story = Story(cast).noted().seen().opened().decided().reviewed()
    form = composing.PrepareReferral(story.case_id, "LA_ASC", "Duty", "portal", "p", "a", ("person:name=who",))
    referral_id = composing.prepare_referral(cast.house, cast.lena, form, now=at("2026-10-05T13:40")).id
    intent_id = str(uuid.uuid4())

    def tap(_: int) -> Done:
        return referrals.send_referral(cast.house, cast.lena, referrals.SendReferral(referral_id, their_reference="P-1"),
                                       now=at("2026-10-05T13:50"), intent_id=intent_id)

    with ThreadPoolExecutor(taps) as pool:
        answers = list(pool.map(tap, range(taps)))
    assert len(set(answers)) == 1
    with cast.house.begin(cast.lena, NOW) as uow:
        assert uow.session.get_one(IntentRow, intent_id).account_id == cast.lena.account_id


def test_two_leads_who_add_to_one_case_at_once_both_find_their_line_on_it(cast: Cast) -> None:
    case_id = cast.opened_case()

    def add(n: int) -> Done:
        actor = cast.lena if n % 2 else cast.maud
        return cases.add_protection(cast.house, actor, cases.AddProtection(case_id, f"step {n}"), now=NOW)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(8)))
    with cast.house.begin(cast.lena, NOW) as uow:
        assert sorted(s.what for s in uow.cases.get(case_id).protection) == [f"step {n}" for n in range(8)]


def test_cases_opened_at_once_each_have_a_number_of_their_own(cast: Cast) -> None:
    notes = [cast.writes("amina", "dennis") for _ in range(8)]
    for note_id in notes:
        triage.acknowledge_note(cast.house, cast.lena, triage.AcknowledgeNote(note_id), now=NOW)

    def open_one(note_id: str) -> str:
        form = triage.OpenCase(note_id, (), ("neglect",))
        return triage.open_case(cast.house, cast.lena, form, now=NOW).message

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(open_one, notes))
    assert len({text for text in said if re.fullmatch(r"Case 2026-\w{4}-\w is open\.", text)}) == 8


def test_what_somebody_else_changed_in_between_is_not_written_over(cast: Cast) -> None:
    """Two transactions read the same note; the slower one is told instead of undoing the faster."""
    note_id = cast.writes("amina", "dennis")
    triage.acknowledge_note(cast.house, cast.lena, triage.AcknowledgeNote(note_id), now=NOW)
    if cast.house.engine.dialect.name == "sqlite":
        pytest.skip("SQLite lets one transaction in at a time")
    with pytest.raises(Conflict), cast.house.begin(cast.lena, NOW) as slow:  # noqa: PT012
        note = slow.notes.those([note_id])[note_id]  # read without a lock
        triage.ask_for_more(cast.house, cast.maud, triage.AskForMore(note_id, "Which card?"), now=NOW)
        slow.save(replace(note, restricted=True), because=AuditEvent("test", "observation", note_id))


def test_neither_the_form_nor_a_bare_digest_of_it_is_kept_with_the_intent(cast: Cast) -> None:
    """A password travels in a form too: an unkeyed digest of it could be guessed at leisure."""
    form, intent_id = second_factor.ChangePassword(PASSWORD, NEW_PASSWORD), str(uuid.uuid4())
    second_factor.change_password(cast.house, cast.carla, form, now=NOW, intent_id=intent_id)
    with cast.house.begin(cast.alun, NOW) as uow:
        row = uow.session.get_one(IntentRow, intent_id)
        bare = {hashlib.sha256(t.encode()).hexdigest() for t in (repr(form), NEW_PASSWORD)}
        assert row.form_mac not in bare
        assert NEW_PASSWORD.encode() not in row.sealed_answer
