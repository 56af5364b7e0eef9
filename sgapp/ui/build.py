"""Builds the client, and only when something it is made of has changed."""

import hashlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import reflex as rx

from sgapp.phone.words import FIRST, WordsMissing, read, translate_static, write_modules
from sgapp.settings import Settings
from sgapp.ui.first_load import picture_first, settings_for_vite, shorten_scripts, styles_are_classes
from sgapp.ui.offline import kept_files, kept_version, make_worker, stay_put

#: Reflex bakes one API address into the client. We bake one that can never be reached, and `post_build` replaces it by
#: "the origin this page came from". So the built client needs no rewriting at start: it follows `--port`, a proxy and
#: the public address by itself, and a build in which the replacement failed cannot pass for a working one.
API_PLACEHOLDER = "http://client.invalid"
_EVENT_ADDRESS = re.compile(r"""["'`]wss?://client\.invalid/_event["'`]""")
_HTTP_ADDRESS = re.compile(r"""(["'`])https?://client\.invalid(/[\w/-]*)\1""")
#: Reflex drops the port on https for these hosts; ours is already the page's own address, so the list must be empty.
_SAME_DOMAIN = re.compile(r"""\[(["'`])localhost\1,\1(?:0\.0\.0\.0)\1,\1::\1,\1[0:]+\1\]""")

_INPUTS = ("sgapp/sgapp.py", "sgapp/ui", "sgapp/phone", "sgapp/domain", "sgapp/services/views", "assets", "rxconfig.py",
           "reflex.lock")
_LEFT_OUT = {".pyc"}
#: Made from the list of what was built, so not on it.
_MADE_AFTER = {"build.json", "sw.js"}


class BuildFailed(RuntimeError):
    """The client could not be built, or what came out is not what we rely on."""


def allowed_origins(public_url: str) -> list[str]:
    """The origins that may open a websocket: the public one, and its loopback twin when it is a loopback address."""
    parts = urlsplit(public_url)
    origin = f"{parts.scheme}://{parts.netloc}"
    twin = {"localhost": "127.0.0.1", "127.0.0.1": "localhost"}.get(parts.hostname or "")
    return [origin] if twin is None else [origin, f"{parts.scheme}://{twin}{f':{parts.port}' if parts.port else ''}"]


def client_folder(root: Path) -> Path:
    """Where the built client of the checkout at `root` lies."""
    return root / ".web" / "build" / "client"


class ClientPlugin(rx.plugins.Plugin):
    """Reflex's hooks before and after the build: what goes into which file, the address of the server, what was built."""

    def pre_compile(self, **context: Any) -> None:
        place_words(Path.cwd() / ".web" / "public", Settings().language)
        context["add_modify_task"](rx.constants.ReactRouter.VITE_CONFIG_FILE, settings_for_vite)

    def post_build(self, **context: object) -> None:
        static = Path(str(context["static_dir"])).resolve()
        point_home(static)
        stay_put(static)
        styles_are_classes(static.parents[1])
        shorten_scripts(static, modules=_modules(static))
        picture_first(static)
        publish(static)


def place_words(public: Path, language: str) -> None:
    """Put the words of one language beside the phone's scripts, and into the pages that stand as files. Raises WordsMissing."""
    words = read(language)
    write_modules(public / "external" / "sgapp" / "phone" / "words", language)
    if language != FIRST:
        translate_static(public, words)


def _modules(static: Path) -> Path:
    return static.parents[1] / "node_modules"


def publish(static: Path) -> None:
    """List what was built, and make the service worker that keeps the phone's part of it."""
    kept = kept_files(static)
    write_manifest(static, kept)
    make_worker(static, kept, modules=_modules(static))


def point_home(static: Path) -> None:
    """Make the client call the origin it was loaded from. Raises BuildFailed if Reflex's output has changed shape."""
    addresses = lists = 0
    for script in sorted(static.rglob("*.js")):
        text = script.read_text(encoding="utf-8")
        new, a = _EVENT_ADDRESS.subn('(location.origin.replace(/^http/,"ws")+"/_event")', text)
        new, _ = _HTTP_ADDRESS.subn(r'(location.origin+"\2")', new)
        new, b = _SAME_DOMAIN.subn("[]", new)
        addresses, lists = addresses + a, lists + b
        if new != text:
            script.write_text(new, encoding="utf-8")
        if "client.invalid" in new:
            raise BuildFailed(f"{script.name} still holds the placeholder address")
    if not addresses or not lists:
        raise BuildFailed("the built client holds no server address where one was expected; has Reflex changed?")


def write_manifest(static: Path, kept: dict[str, str] | None = None) -> None:
    """List what was built, with a content version, and of it what the phone keeps, with the version of that."""
    digest, files = hashlib.sha256(), []
    for path in sorted(p for p in static.rglob("*") if p.is_file() and p.name not in _MADE_AFTER):
        name = path.relative_to(static).as_posix()
        if name.startswith("external/"):
            continue  # the sources of local components: bundled already
        files.append(name)
        digest.update(name.encode() + b"\0" + path.read_bytes())
    listing: dict[str, object] = {"version": digest.hexdigest()[:16], "files": files}
    if kept:
        listing["phone"] = {"version": kept_version(static, kept), "files": sorted(kept)}
    (static / "build.json").write_text(json.dumps(listing, indent=1) + "\n", encoding="utf-8")


def _input_files(root: Path) -> Iterator[Path]:
    for name in _INPUTS:
        place = root / name
        found = [place] if place.is_file() else sorted(p for p in place.rglob("*") if p.is_file())
        yield from (p for p in found if p.suffix not in _LEFT_OUT and "external" not in p.relative_to(root).parts[:2])


def inputs_hash(root: Path) -> str:
    """A hash over everything the client is made of."""
    digest = hashlib.sha256(f"{version('reflex')} {Settings().language}".encode())
    for path in _input_files(root):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def build_client(root: Path, *, force: bool = False) -> bool:
    """Build the client of the checkout at `root` if its inputs changed; True if it was built. Raises BuildFailed."""
    try:
        read(Settings().language)
    except WordsMissing as missing:
        raise BuildFailed(str(missing)) from missing
    stamp, wanted = root / ".web" / "sgapp-built", inputs_hash(root)
    if not force and stamp.is_file() and stamp.read_text() == wanted and (client_folder(root) / "index.html").is_file():
        return False
    print("Building the pages (about 20 seconds; longer the first time) …", flush=True)  # noqa: T201
    began = time.monotonic()
    stamp.unlink(missing_ok=True)
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip", "--env", "prod"]
    done = subprocess.run(command, cwd=root, env={**os.environ, "PYTHONPATH": str(root)},  # noqa: S603 - our own words
                          stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0 or not (client_folder(root) / "index.html").is_file():
        raise BuildFailed("The pages could not be built.\n" + done.stdout[-4000:])
    # Hashed again: the build itself may complete the lock file, which is one of its inputs.
    stamp.write_text(inputs_hash(root))
    print(f"The pages are built ({time.monotonic() - began:.0f} s).", flush=True)  # noqa: T201
    return True


def main() -> int:
    """Build if needed; 1 with the reason if it could not be done."""
    try:
        build_client(Path(__file__).resolve().parents[2])
    except BuildFailed as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
