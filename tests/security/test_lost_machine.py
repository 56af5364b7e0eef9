"""The machine is lost while it serves: a backup that was made by command, meanwhile, serves again elsewhere."""

import json
import shutil
from pathlib import Path

import httpx
import pytest

from tests.serving import PASSWORD, Server, kill_server, otp, start_server, stop_server

pytestmark = pytest.mark.long


def _lets_in(server: Server, who: str) -> bool:
    body = {"username": who, "password": PASSWORD, "otp": otp(server.url, who)}
    answer = httpx.post(f"{server.url}/api/session", json=body, headers={"X-Requested-With": "sgapp"}, timeout=30)
    return answer.status_code == 200


@pytest.fixture
def lost(tmp_path: Path) -> tuple[Server, Path]:
    """A server that was killed after a backup. Its data folder is gone; the keys lie where they lay."""
    server, process = start_server(tmp_path)
    made = server.command("backup", str(tmp_path / "nightly.backup"))
    kill_server(process)
    assert made.returncode == 0, made.stdout
    shutil.rmtree(server.data)
    return server, tmp_path / "nightly.backup"


def test_a_backup_made_by_command_while_it_serves_serves_again(lost: tuple[Server, Path], tmp_path: Path) -> None:
    server, backup = lost
    refused = server.command("restore", str(backup))
    assert (refused.returncode, "must not come back" in refused.stdout) == (1, True)
    restored = server.command("restore", str(backup), "--none-disposed")
    assert restored.returncode == 0, restored.stdout
    assert server.command("audit", "verify").returncode == 0
    again, process = start_server(tmp_path, demo=False)
    try:
        assert [who for who in ("worker.b", "lead", "manager") if not _lets_in(again, who)] == []
    finally:
        stop_server(process)


def test_nothing_is_restored_over_what_is_there(lost: tuple[Server, Path], tmp_path: Path) -> None:
    server, backup = lost
    assert server.command("demo").returncode == 0
    refused = server.command("restore", str(backup), "--none-disposed")
    assert (refused.returncode, "never restored over it" in refused.stdout) == (1, True)


def test_a_copy_of_what_is_kept_of_an_adult_is_one_command(tmp_path: Path) -> None:
    server, process = start_server(tmp_path)
    try:
        made = server.command("subject-access", "p-117", "--out", str(tmp_path / "copy"))
        assert made.returncode == 0, made.stdout
        assert {p.name: oct(p.stat().st_mode & 0o777) for p in (tmp_path / "copy").iterdir()} == {
            "copy.json": "0o600", "copy.pdf": "0o600", "copy.txt": "0o600"}
        assert json.loads((tmp_path / "copy" / "copy.json").read_text())["name"] == "Rosa Linden"
        again = server.command("subject-access", "P-117", "--out", str(tmp_path / "copy"))
        nobody = server.command("subject-access", "P-000", "--out", str(tmp_path / "other"))
        assert (again.returncode, nobody.returncode, (tmp_path / "other").exists()) == (1, 1, False)
    finally:
        stop_server(process)
