"""A real Caddy with our own Caddyfile, on this machine alone.

`python -m tests.caddy` installs it, and what else runs what lies in deploy/; `make verify` does that.

Caddy itself turns the file into what it runs by. Changed in that are ports, that it listens on loopback, and that it neither
opens its own console nor puts its certificate into this machine's store.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browser import install_packages
from tests.engines import _process
from tests.serving import ROOT, free_port

CADDYFILE = ROOT / "deploy" / "Caddyfile"
STARTS_WITHIN_S = 60


@dataclass(frozen=True)
class Caddy:
    """Where it answers, which certificate it is known by, and what it wrote of itself."""

    https: int
    http: int
    root: Path
    log: Path


def found_caddy() -> str:
    """Its program. Skips the test where there is none."""
    return shutil.which("caddy") or pytest.skip("Caddy is not installed, and Debian's package could not be had")


def adapted(host: str, upstream: str, home: Path) -> dict[str, object]:
    """What Caddy makes of our file: every option, and none that it does not know."""
    made = subprocess.run([found_caddy(), "adapt", "--config", str(CADDYFILE)], env=_env(home, host, upstream), text=True,
                          capture_output=True, check=False)
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout)


def _env(home: Path, host: str = "", upstream: str = "") -> dict[str, str]:
    return {**os.environ, "HOME": str(home), "XDG_DATA_HOME": str(home), "XDG_CONFIG_HOME": str(home), "SGAPP_HOST": host,
            "SGAPP_UPSTREAM": upstream}


@contextmanager
def running_caddy(folder: Path, upstream: str, *, port: int) -> Iterator[Caddy]:
    """Caddy in front of `upstream` (host:port), as localhost at this port, with a certificate that it made itself."""
    folder.mkdir(parents=True, exist_ok=True)
    found = Caddy(port, free_port(), folder / "caddy" / "pki" / "authorities" / "local" / "root.crt", folder / "caddy.log")
    config = adapted("localhost", upstream, folder)
    http = config["apps"]["http"]  # type: ignore[index] - as JSON came
    http |= {"http_port": found.http, "https_port": found.https}
    for server in http["servers"].values():
        server["listen"] = [f"127.0.0.1:{found.https}"]
    config["admin"] = {"disabled": True, "config": {"persist": False}}
    config["apps"]["pki"] = {"certificate_authorities": {"local": {"install_trust": False}}}  # type: ignore[index]
    (folder / "caddy.json").write_text(json.dumps(config))
    with _process([found_caddy(), "run", "--config", str(folder / "caddy.json")], found.log, _env(folder)) as process:
        end = time.monotonic() + STARTS_WITHIN_S
        while not (found.root.is_file() and "serving initial configuration" in found.log.read_text()):
            if process.poll() is not None or time.monotonic() > end:
                pytest.fail(f"Caddy does not start: {found.log.read_text()[-2000:]}")
            time.sleep(0.1)  # waiting for a process to open its port
        yield found


#: Debian's package to the program that is looked for, and what for.
PROGRAMS = {"caddy": ("caddy", "deploy/Caddyfile with a real Caddy"), "bubblewrap": ("bwrap", "the units' own commands")}


def main() -> int:
    """Install what is missing to run deploy/. What cannot be had is said again by the tests, which skip it."""
    missing = [package for package, (program, _) in PROGRAMS.items() if not shutil.which(program)]
    if missing:
        sys.stdout.write(f"Installing to run what deploys it: {', '.join(missing)}\n")
        install_packages(*missing, lean=True)
    for package, (program, what) in PROGRAMS.items():
        sys.stdout.write(f"The tests run {what}\n" if shutil.which(program)
                         else f"{package} could not be installed; the tests do not run {what}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
