"""Drafts of the desk's forms."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, JsonValue

from sgapp.api.door import Changes, ItsPage, Plain, SignedIn, TheHouse
from sgapp.services import drafts
from sgapp.services.house import now

router = APIRouter(prefix="/api/drafts", dependencies=[ItsPage])
FormKey = Annotated[str, Path(max_length=120), Plain]


class Draft(BaseModel):
    fields: dict[str, JsonValue]


@router.put("/{form_key}", dependencies=[Changes], status_code=204)
def save(form_key: FormKey, draft: Draft, actor: SignedIn, house: TheHouse) -> Response:
    """Keep what has been typed so far."""
    drafts.save_draft(house, actor, now(), form_key, dict(draft.fields))
    return Response(status_code=204)


@router.get("/{form_key}", response_model=Draft, responses={204: {"description": "nothing typed yet"}})
def load(form_key: FormKey, actor: SignedIn, house: TheHouse) -> Response:
    """What was typed last; 204 if nothing."""
    found = drafts.load_draft(house, actor, now(), form_key)
    return Response(status_code=204) if found is None else JSONResponse({"fields": found})


@router.delete("/{form_key}", dependencies=[Changes], status_code=204)
def drop(form_key: FormKey, actor: SignedIn, house: TheHouse) -> Response:
    """Forget the draft."""
    drafts.drop_draft(house, actor, now(), form_key)
    return Response(status_code=204)
