"""Nobody is shown a number that the demo invented as one to ring: what is served without a provider's own, and what is not."""

import pytest
from click.testing import Result
from typer.testing import CliRunner

from sgapp.cli import app
from sgapp.domain.permissions import Role
from sgapp.services.demo import load_demo
from sgapp.services.doctor import Grade, examine
from sgapp.services.house import SYSTEM, House, now
from sgapp.services.views.queue import queue
from sgapp.settings import Settings
from sgapp.store import accounts
from tests.people import START, Cast

OURS = {"organisation": "Larkfield Care", "ring": "020 7946 0001", "on_call": "020 7946 0002"}
THE_THREE = ("SGAPP_ORGANISATION", "SGAPP_RING", "SGAPP_ON_CALL")


@pytest.fixture
def served(house: House, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What came to be served of this house: nothing is, here."""
    found: list[str] = []
    monkeypatch.setenv("SGAPP_PUBLIC_URL", "http://localhost:8000")
    monkeypatch.setattr("sgapp.cli.house", lambda: house)
    monkeypatch.setattr("sgapp.serving.serve", lambda **_: found.append("served"))
    return found


def _serve() -> Result:
    return CliRunner().invoke(app, ["serve"])


@pytest.mark.parametrize("empty", ["", " "])
@pytest.mark.parametrize("missing", OURS)
def test_one_of_the_three_that_is_not_set_is_named_alone_at_the_start_and_on_the_list_of_those_who_lead(
        cast: Cast, served: list[str], missing: str, empty: str) -> None:
    cast.house.settings = cast.house.settings.model_copy(update=OURS | {missing: empty})
    [alarm] = [alarm for alarm in queue(cast.house, cast.lena, START).alarms if "invented" in alarm]
    for said in (_serve().output, alarm):
        assert [name for name in THE_THREE if name in said] == [f"SGAPP_{missing.upper()}"], said


def test_an_organisation_with_its_own_is_served_and_nothing_is_said(cast: Cast, served: list[str]) -> None:
    said = _serve()
    assert (said.exit_code, served, "invented" in said.output) == (0, ["served"], False), said.output


def test_of_the_demo_nothing_is_said_without_them(house: House, served: list[str]) -> None:
    house.settings = house.settings.model_copy(update=dict.fromkeys(OURS, ""))
    load_demo(house, now=now())
    said = _serve()
    assert (said.exit_code, served, "SGAPP_RING" in said.output) == (0, ["served"], False), said.output


def test_without_them_it_is_served_all_the_same_so_that_phones_deliver(cast: Cast, served: list[str]) -> None:
    cast.house.settings = cast.house.settings.model_copy(update=dict.fromkeys(OURS, ""))
    said = _serve()
    assert (said.exit_code, served) == (0, ["served"]), said.output
    assert "Not set: SGAPP_ORGANISATION, SGAPP_RING, SGAPP_ON_CALL." in said.output


def test_the_list_of_a_demo_says_nothing_of_it(house: House) -> None:
    house.settings = house.settings.model_copy(update=dict.fromkeys(OURS, ""))
    load_demo(house, now=now())
    with house.reading(SYSTEM, now()) as uow:
        lead = next(a.as_actor() for a in accounts.everyone(uow) if a.role is Role.LEAD)
    assert [alarm for alarm in queue(house, lead, now()).alarms if "invented" in alarm] == []


def test_the_doctor_says_which_of_them_are_not_set(cast: Cast) -> None:
    cast.house.settings = cast.house.settings.model_copy(update=OURS | {"ring": Settings.model_fields["ring"].default})
    [found] = [finding for finding in examine(cast.house, now=now()) if finding.part == "name and numbers"]
    assert (found.grade, found.mend) == (Grade.ILL, "Set SGAPP_RING, and start again.")


def test_the_doctor_finds_a_demo_well(house: House) -> None:
    house.settings = house.settings.model_copy(update=dict.fromkeys(OURS, ""))
    load_demo(house, now=now())
    [found] = [finding for finding in examine(house, now=now()) if finding.part == "name and numbers"]
    assert found.grade is Grade.WELL


def test_what_is_set_to_nothing_is_as_if_it_were_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SGAPP_NOTIFY_URL", "SGAPP_BACKUP_DAYS", "SGAPP_LOG_LEVEL"):
        monkeypatch.setenv(name, "")
    found = Settings()
    assert (found.notify_url, found.backup_days, found.log_level) == (
        "https://api.notifications.service.gov.uk", 90, "info")
