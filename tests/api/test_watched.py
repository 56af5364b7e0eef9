"""What whoever looks after the machine sees: figures and lines by door, and nothing of whom or what they were about."""

import json
import logging
from uuid import uuid4

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import create_engine
from starlette.testclient import TestClient

from sgapp.api.app import create_api
from sgapp.api.door import the_house
from sgapp.api.watched import Watched
from sgapp.logs import Line, silence_others
from sgapp.services.house import House
from tests.people import Cast

pytestmark = pytest.mark.parametrize("house", ["sqlite"], indirect=True)


def _client(house: House, address: str = "127.0.0.1") -> TestClient:
    api = create_api()
    api.dependency_overrides[the_house] = lambda: house
    return TestClient(Watched(api), base_url="http://testserver", client=(address, 4711))


def _figures(client: TestClient, **headers: str) -> dict[tuple[str, ...], float]:
    """Every sample by its name and the values of its labels."""
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    return {(s.name, *s.labels.values()): s.value for f in text_string_to_metric_families(answer.text) for s in f.samples}


def test_requests_are_counted_by_door_and_status(cast: Cast) -> None:
    client = _client(cast.house)
    counted = ("sgapp_requests_total", "/api/referrals/{referral_id}/letter.pdf", "GET", "401")
    before = _figures(client).get(counted, 0)
    client.get(f"/api/referrals/{uuid4()}/letter.pdf")
    client.get(f"/api/referrals/{uuid4()}/letter.pdf")
    assert _figures(client)[counted] == before + 2


def test_no_address_stands_in_the_figures_or_in_the_log(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="sgapp")
    client, secret = _client(cast.house), "T0k3n-of-an-agency"
    client.get(f"/r/{secret}")
    client.get(f"/api/nowhere/{secret}?q={secret}")
    client.request(secret, f"/r/{secret}")
    text = client.get("/metrics").text
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert "/r/{token}" in text
    assert "GET /r/{token} 200" in logged
    assert secret not in text + logged


@pytest.mark.parametrize(("sign", "least"), [
    ("sgapp_ready", 0), ("sgapp_messages_waiting", 0), ("sgapp_messages_stuck", 0), ("sgapp_uploads_kept", 0),
    ("sgapp_sessions", 0), ("sgapp_seconds_since_clocks", -1), ("sgapp_seconds_since_chain_check", -1),
    ("sgapp_seconds_since_backup", -1)])
def test_how_it_is_going_is_a_figure_each(cast: Cast, sign: str, least: int) -> None:
    assert _figures(_client(cast.house))[sign,] >= least


def test_it_says_so_when_the_database_does_not_answer(cast: Cast) -> None:
    nowhere = create_engine("postgresql+psycopg://nobody@127.0.0.1:9/none")
    figures = _figures(_client(House(cast.house.settings, nowhere)))
    nowhere.dispose()
    assert figures["sgapp_ready",] == 0
    assert ("sgapp_sessions",) not in figures


def test_a_case_moves_none_of_the_figures(cast: Cast) -> None:
    def signs() -> dict[tuple[str, ...], float]:
        return {name: value for name, value in _figures(_client(cast.house)).items()
                if name[0].startswith("sgapp_") and "request" not in name[0] and "seconds_since" not in name[0]}

    before = signs()
    cast.opened_case()
    assert signs() == before


@pytest.mark.parametrize(("token", "address", "shown", "status"), [
    ("", "127.0.0.1", "", 200), ("", "::1", "", 200), ("", "192.0.2.7", "", 404), ("", "testclient", "", 404),
    ("oak", "192.0.2.7", "Bearer oak", 200), ("oak", "192.0.2.7", "Bearer ash", 404), ("oak", "127.0.0.1", "", 404),
    ("oak", "127.0.0.1", "Bearer o\u00e4k", 404)])
def test_who_may_read_the_figures(cast: Cast, token: str, address: str, shown: str, status: int) -> None:
    cast.house.settings = cast.house.settings.model_copy(update={"metrics_token": token})
    answer = _client(cast.house, address).get("/metrics", headers={"authorization": shown.encode("latin-1")})
    assert answer.status_code == status


def test_the_lines_of_one_request_name_it(
        cast: Cast, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    caplog.set_level(logging.INFO, logger="sgapp")

    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("Kevin Marlow in row 7")

    formatter, written = Line(), list[dict[str, str]]()
    handler = logging.Handler()
    handler.emit = lambda record: written.append(json.loads(formatter.format(record)))  # type: ignore[method-assign]
    logging.getLogger("sgapp").addHandler(handler)
    monkeypatch.setattr("sgapp.api.door.actor_for", breaks)
    with pytest.raises(RuntimeError):
        _client(cast.house).get("/api/session")
    logging.getLogger("sgapp").removeHandler(handler)
    assert written[0]["what"] == "unexpected RuntimeError"
    assert len(written) == 2
    assert len({line["request"] for line in written}) == 1
    assert set(written[0]) == {"at", "level", "part", "what", "request"}
    assert "Kevin" not in str(written)


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO, logging.ERROR])
def test_what_is_not_ours_says_where_and_never_what(cast: Cast, level: int, caplog: pytest.LogCaptureFixture) -> None:
    assert cast
    before = logging.getLogRecordFactory()
    silence_others()
    caplog.set_level(logging.DEBUG)
    try:
        raise ValueError("Kevin Marlow")
    except ValueError:
        logging.getLogger("engineio.server").log(level, "SELECT %s", "Kevin", exc_info=True)
        logging.getLogger("sgapp.ui").log(level, "event failed", exc_info=True)
    logging.setLogRecordFactory(before)
    theirs, ours = (record.getMessage() for record in caplog.records)
    assert theirs.startswith("test_watched.test_what_is_not_ours")
    assert ours == "event failed (ValueError)"
    assert "Kevin" not in caplog.text
