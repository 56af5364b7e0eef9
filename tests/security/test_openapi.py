"""Schemathesis over the document that the API publishes: every door, every method, with each kind of session.

What it asks beyond the fuzzer beside it: that each answer is what the document says, and that what the document does not
allow is refused.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, assume, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from sgapp.api.app import create_api
from tests.serving import PASSWORD, Server, otp, start_server, stop_server

pytestmark = pytest.mark.long

DOCUMENT = schemathesis.openapi.from_dict(create_api().openapi())
INSIDE = ("Traceback", "sqlalchemy", 'File "', "psycopg", "sqlite3")
#: It ends the session that the rest is sent with; that it does is tested by itself.
ENDS = {"DELETE /api/session"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A demo of its own; in the end it is well, its chain holds, and its log shows nothing of its inside."""
    made, process = start_server(tmp_path_factory.mktemp("openapi"))
    yield made
    well = requests.get(f"{made.url}/readyz", timeout=30)
    stop_server(process)
    assert well.status_code == 200, well.text
    assert made.command("audit", "verify").returncode == 0
    log = made.log.read_text()
    assert "Traceback" not in log, log[-3000:]
    assert "unexpected" not in log, log[-3000:]


@pytest.fixture(scope="module", params=["worker.a", "lead", None])
def session(request: pytest.FixtureRequest, server: Server) -> Iterator[requests.Session]:
    with requests.Session() as made:
        made.headers["X-Requested-With"] = "sgapp"
        if request.param:
            said = {"username": request.param, "password": PASSWORD, "otp": otp(server.url, request.param)}
            assert made.post(f"{server.url}/api/session", json=said, timeout=30).status_code == 200
        yield made


@DOCUMENT.exclude(lambda context: context.operation.label in ENDS).parametrize()
@settings(max_examples=8, deadline=None, database=None, print_blob=True, suppress_health_check=list(HealthCheck))
def test_every_answer_is_what_the_document_says(case: Case, session: requests.Session, server: Server) -> None:
    answer = case.call(base_url=server.url, session=session, timeout=30)
    # A line break is refused by the outermost router, before anything of ours; two dots lead out of the door.
    asked = urlsplit(str(answer.request.url)).path
    assume(asked.startswith(case.path.partition("{")[0]) and "%0A" not in asked)
    case.validate_response(answer, checks=[not_a_server_error, content_type_conformance, response_schema_conformance])
    assert not [word for word in INSIDE if word in answer.text]
