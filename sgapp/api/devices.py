"""Phones: enrolled by whoever is signed in on them, listed, switched off."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, StringConstraints

from sgapp.api.door import Changes, Plain, SignedIn, TheHouse
from sgapp.services import devices
from sgapp.services.house import now

router = APIRouter(prefix="/api/devices")


class NewDevice(BaseModel):
    name: Annotated[str, StringConstraints(max_length=200), Plain]
    public_key: Annotated[str, StringConstraints(max_length=400)]


class Enrolled(BaseModel):
    device: str


class Device(BaseModel):
    id: str
    name: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


@router.post("", dependencies=[Changes], status_code=201)
def enrol(form: NewDevice, actor: SignedIn, house: TheHouse) -> Enrolled:
    """Let this phone deliver sealed notes of its owner, and do nothing else."""
    return Enrolled(device=devices.enrol_device(house, actor, devices.EnrolDevice(form.name, form.public_key), now=now()).id)


@router.get("")
def mine(actor: SignedIn, house: TheHouse) -> dict[str, list[Device]]:
    """The phones of whoever is signed in, the newest first."""
    found = devices.own_devices(house, actor, now())
    return {"devices": [Device(id=d.id, name=d.name, created_at=d.created_at, last_used_at=d.last_used_at,
                               revoked_at=d.revoked_at) for d in found]}


@router.delete("/{device_id}", dependencies=[Changes], status_code=204)
def revoke(device_id: Annotated[str, StringConstraints(max_length=64), Plain], actor: SignedIn, house: TheHouse) -> Response:
    """Switch one's own phone off. What it still sends is kept for somebody to look at."""
    devices.revoke_own_device(house, actor, devices.RevokeDevice(device_id), now=now())
    return Response(status_code=204)
