"""Phones and keys as whoever looks after them sees them; and one kept upload as the lead sees it."""

from dataclasses import dataclass

from sqlmodel import col, select

from sgapp.domain.kept import Because, KeptState
from sgapp.domain.permissions import Permission
from sgapp.domain.time import show
from sgapp.services.devices import colleagues
from sgapp.services.guard import query
from sgapp.services.sealing_keys import not_heard_from
from sgapp.services.views.note import Option
from sgapp.store import devices
from sgapp.store.tables import SealingKeyRow
from sgapp.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class PhoneLine:
    id: str
    name: str
    owner: str
    enrolled: str
    last_used: str
    off: str


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A sealing key. `silent` lists the phones that have sealed nothing to a newer one since."""

    id: str
    since: str
    state: str
    may_retire: bool
    may_destroy: bool
    silent: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class PhonesView:
    phones: tuple[PhoneLine, ...]
    keys: tuple[KeyLine, ...]


@dataclass(frozen=True, slots=True)
class KeptView:
    id: str
    reference: str
    author: str
    received: str
    why: str
    hint: str
    waiting: bool
    may_take_in: bool
    looked: str


_WHY = {
    Because.UNREADABLE: ("It could not be opened.", "Ring the writer and ask for it again. Then set this one aside."),
    Because.INCOMPLETE: ("It did not arrive in the usual form.", "Take it in: it becomes a note with its text as it came."),
    Because.REVOKED_PHONE: ("It came from a phone that is switched off.",
                            "Ask the writer whether it is hers. If so, take it in."),
    Because.DISABLED_AUTHOR: ("Its writer can no longer sign in.", "If it was written while she worked here, take it in."),
    Because.RETIRED_KEY: ("It was sealed to a key that was replaced, by a phone that was away for a while.",
                          "If the writer knows of it, take it in."),
    Because.OTHER_BYTES: ("A second note came under the number of an earlier one.",
                          "Take it in: it becomes a note of its own. Then compare the two."),
}


@query(Permission.MANAGE_PHONES)
def phones_view(uow: UnitOfWork) -> PhonesView:
    """The phones of the actor's branch, and the sealing keys for whoever may replace them."""
    names = {a.id: a.name for a in colleagues(uow)}
    phones = tuple(PhoneLine(d.id, d.name, names[d.account_id], show(d.created_at),
                             show(d.last_used_at) if d.last_used_at else "never", show(d.revoked_at) if d.revoked_at else "")
                   for d in devices.everyone_s(uow) if d.account_id in names)
    rows = uow.session.exec(select(SealingKeyRow).order_by(col(SealingKeyRow.created_at).desc())).all()
    may = uow.actor.may(Permission.MANAGE_SEALING_KEYS)
    return PhonesView(phones, tuple(_key(uow, row) for row in rows) if may else ())


def _key(uow: UnitOfWork, row: SealingKeyRow) -> KeyLine:
    if row.retired_at is None:
        return KeyLine(row.id, show(row.created_at), "in use", True, False, ())
    if row.sealed_private_key is None:
        return KeyLine(row.id, show(row.created_at), f"replaced {show(row.retired_at)}, destroyed", False, False, ())
    silent = tuple(Option(d.id, f"{d.name}, last used {show(d.last_used_at) if d.last_used_at else 'never'}"
                                f"{', switched off' if d.revoked_at else ''}") for d in not_heard_from(uow, row.retired_at))
    return KeyLine(row.id, show(row.created_at), f"replaced {show(row.retired_at)}", False, True, silent)


@query(Permission.SEE_QUEUE)
def kept_view(uow: UnitOfWork, kept_id: str) -> KeptView:
    """One kept upload: whose it is, when it came, why it was kept, and what may be done."""
    upload = uow.kept.get(kept_id)
    uow.was_read(upload, action="kept-read")
    why, hint = _WHY[upload.because]
    looked = f"{upload.looked_by}, {show(upload.looked_at)}" if upload.looked_at else ""
    if upload.reason:
        looked += f": {upload.reason}"
    return KeptView(upload.id, upload.reference, upload.author_name, show(upload.received_at), why, hint,
                    upload.state is KeptState.WAITING, uow.actor.may(Permission.LOOK_AT_KEPT), looked)
