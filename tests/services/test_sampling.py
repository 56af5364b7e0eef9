"""The monthly sample in the house: drawn once, read without names, scored by others than who decided, followed up."""

from datetime import datetime, timedelta

import pytest

from sgapp.domain.errors import Invalid, NotFound, NotPermitted
from sgapp.domain.permissions import Actor
from sgapp.domain.sampling import QUESTIONS, CaseAudit, Sample
from sgapp.services import cases, referrals, sampling
from sgapp.services.audit import verify_audit
from sgapp.services.sampling import DrawSample, ReauditAction, ScoreCase
from sgapp.services.views.actions import actions_board
from sgapp.services.views.case import case_view
from sgapp.services.views.queue import queue
from sgapp.services.views.sampling import SampleView, sample_view, score_view
from sgapp.store.unit_of_work import Repository
from tests.people import START, Cast

LATER = datetime.fromisoformat("2026-11-02T10:00+00:00")
FULL = tuple(f"{q.number}=2" for q in QUESTIONS)


def _decided(cast: Cast, number: int = 0, **content: object) -> str:
    at = START + timedelta(minutes=20 * number)
    case_id = cast.opened_case(at=at, **content)  # type: ignore[arg-type]
    form = cases.TriageCase(case_id, "not_safeguarding", "Dennis Marlow said so himself.")
    cases.triage_case(cast.house, cast.lena, form, now=at + timedelta(minutes=15))
    return case_id


def _drawn(cast: Cast, who: str = "ada", **asked: str) -> SampleView:
    sampling.draw_sample(cast.house, cast.actors[who], DrawSample(**{"month": "2026-10", "seed": "oak"} | asked), now=LATER)
    return sample_view(cast.house, cast.actors[who], LATER)


def _scores(cast: Cast, who: Actor, case_id: str, *less: str, found: str = "Nobody wrote how she can be reached.",
            at: datetime = LATER) -> None:
    answers = tuple(dict(pair.split("=") for pair in (*FULL, *less)).items())
    form = ScoreCase(case_id, tuple("=".join(pair) for pair in answers), found)
    sampling.score_case(cast.house, who, form, now=at)


def test_a_sample_is_drawn_from_the_cases_decided_in_the_month(cast: Cast) -> None:
    ids = {_decided(cast, n) for n in range(7)}
    cast.opened_case(at=START + timedelta(hours=9))
    view = _drawn(cast)
    assert (view.title, len(view.cases)) == ("October 2026", 5)
    assert {c.case_id for c in view.cases} <= ids
    assert view.drawn.startswith("5 of 7 cases that were decided in the month, drawn by Ada Wren")


def test_the_command_repeats_the_draw_and_says_whether_it_is_the_one_on_record(cast: Cast) -> None:
    for number in range(7):
        _decided(cast, number)
    view = _drawn(cast)
    again = sampling.repeat_draw(cast.house, "2026-10", "oak", branch="main", without="ada", now=LATER)
    assert again.same and [d.reference for d in again.drawn] == [c.reference for c in view.cases]
    assert view.command == "sgapp sample --month 2026-10 --seed 'oak' --branch 'main' --without ada"
    other = sampling.repeat_draw(cast.house, "2026-10", "elm", branch="main", without="ada", now=LATER)
    assert not other.same and other.fingerprint == again.fingerprint


def test_a_second_draw_of_a_month_is_refused(cast: Cast) -> None:
    _decided(cast)
    _drawn(cast)
    with pytest.raises(Invalid, match="drawn already"):
        _drawn(cast, seed="another")


def test_a_month_in_which_nothing_was_decided_and_a_draw_without_a_seed_are_refused(cast: Cast) -> None:
    _decided(cast)
    for asked in ({"month": "2026-09"}, {"seed": " "}, {"month": "2027-01"}):
        with pytest.raises(Invalid):
            _drawn(cast, **asked)


def test_a_case_about_staff_is_drawn_the_auditor_is_let_in_and_that_stands_on_the_file(cast: Cast) -> None:
    secret = _decided(cast, staff_involved="yes", staff_names="Carla Denny")
    for number in range(1, 9):
        _decided(cast, number)
    with pytest.raises(NotFound):
        score_view(cast.house, cast.ada, LATER, secret)
    [case] = [c for c in _drawn(cast).cases if c.case_id == secret]
    assert "staff may be involved" in case.because
    moments = case_view(cast.house, cast.lena, LATER, secret).moments
    assert [(m.what, m.detail) for m in moments if m.kind == "list"] == [
        ("Let Ada Wren in to the file", "Drawn for the sample of 2026-10")]
    assert verify_audit(cast.house, now=LATER).sound


def test_a_case_that_is_kept_from_the_auditor_is_not_drawn_and_is_in_no_number_of_hers(cast: Cast) -> None:
    secret = _decided(cast, staff_involved="yes", staff_names="Ada Wren")
    for number in range(1, 4):
        _decided(cast, number)
    view = _drawn(cast)
    assert view.drawn.startswith("3 of 3 cases")
    assert secret not in {c.case_id for c in view.cases}
    assert sampling.repeat_draw(cast.house, "2026-10", "oak", branch="main", without="ada", now=LATER).same
    assert not sampling.repeat_draw(cast.house, "2026-10", "oak", branch="main", without="", now=LATER).same


def test_whoever_scores_reads_no_name(cast: Cast) -> None:
    case_id = _decided(cast)
    _drawn(cast)
    for who in (cast.ada, cast.maud):
        shown = repr(score_view(cast.house, who, LATER, case_id))
        assert "the adult said so himself" in shown
        assert not any(name in shown for name in ("Dennis", "Marlow", "Lena Hart", "Amina Yusuf", "P-104"))


def test_whoever_decided_does_not_score(cast: Cast) -> None:
    case_id = cast.opened_case(at=START)
    form = cases.TriageCase(case_id, "not_safeguarding", "why")
    cases.triage_case(cast.house, cast.maud, form, now=START + timedelta(minutes=15))
    _drawn(cast)
    with pytest.raises(Invalid, match="Somebody else scores it"):
        _scores(cast, cast.maud, case_id)
    _scores(cast, cast.noel, case_id)


def test_a_critical_question_that_is_not_met_makes_an_action_that_somebody_owns_and_that_is_due(cast: Cast) -> None:
    case_id = _decided(cast)
    _drawn(cast)
    _scores(cast, cast.ada, case_id, "6=0", "2=0")
    [made] = sample_view(cast.house, cast.ada, LATER).made
    assert made.what == ("Is safe contact recorded and obeyed? Not met in the sample of 2026-10: "
                         "Nobody wrote how she can be reached.")
    assert (made.owner, made.stands) == ("Lena Hart", "16 Nov")
    rows = queue(cast.house, cast.lena, LATER).rows
    assert any(made.what in row.detail for row in rows)


def test_nothing_less_than_all_is_scored_without_words(cast: Cast) -> None:
    case_id = _decided(cast)
    _drawn(cast)
    with pytest.raises(Invalid, match="Say what you found"):
        _scores(cast, cast.ada, case_id, "2=1", found=" ")


def test_a_case_is_scored_by_two_where_the_draw_says_so_and_their_agreement_is_shown(cast: Cast) -> None:
    case_id = _decided(cast)
    [case] = _drawn(cast).cases
    assert "scored by two people" in case.because
    _scores(cast, cast.ada, case_id, "2=1")
    assert not sample_view(cast.house, cast.ada, LATER).cases[0].to_score
    assert score_view(cast.house, cast.maud, LATER, case_id).scores == ()
    _scores(cast, cast.maud, case_id, "2=1", "4=1")
    assert sample_view(cast.house, cast.ada, LATER).cases[0].agreement == "19 of 20 answers are the same"
    with pytest.raises(Invalid, match="This case is scored"):
        _scores(cast, cast.noel, case_id)


def test_what_a_sample_asked_for_is_looked_at_again_and_agreed_anew_where_it_does_not_hold(cast: Cast) -> None:
    case_id = _decided(cast)
    _drawn(cast)
    _scores(cast, cast.ada, case_id, "6=0")
    other = cast.opened_case(at=LATER, about="ola")
    form = cases.TriageCase(other, "not_safeguarding", "why")
    cases.triage_case(cast.house, cast.lena, form, now=LATER + timedelta(hours=1))
    december = LATER + timedelta(days=30)
    sampling.draw_sample(cast.house, cast.ada, DrawSample("2026-11", "oak"), now=december)
    [action] = sample_view(cast.house, cast.ada, december).earlier
    assert action.to_look
    done = referrals.StepAction(action.id, referrals.ActionState.DONE, "On the plan now")
    referrals.step_action(cast.house, cast.lena, done, now=december)
    look = ReauditAction(action.id, "no", "Two of three plans have none")
    sampling.reaudit_action(cast.house, cast.ada, look, now=december)
    again = sample_view(cast.house, cast.ada, december).earlier
    assert [(a.to_look, a.looked.split(":")[0]) for a in again] == [(False, "Does not hold"), (True, "")]
    assert [card.what for card in actions_board(cast.house, cast.lena, december).cards] == [action.what]
    with pytest.raises(Invalid):
        sampling.reaudit_action(cast.house, cast.ada, look, now=december)


def test_the_trend_has_each_month_with_its_points_and_critical_noughts(cast: Cast) -> None:
    case_id = _decided(cast)
    _drawn(cast)
    _scores(cast, cast.ada, case_id, "6=0", "1=na")
    [row] = sample_view(cast.house, cast.ada, LATER).trend_rows
    assert (row.month, row.points, row.share, row.noughts, row.agreed) == ("October 2026, main", "36 of 38", "95 %", "1", "–")


def test_a_score_lies_under_the_list_of_its_case(cast: Cast) -> None:
    case_id = _decided(cast, staff_involved="yes", staff_names="Carla Denny")
    _drawn(cast)
    _scores(cast, cast.ada, case_id)
    for who, sees in (("ada", 1), ("lena", 1), ("joy", 0), ("farid", 0)):
        with cast.house.begin(cast.actors[who], LATER) as uow:
            assert len(Repository(uow, CaseAudit).where()) == sees


@pytest.mark.parametrize("who", ["lena", "devan", "maud", "noel", "amina", "hugh", "alun"])
def test_nobody_but_an_auditor_draws(cast: Cast, who: str) -> None:
    _decided(cast)
    with pytest.raises(NotPermitted):
        _drawn(cast, who)


def test_a_sample_holds_no_word_about_anybody(cast: Cast) -> None:
    _decided(cast)
    _drawn(cast)
    with cast.house.begin(cast.ada, LATER) as uow:
        [sample] = Repository(uow, Sample).where()
    assert not any(word in repr(sample) for word in ("Dennis", "Marlow", "P-104"))
