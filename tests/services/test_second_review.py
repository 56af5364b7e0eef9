"""The second review: when it is asked for, of whom, and that it shows when it is late."""

from datetime import date

import pytest
from sqlmodel import select

from sgapp.domain.errors import Invalid
from sgapp.domain.observation import Priority
from sgapp.services import cases, referrals, sharing, triage
from sgapp.services.duty import may_know
from sgapp.services.house import SYSTEM
from sgapp.services.sweep import sweep
from sgapp.services.views.case import DecisionLine, case_view
from sgapp.services.views.queue import QueueRow, queue
from sgapp.store.tables import ClockRow, MessageRow
from tests.people import Cast
from tests.services.story import at, not_sharing_form, sharing_form

NOW, LATER = at("2026-10-05T14:00"), at("2026-10-05T15:00")


def _decides(cast: Cast, form: sharing.RecordSharingDecision) -> str:
    return sharing.record_sharing_decision(cast.house, cast.lena, form, now=NOW).id


def _shares_freely(case_id: str, **other: object) -> sharing.RecordSharingDecision:
    """A decision that by itself calls for nobody else."""
    return sharing_form(case_id, **{"consent": "given", "override_reasons": (), "override_because": "", **other})


def _reviews(cast: Cast, who: str, decision_id: str, agrees: str = "yes", comment: str = "") -> None:
    form = sharing.ReviewSharingDecision(decision_id, agrees, comment)
    sharing.review_sharing_decision(cast.house, cast.actors[who], form, now=LATER)


def _line(cast: Cast, who: str, case_id: str) -> DecisionLine:
    return case_view(cast.house, cast.actors[who], LATER, case_id).decisions[0]


def _asked(cast: Cast, decision_id: str) -> str:
    """Who is asked, by first name; empty if nobody is."""
    with cast.house.begin(SYSTEM, NOW) as uow:
        row = uow.session.exec(select(ClockRow).where(ClockRow.record_id == decision_id)).one()
    return next((first for first, actor in cast.actors.items() if actor.account_id == row.holder_id), "")


def _told(cast: Cast, decision_id: str) -> set[str]:
    with cast.house.begin(SYSTEM, NOW) as uow:
        ids = set(uow.session.exec(select(MessageRow.account_id).where(MessageRow.record_id == decision_id)))
    return {first for first, actor in cast.actors.items() if actor.account_id in ids}


def test_what_was_sent_first_as_an_emergency_is_looked_at_once_it_is_recorded(cast: Cast) -> None:
    case_id = cast.opened_case()
    form = referrals.SendEmergency(case_id, "POL999", "Control room", "telephone", "He is hurt.")
    referrals.send_emergency(cast.house, cast.joy, form, now=NOW)
    decision_id = _decides(cast, _shares_freely(case_id, agency="POL999"))
    line = _line(cast, "maud", case_id)
    assert (line.may_review, line.review_because) == (True, "it was sent first, as an emergency")
    assert line.review == "Second review due 23:59 · Devan Rao is asked"
    assert _told(cast, decision_id) == {"devan"}


def test_a_decision_on_which_little_hangs_needs_nobody_else(cast: Cast) -> None:
    case_id = cast.opened_case()
    _decides(cast, _shares_freely(case_id))
    line = _line(cast, "maud", case_id)
    assert (line.asks_review, line.review) == (False, "")


@pytest.mark.parametrize("words", [
    {"must_not_know": "Devan Rao, and the nephew"}, {"must_not_know": "devan"}, {"must_not_know": "Mr Rao"},
    {"why": "Devan Rao found the card."}, {"what": "One fact\nDevan Rao was there"}, {"left_out": "What Devan Rao said"},
    {"told_why": "Devan Rao tells him on Friday."}, {"override_because": "As Devan Rao saw."},
], ids=lambda words: ": ".join(*words.items()))
def test_whoever_the_decision_names_is_neither_offered_nor_told_nor_accepted_and_it_goes_to_the_next(
        cast: Cast, words: dict[str, str]) -> None:
    case_id = cast.opened_case()
    decision_id = _decides(cast, sharing_form(case_id, **words))
    assert (_asked(cast, decision_id), _told(cast, decision_id)) == ("maud", {"maud"})
    assert not _line(cast, "devan", case_id).may_review
    with pytest.raises(Invalid, match="named in this matter"):
        _reviews(cast, "devan", decision_id)
    _reviews(cast, "maud", decision_id)


def test_a_first_name_in_passing_is_nobodys(cast: Cast) -> None:
    """It may be the nephew's."""
    decision_id = _decides(cast, sharing_form(cast.opened_case(), why="Devan holds the card."))
    assert _asked(cast, decision_id) == "devan"


def test_whoever_a_note_names_is_not_asked_although_the_file_is_open_to_her(cast: Cast) -> None:
    """Its writer is not shut out of a note that names her, and still does not review what follows from it."""
    note_id = cast.writes("devan", "dennis", seen="Devan Rao found the cupboard empty.")
    triage.acknowledge_note(cast.house, cast.lena, triage.AcknowledgeNote(note_id), now=NOW)
    triage.match_person(cast.house, cast.lena, triage.MatchPerson(note_id, cast.people["dennis"]), now=NOW)
    case_id = triage.open_case(cast.house, cast.lena, triage.OpenCase(note_id, (), ("neglect",)), now=NOW).id
    decision_id = _decides(cast, sharing_form(case_id))
    assert _asked(cast, decision_id) == "maud"
    with pytest.raises(Invalid, match="named in this matter"):
        _reviews(cast, "devan", decision_id)


def test_names_in_passing_leave_nobody_without_a_reviewer(cast: Cast) -> None:
    decision_id = _decides(cast, sharing_form(
        cast.opened_case(), why="Devan Rao, Maud Ellery and Noel Quist were told of the card."))
    assert _asked(cast, decision_id) == "devan"
    _reviews(cast, "devan", decision_id)


def test_where_nobody_may_know_nobody_is_asked_and_the_case_says_so(cast: Cast) -> None:
    case_id = cast.opened_case()
    decision_id = _decides(cast, sharing_form(case_id, must_not_know="Devan Rao, Maud Ellery, Noel Quist"))
    assert (_asked(cast, decision_id), _told(cast, decision_id)) == ("", set())
    assert _line(cast, "lena", case_id).review.endswith("nobody is left here who may look at it")
    for who in ("devan", "maud", "noel"):
        with pytest.raises(Invalid, match="named in this matter"):
            _reviews(cast, who, decision_id)


def test_the_decider_is_told_of_her_own_review_by_no_way(cast: Cast) -> None:
    decision_id = _decides(cast, sharing_form(cast.opened_case()))
    with cast.house.begin(SYSTEM, NOW) as uow:
        row = uow.session.exec(select(ClockRow).where(ClockRow.record_id == decision_id)).one()
        known = {first for first, actor in cast.actors.items() if may_know(uow, row, actor.account_id)}
    assert known == {"devan", "maud", "noel"}


@pytest.mark.parametrize("who", ["lena", "maud"])
def test_a_late_review_stands_in_the_queue_as_overdue_with_its_reference_and_who_is_asked(cast: Cast, who: str) -> None:
    case_id = cast.opened_case()
    decision_id = _decides(cast, sharing_form(case_id))
    morning = at("2026-10-06T09:00")
    sweep(cast.house, now=morning, holder="one")
    [row] = [r for r in queue(cast.house, cast.actors[who], morning).rows if r.key.split(":")[1] == decision_id]
    assert _says(row) == ("overdue", "Overdue 9 h", f"Case {case_view(cast.house, cast.lena, morning, case_id).reference}")
    assert (row.asked, row.mine) == ("Step 1 of 3 up: Devan Rao is asked", False)


def _says(row: QueueRow) -> tuple[str, str, str]:
    return row.tone, row.due, row.detail.partition(" · ")[0]


def test_a_risk_that_rises_after_nothing_was_shared_calls_for_a_second_person_then(cast: Cast) -> None:
    case_id = cast.opened_case()
    decision_id = _decides(cast, not_sharing_form(case_id, date(2026, 10, 12)))
    assert not _line(cast, "maud", case_id).asks_review
    done = cases.set_risk(cast.house, cast.lena, cases.SetRisk(case_id, "high", "He was hurt."), now=LATER)
    assert done.message.endswith("A second person is asked to look at the sharing decision today.")
    line = _line(cast, "maud", case_id)
    assert (line.may_review, line.review_because) == (True, "nothing is shared although the risk is high")
    assert _told(cast, decision_id) == {"devan"}


@pytest.mark.parametrize("consent", ["not_sought_raises_risk", "not_sought_urgent"])
def test_consent_that_was_not_sought_is_looked_at_the_same_day(cast: Cast, consent: str) -> None:
    case_id = cast.opened_case()
    decision_id = _decides(cast, _shares_freely(case_id, consent=consent))
    line = _line(cast, "maud", case_id)
    assert (line.may_review, line.review_because) == (True, "consent was not sought")
    assert line.review.startswith("Second review due")
    assert _told(cast, decision_id) == {"devan"}


def test_a_matter_that_becomes_urgent_after_nothing_was_shared_calls_for_a_second_person_then(cast: Cast) -> None:
    case_id = cast.opened_case()
    decision_id = _decides(cast, not_sharing_form(case_id, date(2026, 10, 12)))
    assert not _line(cast, "maud", case_id).asks_review
    with cast.house.begin(cast.lena, LATER) as uow:
        [note_id] = uow.cases.get(case_id).note_ids
    triage.change_priority(cast.house, cast.lena, triage.ChangePriority(note_id, Priority.HIGH, "He was hurt."), now=LATER)
    line = _line(cast, "maud", case_id)
    assert (line.may_review, line.review_because) == (True, "nothing is shared although the matter is urgent")
    assert _told(cast, decision_id) == {"devan"}


def test_a_risk_that_was_looked_at_is_not_looked_at_twice(cast: Cast) -> None:
    case_id = cast.opened_case()
    decision_id = _decides(cast, not_sharing_form(case_id, date(2026, 10, 12)))
    for level in ("high", "immediate"):
        cases.set_risk(cast.house, cast.lena, cases.SetRisk(case_id, level, "why"), now=LATER)
        if level == "high":
            _reviews(cast, "devan", decision_id)
    assert _line(cast, "maud", case_id).review == "Agreed by Devan Rao"


def test_something_new_after_an_agreed_review_calls_for_another_and_the_first_stays_told(cast: Cast) -> None:
    case_id = cast.opened_case(types=("domestic",))
    decision_id = _decides(cast, sharing_form(case_id))
    _reviews(cast, "devan", decision_id, comment="I agree.")
    cases.set_risk(cast.house, cast.lena, cases.SetRisk(case_id, "high", "why"), now=at("2026-10-06T10:00"))
    view = case_view(cast.house, cast.maud, at("2026-10-06T10:01"), case_id)
    assert view.decisions[0].review_because == "consent is overridden and high-risk domestic abuse"
    assert [m.detail for m in view.moments if m.what == "Agreed the decision"] == ["I agree."]
    _reviews(cast, "maud", decision_id)


def test_a_decision_made_before_staff_were_named_is_looked_at_then(cast: Cast) -> None:
    case_id = cast.opened_case()
    decision_id = _decides(cast, _shares_freely(case_id))
    later = cast.writes("carla", "dennis", staff_involved="yes", staff_names="Devan Rao", at=NOW)
    triage.acknowledge_note(cast.house, cast.lena, triage.AcknowledgeNote(later), now=LATER)
    triage.add_note_to_case(cast.house, cast.lena, triage.AddNoteToCase(later, case_id), now=LATER)
    assert _line(cast, "maud", case_id).review_because == "a member of staff may be involved"
    assert (_asked(cast, decision_id), _told(cast, decision_id)) == ("maud", {"maud"})


def test_deciding_anew_before_anybody_has_looked_is_no_way_around_the_second_person(cast: Cast) -> None:
    case_id = cast.opened_case()
    _decides(cast, sharing_form(case_id))
    decision_id = _decides(cast, _shares_freely(case_id))
    new, old = case_view(cast.house, cast.maud, LATER, case_id).decisions
    assert (new.may_review, new.review_because) == (True, "nobody had looked at the version before yet")
    assert (old.may_review, old.review) == (False, "Replaced before a second person had looked")
    assert "devan" in _told(cast, decision_id)


def test_a_new_version_frees_a_case_on_which_nobody_could_look(cast: Cast) -> None:
    case_id = cast.opened_case()
    _decides(cast, sharing_form(case_id, must_not_know="Devan Rao, Maud Ellery, Noel Quist"))
    decision_id = _decides(cast, sharing_form(case_id))
    _reviews(cast, "devan", decision_id)
    assert not any(d.asks_review for d in case_view(cast.house, cast.maud, LATER, case_id).decisions)


def test_only_the_version_that_counts_is_looked_at(cast: Cast) -> None:
    case_id = cast.opened_case()
    for day in (12, 19):
        _decides(cast, not_sharing_form(case_id, date(2026, 10, day)))
    cases.set_risk(cast.house, cast.lena, cases.SetRisk(case_id, "high", "why"), now=LATER)
    assert [d.asks_review for d in case_view(cast.house, cast.maud, LATER, case_id).decisions] == [True, False]
