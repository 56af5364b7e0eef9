"""Makes one small classic script out of modules, with the bundler that the client is built with."""

import os
import shutil
import subprocess
import sys
from pathlib import Path


class NotBundled(RuntimeError):
    """A script could not be made."""


def bundle(source: Path, target: Path, modules: Path) -> None:
    """Bundle `source` with all it imports into `target`, minified. Raises NotBundled.

    `modules` is the folder of the installed npm packages; what they are imported by must lie beside it.
    """
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    node = shutil.which("node", path=path)
    if node is None:
        raise NotBundled(f"{source.name} needs Node to be made; it comes with `make setup`")
    command = [node, str(modules / ".bin" / "rolldown"), str(source), "--format", "iife", "--platform", "browser", "--minify",
               "--file", str(target)]
    done = subprocess.run(command, cwd=source.parent, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,  # noqa: S603 - our own words
                          stderr=subprocess.STDOUT, text=True, check=False)
    # What cannot be found is left as an import, with a warning only; a classic script cannot have one.
    if done.returncode != 0 or "UNRESOLVED_IMPORT" in done.stdout or not target.is_file():
        raise NotBundled(f"{source.name} could not be made\n{done.stdout[-2000:]}")
