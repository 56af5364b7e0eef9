"""Nothing that a person wrote can be read in the database, and no ciphertext opens anywhere but in its place.

Here words go in through the services; tests/security does the same through the pages, with logs and page state.
"""

import base64
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from sgapp.domain.errors import Unreadable
from sgapp.domain.permissions import Role
from sgapp.domain.time import from_london
from sgapp.services import cases, composing, drafts, intake, referrals, sessions, sharing, staff, triage
from sgapp.services.house import SYSTEM, House
from sgapp.services.views.case import case_view
from sgapp.services.views.queue import queue
from sgapp.settings import Settings
from sgapp.store import accounts
from sgapp.store.secrets import ORGANISATION_KEY, decrypt, derived, encrypt, load_master_keys
from sgapp.store.tables import ObservationRow
from tests.people import PASSWORD, START, Cast
from tests.services.story import Story, not_sharing_form, sharing_form

CANARY = "zebrafinch"
NOW = from_london(START.replace(month=12, tzinfo=None))


def _shapes(word: str) -> set[bytes]:
    """A word as bytes in every coat it could wear: encodings, base64 at each of the three offsets, hex."""
    plain = word.encode()
    coded = {base64.b64encode(b"\0" * shift + plain)[4 if shift else 0:-4] for shift in range(3)}
    assert min(map(len, coded)) >= 4, "too short a word to look for"
    return {plain, plain.upper(), plain.capitalize(), word.encode("utf-16-le"), word.encode("utf-16-be"), plain.hex().encode(),
            *coded}


def _stored(house: House) -> Iterator[tuple[str, bytes]]:
    """Every byte that the database keeps, with where it lies."""
    if house.engine.dialect.name == "sqlite":
        for path in sorted(house.settings.data.rglob("*")):
            yield path.name, path.read_bytes()
        return
    with house.engine.connect() as connection:
        for name in SQLModel.metadata.tables:
            for row in connection.execute(text(f'SELECT * FROM "{name}"')):
                for value in row:
                    raw = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    yield name, raw


def _found(house: House, word: str = CANARY) -> set[str]:
    shapes = _shapes(word)
    return {where for where, raw in _stored(house) if any(shape in raw for shape in shapes)}


def _works(cast: Cast) -> None:
    """A case from note to end, two drafts, an account and an intent, with the canary in everything that takes words."""
    w, house, lena = CANARY, cast.house, cast.lena
    story = Story(cast)
    story.note_id = cast.writes(
        "amina", f"{w} of no list", where={"place": "own_home", "room": w}, present=w, seen=f"{w}.", heard=f"{w}.",
        done=f"{w}.", said=[{"words": w, "by": w, "to": w}], told=w, wish=w, staff_names=w, picker=[w], safety_codes=[w])
    triage.change_priority(house, lena, triage.ChangePriority(story.note_id, triage.Priority.HIGH, w), now=START)
    triage.acknowledge_note(house, lena, triage.AcknowledgeNote(story.note_id), now=START)
    triage.ask_for_more(house, lena, triage.AskForMore(story.note_id, w), now=START)
    form = triage.MatchPerson(story.note_id, new_name=f"Ann {w.capitalize()}", new_reference=w)
    triage.match_person(house, lena, form, now=START, intent_id="11111111-1111-4111-8111-111111111111")
    story.opened().decided()
    cases.set_risk(house, lena, cases.SetRisk(story.case_id, "low", w), now=NOW)
    cases.record_consultation(house, lena, cases.RecordConsultation(story.case_id, w, w, w), now=NOW)
    cases.add_protection(house, lena, cases.AddProtection(story.case_id, w), now=NOW)
    sharing.record_sharing_decision(house, lena, not_sharing_form(story.case_id, NOW.date(), why=w, told_why=w), now=NOW)
    story.decision_id = sharing.record_sharing_decision(house, lena, sharing_form(
        story.case_id, why=w, what=w, left_out=w, recipient=w, must_not_know=w, limb_reason=w, override_because=w), now=NOW).id
    agreed = sharing.ReviewSharingDecision(story.decision_id, "yes", w)
    sharing.review_sharing_decision(house, cast.maud, agreed, now=NOW)
    story.referral_id = composing.prepare_referral(house, lena, composing.PrepareReferral(
        story.case_id, "LA_ASC", w, "portal", w, w, ("person:name=who", f"note:{story.note_id}:seen:0=shows_risk")), now=NOW).id
    referrals.send_referral(house, lena, referrals.SendReferral(story.referral_id, w, their_reference=w), now=NOW)
    referrals.record_chase(house, lena, referrals.RecordChase(story.referral_id, w, w), now=NOW)
    referrals.record_receipt(house, lena, referrals.RecordReceipt(story.referral_id, w, w, w), now=NOW)
    referrals.send_emergency(house, lena, referrals.SendEmergency(story.case_id, "POL999", w, "telephone", w), now=NOW)
    action = referrals.AddAction(story.case_id, w, w, "", NOW.date(), "agrees")
    story.action_ids = [referrals.add_action(house, lena, action, now=NOW).id]
    referrals.step_action(house, lena, referrals.StepAction(
        story.action_ids[0], referrals.ActionState.DONE, w), now=NOW)
    drafts.save_draft(house, lena, NOW, f"set-risk:{story.case_id}", {"reason": w})
    account = staff.AddAccount("neutral.name", f"{w} Person", Role.LEAD, f"{w}-copper-orchard")
    staff.add_account(house, SYSTEM, account, now=NOW, intent_id="22222222-2222-4222-8222-222222222222")
    garbled = intake.Envelope("33333333-3333-4333-8333-333333333333", "gone", cast.sealed(
        {"id": "33333333-3333-4333-8333-333333333333", "seen": w}).sealed)
    intake.receive(house, cast.amina, garbled, now=NOW)
    case_view(house, lena, NOW, story.case_id)
    queue(house, lena, NOW)


def test_no_word_that_went_in_through_the_services_can_be_read_in_the_database(cast: Cast) -> None:
    _works(cast)
    assert _found(cast.house) == set()


def test_neither_names_nor_passwords_can_be_read_either(cast: Cast) -> None:
    _works(cast)
    for word in ("Dennis Marlow", "Amina Yusuf", "Lena Hart", PASSWORD):
        assert _found(cast.house, word) == set(), word


@pytest.mark.parametrize("shape", ["utf-8", "utf-16-le", "base64"])
def test_the_same_search_finds_a_word_that_was_planted_in_clear(cast: Cast, shape: str) -> None:
    """The control: without it an empty result would prove nothing."""
    coat = {"utf-8": CANARY.encode(), "utf-16-le": CANARY.encode("utf-16-le"),
            "base64": base64.b64encode(f"xx{CANARY}yy".encode())}[shape]
    with cast.house.engine.begin() as connection:
        connection.execute(text("INSERT INTO draft (account_id, form_key, sealed, saved_at) VALUES ('a', 'k', :s, :t)"),
                           {"s": coat, "t": "2026-10-05 09:40:00+00"})
    assert _found(cast.house)


def _sql(house: House, statement: str, **values: object) -> None:
    with house.engine.begin() as connection:
        assert connection.execute(text(statement), values).rowcount == 1


def _swapped_note(cast: Cast) -> Callable[[], object]:
    one, other = cast.writes("amina", "dennis"), cast.writes("amina", "dennis")
    _sql(cast.house, "UPDATE observation SET sealed = (SELECT sealed FROM observation WHERE id = :a), "
                     "key_id = (SELECT key_id FROM observation WHERE id = :a) WHERE id = :b", a=one, b=other)
    return lambda: _note(cast, other)


def _swapped_decision(cast: Cast) -> Callable[[], object]:
    """Two decisions of one case lie under the same key: only their place tells them apart."""
    story = Story(cast).noted().seen().opened().decided()
    first = story.decision_id
    second = story.decided().decision_id
    _sql(cast.house, "UPDATE sharing_decision SET sealed = (SELECT sealed FROM sharing_decision WHERE id = :a) WHERE id = :b",
         a=first, b=second)
    return lambda: case_view(cast.house, cast.lena, NOW, story.case_id)


def _swapped_draft(cast: Cast) -> Callable[[], object]:
    drafts.save_draft(cast.house, cast.lena, NOW, "form", {"a": "lena's"})
    drafts.save_draft(cast.house, cast.maud, NOW, "form", {"a": "maud's"})
    _sql(cast.house, "UPDATE draft SET sealed = (SELECT sealed FROM draft WHERE account_id = :a) WHERE account_id = :b",
         a=cast.lena.account_id, b=cast.maud.account_id)
    return lambda: drafts.load_draft(cast.house, cast.maud, NOW, "form")


def _swapped_name(cast: Cast) -> Callable[[], object]:
    _sql(cast.house, "UPDATE account SET sealed_name = (SELECT sealed_name FROM account WHERE username = 'lena') "
                     "WHERE username = 'carla'")
    return lambda: sessions.sign_in(cast.house, "carla", PASSWORD, address="", now=NOW)


def _swapped_key(cast: Cast) -> Callable[[], object]:
    one, other = cast.writes("amina", "dennis"), cast.writes("amina", "dennis")
    keys = "(SELECT key_id FROM observation WHERE id = :{})"
    _sql(cast.house, f"UPDATE data_key SET wrapped = (SELECT wrapped FROM data_key WHERE id = {keys.format('a')}) "
                     f"WHERE id = {keys.format('b')}", a=one, b=other)
    fresh = House(cast.house.settings, cast.house.engine)  # with no opened key in its memory
    return lambda: _note(cast, other, fresh)


def _note(cast: Cast, note_id: str, house: House | None = None) -> object:
    with (house or cast.house).begin(cast.lena, NOW) as uow:
        return uow.notes.get(note_id)


@pytest.mark.parametrize("swap", [_swapped_note, _swapped_decision, _swapped_draft, _swapped_name, _swapped_key])
def test_ciphertext_moved_to_another_row_does_not_open(cast: Cast, swap: Callable[[Cast], Callable[[], object]]) -> None:
    opens = swap(cast)
    with pytest.raises(Unreadable):
        opens()


def test_a_note_whose_person_becomes_known_moves_under_that_persons_key(cast: Cast) -> None:
    note_id = cast.writes("amina", "the lady next door")
    triage.match_person(cast.house, cast.lena, triage.MatchPerson(note_id, cast.people["iris"]), now=NOW)
    fresh = House(cast.house.settings, cast.house.engine)
    assert _note(cast, note_id, fresh) == _note(cast, note_id)
    with cast.house.engine.connect() as connection:
        parents = connection.execute(text(
            "SELECT k.parent_id, p.key_id FROM observation o JOIN data_key k ON k.id = o.key_id "
            "JOIN person p ON p.id = o.person_id"))
        [(parent, of_the_person)] = parents.all()
    assert parent == of_the_person


def test_two_notes_never_share_a_key(cast: Cast) -> None:
    notes = [cast.writes("amina", "dennis") for _ in range(3)]
    with cast.house.begin(cast.lena, NOW) as uow:
        assert len({uow.session.get_one(ObservationRow, n).key_id for n in notes}) == 3


def test_what_was_sealed_opens_only_whole_under_its_key_and_in_its_place() -> None:
    key, place = bytes(32), "observation/1"
    sealed = encrypt(key, b"words", place=place)
    assert decrypt(key, sealed, place=place) == b"words"
    for wrong in (lambda: decrypt(b"\1" * 32, sealed, place=place), lambda: decrypt(key, sealed, place="observation/2"),
                  lambda: decrypt(key, sealed[:-1], place=place), lambda: decrypt(key, b"", place=place)):
        with pytest.raises(Unreadable):
            wrong()
    assert encrypt(key, b"words", place=place) != sealed  # a nonce of its own each time


def test_the_keys_made_for_different_purposes_differ(tmp_path: Path) -> None:
    house = House(Settings(data=tmp_path / "data", keys=tmp_path / "keys", master_key="00" * 32))
    house.prepare()
    with house.begin(SYSTEM, NOW) as uow:
        organisation = house.ring.open(uow.session, ORGANISATION_KEY)
    assert len({house.ring.audit_key, house.ring.demo_key, organisation, derived(bytes(32), "sgapp wrapping"), bytes(32)}) == 5


@pytest.mark.parametrize("inside", [".", "keys", "deep/er/keys"])
def test_a_key_folder_inside_the_data_folder_is_refused(tmp_path: Path, inside: str) -> None:
    with pytest.raises(ValueError, match="Move it out"):
        load_master_keys(Settings(data=tmp_path, keys=tmp_path / inside))
    assert list(tmp_path.iterdir()) == []


def test_a_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", keys=tmp_path / "keys")
    keys = load_master_keys(settings)
    assert ([len(key) for key in keys], load_master_keys(settings)) == ([32], keys)
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "keys" / "master.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("wrong", ["zz", "00" * 31, "00" * 33])
def test_something_that_is_no_master_key_is_refused(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(ValueError, match="SGAPP_MASTER_KEY"):
        load_master_keys(Settings(data=tmp_path, keys=tmp_path / "k", master_key=wrong))


def test_an_accounts_name_is_opened_for_those_who_sign_in(cast: Cast) -> None:
    with cast.house.begin(cast.lena, NOW + timedelta(hours=1)) as uow:
        found = accounts.by_username(uow, "lena")
    assert found is not None
    assert found.name == "Lena Hart"
