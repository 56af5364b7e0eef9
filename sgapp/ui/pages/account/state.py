"""How the one who looks signs in, as one screen shows it."""

from typing import ClassVar

import reflex as rx

from sgapp.domain.permissions import Permission, roles_with
from sgapp.services.house import house, now
from sgapp.services.views.account import AccountView, account_view
from sgapp.ui import offload
from sgapp.ui.blank import blank
from sgapp.ui.session import ConfidentialState, current_actor


class AccountState(ConfidentialState, rx.State):
    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.KEEP_OWN_SIGN_IN)
    #: Whoever has not set up her second factor yet may come here, and nowhere else.
    _for_limited: ClassVar[bool] = True
    _confidential: ClassVar[frozenset[str]] = frozenset({"found"})

    found: AccountView = blank(AccountView)
    shown: str | None = None

    @rx.event
    async def load_account(self) -> None:
        """Show it."""
        actor = await current_actor(self)
        if actor is not None:
            self.found = await offload.run(account_view, house(), actor, now())
            self.shown = ""
