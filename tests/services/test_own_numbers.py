"""Nobody is shown a number that the demo invented as one to ring: what is served without a provider's own, and what is not."""

import pytest
from click.testing import Result
from typer.testing import CliRunner

from sgapp.cli import app
from sgapp.services.demo import load_demo
from sgapp.services.doctor import Grade, examine
from sgapp.services.house import House, now
from sgapp.settings import Settings
from tests.people import Cast

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


def test_an_organisation_without_numbers_of_its_own_is_not_served(cast: Cast, served: list[str]) -> None:
    refused = _serve()
    assert (refused.exit_code, served) == (1, []), refused.output
    assert [name for name in THE_THREE if name not in refused.output] == []


@pytest.mark.parametrize("missing", OURS)
@pytest.mark.parametrize("empty", ["", " "])
def test_one_of_the_three_is_enough_to_be_refused_and_is_named_alone(
        cast: Cast, served: list[str], missing: str, empty: str) -> None:
    cast.house.settings = cast.house.settings.model_copy(update=OURS | {missing: empty})
    refused = _serve()
    assert [name for name in THE_THREE if name in refused.output] == [f"SGAPP_{missing.upper()}"], refused.output
    assert served == []


def test_an_organisation_with_its_own_is_served(cast: Cast, served: list[str]) -> None:
    cast.house.settings = cast.house.settings.model_copy(update=OURS)
    said = _serve()
    assert (said.exit_code, served, "invented" in said.output) == (0, ["served"], False), said.output


def test_the_demo_is_served_without_them(house: House, served: list[str]) -> None:
    load_demo(house, now=now())
    said = _serve()
    assert (said.exit_code, served, "SGAPP_RING" in said.output) == (0, ["served"], False), said.output


def test_an_empty_database_is_served_to_be_set_up_and_what_is_missing_is_said(house: House, served: list[str]) -> None:
    said = _serve()
    assert (said.exit_code, served) == (0, ["served"]), said.output
    assert "Not set: SGAPP_ORGANISATION, SGAPP_RING, SGAPP_ON_CALL." in said.output


def test_the_doctor_says_which_of_them_are_not_set(cast: Cast) -> None:
    cast.house.settings = cast.house.settings.model_copy(update=OURS | {"ring": Settings.model_fields["ring"].default})
    [found] = [finding for finding in examine(cast.house, now=now()) if finding.part == "name and numbers"]
    assert (found.grade, found.mend) == (Grade.ILL, "Set SGAPP_RING, and start again.")


def test_the_doctor_finds_a_demo_well(house: House) -> None:
    load_demo(house, now=now())
    [found] = [finding for finding in examine(house, now=now()) if finding.part == "name and numbers"]
    assert found.grade is Grade.WELL


def test_what_is_set_to_nothing_is_as_if_it_were_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SGAPP_NOTIFY_URL", "SGAPP_BACKUP_DAYS", "SGAPP_LOG_LEVEL"):
        monkeypatch.setenv(name, "")
    found = Settings()
    assert (found.notify_url, found.backup_days, found.log_level) == (
        "https://api.notifications.service.gov.uk", 90, "info")
