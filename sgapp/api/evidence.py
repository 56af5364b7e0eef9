"""What leaves for whoever asks how the work is done: a register or counts as a table, the evidence of a month as a zip."""

import base64
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from pydantic import StringConstraints

from sgapp.api.door import ItsPage, Plain, SignedIn, TheHouse
from sgapp.api.lines import told_in_lines
from sgapp.services.evidence import Progress, evidence_asked, evidence_zip
from sgapp.services.house import now
from sgapp.services.sac_counts import sac_table
from sgapp.services.views.registers import register_table

router = APIRouter(prefix="/api")


@router.get("/evidence/{evidence_id}/making", response_class=StreamingResponse, dependencies=[ItsPage])
def making(evidence_id: Annotated[str, StringConstraints(max_length=64), Plain], actor: SignedIn,
           house: TheHouse) -> StreamingResponse:
    """The evidence that was asked for, made now: lines of JSON, how far it is, and at last the zip in base64."""
    moment = now()
    asked = evidence_asked(house, actor, moment, evidence_id)

    def work(progress: Progress) -> dict[str, str]:
        whole = b"".join(evidence_zip(house, actor, asked, now=moment, progress=progress))
        return {"name": f"evidence-{asked.month}.zip", "content": base64.b64encode(whole).decode()}

    return told_in_lines(work)


@router.get("/sac/{year_id}.csv", response_class=StreamingResponse)
def sac(year_id: Annotated[str, StringConstraints(max_length=64), Plain], actor: SignedIn,
        house: TheHouse) -> StreamingResponse:
    """Counts aligned with the Safeguarding Adults Collection, with the rules by which they count; never the return."""
    return _as_table(*sac_table(house, actor, now(), year_id))


@router.get("/registers/{register_id}.csv", response_class=StreamingResponse)
def register(register_id: Annotated[str, StringConstraints(max_length=64), Plain], actor: SignedIn,
             house: TheHouse) -> StreamingResponse:
    """A register as CSV. No cell of it is a formula."""
    return _as_table(*register_table(house, actor, now(), register_id))


def _as_table(name: str, lines: Iterator[bytes]) -> StreamingResponse:
    return StreamingResponse(lines, media_type="text/csv", headers={
        "Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"})
