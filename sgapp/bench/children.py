"""The processes that a bench measures: started on a free loopback port, ended with everything they started."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

from sgapp.bench.results import CannotMeasure

STARTS_WITHIN_SECONDS = 120


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def child(module: str, *arguments: str, port: int, log: Path, settings: Mapping[str, str],
          ready: str = "/readyz") -> Iterator[int]:
    """Run a module until the block ends: the number of its process, and of the session of all that it starts. No setting of
    ours but these reaches it. Raises CannotMeasure.

    `ready` is a path that it answers with 200 once it serves.
    """
    env = cleared(settings)
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", module, *arguments], env=env,  # noqa: S603 - our own words
                                   stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        _wait(process, f"http://127.0.0.1:{port}{ready}", log)
        yield process.pid
    finally:
        _end(process)


def cleared(settings: Mapping[str, str]) -> dict[str, str]:
    """This environment without any setting of ours but these."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SGAPP_")} | dict(settings)


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - ours, on the loopback
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)  # waiting for a process to open its port; there is no event to wait for
    raise CannotMeasure(f"A server of the bench did not start. It said:\n{log.read_text(errors='replace')[-1500:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end, then see to it that nothing it started outlives it."""
    process.send_signal(signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(20)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
