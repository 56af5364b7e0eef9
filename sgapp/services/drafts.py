"""What somebody has typed and not yet sent: kept sealed on the server, so that a reload or a dead tablet loses nothing."""

import json
from datetime import timedelta

from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.permissions import Permission
from sgapp.services.guard import query
from sgapp.store.tables import DraftRow
from sgapp.store.unit_of_work import UnitOfWork

MAX_BYTES = 200_000
KEEP = timedelta(days=7)
Fields = dict[str, object]


def _place(uow: UnitOfWork, form_key: str) -> str:
    return f"draft/{uow.actor.account_id}/{form_key}"


@query(Permission.KEEP_DRAFT)
def save_draft(uow: UnitOfWork, form_key: str, content: Fields) -> None:
    """Keep what has been typed so far. A draft is the typist's own and is no record, so it has no audit event."""
    put(uow, form_key, content)


def put(uow: UnitOfWork, form_key: str, content: Fields) -> None:
    """The same within another transaction. Raises Invalid for what is too long."""
    plain = json.dumps(content).encode()
    if len(plain) > MAX_BYTES or len(form_key) > 120:
        raise Invalid(FieldError("fields", "This is longer than a form can hold. Please shorten it."))
    sealed = uow.sealed(plain, place=_place(uow, form_key))
    row = uow.session.get(DraftRow, (uow.actor.account_id, form_key))
    if row is None:
        uow.session.add(DraftRow(account_id=uow.actor.account_id, form_key=form_key, sealed=sealed, saved_at=uow.now))
    else:
        row.sealed, row.saved_at = sealed, uow.now


@query(Permission.KEEP_DRAFT)
def load_draft(uow: UnitOfWork, form_key: str) -> Fields | None:
    """What was typed last, or None. Drafts older than seven days are dropped."""
    row = uow.session.get(DraftRow, (uow.actor.account_id, form_key))
    if row is None:
        return None
    if uow.now - row.saved_at > KEEP:
        uow.session.delete(row)
        return None
    return json.loads(uow.opened(row.sealed, place=_place(uow, form_key)))


@query(Permission.KEEP_DRAFT)
def drop_draft(uow: UnitOfWork, form_key: str) -> None:
    """The form was sent, or its writer cleared it."""
    row = uow.session.get(DraftRow, (uow.actor.account_id, form_key))
    if row is not None:
        uow.session.delete(row)
