"""Files made from a record, kept as they left: under the key of the record's case, so that they go when it goes."""

from sqlmodel import Session

from sgapp.domain.errors import NotFound
from sgapp.domain.referral import Referral
from sgapp.store.secrets import decrypt, encrypt
from sgapp.store.tables import CaseRow, FileRow
from sgapp.store.unit_of_work import UnitOfWork


def keep(uow: UnitOfWork, referral: Referral, content: bytes) -> None:
    """Keep the file of a referral. There is one, and it is never replaced."""
    key_id = uow.session.get_one(CaseRow, referral.case_id).key_id
    sealed = encrypt(uow.ring.open(uow.session, key_id), content, place=_place(referral))
    uow.session.add(FileRow(record_id=referral.id, key_id=key_id, sealed=sealed, made_at=uow.now))


def kept(uow: UnitOfWork, referral: Referral) -> bytes:
    """The file of a referral that the caller may see. Raises NotFound if it has none, Unreadable if it does not open."""
    row = _row(uow.session, referral)
    return decrypt(uow.ring.open(uow.session, row.key_id), row.sealed, place=_place(referral))


def _row(session: Session, referral: Referral) -> FileRow:
    row = session.get(FileRow, referral.id)
    if row is None:
        raise NotFound(f"file {referral.id}")
    return row


def _place(referral: Referral) -> str:
    return f"file/{referral.id}"
