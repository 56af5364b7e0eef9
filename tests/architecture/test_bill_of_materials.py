"""The bill of materials in the wheel lists what is locked, no more and no less."""

import json
import tomllib
from collections import Counter

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from deploy.bill_of_materials import BILL, ROOT, bill


def test_the_bill_is_the_one_that_the_locks_make() -> None:
    assert BILL.read_text() == bill(), "run `python -m deploy.bill_of_materials`"


def test_every_locked_package_stands_in_it_once() -> None:
    lock = (ROOT / "deploy" / "requirements.lock").read_text().splitlines()
    parts = [c for c in json.loads(BILL.read_text())["components"] if c["purl"].startswith("pkg:pypi/")]
    assert Counter(c["name"] for c in parts) == Counter(line.split("==")[0] for line in lock if line[:1].isalnum())


def test_it_is_a_bill_by_its_standards_own_schema() -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(BILL.read_text()) is None


def test_the_wheel_carries_it() -> None:
    data = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["sgapp"]
    assert BILL.name in data
