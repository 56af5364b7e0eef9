"""The stories again as a larger provider would live them: PostgreSQL, Redis, and two processes that share the work."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import new_database
from tests.e2e import test_scenario_1, test_scenario_4
from tests.serving import Open, Server, running_redis, start_server, stop_server

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def server(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Stands in for the small server of the other stories, also for whoever signs in here."""
    folder = tmp_path_factory.mktemp("grown")
    with running_redis(folder) as redis:
        made, process = start_server(folder, workers=2, SGAPP_DATABASE_URL=new_database(postgres), SGAPP_REDIS_URL=redis)
        assert len(_children(process.pid)) >= 2, "the work is not shared: there are not two processes"
        yield made
        stop_server(process)
    assert not (folder / "data" / "sgapp.db").exists(), "this ran on SQLite"
    assert "Traceback" not in made.log.read_text()


def _children(process_id: int) -> list[str]:
    """The worker processes: children that run Python, and not the helper that counts shared things."""
    children = (Path(f"/proc/{process_id}/task") / str(process_id) / "children").read_text().split()
    return [c for c in children if "resource_tracker" not in Path(f"/proc/{c}/cmdline").read_text()]


def test_scenario_1_is_the_same_on_postgresql_and_two_processes(server: Server, sign_in: Open) -> None:
    test_scenario_1.test_a_refused_consent_becomes_a_referral_a_receipt_and_an_outcome(server, sign_in)


def test_scenario_4_is_the_same_on_postgresql_and_two_processes(server: Server, sign_in: Open) -> None:
    test_scenario_4.test_a_decision_not_to_share_is_recorded_watched_and_closed(sign_in)
