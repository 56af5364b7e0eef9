"""The least that Reflex can show: one page with a native form of as many inputs as the note form, and no state of its own.

The baseline of `phone`. It is made in a folder of its own with the packages that the checkout's client was built with, and
served as the product is: its built files mounted in the app, one process, the same switches.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from sgapp.bench.children import cleared
from sgapp.bench.results import CannotMeasure

_INPUT = re.compile(r"""<(input|textarea|select)\b(?:[^>]*?\btype="(\w+)")?""")

_CONFIG = '''
import reflex as rx

config = rx.Config(
    app_name="bare", api_url="http://localhost:{port}", telemetry_enabled=False, show_built_with_reflex=False,
    react_strict_mode=False, frontend_compression_formats=["brotli", "gzip"],
    state_manager_mode=rx.constants.StateManagerMode.MEMORY, disable_plugins=[rx.plugins.SitemapPlugin],
)
'''

_PAGE = '''
import json
from pathlib import Path

import reflex as rx

INPUTS = json.loads((Path(__file__).parent / "inputs.json").read_text())


def field(n, kind):
    name = f"field-{n}"
    if kind == "textarea":
        drawn = rx.el.textarea(id=name, name=name)
    elif kind == "select":
        drawn = rx.el.select(rx.el.option("One"), rx.el.option("Two"), id=name, name=name)
    else:
        drawn = rx.el.input(id=name, name=name, type=kind)
    return rx.el.div(rx.el.label(f"Field {n}", html_for=name), drawn)


def index():
    fields = [field(n, kind) for n, kind in enumerate(INPUTS)]
    return rx.el.main(rx.el.h1("Form"), rx.el.form(*fields, rx.el.button("Save", type="submit"), method="post"))


app = rx.App(html_lang="en-GB", toaster=None, app_wraps={})
app.add_page(index, route="/", title="Form")
'''

#: As rxconfig.py sets them.
_SWITCHES = {"REFLEX_USE_NPM": "1", "REFLEX_TELEMETRY_ENABLED": "false", "REFLEX_CHECK_LATEST_VERSION": "false",
             "REFLEX_SOCKET_INTERVAL": "10s", "REFLEX_SOCKET_TIMEOUT": "8s", "npm_config_update_notifier": "false",
             "npm_config_fund": "false", "npm_config_audit": "false"}


def inputs_of(page: str) -> list[str]:
    """The inputs of a built page in their order: `textarea`, `select`, or the type of an input."""
    return [kind or ("text" if tag == "input" else tag) for tag, kind in _INPUT.findall(page)]


def write_app(folder: Path, port: int, page: str) -> None:
    """The sources of a Reflex app with this page in a folder that is not there yet, set as the bare form is."""
    (folder / "bare").mkdir(parents=True)
    (folder / "rxconfig.py").write_text(_CONFIG.format(port=port))
    (folder / "bare" / "__init__.py").touch()
    (folder / "bare" / "bare.py").write_text(page)


def make(folder: Path, web: Path, port: int) -> None:
    """Build the form in `folder` for `port`, from the packages of the built client in `web`. Raises CannotMeasure."""
    page = web / "build" / "client" / "index.html"
    if not page.is_file() or not (web / "node_modules").is_dir():
        raise CannotMeasure("The pages are not built here, or without their packages. `make bench` builds them first.")
    write_app(folder, port, _PAGE)
    (folder / "bare" / "inputs.json").write_text(json.dumps(inputs_of(page.read_text(encoding="utf-8"))))
    shutil.copytree(web.parent / "reflex.lock", folder / "reflex.lock")
    shutil.copytree(web / "node_modules", folder / ".web" / "node_modules", symlinks=True)
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip", "--env", "prod"]
    done = subprocess.run(command, cwd=folder, env=_environment(folder), stdin=subprocess.DEVNULL,  # noqa: S603 - our own words
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0 or not (folder / ".web" / "build" / "client" / "index.html").is_file():
        raise CannotMeasure(f"The bare form could not be built. It said:\n{done.stdout[-1500:]}")


def _environment(folder: Path) -> dict[str, str]:
    """Node stands beside this Python, the app in the folder."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    return cleared({**_SWITCHES, "PYTHONPATH": str(folder), "PATH": path})


def main(folder: Path, port: int) -> None:
    """Serve what lies there as sgapp/serving.py does: one process, the same switches. /ping answers once it serves."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    os.environ.update({**_environment(folder), "REFLEX_ENV_MODE": "prod", "REFLEX_BACKEND_ONLY": "true",
                       "__REFLEX_SKIP_COMPILE": "true", "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true"})
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    Granian(target="bare.bare:app", factory=True, interface=Interfaces.ASGI, address="127.0.0.1", port=port, workers=1,
            websockets=True, log_access=False, log_level=LogLevels.warning).serve()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
