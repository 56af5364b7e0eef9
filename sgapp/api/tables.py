"""Tables that come in and go out by the page: the file is the body of a request, and is held for no longer than that.

Nothing of it stands in an address, where the log could keep it: columns are chosen by their number, and a name that stands in
a file without a first line of names goes nowhere. The answer is lines of JSON: how far it is, then what came of it.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse
from starlette.exceptions import HTTPException

from sgapp.api.door import Changes, ItsPage, SignedIn, TheHouse
from sgapp.api.lines import told_in_lines
from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.permissions import Permission
from sgapp.integrations.tables import MOST_BYTES, NoTable, Table, parse_table
from sgapp.services.house import now
from sgapp.services.importing import KINDS, Progress
from sgapp.services.tables import GIVE_OUT, KEEPS, TAKE_IN, TRY_OUT, TakeIn

router = APIRouter(prefix="/api/tables", dependencies=[ItsPage])
_BODY = {"requestBody": {"required": True, "description": "The table as CSV in UTF-8, the names of its columns first.",
                         "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}}}}
Columns = Annotated[list[str], Query(
    alias="column", max_length=20, description="What a column tells, and its number, as reference:0; no number: none does.")]


def _file_of(permission: Permission) -> Any:
    """The bytes that were sent, of whoever may send them; nobody else's are read at all."""

    async def sent(request: Request, actor: SignedIn) -> bytes:
        content = bytearray()
        if actor.may(permission):
            async for part in request.stream():
                content += part
                if len(content) > MOST_BYTES:
                    raise HTTPException(413)
        return bytes(content)

    return Depends(sent)


def _read(content: bytes) -> Table:
    try:
        return parse_table(content)
    except NoTable as error:
        raise Invalid(FieldError("file", str(error))) from error


def _chosen(kind: str, table: Table, columns: list[str]) -> dict[str, str]:
    """The names of the columns that were chosen by their number. Raises Invalid."""
    found = {}
    for text in columns:
        told, _, number = text.partition(":")
        known = told in {column.name for column in KINDS[kind]}
        if not known or (number and not (number.isascii() and number.isdigit() and int(number) < len(table.columns))):
            raise Invalid(FieldError("file", "The table has no such column. Choose the file once more."))
        found[told] = table.columns[int(number)] if number else ""
    return found


def _trying(kind: str, permission: Permission) -> Callable[..., StreamingResponse]:
    def look(actor: SignedIn, house: TheHouse, content: bytes = _file_of(permission),
             columns: Columns = []) -> StreamingResponse:  # noqa: B006 - read, never changed
        """Look at every row and keep nothing: which column is read for what, what is new, and which rows cannot be taken."""
        table, chosen = _given(actor.may(permission), kind, content, columns)
        moment = now()
        return told_in_lines(lambda progress: asdict(TRY_OUT[kind](house, actor, moment, table, chosen, progress)))

    return look


def _taking(kind: str, permission: Permission) -> Callable[..., StreamingResponse]:
    def take(actor: SignedIn, house: TheHouse, content: bytes = _file_of(permission), intent_id: UUID | None = None,
             columns: Columns = []) -> StreamingResponse:  # noqa: B006 - read, never changed
        """Take every row in, or none. The same intent again gets the first answer, and codes of new accounts with it."""
        table, chosen = _given(actor.may(permission), kind, content, columns)
        moment, digest = now(), hashlib.sha256(content).hexdigest()

        def work(progress: Progress) -> dict[str, Any]:
            form = TakeIn(digest, tuple(chosen.items()), table, progress)
            done = TAKE_IN[kind](house, actor, form, now=moment, intent_id=str(intent_id) if intent_id else None)
            return {"message": done.message, "codes": done.codes}

        return told_in_lines(work)

    return take


def _given(may: bool, kind: str, content: bytes, columns: list[str]) -> tuple[Table, Mapping[str, str]]:
    """Table and choice of whoever may; of others nothing is looked at: the service refuses them, on the chain."""
    table = _read(content) if may else Table((), ())
    return table, _chosen(kind, table, columns) if may else {}


def _giving(kind: str) -> Callable[..., StreamingResponse]:
    def leave(actor: SignedIn, house: TheHouse) -> StreamingResponse:
        """The table as CSV, as `sgapp export` writes it, of what one may know. No cell of it is a formula."""
        name, lines = GIVE_OUT[kind](house, actor, now())
        return StreamingResponse(lines, media_type="text/csv", headers={
            "Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"})

    return leave


for _kind, _permission in KEEPS.items():
    for _place, _endpoint in (("", _taking(_kind, _permission)), ("/preview", _trying(_kind, _permission))):
        router.add_api_route(f"/{_kind}{_place}", _endpoint, methods=["POST"], dependencies=[Changes],
                             response_class=StreamingResponse, openapi_extra=_BODY, name=f"{_kind}{_place}",
                             operation_id=f"{'try' if _place else 'take_in'}_{_kind}")
    router.add_api_route(f"/{_kind}.csv", _giving(_kind), methods=["GET"], response_class=StreamingResponse,
                         operation_id=f"give_out_{_kind}")
