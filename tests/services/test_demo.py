"""The demo: only over an empty database or a demo, made through the real services, and sound to the last record."""

from datetime import UTC, datetime

import pytest

from sgapp.domain.permissions import Role
from sgapp.services import sessions, staff
from sgapp.services.audit import verify_audit
from sgapp.services.demo import NotADemo, demo_accounts, load_demo
from sgapp.services.demo_history import load_history
from sgapp.services.house import SYSTEM, House
from sgapp.services.views.case import case_view, cases
from sgapp.services.views.queue import queue
from tests.people import Cast

NOW = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)


def _enters(house: House, username: str, password: str) -> sessions.SignedIn | None:
    """Sign in with the code that the sign-in page shows."""
    shown = next(a.code for a in demo_accounts(house, now=NOW) if a.username == username)
    return sessions.sign_in(house, username, password, address="", now=NOW, code=shown)


def test_a_real_organisation_is_never_loaded_over(cast: Cast) -> None:
    with pytest.raises(NotADemo):
        load_demo(cast.house, now=NOW)
    assert demo_accounts(cast.house, now=NOW) == ()


def test_a_demo_is_loaded_once_and_its_passwords_set_again_after_that(house: House) -> None:
    assert load_demo(house, now=NOW)
    assert not load_demo(house, now=NOW)
    house.settings = house.settings.model_copy(update={"demo_password": "another-word-altogether"})
    load_demo(house, now=NOW)
    assert _enters(house, "lead", "another-word-altogether") is not None


def test_an_account_added_to_a_demo_belongs_to_the_demo_and_keeps_its_own_password(house: House) -> None:
    """Else the demo's printed passwords would go on opening what somebody took for a real organisation."""
    load_demo(house, now=NOW)
    admin = _enters(house, "admin", demo_accounts(house, now=NOW)[0].password)
    assert admin is not None
    form = staff.AddAccount("own.person", "A Person", Role.WORKER, "walnut-harbour-thimble")
    staff.add_account(house, SYSTEM, form, now=NOW)
    assert not load_demo(house, now=NOW)
    assert demo_accounts(house, now=NOW)
    assert sessions.sign_in(house, "own.person", "walnut-harbour-thimble", address="", now=NOW) is not None


def test_the_history_stands_and_every_case_of_it_can_be_read(house: House) -> None:
    load_demo(house, now=NOW)
    load_history(house, now=NOW)
    password = demo_accounts(house, now=NOW)[0].password
    lead = _enters(house, "lead", password)
    assert lead is not None
    listed = cases(house, lead.actor, NOW)
    assert sorted(c.state for c in listed) == ["closed", "internal action, monitor", "refer", "refer"]
    for line in listed:
        assert case_view(house, lead.actor, NOW, line.id).moments
    assert len(queue(house, lead.actor, NOW).rows) >= 5
    result = verify_audit(house, now=NOW)
    assert result.sound, result.first_bad
