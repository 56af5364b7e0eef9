"""Messages that did not go, or may not have gone: what a person does about one. Nobody else would, and somebody waits."""

import json
from dataclasses import dataclass

from sqlmodel import select

from sgapp.domain.audit import AuditEvent
from sgapp.domain.errors import FieldError, Invalid, NotFound
from sgapp.domain.permissions import Permission
from sgapp.domain.reach import Channel, MessageState
from sgapp.services.duty import reach_of
from sgapp.services.guard import Done, intention
from sgapp.services.post import in_trouble
from sgapp.store.tables import MessageRow, PushRow
from sgapp.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class SendAgain:
    message_id: str


@intention("send-again", Permission.MIND_MESSAGES, SendAgain)
def send_again(uow: UnitOfWork, form: SendAgain) -> Done:
    """Try a message again from the beginning, at the address that its reader has by now. Of one in doubt: it may come twice."""
    row = _one(uow, form.message_id)
    content = json.loads(uow.opened(row.sealed, place=f"message/{row.id}"))
    if row.account_id and not row.once:
        content["to"] = _address(uow, row, content["to"])
        row.sealed = uow.sealed(json.dumps(content).encode(), place=f"message/{row.id}")
    row.state, row.attempts, row.next_try_at, row.ended_at = str(MessageState.WAITING), 0, uow.now, None
    uow.note_event(AuditEvent("message-sent-again", "message", row.id))
    return Done(row.id, "It is tried again now.", "/told")


def _address(uow: UnitOfWork, row: MessageRow, was: str) -> str:
    reach = reach_of(uow, row.account_id)
    if row.channel == Channel.PUSH:
        found = was if uow.session.get(PushRow, was) is not None else ""
    else:
        found = reach.email if row.channel == Channel.EMAIL else reach.phone
    if not found:
        raise Invalid(FieldError("message_id", "There is no address left for this. Tell them yourself, and settle it here."))
    return found


@dataclass(frozen=True, slots=True)
class SettleMessage:
    message_id: str
    reason: str = ""


@intention("settle-message", Permission.MIND_MESSAGES, SettleMessage)
def settle_message(uow: UnitOfWork, form: SettleMessage) -> Done:
    """Nothing more is sent: whoever it was for knows by another way, or it is not needed any more. Why is kept with it."""
    row = _one(uow, form.message_id)
    if not form.reason.strip():
        raise Invalid(FieldError("reason", "Say how they know, or why it is not needed any more."))
    content = json.loads(uow.opened(row.sealed, place=f"message/{row.id}"))
    kept = {name: content[name] for name in ("to", "reference")} | {"settled": form.reason.strip()}
    row.sealed = uow.sealed(json.dumps(kept).encode(), place=f"message/{row.id}")
    row.state, row.ended_at, row.next_try_at = str(MessageState.SETTLED), uow.now, None
    uow.note_event(AuditEvent("message-settled", "message", row.id))
    return Done(row.id, "Settled. It is not sent any more.", "/told")


def _one(uow: UnitOfWork, message_id: str) -> MessageRow:
    query = select(MessageRow).where(*in_trouble(uow), MessageRow.id == message_id).with_for_update()
    row = uow.session.exec(query).one_or_none() if "\0" not in message_id else None
    if row is None:
        raise NotFound(message_id)
    return row
