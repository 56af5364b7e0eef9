"""Writes the bill of materials that every wheel carries: `python -m deploy.bill_of_materials`. `make lock` runs it.

From the lock of what runs and from the pages' own alone, so that the same locks give the same bill. Source: CycloneDX 1.6.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parents[1]
BILL = ROOT / "sgapp" / "bill-of-materials.cdx.json"
_LOCKED = re.compile(r"^([a-z0-9-]+)==([^ ;]+)", re.MULTILINE)


def python_parts(lock: str) -> Iterator[Component]:
    """What pip installs. The digests of its files stand in the lock."""
    for name, version in _LOCKED.findall(lock):
        yield Component(name=name, version=version, type=ComponentType.LIBRARY, bom_ref=f"pypi:{name}@{version}",
                        purl=PackageURL("pypi", None, name, version))


def browser_parts(lock: dict[str, Any]) -> Iterator[Component]:
    """What the pages are built of."""
    for place, part in lock["packages"].items():
        if place:
            name = place.rpartition("node_modules/")[2]
            group, _, short = name.rpartition("/")
            yield Component(name=short, group=group or None, version=part["version"], type=ComponentType.LIBRARY,
                            purl=PackageURL("npm", group or None, short, part["version"]), bom_ref=f"npm:{place}")


def bill() -> str:
    """The bill as it must stand, indented JSON. No time and no serial number: it says what, not when."""
    made, product = Bom(), Component(name="sgapp", type=ComponentType.APPLICATION, bom_ref="sgapp")
    made.metadata.component = product
    made.components.update(python_parts((ROOT / "deploy" / "requirements.lock").read_text()))
    made.components.update(browser_parts(json.loads((ROOT / "reflex.lock" / "package-lock.json").read_text())))
    made.register_dependency(product, made.components)
    found = json.loads(JsonV1Dot6(made).output_as_string())
    found.pop("serialNumber", None)
    found["metadata"].pop("timestamp", None)
    found["metadata"].pop("tools", None)
    return json.dumps(found, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    BILL.write_text(bill())
