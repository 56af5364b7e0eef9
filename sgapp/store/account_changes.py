"""What was asked for an account and waits: for a second person, or for its owner to use the code."""

from sqlmodel import col, select

from sgapp.store.tables import AccountChangeRow
from sgapp.store.unit_of_work import UnitOfWork


def waiting(uow: UnitOfWork, account_id: str = "") -> list[AccountChangeRow]:
    """What has neither lapsed nor been used, the oldest first; of one account, held until the transaction ends, or of all."""
    query = select(AccountChangeRow).where(col(AccountChangeRow.ends_at) > uow.now, col(AccountChangeRow.used_at).is_(None))
    if account_id:
        query = query.where(AccountChangeRow.account_id == account_id).with_for_update()
    return list(uow.session.exec(query.order_by(col(AccountChangeRow.asked_at))))


def lapse(uow: UnitOfWork, account_id: str, *, but: AccountChangeRow | None = None, kind: str = "") -> None:
    """What waits for an account, all of it or of one kind, counts no more: nor does a code given under other circumstances."""
    for row in waiting(uow, account_id):
        if row is not but and kind in ("", row.kind):
            row.ends_at = uow.now
