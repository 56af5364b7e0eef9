"""Minutes in the house: figures and open actions pulled in, agreed by who signs, and then never changed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from sgapp.domain.errors import Invalid, NotFound, NotPermitted
from sgapp.domain.minutes import Minutes, fingerprint
from sgapp.services import cases, minutes, referrals
from sgapp.services.audit import verify_audit
from sgapp.services.minutes import AgreeMinutes, BeginMinutes, CorrectMinutes, RewriteMinutes
from sgapp.services.views.minutes import MinutesView, minutes_list, minutes_view
from sgapp.store.unit_of_work import Repository
from tests.governance_year import make_year, put_in
from tests.people import START, Cast

LATER = START + timedelta(days=30)
FORM = BeginMinutes("2026-10", date(2026, 11, 3), "Lena Hart, Maud Ellery", "Receipts are slow.", "Ring on day two.")


def _case(cast: Cast, **content: object) -> str:
    case_id = cast.opened_case(**content)  # type: ignore[arg-type]
    form = cases.TriageCase(case_id, "not_safeguarding", "why")
    cases.triage_case(cast.house, cast.lena, form, now=START + timedelta(minutes=15))
    action = referrals.AddAction(case_id, "Ring the neighbour", "Lena Hart", "", date(2026, 11, 20), "agrees")
    referrals.add_action(cast.house, cast.lena, action, now=START + timedelta(minutes=20))
    return case_id


def _begun(cast: Cast, form: BeginMinutes = FORM) -> str:
    return minutes.begin_minutes(cast.house, cast.lena, form, now=LATER).id


def _view(cast: Cast, minutes_id: str, who: str = "lena") -> MinutesView:
    return minutes_view(cast.house, cast.actors[who], LATER, minutes_id)


def test_they_pull_in_the_figures_of_the_month_and_the_open_actions(cast: Cast) -> None:
    _case(cast)
    view = _view(cast, _begun(cast))
    figures = {line.label: line.text for line in view.figures}
    assert (figures["Concerns"], figures["Decided in time"], figures["Acknowledged in time"]) == ("1", "1 of 1", "1 of 1")
    [action] = view.actions
    assert action.label.endswith("by 20 Nov 2026") and action.text == "Ring the neighbour (Lena Hart)"


def test_their_figures_are_what_the_year_was_made_to_be(cast: Cast) -> None:
    year = make_year(5, cases=60, notes=60)
    put_in(cast.house, year)
    form = BeginMinutes("2026-06", date(2026, 7, 1), "All", "Nothing")
    figures = {line.label: line.text for line in _view(cast, minutes.begin_minutes(
        cast.house, cast.lena, form, now=START).id).figures}
    here = [c for c in year.cases if c.branch == "main" and f"{c.opened_at:%Y-%m}" == "2026-06"]
    assert figures["Concerns"] == str(len(here))
    assert here


def test_what_is_about_staff_or_kept_from_anybody_is_in_no_minutes(cast: Cast) -> None:
    _case(cast, staff_involved="yes", staff_names="Devan Rao")
    view = _view(cast, _begun(cast))
    assert (view.figures, view.actions) == ((), ())


def test_once_agreed_nothing_changes_not_even_by_who_agreed(cast: Cast) -> None:
    made = _begun(cast)
    minutes.rewrite_minutes(cast.house, cast.lena, RewriteMinutes(made, "Both", "Receipts are late."), now=LATER)
    minutes.agree_minutes(cast.house, cast.maud, AgreeMinutes(made), now=LATER)
    for who in (cast.lena, cast.maud):
        with pytest.raises(Invalid, match="stay as they are"):
            minutes.rewrite_minutes(cast.house, who, RewriteMinutes(made, "Both", "Other words"), now=LATER)
    with pytest.raises(Invalid, match="agreed already"):
        minutes.agree_minutes(cast.house, cast.maud, AgreeMinutes(made), now=LATER)
    view = _view(cast, made)
    assert (view.said, view.locked, len(view.digest)) == ("Receipts are late.", True, 64)
    assert verify_audit(cast.house, now=LATER).sound


def test_a_mistake_is_put_right_by_a_further_version_and_the_one_before_stays(cast: Cast) -> None:
    made = _begun(cast)
    with pytest.raises(Invalid, match="not agreed yet"):
        minutes.correct_minutes(cast.house, cast.lena, CorrectMinutes(made, "A name"), now=LATER)
    minutes.agree_minutes(cast.house, cast.maud, AgreeMinutes(made), now=LATER)
    with pytest.raises(Invalid, match="puts right"):
        minutes.correct_minutes(cast.house, cast.lena, CorrectMinutes(made, " "), now=LATER)
    further = minutes.correct_minutes(cast.house, cast.lena, CorrectMinutes(made, "Noel was there"), now=LATER).id
    form = RewriteMinutes(further, "Lena Hart, Maud Ellery, Noel Quist", "Receipts are slow.")
    minutes.rewrite_minutes(cast.house, cast.lena, form, now=LATER)
    assert (_view(cast, further).corrects, _view(cast, made).present) == ("Noel was there", "Lena Hart, Maud Ellery")
    assert [row.id for row in minutes_list(cast.house, cast.lena, LATER)] == [further]
    with pytest.raises(Invalid, match="later version"):
        minutes.correct_minutes(cast.house, cast.lena, CorrectMinutes(made, "Again"), now=LATER)


def test_only_who_signs_agrees_and_another_branch_reads_none(cast: Cast) -> None:
    made = _begun(cast)
    with pytest.raises(NotPermitted):
        minutes.agree_minutes(cast.house, cast.lena, AgreeMinutes(made), now=LATER)
    with pytest.raises(NotFound):
        _view(cast, made, "farid")
    for who in ("amina", "ada", "hugh", "joy"):
        with pytest.raises(NotPermitted):
            _view(cast, made, who)


@pytest.mark.parametrize("form", [
    BeginMinutes("2026-10"), BeginMinutes("2026-10", date(2027, 1, 1), "a", "b"),
    BeginMinutes("2027-10", date(2026, 11, 3), "a", "b"), BeginMinutes("2026-10", date(2026, 11, 3))])
def test_minutes_need_a_month_a_day_that_has_come_who_was_there_and_what_was_said(cast: Cast, form: BeginMinutes) -> None:
    with pytest.raises(Invalid):
        _begun(cast, form)


def test_the_digest_is_of_all_that_was_agreed(cast: Cast) -> None:
    _case(cast)
    made = _begun(cast)
    minutes.agree_minutes(cast.house, cast.maud, AgreeMinutes(made), now=LATER)
    with cast.house.begin(cast.maud, LATER) as uow:
        agreed = Repository(uow, Minutes).get(made)
    assert fingerprint(agreed) == agreed.digest
    for changed in (replace(agreed, said="x"), replace(agreed, figures=()), replace(agreed, held_on=date(2026, 11, 4)),
                    replace(agreed, agreed_by="Noel Quist")):
        assert fingerprint(changed) != agreed.digest
