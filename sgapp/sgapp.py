"""The Reflex app: pages registered, API mounted. Nothing else."""

import os
from pathlib import Path
from typing import Any

import reflex as rx
from starlette.types import ASGIApp

from sgapp.logs import silence_others
from sgapp.settings import Settings
from sgapp.ui.components.connection import connection_banner
from sgapp.ui.gate import Gate
from sgapp.ui.headers import SecurityHeaders
from sgapp.ui.installed import installed_head
from sgapp.ui.keeping import kept
from sgapp.ui.live import sockets_of
from sgapp.ui.locks import let_locks_go
from sgapp.ui.pages import register_pages
from sgapp.ui.quiet import backend_error, frontend_error
from sgapp.ui.session import CookieKeeper

#: Building the pages touches no database and no keys.
SERVING = os.environ.get("__REFLEX_SKIP_COMPILE") == "true"
if SERVING:
    silence_others()


def _around() -> list[Any] | None:
    """What the pages' own server is wrapped in, innermost first."""
    if not SERVING:
        return None
    from sgapp.api.app import create_api
    from sgapp.api.watched import Watched

    return [create_api(), CookieKeeper, Watched]


def served() -> ASGIApp:
    """What the server runs. The headers lie around Reflex's own outermost layer too, which answers some requests by itself."""
    web = Path(os.environ.get("REFLEX_WEB_WORKDIR", ".web")).resolve()
    return SecurityHeaders(app(), web / "build" / "client", https=Settings().https)


app = rx.App(
    html_lang="en-GB",
    toaster=None,
    app_wraps={(5, "Connection"): connection_banner},
    head_components=[
        # First and plain, so that hiding works before everything else does.
        rx.el.script(src="/hide.js"),
        rx.el.meta(name="color-scheme", content="light dark"),
        rx.el.meta(name="format-detection", content="telephone=no"),
        rx.el.link(rel="icon", href="/icon-64.png", type="image/png"),  # a drawing holds up a slow start
        *installed_head(),
    ],
    stylesheets=["/app.css", "/pages.css"],
    api_transformer=_around(),
    backend_exception_handler=backend_error,
    frontend_exception_handler=frontend_error,
)
app.add_middleware(Gate())
if SERVING:
    app.register_lifespan_task(kept)
register_pages(app)
sockets_of(app)
let_locks_go()
