"""From which address somebody comes, also behind a proxy: whoever guesses waits alone."""

from unittest.mock import MagicMock

import pytest
from fastapi import Request
from pydantic import ValidationError

from sgapp.api.door import address_of
from sgapp.settings import Settings
from tests.api.conftest import Phone
from tests.people import PASSWORD, Cast

OURS = "10.0.0.0/8, 2001:db8::/32"


def _asked(peer: str, *forwarded: str) -> Request:
    headers = [(b"x-forwarded-for", value.encode("latin-1")) for value in forwarded]
    return Request({"type": "http", "headers": headers, "client": (peer, 40_000) if peer else None})


def _house(proxies: str = OURS) -> MagicMock:
    return MagicMock(settings=Settings(proxies=proxies))


@pytest.mark.parametrize(("peer", "forwarded", "address"), [
    ("10.0.0.1", ["192.0.2.7"], "192.0.2.7"),
    ("10.0.0.1", ["198.51.100.1, 192.0.2.7"], "192.0.2.7"),  # what the client itself wrote stands further left
    ("10.0.0.1", ["198.51.100.1", "192.0.2.7, 10.9.9.9"], "192.0.2.7"),  # two proxies of ours, and two headers
    ("10.0.0.1", ["2001:0DB8:0:0::1, 2001:DB9::7"], "2001:db9::7"),
    ("2001:db8::5", ["192.0.2.7"], "192.0.2.7"),
    ("::ffff:10.0.0.1", ["192.0.2.7"], "192.0.2.7"),
    ("10.0.0.1", ["10.0.0.2, 10.0.0.3"], "10.0.0.2"),  # somebody on the inside
    ("192.0.2.1", ["198.51.100.1"], "192.0.2.1"),  # nobody whom we trust says so
    ("10.0.0.1", [], "10.0.0.1"),
    ("", ["192.0.2.7"], "")])
def test_the_right_most_address_that_is_no_proxy_of_ours_counts(peer: str, forwarded: list[str], address: str) -> None:
    assert address_of(_asked(peer, *forwarded), _house()) == address


@pytest.mark.parametrize("said", ["", "unknown", "192.0.2.7, somewhere", "192.0.2.7:443", "192.0.2.7,,10.0.0.1",
                                  "\xff", "1" * 5000])
def test_a_header_that_makes_no_sense_counts_for_nothing(said: str) -> None:
    assert address_of(_asked("10.0.0.1", said), _house()) == "10.0.0.1"


def test_nobody_is_trusted_unless_it_is_set() -> None:
    assert address_of(_asked("127.0.0.1", "192.0.2.7"), _house("")) == "127.0.0.1"


@pytest.mark.parametrize("proxies", ["everywhere", "10.0.0.1/8", "10.0.0.0/33"])
def test_a_setting_that_names_no_network_is_refused_at_start(proxies: str) -> None:
    with pytest.raises(ValidationError, match="proxies"):
        Settings(proxies=proxies)


@pytest.mark.usefixtures("waits_are_long")
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_behind_a_proxy_whoever_guesses_waits_alone(phone: Phone, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.house.settings = cast.house.settings.model_copy(update={"proxies": "192.0.2.0/24"})
    monkeypatch.setattr(Request, "client", MagicMock(host="192.0.2.1"))

    def tries(address: str, password: str) -> int:
        form = {"username": "amina", "password": password}
        return phone().post("/api/session", json=form, headers={"x-forwarded-for": address}).status_code

    assert [tries("198.51.100.9", "wrong") for _ in range(7)][-1] == 429
    assert tries("198.51.100.9", PASSWORD) == 429
    assert tries("198.51.100.8", PASSWORD) == 200
