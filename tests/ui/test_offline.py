"""What the phone keeps is what its pages need and nothing of the desk, and the worker that keeps it is a plain script."""

import base64
import hashlib
import json
import re
import subprocess
from pathlib import Path

import pytest

from sgapp.ui import offline
from sgapp.ui.build import client_folder
from sgapp.ui.bundler import NotBundled
from sgapp.ui.offline import PHONE_PAGES, WorkerNotBuilt, kept_files, kept_version, make_worker, stay_put

ROOT = Path(__file__).resolve().parents[2]
MODULES = ROOT / ".web" / "node_modules"
TELLS = "auth=()=>({event:x,state_schema:app.stateSchema})"


@pytest.fixture
def static(tmp_path: Path) -> Path:
    """A small built client: four pages of the phone and one of the desk, which share a chunk."""
    assets = tmp_path / "client" / "assets"
    assets.mkdir(parents=True)
    client = assets.parent
    pages = {"index.html": "form", "mine/index.html": "mine", "today/index.html": "today", "sign-in/index.html": "signin",
             "desk/index.html": "desk"}
    for page, chunk in pages.items():
        (client / page).parent.mkdir(exist_ok=True)
        (client / page).write_text(f'<link rel="modulepreload" href="/assets/{chunk}.js"/><link href="/assets/manifest-1.js"/>'
                                   f'<link href="/icon.svg"/><a href="/mine">{page}</a><script>let x</script>')
        (assets / f"{chunk}.js").write_text('import{a}from"./shared.js";')
    (assets / "shared.js").write_text('const later=()=>import("./later.js"),css=["assets/style.css"];')
    (assets / "later.js").write_text("1")
    (assets / "style.css").write_text("p{background:url(/assets/paper.png)}")
    (assets / "paper.png").write_bytes(b"png")
    (assets / "manifest-1.js").write_text('["/assets/desk.js"]')
    (client / "icon.svg").write_text("<svg/>")
    (client / "away").mkdir()
    (client / "away" / "index.html").write_text("nothing new")
    return client


def test_the_phone_keeps_what_its_pages_name_and_what_that_needs_in_turn(static: Path) -> None:
    files = kept_files(static)
    assert {name.removeprefix("/assets/") for name in files if name.startswith("/assets/")} == {
        "form.js", "mine.js", "today.js", "signin.js", "shared.js", "later.js", "style.css", "paper.png", "manifest-1.js"}
    assert {name for name in files if not name.startswith("/assets/")} == {*PHONE_PAGES, "/icon.svg"}
    digest = base64.b64encode(hashlib.sha256((static / "mine" / "index.html").read_bytes()).digest()).decode()
    assert files["/mine/"] == f"sha256-{digest}"


def test_the_version_follows_what_is_kept_and_the_policies_but_not_the_desk(static: Path) -> None:
    before = kept_version(static, kept_files(static))
    (static / "assets" / "desk.js").write_text("2")
    assert kept_version(static, kept_files(static)) == before
    (static / "assets" / "later.js").write_text("2")
    changed = kept_version(static, kept_files(static))
    assert changed != before
    assert kept_version(static, {}) != changed


def test_the_phones_pages_do_not_say_their_version_and_the_desks_do(static: Path) -> None:
    script = static / "assets" / "state-1.js"
    script.write_text(TELLS)
    stay_put(static)
    told = script.read_text()
    for path, says in (("/", "null"), ("/mine", "null"), ("/mine/", "null"), ("/today/", "null"),
                       ("/sign-in/", "null"), ("/desk/", '"v1"'), ("/case", '"v1"')):
        asked = f'const x=1,app={{stateSchema:"v1"}},location={{pathname:"{path}"}};{told.replace("auth=", "const auth=")}'
        assert _node(f"{asked};console.log(JSON.stringify(auth().state_schema))") == says


@pytest.mark.parametrize("scripts", [[], [TELLS, TELLS], ["state_schema:null"]])
def test_a_client_that_tells_its_version_elsewhere_is_refused(static: Path, scripts: list[str]) -> None:
    for number, text in enumerate(scripts):
        (static / "assets" / f"{number}.js").write_text(text)
    with pytest.raises(WorkerNotBuilt):
        stay_put(static)


def _node(script: str, *arguments: str) -> str:
    done = subprocess.run([ROOT / ".venv" / "bin" / "node", "-e", script, "--", *arguments], capture_output=True, text=True,
                          timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_worker_is_a_classic_script_that_holds_its_list_and_the_outbox(static: Path) -> None:
    files = kept_files(static)
    make_worker(static, files, modules=MODULES)
    worker = static / "sw.js"
    # vm.Script takes a classic script only: an import or export that was left would be an error.
    _node('new (require("node:vm").Script)(require("node:fs").readFileSync(process.argv[1], "utf8"))', str(worker))
    text = worker.read_text()
    assert not re.search(r"""importScripts|import\(|["'`]\./|__(?!PURE)[A-Z]+__""", text)
    assert kept_version(static, files) in text
    for name, integrity in files.items():
        assert name in text
        assert integrity in text
    assert "/api/observations" in text


def test_a_worker_that_lacks_something_is_not_made(static: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "phone").mkdir()
    (tmp_path / "phone" / "service_worker.js").write_text('import { a } from "no-such-package"; a();')
    monkeypatch.setattr(offline, "_PHONE", tmp_path / "phone")
    with pytest.raises(NotBundled):
        make_worker(static, {}, modules=MODULES)


def test_the_built_worker_keeps_what_build_json_lists_and_nothing_of_the_desk() -> None:
    client = client_folder(ROOT)
    listing = json.loads((client / "build.json").read_text())
    text = (client / "sw.js").read_text()
    assert listing["phone"]["version"] in text
    assert set(PHONE_PAGES) < set(listing["phone"]["files"])
    assert all(name in text for name in listing["phone"]["files"])
    named = re.findall(r"/assets/([\w.-]+)", text)
    assert sorted(f"assets/{name}" for name in named) == sorted(n[1:] for n in listing["phone"]["files"] if "/assets/" in n)
    assert not [name for name in named if re.match(r"_(case|cases|close|decide|desk|note|refer|referral)_|desk", name)]
