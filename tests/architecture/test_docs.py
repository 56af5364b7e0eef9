"""What the documents name is there: a promise that points at a test which is gone promises nothing."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
_TEST = re.compile(r"`(tests/[\w/.]+?\.py)?(?:::(test_\w+))?`")
_PLACE = re.compile(r"`((?:sgapp|assets|docs|tests)/[\w./-]+)`")


def _tests_named(text: str) -> Iterator[tuple[str, str]]:
    """File and test, as they are written; a test without a file belongs to the file named before it."""
    file = ""
    for found in _TEST.finditer(text):
        file = found.group(1) or file
        if found.group(1) or found.group(2):
            yield file, found.group(2) or ""


def _there(file: str, test: str) -> bool:
    path = ROOT / file
    return bool(file) and path.is_file() and (not test or f"def {test}(" in path.read_text())


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_test_that_a_document_names_is_there(document: Path) -> None:
    missing = [f"{file}::{test}" for file, test in _tests_named(document.read_text()) if not _there(file, test)]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_and_folder_that_a_document_names_is_there(document: Path) -> None:
    missing = [place for place in _PLACE.findall(document.read_text()) if not (ROOT / place).exists()]
    assert missing == []


def test_the_search_would_notice_a_name_that_is_gone() -> None:
    """The control of the tests above."""
    named = list(_tests_named("see `tests/architecture/test_docs.py::test_that_is_gone`, `::test_too`"))
    assert named == [("tests/architecture/test_docs.py", "test_that_is_gone"), ("tests/architecture/test_docs.py", "test_too")]
    assert not any(_there(*pair) for pair in named)
