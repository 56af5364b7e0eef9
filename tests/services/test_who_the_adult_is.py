"""Who the adult of a case is: written down where it is learned, told only where it is chosen, never without names."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlmodel import select

from sgapp.domain.errors import Invalid
from sgapp.domain.person import Person
from sgapp.services import composing, referrals
from sgapp.services.cases import DescribeAdult, describe_adult
from sgapp.services.house import SYSTEM
from sgapp.services.views.case import AdultView, case_view
from sgapp.services.views.composing import compose_view
from sgapp.services.views.masked import masked_case
from sgapp.services.views.referral import referral_view
from sgapp.store.tables import AuditEventRow
from tests.people import Cast
from tests.services.story import Story, at

NOW = at("2026-10-05T13:40")
ADDRESS, BORN = "12 Tanner's Yard, Wexcombe", "1948-03-04"
SOURCES = ("person:born=who", "person:address=who")


def _described(story: Story, **other: Any) -> None:
    told = DescribeAdult(story.case_id, "Dennis Marlow", date(1948, 3, 4), ADDRESS, "Own home")
    describe_adult(story.house, story.cast.lena, replace(told, **other), now=NOW)


def _adult(story: Story) -> Person:
    with story.house.begin(story.cast.lena, NOW) as uow:
        return uow.people.get(uow.cases.get(story.case_id).person_id)


def _sent(story: Story, *facts: str) -> str:
    form = composing.PrepareReferral(story.case_id, "LA_ASC", "Duty team", "secure_email", "To advise.", "Advice.",
                                     (*story.picked(), *facts))
    referral = composing.prepare_referral(story.house, story.cast.lena, form, now=NOW).id
    referrals.send_referral(story.house, story.cast.lena, referrals.SendReferral(referral), now=NOW)
    return referral


@pytest.fixture
def decided(cast: Cast) -> Story:
    return Story(cast).noted().seen().opened().decided()


def test_what_is_written_down_is_kept_and_stands_in_the_form_again(decided: Story) -> None:
    _described(decided, address=" 12 Tanner's Yard, \n\n Wexcombe ")
    assert case_view(decided.house, decided.cast.lena, NOW, decided.case_id).adult == AdultView(
        "Dennis Marlow", BORN, ADDRESS, "Own home")


def test_the_chain_knows_what_changed_and_not_into_what(decided: Story) -> None:
    _described(decided, name="Denis Marlow")
    _described(decided, name="Denis Marlow")
    with decided.house.reading(SYSTEM, NOW) as uow:
        rows = uow.session.exec(select(AuditEventRow).where(AuditEventRow.action == "person-changed")).all()
        assert [row.detail for row in rows] == ["name, born, address", "nothing"]


@pytest.mark.parametrize(("told", "field"), [
    ({"name": " "}, "name"), ({"born": date(2026, 10, 6)}, "born"), ({"born": date(1899, 12, 31)}, "born"),
    ({"address": "x" * 301}, "address")], ids=["no name", "not born yet", "born too long ago", "an address too long"])
def test_what_can_not_be_is_refused_beside_its_field_and_nothing_changes(
        decided: Story, told: dict[str, object], field: str) -> None:
    before = _adult(decided)
    with pytest.raises(Invalid) as refused:
        _described(decided, **told)
    assert ([e.field for e in refused.value.errors], _adult(decided)) == ([field], before)


def test_a_letter_says_it_only_where_it_was_chosen(decided: Story) -> None:
    _described(decided)
    without, with_it = (referral_view(decided.house, decided.cast.lena, NOW, _sent(decided, *facts))
                        for facts in ((), SOURCES))
    told = ("Date of birth: 4 Mar 1948", f"Address: {ADDRESS}")
    assert [[line for line in told if line in view.letter] for view in (without, with_it)] == [[], [*told]]


def test_who_knows_what_names_the_kind_and_does_not_repeat_it(decided: Story) -> None:
    _described(decided)
    _sent(decided, *SOURCES)
    facts = [row.fact for row in case_view(decided.house, decided.cast.lena, NOW, decided.case_id).knows.rows]
    assert [fact for fact in facts if fact.startswith(("Date", "Address"))] == ["Date of birth", "Address"]


def test_whoever_reads_without_names_sees_neither(decided: Story) -> None:
    _described(decided)
    _sent(decided, *SOURCES)
    seen = repr(masked_case(decided.house, decided.cast.ada, NOW, decided.case_id))
    assert [word for word in ("Tanner", "Wexcombe", "1948") if word in seen] == []


def test_whoever_does_not_work_on_the_case_is_not_sent_it(decided: Story) -> None:
    _described(decided)
    view = case_view(decided.house, decided.cast.joy, NOW, decided.case_id)
    assert (view.may_work, view.adult) == (False, AdultView())


def test_the_composer_says_what_is_not_written_down_yet(decided: Story) -> None:
    def said() -> str:
        return compose_view(decided.house, decided.cast.lena, NOW, decided.case_id).not_known

    before = said()
    _described(decided, address="")
    half = said()
    _described(decided)
    assert (before, half, said()) == (
        "No date of birth and no address is written down of them.", "No address is written down of them.", "")


def test_of_a_case_that_is_closed_nothing_is_changed_any_more(cast: Cast) -> None:
    story = Story(cast).whole()
    with pytest.raises(Invalid):
        _described(story, name="Somebody Else")
    assert _adult(story).name == "Dennis Marlow"
