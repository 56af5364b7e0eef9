"""The API as one FastAPI application, mounted beside the pages on the same origin."""

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from sgapp import __version__
from sgapp.api import accounts, card, devices, drafts, evidence, health, intake, intents, letters, partner, problems, tables
from sgapp.api.limits import BodyLimit
from sgapp.integrations.tables import MOST_BYTES


def create_api() -> FastAPI:
    """Every route of the contract, with its OpenAPI at /api/openapi.json."""
    app = FastAPI(title="sgapp", version=__version__, openapi_url="/api/openapi.json", docs_url=None, redoc_url=None,
                  responses=problems.RESPONSES)
    problems.install(app)
    app.add_middleware(BodyLimit, larger={"/api/tables/": MOST_BYTES})
    for module in (intake, accounts, card, devices, intents, drafts, evidence, letters, partner, tables, health):
        app.include_router(module.router)
    # Before the pages, which would answer in words of their own.
    app.mount("/api", _nothing_here)
    return app


async def _nothing_here(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """Whatever else is asked of the API, by any method. Raises HTTPException 404."""
    raise HTTPException(404)
