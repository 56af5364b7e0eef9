"""What could not be sent, for whoever can do something about it, and what one was told oneself. References, never content."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, select

from sgapp.domain.errors import Unreadable
from sgapp.domain.permissions import Permission
from sgapp.domain.reach import WORDS, Channel, MessageState, Urgency
from sgapp.domain.time import show
from sgapp.services.guard import query
from sgapp.services.post import in_trouble
from sgapp.store import accounts
from sgapp.store.kinds import KINDS
from sgapp.store.tables import MessageRow
from sgapp.store.unit_of_work import UnitOfWork

#: As many as one looks through; what is older stands in the course of its case.
_LISTED = 40
#: For how long what was done about an account stands with one's own.
_LATELY = timedelta(days=30)
_CHANNELS = {Channel.PRODUCT: "here", Channel.EMAIL: "e-mail", Channel.PUSH: "a browser's notice", Channel.TEXT: "text"}
#: Codes of ours, in words; any other code is shown as it is.
_WHY = {"not-set-up": "this way is not set up here", "no-address": "there is no address for it"}


@dataclass(frozen=True, slots=True)
class Trouble:
    """A message that did not go. `heading` says which, by what and for whom; `why` what is known."""

    id: str
    heading: str
    why: str
    doubtful: bool


@dataclass(frozen=True, slots=True)
class Told:
    """That one was told, when, and of which reference; nothing of what it says."""

    reference: str
    words: str
    when: str


@dataclass(frozen=True, slots=True)
class MessagesView:
    trouble: tuple[Trouble, ...]
    told: tuple[Told, ...]


@query(Permission.MIND_MESSAGES)
def messages_view(uow: UnitOfWork) -> MessagesView:
    """Messages about what this actor may know that failed or are in doubt, and what she was told herself, the newest first."""
    newest = col(MessageRow.created_at).desc()
    stuck = uow.session.exec(select(MessageRow).where(*in_trouble(uow)).order_by(newest).limit(_LISTED)).all()
    mine = uow.session.exec(select(MessageRow).where(
        MessageRow.account_id == uow.actor.account_id, MessageRow.channel == str(Channel.PRODUCT)).order_by(
        newest).limit(_LISTED)).all()
    known = _visible(uow, mine)
    return MessagesView(tuple(_trouble(uow, row) for row in stuck),
                        tuple(_told(uow, row) for row in mine if not row.record_id or row.record_id in known))


def told_of_accounts(uow: UnitOfWork) -> tuple[Told, ...]:
    """What whoever looks was told lately that is about no record: that something was done about an account, above all."""
    mine = uow.session.exec(select(MessageRow).where(
        MessageRow.account_id == uow.actor.account_id, MessageRow.channel == str(Channel.PRODUCT), MessageRow.record_id == "",
        col(MessageRow.created_at) > uow.now - _LATELY).order_by(col(MessageRow.created_at).desc()).limit(_LISTED))
    return tuple(_told(uow, row) for row in mine if not _content(uow, row)["reference"])


def _visible(uow: UnitOfWork, rows: Sequence[MessageRow]) -> set[str]:
    """Ids of the records behind some messages that this actor may know of now: it may have come to be about her."""
    found: set[str] = set()
    for kind in KINDS.values():
        ids = {row.record_id for row in rows if row.record_kind == kind.name}
        if ids:
            query = select(kind.table.id).where(col(kind.table.id).in_(ids), uow.may_see(kind.table))
            found.update(uow.session.exec(query))
    return found


def _trouble(uow: UnitOfWork, row: MessageRow) -> Trouble:
    content, account = _content(uow, row), accounts.by_id(uow, row.account_id) if row.account_id else None
    whom = account.name if account is not None else content["to"]
    doubtful = row.state == MessageState.DOUBTFUL
    why = _WHY.get(row.failure, row.failure)
    said = f"{'It may have gone out or not' if doubtful else 'It did not go'}: {why or 'not known why'}"
    written = f"Written {show(row.created_at)}"
    tried = f"{said}. {written}, tried {row.attempts} {'time' if row.attempts == 1 else 'times'}."
    return Trouble(row.id, f"{content['reference'] or 'Accounts'}, by {_CHANNELS[Channel(row.channel)]} for {whom}",
                   tried if row.attempts else f"It has not been tried yet. {written}.", doubtful)


def _told(uow: UnitOfWork, row: MessageRow) -> Told:
    return Told(_content(uow, row)["reference"] or "Accounts", WORDS[Urgency(row.urgency)], show(row.created_at))


def _content(uow: UnitOfWork, row: MessageRow) -> dict[str, str]:
    try:
        return json.loads(uow.opened(row.sealed, place=f"message/{row.id}"))
    except Unreadable:
        return {"to": "somebody", "reference": "Something that cannot be opened"}
