"""The registers on paper: each duty is a row, done or not, and no row holds anybody's words."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from sgapp.domain.case import Case, CqcWord, NotToMarac
from sgapp.domain.clock_book import DEFAULT_BOOK
from sgapp.domain.investigation import CandourStep, DbsConsidered, Investigation
from sgapp.domain.observation import Priority
from sgapp.domain.referral import AgencyOutcome, Receipt, Referral, ReferralState, Sending
from sgapp.domain.registers import Entry, in_order, of_case, of_matter
from sgapp.domain.risk_checklist import RiskChecklist
from tests.governance_year import NOW, make_year

MONDAY = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
LONG_AFTER = MONDAY + timedelta(days=90)
CASE = Case("c", "C-1", "p", ("n",), MONDAY, "Lena Hart", MONDAY, MONDAY, Priority.OTHER)
MATTER = Investigation("m", "C-1-S1", "c", "p", "", "Somebody", MONDAY, "Maud Ellery")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def _referral(agency: str, prepared: datetime, sent: datetime | None, **more: object) -> Referral:
    made = Referral(f"r-{agency}", "c", f"R-{agency}", agency, "t", "portal", "p", "a", (), prepared, "Lena Hart")
    if sent:
        made = replace(made, state=ReferralState.SENT, sending=Sending(sent, "Lena Hart", "t", "portal", "", ""))
    return replace(made, **more)  # type: ignore[arg-type]


def _stand(entries: Iterable[Entry]) -> list[tuple[str, str, str, str]]:
    return [(e.register, e.what, e.stands(LONG_AFTER), e.outcome) for e in entries]


def _cqc(*words: tuple[str, datetime]) -> Case:
    return replace(CASE, cqc=tuple(CqcWord(code, "as said", at, "Lena Hart") for code, at in words))


def _checklist(at: datetime, *routes: str) -> RiskChecklist:
    return RiskChecklist("dash_safelives", "2026", "L", "R", (), 15, "high", "why", routes, at, "Lena Hart")


def test_what_is_owed_to_cqc_and_was_never_sent_is_an_overdue_row() -> None:
    [entry] = of_case(_cqc(("owed", MONDAY)), (), DEFAULT_BOOK)
    assert _stand([entry]) == [("cqc", "Notice", "Overdue", "")]
    assert (entry.since, entry.by, entry.done_at, entry.reference) == (MONDAY, "", None, "C-1")
    assert (entry.stands(MONDAY + HOUR), entry.overdue(MONDAY + HOUR)) == ("Owed", False)


def test_a_notice_that_was_sent_answers_what_was_owed_and_is_one_row() -> None:
    case = _cqc(("owed", MONDAY), ("told", MONDAY + 3 * HOUR))
    [entry] = of_case(case, [_referral("CQC", MONDAY + HOUR, MONDAY + 3 * HOUR)], DEFAULT_BOOK)
    assert (entry.reference, entry.stands(LONG_AFTER), entry.outcome) == ("R-CQC", "Done", "Sent, no receipt yet")
    [late] = of_case(case, [_referral("CQC", MONDAY + HOUR, MONDAY + 2 * DAY)], DEFAULT_BOOK)
    assert late.stands(LONG_AFTER) == "Done late"


def test_a_notice_that_waits_to_be_sent_is_the_row_of_what_is_owed() -> None:
    [entry] = of_case(_cqc(("owed", MONDAY)), [_referral("CQC", MONDAY + HOUR, None)], DEFAULT_BOOK)
    assert (entry.reference, entry.stands(LONG_AFTER), entry.outcome) == ("R-CQC", "Overdue", "Prepared")


def test_one_that_was_withdrawn_before_it_went_answers_nothing() -> None:
    gone = _referral("CQC", MONDAY + HOUR, None, state=ReferralState.WITHDRAWN)
    assert _stand(of_case(_cqc(("owed", MONDAY)), [gone], DEFAULT_BOOK)) == [("cqc", "Notice", "Overdue", "")]


def test_that_it_is_not_owed_is_a_row_and_what_is_owed_afterwards_another() -> None:
    case = _cqc(("owed", MONDAY), ("not_owed", MONDAY + HOUR), ("owed", MONDAY + 2 * DAY))
    assert _stand(of_case(case, (), DEFAULT_BOOK)) == [
        ("cqc", "Notice considered", "Done", "Not owed"), ("cqc", "Notice", "Overdue", "")]


def test_a_route_to_marac_is_owed_within_a_working_day_and_answered_by_a_referral_or_a_reason() -> None:
    met = replace(CASE, checklists=(_checklist(MONDAY), _checklist(MONDAY + HOUR, "score")))
    [owed] = of_case(met, (), DEFAULT_BOOK)
    assert (owed.register, owed.since, owed.stands(LONG_AFTER)) == ("marac", MONDAY + HOUR, "Overdue")
    [sent] = of_case(met, [_referral("MARAC", MONDAY + 2 * HOUR, MONDAY + 4 * HOUR)], DEFAULT_BOOK)
    assert sent.stands(LONG_AFTER) == "Done"
    said = replace(met, not_to_marac=(NotToMarac("as said", MONDAY + 9 * DAY, "Lena Hart"),))
    assert _stand(of_case(said, (), DEFAULT_BOOK)) == [
        ("marac", "Referral considered", "Done late", "Not referred, with the reason on the file")]


def test_an_advocate_is_asked_for_by_a_request_or_with_the_concern() -> None:
    asks = _referral("LA_ASC", MONDAY, MONDAY + HOUR, details=(("advocate_needed", "yes"),))
    received = _referral("ADVOCATE", MONDAY, MONDAY + HOUR, state=ReferralState.RECEIVED,
                         receipt=Receipt(MONDAY + DAY, "T. Osei", "", "", "Lena Hart"))
    assert _stand(of_case(CASE, [asks, received], DEFAULT_BOOK)) == [
        ("advocacy", "Asked for with the concern", "Done", "Sent, no receipt yet"),
        ("advocacy", "Request", "Done", "Received, no answer yet")]
    assert list(of_case(CASE, [replace(asks, details=(("advocate_needed", "no"),))], DEFAULT_BOOK)) == []


def test_an_answer_of_the_agency_stands_as_its_label() -> None:
    answered = _referral("ADVOCATE", MONDAY, MONDAY + HOUR, state=ReferralState.OUTCOME_KNOWN,
                         outcomes=(AgencyOutcome("no_such_code", "words", MONDAY + DAY, "Lena Hart"),))
    [entry] = of_case(CASE, [answered], DEFAULT_BOOK)
    assert entry.outcome == "no_such_code"


def test_a_matter_owes_a_decision_on_dbs_and_three_steps_of_candour() -> None:
    assert _stand(of_matter(MATTER, DEFAULT_BOOK)) == [
        ("dbs", "Duty considered", "Overdue", ""), ("candour", "Told in person what happened", "Overdue", ""),
        ("candour", "Said sorry", "Overdue", ""), ("candour", "Wrote to them afterwards", "Overdue", "")]


def _look(decision: str, at: datetime, **more: object) -> DbsConsidered:
    return replace(DbsConsidered(decision, "removed", "harm", "why", None, at, "Maud Ellery"), **more)  # type: ignore[arg-type]


def test_a_decision_to_refer_owes_the_referral_and_one_that_waits_owes_another_look_on_its_day() -> None:
    waits = replace(MATTER, dbs=(_look("not_yet", MONDAY + DAY, look_again_on=date(2026, 10, 20)),))
    [first, second] = [e for e in of_matter(waits, DEFAULT_BOOK) if e.register == "dbs"]
    assert (first.stands(LONG_AFTER), second.stands(LONG_AFTER)) == ("Done", "Overdue")
    assert not second.overdue(datetime(2026, 10, 20, 20, 0, tzinfo=UTC))
    refers = replace(MATTER, dbs=(_look("refer", MONDAY + DAY, sent_on=date(2026, 10, 8), sent_reference="D-7"),))
    assert [row for row in _stand(of_matter(refers, DEFAULT_BOOK)) if row[0] == "dbs"] == [
        ("dbs", "Duty considered", "Done", "Refer: both limbs are met"), ("dbs", "Referral", "Done", "Sent, D-7")]


def test_where_an_incident_is_not_notifiable_nothing_more_of_candour_is_owed() -> None:
    told = replace(MATTER, candour=(CandourStep("not_notifiable", "words", date(2026, 10, 6), MONDAY, "Maud Ellery"),))
    assert [row[1:3] for row in _stand(of_matter(told, DEFAULT_BOOK)) if row[0] == "candour"] == [
        ("Not a notifiable incident", "Done")]


@pytest.mark.parametrize(("cases", "notes"), [(60, 80), pytest.param(600, 3000, marks=pytest.mark.long)])
def test_the_registers_of_a_year_are_what_it_was_made_to_be(cases: int, notes: int) -> None:
    """Each notice is in time where its measure says so: it was made to go within hours, or days later. Nobody was candid."""
    year = make_year(31, cases=cases, notes=notes)
    rows = Counter((e.register, e.what, e.stands(NOW)) for case in year.cases for e in of_case(
        case, [r for r in year.referrals if r.case_id == case.id], DEFAULT_BOOK))
    rows += Counter((e.register, e.what, e.stands(NOW)) for matter in year.matters for e in of_matter(matter, DEFAULT_BOOK))
    cqc, dbs = year.truth["cqc"], year.truth["dbs"]
    wanted = {("cqc", "Notice", "Done"): cqc.met, ("cqc", "Notice", "Done late"): cqc.of - cqc.met,
              ("dbs", "Duty considered", "Done"): dbs.met, ("dbs", "Duty considered", "Done late"): dbs.of - dbs.met}
    for step in ("Told in person what happened", "Said sorry", "Wrote to them afterwards"):
        wanted["candour", step, "Overdue"] = len(year.matters)
    assert dict(rows) == {place: number for place, number in wanted.items() if number}
    assert cqc.of and dbs.of


def test_what_is_overdue_stands_first_and_no_row_holds_words() -> None:
    case = replace(_cqc(("owed", MONDAY), ("not_owed", MONDAY + HOUR)), checklists=(_checklist(MONDAY, "score"),))
    rows = in_order(of_case(case, (), DEFAULT_BOOK), LONG_AFTER)
    assert [e.stands(LONG_AFTER) for e in rows] == ["Overdue", "Done"]
    assert "as said" not in repr(rows)
