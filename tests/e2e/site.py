"""A real server whose plug a test can pull, and one with a built client of its own, on which it can publish a new version."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sgapp.ui.build import client_folder, publish
from tests.serving import ROOT, free_port, start_server, stop_server

TEXTS = {".js", ".css", ".html"}


class Office:
    """A server that can be stopped and comes back at the same address with what it had."""

    root: Path | None = None  #: where the built client is; None: the checkout's

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"http://localhost:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        _, self._process = start_server(self.folder, port=self.port, root=self.root)

    def stop(self) -> None:
        if self._process:
            stop_server(self._process)
            self._process = None

    @contextmanager
    def unplugged(self) -> Iterator[None]:
        """No server answers, as where there is no signal."""
        self.stop()
        try:
            yield
        finally:
            self.start()


class Site(Office):
    """An office with a copy of the built client."""

    root: Path

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.root = folder / "site"
        web = ROOT / ".web"
        self.root.mkdir()
        shutil.copy(ROOT / "rxconfig.py", self.root)
        shutil.copytree(web, self.root / ".web", ignore=lambda place, _: ["node_modules"] if Path(place) == web else [])
        (self.root / ".web" / "node_modules").symlink_to(web / "node_modules")
        self.static = client_folder(self.root)

    def publish(self, change: tuple[str, str] | None = None) -> None:
        """Publish a version in which every chunk has another name, and `change` replaces one text by another.

        The chunks of the version before are gone and the server was started anew, as after a real deploy.
        """
        self.stop()
        chunks = [p for p in (self.static / "assets").iterdir() if p.suffix in (".js", ".css")]
        names = {p.name: f"{p.stem}-new{p.suffix}" for p in chunks}
        for path in sorted(p for p in self.static.rglob("*") if p.is_file()):
            if path.suffix in (".br", ".gz"):
                path.unlink()
            elif path.suffix in TEXTS:
                text = path.read_text(encoding="utf-8")
                for old, new in (*names.items(), *([change] if change else [])):
                    text = text.replace(old, new)
                path.with_name(names.get(path.name, path.name)).write_text(text, encoding="utf-8")
                if path.name in names:
                    path.unlink()
        publish(self.static)
        self.start()
