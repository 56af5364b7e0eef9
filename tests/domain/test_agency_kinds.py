"""Every agency has a kind: its own fields, how it is reached, and what it may answer. And what such a field refuses."""

import pytest

from sgapp.domain.agency_kinds import (
    KINDS,
    AgencyKind,
    Detail,
    Entry,
    all_details,
    checked_details,
    details_in_words,
    kind_of,
    outcome_label,
    outcomes_of,
)
from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.referral import UNSETTLED
from sgapp.domain.vocabulary import AGENCIES, LA_OUTCOMES, UnknownCode

EVERY_KIND = [pytest.param(kind, id=code) for code, kind in KINDS.items()]
EVERY_FIELD = [pytest.param(kind, field, id=f"{code}-{field.name}") for code, kind in KINDS.items() for field in kind.details]
MARAC = {"marac_route": "score", "risk_tool": "dash_safelives", "risk_tool_version": "2023", "risk_score": "16",
         "adult_agrees_to_referral": "overridden"}


def _whole(kind: AgencyKind) -> dict[str, str]:
    """Every field of a kind, filled in."""
    return {d.name: _some(d) for d in kind.details}


def _some(detail: Detail) -> str:
    if detail.options is not None:
        return detail.options.codes()[0]
    return {Entry.NUMBER: "14", Entry.WHEN: "2026-10-05T12:20"}.get(detail.entry, "Some words")


def _errors(agency: str, values: dict[str, str]) -> list[FieldError]:
    with pytest.raises(Invalid) as refused:
        checked_details(agency, values)
    return list(refused.value.errors)


def test_every_agency_has_a_kind_and_no_kind_is_of_an_agency_that_is_not_listed() -> None:
    assert tuple(KINDS) == AGENCIES.codes()


def test_an_agency_that_is_not_listed_has_no_kind() -> None:
    for ask in (kind_of, outcomes_of, lambda agency: checked_details(agency, {}), lambda agency: details_in_words(agency, ())):
        with pytest.raises(UnknownCode):
            ask("FBI")


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_every_agency_asks_for_a_few_things_and_says_how_it_is_reached(kind: AgencyKind) -> None:
    assert 1 <= len(kind.details) <= 5
    assert kind.reached and kind.label == AGENCIES.label(kind.code)


@pytest.mark.parametrize(("kind", "detail"), EVERY_FIELD)
def test_every_field_has_a_label_of_its_own_and_a_choice_has_its_list(kind: AgencyKind, detail: Detail) -> None:
    assert detail.label.strip() == detail.label != ""
    assert [d.label for d in kind.details].count(detail.label) == 1
    assert (detail.options is not None) == (detail.entry is Entry.CHOICE)


@pytest.mark.parametrize("name", sorted({d.name for kind in KINDS.values() for d in kind.details}))
def test_a_name_means_the_same_field_at_every_agency(name: str) -> None:
    assert len({d for kind in KINDS.values() for d in kind.details if d.name == name}) == 1


def test_all_fields_are_given_once_each_with_the_agencies_that_have_them() -> None:
    found = {detail.name: agencies for detail, agencies in all_details()}
    assert len(found) == len(all_details())
    assert found["incident_number"] == ("POL999", "AMB", "FIRE", "POL101")
    assert found["marac_route"] == ("MARAC",)


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_whole_set_of_fields_is_kept_in_its_order_and_read_back_in_words(kind: AgencyKind) -> None:
    kept = checked_details(kind.code, {name: f" {value} " for name, value in reversed(_whole(kind).items())})
    assert kept == tuple(_whole(kind).items())
    assert [label for label, _ in details_in_words(kind.code, kept)] == [d.label for d in kind.details]


@pytest.mark.parametrize(("kind", "detail"), EVERY_FIELD)
def test_only_a_field_that_is_needed_is_missed_when_it_is_empty(kind: AgencyKind, detail: Detail) -> None:
    values = {**_whole(kind), detail.name: "  "}
    if detail.needed:
        assert _errors(kind.code, values) == [FieldError(detail.name, detail.missing)]
    else:
        assert detail.name not in dict(checked_details(kind.code, values))


@pytest.mark.parametrize(("kind", "detail"), EVERY_FIELD)
def test_a_value_of_the_wrong_sort_is_refused_beside_its_field(kind: AgencyKind, detail: Detail) -> None:
    wrong = "x" * 501 if detail.entry in (Entry.LINE, Entry.TEXT) else "made up"
    [error] = _errors(kind.code, {**_whole(kind), detail.name: wrong})
    assert error.field == detail.name and error.message.endswith(".")


@pytest.mark.parametrize("score", ["-1", "28", "14.5", "²", "fourteen"])
def test_a_score_is_a_whole_number_that_a_checklist_can_have(score: str) -> None:
    assert [e.field for e in _errors("MARAC", {**MARAC, "marac_route": "judgement", "risk_score": score})] == ["risk_score"]


@pytest.mark.parametrize("when", ["2026-10-05", "12:20", "2026-10-05T12:20+01:00"])
def test_a_time_of_call_is_a_day_and_a_time_on_the_wall(when: str) -> None:
    assert [e.field for e in _errors("POL999", {"called_at": when})] == ["called_at"]


def test_the_route_by_score_and_a_lower_score_cannot_both_be_true() -> None:
    assert [e.field for e in _errors("MARAC", {**MARAC, "risk_score": "13"})] == ["risk_score"]
    checked_details("MARAC", {**MARAC, "risk_score": "14"})


@pytest.mark.parametrize("route", ["judgement", "escalation", "repeat"])
def test_any_other_route_goes_with_any_score(route: str) -> None:
    checked_details("MARAC", {**MARAC, "marac_route": route, "risk_score": "3"})


def test_what_belongs_to_another_agency_is_dropped() -> None:
    assert checked_details("DWP", {"appointee": "Not known", "bank_name": "Any"}) == (("appointee", "Not known"),)


def test_the_concern_goes_to_adult_social_care_without_a_word_on_whether_they_can_protect_themselves() -> None:
    assert checked_details("LA_ASC", {}) == ()


def test_details_are_read_in_words() -> None:
    assert details_in_words("POL999", (("incident_number", "214"), ("called_at", "2026-10-05T12:20"))) == (
        ("Incident or log number", "214"), ("Time of the call", "5 Oct 2026, 12:20"))
    assert details_in_words("CQC", (("cqc_notice", "police_incident"),)) == (
        ("What they are told of", "An incident reported to or looked into by the police"),)


def test_what_was_kept_under_names_and_codes_that_are_no_more_is_still_shown() -> None:
    assert details_in_words("CQC", (("older", "x"), ("cqc_notice", "older_code"))) == (
        ("older", "x"), ("What they are told of", "older_code"))


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_an_agency_may_always_want_more_information(kind: AgencyKind) -> None:
    assert "more_information_wanted" in kind.outcomes


@pytest.mark.parametrize("agency", ["LA_ASC", "EDT", "CHILD", "LADO", "PIPOT", "POL999", "POL101", "MARAC", "NRM", "COMM",
                                    "ICB", "CQC", "REG", "ADVOCATE", "IDVA", "FIRE"])
def test_what_works_by_area_or_remit_may_be_the_wrong_one(agency: str) -> None:
    assert set(outcomes_of(agency).codes()) >= UNSETTLED


@pytest.mark.parametrize("agency", ["LA_ASC", "EDT"])
def test_the_local_authority_answers_from_its_own_list(agency: str) -> None:
    assert outcomes_of(agency) is LA_OUTCOMES


def test_an_answer_is_called_the_same_whichever_agency_gave_it() -> None:
    labels: dict[str, set[str]] = {}
    for kind in KINDS.values():
        for code in kind.outcomes:
            labels.setdefault(code.code, set()).add(code.label)
    assert [code for code, found in labels.items() if len(found) > 1] == []
    assert all(outcome_label(code) == next(iter(found)) for code, found in labels.items())
    assert outcome_label("of_a_later_version") == "of_a_later_version"


@pytest.mark.parametrize("agency", ["POL999", "AMB", "POL101", "CQC", "DBS", "REG", "OPG", "DWP", "BANK"])
def test_whoever_is_rung_or_has_a_form_of_its_own_gets_no_link(agency: str) -> None:
    assert not kind_of(agency).by_link


@pytest.mark.parametrize("agency", ["LA_ASC", "EDT", "MARAC", "IDVA", "ADVOCATE", "GP", "CHILD"])
def test_whoever_is_written_to_can_be_given_a_link(agency: str) -> None:
    assert kind_of(agency).by_link
