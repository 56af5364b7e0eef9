"""The wheel in an empty environment: no Node, no checkout, and it serves the pages, takes a note and shows it to the lead."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from deploy.wheel import ROOT, build_wheel
from tests.e2e.pictures import signed_in
from tests.e2e.steps import fill_note
from tests.serving import PHONE, TABLET, Server, start_server, stop_server

pytestmark = [pytest.mark.long, pytest.mark.browser]
PIP = ("-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--no-deps")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with what is locked for running it, and the wheel."""
    found = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(found)], check=True)
    python = str(found / "bin" / "python")
    subprocess.run([python, *PIP, "--require-hashes", "--requirement", str(ROOT / "deploy" / "requirements.lock")], check=True)
    subprocess.run([python, *PIP, str(wheel)], check=True)
    return found


def _files(installed: Path) -> dict[str, int]:
    """Every file of the product as it was installed, with when it was last written."""
    [package] = installed.glob("lib/python*/site-packages/sgapp")
    return {str(file): file.stat().st_mtime_ns for file in package.rglob("*") if file.suffix != ".pyc" and file.is_file()}


@pytest.fixture(scope="module")
def running(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    bare = {"PATH": str(installed / "bin"), "PYTHONPATH": "", "VIRTUAL_ENV": ""}
    server, process = start_server(tmp_path_factory.mktemp("elsewhere"), installed=installed, **bare)
    yield server
    stop_server(process)


def test_it_needs_no_node(running: Server) -> None:
    assert shutil.which("node", path=running.env["PATH"]) is None
    assert shutil.which("sgapp", path=running.env["PATH"]) is not None


def test_a_note_goes_from_the_phone_to_the_lead(running: Server, browser: Browser) -> None:
    worker = signed_in(browser, running.url, "worker.a", PHONE, dark=False)
    fill_note(worker, person="D.M. · P-104", seen="The door stood open.", said="", told="")
    worker.get_by_role("button", name="Save note").click()
    expect(worker.locator("#receipt")).to_contain_text("Delivered")
    reference = worker.locator("#reference").inner_text()
    lead = signed_in(browser, running.url, "lead", TABLET, dark=False)
    expect(lead.get_by_role("listitem").filter(has_text=reference)).to_be_visible()
    for page in (worker, lead):
        page.context.close()


def test_serving_writes_nothing_where_it_is_installed(installed: Path, tmp_path: Path) -> None:
    before = _files(installed)
    bare = {"PATH": str(installed / "bin"), "PYTHONPATH": ""}
    _server, process = start_server(tmp_path, installed=installed, **bare)
    stop_server(process)
    assert _files(installed) == before
    assert len(before) > 500


def test_its_bill_names_every_part_that_was_installed_with_its_version(wheel: Path, installed: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        bill = json.loads(opened.read("sgapp/bill-of-materials.cdx.json"))
    asked = subprocess.run([str(installed / "bin" / "python"), "-m", "pip", "list", "--format", "json"], check=True,
                           capture_output=True, env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"})
    there = {(re.sub(r"[._]", "-", part["name"].lower()), part["version"]) for part in json.loads(asked.stdout)}
    named = {(part["name"], part["version"]) for part in bill["components"] if part["purl"].startswith("pkg:pypi/")}
    assert {name for name, _version in there - named} <= {"sgapp", "pip", "setuptools"}
    assert len(there) > 50
