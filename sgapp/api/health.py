"""Whether the process lives, whether it can do its work, and the figures that a monitor asks for."""

import hmac
import ipaddress
import os
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Gauge, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from sgapp.api.door import TheHouse, address_of
from sgapp.domain.errors import NotPermitted
from sgapp.services.health import readiness, vital_signs
from sgapp.services.house import now

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


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def metrics(request: Request, house: TheHouse, authorization: Annotated[str, Header()] = "") -> Response:
    """Figures of all processes on this machine, in the text format of Prometheus. They name nobody and no record.

    With `SGAPP_METRICS_TOKEN` for whoever shows it, else for this machine only. Raises NotPermitted.
    """
    token = house.settings.metrics_token
    if token and not hmac.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
        raise NotPermitted("no such token")
    if not token and not _is_here(address_of(request, house)):
        raise NotPermitted("from elsewhere")
    signs = CollectorRegistry()
    for sign in vital_signs(house, now=now()):
        Gauge(f"sgapp_{sign.name}", sign.meaning, registry=signs).set(sign.value)
    return Response(generate_latest(_requests()) + generate_latest(signs), headers={"content-type": CONTENT_TYPE_LATEST})


def _requests() -> CollectorRegistry:
    """What every process on this machine counted; one that is alone keeps it in its own memory."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    several = CollectorRegistry()
    MultiProcessCollector(several)
    return several


def _is_here(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
