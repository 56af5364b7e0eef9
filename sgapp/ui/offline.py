"""What a phone keeps of the built client so that it opens without a signal, and the service worker that keeps it."""

import base64
import hashlib
import json
import re
import shutil
import tempfile
from pathlib import Path

from sgapp.phone.words import write_modules
from sgapp.settings import Settings
from sgapp.ui.bundler import bundle
from sgapp.ui.headers import page_policies

#: The pages that open without a signal, as the server names them: a path without its closing slash is redirected. The
#: desk's pages are not among them, now or later: whatever shows a case comes from the server or not at all.
PHONE_PAGES = ("/", "/mine/", "/today/", "/sign-in/", "/away/")
_PHONE = Path(__file__).resolve().parents[1] / "phone"

_IN_PAGE = re.compile(r"""(?:href|src)=["'](/[^"'?#]+)["']""")
_IN_FILE = re.compile(r"""["'`(](?:\./|/?assets/)([\w.-]+\.\w+)["'`)]""")
#: React Router's list of every page, the desk's included; what it names is not needed by the page that loads it.
_LIST_OF_PAGES = "manifest-"
#: Reflex tells a page of another version to reload, and the page does. What stands in a note that was not saved would
#: go with it, and a page kept on the phone would come back as the same old version. So the phone's pages do not say
#: which version they are; they need nothing of State. The desk's pages still do: what is typed there is in drafts.
_VERSION_TOLD = re.compile(r"state_schema:\s*(\w+\.stateSchema)")


class WorkerNotBuilt(RuntimeError):
    """The service worker could not be made, or the client no longer looks as it relies on."""


def stay_put(static: Path) -> None:
    """Keep the phone's pages from reloading themselves after a deploy. Raises WorkerNotBuilt if Reflex has changed."""
    paths = json.dumps(sorted({p for page in PHONE_PAGES for p in (page, page.rstrip("/") or "/")}))
    told = 0
    for script in sorted(static.glob("assets/*.js")):
        text = script.read_text(encoding="utf-8")
        new, here = _VERSION_TOLD.subn(rf"state_schema:{paths}.includes(location.pathname)?null:\1", text)
        told += here
        if here:
            script.write_text(new, encoding="utf-8")
    if told != 1:
        raise WorkerNotBuilt(f"the client tells its version in {told} places where one was expected; has Reflex changed?")


def kept_files(static: Path) -> dict[str, str]:
    """What the phone's pages need, as paths of the server, each with its hash in the form of the integrity attribute."""
    found: dict[str, Path] = {}
    waiting = []
    for page in PHONE_PAGES:
        found[page] = static / page.strip("/") / "index.html"
        waiting += [static / name.lstrip("/") for name in _IN_PAGE.findall(found[page].read_text(encoding="utf-8"))]
    while waiting:
        file = waiting.pop()
        name = f"/{file.relative_to(static).as_posix()}"
        if name in found or not file.is_file():
            continue
        found[name] = file
        if file.suffix in (".js", ".css") and not file.name.startswith(_LIST_OF_PAGES):
            waiting += [static / "assets" / other for other in _IN_FILE.findall(file.read_text(encoding="utf-8"))]
    return {name: _integrity(found[name].read_bytes()) for name in sorted(found)}


def kept_pages(static: Path) -> dict[str, str]:
    """The phone's pages, each with the content policy it must come with: it is kept with its headers, and runs by them."""
    policies = page_policies(static)
    return {page: policies[page] for page in PHONE_PAGES}


def kept_version(static: Path, files: dict[str, str]) -> str:
    """Names this set of files and policies."""
    return hashlib.sha256(json.dumps([files, kept_pages(static)]).encode()).hexdigest()[:16]


def make_worker(static: Path, files: dict[str, str], *, modules: Path) -> None:
    """Bundle the service worker with its list into `static`/sw.js, a classic script. Raises NotBundled.

    `modules` is the folder of the installed npm packages; the worker shares the phone's outbox, which needs one.
    """
    constants = {"VERSION": kept_version(static, files), "PAGES": kept_pages(static), "FILES": files}
    with tempfile.TemporaryDirectory(dir=modules.parent, prefix="worker-") as name:
        folder = Path(name)  # beside the packages, where they are found
        for script in _PHONE.glob("*.js"):
            shutil.copy(script, folder / script.name)
        write_modules(folder / "words", Settings().language)
        lines = [f"export const {key} = {json.dumps(value)};\n" for key, value in constants.items()]
        (folder / "kept.js").write_text("".join(lines), encoding="utf-8")
        bundle(folder / "service_worker.js", static / "sw.js", modules)


def _integrity(content: bytes) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(content).digest()).decode()}"
