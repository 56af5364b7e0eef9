"""How Reflex is set up here. Reflex reads this file from the working directory; switches come before its import."""

import os
import sys
from pathlib import Path

#: Read by Reflex while it is imported, so they stand first. The socket is checked often, because an event sent into
#: a dead connection is lost without a sign. npm writes no registry address into the lock file.
SWITCHES = {
    "REFLEX_USE_NPM": "1",
    "REFLEX_TELEMETRY_ENABLED": "false",
    "REFLEX_CHECK_LATEST_VERSION": "false",
    "REFLEX_SOCKET_INTERVAL": "10s",
    "REFLEX_SOCKET_TIMEOUT": "8s",
    "npm_config_omit_lockfile_registry_resolved": "true",
    "npm_config_update_notifier": "false",
    "npm_config_fund": "false",
    "npm_config_audit": "false",
}
for _name, _value in SWITCHES.items():
    os.environ.setdefault(_name, _value)
# Node comes with the virtual environment; commands started by their full path do not have it on PATH.
_bin = str(Path(sys.executable).parent)
if _bin not in os.environ.get("PATH", "").split(os.pathsep):
    os.environ["PATH"] = _bin + os.pathsep + os.environ.get("PATH", "")

import reflex as rx  # noqa: E402

from sgapp.settings import Settings  # noqa: E402
from sgapp.ui.build import API_PLACEHOLDER, ClientPlugin, allowed_origins  # noqa: E402

#: The parts of daisyUI that our pages wear. Without this list it would add every part whose name stands somewhere in a
#: script, such as "select", "range" or "toggle": half of what a phone fetches to show its first page.
DAISY_PARTS = ["rootcolor", "rootscrollgutter", "rootscrolllock", "scrollbar", "svg", "button", "link"]

_settings = Settings()

config = rx.Config(
    app_name="sgapp",
    api_url=API_PLACEHOLDER,
    telemetry_enabled=False,
    show_built_with_reflex=False,
    react_strict_mode=False,
    frontend_compression_formats=["brotli", "gzip"],
    frontend_packages=["@hpke/core@1.9.0", "idb@8.0.4", "preact@11.2.0"],
    state_manager_mode=rx.constants.StateManagerMode.REDIS
    if _settings.redis_url
    else rx.constants.StateManagerMode.MEMORY,
    redis_url=_settings.redis_url or None,
    redis_token_expiration=3600,
    cors_allowed_origins=allowed_origins(_settings.public_url),
    disable_plugins=[rx.plugins.SitemapPlugin],
    plugins=[
        rx.plugins.TailwindV4Plugin(
            {
                # Reflex's own default leaves out our local components, whose classes live in JavaScript files.
                "content": [
                    "./app/**/*.{js,jsx}",
                    "./components/**/*.{js,jsx}",
                    "./utils/**/*.{js,jsx}",
                    "./public/external/**/*.js",
                ],
                "theme": {"extend": {}},
                "plugins": [
                    {
                        "name": "daisyui@5.8.1",
                        "import": {"name": "default as daisyui", "from": "daisyui"},
                        "call": "daisyui",
                        # Its colours come from assets/app.css, light, and dark where the device prefers it.
                        "args": {"include": DAISY_PARTS, "themes": False},
                    }
                ],
            }
        ),
        ClientPlugin(),
    ],
)
