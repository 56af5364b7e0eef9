"""The API as one FastAPI application, mounted beside the pages on the same origin."""

from fastapi import FastAPI

from sgapp import __version__
from sgapp.api import accounts, card, devices, drafts, evidence, health, intake, intents, letters, partner, problems
from sgapp.api.limits import BodyLimit


def create_api() -> FastAPI:
    """Every route of the contract, with its OpenAPI at /api/openapi.json."""
    app = FastAPI(title="sgapp", version=__version__, openapi_url="/api/openapi.json", docs_url=None, redoc_url=None)
    problems.install(app)
    app.add_middleware(BodyLimit)
    for module in (accounts, card, devices, intake, intents, drafts, evidence, letters, partner, health):
        app.include_router(module.router)
    return app
