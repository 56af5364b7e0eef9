"""The units' own commands, at the places and with the rights that the units say, on a machine where systemd is not the manager.

What systemd would build is built here from the same lines: who it runs as, which places can be written, which calls of the
system there are, a network, a /tmp and processes of its own. It is no systemd: see "What was run of this" in deploy/README.md.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.wheel import ROOT, build_wheel
from tests.serving import PASSWORD

UNITS = ROOT / "deploy" / "systemd"
INSIDE = Path(__file__).with_name("inside_unit.py")
NOBODY_IN_PARTICULAR = 64_998
#: What a machine's administrator writes, as deploy/README.md says.
SETTINGS = {"SGAPP_PUBLIC_URL": "https://notes.example.org", "SGAPP_CHECKPOINTS_TO": "/mnt/sgapp-checkpoints",
            "SGAPP_ORGANISATION": "Larkfield Care", "SGAPP_RING": "020 7946 0001", "SGAPP_ON_CALL": "020 7946 0002"}
PLACES = ("/var/lib/sgapp", "/var/lib/sgapp-keys", "/tmp", "/mnt/sgapp-checkpoints", "/mnt/sgapp-backups",
          "/opt/open-to-all", "/home", "/root", "/etc", "/opt/sgapp", "/usr/lib")
#: What else it does by libraries that are not Python: a password's hash, a PDF, a signature; those of passkeys and pushes.
THEN = (["/opt/sgapp/bin/sgapp", "user", "add", "nia", "--name", "Nia One", "--role", "worker", "--password", PASSWORD],
        ["/opt/sgapp/bin/sgapp", "evidence", "build", "--month", "2026-10", "--out", "/tmp/evidence"],
        ["/opt/sgapp/bin/sgapp", "audit", "checkpoint"],
        ["/opt/sgapp/bin/python", "-c", "import OpenSSL.SSL, pywebpush, psycopg, redis, webauthn"])
pytestmark = pytest.mark.long


def _why_not() -> str:
    """Why a unit's walls cannot be built on this machine; empty where they can."""
    if os.geteuid() != 0:
        return "only root may become the units' user"
    if missing := [name for name in ("bwrap", "systemd-analyze") if not shutil.which(name)]:
        return f"{', '.join(missing)} is not here"
    if tuple(int(part) for part in os.uname().release.split(".")[:2]) < (6, 3):
        return "this kernel cannot refuse memory that is written and then run"
    tried = subprocess.run(["bwrap", "--ro-bind", "/", "/", "--unshare-net", "true"], capture_output=True, text=True,
                           check=False)
    return f"bwrap may build no walls here: {tried.stderr.strip()}" if tried.returncode else ""


def lines_of(unit: str) -> dict[str, list[str]]:
    """What a unit says, by the name of each line."""
    found = defaultdict(list)
    for line in (UNITS / unit).read_text().splitlines():
        name, is_one, value = line.partition("=")
        if is_one and not line.startswith("#"):
            found[name].append(value)
    return found


def _calls(said: list[str]) -> list[str]:
    """The system's calls that are left by these lines, by name."""
    left: set[str] = set()
    for line in said:
        for group in line.removeprefix("~").split():
            names = _in_group(group)
            left = left - names if line.startswith("~") else left | names
    return sorted(left)


def _in_group(group: str) -> set[str]:
    if not group.startswith("@"):
        return {group}
    told = subprocess.run(["systemd-analyze", "syscall-filter", group], capture_output=True, text=True, check=True).stdout
    names = [line.strip() for line in told.splitlines()[1:] if not line.strip().startswith("#")]
    return {found for name in names for found in _in_group(name)}


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that stands for a machine's disk: installed by the commands of deploy/README.md, nothing run yet."""
    if why := _why_not():
        pytest.skip(why)
    disk = tmp_path_factory.mktemp("machine")
    wheel = build_wheel(disk / "dist")
    for place in ("opt/sgapp", "opt/open-to-all", "mnt/sgapp-checkpoints", "mnt/sgapp-backups", "var/sgapp", "var/sgapp-keys"):
        (disk / place).mkdir(parents=True)
        (disk / place).chmod(0o777 if place.endswith("all") else 0o755)
        if not place.startswith("opt/"):
            os.chown(disk / place, NOBODY_IN_PARTICULAR, NOBODY_IN_PARTICULAR)
    others = ["--tmpfs", "/opt", *(part for other in Path("/opt").iterdir() for part in ("--ro-bind", str(other), str(other)))]
    pip = ["/opt/sgapp/bin/pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    for command in ([sys.executable, "-m", "venv", "/opt/sgapp"],
                    [*pip, "--require-hashes", "-r", str(ROOT / "deploy" / "requirements.lock")], [*pip, str(wheel)]):
        subprocess.run(["bwrap", "--bind", "/", "/", "--dev", "/dev", *others, "--bind", str(disk / "opt" / "sgapp"),
                        "/opt/sgapp", *command], check=True)
    return disk


def _walls(disk: Path, said: dict[str, list[str]]) -> Iterator[str]:
    """What a unit may see and write, for bwrap."""
    assert (said["ProtectSystem"], said["ProtectHome"], said["PrivateTmp"]) == (["strict"], ["yes"], ["yes"])
    yield from ("--ro-bind", "/", "/", "--ro-bind", str(disk / "opt"), "/opt", "--dev", "/dev", "--proc", "/proc",
                "--perms", "1777", "--tmpfs", "/tmp", "--tmpfs", "/home", "--tmpfs", "/root", "--tmpfs", "/var/lib",
                "--ro-bind", str(disk / "mnt"), "/mnt")
    if not Path(sys.base_prefix).is_relative_to("/usr"):
        for parent in reversed(Path(sys.base_prefix).parents):  # a Python that was not installed by the system
            yield from ("--perms", "0755", "--dir", str(parent))
        yield from ("--ro-bind", sys.base_prefix, sys.base_prefix)
    for name in said["StateDirectory"][0].split():
        yield from ("--bind", str(disk / "var" / name), f"/var/lib/{name}")
    for path in said["ReadWritePaths"]:
        yield from ("--bind", str(disk / path.lstrip("-/")), path.lstrip("-"))
    yield from ("--remount-ro", "/var/lib", "--remount-ro", "/home", "--remount-ro", "/root", "--ro-bind", str(INSIDE),
                "/tmp/inside.py", "--unshare-net", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--die-with-parent")


def run_as(disk: Path, unit: str) -> dict[str, Any]:
    """What came of a unit's command within its walls."""
    said = lines_of(unit)
    env = dict(part.split("=", 1) for line in said["Environment"] for part in line.split())
    told = {"command": shlex.split(said["ExecStart"][0]), "uid": NOBODY_IN_PARTICULAR,
            "calls": _calls(said["SystemCallFilter"]), "written_code": said["MemoryDenyWriteExecute"] != ["yes"],
            "places": PLACES, "serves": said["Type"] != ["oneshot"], "then": THEN if unit == "sgapp.service" else (),
            "env": {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/home/sgapp", **env, **SETTINGS}}
    ran = subprocess.run(["bwrap", *_walls(disk, said), "/opt/sgapp/bin/python", "/tmp/inside.py"], input=json.dumps(told),
                         capture_output=True, text=True, check=False, timeout=300)
    assert ran.returncode == 0, ran.stderr[-3000:]
    return json.loads(ran.stdout)


@pytest.fixture(scope="module")
def served(machine: Path) -> dict[str, Any]:
    return run_as(machine, "sgapp.service")


@pytest.fixture(scope="module")
def backed_up(machine: Path, served: dict[str, Any]) -> dict[str, Any]:
    """After it was served, so that there is something."""
    assert served["ended"] == 0, served["said"]
    return run_as(machine, "sgapp-backup.service")


def test_it_serves_as_the_unit_says_and_ends_when_it_is_told_to(served: dict[str, Any]) -> None:
    assert served["answers"] == {"/readyz": 200, "/sign-in/": 200}, served["said"]
    assert served["ended"] == 0, served["said"]
    assert "Make the first administrator here" in served["said"]
    assert "Traceback" not in served["said"]


def test_within_its_walls_it_does_all_that_it_does(served: dict[str, Any]) -> None:
    assert [(code, said) for code, said in served["then"] if code != 0] == []
    assert len(served["then"]) == len(THEN)


def test_it_runs_without_any_right_and_with_no_more_calls_than_it_needs(served: dict[str, Any]) -> None:
    assert served["rights"] == {"Uid": "\t".join([str(NOBODY_IN_PARTICULAR)] * 4), "CapEff": "0" * 16, "CapBnd": "0" * 16,
                                "NoNewPrivs": "1", "Seccomp": "2"}
    calls = _calls(lines_of("sgapp.service")["SystemCallFilter"])
    assert {"read", "socket", "fdatasync"} <= set(calls)
    assert not {"mount", "ptrace", "bpf", "reboot", "kexec_load", "init_module", "settimeofday", "swapon"} & set(calls)


def test_it_writes_where_its_data_its_keys_and_what_leaves_go_and_nowhere_else(
        served: dict[str, Any], backed_up: dict[str, Any]) -> None:
    assert served["writes"] == ["/var/lib/sgapp", "/var/lib/sgapp-keys", "/tmp", "/mnt/sgapp-checkpoints"]
    assert backed_up["writes"] == ["/var/lib/sgapp", "/var/lib/sgapp-keys", "/tmp", "/mnt/sgapp-backups"]


def test_what_it_keeps_is_for_its_own_user_alone(machine: Path, served: dict[str, Any]) -> None:
    assert served["ended"] == 0
    kept = [path for folder in ("sgapp", "sgapp-keys") for path in (machine / "var" / folder).rglob("*")]
    assert {path.name for path in kept} >= {"sgapp.db"}
    assert {(path.stat().st_uid, path.stat().st_mode & 0o077) for path in kept} == {(NOBODY_IN_PARTICULAR, 0)}


def test_the_backup_is_made_as_its_unit_says(machine: Path, backed_up: dict[str, Any]) -> None:
    assert backed_up["ended"] == 0, backed_up["said"]
    [backup] = (machine / "mnt" / "sgapp-backups").iterdir()
    assert backup.stat().st_size > 1_000
    assert backup.stat().st_mode & 0o077 == 0
