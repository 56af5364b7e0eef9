"""The evidence of a month as the page fetches it: lines, and in the last of them the whole as it left."""

import base64
import json
from pathlib import Path

import pytest

from sgapp.services.evidence import AskForEvidence, ask_for_evidence, check_pack
from sgapp.services.house import now
from tests.api.conftest import SignIn
from tests.people import Cast


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_the_last_line_holds_what_was_asked_for_and_it_is_as_it_left(as_: SignIn, cast: Cast, tmp_path: Path) -> None:
    asked = ask_for_evidence(cast.house, cast.noel, AskForEvidence(f"{now():%Y-%m}", "An inspection", "CQC"), now=now()).id
    answer = as_("noel").get(f"/api/evidence/{asked}/making")
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == ("application/x-ndjson", "no-store")
    last = json.loads(answer.text.splitlines()[-1])
    (tmp_path / last["name"]).write_bytes(base64.b64decode(last["content"]))
    assert check_pack(tmp_path / last["name"])["recipient"] == "CQC"


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_what_was_never_asked_for_is_refused_before_a_line_is_sent(as_: SignIn) -> None:
    answer = as_("noel").get("/api/evidence/never/making")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
