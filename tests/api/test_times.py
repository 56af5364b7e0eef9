"""A date and time on a form is England's; what did not happen is told beside its field."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from httpx import Response

from sgapp.services.house import now
from tests.api.conftest import SignIn, TestClient
from tests.people import Cast


def _consulted(client: TestClient, case_id: str, when: str) -> Response:
    return client.post("/api/intents/record-consultation", json={
        "intent_id": str(uuid4()), "case_id": case_id, "who": "Dr Ames", "advice": "rest", "when": when})


@pytest.mark.parametrize(("typed", "stored"), [
    ("2026-07-05T10:00", datetime(2026, 7, 5, 9, 0, tzinfo=UTC)), ("2026-01-05T10:00", datetime(2026, 1, 5, 10, 0, tzinfo=UTC)),
    ("2026-07-05T10:00:00Z", datetime(2026, 7, 5, 10, 0, tzinfo=UTC))])
def test_a_time_typed_on_a_form_is_englands_and_stored_as_utc(as_: SignIn, cast: Cast, typed: str, stored: datetime) -> None:
    case_id = cast.opened_case()
    assert _consulted(as_("lena"), case_id, typed).status_code == 200
    with cast.house.begin(cast.lena, now()) as uow:
        assert [c.at for c in uow.cases.get(case_id).consultations] == [stored]


def test_an_empty_time_means_now(as_: SignIn, cast: Cast) -> None:
    case_id, before = cast.opened_case(), now()
    assert _consulted(as_("lena"), case_id, "").status_code == 200
    with cast.house.begin(cast.lena, now()) as uow:
        assert before <= uow.cases.get(case_id).consultations[0].at <= now()


def test_an_hour_that_spring_skipped_is_told_beside_its_field(as_: SignIn, cast: Cast) -> None:
    answer = _consulted(as_("lena"), cast.opened_case(), "2026-03-29T01:30")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "when")
    assert "did not happen" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize("year", [2126, 9999])
def test_a_day_that_is_a_slip_of_the_finger_is_told_beside_its_field(as_: SignIn, cast: Cast, year: int) -> None:
    """What waits for such a day would wait for ever, and say nothing."""
    form = {"case_id": cast.opened_case(), "what": "A visit", "owner": "Lena", "due_on": f"{year}-12-31"}
    answer = as_("lena").post("/api/intents/add-action", json={"intent_id": str(uuid4()), **form})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "due_on")
    assert "Look at the year" in answer.json()["errors"][0]["message"]


def test_a_time_that_is_a_slip_of_the_finger_is_told_beside_its_field(as_: SignIn, cast: Cast) -> None:
    answer = _consulted(as_("lena"), cast.opened_case(), "9999-12-31T23:59:59")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "when")
