"""Master key and checkpoint from the command line, beside a server that goes on serving."""

import json
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.serving import PASSWORD, Server, otp, start_server, stop_server


@pytest.fixture
def running(tmp_path: Path):
    server, process = start_server(tmp_path)
    yield server
    stop_server(process)


def _signed_in(client: httpx.Client, server: Server) -> int:
    said = {"username": "lead", "password": PASSWORD, "otp": otp(server.url, "lead")}
    return client.post("/api/session", json=said).status_code


def test_a_server_goes_on_while_its_master_key_is_replaced_and_what_left_before_still_fits(
        running: Server, tmp_path: Path) -> None:
    left = tmp_path / "left.json"
    with httpx.Client(base_url=running.url, timeout=30) as before, httpx.Client(base_url=running.url, timeout=30) as after:
        assert _signed_in(before, running) == 200
        assert running.command("audit", "checkpoint", "--out", str(left)).returncode == 0
        rotated = running.command("keys", "rotate")
        assert (rotated.returncode, "The master key is replaced" in rotated.stdout) == (0, True), rotated.stdout
        assert before.get("/api/session").json()["username"] == "lead"
        assert _signed_in(after, running) == 200
    verified = running.command("audit", "verify", "--checkpoint", str(left))
    assert (verified.returncode, json.loads(left.read_text())["at"] in verified.stdout) == (0, True), verified.stdout


def test_a_place_where_no_checkpoint_can_go_is_refused_before_anything_is_served(running: Server) -> None:
    refused = replace(running, env={**running.env, "SGAPP_CHECKPOINTS_TO": "ftp://x.example/"}).command("serve")
    assert (refused.returncode, "SGAPP_CHECKPOINTS_TO" in refused.stdout) == (1, True), refused.stdout
    assert "No checkpoint of the chain leaves this machine" in running.command("doctor").stdout


def test_a_mail_server_that_is_none_is_refused_before_anything_is_served(running: Server) -> None:
    refused = replace(running, env={**running.env, "SGAPP_SMTP_URL": "mail.example.org:465"}).command("serve")
    assert (refused.returncode, "SGAPP_SMTP_URL is not an address like" in refused.stdout) == (1, True), refused.stdout


def test_what_is_no_checkpoint_is_told_in_plain_words_and_never_written_over(running: Server, tmp_path: Path) -> None:
    there = tmp_path / "there.json"
    there.write_text("{}")
    refused = running.command("audit", "checkpoint", "--out", str(there))
    assert (refused.returncode, there.read_text(), "could not be written" in refused.stdout) == (1, "{}", True)
    for name, words in ((there, "this is no checkpoint"), (tmp_path / "none.json", "could not be read")):
        answer = running.command("audit", "verify", "--checkpoint", str(name))
        assert (answer.returncode, words in answer.stdout, "Traceback" in answer.stderr) == (1, True, False), answer.stdout
