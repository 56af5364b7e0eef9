"""The post: takes stored messages out, tries again where it may, and says what does not go.

A message that may come twice keeps one id at every attempt; one that may not is put before a person once it is in doubt.
"""

import json
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import ColumnElement, true
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, func, or_, select

from sgapp.domain.audit import AuditEvent
from sgapp.domain.clocks import REMINDED, ClockKind, is_reminder
from sgapp.domain.errors import Unreadable
from sgapp.domain.reach import FAILING_AFTER, GIVE_UP_AFTER, WORDS, Channel, MessageState, Urgency, retry_after
from sgapp.integrations.mail import Mail, WrongAddress
from sgapp.integrations.outgoing import Outgoing, Undelivered, WayOut, in_time
from sgapp.integrations.push import Push
from sgapp.integrations.text import Text
from sgapp.services.contacts import may_go_out
from sgapp.services.duty import ONE_REMINDER, may_know
from sgapp.services.guard import public
from sgapp.services.house import SYSTEM, House
from sgapp.store.engine import take_turns
from sgapp.store.running import visible
from sgapp.store.tables import ClockRow, DocumentRow, MessageRow, PushRow
from sgapp.store.unit_of_work import UnitOfWork

S = MessageState
#: How long a process may take over one message before another one takes it for lost.
_CLAIM = timedelta(minutes=5)
#: After that a server that is to stop may stop, before the rest goes out.
_AT_A_STRETCH = timedelta(seconds=20)
#: How long after it was due a message that has not been tried counts as one that does not go.
_OVERDUE = timedelta(minutes=15)
#: For how long a failure about no record is shown.
_NEWS = timedelta(days=7)
_PUSH_KEY = "push_key"
#: A message's id, and which attempt at it this is.
_Claim = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of the messages that were due."""

    sent: int = 0
    stopped: int = 0
    failed: int = 0
    doubtful: int = 0
    more: bool = False


@public("the public half of the key is for every browser; nothing of anybody")
def push_key(house: House, *, now: datetime) -> str:
    """The key that browsers ask for before they accept pushes, as an uncompressed point in base64url. Made on first use."""
    private = serialization.load_der_private_key(_push_private(house, now), None)
    point = private.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(point).rstrip(b"=").decode()


@public("opens no record; run by the server itself")
def ways_out(house: House, *, now: datetime) -> dict[Channel, WayOut]:
    """The channels that this installation is set up for. One whose address is none is left out, and its messages fail in the
    open; whoever starts the server is told before.
    """
    settings = house.settings
    also = tuple(host.strip() for host in settings.push_hosts.split(",") if host.strip())
    found: dict[Channel, WayOut] = {Channel.PUSH: Push(_push_private(house, now), f"mailto:{settings.sender}", also)}
    if Channel.EMAIL in settings.ways_out:
        with suppress(WrongAddress):
            found[Channel.EMAIL] = Mail.at(settings.smtp_url, sender=settings.sender)
    if Channel.TEXT in settings.ways_out:
        found[Channel.TEXT] = Text(settings.notify_key, settings.notify_template, settings.notify_url)
    return found


def _push_private(house: House, now: datetime) -> bytes:
    place = f"document/{_PUSH_KEY}/1"
    with house.begin(SYSTEM, now) as uow:
        row = uow.session.get(DocumentRow, (_PUSH_KEY, 1))
        if row is None:
            take_turns(uow.session.connection())
            row = uow.session.get(DocumentRow, (_PUSH_KEY, 1))
        if row is None:
            der = ec.generate_private_key(ec.SECP256R1()).private_bytes(
                serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
            row = DocumentRow(name=_PUSH_KEY, version=1, sealed=uow.sealed(der, place=place), set_at=now, set_by="system")
            uow.session.add(row)
            uow.note_event(AuditEvent("push-key-made", "document", _PUSH_KEY, "system"))
        return uow.opened(row.sealed, place=place)


@public("opens no record; run by the server itself")
def deliver_due(house: House, ways: Mapping[Channel, WayOut], *, now: datetime, clock: Callable[[], datetime] | None = None,
                at_most: int = 200) -> Posted:
    """Send what is due. Each message is claimed, handed over and settled by itself, so one bad one holds up no other.

    `clock` tells the time anew for each: one that hangs must not let the next go out by an hour that has passed. After a while
    it says that there may be more, so that whoever calls can stop.
    """
    counts: Counter[str] = Counter()
    clock = clock or (lambda: now)
    for _ in range(at_most):
        if not timedelta(0) <= clock() - now <= _AT_A_STRETCH:
            break
        claimed = _claimed(house, clock())
        if claimed is None:
            return _so_far(counts)
        claim, channel, message = claimed
        if message is None:
            counts[channel] += 1
            continue
        way = ways.get(Channel(channel))
        failure = Undelivered("not-set-up") if way is None else _handed(way, message)
        counts[_settled(house, claim, failure, clock())] += 1
    return _so_far(counts, more=True)


def _so_far(counts: Counter[str], *, more: bool = False) -> Posted:
    return Posted(counts["sent"], counts["stopped"], counts["failed"], counts["doubtful"], more)


def _handed(way: WayOut, message: Outgoing) -> Undelivered | None:
    try:
        in_time(lambda: way.send(message))
    except Undelivered as why:
        return why
    except Exception as error:  # a fault of ours must not stop the post; its name is kept and shown
        return Undelivered(type(error).__name__, certain=False)
    return None


def _claimed(house: House, now: datetime) -> tuple[_Claim, str, Outgoing | None] | None:
    """The next message that is due, claimed for us: (claim, channel, what to send), or (claim, its end, None) if it ended."""
    with house.begin(SYSTEM, now) as uow:
        due = select(MessageRow).where(
            col(MessageRow.state).in_([str(S.WAITING), str(S.SENDING)]), col(MessageRow.next_try_at) <= now)
        row = uow.session.exec(due.order_by(col(MessageRow.next_try_at)).limit(1).with_for_update(skip_locked=True)).first()
        if row is None:
            return None
        if row.state == S.SENDING and row.once:
            return _claim(row), _ended(row, S.DOUBTFUL, now), None
        try:
            wanted = _still_wanted(uow, row) or _stands_for_another(uow, row)
        except DBAPIError:
            raise
        except Exception as error:  # what it is about does not open: a person has to see to it, and the others go out
            row.failure = type(error).__name__[:80]
            return _claim(row), _ended(row, S.DOUBTFUL if row.once else S.FAILED, now), None
        if not wanted:
            return _claim(row), _ended(row, S.STOPPED, now), None
        content = _content(uow, row)
        to = _browser(uow, content["to"]) if row.channel == Channel.PUSH else content["to"]
        if not to:
            row.failure = "no-address"
            return _claim(row), _ended(row, S.FAILED, now), None
        row.state, row.attempts, row.next_try_at = str(S.SENDING), row.attempts + 1, now + _CLAIM
        words = content.get("body") or WORDS[Urgency(row.urgency)]
        message = Outgoing(f"<{row.id}@{house.settings.host}>", to, words, content["reference"], content.get("subject", ""))
        return _claim(row), row.channel, message


def _still_wanted(uow: UnitOfWork, row: MessageRow) -> bool:
    """Whether nobody has taken up what the message is about, and whoever it is for may still know of it."""
    if not row.record_id:
        return True
    clock = uow.session.get(ClockRow, (row.record_kind, row.record_id, row.kind))
    if clock is None or clock.started_at != row.started_at:
        return False
    if row.record_kind == "contact" and not row.account_id:  # to the adult herself: the plan is asked once more
        return may_go_out(uow, row.record_id)
    return not row.account_id or may_know(uow, clock, row.account_id)  # without an account: to the agency itself


def _stands_for_another(uow: UnitOfWork, row: MessageRow) -> bool:
    """Whether a reminder whose own matter was taken up was to ring for another one too (duty.py). It is about that then."""
    if not is_reminder(ClockKind(row.kind), row.stage):
        return False
    beside = select(MessageRow).where(
        MessageRow.account_id == row.account_id, MessageRow.channel == str(Channel.PRODUCT), MessageRow.stage == row.stage,
        MessageRow.urgency == str(Urgency.TODAY), col(MessageRow.kind).in_([str(kind) for kind in REMINDED]),
        col(MessageRow.created_at).between(row.created_at, row.created_at + ONE_REMINDER))
    other = next((m for m in uow.session.exec(beside.order_by(col(MessageRow.created_at))) if _still_wanted(uow, m)), None)
    if other is None:
        return False
    row.record_kind, row.record_id, row.kind, row.started_at = other.record_kind, other.record_id, other.kind, other.started_at
    content = _content(uow, row) | {"reference": _content(uow, other)["reference"]}
    row.sealed = uow.sealed(json.dumps(content).encode(), place=f"message/{row.id}")
    return True


def _content(uow: UnitOfWork, row: MessageRow) -> dict[str, str]:
    """Address, reference and a letter's own words; empty if it cannot be opened any more, so that it holds up no other."""
    try:
        return json.loads(uow.opened(row.sealed, place=f"message/{row.id}"))
    except Unreadable:
        return {"to": "", "reference": ""}


def _browser(uow: UnitOfWork, push_id: str) -> str:
    found = uow.session.get(PushRow, push_id)
    return uow.opened(found.sealed, place=f"push/{found.id}").decode() if found is not None else ""


def _ended(row: MessageRow, state: MessageState, now: datetime) -> str:
    row.state, row.ended_at, row.next_try_at = str(state), now, None
    return str(state)


def _claim(row: MessageRow) -> _Claim:
    return row.id, row.attempts


def _settled(house: House, claim: _Claim, failure: Undelivered | None, now: datetime) -> str:
    """How it went, on the message. Once a claim has run out somebody else has seen to it: only that it went still counts."""
    with house.begin(SYSTEM, now) as uow:
        row = uow.session.get_one(MessageRow, claim[0], with_for_update=True)
        if failure is None:
            row.failure = ""
            _forget_words(uow, row)
            return _ended(row, S.SENT, now)
        if row.state != S.SENDING or _claim(row) != claim:
            return "failed"
        row.failure = failure.why[:80]
        if row.once and not failure.certain:
            return _ended(row, S.DOUBTFUL, now)
        if failure.final or row.attempts >= GIVE_UP_AFTER:
            if failure.final and row.channel == Channel.PUSH:
                _forget_browser(uow, row)
            _ended(row, S.FAILED, now)
        else:
            row.state, row.next_try_at = str(S.WAITING), now + retry_after(row.attempts)
        return "failed"


def _forget_words(uow: UnitOfWork, row: MessageRow) -> None:
    """A letter that has gone is kept nowhere but with its reader: it holds the address of a link."""
    content = _content(uow, row)
    if "body" in content:
        rest = {"to": content["to"], "reference": content["reference"]}
        row.sealed = uow.sealed(json.dumps(rest).encode(), place=f"message/{row.id}")


def _forget_browser(uow: UnitOfWork, row: MessageRow) -> None:
    found = uow.session.get(PushRow, _content(uow, row)["to"])
    if found is not None:
        uow.session.delete(found)


def in_trouble(uow: UnitOfWork, *, of_all: bool = False) -> tuple[ColumnElement[bool], ...]:
    """Messages that have failed several times, were given up, are in doubt, or that nobody has tried long after their time,
    about what still waits and may be known here. `of_all`: whoever may know of it, for a count that names nothing.

    What is about no record, a change of an account say, is news for a week; what is in doubt, until somebody settles it.
    """
    bad = or_(col(MessageRow.state).in_([str(S.FAILED), str(S.DOUBTFUL)]),
              (col(MessageRow.state) == str(S.WAITING)) & or_(
                  col(MessageRow.attempts) >= FAILING_AFTER, col(MessageRow.next_try_at) < uow.now - _OVERDUE))
    running = select(ClockRow.record_id).where(
        ClockRow.record_kind == MessageRow.record_kind, ClockRow.record_id == MessageRow.record_id,
        ClockRow.kind == MessageRow.kind, true() if of_all else visible(uow)).exists()
    lately = or_(col(MessageRow.created_at) > uow.now - _NEWS, col(MessageRow.state) == str(S.DOUBTFUL))
    return bad, or_(running, (col(MessageRow.record_id) == "") & lately)


def failing(uow: UnitOfWork, *, of_all: bool = False) -> int:
    """How many there are."""
    return uow.session.exec(select(func.count()).select_from(MessageRow).where(*in_trouble(uow, of_all=of_all))).one()
