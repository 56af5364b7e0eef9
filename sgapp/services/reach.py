"""How somebody wishes to be told, and the browsers that may show her notices."""

import json
import uuid
from dataclasses import dataclass, replace
from datetime import time

from sqlmodel import col, select

from sgapp.domain.audit import AuditEvent
from sgapp.domain.errors import FieldError, Invalid, NotFound
from sgapp.domain.permissions import Permission
from sgapp.domain.reach import Reach
from sgapp.integrations.push import may_post_to
from sgapp.services.duty import reach_of, without_way
from sgapp.services.duty import set_reach as keep_reach
from sgapp.services.guard import Done, intention
from sgapp.store.tables import PushRow
from sgapp.store.unit_of_work import UnitOfWork

#: More browsers than this nobody uses; the oldest gives way.
_MOST = 5


@dataclass(frozen=True, slots=True)
class SetReach:
    """`by_email`, `by_text` and `rung`: "yes" or empty. Push follows from the browsers that were allowed."""

    email: str = ""
    by_email: str = ""
    phone: str = ""
    by_text: str = ""
    quiet_from: time | None = None
    quiet_until: time | None = None
    rung: str = ""


@intention("set-reach", Permission.BE_TOLD, SetReach)
def set_reach(uow: UnitOfWork, form: SetReach) -> Done:
    """Choose how one is told, and when not."""
    reach = Reach(form.email.strip(), form.phone.strip(), form.by_email == "yes", _has_browsers(uow), form.by_text == "yes",
                  form.quiet_from, form.quiet_until, form.rung == "yes").checked()
    keep_reach(uow, uow.actor.account_id, reach)
    uow.note_event(AuditEvent("reach-set", "account", uow.actor.account_id, detail=" ".join(reach.channels())))
    return Done(uow.actor.account_id, _kept(without_way(uow, reach)), "/told")


def _kept(without: tuple[str, ...]) -> str:
    if not without:
        return "Kept. This is how you are told from now on."
    return (f"Kept. But nothing goes out by {' or '.join(without)}: that is not set up here. Tell whoever looks after this "
            "installation, and choose another way until then.")


@dataclass(frozen=True, slots=True)
class AllowBrowser:
    """What a browser gives when somebody lets it show notices."""

    endpoint: str
    p256dh: str
    auth: str


@intention("allow-browser", Permission.BE_TOLD, AllowBrowser)
def allow_browser(uow: UnitOfWork, form: AllowBrowser) -> Done:
    """Let this browser show notices."""
    also = tuple(host.strip() for host in uow.push_hosts.split(",") if host.strip())
    if not may_post_to(form.endpoint, also):
        raise Invalid(FieldError("endpoint", "This browser's notices come by a service that is not known here."))
    keys = {"p256dh": form.p256dh, "auth": form.auth}
    subscription = json.dumps({"endpoint": form.endpoint, "keys": keys})
    made = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{uow.actor.account_id} {form.endpoint}"))
    uow.session.merge(PushRow(id=made, account_id=uow.actor.account_id, created_at=uow.now,
                              sealed=uow.sealed(subscription.encode(), place=f"push/{made}")))
    uow.session.flush()
    for old in _browsers(uow)[_MOST:]:
        uow.session.delete(old)
    _push_follows(uow)
    uow.note_event(AuditEvent("browser-allowed", "account", uow.actor.account_id))
    return Done(made, "This browser shows notices from now on.")


@dataclass(frozen=True, slots=True)
class ForgetBrowser:
    browser_id: str


@intention("forget-browser", Permission.BE_TOLD, ForgetBrowser)
def forget_browser(uow: UnitOfWork, form: ForgetBrowser) -> Done:
    """A browser shows no notices any more."""
    row = uow.session.get(PushRow, form.browser_id)
    if row is None or row.account_id != uow.actor.account_id:
        raise NotFound(form.browser_id)
    uow.session.delete(row)
    uow.session.flush()
    _push_follows(uow)
    uow.note_event(AuditEvent("browser-forgotten", "account", uow.actor.account_id))
    return Done(row.id, "It shows no notices any more.", "/told")


def _browsers(uow: UnitOfWork) -> list[PushRow]:
    """One's browsers, the newest first."""
    query = select(PushRow).where(PushRow.account_id == uow.actor.account_id).order_by(col(PushRow.created_at).desc())
    return list(uow.session.exec(query))


def _has_browsers(uow: UnitOfWork) -> bool:
    return bool(_browsers(uow))


def _push_follows(uow: UnitOfWork) -> None:
    """Push is on exactly as long as there is a browser to show it."""
    now = reach_of(uow, uow.actor.account_id)
    keep_reach(uow, uow.actor.account_id, replace(now, by_push=_has_browsers(uow)))
