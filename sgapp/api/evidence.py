"""What leaves for whoever asks how the work is done: a register as a table."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from pydantic import StringConstraints

from sgapp.api.door import Plain, SignedIn, TheHouse
from sgapp.services.house import now
from sgapp.services.views.registers import register_table

router = APIRouter(prefix="/api")


@router.get("/registers/{register_id}.csv", response_class=StreamingResponse)
def register(register_id: Annotated[str, StringConstraints(max_length=64), Plain], actor: SignedIn,
             house: TheHouse) -> StreamingResponse:
    """A register as CSV. No cell of it is a formula."""
    name, lines = register_table(house, actor, now(), register_id)
    return StreamingResponse(lines, media_type="text/csv", headers={
        "Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"})
