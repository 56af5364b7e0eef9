"""The built client finds its server by itself, and is rebuilt when, and only when, something it is made of changed."""

import json
import re
from pathlib import Path

import pytest

from rxconfig import DAISY_PARTS
from sgapp.ui.build import BuildFailed, allowed_origins, inputs_hash, point_home, write_manifest

ROOT = Path(__file__).resolve().parents[2]
ENV = 'var e={PING:`http://client.invalid/ping`,EVENT:`ws://client.invalid/_event`,A:"http://client.invalid/auth-codespace"};'
STATE = "const S=[`localhost`,`0.0.0.0`,`::`,`0:0:0:0:0:0:0:0`];"


def test_the_client_calls_the_origin_it_was_loaded_from(tmp_path: Path) -> None:
    (tmp_path / "env.js").write_text(ENV)
    (tmp_path / "state.js").write_text(STATE)
    point_home(tmp_path)
    assert (tmp_path / "env.js").read_text() == (
        'var e={PING:(location.origin+"/ping"),EVENT:(location.origin.replace(/^http/,"ws")+"/_event"),'
        'A:(location.origin+"/auth-codespace")};')
    assert (tmp_path / "state.js").read_text() == "const S=[];"


@pytest.mark.parametrize("present", [[ENV], [STATE], [ENV, STATE, "fetch('http://client.invalid'+x)"], []])
def test_a_build_that_no_longer_looks_as_expected_is_refused(tmp_path: Path, present: list[str]) -> None:
    for number, text in enumerate(present):
        (tmp_path / f"{number}.js").write_text(text)
    with pytest.raises(BuildFailed):
        point_home(tmp_path)


@pytest.mark.parametrize(("address", "origins"), [
    ("https://notes.example.org/somewhere", ["https://notes.example.org"]),
    ("http://localhost:8000", ["http://localhost:8000", "http://127.0.0.1:8000"]),
    ("http://127.0.0.1", ["http://127.0.0.1", "http://localhost"]),
])
def test_only_the_public_origin_may_open_a_socket(address: str, origins: list[str]) -> None:
    assert allowed_origins(address) == origins


def test_the_manifest_names_what_was_built_and_its_version_follows_the_content(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "external").mkdir()
    (tmp_path / "external" / "source.js").write_text("1")
    (tmp_path / "assets" / "a.js").write_text("1")
    write_manifest(tmp_path)
    first = json.loads((tmp_path / "build.json").read_text())
    (tmp_path / "assets" / "a.js").write_text("2")
    write_manifest(tmp_path)
    second = json.loads((tmp_path / "build.json").read_text())
    assert first["files"] == ["assets/a.js"]
    assert first["version"] != second["version"]


def test_the_hash_of_the_inputs_follows_pages_and_scripts_but_not_services(tmp_path: Path) -> None:
    for name in ("sgapp/ui/page.py", "sgapp/phone/form.js", "sgapp/services/cases.py", "rxconfig.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
    before = inputs_hash(tmp_path)
    (tmp_path / "sgapp/services/cases.py").write_text("2")
    assert inputs_hash(tmp_path) == before
    (tmp_path / "sgapp/phone/form.js").write_text("2")
    assert inputs_hash(tmp_path) != before


def test_the_lock_file_names_no_registry() -> None:
    root = Path(__file__).resolve().parents[2]
    text = (root / "reflex.lock" / "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert '"integrity"' in text


def test_every_part_of_daisyui_that_a_page_wears_is_asked_for() -> None:
    """A class of a part that is not on the list would have no style, without a word."""
    worn = set()
    for path in (p for kind in ("*.py", "*.js") for p in (ROOT / "sgapp").rglob(kind)):
        for one in re.findall(r"""class_?[nN]ame[=:]\s*(?:"([^"]*)"|`([^`]*)`)""", path.read_text(encoding="utf-8")):
            worn |= set("".join(one).split())
    parts = {}
    for source in (ROOT / ".web" / "node_modules" / "daisyui" / "components").glob("*/object.js"):
        parts |= dict.fromkeys(re.findall(r'"\.([a-z0-9-]+)', source.read_text(encoding="utf-8")), source.parent.name)
    assert parts["btn"] == "button"
    assert "btn-primary" in worn
    assert {parts[name] for name in worn & set(parts)} <= set(DAISY_PARTS)
