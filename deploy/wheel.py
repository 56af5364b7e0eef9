"""Builds the wheel that carries the built client: `python -m deploy.wheel`. `make wheel` runs it.

Whoever installs it needs neither Node nor this checkout. What it is made of lies in a folder of its own while it is built.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from sgapp.ui.build import build_client, client_folder

ROOT = Path(__file__).resolve().parents[1]
_PARTS = ("pyproject.toml", "README.md", "LICENSE")


def build_wheel(into: Path) -> Path:
    """The wheel in the folder `into`, with the client of this checkout. Raises BuildFailed, CalledProcessError."""
    build_client(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        stage, out = Path(folder) / "stage", Path(folder) / "out"
        shutil.copytree(ROOT / "sgapp", stage / "sgapp", ignore=shutil.ignore_patterns("__pycache__", "external"))
        for name in _PARTS:
            shutil.copy2(ROOT / name, stage)
        site = stage / "sgapp" / "site"
        client = client_folder(ROOT)
        shutil.copytree(client, site / "web" / "build" / "client")
        # What the build found out of the pages. Without it Reflex finds it out at each start and writes it beside them, where
        # nothing can be written once it is installed.
        shutil.copytree(client.parents[1] / "backend", site / "web" / "backend")
        shutil.copy2(ROOT / "rxconfig.py", site)
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps",
                   "--no-build-isolation", "--wheel-dir", str(out), str(stage)]
        subprocess.run(command, check=True)  # noqa: S603 - our own interpreter, our own folders
        into.mkdir(parents=True, exist_ok=True)
        return Path(shutil.move(next(out.glob("*.whl")), into / next(out.glob("*.whl")).name))


if __name__ == "__main__":
    print(build_wheel(ROOT / "dist"))  # noqa: T201 - says where it lies
