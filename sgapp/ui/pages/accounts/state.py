"""Who has an account, as one screen shows it."""

from typing import ClassVar

import reflex as rx

from sgapp.domain.permissions import Permission, roles_with
from sgapp.services.house import house, now
from sgapp.services.views.staff import StaffView, staff_lines
from sgapp.ui import offload
from sgapp.ui.blank import blank
from sgapp.ui.session import ConfidentialState, current_actor


class AccountsState(ConfidentialState, rx.State):
    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.SEE_ACCOUNTS)
    _confidential: ClassVar[frozenset[str]] = frozenset({"found"})

    found: StaffView = blank(StaffView)
    shown: str | None = None

    @rx.event
    async def load_accounts(self) -> None:
        """Show what this person may see."""
        actor = await current_actor(self)
        if actor is not None:
            self.found = await offload.run(staff_lines, house(), actor, now())
            self.shown = ""
