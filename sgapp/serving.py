"""Serves the built pages and the API on one port. Needs no Node: only the built client in .web."""

import os
import socket
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from sgapp.logs import settings_of
from sgapp.services.house import house

_HERE = Path(__file__).resolve().parent
#: Where rxconfig.py and the built client lie: in a wheel beside this, else in the checkout. Reflex reads both from there.
ROOT = _HERE / "site" if (_HERE / "site").is_dir() else _HERE.parent
GRACE_SECONDS = 10


class CannotServe(RuntimeError):
    """Serving was asked for in a way that cannot work; the message says what to do."""


def serve(host: str = "127.0.0.1", port: int = 8000, *, workers: int = 1, public_url: str = "", cert: Path | None = None,
          key: Path | None = None, root: Path = ROOT) -> None:
    """Serve until SIGTERM or SIGINT, then let running requests end within ten seconds.

    `public_url` is the address people type; without it, SGAPP_PUBLIC_URL, else localhost with this port. The client
    needs not be told: it calls the origin it was loaded from (see ui/build.py). Raises CannotServe.
    """
    _check(root, host, port, workers, cert, key)
    scheme = "https" if cert else "http"
    if cert:
        cert, key = cert.resolve(), key.resolve() if key else None
    address = public_url or os.environ.get("SGAPP_PUBLIC_URL") or f"{scheme}://localhost:{port}"
    # Worker processes are started afresh and learn all this from the environment.
    os.environ.update(
        {
            "SGAPP_PUBLIC_URL": _origin(address),
            "REFLEX_WEB_WORKDIR": str(_web(root)),
            "REFLEX_ENV_MODE": "prod",
            "REFLEX_BACKEND_ONLY": "true",
            # It prints what it likes, events and all, and not through the log.
            "REFLEX_LOGLEVEL": "critical",
            # Reflex's own, internal switches; tests/e2e is the smoke test for them.
            "__REFLEX_SKIP_COMPILE": "true",
            "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
        }
    )
    _settle_paths()
    os.chdir(root)
    # Worker processes are forks of this one: a connection they inherited they would all talk on at once.
    house().engine.dispose()
    if workers > 1:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="sgapp-metrics-")
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        target="sgapp.sgapp:served",
        factory=True,
        interface=Interfaces.ASGI,
        address=host,
        port=port,
        workers=workers,
        websockets=True,
        # The client token of a socket stands in its URL, so no addresses are logged.
        log_access=False,
        log_level=LogLevels.warning,
        log_dictconfig=settings_of(house().settings.log_level),
        workers_kill_timeout=GRACE_SECONDS,
        respawn_failed_workers=True,
        ssl_cert=cert,
        ssl_key=key,
    ).serve()


def _web(root: Path) -> Path:
    """The folder of the built client: a wheel has no folder with a dot."""
    return root / ("web" if (root / "web").is_dir() else ".web")


def _check(root: Path, host: str, port: int, workers: int, cert: Path | None, key: Path | None) -> None:
    if not (_web(root) / "build" / "client" / "index.html").is_file():
        raise CannotServe("The pages are not built yet. Run `make run`, or build them first.")
    if workers > 1 and not os.environ.get("SGAPP_REDIS_URL"):
        raise CannotServe("Several workers share their work through Redis. Set SGAPP_REDIS_URL, or use one worker.")
    if (cert is None) != (key is None):
        raise CannotServe("--cert and --key belong together.")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotServe(f"Port {port} on {host} cannot be used: {error.strerror}. Choose another with --port.") from error


def _origin(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise CannotServe(f"{address} is not an address people could type, like https://notes.example.org")
    return f"{parts.scheme}://{parts.netloc}"


def _settle_paths() -> None:
    """Folders given relative to where the person stands stay there when the working folder changes."""
    for name, usual in (("SGAPP_DATA", "data"), ("SGAPP_KEYS", "keys")):
        os.environ[name] = str(Path(os.environ.get(name) or usual).resolve())
