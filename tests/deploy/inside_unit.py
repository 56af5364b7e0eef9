"""Runs the command of one of our units within the walls that a test has built, and says as JSON what it saw.

Called by tests/deploy/test_units.py, as root, in a world of its own; what it starts has the unit's user and no rights. It needs
nothing but the standard library.
"""

import ctypes
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

#: Of prctl(2) and seccomp(3).
NO_NEW_RIGHTS, DROP, NO_WRITTEN_CODE, ALLOW, REFUSE = 38, 24, 65, 0x7FFF0000, 0x00050000 | 1
ASKED = "http://127.0.0.1:8000"


def give_up_rights(uid: int, calls: list[str], *, written_code: bool) -> None:
    """In the child, before the command: another user, no right, and of the system's calls only these."""
    libc, filters = ctypes.CDLL(None, use_errno=True), ctypes.CDLL("libseccomp.so.2")
    for right in range(64):
        libc.prctl(DROP, right, 0, 0, 0)
    os.umask(0o077)
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    if libc.prctl(NO_NEW_RIGHTS, 1, 0, 0, 0) or (not written_code and libc.prctl(NO_WRITTEN_CODE, 1, 0, 0, 0)):
        raise OSError(ctypes.get_errno(), "a right cannot be given up here")
    filters.seccomp_init.restype = ctypes.c_void_p
    made = ctypes.c_void_p(filters.seccomp_init(REFUSE))
    for name in calls:
        number = filters.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:  # else it is another processor's
            filters.seccomp_rule_add(made, ALLOW, number, 0)
    if filters.seccomp_load(made):
        raise OSError("the calls cannot be limited here")


def started(told: dict[str, Any], *command: str) -> subprocess.Popen[str]:
    """The unit's command, or another one, as the unit runs it."""
    return subprocess.Popen(
        list(command) or told["command"], env=told["env"], cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        preexec_fn=lambda: give_up_rights(told["uid"], told["calls"], written_code=told["written_code"]))


def came_of(process: subprocess.Popen[str]) -> tuple[int, str]:
    """How it ended, and what it said."""
    said, _ = process.communicate(timeout=120)
    return process.returncode, said


def writes(told: dict[str, Any], place: str) -> bool:
    return came_of(started(told, "/bin/sh", "-c", f"touch {place}/tried && rm {place}/tried"))[0] == 0


def answered(path: str) -> int:
    """The status of an answer; 0 if there is none."""
    try:
        with urllib.request.urlopen(ASKED + path, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def rights_of(pid: int) -> dict[str, str]:
    """What the system says that a process may."""
    lines = (line.split(":\t") for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    told = {name: value.strip() for name, value in lines}
    return {name: told[name] for name in ("Uid", "CapEff", "CapBnd", "NoNewPrivs", "Seccomp")}


def main() -> None:
    told = json.loads(sys.stdin.read())
    process = started(told)
    found: dict[str, Any] = {}
    if told["serves"]:
        end = time.monotonic() + 90
        while answered("/readyz") != 200 and process.poll() is None and time.monotonic() < end:
            time.sleep(0.1)  # waiting for a process to open its port
        found = {"answers": {path: answered(path) for path in ("/readyz", "/sign-in/")},
                 "rights": rights_of(process.pid) if process.poll() is None else {}}
        process.terminate()
    found["ended"], found["said"] = came_of(process)
    found["then"] = [came_of(started(told, *command)) for command in told["then"]]
    found["writes"] = [place for place in told["places"] if writes(told, place)]
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
