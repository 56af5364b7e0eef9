"""Whether the process lives, and whether it can do its work."""

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from sgapp.api.door import TheHouse
from sgapp.services.health import readiness

router = APIRouter()


@router.get("/healthz")
def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@router.get("/readyz")
def ready(house: TheHouse) -> Response:
    """200 if everything it needs is there, 503 with the reasons if not."""
    reasons = readiness(house)
    return JSONResponse({"ready": not reasons, "reasons": list(reasons)}, 503 if reasons else 200)
