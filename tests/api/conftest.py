"""The API over HTTP, in this process, in a house of its own."""

import warnings
from collections.abc import Callable, Iterator

import pytest

from sgapp.api.app import create_api
from sgapp.api.door import the_house
from sgapp.services.house import House, now
from tests.people import PASSWORD, Cast, code

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it asks for a successor of httpx that nothing else here needs
    from starlette.testclient import TestClient

Phone = Callable[[], TestClient]
SignIn = Callable[[str], TestClient]


@pytest.fixture
def phone(house: House) -> Iterator[Phone]:
    """Makes browsers that have not signed in."""
    app = create_api()
    app.dependency_overrides[the_house] = lambda: house
    opened: list[TestClient] = []

    def make() -> TestClient:
        opened.append(TestClient(app, raise_server_exceptions=False))
        return opened[-1]

    yield make
    for client in opened:
        client.close()


@pytest.fixture
def as_(cast: Cast, phone: Phone) -> SignIn:
    """A browser in which this person has signed in."""

    def sign_in(username: str) -> TestClient:
        client = phone()
        answer = client.post("/api/session", json={"username": username, "password": PASSWORD,
                                                   "otp": code(cast.house, username, now())})
        assert answer.status_code == 200, answer.text
        return client

    return sign_in
